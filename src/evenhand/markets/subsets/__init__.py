"""Which documents does an answer buy when their values do not add up? [Fan25, section 6.2]

Documents repeat, complete or contradict one another, so every set S of at most k of them has a value of its own, and
the best set is bought:

    S* = argmax over |S| <= k of v(S) - sum of c_j over S,        v(S) = value(S) - value(())      [Fan25, eq. 12]

of equals the smallest set, then the first by index. With the best set found exactly, the most that j could have asked
is

    tau_j = max over S with j of (v(S) - sum of the others' costs) - max over S without j of (v(S) - costs),

in which j's report does not appear; `threshold` and `vcg` payments agree. Three ways to choose:

    exact, up to 18 documents    every set is valued once; the rest are passes over one table
    exact, more than 18          branch and bound (branch_and_bound.py); needs diminishing returns
    distorted_greedy             k steps (distorted_greedy.py); truthful with `threshold` payments, not with `vcg`
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import inf
from operator import index
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem, unknown
from evenhand.market import (
    Clearing,
    FullMarket,
    SolvedAgain,
    checked_costs,
    exact_numbers,
    room_above,
    thresholds_of_winners,
)
from evenhand.markets.subsets import branch_and_bound, distorted_greedy
from evenhand.markets.subsets.values import Chosen, Value, Values, as_float, as_fraction
from evenhand.numerics.exactness import ROUNDING
from evenhand.numerics.games import Masks, prefixes
from evenhand.records import Allocation, Array, Without

Number = Any

TABLE_MAX = 18
"""Up to so many documents every set is valued: at most 262,144."""


@dataclass(frozen=True)
class Rule:
    """A way to choose, said once for ints, fractions, floats and traced numbers."""

    winners: Callable[[Value, Sequence[Number], int], Chosen]
    """(net value, costs, k) -> the documents bought from."""
    threshold: Callable[[int, Value, Sequence[Number], int], Number | None]
    """(seller, net value, costs, k) -> the supremum of the reports that would be bought; None where there is none."""
    thresholds: Callable[[Value, Sequence[Number], int], list[Number | None]]
    """(net value, costs, k) -> the same for every seller, sharing the work."""


class Subsets(FullMarket):
    """A query buys the best set of at most k documents, whose values interact.

    Args:
        value: a set of documents, as a sorted tuple of their places -> what the answer is then worth; value(()) is the
            answer without documents. Asked once a set: at once for the table, when needed by the other methods.
        n: how many documents there are.
        k: how many one answer can use, 1 or more.
        method: "exact" or "distorted_greedy".

    Raises:
        OfferError: n, k or the method is out of bounds, or a value is not a finite number; all are named.

    >>> topics = [{1, 2}, {2, 3}, {4}]
    >>> market = Subsets(lambda chosen: len(set().union(*(topics[i] for i in chosen))), n=3, k=2)
    >>> market.allocate([0.5, 0.25, 0.75]).quantity, market.thresholds([0.5, 0.25, 0.75])
    (array([1, 1, 0]), array([0.75, 0.75, 0.5 ]))
    """

    def __init__(self, value: Value, n: int, k: int, *, method: str = "exact") -> None:
        problems = _bad_market(value, n, k, method)
        if problems:
            raise OfferError(problems)
        self.n, self.k, self.method = index(n), index(k), method
        self.net = Values(value, as_float)
        self.table = _Table(self.net, self.n, self.k) if method == "exact" and n <= TABLE_MAX else None

    def allocate(self, costs: Any) -> Allocation:
        """Say which documents are bought: quantity 1 or 0."""
        return self.clear(costs).allocation

    def value(self, weights: Any) -> Array:
        """Give what other weights would be worth beyond the answer without documents: (1,)."""
        return np.array([self.net(tuple(np.flatnonzero(row).tolist())) for row in np.atleast_2d(weights)])

    def clear(self, costs: Any) -> Clearing:
        """Give the market at these reports.

        Raises:
            OfferError: a report is out of bounds, a value is not a finite number, or branch and bound meets growing
                returns or too many sets.
        """
        reports = checked_costs(costs, self.n)
        return RuleClearing(self, reports) if self.table is None else TableClearing(self, self.table, reports)

    @property
    def rule(self) -> Rule:
        """Give the way to choose where there is no table; the search allows for the rounding of sums."""
        if self.method == "distorted_greedy":
            return METHODS["distorted_greedy"]
        largest = max([abs(self.net((seller,))) for seller in range(self.n)])
        return _exact_rule(lambda v, c, k: branch_and_bound.best_set(v, c, k, slack=ROUNDING * self.k * largest))

    def exact(self) -> "ExactSubsets":
        """Give the same market on exact fractions: every float is one."""
        return ExactSubsets(self.net, self.n, self.k, method=self.method)


class TableClearing:
    """The market at given reports, by passes over the table of all sets."""

    def __init__(self, market: Subsets, table: "_Table", costs: Array) -> None:
        self.market = market
        self.costs = costs
        self._table = table

    @cached_property
    def allocation(self) -> Allocation:
        """Which documents are bought."""
        return _sold(self._chosen, self.market.net(self._chosen), self.costs)

    @cached_property
    def thresholds(self) -> Array:
        """The best with j at no cost, less the best without j; 0 or below where no report would be bought."""
        highest = np.array([best - other for best, _, other, _ in map(self._pivot, range(len(self.costs)))])
        return _not_below_reports(highest, self._chosen, self.costs)

    @property
    def highest_asked(self) -> Array:
        """The thresholds of those who are bought, 0 elsewhere."""
        return thresholds_of_winners(self)

    @cached_property
    def area(self) -> Array:
        """tau_j - c_j for those who are bought."""
        return room_above(self)

    @cached_property
    def without(self) -> Without:
        """The best set without each who is bought; nobody else is missed."""
        rows = np.full(len(self.costs), self._row)
        for seller in self._chosen:
            rows[seller] = np.where(self._table.inside[seller], -inf, self._welfare).argmax()
        return Without(self._table.values[rows][None, :], self._welfare[rows])

    @cached_property
    def contributions(self) -> Array:
        """v(S*) - v(S* without j), nothing else decided anew."""
        return _contributions(self.market.net, self._chosen, len(self.costs))

    def curve(self, seller: int, reports: Any) -> Array:
        """1 while the best with j at that report is ahead of the best without."""
        best, place, other, other_place = self._pivot(seller)
        left = best - np.ravel(np.asarray(reports, dtype=np.float64))
        return np.asarray((left > other) | ((left == other) & (place < other_place)), dtype=np.int64)

    def coalition_values(self, masks: Masks) -> Array:
        """The value of the best set inside each coalition, all coalitions at once.

        Sets are ranked by welfare; the best rank inside a coalition is the minimum over the coalition and the ones with
        a member less.
        """
        order = np.argsort(-self._welfare, kind="stable")
        rank = np.full(2 ** len(self.costs), len(order))
        rank[self._table.codes[order]] = np.arange(len(order))
        for seller in range(len(self.costs)):
            pairs = rank.reshape(-1, 2, 2**seller)
            np.minimum(pairs[:, 1], pairs[:, 0], out=pairs[:, 1])
        codes = np.asarray(masks, dtype=bool) @ (1 << np.arange(len(self.costs)))
        return np.asarray(self._table.values[order[rank[codes]]])

    def prefix_values(self, orders: Any) -> Array:
        """By valuing every prefix as a coalition."""
        return self.coalition_values(prefixes(np.asarray(orders))[1:]).reshape(np.shape(orders))

    @cached_property
    def _welfare(self) -> Array:
        return self._table.welfare(self.costs)

    @cached_property
    def _row(self) -> int:
        return int(self._welfare.argmax())

    @property
    def _chosen(self) -> Chosen:
        return self._table.sets[self._row]

    def _pivot(self, seller: int) -> tuple[float, int, float, int]:
        """The best set with the seller at no cost and the best set without: welfare and row of each."""
        free = self.costs.copy()
        free[seller] = 0
        welfare, inside = self._table.welfare(free), self._table.inside[seller]
        place, other = (int(np.where(kept, welfare, -inf).argmax()) for kept in (inside, ~inside))
        return float(welfare[place]), place, float(welfare[other]), other


class RuleClearing:
    """The market at given reports, by running the plain rule again."""

    def __init__(self, market: Subsets, costs: Array) -> None:
        self.market = market
        self.costs = costs
        self._rule = market.rule
        self._reports = costs.tolist()

    @cached_property
    def allocation(self) -> Allocation:
        """Which documents are bought."""
        return self._run(self._reports)

    @cached_property
    def thresholds(self) -> Array:
        """From the others' reports alone; -inf where no report would be bought."""
        each = self._rule.thresholds(self.market.net, self._reports, self.market.k)
        highest = np.array([-inf if most is None else float(most) for most in each])
        return _not_below_reports(highest, self._chosen, self.costs)

    @property
    def highest_asked(self) -> Array:
        """The thresholds of those who are bought, 0 elsewhere."""
        return thresholds_of_winners(self)

    @cached_property
    def area(self) -> Array:
        """tau_j - c_j for those who are bought."""
        return room_above(self)

    @cached_property
    def without(self) -> Without:
        """By running without each who is bought; nobody else is missed."""
        value = np.full((1, self.market.n), self.allocation.value)
        welfare = np.full(self.market.n, self.allocation.welfare)
        for seller in self._chosen:
            rest = self._run([*self._reports[:seller], inf, *self._reports[seller + 1 :]])
            value[0, seller], welfare[seller] = rest.value, rest.welfare
        return Without(value, welfare)

    @cached_property
    def contributions(self) -> Array:
        """v(S*) - v(S* without j), nothing else decided anew."""
        return _contributions(self.market.net, self._chosen, self.market.n)

    def curve(self, seller: int, reports: Any) -> Array:
        """By running at each report."""
        return SolvedAgain(self.market, self.costs, hooks=False).curve(seller, reports)

    def coalition_values(self, masks: Masks) -> Array:
        """By running for each coalition."""
        return SolvedAgain(self.market, self.costs, hooks=False).coalition_values(masks)

    def prefix_values(self, orders: Any) -> Array:
        """By running for each prefix."""
        return SolvedAgain(self.market, self.costs, hooks=False).prefix_values(orders)

    @property
    def _chosen(self) -> Chosen:
        return tuple(np.flatnonzero(self.allocation.quantity).tolist())

    def _run(self, reports: Sequence[float]) -> Allocation:
        chosen = self._rule.winners(self.market.net, reports, self.market.k)
        return _sold(chosen, self.market.net(chosen), np.asarray(reports))


