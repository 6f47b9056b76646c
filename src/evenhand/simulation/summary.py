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

from evenhand.errors import OfferError, Problem, refuse
from evenhand.records import Array
from evenhand.simulation import checks
from evenhand.simulation.discounting import balance, discounted, last_behind, settled
from evenhand.simulation.horizon import single_crossing
from evenhand.simulation.regimes import IDEAL
from evenhand.simulation.repeated import History

CONFIDENCE = 0.95


@dataclass(frozen=True, eq=False)
class Band:
    """A mean over replications, and where it may lie.

    `mean`, and `low` and `high` around it, have the axes of what is averaged, without that of replications: those of
    each field of `Summary` and `Total` stand there, as (periods, buyers).
    """

    mean: Array
    low: Array
    """Where the band of 95 % begins."""
    high: Array
    """Where it ends."""

    def of(self, buyer: int) -> "Band":
        """Give the band of one buyer, the last axis.

        >>> Band(np.array([1.0, 2.0]), np.array([0.5, 1.5]), np.array([1.5, 2.5])).of(1).mean.item()
        2.0
        """
        return Band(*(np.asarray(each)[..., buyer] for each in (self.mean, self.low, self.high)))


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


@dataclass(frozen=True, eq=False)
class Total:
    """What a price regime has brought by the end of all periods, on average over replications."""

    buyer_utility: Band
    """(buyers,) net utility of each buyer, discounted."""
    seller_profit: Band
    """() profit, discounted, averaged over all sellers, whether they stayed or not."""
    present: Band
    """() sellers in the market in the last period."""
    bought: Band
    """(buyers,) datasets bought, in all periods together."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Until when paying less has paid off for a buyer: t* [FairShare25, eq. 17, Lemma 4].

    All fields are single values. `ahead` tells whether there is a t* at all. If so, `period` is t*, and `low` and
    `high` are where it could be as well; if not, `same` tells whether that is for want of any difference, and `nearing`
    whether a longer market may bring it.
    """

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
    nearing: bool = True
    """Whether the ideal price was worth more than the other regime in the last period by itself, on average: where it
    is neither ahead nor nearing, a longer market need not bring t*."""


def band(samples: Any) -> Band:
    """Give the mean over replications, the first axis, with its band of 95 %.

    Raises:
        OfferError: a sample is no finite number, or there are fewer than two replications.

    >>> found = band([1.0, 2.0, 3.0])
    >>> found.mean.item(), round(found.low.item(), 3), round(found.high.item(), 3)
    (2.0, -0.484, 4.484)
    """
    problems: list[Problem] = []
    given = checks.numbers("samples", samples, problems)
    refuse(problems)
    half = half_width(given)
    mean = np.asarray(given.mean(axis=0))
    return Band(mean, mean - half, mean + half)


def half_width(samples: Array) -> Array:
    """Give by how much the band reaches to either side of the mean over replications, the first axis.

    Raises:
        OfferError: there are fewer than two replications.
    """
    count = len(samples) if samples.ndim else 0
    if count < 2:
        raise OfferError(Problem("replications", f"are {count}", "a band takes two or more", "Use 1000."))
    from scipy.special import stdtrit

    return np.asarray(stdtrit(count - 1, (1 + CONFIDENCE) / 2) * samples.std(axis=0, ddof=1) / np.sqrt(count))


def summarise(history: History, discount: float = 1.0) -> Summary:
    """Sum up what a regime has brought, period by period.

    Args:
        history: of `simulate`.
        discount: delta, the discount factor, above 0 and at most 1.

    Raises:
        OfferError: this is no history, the discount factor is out of bounds, or there are fewer than two replications.

    >>> from evenhand.simulation.setting import RepeatedMarket
    >>> from evenhand.simulation.repeated import simulate
    >>> found = summarise(simulate(RepeatedMarket(periods=3), replications=100), discount=0.99)
    >>> found.present.mean, found.bought.mean.shape
    (array([10., 10., 10.]), (3, 1))
    """
    problems = _wrong_histories(history)
    checks.discount_factor("discount", discount, problems)
    refuse(problems)
    return Summary(
        band(discounted(history.net_utility, discount)),
        band(discounted(history.profit.mean(axis=2), discount)),
        band(history.present),
        band(history.bought),
    )


