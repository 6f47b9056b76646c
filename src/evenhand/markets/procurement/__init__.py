"""Who sells, when a buyer with a fixed budget buys datasets whole?

Each dataset has a public worth to the buyer and a private cost to its seller; or, where data is redundant, each set of
datasets has a value. A rule of `RULES` selects; with it come the thresholds, from which truthful payments follow. The
same market exists twice: `Procurement` on float arrays, for millions of offers, and `ExactProcurement` on integers or
fractions, which runs rounds and is what is proved about.

rules.py               the table: name -> selection rule
limits.py              up to which report a seller is bought
order.py               offers in the order of cost per worth
prefix.py              offers that come first in that order and fit together, found without sorting all
proportional_share.py  the default: buy while everyone's share of the budget covers the cost
best_single.py         the one affordable dataset of largest worth, for the whole budget
single_or_share.py     one of these two, whichever suits the market: good in the worst case
handicaps.py           worth weighed by lot beforehand: more in the worst case, where no offer matters much
prune_and_pack.py      drop what is dear for its worth, then pack by worth alone: good in the worst case
knapsack.py            the most that the budget could buy, against which rules are measured
q_mia.py               the published auction: buy while the reported costs fit into the budget
q_mia_affordable.py    the same, with offers above the budget left out first
q_mia_skip.py          the same, with offers that do not fit passed over
clock.py               the default for values of sets: prices that only fall, until they fit into the budget
distorted_greedy.py    values of sets in money, bought while they are worth their cost; no budget is kept
marginals.py           what each dataset adds to others
gifts.py               what is asked nothing for: the cash side of a mechanism that pays in shares alone
everyone.py            all that is offered, whatever it costs
hybrids.py             a market that is settled in cash and shares: one threshold in two parts, or a share and cash
policy/                what a buyer adds to a rule: a cap, near-duplicates sold as one, a reserve for tagged sellers
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from fractions import Fraction
from functools import cached_property
from math import nan
from typing import Any, Self, TypeVar

import numpy as np

from evenhand.errors import OfferError, Problem, unknown
from evenhand.market import Clearing, FullMarket, SolvedAgain, checked_costs, exact_numbers, numbers
from evenhand.markets.procurement.limits import Limit
from evenhand.markets.procurement.marginals import OnMasks, Sums, answers, one_answer
from evenhand.markets.procurement.policy import Policy
from evenhand.markets.procurement.rules import RULES, Rule
from evenhand.markets.subsets.values import Values, as_fraction
from evenhand.records import Allocation, Array

Number = Any
M = TypeVar("M", "Procurement", "ExactProcurement")

ADDITIVE, REDUNDANT = "proportional_share", "clock"
"""The rules that are taken where none is named: for worth that adds up, and for values of sets."""


class Procurement(FullMarket):
    """Buys whole datasets under a hard budget.

    Args:
        worth: (n,) what each dataset is worth to the buyer, 0 or more; 0 is never bought. None where `value` says what
            sets are worth.
        budget: the most that may be paid in cash, above 0.
        rule: a key of `RULES`; "proportional_share" if none is named, "clock" for values of sets.
        value: what sets of datasets are worth, for data that is redundant: 0/1 masks (sets, n) -> (sets,). It may have
            a faster way to say what datasets add, `added` (marginals.py).
        n: how many sellers there are; needed beside `value` alone, and there only to certify a market from which some
            stay away.
        pool: what may be promised in shares of future revenue, in the money of the budget, 0 or more; for mechanisms
            that settle in shares.
        liquidity: rho of [Ayyoubzadeh25, section 8], the part of a payment that is cash, 0 to 1; None leaves it to the
            mechanism.
        mass: the worth over which the pool is divided, published before offers are made; None for all that is offered.
        policy: what goes on top of the rule: a cap, pools of near-duplicates, a reserve for tagged sellers.

    Raises:
        OfferError: a number is negative, NaN or infinite, the rule is not known or does not go with these goods.

    >>> Procurement(worth=[1.0, 1.0, 1.0], budget=10.0).allocate([3.0, 4.0, 9.0]).quantity
    array([1, 1, 0])
    """

    whole = False
    """Reports and payments are real numbers."""

    def __init__(
        self,
        worth: Any = None,
        budget: float = nan,
        rule: str | None = None,
        *,
        value: Callable[[Array], Any] | None = None,
        n: int | None = None,
        pool: float = 0.0,
        liquidity: float | None = None,
        mass: float | None = None,
        policy: Policy | None = None,
    ) -> None:
        self.worth: Any = None if worth is None else numbers("worth", worth)
        self.value_of_sets = value
        self.n = n if self.worth is None else self.worth.size
        self.budget = float(numbers("budget", budget))
        self.rule = rule or (ADDITIVE if value is None else REDUNDANT)
        self.pool = float(numbers("pool", pool))
        self.liquidity = None if liquidity is None else float(numbers("liquidity", liquidity))
        self.mass = None if mass is None else float(numbers("mass", mass))
        self.policy = policy
        problems = [
            *_bad_goods(self.worth, value),
            *_bad_budget(self.budget),
            *_bad_rule(self.rule, redundant=value is not None),
            *_bad_shares(self.pool, self.liquidity, self.mass),
            *(policy.beyond(self.n) if policy else []),
        ]
        if problems:
            raise OfferError(problems)
        # The rules see the largest worth and the budget near 1, so that no product overflows; powers of two are exact.
        self._worth_scale = 1.0 if self.worth is None else _power_of_two(self.worth.max())
        self._money_scale = _power_of_two(self.budget)

    def allocate(self, costs: Any) -> Allocation:
        """Say who sells: quantity 1 or 0; the buyer's value is the worth bought."""
        return self.clear(costs).allocation

    def clear(self, costs: Any) -> Clearing:
        """Give the market at these reports."""
        return _Bought(self, checked_costs(costs, np.size(costs) if self.n is None else self.n))

    def value(self, weights: Any) -> Array:
        """Give the worth of what is bought: (1,)."""
        if self.value_of_sets is None:
            return np.asarray(np.asarray(weights) @ self.worth)
        rows = np.atleast_2d(weights)
        return answers(self.value_of_sets, rows) - answers(self.value_of_sets, np.zeros_like(rows[:1]))

    def thresholds(self, costs: Any) -> Array:
        """Give every seller the supremum of the reports that would be bought; -inf where none would."""
        return self.clear(costs).thresholds

    def under(self, rule: str) -> "Procurement":
        """Give the same market under another rule.

        Raises:
            OfferError: the rule does not go with these goods.
        """
        return _under(self, rule)

    def spending(self, budget: float) -> "Procurement":
        """Give the same market with another budget; with none, what is asked nothing for is all that is bought."""
        other = _spending(self, budget)
        other._money_scale = _power_of_two(budget)
        other.__dict__.pop("_goods", None)  # values of sets are counted in that money
        return other

    def exact(self) -> "ExactProcurement":
        """Give the same market on exact fractions: every float is one."""
        return ExactProcurement(
            None if self.worth is None else [Fraction(w) for w in self.worth.tolist()],
            Fraction(self.budget),
            self.rule,
            value=self.value_of_sets,
            n=self.n,
            pool=Fraction(self.pool),
            liquidity=None if self.liquidity is None else Fraction(self.liquidity),
            mass=None if self.mass is None else Fraction(self.mass),
            policy=self.policy and self.policy.exact(),
        )

    @property
    def selection(self) -> Rule:
        """The rule by which this market selects, with its policy on top, in the money of `scaled`."""
        rule = RULES[self.rule]
        return self.policy.over(rule, money=self._money_scale) if self.policy else rule

    def scaled(self, reports: Array) -> tuple[Array, Any, float]:
        """Give costs, goods and budget as the rule sees them."""
        return reports / self._money_scale, self._goods, self.budget / self._money_scale

    def unscaled(self, thresholds: Array) -> Array:
        """Give thresholds of the rule in the market's money."""
        return thresholds * self._money_scale

    @cached_property
    def _goods(self) -> Any:
        if not self.selection.of_sets:
            return self.worth / self._worth_scale
        return OnMasks(self.value_of_sets or Sums(self.worth), unit=self._money_scale)


