"""What does a round look like in a terminal? The table of its offers; the sentences are those of the page.

No number is ever cut: where a terminal is too narrow, names and reasons wrap first, then columns are left out in the
order of `LEFT_OUT`, and at last an offer's lines stand under its name. Names stand in the table as plain text: neither
markup nor the escape sequences of a terminal in them do anything.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from evenhand.records import Outcome
from evenhand.reports.checks import checks
from evenhand.reports.notation import amount, money, score, shortened
from evenhand.reports.reasons import REASONS
from evenhand.reports.rows import Row, recorded, rows
from evenhand.reports.settlement import exceeded

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["checks", "offers_table"]

NAME_LENGTH = 32
BOUGHT, NOT_BOUGHT = "●", "○"
MARK, SELLER, WHY_NOT = "", "seller", "why not"

LEFT_OUT = ("worth", "value", "quality")
"""Columns that a narrow terminal does without, the first to go first; the report has them all."""

WRAPPED_MIN = 14
"""Names and reasons are wrapped to no fewer cells than this, or their longest if that is less."""


def offers_table(outcome: Outcome, width: int | None = None) -> "Table":
    """Lay out the offers in the order of the rule: what was asked, measured and paid, and the reason.

    Below it stands what follows where more worth is offered than the mass that a pool of shares was to be divided over.

    Args:
        outcome: of a round.
        width: cells across in the terminal; None for all columns, as wide as they are.

    Raises:
        OfferError: the outcome is not of a round.
    """
    table = _offers(outcome, width)
    if note := exceeded(outcome):
        table.caption, table.caption_justify = f"\n{note}.", "left"
    return table


def _offers(outcome: Outcome, width: int | None) -> "Table":
    currency = recorded(outcome).terms.currency
    ordered = rows(outcome)
    columns = _columns(ordered, currency)
    if width is None:
        return _side_by_side(columns, ordered, {})
    for gone in range(len(LEFT_OUT) + 1):
        kept = {heading: cells for heading, cells in columns.items() if heading not in LEFT_OUT[:gone]}
        wrapped = _wrapped(kept, width)
        if wrapped is not None:
            return _side_by_side(kept, ordered, wrapped)
    return _stacked(ordered, currency)


def _columns(ordered: Sequence[Row], currency: str) -> dict[str, list[str]]:
    """Give heading -> one cell an offer, as plain text."""
    decisions = [row.decision for row in ordered]
    paid = {f"paid {currency}": [decision.payment_minor for decision in decisions]}
    if any(decision.share_minor for decision in decisions):
        paid[f"shares {currency}"] = [decision.share_minor or 0 for decision in decisions]
    return {
        MARK: [BOUGHT if decision.selected else NOT_BOUGHT for decision in decisions],
        SELLER: [shortened(row.offer.seller, NAME_LENGTH) for row in ordered],
        f"cost {currency}": [amount(row.offer.cost_minor, currency) for row in ordered],
        "quality": [score(decision.quality) for decision in decisions],
        "value": [score(decision.value_millionths) for decision in decisions],
        "worth": [score(decision.worth) for decision in decisions],
        **{
            heading: [
                amount(minor, currency) if decision.selected else "–"
                for minor, decision in zip(minors, decisions, strict=True)
            ]
            for heading, minors in paid.items()
        },
        WHY_NOT: ["" if decision.selected else REASONS[decision.reason].label for decision in decisions],
    }


def _wrapped(columns: Mapping[str, Sequence[str]], width: int) -> dict[str, int] | None:
    """Share what the numbers leave between names and reasons, names first; None where it is too little."""
    natural = {heading: _longest([heading, *cells]) for heading, cells in columns.items()}
    least = {heading: min(natural[heading], WRAPPED_MIN) for heading in (SELLER, WHY_NOT)}
    left = width - sum((natural | least).values()) - (len(columns) - 1)
    if left < 0:
        return None
    seller = min(natural[SELLER], least[SELLER] + left)
    left -= seller - least[SELLER]
    return {SELLER: seller, WHY_NOT: min(natural[WHY_NOT], least[WHY_NOT] + left)}


def _longest(cells: Sequence[str]) -> int:
    from rich.cells import cell_len

    return max(map(cell_len, cells))


def _side_by_side(columns: Mapping[str, Sequence[str]], ordered: Sequence[Row], widths: Mapping[str, int]) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    for heading in columns:
        if heading in (MARK, SELLER, WHY_NOT):
            table.add_column(heading, overflow="fold", width=widths.get(heading))
        else:
            table.add_column(heading, justify="right", no_wrap=True)
    paid = [place for place, heading in enumerate(columns) if heading.startswith(("paid", "shares"))]
    for row, cells in zip(ordered, zip(*columns.values(), strict=True), strict=True):
        won = row.decision.selected
        styled = [Text(cell, style="bold" if won and place in paid else "") for place, cell in enumerate(cells)]
        table.add_row(*styled, style=None if won else "dim")
    return table


def _stacked(ordered: Sequence[Row], currency: str) -> "Table":
    """Give each offer lines of its own: the name, then what is asked and what is paid or why not."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column()
    table.add_column(overflow="fold")
    for row in ordered:
        decision, won = row.decision, row.decision.selected
        name = Text(shortened(row.offer.seller, NAME_LENGTH))
        cost = Text(f"cost {money(row.offer.cost_minor, currency)}")
        shares = f"\nand {money(decision.share_minor, currency)} in shares" if decision.share_minor else ""
        paid = Text(f"paid {money(decision.payment_minor, currency)}{shares}", style="bold")
        last = paid if won else Text(REASONS[decision.reason].label)
        table.add_row(BOUGHT if won else NOT_BOUGHT, Text("\n").join([name, cost, last]), style=None if won else "dim")
    return table
