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

Why a winner changes nobody else's lot (`winner_non_bossy`). Let i win at two reports, and say that beside the lower one
the first k of the others win, in their order, and beside the higher one k'. Those behind i at the higher report are
behind it at the lower one, with the same prefix, so only those between the two could differ: ahead of i at the higher.
They win there, as i behind them does, and i's own share bounds their cost per worth by B / W with w_i in W, which is
what they need at the lower. So k = k'.

Why no group gains in every member (`weakly_group_strategyproof`). Say all members of a group gain by lies that end with
the winners S' and the price p' per unit of worth. All of S' truly cost at most p' <= B / W_S' a unit: members gain, and
the others report the truth. All others that are eligible cost p' or more, as they lost to S' with the truth. So with
the truth all those below p' win, the first loser costs p' or more, and so is B / W_S, as the last winner's cost is or
as S is within S': the price is p' or more. Nobody who wins with the truth gains, and every member does win. In whole
units the same holds tie by tie, for limits in place of prices.

The functions on plain numbers *are* the rule: they take integers, fractions or traced numbers and compare exactly. The
functions on arrays are their float twins for millions of offers; a law test ties the two. What the twins promise holds
to rounding: at an exact tie another seller may win, and the sum of payments may miss the budget by its last digits,
which the market takes off (`within`, numerics/rounding.py).
"""

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

from evenhand.markets.procurement.limits import Limit, quotient
from evenhand.markets.procurement.order import in_order, without
from evenhand.markets.procurement.prefix import Offers, Prefix, longest_prefix
from evenhand.numerics import Number
from evenhand.records import Array


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


def limits(costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> list[Limit | None]:
    """Give every seller, winner or not, where the reports end that would be bought; None without worth.

    The third wins with a cost per worth below 4, the second's, who stands first at a tie:

    >>> [(str(limit.report), limit.reached) for limit in limits([3, 4, 9], [1, 1, 1], budget=10)]
    [('5', True), ('5', True), ('4', False)]
    """
    order = in_order(costs, worth, budget)
    near, ahead = _reached(order, costs, worth, budget)
    won = set(near[: len(ahead) - 1])

    def price(seller: int) -> Limit:
        share = Limit(quotient(budget * worth[seller], ahead[-1]), True)
        return min([share, *(_standing(seller, loser, costs, worth) for loser in near[len(ahead) - 1 :])])

    return [
        price(seller) if seller in won else _best_place(seller, near, ahead, costs, worth, budget)
        for seller in range(len(costs))
    ]


def limit(seller: int, costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> Limit | None:
    """Give one seller's limit, looking at the others' reports alone."""
    near, ahead = _reached(in_order(*without(seller, costs, worth), budget), costs, worth, budget)
    return _best_place(seller, near, ahead, costs, worth, budget)


def _reached(
    order: Sequence[int], costs: Sequence[Number], worth: Sequence[Number], budget: Number
) -> tuple[list[int], list[Number]]:
    """Give the winners and the first loser behind them, and the worth ahead of each of these places, up to the end.

    Places behind the first loser are never reached: a loser ends the prefix.
    """
    ahead: list[Number] = [0]
    for seller in order:
        total = ahead[-1] + worth[seller]
        if costs[seller] * total > budget * worth[seller]:
            break
        ahead.append(total)
    return list(order[: len(ahead)]), ahead


def _best_place(
    seller: int,
    near: Sequence[int],
    ahead: Sequence[Number],
    costs: Sequence[Number],
    worth: Sequence[Number],
    budget: Number,
) -> Limit | None:
    """Give the best of the places where a seller who does not win could stand behind winners; None without worth.

    A report wins if and only if at some place it stands ahead of the next and is within the share of the budget that
    would be the seller's there. Further back it may be higher and its share is smaller, so the two cross, and the
    place is found by bisection. The first loser finds itself behind the winners, where it has no room at its report.
    """
    if not worth[seller] > 0:
        return None

    def standing(place: int) -> Limit:
        return _standing(seller, near[place], costs, worth)

    def room(place: int) -> Limit:
        return Limit(quotient(budget * worth[seller], ahead[place] + worth[seller]), True)

    crossing = bisect_left(range(len(near)), True, key=lambda place: standing(place) >= room(place))
    best = [standing(crossing - 1)] if crossing else []
    if crossing < len(ahead):
        best.append(room(crossing))
    return max(best)


def _standing(seller: int, following: int, costs: Sequence[Number], worth: Sequence[Number]) -> Limit:
    """Give up to which report a seller stands ahead of another."""
    return Limit(quotient(costs[following] * worth[seller], worth[following]), seller < following)


# -- the float twins --------------------------------------------------------------------------------------------------


def bought(costs: Array, worth: Array, budget: float) -> tuple[Array, Array]:
    """Select among float arrays: the winners' indices, and their thresholds, at one price per unit of worth.

    Args:
        costs: (n,) reports; inf for a seller who stays away.
        worth: (n,), 0 or more.
        budget: in the money of the costs.

    >>> bought(np.array([3.0, 4.0, 9.0]), np.ones(3), 10.0)
    (array([0, 1]), array([5., 5.]))
    """
    selected = _selected(costs, worth, budget)
    return selected.members, _prices(selected, costs, worth, budget)


def thresholds(costs: Array, worth: Array, budget: float) -> Array:
    """Give every seller the supremum of the reports that would be bought, winners and losers alike; -inf without worth.

    Winners share one price. A loser can stand at the places 0 .. |S| among the winners: at place r there is room for
    B w / (T_r + w), T_r being the worth of the r winners ahead, and a report up to w psi_r stands ahead of the next.
    Room shrinks and psi grows with r, so the best place is where they cross, which is the first r with
    w >= B / psi_r - T_r. Behind the winners stands the first loser; for that seller there is no room at c_i anyway.

    >>> thresholds(np.array([3.0, 4.0, 9.0]), np.ones(3), 10.0)
    array([5., 5., 4.])
    """
    selected = _selected(costs, worth, budget)
    members, following = selected.members, selected.following
    winners = members[np.argsort(costs[members] / worth[members])]  # at a tie the place further ahead has more room
    ahead = np.concatenate([[0.0], np.cumsum(worth[winners])])
    first_loser = costs[following] / worth[following] if len(following) else np.inf
    density = np.append(costs[winners] / worth[winners], first_loser)

    with np.errstate(divide="ignore", invalid="ignore"):  # free data stops nobody; sellers without worth come last
        place = np.searchsorted(ahead - budget / density, -worth)
        last = np.minimum(place, len(winners))
        room = np.where(place <= len(winners), budget * worth / (ahead[last] + worth), 0.0)
        stand = np.where(place > 0, worth * density[place - 1], 0.0)
    reports = np.maximum(room, stand)
    reports[members] = _prices(selected, costs, worth, budget)
    return np.where(worth > 0, reports, -np.inf)


def _selected(costs: Array, worth: Array, budget: float) -> Prefix:
    eligible = np.flatnonzero((worth > 0) & (costs <= budget))
    weights = worth.take(eligible)
    with np.errstate(over="ignore"):  # next to no worth is as good as none
        offers = Offers(eligible, costs.take(eligible) / weights, weights)
    return longest_prefix(offers, lambda total, last: costs[last] * total <= budget * worth[last])


def _prices(selected: Prefix, costs: Array, worth: Array, budget: float) -> Array:
    """Give what each winner is paid: one price per unit of worth, their share or that of the first loser."""
    winners, following = selected.members, selected.following
    if not len(winners):
        return np.zeros(0)
    price = min([budget / selected.total, *(costs[following] / worth[following]).tolist()])
    return np.asarray(worth[winners] * price)
