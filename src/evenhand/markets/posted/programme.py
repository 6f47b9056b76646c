"""What does a buyer buy among many datasets whose utilities add up, or interact in pairs? By integer programme.

With z_ij for "both i and j are bought", the buyer's problem [FairShare25, eqs. 1-2] is linear in 0/1 numbers,

    maximise    sum_i (a_i - p_i) x_i + sum_{i<j} w_ij z_ij    subject to    sum_i p_i x_i <= b,
    z_ij <= x_i, x_j  where w_ij > 0,       z_ij >= x_i + x_j - 1  where w_ij < 0,

and so is the highest price t at which one more dataset is bought (willingness.py):

    maximise t    subject to    t <= u(x + e) - p.x - (best net without),    t <= b - p.x.

HiGHS solves both, through scipy. What it finds is rounded to 0/1 and worked out again in whole numbers or floats; a
bundle that only its tolerances let through is cut off and the programme solved again. Optimal up to a part in 10^9.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from evenhand.errors import Problem
from evenhand.markets.posted.bundles import ROUNDING, Additive, Number, Pairwise, nearly, overdraft
from evenhand.markets.posted.sale import Purchase, Sale, bought, on_sale
from evenhand.records import Array

SCALE = 1e4
"""The largest coefficient of what is maximised: the solver stops within 10^-6, absolutely."""


class Programme:
    """One buyer's decisions, by integer programme."""

    def __init__(self, sale: Sale) -> None:
        assert isinstance(sale.utility, Additive | Pairwise)
        self.sale = sale
        self.own = np.asarray(sale.utility.utilities, np.float64)
        pairs = sale.utility.interactions if isinstance(sale.utility, Pairwise) else None
        self.pairs = None if pairs is None else np.asarray(pairs, np.float64)
        self.equal = nearly(sale.utility.utilities) if pairs is None else nearly(sale.utility.utilities, pairs)

    @staticmethod
    def unsuited(sale: Sale) -> Problem | None:
        """Refuse utilities that are not linear in datasets and pairs."""
        if isinstance(sale.utility, Additive | Pairwise):
            return None
        found, bound = f"is {type(sale.utility).__name__}", "an integer programme needs datasets and pairs that add up"
        return Problem("utility", found, bound, "Say it as Additive or Pairwise, or use another method.")

    @staticmethod
    def work(sale: Sale) -> float:
        """Come last: nobody can say how long a search takes."""
        del sale
        return inf

    def purchase(self, prices: Sequence[Number]) -> Purchase:
        """Maximise the net utility within the budget."""
        here, asked = self._useful(prices)
        if not here:
            return bought(self.sale, (), prices)
        linear, limits = self._parts(here, asked)
        chosen = self._solved(linear, limits, asked, 0)
        found = bought(self.sale, tuple(sorted(here[place] for place in chosen)), prices)
        worse = found.net < -ROUNDING * (abs(found.utility) + found.spent)  # by less than the solver notices
        return bought(self.sale, (), prices) if worse else found

    def willingness(self, prices: Sequence[Number], item: int) -> Number:
        """Maximise the price at which the item is still bought."""
        alone = [inf if dataset == item else price for dataset, price in enumerate(prices)]
        before = self.purchase(alone).net
        here, asked = self._useful(prices, item)
        chosen = self._with_item(here, asked, item, float(before)) if here else []
        spent = sum(prices[here[place]] for place in chosen)
        bundle = tuple(sorted([item, *(here[place] for place in chosen)]))
        gained = self.sale.utility.of(bundle, self.sale.n) - spent - before
        return gained if self.sale.budget == inf else min(gained, max(self.sale.budget - spent, 0))

    def _useful(self, prices: Sequence[Number], item: int | None = None) -> tuple[list[int], Array]:
        """List the datasets that may be in a best bundle, with the item if there is one, and their prices.

        Others lose money whatever is beside them, or exceed the budget; kept, they would only make the numbers large.
        """
        here, asked = on_sale(self.sale.ids, prices, without=item)
        most = self.own[here] - asked
        if self.pairs is not None:
            most = most + np.maximum(self.pairs[np.ix_(here, here)], 0).sum(axis=1)
            most = most if item is None else most + self.pairs[here, item]
        kept = np.flatnonzero((most >= 0) & (asked <= self.sale.budget))
        return [here[place] for place in kept], asked[kept]

    def _with_item(self, here: list[int], asked: Array, item: int, before: float) -> list[int]:
        linear, limits = self._parts(here, asked, item)
        price = np.zeros(len(linear) + 1)
        price[-1] = 1
        unit = max(np.abs(linear).max(), asked.max(), self.own[item]) or 1.0  # the solver's tolerances are absolute
        limits = limits.widened().with_row(np.append(-linear, unit), self.own[item] - before)
        if self.sale.budget < inf:
            spent = np.concatenate([asked, np.zeros(len(linear) - len(here)), [unit]])
            limits = limits.with_row(spent, float(self.sale.budget))
        return self._solved(price, limits, asked, 1)

    def _parts(self, here: list[int], asked: Array, item: int | None = None) -> tuple[Array, "Limits"]:
        """What each 0/1 number adds to the net utility, beside the item if there is one, and within what limits."""
        first, second, weight = self._interacting(here)
        alone = self.own[here] - asked
        if item is not None and self.pairs is not None:
            alone = alone + self.pairs[here, item]
        gains = np.maximum(alone, 0).sum() + np.maximum(weight, 0).sum()
        if gains:
            weight = np.maximum(weight, -2 * gains)  # more than all else can add: never bought together, however large
        linear = np.concatenate([alone, weight])
        limits = links(len(here), first, second, weight)
        if self.sale.budget < inf:
            limits = limits.with_row(np.append(asked, np.zeros(len(weight))), float(self.sale.budget))
        return linear, limits

    def _interacting(self, here: list[int]) -> tuple[Array, Array, Array]:
        """The pairs that are worth something of their own together."""
        if self.pairs is None:
            return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
        weights = np.triu(self.pairs[np.ix_(here, here)], 1)
        first, second = np.nonzero(weights)
        return first, second, weights[first, second]

    def _solved(self, linear: Array, limits: "Limits", asked: Array, free: int) -> list[int]:
        """Solve, and cut off bundles that are beyond the budget by less than the solver notices."""
        budget = self.sale.budget + overdraft(self.sale.budget, asked)
        while True:
            chosen = solution(linear, limits, free)[: len(asked)]
            if asked[chosen].sum() <= budget:
                places: list[int] = np.flatnonzero(chosen).tolist()
                return places
            cut = np.append(chosen, np.zeros(len(linear) - len(asked)))
            limits = limits.with_row(cut, float(chosen.sum() - 1))


