"""What of a supply went to whom? Shares of a pool, or whole tokens."""

from dataclasses import dataclass
from fractions import Fraction

from evenhand.numerics import Number
from evenhand.records import Array

SUPPLY = 100_000
"""The tokens of [Ayyoubzadeh25, section 7]."""

PARTS = ("volume", "quality", "impact")
"""What tokens are divided by there."""

EQUAL = (Fraction(1, 3), Fraction(1, 3), Fraction(1, 3))
"""Volume, quality and impact count alike; the paper names no weights."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What of a supply went to whom; together it is the supply."""

    issued: Array
    """(sellers,)"""
    kept: Number
    """stays in the treasury."""


def out_of(total: Number, issued: Array) -> Tokens:
    """Keep what of a supply is not issued."""
    kept = total - issued.sum()
    return Tokens(issued, kept if issued.dtype == object else float(kept))
