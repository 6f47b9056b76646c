"""How many bits does the buyer's text cost a model that has read what a coalition offers?

A level believes its counts as far as they go, and the level below for the rest:

    p(w | h) = t (c(hw) + m p(w | h')) / (c(h) + m) + (1 - t) p(w | h')

where c counts in the text that the model has read and h' is the context h without its first token. The fraction is the
hierarchical Dirichlet model [MacKay95], in which the level below is worth m tokens; mixing it with the level below once
more is Jelinek-Mercer smoothing [Zhai04]. So counts are never trusted by more than t, and what a text says of other
subjects costs at most log2(1 / (1 - t)) bits a level. Below the 1-grams, all tokens that may stand at the place are
equally likely.

Counts are sums over owner classes, so the counts of many coalitions are one matrix product. Counts, and bits once
rounded to a grid, are integers that float64 holds exactly: neither threads nor the batch a coalition stands in change
its value.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenhand.learners.ngram.grams import BETWEEN, INSIDE, Grams, Ints, depths
from evenhand.learners.ngram.tokens import CLOSE

Floats = NDArray[np.float64]

GRID = 2.0**24
"""Bits are rounded to 1 / GRID, far finer than a millionth of their sum."""
EVENTS_LIMIT = 2**20
"""At up to 512 bits each, so many events sum to at most 2^53 steps of the grid: exact in float64."""


@dataclass(frozen=True)
class Level:
    """The distinct predictions by n-grams of one length."""

    hits: Any
    """(predictions, classes) sparse: c(hw)."""
    contexts: Any
    """(contexts, classes) sparse: c(h)."""
    context: Ints
    """(predictions,) row of `contexts`."""
    below: Ints
    """(predictions,) the same prediction one level below; at level 1 INSIDE or BETWEEN."""
    scored: Ints
    """The predictions that events are scored with, ..."""
    weight: Floats
    """... and by how many events each."""


@dataclass(frozen=True)
class Model:
    """What every coalition's model needs in order to predict the events."""

    levels: tuple[Level, ...]
    choices: tuple[int, int]
    """How many tokens may stand INSIDE and BETWEEN."""
    trust: float
    """t, above 0 and below 1."""
    belief: int
    """m, above 0."""

    @property
    def width(self) -> int:
        """How many numbers are held at a time for one coalition."""
        classes = int(self.levels[0].hits.shape[1])
        return classes + max(5 * len(level.context) for level in self.levels)

    def cost(self, present: Floats) -> Floats:
        """Sum the bits of all events.

        Args:
            present: (classes, coalitions) 1 where a coalition holds the documents of the class, else 0.

        Returns:
            (coalitions,) bits times GRID, whole numbers.
        """
        below = 1 / np.array(self.choices, dtype=np.float64)[:, None]
        total = np.zeros(present.shape[1])
        for level in self.levels:
            low = below[level.below]
            chance = level.hits @ present + self.belief * low
            chance /= (level.contexts @ present + self.belief)[level.context]
            chance *= self.trust
            chance += (1 - self.trust) * low
            total += level.weight @ np.rint(np.log2(chance[level.scored]) * -GRID)
            below = chance
        return total


def arrange(
    grams: Grams, stream: Ints, events: Ints, counts: Any, choices: tuple[int, int], *, trust: float, belief: int
) -> Model:
    """Arrange the counts as the events need them.

    An event whose context no class holds is scored one level below: both levels say the same, whoever joins.

    Args:
        grams: what was counted.
        stream: the buyer's text.
        events: (events,) positions in it.
        counts: (rows, classes) sparse, float64: a tally for each class.
        choices: how many tokens may stand INSIDE and BETWEEN.
        trust, belief: t and m.
    """
    order = len(grams.sizes)
    rows = _rows_at(grams, stream)
    kind = np.where(stream[events] <= CLOSE, INSIDE, BETWEEN)
    contexts = [kind, *(row[events - 1] for row in rows[:-1])]
    held = counts.sum(axis=1) > 0
    depth = depths(stream, events, order)
    for level in range(2, order + 1):
        depth[(depth >= level) & ~held[contexts[level - 1]]] = level - 1
    levels = []
    below = kind
    for level in range(1, order + 1):
        here = depth >= level
        hit, first, same = np.unique(rows[level - 1][events[here]], return_index=True, return_inverse=True)
        context, context_of = np.unique(contexts[level - 1][here][first], return_inverse=True)
        weight = np.bincount(same[depth[here] == level], minlength=len(hit)).astype(np.float64)
        scored = np.flatnonzero(weight)
        levels.append(Level(counts[hit], counts[context], context_of, below[here][first], scored, weight[scored]))
        below = np.zeros_like(events)
        below[here] = same
    return Model(tuple(levels), choices, trust, belief)


def _rows_at(grams: Grams, stream: Ints) -> list[Ints]:
    """Level by level, the row of the n-gram that ends at each position of the stream."""
    rows = []
    for positions, found in grams.find(stream):
        at = np.zeros(len(stream), dtype=np.int64)
        at[positions] = found
        rows.append(at)
    return rows
