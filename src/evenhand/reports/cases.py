"""What is one offer judged by? Its row, the order of the rule, what was spent, and where the money ran out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from fractions import Fraction
from typing import Any

from evenhand.decisions import as_it_ran, preferred_copy, tranches
from evenhand.mechanisms import MECHANISMS, Mechanism
from evenhand.records import MILLION, Number, Outcome, Record
from evenhand.reports.notation import money, quoted, weight
from evenhand.reports.rows import Cut, Row, Totals, cut, market, recorded, rows, totals

LOOKED_AT = ("selected", "behind_reserve", "outpriced")
"""The reasons of offers that the rule looked at, where it buys in the order of cost per worth."""


@dataclass(frozen=True, slots=True)
class Purse:
    """The money that offers compete for among themselves: all that the rule may spend, or one side of a reserve."""

    budget: int
    """minor units."""
    name: str
    """in a sentence."""
    step: str = ""
    """how it was reached, as a line of arithmetic; "" for all that the rule may spend."""


@dataclass(frozen=True, slots=True)
class Case:
    """One offer with what it is judged by."""

    row: Row
    ordered: tuple[Row, ...]
    record: Record
    cut: Cut
    totals: Totals
    market: Any
    """exact, as the mechanism ran it."""
    purse: Purse
    """what it competed for."""
    worth_through: int
    """the worth of all that the rule looked at with this one, up to it, in millionths."""

    @property
    def reach(self) -> Fraction:
        """What its purse comes to for worth 1 when it is spread over this offer and all that stand ahead of it.

        The rule buys an offer while this covers its cost per worth, so every offer that is outpriced costs more.
        """
        return Fraction(self.purse.budget * MILLION, self.worth_through)

    @property
    def mechanism(self) -> Mechanism:
        """The mechanism as it ran: where it draws a lot, the one that the lot fell on."""
        return as_it_ran(self.record.terms)

    @property
    def drawn_by_lot(self) -> bool:
        """Whether it draws a lot."""
        return bool(MECHANISMS[self.record.terms.mechanism].lots)

    @property
    def preferred_copy(self) -> Row | None:
        """The copy, or near-copy, that takes part in place of this offer; None where it takes part itself."""
        if not self.row.copies:
            return None
        worths = [row.decision.worth for row in sorted(self.ordered, key=lambda row: row.index)]
        copy = preferred_copy(self.record, self.market, worths, self.row.index)
        return next((row for row in self.ordered if row.index == copy), None)

    def money(self, minor: Number) -> str:
        """Write money in the currency of the call."""
        return money(minor, self.record.terms.currency)

    def per_worth(self, price: Fraction | None) -> str:
        """Write a cost per worth."""
        return "nothing: its worth is 0" if price is None else self.money(price)


def cases(outcome: Outcome) -> list[Case]:
    """Give every offer its case, in the order of the rule."""
    record, where, spent, ordered = recorded(outcome), cut(outcome), totals(outcome), rows(outcome)
    ran = market(outcome)
    purses = _purses(record, ran, ordered, where.budget, together=bool(spent.pool))
    ahead: Counter[bool] = Counter()
    found = []
    for row in ordered:
        tagged = record.terms.reserve_for in row.offer.tags
        purse, worth = purses[tagged], row.decision.worth
        found.append(Case(row, ordered, record, where, spent, ran, purse, ahead[tagged] + worth))
        if row.decision.reason in LOOKED_AT and row.offer.cost_minor <= purse.budget:
            ahead[tagged] += worth
    return found


def _purses(record: Record, ran: Any, ordered: Sequence[Row], budget: int, *, together: bool) -> dict[bool, Purse]:
    """Give what tagged offers compete for, and all others; the same where nothing is reserved."""
    terms = record.terms
    whole = Purse(budget, "what can be spent" if together else "the budget")
    if not (terms.reserve and as_it_ran(terms).unit_price):
        return {True: whole, False: whole}
    worths = [row.decision.worth for row in sorted(ordered, key=lambda row: row.index)]
    found = tranches(record, ran, worths, {row.index for row in ordered if row.decision.reason in LOOKED_AT})
    tag = f"offers tagged {quoted(terms.reserve_for)}"
    all_of_it, kept, spent, left = (money(minor, terms.currency) for minor in (budget, *astuple(found)))
    return {
        True: Purse(
            found.kept,
            f"what is kept for {tag}",
            f"what is kept: {weight(terms.reserve)} × {all_of_it} for {tag}, rounded down = {kept}",
        ),
        False: Purse(
            found.left,
            f"what {tag} leave",
            f"what is left: {all_of_it} - {spent}, what the rule by itself pays for {tag}, = {left}",
        ),
    }
