"""What is an amount of money, a list of them, or a dataset? What is not is named: value, bound and remedy."""

from collections.abc import Iterable
from math import inf, nan
from numbers import Integral, Real
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.markets.posted.bundles import SHOWN, Number, listed, too_much
from evenhand.money import MINOR_MAX

AMOUNTS = {
    "prices": ("a price is 0 or more", "Use inf for a dataset that is not on sale."),
    "budget": ("a budget is 0 or more", "Use inf for a buyer without one."),
    "costs": ("a cost is 0 or more", "Use inf for a seller who stays away."),
    "grid": ("a price is finite and 0 or more", "Leave it out of the grid."),
    "tick": ("a tick is finite and 0 or more", "Use 0 where whoever prices wins the ties."),
}
"""name -> the bound in words, the remedy."""
FINITE = {"grid", "tick"}
TRUTH: tuple[type, ...] = (bool, np.bool_)
"""True is no amount of money, though Python counts it as 1."""


def amount(name: str, given: Any, problems: list[Problem], where: str | None = None) -> Number:
    """Take an amount of money, whole if it is given whole; note what is wrong with it."""
    bound, remedy = AMOUNTS[name]
    number: Number = nan
    if isinstance(given, TRUTH):
        pass
    elif isinstance(given, Integral):
        number = int(given)
        if number > MINOR_MAX:
            bound, remedy = f"whole amounts go up to {MINOR_MAX}", "Count in a larger unit."
            number = nan
    elif isinstance(given, Real):
        number = float(given)
    if not number >= 0 or (name in FINITE and number == inf):
        problems.append(Problem(where or name, f"is {given!r:.{SHOWN}}", bound, remedy))
        return 0
    return number


def amounts(name: str, given: Any, problems: list[Problem]) -> list[Number]:
    """Take a list of amounts; note what is wrong with each."""
    members = listed(given)
    if members is None:
        problems.append(
            Problem(name, f"is {given!r:.{SHOWN}}", f"it is a list, and {AMOUNTS[name][0]}", "Give a list.")
        )
        return []
    found = [amount(name, each, problems, f"{name}[{i}]") for i, each in enumerate(members)]
    problems.extend(too_much(name, found))
    return found


def index(name: str, given: Any, n: int, problems: list[Problem]) -> int:
    """Take the index of one of n datasets; note what is wrong with it."""
    if isinstance(given, Integral) and not isinstance(given, TRUTH) and 0 <= int(given) < n:
        return int(given)
    bound = f"datasets are numbered 0 to {n - 1}: those on sale, and the one that is priced"
    problems.append(Problem(name, f"is {given!r:.{SHOWN}}", bound, "Give the index of one of them."))
    return 0


def refuse(problems: Iterable[Problem]) -> None:
    """Raise what was noted, if anything was."""
    noted = list(problems)
    if noted:
        raise OfferError(noted)
