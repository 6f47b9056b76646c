"""Which rule suits the market: the one best dataset, or proportional shares? A worst case for it all [ChenGravinLu11].

Leave out offers without worth and those that ask more than the budget. Let i* be the one of largest worth w*, ties by
index, and F the fractional optimum of the others within the budget. Then

    if F < rho w*:  buy i* alone and pay the budget          (`best_single`),
    otherwise:      buy the winners of `proportional_share`,

with rho = 1 + sqrt 2, here to 36 decimals. With the irrational number itself the report at which the choice flips would
be irrational too, and no fraction could be paid. For integers with c w* < 5 10^17, c the cost of the dataset that the
optimum divides, the choice is the same: F / w* is then a fraction with a denominator q of at most c w*, and none of
these is nearer to 1 + sqrt 2 than 1 / (3 q^2).

**Guarantee: 2 + sqrt 2, to 35 decimals**, against the fractional optimum O of all. If i* is bought alone,
O <= w* + F < (1 + rho) w*. If shares are bought, let W be the worth of the winners and l the first loser. The winners
cost at most B together, and everyone from l on costs more than B / (W + w_l) per unit of worth, so that

    O < W + (W + w_l) <= 2 W + w*.                                                                                 (1)

Since O >= F >= rho w*, this gives O (1 - 1 / rho) < 2 W. Both factors, 1 + rho and 2 rho / (rho - 1), are 2 + sqrt 2 at
rho = 1 + sqrt 2. From (1) it also follows that i* alone with chance 1/3, and shares with chance 2/3, buy at least O / 3
in expectation; the mechanism `single_or_share_by_lot` draws that lot before it looks at any report.

**Truthful.** Whether i would be i* at a report up to B is decided by worth and by who else is affordable. If i would
be, F is made of the others' reports, so that the choice does not depend on i's: alone, i sells up to B; in shares, up
to where the share ends. If not, i* is another, whatever i reports, and i sells where its share covers the report and
F >= rho w*. Both hold up to some report, so the limit is the smaller of the two. Where the second ends has a simple
form: at a report c that wins in shares all winners together cost at most B, so the optimum of the others takes these
winners whole, i among them, and

    F >= rho w*  if and only if  c + m(rho w* - w_i) <= B,   m(v) = the least spent for worth v on all but i and i*.

**Within budget**, since limits are at most those of the rule that is chosen.

**A winner changes nobody else's sale.** Who is bought in shares and is not i* is not bought alone, and beside i the
winners of `proportional_share` stay the same; the choice does not depend on the report of i*. What others are paid may
change, and with it what a reserve leaves (policy/reserve.py): four of worth 1, B = 9, costs (0, x, 0, 9), pay the
third 3 at x = 0 and 2.27 at x = 3. So under a policy who else sells can change, and it is not claimed.

**Groups can gain.** Costs (14, 9, 15, 8), worth 1 each, B = 20: F = 2.2, so the first is bought alone. If the second
and the fourth ask 0, then F = 3, both are bought in shares, and each is paid min(14, 20 / 2) = 10, above their costs.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt

import numpy as np

from evenhand.markets.procurement import proportional_share
from evenhand.markets.procurement.best_single import best_of, best_of_arrays, come_before, comes_before
from evenhand.markets.procurement.knapsack import cheapest, least_spent, ranked
from evenhand.markets.procurement.limits import Limit, at_all
from evenhand.markets.procurement.order import in_order, without
from evenhand.numerics import Number
from evenhand.records import Array

RHO = 1 + Fraction(isqrt(2 * 10**72), 10**36)
"""So many times the best dataset must the fractional optimum of the others be worth, for shares to be bought."""


def winners(costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> list[int]:
    """Select the sellers to buy from, in the order of cost per worth.

    >>> winners([3, 4, 9], [1, 2, 9], budget=10), winners([0, 0, 3, 5], [1, 1, 1, 1], budget=8)
    ([2], [0, 1])
    """
    order = in_order(costs, worth, budget)
    best = best_of(order, worth)
    if best is None:
        return []
    if not _shares(best, [other for other in order if other != best], costs, worth, budget):
        return [best]
    return proportional_share.winners(costs, worth, budget)


def limits(costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> list[Limit | None]:
    """Give every seller, winner or not, where the reports end that would be bought; None where none would.

    >>> limits([3, 4, 9], [1, 2, 9], budget=10)
    [None, None, Limit(report=10, reached=True)]
    """
    order = in_order(costs, worth, budget)
    shares = proportional_share.limits(costs, worth, budget)
    return [_limit(seller, share, order, costs, worth, budget) for seller, share in enumerate(shares)]


def limit(seller: int, costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> Limit | None:
    """Give one seller's limit, looking at the others' reports alone.

    The first of four of worth 1 is i*. The share of the second ends at 3, but above 8 - 3 - 5 (sqrt 2 - 1) it would ask
    too much for F to be 1 + sqrt 2:

    >>> round(float(limit(1, [0, 0, 3, 5], [1, 1, 1, 1], budget=8).report), 9)
    2.928932188
    """
    order = in_order(*without(seller, costs, worth), budget)
    share = proportional_share.limit(seller, costs, worth, budget)
    return _limit(seller, share, order, costs, worth, budget)


def _limit(
    seller: int,
    share: Limit | None,
    order: Sequence[int],
    costs: Sequence[Number],
    worth: Sequence[Number],
    budget: Number,
) -> Limit | None:
    """Give the limit from that of the share; the seller is passed over in the order."""
    if share is None:
        return None
    others = [other for other in order if other != seller]
    best = best_of(others, worth)
    if best is None or comes_before(seller, best, worth):
        return share if _shares(seller, others, costs, worth, budget) else Limit(budget, True)
    spent = least_spent(RHO * worth[best] - worth[seller], [o for o in others if o != best], costs, worth)
    return None if spent is None else at_all(min(share, Limit(budget - spent, True)))


def _shares(best: int, others: Sequence[int], costs: Sequence[Number], worth: Sequence[Number], budget: Number) -> bool:
    """Say whether the others are worth so much more than the best that shares are bought: F >= rho w*."""
    spent = least_spent(RHO * worth[best], others, costs, worth)
    return spent is not None and bool(spent <= budget)


# -- the float twins --------------------------------------------------------------------------------------------------


def bought(costs: Array, worth: Array, budget: float) -> tuple[Array, Array]:
    """Select among float arrays: the winners' indices, and the threshold of each.

    >>> bought(np.array([3.0, 4.0, 9.0]), np.array([1.0, 2.0, 9.0]), 10.0)
    (array([2]), array([10.]))
    """
    best = best_of_arrays(costs, worth, budget)
    if not len(best):
        return best, np.zeros(0)
    market = _WithoutBest(best, ranked(costs, worth, budget), costs, worth)
    if not market.spent_for(float(RHO) * worth[best]) <= budget:
        return best, np.array([float(budget)])
    sellers, shares = proportional_share.bought(costs, worth, budget)
    return sellers, np.where(sellers == best, shares, np.minimum(shares, market.flips(costs, worth, budget)[sellers]))


def thresholds(costs: Array, worth: Array, budget: float) -> Array:
    """Give every seller the supremum of the reports that would be bought; -inf where none would.

    >>> thresholds(np.array([3.0, 4.0, 9.0]), np.array([1.0, 2.0, 9.0]), 10.0)
    array([-inf, -inf,  10.])
    """
    best, order = best_of_arrays(costs, worth, budget), ranked(costs, worth, budget)
    shares = proportional_share.thresholds(costs, worth, budget)
    market = _WithoutBest(best, order, costs, worth)
    reports = np.minimum(shares, market.flips(costs, worth, budget))
    # who comes before the best is not affordable now; affordable, they would be the best, and all the others the rest
    before = come_before(best, worth)
    everyone = _WithoutBest(best[:0], order, costs, worth)
    reports[before] = np.where(everyone.spent_for(float(RHO) * worth[before]) <= budget, shares[before], budget)
    reports[best] = np.where(market.spent_for(float(RHO) * worth[best]) <= budget, shares[best], budget)
    return np.where((worth > 0) & (reports >= 0), reports, -np.inf)


class _WithoutBest:
    """What money can buy from all who are affordable but the best."""

    def __init__(self, best: Array, order: Array, costs: Array, worth: Array) -> None:
        self.best = best
        self.others = order[~np.isin(order, best)]
        self.had, self.spent = cheapest(self.others, costs, worth)

    def spent_for(self, wanted: Array) -> Array:
        """Give the least spent for so much worth; inf where there is not so much."""
        return np.interp(wanted, self.had, self.spent, right=np.inf)

    def flips(self, costs: Array, worth: Array, budget: float) -> Array:
        """Give the report of each seller at which the choice would flip: B - m(rho w* - w_i).

        Whoever is bought on the way to rho w* in full is left out of the way; what the others cost is then what all
        cost, less the seller's own. Who is not, or not in full, does not stand on the way to rho w* - w_i.
        """
        if not len(self.best):
            return np.full(len(worth), np.inf)
        wanted = float(RHO) * worth[self.best]
        spent = self.spent_for(wanted - worth)
        on_the_way = self.others[self.had[1:] < wanted]
        spent[on_the_way] = self.spent_for(wanted) - costs[on_the_way]
        return np.asarray(budget - spent)
