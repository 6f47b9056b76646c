"""What does a buyer buy, roughly, where there are too many datasets to try? A bundle, and how far off it can be.

Datasets are added one by one, always the one with the most net utility per price that still fits the budget, until
nothing adds any. With diminishing returns what a dataset adds only falls, so one that was behind need not be worked out
again until it comes to the front [Minoux78]. If the best affordable dataset alone does better, it is bought instead.

The answer is a bound: a bundle that can be bought. For utilities with diminishing returns no bundle T does better than

    g(T) <= u(S) + sum over T \\ S of (u(i | S) - p_i) - sum over S \\ T of u(i | all others) - sum over T & S of p_i

for any bundle S; the most that the right side can be within the budget, parts of datasets allowed, is an upper bound
[NemhauserWolseyFisher78, adapted to utilities that may fall]. The better of two is given: S empty, and S as bought.
"""

from collections.abc import Sequence
from heapq import heapify, heappop, heapreplace
from math import inf

from evenhand.errors import Problem
from evenhand.markets.posted.bundles import Bundle
from evenhand.markets.posted.exactness import Number
from evenhand.markets.posted.sale import Purchase, Sale, bought


class Greedy:
    """One buyer's purchase, by lazy greedy; it says nothing about what they would pay at most."""

    def __init__(self, sale: Sale) -> None:
        self.sale = sale
        self.equal = 0.0

    @staticmethod
    def unsuited(sale: Sale) -> Problem | None:
        """Suit every sale."""
        del sale
        return None

    @staticmethod
    def last_resort(sale: Sale) -> bool:
        """Never be asked: it suits every sale."""
        del sale
        return False

    @staticmethod
    def work(sale: Sale) -> float:
        """Never be chosen: only those who ask for a bound are given one."""
        del sale
        return inf

    def purchase(self, prices: Sequence[Number]) -> Purchase:
        """Buy the better of the greedy bundle and the best dataset alone."""
        here = [dataset for dataset in self.sale.ids if prices[dataset] < inf]
        fits = [dataset for dataset in here if prices[dataset] <= self.sale.budget]
        bundles = [(), *((dataset,) for dataset in fits), self._grown(fits, prices)]
        best = max((bought(self.sale, bundle, prices) for bundle in bundles), key=lambda each: each.net)
        at_most = min(self._at_most((), fits, prices), self._at_most(best.bundle, fits, prices))
        return bought(self.sale, best.bundle, prices, max(at_most, best.net))

    def willingness(self, prices: Sequence[Number], item: int) -> Number:
        """Never asked: `route` gives a bound to nobody who needs an exact answer."""
        raise AssertionError("a bound on a purchase says nothing about a price")

    def _of(self, bundle: Sequence[int]) -> Number:
        return self.sale.utility.of(tuple(sorted(bundle)), self.sale.n)

    def _grown(self, fits: list[int], prices: Sequence[Number]) -> Bundle:
        chosen: list[int] = []
        worth, left = self._of(()), self.sale.budget
        # (-density, place, size of the bundle at which it was worked out)
        queue = [(-inf, place, -1) for place in range(len(fits))]
        heapify(queue)
        while queue:
            density, place, asked_at = queue[0]
            dataset = fits[place]
            if prices[dataset] > left or density > 0:
                heappop(queue)
            elif asked_at == len(chosen):
                heappop(queue)
                chosen.append(dataset)
                worth, left = self._of(chosen), left - prices[dataset]
            else:
                net = self._of([*chosen, dataset]) - worth - prices[dataset]
                heapreplace(queue, (-_density(net, prices[dataset]), place, len(chosen)))
        return tuple(sorted(chosen))

    def _at_most(self, bundle: Bundle, fits: list[int], prices: Sequence[Number]) -> Number:
        """The most that the right side of the bound can be, parts of datasets allowed."""
        everything, worth = self._of(fits), self._of(bundle)
        inside = {*bundle}
        last = {i: everything - self._of([k for k in fits if k != i]) for i in bundle}
        adds = {i: last[i] if i in inside else self._of([*bundle, i]) - worth for i in fits}
        total, left = worth - sum(last.values()), self.sale.budget
        ranked = sorted(fits, key=lambda i: _density(adds[i] - prices[i], prices[i]), reverse=True)
        for dataset in ranked:
            net, price = adds[dataset] - prices[dataset], prices[dataset]
            if net <= 0:
                break
            total += net if price <= left else net * left / price
            left = max(left - price, 0)
        return total


def _density(net: Number, price: Number) -> float:
    """Net utility per price; a free dataset is ahead of all others where it adds, and behind where it harms."""
    if price:
        return net / price
    return 0.0 if net == 0 else inf if net > 0 else -inf
