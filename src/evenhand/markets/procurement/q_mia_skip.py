"""Whom does one buy from, if an offer that does not fit is passed over and the next is tried?

Offers are tried in the order of cost per worth, ties by index, and each is bought whose cost fits into what is left of
the budget. This is `q_mia` with "next" in the place of "break" in line 9 of [Ayyoubzadeh25, Algorithm 1]: nobody blocks
anybody (E-002-03 in docs/errata.md), and more is bought.

Why a lower report never loses: what is spent ahead of a seller is spent in a run that has not come to them yet, so it
depends on their place and not on their report, and it only grows with the place. So with C_k, what is spent on those
before the k-th other in the run without the seller, a report x wins if and only if x <= w_i d_k and x <= B - C_k at
some place k, as under `q_mia`, whose proof goes through: "if" since a report that stands further ahead finds no less
left. Winning reports run from 0 to where the two cross; paying that end makes truth a dominant strategy [Myerson81].

A loser took nothing, so the run without them is the run itself: all losers share it. Each winner needs a run of their
own, from their own place on. The budget does not hold (E-002-02): where everything fits, this is `q_mia`.

>>> winners([101, 50, 60, 40], [1000, 100, 100, 50], budget=100)
[1, 3]
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from evenhand.markets.procurement.limits import Limit
from evenhand.markets.procurement.order import without
from evenhand.markets.procurement.q_mia import in_order, last_place, last_places
from evenhand.numerics import Number
from evenhand.records import Array


def winners(costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> list[int]:
    """Select the sellers to buy from, in the order of cost per worth.

    >>> winners([3, 4, 9, 2], [1, 1, 3, 0.5], budget=10)
    [0, 1, 3]
    """
    order = in_order(costs, worth)
    left = _left(order, costs, budget)
    return [seller for seller, before in zip(order, left, strict=False) if costs[seller] <= before]


def limits(costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> list[Limit | None]:
    """Give every seller, winner or not, where the reports end that would be bought; None without worth.

    >>> [(str(limit.report), limit.reached) for limit in limits([3, 4, 9], [1, 1, 1], budget=10)]
    [('6', True), ('7', True), ('4', False)]
    """
    order = in_order(costs, worth)
    left = _left(order, costs, budget)
    places = {seller: place for place, seller in enumerate(order) if costs[seller] <= left[place]}

    def limit_of(seller: int) -> Limit | None:
        if seller not in places:
            return last_place(seller, 0, order, left, costs, worth)
        behind = order[places[seller] + 1 :]
        return last_place(seller, 0, behind, _left(behind, costs, left[places[seller]]), costs, worth)

    return [limit_of(seller) for seller in range(len(costs))]


def limit(seller: int, costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> Limit | None:
    """Give one seller's limit, looking at the others' reports alone."""
    order = in_order(*without(seller, costs, worth))
    return last_place(seller, 0, order, _left(order, costs, budget), costs, worth)


def _left(order: Sequence[int], costs: Sequence[Number], budget: Number) -> list[Number]:
    """Give what is left of the budget before each is tried, and in the end."""
    left = [budget]
    for seller in order:
        left.append(left[-1] - costs[seller] if costs[seller] <= left[-1] else left[-1])
    return left


# -- the float twins --------------------------------------------------------------------------------------------------


class _Run(NamedTuple):
    """The offers in the order in which they are tried, those above the budget left out, and what came of it."""

    order: Array
    """(tried,) indices"""
    density: Array
    """(tried + 1,) cost per worth, and inf behind the last"""
    costs: Array
    """(tried,) in order"""
    left: Array
    """(tried + 1,) what is left of the budget before each, and in the end"""
    places: Array
    """the places in the order of those who are bought"""


def bought(costs: Array, worth: Array, budget: float) -> tuple[Array, Array]:
    """Select among float arrays: the winners' indices in order, and their thresholds.

    Sellers ahead of the first offer that does not fit, and held up ahead of it, have the limits of `q_mia`. Each other
    winner's run is gone through from there until it crosses their report: in large markets a few steps, at worst all.

    >>> bought(np.array([101.0, 50.0, 60.0, 40.0]), np.array([1000.0, 100.0, 100.0, 50.0]), 100.0)
    (array([1, 3]), array([60., 50.]))
    """
    run = _run(costs, worth, budget)
    winners = run.order[run.places]
    return winners, _of_winners(run, worth[winners])


def thresholds(costs: Array, worth: Array, budget: float) -> Array:
    """Give every seller the supremum of the reports that would be bought, winners and losers alike; -inf without worth.

    >>> thresholds(np.array([3.0, 4.0, 9.0]), np.ones(3), 10.0)
    array([6., 7., 4.])
    """
    run = _run(costs, worth, budget)
    asked = np.flatnonzero(worth > 0)
    reports = np.full(len(costs), -np.inf)
    reports[asked] = last_places(worth[asked], np.zeros(len(asked)), run.density, run.left)
    winners = run.order[run.places]
    reports[winners] = _of_winners(run, worth[winners])
    return reports


def _run(costs: Array, worth: Array, budget: float) -> _Run:
    offers = np.flatnonzero((worth > 0) & (costs <= budget))
    with np.errstate(over="ignore"):  # next to no worth is as good as none
        density = costs[offers] / worth[offers]
    ranks = np.argsort(density, kind="stable")
    order = offers[ranks]
    left = np.array(_left(range(len(order)), costs[order].tolist(), budget))
    places = np.flatnonzero(costs[order] <= left[:-1])
    return _Run(order, np.append(density[ranks], np.inf), costs[order], left, places)


def _of_winners(run: _Run, worth: Array) -> Array:
    """Give the limits of the winners, in order."""
    fitting = run.places == np.arange(len(run.places))
    first = len(run.places) if fitting.all() else int(np.argmin(fitting))  # the place of the first that does not fit
    own, slack = run.costs[:first], run.left[first]
    reports = np.empty(len(run.places))
    reports[:first] = last_places(worth[:first], own, run.density[: first + 1], run.left[: first + 1])
    density, costs = run.density.tolist(), run.costs.tolist()
    for winner in np.flatnonzero(worth[:first] * density[first] < own + slack).tolist():
        reports[winner] = _gone_through(float(worth[winner]), float(slack + own[winner]), first, density, costs)
    for winner in range(first, len(run.places)):
        place = int(run.places[winner])
        reports[winner] = _gone_through(float(worth[winner]), float(run.left[place]), place + 1, density, costs)
    return reports


def _gone_through(worth: float, left: float, place: int, density: Sequence[float], costs: Sequence[float]) -> float:
    """Go through the run without a seller from some place on, and give their limit.

    Args:
        worth: the seller's, who could stand ahead of that place at the least.
        left: what is left there of the budget, nothing being spent on the seller.
        place: where to begin.
        density: cost per worth in order; inf behind the last.
        costs: in order.
    """
    while worth * density[place] < left:
        if costs[place] <= left:
            left -= costs[place]
        place += 1
    return max(worth * density[place - 1] if place else 0.0, left)
