"""How are the paper's simulations run again? Ten texts a period on sale to one buyer, in many replications.

In every period ten of a task's texts, drawn from all, are on sale, one by each seller who is still there; what a text
is worth is its score (scores.py). All the rest is `evenhand.simulation` at its defaults, which are our reading of what
the paper leaves open. Its two buyers have a market each.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.random import Generator

from evenhand.records import Array
from evenhand.reports.linecharts import HUES, Curve, Mark, Panel
from evenhand.reports.notation import points, rounded, said
from evenhand.reports.reproductions.fairshare.scores import scores
from evenhand.simulation.periods import HIGH, LOW
from evenhand.simulation.regimes import REGIMES
from evenhand.simulation.repeated import compare
from evenhand.simulation.setting import RepeatedMarket
from evenhand.simulation.summary import Summary, Threshold, summarise, thresholds

BUDGETS = {"high": HIGH, "low": LOW}
HUE = dict(zip(REGIMES, HUES, strict=True))
"""regime -> the colour of its curves."""
ACROSS = "period"


@dataclass(frozen=True, slots=True)
class Setup:
    """The sizes of a simulation."""

    on_sale: int = 200
    """texts from which those of a period are drawn."""
    validation: int = 100
    """texts by which these are valued."""
    sellers: int = 10
    periods: int = 100
    replications: int = 200
    discount: float = 0.99
    seed: int = 0


SETUP = Setup()


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one market under every regime."""

    told: dict[str, Summary]
    """regime -> its summary."""
    until: dict[str, Threshold]
    """regime that pays less -> t* against it."""


def valued(setup: Setup, task: str, model: str) -> Array:
    """Give the scores of the texts on sale: (on_sale,)."""
    return scores(task, model, on_sale=setup.on_sale, validation=setup.validation, seed=setup.seed)


def market(setup: Setup, worth: Array, budget: str, **changed: Any) -> RepeatedMarket:
    """Give the market of one buyer in which texts of these scores are on sale."""

    def drawn(rng: Generator, periods: int, buyers: int, sellers: int) -> Array:
        del buyers
        return np.asarray(worth[rng.integers(len(worth), size=(periods, 1, sellers))])

    made = RepeatedMarket(drawn, budgets=(BUDGETS[budget],), sellers=setup.sellers, periods=setup.periods)
    return replace(made, **changed)


def run(setup: Setup, repeated: RepeatedMarket) -> Run:
    """Let a market repeat under every regime, on the same draws."""
    histories = compare(repeated, replications=setup.replications, seed=setup.seed)
    told = {name: summarise(history, setup.discount) for name, history in histories.items()}
    return Run(told, thresholds(histories, setup.discount))


# -- panels -----------------------------------------------------------------------------------------------------------


def utility(found: Run) -> dict[str, Array]:
    """Give the buyer's net utility so far."""
    return {name: each.buyer_utility.mean[:, 0] for name, each in found.told.items()}


def profit(found: Run) -> dict[str, Array]:
    """Give a seller's profit so far, on average over all."""
    return {name: each.seller_profit.mean for name, each in found.told.items()}


def present(found: Run) -> dict[str, Array]:
    """Give how many sellers there are."""
    return {name: each.present.mean for name, each in found.told.items()}


def bought(found: Run) -> dict[str, Array]:
    """Give how many texts are bought in a period."""
    return {name: each.bought.mean[:, 0] for name, each in found.told.items()}


def panel(title: str, up: str, rows: dict[str, Array], marks: Sequence[Mark] = ()) -> Panel:
    """Draw one curve a regime over periods, counted from 0 as t* is."""
    first, last = ({name: said(rounded(row[place])) for name, row in rows.items()} for place in (0, -1))
    return Panel(
        title=title,
        across=ACROSS,
        up=up,
        says="From the first period to the last: "
        + "; ".join(f"{name} from {first[name]} to {last[name]}" for name in rows)
        + ".",
        curves=tuple(Curve(name, points(range(len(row))), points(row), HUE[name]) for name, row in rows.items()),
        marks=tuple(marks),
        from_zero=True,
    )


def crossings(found: Run) -> list[Mark]:
    """Mark t* against each regime, where it lies within the periods."""
    return [
        Mark(f"t* {each.period}, {name}", float(each.period), hue=HUE[name])
        for name, each in found.until.items()
        if each.ahead and each.period >= 0
    ]


def ends(rows: dict[str, Array], name: str) -> dict[str, float]:
    """Number where the curves of a panel begin and end."""
    return {
        f"{name}_{regime}_{place}": rounded(row[index])
        for regime, row in rows.items()
        for place, index in (("first", 0), ("last", -1))
    }


def horizons(found: Run, name: str) -> dict[str, float]:
    """Number t*, and where it may lie by the bands of the means."""
    return {
        f"{name}_{regime}_{what}": float(number)
        for regime, each in found.until.items()
        for what, number in (("until", each.period), ("until_low", each.low), ("until_high", each.high),
                             ("ahead", each.ahead))
    }  # fmt: skip


def until(found: Run, regime: str) -> str:
    """Say until when a regime pays off for the buyer, and where the means could cross as well."""
    each = found.until[regime]
    return f"until period {each.period} ({each.low} to {each.high})" if each.ahead else "to the end"


def all_until(found: Run) -> str:
    """Say it of all regimes that pay less."""
    *some, last = [f"{regime} prices {until(found, regime)}" for regime in found.until]
    return f"{', '.join(some)}, and {last}"


def span(numbers: Sequence[float]) -> str:
    """Say where numbers lie.

    >>> span([3.0, 1.0]), span([2.0, 2.0])
    ('1 to 3', '2')
    """
    low, high = said(min(numbers)), said(max(numbers))
    return low if low == high else f"{low} to {high}"
