"""Whom does the published auction buy from, and what would be truthful payments for it? Q-MIA [Ayyoubzadeh25].

Offers are ordered by cost per worth, ties by index, and bought for as long as their reported costs fit into the budget
[Ayyoubzadeh25, section 4.1, steps 3 and 4; Algorithm 1]. The first that does not fit ends it, even one that asks more
than the whole budget and could be bought at no place: it blocks all behind it (E-002-03 in docs/errata.md). Data
without worth is never bought, and who stays away blocks nobody.

Where winning reports end. Let the others stand in order, the k-th at cost per worth d_k, and let C_k be what those
before it ask. Seller i wins with report x if and only if at some place k

    x stands ahead of the k-th other:   x <= w_i d_k       (below it, if the other has the lower index)
    and there is room for it:           x <= B - C_k

("Only if" with the place where x stands; "if" since whoever stands ahead of the k-th has no more than C_k before them.)
Standing further back allows higher reports and leaves less room, so winning reports end where the two cross, and the
place is found by bisection. All reports from 0 to there win: the rule is monotone, and paying the end of the winning
reports makes truth a dominant strategy under which nobody loses [Myerson81]. Places behind the first other that does
not fit have no room left.

One table serves all sellers. For a winner the others' C_k are those of all winners less the seller's own report behind
their own place, so with C_k of all winners there is room for B + c_i - C_k; ahead of their own place that is too much,
but there w_i d_k <= c_i decides, and c_i is known to win.

The budget does not hold: what winners ask fits into it, not what they are paid (E-002-02). Two sellers who ask 1 of a
budget of 100 could each have asked 99.

>>> [limit.report for limit in limits([1, 1], [1, 1], budget=100)]
[99, 99]
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from math import inf

import numpy as np

from evenhand.markets.procurement.limits import Limit, quotient
from evenhand.markets.procurement.order import ordered, without
from evenhand.markets.procurement.prefix import Offers, Prefix, longest_prefix
from evenhand.numerics import Number
from evenhand.records import Array

FEW = 2**6 - 2
"""At so many of the last winners' places most sellers are held up."""
PARTS = 2**5
"""To within so small a part of all winners is it found how many of the last are enough for the others."""
BLOCK = 2**14
"""So many sellers at a time keep what is worked out for them in a cache."""


