"""What do the figures of the papers show when they are computed again? One module a figure, all of them pure.

figure.py         what a figure is when computed again: configuration, markets drawn, panels, numbers, words
paper_market.py   the markets that [Fan25] draws
sweep.py          everyone at each of several reports of one seller
one_payment.py    Myerson's and the VCG payment side by side, the integral whole and cut
figure_3.py ...   one figure each: what the paper shows, what we find
budget_market.py  the markets that the figures about [Ayyoubzadeh25] draw: the paper has none
overspend.py      how far payments overrun the budget, as markets grow
value.py          what each rule buys, of the most that a budget could
frontier.py       how much should be paid in cash: what each choice buys and costs
gain.py           what lies gain under payments in cash and shares
fairshare/        the figures of [FairShare25]
papers.py         what a page says of each paper
page.py           all of them on one page, and as files
"""

from collections.abc import Sequence

from evenhand.errors import OfferError, unknown
from evenhand.records import Watch, unwatched
from evenhand.reports.reproductions import (
    figure_3,
    figure_4,
    figure_7,
    figure_8,
    figure_9a,
    figure_9b,
    frontier,
    gain,
    overspend,
    value,
)
from evenhand.reports.reproductions.fairshare import FAIRSHARE
from evenhand.reports.reproductions.figure import Figure, Recipe
from evenhand.reports.reproductions.page import PAGE, files

__all__ = ["FIGURES", "PAGE", "Figure", "chosen", "files", "reproduce", "stage"]

FIGURES: dict[str, Recipe] = {
    "3": figure_3.recompute,
    "4": figure_4.recompute,
    "7": figure_7.recompute,
    "8": figure_8.recompute,
    "9a": figure_9a.recompute,
    "9b": figure_9b.recompute,
    "overspend": overspend.recompute,
    "value": value.recompute,
    "frontier": frontier.recompute,
    "gain": gain.recompute,
    **FAIRSHARE,
}
"""The figures of [Fan25] that are computed again, by the paper's numbers; ours about [Ayyoubzadeh25], by words; and
those of [FairShare25], by its name and numbers."""


def chosen(names: Sequence[str]) -> list[str]:
    """Give the figures that are asked for, in the order of `FIGURES`, each once; all of them if none is named.

    Raises:
        OfferError: a name is not known; all such names are named.

    >>> chosen(["9a", "3", "9a"])
    ['3', '9a']
    """
    strange = [unknown("figure", name, FIGURES) for name in names if name not in FIGURES]
    if strange:
        raise OfferError(strange)
    return [name for name in FIGURES if name in names or not names]


def reproduce(name: str, watch: Watch = unwatched) -> Figure:
    """Compute one figure again; the same figure comes of it every time.

    Args:
        name: a key of `FIGURES`.
        watch: told how far the work is, as the stage that `stage` names.
    """
    watch(stage(name), 0, 1)
    return FIGURES[name](lambda done, total: watch(stage(name), done, total))


def stage(name: str) -> str:
    """Name the stage of a figure's work.

    >>> stage("9a")
    'figure 9a'
    """
    return f"figure {name}"
