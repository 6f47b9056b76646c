"""What if sellers are paid what they ask? Reimbursement of the reported cost."""

from typing import Any

from evenhand.market import Clearing, Market, borne, clearing
from evenhand.records import Array


def direct(market: Market, costs: Any) -> Array:
    """Pay each seller the cost they report.

        p_j = c_j f_j(c)                                                            [Fan25, section 4.1]

    The truth earns exactly nothing, so a seller asks more wherever something is still sold above the true cost
    (E-000-09 in docs/errata.md).

    Args:
        market: who sells how much at which reports.
        costs: (sellers,) reports, 0 or more; inf for a seller who stays away.

    Returns:
        (sellers,) money, shaped as the quantity.

    >>> from evenhand.markets import Retrieval
    >>> direct(Retrieval(scores=[0.9, 0.7], k=1), [0.25, 0.125])
    array([0.25, 0.  ])
    """
    return reimbursed(clearing(market, costs))


def reimbursed(cleared: Clearing) -> Array:
    """Direct payments on a market that is cleared already."""
    return borne(cleared.costs, cleared.allocation.quantity)
