"""How do people and programs read a comparison of mechanisms? As tables in a terminal, as one page, and as files.

    comparison.html    for people: a chart and the same tables
    comparison.json    all numbers, as canonical JSON
    mechanisms.csv     one line a mechanism
    payments.csv       one line a mechanism and seller

numbers.py    what is told of each mechanism and seller, for programs; the two tables
terminal.py   the tables of a terminal
chart.py      where the marks of the chart stand
page.py       the page
"""

from evenhand import canonical
from evenhand.comparison import Comparison
from evenhand.reports.comparison.numbers import mechanisms_csv, numbers, payments_csv
from evenhand.reports.comparison.page import render
from evenhand.reports.comparison.terminal import LEGEND, SELLERS_MAX, broken, mechanisms_table, payments_tables

__all__ = ["LEGEND", "PAGE", "SELLERS_MAX", "broken", "files", "mechanisms_table", "numbers", "payments_tables"]

PAGE = "comparison.html"


def files(comparison: Comparison) -> dict[str, bytes]:
    """Give the files of a comparison by name; the same record and mechanisms give the same bytes."""
    return {
        PAGE: render(comparison).encode(),
        "comparison.json": canonical.encode(numbers(comparison)),
        "mechanisms.csv": mechanisms_csv(comparison).encode(),
        "payments.csv": payments_csv(comparison).encode(),
    }
