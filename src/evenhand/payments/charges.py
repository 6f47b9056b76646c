"""What does each buyer pay? Sellers' payments split among the buyers, nobody above their value."""

from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.market import Clearing, Market, clearing
from evenhand.records import Array


def charges(market: Market, costs: Any, payments: Any) -> Array:
    """Split what sellers are paid among the buyers, by what each buyer would lose without the seller.

        eta_ij = (v_i(W*) - v_i(W* without column j)) / sum over buyers of the same,    p_ij = eta_ij p_j
                                                                                        [Fan25, eq. 9]

    with negative losses taken as 0. A buyer who would be charged more than their value is charged their value; what is
    then missing, and what nobody would lose anything without (0/0), is spread over the other buyers in proportion to
    the value they have left. So a column sums to the payment whenever the payments together are within the buyers'
    value, and no buyer is charged more than theirs. Where they are not, every buyer pays their whole value and the
    columns fall short: the `balanced` finding says by how much (E-000-06 in docs/errata.md). A buyer whose value is
    below 0 is charged nothing.

    Args:
        market: who sells how much at which reports.
        costs: (sellers,) reports; inf for a seller who stays away.
        payments: (sellers,) what the sellers are paid; for many queries (queries, sellers).

    Returns:
        (buyers, sellers) money.

    Raises:
        OfferError: a report is out of bounds, or the payments are not one finite number a seller.

    >>> from evenhand.markets import MeanEstimation
    >>> market = MeanEstimation([[1.0], [2.0]], [[1.0]], [1.0])
    >>> charges(market, [2.0], [1.0])
    array([[0.2],
           [0.8]])
    """
    cleared = clearing(market, costs)
    paid = np.asarray(payments)
    if paid.shape != cleared.allocation.quantity.shape:
        found, bound = f"have shape {paid.shape}", f"quantities have shape {cleared.allocation.quantity.shape}"
        raise OfferError(Problem("payments", found, bound, "Give one payment a seller."))
    strange = paid[~np.isfinite(paid.astype(np.float64))]
    if strange.size:
        found = f"are {strange[0]} for someone"
        raise OfferError(Problem("payments", found, "a payment is a finite number", "Pay by a rule that exists here."))
    return charged(cleared, paid)


def charged(cleared: Clearing, payments: Any) -> Array:
    """Charges on a market that is cleared already."""
    paid, value = np.asarray(payments), cleared.allocation.value_by_buyer
    if paid.ndim == 2:  # a query is a market of its own, with one buyer
        return held(paid, np.maximum(value, 0))
    return capped(uncapped(cleared, paid), value, paid)


def uncapped(cleared: Clearing, payments: Any) -> Array:
    """Charges by equation 9 alone, whatever the buyers' values are; a single buyer pays everything."""
    paid = np.asarray(payments)
    return paid[None, :] if len(cleared.allocation.value_by_buyer) == 1 else split(cleared.contributions, paid)


def split(contributions: Array, payments: Any) -> Array:
    """Split payments by equation 9 as it stands, without a cap; a column that nobody would miss stays empty.

    Args:
        contributions: (buyers, sellers) what each buyer would lose.
        payments: (sellers,).

    Returns:
        (buyers, sellers) money.
    """
    lost = np.maximum(contributions, 0)
    total = lost.sum(axis=0)
    return np.asarray(lost / np.where(total > 0, total, 1) * np.asarray(payments))


def capped(asked: Array, value_by_buyer: Array, payments: Any) -> Array:
    """Hold each buyer's charges to their value, and spread what is then missing over the value left."""
    most = np.maximum(value_by_buyer, 0)
    kept = held(asked, most)
    missing = np.asarray(payments) - kept.sum(axis=0)
    left = most - kept.sum(axis=1)
    spread = max(left.sum(), missing.sum())
    return kept + left[:, None] * (missing / spread) if spread > 0 else kept


def held(asked: Array, most: Array) -> Array:
    """Scale each row down to a sum of at most so much."""
    rows = asked.sum(axis=1)
    return np.asarray(asked * np.where(rows > most, most / np.where(rows > most, rows, 1), 1)[:, None])
