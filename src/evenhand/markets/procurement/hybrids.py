"""How are sellers paid in cash and in shares of what the data will earn, so that no lie pays?

As published [Ayyoubzadeh25, section 8], who is selected gets a part rho of a cash threshold and a part of the pool by
worth among the selected. That part grows as others are pushed out, and a seller's own report pushes: so lies pay, and
since costs are left out of it, some lose (E-002-11 to E-002-13 in docs/errata.md). Two ways do not have this. Both see
a seller's cost against cash and share together, the share at its face value.

split       One threshold, settled in two parts. Any truthful rule runs with the purchasing power T of both pots,

                T = min(B / rho, U / (1 - rho)),        largest at rho = B / (B + U), where it is B + U,

            and a threshold theta is settled as rho theta in cash and (1 - rho) theta in shares.
            Why truth is best, and nobody loses: what a seller gets is theta in all, and so it is under the rule.
            Why the pots last: thetas sum to at most T, so cash to rho T <= B and shares to (1 - rho) T <= U.

net_cost    A posted share, and cash for the rest. Each seller is offered x_i = (1 - rho) U w_i / mass, which no report
            moves, and reports count net of it, e_i = max(c_i - x_i, 0). A truthful rule selects with rho B on these and
            pays its thresholds tau_i in cash on top of x_i. Who asks no more than x_i, and is not selected, sells too,
            for x_i alone. With no rho given, the pool is offered whole, and all of B is paid in cash.
            Why truth is best, and nobody loses: seller i sells up to one report, x_i + tau_i, x_i alone where the rule
            would not take them at any e; that is what they get, and it does not depend on their report. Who is let in
            at the end is nobody else's loss: the rule has seen them.
            Why the pots last: the rule keeps to rho B, and offers sum to (1 - rho) U, since the mass is no less than
            all worth that is offered.

At rho = 0 the second posts shares and pays no cash: `share_offers`, the marginal utility tokens of section 6 as they
should be. Sellers with e_i = 0 must not be set apart before the rule runs: one seller, B = 9, U = 8, rho = 1/2, is
offered 4, and who asks 0 would get these 4; who asks 5 is selected and gets 4 + 4.5.

What groups can do. A split pays what the rule pays, so it keeps what the rule has. Under net_cost a seller who reports
the truth is left with max(x_i - c_i, 0) and what the rule leaves them at e_i, and one who lies with no more than
max(x_i - c_i, 0) and what the rule then leaves them: a group that gains would gain under the rule. Share offers do not
depend on any report. And who wins under net_cost at two reports wins under the rule at both, or at neither and joins
for x_i alone: who else wins stays the same.

What other names can do. With a mass that is published and not exceeded, share offers are U w / mass: linear in worth,
so that half of the data is offered half, merging adds offers up, and entering a part for a part of the cost leaves a
part of what all of it leaves (`sybil_proof`, in real numbers; in whole units each offer is rounded down). Where no mass
is published, who withholds data shrinks what the pool is divided over, and all offers grow.

In whole units each offer and each pot is rounded down, and a threshold is divided by running sums
(payments/settling.py).
"""

from collections.abc import Callable, Sequence
from copy import copy
from fractions import Fraction
from functools import cached_property
from math import floor
from typing import Any, NamedTuple

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.market import Clearing, FullMarket, SolvedAgain, checked_costs, exact_numbers
from evenhand.markets.procurement import ExactProcurement, Procurement
from evenhand.markets.procurement.limits import quotient
from evenhand.records import Allocation, Array

Number = Any


class Plan(NamedTuple):
    """What a style makes of a market before any report is seen."""

    budget: Number
    """what the rule may promise beyond the offers."""
    offers: Array
    """(sellers,) the share posted to each."""
    liquidity: Number
    """the part in cash of what the rule pays."""


Style = Callable[[Any], Plan]


def split(market: Any) -> Any:
    """Give a procurement as it runs with the purchasing power of both pots.

    With 10 in cash and 30 in shares the third is bought too, and a quarter of what each gets is cash:

    >>> from evenhand.markets import ExactProcurement
    >>> market = split(ExactProcurement([1, 1, 1], 10, pool=30, whole=True))
    >>> market.thresholds([3, 4, 9]).tolist(), market.liquidity
    ([13, 13, 13], Fraction(1, 4))
    """
    return _in_style(market, _split)


def net_cost(market: Any) -> Any:
    """Give a procurement as it runs where each seller is offered a share and asks for cash beyond it.

    Each is offered 10 of 30 in shares, so the third asks for nothing in cash; and there are 10 in cash for all:

    >>> from evenhand.markets import ExactProcurement
    >>> net_cost(ExactProcurement([1, 1, 1], 10, pool=30, whole=True)).thresholds([11, 12, 9]).tolist()
    [13, 13, 13]
    """
    return _in_style(market, _net_cost)


def share_offers(market: Any) -> Any:
    """Give a procurement as it runs where each seller is offered a share of the pool and no cash.

    >>> from evenhand.markets import ExactProcurement
    >>> share_offers(ExactProcurement([1, 1, 1], 10, pool=30, whole=True)).winners([11, 10, 9])
    [1, 2]
    """
    return _in_style(market, _share_offers)


