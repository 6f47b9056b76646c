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
to rounding: at an exact tie another seller may win, and the sum of payments may miss the budget by its last digits.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from evenhand.markets.procurement.limits import Limit, quotient
from evenhand.markets.procurement.order import in_order, without
from evenhand.markets.procurement.prefix import Offers, Prefix, longest_prefix
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


def limits(costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> list[Limit | None]:
    """Give every seller, winner or not, where the reports end that would be bought; None without worth.

    The third wins with a cost per worth below 4, the second's, who stands first at a tie:

    >>> [(str(limit.report), limit.reached) for limit in limits([3, 4, 9], [1, 1, 1], budget=10)]
    [('5', True), ('5', True), ('4', False)]
    """
    order = in_order(costs, worth, budget)
    return [_limit(seller, order, costs, worth, budget) for seller in range(len(costs))]


def limit(seller: int, costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> Limit | None:
    """Give one seller's limit, looking at the others' reports alone."""
    return _limit(seller, in_order(*without(seller, costs, worth), budget), costs, worth, budget)


def _limit(
    seller: int, order: Sequence[int], costs: Sequence[Number], worth: Sequence[Number], budget: Number
) -> Limit | None:
    """Give the best of the places where the seller could stand behind winners of the market without the seller."""
    if not worth[seller] > 0:
        return None
    best = Limit(0, True)  # a report of 0 always wins: its share covers it wherever it stands
    for room, ahead in _places(seller, order, worth, costs, budget):
        within = Limit(room, True)
        if within <= best:
            break  # no place behind has more room than is already had
        if ahead is not None:
            within = min(within, Limit(quotient(costs[ahead] * worth[seller], worth[ahead]), seller < ahead))
        best = max(best, within)
    return best


def _places(
    seller: int, order: Sequence[int], worth: Sequence[Number], costs: Sequence[Number], budget: Number
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
        yield quotient(budget * worth[seller], total + worth[seller]), other
        if costs[other] * (total + worth[other]) > budget * worth[other]:
            return
        total = total + worth[other]
    yield quotient(budget * worth[seller], total + worth[seller]), None


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
