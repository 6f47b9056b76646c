"""docs/recompute.md is the rule written a second time: its examples are true, and its program decides as Evenhand does.

The program runs as a reader would run it: taken from the page, in a process of its own that cannot import evenhand.
"""

import doctest
import json
import re
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand import canonical, publication, quality
from evenhand.call import read_call
from evenhand.markets.procurement import proportional_share
from evenhand.money import Money
from evenhand.numerics import games
from evenhand.quality.cleanliness import COUNTS as CLEAN
from evenhand.quality.metadata import COUNTS as FIELDS
from evenhand.quality.novelty import COUNTS as NOVELTY
from evenhand.records import MEASURES, Terms
from evenhand.round import decide, measure, run_round
from tests.units.rounds import COSTS, TEXTS, Vocabulary, a_call, offers

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "recompute.md").read_text()
(PROGRAM,) = re.findall(r"^```python\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
EXAMPLES = re.findall(r"^```pycon\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)

MANY = {
    f"s{i:02}": [f"Bees and hive in {word}.", f"The {word} of spring."] for i, word in enumerate("abcdefghijklmnopqr")
}


def recompute(folder):
    """Run the program on a folder; give its exit code and what it printed."""
    (folder / "recompute.py").write_text(PROGRAM)
    command = [sys.executable, "-I", "-c", UNAIDED, str(folder / "recompute.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr


UNAIDED = """
import runpy, sys
sys.modules["evenhand"] = None
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def write(folder, outcome):
    files = publication.files(outcome)
    for name in (publication.RECORD, publication.OUTCOME):
        (folder / name).write_bytes(files[name])
    return outcome


def forge(folder, change):
    """Change the record or the outcome as somebody would who also makes the digests fit again."""
    record, outcome = (json.loads((folder / name).read_bytes()) for name in (publication.RECORD, publication.OUTCOME))
    change(record, outcome)
    data = canonical.encode(record)
    outcome["record"] = canonical.digest(data)
    (folder / publication.RECORD).write_bytes(data)
    (folder / publication.OUTCOME).write_bytes(canonical.encode(outcome))


@pytest.fixture(scope="module")
def corpus():
    asked = read_call(ROOT / "tests" / "corpus" / "CALL.toml")
    return run_round(asked.call, asked.offers, asked.learner)


# -- the page ---------------------------------------------------------------------------------------------------------


def test_the_worked_numbers_of_the_page_are_those_of_the_corpus_round(corpus, tmp_path, monkeypatch):
    write(tmp_path, corpus)
    monkeypatch.chdir(tmp_path)
    session = doctest.DocTestParser().get_doctest("\n".join(EXAMPLES), {}, "docs/recompute.md", None, None)
    assert len(session.examples) > 40
    told = []
    failed = doctest.DocTestRunner(optionflags=doctest.FAIL_FAST).run(session, out=told.append).failed
    assert failed == 0, "".join(told)


def test_the_page_names_every_field_of_the_record_and_of_a_decision(corpus):
    plain = json.loads(canonical.encode(corpus.record))
    offer, material = plain["offers"][0], plain["validation"]
    named = {f"terms.{name}" for name in plain["terms"]} | {f"coalitions.{name}" for name in plain["coalitions"]}
    named |= {f"offers[].{name}" for name in offer} | set(plain) - {"terms", "offers", "coalitions"}
    named |= set(material) | set(material["manifest"]) | set(corpus.published())
    named |= {*offer["scores"], *MEASURES} | set(corpus.published()["decisions"][0])
    named |= {
        name for part in (*offer["scores"]["evidence"].values(), offer["volume"], offer["copies"]) for name in part
    }
    words = set(re.findall(r"[\w.\[\]]+", PAGE))
    assert {name for name in named if name not in words} == set()


# -- the program ------------------------------------------------------------------------------------------------------


def copies():
    texts = {**TEXTS, "dot": TEXTS["bea"][::-1], "eve": TEXTS["bea"]}
    return run_round(a_call(), offers(texts, {**COSTS, "dot": 100, "eve": 4_500}), Vocabulary())


def near_copies():
    """Other identities, the same letters: one player, though no two manifests name the same content."""
    texts = {**TEXTS, "dot": [text.upper() for text in TEXTS["bea"]], "eve": [f"{text}!" for text in TEXTS["bea"]]}
    outcome = run_round(a_call(), offers(texts, {**COSTS, "dot": 100, "eve": 4_500}), Vocabulary())
    assert outcome.record.coalitions.pools == ((0,), (1, 3, 4), (2,))
    assert len({offer.material.manifest.content for offer in outcome.record.offers}) == 5
    return outcome


def documents_play(texts):
    call = a_call(method="data_shapley", permutations=50)
    outcome = run_round(call, offers(texts, dict.fromkeys(texts, 300)), Vocabulary())
    assert outcome.record.coalitions.unit == 1
    return outcome


def licensed():
    asked = [replace(offer, metadata={"licence": licence}) for offer, licence in zip(
        offers(), ["MIT", "MIT OR CC-BY-4.0", "Apache-2.0"], strict=True
    )]  # fmt: skip
    asked.append(replace(asked[0], seller="dot", metadata={}))
    outcome = run_round(a_call(licences=["CC-BY-4.0", "Apache-2.0"]), asked, Vocabulary())
    assert [bool(offer.unlicensed) for offer in outcome.record.offers] == [True, False, False, True]
    assert [decision.reason for decision in outcome.decisions].count("licence_not_allowed") == 2
    return outcome


def ties():
    """Two copies with one cost: the earlier is preferred, and neither limit may be the other's cost itself."""
    texts = {"ada": TEXTS["ada"], "bea": TEXTS["ada"], "cyd": TEXTS["bea"]}
    outcome = run_round(a_call(), offers(texts, {"ada": 4_000, "bea": 4_000, "cyd": 9_000}), Vocabulary())
    ada, bea, _ = outcome.decisions
    assert ada.worth == bea.worth > 0
    return outcome


def sampled():
    outcome = run_round(
        a_call(permutations=50), offers(MANY, {name: 100 * k for k, name in enumerate(MANY)}), Vocabulary()
    )
    assert outcome.record.coalitions.permutations == 50
    assert any(decision.value_low < decision.value_millionths for decision in outcome.decisions)
    return outcome


def with_copies(players):
    """The most players that are valued exactly are 16: beside them stand two copies, which are none."""
    texts = dict(list(MANY.items())[:players])
    texts |= {"zoe": MANY["s03"], "zed": MANY["s03"]}
    return run_round(a_call(permutations=60, seed=3), offers(texts, dict.fromkeys(texts, 300)), Vocabulary())


def in_yen():
    call = a_call(budget=Money(1_200, "JPY"))
    asked = [replace(offer, cost=Money(offer.cost.minor // 10, "JPY")) for offer in offers()]
    return run_round(call, asked, Vocabulary())


def valued(record, *values):
    return replace(record, coalitions=replace(record.coalitions, values=values))


def too_little_to_count(texts=TEXTS, **terms):
    """Nobody helps, but the call's constants give worth all the same; it is just too little."""
    asked = offers(texts, dict.fromkeys(texts, 100))
    record = measure(a_call(**terms), asked, Vocabulary())
    outcome = decide(valued(record, *(0 for _ in record.coalitions.values)))
    assert outcome.decisions[-1].reason == "worth_rounds_to_zero"
    return outcome


def nothing_of_worth():
    """Data that hurts, data that does nothing, and an offer above the budget."""
    record = measure(a_call(), offers(costs={**COSTS, "ada": 20_000}), Vocabulary())
    outcome = decide(valued(record, 0, 40_000, -9_000, 31_000, 0, 40_000, -9_000, 31_000))
    assert [decision.reason for decision in outcome.decisions] == ["asks_more_than_budget", "no_value", "no_value"]
    assert outcome.decisions[1].highest_winning_minor is None
    return outcome


def nothing_of_quality():
    outcome = run_round(a_call(weights={"diversity": "1"}), offers(), Vocabulary())
    assert outcome.decisions[2].reason == "no_quality"
    return outcome


ROUNDS = {
    "leave one out": lambda: run_round(a_call(method="leave_one_out"), offers(), Vocabulary()),
    "documents play, few": lambda: documents_play(TEXTS),
    "documents play, many": lambda: documents_play({**MANY, "zed": [*MANY["s03"], *MANY["s05"]], "zoe": MANY["s05"]}),
    "kappa, roots, no quality": lambda: run_round(a_call(kappa="0.01", gamma="0.5", eta="0"), offers(), Vocabulary()),
    "a least quality": lambda: run_round(a_call(quality_min="0.6"), offers(), Vocabulary()),
    "sqrt": lambda: run_round(a_call(concave="sqrt", kappa="0.01"), offers(), Vocabulary()),
    "log1p": lambda: run_round(a_call(concave="log1p"), offers(), Vocabulary()),
    "saturating": lambda: run_round(a_call(concave="saturating", gamma="0.5"), offers(), Vocabulary()),
    "unequal weights": lambda: run_round(a_call(weights={"novelty": "0.7", "metadata": "0.1"}), offers(), Vocabulary()),
    "licences": licensed,
    "fields that the call expects": lambda: run_round(
        a_call(required=("licence", "size", "contact")), offers(), Vocabulary()
    ),
    "large worths": lambda: run_round(a_call(kappa="10", gamma="8"), offers(), Vocabulary()),
    "a small kappa alone": lambda: too_little_to_count(weights={"diversity": "1"}, eta="0", kappa="0.00000001"),
    "a small quality alone": lambda: too_little_to_count(
        {"ada": TEXTS["ada"], "bea": TEXTS["ada"]}, weights={"metadata": "1"}, eta="8", gamma="0"
    ),
    "three copies": copies,
    "three near-copies": near_copies,
    "near-copies of one's own": lambda: run_round(
        a_call(), offers({**TEXTS, "cyd": [TEXTS["cyd"][0], TEXTS["cyd"][0].upper(), "Rain again."]}), Vocabulary()
    ),
    "ties": ties,
    "zero costs": lambda: run_round(a_call(), offers(costs=dict.fromkeys(TEXTS, 0)), Vocabulary()),
    "yen": in_yen,
    "nothing of worth": nothing_of_worth,
    "nothing of quality": nothing_of_quality,
    "sampled": sampled,
    "sixteen players and copies": lambda: with_copies(16),
    "seventeen players and copies": lambda: with_copies(17),
}


@pytest.mark.parametrize("kind", ROUNDS)
def test_the_program_decides_as_the_round_did(kind, tmp_path):
    outcome = write(tmp_path, ROUNDS[kind]())
    code, told = recompute(tmp_path)
    assert code == 0, told
    sellers = len(outcome.sellers)
    for field in ("cleanliness", "quality", "value", "worth", "selected", "highest_winning_minor", "payment_minor"):
        assert re.search(rf"^{field} +{sellers} of {sellers} agree$", told, flags=re.MULTILINE), told


def test_the_program_decides_the_corpus_round_as_it_was(corpus, tmp_path):
    write(tmp_path, corpus)
    assert recompute(tmp_path)[0] == 0


def by(mechanism, **terms):
    return run_round(a_call(mechanism=mechanism, **terms), offers(), Vocabulary())


@pytest.mark.parametrize(
    ("decided", "said"),
    [
        (lambda: by("q_mia"), r"names the rules .*'q_mia', 1\]; this program knows"),
        (lambda: by("proportional_share", cap=Money(4_000, "EUR")), r"states \['cap_minor'\], which this program"),
        (lambda: by("proportional_share", copies="one"), r"states \['copies'\], which this program does not decide"),
        (
            lambda: decide(measure(a_call(share_pool=Money(5, "EUR")), offers(), Vocabulary())),
            r"states \['share_pool_minor'\], which",
        ),
        (
            lambda: by("proportional_share", reserve="0.5", reserve_for="coop"),
            r"states \['reserve', 'reserve_for'\], which this program does not decide",
        ),
        (lambda: by("proportional_share", profile="paper_section7"), r"names the rules .*'paper_section7/1'"),
    ],
)
def test_the_program_refuses_by_name_what_it_does_not_decide(decided, said, tmp_path):
    write(tmp_path, decided())
    code, told = recompute(tmp_path)
    assert code == 1, told
    assert re.search(said, told), told
    assert "agree" not in told


def test_the_terms_that_the_program_knows_or_refuses_are_all_on_the_page():
    for term in fields(Terms):
        assert f"`terms.{term.name}`" in PAGE, term.name


def a_payment(record, outcome):
    outcome["decisions"][0]["payment_minor"] += 1


def a_worth(record, outcome):
    outcome["decisions"][2]["worth"] += 1


def a_count(record, outcome):
    record["offers"][0]["scores"]["evidence"]["diversity"]["likeness"] -= 900


def a_misspelling(record, outcome):
    record["offers"][0]["scores"]["evidence"]["cleanliness"]["misspelling"] += 1


def a_count_that_cannot_be(record, outcome):
    record["offers"][0]["scores"]["evidence"]["novelty"]["copied"] = 3


def what_stands_for_an_offer(record, outcome):
    record["offers"][1]["copies"]["content"] = record["offers"][0]["copies"]["content"]


def a_coalition(record, outcome):
    record["coalitions"]["values"][3] += 60


def the_value_of_nobody(record, outcome):
    record["coalitions"]["values"][0] = 1


def a_cost(record, outcome):
    record["offers"][0]["cost_minor"] += 20_000


def a_pool(record, outcome):
    record["coalitions"]["pools"] = [[0], [1], [2], [4], [5]]


def the_sum(record, outcome):
    outcome["paid_minor"] -= 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (a_payment, r"payment_minor of crumb is 31576, but 31575 follows"),
        (a_worth, r"worth of fernhill is 5715, but 5714 follows"),
        (a_count, r"diversity of crumb is 878912, but 878924 follows"),
        (a_misspelling, r"cleanliness of crumb is 1000000, but 980742 follows"),
        (a_count_that_cannot_be, r"counts that do not fit of crumb is \['known'\], but \[\] follows"),
        (what_stands_for_an_offer, r"pools of the record is \[\[0\], \[1, 3\]"),
        (a_coalition, r"value of crumb is "),
        (the_value_of_nobody, r"V\(nobody\) of the record is 1, but 0 follows"),
        (a_cost, r"selected of crumb is True, but False follows"),
        (a_pool, r"pools of the record is "),
        (the_sum, r"paid_minor of the outcome is 98183, but 98184 follows"),
    ],
)
def test_the_program_notices_a_changed(change, said, corpus, tmp_path):
    write(tmp_path, corpus)
    forge(tmp_path, change)
    code, told = recompute(tmp_path)
    assert code == 1, told
    assert re.search(rf"^DIFFERS: {said}", told, flags=re.MULTILINE), told


def test_the_program_notices_a_record_whose_digest_the_outcome_does_not_name(corpus, tmp_path):
    write(tmp_path, corpus)
    path = tmp_path / publication.RECORD
    path.write_bytes(path.read_bytes().replace(b"2025.2", b"2025.3"))
    code, told = recompute(tmp_path)
    assert code == 1
    assert re.findall(r"^DIFFERS: (.*?) is", told, flags=re.MULTILINE) == ["digest of the record"]


def test_the_program_says_when_it_does_not_know_the_rules(corpus, tmp_path):
    write(tmp_path, corpus)
    forge(tmp_path, lambda record, outcome: record["terms"].update(mechanism_version=2))
    code, told = recompute(tmp_path)
    assert code == 1
    assert "this program knows ['evenhand/record/1', 'evenhand/1', 'proportional_share', 1]" in told


def test_the_program_notices_orders_of_another_seed(tmp_path):
    write(tmp_path, sampled())
    forge(tmp_path, lambda record, outcome: record["terms"].update(seed=1))
    code, told = recompute(tmp_path)
    assert code == 1
    assert "DIFFERS: drawn orders of the record" in told


# -- the rule, on any numbers ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def second():
    """The functions of the program."""
    program = ModuleType("recompute")
    exec(compile(PROGRAM, "docs/recompute.md", "exec"), vars(program))
    return program


@pytest.fixture(scope="module")
def bases():
    return [measure(a_call(), offers(), Vocabulary()), copies().record]


@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 5)), min_size=1, max_size=6),
    st.integers(1, 14),
)
def test_both_rules_select_alike_and_know_the_same_highest_reports(second, market, budget):
    costs, worths = zip(*market, strict=True)
    line, bought = second.select(costs, worths, budget)
    assert line[:bought] == proportional_share.winners(costs, worths, budget)
    found = [second.highest(i, costs, worths, budget) for i in range(len(costs))]
    limits = proportional_share.limits(costs, worths, budget)
    assert found == [limit.whole if limit else None for limit in limits]


@given(st.data())
def test_both_rules_score_the_same_counts_alike(second, data):
    few = st.integers(0, 9)
    distinct, repeats, sentences = data.draw(st.integers(1, 9)), data.draw(few), data.draw(few)
    tokens = data.draw(st.integers(0, 9_000) | few)
    expected = data.draw(st.sampled_from([(), ("licence",), ("contact", "date", "size")]))
    evidence = {
        "cleanliness": {"tokens": tokens, **{name: data.draw(few) for name in CLEAN if name != "tokens"}},
        "diversity": {"documents": distinct, "likeness": data.draw(st.integers(0, 2**22 * distinct))},
        "novelty": {
            **{name: data.draw(few) for name in NOVELTY},
            "documents": distinct + repeats,
            "distinct": distinct,
        },
        "metadata": {name: data.draw(st.integers(0, 1)) for name in expected or FIELDS},
    }
    evidence["novelty"]["fresh_days"] = data.draw(st.integers(0, 3650 * distinct))
    evidence["novelty"]["sentences"] = sentences
    evidence["novelty"]["similarity"] = data.draw(st.integers(0, 2**22 * sentences))
    assert second.scores(evidence, expected or FIELDS) == quality.recompute(evidence, required=expected)


@given(st.lists(st.integers(-90_000, 90_000), min_size=2, max_size=60))
def test_both_rules_find_the_same_interval(second, gains):
    one_player = np.zeros((len(gains), 1), dtype=np.int64)
    (found,) = games.sampled_shapley([0, *gains], one_player)
    assert second.interval(gains) == (found.value, found.low, found.high)


@given(st.data())
def test_both_rules_decide_any_record_alike(second, bases, data):
    number = st.integers
    record = data.draw(st.sampled_from(bases))
    most = data.draw(st.sampled_from([0, 3, 90_000]))
    values = (0, *data.draw(st.lists(number(-most, most), min_size=7, max_size=7)))
    decimal = {
        "eta": st.sampled_from(["0", "0.5", "1", "8"]),
        "gamma": st.sampled_from(["0", "0.5", "1", "1.7", "8"]),
        "kappa": st.sampled_from(["0", "0.00000001", "0.003", "10"]),
    }
    budget = data.draw(number(1, 9_000))
    terms = replace(
        record.terms,
        budget_minor=budget,
        weights={name: data.draw(number(0, 3)) for name in MEASURES} | {"diversity": 1},
        quality_min=data.draw(st.sampled_from([0, 500_000])),
        **{name: data.draw(numbers) for name, numbers in decimal.items()},
    )
    cost = number(0, 9_000) | st.just(budget)
    asked = tuple(replace(offer, cost_minor=data.draw(cost)) for offer in record.offers)
    changed = replace(record, terms=terms, offers=asked, coalitions=replace(record.coalitions, values=values))
    plain, pools = json.loads(canonical.encode(changed)), changed.coalitions.pools
    gains, _, _ = second.gained(plain["terms"], plain["coalitions"], len(pools))
    assert list(second.decide(plain, pools, pools, gains)) == decide(changed).published()["decisions"]
