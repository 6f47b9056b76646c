"""Whom to buy from under a hard budget, so that no lie pays? Proportional share [Singer10], [ChenGravinLu11].

Leave out offers without worth and those that ask more than the budget. Order the rest by cost per worth, ties by index.
The winners S are the longest prefix in which every member's share of the budget, by worth, covers the cost:

    c_i W_i <= B w_i        W_i = worth of the prefix up to and including i.

A winner is paid the highest report that would still have won. In real numbers that is w_i min(psi, B / W_S), where psi
is the cost per worth of the first loser, so all winners get one price per unit of worth and together at most B. In
whole units it is the highest whole report, which is the same rounded down, and one unit less where the first loser
would win a tie.

Why truth is best: whether i wins does not depend on i's report except that a higher one moves i back, and the payment
does not depend on it at all. Why the budget holds: each is paid at most B w_i / W_S.

The functions on plain numbers *are* the rule: they take integers, fractions or traced numbers and compare exactly. The
functions on arrays are their float twins for millions of offers; a law test ties the two. What the twins promise holds
to rounding: at an exact tie another seller may win, and the sum of payments may miss the budget by its last digits.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cmp_to_key
from typing import Any

import numpy as np

from evenhand.records import Array

Number = Any
"""An int, a Fraction, or anything with the arithmetic and comparisons of one."""


def winners(costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> list[int]:
    """Select the sellers to buy from, in the order of cost per worth.

    >>> winners([3, 4, 9], [1, 1, 1], budget=10)
    [0, 1]
    """
    bought: list[int] = []
    total: Number = 0
    for seller in in_order(costs, worth, budget):
        total = total + worth[seller]
        if costs[seller] * total > budget * worth[seller]:
            break
        bought.append(seller)
    return bought


def in_order(costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> list[int]:
    """Order the eligible sellers by cost per worth, ties by index; ratios are compared by cross-multiplication."""

    def compare(one: int, other: int) -> int:
        left, right = costs[one] * worth[other], costs[other] * worth[one]
        if left < right:
            return -1
        return 1 if right < left else one - other

    eligible = [seller for seller in range(len(costs)) if worth[seller] > 0 and costs[seller] <= budget]
    return sorted(eligible, key=cmp_to_key(compare))


def highest_whole_reports(costs: Sequence[int], worth: Sequence[int], budget: int) -> list[int | None]:
    """Give every seller, winner or not, the highest whole report that would be bought; None without worth.

    The third could win with a cost per worth below 4, the second's, who stands first at a tie:

    >>> highest_whole_reports([3, 4, 9], [1, 1, 1], budget=10)
    [5, 5, 3]
    """
    order = in_order(costs, worth, budget)
    return [_highest_whole(seller, order, costs, worth, budget) for seller in range(len(costs))]


def highest_whole_report(seller: int, costs: Sequence[Number], worth: Sequence[int], budget: int) -> int | None:
    """Give one seller the highest whole report that would be bought, looking at the others' reports alone."""
    return _highest_whole(seller, _others_in_order(seller, costs, worth, budget), costs, worth, budget)


