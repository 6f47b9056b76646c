"""Who sells, when a buyer with a fixed budget buys datasets whole?

Each dataset has a public worth to the buyer and a private cost to its seller. A rule of `RULES` selects; with it come
the thresholds, from which truthful payments follow. The same market exists twice: `Procurement` on float arrays, for
millions of offers, and `ExactProcurement` on integers or fractions, which runs rounds and is what is proved about.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem, unknown
from evenhand.market import FullMarket, checked_costs, exact_numbers, numbers
from evenhand.markets import proportional_share
from evenhand.records import Allocation, Array

Number = Any


@dataclass(frozen=True)
class Rule:
    """A selection rule, said twice: on plain numbers, which is the definition, and on float arrays, its fast twin.

    Where no report would be bought, which is where there is no worth, the plain form says None and the arrays say -inf.
    """

    winners: Callable[[Sequence[Number], Sequence[Number], Number], list[int]]
    """(costs, worth, budget) -> the sellers bought from, in the order of the rule; costs may be traced numbers."""
    highest_whole_report: Callable[[int, Sequence[Number], Sequence[int], int], int | None]
    """(seller, costs, worth, budget) -> the highest whole report that would be bought."""
    highest_whole_reports: Callable[[Sequence[int], Sequence[int], int], list[int | None]]
    """(costs, worth, budget) -> the same for every seller, sharing the work."""
    supremum_report: Callable[[int, Sequence[Number], Sequence[Number], Number], Number | None]
    """(seller, costs, worth, budget) -> the supremum of the reports that would be bought, as a fraction."""
    winners_of_arrays: Callable[[Array, Array, float], tuple[Array, float]]
    """(costs, worth, budget) -> indices of the sellers bought from, and the price of a unit of worth."""
    thresholds_of_arrays: Callable[[Array, Array, float], Array]
    """(costs, worth, budget) -> the suprema for every seller."""


RULES = {
    "proportional_share": Rule(
        winners=proportional_share.winners,
        highest_whole_report=proportional_share.highest_whole_report,
        highest_whole_reports=proportional_share.highest_whole_reports,
        supremum_report=proportional_share.supremum_report,
        winners_of_arrays=proportional_share.winners_of_arrays,
        thresholds_of_arrays=proportional_share.thresholds_of_arrays,
    ),
}


class Procurement(FullMarket):
    """Buys whole datasets of given worth under a hard budget.

    Args:
        worth: (n,) what each dataset is worth to the buyer, 0 or more; 0 is never bought.
        budget: the most that may be paid in all, above 0.
        rule: a key of `RULES`.

    Raises:
        OfferError: a worth or the budget is negative, NaN or infinite, or the rule is not known.

    >>> Procurement(worth=[1.0, 1.0, 1.0], budget=10.0).allocate([3.0, 4.0, 9.0]).quantity
    array([1, 1, 0])
    """

    def __init__(self, worth: Any, budget: float, rule: str = "proportional_share") -> None:
        self.worth = numbers("worth", worth)
        self.budget = float(numbers("budget", budget))
        self.rule = rule
        problems = [*_bad_worth(self.worth), *_bad_budget(self.budget), *_bad_rule(rule)]
        if problems:
            raise OfferError(problems)
        # The rules see the largest worth and the budget near 1, so that no product overflows; powers of two are exact.
        self._worth_scale = _power_of_two(self.worth.max())
        self._money_scale = _power_of_two(self.budget)

    def allocate(self, costs: Any) -> Allocation:
        """Say who sells: quantity 1 or 0; the buyer's value is the worth bought."""
        reports = checked_costs(costs, len(self.worth))
        bought, _ = RULES[self.rule].winners_of_arrays(*self._scaled(reports))
        quantity = np.zeros(len(reports), dtype=np.int64)
        quantity[bought] = 1
        value = float(self.worth[bought].sum())
        return Allocation(quantity, quantity[None, :], np.array([value]), value - float(reports[bought].sum()))

    def value(self, weights: Any) -> Array:
        """Give the worth of what is bought: (1,)."""
        return np.asarray(np.asarray(weights) @ self.worth)

    def thresholds(self, costs: Any) -> Array:
        """Give every seller the supremum of the reports that would be bought; -inf without worth."""
        reports = checked_costs(costs, len(self.worth))
        return RULES[self.rule].thresholds_of_arrays(*self._scaled(reports)) * self._money_scale

    def under(self, rule: str) -> "Procurement":
        """Give the same market under another rule."""
        return self if rule == self.rule else Procurement(self.worth, self.budget, rule)

    def exact(self) -> "ExactProcurement":
        """Give the same market on exact fractions: every float is one."""
        return ExactProcurement([Fraction(w) for w in self.worth.tolist()], Fraction(self.budget), self.rule)

    def _scaled(self, reports: Array) -> tuple[Array, Array, float]:
        return reports / self._money_scale, self.worth / self._worth_scale, self.budget / self._money_scale