class ExactSubsets(FullMarket):
    """The same market on exact numbers: the definition that the table is held against.

    Args:
        value: as for `Subsets`, in integers or fractions; a float is taken as the fraction it is.
        n, k, method: as for `Subsets`.

    >>> from fractions import Fraction
    >>> market = ExactSubsets(lambda chosen: min(len(chosen), 2), n=3, k=3)
    >>> market.winners([Fraction(1, 2), Fraction(1, 4), Fraction(1, 3)]), market.threshold(1, [1, 1, 1])
    ([1, 2], Fraction(1, 1))
    """

    whole = False

    def __init__(self, value: Value, n: int, k: int, *, method: str = "exact") -> None:
        problems = _bad_market(value, n, k, method)
        if problems:
            raise OfferError(problems)
        self.n, self.k, self.method = n, k, method
        self.net = Values(value, as_fraction)

    def restricted(self, sellers: Sequence[int]) -> "ExactSubsets":
        """Give the market among these sellers alone."""

        def value(chosen: Chosen) -> Number:
            return self.net(tuple(sorted(sellers[place] for place in chosen)))

        return ExactSubsets(value, len(sellers), self.k, method=self.method)

    @property
    def report_max(self) -> Number | None:
        """Nobody is bought above the worth of the best set.

        It values all sets of up to 18 documents, by whatever method they are chosen. Of more, branch and bound buys
        nobody above the worth of the best document: it takes up only who adds more than they cost, and stops where
        anyone adds more to a larger set. The greedy choice has no such bound, and it is None.
        """
        if self.n > TABLE_MAX and self.method != "exact":
            return None
        size = self.k if self.n <= TABLE_MAX else 1
        return max(0, *(self.net(chosen) for chosen in _sets(self.n, size)))

    def reports(self, costs: Any) -> Array:
        """Give reports as they are, exact."""
        return exact_numbers(costs)

    def winners(self, costs: Sequence[Number]) -> list[int]:
        """Say which documents are bought, by index; costs may be traced numbers."""
        return list(self._rule.winners(self.net, list(costs), self.k))

    def threshold(self, seller: int, costs: Sequence[Number]) -> Number | None:
        """Give the supremum of the reports at which one is bought, from the others' reports alone; None if none."""
        return self._rule.threshold(seller, self.net, list(costs), self.k)

    def allocate(self, costs: Any) -> Allocation:
        """Say which documents are bought: quantity 1 or 0, as Python integers."""
        bought = self.winners(costs)
        quantity = exact_numbers([0] * self.n)
        quantity[bought] = 1
        value = self.net(tuple(bought))
        welfare = value - sum(costs[seller] for seller in bought)
        return Allocation(quantity, quantity[None, :], exact_numbers([value]), welfare)

    def value(self, weights: Any) -> Array:
        """Give what other weights would be worth beyond the answer without documents: (1,)."""
        return exact_numbers([self.net(tuple(np.flatnonzero(row).tolist())) for row in np.atleast_2d(weights)])

    def thresholds(self, costs: Any) -> Array:
        """Give every document's threshold as exact numbers; None where no report would be bought."""
        return exact_numbers(self._rule.thresholds(self.net, list(costs), self.k))

    @property
    def _rule(self) -> Rule:
        if self.method == "exact" and self.n > TABLE_MAX:
            return _exact_rule(branch_and_bound.best_set)
        return METHODS[self.method]


