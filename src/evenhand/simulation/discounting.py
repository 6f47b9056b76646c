"""What do amounts add up to that come in later periods, and when do gains outweigh losses?

An amount that comes t periods from now counts delta^t, with the discount factor delta, above 0 and at most 1.
"""

from typing import Any

import numpy as np

from evenhand.errors import Problem, refuse
from evenhand.numerics.exactness import ROUNDING
from evenhand.records import Array
from evenhand.simulation import checks


def settled(amounts: Any, moved: Any) -> Array:
    """Give amounts, and 0 for those that are only what rounding left of what moved: 0.1 + 0.2 - 0.3 is 0.

    Args:
        amounts: money, sums and differences of floats.
        moved: the absolute values of what was added and taken away, summed.

    >>> settled([0.1 + 0.2 - 0.3, 0.1], 0.6)
    array([0. , 0.1])
    """
    given = np.asarray(amounts, float)
    return np.where(np.abs(given) <= ROUNDING * np.asarray(moved, float), 0.0, given)


def discounted(amounts: Array, discount: float, axis: int = 1) -> Array:
    """Give the discounted sum up to the end of each period.

    Args:
        amounts: money, with the periods along `axis`.
        discount: delta, the discount factor.

    Raises:
        OfferError: the discount factor is out of bounds.

    >>> discounted(np.array([[1.0, 1.0, 1.0]]), 0.5)
    array([[1.  , 1.5 , 1.75]])
    """
    problems: list[Problem] = []
    checks.discount_factor("discount", discount, problems)
    refuse(problems)
    shape = [1] * amounts.ndim
    shape[axis] = -1
    weights = float(discount) ** np.arange(amounts.shape[axis])
    return np.asarray(np.cumsum(amounts * weights.reshape(shape), axis=axis))


def balance(gains: Any, discount: float, moved: Any = None) -> Array:
    """Give the discounted sum of gains and losses up to the end of each period; a tie is exactly 0.

    What gains and losses leave between them is 0 where it is no more than rounding (`settled`).

    Args:
        gains: (..., periods) money, below 0 for a loss.
        discount: delta, the discount factor.
        moved: (..., periods) what was added and taken away to give the gains, where they are means; else themselves.

    Raises:
        OfferError: the discount factor is out of bounds.

    >>> balance([-0.3, 0.1, 0.2], 1.0)
    array([-0.3, -0.2,  0. ])
    """
    given = np.asarray(gains, float)
    sums = discounted(given, discount, axis=-1)
    turnover = np.abs(given) if moved is None else np.asarray(moved, float)
    return settled(sums, discounted(turnover, discount, axis=-1))


def last_behind(sums: Any) -> Array:
    """Give t* of each row of sums: the last period by whose end the sum is not above 0; -1 where it always is.

    Args:
        sums: (..., periods) of `balance`.

    >>> last_behind([[-1.0, 1.0], [1.0, 2.0], [-1.0, 0.0]])
    array([ 0, -1,  1])
    """
    behind = np.asarray(sums, float) <= 0
    periods = behind.shape[-1]
    return np.asarray(np.where(behind.any(axis=-1), periods - 1 - np.argmax(behind[..., ::-1], axis=-1), -1))
