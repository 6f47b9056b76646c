"""Up to which report is a seller bought? A number, and whether that report itself still wins."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import floor
from typing import Any, NamedTuple

from evenhand.numerics import Number


class Limit(NamedTuple):
    """Where a seller's winning reports end: every report below `report` wins, and `report` itself where `reached`.

    Limits compare by how many reports win, so the reports that win in one of two ways end at the larger of two limits,
    and those that must win in both at the smaller.

    >>> max(Limit(5, True), Limit(5, False)), min(Limit(5, True), Limit(Fraction(9, 2), True))
    (Limit(report=5, reached=True), Limit(report=Fraction(9, 2), reached=True))
    """

    report: Number
    """0 or more; above 0 unless `reached`, for a seller of whom no report is bought has no limit."""
    reached: bool

    @property
    def whole(self) -> int | None:
        """The highest whole report that wins; None where none does.

        >>> Limit(5, True).whole, Limit(5, False).whole, Limit(Fraction(9, 2), False).whole, Limit(0, False).whole
        (5, 4, 4, None)
        """
        highest = floor(self.report)
        if highest == self.report and not self.reached:
            highest -= 1
        return highest if highest >= 0 else None


def at_all(limit: Limit | None) -> Limit | None:
    """Keep a limit below which some report wins; None for one that leaves no report.

    >>> at_all(Limit(0, False)), at_all(Limit(0, True))
    (None, Limit(report=0, reached=True))
    """
    return limit if limit is not None and (limit.report > 0 or (limit.reached and limit.report == 0)) else None


def quotient(dividend: Number, divisor: Number) -> Number:
    """Divide exactly: ints give a Fraction, and a traced number stays one."""
    return Fraction(dividend) / divisor if isinstance(dividend, int | Fraction) else dividend / divisor


OneLimit = Callable[[int, Sequence[Number], Any, Number], Limit | None]


def one_by_one(limit: OneLimit) -> Callable[[Sequence[Number], Any, Number], list[Limit | None]]:
    """Ask a rule for every seller's limit in turn, where they share no work."""
    return lambda costs, goods, budget: [limit(seller, costs, goods, budget) for seller in range(len(costs))]
