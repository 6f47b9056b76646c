"""What do many replications say, and how sure is it?

Every mean comes with a band: with s the standard deviation over R replications, the mean lies within

    mean -+ t(0.975, R - 1) s / sqrt(R)

in 95 of 100 samples (of that many replications, the mean is near enough to normal). Bands hold period by period, not
for the whole curve at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.records import Array
from evenhand.simulation.horizon import last_behind, single_crossing
from evenhand.simulation.regimes import IDEAL
from evenhand.simulation.repeated import History

CONFIDENCE = 0.95


@dataclass(frozen=True, eq=False)
class Band:
    """A mean over replications, and where it may lie."""

    mean: Array
    low: Array
    high: Array


@dataclass(frozen=True, eq=False)
class Summary:
    """What a price regime has brought by the end of each period, on average over replications."""

    buyer_utility: Band
    """(periods, buyers) net utility so far, discounted."""
    seller_profit: Band
    """(periods,) profit so far, discounted, averaged over all sellers, whether they stayed or not."""
    present: Band
    """(periods,) sellers in the market."""
    bought: Band
    """(periods, buyers) datasets bought in the period."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Until when paying less has paid off for a buyer: t* [FairShare25, eq. 17, Lemma 4]."""

    period: int
    """t*: the last period, counted from 0, by whose end the other regime was worth as much or more; -1 for none.
    Where the ideal price is not `ahead`, it is the last period looked at, and no t*."""
    low: int
    high: int
    """Where the means could cross as well, by their bands."""
    ahead: bool
    """Whether the ideal price is ahead at the end; if not, t* is later than was looked at, or never comes."""
    single_crossing: bool
    """Whether the mean advantage, once above 0, is never below: then t* falls as the discount factor rises."""
    same: bool = False
    """Whether both leave the buyer the same in every period of every replication: there is then nothing to cross."""


def band(samples: Any) -> Band:
    """Give the mean over replications, the first axis, with its band of 95 %.

    Raises:
        OfferError: there are fewer than two replications.

    >>> found = band([1.0, 2.0, 3.0])
    >>> found.mean.item(), round(found.low.item(), 3), round(found.high.item(), 3)
    (2.0, -0.484, 4.484)
    """
    given = np.asarray(samples, float)
    if not given.ndim or len(given) < 2:
        found, bound = f"are {len(given) if given.ndim else 0}", "a band takes two or more"
        raise OfferError(Problem("replications", found, bound, "Use 1000."))
    from scipy.special import stdtrit

    mean = given.mean(axis=0)
    half = stdtrit(len(given) - 1, (1 + CONFIDENCE) / 2) * given.std(axis=0, ddof=1) / np.sqrt(len(given))
    return Band(mean, mean - half, mean + half)


def summarise(history: History, discount: float = 1.0) -> Summary:
    """Sum up what a regime has brought, period by period.

    Args:
        history: of `simulate`.
        discount: delta, above 0 and at most 1: what an amount is worth that comes one period later.

    Raises:
        OfferError: the discount is out of bounds, or there are fewer than two replications.

    >>> from evenhand.simulation.setting import RepeatedMarket
    >>> from evenhand.simulation.repeated import simulate
    >>> told = summarise(simulate(RepeatedMarket(periods=3), replications=100), discount=0.99)
    >>> told.present.mean, told.bought.mean.shape
    (array([10., 10., 10.]), (3, 1))
    """
    return Summary(
        band(discounted(history.net_utility, discount)),
        band(discounted(history.profit.mean(axis=2), discount)),
        band(history.present),
        band(history.bought),
    )


def discounted(amounts: Array, discount: float) -> Array:
    """Give the discounted sum up to the end of each period; periods are the second axis.

    >>> discounted(np.array([[1.0, 1.0, 1.0]]), 0.5)
    array([[1.  , 1.5 , 1.75]])
    """
    if not 0 < discount <= 1:
        bound = "it is above 0, and at most 1"
        raise OfferError(Problem("discount", f"is {discount!r:.60}", bound, "Use 0.99 for one per cent a period."))
    weights = discount ** np.arange(amounts.shape[1])
    return np.asarray(np.cumsum(amounts * weights.reshape(-1, *[1] * (amounts.ndim - 2)), axis=1))


def threshold(ideal: History, other: History, discount: float, buyer: int = 0) -> Threshold:
    """Find until when another regime has paid off for a buyer, against the ideal price on the same draws.

    Args:
        ideal: the history under "fairshare".
        other: the history under another regime, of the same market, seed and replications.
        discount: delta, above 0 and at most 1.
        buyer: which.

    Raises:
        OfferError: the discount or the buyer is out of bounds, or the histories differ in shape.

    >>> from evenhand.simulation.setting import RepeatedMarket
    >>> from evenhand.simulation.repeated import compare
    >>> both = compare(RepeatedMarket(), ["fairshare", "reduced"], replications=300)
    >>> threshold(both["fairshare"], both["reduced"], 0.99).single_crossing
    True
    """
    problems = []
    if ideal.net_utility.shape != other.net_utility.shape:
        found = f"have shapes {ideal.net_utility.shape} and {other.net_utility.shape}"
        problems.append(Problem("histories", found, "they come from one `compare`", "Simulate both on the same draws."))
    if not 0 <= buyer < ideal.net_utility.shape[2]:
        bound = f"there are {ideal.net_utility.shape[2]}, counted from 0"
        problems.append(Problem("buyer", f"is {buyer!r:.60}", bound, "Use 0 for the first."))
    if problems:
        raise OfferError(problems)
    advantage = ideal.net_utility[:, :, buyer] - other.net_utility[:, :, buyer]
    sums = band(discounted(advantage, discount))
    period, late, early = (_last_behind(each) for each in (sums.mean, sums.low, sums.high))
    ahead, same = bool(sums.mean[-1] > 0), not advantage.any()
    return Threshold(period, early, late, ahead, single_crossing(advantage.mean(axis=0)), same)


def thresholds(histories: Mapping[str, History], discount: float, buyer: int = 0) -> dict[str, Threshold]:
    """Find t* of every regime beside "fairshare".

    Raises:
        OfferError: as for `threshold`; or the ideal price was not simulated.
    """
    if IDEAL not in histories:
        found, bound = f"hold {', '.join(histories)}", "others are measured against the ideal price"
        raise OfferError(Problem("regimes", found, bound, f'Add "{IDEAL}".'))
    ideal = histories[IDEAL]
    return {name: threshold(ideal, each, discount, buyer) for name, each in histories.items() if name != IDEAL}


def _last_behind(sums: Array) -> int:
    """t* of sums that are discounted and added up already."""
    return int(last_behind(np.diff(sums, prepend=0.0), 1.0))
