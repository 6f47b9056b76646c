"""What is a rate, an amount, a seller, a bundle or a list of them? What is not is named: value, bound and remedy."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from numbers import Integral, Real
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.numerics import Number

NUMBER = "an int, a Fraction or a float"
LARGEST = 1e300
"""Utilities stay below what sums of them could carry past the largest float."""
TRUTH: tuple[type, ...] = (bool, np.bool_)
"""True is no number, though Python counts it as 1."""
SHOWN = 60
"""A value that is refused is shown up to so many letters."""


def in_range(given: Any, low: Number, high: Number) -> bool:
    """Whether something given is a number within bounds, of Python or of numpy; True and False are none.

    >>> in_range(0.5, 0, 1), in_range(np.float32(0.5), 0, 1), in_range("half", 0, 1), in_range(True, 0, 1)
    (True, True, False, False)
    """
    number: Any = given.item() if isinstance(given, np.generic) else given  # short floats cannot be held against 1e300
    return isinstance(given, Real) and not isinstance(given, TRUTH) and bool(low <= number <= high)


def is_index(given: Any) -> bool:
    """Whether something given can number a seller: a whole number, 0 or more."""
    return isinstance(given, Integral) and not isinstance(given, TRUTH) and int(given) >= 0


def listed(given: Any) -> list[Any] | None:
    """Give the members of a list or of an array in one row; None of anything else, a generator too.

    >>> listed(np.array([1, 2])), listed((0, None)), listed("12"), listed(iter([1]))
    ([1, 2], [0, None], None, None)
    """
    if isinstance(given, np.ndarray):
        return list(given.tolist()) if given.ndim == 1 else None
    return list(given) if isinstance(given, Sequence) and not isinstance(given, str | bytes) else None


def a_list(where: str, given: Any, of: str, problems: list[Problem]) -> list[Any]:
    """Take the members of a list; note what is none."""
    members = listed(given)
    if members is None:
        problems.append(Problem(where, shown(given), f"it is a list: {of}", "Give a list."))
    return members or []


def rate(where: str, given: Any, problems: list[Problem], remedy: str = "Correct it.", *, what: str = "a rate") -> None:
    """Note what is no rate."""
    if not in_range(given, 0, 1):
        problems.append(Problem(where, shown(given), f"{what} is {NUMBER}, 0 to 1", remedy))


def rates(given: Any, problems: list[Problem], seller: Any = None) -> list[Any]:
    """Take one rate a seller, None for one who is away; that of the seller who asks is not looked at."""
    members = a_list("rates", given, "a rate a seller, None for one who is away", problems)
    for j, each in enumerate(members):
        if j != seller and each is not None:
            rate(f"rates[{j}]", each, problems, "Use None for one who is away.")
    return members


def cost(where: str, given: Any, problems: list[Problem], remedy: str = "Correct it.") -> None:
    """Note what is no cost."""
    if not in_range(given, 0, LARGEST):
        problems.append(Problem(where, shown(given), f"a cost is {NUMBER}, finite and 0 or more", remedy))


def utility(bundle: Any, worth: Any, problems: list[Problem]) -> None:
    """Note what is no utility, and one below 0 of no data at all."""
    where = f"utility[{bundle!r:.{SHOWN}}]"
    if not in_range(worth, -LARGEST, LARGEST):
        problems.append(Problem(where, shown(worth), f"a utility is {NUMBER}, within ±{LARGEST:g}", "Correct it."))
    elif bundle == () and worth < 0:
        bound = "what a buyer has without data is 0 or more"
        problems.append(Problem(where, shown(worth), bound, "Use 0: they may stay away."))


def bundle(where: str, given: Any, problems: list[Problem]) -> None:
    """Note what is no bundle: a tuple of sellers, in rising order, each once."""
    fine = isinstance(given, tuple) and all(is_index(member) for member in given)
    if not (fine and all(first < second for first, second in pairwise(given))):
        bound = "a bundle is a tuple of sellers, 0 or more, in rising order"
        problems.append(Problem(where, f"{shown(given)}, no bundle", bound, "Write it as (0, 2), one seller as (0,)."))


def refuse(problems: Iterable[Problem]) -> None:
    """Raise what was noted, if anything was."""
    noted = list(problems)
    if noted:
        raise OfferError(noted)


def shown(given: Any) -> str:
    """Say what was found.

    >>> shown(-3)
    'is -3'
    """
    return f"is {given!r:.{SHOWN}}"
