"""How does a copy under another name gain nothing? Near-duplicates stand as one: the cheapest of a pool for all.

Of each pool the member with the lowest cost per worth takes part, ties by index; worth is what the dataset is worth
alone. Members without worth, and those who ask more than the budget, are no candidates. The rule looks at those who
take part, and nobody else of a pool sells.

No lie pays. Who stands for the other pools does not depend on seller i's report. With a lower report i stands wherever
i stands with a higher one. So i is bought up to the smaller of two limits, neither of which i's report moves: the
rule's, among those who stand for the other pools, and w_i times the cost per worth of the next in i's own pool, which
is reached where i's index is lower. At most the rule's limits are paid, so a budget that the rule keeps is kept.

Copies gain nothing. Let one owner offer several versions of a dataset, all in one pool, each costing c to share, at any
reports. At most one of them sells, say k. What bounds its payment is the rule's limit for k among those who stand for
the other pools, w_k times the cost per worth of each other owner's offer in the pool, and more bounds from the owner's
own versions. Without the last it is what k could be paid if it were offered alone. So the owner gains no more than
with the best version alone and the truth. Copies are of one worth and one tag, and one that stands further back is paid
no more where ties favour who stands first. So they do under our rules (of `clock`, `distorted_greedy` and
`single_or_share` it is tried, not proved), but for `prune_and_pack`, which of two largest datasets of exactly one worth
may leave out the first: there a copy can gain by its place.

Another's copy of your dataset is another matter: it brings down what you are paid to what the copyist asks, since to
the buyer they are one. What remains, too, are parts that are not alike: a pool does not see that two offers were one.

Groups: let a group lie so that every member gains. Each member then sells, so it is the only one of its pool in the
group and stands for it; the rest of its pool tells the truth, and it is paid no more than the cost of the next allows.
Its true cost is below that payment, so it stands for its pool when all tell the truth too. Then the same sellers take
part either way, and as under a cap (cap.py) the lies would have every member gain under the rule alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf
from typing import Any

import numpy as np

from evenhand.markets.procurement.limits import Limit, at_all, quotient
from evenhand.markets.procurement.marginals import Batches, Plain
from evenhand.markets.procurement.order import ordered
from evenhand.markets.procurement.rules import Rule, sold
from evenhand.numerics import Number
from evenhand.numerics.rounding import power_of_two
from evenhand.records import Array

Costs = Sequence[Number]


@dataclass(frozen=True)
class Pools:
    """Groups of two or more sellers, by their places, rising; nobody is in two."""

    groups: tuple[tuple[int, ...], ...]

    @cached_property
    def of(self) -> dict[int, tuple[int, ...]]:
        """Each pooled seller's pool."""
        return {seller: pool for pool in self.groups for seller in pool}

    @cached_property
    def members(self) -> Array:
        """(pooled,) everyone who is in a pool, pool by pool."""
        return np.array([seller for pool in self.groups for seller in pool], dtype=np.int64)

    @cached_property
    def starts(self) -> Array:
        """(pools,) where each pool begins among the members."""
        return np.cumsum([0, *(len(pool) for pool in self.groups[:-1])])

    @cached_property
    def numbers(self) -> Array:
        """(pooled,) the number of each member's pool."""
        return np.repeat(np.arange(len(self.groups)), [len(pool) for pool in self.groups])


