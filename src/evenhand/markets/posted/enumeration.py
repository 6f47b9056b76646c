"""What does a buyer buy, found by trying every bundle? [FairShare25, eqs. 1-2, Algorithm 1]

For up to 20 datasets every bundle is valued once; a decision is then a few passes over one table. Row 0b101 of a table
is the bundle of the first and the third dataset in the order of ties, so that of equals the last row is the one bought.
"""

from collections.abc import Sequence
from functools import cached_property
from math import inf

import numpy as np

from evenhand.errors import Problem
from evenhand.markets.posted.bundles import decoded, subset_sums
from evenhand.markets.posted.exactness import Number, is_whole, nearly, overdraft
from evenhand.markets.posted.sale import Purchase, Sale, bought, on_sale
from evenhand.numerics.exactness import ROUNDING
from evenhand.records import Array

DATASETS_MAX = 20
"""The most datasets of which every bundle is tried: 1,048,576 bundles."""


class Enumerated:
    """One buyer's decisions, by trying every bundle."""

    def __init__(self, sale: Sale) -> None:
        self.sale = sale

    @staticmethod
    def unsuited(sale: Sale) -> Problem | None:
        """Refuse more datasets than can be tried in every combination."""
        if len(sale.ids) <= DATASETS_MAX:
            return None
        found = f"are {len(sale.ids)}, which make 2^{len(sale.ids)} bundles"
        remedy = (
            "Say the utility as Additive (with whole prices and budget by dynamic programming) or Pairwise (by integer "
            'programme), or buy with method="greedy", which gives a bound.'
        )
        return Problem("datasets", found, f"every bundle is tried up to {DATASETS_MAX}", remedy)

    @staticmethod
    def last_resort(sale: Sale) -> bool:
        """Take every utility."""
        del sale
        return True

    @staticmethod
    def work(sale: Sale) -> float:
        """Give how many bundles there are."""
        return float(2 ** min(len(sale.ids), 1000))

    @cached_property
    def equal(self) -> float:
        """By how much rounding may put what a buyer would pay below an amount that still counts as paid.

        0 for whole numbers.
        """
        return nearly(self._table)

    def purchase(self, prices: Sequence[Number]) -> Purchase:
        """Take the bundle of the highest net utility within the budget."""
        here, asked = on_sale(self.sale.ids, prices)
        worth, spent = self.utilities(here), subset_sums(asked)
        affordable = within(spent, self.sale.budget, asked)
        tied = affordable & as_good_as_best(worth, spent, affordable)
        return bought(self.sale, decoded(int(np.flatnonzero(tied)[-1]), here), prices)

    def willingness(self, prices: Sequence[Number], item: int) -> Number:
        """Take the highest price at which some affordable bundle with the item is as good as the best without."""
        here, asked = on_sale(self.sale.ids, prices, without=item)
        without, with_item = self.pair(here, item)
        spent = subset_sums(asked)
        affordable = within(spent, self.sale.budget, asked)
        before = (without - spent)[affordable].max()
        highest = (with_item - spent - before)[affordable]
        if self.sale.budget < inf:
            highest = np.minimum(highest, np.maximum(self.sale.budget - spent[affordable], 0))
        best: Number = highest.max().item()
        return best

    def pair(self, here: list[int], item: int) -> tuple[Array, Array]:
        """Give what every bundle of these datasets is worth without the item, and with it."""
        ids = [dataset for dataset in self.sale.ids if dataset in {*here, item}]
        both = self.utilities(ids).reshape(-1, 2, 2 ** ids.index(item))
        return both[:, 0].ravel(), both[:, 1].ravel()

    def utilities(self, ids: list[int]) -> Array:
        """Give what every bundle of these datasets is worth; they are in the order of ties."""
        count, chosen = len(self.sale.ids), {*ids}
        if len(ids) == count:
            return self._table
        axes = [slice(None) if dataset in chosen else 0 for dataset in reversed(self.sale.ids)]
        return self._table.reshape((2,) * count)[tuple(axes)].ravel()

    @cached_property
    def _table(self) -> Array:
        """What every bundle of the sale is worth: asked in rising order, kept in the order of ties."""
        ids = self.sale.ids
        rising = sorted(ids)
        table = self.sale.utility.table(rising, self.sale.n)
        if list(ids) == rising:
            return table
        count = len(ids)
        axes = [count - 1 - rising.index(dataset) for dataset in reversed(ids)]  # the last dataset is the first axis
        return table.reshape((2,) * count).transpose(axes).ravel()


def within(spent: Array, budget: Number, prices: Array) -> Array:
    """Say which bundles the budget allows; sums of float prices are trusted to their rounding."""
    affordable: Array = spent <= budget + overdraft(budget, prices)
    return affordable


def as_good_as_best(worth: Array, spent: Array, affordable: Array) -> Array:
    """Say which bundles are worth as much beyond their price as the best, and as much as buying nothing, row 0.

    Floats are trusted to a part of the worth and the price of the two bundles compared, whatever others are worth.
    """
    net = worth - spent
    if is_whole(net):
        equal: Array = net >= net[affordable].max()
        return equal
    best = int(np.where(affordable, net, -inf).argmax())
    size = ROUNDING * (np.abs(worth) + spent)
    tied: Array = (net >= net[best] - size[best] - size) & (net >= net[0] - size[0] - size)
    return tied