@dataclass(frozen=True)
class Limits:
    """Linear inequalities: the sum of values[k] x[columns[k]] over the k with rows[k] = r stays within most[r]."""

    width: int
    rows: Array
    columns: Array
    values: Array
    most: Array

    def with_row(self, row: Array, most: float) -> "Limits":
        """Add an inequality."""
        columns = np.flatnonzero(row)
        return Limits(
            self.width,
            np.append(self.rows, np.full(len(columns), len(self.most))),
            np.append(self.columns, columns),
            np.append(self.values, row[columns]),
            np.append(self.most, most),
        )

    def widened(self) -> "Limits":
        """Add a number that no inequality speaks of yet."""
        return replace(self, width=self.width + 1)


def links(count: int, first: Array, second: Array, weight: Array) -> Limits:
    """Tie each pair to its two datasets, from above where it adds and from below where it takes away."""
    pairs = count + np.arange(len(weight))
    adds, takes = weight > 0, weight < 0
    up, down = int(adds.sum()), int(takes.sum())
    above, below = np.arange(2 * up), 2 * up + np.arange(down)
    ends = np.column_stack([first[adds], second[adds]]).ravel()
    return Limits(
        count + len(weight),
        np.concatenate([above, above, below, below, below]),
        np.concatenate([np.repeat(pairs[adds], 2), ends, pairs[takes], first[takes], second[takes]]),
        np.concatenate([np.ones(2 * up), -np.ones(2 * up), -np.ones(down), np.ones(2 * down)]),
        np.concatenate([np.zeros(2 * up), np.ones(down)]),
    )


def solution(linear: Array, limits: Limits, free: int) -> Array:
    """Say which of the 0/1 numbers are 1 where the sum is largest; the last `free` numbers may be anything."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    count = len(linear)
    kind, low, high = np.ones(count), np.zeros(count), np.ones(count)
    if free:
        kind[-free:], low[-free:], high[-free:] = 0, -inf, inf
    size = np.zeros(len(limits.most))
    np.maximum.at(size, limits.rows, np.abs(limits.values))
    size[size == 0] = 1  # a limit on nothing, as where all is free
    rows = csr_array((limits.values / size[limits.rows], (limits.rows, limits.columns)), (len(size), limits.width))
    solved = milp(
        -linear * (SCALE / (np.abs(linear).max() or 1.0)),
        integrality=kind,
        bounds=Bounds(low, high),
        constraints=LinearConstraint(rows, -inf, limits.most / size) if len(size) else (),
        options={"mip_rel_gap": 0},
    )
    assert solved.status == 0, f"buying nothing is always possible, and HiGHS said: {solved.message}"
    chosen: Array = solved.x > 0.5
    return chosen
