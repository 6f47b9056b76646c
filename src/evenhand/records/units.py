"""In what is counted, how far it is published exactly, and how is it written for people?"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from numpy.typing import NDArray

MILLION = 1_000_000
"""A published score of 1 is this many millionths."""

Array = NDArray[Any]
Number = int | Fraction | float
"""Exact wherever a round decides; a float where quantities are parts."""

WRITTEN_MAX = 12
"""An exact number that takes more characters is rounded for people."""


def shortly(number: Number) -> str:
    """Write a number for people: exactly where that is short, else with six digits.

    >>> shortly(Fraction(1, 3)), shortly(Fraction(0.1)), shortly(20)
    ('1/3', '0.1', '20')
    """
    exact = str(number)
    return exact if len(exact) <= WRITTEN_MAX else f"{float(number):.6g}"


def millionths(value: Fraction) -> int:
    """Publish a score: integer millionths, half to even.

    >>> millionths(Fraction(1, 3))
    333333
    """
    return round(value * MILLION)


def in_millionths(decimals: Mapping[str, str]) -> dict[str, int]:
    """Turn plain decimals into integer millionths, half to even.

    >>> in_millionths({"cleanliness": "0.25"})
    {'cleanliness': 250000}
    """
    return {name: millionths(Fraction(decimal)) for name, decimal in decimals.items()}
