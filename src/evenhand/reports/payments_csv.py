"""Who is paid what, as a table for a spreadsheet.

RFC 4180: a header, commas, CRLF, quotes where they are needed. A cell that a seller has written never starts a
formula: spreadsheets run what begins with = + - or @, so such a name gets an apostrophe in front (OWASP, "CSV
Injection"). That name then differs from the one in outcome.json, and no longer joins with it. The lines stand in the
order of outcome.json's `decisions`: join by that order, not by name. Our own numbers are plain decimals without
separators and stay numbers, below 0 as well; `payment` is cash, and `share` what is promised of future revenue, 0 where
nothing is; `value_low` and `value_high` are the 95 % interval of a sampled value, and
equal to the value where nothing was sampled.
"""

import csv
import io
from collections.abc import Callable

from evenhand.money import Money
from evenhand.records import Outcome
from evenhand.reports.notation import score
from evenhand.reports.rows import Row, recorded, rows

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "﹢", "﹣", "﹦", "﹫", "−")
"""What a spreadsheet may take for the beginning of a formula, full-width and small forms included."""

COLUMNS: dict[str, Callable[[Row, str], str]] = {
    "seller": lambda row, currency: guarded(row.offer.seller),
    "selected": lambda row, currency: "yes" if row.decision.selected else "no",
    "cost": lambda row, currency: Money(row.offer.cost_minor, currency).plain,
    "payment": lambda row, currency: Money(row.decision.payment_minor, currency).plain,
    "share": lambda row, currency: Money(row.decision.share_minor or 0, currency).plain,
    "currency": lambda row, currency: currency,
    "reason": lambda row, currency: row.decision.reason,
    "highest_winning_report": lambda row, currency: (
        "" if row.decision.highest_winning_minor is None else Money(row.decision.highest_winning_minor, currency).plain
    ),
    "quality": lambda row, currency: score(row.decision.quality),
    "value": lambda row, currency: score(row.decision.value_millionths),
    "value_low": lambda row, currency: score(row.decision.value_low),
    "value_high": lambda row, currency: score(row.decision.value_high),
    "worth": lambda row, currency: score(row.decision.worth),
}
"""column -> what stands in it."""


def payments_csv(outcome: Outcome) -> str:
    """Write one line a seller, in the record's order, under a header.

    Write it to a file with `newline=""` and UTF-8, so that the line ends stay as they are.

    Raises:
        OfferError: the outcome is not of a round.
    """
    currency = recorded(outcome).terms.currency
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in sorted(rows(outcome), key=lambda row: row.index):
        writer.writerow([column(row, currency) for column in COLUMNS.values()])
    return text.getvalue()


def guarded(cell: str) -> str:
    """Keep a seller's own words from being run as a formula.

    >>> guarded("=1+1"), guarded("  @SUM(A1)"), guarded("ben")
    ("'=1+1", "'  @SUM(A1)", 'ben')
    """
    return f"'{cell}" if cell.startswith(FORMULA) or cell.lstrip().startswith(FORMULA) else cell