class _Bought(SolvedAgain):
    """A market at given reports: its rule says who sells and their thresholds in one go, and all others' in another."""

    market: Procurement

    def __init__(self, market: Procurement, costs: Array) -> None:
        super().__init__(market, costs, hooks=False)

    @cached_property
    def allocation(self) -> Allocation:
        """Who sells, and the worth of it."""
        sellers, _ = self._winners
        quantity = np.zeros(len(self.costs), dtype=np.int64)
        quantity[sellers] = 1
        worth = self.market.worth
        value = float(self.market.value(quantity)[0]) if worth is None else float(worth[sellers].sum())
        return Allocation(quantity, quantity[None, :], np.array([value]), value - float(self.costs[sellers].sum()))

    @cached_property
    def highest_asked(self) -> Array:
        """The thresholds of those who sell."""
        sellers, thresholds = self._winners
        highest = np.zeros(len(self.costs))
        highest[sellers] = self.market.unscaled(thresholds)
        return highest

    @cached_property
    def thresholds(self) -> Array:
        """Everyone's."""
        return self.market.unscaled(self.market.selection.thresholds(*self.market.scaled(self.costs)))

    @cached_property
    def _winners(self) -> tuple[Array, Array]:
        return self.market.selection.bought(*self.market.scaled(self.costs))


