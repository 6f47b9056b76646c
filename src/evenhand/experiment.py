"""What comes of one repeated market under several price regimes, and how sure is it?

The market is replicated batch by batch, all regimes on the same draws; what is kept is what the tables, the charts and
t* need. Results do not depend on the batches: every replication has streams of its own (simulation/periods.py).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from evenhand.records import Watch, unwatched
from evenhand.simulation.discounting import discounted
from evenhand.simulation.regimes import IDEAL, Regime
from evenhand.simulation.repeated import History, in_batches, put_together
from evenhand.simulation.setting import RepeatedMarket
from evenhand.simulation.summary import Band, Summary, Threshold, band, summarise, thresholds


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
    histories = put_together(_batches(experiment, watch))
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


def _batches(experiment: Experiment, watch: Watch) -> Iterator[tuple[str, History]]:
    """Replicate, and keep of profits only the average over sellers: nothing else of them is told."""
    market, count = experiment.market, experiment.replications
    done, total = 0, count * len(experiment.regimes)
    watch("simulate", done, total)
    for name, history in in_batches(market, experiment.regimes, replications=count, seed=experiment.seed):
        yield name, replace(history, profit=history.profit.mean(axis=2, keepdims=True))
        done += len(history.present)
        watch("simulate", done, total)


def _total(history: History, discount: float) -> Total:
    return Total(
        band(discounted(history.net_utility, discount)[:, -1]),
        band(discounted(history.profit, discount)[:, -1, 0]),
        band(history.present[:, -1]),
        band(history.bought.sum(axis=1)),
    )
