"""What if sellers are paid what the buyers would lose without them? Leave-one-out."""

from typing import Any

import numpy as np

from evenhand.market import Clearing, Market, clearing
from evenhand.records import Array


def leave_one_out(market: Market, costs: Any) -> Array:
    """Pay each seller what the buyers' value falls by when the seller is deleted and the market decided anew.

        p_j = sum over buyers i of v_i(W*(c)) - v_i(W*(inf, c_-j))                  [Fan25, eq. 3]

    Neither truthful nor rational: the payment ignores what the seller's absence saves or costs the other sellers, so it
    moves with the seller's own report, may fall below the cost and may be negative.

    Args:
        market: who sells how much at which reports.
        costs: (sellers,) reports, 0 or more; inf for a seller who stays away.

    Returns:
        (sellers,) money, shaped as the quantity.

    Raises:
        OfferError: a report is out of bounds, or the market does not exist without some seller.

    >>> from evenhand.markets import Retrieval
    >>> leave_one_out(Retrieval(scores=[0.75, 0.5], k=1), [0.25, 0.125])
    array([0.25, 0.  ])
    """
    return lost_value(clearing(market, costs))


def lost_value(cleared: Clearing) -> Array:
    """Leave-one-out payments on a market that is cleared already."""
    return np.asarray(np.asarray(cleared.allocation.value)[..., None] - cleared.without.value)
