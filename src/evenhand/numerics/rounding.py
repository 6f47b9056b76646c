"""How do floats keep a promise that exact numbers keep? A pool divided by mass, and sums that stay within a bound."""

from math import floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenhand.numerics import Number

Array = NDArray[Any]

UNIT = 2.0**-53
"""A float that is lowered by this part of itself is the next one below."""
UNITS_MAX = 2**13
"""A sum that exceeds its bound by more than so many units of itself is no matter of rounding."""


def within(amounts: Array, most: Number, least: Any = 0.0) -> Array:
    """Round amounts down by as little as brings their float sum within a bound that their true sum keeps.

    Args:
        amounts: (n,), 0 or more.
        most: the bound; a sum that exceeds it by more than rounding stays as it is, and so do exact numbers.
        least: (n,) or one number: nobody is rounded below it who is not below it already.

    A third of 0.9, as floats, is 0.3 and a bit, and three times that is more than 0.9:

    >>> thirds = np.full(3, 0.1 * 3)
    >>> float(thirds.sum()), float(within(thirds, 0.9).sum())
    (0.9000000000000001, 0.8999999999999999)
    """
    if amounts.dtype == object:
        return amounts
    total = float(amounts.sum())
    units = 1 + int((total - most) / total / UNIT) if most < total < np.inf else 0
    while 0 < units <= UNITS_MAX:
        lowered: Array = amounts * (1 - units * UNIT)
        np.maximum(lowered, np.where(least <= amounts, least, 0.0), out=lowered)
        if lowered.sum() <= most:
            return lowered
        units *= 2
    return amounts


def posted(pool: Number, masses: Array, over: Number, *, whole: bool) -> Array:
    """Divide a pool by mass: U m / M for each, rounded down in whole units; nothing where M is 0.

    Args:
        pool: U, 0 or more.
        masses: (n,), 0 or more; exact numbers are fractions.
        over: M, no less than their sum.
        whole: whether shares are whole units.

    >>> posted(100.0, np.array([2.0, 1.0]), 4.0, whole=False)
    array([50., 25.])
    """
    shares = pool * (masses / over) if over else np.zeros_like(masses)
    if not whole:
        return within(shares, pool)
    rounded = np.empty(len(shares), dtype=object)
    rounded[:] = [floor(share) for share in shares]
    return rounded


def power_of_two(number: float) -> float:
    """Give the power of two just above a number, within what divides floats exactly; 1 for 0.

    >>> power_of_two(10.0), power_of_two(0.75)
    (16.0, 1.0)
    """
    exponent = int(np.frexp(number)[1]) if number else 0
    return float(np.ldexp(1.0, max(min(exponent, 1000), -1000)))
