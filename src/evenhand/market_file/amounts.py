"""What may an amount of MARKET.toml be? Money of one currency, or a plain number; never both in one file.

An amount is read as a decimal of the main unit; how many decimals the whole file needs is known at its end.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from evenhand.acceptance import folded
from evenhand.call import values
from evenhand.call.values import Read, Written, refuse, shown
from evenhand.errors import OfferError, Problem, nearest
from evenhand.money import ROUND_IT, SPLIT_IT, Money, exponent
from evenhand.pricing import Unit

PLAIN_MAX, DECIMALS_MAX = 10**9, 6
"""The largest plain amount, and its most decimals: within both, amounts stay exact in canonical JSON."""
PLAIN = f"a plain number up to {PLAIN_MAX:,}, with at most {DECIMALS_MAX} decimals"
RATE_DECIMALS_MAX = 40
"""The most decimals of a rate, which is kept as a fraction."""
FINER = "State every amount for 1,000 uses, or use plain numbers."
COARSER = "Count in another unit, or round it."
MONEY = re.compile(r"[+-]?[0-9]+(\.[0-9]+)? [A-Z]{3}")

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
    stated: int = 0
    """how many tables of sellers the file has."""

    @property
    def sure(self) -> bool:
        """Whether all sellers are known: where a name was refused, nobody can say that another names no seller."""
        return 0 < self.stated == len(self.sellers)

    def lacks(self, name: str) -> bool:
        """Whether a name is none of a seller's; where not all are known, only one that looks like a slip is."""
        slip = folded(name) not in self.sellers and nearest(name, self.names) is not None
        return self.place(name) is None and (self.sure or slip)

    def place(self, name: str) -> int | None:
        """Give the index of a seller; None for who is none. Two ways to encode the same signs are the same name."""
        same = unicodedata.normalize("NFC", name)
        found = (place for place, each in enumerate(self.names) if unicodedata.normalize("NFC", each) == same)
        return next(found, None)

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
    number, currency = _decimal(value, where, so_far.currency)
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


def _decimal(value: Any, where: str, before: str | None) -> tuple[Decimal, str]:
    """Read an amount and its currency; `before` is that of the amounts before it, which says how to write this one."""
    if type(value) is str and MONEY.fullmatch(value):
        try:
            money = Money.parse(value)
        except OfferError as error:
            raise OfferError([_of_a_market(each, where) for each in error.problems]) from None
        return Decimal(money.minor).scaleb(-exponent(money.currency)), money.currency
    number = plain(value)
    if number is None:
        ways = {None: 'Write it as "12.00 EUR", or as 12 without quotes.', "": "Write it as 12, without quotes."}
        refuse(
            f"{shown(value)} is no amount",
            f'an amount is money in quotes, as "12.00 EUR", or {PLAIN}',
            ways.get(before, f'Write it as "12.00 {before}".'),
            where=where,
        )
    if abs(number) > PLAIN_MAX:
        refuse(f"{shown(value)} is too large", f"an amount without a currency is {PLAIN}", COARSER, where=where)
    if _decimals(number) > DECIMALS_MAX:
        refuse(f"{shown(value)} is too precise", f"an amount without a currency is {PLAIN}", COARSER, where=where)
    return number, ""


def _of_a_market(found: Problem, where: str) -> Problem:
    """Give what is wrong with money a remedy that a market has."""
    remedies = {ROUND_IT: FINER, SPLIT_IT: "State it in a larger unit: every amount for a thousandth of the uses."}
    return replace(found, where=where, remedy=remedies.get(found.remedy, found.remedy))


def plain(value: Any) -> Decimal | None:
    """Give a TOML number as it is written; None for what is no number, or not finite.

    >>> plain(Written("0.30")), plain(7), plain("7"), plain(Written("nan"))
    (Decimal('0.30'), Decimal('7'), None, None)
    """
    if type(value) is not int and not isinstance(value, Written):
        return None
    try:
        number = Decimal(value)  # which leaves out what separates digits, as in 1_000
    except InvalidOperation:  # the exponent alone has twenty digits
        return None
    return number if number.is_finite() else None


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
    """Count the decimals that say something, however many digits there are.

    >>> _decimals(Decimal("0.250")), _decimals(Decimal("1." + 40 * "0" + "1")), _decimals(Decimal("0.00"))
    (2, 41, 0)
    """
    _, digits, power = number.as_tuple()
    said = "".join(map(str, digits)).rstrip("0")
    return max(0, -int(power) - (len(digits) - len(said))) if said else 0


def as_number(value: Any, where: str, bound: str, remedy: str) -> Decimal:
    """Give a TOML number as it is written, whatever its size; refuse what is none."""
    number = plain(value)
    if number is None:
        found = "out of bounds" if isinstance(value, Written) else "no number"
        refuse(f"{shown(value)} is {found}", bound, remedy, where=where)
    return number


def part(what: str) -> Read:
    """Read a part of something: an exact number from 0 to 1."""

    def read(value: Any, so_far: Any, before: Mapping[str, Any]) -> Fraction:
        bound, remedy = f"{what} is a number from 0 to 1", "Write one such as 0.25."
        number = as_number(value, "", bound, remedy)
        if not 0 <= number <= 1:
            refuse(f"{shown(value)} is out of bounds", bound, remedy)
        if _decimals(number) > RATE_DECIMALS_MAX:  # as a fraction, 1e-999999999 would not fit in memory
            refuse(f"{shown(value)} is too precise", f"{what} has at most {RATE_DECIMALS_MAX} decimals", "Round it.")
        return Fraction(number)

    return Read(read)


def real(low: float, high: float, bound: str, example: str) -> Read:
    """Read a number that is computed with in floats."""
    return Read(lambda value, so_far, before: read_real(value, low, high, bound, example))


def read_real(value: Any, low: float, high: float, bound: str, example: str, where: str = "") -> float:
    """Read a number from low to high; `bound` and `example` say so in words."""
    number = as_number(value, where, bound, f"Write {example}.")
    if not Decimal(str(low)) <= number <= Decimal(str(high)):
        refuse(f"{shown(value)} is out of bounds", bound, f"Write {example}.", where=where)
    return float(number)
