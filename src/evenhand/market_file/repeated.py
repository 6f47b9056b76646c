"""What may a market that repeats say? Numbers that are computed with in floats, and names."""

from collections.abc import Mapping
from typing import Any

from evenhand.call import values
from evenhand.call.values import refuse, shown
from evenhand.market_file.amounts import each_of, plain, read_real
from evenhand.simulation.periods import UTILITIES

SELLERS_MAX, PERIODS_MAX, IN_ALL_MAX = 1000, 10_000, 5_000_000
"""Periods times replications times buyers stay below the last: eight regimes then keep about two gigabytes."""
OFFERS_MAX = 100_000_000
"""The same times sellers stays below this: a regime then takes minutes."""
REPLICATIONS_MIN = 2
"""Fewer have no spread, so no bands."""
LARGEST = 1e9
DISCOUNT_MIN, DISCOUNTS_MAX = 1e-9, 8
AMOUNT = (0, LARGEST, f"an amount here is a plain number from 0 to {LARGEST:,.0f}", "0.05")


def truth(value: Any, so_far: Any, before: Mapping[str, Any]) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        refuse(f"{shown(value)} is neither", "it is true or false", "Write true, without quotes.")
    return value


def _one_a_seller(value: list[Any], before: Mapping[str, Any]) -> tuple[float, ...]:
    sellers = before.get("sellers")
    if sellers is not None and len(value) != sellers:
        refuse(f"names {len(value)} numbers", f"there are {sellers} sellers", "Give one number a seller.")
    return tuple(each_of(value, lambda each, where: read_real(each, *AMOUNT, where=where)))


def utilities(value: Any, so_far: Any, before: Mapping[str, Any]) -> Any:
    """Read how utilities are drawn, or what each dataset is worth in every period."""
    if isinstance(value, list):
        return _one_a_seller(value, before)
    if type(value) is not str:
        bound = f"utilities are {' or '.join(map(shown, UTILITIES))}, or a list of one number a seller"
        refuse(f"{shown(value)} is neither", bound, 'Write "same_for_all".')
    return values.choice(UTILITIES).how(value, so_far, before)


def costs(value: Any, so_far: Any, before: Mapping[str, Any]) -> Any:
    """Read what selling costs in a period: one number for all, or one a seller."""
    return _one_a_seller(value, before) if isinstance(value, list) else read_real(value, *AMOUNT)


def budget(value: Any, so_far: Any, before: Mapping[str, Any]) -> tuple[float, float]:
    """Read the lowest and the highest budget, in parts of what all datasets of a period are worth to the buyer."""
    members = [plain(each) for each in value] if isinstance(value, list) else []
    numbers = [each for each in members if each is not None]
    if not (len(numbers) == len(members) == 2 and 0 <= numbers[0] <= numbers[1] <= 1000):
        refuse(
            f"{shown(value)} is no range",
            "a budget is its lowest and highest, 0 to 1000 times what all datasets of a period are worth",
            "Write it as [0.95, 1.0].",
        )
    return float(numbers[0]), float(numbers[1])


def discounts(value: Any, so_far: Any, before: Mapping[str, Any]) -> tuple[float, ...]:
    """Read what an amount is worth that comes one period later: one number, or several in brackets."""
    bound = f"a discount is from {DISCOUNT_MIN:.9f} to 1"
    stated, way = value if isinstance(value, list) else [value], "Write [0.999, 0.99, 0.98]."
    found = each_of(
        stated,
        lambda each, where: read_real(each, DISCOUNT_MIN, 1, bound, "0.99", where if isinstance(value, list) else ""),
    )
    if not 1 <= len(found) <= DISCOUNTS_MAX:
        refuse(f"names {len(found)} discounts", f"there are 1 to {DISCOUNTS_MAX}", way)
    twice = next((value for at, value in enumerate(stated) if found[at] in found[:at]), None)
    if twice is not None:
        refuse(f"{shown(twice)} stands there twice", "each discount is compared once", "Keep one.")
    return tuple(found)
