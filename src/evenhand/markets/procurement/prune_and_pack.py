"""Which datasets are cheap enough to give a quarter of the best, whatever the market? Prune, then pack by worth alone.

A variant of the pruning mechanism of [Gravin19]; what is claimed of it here is proved here.

1. Leave out offers without worth and those that ask more than the budget. Let w_max be the largest worth of the rest.
2. Prune: order the rest by cost per worth, ties by index, and keep the longest prefix S of which every member k has

       c_k max(w_max, W_k - m_k) <= B w_k,    W_k, m_k = sum and largest of the worth up to and including k.

   With W, m those of all of S, and l the first that is not kept, all of S face one price per unit of worth,

       pi = min(B / max(w_max, W - m), c_l / w_l)    (without the second where all are kept),

   and B / pi is the worth that the budget pays for at that price.
3. Pack: largest worth first, ties by index, take each of S that still fits within B / pi. If all of S but its largest
   are worth more than that, take these instead: W - m fits as well. No cost is looked at.

Who is packed is paid pi w_i, in whole units the highest whole report that would be kept.

**Truthful.** As long as i is kept, nothing depends on i's report. What is needed of a member grows along the order, so
S is the longest prefix whose last member passes, and every other member passes, or not, by its own cost and the worth
of those up to it: the same wherever before it i stands. So S, l, the price and the packing are the same at all reports
at which i is kept. These are the reports up to pi w_i, at a tie with l if i is first by index; and pi w_i <= B.

**Within budget.** What is packed is worth at most B / pi and is paid at most pi a unit.

**Guarantee: a quarter of the fractional optimum F**, and no more than that: F / 3.9999 is bought of costs (0, 0, 60),
worth (9999, 9999, 19997) and budget 60. Whoever is not kept costs at least pi a unit, so F <= W + B / pi. And B / pi,
the largest of W - m, w_max and B w_l / c_l, is at most W:

- w_max <= W: clear if its seller t is kept. If not, l is t or stands before t, so c_l w_max <= B w_l by the cost of t;
  l failed, so c_l (W + w_l - m_l) > B w_l; hence w_max < W + w_l - m_l <= W.
- B w_l / c_l < max(w_max, W + w_l - m_l) <= W, since l failed.

So F <= 2 W. One way to pack has the largest of S, m, the other is worth W - m: the better is worth W / 2 or more.

**Groups cannot gain.** It is a clock: the price per unit falls from B / w_max, who asks more leaves for good and sells
nothing, and nothing is asked of those who stay. Let a group lie so that each member gains, and take the first step at
which a member does otherwise than the truth would: if it leaves, it sells nothing and gains nothing; if it stays where
the truth leaves, every price from there on is at or below its cost. So there is no such step, and nothing changes: the
rule is weakly group-strategyproof. And who is packed at two reports is kept at both, so that the packing is the same.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from evenhand.markets.procurement.knapsack import ranked
from evenhand.markets.procurement.limits import Limit, quotient
from evenhand.markets.procurement.order import in_order, without
from evenhand.numerics import Number
from evenhand.records import Array


class Kept(NamedTuple):
    """Who is left after pruning, and what sets their price."""

    sellers: list[int]
    """S, in the order of cost per worth."""
    room: Number
    """max(w_max, W - m): so much worth is paid for at the least."""
    loser: int | None
    """l; with one, B w_l / c_l is paid for too."""


def winners(costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> list[int]:
    """Select the sellers to buy from, in the order in which they are packed.

    Three are kept at a price of 10 / 6 a unit. With the first, worth 5, the others do not fit; together they do:

    >>> winners([2, 3, 3, 9], [5, 3, 3, 1], budget=10)
    [1, 2]
    """
    return _packed(_pruned(in_order(costs, worth, budget), costs, worth, budget), costs, worth, budget)


def limits(costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> list[Limit | None]:
    """Give every seller, winner or not, where the reports end that would be bought; None where none would.

    >>> limits([2, 3, 3, 9], [5, 3, 3, 1], budget=10)[:2]
    [None, Limit(report=Fraction(5, 1), reached=True)]
    """
    order = in_order(costs, worth, budget)
    kept = _pruned(order, costs, worth, budget)
    packed, staying = set(_packed(kept, costs, worth, budget)), set(kept.sellers)

    def asked(seller: int) -> Limit | None:
        if seller in packed:
            return _price(seller, kept, costs, worth, budget)
        return None if seller in staying else _if_kept(seller, order, costs, worth, budget)

    return [asked(seller) for seller in range(len(costs))]


def limit(seller: int, costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> Limit | None:
    """Give one seller's limit, looking at the others' reports alone."""
    return _if_kept(seller, in_order(*without(seller, costs, worth), budget), costs, worth, budget)


def _if_kept(
    seller: int, order: Sequence[int], costs: Sequence[Number], worth: Sequence[Number], budget: Number
) -> Limit | None:
    """Prune with one seller's data free, and so kept; give the price of these data if they are packed then."""
    if not worth[seller] > 0:
        return None
    free = [*costs[:seller], 0, *costs[seller + 1 :]]
    kept = _pruned([seller, *(other for other in order if other != seller)], free, worth, budget)
    return _price(seller, kept, free, worth, budget) if seller in _packed(kept, free, worth, budget) else None


