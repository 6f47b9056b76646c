"""What is a market? Something that says, at any reports, who sells how much.

Payment rules are written once, on this protocol. A market may answer more questions faster than by asking `allocate`
over and over; the generic answers stand here, once, and a market overrides them by having a method of the same name.
"""

from typing import Any, Protocol

import numpy as np

from evenhand.records import Allocation, Array


class Market(Protocol):
    """Decides the allocation at given reports."""

    def allocate(self, costs: Any) -> Allocation:
        """Say who sells how much.

        Args:
            costs: (sellers,) the reports, money per unit, 0 or more; inf for a seller who stays away.
        """
        ...


def thresholds(market: Market, costs: Any) -> Array:
    """Give each seller the supremum of the reports at which their dataset is still bought, others' reports held.

    For markets that buy datasets whole (quantity 0 or 1), winners and losers alike; -inf where no report would win.
    A market with a `thresholds` method answers itself; otherwise every seller's report is searched by bisection, which
    asks `allocate` a hundred times a seller or so and needs a rule under which a lower report never loses.

    >>> from evenhand.markets import Procurement
    >>> thresholds(Procurement(worth=[1.0, 1.0], budget=10.0), [3.0, 4.0])
    array([5., 5.])
    """
    own = getattr(market, "thresholds", None)
    if own is not None:
        answered: Array = own(costs)
        return answered
    return searched_thresholds(market, costs)


def searched_thresholds(market: Market, costs: Any) -> Array:
    """Search the thresholds by bisection: the slow way, which every fast way is held against."""
    reports = np.asarray(costs, dtype=np.float64)
    return np.array([_search(market, reports, seller) for seller in range(len(reports))])


def _search(market: Market, reports: Array, seller: int) -> float:
    def sells(report: float) -> bool:
        return bool(market.allocate(np.where(np.arange(len(reports)) == seller, report, reports)).quantity[seller] > 0)

    if not sells(0.0):
        return -np.inf
    low, high = 0.0, 1.0
    while sells(high):
        low, high = high, high * 2
        if not np.isfinite(high):
            return np.inf
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if sells(middle) else (low, middle)
    return low
