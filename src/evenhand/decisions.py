"""What was decided about each offer, and for which reason? One `Decision` a seller, from a market that was cleared.

A reason is the first condition of `CONDITIONS` that is true of the offer, so each is told only where it is why: who
asks more than the whole budget is not told of others who are cheaper.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from evenhand import valuation
from evenhand.markets import ExactProcurement, Policy
from evenhand.markets.procurement.order import ordered
from evenhand.mechanisms import MECHANISMS, Mechanism
from evenhand.numerics import sampling
from evenhand.records import MILLION, SHARED, Decision, Interval, Outcome, Record, Terms, millionths


@dataclass(frozen=True)
class Decided:
    """A record with what was computed from it; lists have one entry an offer."""

    record: Record
    mechanism: Mechanism
    """as it ran: where it draws a lot, the one that the lot fell on."""
    market: Any
    """exact, as the mechanism runs it."""
    qualities: Sequence[int]
    estimates: Sequence[Interval]
    worths: Sequence[int]
    cleared: Outcome

    def decision(self, index: int) -> Decision:
        """Give what was decided about one offer."""
        estimate = self.estimates[index]
        return Decision(
            seller=self.record.offers[index].seller,
            quality=self.qualities[index],
            value=estimate.value,
            value_low=millionths(estimate.low),
            value_millionths=millionths(estimate.value),
            value_high=millionths(estimate.high),
            worth=self.worths[index],
            reason=next(reason for reason, holds in CONDITIONS.items() if holds(self, index)),
            highest_winning_minor=self.highest[index],
            payment_minor=int(self.cleared.cash[index]),
            share_minor=int(self.cleared.share[index]) if self.record.terms.share_pool_minor else None,
        )

    @property
    def terms(self) -> Terms:
        """The call."""
        return self.record.terms

    @cached_property
    def costs(self) -> Sequence[int]:
        """The reports."""
        return [offer.cost_minor for offer in self.record.offers]

    @cached_property
    def highest(self) -> Sequence[int | None]:
        """The highest whole report of each that would be bought; None where none would."""
        return list(self.market.thresholds(self.costs))

    @cached_property
    def stopped(self) -> set[int]:
        """Who would be bought if nobody asked more than is ever paid: such an offer, never bought, stops others."""
        affordable = [index for index, cost in enumerate(self.costs) if cost <= self.market.report_max]
        if len(affordable) == len(self.costs) or not affordable:
            return set()
        bought = self.market.restricted(affordable).winners([self.costs[index] for index in affordable])
        return {affordable[place] for place in bought}

    @cached_property
    def without_reserve(self) -> set[int]:
        """Who would be bought if no part of the money were kept for anybody; empty where none is."""
        if not self.terms.reserve:
            return set()
        free = replace(self.record, terms=replace(self.terms, reserve=0, reserve_for=""))
        return set(self.mechanism.market(market_of(free, self.worths)).winners(self.costs))


def as_it_ran(terms: Terms) -> Mechanism:
    """Give the mechanism of a call; where it draws a lot, the one that the lot fell on, by the call's seed alone."""
    return MECHANISMS[terms.mechanism].drawn(sampling.generator(terms.seed, "lots"))


def pools_of(record: Record) -> tuple[tuple[int, ...], ...]:
    """Give the offers of the same texts, near-copies included, by their places; each offer stands in one pool."""
    return valuation.pools([offer.copies.content for offer in record.offers])


def market_of(record: Record, worths: Sequence[int]) -> ExactProcurement:
    """Give the market of a call and its offers, in whole minor units; a mechanism makes of it what it runs on."""
    terms = record.terms
    return ExactProcurement(
        worths,
        terms.budget_minor,
        whole=True,
        pool=terms.share_pool_minor,
        liquidity=Fraction(terms.liquidity) if terms.liquidity else None,
        mass=terms.share_mass or None,
        policy=_policy(record) if terms.selective else None,
    )


def _policy(record: Record) -> Policy:
    terms = record.terms
    return Policy(
        cap=terms.cap_minor or None,
        pools=() if terms.copies == SHARED else pools_of(record),
        reserve=Fraction(terms.reserve, MILLION),
        tagged=[index for index, offer in enumerate(record.offers) if terms.reserve_for in offer.tags],
    )


def spent_by_rule(market: Any) -> int:
    """Give what the rule of a market may spend: the budget, or what a hybrid lets it spend of cash and shares."""
    return int(getattr(market, "beyond", market).budget)


def explained_by_price(terms: Terms, mechanism: Mechanism) -> bool:
    """Say whether one price per unit of worth is the whole story: the mechanism pays it, and no policy interferes."""
    return mechanism.unit_price and not terms.selective


