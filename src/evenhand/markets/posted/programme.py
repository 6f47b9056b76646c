"""What does a buyer buy among many datasets whose utilities add up, or interact in pairs? By integer programme.

With z_ij for "both i and j are bought", the buyer's problem [FairShare25, eqs. 1-2] is linear in 0/1 numbers,

    maximise    sum_i (a_i - p_i) x_i + sum_{i<j} w_ij z_ij    subject to    sum_i p_i x_i <= b,
    z_ij <= x_i, x_j  where w_ij > 0,       z_ij >= x_i + x_j - 1  where w_ij < 0,

and so is the highest price t at which one more dataset is bought (willingness.py):

    maximise t    subject to    t <= u(x + e) - p.x - (best net without),    t <= b - p.x.

HiGHS solves both, through scipy, in floats. What it finds is rounded to 0/1 and worked out again in whole numbers or
floats; a bundle that only its tolerances let through is cut off and the programme solved again. With floats that is
optimal up to a part in 10^9, and of equal bundles any is given.

With whole numbers it is exact: a bundle is best if no other is bound to be better by one unit, and is cut off and kept
in mind until that holds. Amounts so large that the solver cannot tell units apart are refused. Of equals the one with
the last dataset is found by more programmes of the same kind, block by block from the last: among bundles that are
worth as much, maximise the block read as a binary number.
"""

from collections.abc import Iterator, Sequence
from math import inf

import numpy as np

from evenhand.errors import Problem
from evenhand.markets.posted.bundles import Additive, Pairwise, alone_and_in_pairs
from evenhand.markets.posted.exactness import ROUNDING, Number, is_whole, nearly, overdraft
from evenhand.markets.posted.limits import Limits, links, solution
from evenhand.markets.posted.sale import TOO_MANY, Purchase, Sale, bought, on_sale
from evenhand.records import Array

UNITS_MAX = 10**7
"""The most units that a dataset may add: up to there the solver tells single units apart, with ten times to spare."""
BLOCK = 20
"""How many datasets are settled at once: the solver tells 1 from 2^20."""
LESS = 0.5
"""Whole numbers that differ by less are equal."""