def supremum_report(seller: int, costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> Number | None:
    """Give one seller the supremum of the reports that would be bought, as an exact fraction; None without worth."""
    if not worth[seller] > 0:
        return None
    places = _places(seller, _others_in_order(seller, costs, worth, budget), costs, worth, budget)
    return max(
        room if ahead is None else min(room, Fraction(costs[ahead] * worth[seller]) / worth[ahead])
        for room, ahead in places
    )


def _others_in_order(seller: int, costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> list[int]:
    others = [*worth[:seller], 0, *worth[seller + 1 :]]  # without worth, the seller is left out of the order
    return in_order([*costs[:seller], 0, *costs[seller + 1 :]], others, budget)


def _places(
    seller: int, order: Sequence[int], costs: Sequence[Number], worth: Sequence[Number], budget: Number
) -> Iterator[tuple[Number, int | None]]:
    """Walk the places where the seller could stand behind winners of the market without the seller.

    Yields, place by place, the share of the budget that would be the seller's there and the seller who must then stand
    next (None at the end). A report wins if and only if at some place it is within both: places behind the first loser
    of that market are never reached, since a loser ends the prefix.
    """
    total: Number = 0
    for other in order:
        if other == seller:
            continue
        yield Fraction(budget * worth[seller]) / (total + worth[seller]), other
        if costs[other] * (total + worth[other]) > budget * worth[other]:
            return
        total = total + worth[other]
    yield Fraction(budget * worth[seller]) / (total + worth[seller]), None


def _highest_whole(
    seller: int, order: Sequence[int], costs: Sequence[int], worth: Sequence[int], budget: int
) -> int | None:
    if worth[seller] <= 0:
        return None
    own, best, total = worth[seller], 0, 0  # a report of 0 always wins: its share covers it wherever it stands
    for other in order:
        if other == seller:
            continue
        room = budget * own // (total + own)
        before = costs[other] * own
        tie_lost = before % worth[other] == 0 and other < seller
        best = max(best, min(room, before // worth[other] - tie_lost))
        if costs[other] * (total + worth[other]) > budget * worth[other] or room <= best:
            break  # the prefix ends here for everyone behind, or no place behind has more room than is already had
        total += worth[other]
    else:
        best = max(best, budget * own // (total + own))
    return best


# -- the float twins --------------------------------------------------------------------------------------------------


def winners_of_arrays(costs: Array, worth: Array, budget: float) -> tuple[Array, float]:
    """Select among float arrays: the winners' indices in order, and the price per unit of worth that they are paid.

    Args:
        costs: (n,) reports; inf for a seller who stays away.
        worth: (n,), 0 or more.
        budget: in the money of the costs.

    >>> winners_of_arrays(np.array([3.0, 4.0, 9.0]), np.ones(3), 10.0)
    (array([0, 1]), 5.0)
    """
    order, count = _ranked(costs, worth, budget)
    if not count:
        return order[:0], 0.0
    share = budget / worth[order[:count]].sum()
    loser = order[count : count + 1]
    return order[:count], float(min([share, *(costs[loser] / worth[loser])]))


def thresholds_of_arrays(costs: Array, worth: Array, budget: float) -> Array:
    """Give every seller the supremum of the reports that would be bought, winners and losers alike; -inf without worth.

    Winners share one price. A loser can stand at the places 0 .. |S| among the winners: at place r there is room for
    B w / (T_r + w), T_r being the worth of the r winners ahead, and a report up to w psi_r stands ahead of the next.
    Room shrinks and psi grows with r, so the best place is where they cross, which is the first r with
    w >= B / psi_r - T_r. Behind the winners stands the first loser; for that seller there is no room at c_i anyway.

    >>> thresholds_of_arrays(np.array([3.0, 4.0, 9.0]), np.ones(3), 10.0)
    array([5., 5., 4.])
    """
    order, count = _ranked(costs, worth, budget)
    bought, loser = order[:count], order[count : count + 1]
    ahead = np.concatenate([[0.0], np.cumsum(worth[bought])])
    density = np.append(costs[bought] / worth[bought], costs[loser] / worth[loser] if len(loser) else np.inf)

    with np.errstate(divide="ignore", invalid="ignore"):  # free data stops nobody; sellers without worth come last
        place = np.searchsorted(ahead - budget / density, -worth)
        last = np.minimum(place, count)
        room = np.where(place <= count, budget * worth / (ahead[last] + worth), 0.0)
        stand = np.where(place > 0, worth * density[place - 1], 0.0)
    reports = np.maximum(room, stand)
    if count:
        reports[bought] = worth[bought] * winners_of_arrays(costs, worth, budget)[1]
    return np.where(worth > 0, reports, -np.inf)


def _ranked(costs: Array, worth: Array, budget: float) -> tuple[Array, int]:
    """Order the eligible sellers by cost per worth, ties by index, and count those who are bought."""
    eligible = np.flatnonzero((worth > 0) & (costs <= budget))
    order = eligible[np.argsort(costs[eligible] / worth[eligible], kind="stable")]
    covered = costs[order] * np.cumsum(worth[order]) <= budget * worth[order]
    return order, len(order) if covered.all() else int(np.argmin(covered))
