"""Where do the marks of the two charts stand?

The chart of virtual costs is the supply curve of the round: one bar an offer, those that are bought first, each part
from cheap to dear, as wide as its worth and as high as its cost per worth, so that its *area* is the reported cost; up
to the line of the unit price, it is the payment. The budget bar is the same money laid end to end.

Across, everything is a percentage, so that a chart is as wide as its page and its words keep their size; down, pixels.
All of it is integer arithmetic: the marks are the same text on every machine. `templates/charts.svg.j2` draws them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from evenhand.money import exponent
from evenhand.records import MILLION, Outcome
from evenhand.reports.notation import isolated, ratio, shortened
from evenhand.reports.rows import Row, cut, recorded, rows, totals

TOP, BASE = 34, 314
"""Pixels from the top of the drawing to the highest and the lowest value of the vertical axis."""

HEADROOM = Fraction(5, 2)
"""The axis ends at so many times the highest price that a winner asks or gets; a bar beyond it is cut and says so."""

LABEL_LENGTH = 24

WIDTHS = {"any": 270, "mid": 600, "wide": 980}
"""Name of a class -> pixels across from which a label of that class is shown; the style sheet has the same."""

SEPARATED_MAX = 60
"""Up to so many bars are kept apart by a gap; more would be gaps only."""


@dataclass(frozen=True, slots=True)
class Label:
    """Words in or under a mark, shown where there is room for them."""

    text: str
    shown: str
    """a key of `WIDTHS`."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One offer in the chart of virtual costs."""

    row: Row
    x: str
    middle: str
    width: str
    top: int
    height: int
    beyond: bool
    """higher than the axis."""
    paid_top: int
    """where its payment per worth stands; the base where nothing is paid."""
    rank: Label | None
    name: Label | None

    @property
    def crown(self) -> int:
        """The highest pixel drawn."""
        return min(self.top, self.paid_top)


@dataclass(frozen=True, slots=True)
class Tick:
    """A value of the vertical axis."""

    y: int
    text: str


@dataclass(frozen=True, slots=True)
class CostChart:
    """The chart of virtual costs: prices per worth down, worth across."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    cut_x: str | None
    """where the bought offers end; None where none or all are bought."""
    price_y: int | None
    separated: bool
    sides: tuple[Label | None, Label | None]
    """what is written left and right of the cut."""
    undrawn: int
    """offers without worth: they have no width."""
    unnumbered: dict[str, str]
    """what `unnumbered` gives for the winners' bars."""
    base: int = BASE

    @property
    def numbered(self) -> bool:
        """Whether any bar is wide enough for its number."""
        return any(bar.rank for bar in self.bars)


@dataclass(frozen=True, slots=True)
class Segment:
    """What one seller is paid, as a part of the budget."""

    row: Row
    x: str
    middle: str
    width: str
    reported: str
    """width of the part that covers the reported cost."""
    rank: Label | None
    name: Label | None


@dataclass(frozen=True, slots=True)
class BudgetBar:
    """The budget, with the pool of shares, from left to right: payments in the order of the rule."""

    segments: tuple[Segment, ...]
    reported: str
    """width of all reported costs together."""
    paid: str
    """width of all payments together."""
    separated: bool
    """few enough to be drawn one by one."""
    unnumbered: dict[str, str]
    """what `unnumbered` gives for the segments."""
    limit: str | None
    """where there is nothing left to spend; None where that is the end of the bar."""


def virtual_costs(outcome: Outcome) -> CostChart:
    """Place the offers that have worth, in the order of the rule."""
    drawn = [row for row in rows(outcome) if row.cost_per_worth is not None]
    currency = recorded(outcome).terms.currency
    whole = sum(row.decision.worth for row in drawn)
    price = cut(outcome).unit_price
    step, top = _axis(_highest(drawn))
    bought = totals(outcome).worth
    bars, left = [], 0
    for row in drawn:
        bars.append(_bar(row, left, whole, top))
        left += row.decision.worth
    return CostChart(
        bars=tuple(bars),
        ticks=tuple(Tick(_y(Fraction(value), top), _compact(value, currency)) for value in range(0, top + 1, step)),
        cut_x=_percent(bought, whole) if 0 < bought < whole else None,
        price_y=None if price is None else _y(price, top),
        separated=len(drawn) <= SEPARATED_MAX,
        sides=(_fitting("bought", bought, whole), _fitting("not bought", whole - bought, whole)),
        undrawn=len(recorded(outcome).offers) - len(drawn),
        unnumbered=unnumbered((bar.row.rank, bar.rank) for bar in bars if bar.row.decision.selected),
    )


