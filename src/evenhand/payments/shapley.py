"""What if sellers are paid their average contribution to the buyers' value? The Shapley value, exact and sampled."""

from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.market import Clearing, Market, clearing
from evenhand.numerics.games import shapley_of, subsets
from evenhand.records import Array, Estimate

SELLERS_MAX = 20
"""Exact values need every coalition; more sellers than this would need more than a million of them."""

ORDERS_AT_ONCE = 128
"""So many sampled orders are valued together."""


def shapley(market: Market, costs: Any) -> Array:
    """Pay each seller their contribution to the buyers' value, averaged over all orders of arrival.

        p_j = sum over S without j of |S|! (n-|S|-1)! / n! (V(S with j) - V(S))     [Fan25, eq. 4; Shapley53]

    where V(S) is the buyers' value of the market decided anew among S; V(empty) = 0 is a term of the sum. The payments
    sum to V(all). Neither truthful nor rational, and a seller who sells nothing may be paid.

    Args:
        market: who sells how much at which reports.
        costs: (sellers,) reports, 0 or more; inf for a seller who stays away. Up to 20 may be present.

    Returns:
        (sellers,) money, shaped as the quantity.

    Raises:
        OfferError: a report is out of bounds, or there are too many sellers; see `shapley_estimate`.

    >>> from evenhand.markets import Retrieval
    >>> shapley(Retrieval(scores=[0.75, 0.5], k=1), [0.25, 0.125])
    array([0.5 , 0.25])
    """
    return average_contribution(clearing(market, costs))


def average_contribution(cleared: Clearing) -> Array:
    """Shapley payments on a market that is cleared already."""
    present = _present(cleared.costs)
    if not len(present):
        return np.zeros(cleared.allocation.quantity.shape)
    if len(present) > SELLERS_MAX:
        raise OfferError(
            Problem(
                "costs",
                f"{len(present)} sellers are present",
                f"an exact Shapley value looks at every coalition, of at most {SELLERS_MAX} sellers",
                "Leave it out, or estimate it: payments.shapley_estimate(market, costs, permutations=200, rng=...).",
            )
        )
    masks = np.zeros((2 ** len(present), cleared.costs.shape[-1]), bool)
    masks[:, present] = subsets(len(present))
    values = shapley_of(cleared.coalition_values(masks))
    paid = np.zeros((cleared.costs.shape[-1], *values.shape[1:]), dtype=values.dtype)
    paid[present] = values
    return np.moveaxis(paid, 0, -1)


def shapley_estimate(market: Market, costs: Any, permutations: int, rng: np.random.Generator) -> Estimate:
    """Estimate Shapley payments from sampled orders of arrival, each payment with its standard error.

    Every order gives each seller one contribution, so the means are unbiased and sum to V(all) exactly.

    Args:
        market: who sells how much at which reports; one seller list, not many queries.
        costs: (sellers,) reports, 0 or more; inf for a seller who stays away.
        permutations: how many orders to draw, 2 or more.
        rng: draws them.

    Raises:
        OfferError: a report is out of bounds, or there are too few permutations.

    >>> from evenhand.markets import MeanEstimation
    >>> market = MeanEstimation([[1.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]], [1.0, 1.0])
    >>> paid = shapley_estimate(market, [2.0, 2.0], permutations=10, rng=np.random.default_rng(0))
    >>> paid.value, paid.budget  # these sellers do not overlap: every order says the same
    (array([0.375, 0.375]), 20)
    """
    if not isinstance(permutations, int | np.integer) or permutations < 2:
        bound = "a standard error needs a whole number, 2 or more"
        raise OfferError(Problem("permutations", f"is {permutations}", bound, "Draw 200, say."))
    cleared = clearing(market, costs)
    if cleared.costs.ndim == 2:
        found = f"has {len(cleared.costs)} queries"
        raise OfferError(Problem("market", found, "one query is estimated at a time", "Take market.query(row)."))
    present = _present(cleared.costs)
    value, stderr = np.zeros((2, len(cleared.costs)))
    if len(present):
        gains = np.empty((permutations, len(present)))
        for start in range(0, permutations, ORDERS_AT_ONCE):
            some = gains[start : start + ORDERS_AT_ONCE]
            orders = rng.permuted(np.tile(np.arange(len(present)), (len(some), 1)), axis=1)
            grown = cleared.prefix_values(present[orders])
            np.put_along_axis(some, orders, np.diff(grown, axis=1, prepend=0.0), axis=1)
        value[present] = gains.mean(axis=0)
        stderr[present] = gains.std(axis=0, ddof=1) / np.sqrt(permutations)
    return Estimate(value, stderr, permutations * len(present))


def _present(costs: Array) -> Array:
    """Give the sellers who take part in any query."""
    here = np.array([cost != np.inf for cost in costs.ravel()]).reshape(costs.shape)
    return np.flatnonzero(here if costs.ndim == 1 else here.any(axis=0))
