"""What is a number, an amount, a discount factor or a list of them? What is not is named: value, bound and remedy.

Every check notes what it finds in a list, so that all findings are raised at once by `errors.refuse`.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem, shown, unknown
from evenhand.numerics.given import TRUTH, in_range, is_index
from evenhand.records import Array

LARGEST = 1e60
"""The largest number that is computed with: products and squares of such numbers are finite."""
NONE: Array = np.zeros(0)
"""What is given in place of numbers that are refused."""
USUAL_DISCOUNT = "Use 0.99 for one per cent a period."


def is_whole(given: Any, least: int = 1) -> bool:
    """Whether this is a whole number, and no less."""
    return is_index(given) and least <= int(given) <= LARGEST


def is_real(given: Any) -> bool:
    """Whether this is one finite number that can be computed with."""
    return in_range(given, -LARGEST, LARGEST)


def whole(name: str, given: Any, least: int, usual: int, problems: list[Problem]) -> None:
    """Note what is no whole number, or too small a one."""
    if not is_whole(given, least):
        bound = f"it is a whole number, {least} or more, up to {LARGEST:g}"
        problems.append(Problem(name, f"is {shown(given)}", bound, f"Use {usual}."))


def runs(replications: Any, seed: Any, problems: list[Problem], least: int = 1) -> None:
    """Note what is no number of replications, and no seed."""
    whole("replications", replications, least, 1000, problems)
    whole("seed", seed, 0, 0, problems)


def truth(name: str, given: Any, problems: list[Problem]) -> None:
    """Note what is neither true nor false."""
    if not isinstance(given, TRUTH):
        problems.append(Problem(name, f"is {shown(given)}", "it is True or False", "Use one of them."))


def text(name: str, given: Any, problems: list[Problem]) -> None:
    """Note what is no name."""
    if not (isinstance(given, str) and given):
        problems.append(Problem(name, f"is {shown(given)}", "it is text, and not empty", "Give a name in quotes."))


def part(name: str, given: Any, problems: list[Problem]) -> None:
    """Note what is no part of a whole."""
    if not in_range(given, 0, 1):
        problems.append(Problem(name, f"is {shown(given)}", "it is between 0 and 1", "Use 0.5 for one half."))


def discount_factor(name: str, given: Any, problems: list[Problem]) -> None:
    """Note what is no discount factor over some periods: above 0, and at most 1."""
    if not (is_real(given) and 0 < given <= 1):
        bound = "it is above 0, and at most 1"
        problems.append(Problem(name, f"is {shown(given)}", bound, USUAL_DISCOUNT))


def discount_for_ever(name: str, given: Any, problems: list[Problem]) -> None:
    """Note what is no discount factor of a market without end: 0 or more, and below 1."""
    if not (is_real(given) and 0 <= given < 1):
        bound = "it is 0 or more, and below 1"
        problems.append(Problem(name, f"is {shown(given)}", bound, USUAL_DISCOUNT))


def amount(name: str, given: Any, problems: list[Problem]) -> None:
    """Note what is not one amount of money."""
    if not (is_real(given) and given >= 0):
        bound = f"it is an amount of money, 0 or more, and finite: up to {LARGEST:g}"
        problems.append(Problem(name, f"is {shown(given)}", bound, "Give a number."))


def index(name: str, given: Any, count: int, problems: list[Problem]) -> None:
    """Note what is not the index of one of so many."""
    if not (is_whole(given, 0) and given < count):
        bound = f"there are {count}, counted from 0"
        problems.append(Problem(name, f"is {shown(given)}", bound, "Use 0 for the first."))


def function(name: str, given: Any, bound: str, remedy: str, problems: list[Problem]) -> None:
    """Note what cannot be called."""
    if not callable(given):
        problems.append(Problem(name, f"is {shown(given)}", bound, remedy))


def answers(name: str, asked: Callable[[Array], Any], tried: Array, what: str, remedy: str) -> Array:
    """Give what a function answers to some numbers, each between 0 and 1.

    Raises:
        OfferError: an answer is no number, or out of bounds; the first is named.
    """
    given = asked(tried)
    try:
        found = np.broadcast_to(np.asarray(given, float), tried.shape)
    except (TypeError, ValueError, OverflowError):
        bound = f"it is {what} for each number that it is asked about"
        raise OfferError(Problem(name, f"gives {shown(given)}", bound, remedy)) from None
    wrong = np.flatnonzero(~((found >= 0) & (found <= 1)))
    if len(wrong):
        where, bound = f"{name}({tried[wrong[0]]:g})", f"{what} is a number, 0 to 1"
        raise OfferError(Problem(where, f"is {found[wrong[0]]}", bound, "Cut it there."))
    return found


def is_a(name: str, given: Any, kind: type, remedy: str, problems: list[Problem]) -> bool:
    """Note what is not of this kind, and say whether it is."""
    if not isinstance(given, kind):
        article = "an" if kind.__name__[0] in "AEIOU" else "a"
        problems.append(Problem(name, f"is {shown(given)}", f"it is {article} {kind.__name__}", remedy))
        return False
    return True


def some(name: str, given: Any, remedy: str, problems: list[Problem]) -> list[Any]:
    """Give the members of a list; note what is none, or empty. Text is no list of its letters."""
    many = isinstance(given, Iterable) and not isinstance(given, str | bytes) and getattr(given, "ndim", 1) > 0
    members = list(given) if many else []
    if not members:
        found = "is empty" if many else f"is {shown(given)}"
        problems.append(Problem(name, found, "it is a list of one or more", remedy))
    return members


def key(name: str, given: Any, known: Iterable[str], problems: list[Problem]) -> bool:
    """Note what is not among the known names, and say whether it is."""
    names = list(known)
    if not isinstance(given, str):
        bound = f"known: {', '.join(names)}"
        problems.append(Problem(name, f"is {shown(given)}", bound, "Write one of them, in quotes."))
        return False
    if given not in names:
        problems.append(unknown(name, given, names))
        return False
    return True


def numbers(name: str, given: Any, problems: list[Problem]) -> Array:
    """Take numbers of any shape; note the first that is none, or not finite, and then give no numbers."""
    found = _floats(given)
    bound, remedy = "they are finite numbers, in rows of one length", "Give a list of them."
    if found is None:
        problems.append(Problem(name, f"is {shown(given)}", bound, remedy))
        return NONE
    return _within(name, found, np.abs(found) <= LARGEST, f"numbers are finite, up to {LARGEST:g}", problems)


def amounts(name: str, given: Any, problems: list[Problem]) -> Array:
    """Take amounts of money of any shape; note the first that is none, and then give no amounts."""
    found = _floats(given)
    if found is None:
        bound = "they are amounts of money, in rows of one length"
        problems.append(Problem(name, f"is {shown(given)}", bound, "Give a list of numbers."))
        return NONE
    bound = f"amounts of money are 0 or more, and finite: up to {LARGEST:g}"
    return _within(name, found, (found >= 0) & (found <= LARGEST), bound, problems)


def parts(name: str, given: Any, problems: list[Problem]) -> Array:
    """Take parts of a whole, or chances, of any shape; note the first that is none, and then give none."""
    found = _floats(given)
    if found is None:
        bound = "they are numbers from 0 to 1, in rows of one length"
        problems.append(Problem(name, f"is {shown(given)}", bound, "Give a list of numbers."))
        return NONE
    return _within(name, found, (found >= 0) & (found <= 1), "each is a number from 0 to 1", problems)


def _within(name: str, found: Array, right: Array, bound: str, problems: list[Problem]) -> Array:
    if right.all():
        return found
    place = tuple(np.argwhere(~right)[0].tolist())
    where = f"{name}{list(place)}" if place else name
    problems.append(Problem(where, f"is {float(found[place])}", bound, "Correct it."))
    return NONE


def _floats(given: Any) -> Array | None:
    """Numbers as floats; None for text, truth values, and rows of several lengths."""
    try:
        found = np.asarray(given)
        if found.dtype.kind == "O" and all(map(is_real, found.ravel())):
            return found.astype(float)
    except (TypeError, ValueError, OverflowError):
        return None
    return found.astype(float) if found.dtype.kind in "iuf" else None
