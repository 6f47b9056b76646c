"""Who sells where costs are not looked at? Everyone who has something of worth.

The market of a contract that divides a pool among all who take part [Ayyoubzadeh25, section 6], kept to be refuted. As
under every rule, who asks more than the whole budget is left out: so each can ask up to the budget, and no more. Paid
their thresholds, n sellers would get n budgets.
"""

from collections.abc import Sequence

import numpy as np

from evenhand.markets.procurement.limits import Limit, one_by_one
from evenhand.numerics import Number
from evenhand.records import Array


def winners(costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> list[int]:
    """Select everyone who has something of worth and asks no more than the budget, in the order of their places.

    >>> winners([10, 11, 0], [2, 2, 0], budget=10)
    [0]
    """
    return [seller for seller in range(len(costs)) if worth[seller] > 0 and costs[seller] <= budget]


def limit(seller: int, costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> Limit | None:
    """Give the budget, which is reached, to who has something of worth."""
    del costs
    return Limit(budget, True) if worth[seller] > 0 else None


limits = one_by_one(limit)


# -- the float twins --------------------------------------------------------------------------------------------------


def bought(costs: Array, worth: Array, budget: float) -> tuple[Array, Array]:
    """Select among float arrays: the winners' indices, and their thresholds, the budget.

    >>> bought(np.array([10.0, 11.0, 0.0]), np.array([2.0, 2.0, 0.0]), 10.0)
    (array([0]), array([10.]))
    """
    sellers = np.flatnonzero((worth > 0) & (costs <= budget))
    return sellers, np.full(len(sellers), budget)


def thresholds(costs: Array, worth: Array, budget: float) -> Array:
    """Give the budget to everyone who has something of worth, -inf to the others."""
    del costs
    return np.where(worth > 0, budget, -np.inf)
