"""A dataset is cut into batches that lose nothing, and its parts come together the same whichever is done first."""

import random
from datetime import date
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.datasets import describe
from evenhand.errors import OfferError
from evenhand.quality import look_at, looking, near_duplicates, tables
from evenhand.quality.batch import Batch
from evenhand.quality.looking import Look, batches, look
from evenhand.quality.novelty import LowestSentences
from evenhand.quality.text import count_tokens, sentences
from evenhand.records import Dataset, Document


@given(st.lists(st.integers(0, 20), max_size=20))
def test_batches_are_the_documents_in_their_order_and_none_is_empty(lengths):
    documents = [Document("x" * length) for length in lengths]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(looking, "BATCH_CHARACTERS", 12)
        patch.setattr(looking, "BATCH_DOCUMENTS", 4)
        cut = list(batches(documents))
    assert [document for batch in cut for document in batch] == documents
    assert all(cut)
    for batch in cut:
        assert len(batch) == 1 or (len(batch) <= 4 and sum(len(document.text) for document in batch) <= 12)


def test_a_document_longer_than_a_batch_is_a_batch_of_its_own():
    long = Document("b" * (looking.BATCH_CHARACTERS + 1))
    assert [len(batch) for batch in batches([long, Document("a"), long, Document("c")])] == [1, 1, 1, 1]


def test_documents_are_read_one_batch_at_a_time_and_once(monkeypatch):
    monkeypatch.setattr(looking, "BATCH_DOCUMENTS", 2)
    read = []

    def reading():
        for number in range(9):
            read.append(number)
            yield Document(str(number))

    cut = batches(reading())
    next(cut)
    assert len(read) == 2
    assert sum(map(len, cut)) == 7
    assert read == list(range(9))


def lengths(batch):
    return {"tokens": np.array([count_tokens(text) for text in batch.plain], dtype=np.int64)}


LOOK = Look((lengths, partial(near_duplicates.notes, key=3)), b"salt")
TEXTS = [f"{word} {other} at {number}. It rains again. {word} closes." for number, (word, other) in enumerate(
    zip(["Market", "Harbour", "Market", "Bridge"] * 5, ["day", "night", "day", "toll", "ferry"] * 4, strict=True)
)]  # fmt: skip


def seen(part):
    return (
        part.documents,
        {name: column.tolist() for name, column in part.columns.items()},
        part.sentences.drawn(),
        part.sentences.keys().tolist(),
    )


@pytest.mark.parametrize(("size", "merged"), [(1, 1), (1, 3), (3, 2), (20, 64)])
def test_parts_come_together_the_same_however_they_are_cut_and_merged(size, merged, monkeypatch):
    documents = [Document(text) for text in TEXTS + TEXTS[:5]]
    usual = seen(look(documents, LOOK, tables.by_text))
    monkeypatch.setattr(looking, "BATCH_DOCUMENTS", size)
    monkeypatch.setattr(looking, "PARTS_MERGED", merged)
    for seed in range(3):
        shuffled = random.Random(seed).sample(documents, len(documents))
        assert seen(look(shuffled, LOOK, tables.by_text)) == usual


def test_every_document_is_counted_and_every_text_has_one_row():
    part = look([Document(text) for text in TEXTS + TEXTS[:5]], LOOK, tables.by_text)
    assert part.documents == 25
    assert len(part.columns["identity"]) == len(set(TEXTS)) == 20
    assert part.columns["identity"].tolist() == sorted(part.columns["identity"].tolist())


@pytest.mark.parametrize("size", [1, 7, 512])
def test_the_sample_is_drawn_from_the_sentences_of_every_document(size, monkeypatch):
    monkeypatch.setattr(looking, "BATCH_DOCUMENTS", size)
    part = look([Document(text) for text in TEXTS], LOOK, tables.by_text)
    said = {sentence for text in TEXTS for sentence in sentences(text)}
    assert len(said) > 20
    assert set(part.sentences.drawn().values()) == said
    assert len(part.sentences.keys()) == len(said)


