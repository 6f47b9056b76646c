"""What do the tables of a market that repeats show? One for each subject, so that each reads down a column.

Regimes stand below one another, and buyers side by side; many buyers, or such whose names cannot be told apart in a
heading, stand below one another, and regimes side by side.
"""

from collections.abc import Callable, Iterator, Sequence

from evenhand.experiment import Simulated
from evenhand.reports.notation import isolated, joined, quoted, shortened, told_apart, visible
from evenhand.reports.sections import Section
from evenhand.reports.simulation.charts import undrawn
from evenhand.reports.simulation.leaders import leaders
from evenhand.reports.simulation.words import (
    NONE,
    NOT_IN_SIGHT,
    called,
    crossing,
    in_sentences,
    secrets,
    untraded,
    with_band,
)
from evenhand.simulation.regimes import IDEAL
from evenhand.simulation.summary import Band, Total

ACROSS_MAX, NAME_LENGTH = 3, 24
"""The most buyers side by side, and the most characters of their names: so a terminal of 80 has place."""
ROW_LENGTH = 60
"""The most characters of a name that wraps at the head of a row."""


def told(simulated: Simulated) -> list[Section]:
    """Tell what came of it: who is better off, what everybody has by the end, which regimes there were, and t*.

    Where nobody trades that is said first.
    """
    best = [*untraded(simulated), *leaders(simulated)]
    return [
        *([Section("Who is better off", sentences=tuple(best))] if best else []),
        *totals(simulated),
        Section("The regimes", sentences=(*_regimes(simulated), *secrets(simulated), *undrawn(simulated))),
        *crossings(simulated),
    ]


def totals(simulated: Simulated, *, in_full: bool = False) -> list[Section]:
    """Tell what everybody has by the end: a table of what buyers gain, one of what they buy, and one of sellers.

    Args:
        simulated: what came of it.
        in_full: whether names are as long as they are, which takes cells that wrap; else they are cut.
    """
    discount = simulated.experiment.discounts[0]
    worth = f"discounted by {discount:g} a period" if discount < 1 else "not discounted"
    sellers = tuple(
        (isolated(regime), with_band(total.seller_profit), with_band(total.present))
        for regime, total in simulated.totals.items()
    )
    bought = "Datasets that buyers bought, in all periods together"
    return [
        _of_buyers(f"Net utility of buyers by the end, {worth}", simulated, lambda total: total.buyer_utility, in_full),
        _of_buyers(bought, simulated, lambda total: total.bought, in_full),
        Section(
            f"Sellers by the end: profit of one on average, {worth}",
            ("regime", "profit", "sellers still there"),
            sellers,
            ("All are means, ± a band of 95 %.",),
        ),
    ]


def _of_buyers(heading: str, simulated: Simulated, of: Callable[[Total], Band], in_full: bool) -> Section:
    """Lay out one amount of every buyer under every regime."""
    names = simulated.experiment.buyers
    cells = {
        isolated(regime): [with_band(of(total).of(place)) for place in range(len(names))]
        for regime, total in simulated.totals.items()
    }
    heads = [isolated(visible(name) if in_full else shortened(name, NAME_LENGTH)) for name in names]
    if len(names) <= ACROSS_MAX and len(set(heads)) == len(names):
        return Section(heading, ("regime", *heads), tuple((regime, *row) for regime, row in cells.items()))
    rows = zip(*cells.values(), strict=True)
    told = _names(names, ROW_LENGTH, in_full)
    return Section(heading, ("buyer", *cells), tuple((name, *row) for name, row in zip(told, rows, strict=True)))


def _names(names: Sequence[str], longest: int, in_full: bool) -> list[str]:
    """Write names, cut or not, so that they differ."""
    return [isolated(name) for name in (map(visible, names) if in_full else told_apart(names, longest))]


def _regimes(simulated: Simulated) -> Iterator[str]:
    for regime in simulated.experiment.regimes:
        yield f"{isolated(regime.name)}: {regime.description}."


def crossings(simulated: Simulated, *, in_full: bool = False) -> Iterator[Section]:
    """Tell t* of every regime beside the ideal price, at every discount; arguments as for `totals`."""
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
            buyer,
            *(crossing(of_buyers[place][regime], periods) for of_buyers in simulated.thresholds.values()),
        )
        for regime in others
        for place, buyer in enumerate(_names(experiment.buyers, NAME_LENGTH, in_full))
    )
    columns = ("against", "buyer", *(f"discount {discount:g}" for discount in experiment.discounts))
    heading = "t*: by the end of which period, counted from 0, another regime had last paid off for a buyer"
    yield Section(heading, columns, rows, (*_meant(rows), *_crossings(simulated, others)), ("buyer",))


def _meant(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Say what the words mean that stand in the cells."""
    cells = [cell for row in rows for cell in row[2:]]
    if any(" (" in cell for cell in cells):
        yield "In brackets, where the means could cross as well, by their bands of 95 %."
    if any(f"({NONE} to" in cell for cell in cells):
        yield f"{NONE.capitalize()}: by its band, the ideal price may be ahead from the first period on."
    if any(cell.startswith("not within") for cell in cells):
        yield "Not within: later, if at all; in the last period the ideal price was ahead, so a longer market may tell."
    if NOT_IN_SIGHT in cells:
        why = "in the last period, too, the ideal price was not ahead"
        yield f"{NOT_IN_SIGHT.capitalize()}: {why}. To let the market run longer need not help: t* may never come."


def _crossings(simulated: Simulated, others: list[str]) -> Iterator[str]:
    """Say where t* need not fall as the discount factor rises."""
    first = next(iter(simulated.thresholds.values()))
    strange = [
        f"{buyer} against {called(regime)}"
        for regime in others
        for buyer, found in zip(in_sentences(simulated.experiment.buyers), first, strict=True)
        if not found[regime].single_crossing
    ]
    if strange and len(simulated.experiment.discounts) > 1:
        why = "the ideal price, once ahead in a period, falls behind in a later one"
        yield f"For {joined(strange)} t* need not fall as the discount factor rises: {why}."
