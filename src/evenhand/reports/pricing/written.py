"""How are amounts, rates and bundles of a priced market written? From whole numbers and fractions alone."""

from collections.abc import Sequence
from fractions import Fraction
from math import inf
from typing import Any

from evenhand.pricing import Unit
from evenhand.reports.notation import decimal, isolated, told_apart

NAME_LENGTH = 24
NONE = "–"
"""Stands for whom or what there is none of: a buyer, an amount, a rate."""
TAKEN_AWAY = "later arrivals took buyers away"
"""Why a seller who arrived, and reckoned with a profit, ends with a loss."""
WORDS = ("nobody", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
FINE = 6
"""The decimals with which parts of the smallest unit, and rates, are shown."""


def amount(number: Any, unit: Unit) -> str:
    """Write an amount of smallest units with all decimals; parts of a unit are rounded, shown if there is no currency.

    >>> amount(118_720, Unit(2, "EUR")), amount(-5, Unit(1)), amount(Fraction(1216, 65), Unit(2)), amount(inf, Unit(0))
    ('1,187.20', '-0.5', '0.187077', '–')
    """
    if number == inf:
        return NONE
    whole = Fraction(number)
    decimals = unit.decimals if unit.currency or whole.denominator == 1 else max(FINE, unit.decimals)
    return decimal(whole / 10**unit.decimals, decimals)


def money(number: Any, unit: Unit) -> str:
    """Write an amount with its currency, where it has one."""
    return f"{amount(number, unit)} {unit.currency}" if unit.currency else amount(number, unit)


def rate(number: Any) -> str:
    """Write a rate as the shortest decimal of up to six places.

    >>> rate(Fraction(8, 65)), rate(Fraction(3, 10)), rate(None)
    ('0.123077', '0.3', '–')
    """
    if number is None:
        return NONE
    text = decimal(Fraction(number), FINE).rstrip("0").rstrip(".")
    return text or "0"


def rate_exactly(number: Any) -> str:
    """Write a rate in a sentence: exactly, where six places are not all of it.

    >>> rate_exactly(Fraction(8, 65)), rate_exactly(Fraction(3, 10))
    ('8/65 (about 0.123077)', '0.3')
    """
    exact = Fraction(number)
    whole = (exact * 10**FINE).denominator == 1
    return rate(exact) if whole or exact.denominator > 10**FINE else f"{exact} (about {rate(exact)})"


def many(number: int) -> str:
    """Write a small number as a word.

    >>> many(2), many(0), many(40)
    ('two', 'nobody', '40')
    """
    return WORDS[number] if number < len(WORDS) else f"{number:,}"


def buyers_who(number: int, verb: str = "buy") -> str:
    """Say how many buyers do something.

    >>> buyers_who(1), buyers_who(2), buyers_who(0, "take")
    ('one buyer buys', 'two buyers buy', 'nobody takes')
    """
    if number == 0:
        return f"nobody {verb}s"
    return f"{many(number)} buyer {verb}s" if number == 1 else f"{many(number)} buyers {verb}"


def in_tables(names: Sequence[str]) -> list[str]:
    """Write names for a table, short, so that those that differ still do.

    >>> in_tables(["the very long name of archive A", "the very long name of archive B"])
    ['the very long name of…A', 'the very long name of…B']
    """
    return [isolated(each) for each in told_apart(names, NAME_LENGTH)]


def bundle(members: Sequence[int], sellers: Sequence[str]) -> str:
    """Write a bundle by its sellers, as they are written in tables.

    >>> bundle((0, 2), ("ada", "ben", "eve")), bundle((), ())
    ('ada + eve', 'nothing')
    """
    return " + ".join(sellers[each] for each in members) or "nothing"
