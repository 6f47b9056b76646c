"""Whom does the published auction buy from, if an offer that nobody could buy may not block the rest?

Offers that ask more than the whole budget count as not made; then it is `q_mia` (E-002-03 in docs/errata.md). A report
above the budget was never bought, so winning reports still run from 0 to where room and order cross, and that is found
from the others' reports with theirs above the budget left out. What is said there of truth and of the budget holds
here: truthful, and not within the budget (E-002-02).

Nor is any part of the best value promised: a small cheap offer that comes first can leave too little for a large one,
c = (1, 1000), w = (2, 1000), B = 1000.

>>> winners([101, 50], [1000, 100], budget=100), winners([1, 1000], [2, 1000], budget=1000)
([1], [0])
"""

from collections.abc import Sequence
from math import inf

import numpy as np

from evenhand.markets.procurement import q_mia
from evenhand.markets.procurement.limits import Limit
from evenhand.markets.procurement.order import without
from evenhand.numerics import Number
from evenhand.records import Array


def winners(costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> list[int]:
    """Select the sellers to buy from, in the order of cost per worth."""
    return q_mia.winners(_affordable(costs, budget), worth, budget)


def limits(costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> list[Limit | None]:
    """Give every seller, winner or not, where the reports end that would be bought; None without worth.

    >>> [limit.report for limit in limits([101, 50], [1000, 100], budget=100)]
    [100, 100]
    """
    return q_mia.limits(_affordable(costs, budget), worth, budget)


def limit(seller: int, costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> Limit | None:
    """Give one seller's limit, looking at the others' reports alone."""
    others, _ = without(seller, costs, worth)
    return q_mia.limit(seller, _affordable(others, budget), worth, budget)


def _affordable(costs: Sequence[Number], budget: Number) -> list[Number]:
    return [cost if cost <= budget else inf for cost in costs]


# -- the float twins --------------------------------------------------------------------------------------------------


def bought(costs: Array, worth: Array, budget: float) -> tuple[Array, Array]:
    """Select among float arrays: the winners' indices, and their thresholds.

    >>> bought(np.array([101.0, 50.0]), np.array([1000.0, 100.0]), 100.0)
    (array([1]), array([100.]))
    """
    return q_mia.bought(np.where(costs <= budget, costs, np.inf), worth, budget)


def thresholds(costs: Array, worth: Array, budget: float) -> Array:
    """Give every seller the supremum of the reports that would be bought, winners and losers alike; -inf without worth.

    >>> thresholds(np.array([101.0, 50.0]), np.array([1000.0, 100.0]), 100.0)
    array([100., 100.])
    """
    return q_mia.thresholds(np.where(costs <= budget, costs, np.inf), worth, budget)
