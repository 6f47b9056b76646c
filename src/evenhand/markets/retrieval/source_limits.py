"""Which documents are left, where each source may contribute only so many? The best of each, many queries at once."""

from math import inf
from typing import Any

import numpy as np

from evenhand.numerics.games import Masks
from evenhand.records import Array


class SourceLimits:
    """What the limit of each source leaves: its best documents by surplus, ties by index.

    Args:
        surplus: (queries, documents).
        codes: (documents,) or (queries, documents) the number of each document's source.
        source_max: how many of a source are left.
    """

    def __init__(self, surplus: Array, codes: Array, source_max: int) -> None:
        self._source_max = source_max
        self._surplus = surplus
        groups = int(codes.max()) + 1
        self._group = codes + groups * np.arange(len(surplus))[:, None]
        flat = self._group.ravel()
        order = np.lexsort((-surplus.ravel(), flat))
        sizes = np.bincount(flat, minlength=groups * len(surplus))
        starts = np.cumsum(sizes) - sizes
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order)) - starts[flat[order]]
        self.kept = (rank < source_max).reshape(surplus.shape)
        self._ranked, self._starts, self._sizes = order, starts, sizes

    @property
    def last(self) -> Array:
        """(queries, documents) the surplus of the last document that its source's limit leaves."""
        return self._of_rank(self._source_max - 1)[1][self._group]

    def full(self, bought: Array) -> Masks:
        """(queries, documents) whether as many of a document's source are bought as may be."""
        counts = np.bincount(self._group.ravel()[bought], minlength=len(self._sizes))
        return np.asarray((counts == self._source_max)[self._group])

    def first_left_out(self, bought: Array) -> tuple[Array, Array]:
        """Column and surplus of the best document that the limit of each bought one's source leaves out."""
        places, surplus = self._of_rank(self._source_max)
        group = self._group.ravel()[bought]
        return places[group] % self._surplus.shape[1], surplus[group]

    def _of_rank(self, rank: int) -> tuple[Array, Array]:
        """Place and surplus of the document of this rank in each source; surplus -inf where there is none."""
        there = rank < self._sizes
        places = self._ranked[np.where(there, self._starts + rank, 0)]
        return places, np.where(there, self._surplus.ravel()[places], -inf)


def numbered(sources: Any) -> Array:
    """Number the sources in the order in which they appear."""
    labels = np.asarray(sources, dtype=object)
    numbers: dict[Any, int] = {}
    return np.array([numbers.setdefault(label, len(numbers)) for label in labels.flat]).reshape(labels.shape)
