"""How much of each seller do the others hold already? The matrix of a mean-estimation market, inverted.

With U the sellers' means (sellers, d), D = diag(sigma^2 + c), M = U U' + D and b = B U' for the buyers' means B,

    K = M^-1,      W = b K,      kappa_j = K_jj,      d_j = 1 / kappa_j - c_j,      H_kj = K_kj / kappa_j.

H_kj says how much of seller k stands in for seller j, and d_j how far seller j is from what the others can say:

    d_j = sigma_j^2 + |sum over all k of H_kj mu_k|^2 + sum over k other than j of D_k H_kj^2,      H_jj = 1.

Three ways lead to K. Fewer sellers than dimensions: a Cholesky factor of M (`BySellers`). More: K is never formed, for

    K = D^-1 - P' P,      P = L^-1 U' D^-1,      1 + U' D^-1 U = L L',      W = B L^-T P

with P (d, sellers) (`ByDirections`), where L is a Cholesky factor too (`Cholesky`). Both factors lose digits where the
sellers' means overlap and some sigma^2 + c are small beside |mu|^2. It shows on the factor's diagonal (`SOUND`); an
orthogonal factor (`Orthogonal`) is then taken, which takes longer and loses none.
"""

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy.linalg import lapack, qr, solve_triangular

from evenhand.errors import OfferError, Problem
from evenhand.records import Array

SOUND = 1e-4
"""The least share of a diagonal entry that may be left when a Cholesky factor comes to it; four digits may be lost."""

LEVERAGE_MAX = 0.99
"""A seller who is nearly alone in a direction of space has a leverage near 1; 1 minus it would lose digits."""

SMALLEST = 1e-30
"""A sigma^2 + c of 0 is taken for this share of the longest |mu|^2: too small to be seen in any answer."""

ALONE_LEAST = 1e-24
"""A seller with sigma^2 + c = 0 is refused where less than this share of |mu_j|^2 is out of the others' reach."""


def overlap(
    columns: Array, buyer_means: Array, products: Array, variances: Array, costs: Array
) -> "BySellers | ByDirections":
    """Invert the matrix of the sellers who are present, by the fastest way that keeps the digits.

    Args:
        columns: (d, sellers) the sellers' means.
        buyer_means: (buyers, d).
        products: (buyers, sellers) <mu_i, mu_j>.
        variances: (sellers,).
        costs: (sellers,) the reports, finite.

    Raises:
        OfferError: the matrix is singular, so the allocation is not unique.
    """
    diagonal = variances + costs
    if more_sellers(columns, diagonal):
        factor = Cholesky(columns, diagonal)
        if factor.sound:
            return ByDirections(factor, buyer_means, variances, costs)
    else:
        inverse = BySellers(columns, products, variances, costs)
        if inverse.sound:
            return inverse
    lengths = (columns**2).sum(axis=0)
    careful = Orthogonal(columns, np.maximum(diagonal, SMALLEST * (lengths.max() or 1.0)))
    exact = ByDirections(careful, buyer_means, variances, costs)
    free = diagonal == 0
    if free.any() and (exact.distance[free] <= ALONE_LEAST * lengths[free]).any():
        raise not_unique()
    return exact


def more_sellers(columns: Array, diagonal: Array) -> bool:
    """Say whether there are so many more sellers than dimensions (d, sellers) that directions are the faster way."""
    dimensions, sellers = columns.shape
    return 2 * dimensions <= sellers and bool(diagonal.min() > 0)


