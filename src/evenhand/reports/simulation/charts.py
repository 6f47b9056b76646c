"""Which curves does the page draw? For each buyer what was gained so far, then sellers' profit, presence and sales."""

from collections.abc import Iterator

import numpy as np

from evenhand.experiment import Simulated
from evenhand.reports.linecharts import HUES, Area, Curve, Mark, Panel
from evenhand.reports.notation import count, isolated, joined, points, said, told_apart
from evenhand.reports.simulation.words import called
from evenhand.simulation.regimes import IDEAL
from evenhand.simulation.summary import Band

BUYERS_DRAWN = 4
"""The most buyers for whom a chart is drawn; the tables and the files have all."""
REGIMES_DRAWN = len(HUES)
"""The most regimes that have a curve: more have no colour of their own."""
POINTS_MAX = 250
"""The most periods that are drawn: more cannot be told apart in a chart of this width."""
WIDTH = 540
TITLE_LENGTH = 32
"""Characters of a buyer's name in a title."""
ACROSS = "period, counted from 0"


def panels(simulated: Simulated) -> list[Panel]:
    """Give the panels of the page; none for a market of one period, which has no curve."""
    if simulated.experiment.market.periods < 2:
        return []
    return [*_of_buyers(simulated), *_of_sellers(simulated), *_sales(simulated)]


def shown_periods(periods: int) -> tuple[int, ...]:
    """Choose the periods that are drawn: all, or evenly spaced ones with both ends.

    >>> shown_periods(4), len(shown_periods(10_000)), shown_periods(10_000)[-1]
    ((0, 1, 2, 3), 250, 9999)
    """
    chosen = np.linspace(0, periods - 1, min(periods, POINTS_MAX)).round().astype(int)
    return tuple(chosen.tolist())


def _worth(simulated: Simulated) -> str:
    discount = simulated.experiment.discounts[0]
    return f"money, discounted by {discount:g} a period" if discount < 1 else "money"


def _drawn_buyers(simulated: Simulated) -> list[str]:
    """Name the buyers who have charts, in what a title has room for."""
    return [isolated(name) for name in told_apart(simulated.experiment.buyers, TITLE_LENGTH)[:BUYERS_DRAWN]]


def undrawn(simulated: Simulated) -> list[str]:
    """Say what the charts leave out: regimes beyond the colours that there are, and buyers beyond the first few."""
    experiment = simulated.experiment
    if experiment.market.periods < 2:
        return []
    regimes = [called(regime.name) for regime in experiment.regimes[REGIMES_DRAWN:]]
    buyers = len(experiment.buyers) - BUYERS_DRAWN
    all_else = "the tables and the files have them all"
    return [
        *([f"The charts have no curve for {joined(regimes)}; {all_else}."] if regimes else []),
        *([f"There is no chart for {count(buyers, 'more buyer')}; {all_else}."] if buyers > 0 else []),
    ]


def _of_buyers(simulated: Simulated) -> Iterator[Panel]:
    summaries = simulated.summaries[simulated.experiment.discounts[0]]
    for place, buyer in enumerate(_drawn_buyers(simulated)):
        bands = {regime: each.buyer_utility.of(place) for regime, each in summaries.items()}
        title = f"Net utility so far: {buyer}"
        yield _panel(title, _worth(simulated), bands, _marks(simulated, place))


def _of_sellers(simulated: Simulated) -> Iterator[Panel]:
    summaries = simulated.summaries[simulated.experiment.discounts[0]]
    profits = {regime: each.seller_profit for regime, each in summaries.items()}
    yield _panel("Profit so far, of a seller on average", _worth(simulated), profits)
    yield _panel("Sellers in the market", "sellers", {regime: each.present for regime, each in summaries.items()})


def _sales(simulated: Simulated) -> Iterator[Panel]:
    summaries = simulated.summaries[simulated.experiment.discounts[0]]
    several = len(simulated.experiment.buyers) > 1
    for place, buyer in enumerate(_drawn_buyers(simulated)):
        bands = {regime: each.bought.of(place) for regime, each in summaries.items()}
        whose = f": {buyer}" if several else ""
        yield _panel(f"Datasets bought in a period{whose}", "datasets", bands)


def _marks(simulated: Simulated, buyer: int) -> tuple[Mark, ...]:
    """Mark t* against each regime that the ideal price gets ahead of."""
    of_buyers = simulated.thresholds.get(simulated.experiment.discounts[0])
    hues = dict(zip(simulated.totals, HUES, strict=False))
    if not of_buyers:
        return ()
    return tuple(
        Mark(f"t* {found.period}", float(found.period), hue=hues[regime])
        for regime, found in of_buyers[buyer].items()
        if regime in hues and found.ahead and found.period >= 0
    )


def _panel(title: str, up: str, bands: dict[str, Band], marks: tuple[Mark, ...] = ()) -> Panel:
    periods = len(next(iter(bands.values())).mean)
    shown = list(shown_periods(periods))
    x = tuple(float(period) for period in shown)
    curves, areas = [], []
    for (regime, band), hue in zip(bands.items(), HUES, strict=False):
        low, mean, high = (points(each[shown]) for each in (band.low, band.mean, band.high))
        curves.append(Curve(regime, x, mean, hue))
        areas.append(Area("", x, low, high, at=(x[0], mean[0]), hue=hue))
    ends = ", ".join(f"{curve.label} {said(curve.y[-1])}" for curve in curves)
    of_hue = {curve.hue: curve.label for curve in curves}
    turns = "".join(f" {IDEAL} gets ahead of {of_hue[mark.hue]} after period {mark.x:g}." for mark in marks)
    says = f"In the last period, on average: {ends}. Bands of 95 % around each.{turns}"
    return Panel(title, ACROSS, up, says, tuple(curves), marks, tuple(areas), from_zero=True, width=WIDTH)
