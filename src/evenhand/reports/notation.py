"""How are the numbers and names of an outcome written for people?

What is owed is written from integers and fractions alone, never from floats, and nothing by the locale, so that a
report is the same bytes everywhere; what is estimated is a float, of which only the digits are kept that are the same
everywhere. Names are the sellers' own words: they may hold anything, and are shown as what they are.
"""

import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from evenhand.money import exponent
from evenhand.records import MILLION, Number

HIDDEN = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2028\u2029\u2066\u2067\u2068\u2069\ufeff")
"""Characters that reorder or break the text around a name without being seen."""

ISOLATE, END_ISOLATE = "\u2068", "\u2069"
"""Keep the direction of what stands between them to itself (Unicode Bidirectional Algorithm, FSI and PDI)."""

DIGITS = 10
"""Estimates are kept to so many digits: what lies beyond differs from one machine's linear algebra to another's."""


def score(millionths: int) -> str:
    """Write millionths with all their six digits.

    >>> score(948_210), score(-1)
    ('0.948210', '-0.000001')
    """
    whole, part = divmod(abs(millionths), MILLION)
    return f"{'-' if millionths < 0 else ''}{whole}.{part:06d}"


def weight(millionths: int) -> str:
    """Write millionths as the shortest decimal.

    >>> weight(250_000), weight(1_000_000)
    ('0.25', '1')
    """
    return score(millionths).rstrip("0").rstrip(".")


def decimal(number: Fraction, decimals: int) -> str:
    """Write a fraction with commas and so many decimals, half a step rounded to even; what rounds to 0 has no sign.

    >>> decimal(Fraction(-1, 3), 4), decimal(Fraction(12345), 0), decimal(Fraction(-1, 3), 0)
    ('-0.3333', '12,345', '0')
    """
    steps = round(abs(number) * 10**decimals)
    whole, part = divmod(steps, 10**decimals)
    sign = "-" if number < 0 and steps else ""
    return f"{sign}{whole:,}" + (f".{part:0{decimals}d}" if decimals else "")


def amount(minor: Number, currency: str) -> str:
    """Write money with commas and all decimals of its currency; a fraction of a minor unit is rounded to the nearest.

    >>> from fractions import Fraction
    >>> amount(118_720, "EUR"), amount(Fraction(3, 2), "JPY"), amount(-5, "EUR")
    ('1,187.20', '2', '-0.05')
    """
    digits = exponent(currency)
    return decimal(Fraction(round(minor), 10**digits), digits)


def money(minor: Number, currency: str) -> str:
    """Write `amount` with its currency.

    >>> money(118_720, "EUR")
    '1,187.20 EUR'
    """
    return f"{amount(minor, currency)} {currency}"


def ratio(part: int, whole: int, digits: int = 1) -> str:
    """Write part / whole as a percentage, rounded, but never to 100%, which is exactly all of it; 0 of nothing is 0.

    >>> ratio(2, 3), ratio(1, 8, digits=4), ratio(9999, 10000)
    ('66.7%', '12.5000%', '99.9%')
    """
    most = 100 * 10**digits
    units = round(Fraction(part * most, whole)) if whole else 0
    if units == most and part != whole:
        units += 1 if part > whole else -1
    before, after = divmod(units, 10**digits)
    return f"{before}.{after:0{digits}d}%"


def rounded(number: Any) -> float:
    """Keep the digits of an estimate that are the same everywhere.

    >>> rounded(1 / 3)
    0.3333333333
    """
    return float(f"{float(number):.{DIGITS}g}")


def points(numbers: Any) -> tuple[float, ...]:
    """Give an array as the points of a curve, each `rounded`."""
    return tuple(rounded(number) for number in numbers)


def said(number: float, digits: int = 4) -> str:
    """Write an estimate in a sentence or a table.

    >>> said(12.34567), said(-0.000123456), said(5.0), said(12345.6)
    ('12.35', '−0.0001235', '5', '12,346')
    """
    size = abs(number)
    if size >= 10**digits:
        text = f"{size:,.0f}"
    elif size >= 1e-4:
        text = f"{float(f'{size:.{digits}g}'):.12f}".rstrip("0").rstrip(".")
    else:
        text = f"{size:.{digits - 1}e}" if size else "0"
    return f"−{text}" if number < 0 else text