class BySellers:
    """K from a Cholesky factor of M."""

    def __init__(self, columns: Array, products: Array, variances: Array, costs: Array) -> None:
        self._columns, self._products, self._variances, self._costs = columns, products, variances, costs
        matrix = columns.T @ columns
        _diagonal(matrix)[:] += variances + costs
        self._factor, self.sound = factored(matrix)

    @cached_property
    def weights(self) -> Array:
        """W = b K: (buyers, sellers)."""
        if not self._factor.size:  # nobody is here
            return self._products
        return np.asarray(lapack.dpotrs(self._factor, self._products.T, lower=1)[0].T)

    @cached_property
    def distance(self) -> Array:
        """d_j: (sellers,). Where c_j is so large that the difference loses digits, by the sum of squares."""
        distance = 1 / self._matrix.diagonal() - self._costs
        high = np.flatnonzero(SOUND * self._costs > distance)
        if len(high):
            towards = self._matrix[:, high] / self._matrix.diagonal()[high]
            unmatched = ((self._columns @ towards) ** 2).sum(axis=0)
            towards[high, np.arange(len(high))] = 0.0
            distance[high] = self._variances[high] + unmatched + (self._variances + self._costs) @ towards**2
        return np.asarray(distance)

    def lost(self) -> Array:
        """Give what each buyer's value falls by without each seller: (buyers, sellers)."""
        weights, costs, reach = self.weights, self._costs, 1 / self._matrix.diagonal()
        towards = self._matrix * reach  # H
        _diagonal(towards)[:] = 0.0
        own = reach + costs - costs @ towards**2
        return np.asarray(weights * (weights * own + 2 * (weights * costs @ towards)))

    @cached_property
    def _matrix(self) -> Array:
        if not self._factor.size:
            return self._factor
        lower, failed = lapack.dpotri(self._factor, lower=1)
        assert not failed, "a factor with a positive diagonal has an inverse"
        matrix = lower + lower.T
        _diagonal(matrix)[:] /= 2
        return np.asarray(matrix)


class ByDirections:
    """K = D^-1 - P' P from a factor of 1 + U' D^-1 U."""

    def __init__(self, factor: "Cholesky | Orthogonal", buyer_means: Array, variances: Array, costs: Array) -> None:
        self._factor, self._buyer_means, self._variances, self._costs = factor, buyer_means, variances, costs

    @cached_property
    def weights(self) -> Array:
        """W = B L^-T P, which cancels nothing: (buyers, sellers)."""
        return self._factor.weights(self._buyer_means)

    @property
    def distance(self) -> Array:
        """d_j = (sigma_j^2 + c_j h_j) / (1 - h_j), with the leverage h_j = D_j |P_j|^2: (sellers,)."""
        return self._apart.distance

    def lost(self) -> Array:
        """Give what each buyer's value falls by without each seller: (buyers, sellers).

        H_kj = -<P_k, P_j> / kappa_j, so every sum over the others is one of <P_j, T_j> or <Y_i, T_j> without what k = j
        adds to it, where T_j = sum_k c_k P_k <P_k, P_j> and W = Y P.
        """
        half, costs, weights = self._factor.half, self._costs, self.weights
        lengths, distance, alone = self._apart
        reach, borne = costs + distance, costs * lengths
        pulled = (half * costs) @ half.T @ half
        spent = (np.einsum("ij,ij->j", half, pulled) - borne * lengths) * reach
        own = costs + reach * (1 + 2 * borne - spent)
        twice = 2 * self._factor.reduced(self._buyer_means)
        lost = weights * (weights * own - (twice @ pulled) * reach)
        for place, towards in alone.items():
            own_alone = 2 * costs[place] + distance[place] - costs @ towards**2
            lost[:, place] = weights[:, place] * (weights[:, place] * own_alone + 2 * (weights * costs) @ towards)
        return np.asarray(lost)

    @cached_property
    def _apart(self) -> "_Apart":
        factor = self._factor
        lengths = np.einsum("ij,ij->j", factor.half, factor.half)
        leverage = factor.diagonal * lengths
        alone: dict[int, Array] = {}
        if leverage.max() <= LEVERAGE_MAX:
            return _Apart(lengths, (self._variances + self._costs * leverage) / (1 - leverage), alone)
        high = np.flatnonzero(leverage > LEVERAGE_MAX)
        leverage[high] = 0.0
        distance = (self._variances + self._costs * leverage) / (1 - leverage)
        for place in high.tolist():
            beyond, alone[place] = _solved_without(factor.columns, factor.diagonal, place)
            distance[place] += beyond
        return _Apart(lengths, distance, alone)


class _Apart(NamedTuple):
    """How far each seller is from the others."""

    lengths: Array
    """(sellers,) |P_j|^2."""
    distance: Array
    """(sellers,) d_j."""
    alone: dict[int, Array]
    """place -> (sellers,) H_kj of those whose leverage is near 1; there are few, for leverages sum to at most d."""


