"""Which rules select under a budget? One table; each rule is said twice, and gives thresholds both times."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from evenhand.errors import OfferError, unknown
from evenhand.markets.procurement import proportional_share
from evenhand.markets.procurement.limits import Limit
from evenhand.records import Array

Number = Any
Goods = Any
"""What the offers are worth: a number a seller; for a rule that buys sets, what each set is worth (`of_sets`)."""


@dataclass(frozen=True)
class Rule:
    """A selection rule, said twice: on plain numbers, which is the definition, and on float arrays, its fast twin.

    In both, a higher report never wins where a lower one loses, and a report above the budget is never bought.
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
    of_sets: bool = False
    """Whether goods are what each set of sellers is worth: plain, a function of a rising tuple of places; on arrays, of
    0/1 masks (sets, sellers)."""


RULES: dict[str, Rule] = {
    "proportional_share": Rule(
        winners=proportional_share.winners,
        limit=proportional_share.limit,
        limits=proportional_share.limits,
        bought=proportional_share.bought,
        thresholds=proportional_share.thresholds,
    ),
}


def named(rule: str) -> Rule:
    """Give a rule by its name.

    Raises:
        OfferError: there is none of that name.
    """
    if rule not in RULES:
        raise OfferError(unknown("rule", rule, RULES))
    return RULES[rule]
