"""Old, undated, repeated and already public text is not novel, and hiding any of it does not pay."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.datasets import describe
from evenhand.quality import measure, novelty, read_reference
from evenhand.quality.batch import Batch
from evenhand.quality.novelty import POSTDATED, UNDATED, days_left, notes, read_date, recency
from evenhand.records import Dataset, Document

TODAY = date(2026, 7, 1)
PUBLIC = ["The harbour froze over in January. Nobody could leave by ship!", "Bread became expensive before Easter."]


def scores_of(documents, reference=None, **metadata):
    documents = list(documents)
    dataset = Dataset(lambda: iter(documents))
    return measure(dataset, metadata, manifest=describe(dataset), as_of=TODAY, reference=reference)


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
    assert (counts["documents"], counts["distinct"], counts["reference_sentences"], counts["sentences"]) == (4, 3, 0, 3)


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


# -- notes and counts -----------------------------------------------------------------------------------------------

STATED = ["2026-07-01", "2026-06-01", "", "2030", "2001", "\U0001f4c5", "2026-07-01 "]


def test_the_notes_are_those_of_each_document_alone():
    documents = [Document("text", {"date": stated}) for stated in STATED]
    whole = notes(Batch.of(documents), TODAY)["days"]
    parts = [notes(Batch.of([document]), TODAY)["days"] for document in documents]
    assert whole.tolist() == [3650, 3620, UNDATED, POSTDATED, 0, UNDATED, 3650] == [int(part[0]) for part in parts]
    assert whole.dtype == np.int32
    own = notes(Batch.of(documents), TODAY)["own_date"].tolist()
    assert own == [True, True, False, True, True, False, True]
    assert len(notes(Batch.of([]), TODAY)["days"]) == 0


def test_the_counts_tell_how_many_share_a_day():
    days = notes(Batch.of([Document("text", {"date": stated}) for stated in STATED]), TODAY)["days"]
    assert recency.count(days) == {
        "undated": 2,
        "postdated": 1,
        "stale": 1,
        "one_day": 2,
        "fresh_days": 3650 + 3620 + 3650,
    }
    assert recency.count(days) == recency.count(days[::-1]) == recency.count(days.tolist())


def test_the_date_of_the_dataset_is_taken_only_where_no_document_says_anything():
    stated = "2026-06-01"
    none, some = np.array([False] * 2), np.array([False, True])
    for days in ([UNDATED, 5], [UNDATED, POSTDATED], [0, UNDATED], [5, 5], [UNDATED] * 2):
        assert recency.dated_as_a_whole(np.array(days), some, stated, TODAY).tolist() == days
    assert recency.dated_as_a_whole(np.array([UNDATED] * 2), none, stated, TODAY).tolist() == [3620, 3620]
    assert recency.dated_as_a_whole(np.array([UNDATED]), none, "2030", TODAY).tolist() == [POSTDATED]


def test_the_worst_documents_are_named_by_kind():
    days = notes(Batch.of([Document("text", {"date": stated}) for stated in STATED]), TODAY)["days"]
    assert {kind: rows.tolist() for kind, rows in recency.worst(days).items()} == {
        "undated": [2, 5],
        "postdated": [3],
        "stale": [4],
    }


def test_forged_dates_pay_and_the_evidence_shows_them():
    """No text proves its date: what a buyer sees is that a thousand documents were all written on one day."""
    true = notes(Batch.of([Document("t", {"date": str(2000 + year)}) for year in range(20)]), TODAY)["days"]
    forged = notes(Batch.of([Document("t", {"date": "2026-07-01"})] * 20), TODAY)["days"]
    honest, lying = (novelty.count(20, days.tolist(), {}, None) for days in (true, forged))
    assert novelty.score(lying) > novelty.score(honest)
    assert (honest["one_day"], lying["one_day"]) == (1, 20)


def test_every_count_has_its_name_and_none_is_negative():
    for counts in (novelty.count(0, [], {}, None), novelty.count(1, [UNDATED], {}, read_reference(Dataset.of(PUBLIC)))):
        assert tuple(counts) == novelty.COUNTS
        assert all(type(value) is int and value >= 0 for value in counts.values())
        assert novelty.score(counts) in (0, 500_000)
