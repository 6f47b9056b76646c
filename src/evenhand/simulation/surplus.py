"""Who gets what data is worth, under each price regime, and with how many buyers?

The ideal price of the paper is the seller's monopoly price. It equals what some buyer would pay at most, so it leaves
that buyer nothing, unless the budget binds: with one buyer, or with buyers to whom data is worth the same, "fair share"
gives the buyers what their budgets fall short of the worth, and 0 where they do not. What buyers of different tastes
keep is what any monopolist cannot take with a single price.

What could be gained in a period is what all datasets are worth to all buyers, less the costs of those that are worth
selling. A regime divides it into what buyers keep, what sellers earn, and what is lost because data was not sold or its
seller had left.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evenhand.records import Array
from evenhand.simulation.periods import Draws
from evenhand.simulation.regimes import REGIMES, Regime
from evenhand.simulation.repeated import compare
from evenhand.simulation.setting import RepeatedMarket
from evenhand.simulation.summary import Band, band


@dataclass(frozen=True, eq=False)
class Division:
    """How what could be gained over all periods was divided: parts of it, with bands.

    The three means sum to 1; where nothing could be gained, all are 0.
    """

    regime: str
    buyers: int
    to_buyers: Band
    to_sellers: Band
    lost: Band


def division_of_surplus(
    market: RepeatedMarket,
    regimes: Iterable[Regime | str] = tuple(REGIMES),
    buyers: Sequence[int] = (1, 2, 5),
    *,
    replications: int = 200,
    seed: int = 0,
) -> list[Division]:
    """Measure who gets what data is worth, by regime and number of buyers, who all have the first buyer's budget.

    Args:
        market: in which it is measured; its participation function decides what is lost.
        regimes: as for `compare`.
        buyers: how many, one market for each number.
        replications, seed: as for `simulate`; two replications or more.

    Raises:
        OfferError: as for `compare`.

    Where budgets do not bind, the ideal price leaves the buyers nothing:

    >>> [one] = division_of_surplus(RepeatedMarket(periods=9, budgets=[(1, 1)]), ["fairshare"], [1], replications=50)
    >>> one.to_buyers.mean.round(12).item(), one.to_sellers.mean.round(12).item()
    (0.0, 1.0)
    """
    known = list(regimes)
    found = []
    for count in buyers:
        several = replace(market, budgets=(market.budgets[0],) * count)
        possible = most_to_gain(several.draws(seed, range(replications)))
        for name, history in compare(several, known, replications=replications, seed=seed).items():
            kept, earned = history.net_utility.sum(axis=(1, 2)), history.profit.sum(axis=(1, 2))
            found.append(
                Division(name, count, *(_part(amount, possible) for amount in (kept, earned, possible - kept - earned)))
            )
    return found


def most_to_gain(drawn: Draws) -> Array:
    """Give what could be gained in all periods: (replications,) money."""
    gains = np.maximum(drawn.utility.sum(axis=2) - drawn.cost, 0.0)
    return np.asarray(gains.sum(axis=(1, 2)))


def _part(amount: Array, possible: Array) -> Band:
    """Give the mean amount as a part of the mean that is possible; the band is that of a ratio of two means."""
    whole = possible.mean()
    if not whole:
        return band(np.zeros(len(amount)))
    part = amount.mean() / whole
    return band(part + (amount - part * possible) / whole)