class _Table:
    """Every set of at most k of n documents, by size and then by index, with its value."""

    def __init__(self, net: Value, n: int, k: int) -> None:
        self.sets = _sets(n, k)
        self.values = np.zeros(len(self.sets))
        problems: list[Problem] = []
        for row, chosen in enumerate(self.sets):
            try:
                self.values[row] = net(chosen)
            except OfferError as refused:
                problems += refused.problems
        if problems:
            raise OfferError(list(dict.fromkeys(problems)))
        self.codes = np.array([sum(1 << seller for seller in chosen) for chosen in self.sets])
        self.inside = (self.codes >> np.arange(n)[:, None]) & 1 == 1

    def welfare(self, costs: Array) -> Array:
        """Give every set's value less its costs; -inf with a seller who stays away."""
        sums = np.zeros(1)
        with np.errstate(over="ignore"):  # past the largest float is as good as away
            for cost in costs:  # bit j of a place says whether j is in the sum
                sums = np.concatenate([sums, sums + cost])
            return np.asarray(self.values - sums[self.codes])


def _sets(n: int, k: int) -> list[Chosen]:
    return [chosen for size in range(min(k, n) + 1) for chosen in combinations(range(n), size)]


def _best_of_all(value: Value, costs: Sequence[Number], k: int) -> Chosen:
    """Try every set of those who are here; the first of the best stays."""
    here = [seller for seller, cost in enumerate(costs) if cost < inf]
    best: Chosen = ()
    most: Number = 0
    for size in range(1, min(k, len(here)) + 1):
        for chosen in combinations(here, size):
            welfare = _welfare(value, chosen, costs)
            if welfare > most:
                best, most = chosen, welfare
    return best