def pooled(rule: Rule, pools: Pools) -> Rule:
    """Let only the cheapest of each pool take part, by cost per worth.

    >>> from evenhand.markets.procurement.rules import RULES
    >>> as_one = pooled(RULES["proportional_share"], Pools(((0, 1),)))
    >>> as_one.winners([3, 4, 5], [1, 1, 1], 10)
    [0, 2]
    >>> [str(limit.report) for limit in as_one.limits([3, 4, 5], [1, 1, 1], 10)]
    ['4', '3', '5']
    """

    def alone(sellers: Sequence[int], goods: Any) -> dict[int, Number]:
        """Give what each is worth by itself."""
        worth = Plain(goods).alone([], sellers) if rule.of_sets else [goods[seller] for seller in sellers]
        return dict(zip(sellers, worth, strict=True))

    def first(pool: Sequence[int], costs: Costs, goods: Any, budget: Number) -> int | None:
        """Say who of some sellers stands for them."""
        worth: Any = alone(pool, goods)
        candidates = [seller for seller in pool if worth[seller] > 0 and costs[seller] <= budget]
        return ordered(candidates, costs, worth)[0] if candidates else None

    def standing(costs: Costs, goods: Any, budget: Number, seller: int | None = None) -> list[Number]:
        """Let all but one of each pool stay away; of the seller's own pool all others, whose own report counts not."""
        own = pools.of.get(seller) if seller is not None else None
        firsts = {seller if pool is own else first(pool, costs, goods, budget) for pool in pools.groups}
        return [cost if i in firsts or i not in pools.of else inf for i, cost in enumerate(costs)]

    def before_next(seller: int, limit: Limit | None, costs: Costs, goods: Any, budget: Number) -> Limit | None:
        """Keep a limit within the reports at which the seller stands for the pool."""
        if limit is None or seller not in pools.of:
            return limit
        following = first([other for other in pools.of[seller] if other != seller], costs, goods, budget)
        worth = alone([seller] if following is None else [seller, following], goods)
        if not worth[seller] > 0:
            return None
        if following is None:
            return limit
        stands = quotient(costs[following] * worth[seller], worth[following])
        return at_all(min(limit, Limit(stands, seller < following)))

    def winners(costs: Costs, goods: Any, budget: Number) -> list[int]:
        return rule.winners(standing(costs, goods, budget), goods, budget)

    def sells(seller: int, costs: Costs, goods: Any, budget: Number) -> bool:
        if seller in pools.of and first(pools.of[seller], costs, goods, budget) != seller:
            return False
        return sold(rule, seller, standing(costs, goods, budget, seller), goods, budget)

    def limit(seller: int, costs: Costs, goods: Any, budget: Number) -> Limit | None:
        found = rule.limit(seller, standing(costs, goods, budget, seller), goods, budget)
        return before_next(seller, found, costs, goods, budget)

    def limits(costs: Costs, goods: Any, budget: Number) -> list[Limit | None]:
        present = standing(costs, goods, budget)
        shared = rule.limits(present, goods, budget)
        return [
            limit(seller, costs, goods, budget)  # from behind it would stand in another market
            if seller in pools.of and present[seller] == inf
            else before_next(seller, shared[seller], costs, goods, budget)
            for seller in range(len(costs))
        ]

    def bought(costs: Array, goods: Any, budget: float) -> tuple[Array, Array]:
        present, ceilings = _fronts(pools, costs, goods, budget, rule.of_sets)
        sellers, thresholds = rule.bought(present, goods, budget)
        return sellers, np.minimum(thresholds, ceilings[sellers])

    def thresholds(costs: Array, goods: Any, budget: float) -> Array:
        present, ceilings = _fronts(pools, costs, goods, budget, rule.of_sets)
        found = rule.thresholds(present, goods, budget)
        for pool in map(list, pools.groups):
            behind = [seller for seller in pool if present[seller] == np.inf]
            if len(behind) < len(pool):  # who stands behind is asked about a market without who stands in front
                without = present.copy()
                without[pool] = np.inf
                found[behind] = rule.thresholds(without, goods, budget)[behind]
        return np.minimum(found, ceilings)

    return replace(
        rule,
        winners=winners,
        sells=rule.sells and sells,
        limit=limit,
        limits=limits,
        bought=bought,
        thresholds=thresholds,
        paid=None,
    )


def _fronts(pools: Pools, costs: Array, goods: Any, budget: float, of_sets: bool) -> tuple[Array, Array]:
    """Let all but the first of each pool stay away; give the reports, and up to where each would be the first.

    Returns:
        (n,) the reports of those who take part, inf for the rest; (n,) the ends of the reports with which each stands
        for its pool, inf for who has no rival, -inf for who stands for it with none.
    """
    members, unit = pools.members, power_of_two(budget)
    asked = costs[members]
    worth = (
        np.array(Batches(goods, len(costs)).alone([], members.tolist()), dtype=np.float64)
        if of_sets
        else goods[members]
    )
    worth = worth / power_of_two(worth.max())  # both near 1, so that no quotient overflows; powers of two are exact
    candidate = (worth > 0) & (asked <= budget)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        density = np.where(candidate, asked / unit / worth, np.inf)
    order = np.lexsort((members, density, pools.numbers))
    first, second = order[pools.starts], order[pools.starts + 1]

    present = costs.copy()
    present[members] = np.inf
    in_front = first[candidate[first]]
    present[members[in_front]] = asked[in_front]

    rival = first[pools.numbers]
    rival[first] = second
    with np.errstate(invalid="ignore"):
        stands = worth * density[rival] * unit
    never = ~(worth > 0) | ((density[rival] == 0) & (members[rival] < members))
    ceilings = np.full(len(costs), np.inf)
    ceilings[members] = np.where(never, -np.inf, stands)
    return present, ceilings