def winners(costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> list[int]:
    """Select the sellers to buy from, in the order of cost per worth.

    >>> winners([3, 4, 9], [1, 1, 1], budget=10)
    [0, 1]
    >>> winners([101, 50], [1000, 100], budget=100)
    []
    """
    return _prefix(in_order(costs, worth), costs, budget)[0]


def limits(costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> list[Limit | None]:
    """Give every seller, winner or not, where the reports end that would be bought; None without worth.

    >>> [(str(limit.report), limit.reached) for limit in limits([3, 4, 9], [1, 1, 1], budget=10)]
    [('6', True), ('7', True), ('4', False)]
    """
    chosen, near, left = _prefix(in_order(costs, worth), costs, budget)
    own = {seller: costs[seller] for seller in chosen}
    return [last_place(seller, own.get(seller, 0), near, left, costs, worth) for seller in range(len(costs))]


def limit(seller: int, costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> Limit | None:
    """Give one seller's limit, looking at the others' reports alone."""
    _, near, left = _prefix(in_order(*without(seller, costs, worth)), costs, budget)
    return last_place(seller, 0, near, left, costs, worth)


def last_place(
    seller: int,
    own: Number,
    near: Sequence[int],
    left: Sequence[Number],
    costs: Sequence[Number],
    worth: Sequence[Number],
) -> Limit | None:
    """Give the best of the places where a seller could stand and still be paid the report out of what is left there.

    Args:
        seller: whose limit.
        own: what the seller takes out of what is left behind their own place; 0 where that is nothing.
        near: who may stand next, in order.
        left: what is left of the budget at each of these places and at the end, never rising.
        costs, worth: as reported, and public.
    """
    if not worth[seller] > 0:
        return None

    def standing(place: int) -> Limit:
        ahead = near[place]
        return Limit(quotient(costs[ahead] * worth[seller], worth[ahead]), seller < ahead)

    def room(place: int) -> Limit:
        return Limit(left[place] + own, True)

    crossing = bisect_left(range(len(near)), True, key=lambda place: standing(place) >= room(place))
    return max(room(crossing), standing(crossing - 1)) if crossing else room(crossing)


def in_order(costs: Sequence[Number], worth: Sequence[Number]) -> list[int]:
    """Order those who are there and have worth by cost per worth, ties by index.

    >>> in_order([4, 1, 20, inf], [2, 1, 9, 1])
    [1, 0, 2]
    """
    return ordered([seller for seller in range(len(costs)) if worth[seller] > 0 and costs[seller] < inf], costs, worth)


def _prefix(order: Sequence[int], costs: Sequence[Number], budget: Number) -> tuple[list[int], list[int], list[Number]]:
    """Give who is bought, these and the first who is not, and what is left of the budget before each and in the end."""
    left = list(accumulate((costs[seller] for seller in order), lambda rest, cost: rest - cost, initial=budget))
    count = bisect_left(range(len(order)), True, key=lambda place: left[place + 1] < 0)
    return list(order[:count]), list(order[: count + 1]), left[: count + 2]


# -- the float twins --------------------------------------------------------------------------------------------------


def bought(costs: Array, worth: Array, budget: float) -> tuple[Array, Array]:
    """Select among float arrays: the winners' indices, and their thresholds.

    Args:
        costs: (n,) reports; inf for a seller who stays away.
        worth: (n,), 0 or more.
        budget: in the money of the costs.

    >>> bought(np.array([3.0, 4.0, 9.0]), np.ones(3), 10.0)
    (array([0, 1]), array([6., 7.]))
    """
    selected = _selected(costs, worth, budget)
    winners = selected.members
    return winners, _reports(worth[winners], costs[winners], selected, costs, worth, budget)


def thresholds(costs: Array, worth: Array, budget: float) -> Array:
    """Give every seller the supremum of the reports that would be bought, winners and losers alike; -inf without worth.

    >>> thresholds(np.array([3.0, 4.0, 9.0]), np.ones(3), 10.0)
    array([6., 7., 4.])
    """
    selected = _selected(costs, worth, budget)
    own = np.zeros(len(costs))
    own[selected.members] = costs[selected.members]
    asked = np.flatnonzero(worth > 0)
    reports = np.full(len(costs), -np.inf)
    reports[asked] = _reports(worth[asked], own[asked], selected, costs, worth, budget)
    return reports


def _selected(costs: Array, worth: Array, budget: float) -> Prefix:
    eligible = np.flatnonzero((worth > 0) & (costs < np.inf))
    asked = costs.take(eligible)
    with np.errstate(over="ignore"):  # next to no worth is as good as none
        offers = Offers(eligible, asked / worth.take(eligible), asked)
    return longest_prefix(offers, lambda total, last: total <= budget)


def _reports(own_worth: Array, own: Array, selected: Prefix, costs: Array, worth: Array, budget: float) -> Array:
    """Give the limits of some sellers of whom we know what they take of the budget.

    Who could stand with room to spare at some winner's place is held up behind it: most at one of the last few places,
    which are in order already. Only for the others are more of the winners sorted, and no more than they need.
    """
    near = selected.members[len(selected.members) - min(selected.ordered, FEW) :]
    density, left = _places(near, selected, costs, worth, budget)
    reports = last_places(own_worth, own, density, left)
    further = np.flatnonzero(own_worth * density[0] >= own + left[0])
    if len(further) and len(near) < len(selected.members):
        own_worth, own = own_worth[further], own[further]
        near = _with_room_to_spare(own_worth, own, selected, costs, worth, budget)
        reports[further] = last_places(own_worth, own, *_places(near, selected, costs, worth, budget))
    return reports


def _with_room_to_spare(
    own_worth: Array, own: Array, selected: Prefix, costs: Array, worth: Array, budget: float
) -> Array:
    """Give so many of the last winners that each of some sellers could stand where they begin; all if there are none.

    Places further ahead leave more room and ask for less, so where to begin is found by bisection.
    """
    members = selected.members
    takes = costs[members]
    density = takes / worth[members]

    def suffices(beginning: float) -> bool:
        left = budget - selected.total + takes @ (density >= beginning)
        return bool((own_worth * beginning < own + left).all())

    ordered = len(members) - selected.ordered
    if selected.ordered and suffices(density[ordered]):
        return members[ordered:]
    sample = np.sort(density[:: max(len(members) // BLOCK, 1)])[::-1]
    beginnings = sample[:: max(len(sample) // PARTS, 1)]
    part = bisect_left(beginnings, True, key=suffices)
    return members[density >= beginnings[part]] if part < len(beginnings) else members


def _places(near: Array, selected: Prefix, costs: Array, worth: Array, budget: float) -> tuple[Array, Array]:
    """Give the cost per worth of some winners, in order, and of who follows, and what is left of the budget at each."""
    takes, following = costs[near], selected.following
    density = takes / worth[near]
    order = np.argsort(density)  # at a tie the first place decides, whosever it is
    end = costs[following] / worth[following] if len(following) else np.inf
    left = np.append(np.cumsum(takes[order][::-1])[::-1], 0.0)
    return np.append(density[order], end), budget - selected.total + left


def last_places(worth: Array, own: Array, density: Array, left: Array) -> Array:
    """Give the best of the places where each could stand and still be paid the report: `last_place`, for all at once.

    Args:
        worth: (sellers,), above 0.
        own: (sellers,) what each takes out of what is left.
        density: (places,) the cost per worth of who may stand next, in order; inf where nobody does.
        left: (places,) what is left at each; behind the last place it is nothing.
    """
    highest = np.empty(len(worth))
    before, left_on = np.append(0.0, density), np.append(left, -np.inf)
    for start in range(0, len(worth), BLOCK):
        block = slice(start, start + BLOCK)
        place = _crossings(worth[block], own[block], density, left)
        highest[block] = np.maximum(worth[block] * before[place], own[block] + left_on[place])
    return highest


def _crossings(worth: Array, own: Array, density: Array, left: Array) -> Array:
    """Count the places where each could stand with room to spare, by bisection for all at once."""
    rounds = len(density).bit_length()
    beyond = 2**rounds - 1 - len(density)
    density, left = np.append(density, np.full(beyond, np.inf)), np.append(left, np.zeros(beyond))
    place = np.zeros(len(worth), dtype=np.intp)
    for step in (2**r for r in reversed(range(rounds))):
        ahead, room = density[step - 1 :].take(place), left[step - 1 :].take(place)
        place += step * (worth * ahead < own + room)
    return place