def _pruned(order: Sequence[int], costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> Kept:
    most_of_all = max((worth[seller] for seller in order), default=0)
    total = most = 0
    room = most_of_all
    for place, seller in enumerate(order):
        total, most = total + worth[seller], max(most, worth[seller])
        needed = max(most_of_all, total - most)
        if costs[seller] * needed > budget * worth[seller]:
            return Kept(list(order[:place]), room, seller)
        room = needed
    return Kept(list(order), room, None)


def _packed(kept: Kept, costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> list[int]:
    def fits(total: Number) -> bool:
        if total <= kept.room:
            return True
        return kept.loser is not None and bool(total * costs[kept.loser] <= budget * worth[kept.loser])

    by_worth = sorted(kept.sellers, key=lambda seller: (-worth[seller], seller))
    packed, total = [], 0
    for seller in by_worth:
        if fits(total + worth[seller]):
            packed.append(seller)
            total = total + worth[seller]
    smaller = by_worth[1:]
    return smaller if sum(worth[seller] for seller in smaller) > total else packed


def _price(seller: int, kept: Kept, costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> Limit:
    """Give what the data of one who is kept are paid: pi w_i."""
    price = Limit(quotient(budget * worth[seller], kept.room), True)
    if kept.loser is None:
        return price
    return min(price, Limit(quotient(costs[kept.loser] * worth[seller], worth[kept.loser]), seller < kept.loser))


# -- the float twins --------------------------------------------------------------------------------------------------


def bought(costs: Array, worth: Array, budget: float) -> tuple[Array, Array]:
    """Select among float arrays: the winners' indices, and the threshold of each, at one price per unit of worth.

    >>> bought(np.array([2.0, 3.0, 3.0, 9.0]), np.array([5.0, 3.0, 3.0, 1.0]), 10.0)
    (array([1, 2]), array([5., 5.]))
    """
    kept, room = _pruned_arrays(ranked(costs, worth, budget), costs, worth, budget)
    packed = _packed_arrays(kept, room, worth)
    return packed, _prices(packed, room, worth, budget)


def thresholds(costs: Array, worth: Array, budget: float) -> Array:
    """Give every seller the supremum of the reports that would be bought; -inf where none would.

    Those who are kept share one run; for each of the others the market is pruned again with their data free.

    >>> thresholds(np.array([2.0, 3.0, 3.0, 9.0]), np.array([5.0, 3.0, 3.0, 1.0]), 10.0)[:3]
    array([-inf,   5.,   5.])
    """
    order = ranked(costs, worth, budget)
    reports = np.full(len(costs), -np.inf)
    kept, room = _pruned_arrays(order, costs, worth, budget)
    packed = _packed_arrays(kept, room, worth)
    reports[packed] = _prices(packed, room, worth, budget)
    left = worth > 0
    left[kept] = False
    for seller in np.flatnonzero(left):
        free = costs.copy()
        free[seller] = 0
        kept, room = _pruned_arrays(np.append(seller, order[order != seller]), free, worth, budget)
        if seller in _packed_arrays(kept, room, worth):
            reports[seller] = _prices(seller, room, worth, budget)
    return reports


def _pruned_arrays(order: Array, costs: Array, worth: Array, budget: float) -> tuple[Array, float]:
    """Give who is kept, and B / pi, the worth that the budget pays for at their price."""
    if not len(order):
        return order, 0.0
    ordered = worth[order]
    needed = np.maximum(np.cumsum(ordered) - np.maximum.accumulate(ordered), ordered.max())
    lost = costs[order] * needed > budget * ordered
    count = int(np.argmax(lost)) if lost.any() else len(order)
    rooms = [needed[count - 1] if count else ordered.max()]
    if count < len(order):
        loser = order[count]
        rooms.append(budget * worth[loser] / costs[loser])
    return order[:count], float(max(rooms))


def _prices(sellers: Any, room: float, worth: Array, budget: float) -> Array:
    return np.asarray(worth[sellers] * (budget / room) if room else np.zeros(0))


def _packed_arrays(kept: Array, room: float, worth: Array) -> Array:
    """Pack by worth: from the largest that fits on take as many in a row as do, then go on with the next that fits.

    After each such row there is less than half of the room that there was before it, so there are few.
    """
    by_worth = kept[np.lexsort((kept, -worth[kept]))]
    had = np.concatenate([[0.0], np.cumsum(worth[by_worth])])
    rows, total, place = [by_worth[:0]], 0.0, 0
    while place < len(by_worth):
        stop = max(place + 1, int(np.searchsorted(had, had[place] + room - total, side="right")) - 1)
        rows.append(by_worth[place:stop])
        total += had[stop] - had[place]
        place = max(stop, int(np.searchsorted(-worth[by_worth], total - room)))
    smaller = by_worth[1:]
    return smaller if len(kept) and had[-1] - had[1] > total else np.concatenate(rows)
