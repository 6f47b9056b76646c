"""Which n-grams does a prediction of the buyer's text need, and how often does some text hold them?

To predict a token from the tokens before it, the model asks how often the n-grams that end in the token occur, and
how often their contexts do. Nothing else is ever counted, so sellers' texts of any length shrink to a few numbers.

An n-gram is found by its last n - 1 tokens, which are an n-gram of the level below, and its first token. What a
prediction needs is closed under leaving out the first token, so each level is found from the one below.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evenhand.learners.ngram.tokens import BOUNDARY, CLOSE

Ints = NDArray[np.int64]

INSIDE, BETWEEN = 0, 1
"""Rows of a tally before those of the n-grams: tokens inside spelled words, and between words."""


@dataclass(frozen=True)
class Grams:
    """The n-grams that are counted, level by level; the rows of a tally are INSIDE, BETWEEN, then level 1, 2, ..."""

    singles: Ints
    """token -> number of the 1-gram, or -1."""
    longer: tuple[Ints, ...]
    """level 2, 3, ...: sorted keys, first token * size of the level below + number of the rest."""
    sizes: tuple[int, ...]
    """how many n-grams each level has."""

    @property
    def rows(self) -> int:
        """How many numbers a tally has."""
        return 2 + sum(self.sizes)

    def find(self, stream: Ints) -> list[tuple[Ints, Ints]]:
        """Find every counted n-gram of a stream: level by level, the positions where one ends, and its row."""
        positions = np.arange(len(stream))
        numbers = self.singles[stream]
        row = 2
        found = []
        for level, size in enumerate(self.sizes):
            if level:
                # position < level: the stream begins inside such an n-gram
                reach = positions >= level
                positions, numbers = positions[reach], numbers[reach]
                keys = stream[positions - level] * self.sizes[level - 1] + numbers
                numbers = _numbers(self.longer[level - 1], keys)
            positions, numbers = positions[numbers >= 0], numbers[numbers >= 0]
            found.append((positions, row + numbers))
            row += size
        return found

    def tally(self, stream: Ints) -> Ints:
        """Count a stream: (rows,) how often each n-gram occurs; its first token, a boundary, is context only."""
        counts = np.bincount(np.concatenate([rows for _, rows in self.find(stream)]), minlength=self.rows)
        if self.singles[BOUNDARY] >= 0:
            counts[2 + self.singles[BOUNDARY]] -= 1
        counts[INSIDE] = np.count_nonzero(stream[1:] <= CLOSE)
        counts[BETWEEN] = len(stream) - 1 - counts[INSIDE]
        return counts


def depths(stream: Ints, events: Ints, order: int) -> Ints:
    """Give the length of the longest n-gram that predicts each event: `order`, or less near the document's start."""
    places = np.arange(len(stream))
    starts = np.maximum.accumulate(np.where(stream == BOUNDARY, places, 0))
    return np.minimum(order, events - starts[events - 1] + 1)


def needed(stream: Ints, events: Ints, *, order: int, tokens: int) -> Grams:
    """Collect the n-grams that predict the events: those that end in one, and their contexts.

    An n-gram never reaches over a boundary, so counting may run through a stream of many documents: an n-gram with a
    boundary in its middle is not among the needed ones.

    Args:
        stream: the buyer's text; a boundary first.
        events: (events,) positions in the stream, 1 or more.
        order: the longest n-gram.
        tokens: how many tokens there are in all.
    """
    depth = depths(stream, events, order)
    singles = np.full(tokens, -1, dtype=np.int64)
    longer: list[Ints] = []
    sizes: list[int] = []
    numbers = np.zeros(len(stream), dtype=np.int64)
    for level in range(1, order + 1):
        # an n-gram ends in an event, or just before an event whose context it is
        ends = np.union1d(events[depth >= level], events[depth > level] - 1)
        if level == 1:
            kept, found = np.unique(stream[ends], return_inverse=True)
            singles[kept] = np.arange(len(kept))
        else:
            keys = stream[ends - level + 1] * sizes[-1] + numbers[ends]
            kept, found = np.unique(keys, return_inverse=True)
            longer.append(kept)
        numbers[ends] = found
        sizes.append(len(kept))
    return Grams(singles, tuple(longer), tuple(sizes))


def _numbers(keys: Ints, wanted: Ints) -> Ints:
    """Number of each wanted key in a sorted array, or -1."""
    if not len(keys):
        return np.full(len(wanted), -1, dtype=np.int64)
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, places, -1)
