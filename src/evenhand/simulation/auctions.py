"""What if the market that repeats buys by a truthful auction in place of posted prices?

The paper's sellers know what every buyer would pay, and every cost is known; nothing is reported, so nothing can be
lied about. Here costs are private. In every period the buyer announces the budget and buys by a rule of
`evenhand.markets.procurement`; winners are paid the highest report that would have won. Truth is then a seller's best
report in each period by itself, and payments keep the budget, to rounding.

Each dataset has a reserve price, its utility to the buyer: a seller who asks more is passed over, and nobody is paid
more. The rules know a budget and no value, and would pay all of it to the last seller who is left. Truth stays best:
among those within their reserves the rule is as it was, so the highest report that wins is the lower of the reserve and
the rule's threshold.

What does a seller compare a payment with, before deciding whether to leave? There are two readings:

    cost         who is paid the cost or more has no reason to leave; by a truthful rule nobody is ever paid less
    ideal_price  who sells for less than min(u, b), the ideal price of one buyer and one seller, may leave, as if it
                 were the paper's market [FairShare25, eq. 16]

A seller who does not sell has lost nothing, and stays.

One buyer holds the auction. With several, each could hold one of their own, but truth would not stay best, since
selling costs a seller once, however many buy. Where two buyers would pay up to 3 and up to 1 and the cost is 2, the
truth sells to the first and leaves 3 - 2 = 1; a report of 1 sells to both and leaves 3 + 1 - 2 = 2.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from evenhand.errors import OfferError, Problem, refuse
from evenhand.markets.procurement import RULES, Procurement
from evenhand.records import Array
from evenhand.simulation.checks import key, text
from evenhand.simulation.periods import Period
from evenhand.simulation.regimes import Cleared, Regime, Terms

Compared = Callable[[Period, Array, Array], Array]
"""(period, what each was paid, who sold) -> what each compares it with; both (replications, sellers)."""

COMPARED: dict[str, Compared] = {
    "cost": lambda period, paid, sold: np.where(sold, period.cost, 0.0),
    "ideal_price": lambda period, paid, sold: np.where(sold, np.minimum(period.utility[:, 0], period.budget), 0.0),
}
"""name -> what a seller compares a payment with; 0 where nothing is due."""

SUITED = tuple(name for name, rule in RULES.items() if rule.keeps_budget and not rule.of_sets)
"""The rules that may buy: they keep the budget, and value datasets one by one."""

_SAID = {
    "cost": "the cost",
    "ideal_price": "the ideal price: the utility of the dataset, or the budget where that is less",
}
"""name -> what it is, in a sentence."""


@dataclass(frozen=True)
class Auction:
    """Clears a period by an auction; this is a `Clear`."""

    rule: str
    """One of `SUITED`."""
    compared_with: str
    """A key of `COMPARED`."""

    def __call__(self, period: Period, present: Array, terms: Terms) -> Cleared:
        """Let those who are present report their costs, and buy; the terms are those of posted prices.

        Raises:
            OfferError: there are several buyers.
        """
        del terms
        buyers = period.utility.shape[1]
        if buyers != 1:
            bound = "an auction under a budget has one buyer"
            raise OfferError(Problem("budgets", f"are {buyers}", bound, "Simulate a market for each buyer."))
        worth = period.utility[:, 0]
        costs = np.where(present & (period.cost <= worth), period.cost, np.inf)
        thresholds, sold = _buy(self.rule, costs, worth, period.budget[:, 0])
        paid = np.minimum(thresholds, worth)
        return Cleared(sold[:, None], paid, COMPARED[self.compared_with](period, paid, sold))


def auction(rule: str = "proportional_share", compared_with: str = "cost", *, name: str = "auction") -> Regime:
    """Make a regime of an auction that buys under the buyer's budget.

    Args:
        rule: one of `SUITED`.
        compared_with: a key of `COMPARED`.
        name: what tables call it; two auctions that are compared have names of their own.

    Raises:
        OfferError: a rule or a reading is not known, the rule does not keep the budget, or the name is no text; and, as
            the market is simulated, there are several buyers.

    >>> from evenhand.simulation.repeated import simulate
    >>> from evenhand.simulation.setting import RepeatedMarket
    >>> history = simulate(RepeatedMarket(periods=5, costs=0.1), auction(), replications=20)
    >>> bool((history.profit >= 0).all()), (history.budget - history.spent).min().round(12).item() >= 0
    (True, True)
    """
    problems: list[Problem] = []
    key("rule", rule, SUITED, problems)
    key("compared_with", compared_with, COMPARED, problems)
    text("name", name, problems)
    refuse(problems)
    description = (
        f"an auction under the buyer's budget, by {rule}, at private costs; before leaving, a seller compares what is "
        f"paid with {_SAID[compared_with]}"
    )
    return Regime(name, description, Auction(rule, compared_with))


def proportional_share(costs: Array, worth: Array, budget: Array) -> tuple[Array, Array]:
    """Buy by proportional share in many markets at once; each row is a market.

    Those who ask more than the budget are left out. The winners are the longest prefix of the others, by cost per
    worth, with c_i W_i <= B w_i; all are paid the same per unit of worth, the lower of B / W_S and the first loser's
    cost per worth (markets/procurement/proportional_share.py).

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


def _buy(rule: str, costs: Array, worth: Array, budget: Array) -> tuple[Array, Array]:
    """Give what each is paid at most by the rule, and 0/1 who sells; shapes as in `proportional_share`."""
    if rule in FAST:
        return FAST[rule](costs, worth, budget)
    paid, sold = np.zeros(costs.shape), np.zeros(costs.shape, bool)
    for row in np.flatnonzero((budget > 0) & (np.isfinite(costs) & (worth > 0)).any(axis=1)):
        cleared = Procurement(worth[row], float(budget[row]), rule).clear(costs[row])
        sold[row] = cleared.allocation.quantity == 1
        paid[row] = np.where(sold[row], cleared.highest_asked, 0.0)
    return paid, sold
