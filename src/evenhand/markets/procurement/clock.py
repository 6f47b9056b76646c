"""Whom to buy from under a hard budget when data overlap, so that no lie pays? A clock: prices that only fall.

Everyone is offered the whole budget; who asks more leaves. Then the prices fall in rounds, and who is offered less than
they ask leaves for good, with nothing. In each round those who are left stand in line, those with the lowest price for
what they would add alone first (ties by index). Let g_i be what i adds to all before it: who adds nothing there is not
asked. Then

    if the prices of all in line fit into the budget, they are bought, each at their price;
    if one alone is worth 3/4 of what all in line add, a giant, it is bought at its price: it could not be replaced;
    else, from the last in line to the first, each is offered min(their price, B g_i / rho), until the prices fit or
    one of those left has become a giant.

rho starts at what the best seller is worth alone and grows by 5/4 a round, to at most the sum of the g_i. At that
value the offers sum to B, so they fit if nobody leaves: every round somebody leaves, rho grows or a price falls, and
the clock ends. After each purchase a new clock runs with what is left of the budget for those who are left, from their
prices, on what they add to what is bought, until nobody is left. To offer B g / rho in rounds of growing rho is the
idea of [Balkanski22]; the factor of 4.75 that is proved there is of their clock, not of this one.

Why truth is best, even obviously so. A seller's price never rises and leaving is final, so who stays below cost cannot
gain from there, and who leaves at or above cost gives away what could only be a gain. A report enters as the answer
"do you stay at this price?" alone. So the run in which i always stays says it all: if it buys i at price p, the reports
up to p win, p included, and all are paid p; if not, none wins. Nothing is asked of V.

A winner who changes the report and keeps winning has stayed all along both times, so that the run, who else wins and
all payments are the same: nobody who wins can change another's lot.

Why the budget holds. What is bought in one clock is bought at prices that sum to no more than what was left: a line
fits, and a giant's price is at most all that was left. Nothing is asked of V.

Why no group gains in every member. Take the first member whose answer differs from the truth; all before is as in the
truthful run. If they leave at a price of cost or more, they end with nothing, and the truth gives no less than that. If
they stay below cost, they end with nothing or with a loss. Either way that member does not gain: weakly group-
strategyproof, with no side payments.

What it buys. Of worth that adds up, at least an eighth of the best affordable set:

    Let O be affordable and A those left when the first clock buys. Who left was offered B w_i / rho_i and asked more
    (who asks more than B is not in O), so the part of O that left is worth at most rho c(O) / B <= rho, the last rho.
    Before the last one left the prices did not fit, and by the round before none was above B w / (4/5 rho): those
    left were worth at least 4/5 rho. (In the first round rho is the worth of the best seller, who is not asked.) None
    of them was a giant, so more than a quarter of that remains: w(A) > rho / 5, and w(O) <= w(A) + rho < 6 w(A). What
    is bought is worth w(A) where a line fits, and 3/4 w(A) where it is a giant.

Where data overlap no such bound holds. Take k pairs of near copies, the first of each a little better and dear, the
second cheap: the second of each pair adds next to nothing behind the first and leaves before the first does. Of
copies that add nothing at all the second waits, and takes the place of the first. Measured: tests/laws and benchmarks.

Shares below a trillionth (2^-40) of what all data within the budget are worth count as nothing: floats that should be
equal differ by that. A V that is seen to fall by more than that as data are added is refused: no promise to sellers
depends on it, but the best set would no longer be all that fits. Nor does any promise need diminishing returns.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from math import inf
from typing import Any

import numpy as np

from evenhand.markets.procurement.limits import Limit
from evenhand.markets.procurement.marginals import Batches, Marginals, Plain, falls
from evenhand.numerics import Number
from evenhand.records import Array

Value = Callable[[Array], Array]

STEP = Fraction(5, 4)
"""rho grows by this a round."""
GIANT = Fraction(3, 4)
"""Who alone is worth this part of what all in line add is bought."""
DUST = Fraction(1, 2**40)
"""Less than this part of what all are worth is nothing."""


def winners(costs: Sequence[Number], goods: Any, budget: Number) -> list[int]:
    """Select the sellers to buy from, in the order in which they are bought.

    Three sellers of which the first two hold the same: the first asks too much, and the second takes its place.

    >>> topics = [{1, 2}, {1, 2}, {3}]
    >>> def covered(chosen):
    ...     return len(set().union(*(topics[i] for i in chosen)))
    >>> winners([9, 2, 3], covered, budget=10)
    [1, 2]
    """
    return list(_run(costs, Plain(goods), budget))


def limit(seller: int, costs: Sequence[Number], goods: Any, budget: Number) -> Limit | None:
    """Give one seller's limit: the price at which the clock buys from them if they always stay, or None."""
    return _limit(seller, costs, Plain(goods), budget)


def limits(costs: Sequence[Number], goods: Any, budget: Number) -> list[Limit | None]:
    """Give every seller's limit; those who are bought from stayed, so that the run as it is says their price.

    >>> [limit and str(limit.report) for limit in limits([9, 2, 3], lambda chosen: len(chosen), budget=10)]
    ['10/3', '5', '5']
    """
    known = paid(costs, goods, budget)
    return [known.get(seller) or limit(seller, costs, goods, budget) for seller in range(len(costs))]


