"""How much can a seller be left with on a whole interval of reports?

A market that maximises welfare exactly over a fixed set, in which the seller can be left out, says so
(`maximises_welfare = True`). There welfare SW falls in the seller's report with slope -f (the envelope theorem;
E-000-02 in docs/errata.md), and the quantity f never rises. So for all reports u from a to b

    threshold, vcg      the payment p never rises:  p(u) - true f(u) <= p(a) - true f(b)
    direct              (u - true) f(u) <= (a - true) f(a) + SW(a) - SW(b)    from the truth on
                                        <= (b - true) f(b) <= 0               up to the truth
    leave_one_out       p(u) - true f(u) = E(u) + N(u) - constant, with E = SW + (u - true) f, which rises up to the
                        truth and falls from there on, and N the others' cost
    shapley             the average of the same over coalitions, of which only the last has true f taken off

The others' cost may move either way, but not far. Where value is concave in the weights on a convex set and
f_k = sum_i w_ik^2 (`strongly_concave = True`), whoever takes the weights of another report loses at least
sum_k c_k |dw_k|^2 + u |dw_j|^2, as u is the seller's report. Adding the losses both ways, between two reports

    sum over k other than j of c_k |dw_k|^2 <= (b - a) (f(a) - f(b)) / 2,

and one way it is at most SW(a) - SW(b), which bounds it for b infinite too. sqrt N is a norm of the others' weights, so

    sqrt N(u) <= (sqrt N(a) + sqrt N(b) + D) / 2,      D^2 = (b - a) (f(a) - f(b)) / 2, or 2 (SW(a) - SW(b)) to infinity

(by Cauchy-Schwarz over the two parts of the way). All bounds close in as the interval shrinks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from evenhand.errors import OfferError
from evenhand.market import Clearing, Market, borne, clearing_for, reporting
from evenhand.numerics.games import shapley_weights, subsets
from evenhand.records import Array

START = 17
"""Reports at which a search begins, spread over the axis."""

LOWEST = 1e-9
"""Where a market does not exist at a report of 0, this share of a typical cost is the lowest report."""

REPORT, PAYMENT, QUANTITY, WELFARE, OTHERS = range(5)
"""What is kept of each report, for each coalition: arrays (reports, 5, coalitions); OTHERS is the others' cost."""

Bound = Callable[[Array, Array, float, Array], Array]
"""(at the lower ends, at the higher ends, true cost, weights of the coalitions) -> bounds on utility, (intervals,)."""


@dataclass(frozen=True)
class Axis:
    """Reports from 0 to infinity as places from 1 to 0: place = scale / (report + scale).

    `marks` are reports that come back from their places as they are; the first is the truth.
    """

    scale: float
    marks: tuple[float, ...]
    lowest: float = 0.0
    """the lowest report that the market takes."""

    def place(self, report: float) -> float:
        """Give the place of a report; 0 for inf."""
        return self.scale / (report + self.scale)

    def reports(self, places: Array) -> Array:
        """Give the reports at some places."""
        reports = np.full(len(places), np.inf)
        np.divide(self.scale * (1 - places), places, out=reports, where=places > 0)
        for mark in (*self.marks, self.lowest):
            reports[places == self.place(mark)] = mark
        return reports

    @property
    def start(self) -> list[float]:
        """Give places to begin a search with."""
        return [*np.linspace(0.0, self.place(self.lowest), START), *(self.place(mark) for mark in self.marks)]


@dataclass(frozen=True)
class Held:
    """One seller's choice, the others' reports held; of the coalitions that the rule looks at the last is everyone."""

    market: Any
    costs: Array
    seller: int
    pay: Callable[[Clearing], Array]
    true: float
    members: Array
    """(coalitions, sellers) the others in each."""
    weights: Array
    """(coalitions,) the weight of each in the payment."""

    @classmethod
    def of(
        cls, market: Any, costs: Any, seller: int, pay: Callable[[Clearing], Array], true: float, *, every: bool
    ) -> "Held":
        """Look at every coalition of the others, or at all of them together."""
        reports = np.asarray(costs, dtype=np.float64)
        others = np.flatnonzero(np.isfinite(reports) & (np.arange(len(reports)) != seller))
        chosen = subsets(len(others)) if every else np.ones((1, len(others)), dtype=bool)
        members = np.zeros((len(chosen), len(reports)), dtype=bool)
        members[:, others] = chosen
        by_size = np.array(shapley_weights(1 + len(others)), dtype=np.float64)
        weights = by_size[chosen.sum(axis=1)] if every else np.ones(1)
        return cls(market, reports, seller, pay, true, members, weights)

    def axis(self) -> Axis:
        """Give the reports on the scale of the costs; some markets do not exist where a report is 0."""
        seen = np.append(self.costs[self.members[-1]], self.true)
        scale = float(np.median(seen[seen > 0])) if (seen > 0).any() else 1.0
        try:
            self.market.allocate(reporting(self.costs, self.seller, 0.0))
            lowest = 0.0
        except OfferError:
            lowest = LOWEST * scale
        return Axis(scale, (self.true, self.true / float(self.weights[-1])), lowest)

    def known(self, reports: Array) -> Array:
        """Clear the market of every coalition at each report: (reports, 5, coalitions)."""
        known = np.empty((len(reports), 5, len(self.members)))
        for row, report in enumerate(reports):
            for column, mask in enumerate(self.members):
                reports_of_all = reporting(np.where(mask, self.costs, np.inf), self.seller, report)
                cleared = clearing_for(self.market, reports_of_all, self.seller)
                sold, welfare = cleared.allocation.quantity[self.seller], cleared.allocation.welfare
                known[row, 2:, column] = sold, welfare, others_cost(cleared, self.seller)
            known[row, :2] = np.array([[report], [paid(cleared, self.seller, self.pay)]])
        return known

    def utility(self, known: Array) -> Array:
        """payment - true * quantity: (reports,)."""
        return np.asarray(known[:, PAYMENT, -1] - self.true * known[:, QUANTITY, -1])


