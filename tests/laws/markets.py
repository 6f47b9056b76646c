"""Every market on a grid, and the brute force that the laws hold the rules against."""

from collections.abc import Iterator
from itertools import product

from evenhand.markets import ExactProcurement

Market = tuple[list[int], list[int], int]
"""costs in whole units, worth in millionths (any integers here), budget in whole units."""


def small_markets(sellers: int, costs: range, worths: range, budgets: range) -> Iterator[Market]:
    """Every market on a grid."""
    for cost, worth, budget in product(product(costs, repeat=sellers), product(worths, repeat=sellers), budgets):
        yield list(cost), list(worth), budget


def highest_winning_report(rule: str, market: Market, seller: int) -> int | None:
    """Ask the rule about every whole report from 0 to past the budget: the brute force."""
    costs, worth, budget = market
    exact = ExactProcurement(worth, budget, rule, whole=True)
    winning = [
        report
        for report in range(budget + 2)
        if seller in exact.winners([*costs[:seller], report, *costs[seller + 1 :]])
    ]
    return winning[-1] if winning else None
