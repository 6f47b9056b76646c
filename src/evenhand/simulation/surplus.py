"""Who gets what data is worth, under each price regime, and with how many buyers?

The ideal price of the paper is the seller's monopoly price. It equals what some buyer would pay at most, so it leaves
that buyer nothing, unless the budget binds: with one buyer, or with buyers of equal utilities, "fair share" gives the
buyers what their budgets fall short of it, and 0 where they do not. What buyers of different tastes keep is what any
monopolist cannot take with a single price.

What could be gained in a period is the utility of all datasets to all buyers, less the costs of those that are worth
selling. A regime divides it into what buyers keep, what sellers earn, and what is lost because data was not sold or its
seller had left. Regimes are compared on the same draws, for the same number of buyers; with more of them there is more
to gain, so between numbers of buyers compare parts, and no amounts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evenhand.errors import refuse
from evenhand.records import Array
from evenhand.simulation import checks
from evenhand.simulation.periods import Draws
from evenhand.simulation.regimes import REGIMES, Regime
from evenhand.simulation.repeated import History, compare, rows_at_once, several, wrong_market
from evenhand.simulation.setting import RepeatedMarket
from evenhand.simulation.summary import Band, band


@dataclass(frozen=True, eq=False)
class Division:
    """How what could be gained over all periods, not discounted, was divided.

    The three parts have no unit and sum to 1; where nothing could be gained, all are 0. Each is the mean amount over
    replications divided by the mean of what could be gained, with the band of such a ratio.
    """

    regime: str
    buyers: int
    """How many there are."""
    to_buyers: Band
    """What all buyers together keep beyond what they pay."""
    to_sellers: Band
    """What all sellers together are paid beyond their costs."""
    lost: Band
    """What nobody has."""


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
        OfferError: as for `compare`; or a number of buyers is none.

    Where budgets do not bind, the ideal price leaves the buyers nothing:

    >>> [one] = division_of_surplus(RepeatedMarket(periods=9, budgets=[(1, 1)]), ["fairshare"], [1], replications=50)
    >>> one.to_buyers.mean.round(12).item(), one.to_sellers.mean.round(12).item()
    (0.0, 1.0)
    """
    problems = wrong_market(market)
    known = several(regimes, problems)
    counts = checks.some("buyers", buyers, "Give some, as [1, 2, 5].", problems)
    for place, count in enumerate(counts):
        checks.whole(f"buyers[{place}]", count, 1, 2, problems)
    checks.runs(replications, seed, problems, least=2)
    refuse(problems)
    refuse(market.memory_of(max(counts)).too_much(replications, len(known)))
    found: list[Division] = []
    for count in counts:
        together = replace(market, budgets=(market.budgets[0],) * count)
        found += _divided(together, compare(together, known, replications=replications, seed=seed), seed)
    return found


def _divided(market: RepeatedMarket, histories: Mapping[str, History], seed: int) -> Iterator[Division]:
    """Give how each regime divided what could be gained, on the draws that it was simulated on."""
    replications = len(next(iter(histories.values())).present)
    drawn = (market.draws(seed=seed, replications=rows) for rows in rows_at_once(market, replications))
    possible = np.concatenate([most_to_gain(each) for each in drawn])
    for name, history in histories.items():
        kept, earned = history.net_utility.sum(axis=(1, 2)), history.profit.sum(axis=(1, 2))
        parts = (_part(amount, possible) for amount in (kept, earned, possible - kept - earned))
        yield Division(name, market.buyers, *parts)


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
