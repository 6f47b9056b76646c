"""What must a seller be paid so that the truth is their best report? The threshold [Myerson81].

Where datasets are sold whole, f_j(u) is 1 up to a threshold tau_j and 0 beyond, and Myerson's payment

    p_j = c_j f_j(c) + integral from c_j to infinity of f_j(u, c_-j) du                              [Fan25, eq. 7]

is tau_j for a winner and 0 for everyone else.
"""

from typing import Any

import numpy as np

from evenhand.market import Market, thresholds
from evenhand.records import Array


def threshold(market: Market, costs: Any) -> Array:
    """Pay each winner the most they could have asked and still sold.

    Truth is a dominant strategy whenever a lower report never loses. A seller who sells nothing is paid 0, and nobody
    is paid less than they reported.

    Args:
        market: buys datasets whole (quantity 0 or 1); gives the thresholds itself where it can.
        costs: (sellers,) reports, 0 or more; inf for a seller who stays away.

    Returns:
        (sellers,) money, in the unit of the costs; exact numbers from an exact market.

    Raises:
        ValueError: the market sells parts of datasets.

    >>> from evenhand.markets import Procurement
    >>> threshold(Procurement(worth=[1.0, 1.0, 1.0], budget=10.0), [3.0, 4.0, 9.0])
    array([5., 5., 0.])
    """
    quantity = market.allocate(costs).quantity
    if not np.isin(quantity, [0, 1]).all():
        raise ValueError(f"quantities are {quantity}; thresholds pay for datasets that are sold whole, 0 or 1")
    highest = thresholds(market, costs)
    return np.where(quantity == 1, highest, 0)
