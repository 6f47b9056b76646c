"""What does a buyer buy among many datasets of which each interacts with few? By growing bundles, dataset by dataset.

Datasets are decided about in an order that keeps neighbours close, so that few of those decided still interact with
those to come: the frontier. Of two partial bundles that agree on the frontier one can be dropped: it costs no less, is
worth no more, and loses the tie. One can be dropped as well if nothing can make it best: what is left of the budget b,
valued at any rate r >= 0, and the best completion whatever it costs, bound what it can become [FairShare25, eqs. 1-2],

    g(x) <= g(done) + r (b - spent) + max over completions of (gain - r price).

The same completions bound what is paid at most for one more dataset (willingness.py): the lesser of two numbers is no
more than any average of them, min(A, b - spent) <= (A + r (b - spent)) / (1 + r). The rate that bounds best is looked
for on a grid; any is right. A first pass keeps few partial bundles and finds a good one, a second all that can be best.

All numbers are whole, and nothing is rounded but the bounds, which are held with something to spare. A partial bundle
has one bit for each dataset, the last in the order of ties the highest: of equals the larger number is bought.
"""

from collections.abc import Sequence
from math import inf

import numpy as np

from evenhand.errors import Problem
from evenhand.markets.posted.bundles import Additive, Bundle, Pairwise, alone_and_in_pairs, decoded
from evenhand.markets.posted.exactness import Number
from evenhand.markets.posted.growth import DATASETS_MAX, Growth, Step, close_together, steps
from evenhand.markets.posted.sale import Purchase, Sale, bought, on_sale
from evenhand.numerics.exactness import ROUNDING
from evenhand.records import Array

WIDTH_MAX = 8
"""The most datasets in the frontier: 256 ways in which they may be in the bundle or not."""
FEW = 1000
"""How many partial bundles the first pass keeps at most."""
RATES = np.append(0.0, np.geomspace(1e-3, 1e3, 31))
"""What a unit of budget that is left may be worth, to begin with."""
STEPS_KEPT = 1000
"""For how many sets of datasets the steps are kept."""
STEP = 200
"""How many bundles of a table are tried in the time of one step."""
NEAR = np.linspace(0.8, 1.25, 16)
"""Parts of the rate that was best last, which are looked at first."""
LATE = 2.0**40
"""More work than dynamic programming over units takes, which is preferred where it suits."""