def budget_bar(outcome: Outcome) -> BudgetBar:
    """Lay the payments end to end in the budget."""
    spent = totals(outcome)
    whole = max(spent.spendable, spent.received)
    segments, left = [], 0
    for row in rows(outcome):
        paid = row.decision.received_minor
        if paid:
            segments.append(
                Segment(
                    row,
                    _percent(left, whole),
                    _percent(2 * left + paid, 2 * whole),
                    _percent(paid, whole),
                    _percent(min(row.offer.cost_minor, paid), whole),
                    _fitting(str(row.rank), paid, whole),
                    _name(row, paid, whole),
                )
            )
        left += paid
    return BudgetBar(
        tuple(segments),
        _percent(min(spent.reported, spent.received), whole),
        _percent(spent.received, whole),
        len(segments) <= SEPARATED_MAX,
        unnumbered((segment.row.rank, segment.rank) for segment in segments),
        _percent(spent.spendable, whole) if spent.received > spent.spendable else None,
    )


def unnumbered(ranked: Iterable[tuple[int, Label | None]]) -> dict[str, str]:
    """List, for each class of page widths, the ranks whose marks have no room for their number there.

    >>> unnumbered([(1, Label("1", "mid")), (2, Label("2", "any")), (3, None), (4, None), (5, None)])
    {'any': '1, 3 to 5', 'mid': '3 to 5', 'wide': '3 to 5'}
    """
    marks = list(ranked)
    widths = list(WIDTHS)
    return {
        width: _runs([rank for rank, label in marks if label is None or label.shown in widths[place + 1 :]])
        for place, width in enumerate(widths)
    }


def _runs(ranks: Sequence[int]) -> str:
    """Write rising numbers, three or more in a row as "first to last"."""
    runs: list[list[int]] = []
    for rank in ranks:
        if runs and rank == runs[-1][-1] + 1:
            runs[-1].append(rank)
        else:
            runs.append([rank])
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


def _bar(row: Row, left: int, whole: int, top: int) -> Bar:
    worth, price = row.decision.worth, row.cost_per_worth
    assert price is not None, "only offers with worth are drawn"
    y = _y(min(price, Fraction(top)), top)
    return Bar(
        row=row,
        x=_percent(left, whole),
        middle=_percent(2 * left + worth, 2 * whole),
        width=_percent(worth, whole),
        top=y,
        height=BASE - y,
        beyond=price > top,
        paid_top=_y(min(_paid_per_worth(row), Fraction(top)), top),
        rank=_fitting(str(row.rank), worth, whole),
        name=_name(row, worth, whole),
    )


def _paid_per_worth(row: Row) -> Fraction:
    return Fraction(row.decision.received_minor * MILLION, row.decision.worth)


def _highest(drawn: Sequence[Row]) -> Fraction:
    """Give the price at which the axis may end: all that is bought in full view, the rest as far as it is near."""
    prices = [row.cost_per_worth or Fraction(0) for row in drawn]
    won = [max(row.cost_per_worth or Fraction(0), _paid_per_worth(row)) for row in drawn if row.decision.selected]
    if not prices:
        return Fraction(1)
    return min(max(prices + won), HEADROOM * (max(won) if won else min(prices))) or Fraction(1)


def _axis(highest: Fraction) -> tuple[int, int]:
    """Choose a step of 1, 2 or 5 times a power of ten minor units, so that 3 to 7 steps reach the highest price.

    >>> _axis(Fraction(1_234_000))
    (200000, 1400000)
    """
    magnitude = 10 ** max(len(str(int(highest))) - 2, 0)
    steps = (digit * power for power in (magnitude, 10 * magnitude) for digit in (1, 2, 5))
    step = next(step for step in steps if highest <= 7 * step)
    return step, -int(-highest // step) * step


def _compact(minor: int, currency: str) -> str:
    """Write a round value of the axis in few letters.

    >>> _compact(1_200_000, "EUR"), _compact(250_000_000_000, "EUR"), _compact(5, "EUR")
    ('12,000', '2.5 billion', '0.05')
    """
    major = Fraction(minor, 10 ** exponent(currency))
    for size, word in ((10**12, " trillion"), (10**9, " billion"), (10**6, " million")):
        if major >= size:
            return _decimal(major / size) + word
    return _decimal(major)


def _decimal(number: Fraction) -> str:
    whole, rest = divmod(number, 1)
    decimals = f"{round(rest * 1000):03d}".rstrip("0")
    return f"{whole:,}.{decimals}" if decimals else f"{whole:,}"


def _y(price: Fraction, top: int) -> int:
    return BASE - round(price * (BASE - TOP) / top)


def _percent(part: int, whole: int) -> str:
    return ratio(part, whole, digits=4)


def _name(row: Row, part: int, whole: int) -> Label | None:
    return _fitting(isolated(shortened(row.offer.seller, LABEL_LENGTH)), part, whole)


def _fitting(text: str, part: int, whole: int) -> Label | None:
    """Give a label, shown from the narrowest page on which the mark has room for it; None where none has."""
    needed = 8 + sum(7 if ord(char) < 0x250 else 14 for char in text)
    shown = next((name for name, pixels in WIDTHS.items() if part * pixels >= needed * whole), None)
    return Label(text, shown) if shown else None