def total(history: History, discount: float = 1.0) -> Total:
    """Sum up what a regime has brought by the end.

    Args:
        history: of `simulate`.
        discount: delta, the discount factor, above 0 and at most 1.

    Raises:
        OfferError: as for `summarise`.

    >>> from evenhand.simulation.setting import RepeatedMarket
    >>> from evenhand.simulation.repeated import simulate
    >>> found = total(simulate(RepeatedMarket(periods=3), replications=100), discount=0.99)
    >>> found.present.mean.item(), found.bought.mean.shape
    (10.0, (1,))
    """
    problems = _wrong_histories(history)
    checks.discount_factor("discount", discount, problems)
    refuse(problems)
    return Total(
        band(discounted(history.net_utility, discount)[:, -1]),
        band(discounted(history.profit.mean(axis=2), discount)[:, -1]),
        band(history.present[:, -1]),
        band(history.bought.sum(axis=1)),
    )


def threshold(ideal: History, other: History, discount: float, buyer: int = 0) -> Threshold:
    """Find until when another regime has paid off for a buyer, against the ideal price on the same draws.

    Args:
        ideal: the history under "fairshare".
        other: the history under another regime, of the same market, seed and replications.
        discount: delta, the discount factor, above 0 and at most 1.
        buyer: which, counted from 0.

    Raises:
        OfferError: the discount factor or the buyer is out of bounds, there are fewer than two replications, or the
            histories differ in shape.

    >>> from evenhand.simulation.setting import RepeatedMarket
    >>> from evenhand.simulation.repeated import compare
    >>> both = compare(RepeatedMarket(), ["fairshare", "reduced"], replications=300)
    >>> threshold(both["fairshare"], both["reduced"], 0.99).single_crossing
    True
    """
    problems = _wrong_histories(ideal, other)
    checks.discount_factor("discount", discount, problems)
    if not problems:
        problems += _not_of_one_market(ideal, other)
        checks.index("buyer", buyer, ideal.net_utility.shape[2], problems)
    refuse(problems)
    advantage = _advantage(ideal, other, buyer)
    # replications that outweigh each other are a tie, whatever rounding leaves of their mean
    moved = np.abs(advantage).mean(axis=0)
    of_a_period = settled(advantage.mean(axis=0), moved)
    sums, half = balance(of_a_period, discount, moved), half_width(discounted(advantage, discount))
    period, late, early = (int(last_behind(each)) for each in (sums, sums - half, sums + half))
    return Threshold(
        period,
        early,
        late,
        ahead=bool(sums[-1] > 0),
        single_crossing=single_crossing(of_a_period),
        same=not advantage.any(),
        nearing=bool(of_a_period[-1] > 0),
    )


def thresholds(histories: Mapping[str, History], discount: float, buyer: int = 0) -> dict[str, Threshold]:
    """Find t* of every regime beside "fairshare".

    Raises:
        OfferError: as for `threshold`; or the ideal price was not simulated.
    """
    problems: list[Problem] = []
    checks.is_a("histories", histories, Mapping, "Use those of `compare`.", problems)
    refuse(problems)
    if IDEAL not in histories:
        found, bound = f"hold {', '.join(map(str, histories)) or 'none'}", "others are measured against the ideal price"
        raise OfferError(Problem("regimes", found, bound, f'Add "{IDEAL}".'))
    ideal = histories[IDEAL]
    return {name: threshold(ideal, each, discount, buyer) for name, each in histories.items() if name != IDEAL}


def _advantage(ideal: History, other: History, buyer: int) -> Array:
    """Give by how much the ideal price leaves a buyer more: (replications, periods); 0 where it is only rounding."""
    kept, moved = ([getattr(each, name)[:, :, buyer] for each in (ideal, other)] for name in ("net_utility", "spent"))
    ahead = kept[0] - kept[1]
    return settled(ahead, np.abs(kept).sum(axis=0) + np.sum(moved, axis=0))


def _wrong_histories(*given: Any) -> list[Problem]:
    """Note what is no history."""
    problems: list[Problem] = []
    for each in given:
        checks.is_a("history", each, History, "Use that of `simulate`, or those of `compare`.", problems)
    return problems


def _not_of_one_market(ideal: History, other: History) -> list[Problem]:
    if ideal.net_utility.shape == other.net_utility.shape:
        return []
    found = f"have shapes {ideal.net_utility.shape} and {other.net_utility.shape}"
    return [Problem("histories", found, "they come from one `compare`", "Simulate both on the same draws.")]
