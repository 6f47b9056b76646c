"""In which order did the rule look at the offers, what was spent, and where did the money run out?

The winners stand first, then the rest; within each by cost per worth, the virtual cost of [Ayyoubzadeh25, section 5],
and a tie goes to the earlier seller. A seller's rank in this order is the number that the page, its charts and the
table in the terminal share.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from evenhand.decisions import as_it_ran, explained_by_price, market_of, pools_of, spent_by_rule
from evenhand.errors import OfferError, Problem
from evenhand.mechanisms import MECHANISMS
from evenhand.records import MILLION, Decision, Outcome, Record, RecordedOffer


@dataclass(frozen=True, slots=True)
class Row:
    """One offer, what was decided about it, and its place in the order."""

    rank: int
    """1 for the first."""
    index: int
    """its place in the record."""
    offer: RecordedOffer
    decision: Decision
    copies: tuple[str, ...]
    """other sellers who offered the same content, or near-copies of it."""
    cost_per_worth: Fraction | None
    """minor units for worth 1; None where the worth is 0."""

    @property
    def pool_size(self) -> int:
        """How many offers share this content, and what it is worth."""
        return len(self.copies) + 1


@dataclass(frozen=True, slots=True)
class Totals:
    """What was spent, in minor units, and on how much worth, in millionths."""

    offers: int
    bought: int
    budget: int
    paid: int
    """in cash."""
    pool: int
    """what may be promised in shares; 0 where the mechanism pays in cash alone."""
    promised: int
    """in shares."""
    reported: int
    """the winners' reported costs."""
    worth: int
    """the winners' worth."""

    @property
    def unspent(self) -> int:
        """The rest of the budget; below 0 where it is overspent."""
        return self.budget - self.paid

    @property
    def received(self) -> int:
        """Cash and shares together."""
        return self.paid + self.promised

    @property
    def spendable(self) -> int:
        """Budget and pool together."""
        return self.budget + self.pool

    @property
    def above_reports(self) -> int:
        """What is paid and promised beyond the reported costs, so that nobody gains by reporting more."""
        return self.received - self.reported


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the money ran out; prices in minor units for worth 1, None where there is none."""

    carried: Fraction | None
    """budget / winners' worth: the highest price at which what the rule may spend buys all the winners."""
    next: Row | None
    """the cheapest loser, by cost per worth, of those that could have been bought."""
    unit_price: Fraction | None
    """the lower of the two, where one price per unit of worth decides."""
    one_price: bool
    """whether it does: the mechanism pays one price to all, and no policy of the buyer stands between."""
    budget: int
    """what the rule may spend, in minor units: the budget of the call, or of cash and shares what can be settled."""


def recorded(outcome: Outcome) -> Record:
    """Give the record of a round's outcome.

    Raises:
        OfferError: the outcome is of a bare market, which has no datasets to report on.
    """
    record: Record | None = getattr(outcome, "record", None)  # of what is no outcome either
    if record is None:
        raise OfferError(
            Problem(
                "outcome",
                "it has no record",
                "a report is made of a round on datasets",
                "Make the outcome with `run_round`.",
            )
        )
    return record


def rows(outcome: Outcome) -> tuple[Row, ...]:
    """Give one row an offer, in the order of the rule."""
    record = recorded(outcome)
    pairs = list(zip(record.offers, outcome.decisions, strict=True))
    assert all(offer.seller == decision.seller for offer, decision in pairs), "decisions stand in the record's order"
    pool_of = {index: pool for pool in pools_of(record) for index in pool}

    def place(index: int) -> tuple[bool, bool, Fraction, int]:
        decision, price = pairs[index][1], _cost_per_worth(*pairs[index])
        return not decision.selected, price is None, price or Fraction(0), index

    ordered = sorted(range(len(pairs)), key=place)
    return tuple(
        Row(
            rank,
            index,
            *pairs[index],
            tuple(record.offers[other].seller for other in pool_of.get(index, ()) if other != index),
            _cost_per_worth(*pairs[index]),
        )
        for rank, index in enumerate(ordered, start=1)
    )


def totals(outcome: Outcome) -> Totals:
    """Add up what was bought and paid."""
    record = recorded(outcome)
    terms = record.terms
    winners = [row for row in rows(outcome) if row.decision.selected]
    return Totals(
        offers=len(record.offers),
        bought=len(winners),
        budget=terms.budget_minor,
        paid=sum(row.decision.payment_minor for row in winners),
        pool=terms.share_pool_minor if MECHANISMS[terms.mechanism].in_shares else 0,
        promised=sum(row.decision.share_minor or 0 for row in winners),
        reported=sum(row.offer.cost_minor for row in winners),
        worth=sum(row.decision.worth for row in winners),
    )


def cut(outcome: Outcome) -> Cut:
    """Find where the money ran out.

    unit price = min(budget / winners' worth, cost per worth of the first loser)        (proportional share)
    """
    spent, budget = totals(outcome), spent_by_rule(market(outcome))
    carried = Fraction(budget * MILLION, spent.worth) if spent.worth else None
    following = next((row for row in rows(outcome) if row.decision.reason == "outpriced"), None)
    terms = recorded(outcome).terms
    one_price = explained_by_price(terms, MECHANISMS[terms.mechanism])
    if not one_price or carried is None:
        return Cut(carried, following, None, one_price, budget)
    beyond = following.cost_per_worth if following else None
    return Cut(carried, following, min(carried, carried if beyond is None else beyond), one_price, budget)


def market(outcome: Outcome) -> Any:
    """Give the market that was decided on, exact, as the mechanism ran it."""
    record = recorded(outcome)
    return as_it_ran(record.terms).market(market_of(record, [decision.worth for decision in outcome.decisions]))


def _cost_per_worth(offer: RecordedOffer, decision: Decision) -> Fraction | None:
    return Fraction(offer.cost_minor * MILLION, decision.worth) if decision.worth else None
