"""What is an amount of money, a dataset, or a utility? What is not is named: value, bound and remedy."""

from math import inf
from numbers import Integral
from typing import Any

import numpy as np

from evenhand.errors import Problem, shown
from evenhand.markets.posted.exactness import Number, plain, too_much, whole_or_float
from evenhand.money import MINOR_MAX
from evenhand.numerics.exactness import LARGEST
from evenhand.numerics.given import in_range, is_index, listed
from evenhand.records import Array

AMOUNTS = {
    "prices": ("a price is 0 or more", "Use inf for a dataset that is not on sale."),
    "budget": ("a budget is 0 or more", "Use inf for a buyer without one."),
    "costs": ("a cost is 0 or more", "Use inf for a seller who stays away."),
    "grid": ("a price is finite and 0 or more", "Leave it out of the grid."),
    "tick": ("a tick is finite and 0 or more", "Use 0 where whoever prices wins the ties."),
}
"""name -> the bound in words, the remedy."""
FINITE = {"grid", "tick"}

WITHIN = f"a utility is a number within ±{LARGEST:g}, or a whole one within ±{MINOR_MAX}"
"""How large what datasets or bundles are worth may be."""


def amount(name: str, given: Any, problems: list[Problem], where: str | None = None) -> Number:
    """Take an amount of money, whole if it is given whole; note what is wrong with it."""
    own, whole = plain(given), isinstance(given, Integral)
    most: Number = MINOR_MAX if whole else LARGEST
    if in_range(own, 0, most):
        return int(own) if whole else float(own)
    endless = in_range(own, inf, inf)
    if endless and name not in FINITE:
        return inf
    bound, remedy = AMOUNTS[name]
    if in_range(own, most, inf) and not endless:
        bound = f"whole amounts go up to {most}" if whole else f"amounts go up to {most:g}"
        remedy = "Count in a larger unit."
    problems.append(Problem(where or name, f"is {shown(own)}", bound, remedy))
    return 0


def amounts(name: str, given: Any, problems: list[Problem]) -> list[Number]:
    """Take a list of amounts; note what is wrong with each."""
    members = listed(given)
    if members is None:
        bound = f"it is a list, and {AMOUNTS[name][0]}"
        problems.append(Problem(name, f"is {shown(given)}", bound, "Give a list."))
        return []
    found = [amount(name, each, problems, f"{name}[{i}]") for i, each in enumerate(members)]
    problems.extend(too_much(name, found))
    return found


def index(name: str, given: Any, n: int, problems: list[Problem]) -> int:
    """Take the index of one of n datasets; note what is wrong with it."""
    if is_index(given) and given < n:
        return int(given)
    bound = f"datasets are numbered 0 to {n - 1}"
    problems.append(Problem(name, f"is {shown(given)}", bound, "Give the index of one of them."))
    return 0


def is_utility(answer: Any) -> bool:
    """Say whether an answer is a number that sums can carry.

    >>> is_utility(-3), is_utility(float("nan")), is_utility(2**70)
    (True, False, False)
    """
    most = MINOR_MAX if isinstance(answer, Integral) else LARGEST
    return isinstance(answer, bool) or in_range(answer, -most, most)


def within_reach(array: Array) -> Array:
    """Say which numbers of an array sums can carry."""
    if array.dtype.kind == "b":
        return np.ones(array.shape, bool)
    limit: float = MINOR_MAX if array.dtype.kind in "iu" else LARGEST
    reach: Array = (array >= -limit) & (array <= limit)  # of the lowest integer there is no absolute value
    return reach


def no_utility(bundle: tuple[int, ...], answer: Any) -> Problem:
    """Name an answer that is no utility."""
    return Problem(f"utility[{bundle}]", f"is {shown(answer)}", WITHIN, "Give a finite number for every bundle.")


def one_for_each(where: str, given: Any, problems: list[Problem]) -> Array:
    """Take one utility for each dataset; note what is wrong with each."""
    members = listed(given)
    if members is None:
        bound = "there is one utility a dataset"
        problems.append(Problem(where, f"is {shown(given)}", bound, "Give a list of numbers."))
        return np.zeros(0)
    wrong = [
        Problem(f"{where}[{i}]", f"is {shown(each)}", WITHIN, "Use 0 for data of no use.")
        for i, each in enumerate(members)
        if not is_utility(each)
    ] or too_much(where, members)
    problems.extend(wrong)
    return np.zeros(len(members)) if wrong else whole_or_float(members)


def one_for_each_pair(where: str, given: Any, n: int, problems: list[Problem]) -> Array:
    """Take what pairs are worth together; note what is wrong with each."""
    pairs = as_array(given)
    if pairs.shape != (n, n) or pairs.dtype.kind not in "iuf":
        found = f"is {shown(given)}" if pairs.dtype.kind == "O" else f"is {pairs.dtype} of shape {pairs.shape}"
        bound = f"it is made of {n} rows of {n} numbers"
        problems.append(Problem(where, found, bound, "Give a square array, with 0 for pairs that only add up."))
        return np.zeros((n, n))
    wrong = ~(within_reach(pairs) & (pairs == pairs.T))
    wrong |= np.diag(np.diag(pairs) != 0)
    bound, remedy = f"{WITHIN}, the same both ways, 0 beside itself", "Write w_ij at [j, i] as well, and 0 at [i, i]."
    problems.extend(
        Problem(f"{where}[{i}, {j}]", f"is {pairs[i, j]}, [{j}, {i}] is {pairs[j, i]}", bound, remedy)
        for i, j in np.argwhere(np.triu(wrong | wrong.T)).tolist()
    )
    return pairs.astype(np.int64 if pairs.dtype.kind in "iu" else np.float64, copy=False)


def as_array(given: Any) -> Array:
    """Make an array of what is given; of one object, which nobody takes for a number, where its rows differ in length.

    >>> as_array([[1, 2], [3]]).dtype.kind
    'O'
    """
    try:
        return np.asarray(given)
    except ValueError:
        return np.asarray(None)
