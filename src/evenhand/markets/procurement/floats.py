"""Who sells, when a buyer with a fixed budget buys datasets whole? On float arrays, for millions of offers."""

from collections.abc import Callable
from fractions import Fraction
from functools import cached_property
from math import nan
from typing import Any

import numpy as np

from evenhand.errors import refuse
from evenhand.market import Clearing, FullMarket, SolvedAgain, checked_costs
from evenhand.markets.procurement import checks, variants
from evenhand.markets.procurement.exact import ExactProcurement
from evenhand.markets.procurement.marginals import OnMasks, Sums, answers
from evenhand.markets.procurement.policy import Policy
from evenhand.markets.procurement.rules import RULES, Rule
from evenhand.markets.procurement.variants import ADDITIVE, REDUNDANT
from evenhand.numerics.rounding import power_of_two, within
from evenhand.records import Allocation, Array


class Procurement(FullMarket):
    """Buys whole datasets under a hard budget.

    Thresholds are those of the exact market to rounding. What a rule that keeps the budget pays sums to no more than it
    as floats too, and nobody is paid less than they ask: payments give up as many last digits as that takes.

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
        problems = checks.goods(worth, value)
        self.worth: Any = None if worth is None else checks.worths(worth, problems)
        self.value_of_sets = value
        self.n = n if self.worth is None else self.worth.size
        self.budget = checks.amount("budget", budget, problems)
        self.rule = (ADDITIVE if value is None else REDUNDANT) if rule is None else rule
        self.pool = checks.amount("pool", pool, problems)
        self.liquidity = None if liquidity is None else checks.amount("liquidity", liquidity, problems)
        self.mass = None if mass is None else checks.amount("mass", mass, problems)
        self.policy = policy
        problems += [
            *(checks.sellers(n) if worth is None else []),
            *checks.rule(self.rule, redundant=value is not None),
            *checks.policy(policy, self.n),
        ]
        refuse(problems)

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
        return variants.under(self, rule)

    def spending(self, budget: float) -> "Procurement":
        """Give the same market with another budget; with none, what is asked nothing for is all that is bought."""
        return variants.spending(self, budget)

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

    @property
    def _money_scale(self) -> float:
        """The unit of money of the rule: near the budget, so that no product overflows; powers of two are exact.

        Rules of sets take floats as the fractions that they are, in which nothing overflows.
        """
        return 1.0 if RULES[self.rule].of_sets else power_of_two(self.budget)

    @cached_property
    def _goods(self) -> Any:
        """The goods as the rule sees them: the largest worth near 1, for the same reason."""
        if self.selection.of_sets:
            return OnMasks(self.value_of_sets or Sums(self.worth))
        return self.worth / power_of_two(self.worth.max())


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
        """The thresholds of those who sell; where rounding carries their sum beyond the budget, rounded down."""
        sellers, thresholds = self._winners
        highest = np.zeros(len(self.costs))
        highest[sellers] = self.market.unscaled(thresholds)
        if not self.market.selection.keeps_budget:
            return highest
        return within(highest, self.market.budget, least=self.costs)

    @cached_property
    def thresholds(self) -> Array:
        """Everyone's."""
        return self.market.unscaled(self.market.selection.thresholds(*self.market.scaled(self.costs)))

    @cached_property
    def _winners(self) -> tuple[Array, Array]:
        return self.market.selection.bought(*self.market.scaled(self.costs))
