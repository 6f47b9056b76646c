"""Which numbers were given, exact or not, and which are none? Taken one by one, with every problem noted."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from math import inf, isclose, isfinite
from numbers import Real
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem, shown
from evenhand.market import exact_number, exact_numbers, numbers
from evenhand.numerics import Number
from evenhand.payments.shares.tokens import PARTS
from evenhand.records import Array


def are_exact(rows: Iterable[Any], *amounts: Any) -> bool:
    """Whether these are whole numbers and fractions."""
    return all(_kind(row) in "iuO" for row in rows) and all(isinstance(amount, int | Fraction) for amount in amounts)


def row(where: str, given: Any, problems: list[Problem], *, exact: bool = False) -> Array:
    """Take one number a seller: floats, or fractions where exact numbers are wanted; note what is none."""
    try:
        taken = _fractions(given) if exact and _are_real(given) else numbers(where, given)
    except OfferError as refused:
        problems.extend(refused.problems)
        return np.zeros(0)
    if taken.ndim != 1:
        found, bound = f"has shape {taken.shape}", "it is one number a seller"
        problems.append(Problem(where, found, bound, "Give one number a seller."))
        return np.zeros(0)
    return taken


def amount(where: str, given: Any, problems: list[Problem], *, exact: bool = False) -> Number:
    """Take one number; note what is none."""
    if not is_number(given):
        problems.append(Problem(where, f"is {shown(given)}", "it is a number that a float can hold", "Give one."))
        return 0
    return exact_number(given) if exact and isfinite(given) else float(given)


def is_number(given: Any) -> bool:
    """Whether this is a real number that a float can hold, NaN and infinities among them.

    >>> is_number(Fraction(1, 3)), is_number(inf), is_number("3"), is_number(10**400)
    (True, True, False, False)
    """
    if not isinstance(given, Real | Decimal):
        return False
    try:
        float(given)
    except (OverflowError, ValueError):  # too large; a NaN of decimals that signals
        return False
    return True


def negative(where: str, taken: Any) -> list[Problem]:
    """Refuse what is below 0 or no finite number."""
    return [
        Problem(
            f"{where}[{i}]" if len(taken) > 1 else where, f"is {found}", "it is finite and 0 or more", "Correct it."
        )
        for i, found in enumerate(taken)
        if not 0 <= found < inf
    ]


def not_finite(where: str, taken: Any) -> list[Problem]:
    """Refuse what is no finite number, of any sign."""
    return [
        Problem(f"{where}[{i}]", f"is {found}", "it is a finite number", "Correct it.")
        for i, found in enumerate(taken)
        if not -inf < found < inf
    ]


def infinite_sum(where: str, taken: Array) -> list[Problem]:
    """Refuse finite floats whose sum is none."""
    if taken.dtype == object or not np.isfinite(taken).all():
        return []
    with np.errstate(over="ignore"):
        total = taken.sum()
    return [] if np.isfinite(total) else [Problem(where, f"sum to {total}", "a sum is finite", "Use a larger unit.")]


def shapes(**rows: Array) -> list[Problem]:
    """Refuse rows that differ in length from the first."""
    (first, wanted), *others = rows.items()
    return [
        Problem(name, f"has shape {taken.shape}", f"{first} has {wanted.shape}", "Give one number a seller.")
        for name, taken in others
        if taken.shape != wanted.shape
    ]


def weighing(weights: Any) -> list[Problem]:
    """Refuse weights that are not one for each part, 0 or more, together 1."""
    fine = np.ndim(weights) == 1 and len(weights) == len(PARTS) and all(map(is_number, weights))
    if fine and all(weight >= 0 for weight in weights) and isclose(sum(weights), 1):
        return []
    found = f"are {[str(weight) for weight in weights]}" if fine else f"are {shown(weights)}"
    remedy = "Give three numbers of 0 or more that sum to 1."
    return [Problem("weights", found, "volume, quality and impact weigh 1 together", remedy)]


def _kind(given: Any) -> str:
    try:
        return np.asarray(given).dtype.kind
    except ValueError:  # rows of several lengths
        return "-"


def _are_real(given: Any) -> bool:
    return _kind(given) in "biufO" and all(map(is_number, np.ravel(given).tolist()))


def _fractions(given: Any) -> Array:
    """Give fractions; what is no finite number stays, to be refused."""
    array = np.asarray(given)
    kept = exact_numbers([Fraction(x) if isfinite(x) else float(x) for x in array.ravel().tolist()])
    return kept.reshape(array.shape)
