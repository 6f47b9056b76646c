"""How recent are the documents, and how much of them is already known?

    Novelty = 1/2 Recency + 1/2 (1 - DuplicationScore)              [Ayyoubzadeh25, section 7.3]
    Recency = mean over documents of 1 - age / 3650 days, clipped to [0, 1]
    DuplicationScore = mean over documents of 1 for a repeat, and for every other the mean over sentences of the cosine
                       to the most similar sentence of the reference

Where no reference is named only repeats count, and `reference_sentences` = 0 tells that half of the work was not done.
Embeddings of hashed words find some likeness between any sentence and its nearest of many: new text keeps a mean cosine
of about 0.4 to thousands and of 0.57 to 334,000, so novelty is to be compared under one reference only.

recency.py       days that a document has left before it is old, from the day that the call states
drawing.py       which sentences are compared: the lowest under a salt, a sample that merges
reference.py     what is known: keys, words and vectors of a named, hashed collection of sentences
folder.py        a reference on disk, whole or not there, mapped when it is used
neighbours.py    the exact cosine to the nearest of millions
duplication.py   how much is known, what is like nothing, and how sure the mean is
sharing.py       what stands word for word with another seller of the same call
papers.py        the paper's own two formulas
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from evenhand.quality.counts import share
from evenhand.quality.novelty import duplication, recency
from evenhand.quality.novelty.drawing import SENTENCES_MAX, LowestSentences, salted
from evenhand.quality.novelty.duplication import compare, standard_error
from evenhand.quality.novelty.folder import build_reference, open_reference
from evenhand.quality.novelty.neighbours import best_cosines
from evenhand.quality.novelty.papers import novelty_appendix_c, novelty_section7
from evenhand.quality.novelty.recency import AGE_DAYS_MAX, POSTDATED, UNDATED, days_left, notes, read_date
from evenhand.quality.novelty.reference import HASHED, Reference, read_reference
from evenhand.quality.novelty.sharing import shared_sentences

__all__ = [
    "AGE_DAYS_MAX",
    "COUNTS",
    "HASHED",
    "POSTDATED",
    "SENTENCES_MAX",
    "UNDATED",
    "LowestSentences",
    "Reference",
    "best_cosines",
    "build_reference",
    "compare",
    "count",
    "days_left",
    "notes",
    "novelty_appendix_c",
    "novelty_section7",
    "open_reference",
    "read_date",
    "read_reference",
    "salted",
    "score",
    "shared_sentences",
    "standard_error",
]

COUNTS = ("documents", "distinct", *recency.COUNTS, *duplication.COUNTS)


def count(
    documents: int,
    left: Iterable[int],
    drawn: Mapping[int, str],
    reference: Reference | None,
    *,
    offered: int | None = None,
) -> dict[str, int]:
    """Count what novelty follows from.

    Args:
        documents: how many were offered, repeats included.
        left: `days_left` of each distinct document.
        drawn: key -> sentence of `LowestSentences`.
        reference: None where the call names none.
        offered: how many distinct sentences they were drawn from; None if they are all.
    """
    left = list(left)
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
