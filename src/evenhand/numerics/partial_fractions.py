"""How high can a sum of fractions in one report be? In closed form for one pole, within certified bounds for many.

Where welfare is quadratic, whatever moves with one seller's report u is a sum

    U(u) = sum over k of first_k y_k + second_k y_k^2,        y_k = distance_k / (u + distance_k),

in which y_k falls from 1, at a report of 0, to 0 at infinity, so that the factors are in the unit of U. The axis is
compactified by x = D / (u + D): a report of infinity is x = 0 and a report of 0 is x = 1. With r_k = distance_k / D,

    y_k = r_k x / q_k,    q_k = 1 + (r_k - 1) x,    dU/dx = sum over k of (first_k + 2 second_k y_k) r_k / q_k^2,

in which y_k and q_k are monotone, so their values at the ends of an interval bound the slope on all of it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class PartialFractions:
    """A sum of fractions in a report.

    Args:
        distance: (terms,) above 0.
        first: (terms,) factors of distance / (u + distance).
        second: (terms,) factors of its square.

    >>> PartialFractions(np.array([1.0]), np.array([4.0]), np.array([-2.0]))(np.array([1.0, np.inf]))
    array([1.5, 0. ])
    """

    distance: Array
    first: Array
    second: Array

    def __call__(self, reports: Any) -> Array:
        """Give the sum at each report: (reports,)."""
        y = self.distance / (np.asarray(reports, dtype=np.float64)[:, None] + self.distance)
        return np.asarray(((self.first + self.second * y) * y).sum(axis=1))

    def without_zeros(self) -> "PartialFractions":
        """Leave out the terms that are 0 everywhere."""
        kept = (self.first != 0) | (self.second != 0)
        return PartialFractions(self.distance[kept], self.first[kept], self.second[kept])

    def best_report(self) -> float:
        """Give the report of the largest sum where there is one term, second <= 0; inf where it is never above 0.

        The sum is then concave in y, and largest at y = -first / (2 second), or at an end of 0 .. 1.
        """
        (distance,), (first,), (second,) = self.distance, self.first, self.second
        assert second <= 0, "one term is concave in y"
        if first <= 0:
            return np.inf
        return max(float(distance * (-2 * second / first - 1)), 0.0)

    def rise(self, start: float, end: float) -> float:
        """Give U(end) - U(start) for one term, without the cancellation of two values that are close."""
        (distance,), (first,), (second,) = self.distance, self.first, self.second
        here, there = distance / (start + distance), distance / (end + distance)
        apart = -here if np.isinf(end) else (start - end) / distance * here * there
        return float(apart * (first + second * (here + there)))

    def heights(self, x: Array, scale: float) -> Array:
        """Give the sum at places of the compactified axis: (places,)."""
        ratio = self.distance / scale
        y = ratio * x[:, None] / (1 + (ratio - 1) * x[:, None])
        return np.asarray(((self.first + self.second * y) * y).sum(axis=1))

    def ceiling(self, left: Array, right: Array, scale: float) -> Array:
        """Bound the sum on intervals of the compactified axis from above: (intervals,).

        With the slope on an interval between `low` and `high`, the sum lies under the line from its left end that rises
        by `high`, and under the line to its right end that rises by `low`; if both have one sign, an end is the top.
        """
        ends = np.stack([left, right])[:, :, None]
        ratio = self.distance / scale
        reach = 1 + (ratio - 1) * ends
        y = ratio * ends / reach
        sums = (self.first + self.second * y) * y
        start, end = sums.sum(axis=2)
        lean, stretch = self.first + 2 * self.second * y, ratio / reach**2
        steepest = [chosen.max(axis=0) for chosen in (lean, stretch)]
        flattest = [chosen.min(axis=0) for chosen in (lean, stretch)]
        high = np.maximum(steepest[0] * steepest[1], steepest[0] * flattest[1]).sum(axis=1)
        low = np.minimum(flattest[0] * steepest[1], flattest[0] * flattest[1]).sum(axis=1)
        width = right - left
        crossing = np.clip((end - start - low * width) / np.where(high > low, high - low, 1), 0, width)
        top = np.where((high > 0) & (low < 0), start + high * crossing, np.maximum(start, end))
        rounding = 8 * EPSILON * (np.abs(self.first * y) + np.abs(self.second) * y**2).max(axis=0).sum(axis=1)
        return np.asarray(np.maximum(top, np.maximum(start, end)) + rounding)
