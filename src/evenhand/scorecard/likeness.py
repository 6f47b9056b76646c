"""What are the documents like that diversity was measured on? Which are most alike, and which one is usual?"""

from fractions import Fraction

import numpy as np

from evenhand import quality
from evenhand.quality.codebooks import CELLS, CODEBOOKS, Codebook, load_codebook
from evenhand.quality.embedding import COSINE_ONE, products
from evenhand.records import MILLION, millionths
from evenhand.scorecard.places import EXAMPLES, SHOWN, Place, counted_rows

PAIRS_AT_ONCE = 512
"""So many documents are compared with all that are drawn at a time; changes no result."""


def alike_of(looked: quality.Looked) -> dict[tuple[Place, Place], int]:
    """Find the pairs of drawn documents that are most alike: their cosine, in millionths."""
    vectors = looked.drawn["vector"]
    found: list[tuple[int, int, int]] = []
    for start in range(0, len(vectors), PAIRS_AT_ONCE):
        likeness = np.triu(products(vectors[start : start + PAIRS_AT_ONCE], vectors[start:]), k=1)  # each pair once
        most = np.argpartition(-likeness, min(EXAMPLES, likeness.size - 1), axis=None)[:EXAMPLES].tolist()
        pairs = [divmod(place, likeness.shape[1]) for place in most]
        found += [(int(likeness[one, other]), start + one, start + other) for one, other in pairs]
        found = sorted(found, key=lambda pair: (-pair[0], pair[1:]))[:EXAMPLES]
    rows = counted_rows(looked)[looked.drawn["row"]].tolist()
    return {
        ((rows[one], ""), (rows[other], "")): min(millionths(Fraction(likeness, COSINE_ONE)), MILLION)
        for likeness, one, other in found
        if likeness > 0
    }


def topics_of(looked: quality.Looked, by: str) -> dict[str, int]:
    """Count the documents of the fullest topics, by their words; none where topics are not told apart."""
    if "cell" not in looked.drawn:
        return {}
    sizes = np.bincount(looked.drawn["cell"], minlength=CELLS + 1)[:CELLS]
    fullest = np.argsort(-sizes, kind="stable")[:SHOWN].tolist()
    topics = _codebook(by).topics
    return {topics[cell]: int(sizes[cell]) for cell in fullest if sizes[cell]}


def _codebook(by: str) -> Codebook:
    """Give the codebook that a profile sorts documents by."""
    embedding = quality.profile(by).embedding
    return next(book for book in map(load_codebook, CODEBOOKS) if book.embedding[0] == embedding)


def typical_of(looked: quality.Looked) -> Place | None:
    """Name the document without damage that stands nearest to the mean of all; None where all are damaged."""
    rows, counted = looked.drawn["row"], looked.counted
    whole = (counted["damage"].sum(axis=1) == 0)[rows] & (counted["tokens"] > 0)[rows]
    if not whole.any():
        return None
    vectors = looked.drawn["vector"].astype(np.int64)
    likeness = vectors @ vectors.sum(axis=0)
    row = int(rows[np.where(whole, likeness, likeness.min() - 1).argmax()])
    return int(counted_rows(looked)[row]), ""
