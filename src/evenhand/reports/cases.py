"""What is one offer judged by? Its row, the order of the rule, what was spent, and where the money ran out."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Any

from evenhand.decisions import as_it_ran, preferred_copy
from evenhand.mechanisms import MECHANISMS, Mechanism
from evenhand.records import MILLION, Number, Outcome, Record
from evenhand.reports.notation import money
from evenhand.reports.rows import Cut, Row, Totals, cut, market, recorded, rows, totals


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
    worth_through: int
    """the worth of all that the rule looked at up to this row, in millionths."""

    @property
    def reach(self) -> Fraction:
        """What the budget comes to for worth 1 when it is spread over this offer and all that stand ahead of it.

        The rule buys an offer while this covers its cost per worth, so every offer that is outpriced costs more.
        """
        return Fraction(self.cut.budget * MILLION, self.worth_through)

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
        """The offer of the same content that takes part in place of this one; None where it takes part itself."""
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
    eligible = ("selected", "outpriced")
    worth = accumulate(row.decision.worth if row.decision.reason in eligible else 0 for row in ordered)
    ran = market(outcome)
    return [Case(row, ordered, record, where, spent, ran, through) for row, through in zip(ordered, worth, strict=True)]
