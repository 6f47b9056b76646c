"""What do the tables of a market that repeats show? One for each subject, so that each reads down a column.

Regimes stand below one another, and buyers side by side; many buyers, or such whose names cannot be told apart in a
heading, stand below one another, and regimes side by side.
"""

from collections.abc import Callable, Iterator

from evenhand.experiment import Simulated, Total
from evenhand.reports.notation import isolated, quoted, shortened
from evenhand.reports.sections import Section
from evenhand.reports.simulation.leaders import leaders
from evenhand.reports.simulation.words import called, crossing, secrets, with_band
from evenhand.simulation.regimes import IDEAL
from evenhand.simulation.summary import Band

ACROSS_MAX, NAME_LENGTH = 3, 24
"""The most buyers side by side, and the most signs of their names: so a terminal of 80 has place."""


def told(simulated: Simulated) -> list[Section]:
    """Tell what came of it: who is better off, what everybody has by the end, which regimes there were, and t*."""
    best = leaders(simulated)
    return [
        *([Section("Who is better off", sentences=tuple(best))] if best else []),
        *totals(simulated),
        Section("The regimes", sentences=(*_regimes(simulated), *secrets(simulated))),
        *crossings(simulated),
    ]


def totals(simulated: Simulated) -> list[Section]:
    """Tell what everybody has by the end: a table of what buyers gain, one of what they buy, and one of sellers."""
    discount = simulated.experiment.discounts[0]
    worth = f"discounted by {discount:g} a period" if discount < 1 else "not discounted"
    sellers = tuple(
        (isolated(regime), with_band(total.seller_profit), with_band(total.present))
        for regime, total in simulated.totals.items()
    )
    return [
        _of_buyers(f"Net utility of buyers by the end, {worth}", simulated, lambda total: total.buyer_utility),
        _of_buyers("Datasets that buyers bought, in all periods together", simulated, lambda total: total.bought),
        Section(
            f"Sellers by the end: profit of one on average, {worth}",
            ("regime", "profit", "sellers still there"),
            sellers,
            ("All are means, ± a band of 95 %.",),
        ),
    ]


def _of_buyers(heading: str, simulated: Simulated, of: Callable[[Total], Band]) -> Section:
    """Lay out one amount of every buyer under every regime."""
    names = simulated.experiment.buyers
    cells = {
        isolated(regime): [with_band(of(total), place) for place in range(len(names))]
        for regime, total in simulated.totals.items()
    }
    heads = [isolated(shortened(name, NAME_LENGTH)) for name in names]
    if len(names) <= ACROSS_MAX and len(set(heads)) == len(names):
        return Section(heading, ("regime", *heads), tuple((regime, *row) for regime, row in cells.items()))
    rows = zip(*cells.values(), strict=True)
    told = [isolated(shortened(name, 60)) for name in names]
    return Section(heading, ("buyer", *cells), tuple((name, *row) for name, row in zip(told, rows, strict=True)))


def _regimes(simulated: Simulated) -> Iterator[str]:
    for regime in simulated.experiment.regimes:
        yield f"{isolated(regime.name)}: {regime.description}."


def crossings(simulated: Simulated) -> Iterator[Section]:
    """Tell t* of every regime beside the ideal price, at every discount."""
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
            isolated(regime) if place == 0 else "",
            isolated(shortened(buyer, NAME_LENGTH)),
            *(crossing(of_buyers[place][regime], periods) for of_buyers in simulated.thresholds.values()),
        )
        for regime in others
        for place, buyer in enumerate(experiment.buyers)
    )
    columns = ("against", "buyer", *(f"discount {discount:g}" for discount in experiment.discounts))
    heading = "t*: by the end of which period, counted from 0, another regime had last paid off for a buyer"
    means = "In brackets, where the means could cross as well, by their bands of 95 %."
    yield Section(heading, columns, rows, (means, *_crossings(simulated, others)), ("buyer",))


def _crossings(simulated: Simulated, others: list[str]) -> Iterator[str]:
    """Say where t* need not fall as the discount factor rises."""
    first = next(iter(simulated.thresholds.values()))
    strange = [
        f"{called(regime)} for {quoted(buyer)}"
        for regime in others
        for buyer, found in zip(simulated.experiment.buyers, first, strict=True)
        if not found[regime].single_crossing
    ]
    if strange and len(simulated.experiment.discounts) > 1:
        why = "the mean advantage of a period changes its sign more than once"
        yield f"Here t* need not fall as the discount factor rises, as {why}: {', '.join(strange)}."
