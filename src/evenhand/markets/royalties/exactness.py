"""Which numbers are exact, and how far are floats trusted? A rate to 10^-12, an amount to that part of a utility.

Whole numbers and fractions are exact, and so is all that follows from them. One float makes a market one of floats.
There 0.1 + 0.2 is above 0.3 by 6e-17, and a buyer who pays 0.3 at most would refuse what two sellers ask at 0.1 and
0.2. So where floats are compared, rates or sums of rates that differ by no more than `ROUNDING` are equal, and so are
amounts that differ by no more than this part of the utilities that they are parts of. Among exact numbers there is no
such slack. It decides who takes what, and who sells at cost; no seller asks more because of it.
"""

from collections.abc import Iterable
from fractions import Fraction
from numbers import Rational
from typing import Any

from evenhand.numerics import Number
from evenhand.numerics.exactness import ROUNDING


def are_exact(numbers: Iterable[Any]) -> bool:
    """Whether these are whole numbers and fractions."""
    return all(isinstance(number, Rational) for number in numbers)


def is_below(amount: Number, other: Number, of: Number) -> bool:
    """Whether an amount is truly below another, both being parts of a utility.

    >>> is_below(0.3, 0.1 + 0.2, of=1), is_below(Fraction(3, 10), Fraction(3, 10) + Fraction(1, 10**15), of=1)
    (False, True)
    """
    return bool(amount < other - (0 if are_exact([amount, other]) else ROUNDING * of))


def in_kind(number: Any, *, exact: bool | None = None) -> Number:
    """Give a number of Python's own: a whole number or a fraction, or a float; of its own kind unless one is named.

    >>> in_kind(3, exact=True), in_kind(3, exact=False), in_kind(3)
    (3, 3.0, 3)
    """
    if not (are_exact([number]) if exact is None else exact):
        return float(number)
    return int(number) if number.denominator == 1 else Fraction(int(number.numerator), int(number.denominator))


def over(above: Number, below: Number) -> Number:
    """Divide; whole numbers give a fraction.

    >>> over(1, 3), over(1.0, 4)
    (Fraction(1, 3), 0.25)
    """
    return Fraction(above, below) if isinstance(above, int) and isinstance(below, int) else above / below
