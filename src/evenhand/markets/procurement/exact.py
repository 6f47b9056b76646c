"""The same market on integers and fractions: what runs rounds, and what is proved about."""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from fractions import Fraction
from functools import cached_property
from typing import Any, Self

import numpy as np

from evenhand.errors import OfferError, Problem, refuse
from evenhand.market import Clearing, FullMarket, SolvedAgain, exact_numbers
from evenhand.markets.procurement import checks, variants
from evenhand.markets.procurement.limits import Limit
from evenhand.markets.procurement.marginals import one_answer
from evenhand.markets.procurement.policy import Policy
from evenhand.markets.procurement.rules import RULES, Rule
from evenhand.markets.procurement.variants import ADDITIVE, REDUNDANT
from evenhand.markets.subsets.values import Values, as_fraction
from evenhand.numerics import Number
from evenhand.records import Allocation, Array


class ExactProcurement(FullMarket):
    """The same market on exact numbers; reports are whole units of money, or any fraction.

    Args:
        worth: (n,) integers or fractions; None where `value` says what sets are worth.
        budget: an integer or a fraction.
        rule: a key of `RULES`.
        whole: whether reports and payments are whole units; then worth, budget and pool must be integers.
        value: as of `Procurement`; its answers are taken as the fractions that they are.
        n, pool, liquidity, mass, policy: as of `Procurement`, exact.

    Raises:
        OfferError: what is bought is not said, or twice; the rule is not known or does not go with these goods; a
            policy names sellers who are not there. That numbers are exact is the caller's to see to.

    >>> ExactProcurement([1, 1, 1], 10, whole=True).thresholds([3, 4, 9])
    array([5, 5, 3], dtype=object)
    """

    def __init__(
        self,
        worth: Sequence[Number] | None,
        budget: Number,
        rule: str | None = None,
        *,
        whole: bool = False,
        value: Callable[[Array], Any] | None = None,
        n: int | None = None,
        pool: Number = 0,
        liquidity: Fraction | None = None,
        mass: Number | None = None,
        policy: Policy | None = None,
    ) -> None:
        self.worth = None if worth is None else tuple(worth)
        self.value_of_sets = value
        self.n = n if self.worth is None else len(self.worth)
        self.budget = budget
        self.rule = (ADDITIVE if value is None else REDUNDANT) if rule is None else rule
        self.whole = whole
        self.pool = pool
        self.liquidity = liquidity
        self.mass = mass
        self.policy = policy
        self._asked: tuple[int, Values] | None = None
        problems = [
            *checks.goods(worth, value),
            *(checks.sellers(n) if worth is None else []),
            *checks.rule(self.rule, redundant=value is not None),
            *checks.policy(policy, self.n),
        ]
        refuse(problems)

    def under(self, rule: str) -> "ExactProcurement":
        """Give the same market under another rule."""
        return variants.under(self, rule)

    def spending(self, budget: Number) -> "ExactProcurement":
        """Give the same market with another budget; with none, what is asked nothing for is all that is bought."""
        return variants.spending(self, budget)

    def restricted(self, sellers: Sequence[int]) -> Self:
        """Give the market among these sellers alone; what the pool is divided over stays as it was.

        Raises:
            OfferError: sets have a value, and nobody said of how many sellers.
        """
        among = copy(self)
        among.n = len(sellers)
        among.policy = self.policy and self.policy.among(sellers)
        if self.worth is None:
            value, of, places = self.value_of_sets, self.n, list(sellers)
            if of is None:
                found, bound = "is not given", "some sellers stay away, and value is asked of masks of all"
                raise OfferError(Problem("n", found, bound, "Give it: Procurement(value=..., budget=..., n=...)."))
            assert value is not None, "either worth or value is given"
            among.value_of_sets = lambda masks: value(_spread(masks, places, of))
            among._asked = None
        else:
            among.worth = tuple(self.worth[i] for i in sellers)
            among.mass = sum(self.worth) if self.mass is None else self.mass
        return among

    def entered(self, worth: Sequence[Number], owners: Sequence[int]) -> Self:
        """Give the market in real numbers as it would be, if its sellers entered under other names.

        Args:
            worth: of each name's dataset.
            owners: the seller of this market who stands behind each name, whose pool and tag it has.

        >>> ExactProcurement([4, 1], 10, whole=True).entered([2, 1, 2], [0, 1, 0]).thresholds([3, 1, 3]).tolist()
        [Fraction(4, 1), Fraction(2, 1), Fraction(4, 1)]
        """
        again = copy(self)
        again.n, again.worth, again.whole = len(worth), tuple(worth), False
        again.policy = self.policy and self.policy.among(owners)
        return again

    @property
    def report_max(self) -> Number:
        """Nobody is bought above the budget."""
        return self.budget

    @property
    def selection(self) -> Rule:
        """The rule by which this market selects, with its policy on top."""
        rule = RULES[self.rule]
        return self.policy.over(rule, whole=self.whole) if self.policy else rule

    def reports(self, costs: Any) -> Array:
        """Give reports as they are, exact."""
        return exact_numbers(costs)

    def winners(self, costs: Sequence[Number]) -> list[int]:
        """Say who sells, in the order of the rule; costs may be traced numbers."""
        return self.selection.winners(costs, self.goods(len(costs)), self.budget)

    @property
    def sells(self) -> Callable[[int, Sequence[Number]], bool] | None:
        """(seller, costs) -> whether this one sells, where that can be told apart from the others; else None."""
        told = self.selection.sells
        if told is None:
            return None
        return lambda seller, costs: told(seller, costs, self.goods(len(costs)), self.budget)

    def threshold(self, seller: int, costs: Sequence[Number]) -> Number | None:
        """Give one seller's threshold from the others' reports alone; None where no report would be bought."""
        return self._threshold(self.selection.limit(seller, costs, self.goods(len(costs)), self.budget))

    def allocate(self, costs: Any) -> Allocation:
        """Say who sells: quantity 1 or 0, as Python integers."""
        return self.allocation(self.winners(list(costs)), costs)

    def allocation(self, bought: Sequence[int], costs: Any) -> Allocation:
        """Give what it is to buy from these sellers."""
        quantity = np.zeros(len(costs), dtype=object)
        quantity[bought] = 1
        value = self.value(quantity)[0]
        welfare = value - sum(costs[seller] for seller in bought)
        return Allocation(quantity, quantity[None, :], np.array([value], dtype=object), welfare)

    def value(self, weights: Any) -> Array:
        """Give the worth of what is bought: (1,)."""
        rows = np.atleast_2d(weights)
        if self.worth is not None:
            return np.asarray(rows @ exact_numbers(self.worth))
        net = self.goods(rows.shape[1])
        return exact_numbers([net(tuple(np.flatnonzero(row).tolist())) for row in rows])

    def clear(self, costs: Any) -> Clearing:
        """Give the market at these reports."""
        return _BoughtExactly(self, costs)

    def highest_asked(self, costs: Any) -> Array:
        """Give the thresholds of those who are bought from, 0 elsewhere."""
        reports = list(costs)
        selection, goods = self.selection, self.goods(len(reports))
        ends: Mapping[int, Limit | None]
        if selection.paid is not None:
            ends = selection.paid(reports, goods, self.budget)
        else:
            limits = selection.limits(reports, goods, self.budget)
            ends = {seller: limits[seller] for seller in selection.winners(reports, goods, self.budget)}
        return exact_numbers([self._threshold(ends[seller]) if seller in ends else 0 for seller in range(len(reports))])

    def thresholds(self, costs: Any) -> Array:
        """Give every seller's threshold as exact numbers; None where no report would be bought."""
        reports = list(costs)
        limits = self.selection.limits(reports, self.goods(len(reports)), self.budget)
        return exact_numbers([self._threshold(limit) for limit in limits])

    def goods(self, sellers: int) -> Any:
        """Give what the rule looks at: worth, or the value of a set of so many sellers beyond that of none."""
        if not self.selection.of_sets:
            return self.worth
        worth, value = self.worth, self.value_of_sets
        if worth is not None:
            return lambda chosen: sum(worth[seller] for seller in chosen)
        assert value is not None, "either worth or value is given"
        if self._asked is None or self._asked[0] != sellers:
            self._asked = sellers, Values(lambda chosen: one_answer(value, _mask(chosen, sellers)), as_fraction)
        return self._asked[1]

    def _threshold(self, limit: Limit | None) -> Number | None:
        if limit is None:
            return None
        return limit.whole if self.whole else limit.report


class _BoughtExactly(SolvedAgain):
    """The same market at given reports, on exact numbers; who is not bought is not asked for a threshold."""

    market: ExactProcurement

    def __init__(self, market: ExactProcurement, costs: Any) -> None:
        super().__init__(market, costs, hooks=False)

    @cached_property
    def thresholds(self) -> Array:
        """Everyone's."""
        return self.market.thresholds(self.costs)

    @cached_property
    def highest_asked(self) -> Array:
        """The thresholds of those who sell."""
        return self.market.highest_asked(self.costs)


def _mask(chosen: Sequence[int], sellers: int) -> Array:
    mask = np.zeros(sellers, dtype=np.int64)
    mask[list(chosen)] = 1
    return mask


def _spread(masks: Array, places: Sequence[int], sellers: int) -> Array:
    """Write masks of some sellers as masks of all."""
    spread = np.zeros((len(masks), sellers), dtype=np.int64)
    spread[:, places] = masks
    return spread
