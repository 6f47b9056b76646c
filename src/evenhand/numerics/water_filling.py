"""How is a supply shared out by scores, when everyone has a floor and a cap? By one level, exactly.

    x_i = clip(level * score_i, low_i, high_i)        level such that x sums to the total

The sum never falls as the level rises, and bends only where some x_i leaves its floor (low_i / score_i) or meets its
cap (high_i / score_i). Between two such places it is a line, so the level is found by sorting the places, looking for
the two between which the total lies, and solving one linear equation: O(n log n), and nothing has to converge. Who has
a score of 0 stays at the floor. So a total can be shared out if and only if

    sum of low <= total <= sum of high where there is a score + sum of low where there is none,

and then in one way: where the sum is flat, so is every x_i.
"""

from bisect import bisect_left
from collections.abc import Callable
from fractions import Fraction
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenhand.errors import OfferError, Problem
from evenhand.numerics import Number

Array = NDArray[Any]

FAR_APART = 1e-150
"""Scores that are smaller than this part of the largest are shared out as fractions: quotients of floats overflow."""


def bounded_shares(scores: Any, low: Any, high: Any, total: Number) -> Array:
    """Share a total out in proportion to scores, as far as floors and caps allow.

    Args:
        scores: (n,) 0 or more. Whole numbers and fractions are shared out exactly, floats to rounding.
        low: (n,) or one number, 0 or more: what each gets at least.
        high: (n,) or one number, at least `low`; inf for no cap.
        total: what is shared out, all of it.

    Returns:
        (n,) shares that sum to the total; fractions where scores and total are whole numbers or fractions.

    Raises:
        OfferError: an argument is out of bounds, or no shares within floors and caps sum to the total.

    Three would get 6, 3 and 1 of 10; a floor of 2 leaves 8 to the other two, who share it 2 to 1:

    >>> bounded_shares([6.0, 3.0, 1.0], low=2.0, high=np.inf, total=10.0)
    array([5.33333333, 2.66666667, 2.        ])
    >>> [str(share) for share in bounded_shares([6, 3, 1], low=2, high=5, total=10)]
    ['5', '3', '2']
    """
    scores, low, high = _checked(scores, low, high, total)
    _feasible(low, np.where(scores > 0, high, low), total)
    if scores.dtype == object or not scores.any():
        return _at_level(scores, low, high, total)
    scores = scores / scores.max()
    if scores[scores > 0].min() >= FAR_APART:
        return _at_level(scores, low, high, float(total))
    return _at_level(_exact(scores), _exact(low), _exact(high), Fraction(total)).astype(np.float64)


