"""How are the numbers and names of an outcome written for people?

Numbers are written from integers and fractions alone, never from floats and never by the locale, so that a report is
the same bytes everywhere. Names are the sellers' own words: they may hold anything, and are shown as what they are.
"""

import unicodedata
from collections.abc import Sequence
from fractions import Fraction

from evenhand.money import exponent
from evenhand.records import MILLION, Number

HIDDEN = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2028\u2029\u2066\u2067\u2068\u2069\ufeff")
"""Characters that reorder or break the text around a name without being seen."""

ISOLATE, END_ISOLATE = "\u2068", "\u2069"
"""Keep the direction of what stands between them to itself (Unicode Bidirectional Algorithm, FSI and PDI)."""


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
