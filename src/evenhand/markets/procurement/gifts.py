"""Who sells where no cash is paid? Who has something of worth and asks nothing for it.

A report of 0 is bought, whatever the others do, and no other. This is what is left of buying under a budget where the
budget is 0, and the cash side of a mechanism that pays in shares alone: there a report is 0 once the share offered
covers it.
"""

from collections.abc import Sequence

import numpy as np

from evenhand.markets.procurement.limits import Limit, one_by_one
from evenhand.numerics import Number
from evenhand.records import Array


def winners(costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> list[int]:
    """Select the sellers who ask nothing, in the order of their places.

    >>> winners([0, 1, 0], [2, 2, 0], budget=10)
    [0]
    """
    del budget
    return [seller for seller in range(len(costs)) if worth[seller] > 0 and costs[seller] <= 0]


def limit(seller: int, costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> Limit | None:
    """Give 0, which is reached, to who has something of worth."""
    del costs, budget
    return Limit(0, True) if worth[seller] > 0 else None


limits = one_by_one(limit)


# -- the float twins --------------------------------------------------------------------------------------------------


def bought(costs: Array, worth: Array, budget: float) -> tuple[Array, Array]:
    """Select among float arrays: the indices of who asks nothing, and their thresholds, 0.

    >>> bought(np.array([0.0, 1.0, 0.0]), np.array([2.0, 2.0, 0.0]), 10.0)
    (array([0]), array([0.]))
    """
    del budget
    sellers = np.flatnonzero((worth > 0) & (costs <= 0))
    return sellers, np.zeros(len(sellers))


def thresholds(costs: Array, worth: Array, budget: float) -> Array:
    """Give 0 to everyone who has something of worth, -inf to the others."""
    del costs, budget
    return np.where(worth > 0, 0.0, -np.inf)
