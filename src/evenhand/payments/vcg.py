"""What does a seller's presence add to everyone else? The payment of Vickrey, Clarke and Groves."""

from typing import Any

import numpy as np

from evenhand.market import Clearing, Market, borne, clearing
from evenhand.records import Array


def vcg(market: Market, costs: Any) -> Array:
    """Pay each seller what their presence adds to the welfare of all others.

        p_j = SW(c) + c_j f_j(c) - SW_-j(c_-j)                                      [Fan25, eq. 8]

    Truth is a dominant strategy on a market that maximises welfare exactly. There it equals `threshold` on any fixed
    feasible set in which a seller can be left out: SW is convex in one report with slope -f_j (the envelope theorem;
    E-000-02 in docs/errata.md). On a market that maximises only roughly it is not truthful (E-000-26). It is a
    difference of welfares, and has only the digits that they leave it: where welfare dwarfs the payments, ask
    `threshold`.

    Args:
        market: maximises welfare; gives the market without each seller in closed form where it can.
        costs: (sellers,) reports, 0 or more; inf for a seller who stays away.

    Returns:
        (sellers,) money, shaped as the quantity.

    Raises:
        OfferError: a report is out of bounds, or the market does not exist without some seller.

    >>> from evenhand.markets import Retrieval
    >>> vcg(Retrieval(scores=[0.75, 0.5], k=1), [0.25, 0.125])
    array([0.375, 0.   ])
    """
    return added_to_others(clearing(market, costs))


def added_to_others(cleared: Clearing) -> Array:
    """VCG payments on a market that is cleared already."""
    allocation = cleared.allocation
    added = np.asarray(allocation.welfare)[..., None] - cleared.without.welfare
    return np.asarray(added + borne(cleared.costs, allocation.quantity))


def vcg_upper_bound(market: Market, costs: Any) -> Array:
    """Bound each VCG payment by what the buyers would lose if the seller's data vanished and nothing else changed.

        p_j <= sum over buyers i of v_i(W*) - v_i(W* with column j at zero)         [Fan25, Claim 4]

    It needs no market without the seller. It is a bound only where zeroing a column is feasible: not on the simplex
    (E-000-04 in docs/errata.md).

    Returns:
        (sellers,) money, shaped as the quantity.

    >>> from evenhand.markets import MeanEstimation
    >>> market = MeanEstimation([[1.0]], [[1.0]], [1.0])
    >>> vcg_upper_bound(market, [2.0]), vcg(market, [2.0])  # a seller alone is paid all of it
    (array([0.375]), array([0.375]))
    """
    cleared = clearing(market, costs)
    many = cleared.allocation.quantity.ndim == 2  # a query is a buyer of its own
    return np.asarray(cleared.contributions if many else cleared.contributions.sum(axis=0))
