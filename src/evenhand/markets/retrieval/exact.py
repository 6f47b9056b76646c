"""Which documents does one query buy, and up to which reports? The rule on exact numbers: the definition.

Integers, fractions or traced numbers in, the same out; `Retrieval` is its fast twin on floats, and says why the rule is
right. A law test ties the two.
"""

from collections.abc import Sequence
from math import inf
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.market import FullMarket, exact_numbers
from evenhand.records import Allocation, Array

Number = Any


class ExactRetrieval(FullMarket):
    """The same market for one query on exact numbers: the definition that the arrays are held against.

    Args:
        scores: (documents,) integers or fractions.
        k, price_max, sources, source_max, surplus_min: as for `Retrieval`; integers, fractions or infinite.

    >>> market = ExactRetrieval([9, 7, 2], k=1)
    >>> market.winners([3, 2, 0]), market.threshold(0, [3, 2, 0]), market.threshold(1, [3, 2, 0])
    ([0], 4, 1)
    """

    whole = False

    def __init__(
        self,
        scores: Sequence[Number],
        k: int,
        price_max: Number = inf,
        *,
        sources: Sequence[Any] | None = None,
        source_max: int | None = None,
        surplus_min: Number = 0,
    ) -> None:
        problems = [*bad_count("k", k), *bad_sources(sources, source_max, (len(scores),))]
        if problems:
            raise OfferError(problems)
        self.scores = tuple(scores)
        self.k = k
        self.price_max = price_max
        self.sources = None if sources is None else tuple(sources)
        self.source_max = source_max
        self.surplus_min = surplus_min

    def restricted(self, sellers: Sequence[int]) -> "ExactRetrieval":
        """Give the market among these sellers alone."""
        sources = None if self.sources is None else [self.sources[seller] for seller in sellers]
        return self._of([self.scores[seller] for seller in sellers], sources, self.surplus_min)

    def always_buying(self) -> "ExactRetrieval":
        """Give the same market without a least surplus: k documents are bought at any loss [Fan25, Algorithm 1]."""
        return self._of(self.scores, self.sources, -inf)

    @property
    def report_max(self) -> Number | None:
        """Nobody is bought above the highest score less the least surplus, nor above the highest price.

        Without either there is no such number, and it is None.
        """
        if self.surplus_min == -inf:
            return None if self.price_max == inf else self.price_max
        return min(max([0, *(score - self.surplus_min for score in self.scores)]), self.price_max)

    def reports(self, costs: Any) -> Array:
        """Give reports as they are, exact."""
        return exact_numbers(costs)

    def winners(self, costs: Sequence[Number]) -> list[int]:
        """Say which documents are bought, in the order of surplus; costs may be traced numbers."""
        surplus = {
            document: self.scores[document] - cost
            for document, cost in enumerate(costs)
            if cost < inf and cost <= self.price_max
        }
        bought: list[int] = []
        for document in sorted(surplus, key=lambda document: -surplus[document]):  # stable: ties by index
            if len(bought) == self.k or not surplus[document] > self.surplus_min:
                break
            if len(self._of_same_source(document, bought)) != self.source_max:
                bought.append(document)
        return bought

    def threshold(self, seller: int, costs: Sequence[Number]) -> Number | None:
        """Give the supremum of the reports at which a document is bought, from the others' reports alone; None if none.

        Args:
            seller: its place.
            costs: the reports; the document's own is not looked at.
        """
        others = self.winners([*costs[:seller], inf, *costs[seller + 1 :]])
        own = self._of_same_source(seller, others)
        rivals = own if len(own) == self.source_max else others if len(others) == self.k else []
        if not rivals:
            most, tie_wins = self.scores[seller] - self.surplus_min, False
        else:
            most = self.scores[seller] - (self.scores[rivals[-1]] - costs[rivals[-1]])
            tie_wins = seller < rivals[-1]
        if most > 0 or (tie_wins and most == 0):
            return min(most, self.price_max)
        return None

    def allocate(self, costs: Any) -> Allocation:
        """Say which documents are bought: quantity 1 or 0, as Python integers."""
        bought = self.winners(costs)
        quantity = exact_numbers([0] * len(self.scores))
        quantity[bought] = 1
        value = sum(self.scores[document] for document in bought)
        welfare = value - sum(costs[document] for document in bought)
        return Allocation(quantity, quantity[None, :], exact_numbers([value]), welfare)

    def value(self, weights: Any) -> Array:
        """Give what other weights would be worth: (1,)."""
        return np.asarray(np.asarray(weights) @ exact_numbers(self.scores))

    def thresholds(self, costs: Any) -> Array:
        """Give every document's threshold as exact numbers; None where no report would be bought."""
        reports = list(costs)
        return exact_numbers([self.threshold(seller, reports) for seller in range(len(reports))])

    def _of_same_source(self, document: int, among: Sequence[int]) -> list[int]:
        if self.sources is None:
            return []
        return [other for other in among if self.sources[other] == self.sources[document]]

    def _of(self, scores: Sequence[Number], sources: Sequence[Any] | None, surplus_min: Number) -> "ExactRetrieval":
        return ExactRetrieval(
            scores, self.k, self.price_max, sources=sources, source_max=self.source_max, surplus_min=surplus_min
        )


def bad_count(name: str, count: Any) -> list[Problem]:
    """Refuse a count of documents that is no whole number above 0."""
    if isinstance(count, int | np.integer) and not isinstance(count, bool) and count >= 1:
        return []
    return [Problem(name, f"is {count!r}", "it is a whole number, 1 or more", "Say how many documents may be bought.")]


def bad_sources(sources: Any, source_max: Any, shape: tuple[int, ...]) -> list[Problem]:
    """Refuse sources without a limit, a limit without sources, and sources that are not one a document."""
    if sources is None and source_max is None:
        return []
    if sources is None or source_max is None:
        given, missing = ("source_max", "sources") if sources is None else ("sources", "source_max")
        return [Problem(missing, "is not given", f"it goes with {given}", "Give both, or neither.")]
    found = np.shape(np.asarray(sources, dtype=object))
    allowed = dict.fromkeys((shape, shape[-1:]))
    problems = bad_count("source_max", source_max)
    if shape and found not in allowed:
        bound = f"there is one label a document: {' or '.join(map(str, allowed))}"
        problems.append(Problem("sources", f"have shape {found}", bound, "Name the source of every document."))
    return problems
