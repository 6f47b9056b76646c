"""What if the market that repeats buys by a truthful auction in place of posted prices?

The paper's sellers know what every buyer would pay, and every cost is known; nothing is reported, so nothing can be
lied about. Here costs are private. In every period the buyer announces the budget and buys by a rule of
`evenhand.markets.procurement`; winners are paid the highest report that would have won. Truth is then a seller's best
report in each period by itself, and payments keep the budget, to rounding.

Each dataset has a reserve price, its worth: a seller who asks more is passed over, and nobody is paid more. The rules
know a budget and no value, and would pay all of it to the last seller who is left. Truth stays best: among those within
their reserves the rule is as it was, so the highest report that wins is the lower of the reserve and the rule's
threshold.

What does a seller compare a payment with, before deciding whether to leave? There are two readings:

    cost     who is paid the cost or more has no reason to leave; by a truthful rule nobody is ever paid less
    worth    who sells for less than min(u, b) may leave, as if it were the paper's market [FairShare25, eq. 16]

A seller who does not sell has lost nothing, and stays. Procurement has one buyer, and so have these regimes.
"""

from collections.abc import Callable

import numpy as np

from evenhand.errors import OfferError, Problem, unknown
from evenhand.markets.procurement import RULES, Procurement
from evenhand.records import Array
from evenhand.simulation.periods import Period
from evenhand.simulation.regimes import Cleared, Regime, Terms

Compared = Callable[[Period, Array, Array], Array]
"""(period, what each was paid, who sold) -> what each compares it with; both (replications, sellers)."""

COMPARED: dict[str, Compared] = {
    "cost": lambda period, paid, sold: np.where(sold, period.cost, 0.0),
    "worth": lambda period, paid, sold: np.where(sold, np.minimum(period.utility[:, 0], period.budget), 0.0),
}
"""name -> what a seller compares a payment with; 0 where nothing is due."""


def procured(rule: str = "proportional_share", compared_with: str = "cost") -> Regime:
    """Make a regime of an auction that buys under the buyer's budget.

    Args:
        rule: a key of `RULES` that values datasets one by one and keeps the budget.
        compared_with: a key of `COMPARED`.

    Raises:
        OfferError: a name is not known, or the rule does not keep the budget; and, as the market is simulated, there
            are several buyers.

    >>> from evenhand.simulation.repeated import simulate
    >>> from evenhand.simulation.setting import RepeatedMarket
    >>> history = simulate(RepeatedMarket(periods=5, costs=0.1), procured(), replications=20)
    >>> bool((history.profit >= 0).all()), (history.budget - history.spent).min().round(12).item() >= 0
    (True, True)
    """
    suited = [name for name, each in RULES.items() if each.keeps_budget and not each.of_sets]
    problems = [] if rule in suited else [unknown("rule", rule, suited)]
    problems += [] if compared_with in COMPARED else [unknown("compared_with", compared_with, COMPARED)]
    if problems:
        raise OfferError(problems)
    pay = FAST.get(rule) or _one_by_one(rule)

    def clear(period: Period, present: Array, terms: Terms) -> Cleared:
        del terms
        buyers = period.utility.shape[1]
        if buyers != 1:
            bound = "an auction under a budget has one buyer"
            raise OfferError(Problem("budgets", f"are {buyers}", bound, "Simulate a market for each buyer."))
        worth = period.utility[:, 0]
        costs = np.where(present & (period.cost <= worth), period.cost, np.inf)
        thresholds, sold = pay(costs, worth, period.budget[:, 0])
        paid = np.minimum(thresholds, worth)
        return Cleared(sold[:, None], paid, COMPARED[compared_with](period, paid, sold))

    return Regime(rule, f"{rule} under the buyer's budget, at private costs", clear)


def proportional_share(costs: Array, worth: Array, budget: Array) -> tuple[Array, Array]:
    """Buy by proportional share in many markets at once; each row is a market.

    The winners are the longest prefix, by cost per worth, with c_i W_i <= B w_i; all are paid the same per unit of
    worth, the lower of B / W_S and the first loser's cost per worth (markets/procurement/proportional_share.py).

    Args:
        costs: (markets, sellers) reports; inf for those who stay away.
        worth: (markets, sellers).
        budget: (markets,).

    Returns:
        (markets, sellers) what each is paid, and 0/1 who sells.

    >>> proportional_share(np.array([[3.0, 4.0, 9.0]]), np.ones((1, 3)), np.array([10.0]))
    (array([[5., 5., 0.]]), array([[ True,  True, False]]))
    """
    eligible = (worth > 0) & (costs <= budget[:, None])
    density = np.divide(costs, worth, out=np.full(costs.shape, np.inf), where=eligible)
    order = density.argsort(axis=1, kind="stable")
    cost, gain, unit = (np.take_along_axis(each, order, axis=1) for each in (costs, worth, density))
    ahead = np.cumsum(gain, axis=1)
    offered = unit < np.inf
    fits = np.where(offered, cost, 0.0) * ahead <= budget[:, None] * gain
    # unit cost times worth ahead only grows, so those who fit are a prefix already, but for rounding at a tie
    wins = np.logical_and.accumulate(offered & fits, axis=1)
    count = wins.sum(axis=1)
    rows = np.arange(len(costs))
    bought = ahead[rows, np.maximum(count - 1, 0)]
    loser = np.append(unit, np.full((len(unit), 1), np.inf), axis=1)[rows, count]
    share = np.divide(budget, bought, out=np.zeros(len(budget)), where=count > 0)
    paid, sold = np.zeros(costs.shape), np.zeros(costs.shape, bool)
    np.put_along_axis(sold, order, wins, axis=1)
    np.put_along_axis(paid, order, np.where(wins, gain * np.minimum(share, loser)[:, None], 0.0), axis=1)
    return paid, sold


FAST = {"proportional_share": proportional_share}
"""Rules that clear many markets at once; the others clear one after another."""


def _one_by_one(rule: str) -> Callable[[Array, Array, Array], tuple[Array, Array]]:
    def pay(costs: Array, worth: Array, budget: Array) -> tuple[Array, Array]:
        paid, sold = np.zeros(costs.shape), np.zeros(costs.shape, bool)
        for row in np.flatnonzero((budget > 0) & (np.isfinite(costs) & (worth > 0)).any(axis=1)):
            cleared = Procurement(worth[row], float(budget[row]), rule).clear(costs[row])
            sold[row] = cleared.allocation.quantity == 1
            paid[row] = np.where(sold[row], cleared.highest_asked, 0.0)
        return paid, sold

    return pay