def test_a_row_is_what_is_noted_of_its_document_alone():
    part = look([Document(text) for text in TEXTS], LOOK, tables.by_text)
    rows = {row.tobytes(): place for place, row in enumerate(part.columns["identity"])}
    for text in TEXTS:
        place = rows[Document(text).identity]
        alone = Batch.of([Document(text)])
        assert part.columns["tokens"][place] == lengths(alone)["tokens"][0]
        assert (part.columns["signature"][place] == near_duplicates.notes(alone, key=3)["signature"][0]).all()


def test_of_no_documents_come_no_rows():
    part = look([], LOOK, tables.by_text)
    assert (part.documents, part.columns["signature"].shape, part.sentences.drawn()) == (0, (0, 128), {})


def test_an_error_in_a_document_stops_the_look_and_is_not_swallowed():
    def broken(batch):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        look([Document("x")], Look((broken,), b""), tables.by_text)


def test_a_batch_keeps_what_it_is_given_and_mends_what_no_encoding_can_hold():
    batch = Batch.of([Document("Market\u200b  day", {"date": "2026"}), Document("a \ud800 b")])
    assert batch.texts == ["Market\u200b  day", "a \ufffd b"]
    assert batch.plain == ["Market day", "a \ufffd b"]
    assert batch.documents[0].metadata == {"date": "2026"}
    assert [row.tobytes() for row in batch.identities] == [document.identity for document in batch.documents]
    assert Batch.of([]).identities.shape == (0, 32)
    assert Batch.of(Dataset.of(["one"])).identities.dtype == np.uint8


@pytest.mark.parametrize("size", [1, 7, 512])
def test_of_each_text_the_place_is_known_where_it_stands(size, monkeypatch):
    monkeypatch.setattr(looking, "BATCH_DOCUMENTS", size)
    documents = [Document(text) for text in TEXTS[5:] + TEXTS]
    part = look(documents, LOOK, tables.by_text)
    rows = part.columns["identity"]
    assert [documents[place].identity for place in part.places.tolist()] == [row.tobytes() for row in rows]


def test_numbers_that_32_bits_cannot_hold_are_kept_whole(monkeypatch):
    monkeypatch.setattr(looking, "BATCH_DOCUMENTS", 1)

    def sizes(batch):
        return {"size": np.array([int(text) for text in batch.texts], dtype=np.int64)}

    numbers = [3, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**62]
    part = look([Document(str(number)) for number in numbers], Look((sizes,), b""), tables.by_text)
    assert sorted(part.columns["size"].tolist()) == sorted(numbers)


def test_a_dataset_that_changes_between_its_two_readings_is_refused():
    readings = iter([["one", "two"], ["one", "other"]])
    changing = Dataset(lambda: iter([Document(text) for text in next(readings)]))
    with pytest.raises(OfferError, match="other documents when it is read again"):
        look_at(changing, describe(Dataset.of(["one", "two"])), {}, as_of=date(2026, 1, 1), reference=None)


@pytest.mark.parametrize("salt", [b"", b"salt"])
@given(numbers=st.lists(st.integers(0, 40), max_size=60), cut=st.integers(0, 60))
def test_many_sentences_at_once_and_a_bound_give_the_same_sample(salt, numbers, cut):
    one_by_one, at_once = (LowestSentences(7, salt, keep_keys=True) for _ in range(2))
    for number in numbers:
        one_by_one.add(str(number))
    at_once.add_all([str(number) for number in numbers[:cut]])
    rest = LowestSentences(7, salt, keep_keys=True, bound=at_once.bound)
    rest.add_all([str(number) for number in numbers[cut:]])
    at_once.merge(rest)
    assert at_once.drawn() == one_by_one.drawn()
    assert at_once.keys().tolist() == one_by_one.keys().tolist()


def test_keys_that_were_given_away_stay_as_they_were():
    lowest = LowestSentences(keep_keys=True)
    lowest.add_all(["one", "two"])
    given_away = lowest.keys()
    before = given_away.tolist()
    lowest.add("three")
    assert len(lowest.keys()) == 3
    assert given_away.tolist() == before
