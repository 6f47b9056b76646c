"""What do two payments come to exactly as they were published? Kept with the claims that fail, to be looked at.

Neither is for use: `MECHANISMS` has them under names that end in "_as_published", with their counterexamples.
"""

from fractions import Fraction

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.market import Clearing
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
