"""What is a market that repeats worth to a buyer, and is it worth paying the ideal price in it?

Every period brings a utility u and a budget b, drawn anew from the same distribution; the ideal price is p* =
min(u, b), the most that the buyer would and could pay. The buyer sees both, pays some p up to p*, and meets the seller
again with chance pi(p, p*), or nobody. What the market is worth to them is the one G with

    G = E max over 0 <= p <= p* of  u - p + delta pi(p, p*) G                                  [FairShare25, eq. 11]

Whoever always pays the ideal price has G* = E(u - p*) / (1 - delta). A cut from p* to p is worth its risk if p* - p
exceeds delta G (1 - pi). With the largest s such that 1 - pi >= s (1 - p / p*), none is, at G*, if and only if

    delta s G* >= max p*                                                        Assumption 2, with L = s / max p*

So the assumption is not only enough for the ideal price to be best [FairShare25, Lemmas 1 and 3]: here it is necessary.
And as p* is all that the buyer gains where u <= b, it needs periods in which the budget binds: if u <= b always, G* is
0, and no discount factor and no participation function makes the ideal price best (E-001-07 in docs/errata.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evenhand.errors import Problem, refuse
from evenhand.numerics.exactness import ROUNDING
from evenhand.records import Array, Finding
from evenhand.simulation import checks
from evenhand.simulation.participation import Participation, assumption_1, wrong_participation

CHANCES_MISS_MAX = 1e-9
"""By how much chances may miss a sum of 1."""
IMPROVEMENTS_MAX = 200
"""Improving the prices ends long before this many rounds."""


@dataclass(frozen=True)
class Distribution:
    """What a period brings: utilities and budgets with their chances, or draws that are equally likely.

    Raises:
        OfferError: the lists differ in length, an amount is below 0 or not finite, or chances do not sum to 1.

    >>> Distribution([3.0, 1.0], [2.0, 2.0]).ideal
    array([2., 1.])
    """

    utility: Any
    """(n,) u, money, 0 or more."""
    budget: Any
    """(n,) b, money, 0 or more."""
    chances: Any = None
    """(n,) summing to 1; equal if left out."""

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        given = {"utility": self.utility, "budget": self.budget}
        rows = {name: checks.amounts(name, each, problems) for name, each in given.items()}
        if self.chances is not None:
            rows["chances"] = checks.parts("chances", self.chances, problems)
        refuse(problems)
        count = rows["utility"].size
        rows.setdefault("chances", np.full(count, 1 / max(count, 1)))
        problems += [
            Problem(name, f"has shape {row.shape}", f"there are {count} draws", "Give one number a draw.")
            for name, row in rows.items()
            if row.shape != (count,) or not count
        ]
        if not problems and abs(rows["chances"].sum() - 1) > CHANCES_MISS_MAX:
            found = f"sum to {rows['chances'].sum()}"
            problems.append(Problem("chances", found, "chances sum to 1", "Divide them by their sum."))
        refuse(problems)
        for name, row in rows.items():
            object.__setattr__(self, name, row)

    @property
    def ideal(self) -> Array:
        """(n,) p* = min(u, b)."""
        return np.asarray(np.minimum(self.utility, self.budget))

    @property
    def surplus(self) -> float:
        """E(u - p*): what the ideal price leaves the buyer in a period, on average; 0 where budgets never bind."""
        return float(self.chances @ (self.utility - self.ideal))


@dataclass(frozen=True, slots=True)
class Value:
    """What a market that repeats is worth to a buyer."""

    best: float
    """G, at the best prices."""
    ideal: float
    """G*, at the ideal prices; never more."""
    ratios: Array
    """(n,) the best price of each draw, as a part of the ideal one."""

    @property
    def ideal_is_best(self) -> bool:
        """Whether no other prices are worth more, but for rounding."""
        return self.best - self.ideal <= ROUNDING * self.best


def value(distribution: Distribution, discount: float, participation: Participation) -> Value:
    """Find the best prices of a buyer in a market that repeats for ever, and what it is worth to them.

    By improving the prices, from the ideal ones on, until none is improved: each round costs one pass over the draws,
    and the value rises to the one fixed point (it is Newton's method on a convex function).

    Args:
        distribution: what a period brings.
        discount: delta, the discount factor, 0 or more and below 1.
        participation: how likely a seller is to stay.

    Raises:
        OfferError: the discount factor is out of bounds.

    The budget leaves 1 of 3 to the buyer; at 0.9 that is 10 in all, and too much to be risked for 2 or less:

    >>> from evenhand.simulation.participation import LINEAR
    >>> distribution = Distribution([3.0], [2.0])
    >>> found = value(distribution, 0.9, LINEAR)
    >>> round(found.best, 9), found.ratios
    (10.0, array([1.]))
    >>> found = value(distribution, 0.5, LINEAR)
    >>> found.best, found.ideal, found.ratios
    (3.0, 2.0, array([0.]))
    """
    _refuse(distribution, discount, participation)
    due, chances = distribution.ideal, distribution.chances
    start = best = distribution.surplus / (1 - discount)
    ratios = np.ones(len(due))
    for _ in range(IMPROVEMENTS_MAX):
        improved = _best_ratios(discount * best, due, participation)
        kept = float(chances @ (distribution.utility - improved * due))
        again = kept / (1 - discount * float(chances @ participation.of_ratio(improved)))
        if again <= best * (1 + ROUNDING / 100):
            break
        ratios, best = improved, again
    return Value(best, start, ratios)


def value_of_path(utility: Any, budget: Any, discount: float, participation: Participation) -> tuple[Array, Array]:
    """Find the best prices of a buyer who knows all periods to come, and that they end: from the last one backwards.

        G_t = max over 0 <= p <= p_t* of  u_t - p + delta pi(p, p_t*) G_(t+1),      G_T = 0

    In the last period there is nothing left to lose, so nothing is paid in it, whatever the participation function: the
    ideal price needs an end that nobody knows.

    Returns:
        (periods,) G_t, and (periods,) the best prices as parts of the ideal ones.

    Raises:
        OfferError: the discount factor is out of bounds, or an amount is.

    >>> from evenhand.simulation.participation import LINEAR
    >>> value_of_path([3.0, 3.0, 3.0], [2.0, 2.0, 2.0], 0.9, LINEAR)
    (array([4.33, 3.7 , 3.  ]), array([1., 1., 0.]))
    """
    path = Distribution(utility, budget)
    _refuse(path, discount, participation)
    due = path.ideal
    values, ratios = np.zeros(len(due) + 1), np.ones(len(due))
    for t in reversed(range(len(due))):
        later = discount * values[t + 1]
        ratios[t : t + 1] = _best_ratios(later, due[t : t + 1], participation)
        values[t] = path.utility[t] - ratios[t] * due[t] + later * float(participation.of_ratio(ratios[t]))
    return values[:-1], ratios


def assumption_2(distribution: Distribution, discount: float, participation: Participation) -> Finding:
    """Find out whether a cut of the price is never worth its risk.

        delta G* L >= 1,      1 - pi(p, p*) >= L (p* - p) for all p <= p*  [FairShare25, Assumption 2 as in eq. 14]

    with the largest L that holds at every ideal price, s / max p*, and G* of the ideal prices, which is G where the
    assumption holds. The statement of the assumption is lost with the paper's main text; this is what its proof uses.

    >>> from evenhand.simulation.participation import LINEAR
    >>> print(assumption_2(Distribution([3.0], [2.0]), 0.9, LINEAR).statement)
    delta G L is 0.9 * 10 * 0.5 = 4.5, and 1 is enough: no cut of a price is worth its risk
    >>> print(assumption_2(Distribution([2.0], [3.0]), 0.9, LINEAR).statement)
    delta G L is 0.9 * 0 * 0.5 = 0, below 1: the ideal prices leave the buyer nothing, for no budget binds
    """
    _refuse(distribution, discount, participation)
    discount = float(discount)
    largest = float(distribution.ideal[distribution.chances > 0].max())
    lasting = distribution.surplus / (1 - discount)
    risked = discount * participation.steepness * lasting
    holds = risked >= largest
    steep, product = (participation.steepness / largest, risked / largest) if largest else (np.inf, np.inf)
    why = (
        "and 1 is enough: no cut of a price is worth its risk"
        if holds
        else "below 1: the ideal prices leave the buyer nothing, for no budget binds"
        if not distribution.surplus
        else f"below 1: where the ideal price is {largest:.6g}, a cut of it is worth its risk"
    )
    statement = (
        f"delta G L is {discount:g} * {lasting:.6g} * {steep:.6g} = {product:.6g}, {why}"
        if largest
        else "no ideal price is above 0, so there is none to cut"
    )
    return Finding("assumption_2", holds, max(0.0, largest - risked), "exact", len(distribution.ideal), statement)


def ideal_price_is_best(distribution: Distribution, discount: float, participation: Participation) -> Finding:
    """Find out whether the ideal prices are worth most to the buyer [FairShare25, Lemma 3], with what others gain.

    >>> from evenhand.simulation.participation import LINEAR
    >>> print(ideal_price_is_best(Distribution([3.0], [2.0]), 0.5, LINEAR).statement)
    the ideal prices are worth 2, the best ones 3; in 1 of 1 draws less than the ideal price is best
    """
    found = value(distribution, discount, participation)
    cut = int((found.ratios < 1).sum())
    lower = f"in {cut} of {len(found.ratios)} draws less than the ideal price is best"
    statement = f"the ideal prices are worth {found.ideal:.6g}, the best ones {found.best:.6g}; {lower}"
    gap = 0.0 if found.ideal_is_best else found.best - found.ideal
    return Finding("ideal_price_is_best", found.ideal_is_best, gap, "exact", len(found.ratios), statement)


def assumptions(distribution: Distribution, discount: float, participation: Participation) -> Sequence[Finding]:
    """Find out what the paper's lemmas assume of a market, and whether the ideal prices are best in it.

    >>> from evenhand.simulation.participation import EXPONENTIAL
    >>> [(found.claim, found.holds) for found in assumptions(Distribution([3.0], [2.0]), 0.9, EXPONENTIAL)]
    [('assumption_1', True), ('assumption_2', True), ('ideal_price_is_best', True)]
    """
    return [
        assumption_1(participation),
        assumption_2(distribution, discount, participation),
        ideal_price_is_best(distribution, discount, participation),
    ]


def _best_ratios(later: float, due: Array, participation: Participation) -> Array:
    """The best ratios where the rest of the market is worth so much; 1 where nothing is due."""
    ratios = np.ones(len(due))
    some = due > 0
    with np.errstate(over="ignore"):
        ratios[some] = participation.best_ratio(later / due[some])
    return ratios


def _refuse(distribution: Distribution, discount: float, participation: Participation) -> None:
    problems = wrong_participation(participation)
    checks.is_a("distribution", distribution, Distribution, "Use Distribution(utility, budget).", problems)
    checks.discount_for_ever("discount", discount, problems)
    refuse(problems)
