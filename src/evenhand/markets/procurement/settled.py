"""What is a procurement that is settled in cash and shares? The market that a rule sees beyond what is offered to all.

The styles in which it can be settled are those of hybrids.py, where it is argued that no lie pays.
"""

from collections.abc import Callable, Sequence
from copy import copy
from fractions import Fraction
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from evenhand.market import Clearing, FullMarket, SolvedAgain, checked_costs, exact_numbers
from evenhand.markets.procurement.exact import ExactProcurement
from evenhand.markets.procurement.floats import Procurement
from evenhand.numerics import Number
from evenhand.records import Allocation, Array

P = TypeVar("P", Procurement, ExactProcurement)


class Plan(NamedTuple):
    """What a style makes of a market before any report is seen."""

    budget: Number
    """what the rule may promise beyond the offers."""
    offers: Array
    """(sellers,) the share posted to each."""
    liquidity: Number
    """the part in cash of what the rule pays."""


Style = Callable[[Any], Plan]


def in_style(market: Any, style: Style) -> Any:
    """Run a market in a style, on floats or exact as it is."""
    return (Hybrid if isinstance(market, Procurement) else ExactHybrid)(_registered(market), style)


def worth(market: Any) -> Array:
    """Give what each dataset is worth, in numbers that divide as the market's do."""
    return market.worth if isinstance(market, Procurement) else exact_numbers([Fraction(w) for w in market.worth])


def _registered(market: Any) -> Any:
    """Give the market with the mass over which its pool is divided: as published, or all that is offered if more."""
    registered = copy(market)
    registered.mass = max(market.mass or 0, worth(market).sum())
    return registered


class _InStyle(FullMarket, Generic[P]):
    """What a style makes of a market, on floats and exact alike.

    Args:
        registered: the market, with the mass over which its pool is divided.
        style: what it makes of that.
    """

    def __init__(self, registered: P, style: Style) -> None:
        self._registered: P = registered
        self._style = style
        plan = style(registered)
        self.offers: Array = plan.offers
        self.liquidity = plan.liquidity
        self.beyond: P = registered.spending(plan.budget)
        self.worth: Any = registered.worth
        self.budget: Number = registered.budget
        self.pool: Number = registered.pool
        self.whole = registered.whole

    def value(self, weights: Any) -> Array:
        """Give the worth of what is bought: (1,)."""
        return self.beyond.value(weights)

    def under(self, rule: str) -> P:
        """Give the procurement itself under a rule, for a mechanism to make of it what it does."""
        return self._registered.under(rule)


class Hybrid(_InStyle[Procurement]):
    """A procurement that is settled in cash and shares, on floats."""

    def allocate(self, costs: Any) -> Allocation:
        """Say who sells: quantity 1 or 0; the buyer's value is the worth bought."""
        return self.clear(costs).allocation

    def clear(self, costs: Any) -> Clearing:
        """Give the market at these reports."""
        return _Settled(self, checked_costs(costs, len(self.offers)))

    def exact(self) -> "ExactHybrid":
        """Give the same market on exact fractions; the pool is divided over no less than their sum, rounded or not."""
        return ExactHybrid(_registered(self._registered.exact()), self._style)


class _Settled(SolvedAgain):
    """A hybrid at given reports: what the rule makes of them beyond the offers, and who joins for an offer alone."""

    market: Hybrid

    def __init__(self, market: Hybrid, costs: Array) -> None:
        super().__init__(market, costs, hooks=False)
        self._beyond = market.beyond.clear(np.maximum(costs - market.offers, 0))

    @cached_property
    def allocation(self) -> Allocation:
        """Who sells, and the worth of it."""
        offers = self.market.offers
        quantity = np.where((offers > 0) & (self.costs <= offers), 1, self._beyond.allocation.quantity)
        value = self.market.value(quantity[None, :])
        return Allocation(quantity, quantity[None, :], value, float(value[0]) - float(self.costs[quantity == 1].sum()))

    @cached_property
    def highest_asked(self) -> Array:
        """The thresholds of those who sell."""
        return np.where(self.allocation.quantity == 1, self.market.offers + self._beyond.highest_asked, 0)

    @cached_property
    def thresholds(self) -> Array:
        """Everyone's: what is offered, and what the rule would add."""
        offers, beyond = self.market.offers, self._beyond.thresholds
        return np.where(offers > 0, offers + np.maximum(beyond, 0), beyond)


class ExactHybrid(_InStyle[ExactProcurement]):
    """The same on exact numbers."""

    def restricted(self, sellers: Sequence[int]) -> "ExactHybrid":
        """Give the market among these sellers alone; what they are offered stays as it was."""
        return ExactHybrid(self._registered.restricted(sellers), self._style)

    @property
    def report_max(self) -> Number:
        """Nobody is bought above what may be paid beyond the largest offer."""
        return self.beyond.report_max + max(self.offers, default=0)

    def reports(self, costs: Any) -> Array:
        """Give reports as they are, exact."""
        return exact_numbers(costs)

    def winners(self, costs: Sequence[Number]) -> list[int]:
        """Say who sells: whom the rule selects, and behind these who joins for an offer alone."""
        selected = self.beyond.winners(self._net(costs))
        others = sorted(set(range(len(costs))).difference(selected))
        return [*selected, *(seller for seller in others if self._joins(seller, costs))]

    @property
    def sells(self) -> Callable[[int, Sequence[Number]], bool] | None:
        """(seller, costs) -> whether this one sells, where that can be told apart from the others; else None."""
        told = self.beyond.sells
        if told is None:
            return None
        return lambda seller, costs: self._joins(seller, costs) or told(seller, self._net(costs))

    def threshold(self, seller: int, costs: Sequence[Number]) -> Number | None:
        """Give one seller's threshold from the others' reports alone; None where no report would be bought."""
        others = [0 if other == seller else cost for other, cost in enumerate(costs)]
        return self._offered_and(self.beyond.threshold(seller, self._net(others)), seller)

    def allocate(self, costs: Any) -> Allocation:
        """Say who sells: quantity 1 or 0, as Python integers."""
        return self.beyond.allocation(self.winners(list(costs)), costs)

    def thresholds(self, costs: Any) -> Array:
        """Give every seller's threshold as exact numbers; None where no report would be bought."""
        beyond = self.beyond.thresholds(self._net(costs))
        return exact_numbers([self._offered_and(threshold, seller) for seller, threshold in enumerate(beyond)])

    def _net(self, costs: Sequence[Number]) -> list[Number]:
        """Give what each asks beyond the offer."""
        return [max(cost - offer, 0) if offer else cost for cost, offer in zip(costs, self.offers, strict=True)]

    def _joins(self, seller: int, costs: Sequence[Number]) -> bool:
        return bool(self.offers[seller] > 0 and costs[seller] <= self.offers[seller])

    def _offered_and(self, beyond: Number | None, seller: int) -> Number | None:
        if beyond is None:
            return self.offers[seller] or None
        return self.offers[seller] + beyond
