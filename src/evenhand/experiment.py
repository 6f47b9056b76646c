"""What comes of one repeated market under several price regimes, and how sure is it?

The market is replicated batch by batch, all regimes on the same draws; what is kept is what the tables, the charts and
t* need. Results do not depend on the batches: every replication has streams of its own (simulation/periods.py).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from evenhand.errors import Problem, refuse
from evenhand.records import Watch, unwatched
from evenhand.simulation import checks
from evenhand.simulation.regimes import IDEAL, Regime
from evenhand.simulation.repeated import History, in_batches, put_together, several, wrong_market
from evenhand.simulation.setting import RepeatedMarket
from evenhand.simulation.summary import Summary, Threshold, Total, summarise, thresholds, total


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
class Simulated:
    """What came of an experiment."""

    experiment: Experiment
    totals: Mapping[str, Total]
    """by regime; discounted by the first discount."""
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
        OfferError: this is no experiment, or it holds what `compare`, `summarise` and `threshold` refuse; or there is
            not one name for each buyer.

    >>> from evenhand.simulation.regimes import FAIRSHARE, REDUCED
    >>> market = RepeatedMarket(periods=6)
    >>> made = run_experiment(Experiment("", market, ("lab",), (FAIRSHARE, REDUCED), (0.99,), 100, 0, {}))
    >>> made.totals["fairshare"].present.mean.item(), made.totals["reduced"].present.mean.item() < 1
    (10.0, True)
    """
    _refuse(experiment)
    histories = put_together(_batches(experiment, watch))
    first = experiment.discounts[0]
    compared = IDEAL in histories
    return Simulated(
        experiment,
        {name: total(history, first) for name, history in histories.items()},
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


def _refuse(experiment: Experiment) -> None:
    """Refuse an experiment that cannot be made, before anything is drawn."""
    problems: list[Problem] = []
    if not checks.is_a("experiment", experiment, Experiment, "Use that of `read_experiment`.", problems):
        refuse(problems)
    problems += wrong_market(experiment.market)
    several(experiment.regimes, problems)
    for each in checks.some("discounts", experiment.discounts, "Give some, as (0.99,).", problems):
        checks.discount_factor("discount", each, problems)
    checks.runs(experiment.replications, experiment.seed, problems, least=2)
    names = checks.some("buyers", experiment.buyers, 'Give a name for each, as ("lab",).', problems)
    if not problems and len(names) != experiment.market.buyers:
        bound = f"the market has {experiment.market.buyers}"
        problems.append(Problem("buyers", f"are {len(names)} names", bound, "Give a name for each."))
    refuse(problems)


def _batches(experiment: Experiment, watch: Watch) -> Iterator[tuple[str, History]]:
    """Replicate, and keep of profits only the average over sellers: nothing else of them is told."""
    market, count = experiment.market, experiment.replications
    done, whole = 0, count * len(experiment.regimes)
    watch("simulate", done, whole)
    for name, history in in_batches(market, experiment.regimes, replications=count, seed=experiment.seed):
        yield name, replace(history, profit=history.profit.mean(axis=2, keepdims=True))
        done += len(history.present)
        watch("simulate", done, whole)
