"""How high is a curve at most, when only bounds on intervals are known? Best-first bisection.

Intervals are halved where their bounds promise most, until no bound is above the best value found by more than is
wanted. What comes back is an interval: the best value that was found, and a height above which there is certainly none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

from evenhand.records import Array

BATCH = 32
"""So many intervals are halved at a time: those that promise most."""

NARROW = 4 * float(np.finfo(np.float64).eps)
"""An interval of this width is not halved: its middle would be an end."""

Sample = Callable[[Array], tuple[Array, Any]]
"""(places,) -> heights (places,), and what else is known there, an array with a row for each place."""
Ceiling = Callable[[Array, Array, Any, Any], Array]
"""(left, right, what is known at left, at right) -> a bound from above on each interval: (intervals,)."""


@dataclass(frozen=True)
class Peak:
    """Where the curve is highest as far as was found, and a bound on its height anywhere."""

    place: float
    height: float
    ceiling: float
    samples: int


def peak(sample: Sample, ceiling: Ceiling, places: Any, *, tolerance: float, samples_max: int) -> Peak:
    """Find the highest place of a curve on an interval, and bound its height.

    Args:
        sample: evaluates the curve.
        ceiling: bounds the curve between two neighbouring places that were sampled.
        places: where to begin, rising; the first and the last are the ends of the interval.
        tolerance: how far the bound may be from the best height, where samples allow.
        samples_max: about how often the curve may be evaluated; with fewer the bound is wider, and true.

    >>> found = peak(lambda x: (x * (1 - x), x[:, None]), lambda a, b, _, __: b * (1 - a), [0.0, 1.0],
    ...              tolerance=1e-3, samples_max=1_000)
    >>> found.place, found.height, bool(0.25 <= found.ceiling <= 0.251)
    (0.5, 0.25, True)
    """
    points = np.unique(np.asarray(places, dtype=np.float64))
    heights, known = sample(points)
    left, right, known_left, known_right = points[:-1], points[1:], known[:-1], known[1:]
    tops = ceiling(left, right, known_left, known_right)
    best, place = _highest(points, heights)
    samples = len(points)
    while True:
        promising = np.flatnonzero((tops > best + tolerance) & (right - left > NARROW))
        if not len(promising) or samples >= samples_max:
            break
        chosen = promising[np.argsort(-tops[promising], kind="stable")[:BATCH]]
        middle = (left[chosen] + right[chosen]) / 2
        heights, known = sample(middle)
        samples += len(middle)
        here, there = _highest(middle, heights)
        best, place = max((best, place), (here, there), key=lambda found: found[0])
        before = ceiling(left[chosen], middle, known_left[chosen], known)
        after = ceiling(middle, right[chosen], known, known_right[chosen])
        left, known_left = np.concatenate([left, middle]), np.concatenate([known_left, known])
        right, known_right = np.concatenate([right, right[chosen]]), np.concatenate([known_right, known_right[chosen]])
        tops = np.concatenate([tops, np.minimum(after, tops[chosen])])
        right[chosen], known_right[chosen] = middle, known
        tops[chosen] = np.minimum(before, tops[chosen])
    top = float(tops.max(initial=best))
    around = left[right == place], right[left == place]
    best, place = polished(sample, place, best, *(float(side[0]) if len(side) else place for side in around))
    return Peak(place, best, max(top, best), samples)


def polished(sample: Sample, place: float, height: float, low: float, high: float) -> tuple[float, float]:
    """Look for a higher place between the neighbours of the best one: (height, place)."""
    if not low < high:
        return height, place
    found = minimize_scalar(
        lambda x: -float(sample(np.array([x]))[0][0]), bounds=(low, high), method="bounded", options={"xatol": 1e-12}
    )
    return (-float(found.fun), float(found.x)) if -found.fun > height else (height, place)


def _highest(places: Array, heights: Array) -> tuple[float, float]:
    index = int(np.argmax(heights))
    return float(heights[index]), float(places[index])
