"""What need a buyer not be asked again? What follows from the last answers, where working out another takes long.

A buyer who bought bundle x at some prices buys it still when one other dataset changes its price: if that rises, or
stays above what the buyer would pay at most for it. And the best that they can do without a dataset which they did not
buy is what they bought. Both follow from the definitions (buyers.py, willingness.py), ties included.
"""

from collections.abc import Sequence
from math import inf

from evenhand.markets.posted.exactness import Number
from evenhand.markets.posted.partial_bundles import PartialBundles
from evenhand.markets.posted.programme import Programme
from evenhand.markets.posted.sale import Demand, Purchase

PURCHASES_KEPT = 8
"""How many purchases are kept in mind, and how much was last paid for each dataset."""

Prices = tuple[Number, ...]


class Mindful:
    """One buyer's decisions, who keeps the last ones in mind."""

    def __init__(self, demand: PartialBundles | Programme) -> None:
        self.demand = demand
        self._bought: dict[Prices, Purchase] = {}
        self._most: dict[int, tuple[Prices, Number]] = {}

    @property
    def equal(self) -> float:
        """By how much rounding may put what a buyer would pay below an amount that still counts as paid.

        0 for whole numbers.
        """
        return self.demand.equal

    def purchase(self, prices: Sequence[Number]) -> Purchase:
        """Say what is bought at these prices."""
        now = tuple(prices)
        if now not in self._bought:
            found = self._unmoved(now) or self.demand.purchase(prices)
            if len(self._bought) >= PURCHASES_KEPT:
                del self._bought[next(iter(self._bought))]
            self._bought[now] = found
        return self._bought[now]

    def willingness(self, prices: Sequence[Number], item: int) -> Number:
        """Say the highest price at which the item is bought, the others at theirs."""
        others = _without(prices, item)
        former, most = self._most.get(item, (None, inf))
        if former != others:
            beside = self.purchase(prices)
            most = self.demand.willingness(prices, item, beside.net if item not in beside.bundle else None)
            self._most[item] = others, most
        return most

    def _unmoved(self, now: Prices) -> Purchase | None:
        """Give what was bought before one dataset that was not in it moved, and is not in it now."""
        for before, purchase in reversed(self._bought.items()):
            moved = [dataset for dataset, price in enumerate(now) if price != before[dataset]]
            if len(moved) == 1 and moved[0] not in purchase.bundle and self._too_dear(moved[0], before, now):
                return purchase
        return None

    def _too_dear(self, item: int, before: Prices, now: Prices) -> bool:
        if now[item] > before[item]:
            return True
        others, most = self._most.get(item, (None, inf))
        return others == _without(now, item) and now[item] > most + self.equal


def mindful(demand: Demand) -> Demand:
    """Keep in mind what takes long to work out again."""
    return Mindful(demand) if isinstance(demand, PartialBundles | Programme) else demand


def _without(prices: Sequence[Number], item: int) -> Prices:
    return (*prices[:item], *prices[item + 1 :])
