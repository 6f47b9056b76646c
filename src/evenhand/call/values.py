"""What may a value of CALL.toml be, and what is said when it is something else?

Each reader takes one value and gives what it means, or refuses it with an `OfferError` whose `where` is empty (the
value itself) or names a part of it (".novelty"); the key is put before it where all mistakes are gathered.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from evenhand import errors, quality
from evenhand.acceptance import folded
from evenhand.errors import SHOWN_MAX, OfferError, Problem, nearest
from evenhand.money import Money
from evenhand.quality import licence
from evenhand.quality import metadata as fields
from evenhand.records import MEASURES, MILLION

T = TypeVar("T")


class Written(str):
    """A TOML number with a point, an exponent, or none at all (nan), as it is written."""


@dataclass
class SoFar:
    """What later values are held against; tables and keys are read in the order in which the classes below name them.

    `currency` is the budget's, and None while no amount of money was read as one.
    """

    folder: Path
    currency: str | None = None
    sellers: dict[str, str] = field(default_factory=dict)
    """as compared -> as first written."""


@dataclass(frozen=True)
class Read:
    """How the value of a key is read: `how(value, so_far, the keys of the table that were read before)`.

    An `OfferError` is one key's; pydantic goes on to the next key and gathers all.
    """

    how: Callable[[Any, SoFar, Mapping[str, Any]], Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import PydanticCustomError, core_schema

        def read(value: Any, info: Any) -> Any:
            try:
                return self.how(value, info.context, info.data)
            except OfferError as error:
                raise PydanticCustomError("refused", "refused", {"problems": error.problems}) from None

        return core_schema.with_info_plain_validator_function(read)


def refuse(found: str, bound: str, remedy: str, *, where: str = "") -> NoReturn:
    """Refuse the value of the key that is being read, or the part of it that `where` names."""
    raise OfferError(Problem(where, found, bound, remedy))


def shown(value: Any) -> str:
    """Show a value in a message as TOML writes it: in one short line, whatever it is.

    >>> print(shown([Written("0.5"), Written("inf")]), shown("two"), shown(True), shown([[1]]), shown({}))
    [0.5, inf] "two" true a list a table
    """
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return _listed(value)
    if isinstance(value, bool):
        return str(value).lower()
    return errors.shown(value) if type(value) in (str, int) else errors.one_line(str(value))


def _listed(value: list[Any]) -> str:
    """Show a list as it is written, where it is short and holds no other list or table."""
    written = f"[{', '.join(map(shown, value[:SHOWN_MAX]))}]"
    nested = any(isinstance(each, list | Mapping) for each in value)
    return written if value and not nested and len(written) <= SHOWN_MAX else "a list"


def remedy(name: str, known: Iterable[str]) -> str:
    """Put the guess of which name was meant as a remedy."""
    meant = nearest(name, known)
    return f'Did you mean "{meant}"?' if meant else "Write one of them."


def below(name: str) -> str:
    """Name a key in the `where` of a problem, in one short line whatever the key is."""
    return f".{name}" if re.fullmatch(r"[\w-]{1,40}", name) else f".{shown(name)}"


def text(value: Any, so_far: SoFar, before: Mapping[str, Any]) -> str:
    """Read a text that says something."""
    if type(value) is not str or not value.strip():
        refuse(f"{shown(value)} is no text", "a text stands in quotes and is not empty", 'Write it as "text".')
    return value


def label(value: Any, so_far: SoFar, before: Mapping[str, Any]) -> str:
    """Read a name that looks the same in a table, a terminal and a page."""
    name = text(value, so_far, before)
    if not name.isprintable() or name != name.strip() or len(name) > 200:
        refuse(
            f"{shown(name)} cannot be shown as it is",
            "a name is at most 200 visible characters, with no white space around it",
            "Shorten it, and take out what cannot be seen.",
        )
    return name


def names(value: Any, what: str, example: str) -> list[str]:
    """Read a list of texts in brackets; which of them are known is asked later.

    Args:
        value: as it is written.
        what: what the texts are.
        example: a list of them.
    """
    if not isinstance(value, list):
        refuse(f"{shown(value)} is no list", f"{what} stand in brackets", f"Write it as {example}.")
    if not value:
        refuse("the list is empty", f"at least one of the {what} is named", "Name some, or leave it out.")
    wrong = [
        Problem(f"[{place}]", f"{shown(each)} is no text", f"{what} are texts in quotes", f"Write it as {example}.")
        for place, each in enumerate(value)
        if type(each) is not str
    ]
    if wrong:
        raise OfferError(wrong)
    return value


def licences(value: Any, so_far: SoFar, before: Mapping[str, Any]) -> tuple[str, ...]:
    """Read under which licences data is bought, as the SPDX list writes them."""
    stated = tuple(names(value, "licences", '["CC0-1.0", "CC-BY-4.0"]'))
    return _at_its_place("licences", lambda: licence.allowed_names(stated))


def required(value: Any, so_far: SoFar, before: Mapping[str, Any]) -> tuple[str, ...]:
    """Read which fields of metadata are expected."""
    stated = names(value, "fields", '["licence", "language", "contact"]')
    return _at_its_place("required", lambda: fields.expected(stated))


def profile(value: Any, so_far: SoFar, before: Mapping[str, Any]) -> str:
    """Read by which formulas quality is measured; the name gets its version."""
    name = text(value, so_far, before)
    return _at_its_place("profile", lambda: quality.profile(name).name)


def _at_its_place(key: str, read: Callable[[], T]) -> T:
    """Say of what a stage refuses where it stands within the value of a key."""
    try:
        return read()
    except OfferError as error:
        raise OfferError([replace(each, where=each.where.removeprefix(key)) for each in error.problems]) from None


def tags(value: Any, so_far: SoFar, before: Mapping[str, Any]) -> tuple[str, ...]:
    """Read what a seller is known by: names in brackets; their order says nothing."""
    if not isinstance(value, list):
        refuse(f"{shown(value)} is no list", "tags are names in brackets", 'Write it as ["cooperative"].')
    names = [label(each, so_far, before) for each in value]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        refuse(f"{shown(twice)} stands there twice", "a tag is stated once", "Keep one.")
    return tuple(sorted(names))


def seller(value: Any, so_far: SoFar, before: Mapping[str, Any]) -> str:
    """Read a seller's name, which no earlier offer has."""
    name = label(value, so_far, before)
    compared = folded(name)
    if compared in so_far.sellers:
        first = so_far.sellers[compared]
        refuse(
            f"{shown(name)} has an offer already, as {shown(first)}",
            "a seller makes one offer a round, and case tells no sellers apart",
            "Join the two datasets in one folder, or rename one seller.",
        )
    so_far.sellers[compared] = name
    return name


