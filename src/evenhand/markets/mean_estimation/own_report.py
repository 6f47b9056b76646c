"""What moves with one seller's report in a mean-estimation market, the others' held?

Seller j joins a coalition S of the others, whose market alone has the weights w^S. With M_S the matrix of S, and
b_k = <mu_k, mu_j> for k in S,

    h = -M_S^-1 b,      r = mu_j + sum over k of h_k mu_k,      g_i = <mu_i, r>,
    d = sigma_j^2 + |r|^2 + sum over k of (sigma_k^2 + c_k) h_k^2,

a report of u gives, with y = d / (u + d), which is 1 for a report of 0 and 0 for staying away,

    w_ij = g_i y / d,             w_ik = w^S_ik + g_i h_k y / d
    quantity of j                 (R / d) y^2                      R = sum over i of g_i^2 / d
    cost of the others            constant + 2 P y + R s y^2       P = sum over i, k of c_k h_k w^S_ik g_i / d
    value to the buyers           constant + 2 (R + P) y + R (s - 1) y^2,       s = sum over k of c_k h_k^2 / d <= 1

(bordering M_S by one row; d is written as a sum of squares, so that nothing cancels). Whatever is paid for such
quantities and values is therefore a sum of fractions in u, one for each coalition that is looked at.
"""

from dataclasses import dataclass

import numpy as np

from evenhand.numerics.games import Masks
from evenhand.numerics.partial_fractions import EPSILON
from evenhand.records import Array

FLOATS_MAX = 2**22
"""At most so many numbers are held at a time for a batch of coalitions: 32 MiB."""


@dataclass(frozen=True)
class OwnReport:
    """One seller beside each of some coalitions of the others; d, R, P and s of the module's formulas.

    The last coalition is all others who are present.
    """

    distance: Array
    """(coalitions,) d."""
    reach: Array
    """(coalitions,) R."""
    crossing: Array
    """(coalitions,) P."""
    spending: Array
    """(coalitions,) s."""
    rounding: float
    """of P, in the last coalition."""

    def value_gain(self) -> tuple[Array, Array]:
        """Give the factors of y and y^2 in what the buyers gain when the seller joins: (coalitions,) each."""
        return 2 * (self.reach + self.crossing), self.reach * (self.spending - 1)

    def others_cost_slope(self, report: float) -> float:
        """Give the slope of the others' cost in the report; 0 where it is no more than rounding."""
        y = self.distance[-1] / (report + self.distance[-1])
        falling = self.crossing[-1] + self.reach[-1] * self.spending[-1] * y
        return 0.0 if abs(falling) <= self.rounding else float(-2 * y / (report + self.distance[-1]) * falling)


def own_report(
    mean: Array, variance: float, means: Array, variances: Array, costs: Array, buyer_means: Array, members: Masks
) -> OwnReport:
    """Put one seller beside coalitions of the others.

    Args:
        mean: (d,) the seller's.
        variance: the seller's.
        means: (others, d) of the others who are present.
        variances: (others,).
        costs: (others,) their reports, finite.
        buyer_means: (buyers, d).
        members: (coalitions, others); the last is all of them.

    Raises:
        LinAlgError: a coalition's matrix is singular.
    """
    others = len(means)
    gram = means @ means.T + np.diag(variances + costs)
    wanted = np.column_stack([means @ mean, means @ buyer_means.T])
    batch = max(1, FLOATS_MAX // max(1, 2 * others * (others + wanted.shape[1])))
    parts = []
    for start in range(0, max(len(members), 1), batch):
        inside = members[start : start + batch]
        systems = np.where(inside[:, :, None] & inside[:, None, :], gram, np.eye(others))
        solved = np.linalg.solve(systems, wanted * inside[:, :, None])
        bend, weights = -solved[:, :, 0], solved[:, :, 1:]  # h and w^S, 0 outside of the coalition
        residual = mean + bend @ means
        distance = variance + (residual**2).sum(axis=1) + bend**2 @ (variances + costs)
        distance = np.where(distance > 0, distance, 1.0)  # at 0 nothing is left of the seller's mean: g = 0
        towards = residual @ buyer_means.T
        shared = (weights @ (towards / distance[:, None])[:, :, None])[:, :, 0]
        reach = ((towards / np.sqrt(distance)[:, None]) ** 2).sum(axis=1)
        parts.append(np.stack([distance, reach, (shared * bend) @ costs, bend**2 @ costs / distance]))
    distance, reach, crossing, spending = np.concatenate(parts, axis=1)
    lengths = np.sqrt((means**2).sum(axis=1))
    size = lengths**2 + variances + costs
    bends = np.sqrt(mean @ mean) * lengths / np.where(size > 0, size, 1)  # how long h_k would be, were k alone
    sums = np.abs(weights[-1] * towards[-1] / distance[-1]).sum(axis=1) + np.abs(bend[-1]) * reach[-1] / distance[-1]
    noise = 8 * (1 + others) * EPSILON * float(costs @ ((np.abs(bend[-1]) + bends) * sums)) if others else 0.0
    return OwnReport(distance, reach, crossing, spending, noise)
