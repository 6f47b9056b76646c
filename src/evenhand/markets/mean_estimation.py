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
cost n times that. Where there are more sellers than dimensions, K is never formed: K = D^-1 - P' P with P (d, sellers).
"""

from functools import cached_property
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve, cholesky, lapack, solve_triangular

from evenhand.errors import OfferError, Problem
from evenhand.market import FullMarket, checked_costs
from evenhand.numerics.games import Masks
from evenhand.records import Allocation, Array, Without

FLOATS_MAX = 2**23
"""At most so many numbers are held at a time for a batch of coalitions: 64 MiB."""

LEVERAGE_MAX = 0.99
"""A seller who is nearly alone in a direction of space has a leverage near 1; 1 minus it would lose digits."""


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

    def __init__(self, buyer_means: Any, seller_means: Any, variances: Any) -> None:
        self.buyer_means = np.asarray(buyer_means, dtype=np.float64)
        self.seller_means = np.asarray(seller_means, dtype=np.float64)
        self.variances = np.asarray(variances, dtype=np.float64)
        problems = _bad_shapes(self.buyer_means, self.seller_means, self.variances) or _bad_numbers(
            self.buyer_means, self.seller_means, self.variances
        )
        if problems:
            raise OfferError(problems)
        self.columns = np.ascontiguousarray(self.seller_means.T)
        self.products = self.buyer_means @ self.columns

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
        return MeanClearing(self, checked_costs(costs, len(self.variances)))


class MeanClearing:
    """The closed forms at given reports; a seller who stays away is left out of every matrix."""

    def __init__(self, market: MeanEstimation, costs: Array) -> None:
        self.market = market
        self.costs = costs
        self._everyone = bool(np.isfinite(costs).all())
        self._here = np.flatnonzero(np.isfinite(costs))
        self._asked = self._among(costs)
        self._products = self._among(market.products)

    @cached_property
    def allocation(self) -> Allocation:
        """Who shares how much."""
        welfare = (self._weights * self._products).sum(axis=1)  # of each buyer: w M w' = w b'
        value = welfare + self._weights**2 @ self._asked
        return Allocation(self._spread(self._quantity), self._spread(self._weights), value, float(welfare.sum()))

    @cached_property
    def area(self) -> Array:
        """F_j / kappa_j."""
        return self._spread(self._quantity / self._kappa)

    @cached_property
    def without(self) -> Without:
        """By removing one seller's weights and correcting the others' along H: no matrix is solved again."""
        weights, costs, kappa = self._weights, self._asked, self._kappa
        saved = weights**2 / kappa  # what each buyer's welfare loses
        moved = self._inverse.times(weights * costs) / kappa  # sum_k c_k w_ik H_kj
        spent = self._inverse.squares(costs) / kappa**2  # sum_k c_k H_kj^2
        lost = saved + 2 * weights * moved - weights**2 * spent
        whole = self.allocation
        return Without(
            whole.value_by_buyer[:, None] - self._spread(lost), whole.welfare - self._spread(saved.sum(axis=0))
        )

    @cached_property
    def contributions(self) -> Array:
        """w_ij^2 (2 c_j + |mu_j|^2 + sigma_j^2): at the optimum the first-order condition leaves no other term."""
        means, variances = self._among(self.market.columns), self._among(self.market.variances)
        return self._spread(self._weights**2 * (2 * self._asked + (means**2).sum(axis=0) + variances))

    @property
    def thresholds(self) -> Array:
        """There are none: sellers share parts."""
        raise ValueError("a mean-estimation market sells parts and has no thresholds; ask `area` or `curve`")

    def curve(self, seller: int, reports: Any) -> Array:
        """F_j ((c_j + d_j) / (u + d_j))^2."""
        asked = np.asarray(reports, dtype=np.float64)
        if not np.isfinite(self.costs[seller]):
            costs = self.costs.copy()
            costs[seller] = self.market.variances[seller] + 1.0  # any report will do: d_j does not depend on it
            return self.market.clear(costs).curve(seller, asked)
        place = int(np.searchsorted(self._here, seller))
        own = self._inverse.distance[place]
        with np.errstate(divide="ignore"):  # a report of inf sells nothing
            return np.asarray(self._quantity[place] * ((self.costs[seller] + own) / (asked + own)) ** 2)

    def coalition_values(self, masks: Masks) -> Array:
        """By solving many coalitions at a time."""
        members = np.asarray(masks, dtype=bool) & np.isfinite(self.costs)
        means, products = self.market.seller_means, self.market.products
        costs = np.where(np.isfinite(self.costs), self.costs, 0)
        diagonal = costs + self.market.variances
        if _low_rank(self.market.columns, diagonal):
            return _values_by_directions(members, self.market.buyer_means, means, products, costs, diagonal)
        return _values_by_members(members, means, products, costs, diagonal)

    def prefix_values(self, orders: Any) -> Array:
        """By one Cholesky factor an order: its leading blocks are the factors of all prefixes."""
        return np.stack([self._values_in_order(np.asarray(order)) for order in np.asarray(orders)])

    def _values_in_order(self, order: Array) -> Array:
        """Value each prefix of an order.

        With L the factor of M in this order and Y = L^-1 b', a prefix of length t has welfare |Y_t|^2 and costs
        sum over a, b <= t of (Y Y')_ab (L^-1 diag(c) L^-T)_ab, since leading blocks of L^-1 are inverses of those of L.
        """
        present = np.isfinite(self.costs[order])
        arriving = order[present]
        if not len(arriving):
            return np.zeros(len(order))
        means = self.market.seller_means[arriving]
        costs = self.costs[arriving]
        factor = _factor(means @ means.T + np.diag(costs + self.market.variances[arriving]))
        reduced = solve_triangular(factor, self.market.products[:, arriving].T, lower=True, check_finite=False)
        inverse = _inverted(factor)
        shared = (reduced @ reduced.T) * ((inverse * costs) @ inverse.T)
        steps = (reduced**2).sum(axis=1) + 2 * np.tril(shared, -1).sum(axis=1) + np.diag(shared)
        return np.asarray(np.concatenate([[0.0], np.cumsum(steps)])[np.cumsum(present)])

    @cached_property
    def _inverse(self) -> "_Dense | _LowRank":
        means = self._among(self.market.columns)
        variances = self._among(self.market.variances)
        if _low_rank(means, variances + self._asked):
            return _LowRank(means, variances, self._asked)
        return _Dense(means, variances, self._asked)

    @cached_property
    def _weights(self) -> Array:
        if isinstance(self._inverse, _LowRank):
            return self._inverse.weights(self.market.buyer_means)
        return self._inverse.times(self._products)

    @cached_property
    def _quantity(self) -> Array:
        return np.asarray((self._weights**2).sum(axis=0))

    @property
    def _kappa(self) -> Array:
        return self._inverse.diagonal

    def _among(self, columns: Array) -> Array:
        return columns if self._everyone else columns[..., self._here]

    def _spread(self, columns: Array) -> Array:
        """Put the present sellers' columns back among all sellers; the others' are 0."""
        if self._everyone:
            return columns
        spread = np.zeros((*columns.shape[:-1], len(self.costs)))
        spread[..., self._here] = columns
        return spread


class _Dense:
    """K = M^-1 from one Cholesky factor, for fewer sellers than dimensions."""

    def __init__(self, means: Array, variances: Array, costs: Array) -> None:
        self._costs = costs
        self._factor = _factor(means.T @ means + np.diag(variances + costs))

    @cached_property
    def _matrix(self) -> Array:
        if not self._factor.size:  # nobody is here
            return self._factor
        inverse, failed = lapack.dpotri(self._factor, lower=1)
        assert not failed, "a factor with a positive diagonal has an inverse"
        return np.asarray(np.tril(inverse) + np.tril(inverse, -1).T)

    @cached_property
    def diagonal(self) -> Array:
        """K_jj."""
        return self._matrix.diagonal()

    @cached_property
    def distance(self) -> Array:
        """d_j = 1 / K_jj - c_j."""
        return 1 / self.diagonal - self._costs

    def times(self, rows: Array) -> Array:
        """Give rows K."""
        return np.asarray(cho_solve((self._factor, True), rows.T, check_finite=False).T)

    def squares(self, costs: Array) -> Array:
        """Give sum_k c_k K_kj^2."""
        return np.asarray(costs @ self._matrix**2)


class _LowRank:
    """K = D^-1 - P' P with P (d, sellers), for more sellers than dimensions; K itself is never formed."""

    def __init__(self, means: Array, variances: Array, costs: Array) -> None:
        self._means, self._variances, self._costs = means, variances, costs
        self._d = variances + costs
        self._scaled = means / self._d  # U' D^-1
        self._factor = _factor(np.eye(len(means)) + self._scaled @ means.T)

    def weights(self, buyer_means: Array) -> Array:
        """Give B U' K = B (1 + U' D^-1 U)^-1 U' D^-1, which cancels nothing."""
        solved = cho_solve((self._factor, True), buyer_means.T, check_finite=False)
        return np.asarray(solved.T @ self._scaled)

    @cached_property
    def _half(self) -> Array:
        return np.asarray(_inverted(self._factor) @ self._scaled)

    @cached_property
    def _lengths(self) -> Array:
        return np.asarray((self._half**2).sum(axis=0))

    @cached_property
    def distance(self) -> Array:
        """d_j = 1 / K_jj - c_j = (sigma_j^2 + c_j h_j) / (1 - h_j), with the leverage h_j = D_j |P_j|^2."""
        leverage = self._d * self._lengths
        distance = (self._variances + self._costs * leverage) / np.maximum(1 - leverage, np.finfo(np.float64).tiny)
        for place, _, reach in self._alone:
            distance[place] = self._variances[place] + reach
        return np.asarray(distance)

    @cached_property
    def diagonal(self) -> Array:
        """K_jj."""
        return 1 / (self._costs + self.distance)

    def times(self, rows: Array) -> Array:
        """Give rows K."""
        product = rows / self._d - (rows @ self._half.T) @ self._half
        for place, column, _ in self._alone:
            product[:, place] = rows @ column * self.diagonal[place]
        return np.asarray(product)

    def squares(self, costs: Array) -> Array:
        """Give sum_k c_k K_kj^2."""
        inner = (self._half * costs) @ self._half.T @ self._half
        sums = costs / self._d * (1 / self._d - 2 * self._lengths) + (inner * self._half).sum(axis=0)
        for place, column, _ in self._alone:
            sums[place] = costs @ column**2 * self.diagonal[place] ** 2
        return np.asarray(sums)

    @cached_property
    def _alone(self) -> list[tuple[int, Array, float]]:
        """Solve again without each seller whose leverage is near 1: place, H_.j, and the distance beyond the variance.

        There are few: leverages sum to at most d. With G_-j = 1 + U_-j' D_-j^-1 U_-j summed without j (taking a term
        away again would cancel), H_kj = -u_k G_-j^-1 u_j / D_k and 1 / K_jj = D_j + u_j G_-j^-1 u_j.
        """
        alone = []
        for place in np.flatnonzero(self._d * self._lengths > LEVERAGE_MAX):
            others = np.arange(len(self._d)) != place
            rest = np.eye(len(self._means)) + self._scaled[:, others] @ self._means[:, others].T
            own = self._means[:, place]
            towards = cho_solve(cho_factor(rest, lower=True), own)
            column = -towards @ self._scaled
            column[place] = 1.0
            alone.append((int(place), column, float(own @ towards)))
        return alone


def _low_rank(columns: Array, diagonal: Array) -> bool:
    dimensions, sellers = columns.shape
    return 2 * dimensions <= sellers and bool((diagonal > 0).all())


def _factor(matrix: Array) -> Array:
    """Give the lower Cholesky factor.

    Raises:
        OfferError: the matrix is singular, so the allocation is not unique.
    """
    try:
        return np.asarray(cholesky(matrix, lower=True, check_finite=False))
    except np.linalg.LinAlgError:
        raise OfferError(
            Problem(
                "costs and variances",
                "are both 0 for sellers whose means depend linearly on each other's",
                "many allocations are then equally good, and none of them is the market's",
                "State a cost or a variance above 0 for these sellers, or merge them.",
            )
        ) from None


def _inverted(factor: Array) -> Array:
    """Invert a lower Cholesky factor."""
    inverse, failed = lapack.dtrtri(factor, lower=1)
    assert not failed, "a factor with a positive diagonal has an inverse"
    return np.asarray(inverse)


def _values_by_directions(
    members: Masks, buyer_means: Array, means: Array, products: Array, costs: Array, diagonal: Array
) -> Array:
    """Value coalitions by systems of d equations, more sellers than dimensions."""
    dimensions, buyers = means.shape[1], len(buyer_means)
    outer = (means[:, :, None] * (means / diagonal[:, None])[:, None, :]).reshape(len(means), -1)
    batch = max(1, FLOATS_MAX // (dimensions**2 + 3 * buyers * len(means)))
    values = []
    for start in range(0, len(members), batch):
        inside = members[start : start + batch]
        systems = np.eye(dimensions) + (inside @ outer).reshape(-1, dimensions, dimensions)
        towards = np.linalg.solve(systems, np.broadcast_to(buyer_means.T, (len(inside), dimensions, buyers)))
        weights = np.matrix_transpose(towards) @ (means / diagonal[:, None]).T * inside[:, None, :]
        values.append((weights * (products + costs * weights)).sum(axis=(1, 2)))
    return np.concatenate(values) if values else np.zeros(0)


def _values_by_members(members: Masks, means: Array, products: Array, costs: Array, diagonal: Array) -> Array:
    """Value coalitions by systems of as many equations as members, all coalitions of one size together."""
    gram = means @ means.T + np.diag(diagonal)
    sizes = members.sum(axis=1)
    values = np.zeros(len(members))
    for size in np.unique(sizes[sizes > 0]):
        rows = np.flatnonzero(sizes == size)
        batch = max(1, FLOATS_MAX // int(size * (2 * size + 3 * len(products))))
        for start in range(0, len(rows), batch):
            chosen = rows[start : start + batch]
            inside = np.nonzero(members[chosen])[1].reshape(-1, size)
            systems = gram[inside[:, :, None], inside[:, None, :]]
            wanted = np.moveaxis(products[:, inside], 0, -1)  # (coalitions, members, buyers)
            weights = _solved(systems, wanted)
            values[chosen] = (weights * (wanted + costs[inside][:, :, None] * weights)).sum(axis=(1, 2))
    return values


def _solved(systems: Array, wanted: Array) -> Array:
    try:
        return np.asarray(np.linalg.solve(systems, wanted))
    except np.linalg.LinAlgError:
        for system in systems:
            _factor(system)  # refuses in our words
        raise


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
        Problem(f"{name}[{i}, {k}]", f"is {means[i, k]}", "a mean is a finite number", "Leave unknown estimates out.")
        for name, means in (("buyer_means", buyers), ("seller_means", sellers))
        for i, k in np.argwhere(~np.isfinite(means))
    ]
    return problems + [
        Problem(
            f"variances[{j}]",
            f"is {variances[j]}",
            "a variance is a finite number, 0 or more",
            "State the total variance of the estimate.",
        )
        for j in np.flatnonzero(~(np.isfinite(variances) & (variances >= 0)))
    ]
