"""What is each set of documents worth beyond nothing? The buyer's answers, asked once a set and checked."""

from collections.abc import Callable
from fractions import Fraction
from functools import cached_property
from math import nan
from numbers import Rational, Real
from typing import Any

from evenhand.errors import OfferError, Problem
from evenhand.numerics.exactness import LARGEST

Number = Any
Chosen = tuple[int, ...]
"""Documents in rising order."""
Value = Callable[[Chosen], Number]
"""What a set is worth."""


class Values:
    """What each set is worth beyond nothing, asked once.

    Args:
        value: the buyer's.
        number: turns an answer into the kind of number that the market computes in; None where it is none.
    """

    def __init__(self, value: Value, number: Callable[[Any], Number | None]) -> None:
        self._value, self._number = value, number
        self._known: dict[Chosen, Number] = {}

    def __call__(self, chosen: Chosen) -> Number:
        """Give what a set is worth beyond nothing."""
        known = self._known.get(chosen)
        if known is None:
            nothing = self._nothing
            known = self._known[chosen] = (self._asked(chosen) if chosen else nothing) - nothing
        return known

    @cached_property
    def _nothing(self) -> Number:
        return self._asked(())

    def _asked(self, chosen: Chosen) -> Number:
        answer = self._value(chosen)
        number = self._number(answer)
        if number is None:
            bound = f"a value is a number within ±{LARGEST:g}"
            raise OfferError(Problem(f"value{chosen}", f"is {answer!r}", bound, "Return one for every set."))
        return number


def as_float(answer: Any) -> float | None:
    """Take an answer as a float; None where it is no number within bounds."""
    try:
        number = float(answer) if isinstance(answer, Real) else nan
    except OverflowError:
        return None
    return number if abs(number) <= LARGEST else None


def as_fraction(answer: Any) -> Fraction | None:
    """Take an answer as the fraction it is; None where it is no number within bounds."""
    if isinstance(answer, Rational):
        return Fraction(int(answer.numerator), int(answer.denominator))
    number = as_float(answer)
    return None if number is None else Fraction(number)
