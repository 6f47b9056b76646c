"""Who shares how much, when buyers estimate their means from sellers' estimates? [Fan25, section 4.3]

Seller j holds an unbiased estimate of a mean mu_j in d dimensions, with total variance sigma_j^2 (summed over the
dimensions; E-000-16). Buyer i wants mu_i and combines the estimates with weights w_ij, of either sign:

    loss_i(W) = |sum_j w_ij mu_j - mu_i|^2 + sum_j w_ij^2 sigma_j^2,      value_i = |mu_i|^2 - loss_i,
    quantity_j = f_j = sum_i w_ij^2,      welfare = sum_i value_i - sum_j c_j f_j.

The welfare is quadratic, so everything has a closed form. With b_ij = <mu_i, mu_j>, U the sellers' means (sellers, d)
and D = diag(sigma^2 + c),

    M = U U' + D,   K = M^-1,   W = b K,   kappa_j = K_jj,   d_j = 1 / kappa_j - c_j  (which does not depend on c_j):

    f_j(u)                                  F_j ((c_j + d_j) / (u + d_j))^2        F_j = f_j(c)
    integral of f_j from c_j to infinity    F_j / kappa_j
    weights without seller j                w_ik - w_ij H_kj                       H_kj = K_kj / kappa_j

so the payments of all sellers cost about as much as solving the market once, where solving it again for each would
cost n times that. `overlap.py` says how K is found, `coalitions.py` what coalitions are worth.
"""

from functools import cached_property
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.market import FullMarket, checked_costs, numbers
from evenhand.markets.mean_estimation import coalitions
from evenhand.markets.mean_estimation.overlap import ByDirections, BySellers, not_unique, overlap
from evenhand.markets.mean_estimation.own_report import OwnReport, own_report
from evenhand.numerics.games import Masks, subsets
from evenhand.records import Allocation, Array, Without

COALITION_SELLERS_MAX = 20
"""A report's effect on every coalition is written out for at most so many sellers."""

NUMBER_MAX = 1e60
"""Means, variances and reports may be so large; the products of four of them are still numbers."""


class MeanEstimation(FullMarket):
    """Buyers estimate their means from the estimates of sellers.

    Args:
        buyer_means: (buyers, d) what each buyer wants to know.
        seller_means: (sellers, d) what each seller's estimate is an estimate of.
        variances: (sellers,) the total variance of each estimate: d times that of one coordinate, over the sample size.

    Raises:
        OfferError: shapes disagree, a variance is negative, or a number is not finite; all are named.

    >>> market = MeanEstimation(buyer_means=[[1.0]], seller_means=[[1.0]], variances=[1.0])
    >>> market.allocate([2.0]).weights
    array([[0.25]])
    """

    maximises_welfare = True
    """The allocation is the best of a fixed set, in which any seller can be left out."""
    strongly_concave = True
    """The value is concave in the weights, the set convex, and the quantity sum_i w_ij^2."""

    def __init__(self, buyer_means: Any, seller_means: Any, variances: Any) -> None:
        self.buyer_means = numbers("buyer_means", buyer_means)
        self.seller_means = numbers("seller_means", seller_means)
        self.variances = numbers("variances", variances)
        problems = _bad_shapes(self.buyer_means, self.seller_means, self.variances) or _bad_numbers(
            self.buyer_means, self.seller_means, self.variances
        )
        if problems:
            raise OfferError(problems)
        self.columns = np.ascontiguousarray(self.seller_means.T)
        self.products = self.buyer_means @ self.columns

    @property
    def standalone_loss(self) -> float:
        """What the buyers lose in all if nobody sells: the sum of |mu_i|^2."""
        return float((self.buyer_means**2).sum())

    def allocate(self, costs: Any) -> Allocation:
        """Say who shares how much: the weights that maximise welfare."""
        return self.clear(costs).allocation

    def value(self, weights: Any) -> Array:
        """Give each buyer's reduction of expected squared error: (buyers,)."""
        taken = np.asarray(weights, dtype=np.float64)
        bias = ((taken @ self.seller_means) ** 2).sum(axis=1)
        return np.asarray(2 * (taken * self.products).sum(axis=1) - bias - taken**2 @ self.variances)

    def clear(self, costs: Any) -> "MeanClearing":
        """Give the market at these reports.

        Raises:
            OfferError: a report is out of bounds, or the allocation is not unique.
        """
        reports = checked_costs(costs, len(self.variances))
        everyone = bool(reports.max() <= NUMBER_MAX)
        if not everyone and (problems := _too_high(reports)):
            raise OfferError(problems)
        return MeanClearing(self, reports, everyone=everyone)


