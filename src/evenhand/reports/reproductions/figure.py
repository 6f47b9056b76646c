"""What does it take to show a figure of a paper again? What was drawn, what came of it, and both in words.

A `Figure` is a pure function of its configuration. Its drawing, its page and its file of numbers are made from it and
from nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from evenhand.reports.linecharts import Panel
from evenhand.reports.notation import said


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a paper, computed again, or one of ours where a paper claims what can be computed."""

    name: str
    """as the paper numbers it: "9a"; a word where it is ours; "fairshare-3" for a paper whose numbers are taken."""
    title: str
    source: str
    """the paper: a key of `PAPERS`, and in docs/bibliography.md."""
    shows: str
    """what the paper shows, or says."""
    finds: tuple[str, ...]
    """what we find, with the numbers found: paragraphs."""
    config: Any
    """a frozen record of seeds, sizes and ranges."""
    drawn: dict[str, Any]
    """the markets that are shown one by one, by name, to the last digit."""
    panels: tuple[Panel, ...]
    numbers: dict[str, float]
    """every number that the words name, and some more."""
    columns: int = 1
    """how many panels stand side by side."""


Watched = Callable[[int, int], None]
"""Told `(done, total)` as the work on a figure goes on."""

Recipe = Callable[[Watched], Figure]
"""Works a figure out, telling how far it is."""


def grid(first: float, last: float, step: float) -> tuple[float, ...]:
    """Give evenly spaced numbers, both ends included.

    >>> grid(0.0, 1.0, 0.25)
    (0.0, 0.25, 0.5, 0.75, 1.0)
    """
    return tuple(first + step * place for place in range(round((last - first) / step) + 1))


def percent(part: float) -> str:
    """Write a part of 1 as a percentage.

    >>> percent(0.12345), percent(0.00012)
    ('12.3 %', '0.012 %')
    """
    return f"{said(100 * part, 3 if part >= 0.01 else 2)} %"


def beside(report: float, true_cost: float) -> str:
    """Say where a report lies.

    >>> beside(7.0, 5.0), beside(5.0, 5.0)
    ('above the true cost', 'at the true cost')
    """
    if report == true_cost:
        return "at the true cost"
    return "above the true cost" if report > true_cost else "below the true cost"