@dataclass(frozen=True, slots=True)
class Tranches:
    """What a rule may spend where a part is reserved: first on the tagged among themselves, then on all others."""

    kept: int
    spent: int
    """of what is kept, by the rule alone: before a cap or a fellow copy brings payments down."""
    left: int
    """for the others."""


def tranches(record: Record, market: Any, worths: Sequence[int], present: Collection[int]) -> Tranches:
    """Give what each of the two auctions of a reserve had to spend (`markets/procurement/policy/reserve.py`).

    Args:
        record: with a reserve.
        market: as the mechanism ran it.
        worths: of all offers.
        present: the offers that took part, by their places.
    """
    terms, budget, rule = record.terms, spent_by_rule(market), getattr(market, "beyond", market).rule
    kept = terms.reserve * budget // MILLION
    tagged = [i for i in sorted(present) if terms.reserve_for in record.offers[i].tags]
    if not (kept and tagged):
        return Tranches(kept, 0, budget)
    first = ExactProcurement([worths[i] for i in tagged], kept, rule, whole=True)
    spent = int(first.highest_asked([record.offers[i].cost_minor for i in tagged]).sum())
    return Tranches(kept, spent, budget - spent)


def preferred_copy(record: Record, market: Any, worths: Sequence[int], index: int) -> int | None:
    """Give the offer of the same texts, or nearly, that takes part in place of this one; None where it does itself.

    Of offers sold as one only that of lowest cost per worth takes part, at a tie the earlier; what has no worth, or
    asks more than may be paid, is no candidate.
    """
    terms = record.terms
    if terms.copies == SHARED:
        return None
    (pool,) = (pool for pool in pools_of(record) if index in pool)
    costs = [offer.cost_minor for offer in record.offers]
    budget = spent_by_rule(market)
    first = first_of(pool, costs, worths, min(budget, terms.cap_minor or budget))
    return None if first in (None, index) else first


def first_of(pool: Sequence[int], costs: Sequence[int], worths: Sequence[int], most: int) -> int | None:
    """Say who of offers that are sold as one takes part for all; None where nobody can.

    The same choice as of the market's own pools (`markets/procurement/policy/pools.py`): the lowest cost per worth, at
    a tie the earlier, of those that have worth and ask no more than may be paid.

    >>> first_of([0, 1, 2], [6, 3, 9], [2, 1, 9], most=8)
    0
    """
    candidates = [seller for seller in pool if worths[seller] > 0 and costs[seller] <= most]
    return ordered(candidates, costs, worths)[0] if candidates else None


def _no_value(decided: Decided, index: int) -> bool:
    terms = decided.terms
    nothing = decided.estimates[index].value <= 0 and Decimal(terms.kappa) == 0
    return decided.worths[index] == 0 and Decimal(terms.gamma) != 0 and nothing


def _no_quality(decided: Decided, index: int) -> bool:
    return decided.worths[index] == 0 and Decimal(decided.terms.eta) != 0 and decided.qualities[index] == 0


def _above_cap(decided: Decided, index: int) -> bool:
    return bool(decided.terms.cap_minor) and decided.costs[index] > decided.terms.cap_minor


def shares_alone(market: Any) -> bool:
    """Say whether all that a market pays are the shares that it offers, whatever anyone reports."""
    return bool(any(getattr(market, "offers", ()))) and not spent_by_rule(market)


CONDITIONS: dict[str, Callable[[Decided, int], bool]] = {
    "selected": lambda decided, index: bool(decided.cleared.quantity[index]),
    "licence_not_allowed": lambda decided, index: bool(decided.record.offers[index].unlicensed),
    "below_quality_floor": lambda decided, index: decided.qualities[index] < decided.terms.quality_min,
    "no_value": _no_value,
    "no_quality": _no_quality,
    "worth_rounds_to_zero": lambda decided, index: decided.worths[index] == 0,
    "share_below_cost": lambda decided, index: shares_alone(decided.market),
    "asks_more_than_budget": lambda decided, index: decided.costs[index] > decided.market.report_max,
    "above_cap": _above_cap,
    "behind_copy": lambda decided, index: (
        preferred_copy(decided.record, decided.market, decided.worths, index) is not None
    ),
    "stopped": lambda decided, index: index in decided.stopped,
    "behind_reserve": lambda decided, index: index in decided.without_reserve,
    "outpriced": lambda decided, index: decided.mechanism.unit_price,
    "not_chosen": lambda decided, index: True,
}
"""Reason, a key of `reports.reasons.REASONS` -> whether it is why; the first that is true of an offer is its reason."""
