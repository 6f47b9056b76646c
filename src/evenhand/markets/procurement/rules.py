"""Which rules select under a budget? One table; each rule is said twice, and gives thresholds both times."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from evenhand.markets.procurement import (
    best_single,
    clock,
    distorted_greedy,
    everyone,
    gifts,
    proportional_share,
    prune_and_pack,
    q_mia,
    q_mia_affordable,
    q_mia_skip,
    single_or_share,
)
from evenhand.markets.procurement.limits import Limit
from evenhand.numerics import Number
from evenhand.records import Array

Goods = Any
"""What the offers are worth: a number a seller; for a rule that buys sets, what each set is worth (`of_sets`)."""


@dataclass(frozen=True)
class Rule:
    """A selection rule, said twice: on plain numbers, which is the definition, and on float arrays, its fast twin.

    In both, a higher report never wins where a lower one loses, a report above the budget is never bought, and one of
    inf, by who stays away, is as good as no offer.
    """

    winners: Callable[[Sequence[Number], Goods, Number], list[int]]
    """(costs, goods, budget) -> the sellers bought from, in the order of the rule; costs may be traced numbers."""
    limit: Callable[[int, Sequence[Number], Goods, Number], Limit | None]
    """(seller, costs, goods, budget) -> where the reports end that would be bought, from the others' reports alone;
    None where no report would be."""
    limits: Callable[[Sequence[Number], Goods, Number], list[Limit | None]]
    """(costs, goods, budget) -> the same for every seller, sharing the work."""
    bought: Callable[[Array, Goods, float], tuple[Array, Array]]
    """Arrays: (costs, goods, budget) -> indices of the sellers bought from, and the threshold of each of these."""
    thresholds: Callable[[Array, Goods, float], Array]
    """Arrays: (costs, goods, budget) -> the thresholds of all sellers; -inf where no report would be bought."""
    sells: Callable[[int, Sequence[Number], Goods, Number], bool] | None = None
    """(seller, costs, goods, budget) -> whether this seller is bought from, where that can be told with less than all
    the winners."""
    paid: Callable[[Sequence[Number], Goods, Number], dict[int, Limit]] | None = None
    """(costs, goods, budget) -> the limits of the sellers bought from, where selecting them says so already."""
    of_sets: bool = False
    """Whether goods are what each set of sellers is worth, of which a rule looks at differences alone: plain, a
    function of a rising tuple of places; on arrays, of 0/1 masks (sets, sellers)."""
    in_money: bool = False
    """Whether worth is weighed against costs, so that it has to be in their money."""
    keeps_budget: bool = False
    """Whether the limits of those who are bought from sum to no more than the budget."""


def _said_by(module: Any, **more: Any) -> Rule:
    """Make a rule of a module that says it both ways, under the names that `Rule` has."""
    said = ("winners", "limit", "limits", "bought", "thresholds")
    return Rule(**{name: getattr(module, name) for name in said}, **more)


RULES: dict[str, Rule] = {
    "proportional_share": _said_by(proportional_share, keeps_budget=True),
    "best_single": _said_by(best_single, keeps_budget=True),
    "single_or_share": _said_by(single_or_share, keeps_budget=True),
    "prune_and_pack": _said_by(prune_and_pack, keeps_budget=True),
    "q_mia": _said_by(q_mia),
    "q_mia_affordable": _said_by(q_mia_affordable),
    "q_mia_skip": _said_by(q_mia_skip),
    "gifts": _said_by(gifts, keeps_budget=True),
    "everyone": _said_by(everyone),
    "clock": _said_by(clock, paid=clock.paid, of_sets=True, keeps_budget=True),
    "distorted_greedy": _said_by(distorted_greedy, of_sets=True, in_money=True),
}


def sold(rule: Rule, seller: int, costs: Sequence[Number], goods: Goods, budget: Number) -> bool:
    """Say whether a rule buys from a seller, by as little work as it knows."""
    if rule.sells is None:
        return seller in rule.winners(costs, goods, budget)
    return rule.sells(seller, costs, goods, budget)
