"""Every market on a grid."""

from collections.abc import Iterator
from itertools import product

Market = tuple[list[int], list[int], int]
"""costs in whole units, worth in millionths (any integers here), budget in whole units."""


def small_markets(sellers: int, costs: range, worths: range, budgets: range) -> Iterator[Market]:
    """Every market on a grid."""
    for cost, worth, budget in product(product(costs, repeat=sellers), product(worths, repeat=sellers), budgets):
        yield list(cost), list(worth), budget
