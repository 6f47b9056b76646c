"""What a seller is told of a dataset names the very documents that pull its scores down, and nobody else's."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from evenhand import canonical
from evenhand.datasets import describe
from evenhand.quality import PROFILES, look_at, scores_of
from evenhand.quality.cleanliness import noise
from evenhand.quality.diversity import all_pairs
from evenhand.quality.embedding import COSINE_ONE
from evenhand.quality.novelty import recency
from evenhand.records import MEASURES, Copies, Dataset, Document, Scores
from evenhand.reports import scorecard as owner
from evenhand.reports.evidence import DATES, KINDS, copies, unchecked, usable, words
from evenhand.scorecard import likeness, score

DAY = date(2026, 1, 31)
FOX = "The quick brown fox jumps over the lazy dog while the market opens at nine in the morning and closes at four."
SLIPS = "We recieve the l0ve of it &amp; more, and the garden is definitly in flower this week, as the miller says."
BREAD = "Bread rises because the yeast eats the sugar and breathes out a gas, which the dough holds until it is baked."
DUTCH = "Het weer in Nederland is vandaag niet zo goed als we hadden gedacht, maar morgen wordt het misschien beter."


def card_of(*documents, metadata=None, **options):
    dataset = Dataset(lambda: iter([each if isinstance(each, Document) else Document(each) for each in documents]))
    return score(dataset, metadata=metadata or {}, as_of=DAY, **options)


def said(card):
    return "\n".join(line for section in owner.sections(card) for line in section.lines)


# -- which documents --------------------------------------------------------------------------------------------------


def test_the_damaged_documents_are_named_by_their_place_with_what_is_wrong_in_them():
    card = card_of(FOX, BREAD, SLIPS)
    (worst,) = card.reasons.damaged
    assert worst.document.number == 3
    assert worst.document.identity == Document(SLIPS).identity.hex()[:12]
    assert worst.kinds == {"misspelling": 2, "scan": 1, "markup": 1}
    assert worst.examples == {"misspelling": ("recieve", "definitly"), "scan": ("l0ve",), "markup": ("&amp;",)}
    assert '2 misspelt words ("recieve", "definitly")' in said(card)


def test_of_copies_that_differ_in_white_space_the_damaged_one_is_named():
    whole, cut = "A long story of ship- ping and of the sea.", "A long story of ship-\nping and of the sea."
    assert Document(whole).identity == Document(cut).identity
    (worst,) = card_of(whole, FOX, cut).reasons.damaged
    assert (worst.document.number, worst.kinds) == (3, {"broken": 1})


def test_of_near_copies_the_damaged_one_is_named():
    stands = set()
    for number in range(6):  # which of two stands for the other is drawn
        clean = f"{FOX} {BREAD} In year {number} it rained."
        damaged = clean.replace("nine", "n1ne")
        card = card_of(clean, DUTCH, damaged)
        stands.add(card.reasons.standing[0].document.number)
        assert [worst.document.number for worst in card.reasons.damaged] == [3]
    assert stands == {1, 3}


def test_a_document_that_counts_for_near_copies_names_them():
    card = card_of(BREAD, FOX, FOX.upper(), FOX.replace(" ", "  "), FOX.replace("dog", "dog!"))
    (group,) = card.reasons.standing
    assert card.manifest.documents - card.manifest.distinct == 1
    assert sorted([group.document.number, *(each.number for each in group.behind)]) == [2, 3, 5]
    assert group.copies == 2
    assert "2 near-copies: each group counts as one" in said(card)
    assert "1 exact repeat" in said(card)


def test_a_date_that_is_wrong_names_the_document_that_states_it():
    dated = [Document(FOX, {"date": "2025"}), Document(BREAD), Document(SLIPS, {"date": "2027"}),
             Document(DUTCH, {"date": "2001"}), Document(FOX, {"date": "1990"})]  # fmt: skip
    dates = card_of(*dated).reasons.dates
    found = {kind: [each.number for each in seen] for kind, seen in dates.items()}
    assert {kind: sorted(numbers) for kind, numbers in found.items()} == {
        "undated": [2],
        "postdated": [3],
        "stale": [4, 5],
    }


def test_no_document_is_blamed_for_the_date_of_the_whole():
    assert card_of(FOX, BREAD, metadata={"date": "1999"}).reasons.dates == {}


@pytest.mark.parametrize("other", [{"date": "2025"}, {}], ids=["beside one that can be read", "alone"])
def test_a_date_that_cannot_be_read_is_told_from_one_that_is_missing(other):
    card = card_of(Document(FOX, {"date": "20200101"}), Document(BREAD, other), Document(DUTCH), SLIPS)
    assert "without a readable date" in words("novelty", card.scores.evidence["novelty"])
    assert [(each.document.number, each.date) for each in card.reasons.unreadable] == [(1, "20200101")]
    assert 'cannot be read: document 1 states "20200101"; a date is written 2025, 2025-06 or 2025-06-30' in said(card)
    assert "cannot be read" not in said(card_of(FOX, Document(BREAD, other)))


def test_exact_copies_are_named_by_their_places():
    spaced = FOX.replace(" ", "  ")
    card = card_of(FOX, BREAD, FOX, DUTCH, spaced, BREAD, *[FOX] * 6)
    most, other = card.reasons.repeated
    assert (most.document.number, most.copies, [each.number for each in most.behind]) == (1, 8, [3, 5, 7, 8, 9])
    assert (other.document.number, [each.number for each in other.behind]) == (2, [6])
    assert "stands for documents 3, 5, 7, 8, 9 and 3 more too" in said(card)
    assert card_of(FOX, BREAD).reasons.repeated == ()


@pytest.mark.parametrize("profile", ["evenhand/1", "paper_section7/1"])
def test_the_documents_that_are_most_alike_are_named(profile):
    bees = [f"The bees of hive {word} gather honey." for word in ("hazel", "poplar")]
    first, *others = card_of(bees[0], FOX, DUTCH, bees[1], by=profile).reasons.alike
    assert (first.one.number, first.other.number) == (1, 4)
    assert 500_000 < first.likeness < 1_000_000
    assert all(each.likeness <= first.likeness for each in others)


def test_the_likest_pair_is_found_among_many(monkeypatch):
    texts = [f"w{n}a w{n}b w{n}c w{n}d" for n in range(40)]
    for size in (1, 7, 512):
        monkeypatch.setattr(likeness, "PAIRS_AT_ONCE", size)
        (pair,) = card_of(*texts, "w7a w7b w7c sea").reasons.alike[:1]
        assert (pair.one.number, pair.other.number) == (8, 41)


def test_boilerplate_is_shown_as_the_phrase_that_it_is():
    (worst,) = card_of(f"{FOX} Subscribe to our\nnewsletter. All rights reserved.").reasons.damaged
    assert worst.examples["boilerplate"] == ("Subscribe to our newsletter", "All rights reserved")


# -- in words ---------------------------------------------------------------------------------------------------------


@given(st.integers(1, 50), st.integers(0, 2**28))
def test_diversity_and_the_likeness_that_is_told_sum_to_one(documents, likeness):
    counts = {"documents": documents, "likeness": min(likeness, documents * COSINE_ONE)}
    told = words("diversity", counts).rpartition(" ")[2]
    assert Decimal(told) + Decimal(all_pairs.score(counts)) / 10**6 == 1


def test_what_is_one_is_told_as_one():
    assert usable({"tokens": 2, "repeated": 0, "damaged": 1}).startswith("1 usable token of 2 ")
    assert "1 document, of which 1 counts" in words("novelty", card_of(FOX).scores.evidence["novelty"])
    assert words("metadata", {"licence": 0, "date": 1}) == "1 of 2 fields is valid; licence is not"


def test_tokens_of_two_kinds_are_not_both_called_tokens():
    card = card_of(FOX, FOX.upper(), BREAD)
    assert "43 usable tokens of 65 in the distinct documents: 22 in near-copies" in owner.opening(card)[0]
    assert words("cleanliness", card.scores.evidence["cleanliness"]) == "no damage found in 43 tokens that count"


def test_every_kind_of_damage_and_of_date_has_words():
    assert set(KINDS) == set(noise.KINDS)
    assert set(DATES) == set(recency.worst([]))


def test_the_typical_document_is_undamaged_and_like_the_others():
    bees = [f"Bees gather honey from flowers; hive {n} of the keeper gave honey and wax." for n in range(5)]
    card = card_of(SLIPS, DUTCH, *bees)
    assert card.reasons.typical.number > 2
    assert card_of(SLIPS).reasons.typical is None
    assert "none: every document is damaged" in said(card_of(SLIPS))


@pytest.mark.parametrize("profile", [name for name in PROFILES if "minilm" not in name])
def test_every_profile_can_be_told(profile):
    card = card_of(FOX, SLIPS, BREAD, by=profile)
    assert card.profile == profile
    assert json.loads(json.dumps(canonical.tree(card)))["profile"] == profile
    for measure in MEASURES:
        told = words(measure, card.scores.evidence[measure])
        assert not any(name in told for name in ("cluster 0", "fresh days", ", likeness"))


def test_strange_documents_are_told_too():
    for texts in (["\ufffd"], ["."], ["x" * 50_000], ["a\u202eb \x1b[31m l0ve"], ["\u0301" * 90 + "a"]):
        told = said(card_of(*texts))
        assert "\x1b" not in told
        assert "\u202e" not in told


# -- what was not looked at -------------------------------------------------------------------------------------------


def test_what_was_not_looked_at_is_said():
    told = "\n".join(owner.not_checked(card_of(FOX, DUTCH)))
    assert "duplication: no reference is named" in told
    assert "spelling: 19 of 41 tokens that count (46.3%) were not read" in told


def test_rows_without_text_are_said_with_their_number_and_only_where_there_are_some():
    def passing_over(rows):
        yield Document(FOX)
        yield Document(BREAD)
        return rows

    none, some = (score(Dataset(lambda rows=rows: passing_over(rows)), metadata={}, as_of=DAY) for rows in (0, 3))
    line = "rows without text: 3 of 5 were passed over, their text is null, empty or white space; they count for"
    assert owner.not_checked(some)[0].startswith(line)
    assert owner.skipped(some)[-1].startswith(line)
    assert "rows without text" not in str((owner.not_checked(none), owner.skipped(none)))
    assert some.scores == none.scores


def test_what_was_looked_at_is_not_said_to_be_missing():
    known = {"reference_sentences": 60_000, "sentences": 9, "sentences_offered": 9, "distinct": 4}
    clean, spread = {"tokens": 9, "unread": 0}, {"documents": 4, "likeness": 0}
    whole = {"novelty": known, "cleanliness": clean, "diversity": spread}
    assert unchecked(Scores(0, 0, 0, 0, whole)) == []
    samples = {**whole, "novelty": {**known, "sentences_offered": 5_000, "distinct": 40}}
    assert len(unchecked(Scores(0, 0, 0, 0, samples), crowded=7)) == 3
    assert unchecked(Scores(0, 0, 0, 0, {**whole, "novelty": {**known, "reference_sentences": 900}})) != []


def test_copies_are_told_apart():
    none = Copies(distinct=9, standing=9, shared=0, sentences=50, sentences_shared=0, content="")
    assert copies(9, none) == "none found"
    assert copies(10, none) == "1 exact repeat"


# -- metadata and licence ---------------------------------------------------------------------------------------------


def test_each_field_says_what_is_valid_or_what_would_be():
    card = card_of(FOX, metadata={"licence": "CC BY 4.0", "language": "en"})
    assert card.reasons.metadata["language"] == 'valid: "en"'
    assert 'did you mean "CC-BY-4.0"' in card.reasons.metadata["licence"]
    assert "Did you mean" in card.licence
    assert card_of(FOX, metadata={"licence": "MIT"}).licence == ""


def test_a_licence_that_the_call_itself_allows_is_valid_in_that_call():
    def valid(*licences):
        looked = look_at(
            Dataset.of([FOX]), describe(Dataset.of([FOX])), {"licence": "LicenseRef-Acme"}, as_of=DAY, reference=None,
            licences=licences,
        )  # fmt: skip
        return scores_of(looked).evidence["metadata"]["licence"]

    assert (valid(), valid("MIT"), valid("MIT", "LicenseRef-Acme")) == (0, 0, 1)


def test_an_over_long_licence_has_one_bound():
    card = card_of(FOX, metadata={"licence": "MIT OR " * 4_000 + "ISC"})
    told = [card.licence, card.reasons.metadata["licence"]]
    assert all("more than 200" in each for each in told)
    assert "20,000" not in "".join(told)


def test_a_date_of_the_whole_that_cannot_be_read_is_quoted_with_the_forms_that_can():
    told = card_of(FOX, metadata={"date": "2020-02-30"}).reasons.metadata["date"]
    assert told.startswith('"2020-02-30" cannot be read as a date, and 0 of 1 distinct documents have one')
    assert "such as 2025, 2025-06 or 2025-06-30" in told


def test_progress_tells_documents_and_ends_once():
    told = []
    card_of(*[f"{FOX} {n}" for n in range(2_000)], watch=lambda *step: told.append(step))
    steps = [(done, total) for stage, done, total in told if stage == "quality"]
    assert steps[0] == (0, 2_000)
    assert steps[-1] == (2_000, 2_000)
    assert steps.count((2_000, 2_000)) == 1
    assert len(steps) > 3
    assert steps == sorted(steps)


def test_no_line_of_a_narrow_terminal_is_cut(capsys, monkeypatch):
    from evenhand import console

    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(console, "_console", lambda **_: Console(width=60, force_terminal=True, color_system=None))
    console.scorecard(card_of(FOX, SLIPS, DUTCH, "y" * 300))
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 60
    assert "quality" in shown
