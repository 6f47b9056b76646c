"""How are bands and t* written, and what do the tables say? The terminal and the page show the same."""

from collections.abc import Iterator
from typing import Any

from evenhand.experiment import Simulated
from evenhand.reports.notation import count, isolated, joined, quoted, shortened
from evenhand.reports.sections import Section
from evenhand.simulation.regimes import IDEAL
from evenhand.simulation.summary import Band, Threshold

NAME_LENGTH = 24
AGAINST = {"reduced": "paying less", "random": "a random price", "current": "one flat price"}
"""regime -> what it is, in a sentence."""


def told(simulated: Simulated) -> list[Section]:
    """Tell what came of it: what everybody has by the end, and t*."""
    return [_totals(simulated), *_thresholds(simulated)]


def opening(simulated: Simulated) -> str:
    """Say what was simulated, in a sentence."""
    experiment, market = simulated.experiment, simulated.experiment.market
    who = f"{count(market.sellers, 'seller')} and {count(market.buyers, 'buyer')}"
    regimes = count(len(experiment.regimes), "price regime")
    often = f"{count(experiment.replications, 'replication')}, seed {experiment.seed}"
    return f"{who}, {count(market.periods, 'period')}, under {regimes}; {often}"


def with_band(band: Band, place: Any = ()) -> str:
    """Write a mean with its band of 95 %, in as many decimals as the band is sure of.

    >>> import numpy as np
    >>> with_band(Band(np.array(12.3456), np.array(12.2222), np.array(12.469)))
    '12.35 ± 0.12'
    >>> with_band(Band(np.array(10.0), np.array(10.0), np.array(10.0)))
    '10'
    """
    mean = float(band.mean[place])
    half = (float(band.high[place]) - float(band.low[place])) / 2
    if half <= 1e-9 * max(1.0, abs(mean)):
        return f"{mean:.6g}".replace("-", "−")
    decimals = next((digits for digits in range(9) if half * 10**digits >= 9.5), 9)
    return f"{mean:,.{decimals}f} ± {half:,.{decimals}f}".replace("-", "−")


def crossing(found: Threshold, periods: int) -> str:
    """Write t* with its band.

    >>> crossing(Threshold(35, 34, 37, True, True), 100), crossing(Threshold(-1, -1, -1, True, True), 100)
    ('35 (34 to 37)', 'ahead from the first')
    >>> crossing(Threshold(99, 99, 99, False, True), 100)
    'not within 100'
    >>> crossing(Threshold(99, 99, 99, False, True, same=True), 100)
    'no difference'
    """
    if found.same:
        return "no difference"
    if not found.ahead:
        return f"not within {periods:,}"
    if found.period < 0:
        return "ahead from the first" if found.high < 0 else f"ahead from the first ({found.high:,} at most)"
    if found.low == found.high:
        return f"{found.period:,}"
    low = "none" if found.low < 0 else f"{found.low:,}"
    high = f"{found.high:,}" if found.high < periods - 1 else f"{periods:,} or more"
    return f"{found.period:,} ({low} to {high})"


def _totals(simulated: Simulated) -> Section:
    experiment = simulated.experiment
    rows = []
    for regime, total in simulated.totals.items():
        for place, buyer in enumerate(experiment.buyers):
            of_all = (with_band(total.seller_profit), with_band(total.present)) if place == 0 else ("", "")
            who = (regime if place == 0 else "", isolated(shortened(buyer, NAME_LENGTH)))
            rows.append((*who, with_band(total.buyer_utility, place), with_band(total.bought, place), *of_all))
    columns = ("regime", "buyer", "net utility", "bought", "profit", "sellers still there")
    discount = experiment.discounts[0]
    worth = f"amounts discounted by {discount:g} a period" if discount < 1 else "amounts not discounted"
    means = "Profit is of a seller, on average over all; bought is all that a buyer bought, still there is at the end."
    sentences = tuple(f"{regime.name}: {regime.told}." for regime in experiment.regimes)
    return Section(
        f"By the end, on average, ± a band of 95 %; {worth}", columns, tuple(rows), (means, *sentences), ("buyer",)
    )


def _thresholds(simulated: Simulated) -> Iterator[Section]:
    experiment = simulated.experiment
    if not simulated.thresholds:
        why = f"Not worked out: t* is measured against the ideal price. Add {quoted(IDEAL)} to the regimes."
        yield Section("t*", sentences=(why,))
        return
    others = [regime.name for regime in experiment.regimes if regime.name != IDEAL]
    if not others:
        yield Section("t*", sentences=("Not worked out: the ideal price is compared with nothing. Add a regime.",))
        return
    periods = experiment.market.periods
    rows = tuple(
        (
            regime if place == 0 else "",
            isolated(shortened(buyer, NAME_LENGTH)),
            *(crossing(of_buyers[place][regime], periods) for of_buyers in simulated.thresholds.values()),
        )
        for regime in others
        for place, buyer in enumerate(experiment.buyers)
    )
    columns = ("against", "buyer", *(f"discount {discount:g}" for discount in experiment.discounts))
    heading = "t*: by the end of which period, counted from 0, paying less had last paid off for a buyer"
    means = "In brackets, where the means could cross as well, by their bands of 95 %."
    yield Section(heading, columns, rows, (means, *_crossings(simulated, others)), ("buyer",))


def _crossings(simulated: Simulated, others: list[str]) -> Iterator[str]:
    """Say where t* need not fall as the discount factor rises."""
    first = next(iter(simulated.thresholds.values()))
    strange = [
        f"{regime} ({buyer})"
        for regime in others
        for buyer, found in zip(simulated.experiment.buyers, first, strict=True)
        if not found[regime].single_crossing
    ]
    if strange and len(simulated.experiment.discounts) > 1:
        why = "the mean advantage of a period changes its sign more than once"
        yield f"Here t* need not fall as the discount factor rises, for {why}: {', '.join(strange)}."


def findings(simulated: Simulated) -> list[str]:
    """Say in a sentence for each buyer until when other regimes have paid off, at the first discount."""
    experiment = simulated.experiment
    discount = experiment.discounts[0]
    periods = experiment.market.periods
    return [
        f"For {quoted(buyer)}, {joined([_finding(regime, each, periods) for regime, each in of_regimes.items()])}."
        for buyer, of_regimes in zip(experiment.buyers, simulated.thresholds.get(discount, ()), strict=False)
        if of_regimes
    ]


def _finding(regime: str, found: Threshold, periods: int) -> str:
    what = AGAINST.get(regime, regime)
    if found.same:
        return f"{what} makes no difference"
    if not found.ahead:
        return f"{what} still pays off after {count(periods, 'period')}"
    if found.period < 0:
        return f"{what} never pays off"
    return f"{what} pays off until period {crossing(found, periods)}"
