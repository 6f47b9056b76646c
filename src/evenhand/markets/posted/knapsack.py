"""What does a buyer with additive utilities buy? Exactly, by dynamic programming over whole minor units.

With gains h_i = u_i - p_i, the buyer's problem [FairShare25, eqs. 1-2] is a 0/1 knapsack. Let G(s) be the highest net
utility of a bundle that costs at most s. One more dataset makes

    G'(s) = max(G(s), G(s - p_i) + h_i),

a pass over one row, so n datasets take n passes. Datasets that lose money (h_i < 0) or exceed the budget are in no best
bundle and are left out. The same row answers what the buyer would pay at most for another dataset j: spend s on the
old ones, and the price may take what is gained over G(b), and what is left of the budget,

    MWP_j = max over s <= b of min(u_j - (G(b) - G(s)), b - s).

For every j at once, each with all others on sale, the rows without j are built by halves: add the second half of the
datasets and go into the first, and the other way round; n log n passes in place of n^2.

Memory: a row has one float (or whole number) for each unit that can be spent, in units of the greatest common divisor
of the prices. To say which datasets are in the best bundle, one bit for each dataset and unit is needed; rows are kept
every so many datasets and the bits between two of them worked out again, from the last to the first, so that memory
grows with the square root of the number of datasets.
"""

from collections.abc import Iterator, Sequence
from math import gcd, inf, isqrt

import numpy as np

from evenhand.errors import Problem
from evenhand.markets.posted.bundles import Additive, Bundle
from evenhand.markets.posted.exactness import Number, is_whole, nearly, slack
from evenhand.markets.posted.sale import Purchase, Sale, bought, on_sale
from evenhand.numerics.exactness import ROUNDING
from evenhand.records import Array

CELLS_MAX = 2**32
"""The most steps, datasets times units, that are taken: some seconds."""
ROW_MAX = 2**27
"""The most units in a row: a gigabyte."""

Row = Array
"""G(0), G(1), ...: it ends where nothing more can be spent."""


