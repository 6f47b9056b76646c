"""How recent are the documents, and how much of them is already known?

    Novelty = 1/2 Recency + 1/2 (1 - DuplicationScore)              [Ayyoubzadeh25, section 7.3]
    Recency = mean over documents of 1 - age / 3650 days, clipped to [0, 1]
    DuplicationScore = mean over documents of 1 for a repeat, and for every other the mean over sentences of the cosine
                       to the most similar sentence of the reference

Where no reference is named only repeats count, and `reference_sentences` = 0 tells that half of the work was not done.
Among many sentences there is always one with some words in common: the mean cosine of new text is about 0.4 to a
reference of some thousands of sentences, and 0.57 to one of 334,000. So compare novelty under one reference only.

recency.py       days that a document has left before it is old, from the day that the call states
drawing.py       which sentences are compared: the lowest under a salt, a sample that merges
reference.py     what is known: keys, words and vectors of a named, hashed collection of sentences
folder.py        a reference on disk, whole or not there, mapped when it is used
neighbours.py    the exact cosine to the nearest of millions
duplication.py   how much is known, what is like nothing, and how sure the mean is
sharing.py       what another seller in the same call offers too, word for word
papers.py        the paper's own two formulas
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from evenhand.quality.counts import share
from evenhand.quality.novelty import duplication, recency
from evenhand.quality.novelty.drawing import SENTENCES_MAX, LowestSentences, salted
from evenhand.quality.novelty.duplication import compare, standard_error
from evenhand.quality.novelty.folder import build_reference, find_reference, holds_reference, open_reference
from evenhand.quality.novelty.neighbours import best_cosines
from evenhand.quality.novelty.papers import novelty_appendix_c, novelty_section7
from evenhand.quality.novelty.recency import AGE_DAYS_MAX, POSTDATED, UNDATED, days_left, notes, read_date
from evenhand.quality.novelty.reference import HASHED, Meta, Reference, misfits, read_reference, reference_of
from evenhand.quality.novelty.sharing import shared_sentences
from evenhand.records import Array

__all__ = [
    "AGE_DAYS_MAX",
    "COUNTS",
    "HASHED",
    "POSTDATED",
    "SENTENCES_MAX",
    "UNDATED",
    "LowestSentences",
    "Meta",
    "Reference",
    "best_cosines",
    "build_reference",
    "compare",
    "count",
    "days_left",
    "find_reference",
    "holds_reference",
    "misfits",
    "notes",
    "novelty_appendix_c",
    "novelty_section7",
    "open_reference",
    "read_date",
    "read_reference",
    "reference_of",
    "salted",
    "score",
    "shared_sentences",
    "standard_error",
]

COUNTS = ("documents", "distinct", *recency.COUNTS, *duplication.COUNTS)


def count(
    documents: int,
    left: Array | Sequence[int],
    drawn: Mapping[int, str],
    reference: Reference | None,
    *,
    offered: int | None = None,
) -> dict[str, int]:
    """Count what novelty follows from.

    Args:
        documents: how many were offered, repeats included.
        left: (distinct,) `days_left` of each distinct document.
        drawn: key -> sentence, as `LowestSentences.drawn` gives them.
        reference: None where the call names none.
        offered: how many distinct sentences they were drawn from; None if they are all.
    """
    first = {"documents": documents, "distinct": len(left)}
    return {**first, **recency.count(left), **duplication.count(drawn, reference, offered)}


def score(counts: Mapping[str, int]) -> int:
    """Give the novelty in millionths; 0 where there is no document."""
    documents, distinct = counts["documents"], counts["distinct"]
    if not (documents and distinct):
        return 0
    recent = Fraction(counts["fresh_days"], distinct * AGE_DAYS_MAX)
    known = (documents - distinct + distinct * duplication.share_known(counts)) / documents
    return share((recent + 1 - known) / 2)
