"""How is a dataset looked at once, by however many processes?

A dataset is cut into batches; each batch is looked at on its own, which gives notes, one row a document, and a sample
of sentences (`Part`); parts are put together in whatever order they are done. What is noted of a document depends on
that document alone and the sample merges, so the same dataset gives the same notes however it was cut, in whatever
order its documents stand, and by however many processes, threads or machines it was worked through.

Batches go through joblib, one after another in this process unless the caller says otherwise:

    with joblib.parallel_config(n_jobs=2):                  # or backend="dask", "ray", with what they bring
        scores = quality.measure(...)

In memory stay the notes, some 300 bytes a distinct document, and the batches under way.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np

from evenhand.quality.batch import Batch, Notes
from evenhand.quality.novelty import LowestSentences
from evenhand.quality.text import sentences
from evenhand.records import Array, Document

BATCH_CHARACTERS = 200_000
BATCH_DOCUMENTS = 512
"""So much is looked at together; it bounds the memory and changes no result."""

PARTS_MERGED = 64
"""So many parts are put together at a time, or more where they are few beside what is together already."""


@dataclass(frozen=True)
class Look:
    """What is noted of the documents of a dataset."""

    notes: tuple[Callable[[Batch], Notes], ...]
    """Each gives some columns; what they are given beside the batch is bound beforehand (`functools.partial`)."""
    salt: bytes
    """of the sample of sentences; their keys are all kept, to be compared with other sellers'"""

    def __call__(self, documents: Iterable[Document]) -> "Part":
        """Look at some documents."""
        batch = Batch.of(documents)
        drawn = LowestSentences(salt=self.salt, keep_keys=True)
        for text in dict.fromkeys(batch.plain):
            for sentence in sentences(text):
                drawn.add(sentence)
        columns = dict(chain.from_iterable(note(batch).items() for note in self.notes))
        return Part(len(batch), {"identity": batch.identities, **columns}, drawn)


@dataclass(frozen=True, eq=False)
class Part:
    """What was noted of some documents."""

    documents: int
    """how many there were, repeats included"""
    columns: dict[str, Array]
    """"identity" (n, 32) uint8 and what `Look.notes` gave; one row a document, in no order that matters"""
    sentences: LowestSentences


def look(
    documents: Iterable[Document],
    at: Look,
    merged: Callable[[dict[str, Array]], Notes],
    tell: Callable[[int], None] = lambda done: None,
) -> Part:
    """Look at all documents of a dataset.

    Args:
        documents: read once, one at a time.
        at: what is noted.
        merged: puts the rows of one text together, as `tables.by_text` does; in whatever order they stand.
        tell: told how many documents were looked at so far.

    >>> from evenhand.quality import near_duplicates
    >>> part = look([Document("Market day"), Document("Rain again")], Look((near_duplicates.notes,), b""), dict)
    >>> part.documents, part.columns["signature"].shape
    (2, (2, 128))
    """
    from joblib import Parallel, delayed

    nothing = at([])
    drawn, columns = nothing.sentences, nothing.columns
    waiting: list[dict[str, Array]] = []
    done = 0
    for part in Parallel(return_as="generator_unordered")(delayed(at)(batch) for batch in batches(documents)):
        drawn.merge(part.sentences)
        waiting.append(part.columns)
        done += part.documents
        tell(done)
        # as many rows as there are together already: so each is moved a few times only
        if len(waiting) >= PARTS_MERGED and sum(map(_rows, waiting)) >= _rows(columns):
            columns, waiting = dict(merged(_joined([columns, *waiting]))), []
    return Part(done, dict(merged(_joined([columns, *waiting]))), drawn)


def batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Cut a row of documents into batches; one that is longer than a batch may be is a batch of its own."""
    batch: list[Document] = []
    characters = 0
    for document in documents:
        if batch and characters + len(document.text) > BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
        batch.append(document)
        characters += len(document.text)
        if len(batch) == BATCH_DOCUMENTS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _joined(parts: list[dict[str, Array]]) -> dict[str, Array]:
    """Join the rows of several parts, whose columns are taken out of them: in memory each is held once only."""
    return {name: np.concatenate([columns.pop(name) for columns in parts]) for name in list(parts[0])}


def _rows(columns: Mapping[str, Array]) -> int:
    return len(columns["identity"])
