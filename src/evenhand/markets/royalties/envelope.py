"""Up to which rate does a buyer take which bundle? The upper envelope of what each bundle leaves them, exactly.

Of a bundle with utility u, whose other rates leave the part s, the buyer keeps (s - a) u at a seller's rate a: a line
that falls with slope u, and ends at a = s - 1 + rate_max, where the rates become too many. What the buyer has without
the seller's dataset is a level line. The buyer takes the bundle on top.

Let one bundle have the larger s, and so live longer; unless it is the worse of the two everywhere, the other has the
larger u, and is above it up to where they cross and below from there. So as a rises the buyer goes down in u, from
bundle to bundle, each on one interval, and at the end of it, where two bundles leave the buyer the same, the one on
the left is worth more to the seller, whose revenue is a u: ties close every interval on the right.

Going through the bundles by falling s (rising u), each that is new is on top from 0 up to one point: its own end, or
where it meets what is on top so far. What lies left of that point is covered for good. A stack holds the intervals,
the leftmost on top; every bundle is pushed and popped once, so that sorting is the work: O(X log X) for X bundles.

An interval of floats that ends below 0, by no more than they are trusted (exactness.py), ends at 0.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import truediv

import numpy as np

from evenhand.markets.royalties.exactness import are_exact, over
from evenhand.numerics import Number
from evenhand.numerics.exactness import ROUNDING
from evenhand.records import Array


@dataclass(frozen=True, slots=True)
class Piece:
    """An interval of rates on which a buyer takes one bundle."""

    until: Number
    """The right end, which belongs to it; the left end is that of the piece before, which does not. The first one
    starts at 0."""
    utility: Number
    """u of the bundle: the seller's revenue at a rate a is a u."""
    line: int
    """Which of the lines it is."""


def pieces(kept: Sequence[Number], worth: Sequence[Number], outside: Number = 0, rate_max: Number = 1) -> list[Piece]:
    """Give the bundles that a buyer takes as a seller's rate rises from 0; beyond the last they do without.

    Args:
        kept: (bundles,) s, 1 less the other rates of each bundle; at least 1 - `rate_max`.
        worth: (bundles,) u, above 0.
        outside: what the buyer keeps without the seller's dataset, 0 or more.
        rate_max: the largest sum of rates that the buyer pays, 0 to 1.

    Returns:
        pieces by rising rate and falling utility; of equal bundles the first. Exact numbers give exact ends.

    Two bundles, and .85 without. From 8/65 on the buyer is better off with the dataset alone, up to 3/20:

        >>> from fractions import Fraction as F
        >>> for piece in pieces(kept=[1, F(7, 10)], worth=[1, F(152, 100)], outside=F(85, 100)):
        ...     print(piece.line, piece.until, piece.utility)
        1 8/65 38/25
        0 3/20 1
    """
    order = sorted(range(len(kept)), key=lambda i: (-kept[i], -worth[i], i))
    lines = [(i, kept[i], worth[i]) for i in order]
    slack = 0 if are_exact([*kept, *worth, outside, rate_max]) else ROUNDING
    return [Piece(*found) for found in _climb(lines, outside, 1 - rate_max, over, slack)]


def _climb(
    lines: Iterable[tuple[int, Number, Number]],
    outside: Number,
    spare: Number,
    divide: Callable[..., Number],
    slack: Number,
) -> list[tuple[Number, Number, int]]:
    """Go through lines (line, s, u) by falling s, and of equals by falling u: (until, u, line) of each piece."""
    stack: list[tuple[Number, Number, int, Number]] = []  # (until, u, line, what the line is at 0)
    highest: Number = 0
    for line, part, utility in lines:
        if utility <= highest:  # some bundle lives as long and is worth as much
            continue
        highest, start = utility, part * utility
        until = min(part - spare, part - divide(outside, utility))
        while stack:
            left, below, _, start_below = stack[-1]
            meets = divide(start - start_below, utility - below)
            if left > until or left > meets:
                until = min(until, meets)
                break
            stack.pop()
        if until >= -slack:
            stack.append((max(until, 0.0) if slack else until, utility, line, start))
    return [(until, utility, line) for until, utility, line, _ in reversed(stack)]


def pieces_of_arrays(kept: Array, worth: Array, outside: float = 0.0, rate_max: float = 1.0) -> list[Piece]:
    """Give the same from float arrays, most bundles being dropped at once: a million take a fraction of a second.

    Where each of them is taken at some rate, it takes a few seconds.

    >>> found = pieces_of_arrays(np.array([1.0, 0.7]), np.array([1.0, 1.52]), outside=0.85)
    >>> [(round(piece.until, 6), piece.line) for piece in found]
    [(0.123077, 1), (0.15, 0)]
    """
    net = kept * worth  # at a rate of 0, from where on what is taken is worth less and less
    worth_most = np.maximum(worth, outside)
    alive = (net >= outside - ROUNDING * worth_most) & (kept >= 1 - rate_max - ROUNDING)
    first = worth[alive & (net == net[alive].max(initial=0.0))].max(initial=0.0)
    left = np.flatnonzero(alive & (worth <= first))
    order = left[np.lexsort((-worth[left], -kept[left]))]  # stable, so that the first of equals comes first
    highest = np.maximum.accumulate(worth[order])
    rises = np.ones(len(order), dtype=bool)
    rises[1:] = highest[1:] > highest[:-1]
    best = order[rises]
    lines = zip(best.tolist(), kept[best].tolist(), worth[best].tolist(), strict=True)
    return [Piece(*found) for found in _climb(lines, outside, 1 - rate_max, truediv, ROUNDING)]
