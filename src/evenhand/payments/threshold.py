"""What must a seller be paid so that the truth is their best report? The threshold payment [Myerson81]."""

from typing import Any

import numpy as np

from evenhand.market import Clearing, Market, SolvedAgain, borne, clearing, sells_at_any_report
from evenhand.records import Array


def threshold(market: Market, costs: Any) -> Array:
    """Pay each seller the most they could have asked and still sold as much.

        p_j = c_j f_j(c) + integral from c_j to infinity of f_j(u, c_-j) du         [Fan25, eq. 7]

    where f_j is the quantity that seller j sells. Where datasets are sold whole, that is the supremum of the winning
    reports for a winner, and 0 for everyone else. Truth is a dominant strategy whenever f_j never rises in j's own
    report; of all payments of which that is true and under which nobody loses, this is the smallest, if reports have no
    upper bound. Nobody is paid less than they report.

    Args:
        market: who sells how much at which reports; gives the integral, or the thresholds, in closed form where it can.
            A market that gives neither is integrated on the whole axis or searched by bisection.
        costs: (sellers,) reports, 0 or more; inf for a seller who stays away.

    Returns:
        (sellers,) money, shaped as the quantity; exact numbers from an exact market.

    Raises:
        OfferError: a report is out of bounds, or the market does not exist without some seller.

    >>> from evenhand.markets import Procurement
    >>> threshold(Procurement(worth=[1.0, 1.0, 1.0], budget=10.0), [3.0, 4.0, 9.0])
    array([5., 5., 0.])
    """
    return highest_asked(clearing(market, costs))


def highest_asked(cleared: Clearing) -> Array:
    """Threshold payments on a market that is cleared already."""
    allocation = cleared.allocation
    if allocation.whole:
        highest = cleared.highest_asked
        if highest.dtype == object and np.inf in (asked := highest.tolist()):
            raise sells_at_any_report(asked.index(np.inf))
        return highest
    return borne(cleared.costs, allocation.quantity) + cleared.area


def threshold_by_quadrature(market: Market, costs: Any, *, until: float = np.inf) -> tuple[Array, Array]:
    """Give the threshold payments of a market that sells parts by integrating each seller's curve.

    The check on every closed form, and with `until` what comes of cutting the integral off (E-000-02 in
    docs/errata.md).

    Args:
        market: who sells how much at which reports.
        costs: (sellers,) reports; inf for a seller who stays away.
        until: the report at which the integral ends.

    Returns:
        (sellers,) money, and (sellers,) bounds on the errors of the quadrature.

    >>> from evenhand.markets import MeanEstimation
    >>> market = MeanEstimation([[1.0]], [[1.0]], [1.0])
    >>> round(float(threshold_by_quadrature(market, [2.0])[0][0]), 9), round(float(threshold(market, [2.0])[0]), 9)
    (0.375, 0.375)
    """
    cleared = clearing(market, costs)
    again = SolvedAgain(market, cleared.costs)
    integrals = np.array([again.integral(seller, until) for seller in range(len(cleared.costs))])
    return borne(cleared.costs, cleared.allocation.quantity) + integrals[:, 0], integrals[:, 1]
