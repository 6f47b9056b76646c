"""When is a sum of money exact, and when are two equal?

Whole numbers are kept whole: from whole utilities and prices everything is exact. Other numbers are floats, and
sums of them are trusted to a part in 10^12 of the largest in play: nets that are closer are equal.
"""

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np

from evenhand.errors import Problem, shown
from evenhand.numerics.exactness import NEARLY, ROUNDING
from evenhand.records import Array

Number = int | float
"""Whole, and then exact, or a float; a fraction that is given becomes one."""

SUM_MAX = 2**61
"""The most that whole utilities, or prices, may sum to: a net less another is then below the machine's largest."""


def whole_or_float(numbers: Sequence[Any]) -> Array:
    """Make an array, whole where every number is.

    >>> whole_or_float([1, 2]).dtype.kind, whole_or_float([1, 2.5]).dtype.kind
    ('i', 'f')
    """
    whole = all(isinstance(number, Integral) for number in numbers)
    return np.array([int(x) for x in numbers], np.int64) if whole else np.array([float(x) for x in numbers])


def too_much(where: str, numbers: Sequence[Any]) -> list[Problem]:
    """Refuse whole numbers whose sum would not be exact."""
    total = sum(abs(int(number)) for number in numbers if isinstance(number, Integral))
    if total <= SUM_MAX:
        return []
    return [Problem(where, f"sums to {shown(total)}", f"whole sums go up to {SUM_MAX}", "Count in a larger unit.")]


def is_whole(*given: Any) -> bool:
    """Say whether arrays and numbers are all of whole numbers."""
    return all(np.asarray(each).dtype.kind in "iu" for each in given)


def slack(*given: Any) -> float:
    """Give how close sums of these are when they are equal: 0 for whole numbers, which are exact."""
    if is_whole(*given):
        return 0.0
    return ROUNDING * float(sum(np.abs(np.asarray(each, np.float64)).max(initial=0.0) for each in given))


def nearly(*given: Any) -> float:
    """Give how far below a whole amount a willingness to pay may lie by rounding, and still count as it.

    What does harm is never bought, and so says nothing about rounding.

    >>> nearly(np.array([100.0, -1e15])), nearly(np.array([1e15])), nearly(np.array([7]))
    (1e-10, 0.001, 0.0)
    """
    gains = (np.maximum(each, 0) for each in given)
    return min(slack(*gains), NEARLY)


def overdraft(budget: Number, prices: Array) -> float:
    """Give by how much a sum of these prices may exceed the budget: by its own rounding, 0 for whole prices.

    >>> overdraft(0.3, np.array([0.1, 0.2])) < 2e-16, overdraft(30, np.array([10, 20]))
    (True, 0.0)
    """
    if budget == np.inf or is_whole(prices):
        return 0.0
    return len(prices) * float(np.spacing(float(budget)))


def plain(number: Any) -> Number:
    """Give a number as Python's own.

    >>> type(plain(np.int64(3))).__name__
    'int'
    """
    own: Number = number.item() if isinstance(number, np.generic) else number
    return own
