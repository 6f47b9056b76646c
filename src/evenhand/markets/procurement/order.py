"""In which order are offers looked at? By cost per worth, ties by index; who has no worth or asks too much is left out.

The virtual cost of [Ayyoubzadeh25, section 4.1, step 3] is the cost per worth. Ratios of exact numbers are compared by
cross-multiplication, so that traced reports and whole numbers of any size can be compared.
"""

from collections.abc import Sequence
from functools import cmp_to_key
from typing import Any

Number = Any


def in_order(costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> list[int]:
    """Order the eligible sellers by cost per worth, ties by index.

    >>> in_order([4, 1, 20, 2], [2, 1, 9, 1], budget=10)
    [1, 0, 3]
    """
    return ordered(
        [seller for seller in range(len(costs)) if worth[seller] > 0 and costs[seller] <= budget], costs, worth
    )


def ordered(sellers: Sequence[int], costs: Sequence[Number], worth: Sequence[Number]) -> list[int]:
    """Order some sellers, all with worth, by cost per worth, ties by index."""

    def compare(one: int, other: int) -> int:
        left, right = costs[one] * worth[other], costs[other] * worth[one]
        if left < right:
            return -1
        return 1 if right < left else one - other

    return sorted(sellers, key=cmp_to_key(compare))


def without(seller: int, costs: Sequence[Number], worth: Sequence[Number]) -> tuple[list[Number], list[Number]]:
    """Give costs and worth as if one seller offered nothing: what the others do then cannot depend on their report."""
    return [*costs[:seller], 0, *costs[seller + 1 :]], [*worth[:seller], 0, *worth[seller + 1 :]]
