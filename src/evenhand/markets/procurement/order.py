"""In which order are offers looked at? By cost per worth, ties by index; who has no worth or asks too much is left out.

The virtual cost of [Ayyoubzadeh25, section 4.1, step 3] is the cost per worth. Ratios are compared exactly, those of
whole numbers of any size and of traced reports alike.
"""

from bisect import bisect_left as bisect
from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from evenhand.numerics import Number

EXACT = (int, Fraction)


def in_order(costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> list[int]:
    """Order the eligible sellers by cost per worth, ties by index.

    >>> in_order([4, 1, 20, 2], [2, 1, 9, 1], budget=10)
    [1, 0, 3]
    """
    return ordered(
        [seller for seller in range(len(costs)) if worth[seller] > 0 and costs[seller] <= budget], costs, worth
    )


def ordered(sellers: Sequence[int], costs: Sequence[Number], worth: Sequence[Number]) -> list[int]:
    """Order some sellers, all with worth, by cost per worth, ties by index.

    Plain numbers are sorted by c K // w, which is exact: on whole numbers two ratios that differ do so by 1 / (w w') at
    least, and K is no less than any product of two worths. A report that is traced then finds its place by halving, so
    that it is compared no more than that takes.
    """
    plain = sorted(
        seller for seller in sellers if isinstance(costs[seller], EXACT) and isinstance(worth[seller], EXACT)
    )
    asked, offered = (_on_one_scale([numbers[seller] for seller in plain]) for numbers in (costs, worth))
    fine = max(offered, default=1) ** 2
    keys = [cost * fine // own for cost, own in zip(asked, offered, strict=True)]
    line = [plain[place] for place in sorted(range(len(plain)), key=keys.__getitem__)]

    def stands_before(seller: int, other: int) -> bool:
        left, right = costs[seller] * worth[other], costs[other] * worth[seller]
        return bool(left <= right if seller < other else left < right)

    for seller in sorted(set(sellers).difference(plain)):
        line.insert(bisect(line, True, key=lambda other: stands_before(seller, other)), seller)
    return line


def _on_one_scale(numbers: Sequence[Number]) -> Sequence[int]:
    """Give exact numbers as whole numbers of their common denominator."""
    if all(type(number) is int for number in numbers):
        return numbers
    scale = lcm(*(number.denominator for number in numbers))
    return [number.numerator * (scale // number.denominator) for number in numbers]


def without(seller: int, costs: Sequence[Number], worth: Sequence[Number]) -> tuple[list[Number], list[Number]]:
    """Give costs and worth as if one seller offered nothing: what the others do then cannot depend on their report."""
    return [*costs[:seller], 0, *costs[seller + 1 :]], [*worth[:seller], 0, *worth[seller + 1 :]]
