"""How is a dataset looked at once, by however many processes?

A dataset is cut into batches; each batch is looked at on its own, which gives notes, one row a document, and a sample
of sentences (`Part`); parts are put together in whatever order they are done. What is noted of a document depends on
that document alone and the sample merges, so the same dataset gives the same notes however it was cut, in whatever
order its documents stand, and by however many processes, threads or machines it was worked through.

Batches go through joblib, one after another in this process unless the caller says otherwise:

    with joblib.parallel_config(n_jobs=2):                  # or backend="dask", "ray", with what they bring
        scores = quality.measure(...)

In memory stay the notes, some 350 bytes a distinct document, 8 bytes a distinct sentence, and the batches under way.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np

from evenhand.numerics.batches import batches as cut
from evenhand.quality.batch import Batch, Notes
from evenhand.quality.novelty import LowestSentences
from evenhand.quality.text import sentences
from evenhand.records import Array, Document

BATCH_CHARACTERS = 500_000
BATCH_DOCUMENTS = 1024
"""So much is looked at together; it bounds the memory and changes no result."""

_PLACE = "place"
_NARROW = 2**31

PARTS_MERGED = 64
"""So many parts are put together at a time, or more where they are few beside what is together already."""


@dataclass(frozen=True)
class Look:
    """What is noted of the documents of a dataset."""

    notes: tuple[Callable[[Batch], Notes], ...]
    """Each gives some columns; what they are given beside the batch is bound beforehand (`functools.partial`)."""
    salt: bytes
    """of the sample of sentences; their keys are all kept, to be compared with other sellers'"""

    def __call__(self, documents: Iterable[Document], start: int = 0, bound: int = 2**64) -> "Part":
        """Look at some documents.

        Args:
            documents: read once.
            start: how many documents of the dataset stand before them.
            bound: of the sample that theirs will be merged into (`LowestSentences.bound`).
        """
        batch = Batch.of(documents)
        drawn = LowestSentences(salt=self.salt, keep_keys=True, bound=bound)
        drawn.add_all([sentence for text in dict.fromkeys(batch.plain) for sentence in sentences(text)])
        noted = dict(chain.from_iterable(note(batch).items() for note in self.notes))
        columns = {"identity": batch.identities, **{name: _narrow(column) for name, column in noted.items()}}
        return Part(len(batch), columns, drawn, np.arange(start, start + len(batch)))


@dataclass(frozen=True, eq=False)
class Part:
    """What was noted of some documents."""

    documents: int
    """how many there were, repeats included"""
    columns: dict[str, Array]
    """"identity" (n, 32) uint8 and what `Look.notes` gave; one row a document, in no order that matters"""
    sentences: LowestSentences
    places: Array
    """(n,) int64: of each row how many documents of the dataset stand before one with its text"""


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
    drawn, columns = nothing.sentences, _placed(nothing)
    waiting: list[dict[str, Array]] = []
    done = 0
    # one at a time: of several that are sent together the last ones leave the other processes without work
    looked = Parallel(return_as="generator_unordered", batch_size=1)
    for part in looked(delayed(_look_at)(at, *sent, drawn.bound) for sent in _packed(documents)):
        drawn.merge(part.sentences)
        waiting.append(_placed(part))
        done += part.documents
        tell(done)
        # as many rows as there are together already: so each is moved a few times only
        if len(waiting) >= PARTS_MERGED and sum(map(_rows, waiting)) >= _rows(columns):
            columns, waiting = dict(merged(_joined([columns, *waiting]))), []
    columns = dict(merged(_joined([columns, *waiting])))
    return Part(done, columns, drawn, columns.pop(_PLACE))


def batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Cut a row of documents into those that are looked at together."""
    return cut(documents, lambda document: len(document.text), size_max=BATCH_CHARACTERS, count_max=BATCH_DOCUMENTS)


def _packed(documents: Iterable[Document]) -> Iterator[tuple[int, list[str], list[Mapping[str, str]]]]:
    """Give batches as they are sent to another process, in plain lists: documents before, texts, metadata."""
    start = 0
    for batch in batches(documents):
        yield start, [document.text for document in batch], [document.metadata for document in batch]
        start += len(batch)


def _look_at(at: Look, start: int, texts: list[str], metadata: list[Mapping[str, str]], bound: int) -> Part:
    return at(map(Document, texts, metadata), start, bound)


def _placed(part: Part) -> dict[str, Array]:
    return {**part.columns, _PLACE: part.places}


def _narrow(column: Array) -> Array:
    """Take half the memory for whole numbers that 32 bits can hold."""
    if column.dtype != np.int64 or column.max(initial=0) >= _NARROW or column.min(initial=0) < -_NARROW:
        return column
    return column.astype(np.int32)


def _joined(parts: list[dict[str, Array]]) -> dict[str, Array]:
    """Join the rows of several parts, whose columns are taken out of them: in memory each is held once only."""
    return {name: _appended([columns.pop(name) for columns in parts]) for name in list(parts[0])}


def _appended(rows: list[Array]) -> Array:
    """Join rows. The first ones are mostly by far the most: they grow where they stand, which needs no second copy."""
    first, others = rows[0], rows[1:]
    kind = np.result_type(*rows)
    if not first.flags.owndata or first.dtype != kind:
        first = first.astype(kind)
    done, total = len(first), sum(map(len, rows))
    first.resize((total, *first.shape[1:]), refcheck=False)  # nobody else has seen it, or it is a copy
    for some in others:
        first[done : done + len(some)] = some
        done += len(some)
    return first


def _rows(columns: Mapping[str, Array]) -> int:
    return len(columns["identity"])
