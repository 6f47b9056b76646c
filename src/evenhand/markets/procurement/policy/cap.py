"""How is nobody paid more than so much? Who asks more is left out before the rule looks.

Who takes part does not depend on others' reports, so with the rest held a seller faces the rule in one market, and is
bought up to the smaller of the cap and the rule's own limit there. That is a limit which the seller's own report does
not move: no lie pays, and who is bought is paid at least the report. Payments are at most the rule's in a market of
fewer offers, so a budget that the rule keeps is kept.

To cut the rule's payments at the cap without leaving anybody out would pay a winner who asks more less than the cost.

Groups: let a group lie so that every member gains. Each member then sells, at a payment of at most the cap, so its true
cost is below the cap: told the truth, the same sellers take part. Each member's payment exceeds its cost and, if it
sold before, its payment before; so the rule's own limit exceeds both, and the same lies would have every member gain
under the rule alone. If the rule is weakly group-strategyproof, so is this.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np

from evenhand.markets.procurement.limits import Limit
from evenhand.markets.procurement.rules import Rule, sold
from evenhand.numerics import Number
from evenhand.records import Array

Costs = Sequence[Number]


def capped(rule: Rule, cap: Number) -> Rule:
    """Let a rule look only at offers up to a cap, and pay no more than that.

    >>> from evenhand.markets.procurement.rules import RULES
    >>> [limit.whole for limit in capped(RULES["proportional_share"], 4).limits([3, 4, 9], [1, 1, 1], 10)]
    [4, 4, 3]
    """

    def up_to_cap(costs: Costs, seller: int | None = None) -> list[Number]:
        """Let who asks more stay away; not the seller, whose own report is not looked at."""
        return [cost if place == seller or cost <= cap else inf for place, cost in enumerate(costs)]

    def within(limit: Limit | None) -> Limit | None:
        return None if limit is None else min(limit, Limit(cap, True))

    def winners(costs: Costs, goods: Any, budget: Number) -> list[int]:
        return rule.winners(up_to_cap(costs), goods, budget)

    def sells(seller: int, costs: Costs, goods: Any, budget: Number) -> bool:
        return sold(rule, seller, up_to_cap(costs), goods, budget)

    def limit(seller: int, costs: Costs, goods: Any, budget: Number) -> Limit | None:
        return within(rule.limit(seller, up_to_cap(costs, seller), goods, budget))

    def limits(costs: Costs, goods: Any, budget: Number) -> list[Limit | None]:
        return [within(limit) for limit in rule.limits(up_to_cap(costs), goods, budget)]

    def bought(costs: Array, goods: Any, budget: float) -> tuple[Array, Array]:
        sellers, thresholds = rule.bought(np.where(costs <= cap, costs, np.inf), goods, budget)
        return sellers, np.minimum(thresholds, cap)

    def thresholds(costs: Array, goods: Any, budget: float) -> Array:
        return np.minimum(rule.thresholds(np.where(costs <= cap, costs, np.inf), goods, budget), cap)

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