class Programme:
    """One buyer's decisions, by integer programme."""

    def __init__(self, sale: Sale) -> None:
        assert isinstance(sale.utility, Additive | Pairwise)
        self.sale = sale
        self.own = np.asarray(sale.utility.utilities, np.float64)
        pairs = sale.utility.interactions if isinstance(sale.utility, Pairwise) else None
        self.pairs = None if pairs is None else np.asarray(pairs, np.float64)
        self.whole = sale.whole and is_whole(*alone_and_in_pairs(sale.utility))
        self.equal = nearly(sale.utility.utilities) if pairs is None else nearly(sale.utility.utilities, pairs)

    @staticmethod
    def unsuited(sale: Sale) -> Problem | None:
        """Refuse utilities that are not linear in datasets and pairs."""
        if isinstance(sale.utility, Additive | Pairwise):
            return Programme._too_large(sale)
        found, bound = f"is {type(sale.utility).__name__}", "an integer programme needs datasets and pairs that add up"
        return Problem("utility", found, bound, "Say it as Additive or Pairwise, or use another method.")

    @staticmethod
    def _too_large(sale: Sale) -> Problem | None:
        """Refuse whole utilities of which the solver would not tell single units apart."""
        own, pairs = alone_and_in_pairs(sale.utility)
        if not sale.whole or not is_whole(own, pairs):
            return None
        own, pairs = own[list(sale.ids)], pairs[np.ix_(sale.ids, sale.ids)]
        gains = np.maximum(own + np.maximum(pairs, 0).sum(axis=1), 0)
        most = max(int(gains.max(initial=0)), min(int(-pairs.min(initial=0)), 2 * int(gains.sum())))
        if most <= UNITS_MAX:
            return None
        found, bound = (
            f"add or take away up to {most} units each",
            f"an integer programme tells units apart up to {UNITS_MAX}",
        )
        return Problem(TOO_MANY, found, bound, "Count in a larger unit.")

    @staticmethod
    def work(sale: Sale) -> float:
        """Come last: nobody can say how long a search takes."""
        del sale
        return inf

    def purchase(self, prices: Sequence[Number]) -> Purchase:
        """Maximise the net utility within the budget; among whole numbers settle ties as well."""
        best = self._best(prices)
        return self._last_of_equals(best, prices) if self.whole else best

    def willingness(self, prices: Sequence[Number], item: int, before: Number | None = None) -> Number:
        """Maximise the price at which the item is still bought.

        What the best without it is worth beyond its price can be given as `before`, where it is known.
        """
        if before is None:
            before = self._best([inf if dataset == item else price for dataset, price in enumerate(prices)]).net
        here, asked = self._useful(prices, item)
        best = self._paid((), prices, item, before)
        if not here:
            return best
        linear, limits = self._parts(here, asked, item)
        price = np.zeros(len(linear) + 1)
        price[-1] = 1
        unit = max(np.abs(linear).max(), asked.max(), self.own[item]) or 1.0  # the solver's tolerances are absolute
        limits = limits.widened().with_row(np.append(-linear, unit), self.own[item] - float(before))
        if self.sale.budget < inf:
            spent = np.concatenate([asked, np.zeros(len(linear) - len(here)), [unit]])
            limits = limits.with_row(spent, float(self.sale.budget))
        for places, bound in self._tried(price, limits, asked, 1):
            best = max(best, self._paid([here[place] for place in places], prices, item, before))
            if not self.whole or bound * unit < best + LESS:
                break
        return best

    def _paid(self, beside: Sequence[int], prices: Sequence[Number], item: int, before: Number) -> Number:
        """Give the highest price at which the item is bought beside these."""
        spent = sum(prices[dataset] for dataset in beside)
        gained = self.sale.utility.of(tuple(sorted([item, *beside])), self.sale.n) - spent - before
        return gained if self.sale.budget == inf else min(gained, max(self.sale.budget - spent, 0))

    def _best(self, prices: Sequence[Number]) -> Purchase:
        """Buy one of the best bundles; nothing, where all that is found is worse by less than the solver notices."""
        here, asked = self._useful(prices)
        best = bought(self.sale, (), prices)
        if not here:
            return best
        for places, bound in self._tried(*self._parts(here, asked), asked):
            found = self._of(here, places, prices)
            if found.net > best.net - self._rounding(found):
                best = found
            if not self.whole or bound < best.net + LESS:
                break
        return best

    def _last_of_equals(self, best: Purchase, prices: Sequence[Number]) -> Purchase:
        """Of bundles that are as good take the one with the last dataset, then with the last but one, and so on."""
        here, asked = self._useful(prices)
        if not here:
            return best
        linear, limits = self._parts(here, asked)
        limits, fixed = limits.with_row(-linear, LESS - float(best.net)), list[tuple[int, bool]]()
        for end in range(len(here), 0, -BLOCK):
            block = range(max(end - BLOCK, 0), end)
            binary = np.zeros(len(linear))
            binary[block] = 2.0 ** np.arange(len(block))
            for places, _ in self._tried(binary, limits, asked, fixed=fixed):
                found = self._of(here, places, prices)
                if found.net == best.net:
                    best = found
                    break
            fixed += [(place, here[place] in best.bundle) for place in block]
        return best

    def _of(self, here: list[int], places: list[int], prices: Sequence[Number]) -> Purchase:
        return bought(self.sale, tuple(sorted(here[place] for place in places)), prices)

    def _rounding(self, found: Purchase) -> float:
        return 0.0 if self.whole else ROUNDING * (abs(found.utility) + found.spent)

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

    def _tried(
        self, linear: Array, limits: Limits, asked: Array, free: int = 0, fixed: Sequence[tuple[int, bool]] = ()
    ) -> Iterator[tuple[list[int], float]]:
        """Give bundles from the best down, and a bound on each and all that come after it.

        Those that are beyond the budget by less than the solver notices are cut off, and those that were given.
        """
        budget = self.sale.budget + overdraft(self.sale.budget, asked)
        rest = np.zeros(len(linear) - len(asked))
        while (solved := solution(linear, limits, free, fixed)) is not None:
            chosen = solved[0][: len(asked)]
            affordable = asked[chosen].sum() <= budget
            if affordable:
                yield np.flatnonzero(chosen).tolist(), solved[1]
            cut = np.where(chosen, 1.0, -1.0 if affordable else 0.0)
            limits = limits.with_row(np.append(cut, rest), float(chosen.sum() - 1))
