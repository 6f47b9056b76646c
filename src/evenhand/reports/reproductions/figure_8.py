"""Figure 8 of [Fan25]: what does one report do to everyone's sales? The seller's own fall; the others' may rise."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from evenhand.market import Clearing
from evenhand.properties.strategy import leaning
from evenhand.records import Array
from evenhand.reports.linecharts import Curve, Mark, Panel
from evenhand.reports.notation import points, rounded, said
from evenhand.reports.reproductions.figure import Figure, Watched, beside, grid, percent
from evenhand.reports.reproductions.paper_market import PAPER, SELLER, Drawn, Setup, drawn
from evenhand.reports.reproductions.sweep import best_report, cleared_at, sold


@dataclass(frozen=True, slots=True)
class Config:
    """What is drawn: of the seeds from 0 on, the first of which a condition holds at all reports."""

    setup: Setup = PAPER
    reports: tuple[float, ...] = grid(1.0, 20.0, 0.5)
    fall_min: float = 0.1
    """in the second market the others' total and its cost fall at every step, the total by so much of itself in all."""
    seeds_max: int = 100_000
    counted: int = 2_000
    """in so many markets, from seed 0 on, it is counted how often the others' total falls."""


SHOWS = (
    "What the first seller sells, f, and what all others sell together, against the first seller's report, in two "
    "random markets: one with positive weights only, one with weights of both signs. The first always falls; the "
    "second can rise or fall."
)


def recompute(watch: Watched, config: Config = Config()) -> Figure:
    """Compute the figure again, telling `watch` how far it is."""
    steps = config.counted + 2
    found = {"positive": _first(_all_positive, config)}
    watch(1, steps)
    found["mixed"] = _first(_both_signs_and_falling, config)
    numbers = {"true_cost": config.setup.own_cost, **_counts(lambda done: watch(2 + done, steps), config)}
    panels = []
    for name, market in found.items():
        along = cleared_at(market, config.reports)
        own, others = sold(along)[:, SELLER], _others(along)
        numbers |= {
            f"{name}_seed": float(market.seed),
            f"{name}_least_weight": rounded(min(map(_least, along))),
            f"{name}_own_first": rounded(own[0]),
            f"{name}_own_last": rounded(own[-1]),
            f"{name}_others_first": rounded(others[0]),
            f"{name}_others_last": rounded(others[-1]),
            f"{name}_others_change": rounded(others[-1] / others[0] - 1),
            f"{name}_leave_one_out_best": rounded(best_report(market, "leave_one_out")),
        }
        panels.append(_panel(name, own, others, numbers, config))
    return Figure(
        name="8",
        title="A dearer seller sells less; what the others sell can rise or fall",
        source="Fan25",
        shows=SHOWS,
        finds=_finds(numbers, config),
        config=config,
        drawn={name: asdict(market) for name, market in found.items()},
        panels=tuple(panels),
        numbers=numbers,
        columns=2,
    )


def _first(holds: Callable[[Drawn, Config], bool], config: Config) -> Drawn:
    for seed in range(config.seeds_max):
        market = drawn(config.setup, seed)
        if holds(market, config):
            return market
    raise AssertionError(f"no such market among {config.seeds_max} seeds")


def _all_positive(market: Drawn, config: Config) -> bool:
    """Say whether no weight is negative at any report; at the truth first, where nearly all markets fail."""
    (at_truth,) = cleared_at(market, [config.setup.own_cost])
    return _least(at_truth) > 0 and all(_least(each) > 0 for each in cleared_at(market, config.reports))


def _both_signs_and_falling(market: Drawn, config: Config) -> bool:
    ends = cleared_at(market, [config.reports[0], config.reports[-1]])
    first, last = _others(ends)
    if min(map(_least, ends)) >= 0 or last > (1 - config.fall_min) * first:
        return False
    along = cleared_at(market, config.reports)
    return bool((np.diff(_others(along)) < 0).all() and (np.diff(_others_cost(market, along)) < 0).all())


def _counts(told: Callable[[int], None], config: Config) -> dict[str, float]:
    """Count how often what the figure shows happens at all."""
    positive = falls = cost_falls = 0
    for seed in range(config.counted):
        market = drawn(config.setup, seed)
        ends = cleared_at(market, [config.reports[0], config.reports[-1]])
        first, last = _others(ends)
        positive += min(map(_least, ends)) > 0
        falls += bool(last < first)
        cost_falls += leaning(market.market, market.costs, SELLER).sign < 0
        told(seed + 1)
    return {"count_positive": positive, "count_others_fall": falls, "count_others_cost_falls": cost_falls}


def _least(cleared: Clearing) -> float:
    return float(cleared.allocation.weights.min())


def _others(cleared: Sequence[Clearing]) -> Array:
    """Give what all others sell together: (reports,)."""
    return np.asarray(sold(cleared)[:, SELLER + 1 :].sum(axis=1))


def _others_cost(market: Drawn, cleared: Sequence[Clearing]) -> Array:
    """Give what it costs them: (reports,)."""
    return np.asarray(sold(cleared)[:, SELLER + 1 :] @ np.array(market.costs[SELLER + 1 :]))


def _panel(name: str, own: Array, others: Array, numbers: dict[str, float], config: Config) -> Panel:
    x, truth = points(config.reports), config.setup.own_cost
    n = {key.removeprefix(f"{name}_"): said(number) for key, number in numbers.items() if key.startswith(name)}
    kind = "all weights positive" if name == "positive" else "weights of both signs"
    return Panel(
        title=f"Quantities, {kind} (seed {int(numbers[f'{name}_seed'])})",
        across="report of the seller, money per unit",
        up="quantity f, the sum of squared weights",
        says=(
            f"As the report rises, what the seller sells falls from {n['own_first']} to {n['own_last']}, and what all "
            f"others sell goes from {n['others_first']} to {n['others_last']}."
        ),
        curves=(Curve("the seller", x, points(own)), Curve("all others", x, points(others), "second")),
        marks=(Mark(f"true cost {said(truth)}", truth),),
        from_zero=True,
    )


def _finds(numbers: dict[str, float], config: Config) -> tuple[str, ...]:
    truth = numbers["true_cost"]
    n = {name: said(number) for name, number in numbers.items()}

    def moves(name: str) -> str:
        change = numbers[f"{name}_others_change"]
        return f"{'rises' if change > 0 else 'falls'} by {percent(abs(change))}"

    def best(name: str) -> str:
        report = numbers[f"{name}_leave_one_out_best"]
        return f"{said(report)}, {beside(report, truth)}"

    return (
        f"Both happen. The seller's own quantity falls in every market (Claim 1). With all weights positive the total "
        f"of the others {moves('positive')} over the reports shown; with weights of both signs it {moves('mixed')}, "
        f"and so does what it costs them.",
        f"This decides which way leave-one-out misleads: where the others' cost rises with the report, the seller "
        f"over-reports; where it falls, the seller under-reports (E-000-07). The best reports here are "
        f"{best('positive')}, and {best('mixed')}.",
        f"Neither market is typical: they are the first of their kind, seeds {int(numbers['positive_seed']):,} and "
        f"{int(numbers['mixed_seed']):,}. Of the first {config.counted:,} markets, {n['count_positive']} have positive "
        f"weights only, at both ends; the others' total falls in {n['count_others_fall']}, and their cost falls, at "
        f"the truth, in {n['count_others_cost_falls']}.",
    )
