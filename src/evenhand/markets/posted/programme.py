"""What does a buyer buy among many datasets whose utilities add up, or interact in pairs?

Bundles are grown until it is certain which is best (certain.py). That is exact for whole numbers, ties included, and
for floats up to their rounding: a part in 10^12 of the amounts. Where very many bundles come close to the best they
cannot all be grown. An integer programme then still finds a good one (solved.py):

    whole numbers, all coefficients together up to 100,000 units    the best to the unit, ties included
    whole numbers beyond                                            refused
    floats                                                          a "bound": another may be better by up to a
                                                                    millionth of all coefficients together, and is
                                                                    worth no more than `Purchase.at_most`

The coefficients are what each dataset is worth beyond its price, and what each pair is worth together. What is paid at
most for one more dataset (willingness.py) is found in the same way, and is as exact.
"""

from collections.abc import Sequence
from math import inf

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.markets.posted.bundles import Additive, Pairwise, alone_and_in_pairs
from evenhand.markets.posted.certain import at_most, certainly_best
from evenhand.markets.posted.dense import Dense
from evenhand.markets.posted.exactness import Number, nearly, overdraft
from evenhand.markets.posted.growth import DATASETS_MAX, GROWN_MAX
from evenhand.markets.posted.sale import Purchase, Sale, bought, on_sale
from evenhand.markets.posted.solved import best_found, last_of_equals, trusted
from evenhand.numerics.exactness import ROUNDING
from evenhand.records import Array

SOON = 2**18
"""How many partial bundles are grown at most where the solver can do as well."""


class Programme:
    """One buyer's decisions, by growing bundles and by integer programme."""

    def __init__(self, sale: Sale) -> None:
        self.sale = sale
        self.own, self.pairs = alone_and_in_pairs(sale.utility)
        self.whole = sale.whole and bool(sale.utility.whole)
        if not self.whole:
            self.own, self.pairs = self.own.astype(float), self.pairs.astype(float)
        self.equal = nearly(self.own) if isinstance(sale.utility, Additive) else nearly(self.own, self.pairs)

    @staticmethod
    def unsuited(sale: Sale) -> Problem | None:
        """Refuse utilities that are not linear in datasets and pairs."""
        if isinstance(sale.utility, Additive | Pairwise):
            return None
        found, bound = f"is {type(sale.utility).__name__}", "an integer programme needs datasets and pairs that add up"
        return Problem("utility", found, bound, "Say it as Additive or Pairwise, or use another method.")

    @staticmethod
    def last_resort(sale: Sale) -> bool:
        """Take whatever is linear in datasets and pairs."""
        return isinstance(sale.utility, Additive | Pairwise)

    @staticmethod
    def work(sale: Sale) -> float:
        """Come last: nobody can say how long a search takes."""
        del sale
        return inf

    def purchase(self, prices: Sequence[Number]) -> Purchase:
        """Take the bundle of the highest net utility within the budget.

        Raises:
            OfferError: too many bundles come close to the best.
        """
        here, problem = self._problem(prices)
        places, bound = self._best(problem)
        found = bought(self.sale, tuple(sorted(here[place] for place in places)), prices, bound)
        if found.net < -self._rounding(found):
            return bought(self.sale, (), prices, bound)
        return found

    def willingness(self, prices: Sequence[Number], item: int, before: Number | None = None) -> Number:
        """Take the highest price at which some affordable bundle with the item is as good as the best without.

        What that is worth beyond its price can be given as `before`, where it is known.

        Raises:
            OfferError: as for `purchase`.
        """
        if before is None:
            before = self.purchase([inf if dataset == item else price for dataset, price in enumerate(prices)]).net
        alone = self.own[item].item() - before
        if alone >= self.sale.budget:
            return self.sale.budget
        here, problem = self._problem(prices, item)
        beside = [here[place] for place in self._best(problem, alone)[0]]
        spent = sum(prices[dataset] for dataset in beside)
        gained = self.sale.utility.of(tuple(sorted([item, *beside])), self.sale.n) - spent - before
        return gained if self.sale.budget == inf else min(gained, max(self.sale.budget - spent, 0))

    def _best(self, problem: Dense, alone: Number = 0) -> tuple[list[int], Number | None]:
        """Give the places of the best bundle; where it is not certain to be the best, a bound on all as well."""
        if not len(problem.gains):
            return [], None
        sure = trusted(problem, alone)
        known = _proposed(problem, alone) if len(problem.gains) > DATASETS_MAX else []
        try:
            return certainly_best(problem, alone, known, SOON if sure or not self.whole else GROWN_MAX), None
        except OfferError:
            if self.whole and not sure:
                raise
        places, bound = best_found(problem, alone)
        if sure:
            return places if problem.limited else last_of_equals(problem, places), None
        return places, bound if problem.limited else min(bound, at_most(problem))

    def _rounding(self, found: Purchase) -> float:
        return 0.0 if self.whole else ROUNDING * (abs(found.utility) + found.spent)

    def _problem(self, prices: Sequence[Number], item: int | None = None) -> tuple[list[int], Dense]:
        """List the datasets that may be in a best bundle, beside the item if there is one, and state what they add.

        Others lose money whatever is beside them, or exceed the budget; kept, they would only make the numbers large.
        """
        here, asked = on_sale(self.sale.ids, prices, without=item)
        gains = self.own[here] - asked
        if item is not None:
            gains = gains + self.pairs[here, item]
        pairs = self.pairs[np.ix_(here, here)]
        most = gains + np.maximum(pairs, 0).sum(axis=1)
        harm = most < (0 if self.whole else -ROUNDING * asked)
        kept = np.flatnonzero(~harm & (asked <= self.sale.budget))
        gains, pairs, asked = gains[kept], pairs[np.ix_(kept, kept)], asked[kept]
        pairs = _moderate(pairs, gains, self.own[here][kept], asked)
        limited = self.sale.budget < inf and item is not None
        room = self.sale.budget if limited else min(self.sale.budget, asked.sum().item())
        if self.whole:
            return [here[place] for place in kept], Dense(gains, pairs, asked, room, limited)
        asked = asked.astype(float)
        equal = ROUNDING * sum(float(each.max(initial=0)) for each in (gains, pairs, asked))
        return [here[place] for place in kept], Dense(
            gains, pairs, asked, room + overdraft(room, asked), limited, equal
        )


def _moderate(pairs: Array, gains: Array, *sizes: Array) -> Array:
    """Let no pair take away much more than all else can add: such are never bought together, however large it is.

    Gains may be what rounding left of their sizes, and say nothing then.
    """
    adds = [np.maximum(gains, 0).sum(), np.triu(np.maximum(pairs, 0)).sum()]
    total = sum(each.item() for each in [*adds, *(np.abs(size).max(initial=0) for size in sizes)])
    return np.maximum(pairs, max(-2 * total, pairs.min(initial=0).item())) if total else pairs


def _proposed(problem: Dense, alone: Number) -> list[int]:
    """Let the solver propose a bundle; where it fails, take whatever still adds, what adds most alone first."""
    try:
        return best_found(problem, alone)[0]
    except OfferError:
        chosen, left = list[int](), problem.room
        for place in np.argsort(-problem.gains, kind="stable").tolist():
            if problem.prices[place] <= left and problem.gains[place] + problem.pairs[place, chosen].sum() > 0:
                chosen.append(place)
                left -= problem.prices[place].item()
        return chosen