def liquidity(market: Any) -> Number:
    """Give the part of a payment that is cash: as the market says, or that of cash in both pots.

    >>> from evenhand.markets import Procurement
    >>> liquidity(Procurement([1.0], 10.0, pool=30.0))
    0.25
    """
    if market.liquidity is not None:
        return market.liquidity
    return quotient(market.budget, market.budget + market.pool)


def purchasing_power(budget: Number, pool: Number, liquidity: Number) -> Number:
    """Give the most that can be settled, if so much of every payment is cash and the rest a share.

    >>> purchasing_power(10.0, 30.0, 0.25), purchasing_power(10.0, 30.0, 0.5), purchasing_power(10.0, 30.0, 1.0)
    (40.0, 20.0, 10.0)
    """
    parts = ((budget, liquidity), (pool, 1 - liquidity))
    return min(quotient(pot, part) for pot, part in parts if part > 0)


def everyone(market: Any) -> Any:
    """Give a procurement as it runs where all share the pool, whatever they ask; above both pots nobody is let in.

    >>> from evenhand.markets import ExactProcurement
    >>> everyone(ExactProcurement([1, 1, 1], 10, "everyone", pool=30, whole=True)).winners([40, 41, 9])
    [0, 2]
    """
    return _in_style(market, _everyone)


def as_published(market: Any) -> Any:
    """Give a procurement with its liquidity stated: that of cash in both pots, where it says none."""
    stated = copy(market)
    stated.liquidity = liquidity(market)
    return stated


def _split(market: Any) -> Plan:
    part = liquidity(market)
    power = purchasing_power(market.budget, market.pool, part)
    return Plan(_rounded(power, market), np.zeros_like(_worth(market)), part)


def _net_cost(market: Any) -> Plan:
    part = market.liquidity
    cash, shares = (market.budget, market.pool) if part is None else (part * market.budget, (1 - part) * market.pool)
    return Plan(_rounded(cash, market), _offers(shares, market), 1)


def _share_offers(market: Any) -> Plan:
    return Plan(0, _offers(market.pool, market), 1)


def _everyone(market: Any) -> Plan:
    return Plan(market.budget + market.pool, np.zeros_like(_worth(market)), 0)


def _offers(shares: Number, market: Any) -> Array:
    """Post each seller a share of so much, by worth; what is not joined stays with the buyer."""
    policy = market.policy
    if policy is not None and (policy.cap is not None or policy.pools):
        found, bound = "caps a payment or sells copies as one", "shares are posted to every seller, by worth"
        raise OfferError(Problem("policy", found, bound, "Leave that out, or settle one threshold: mixed_split."))
    worth = _worth(market)
    offers = shares * (worth / market.mass) if market.mass else np.zeros_like(worth)
    return exact_numbers([floor(offer) for offer in offers]) if market.whole else offers


def _rounded(amount: Number, market: Any) -> Number:
    return floor(amount) if market.whole else amount


def _worth(market: Any) -> Array:
    return market.worth if isinstance(market, Procurement) else exact_numbers([Fraction(w) for w in market.worth])


def _in_style(market: Any, style: Style) -> Any:
    """Run a market in a style, on floats or exact as it is."""
    return (Hybrid if isinstance(market, Procurement) else ExactHybrid)(_registered(market), style)


def _registered(market: Any) -> Any:
    """Give the market with the mass over which its pool is divided: as published, or all that is offered if more."""
    registered = copy(market)
    registered.mass = max(market.mass or 0, _worth(market).sum())
    return registered


class Hybrid(FullMarket):
    """A procurement that is settled in cash and shares, on floats.

    Args:
        registered: the market, with the mass over which its pool is divided.
        style: what it makes of that.
    """

    whole = False

    def __init__(self, registered: Procurement, style: Style) -> None:
        self._registered, self._style = registered, style
        plan = style(registered)
        self.offers: Array = plan.offers
        self.liquidity = plan.liquidity
        self.beyond = registered.spending(plan.budget)
        self.worth, self.budget, self.pool = registered.worth, registered.budget, registered.pool

    def allocate(self, costs: Any) -> Allocation:
        """Say who sells: quantity 1 or 0; the buyer's value is the worth bought."""
        return self.clear(costs).allocation

    def clear(self, costs: Any) -> Clearing:
        """Give the market at these reports."""
        return _Settled(self, checked_costs(costs, len(self.offers)))

    def value(self, weights: Any) -> Array:
        """Give the worth of what is bought: (1,)."""
        return self.beyond.value(weights)

    def under(self, rule: str) -> Procurement:
        """Give the procurement itself under a rule, for a mechanism to make of it what it does."""
        return self._registered.under(rule)

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


class ExactHybrid(FullMarket):
    """The same on exact numbers.

    Args:
        registered: the market, with the mass over which its pool is divided.
        style: what it makes of that.
    """

    def __init__(self, registered: ExactProcurement, style: Style) -> None:
        self._registered, self._style = registered, style
        plan = style(registered)
        self.offers: Array = plan.offers
        self.liquidity = plan.liquidity
        self.beyond = registered.spending(plan.budget)
        self.worth, self.budget, self.pool = registered.worth, registered.budget, registered.pool
        self.whole = registered.whole

    def under(self, rule: str) -> ExactProcurement:
        """Give the procurement itself under a rule, for a mechanism to make of it what it does."""
        return self._registered.under(rule)

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

    def value(self, weights: Any) -> Array:
        """Give the worth of what is bought: (1,)."""
        return self.beyond.value(weights)

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
