"""What do payments come to exactly as they were published? Kept with the claims that fail, to be looked at.

None is for use: `MECHANISMS` has them under names that end in "_as_published", with their counterexamples.
"""

from fractions import Fraction
from math import floor
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.market import Clearing, exact_numbers
from evenhand.payments.shapley import average_contribution
from evenhand.records import Array


def algorithm_1(cleared: Clearing) -> Array:
    """Pay the retrieved document the lead of its surplus over the next best, without its cost.

        p_1 = phi_1 - phi_2        phi_j = s_j - c_j                                [Fan25, Algorithm 1, line 11]

    where equations 7 and 8 give c_1 + phi_1 - phi_2 (E-000-01 in docs/errata.md). The best document is always bought,
    even where it costs more than it adds.

    Raises:
        OfferError: there is no second document.
    """
    present = sum(cost != np.inf for cost in cleared.costs)
    if present < 2:
        found = f"{present} documents are present"
        raise OfferError(Problem("costs", found, "Algorithm 1 pays a lead over the next best", "Let two take part."))
    paid = np.zeros_like(cleared.without.welfare)
    for best in np.flatnonzero(cleared.allocation.quantity):  # one, or none where all ask more than a highest price
        paid[best] = cleared.allocation.welfare - cleared.without.welfare[best]
    return np.asarray(paid)


def shapley_without_empty(cleared: Clearing) -> Array:
    """Pay Shapley values whose sum leaves the empty coalition out.

    So a seller's worth alone is never counted, and the payments no longer sum to the buyers' value (E-000-21 in
    docs/errata.md).
    """
    alone = np.eye(cleared.costs.shape[-1], dtype=bool)
    nobody = np.zeros((1, cleared.costs.shape[-1]), dtype=bool)
    single = cleared.coalition_values(alone) - cleared.coalition_values(nobody)
    present = max(sum(cost != np.inf for cost in cleared.costs), 1)
    share = Fraction(1, present) if single.dtype == object else 1 / present  # exact stays exact
    return np.asarray(average_contribution(cleared) - share * single)


def least_winning_report(cleared: Clearing) -> Array:
    """Pay each who sells the least report that would have sold: nothing.

        p_i = inf { c_i : i sells at reports (c_i, c_-i) }                          [Ayyoubzadeh25, section 4.1, step 5]

    and "find smallest" in [Ayyoubzadeh25, Algorithm 1, line 13]. A lower report only moves a seller forward, so where
    anything sells a report of 0 does, and the least one is always 0 (E-002-01 in docs/errata.md).
    """
    return np.zeros_like(cleared.costs)


def mixed(cleared: Clearing) -> Array:
    """Pay part of a cash threshold, and part of the pool by worth among those who sell.

        p_i = rho p_i^Q + (1 - rho) U w_i / sum of w over the selected        [Ayyoubzadeh25, section 8.1, Algorithm 2]

    The second part grows as others are pushed out, so lies pay (E-002-11 in docs/errata.md); costs enter by the part
    rho alone, so some are paid below them (E-002-12); and the first sums to more than the budget (E-002-13). With the
    payment of the first as a supremum, for as an infimum it is 0 (E-002-01). In whole units each part is rounded down.
    """
    return np.add(*_parts(cleared))


def mixed_in_parts(cleared: Clearing, paid: Any) -> tuple[Array, Array]:
    """Settle the first part in cash and the second in shares: (cash, share), each (sellers,)."""
    del paid
    return _parts(cleared)


def pool_by_worth(cleared: Clearing) -> Array:
    """Divide the pool among those who sell, by worth.

        p_i = U w_i / sum of w over the selected                               [Ayyoubzadeh25, section 6.1]

    No cost is looked at, so it may be paid below it (E-002-16 in docs/errata.md). In whole units it is rounded down.
    """
    return _by_worth(cleared, cleared.market.pool)  # type: ignore[attr-defined]


def _parts(cleared: Clearing) -> tuple[Array, Array]:
    market = cleared.market  # type: ignore[attr-defined]
    cash = market.liquidity * cleared.highest_asked
    return _whole(cash) if market.whole else cash, _by_worth(cleared, (1 - market.liquidity) * market.pool)


def _by_worth(cleared: Clearing, pool: Any) -> Array:
    """Divide so much by worth among all who sell; on exact markets asked anew, for a clearing may tell of one alone."""
    market = cleared.market  # type: ignore[attr-defined]
    exact = hasattr(market, "winners")
    sellers = market.winners(list(cleared.costs)) if exact else np.flatnonzero(cleared.allocation.quantity)
    worth = np.array(market.worth, dtype=object if exact else np.float64)
    shares = np.zeros_like(worth)
    among = worth[sellers]
    shares[sellers] = pool * (among / (Fraction(sum(among)) if exact else among.sum()))
    return _whole(shares) if market.whole else shares


def _whole(amounts: Array) -> Array:
    return exact_numbers([floor(amount) for amount in amounts])
