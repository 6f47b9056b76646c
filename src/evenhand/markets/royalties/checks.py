"""What is a rate, an amount, a seller, a bundle or a list of them? What is not is named: value, bound and remedy."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from evenhand.errors import Problem, shown
from evenhand.numerics.exactness import LARGEST
from evenhand.numerics.given import in_range, is_index, listed

NUMBER = "an int, a Fraction or a float"


def a_list(where: str, given: Any, of: str, problems: list[Problem]) -> list[Any]:
    """Take the members of a list; note what is none."""
    members = listed(given)
    if members is None:
        problems.append(Problem(where, f"is {shown(given)}", f"it is a list of {of}", "Give a list."))
    return members or []


def rate(where: str, given: Any, problems: list[Problem], remedy: str = "Correct it.", *, what: str = "a rate") -> None:
    """Note what is no rate."""
    if not in_range(given, 0, 1):
        problems.append(Problem(where, f"is {shown(given)}", f"{what} is {NUMBER}, 0 to 1", remedy))


def rates(given: Any, problems: list[Problem], seller: Any = None) -> list[Any]:
    """Take one rate a seller, None for one who is away; that of the seller who asks is not looked at."""
    members = a_list("rates", given, "rates, one a seller, None for one who is away", problems)
    for j, each in enumerate(members):
        if j != seller and each is not None:
            rate(f"rates[{j}]", each, problems, "Use None for one who is away.")
    return members


def cost(where: str, given: Any, problems: list[Problem], remedy: str = "Correct it.") -> None:
    """Note what is no cost."""
    if not in_range(given, 0, LARGEST):
        problems.append(Problem(where, f"is {shown(given)}", f"a cost is {NUMBER}, finite and 0 or more", remedy))


def utilities(where: str, given: Any, problems: list[Problem]) -> Mapping[Any, Any]:
    """Take what each bundle is worth; note what is no bundle, and what is no utility.

    There may be a million bundles: only what is wrong is written out.
    """
    if not isinstance(given, Mapping):
        remedy = "Give a dictionary; `tabulated` makes one of a function."
        problems.append(Problem(where, f"is {shown(given)}", "it has a number for each bundle", remedy))
        return {}
    for chosen, worth in given.items():
        if is_bundle(chosen) and in_range(worth, least(chosen), LARGEST):
            continue
        place = f"{where}[{shown(chosen)}]"
        bundle(place, chosen, problems)
        utility(place, worth, problems, lowest=least(chosen))
    return given


def least(chosen: Any) -> float:
    """Give what a bundle is worth at least: data may do harm, no data do none."""
    return 0 if chosen == () else -LARGEST


def utility(where: str, given: Any, problems: list[Problem], *, lowest: float = -LARGEST) -> None:
    """Note what is no utility, and one that is too low."""
    if not in_range(given, -LARGEST, LARGEST):
        bound = f"a utility is {NUMBER}, within ±{LARGEST:g}"
        problems.append(Problem(where, f"is {shown(given)}", bound, "Correct it."))
    elif not in_range(given, lowest, LARGEST):
        bound = "what a buyer has without data is 0 or more"
        problems.append(Problem(where, f"is {shown(given)}", bound, "Use 0: they may stay away."))


def bundle(where: str, given: Any, problems: list[Problem], sellers: int | None = None) -> None:
    """Note what is no bundle; of so many sellers, where that is known."""
    if not is_bundle(given):
        found, bound = f"is {shown(given)}, no bundle", "a bundle is a tuple of sellers, 0 or more, in rising order"
        problems.append(Problem(where, found, bound, "Write it as (0, 2), one seller as (0,)."))
    elif sellers is not None and given and given[-1] >= sellers:
        found, bound = f"is {shown(given)}", f"there are {sellers} sellers, the first is 0"
        problems.append(Problem(where, found, bound, "Name sellers who have a rate, or None, among the rates."))


def is_bundle(given: Any) -> bool:
    """Whether something given is a tuple of sellers, in rising order, each once.

    >>> is_bundle((0, 2)), is_bundle(()), is_bundle((2, 0)), is_bundle([0])
    (True, True, False, False)
    """
    fine = isinstance(given, tuple) and all(is_index(member) for member in given)
    return fine and all(first < second for first, second in pairwise(given))