def _exact_rule(best_set: Callable[[Value, Sequence[Number], int], Chosen]) -> Rule:
    """Make a rule of a way to find the best set: the threshold is what the market gains by the seller at no cost."""

    def gained(seller: int, value: Value, costs: Sequence[Number], k: int, without: Chosen) -> Number | None:
        free = [*costs[:seller], 0, *costs[seller + 1 :]]
        best = best_set(value, free, k)
        return _welfare(value, best, free) - _welfare(value, without, costs) if seller in best else None

    def threshold(seller: int, value: Value, costs: Sequence[Number], k: int) -> Number | None:
        gone = [*costs[:seller], inf, *costs[seller + 1 :]]
        return gained(seller, value, gone, k, best_set(value, gone, k))

    def thresholds(value: Value, costs: Sequence[Number], k: int) -> list[Number | None]:
        bought = best_set(value, costs, k)
        return [
            threshold(seller, value, costs, k) if seller in bought else gained(seller, value, costs, k, bought)
            for seller in range(len(costs))
        ]

    return Rule(best_set, threshold, thresholds)


def _welfare(value: Value, chosen: Chosen, costs: Sequence[Number]) -> Number:
    return value(chosen) - sum(costs[seller] for seller in chosen)


METHODS = {
    "exact": _exact_rule(_best_of_all),
    "distorted_greedy": Rule(distorted_greedy.winners, distorted_greedy.threshold, distorted_greedy.thresholds),
}
"""method -> the rule, for as many documents as the table holds; branch and bound takes the place of "exact" above."""


def _sold(chosen: Chosen, value: float, costs: Array) -> Allocation:
    quantity = np.zeros(len(costs), dtype=np.int64)
    quantity[list(chosen)] = 1
    return Allocation(quantity, quantity[None, :], np.array([value]), value - float(sum(costs[list(chosen)])))


def _not_below_reports(highest: Array, chosen: Chosen, costs: Array) -> Array:
    """Keep rounding from paying anyone who is bought less than they ask."""
    bought = list(chosen)
    highest[bought] = np.maximum(highest[bought], costs[bought])
    return highest


def _contributions(net: Value, chosen: Chosen, sellers: int) -> Array:
    lost = np.zeros((1, sellers))
    for seller in chosen:
        lost[0, seller] = net(chosen) - net(tuple(other for other in chosen if other != seller))
    return lost


def _bad_market(value: Any, n: Any, k: Any, method: str) -> list[Problem]:
    problems = [
        Problem(name, f"is {count!r}", "it is a whole number, 1 or more", "Say how many.")
        for name, count in (("n", n), ("k", k))
        if not isinstance(count, int | np.integer) or isinstance(count, bool) or count < 1
    ]
    if not callable(value):
        bound = "it says what a set of documents is worth"
        problems.append(Problem("value", f"is {value!r}", bound, "Give a function of a sorted tuple of places."))
    return problems if method in METHODS else [*problems, unknown("method", method, METHODS)]
