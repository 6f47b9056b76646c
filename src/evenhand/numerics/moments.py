"""How much, around which middle, how far spread? Weighted sums that grow and merge without cancelling.

Of points t_i with masses a_i >= 0 three numbers are kept: mass = sum a, mean = sum a t / sum a and spread =
sum a (t - mean)^2. Two lots merge by [Chan79]

    mass = a + b,    mean = mean_a + (b / mass)(mean_b - mean_a),    spread = spread_a + spread_b + (a b / mass) gap^2,

in which nothing positive is ever taken away again. So the sums without one point are merged from what lies before it
and what lies behind it: taking the point out of the total would lose every digit where it is most of the total.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Moments(NamedTuple):
    """Mass, mean and spread of as many lots as the arrays have entries; the mean of an empty lot is 0."""

    mass: Array
    mean: Array
    spread: Array

    def take(self, index: Any) -> "Moments":
        """Give some of the lots."""
        return Moments(self.mass[index], self.mean[index], self.spread[index])


def merged(first: Moments, second: Moments) -> Moments:
    """Give the moments of two lots together, entry by entry.

    >>> one, other = (Moments(np.ones(1), np.array([at]), np.zeros(1)) for at in (0.0, 2.0))
    >>> merged(one, other)
    Moments(mass=array([2.]), mean=array([1.]), spread=array([2.]))
    """
    mass = first.mass + second.mass
    share = second.mass / np.where(mass > 0, mass, 1)
    gap = second.mean - first.mean
    mean = np.where(first.mass > 0, first.mean + share * gap, second.mean)
    return Moments(mass, mean, first.spread + second.spread + first.mass * share * gap**2)


def running(mass: Array, points: Array, origin: Array | None = None) -> Moments:
    """Give the moments of the first point, the first two, and so on, along the last axis.

    Args:
        mass: (..., points) 0 or more.
        points: (..., points) or (points,), sorted one way or the other, so that all distances from the first have one
            sign; equal points have a spread of exactly 0.
        origin: (..., 1) the first point that has a mass; found where it is not given.

    >>> running(np.array([1.0, 1.0]), np.array([0.0, 2.0]))
    Moments(mass=array([1., 2.]), mean=array([0., 1.]), spread=array([0., 2.]))
    """
    if not mass.shape[-1]:
        return Moments(mass, mass, mass)
    if origin is None:
        first = (mass > 0).argmax(axis=-1)[..., None]
        origin = np.take_along_axis(np.broadcast_to(points, mass.shape), first, axis=-1)
    total = np.cumsum(mass, axis=-1)
    some = total > 0
    divisor = np.where(some, total, 1)
    away = points - origin
    mean = np.cumsum(mass * away, axis=-1) / divisor
    spread = np.zeros(mass.shape)
    gained = total[..., :-1] * (mass[..., 1:] / divisor[..., 1:]) * (away[..., 1:] - mean[..., :-1]) ** 2
    np.cumsum(gained, axis=-1, out=spread[..., 1:])
    return Moments(total, np.where(some, origin + mean, 0), spread)


def prefixes(mass: Array, points: Array) -> Moments:
    """Give the moments of no point, of the first, of the first two, and so on: one entry more than points."""
    grown = running(mass, points)
    nothing = np.zeros((*mass.shape[:-1], 1))
    return Moments(*(np.concatenate([nothing, field], axis=-1) for field in grown))


class Ranges:
    """The moments of any range of sorted points, from two stored lots: n log n numbers, made once.

    On level h the points stand in blocks of 2^h, and each holds the moments from itself to the middle of its block. A
    range that lies on both sides of a middle is two of these; the level is the highest bit in which its ends differ.

    >>> ranges = Ranges(np.array([1.0, 1.0, 2.0]), np.array([0.0, 2.0, 4.0]))
    >>> ranges.between(np.array([1]), np.array([3])).mass
    array([3.])
    """

    def __init__(self, mass: Array, points: Array) -> None:
        levels = max(len(mass) - 1, 0).bit_length()
        held = np.pad(mass, (0, 2**levels - len(mass)))
        at = np.pad(points, (0, 2**levels - len(mass)), mode="edge" if len(mass) else "constant")
        self._table = Moments(*np.zeros((3, levels + 1, len(held))))
        self._table.mass[0], self._table.mean[0] = held, at * (held > 0)
        for level in range(1, levels + 1):
            blocks = (-1, 2, 2 ** (level - 1))
            halves = [_outwards(numbers.reshape(blocks)) for numbers in (held, at)]
            grown = running(halves[0], halves[1], halves[1][:, :, :1])
            for field, lots in zip(self._table, grown, strict=True):
                field[level] = _outwards(lots).ravel()

    def between(self, start: Array, end: Array) -> Moments:
        """Give the moments of the points start <= i < end of each range; an empty range has none."""
        some = end > start
        first, last = np.where(some, start, 0), np.where(some, end - 1, 0)
        level = np.frexp((first ^ last).astype(np.float64))[1]  # bit length
        left = self._table.take((level, first))
        right = self._table.take((level, last))
        alone, present = level == 0, some.astype(np.float64)
        both = merged(left, Moments(np.where(alone, 0, right.mass), right.mean, np.where(alone, 0, right.spread)))
        return Moments(both.mass * present, both.mean * present, both.spread * present)


def _outwards(blocks: Array) -> Array:
    """Turn the first half of each block (blocks, 2, half) around, so that both begin at the middle; or turn it back."""
    turned = blocks.copy()
    turned[:, 0] = blocks[:, 0, ::-1]
    return turned
