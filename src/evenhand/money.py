"""Money as whole minor units of one stated currency, so that what is owed is exact.

>>> Money.parse("243.43 EUR")
Money(minor=24343, currency='EUR')
>>> print(Money(24343, "EUR"), Money(1200, "JPY"))
243.43 EUR 1200 JPY
"""

import re
from dataclasses import dataclass
from functools import cache

from evenhand.errors import OfferError, Problem, shown

MINOR_MAX = 2**53 - 1
"""The largest amount: canonical JSON (RFC 8785) carries integers exactly only up to here."""

ROUND_IT = "Round it to whole minor units."
SPLIT_IT = "Split the call, or state it in a larger unit."
LENGTH_MAX = 60
"""More characters than this are no amount, whatever they say."""

_AMOUNT = re.compile(r"(?P<number>[+-]?[0-9]+(?:\.(?P<decimals>[0-9]+))?) (?P<currency>[A-Z]{3})")


@cache
def exponent(currency: str) -> int:
    """Give the number of decimals of a currency's minor unit (ISO 4217): 2 for EUR, 0 for JPY.

    Raises:
        OfferError: the code is not a currency with a minor unit.
    """
    from iso4217 import Currency

    try:
        digits: int | None = Currency(currency).exponent
    except ValueError:
        digits = None
    if digits is None:
        raise OfferError(
            Problem(
                "currency",
                f'"{currency}" has no minor unit in ISO 4217',
                "money is stated in a national currency",
                'Write a code such as "EUR", "USD" or "JPY".',
            )
        )
    return digits


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of minor units (cents for EUR) of one currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse what is no whole number of minor units of a currency: an amount is exact from the start."""
        if type(self.minor) is int and isinstance(self.currency, str):
            return
        found = f"is Money({shown(self.minor)}, {shown(self.currency)})"
        bound = "money is a whole number of minor units, and a currency"
        raise OfferError(Problem("amount", found, bound, 'Write Money(150, "EUR"), or Money.parse("1.50 EUR").'))

    @classmethod
    def parse(cls, text: str, where: str = "amount") -> "Money":
        """Read "300.00 EUR": a plain decimal, a space, an ISO 4217 code, no more decimals than the currency has.

        Raises:
            OfferError: not of that form, more precise than the currency, or beyond `MINOR_MAX`.
        """
        match = _AMOUNT.fullmatch(text) if isinstance(text, str) and len(text) <= LENGTH_MAX else None
        if match is None:
            raise OfferError(
                Problem(
                    where,
                    f"{shown(text)} is not an amount of money",
                    "money is a plain decimal, a space and a currency",
                    'Write it as "300.00 EUR".',
                )
            )
        digits = exponent(match["currency"])
        decimals = match["decimals"] or ""
        if len(decimals) > digits:
            raise OfferError(
                Problem(
                    where,
                    f'"{text}" has {len(decimals)} decimals',
                    f"{match['currency']} has {digits}",
                    ROUND_IT,
                )
            )
        minor = int(match["number"].replace(".", "") + "0" * (digits - len(decimals)))
        if abs(minor) > MINOR_MAX:
            raise OfferError(
                Problem(
                    where,
                    f'"{text}" is too large',
                    f"an amount has at most {MINOR_MAX} minor units",
                    SPLIT_IT,
                )
            )
        return cls(minor, match["currency"])

    def __str__(self) -> str:
        return f"{self.plain} {self.currency}"

    @property
    def plain(self) -> str:
        """The decimal without the currency, as a spreadsheet reads it.

        >>> Money(-5, "EUR").plain
        '-0.05'
        """
        digits = exponent(self.currency)
        whole, part = divmod(abs(self.minor), 10**digits)
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{whole}.{part:0{digits}d}" if digits else f"{sign}{whole}"
