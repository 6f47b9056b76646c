"""What a seller is told of a dataset names the very documents that pull its scores down, and nobody else's."""

import json
from datetime import date

import pytest
from rich.console import Console

from evenhand import canonical
from evenhand.quality import PROFILES
from evenhand.records import MEASURES, Copies, Dataset, Document, Scores
from evenhand.reports import scorecard as owner
from evenhand.reports.evidence import copies, unchecked, words
from evenhand.scorecard import score

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
        assert not any(name in told for name in ("cluster 0", "fresh days", "likeness"))


def test_strange_documents_are_told_too():
    for texts in (["\ufffd"], ["."], ["x" * 50_000], ["a\u202eb \x1b[31m l0ve"], ["\u0301" * 90 + "a"]):
        told = said(card_of(*texts))
        assert "\x1b" not in told
        assert "\u202e" not in told


# -- what was not looked at -------------------------------------------------------------------------------------------


def test_what_was_not_looked_at_is_said():
    told = "\n".join(owner.not_checked(card_of(FOX, DUTCH)))
    assert "duplication: no reference is named" in told
    assert "spelling: 19 of 41 tokens (46.3%) were not read" in told


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
