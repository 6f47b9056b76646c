"""Where do the marks of the chart stand? Two bars a mechanism: what it buys, and below, what that costs.

Both are parts of a whole: worth of the best that the money could buy, spending of the money itself, cash first and
shares behind. The scale ends at the whole, or at the largest overspending. Across, everything is a percentage, so that
a bar is as wide as its page; all of it is integer arithmetic, so the marks are the same text on every machine.
"""

from dataclasses import dataclass
from fractions import Fraction

from evenhand.comparison import Comparison, Purchase
from evenhand.reports.notation import ratio


@dataclass(frozen=True, slots=True)
class Bars:
    """One mechanism in the chart; places and widths in percent of the scale, parts in percent of the whole."""

    purchase: Purchase
    worth: str
    cash: str
    shares: str
    part: str
    """the worth bought, of the best."""
    spent: str
    """cash and shares, of all the money."""


@dataclass(frozen=True, slots=True)
class Chart:
    """All mechanisms, on one scale."""

    bars: tuple[Bars, ...]
    limit: str
    """where the whole is."""
    budget: str | None
    """where the cash ends that there is; None where there is no pool of shares beside it."""
    overspent: bool
    """whether some mechanism spends more than there is."""


def chart(comparison: Comparison) -> Chart:
    """Place the bars, in the order of the comparison."""
    terms = comparison.terms
    money = terms.budget_minor + terms.share_pool_minor
    spent = [Fraction(each.cash + each.shares, money) for each in comparison.purchases]
    whole = max(Fraction(1), *spent, *(each.part for each in comparison.purchases))
    return Chart(
        tuple(_bars(each, money, whole) for each in comparison.purchases),
        _percent(Fraction(1), whole),
        _percent(Fraction(terms.budget_minor, money), whole) if terms.share_pool_minor else None,
        max(spent) > 1,
    )


def _bars(purchase: Purchase, money: int, whole: Fraction) -> Bars:
    cash, shares = Fraction(purchase.cash, money), Fraction(purchase.shares, money)
    return Bars(
        purchase,
        _percent(purchase.part, whole),
        _percent(cash, whole),
        _percent(shares, whole),
        _percent(purchase.part, Fraction(1), digits=1),
        _percent(cash + shares, Fraction(1), digits=1),
    )


def _percent(part: Fraction, whole: Fraction, digits: int = 4) -> str:
    share = part / whole
    return ratio(share.numerator, share.denominator, digits)
