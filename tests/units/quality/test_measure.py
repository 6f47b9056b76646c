"""Each measure moves for its own cause, in one pass, in any order, and follows from its evidence."""

import dataclasses
import time
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand import canonical
from evenhand.errors import OfferError, StoreError
from evenhand.quality import PROFILE, combine, measure, read_reference, recompute
from evenhand.records import MEASURES, Dataset, Document, Scores

TODAY = date(2026, 7, 1)
TEXTS = [
    "The harbour froze over in January, and nobody could leave by ship.",
    "Wheat prices doubled before Easter because of the drought.",
    "Engineers repaired the northern bridge within three weeks.",
    "A travelling theatre performed comedies for the children.",
]
METADATA = {
    "licence": "CC0-1.0",
    "language": "en",
    "date": "2025-01-01",
    "source": "town chronicle",
    "version": "1",
    "description": "What happened in a small town, year by year.",
}
REFERENCE = read_reference(Dataset.of(["Snow fell for nine days. The mayor resigned in autumn."]))


def scores_of(documents, metadata=METADATA, reference=None):
    documents = [Document(document) if isinstance(document, str) else document for document in documents]
    return measure(Dataset(lambda: iter(documents)), metadata, as_of=TODAY, reference=reference, where="offer")


def parts(scores):
    return {name: getattr(scores, name) for name in MEASURES}


def moved(first, second):
    return {name for name in MEASURES if getattr(first, name) != getattr(second, name)}


def test_repeats_lower_novelty_alone():
    once, twice = scores_of(TEXTS), scores_of(TEXTS + TEXTS)
    assert moved(once, twice) == {"novelty"}
    assert once.novelty - twice.novelty == 250_000
    assert once.evidence["diversity"] == twice.evidence["diversity"]


def test_older_dates_lower_novelty_alone():
    recent, old = scores_of(TEXTS), scores_of(TEXTS, METADATA | {"date": "2020-01-01"})
    assert moved(recent, old) == {"novelty"}
    assert recent.novelty > old.novelty


def test_less_metadata_lowers_metadata_alone():
    full, less = scores_of(TEXTS), scores_of(TEXTS, METADATA | {"version": "unknown"})
    assert moved(full, less) == {"metadata"}
    assert (full.metadata, less.metadata) == (1_000_000, 833_333)


def test_noise_lowers_cleanliness_alone():
    words = " ".join(["plain"] * 30)
    clean, noisy = (
        scores_of([f"{words} {text}" for text in TEXTS]),
        scores_of([f"{words} {text}" for text in TEXTS[1:]] + [f"{words} {TEXTS[0]} \ufffd"]),
    )
    assert moved(clean, noisy) == {"cleanliness"}
    assert 0 < noisy.cleanliness < clean.cleanliness == 1_000_000


def test_sameness_lowers_diversity_alone():
    different, alike = scores_of(TEXTS), scores_of([f"{TEXTS[0]} {n}" for n in range(4)])
    assert moved(different, alike) == {"diversity"}
    assert different.diversity > 700_000
    assert alike.diversity < 1_000


def test_known_text_lowers_novelty_alone():
    known = read_reference(Dataset.of(TEXTS))
    assert moved(scores_of(TEXTS, reference=REFERENCE), scores_of(TEXTS, reference=known)) == {"novelty"}
    assert scores_of(TEXTS, reference=known).novelty < scores_of(TEXTS, reference=REFERENCE).novelty


DOCUMENTS = st.lists(
    st.builds(
        lambda text, when: Document(text, {"date": when} if when else {}),
        st.text("ab \n-\ufffd&;Ã\xa0l0ve.é\u0301", max_size=20) | st.sampled_from(["infor-\nmation", "infor- mation"]),
        st.sampled_from(["", "2026", "2019-05", "2031", "unknown"]),
    ),
    min_size=1,
    max_size=8,
)


@given(DOCUMENTS, st.randoms(use_true_random=False))
def test_the_order_of_documents_changes_nothing(documents, chance):
    first = scores_of(documents, reference=REFERENCE)
    chance.shuffle(documents)
    assert scores_of(documents, reference=REFERENCE) == first


@pytest.mark.parametrize("rest", ["", " \ufffd"])
def test_copies_that_differ_in_white_space_count_the_damaged_one(rest):
    for documents in (
        [f"infor-\nmation{rest}", f"infor- mation{rest}"],
        [f"infor- mation{rest}", f"infor-\nmation{rest}"],
    ):
        counts = scores_of(documents).evidence["cleanliness"]
        assert (counts["broken"], counts["character"]) == (1, len(rest.split()))


