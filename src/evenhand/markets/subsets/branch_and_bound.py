"""Which set is best when there are too many to try, and returns diminish? Branch and bound.

A document adds the more, the fewer are there: v(i | T) <= v(i | S) for S inside T. So from a set S, with room for r
more, no set that contains S has more welfare than

    welfare(S) + the r largest surpluses v(i | S) - c_i above 0,

and whoever adds nothing beyond their cost to S never will again. Sets are grown one document at a time, the most
promising first, and a branch whose bound is below the best set so far is left.

Without diminishing returns the bound is no bound and the answer may be wrong. Before the search, the best documents by
themselves are put together one by one; wherever that, or the search, meets a document that adds more to a larger set,
it says so and stops. What is not met is not seen.

The functions take ints, fractions, floats or traced numbers.
"""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

from evenhand.errors import OfferError, Problem
from evenhand.markets.subsets.values import Chosen, Value

Number = Any

GAINS_MAX = 200_000
"""After so many questions what one document adds to one set, the search gives up: it grows exponentially."""


def best_set(value: Value, costs: Sequence[Number], k: int, slack: Number = 0) -> Chosen:
    """Find the set of at most k documents of greatest welfare; of equals the smallest, then the first by index.

    Args:
        value: has diminishing returns.
        costs: inf for a seller who stays away.
        k: how many may be bought.
        slack: by how much sums may be off: 0 for exact numbers, the rounding of sums for floats.

    Raises:
        OfferError: returns were seen to grow, or there is too much to search.

    >>> topics = [{1, 2}, {2, 3}, {4}]
    >>> best_set(lambda chosen: len(set().union(*(topics[i] for i in chosen))), [0.25, 0.25, 0.25], k=2)
    (0, 1)
    """
    search = _Search(value, costs, k, slack)
    here = [seller for seller, cost in enumerate(costs) if cost < inf]
    search.look_for_growing_returns(here)
    search.grow((), here, {})
    return search.best


class _Search:
    """The best set so far, and how much was asked for it."""

    def __init__(self, value: Value, costs: Sequence[Number], k: int, slack: Number) -> None:
        self._value, self._costs, self._k, self._slack = value, costs, k, slack
        self._asked = 0
        self.best: Chosen = ()
        self._most: Number = 0

    def look_for_growing_returns(self, candidates: Sequence[int]) -> None:
        """Put the documents that are best alone together, up to k: none may add more than it does alone.

        A search among documents of which none is worth its cost alone would look no further.
        """
        alone = {seller: self._gain(seller, (), self._value(()), {}) for seller in candidates}
        chosen: Chosen = ()
        for seller in sorted(candidates, key=lambda seller: -alone[seller])[: self._k]:
            self._gain(seller, chosen, self._value(chosen), alone)
            chosen = tuple(sorted((*chosen, seller)))

    def grow(self, chosen: Chosen, candidates: Sequence[int], before: Mapping[int, Number]) -> None:
        """Try a set and all that candidates can make of it; `before` is what they added to the set it grew from."""
        here = self._value(chosen)
        welfare = here - sum(self._costs[seller] for seller in chosen)
        if welfare > self._most or (welfare == self._most and _earlier(chosen, self.best)):
            self.best, self._most = chosen, welfare
        room = self._k - len(chosen)
        if not room:
            return
        gains = {seller: self._gain(seller, chosen, here, before) for seller in candidates}
        surplus = {seller: gains[seller] - self._costs[seller] for seller in candidates}
        promising = sorted((s for s in candidates if surplus[s] > 0), key=lambda seller: -surplus[seller])
        for place, seller in enumerate(promising):
            bound = welfare + sum(surplus[other] for other in promising[place : place + room])
            if bound < self._most - self._slack:
                return
            self.grow(tuple(sorted((*chosen, seller))), promising[place + 1 :], gains)

    def _gain(self, seller: int, chosen: Chosen, here: Number, before: Mapping[int, Number]) -> Number:
        self._asked += 1
        if self._asked > GAINS_MAX:
            raise OfferError(
                Problem(
                    "value",
                    f"{len(self._costs)} documents leave more than {GAINS_MAX:,} questions to the exact search",
                    "it is for markets in which few sets come near the best",
                    'Use method="distorted_greedy", which is as truthful, or offer fewer documents.',
                )
            )
        gain = self._value(tuple(sorted((*chosen, seller)))) - here
        if seller in before and gain > before[seller] + self._slack:
            raise OfferError(
                Problem(
                    f"value{tuple(sorted((*chosen, seller)))}",
                    f"document {seller} adds {gain} to {chosen}, and {before[seller]} before the last of them came",
                    "the exact search of so many documents needs diminishing returns",
                    'Use method="distorted_greedy", or offer 18 documents at most.',
                )
            )
        return gain


def _earlier(one: Chosen, other: Chosen) -> bool:
    return (len(one), one) < (len(other), other)
