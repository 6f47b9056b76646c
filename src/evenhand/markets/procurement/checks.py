"""What can no market under a budget be made of? Every problem at once, with the value, the bound and the remedy."""

from collections.abc import Callable, Iterable
from math import inf, nan
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem, shown, unknown
from evenhand.market import numbers
from evenhand.markets.procurement.policy import Policy
from evenhand.markets.procurement.rules import RULES
from evenhand.numerics.given import is_index
from evenhand.records import Array

AMOUNTS: dict[str, tuple[Callable[[float], bool], str, str]] = {
    "budget": (lambda budget: 0 < budget < inf, "a budget is finite and above 0", "State what may be spent."),
    "pool": (lambda pool: 0 <= pool < inf, "a pool of shares is finite and 0 or more", "Use 0 for cash alone."),
    "liquidity": (
        lambda part: 0 <= part <= 1,
        "the part of a payment that is cash is 0 to 1",
        "Leave it out, and it follows from budget and pool.",
    ),
    "mass": (lambda mass: 0 < mass < inf, "a mass is finite and above 0", "Leave it out for all offered."),
}
"""name -> whether a number is within bounds, the bounds in words, the remedy."""


def amount(name: str, given: Any, problems: list[Problem]) -> float:
    """Take one of `AMOUNTS` as a float; note what is none."""
    within, bound, remedy = AMOUNTS[name]
    try:
        array = numbers(name, given)
        number = float(array) if array.ndim == 0 else nan
    except OfferError:
        number = nan
    if not within(number):
        problems.append(Problem(name, f"is {shown(given)}", bound, remedy))
    return number


def worths(given: Any, problems: list[Problem]) -> Array:
    """Take what each dataset is worth as floats; note what is none."""
    try:
        worth = numbers("worth", given)
    except OfferError as refused:
        problems.extend(refused.problems)
        return np.zeros(0)
    if worth.ndim != 1 or not len(worth):
        found, bound = f"has shape {worth.shape}", "it is one number a seller"
        problems.append(Problem("worth", found, bound, "Give a list of one or more."))
        return np.zeros(0)
    wrong = np.flatnonzero(~((worth >= 0) & (worth < inf)))
    bound, remedy = "a worth is a finite number, 0 or more", "Use 0 to leave a seller out."
    problems.extend(Problem(f"worth[{i}]", f"is {worth[i]}", bound, remedy) for i in wrong)
    if not len(wrong):
        with np.errstate(over="ignore"):
            total = worth.sum()
        if not total < inf:
            found, bound = f"sums to {total}, and {worth.max()} is the largest", "what all is worth is finite"
            problems.append(Problem("worth", found, bound, "Count worth in a larger unit."))
    return worth


def goods(worth: Any, value: Any) -> list[Problem]:
    """Refuse goods that are said twice or not at all, and a value that cannot be asked."""
    if (worth is None) == (value is None):
        found = "are both missing" if worth is None else "are both given"
        remedy = "Give a worth a seller, or the value of sets."
        return [Problem("worth and value", found, "one says what is bought", remedy)]
    if value is None or callable(value):
        return []
    remedy = "Give a function of 0/1 masks (sets, n) that returns one number a row."
    return [Problem("value", f"is {shown(value)}", "it says what any set is worth", remedy)]


def sellers(n: Any) -> list[Problem]:
    """Refuse what is no number of sellers; nobody need have said it."""
    if n is None or (is_index(n) and n >= 1):
        return []
    return [Problem("n", f"is {shown(n)}", "it is how many sellers there are", "Give a whole number above 0.")]


def known(where: str, name: Any, names: Iterable[str]) -> list[Problem]:
    """Refuse what is none of some names, or no name at all.

    >>> print(*known("rule", None, ["clock"]))
    rule: is None; it is one of: clock. Give its name.
    """
    names = list(names)
    if not isinstance(name, str):
        return [Problem(where, f"is {shown(name)}", f"it is one of: {', '.join(names)}", "Give its name.")]
    return [] if name in names else [unknown(where, name, names)]


def rule(name: Any, *, redundant: bool) -> list[Problem]:
    """Refuse a rule that there is not, or one of worth that adds up where sets have a value."""
    strange = known("rule", name, RULES)
    if strange or not redundant or RULES[name].of_sets:
        return strange
    fitting = ", ".join(other for other, row in RULES.items() if row.of_sets)
    found = f'"{name}" buys worth that adds up'
    return [Problem("rule", found, "here sets have a value", f"Choose one of: {fitting}.")]


def policy(given: Any, n: int | None) -> list[Problem]:
    """Refuse what is no policy, and one that names sellers who are not there."""
    if given is None:
        return []
    if not isinstance(given, Policy):
        remedy = "Give evenhand.markets.Policy(cap=..., pools=..., reserve=..., tagged=...)."
        return [Problem("policy", f"is {shown(given)}", "it is a Policy, or None", remedy)]
    return given.beyond(n)