@given(DOCUMENTS, st.booleans())
def test_scores_follow_from_the_evidence(documents, with_reference):
    scores = scores_of(documents, reference=REFERENCE if with_reference else None)
    assert recompute(scores.evidence) == parts(scores)
    assert all(0 <= part <= 1_000_000 for part in parts(scores).values())
    stored = canonical.encode(scores)
    assert canonical.decode(stored, Scores, "scores") == scores


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda e: e.pop("novelty"), r"evidence.novelty: has no count"),
        (lambda e: e.update(beauty={}), "evidence.beauty: is no measure"),
        (lambda e: e["diversity"].pop("likeness"), 'evidence.diversity: has no count "likeness"'),
        (lambda e: e["metadata"].update(taste=1), 'evidence.metadata: has a count "taste"'),
        (lambda e: e["cleanliness"].update(scan=-1), 'evidence.cleanliness: counts -1 for "scan"'),
    ],
)
def test_evidence_that_was_changed_is_refused(change, message):
    evidence = {name: dict(counts) for name, counts in scores_of(TEXTS).evidence.items()}
    change(evidence)
    with pytest.raises(StoreError, match=message):
        recompute(evidence)


def test_evidence_of_nothing_scores_nothing():
    evidence = {name: dict.fromkeys(counts, 0) for name, counts in scores_of(TEXTS).evidence.items()}
    assert recompute(evidence) == dict.fromkeys(MEASURES, 0)


@given(
    st.lists(st.integers(0, 1_000_000), min_size=4, max_size=4),
    st.lists(st.integers(0, 10**6), min_size=4, max_size=4).filter(any),
)
def test_combined_quality_is_the_nearest_millionth(values, weights):
    scores = Scores(*values, evidence={})
    q = combine(scores, dict(zip(MEASURES, weights, strict=True)))
    exact = sum(Fraction(value * weight, sum(weights)) for value, weight in zip(values, weights, strict=True))
    assert abs(q - exact) <= Fraction(1, 2)
    assert min(values) <= q <= max(values)


@pytest.mark.parametrize(("low", "q"), [(0, 0), (2, 2), (4, 4)])
def test_a_tie_goes_to_the_even_millionth(low, q):
    assert combine(Scores(low, low + 1, 0, 0, {}), {"cleanliness": 1, "diversity": 1}) == q


def test_weights_that_make_no_sense_are_all_named():
    scores = scores_of(TEXTS)
    with pytest.raises(OfferError) as refusal:
        combine(scores, {"cleanliness": -1, "beauty": 1})
    assert [problem.where for problem in refusal.value.problems] == ["weights.cleanliness", "weights.beauty"]
    with pytest.raises(OfferError, match="all 0"):
        combine(scores, dict.fromkeys(MEASURES, 0))


def test_a_dataset_without_documents_is_refused_by_name():
    with pytest.raises(OfferError, match=r'offer of "ada".*holds no document'):
        measure(Dataset.of([]), {}, as_of=TODAY, reference=None, where='offer of "ada"')


@pytest.mark.parametrize(
    "text",
    [
        "", " \n\t", "word", "\x00\x01\x02" * 50, "\ud800 half \udfff", "e\u0301" * 300, "\u202e\u200b\ufeff",
        "🤷🏽‍♀️" * 40,
        "á̷̢" * 100, "ﷺ" * 100, "İ" * 50, "\U0010ffff", "".join(map(chr, range(0x2000))),
    ],
)  # fmt: skip
def test_no_text_breaks_a_measure(text):
    scores = scores_of([text, "and a second document"], reference=REFERENCE)
    assert recompute(scores.evidence) == parts(scores)


def test_half_a_surrogate_pair_is_damage():
    assert scores_of(["half \ud800 pair"]).evidence["cleanliness"]["character"] == 1


@pytest.mark.parametrize("unit", ["a", "a0", "-\n ", "<p ", "&amp", "Ã", "aB3/+", "x ", "日", "\ufffd", "\u0301", ". "])
def test_a_long_line_takes_time_in_proportion(unit):
    text = unit * (1_000_000 // len(unit))
    started = time.process_time()
    scores_of([text], reference=REFERENCE)
    assert time.process_time() - started < 10


def test_scores_are_plain_integers():
    scores = scores_of(TEXTS, reference=REFERENCE)
    numbers = [*parts(scores).values(), *(n for counts in scores.evidence.values() for n in counts.values())]
    assert {type(number) for number in numbers} == {int}
    assert tuple(field.name for field in dataclasses.fields(scores))[:4] == MEASURES
    assert PROFILE == "section7-hashed/1"


def test_a_profile_keeps_its_scores():
    spoiled = "l0ve &amp; infor-\nmation on the frozen harbour bridge " + "in plain words " * 60
    scores = scores_of([*TEXTS, TEXTS[0], spoiled], reference=REFERENCE)
    assert parts(scores) == {"cleanliness": 336_283, "diversity": 794_164, "novelty": 841_872, "metadata": 1_000_000}


def test_a_profile_keeps_its_scores_on_a_real_table(data_folder):
    from pyarrow.parquet import read_table

    texts = [text for text in read_table(data_folder / "medquad.parquet")["answer"].to_pylist() if text][:1500]
    scores = scores_of(texts, reference=read_reference(Dataset.of(texts[::3])))
    assert parts(scores) == {"cleanliness": 1_000_000, "diversity": 845_303, "novelty": 527_367, "metadata": 1_000_000}