class ExactProcurement(FullMarket):
    """The same market on exact numbers; reports are whole units of money, or any fraction.

    Args:
        worth: (n,) integers or fractions.
        budget: an integer or a fraction.
        rule: a key of `RULES`.
        whole: whether reports and payments are whole units; then worth and budget must be integers.

    >>> ExactProcurement([1, 1, 1], 10, whole=True).thresholds([3, 4, 9])
    array([5, 5, 3], dtype=object)
    """

    def __init__(
        self, worth: Sequence[Number], budget: Number, rule: str = "proportional_share", *, whole: bool = False
    ) -> None:
        self.worth = tuple(worth)
        self.budget = budget
        self.rule = rule
        self.whole = whole

    def under(self, rule: str) -> "ExactProcurement":
        """Give the same market under another rule."""
        return self if rule == self.rule else ExactProcurement(self.worth, self.budget, rule, whole=self.whole)

    def restricted(self, sellers: Sequence[int]) -> "ExactProcurement":
        """Give the market among these sellers alone."""
        return ExactProcurement([self.worth[i] for i in sellers], self.budget, self.rule, whole=self.whole)

    @property
    def report_max(self) -> Number:
        """Nobody is bought above the budget."""
        return self.budget

    def reports(self, costs: Any) -> Array:
        """Give reports as they are, exact."""
        return exact_numbers(costs)

    def winners(self, costs: Sequence[Number]) -> list[int]:
        """Say who sells, in the order of the rule; costs may be traced numbers."""
        return RULES[self.rule].winners(costs, self.worth, self.budget)

    def threshold(self, seller: int, costs: Sequence[Number]) -> Number | None:
        """Give one seller's threshold from the others' reports alone; None where no report would be bought."""
        rule = RULES[self.rule]
        ask = rule.highest_whole_report if self.whole else rule.supremum_report
        return ask(seller, costs, self.worth, self.budget)

    def allocate(self, costs: Any) -> Allocation:
        """Say who sells: quantity 1 or 0, as Python integers."""
        bought = self.winners(list(costs))
        quantity = np.zeros(len(self.worth), dtype=object)
        quantity[bought] = 1
        value = sum(self.worth[seller] for seller in bought)
        welfare = value - sum(costs[seller] for seller in bought)
        return Allocation(quantity, quantity[None, :], np.array([value], dtype=object), welfare)

    def value(self, weights: Any) -> Array:
        """Give the worth of what is bought: (1,)."""
        return np.asarray(np.asarray(weights) @ exact_numbers(self.worth))

    def thresholds(self, costs: Any) -> Array:
        """Give every seller's threshold as exact numbers; None where no report would be bought."""
        reports = list(costs)
        if self.whole:
            every = RULES[self.rule].highest_whole_reports(reports, self.worth, self.budget)
        else:
            every = [self.threshold(seller, reports) for seller in range(len(reports))]
        return exact_numbers(every)


def _power_of_two(number: float) -> float:
    """Give the power of two just above a number, within what divides floats exactly; 1 for 0."""
    exponent = int(np.frexp(number)[1]) if number else 0
    return float(np.ldexp(1.0, max(min(exponent, 1000), -1000)))


def _bad_worth(worth: Array) -> list[Problem]:
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


def _bad_rule(rule: str) -> list[Problem]:
    if rule in RULES:
        return []
    return [unknown("rule", rule, RULES)]
