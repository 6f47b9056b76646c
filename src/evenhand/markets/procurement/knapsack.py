"""How much worth could the budget buy if everyone were paid their cost, and parts could be bought?

The fractional optimum of the knapsack problem [Dantzig57] over the offers that ask no more than the budget: take them
in the order of cost per worth, and of the first that no longer fits the part that does. No rule that buys whole
datasets within the budget, and pays nobody less than their cost, buys more: what rules buy is measured against it.

Read the other way it says the least that has to be spent for so much worth. That is a sum of costs, each times a known
number, so it can be compared where a report is traced, which the optimum itself cannot: there a cost is divided by.
"""

from collections.abc import Sequence

import numpy as np

from evenhand.markets.procurement.limits import quotient
from evenhand.markets.procurement.order import in_order
from evenhand.numerics import Number
from evenhand.records import Array


def fractional_optimum(costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> Number:
    """Give the most worth that the budget buys at these costs, parts allowed; costs are plain exact numbers.

    >>> fractional_optimum([3, 4, 20, 9], [1, 1, 9, 1], budget=10)
    Fraction(7, 3)
    """
    total, left = 0, budget
    for seller in in_order(costs, worth, budget):
        if costs[seller] > left:
            return total + quotient(worth[seller] * left, costs[seller])
        total, left = total + worth[seller], left - costs[seller]
    return total


def least_spent(
    wanted: Number, order: Sequence[int], costs: Sequence[Number], worth: Sequence[Number]
) -> Number | None:
    """Give the least that must be spent for so much worth, parts allowed; None where there is not so much.

    Args:
        wanted: worth; 0 or less costs nothing.
        order: the sellers to buy from, by cost per worth.
        costs: may be traced numbers.
        worth: (n,).

    >>> least_spent(4, [0, 1], [3, 8], [2, 4]), least_spent(7, [0, 1], [3, 8], [2, 4])
    (Fraction(7, 1), None)
    """
    spent: Number = 0
    for seller in order:
        if wanted <= worth[seller]:
            return spent + costs[seller] * quotient(max(wanted, 0), worth[seller])
        spent, wanted = spent + costs[seller], wanted - worth[seller]
    return None if wanted > 0 else spent


# -- the float twins --------------------------------------------------------------------------------------------------


def ranked(costs: Array, worth: Array, budget: float) -> Array:
    """Order the eligible sellers by cost per worth, ties by index: the twin of `in_order`."""
    eligible = np.flatnonzero((worth > 0) & (costs <= budget))
    return np.asarray(eligible[np.argsort(costs[eligible] / worth[eligible], kind="stable")])


def cheapest(order: Array, costs: Array, worth: Array) -> tuple[Array, Array]:
    """Give worth and money after each purchase from nothing on, in this order: the corners of what money can buy.

    >>> cheapest(np.array([0, 1]), np.array([3.0, 8.0]), np.array([2.0, 4.0]))
    (array([0., 2., 6.]), array([ 0.,  3., 11.]))
    """
    had, spent = np.zeros(len(order) + 1), np.zeros(len(order) + 1)
    np.cumsum(worth[order], out=had[1:])
    np.cumsum(costs[order], out=spent[1:])
    return had, spent


def fractional_optimum_of_arrays(costs: Array, worth: Array, budget: float) -> float:
    """Give the same from float arrays.

    >>> fractional_optimum_of_arrays(np.array([3.0, 4.0, 20.0, 9.0]), np.array([1.0, 1.0, 9.0, 1.0]), 10.0)
    2.3333333333333335
    """
    had, spent = cheapest(ranked(costs, worth, budget), costs, worth)
    return float(np.interp(budget, spent, had))