def paid(costs: Sequence[Number], goods: Any, budget: Number) -> dict[int, Limit]:
    """Give the limits of those who are bought from, which the run itself says: they stayed to the end."""
    return {seller: Limit(price, True) for seller, price in _run(costs, Plain(goods), budget).items()}


# -- on float arrays: the same run, for floats are fractions, with values asked in batches ----------------------------


def bought(costs: Array, goods: Value, budget: float) -> tuple[Array, Array]:
    """Select among float arrays: the winners' indices in the order in which they are bought, and their prices.

    Args:
        costs: (n,) reports; inf for a seller who stays away.
        goods: what sets are worth: 0/1 masks (sets, n) -> (sets,).
        budget: in the money of the costs.
    """
    prices = _run(costs.tolist(), Batches(goods, len(costs)), Fraction(budget))
    return np.array(list(prices), dtype=np.int64), np.array([float(price) for price in prices.values()])


def thresholds(costs: Array, goods: Value, budget: float) -> Array:
    """Give every seller the supremum of the reports that would be bought; -inf where none would: a run a loser."""
    reports, asked = costs.tolist(), Batches(goods, len(costs))
    highest = np.full(len(costs), -np.inf)
    for seller, price in _run(reports, asked, Fraction(budget)).items():
        highest[seller] = price
    for seller in np.flatnonzero(highest == -np.inf).tolist():
        end = _limit(seller, reports, asked, Fraction(budget))
        highest[seller] = -np.inf if end is None else end.report
    return highest


# -- the clock ---------------------------------------------------------------------------------------------------------


def _limit(seller: int, costs: Sequence[Number], worth: Marginals, budget: Number) -> Limit | None:
    paid = _run([*costs[:seller], 0, *costs[seller + 1 :]], worth, budget)  # who asks nothing always stays
    return Limit(paid[seller], True) if seller in paid else None


def _run(costs: Sequence[Number], worth: Marginals, budget: Number) -> dict[int, Number]:
    """Run clock after clock; give the price of each who is bought, in that order."""
    prices: dict[int, Number] = {seller: Fraction(budget) for seller, cost in enumerate(costs) if cost <= budget}
    dust = DUST * sum(added for added in worth.in_line([], list(prices)) if added > 0)
    left = Fraction(budget)
    paid: dict[int, Number] = {}
    while prices:
        alone = _rising(prices, worth.alone(list(paid), list(prices)), dust)
        for seller in [*prices]:
            prices[seller] = min(prices[seller], left)
            if not alone[seller] > dust or costs[seller] > prices[seller]:
                del prices[seller]
        chosen = _clock(costs, prices, alone, worth, list(paid), left, dust)
        if not chosen:  # all have left, or what the rest add is within rounding of dust
            break
        for seller in chosen:
            paid[seller] = prices.pop(seller)
            left -= paid[seller]
    return paid


def _clock(
    costs: Sequence[Number],
    prices: dict[int, Number],
    alone: dict[int, Number],
    worth: Marginals,
    paid: Sequence[int],
    budget: Number,
    dust: Number,
) -> list[int]:
    """Lower prices until a purchase can be made; give whom to buy from. Who leaves is taken out of `prices`."""
    ranking = sorted(prices, key=lambda seller: (alone[seller], -seller))
    rho: Number = 0
    while prices:
        adds = _line(prices, alone, worth, paid, dust)
        total = sum(adds.values())
        best = _best(ranking, prices)
        if sum(prices[seller] for seller in adds) <= budget:
            return list(adds)
        if alone[best] >= GIANT * total:
            return [best]
        rho = max(rho, min(STEP * rho, total)) if rho else alone[best]
        _lower(costs, prices, adds, budget, rho, lambda left: alone[_best(ranking, prices)] >= GIANT * left)
    return []


def _best(ranking: list[int], prices: dict[int, Number]) -> int:
    """Give the last of a ranking who has not left."""
    while ranking[-1] not in prices:
        ranking.pop()
    return ranking[-1]


def _line(
    prices: dict[int, Number], alone: dict[int, Number], worth: Marginals, paid: Sequence[int], dust: Number
) -> dict[int, Number]:
    """Give what each adds in line, the best price for what they add alone first; without those who add nothing."""
    line = sorted(prices, key=lambda seller: (prices[seller] / alone[seller], seller))
    adds = _rising(line, worth.in_line(paid, line), dust)
    return {seller: added for seller, added in adds.items() if added > dust}


def _rising(sellers: Iterable[int], adds: Sequence[Number], dust: Number) -> dict[int, Number]:
    """Give what each adds, none of it below nothing.

    Raises:
        OfferError: the value falls.
    """
    for seller, added in zip(sellers, adds, strict=True):
        if added < -dust:
            raise falls(seller, float(-added * DUST / dust) if dust else inf)
    return dict(zip(sellers, adds, strict=True))


def _lower(
    costs: Sequence[Number],
    prices: dict[int, Number],
    adds: dict[int, Number],
    budget: Number,
    rho: Number,
    gigantic: Callable[[Number], bool],
) -> None:
    """Offer each in line their price at rho, the last first, until the prices fit or there is a giant."""
    asked, total = sum(prices[seller] for seller in adds), sum(adds.values())
    for seller in reversed(adds):
        offer = budget * adds[seller] / rho
        if offer >= prices[seller]:
            continue
        if costs[seller] <= offer:
            asked -= prices[seller] - offer
            prices[seller] = offer
        else:
            asked -= prices.pop(seller)
            total -= adds[seller]
        if asked <= budget or gigantic(total):
            return
