"""What does a comparison look like in a terminal? A line a mechanism, then who is paid what under each.

No number is ever cut: where a terminal is too narrow, the promises share a column, then columns are left out in the
order of `LEFT_OUT`, and at last a mechanism's lines stand under its name. Payments stand in as many tables as it takes.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from evenhand.comparison import PROMISES, Comparison, Purchase, takes_part
from evenhand.reports.checks import check
from evenhand.reports.notation import amount, money, ratio, score, shortened

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

SIGNS = {True: ("✓", "green"), False: ("✗", "bold red"), None: ("–", "dim")}

HEADINGS = {"truthful": "truthful", "rational": "rational", "within_budget": "budget"}
"""promise -> the heading of its column."""

TOGETHER = "promises"

LEFT_OUT = ("left", "paid to", "shares", "of best")
"""Columns that a narrow terminal does without, the first to go first; the files have them all."""

NAME_LENGTH, SELLERS_MAX = 24, 24

LEGEND = (
    "of best: of the most worth that the money could buy at the reported costs, the last dataset in part",
    "promises: truth is best, nobody is paid below the report, the budget is kept; ✓ kept, ✗ broken, – not promised",
)
"""What the columns mean."""

Cells = dict[str, list["Text"]]
"""heading -> a cell a line."""


def mechanisms_table(comparison: Comparison, width: int) -> "Table":
    """Lay out one line a mechanism: what it buys, what it spends, and which promises hold here.

    Args:
        comparison: of two mechanisms or more, or of one.
        width: cells across in the terminal.
    """
    for columns in _layouts(comparison):
        if _width(columns) <= width:
            return _side_by_side(columns)
    return _stacked(comparison)


def _layouts(comparison: Comparison) -> Iterator[Cells]:
    """Give the columns from all of them down to the fewest."""
    from rich.text import Text

    purchases = comparison.purchases
    apart = {HEADINGS[claim]: [Text(*SIGNS[each.promises[claim]]) for each in purchases] for claim in PROMISES}
    yield _numbers(comparison, str) | apart
    yield _numbers(comparison, folded) | apart
    together = _numbers(comparison, folded) | {TOGETHER: [_signs(each) for each in purchases]}
    yield together
    for heading in LEFT_OUT:
        together = {each: cells for each, cells in together.items() if not each.startswith(heading)}
        yield together


def _numbers(comparison: Comparison, named: Callable[[str], str]) -> Cells:
    from rich.text import Text

    currency, purchases = comparison.terms.currency, comparison.purchases
    shares = any(each.shares for each in purchases)
    texts = {
        "mechanism": [named(each.mechanism.name) for each in purchases],
        "worth": [score(each.worth) for each in purchases],
        "of best": [_percent(each) for each in purchases],
        f"cash {currency}": [amount(each.cash, currency) for each in purchases],
        f"left {currency}": [amount(each.cash_left, currency) for each in purchases],
        f"shares {currency}": [amount(each.shares, currency) for each in purchases] if shares else [],
        "paid to": [f"{each.paid:,}" for each in purchases],
    }
    winner = comparison.winner
    styles = ["bold" if each is winner else "" for each in purchases]
    return {
        heading: [Text(cell, style) for cell, style in zip(cells, styles, strict=True)]
        for heading, cells in texts.items()
        if cells
    }


def _percent(purchase: Purchase) -> str:
    return ratio(purchase.part.numerator, purchase.part.denominator)


def _signs(purchase: Purchase) -> "Text":
    from rich.text import Text

    return Text(" ").join([Text(*SIGNS[held]) for held in purchase.promises.values()])


def _width(columns: Cells) -> int:
    return sum(max(len(heading), *map(_across, cells)) + 1 for heading, cells in columns.items()) - 1


def _across(cell: "Text") -> int:
    return max(line.cell_len for line in cell.split())


def folded(name: str, longest: int = NAME_LENGTH) -> str:
    """Break the name of a mechanism behind underscores into lines that are no longer than this, where that can be.

    >>> folded("marginal_utility_tokens_as_published").split()
    ['marginal_utility_tokens_', 'as_published']
    """
    lines = [""]
    for word in name.replace("_", "_ ").split():
        if lines[-1] and len(lines[-1] + word) > longest:
            lines.append("")
        lines[-1] += word
    return "\n".join(lines)


def _side_by_side(columns: Cells) -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    for heading in columns:
        centred = heading in (*HEADINGS.values(), TOGETHER)
        table.add_column(heading, justify="left" if heading == "mechanism" else "center" if centred else "right",
                         no_wrap=True)  # fmt: skip
    for cells in zip(*columns.values(), strict=True):
        table.add_row(*cells)
    return table


def _stacked(comparison: Comparison) -> "Table":
    """Give each mechanism lines of its own."""
    from rich.table import Table
    from rich.text import Text

    currency = comparison.terms.currency
    table = Table.grid(padding=(0, 0, 1, 0))
    table.add_column(overflow="fold")
    for each in comparison.purchases:
        lines = [Text(each.mechanism.name, "bold"), Text(f"worth {score(each.worth)}, {_percent(each)} of the best")]
        lines.append(Text(f"cash {money(each.cash, currency)}"))
        if each.shares:
            lines.append(Text(f"shares {money(each.shares, currency)}"))
        table.add_row(Text("\n").join([*lines, _signs(each)]))
    return table


def broken(comparison: Comparison) -> list[tuple[str, str]]:
    """Give, for every promise that is broken here, the mechanism and how, in a sentence."""
    return [
        (purchase.mechanism.name, check(purchase.outcome, finding)[1])
        for purchase in comparison.purchases
        for finding in purchase.outcome.findings
        if not finding.holds and finding.claim in PROMISES
    ]


# -- who is paid what -------------------------------------------------------------------------------------------------


def payments_tables(comparison: Comparison, width: int) -> list["Table"]:
    """Lay out one line a seller who is paid under some mechanism, one column a mechanism; several tables if need be.

    Args:
        comparison: with a mechanism that pays anybody.
        width: cells across in the terminal.
    """
    currency, sellers = comparison.terms.currency, comparison.paid_somewhere[:SELLERS_MAX]
    offers = comparison.record.offers
    names = [shortened(offers[index].seller, NAME_LENGTH) for index in sellers]
    costs = [amount(offers[index].cost_minor, currency) for index in sellers]
    first = ("seller", f"cost {currency}")
    columns = [_payments(purchase, sellers, currency) for purchase in comparison.purchases]
    headings = [purchase.mechanism.name.replace("_", "\n") for purchase in comparison.purchases]
    least = _longest([first[0], *names]) + 1 + _longest([first[1], *costs])
    widths = [_longest([*heading.split("\n"), *column]) for heading, column in zip(headings, columns, strict=True)]
    return [
        _payments_table(
            [names, costs, *(columns[place] for place in block)], [*first, *(headings[place] for place in block)]
        )
        for block in _blocks(widths, width - least)
    ]


def _payments(purchase: Purchase, sellers: Sequence[int], currency: str) -> list[str]:
    decisions = [purchase.outcome.decisions[index] for index in sellers]
    return [amount(each.received_minor, currency) if takes_part(each) else "–" for each in decisions]


def _longest(cells: Sequence[str]) -> int:
    from rich.cells import cell_len

    return max(map(cell_len, cells))


def _blocks(widths: Sequence[int], room: int) -> list[list[int]]:
    """Share columns out over tables, in order: as many in each as there is room for, one at least.

    >>> _blocks([5, 5, 5], room=12)
    [[0, 1], [2]]
    """
    blocks: list[list[int]] = []
    left = 0
    for place, width in enumerate(widths):
        if not blocks or width + 1 > left:
            blocks.append([])
            left = room
        blocks[-1].append(place)
        left -= width + 1
    return blocks


def _payments_table(columns: Sequence[Sequence[str]], headings: Sequence[str]) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    table.add_column(headings[0], overflow="fold")
    for heading in headings[1:]:
        table.add_column(heading, justify="right", no_wrap=True)
    for name, cost, *paid in zip(*columns, strict=True):
        table.add_row(Text(name), Text(cost), *(Text(each, "dim" if each == "–" else "") for each in paid))
    return table
