"""What comes of one repeated market under several price regimes, and how sure is it?

The market is replicated batch by batch, all regimes on the same draws; what is kept is what the tables, the charts and
t* need. Results do not depend on the batches: every replication has streams of its own (simulation/periods.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from evenhand.records import Watch, unwatched
from evenhand.simulation.regimes import Regime
from evenhand.simulation.repeated import History, repeat
from evenhand.simulation.setting import RepeatedMarket
from evenhand.simulation.summary import Band, Summary, Threshold, band, discounted, summarise, thresholds

BATCH, DRAWS_MAX = 500, 4_000_000
"""So many replications are worked on together, or as many as hold so many utilities."""
IDEAL = "fairshare"


@dataclass(frozen=True, eq=False)
class Experiment:
    """A market that repeats, and what is compared in it."""

    name: str
    market: RepeatedMarket
    buyers: tuple[str, ...]
    regimes: tuple[Regime, ...]
    """One or more, with names of their own."""
    discounts: tuple[float, ...]
    """One or more; tables and charts are of the first."""
    replications: int
    """2 or more."""
    seed: int
    settings: Mapping[str, Any]
    """All that the results follow from, as plain values."""


@dataclass(frozen=True, eq=False)
class Total:
    """What one regime has brought by the end, on average; utility and profit discounted by the first discount."""

    buyer_utility: Band
    """(buyers,)"""
    seller_profit: Band
    """() of a seller, on average over all."""
    present: Band
    """() sellers at the end."""
    bought: Band
    """(buyers,) datasets, over all periods."""


@dataclass(frozen=True, eq=False)
class Simulated:
    """What came of an experiment."""

    experiment: Experiment
    totals: Mapping[str, Total]
    """by regime."""
    summaries: Mapping[float, Mapping[str, Summary]]
    """by discount, by regime."""
    thresholds: Mapping[float, tuple[Mapping[str, Threshold], ...]]
    """by discount, for each buyer, by regime; empty where the ideal price is not among the regimes."""


def run_experiment(experiment: Experiment, watch: Watch = unwatched) -> Simulated:
    """Let the market repeat under every regime, and sum up.

    Args:
        experiment: what to do.
        watch: told how many replications are done, each under one regime, as the stage "simulate".

    Raises:
        OfferError: utilities or costs are of a wrong shape, or out of bounds.

    >>> from evenhand.simulation.regimes import FAIRSHARE, REDUCED
    >>> market = RepeatedMarket(periods=6)
    >>> made = run_experiment(Experiment("", market, ("lab",), (FAIRSHARE, REDUCED), (0.99,), 100, 0, {}))
    >>> made.totals["fairshare"].present.mean.item(), made.totals["reduced"].present.mean.item() < 1
    (10.0, True)
    """
    histories = _histories(experiment, watch)
    first = experiment.discounts[0]
    compared = IDEAL in histories
    return Simulated(
        experiment,
        {name: _total(history, first) for name, history in histories.items()},
        {
            discount: {name: summarise(history, discount) for name, history in histories.items()}
            for discount in experiment.discounts
        },
        {
            discount: tuple(thresholds(histories, discount, buyer) for buyer in range(len(experiment.buyers)))
            for discount in experiment.discounts
            if compared
        },
    )


def _histories(experiment: Experiment, watch: Watch) -> dict[str, History]:
    market, count = experiment.market, experiment.replications
    parts: dict[str, list[History]] = {regime.name: [] for regime in experiment.regimes}
    batch = max(1, min(BATCH, DRAWS_MAX // (market.periods * market.buyers * market.sellers)))
    done, total = 0, count * len(parts)
    watch("simulate", done, total)
    for start in range(0, count, batch):
        drawn = market.draws(experiment.seed, range(start, min(start + batch, count)))
        for regime in experiment.regimes:
            history = repeat(market, regime, drawn)
            # of profits only the average over sellers is told, and it is all that is kept
            parts[regime.name].append(replace(history, profit=history.profit.mean(axis=2, keepdims=True)))
            done += len(drawn.utility)
            watch("simulate", done, total)
    return {name: sum(rest, first) for name, (first, *rest) in parts.items()}


def _total(history: History, discount: float) -> Total:
    return Total(
        band(discounted(history.net_utility, discount)[:, -1]),
        band(discounted(history.profit, discount)[:, -1, 0]),
        band(history.present[:, -1]),
        band(history.bought.sum(axis=1)),
    )
