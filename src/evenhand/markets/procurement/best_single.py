"""Is one dataset worth more than all the rest? Buy the one of largest worth that is affordable, and pay the budget.

Of the offers with worth that ask at most the budget, buy the one of largest worth, ties by index. Alone it may buy next
to nothing where many small datasets make up the worth; it is there for the markets in which one dwarfs the rest, and
rules with a worst case are made of it: `single_or_share`, and the lot between it and `proportional_share`.

Why truth is best: worth is public, so a report decides nothing but whether it is affordable, and who is bought at any
affordable report is paid the highest of these, the budget. Why the budget holds: nobody else is paid. Nor do groups
gain: one who is bought after a joint lie and not before had better offers ahead, so their makers must have asked too
much; they sell nothing and gain nothing. And beside a winner nobody wins, whatever it reports.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from evenhand.markets.procurement.limits import Limit, one_by_one
from evenhand.markets.procurement.order import in_order, without
from evenhand.numerics import Number
from evenhand.records import Array


def winners(costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> list[int]:
    """Select the one seller to buy from; nobody where nobody is affordable.

    >>> winners([3, 4, 11], [1, 2, 9], budget=10)
    [1]
    """
    best = best_of(in_order(costs, worth, budget), worth)
    return [] if best is None else [best]


def limit(seller: int, costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> Limit | None:
    """Give one seller's limit, looking at the others' reports alone: the budget, unless a better one is affordable.

    >>> limit(2, [3, 4, 11], [1, 2, 9], budget=10), limit(0, [3, 4, 11], [1, 2, 9], budget=10)
    (Limit(report=10, reached=True), None)
    """
    best = best_of(in_order(*without(seller, costs, worth), budget), worth)
    return Limit(budget, True) if worth[seller] > 0 and comes_before(seller, best, worth) else None


limits = one_by_one(limit)


def best_of(sellers: Iterable[int], worth: Sequence[Number]) -> int | None:
    """Give the seller of largest worth, the first of equals; None among nobody.

    >>> best_of([0, 2, 1], [1, 2, 2]), best_of([], [1])
    (1, None)
    """
    return min(sellers, key=lambda seller: (-worth[seller], seller), default=None)


def comes_before(seller: int, best: int | None, worth: Sequence[Number]) -> bool:
    """Say whether this seller would be the best, if affordable, where another is so far."""
    return best is None or best_of([seller, best], worth) == seller


# -- the float twins --------------------------------------------------------------------------------------------------


def bought(costs: Array, worth: Array, budget: float) -> tuple[Array, Array]:
    """Select among float arrays: the index of the one who is bought, and their threshold.

    >>> bought(np.array([3.0, 4.0, np.inf]), np.array([1.0, 2.0, 9.0]), 10.0)
    (array([1]), array([10.]))
    """
    best = best_of_arrays(costs, worth, budget)
    return best, np.full(len(best), float(budget))


def thresholds(costs: Array, worth: Array, budget: float) -> Array:
    """Give every seller the supremum of the reports that would be bought; -inf where a better one is affordable.

    >>> thresholds(np.array([3.0, 4.0, 11.0]), np.array([1.0, 2.0, 9.0]), 10.0)
    array([-inf,  10.,  10.])
    """
    best = best_of_arrays(costs, worth, budget)
    return np.where((worth > 0) & (come_before(best, worth) | _is(best, worth)), float(budget), -np.inf)


def best_of_arrays(costs: Array, worth: Array, budget: float) -> Array:
    """Give the index of the affordable seller of largest worth, the first of equals: (1,), or (0,) among nobody."""
    affordable = np.where(costs <= budget, worth, 0.0)
    best = np.argmax(affordable) if affordable.size else 0
    return np.array([best]) if affordable.size and affordable[best] > 0 else np.zeros(0, dtype=np.int64)


def come_before(best: Array, worth: Array) -> Array:
    """Say of every seller whether they would be the best, if affordable, where another, or nobody, is so far."""
    if not len(best):
        return np.ones(len(worth), dtype=bool)
    return np.asarray((worth > worth[best]) | ((worth == worth[best]) & (np.arange(len(worth)) < best)))


def _is(best: Array, worth: Array) -> Array:
    found = np.zeros(len(worth), dtype=bool)
    found[best] = True
    return found
