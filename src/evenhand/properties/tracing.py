"""Where does an outcome change as one report grows? Every place, exactly, for any rule that adds, scales and compares.

The report of one seller enters the rule as a `Traced` number, known at one point of the line and affine in it. Every
comparison that the rule makes with it is answered for that point, and the comparison notes where on the line its answer
would first change. The rule cannot do anything else before the nearest such place, so a sweep from place to place
finds all pieces of the map from report to outcome: what is then said about them is exact, not sampled. A rule that
looks at the kind of number it is given, or remembers earlier calls, is no function of the report and outside of this.

Two lines: whole units of money 0, 1, 2 ... (`whole=True`), or the reals, where a piece is a point or an open interval
between points ("just above x" is the point x with `above` set).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor, isinf
from typing import Any, Generic, TypeVar

Number = Any
Sign = int


@dataclass
class Point:
    """Where on the line the rule is being run, and the nearest place further on where some answer changes."""

    at: Number
    above: bool = False
    """just above `at`: on the reals only."""
    whole: bool = True
    next: tuple[Number, bool] | None = None

    def note(self, place: tuple[Number, bool]) -> None:
        """Keep the nearest place."""
        if self.next is None or place < self.next:
            self.next = place


@dataclass(frozen=True, eq=False)
class Traced:
    """The number constant + slope * report; compares like a number and notes where the answer would change."""

    constant: Number
    slope: Number
    point: Point = field(repr=False)

    def __add__(self, other: Number) -> "Traced":
        if isinstance(other, Traced):
            return Traced(self.constant + other.constant, self.slope + other.slope, self.point)
        return Traced(self.constant + other, self.slope, self.point)

    __radd__ = __add__

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __pos__(self) -> "Traced":
        return self

    def __abs__(self) -> "Traced":
        return self if self >= 0 else -self

    def __neg__(self) -> "Traced":
        return Traced(-self.constant, -self.slope, self.point)

    def __sub__(self, other: Number) -> "Traced":
        return self.__add__(-other)

    def __rsub__(self, other: Number) -> "Traced":
        return (-self).__add__(other)

    def __mul__(self, factor: Number) -> "Traced":
        if isinstance(factor, Traced):
            raise TypeError("a rule that multiplies a report by a report is not piecewise affine and cannot be traced")
        return Traced(self.constant * factor, self.slope * factor, self.point)

    __rmul__ = __mul__

    def __truediv__(self, divisor: Number) -> "Traced":
        return self * (1 / Fraction(divisor))

    def __lt__(self, other: Number) -> bool:
        return _holds(self - other, lambda sign: sign < 0)

    def __le__(self, other: Number) -> bool:
        return _holds(self - other, lambda sign: sign <= 0)

    def __gt__(self, other: Number) -> bool:
        return _holds(self - other, lambda sign: sign > 0)

    def __ge__(self, other: Number) -> bool:
        return _holds(self - other, lambda sign: sign >= 0)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, int | float | Fraction | Traced) and _holds(self - other, lambda sign: sign == 0)

    def __bool__(self) -> bool:
        return self != 0

    def __floor__(self) -> int:
        below: int = floor(self.value(self.point.at))
        if self < below:  # just above a whole number from which it falls
            below -= 1
        assert below <= self < below + 1, "rounded down, and compared with both ends so that both are noted"
        return below

    def value(self, report: Number) -> Number:
        """Evaluate at a report."""
        return self.constant + self.slope * report


def _holds(number: Traced, answer: Callable[[Sign], bool]) -> bool:
    """Answer a comparison of a traced number with 0 at the point, and note where the answer changes further on."""
    point, slope = number.point, _sign(number.slope)
    if isinstance(number.constant, float) and isinf(number.constant):
        return answer(_sign(number.constant))  # no report outweighs an infinite number
    here = _sign(number.value(point.at))
    if not slope:
        return answer(here)
    if not here and point.above:
        here = slope
    if here == -slope:  # the root lies ahead
        root = Fraction(-number.constant) / Fraction(number.slope)
        if answer(0) != answer(here) and (not point.whole or root.denominator == 1):
            point.note((_plain(root), False))
        elif answer(slope) != answer(here):
            point.note((floor(root) + 1, False) if point.whole else (root, True))
    elif not here and answer(slope) != answer(0):
        point.note((point.at + 1, False) if point.whole else (point.at, True))
    return answer(here)


def _sign(number: Number) -> Sign:
    return int(number > 0) - int(number < 0)


def _plain(number: Fraction) -> Number:
    return int(number) if number.denominator == 1 else number


@dataclass(frozen=True, slots=True)
class Piece:
    """Reports from `first` to `last`, on all of which the seller sells `quantity` and is paid `payment`.

    On the reals an end may be approached without being reached. A payment that moves with the report is given at both
    ends.
    """

    first: Number
    last: Number
    quantity: Number
    payment_first: Number
    payment_last: Number

    @property
    def ends(self) -> tuple[tuple[Number, Number], tuple[Number, Number]]:
        """(report, payment) at both ends: what is affine in the report is largest at one of them."""
        return (self.first, self.payment_first), (self.last, self.payment_last)


Deal = Callable[[Number], tuple[Number, Number]]
"""A seller's report -> (quantity, payment), everything else held."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stretch(Generic[T]):
    """Reports from `first` to `last`, on all of which the same is met; numbers in it may move with the report."""

    first: Number
    last: Number
    met: T


def stretches(follow: Callable[[Number], T], *, stop: Number, whole: bool) -> Iterator[Stretch[T]]:
    """Follow whatever depends on one report, and list the reports from 0 to `stop` by what is met.

    >>> [(met.first, met.last, met.met) for met in stretches(lambda report: report <= 7, stop=10, whole=True)]
    [(0, 7, True), (8, 10, False)]
    """
    place: tuple[Number, bool] | None = (0, False)
    while place is not None and place[0] <= stop and place != (stop, True):
        point = Point(*place, whole=whole)
        met = follow(Traced(0, 1, point))
        yield Stretch(point.at, _last(point, stop), met)
        place = point.next


def sweep(deal: Deal, *, stop: Number, whole: bool) -> Iterator[Piece]:
    """List the pieces of a seller's deal for all reports from 0 to `stop`.

    >>> offer = lambda report: (1, 7) if report <= 7 else (0, 0)
    >>> [(p.first, p.last, p.quantity) for p in sweep(offer, stop=10, whole=True)]
    [(0, 7, 1), (8, 10, 0)]
    """
    return map(piece_of, stretches(deal, stop=stop, whole=whole))


def piece_of(dealt: Stretch[tuple[Number, Number]]) -> Piece:
    """Give a stretch on which a deal is met as a piece of it."""
    quantity, payment = dealt.met
    return Piece(dealt.first, dealt.last, quantity, *(at(payment, report) for report in (dealt.first, dealt.last)))


def _last(point: Point, stop: Number) -> Number:
    if point.next is None:
        return stop
    following, _ = point.next
    return min(following - 1 if point.whole else following, stop)


def at(number: Number, report: Number) -> Number:
    """Give what a number comes to at a report, if it moves with it."""
    return number.value(report) if isinstance(number, Traced) else number
