"""Old, undated, repeated and already public text is not novel, and hiding any of it does not pay."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.errors import OfferError
from evenhand.quality import measure, novelty, read_reference
from evenhand.quality.embedding import COSINE_ONE
from evenhand.quality.novelty import POSTDATED, UNDATED, LowestSentences, days_left, read_date, similarity
from evenhand.records import Dataset, Document

TODAY = date(2026, 7, 1)
PUBLIC = ["The harbour froze over in January. Nobody could leave by ship!", "Bread became expensive before Easter."]


def scores_of(documents, reference=None, **metadata):
    documents = list(documents)
    return measure(Dataset(lambda: iter(documents)), metadata, as_of=TODAY, reference=reference, where="test")


def sample(texts):
    lowest = LowestSentences(10)
    for text in texts:
        lowest.add(text)
    return lowest.drawn()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-17", date(2024, 5, 17)),
        (" 2024-05-17T09:30:00Z ", date(2024, 5, 17)),
        ("2024-05-17 00:00:00", date(2024, 5, 17)),
        ("2024-05", date(2024, 5, 1)),
        ("2024", date(2024, 1, 1)),
        ("2024-13", None),
        ("2024-02-30", None),
        ("0000", None),
        ("17.05.2024", None),
        ("٢٠٢٤", None),
        ("20240517", None),
        ("unknown", None),
        ("", None),
    ],
)
def test_dates_are_read_as_iso_and_what_is_open_as_its_first_day(text, expected):
    assert read_date(text) == expected


@pytest.mark.parametrize(
    ("stated", "left"),
    [
        ("2026-07-01", 3650),
        ("2026-06-30", 3649),
        ("2026-07-02", POSTDATED),
        ((TODAY - timedelta(3650)).isoformat(), 0),
        ("1066", 0),
        ("recently", UNDATED),
    ],
)
def test_days_left_run_from_the_day_of_the_call_to_ten_years_before(stated, left):
    assert days_left(stated, TODAY) == left


@pytest.mark.parametrize("worse", ["", "unknown", "2030", "2001"])
def test_no_other_date_pays_more_than_a_recent_one(worse):
    texts = ["one thing", "another thing"]
    recent = scores_of(Document(text, {"date": "2026-05"}) for text in texts)
    mixed = scores_of(Document(text, {"date": when}) for text, when in zip(texts, ["2026-05", worse], strict=True))
    assert mixed.novelty == (recent.novelty + 500_000) // 2
    counts = mixed.evidence["novelty"]
    assert (counts["undated"], counts["postdated"]) == (int(worse in ("", "unknown")), int(worse == "2030"))


def test_a_date_of_the_dataset_holds_where_no_document_has_one():
    documents = [Document("one"), Document("two", {"date": ""})]
    assert scores_of(documents, date="2026-07-01").evidence["novelty"]["fresh_days"] == 2 * 3650


def test_hiding_the_dates_of_some_documents_under_a_date_of_the_dataset_does_not_pay():
    documents = [Document("one"), Document("two", {"date": ""}), Document("three", {"date": "2001"})]
    assert scores_of(documents, date="2026-07-01").evidence["novelty"]["fresh_days"] == 0


def test_a_text_under_several_dates_has_the_worst():
    for first, second in [("2026-07-01", "2001"), ("2001", "2026-07-01"), ("2026-07-01", "?"), ("2030", "2026-07-01")]:
        scores = scores_of([Document("text", {"date": first}), Document(" text", {"date": second})])
        assert scores.evidence["novelty"]["fresh_days"] == 0


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 5000)), min_size=1, max_size=12), st.data())
def test_repeating_a_document_never_pays(offered, data):
    documents = [Document(text, {"date": (TODAY - timedelta(age)).isoformat()}) for text, age in offered]
    again = data.draw(st.sampled_from(documents))
    assert scores_of([*documents, again]).novelty <= scores_of(documents).novelty


def test_without_a_reference_only_repeats_count_and_the_evidence_says_so():
    scores = scores_of([Document("a"), Document("a "), Document("b"), Document("c")], date="2026-07-01")
    assert scores.novelty == round((1 + 1 - 0.25) / 2 * 1_000_000)
    counts = scores.evidence["novelty"]
    assert (counts["documents"], counts["distinct"], counts["reference_sentences"], counts["sentences"]) == (4, 3, 0, 0)


def test_the_reference_offered_back_is_no_news():
    reference = read_reference(Dataset.of(PUBLIC))
    scores = scores_of([Document(text) for text in PUBLIC], reference)
    counts = scores.evidence["novelty"]
    assert scores.novelty == 0
    assert (counts["copied"], counts["sentences"], counts["reference_sentences"]) == (3, 3, 3)


def test_an_edited_copy_lies_between_a_copy_and_something_else():
    reference = read_reference(Dataset.of(PUBLIC))
    copy, edited, other = (
        scores_of([Document(text)], reference).novelty
        for text in (PUBLIC[1], "Bread became very costly before Easter.", "Green turtles migrate across oceans.")
    )
    assert copy < edited < other


def test_the_best_cosine_is_the_brute_force_one():
    from evenhand.quality.embedding import embed

    offered = [f"{a} {b} harvest" for a in ("early", "wheat", "olives") for b in ("rainfall", "market")]
    public = ["wheat harvest prices", "olive market rainfall", "quiet"]
    drawn = sample(offered)
    products = embed(list(drawn.values())).astype(int) @ embed(public).astype(int).T
    assert similarity(drawn, read_reference(Dataset.of(public))) == (0, int(products.max(axis=1).clip(0).sum()))


def test_a_sentence_copied_from_anywhere_in_the_reference_is_found(monkeypatch):
    monkeypatch.setattr(novelty, "REFERENCE_SENTENCES_MAX", 2)
    public = [f"sentence number {number} about topic {number}." for number in range(40)]
    reference = read_reference(Dataset.of(public))
    assert (len(reference.known), len(reference.vectors)) == (40, 2)
    assert similarity(sample(public[:5]), reference) == (5, 5 * COSINE_ONE)


@given(st.lists(st.integers(0, 60), max_size=200), st.randoms(use_true_random=False))
def test_the_sample_is_the_lowest_whatever_the_order(numbers, chance):
    def drawn(values):
        lowest = LowestSentences(7)
        keys = {lowest.add(str(value)): str(value) for value in values}
        return keys, list(lowest.drawn().items())

    keys, first = drawn(numbers)
    chance.shuffle(numbers)
    assert drawn(numbers)[1] == first == sorted(keys.items())[:7]


def test_a_reference_without_a_sentence_is_refused():
    with pytest.raises(OfferError, match="holds no sentence"):
        read_reference(Dataset.of(["", "..."]))
