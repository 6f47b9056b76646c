"""What may an amount of MARKET.toml be? Money of one currency, or a plain number; never both in one file.

An amount is read as a decimal of the main unit; how many decimals the whole file needs is known at its end.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from evenhand.call import values
from evenhand.call.values import Read, Written, refuse, shown
from evenhand.errors import OfferError, Problem
from evenhand.money import ROUND_IT, Money, exponent
from evenhand.pricing import Unit

PLAIN_MAX, DECIMALS_MAX = 10**9, 6
"""The largest plain amount, and its most decimals: within both, amounts stay exact in canonical JSON."""
FINER = "State every amount for 1,000 uses, or use plain numbers."

BOUNDS = {
    "price": (Decimal(0), "a price is 0 or more", "Leave it out for a seller who arrives."),
    "grid": (Decimal(0), "a price is 0 or more", "Leave it out of the grid."),
    "cost": (Decimal(0), "a cost is 0 or more", "To stay away, leave the seller out."),
    "budget": (Decimal(0), "a budget is 0 or more", "Leave it out for no limit."),
    "outside": (Decimal(0), "what a buyer has without data is 0 or more", "Use 0: they may stay away."),
    "tick": (Decimal(0), "a tick is above 0", "Leave it out for the smallest unit."),
    "utility": (None, "", ""),
}
"""what it is -> the least, the bound in words, the remedy."""


@dataclass
class SoFar(values.SoFar):
    """What later values of a market are held against; `currency` is "" once amounts are plain numbers."""

    decimals: int = 0
    buyers: dict[str, str] = field(default_factory=dict)
    there: list[str] = field(default_factory=list)
    """the sellers who are on sale before anyone arrives."""

    @property
    def names(self) -> list[str]:
        """The sellers, as written."""
        return list(self.sellers.values())

    @property
    def unit(self) -> Unit:
        """In what the market counts, once all is read."""
        return Unit(exponent(self.currency) if self.currency else self.decimals, self.currency or None)


def amount(what: str) -> Read:
    """Read an amount, a key of `BOUNDS`, as a decimal of the main unit."""
    return Read(lambda value, so_far, before: read_amount(value, so_far, what))


def read_amount(value: Any, so_far: Any, what: str, where: str = "") -> Decimal:
    """Read an amount; `where` names it within the value of a key.

    Raises:
        OfferError: it is no amount, is out of bounds, or is of another currency than those before it.
    """
    number, currency = _decimal(value, where)
    if so_far.currency is None:
        so_far.currency = currency
    elif so_far.currency != currency:
        before = so_far.currency
        refuse(
            f"{shown(value)} is {f'in {currency}' if currency else 'a plain number'}",
            f"the amounts before it are {f'in {before}' if before else 'plain numbers'}",
            f"State every amount {f'in {before}' if before else 'without a currency'}.",
            where=where,
        )
    least, bound, remedy = BOUNDS[what]
    if least is not None and number < least:
        refuse(f"{shown(value)} is negative", bound, remedy, where=where)
    if not currency:
        so_far.decimals = max(so_far.decimals, _decimals(number))
    return number


def _decimal(value: Any, where: str) -> tuple[Decimal, str]:
    if type(value) is str and len(value) <= 60:
        try:
            money = Money.parse(value)
        except OfferError as error:
            problems = [replace(each, where=where) for each in error.problems]
            finer = [replace(each, remedy=FINER) if each.remedy == ROUND_IT else each for each in problems]
            raise OfferError(finer) from None
        return Decimal(money.minor).scaleb(-exponent(money.currency)), money.currency
    number = plain(value)
    if number is None:
        refuse(
            f"{shown(value)} is no amount",
            'an amount is money in quotes, as "12.00 EUR", or a plain number',
            "Write it as the other amounts.",
            where=where,
        )
    if abs(number) > PLAIN_MAX or _decimals(number) > DECIMALS_MAX:
        refuse(
            f"{shown(value)} is too large or too precise",
            f"a plain amount goes up to {PLAIN_MAX}, with at most {DECIMALS_MAX} decimals",
            "Count in another unit, or round it.",
            where=where,
        )
    return number, ""


def plain(value: Any) -> Decimal | None:
    """Give a TOML number as it is written; None for what is no number, or not finite.

    >>> plain(Written("0.30")), plain(7), plain("7"), plain(Written("nan"))
    (Decimal('0.30'), Decimal('7'), None, None)
    """
    if type(value) is int or isinstance(value, Written):
        if len(f"{value:.60}" if isinstance(value, str) else hex(value)) > 40:
            return None
        number = Decimal(str(value).replace("_", ""))
        return number if number.is_finite() and -40 < number.adjusted() < 40 else None
    return None


def each_of(value: list[Any], read: Callable[[Any, str], Any]) -> list[Any]:
    """Read every member of a list, told its value and its place, and name all that are wrong."""
    found: list[Any] = []
    wrong: list[Problem] = []
    for place, each in enumerate(value):
        try:
            found.append(read(each, f"[{place}]"))
        except OfferError as error:
            wrong += error.problems
    if wrong:
        raise OfferError(wrong)
    return found


def _decimals(number: Decimal) -> int:
    return max(0, -int(number.normalize().as_tuple().exponent))


def part(what: str) -> Read:
    """Read a part of something: an exact number from 0 to 1."""

    def read(value: Any, so_far: Any, before: Mapping[str, Any]) -> Fraction:
        number = plain(value)
        if number is None or not 0 <= number <= 1:
            refuse(f"{shown(value)} is out of bounds", f"{what} is a number from 0 to 1", "Write one such as 0.25.")
        return Fraction(number)

    return Read(read)


def real(low: float, high: float, bound: str, example: str) -> Read:
    """Read a number that is computed with in floats."""
    return Read(lambda value, so_far, before: read_real(value, low, high, bound, example))


def read_real(value: Any, low: float, high: float, bound: str, example: str, where: str = "") -> float:
    """Read a number from low to high; `bound` and `example` say so in words."""
    number = plain(value)
    if number is None or not low <= number <= high:
        refuse(f"{shown(value)} is out of bounds", bound, f"Write {example}.", where=where)
    return float(number)