def _money(value: Any) -> Money:
    if type(value) is not str or len(value) > 60 or not value.isprintable():
        refuse(
            f"{shown(value)} is not an amount of money",
            "money is a plain decimal, a space and a currency, in quotes",
            'Write it as "300.00 EUR".',
        )
    try:
        return Money.parse(value)
    except OfferError as error:
        raise OfferError([replace(problem, where="") for problem in error.problems]) from None


def budget(value: Any, so_far: SoFar, before: Mapping[str, Any]) -> Money:
    """Read what may be spent; its currency is the currency of the call."""
    money = _money(value)
    so_far.currency = money.currency
    if money.minor <= 0:
        refuse(f"{shown(value)} buys nothing", "a budget is above 0", "State what may be spent in all.")
    return money


def cost(value: Any, so_far: SoFar, before: Mapping[str, Any]) -> Money:
    """Read a seller's report, in the currency of the call."""
    money = _money(value)
    if money.minor < 0:
        refuse(f"{shown(value)} is negative", "a cost is 0 or more", "To stay out, withdraw the offer.")
    return _in_currency(money, value, so_far, "cost")


def most(value: Any, so_far: SoFar, before: Mapping[str, Any]) -> Money:
    """Read the most that may be paid or promised, besides the budget and in its currency."""
    money = _money(value)
    if money.minor <= 0:
        refuse(f"{shown(value)} allows nothing", "it is above 0", "Leave it out.")
    return _in_currency(money, value, so_far, "amount")