class MeanClearing:
    """The closed forms at given reports; a seller who stays away is left out of every matrix."""

    def __init__(self, market: MeanEstimation, costs: Array, *, everyone: bool) -> None:
        self.market = market
        self.costs = costs
        self._everyone = everyone  # nobody stays away
        self._asked = self._among(costs)
        self._products = self._among(market.products)

    @cached_property
    def allocation(self) -> Allocation:
        """Who shares how much."""
        welfare = np.vecdot(self._weights, self._products)  # of each buyer: w M w' = w b'
        value = welfare + self._squares @ self._asked
        return Allocation(self._spread(self._quantity), self._spread(self._weights), value, float(welfare.sum()))

    @cached_property
    def area(self) -> Array:
        """F_j / kappa_j."""
        return self._spread(self._quantity * self._reach)

    @cached_property
    def without(self) -> Without:
        """By removing one seller's weights and correcting the others' along H: no matrix is solved again.

        Welfare falls by F_j / kappa_j. The value falls by that and by the costs that are borne no more, those of j and,
        with s_j = sum over k other than j of c_k H_kj^2, those of the others:

            w_ij^2 (1 / kappa_j + c_j - s_j) + 2 w_ij sum over k other than j of c_k w_ik H_kj.
        """
        whole, lost = self.allocation, self._inverse.lost()
        return Without(whole.value_by_buyer[:, None] - self._spread(lost), whole.welfare - self.area)

    @cached_property
    def contributions(self) -> Array:
        """w_ij^2 (2 c_j + |mu_j|^2 + sigma_j^2): at the optimum the first-order condition leaves no other term."""
        means, variances = self._among(self.market.columns), self._among(self.market.variances)
        return self._spread(self._squares * (2 * self._asked + (means**2).sum(axis=0) + variances))

    @property
    def thresholds(self) -> Array:
        """There are none: sellers share parts."""
        raise ValueError("a mean-estimation market sells parts and has no thresholds; ask `area` or `curve`")

    highest_asked = thresholds

    def curve(self, seller: int, reports: Any) -> Array:
        """F_j ((c_j + d_j) / (u + d_j))^2."""
        asked = np.asarray(reports, dtype=np.float64)
        if not np.isfinite(self.costs[seller]):
            return self._with(seller).curve(seller, asked)
        place = int(np.searchsorted(self._here, seller))
        numerator = ((self._weights[:, place] * self._reach[place]) ** 2).sum()
        denominator = asked + self._inverse.distance[place]
        with np.errstate(divide="ignore"):  # 0 where a report of 0 leaves many allocations equally good
            return np.asarray(numerator / denominator**2 if numerator else np.zeros_like(asked))

    def coalition_values(self, masks: Masks) -> Array:
        """By solving many coalitions at a time."""
        members, market, here = np.asarray(masks, dtype=bool), self.market, self._here
        means, variances = market.seller_means[here], market.variances[here]
        return coalitions.values(members[:, here], market.buyer_means, means, variances, self.costs[here])

    def prefix_values(self, orders: Any) -> Array:
        """By one factor an order, which holds the factors of all its prefixes."""
        places, market = np.asarray(orders), self.market
        present = np.isfinite(self.costs[places])
        arriving = places[present].reshape(len(places), -1)
        grown = coalitions.prefixes(arriving, market.buyer_means, market.seller_means, market.variances, self.costs)
        return np.take_along_axis(np.pad(grown, ((0, 0), (1, 0))), np.cumsum(present, axis=1), axis=1)

    def _with(self, seller: int) -> "MeanClearing":
        """Let an absent seller in. Any report will do, for d_j does not depend on it; d_j itself keeps most digits."""
        costs, mean = self.costs.copy(), self.market.seller_means[seller]
        costs[seller] = mean @ mean + self.market.variances[seller] or 1.0
        place = int(np.searchsorted(self._here, seller))
        costs[seller] = self.market.clear(costs)._inverse.distance[place] or costs[seller]
        return self.market.clear(costs)

    def own_report(self, seller: int, *, every: bool) -> OwnReport | None:
        """Say what moves with one seller's report, whose own report here plays no part; None for too many coalitions.

        Args:
            seller: whose report moves.
            every: whether they stand beside each coalition of the others, or beside all of them alone.
        """
        if every and len(self._here) > COALITION_SELLERS_MAX:
            return None
        return self._beside(seller, every=every)

    def others_cost_slope(self, seller: int, report: float) -> float:
        """Give the slope in one seller's report of the others' cost, sum over k other than j of c_k f_k."""
        return self._beside(seller, every=False).others_cost_slope(report)

    def _beside(self, seller: int, *, every: bool) -> OwnReport:
        """Put a seller beside the others who are present, or beside each coalition of them."""
        others = self._here[self._here != seller]
        market = self.market
        members = subsets(len(others)) if every else np.ones((1, len(others)), dtype=bool)
        means, variances, costs = market.seller_means[others], market.variances[others], self.costs[others]
        own = market.seller_means[seller], float(market.variances[seller])
        try:
            return own_report(*own, means, variances, costs, market.buyer_means, members)
        except np.linalg.LinAlgError:
            raise not_unique() from None

    @cached_property
    def _here(self) -> Array:
        return np.flatnonzero(np.isfinite(self.costs))

    @cached_property
    def _inverse(self) -> BySellers | ByDirections:
        market = self.market
        columns, variances = self._among(market.columns), self._among(market.variances)
        return overlap(columns, market.buyer_means, self._products, variances, self._asked)

    @property
    def _weights(self) -> Array:
        return self._inverse.weights

    @cached_property
    def _squares(self) -> Array:
        return np.asarray(self._weights**2)

    @cached_property
    def _quantity(self) -> Array:
        return np.asarray(self._squares.sum(axis=0))

    @property
    def _reach(self) -> Array:
        """1 / kappa_j."""
        return np.asarray(self._asked + self._inverse.distance)

    def _among(self, columns: Array) -> Array:
        return columns if self._everyone else columns[..., self._here]

    def _spread(self, columns: Array) -> Array:
        """Put the present sellers' columns back among all sellers; the others' are 0."""
        if self._everyone:
            return columns
        spread = np.zeros((*columns.shape[:-1], len(self.costs)))
        spread[..., self._here] = columns
        return spread