def _solved_without(columns: Array, diagonal: Array, place: int) -> tuple[float, Array]:
    """Solve again without one seller: d_j - sigma_j^2, and (sellers,) H_kj of the others.

    With G_-j = 1 + U_-j' D_-j^-1 U_-j summed without j (taking a term away again would cancel),
    H_kj = -u_k G_-j^-1 u_j / D_k and d_j - sigma_j^2 = u_j G_-j^-1 u_j.
    """
    others = np.arange(len(diagonal)) != place
    rest, own = Orthogonal(columns[:, others], diagonal[others]), columns[:, place][None, :]
    towards = np.zeros(len(diagonal))
    towards[others] = -rest.weights(own)[0]
    return float((rest.reduced(own) ** 2).sum()), towards


class Cholesky:
    """1 + U' D^-1 U = L L' by Cholesky."""

    def __init__(self, columns: Array, diagonal: Array) -> None:
        self.columns, self.diagonal = columns, diagonal
        self._scaled = columns / diagonal  # U' D^-1
        matrix = self._scaled @ columns.T
        _diagonal(matrix)[:] += 1
        self._factor, self.sound = factored(matrix)

    def weights(self, rows: Array) -> Array:
        """Give rows L^-T P."""
        return np.asarray(lapack.dpotrs(self._factor, rows.T, lower=1)[0].T @ self._scaled)

    def reduced(self, rows: Array) -> Array:
        """Give rows L^-T."""
        return np.asarray(rows @ self._inverse.T)

    @cached_property
    def half(self) -> Array:
        """P = L^-1 U' D^-1."""
        return np.asarray(self._inverse @ self._scaled)

    @cached_property
    def _inverse(self) -> Array:
        return inverted(self._factor)


class Orthogonal:
    """1 + U' D^-1 U = L L' without forming the sum: L' is the triangle of [D^-1/2 U; 1] = Q L', and P = Q' D^-1/2.

    Long rows go first and long columns are eliminated first, so that every row is factored to its own precision,
    however far the rows' lengths lie apart [Higham02, section 19.4].
    """

    def __init__(self, columns: Array, diagonal: Array) -> None:
        self.columns, self.diagonal = columns, diagonal
        rows = np.vstack([(columns / np.sqrt(diagonal)).T, np.eye(len(columns))])
        order = np.argsort(-np.abs(rows).max(axis=1), kind="stable")
        rotation, self._triangle, self._pivots = qr(rows[order], mode="economic", pivoting=True)
        unsorted = np.empty_like(rotation)
        unsorted[order] = rotation
        self.half: Array = unsorted[: len(diagonal)].T / np.sqrt(diagonal)

    def weights(self, rows: Array) -> Array:
        """Give rows L^-T P."""
        return np.asarray(self.reduced(rows) @ self.half)

    def reduced(self, rows: Array) -> Array:
        """Give rows L^-T."""
        return np.asarray(solve_triangular(self._triangle, rows.T[self._pivots], trans="T", check_finite=False).T)


def factored(matrix: Array) -> tuple[Array, bool]:
    """Give the lower Cholesky factor of a symmetric matrix, and whether its digits are right (`SOUND`)."""
    factor, failed = lapack.dpotrf(matrix, lower=1)
    sound = not failed and bool((factor.diagonal() ** 2 >= SOUND * matrix.diagonal()).all())
    return np.asarray(factor), sound


def inverted(factor: Array) -> Array:
    """Invert a lower Cholesky factor."""
    inverse, failed = lapack.dtrtri(factor, lower=1)
    assert not failed, "a factor with a positive diagonal has an inverse"
    return np.asarray(inverse)


def _diagonal(matrix: Array) -> Any:
    """Give a view of the diagonal of a matrix that is held in one piece."""
    return matrix.reshape(-1, order="A")[:: len(matrix) + 1]


def not_unique() -> OfferError:
    """Refuse sellers who could stand in for each other at no cost."""
    return OfferError(
        Problem(
            "costs and variances",
            "are both 0 for sellers whose means depend linearly on each other's",
            "many allocations are then equally good, and none of them is the market's",
            "State a cost or a variance above 0 for these sellers, or merge them.",
        )
    )