def _in_currency(money: Money, value: Any, so_far: SoFar, noun: str) -> Money:
    if so_far.currency not in (None, money.currency):
        refuse(
            f"{shown(value)} is in {money.currency}",
            f"the budget is in {so_far.currency}",
            f"State every {noun} in {so_far.currency}.",
        )
    return money


def day(value: Any, so_far: SoFar, before: Mapping[str, Any]) -> date:
    """Read a day, written as TOML's own date or in quotes."""
    if type(value) is date:
        return value
    if type(value) is str and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    refuse(f"{shown(value)} is not a day", "a day of the calendar, without a time", "Write it as 2026-01-31.")


def whole(least: int, most: int) -> Read:
    """Read a whole number within bounds."""

    def read(value: Any, so_far: SoFar, before: Mapping[str, Any]) -> int:
        if type(value) is not int or not least <= value <= most:
            found = "out of bounds" if type(value) is int else "no whole number"
            refuse(
                f"{shown(value)} is {found}",
                f"a whole number from {least} to {most}",
                "Write such a number, without quotes.",
            )
        return value

    return Read(read)


def plain_decimal(value: Any, most: int, *, where: str = "") -> str:
    """Read an exact number, and give it as the shortest plain decimal.

    >>> plain_decimal(Written("25.0e-2"), 1)
    '0.25'
    """
    if type(value) not in (int, Written):
        bound, remedy = f"a number from 0 to {most}", "Write one such as 0.25, without quotes."
        refuse(f"{shown(value)} is no number", bound, remedy, where=where)
    try:
        number = Decimal(value)
    except (InvalidOperation, ValueError):
        number = Decimal("nan")
    if not number.is_finite() or not 0 <= number <= most:
        refuse(f"{shown(value)} is out of bounds", f"a number from 0 to {most}", "Write one such as 0.25.", where=where)
    if number == 0:
        return "0"
    # The first two guards keep the exact test cheap: 1e-999999999 is short to write
    if len(str(value)) > 40 or number.adjusted() < -6 or (Fraction(number) * MILLION).denominator > 1:
        refuse(
            f"{shown(value)} is too precise",
            "at most 6 decimals: what is published is kept in millionths",
            "Round it.",
            where=where,
        )
    return format(number.normalize(), "f")


def decimal(most: int) -> Read:
    """Read an exact number from 0 to `most`."""
    return Read(lambda value, so_far, before: plain_decimal(value, most))


def weights(value: Any, so_far: SoFar, before: Mapping[str, Any]) -> dict[str, str]:
    """Read what each measure counts for; one that is not named counts for nothing."""
    stated = table(value, "{ cleanliness = 1, novelty = 0.5 }")
    unknown = [
        Problem(
            below(name),
            "is not a measure of quality",
            f"the measures are {', '.join(MEASURES)}",
            remedy(name, MEASURES),
        )
        for name in stated
        if name not in MEASURES
    ]
    weight = dict.fromkeys(MEASURES, "0")
    wrong: list[Problem] = []
    for name in [name for name in MEASURES if name in stated]:
        try:
            weight[name] = plain_decimal(stated[name], MILLION, where=below(name))
        except OfferError as error:
            wrong += error.problems
    if unknown or wrong:
        raise OfferError(unknown + wrong)
    if set(weight.values()) == {"0"}:
        refuse("every weight is 0", "at least one weight is above 0", "Give the measures that matter a weight.")
    return weight


def table(value: Any, example: str) -> Mapping[str, Any]:
    """Read names and values in braces, or below a header of their own."""
    if not isinstance(value, Mapping):
        refuse(f"{shown(value)} is no table", "names and values in braces", f"Write it as {example}.")
    return value


def choice(known: Collection[str]) -> Read:
    """Read one of the known names."""

    def read(value: Any, so_far: SoFar, before: Mapping[str, Any]) -> str:
        name = text(value, so_far, before)
        if name not in known:
            refuse(f"{shown(name)} is not known", f"known: {', '.join(sorted(known))}", remedy(name, known))
        return name

    return Read(read)