def count(number: int, noun: str, plural: str = "") -> str:
    """Write a number and its noun.

    >>> count(1, "offer"), count(1200, "offer"), count(2, "copy", "copies")
    ('1 offer', '1,200 offers', '2 copies')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def joined(names: Sequence[str]) -> str:
    """Write several names as one would say them.

    >>> joined(["source"]), joined(["source", "version", "date"])
    ('source', 'source, version and date')
    """
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def visible(name: str) -> str:
    r"""Write a name on one line, with U+FFFD for every control, line break or reordering character in it.

    >>> visible("ben\x1b[31m\u202e")
    'ben�[31m�'
    """
    return "".join("\ufffd" if char in HIDDEN or unicodedata.category(char) in ("Cc", "Cs") else char for char in name)


def shortened(name: str, longest: int) -> str:
    """Cut a visible name to so many characters, an ellipsis included.

    >>> shortened("Archive of the harbour town", 12)
    'Archive of…'
    """
    shown = visible(name)
    return shown if len(shown) <= longest else shown[: longest - 1].rstrip() + "…"


def told_apart(names: Sequence[str], longest: int) -> list[str]:
    """Cut visible names to so many characters, an ellipsis included, so that those that differ still do.

    A name keeps its beginning. Where several would then read the same, what they begin with together is cut instead;
    where that does not tell them apart either, the later ones are numbered.

    >>> told_apart(["University of Somewhere, North campus", "University of Somewhere, South campus", "lab"], 24)
    ['University…North campus', 'University…South campus', 'lab']
    >>> told_apart(["a" * 30 + "b" + "c" * 30, "a" * 30 + "d" + "c" * 30], 12)
    ['aaaa…bccccc…', 'aaaa…dccccc…']
    """
    shown = [shortened(name, longest) for name in names]
    places: dict[str, list[int]] = {}
    for place, text in enumerate(shown):
        places.setdefault(text, []).append(place)
    for alike in places.values():
        whole = [visible(names[place]) for place in alike]
        if len(set(whole)) > 1:
            for place, text in zip(alike, _from_where_they_differ(whole, longest), strict=True):
                shown[place] = text
    return _numbered(names, shown, longest)


def _from_where_they_differ(names: Sequence[str], longest: int) -> list[str]:
    """Cut what names begin with together, from within: it ends where the word begins in which they differ."""
    first, last = min(names), max(names)
    same = next((at for at, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first))
    word = first.rfind(" ", 0, same) + 1
    at = word if word > longest // 2 else same
    return [name if len(name) <= longest else _without_the_middle(name, at, longest) for name in names]


def _without_the_middle(name: str, at: int, longest: int) -> str:
    head = max(longest // 3, longest - 1 - len(name[at:]))
    return f"{name[:head].rstrip()}…{shortened(name[at:], longest - head - 1)}"


def _numbered(names: Sequence[str], shown: Sequence[str], longest: int) -> list[str]:
    """Number the later of different names that read the same."""
    found: list[str] = []
    of_text: dict[str, str] = {}
    for name, text in zip(names, shown, strict=True):
        told, number = text, 1
        while of_text.setdefault(told, name) != name:
            number += 1
            told = f"{shortened(text, longest - len(f' ({number})'))} ({number})"
        found.append(told)
    return found


def isolated(text: str) -> str:
    """Keep right-to-left text from turning the sentence around it; other text is left as it is.

    >>> isolated("ben"), len(isolated("נמל"))
    ('ben', 5)
    """
    turns = any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in text)
    return f"{ISOLATE}{text}{END_ISOLATE}" if turns else text


def quoted(name: str) -> str:
    """Write a name inside a sentence.

    >>> quoted("ben")
    '"ben"'
    """
    return f'"{isolated(shortened(name, 60))}"'