class PartialBundles:
    """One buyer's decisions, by growing bundles."""

    equal = 0.0

    def __init__(self, sale: Sale) -> None:
        self.sale = sale
        self.own, self.pairs = alone_and_in_pairs(sale.utility)
        self.order = close_together(_interacting(sale))[0]
        self._steps: dict[tuple[int, ...], tuple[Step, ...]] = {}
        # by the item left out or asked about, and which of the two: the bundle found last, and the rate that bounded
        self._former: dict[tuple[int | None, bool], Bundle] = {}
        self._rates: dict[tuple[int | None, bool], float] = {}

    @staticmethod
    def unsuited(sale: Sale) -> Problem | None:
        """Refuse numbers that are not whole, too many datasets, and those that interact with too many others."""
        if not isinstance(sale.utility, Additive | Pairwise):
            found, bound = f"is {type(sale.utility).__name__}", "bundles grow where datasets and pairs add up"
            return Problem("utility", found, bound, "Say it as Additive or Pairwise, or use another method.")
        if not sale.whole or not sale.utility.whole:
            bound = "bundles grow in whole minor units"
            return Problem("utilities, prices and budget", "are not all whole", bound, "Give integers.")
        if len(sale.ids) > DATASETS_MAX:
            bound = f"bundles grow among up to {DATASETS_MAX}"
            return Problem("datasets", f"are {len(sale.ids)}", bound, "Use method='integer_programme'.")
        width = close_together(_interacting(sale))[1]
        if width > WIDTH_MAX:
            found = f"have {width} datasets that interact with later ones, in the best order found"
            return Problem("interactions", found, f"up to {WIDTH_MAX} may", "Use method='integer_programme'.")
        return None

    @staticmethod
    def last_resort(sale: Sale) -> bool:
        """Leave it to ways that take any number of datasets."""
        del sale
        return False

    @staticmethod
    def work(sale: Sale) -> float:
        """Give steps times ways of the frontier, in passes over a table of bundles; come late where all adds up."""
        if not isinstance(sale.utility, Pairwise) or len(sale.ids) > DATASETS_MAX:
            return LATE
        return float(STEP * len(sale.ids) * 2 ** close_together(_interacting(sale))[1])

    def purchase(self, prices: Sequence[Number]) -> Purchase:
        """Take the bundle of the highest net utility within the budget."""
        return self._purchase(prices, None)

    def _purchase(self, prices: Sequence[Number], without: int | None) -> Purchase:
        here = self._useful(prices)
        asked = np.array([prices[dataset] for dataset in here], np.int64)
        room = int(min(self.sale.budget, asked.sum()))
        growth = Growth(self._grouped(here), self.own[here] - asked, asked, room)
        rate, after = bounding(growth, 0, False, self._rates.get((without, False), 0.0))
        spare = spared(growth, rate)
        former = bought(self.sale, self._former.get((without, False), ()), prices)
        best, all_kept = max(int(former.net), 0) if former.spent <= room else 0, False
        for few in (FEW, inf):
            if not all_kept:
                grown, all_kept = growth.reaching(best - spare, rate, after, few)
                best = int(grown.net.max(initial=best))
        bundle = decoded(int(grown.bits[grown.net == best].max()), self.sale.ids)
        self._former[without, False], self._rates[without, False] = bundle, rate
        return bought(self.sale, bundle, prices)

    def willingness(self, prices: Sequence[Number], item: int, before: Number | None = None) -> Number:
        """Take the highest price at which some affordable bundle with the item is as good as the best without.

        What that is worth beyond its price can be given as `before`, where it is known.
        """
        if before is None:
            others = [inf if dataset == item else price for dataset, price in enumerate(prices)]
            before = self._purchase(others, item).net
        alone = int(self.own[item]) - int(before)
        if alone >= self.sale.budget:
            return self.sale.budget
        here = self._useful(prices, item)
        asked = np.array([prices[dataset] for dataset in here], np.int64)
        limited = self.sale.budget < inf
        room = int(self.sale.budget) if limited else int(asked.sum())
        growth = Growth(self._grouped(here), self.own[here] - asked + self.pairs[here, item], asked, room)
        rate, after = bounding(growth, alone, limited, self._rates.get((item, True), 0.0))
        spare = spared(growth, rate, alone)
        best, all_kept = max(alone, self._as_before(prices, item, before)), False
        for few in (FEW, inf):
            if not all_kept:
                grown, all_kept = growth.reaching((1 + limited * rate) * best - alone - spare, rate, after, few)
                paid = grown.net + alone
                paid = np.minimum(paid, room - grown.spent) if limited else paid
                best = int(paid.max(initial=best))
        self._former[item, True] = decoded(int(grown.bits[paid.argmax()]), self.sale.ids)
        self._rates[item, True] = rate
        return best

    def _as_before(self, prices: Sequence[Number], item: int, before: Number) -> int:
        """Give what would be paid for the item beside the bundle that was best when last asked, or beside none."""
        beside = self._former.get((item, True), ())
        spent = sum(prices[dataset] for dataset in beside)
        if spent > self.sale.budget or spent == inf:
            beside, spent = (), 0
        worth = self.sale.utility.of(tuple(sorted((item, *beside))), self.sale.n)
        return int(min(worth - spent - before, self.sale.budget - spent))

    def _useful(self, prices: Sequence[Number], item: int | None = None) -> list[int]:
        """List the datasets that may be in a best bundle, neighbours close together."""
        here, asked = on_sale(self.sale.ids, prices, without=item)
        most = self.own[here] - asked + np.maximum(self.pairs[np.ix_(here, here)], 0).sum(axis=1)
        most = most if item is None else most + self.pairs[here, item]
        kept = {here[place] for place in np.flatnonzero((most >= 0) & (asked <= self.sale.budget)).tolist()}
        return [dataset for dataset in (self.sale.ids[place] for place in self.order) if dataset in kept]

    def _grouped(self, here: list[int]) -> tuple[Step, ...]:
        key = tuple(here)
        if key not in self._steps:
            if len(self._steps) >= STEPS_KEPT:
                self._steps.clear()
            ranks = [self.sale.ids.index(dataset) for dataset in here]
            self._steps[key] = steps(self.pairs[np.ix_(here, here)], ranks)
        return self._steps[key]


def bounding(growth: Growth, alone: int, averaged: bool, near: float) -> tuple[float, list[Array]]:
    """Choose the rate that bounds best, and give what completions add at most at it.

    The bound is on g(x) + alone; averaged, on the lesser of it and what is left of the room. Looked at first is what is
    near the rate that was best last; if the best lies outside, or there is none, all.
    """
    rates, narrowed = near * NEAR if near else RATES, False
    while True:
        after = growth.completions(rates)
        bounds = (alone + after[0][:, 0] + rates * growth.room) / (1 + averaged * rates)
        best, last = int(bounds.argmin()), len(rates) - 1
        if narrowed or (rates is not RATES and 0 < best < last):
            return float(rates[best]), [each[best] for each in after]
        narrowed = rates is RATES
        rates = np.linspace(rates[max(best - 1, 0)], rates[min(best + 1, last)], len(rates)) if narrowed else RATES


def spared(growth: Growth, rate: float, alone: int = 0) -> float:
    """Give what rounding may take from a bound."""
    worth = float(np.abs(growth.gains).sum()) + sum(float(np.abs(each.together).max()) for each in growth.steps)
    return ROUNDING * (worth + (1 + rate) * (abs(alone) + growth.room + float(growth.prices.sum())))


def _interacting(sale: Sale) -> Array:
    interacting: Array = alone_and_in_pairs(sale.utility)[1][np.ix_(sale.ids, sale.ids)] != 0
    return interacting
