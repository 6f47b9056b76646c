"""What was decided about each offer, and for which reason? One `Decision` a seller, from a market that was cleared.

A reason is the first condition of `CONDITIONS` that is true of the offer, so each is told only where it is why: who
asks more than the whole budget is not told of others who are cheaper.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from evenhand.markets import ExactProcurement, Policy
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


def as_it_ran(terms: Terms) -> Mechanism:
    """Give the mechanism of a call; where it draws a lot, the one that the lot fell on, by the call's seed alone."""
    return MECHANISMS[terms.mechanism].drawn(sampling.generator(terms.seed, "lots"))


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
        pools=() if terms.copies == SHARED else record.coalitions.pools,
        reserve=Fraction(terms.reserve, MILLION),
        tagged=[index for index, offer in enumerate(record.offers) if terms.reserve_for in offer.tags],
    )


def spent_by_rule(market: Any) -> int:
    """Give what the rule of a market may spend: the budget, or what a hybrid lets it spend of cash and shares."""
    return int(getattr(market, "beyond", market).budget)


def explained_by_price(terms: Terms, mechanism: Mechanism) -> bool:
    """Say whether one price per unit of worth is the whole story: the mechanism pays it, and no policy interferes."""
    return mechanism.unit_price and not terms.selective


def preferred_copy(record: Record, market: Any, worths: Sequence[int], index: int) -> int | None:
    """Give the offer with the same content that takes part in place of this one; None where it takes part itself.

    Of offers sold as one only that of lowest cost per worth takes part, at a tie the earlier; what has no worth, or
    asks more than may be paid, is no candidate.
    """
    terms = record.terms
    if terms.copies == SHARED:
        return None
    (pool,) = (pool for pool in record.coalitions.pools if index in pool)
    costs = {other: record.offers[other].cost_minor for other in pool}
    budget = spent_by_rule(market)
    most = min(budget, terms.cap_minor or budget)
    candidates = [other for other in pool if worths[other] and costs[other] <= most]
    first = min(candidates, key=lambda other: (Fraction(costs[other], worths[other]), other), default=index)
    return None if first == index else first


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
    "outpriced": lambda decided, index: explained_by_price(decided.terms, decided.mechanism),
    "not_chosen": lambda decided, index: True,
}
"""Reason, a key of `reports.reasons.REASONS` -> whether it is why; the first that is true of an offer is its reason."""