def _bad_shapes(buyers: Array, sellers: Array, variances: Array) -> list[Problem]:
    problems = [
        Problem(name, f"has shape {means.shape}", "it is one row each, one column a dimension", "Give a list of rows.")
        for name, means in (("buyer_means", buyers), ("seller_means", sellers))
        if means.ndim != 2 or not means.size
    ]
    if problems:
        return problems
    if buyers.shape[1] != sellers.shape[1]:
        problems.append(
            Problem(
                "seller_means",
                f"has {sellers.shape[1]} dimensions",
                f"buyer_means has {buyers.shape[1]}",
                "Give both the same.",
            )
        )
    if variances.shape != (len(sellers),):
        found = f"has shape {variances.shape}"
        problems.append(Problem("variances", found, f"there are {len(sellers)} sellers", "Give one a seller."))
    return problems


def _bad_numbers(buyers: Array, sellers: Array, variances: Array) -> list[Problem]:
    problems = [
        Problem(
            f"{name}[{i}, {k}]",
            f"is {means[i, k]}",
            f"a mean is a number between -{NUMBER_MAX:g} and {NUMBER_MAX:g}",
            "Leave unknown estimates out.",
        )
        for name, means in (("buyer_means", buyers), ("seller_means", sellers))
        for i, k in np.argwhere(~(np.abs(means) <= NUMBER_MAX))
    ]
    return problems + [
        Problem(
            f"variances[{j}]",
            f"is {variances[j]}",
            f"a variance is a number from 0 to {NUMBER_MAX:g}",
            "State the total variance of the estimate.",
        )
        for j in np.flatnonzero(~((variances >= 0) & (variances <= NUMBER_MAX)))
    ]


def _too_high(reports: Array) -> list[Problem]:
    return [
        Problem(
            f"costs[{j}]",
            f"is {reports[j]}",
            f"a cost is at most {NUMBER_MAX:g} here, or inf",
            "Use inf for a seller who stays away.",
        )
        for j in np.flatnonzero((reports > NUMBER_MAX) & np.isfinite(reports))
    ]
