"""How is a part of the budget kept for some sellers? In two auctions by one rule, which no seller can choose between.

First the tagged sellers among themselves, with the reserved part r B of the budget; then all others, with the rest and
whatever the rule left unspent there, before a cap or a fellow copy brings payments down. [Ayyoubzadeh25, appendix E]
reserves a tenth, and does not say how.

No lie pays. Tags are public. What happens among the tagged depends on their reports alone, and there the rule is as
truthful as ever. The others' budget follows from the tagged reports, which no other seller moves: with those held, it
is a number, and the rule among the others is truthful under it. So is nobody who is honest paid below cost.

The budget holds if the rule keeps budgets: the first auction pays P <= r B, the second at most B - P.

Groups: let a group lie so that every member gains. The tagged in it gain by their own lies alone, since nobody else's
report reaches their auction: under a rule that is weakly group-strategyproof there are none. Then the others' budget is
as it was, and they cannot all gain either.

What is left rolls one way only. Were what the second auction leaves offered to the tagged again, one of them could hold
out for it. Proportional share, B = 20, r = 1/4: a single tagged seller, cost 3, is paid 5 of the reserve of 5. With a
report of 6 the first auction buys nothing; if the others take 2, the 18 that are left buy the dataset at up to 18.

For values of sets the second auction counts what is added to what the first bought, so that nothing is bought twice.

In whole units r B is rounded down, and so are the payments of the first auction before what it leaves is counted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor, inf
from typing import Any

import numpy as np

from evenhand.markets.procurement.limits import Limit
from evenhand.markets.procurement.rules import Rule, sold
from evenhand.numerics import Number
from evenhand.records import Array

Costs = Sequence[Number]

NOTHING_LEFT = 1e-12
"""A float remainder of the budget below this part of it is rounding, and buys nothing."""


def reserved(rule: Rule, part: Fraction, tagged: Sequence[int], *, whole: bool) -> Rule:
    """Run a rule twice: among the tagged with a part of the budget, then among the others with what is left.

    >>> from evenhand.markets.procurement.rules import RULES
    >>> half = reserved(RULES["proportional_share"], Fraction(1, 2), [2], whole=True)
    >>> half.winners([2, 2, 4], [1, 1, 1], 10), [limit.whole for limit in half.limits([2, 2, 4], [1, 1, 1], 10)]
    ([2, 0, 1], [2, 2, 5])
    """
    rule, kept_for = _with_money(rule), frozenset(tagged)

    def first(costs: Costs, goods: Any, budget: Number) -> tuple[list[Number], Any, Number]:
        """Give the market of the tagged."""
        kept = part * budget
        present = [cost if seller in kept_for else inf for seller, cost in enumerate(costs)]
        return present, goods, floor(kept) if whole else kept

    def second(costs: Costs, goods: Any, budget: Number) -> tuple[list[Number], Any, Number]:
        """Give the market of the others, after what the first buys."""
        tranche = first(costs, goods, budget)
        limits = _paid(rule, *tranche)
        spent: list[Number] = [limit.whole if whole else limit.report for limit in limits.values()]
        present = [inf if seller in kept_for else cost for seller, cost in enumerate(costs)]
        return present, _beyond(goods, list(limits)) if rule.of_sets else goods, budget - sum(spent)

    def auction(seller: int, costs: Costs, goods: Any, budget: Number) -> tuple[list[Number], Any, Number]:
        return (first if seller in kept_for else second)(costs, goods, budget)

    def winners(costs: Costs, goods: Any, budget: Number) -> list[int]:
        return [*rule.winners(*first(costs, goods, budget)), *rule.winners(*second(costs, goods, budget))]

    def sells(seller: int, costs: Costs, goods: Any, budget: Number) -> bool:
        return sold(rule, seller, *auction(seller, costs, goods, budget))

    def limit(seller: int, costs: Costs, goods: Any, budget: Number) -> Limit | None:
        return rule.limit(seller, *auction(seller, costs, goods, budget))

    def limits(costs: Costs, goods: Any, budget: Number) -> list[Limit | None]:
        found = rule.limits(*second(costs, goods, budget))
        for seller in tagged:
            found[seller] = rule.limit(seller, *first(costs, goods, budget))
        return found

    def tranche(costs: Array, goods: Any, budget: float) -> tuple[Array, Any, float]:
        return np.where(_among(tagged, costs), costs, np.inf), goods, budget * float(part)

    def rest(costs: Array, goods: Any, budget: float, sellers: Array, paid: Array) -> tuple[Array, Any, float]:
        left = budget - float(paid.sum())
        return (
            np.where(_among(tagged, costs), np.inf, costs),
            _BeyondOnMasks(goods, sellers) if rule.of_sets else goods,
            left if left > budget * NOTHING_LEFT else 0.0,
        )

    def bought(costs: Array, goods: Any, budget: float) -> tuple[Array, Array]:
        sellers, paid = rule.bought(*tranche(costs, goods, budget))
        others, theirs = rule.bought(*rest(costs, goods, budget, sellers, paid))
        return np.concatenate([sellers, others]), np.concatenate([paid, theirs])

    def thresholds(costs: Array, goods: Any, budget: float) -> Array:
        among_tagged = tranche(costs, goods, budget)
        among_others = rest(costs, goods, budget, *rule.bought(*among_tagged))
        return np.where(_among(tagged, costs), rule.thresholds(*among_tagged), rule.thresholds(*among_others))

    return replace(
        rule,
        winners=winners,
        sells=sells,
        limit=limit,
        limits=limits,
        bought=bought,
        thresholds=thresholds,
        paid=None,
    )


def _with_money(rule: Rule) -> Rule:
    """Let nobody be bought where there is no money, not even for free: what a rule does with 0 is not asked."""

    def limits(costs: Costs, goods: Any, budget: Number) -> list[Limit | None]:
        return rule.limits(costs, goods, budget) if budget > 0 else [None] * len(costs)

    def bought(costs: Array, goods: Any, budget: float) -> tuple[Array, Array]:
        return rule.bought(costs, goods, budget) if budget > 0 else (np.zeros(0, dtype=np.int64), np.zeros(0))

    def thresholds(costs: Array, goods: Any, budget: float) -> Array:
        return rule.thresholds(costs, goods, budget) if budget > 0 else np.full(len(costs), -np.inf)

    return replace(
        rule,
        winners=lambda costs, goods, budget: rule.winners(costs, goods, budget) if budget > 0 else [],
        sells=lambda seller, costs, goods, budget: budget > 0 and sold(rule, seller, costs, goods, budget),
        limit=lambda seller, costs, goods, budget: rule.limit(seller, costs, goods, budget) if budget > 0 else None,
        limits=limits,
        bought=bought,
        thresholds=thresholds,
    )


def _among(sellers: Sequence[int], costs: Array) -> Array:
    """(n,) whether each is one of some sellers."""
    named = np.zeros(len(costs), dtype=bool)
    named[list(sellers)] = True
    return named


def _paid(rule: Rule, costs: Costs, goods: Any, budget: Number) -> dict[int, Limit]:
    """Give the limits of those who are bought from."""
    if not budget > 0:
        return {}
    if rule.paid is not None:
        return rule.paid(costs, goods, budget)
    limits = {seller: rule.limit(seller, costs, goods, budget) for seller in rule.winners(costs, goods, budget)}
    return {seller: limit for seller, limit in limits.items() if limit is not None}


def _beyond(goods: Any, bought: Sequence[int]) -> Any:
    """Give what sets are worth with what is bought already; rules of sets look at differences alone."""
    return lambda chosen: goods(tuple(sorted((*chosen, *bought))))


@dataclass(frozen=True)
class _BeyondOnMasks:
    """The same on masks."""

    value: Any
    bought: Array

    def __call__(self, masks: Array) -> Array:
        both = np.array(masks)
        both[:, self.bought] = 1
        return np.asarray(self.value(both))

    @property
    def added(self) -> Callable[[Array, Array], Array] | None:
        """What the value says that sellers add; None where it has no way to say it."""
        own = getattr(self.value, "added", None)
        return own and (lambda bought, line: np.asarray(own(np.concatenate([self.bought, bought]), line)))
