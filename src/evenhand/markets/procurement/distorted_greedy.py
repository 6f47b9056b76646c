"""Whom to buy from when data overlap and are worth money, so that no lie pays? Distorted greedy [Harshaw19].

The rule of markets/subsets/distorted_greedy.py, where it is argued, among the offers that ask no more than the budget,
with k the number of these: what is bought is worth, less its costs, at least (1 - 1/e) v(O) - c(O) for every set O of
affordable offers, if v has diminishing returns and never falls. v must be in the money of the costs.

Why truth is best. While i asks no more than B, k does not depend on i, and the rule is monotone with the supremum
that is derived there; above B nothing is bought from i. So the reports that win end at the smaller of that and B.

It buys as long as data are worth their cost, and the budget is no more than the highest ask: it is **not** kept. Two
datasets worth 10 each, at a budget of 10 and costs of 1, are paid 10 each. `clock` is the rule that keeps a budget.

The functions on plain numbers take ints, fractions or traced numbers. Those on arrays run the same on the fractions
that floats are, and ask for sets one by one, up to n^2 of them: for some hundred offers, not for thousands.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from math import inf, isfinite

import numpy as np

from evenhand.markets.procurement.limits import Limit, at_all
from evenhand.markets.procurement.marginals import Batches
from evenhand.markets.subsets import distorted_greedy
from evenhand.numerics import Number
from evenhand.records import Array

Value = Callable[[tuple[int, ...]], Number]


def winners(costs: Sequence[Number], goods: Value, budget: Number) -> list[int]:
    """Select the sellers to buy from.

    >>> topics = [{1, 2}, {2, 3}, {4}]
    >>> winners([1, 1, 9], lambda chosen: 10 * len(set().union(*(topics[i] for i in chosen))), budget=5)
    [0, 1]
    """
    affordable = _affordable(costs, budget)
    return list(distorted_greedy.winners(goods, affordable, _steps(affordable)))


def limit(seller: int, costs: Sequence[Number], goods: Value, budget: Number) -> Limit | None:
    """Give one seller's limit, looking at the others' reports alone."""
    present = _affordable([*costs[:seller], 0, *costs[seller + 1 :]], budget)
    return _capped(distorted_greedy.limit(seller, goods, present, _steps(present)), budget)


def limits(costs: Sequence[Number], goods: Value, budget: Number) -> list[Limit | None]:
    """Give every seller's limit; those who ask no more than the budget share a run.

    >>> [str(limit.report) for limit in limits([1, 1, 9], lambda chosen: 3 * len(chosen), budget=5)]
    ['3', '3', '3']
    """
    affordable = _affordable(costs, budget)
    shared = distorted_greedy.limits(goods, affordable, _steps(affordable))
    return [
        limit(seller, costs, goods, budget) if cost == inf else _capped(shared[seller], budget)
        for seller, cost in enumerate(affordable)
    ]


def bought(costs: Array, goods: Callable[[Array], Array], budget: float) -> tuple[Array, Array]:
    """Select among float arrays: the winners' indices, rising, and their thresholds.

    Args:
        costs: (n,) reports; inf for a seller who stays away.
        goods: what sets are worth, in the money of the costs: 0/1 masks (sets, n) -> (sets,).
        budget: in the money of the costs.
    """
    reports, value = _exact(costs, goods)
    sellers = winners(reports, value, Fraction(budget))
    ends = [limit(seller, reports, value, Fraction(budget)) for seller in sellers]
    return np.array(sellers, dtype=np.int64), np.array([float(end.report) for end in ends if end is not None])


def thresholds(costs: Array, goods: Callable[[Array], Array], budget: float) -> Array:
    """Give every seller the supremum of the reports that would be bought; -inf where none would."""
    reports, value = _exact(costs, goods)
    return np.array([-inf if end is None else float(end.report) for end in limits(reports, value, Fraction(budget))])


def _affordable(costs: Sequence[Number], budget: Number) -> list[Number]:
    """Take an offer above the budget as one that stays away."""
    return [cost if cost <= budget else inf for cost in costs]


def _steps(affordable: Sequence[Number]) -> int:
    """Count the offers: the set bought may hold them all."""
    return sum(cost is not inf for cost in affordable)


def _capped(end: tuple[Number, bool], budget: Number) -> Limit | None:
    return at_all(min(Limit(*end), Limit(budget, True)))


def _exact(costs: Array, goods: Callable[[Array], Array]) -> tuple[list[Number], Value]:
    """Give costs as fractions, and a plain value that asks about each set once."""
    asked = Batches(goods, len(costs))
    return [Fraction(cost) if isfinite(cost) else inf for cost in costs.tolist()], cache(asked.of_set)