def falling(low: Array, high: Array, true: float, weights: Array) -> Array:
    """Bound payment - true * quantity where neither ever rises in the report."""
    del weights
    return np.asarray(low[:, PAYMENT, -1] - true * high[:, QUANTITY, -1])


def reimbursed(low: Array, high: Array, true: float, weights: Array) -> Array:
    """Bound (report - true) f."""
    del weights
    a, b = low[:, :, -1], high[:, :, -1]
    dear = a[:, REPORT] >= true
    above = np.where(dear, a[:, REPORT] - true, 0.0) * a[:, QUANTITY] + np.maximum(a[:, WELFARE] - b[:, WELFARE], 0)
    below = np.where(dear, 0.0, b[:, REPORT] - true) * b[:, QUANTITY]
    return np.where(dear, above, below)


def marginal(low: Array, high: Array, true: float, weights: Array) -> Array:
    """Bound the average over coalitions of SW + report f + N, minus true * f of the last: E + N for each."""
    discount = np.zeros(len(weights))
    discount[-1] = true / weights[-1]  # E of the last coalition peaks at this report, of the others at 0
    peaks = np.where(low[:, REPORT] >= discount, low[:, WELFARE], high[:, WELFARE])
    at = np.where(low[:, REPORT] >= discount, low[:, REPORT], high[:, REPORT])
    sold = np.where(low[:, REPORT] >= discount, low[:, QUANTITY], high[:, QUANTITY])
    truthful = peaks + (np.where(sold > 0, at, 0.0) - discount) * sold
    return np.asarray((truthful + others_ceiling(low, high)) @ weights)


def others_ceiling(low: Array, high: Array) -> Array:
    """Bound the others' cost between two reports: (intervals, coalitions)."""
    return np.asarray(((np.sqrt(low[:, OTHERS]) + np.sqrt(high[:, OTHERS]) + np.sqrt(moved(low, high))) / 2) ** 2)


def moved(low: Array, high: Array) -> Array:
    """Bound D^2: how far the others' weights move from one report to any between, and on to the other."""
    finite = np.isfinite(high[:, REPORT])
    fallen = np.maximum(low[:, QUANTITY] - high[:, QUANTITY], 0)
    width = np.where(finite, high[:, REPORT], low[:, REPORT]) - low[:, REPORT]
    saved = np.maximum(low[:, WELFARE] - high[:, WELFARE], 0)
    return np.asarray(np.where(finite, width * fallen / 2, 2 * saved))


BOUNDS: dict[str, Bound] = {
    "direct": reimbursed,
    "leave_one_out": marginal,
    "shapley": marginal,
    "threshold": falling,
    "vcg": falling,
}
"""Payment rule, as in `payments.RULES` -> a bound on utility between two reports."""


def bound_of(rule: str, market: Market) -> Bound | None:
    """Give the bound that holds for a payment rule on a market; None where none is known to."""
    if not getattr(market, "maximises_welfare", False):
        return None
    bound = BOUNDS.get(rule)
    return bound if bound is not marginal or getattr(market, "strongly_concave", False) else None


def paid(cleared: Clearing, seller: int, pay: Callable[[Clearing], Array]) -> float:
    """Give what one seller is paid; who stays away is paid nothing, even where the others' payments do not exist."""
    return 0.0 if cleared.costs[seller] == np.inf else float(pay(cleared)[seller])


def others_cost(cleared: Clearing, seller: int) -> float:
    """Give what all other sellers say that their shares cost them."""
    spent = borne(cleared.costs, cleared.allocation.quantity)
    return float(spent.sum() - spent[seller])