class ExactProcurement(FullMarket):
    """The same market on exact numbers; reports are whole units of money, or any fraction.

    Args:
        worth: (n,) integers or fractions; None where `value` says what sets are worth.
        budget: an integer or a fraction.
        rule: a key of `RULES`.
        whole: whether reports and payments are whole units; then worth, budget and pool must be integers.
        value: as of `Procurement`; its answers are taken as the fractions that they are.
        n, pool, liquidity, mass, policy: as of `Procurement`, exact.

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
        self.rule = rule or (ADDITIVE if value is None else REDUNDANT)
        self.whole = whole
        self.pool = pool
        self.liquidity = liquidity
        self.mass = mass
        self._asked: tuple[int, Values] | None = None
        self.policy = policy

    def under(self, rule: str) -> "ExactProcurement":
        """Give the same market under another rule."""
        return _under(self, rule)

    def spending(self, budget: Number) -> "ExactProcurement":
        """Give the same market with another budget; with none, what is asked nothing for is all that is bought."""
        return _spending(self, budget)

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


def _under(market: "M", rule: str) -> "M":
    """Copy a market, with another rule."""
    if rule == market.rule:
        return market
    problems = _bad_rule(rule, redundant=market.worth is None)
    if problems:
        raise OfferError(problems)
    other = copy(market)
    other.rule = rule
    other.__dict__.pop("_goods", None)  # it was worked out for the rule before
    return other


def _spending(market: "M", budget: Number) -> "M":
    """Copy a market, with another budget; there is no rule for one of 0, so gifts are taken then."""
    other = copy(market if budget else _under(market, "gifts"))
    other.budget = budget
    return other


def _mask(chosen: Sequence[int], sellers: int) -> Array:
    mask = np.zeros(sellers, dtype=np.int64)
    mask[list(chosen)] = 1
    return mask


def _spread(masks: Array, places: Sequence[int], sellers: int) -> Array:
    """Write masks of some sellers as masks of all."""
    spread = np.zeros((len(masks), sellers), dtype=np.int64)
    spread[:, places] = masks
    return spread


def _power_of_two(number: float) -> float:
    """Give the power of two just above a number, within what divides floats exactly; 1 for 0."""
    exponent = int(np.frexp(number)[1]) if number else 0
    return float(np.ldexp(1.0, max(min(exponent, 1000), -1000)))


def _bad_goods(worth: Array | None, value: Any) -> list[Problem]:
    if (worth is None) == (value is None):
        found = "are both missing" if worth is None else "are both given"
        return [
            Problem("worth and value", found, "one says what is bought", "Give a worth a seller, or the value of sets.")
        ]
    if worth is None:
        if callable(value):
            return []
        found, bound = f"is {value!r:.60}", "it says what any set is worth"
        return [Problem("value", found, bound, "Give a function of 0/1 masks (sets, n) that returns one number a row.")]
    if worth.ndim != 1 or not len(worth):
        return [
            Problem("worth", f"has shape {worth.shape}", "it is one number a seller", "Give a list of one or more.")
        ]
    return [
        Problem(
            f"worth[{i}]", f"is {worth[i]}", "a worth is a finite number, 0 or more", "Use 0 to leave a seller out."
        )
        for i in np.flatnonzero(~(np.isfinite(worth) & (worth >= 0)))
    ]


def _bad_budget(budget: float) -> list[Problem]:
    if np.isfinite(budget) and budget > 0:
        return []
    return [Problem("budget", f"is {budget}", "a budget is finite and above 0", "State what may be spent.")]


def _bad_rule(rule: str, *, redundant: bool) -> list[Problem]:
    if rule not in RULES:
        return [unknown("rule", rule, RULES)]
    if redundant and not RULES[rule].of_sets:
        fitting = ", ".join(name for name, known in RULES.items() if known.of_sets)
        found = f'"{rule}" buys worth that adds up'
        return [Problem("rule", found, "here sets have a value", f"Choose one of: {fitting}.")]
    return []


def _bad_shares(pool: float, liquidity: float | None, mass: float | None) -> list[Problem]:
    problems = []
    if not (np.isfinite(pool) and pool >= 0):
        problems.append(
            Problem("pool", f"is {pool}", "a pool of shares is finite and 0 or more", "Use 0 for cash alone.")
        )
    if liquidity is not None and not 0 <= liquidity <= 1:
        found, bound = f"is {liquidity}", "the part of a payment that is cash is 0 to 1"
        problems.append(Problem("liquidity", found, bound, "Leave it out, and it follows from budget and pool."))
    if mass is not None and not (np.isfinite(mass) and mass > 0):
        problems.append(Problem("mass", f"is {mass}", "a mass is finite and above 0", "Leave it out for all offered."))
    return problems
