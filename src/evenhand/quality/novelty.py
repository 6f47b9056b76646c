"""How recent are the documents, and how much of them is already known?

    Novelty = 1/2 Recency + 1/2 (1 - DuplicationScore)              [Ayyoubzadeh25, section 7.3]
    Recency = mean over documents of 1 - age / 3650 days, clipped to [0, 1]
    DuplicationScore = mean over documents of 1 for a repeat, and for every other the mean over sentences of the cosine
                       to the most similar sentence of the reference

A document without a date that can be read, or with one after the day of the call, has recency 0. The date of the
dataset as a whole counts only where no document has one of its own, so that hiding the dates of some never pays. A text
that is offered under several dates has the oldest. Where no reference is named only repeats count, and
`reference_sentences` = 0 tells that half of the work was not done.

The cosines are taken over the sentences with the lowest SHA-256, at most 1024 of a dataset and 8192 of the reference.
The same sentence has the same digest on both sides, so what was copied tends to be drawn on both. A sentence that
stands word for word anywhere in the reference counts as 1, drawn there or not. Embeddings of hashed words find some
likeness between any sentence and its nearest of thousands: new text keeps a mean cosine of about 0.4.
"""

import hashlib
import re
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.plaintext import plain
from evenhand.quality.counts import share
from evenhand.quality.embedding import COSINE_ONE, embed
from evenhand.quality.text import sentences
from evenhand.records import Array, Dataset

AGE_DAYS_MAX = 3650
"""MaxDateRange: from this age on a document is not recent at all."""
SENTENCES_MAX = 1024
REFERENCE_SENTENCES_MAX = 8192

COUNTS = (
    "documents",
    "distinct",
    "undated",
    "postdated",
    "fresh_days",
    "sentences",
    "copied",
    "similarity",
    "reference_sentences",
)

UNDATED, POSTDATED = -2, -1
"""What stands in the place of the days that a document has left before it is old."""

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:[T ].*)?)?)?")
_ROWS = 128  # sentences compared at once: 128 x 8192 float32 are 4 MiB


@dataclass(frozen=True, eq=False)
class Reference:
    """Public text against which duplication is measured; read once, for all offers of a call."""

    known: Array
    """sorted keys (64 bits) of all its sentences."""
    vectors: Array
    """(at most 8192, 512) embeddings of the sentences with the lowest SHA-256."""


class LowestSentences:
    """The distinct sentences with the lowest SHA-256: the same ones in whatever order, however often they stand."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[int, str] = {}
        self._bound = 2**64

    def add(self, sentence: str) -> int:
        """Take in a sentence; give its key, the first 64 bits of its SHA-256."""
        key = int.from_bytes(hashlib.sha256(sentence.encode()).digest()[:8])
        if key < self._bound:
            self._kept[key] = sentence
            if len(self._kept) >= 2 * self._most:
                self.drawn()
        return key

    def drawn(self) -> dict[int, str]:
        """Give key -> sentence, lowest key first."""
        self._kept = {key: self._kept[key] for key in sorted(self._kept)[: self._most]}
        if len(self._kept) == self._most:
            self._bound = max(self._kept)
        return self._kept


def read_reference(dataset: Dataset) -> Reference:
    """Read the public text that duplication is measured against, one document at a time.

    In memory stay 8 bytes a sentence and the embeddings of at most 8192 of them.

    Raises:
        OfferError: it holds no sentence.
    """
    lowest = LowestSentences(REFERENCE_SENTENCES_MAX)
    keys = array("Q")
    for document in dataset:
        keys.extend(lowest.add(sentence) for sentence in sentences(plain(document.text)))
    if not keys:
        raise OfferError(
            Problem(
                "reference",
                "holds no sentence",
                "duplication is measured against sentences",
                "Name a dataset with text, or no reference.",
            )
        )
    return Reference(np.unique(np.frombuffer(keys, dtype=np.uint64)), embed(list(lowest.drawn().values())))


def similarity(drawn: Mapping[int, str], reference: Reference) -> tuple[int, int]:
    """Compare sentences with the reference: how many stand in it, and the sum of the best cosines, in units of 2^-22.

    All products and sums are integers that float32 holds exactly (see `embedding`).
    """
    copied = np.isin(np.fromiter(drawn, dtype=np.uint64, count=len(drawn)), reference.known)
    rest = [sentence for sentence, known in zip(drawn.values(), copied, strict=True) if not known]
    columns = reference.vectors.T.astype(np.float32)
    best = [
        (embed(rest[start : start + _ROWS]).astype(np.float32) @ columns).max(axis=1).clip(0, COSINE_ONE)
        for start in range(0, len(rest), _ROWS)
    ]
    exact = int(copied.sum())
    return exact, exact * COSINE_ONE + sum(int(x) for block in best for x in block)


def read_date(text: str) -> date | None:
    """Read "2024-05-17" (a time may follow), "2024-05" or "2024"; what is left open is its first day. Else None.

    >>> read_date("2024-05"), read_date("2024-02-30"), read_date("unknown")
    (datetime.date(2024, 5, 1), None, None)
    """
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = match.groups(default="1")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def days_left(stated: str, as_of: date) -> int:
    """Give how many of 3650 days a document dated so has left, at least 0; or UNDATED or POSTDATED.

    >>> days_left("2025-12-31", date(2026, 1, 10)), days_left("", date(2026, 1, 10)) == UNDATED
    (3640, True)
    """
    dated = read_date(stated)
    if dated is None:
        return UNDATED
    return POSTDATED if dated > as_of else max(AGE_DAYS_MAX - (as_of - dated).days, 0)


def count(documents: int, left: Iterable[int], drawn: Mapping[int, str], reference: Reference | None) -> dict[str, int]:
    """Count what recency and duplication follow from.

    Args:
        documents: how many were offered, repeats included.
        left: `days_left` of each distinct document.
        drawn: key -> sentence of `LowestSentences`.
        reference: None where the call names none.
    """
    left = list(left)
    copied, best = similarity(drawn, reference) if reference else (0, 0)
    counted = (
        documents,
        len(left),
        left.count(UNDATED),
        left.count(POSTDATED),
        sum(max(days, 0) for days in left),
        len(drawn),
        copied,
        best,
        len(reference.known) if reference else 0,
    )
    return dict(zip(COUNTS, counted, strict=True))


def score(counts: Mapping[str, int]) -> int:
    """Give the novelty in millionths; 0 where there is no document."""
    documents, distinct = counts["documents"], counts["distinct"]
    if not (documents and distinct):
        return 0
    recency = Fraction(counts["fresh_days"], distinct * AGE_DAYS_MAX)
    known = Fraction(counts["similarity"], max(counts["sentences"], 1) * COSINE_ONE)
    duplication = (documents - distinct + distinct * known) / documents
    return share((recency + 1 - duplication) / 2)
