"""How do people and programs read what came of a market that repeats? As tables, as one page, and as files.

    report.html     for people: charts with bands, and the same tables
    results.csv     one line a regime, discount, measure, buyer and period
    results.json    all numbers with the settings and the seed, as canonical JSON

words.py      bands and t* in words
leaders.py    who is better off under which regime
tables.py     the tables that terminal and page share
numbers.py    for programs
charts.py     which curves the page draws
page.py       the page
"""

from evenhand import canonical
from evenhand.experiment import Simulated
from evenhand.records import Watch, unwatched
from evenhand.reports.simulation.numbers import numbers, results_csv, series
from evenhand.reports.simulation.page import render
from evenhand.reports.simulation.tables import told
from evenhand.reports.simulation.words import opening

__all__ = ["PAGE", "files", "numbers", "opening", "told"]

PAGE = "report.html"


def files(simulated: Simulated, watch: Watch = unwatched) -> dict[str, bytes]:
    """Give the files of a simulation by name; the same market, settings and seed give the same bytes.

    Args:
        simulated: what came of it.
        watch: told how many of the charts are drawn, as the stage "draw".
    """
    return {
        PAGE: render(simulated, watch).encode(),
        "results.csv": results_csv(simulated).encode(),
        "results.json": canonical.encode({**numbers(simulated), "series": series(simulated)}),
    }