class Knapsack:
    """One buyer's decisions, by dynamic programming. What is still on sale at its price is not added twice."""

    def __init__(self, sale: Sale) -> None:
        assert isinstance(sale.utility, Additive)
        self.sale = sale
        self.utilities = sale.utility.utilities
        self.equal = nearly(self.utilities)
        self._added: dict[int, Number] = {}
        self._unit, self._row = 0, self._nothing

    @staticmethod
    def unsuited(sale: Sale) -> Problem | None:
        """Refuse utilities that do not add up, money that is not whole, and more steps than take seconds."""
        if not isinstance(sale.utility, Additive):
            found, bound = f"is {type(sale.utility).__name__}", "dynamic programming needs a utility that adds up"
            return Problem("utility", found, bound, "Say it as Additive, or use another method.")
        if not sale.whole:
            bound = "dynamic programming counts whole minor units"
            return Problem("prices and budget", "are not all whole", bound, "Give integers, or use another method.")
        if spent_at_most(sale) >= ROW_MAX or Knapsack.work(sale) > CELLS_MAX:
            found = f"are {len(sale.ids)}, with {spent_at_most(sale):.0f} units to spend"
            bound = f"dynamic programming takes up to {CELLS_MAX} steps, datasets times units, and {ROW_MAX - 1} units"
            return Problem("datasets", found, bound, "Count in a larger unit, or use method='integer_programme'.")
        return None

    @staticmethod
    def last_resort(sale: Sale) -> bool:
        """Leave it to ways that take any number of units."""
        del sale
        return False

    @staticmethod
    def work(sale: Sale) -> float:
        """Give datasets times units."""
        return len(sale.ids) * (spent_at_most(sale) + 1)

    def purchase(self, prices: Sequence[Number]) -> Purchase:
        """Go back through the rows: a dataset is bought where it is as good with as without."""
        useful, gains, asked, unit = self._useful(prices)
        chosen = best_bundle(gains, asked // unit, self._units(unit), slack(self.utilities[useful], asked))
        return bought(self.sale, tuple(sorted(useful[place] for place in chosen)), prices)

    def willingness(self, prices: Sequence[Number], item: int) -> Number:
        """Give the highest price that the item may have, beside the others at theirs."""
        useful, gains, asked, unit = self._useful(prices, without=item)
        wanted = dict(zip(useful, asked.tolist(), strict=True))
        if unit != self._unit or not self._added.items() <= wanted.items():
            self._added, self._unit, self._row = {}, unit, self._nothing
        for place, dataset in enumerate(useful):
            if dataset not in self._added:
                self._row = grown(self._row, gains[place], int(asked[place]) // unit, self._units(unit))
        self._added = wanted
        return self._highest(item, self._row, unit)

    def each(self, prices: Sequence[Number], items: Sequence[int]) -> list[Number]:
        """Give the same for several items at once, each beside all others."""
        useful, gains, asked, unit = self._useful(prices)
        room = self._units(unit)
        rows = rows_without_each(self._nothing, [*range(len(useful))], gains, asked // unit, room)
        wanted = {*items}
        found = {
            useful[place]: self._highest(useful[place], row, unit) for place, row in rows if useful[place] in wanted
        }
        whole = self._nothing
        for place in range(len(useful)):
            whole = grown(whole, gains[place], int(asked[place]) // unit, room)
        return [found[item] if item in found else self._highest(item, whole, unit) for item in items]

    def _useful(self, prices: Sequence[Number], without: int | None = None) -> tuple[list[int], Array, Array, int]:
        """The datasets that may be in a best bundle, what each gains and costs, and the unit of their prices."""
        here, asked = on_sale(self.sale.ids, prices, without)
        asked = asked.astype(np.int64)
        gains = self.utilities[here] - asked
        equal = 0.0 if is_whole(gains) else ROUNDING * (np.abs(self.utilities[here]) + asked)
        kept = np.flatnonzero((gains >= -equal) & (asked <= self.sale.budget))
        return [here[i] for i in kept], gains[kept], asked[kept], gcd(*asked[kept].tolist()) or 1

    def _units(self, unit: int) -> Number:
        return self.sale.budget if self.sale.budget == inf else int(self.sale.budget) // unit

    def _highest(self, item: int, row: Row, unit: int) -> Number:
        highest = self.utilities[item] - (row[-1] - row)
        if self.sale.budget < inf:
            highest = np.minimum(highest, self.sale.budget - unit * np.arange(len(row)))
        best: Number = highest.max().item()
        return best

    @property
    def _nothing(self) -> Row:
        return np.zeros(1, self.utilities.dtype)


def spent_at_most(sale: Sale) -> Number:
    """Bound what is ever spent, at any prices: no dataset is bought for more than it adds.

    >>> spent_at_most(Sale(Additive([5, -3, 4]), 3, (0, 1, 2), inf, whole=True))
    9
    """
    if not isinstance(sale.utility, Additive):
        return sale.most
    worth: Number = np.maximum(sale.utility.utilities[list(sale.ids)], 0).sum().item()
    return min(sale.most, worth)


def grown(row: Row, gain: Number, price: int, room: Number) -> Row:
    """Put one more dataset on sale; the row grows with what can be spent, up to the room in the budget.

    >>> grown(np.array([0, 0, 5]), gain=3, price=1, room=9)
    array([0, 3, 5, 8])
    """
    size = int(min(room + 1, len(row) + price))
    wide = np.empty(size, row.dtype)
    wide[: len(row)] = row
    wide[len(row) :] = row[-1]
    np.maximum(wide[price:], row[: size - price] + gain, out=wide[price:])
    return wide


def rows_without_each(
    row: Row, places: list[int], gains: Array, prices: Array, room: Number
) -> Iterator[tuple[int, Row]]:
    """Give for each place the row of all others, those that the row already holds included."""
    if len(places) == 1:
        yield places[0], row
        return
    middle = len(places) // 2
    for inside, outside in ((places[:middle], places[middle:]), (places[middle:], places[:middle])):
        if inside:
            wider = row
            for place in outside:
                wider = grown(wider, gains[place], int(prices[place]), room)
            yield from rows_without_each(wider, inside, gains, prices, room)


def best_bundle(gains: Array, prices: Array, room: Number, equal: float) -> Bundle:
    """Find the best bundle; of equals the one with the last dataset, then the last but one, and so on.

    >>> best_bundle(np.array([6, 5, 5]), np.array([3, 2, 2]), room=4, equal=0)
    (1, 2)
    """
    stretch = isqrt(64 * len(gains)) + 1  # a kept row costs as much as the bits of 64 datasets
    starts = range(0, len(gains), stretch)
    row, kept = np.zeros(1, gains.dtype), []
    for start in starts:
        kept.append(row)
        if start != starts[-1]:
            for place in range(start, start + stretch):
                row = grown(row, gains[place], int(prices[place]), room)
    chosen: list[int] = []
    left = room
    for start, row in zip(reversed(starts), reversed(kept), strict=True):
        taken = []
        for place in range(start, min(start + stretch, len(gains))):
            taken.append(_taken(row, gains[place], int(prices[place]), room, equal))
            row = grown(row, gains[place], int(prices[place]), room)
        while taken:
            bits, size = taken.pop()
            place = start + len(taken)
            spot = int(min(left, size - 1)) - int(prices[place])
            if spot >= 0 and bits[spot >> 3] >> (7 - (spot & 7)) & 1:
                chosen.append(place)
                left = spot
    return tuple(reversed(chosen))


def _taken(row: Row, gain: Number, price: int, room: Number, equal: float) -> tuple[Array, int]:
    """One bit for each amount, from the price on, set where it is as good with the dataset as without; and the size."""
    size = int(min(room + 1, len(row) + price))
    without = np.full(size - price, row[-1])
    overlap = row[price:size]
    without[: len(overlap)] = overlap
    return np.packbits(row[: size - price] + gain >= without - equal), size
