"""How unlike are two documents drawn at random?

[Ayyoubzadeh25, section 7.3] names Shannon entropy, writes Gini-Simpson, 1 - sum p_k^2 over clusters, and clusters each
dataset by k-means, which cuts any cloud into even parts: one topic scores as high as many. Its formula is the chance
that two documents drawn at random lie in different clusters. Here the same draw is made without clusters, by how
unlike the two documents are (Rao's quadratic entropy [Rao82]):

    Diversity = 1 - mean over all pairs (i, j) of cos(e_i, e_j) = 1 - |mean e|^2

which is 1 - sum p_k^2 where the documents of a cluster coincide and the clusters are orthogonal. One pass, no cluster
count, no seed, no other seller's data. As in section 7.3 a document is paired with itself too: n documents without a
word in common score 1 - 1/n, and a single document 0.
"""

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from evenhand.quality.counts import share
from evenhand.quality.embedding import COSINE_ONE, DIMENSIONS
from evenhand.records import Array

COUNTS = ("documents", "likeness")


class Spread:
    """The sums that all pairs follow from: integers, so that the order of the documents cannot matter."""

    def __init__(self, dimensions: int = DIMENSIONS) -> None:
        self._documents = 0
        self._sum = np.zeros(dimensions, dtype=np.int64)
        self._squares = 0

    def add(self, vectors: Array) -> None:
        """Take in the embeddings (n, dimensions) of n documents."""
        whole = vectors.astype(np.int64)
        self._documents += len(whole)
        self._sum += whole.sum(axis=0)
        self._squares += int((whole**2).sum())

    def count(self) -> dict[str, int]:
        """Give `likeness` = sum over documents of the mean cosine to all documents, in units of 2^-22, rounded.

        A document is exactly like itself: rounding leaves e_i . e_i a little off 2^22, so the n pairs (i, i) are
        put in as 1. Signs can make two vectors opposite, and rounding two equal ones a little more than alike; a
        dataset is never less alike than not at all, nor more than wholly.
        """
        pairs = sum(int(x) ** 2 for x in self._sum) - self._squares + self._documents * COSINE_ONE
        likeness = min(max(round(Fraction(pairs, max(self._documents, 1))), 0), self._documents * COSINE_ONE)
        return {"documents": self._documents, "likeness": likeness}


def score(counts: Mapping[str, int]) -> int:
    """Give the diversity in millionths: 1 - likeness / documents, clipped; 0 where there is no document.

    >>> score({"documents": 4, "likeness": COSINE_ONE})  # nothing in common
    750000
    """
    documents = counts["documents"]
    return share(1 - Fraction(counts["likeness"], documents * COSINE_ONE)) if documents else 0


def count(vectors: Array) -> dict[str, int]:
    """Count what diversity follows from, of the embeddings (n, dimensions) of all documents."""
    spread = Spread(vectors.shape[1])
    spread.add(vectors)
    return spread.count()
