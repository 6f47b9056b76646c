"""How do quality and value become the one number by which offers compete?

    worth = quality^eta (value + kappa)^gamma                              [Ayyoubzadeh25, section 4.2]

with value clipped at 0: data that hurts is worth no more than data that does nothing. The paper divides the reported
cost by this number and calls the quotient the virtual cost.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from fractions import Fraction

from evenhand.errors import OfferError, Problem
from evenhand.money import MINOR_MAX
from evenhand.records import MILLION

TERMS_MAX = {"eta": 8, "gamma": 8, "kappa": 10}
"""The most that each may be; with values up to 7 a worth then stays below what canonical JSON carries exactly."""

PRECISION = 50
"""Significant digits of the powers; the result is rounded to the millionth once."""


def worth(quality: int, pool_value: Fraction, pool_size: int, *, eta: str, gamma: str, kappa: str) -> int:
    """Give the worth of an offer in millionths; 0 means that it cannot be selected.

    Args:
        quality: millionths.
        pool_value: value of the offer's pool, in units of V (the offer's own value times the pool's size).
        pool_size: how many offers have this content; they share what one would be worth, rounded down, so that a copy
            gains nothing.
        eta, gamma, kappa: plain decimals >= 0. An exponent of 0 switches its factor off, also where the base is 0.

    Raises:
        OfferError: the worth is beyond what a record can carry.

    >>> worth(800_000, Fraction(1, 20), 1, eta="1", gamma="1", kappa="0")
    40000
    >>> worth(800_000, Fraction(1, 20), 2, eta="1", gamma="0.5", kappa="0")
    89442
    >>> worth(800_000, Fraction(-1, 20), 1, eta="1", gamma="1", kappa="0")
    0
    """
    with localcontext(Context(prec=PRECISION, rounding=ROUND_HALF_EVEN)):
        value = max(pool_value, Fraction(0))
        base = Decimal(value.numerator) / Decimal(value.denominator) + Decimal(kappa)
        pooled = _power(Decimal(quality) / MILLION, Decimal(eta)) * _power(base, Decimal(gamma))
        worth = int((pooled * MILLION).to_integral_value()) // pool_size
    if worth > MINOR_MAX:
        raise OfferError(
            Problem(
                "worth",
                f"a value of {float(value):g} comes to {worth:,} millionths",
                f"a worth is at most {MINOR_MAX:,}",
                "Choose a smaller gamma or kappa, or a learner whose values are nearer 1.",
            )
        )
    return worth


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    if exponent == 0:
        return Decimal(1)
    return base**exponent if base else Decimal(0)