def round_tokens(shares: Any, low: Any, high: Any, total: int) -> Array:
    """Turn shares into whole tokens that sum to the total: largest remainders first, ties by index.

    Everyone gets the whole part of the share, and those from whom most was cut off get one more each, until the total
    is reached. Floors and caps are whole, so a share that is within them stays within them. Shares that miss the total,
    as floats may by their last digits, are brought to it in the same order, one token at a time, and from above it in
    the opposite one.

    Args:
        shares: (n,) 0 or more; of `bounded_shares` with the same floors, caps and total.
        low: (n,) or one number, whole.
        high: (n,) or one number, whole; inf for no cap.
        total: whole.

    Returns:
        (n,) whole tokens.

    Raises:
        OfferError: an argument is out of bounds, or no whole tokens within floors and caps sum to the total.

    >>> round_tokens([5.5, 2.75, 1.75], low=0, high=np.inf, total=10)
    array([5, 3, 2])
    """
    shares, low, high = _checked(shares, low, high, total)
    for where, bounds in (("low", low), ("high", high), ("total", np.array([total]))):
        finite = bounds[bounds != np.inf]
        broken = finite[finite // 1 != finite]
        if len(broken):
            found, remedy = f"is {broken[0]}", "Give whole floors, caps and total."
            raise OfferError(Problem(where, found, "tokens are whole", remedy))
    _feasible(low, high, total)
    whole = np.minimum(np.maximum(shares // 1, low), high)
    tokens = whole.astype(np.int64) if total < 2**63 else np.array([int(share) for share in whole], dtype=object)
    order = np.argsort(tokens - shares, kind="stable")
    missing = int(total) - int(tokens.sum())
    while missing:  # more than one round only where shares do not sum to the total
        step, bounds, queue = (1, high, order) if missing > 0 else (-1, low, order[::-1])
        chosen = queue[tokens[queue] != bounds[queue]][: abs(missing)]
        assert len(chosen), "the total lies between the floors and the caps"
        tokens[chosen] += step
        missing -= step * len(chosen)
    return tokens


def _at_level(scores: Array, low: Array, high: Array, total: Number) -> Array:
    """Find the level, and give what everyone gets there; all of one kind, floats or fractions."""
    scored = scores > 0
    leaves, meets = np.full_like(low, np.inf), np.full_like(high, np.inf)
    leaves[scored], meets[scored] = low[scored] / scores[scored], high[scored] / scores[scored]
    places: Any = np.sort(np.concatenate([leaves[leaves != np.inf], meets[meets != np.inf]]))

    def at(level: Number) -> Array:
        return np.asarray(np.minimum(np.maximum(level * scores, low), high))

    behind = bisect_left(places, total, key=lambda level: at(level).sum())
    if behind == 0:  # the total is that of the floors
        return low
    before = places[behind - 1]
    rising = scored & (leaves <= before) & (meets > before)
    if not rising.any():  # all there is, but for the rounding of a sum
        return at(before)
    return at((total - at(before)[~rising].sum()) / scores[rising].sum())


def _checked(scores: Any, low: Any, high: Any, total: Number) -> tuple[Array, Array, Array]:
    """Give scores, floors and caps as arrays of one kind, fractions or floats."""
    given = np.asarray(scores)
    exact = given.dtype.kind in "iuO" and isinstance(total, int | Fraction)
    kind: Callable[[Any], Array] = _exact if exact else _floats
    floors, caps = (np.full(given.shape, bound) if np.ndim(bound) == 0 else np.asarray(bound) for bound in (low, high))
    problems = [
        Problem(where, f"has shape {bounds.shape}", f"scores have {given.shape}", "Give one a score, or one for all.")
        for where, bounds in (("low", floors), ("high", caps))
        if bounds.shape != given.shape
    ]
    if problems or given.ndim != 1:
        found, bound = f"have shape {given.shape}", "there is one for each who shares"
        raise OfferError(problems or Problem("scores", found, bound, "Give a list."))
    ours, least, most = kind(given), kind(floors), kind(caps)
    problems = [
        *_refused("scores", ours, (ours >= 0) & (ours < np.inf), "a score is finite and 0 or more"),
        *_refused("low", least, (least >= 0) & (least < np.inf), "a floor is finite and 0 or more"),
        *_refused("high", most, most >= least, "a cap is a number, and not below its floor"),
    ]
    if not 0 <= total < np.inf:
        problems.append(Problem("total", f"is {total}", "a total is finite and 0 or more", "Say what is shared out."))
    if problems:
        raise OfferError(problems)
    return ours, least, most


def _refused(where: str, numbers: Array, fine: Any, bound: str) -> list[Problem]:
    refused = np.flatnonzero(~fine.astype(bool))
    return [Problem(f"{where}[{i}]", f"is {numbers[i]}", bound, "Correct it.") for i in refused]


def _feasible(low: Array, high: Array, total: Number) -> None:
    """Refuse a total that the floors exceed or the caps cannot hold; in floats, by more than their sum may be off."""
    off = 0 if low.dtype == object else len(low) * np.finfo(np.float64).eps * total
    floors, caps = low.sum(), high.sum()
    if floors > total + off:
        raise OfferError(
            Problem("total", f"is {total}", f"{len(low)} floors sum to {floors}", "Lower them, or share out more.")
        )
    if caps < total - off:
        bound = f"caps, and floors where there is no score, sum to {caps}"
        raise OfferError(Problem("total", f"is {total}", bound, "Raise the caps, or share out less."))


def _exact(numbers: Any) -> Array:
    """Give fractions, with what is not finite left as it is."""
    numbers = numbers.tolist()
    kept = np.empty(len(numbers), dtype=object)
    kept[:] = [number if isinstance(number, float) and not isfinite(number) else Fraction(number) for number in numbers]
    return kept


def _floats(numbers: Any) -> Array:
    return np.asarray(numbers, dtype=np.float64)
