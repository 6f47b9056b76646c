"""How do people and programs get the figures? One page for all, and two files each: the drawing and the numbers.

The page is one file that needs nothing else: no script, nothing fetched, style sheets and drawings inside, and its own
content security policy allows those style sheets alone. Each panel is a drawing of its own there, so that panels stand
side by side where there is room and one below another where there is none.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from evenhand import canonical
from evenhand.records import Watch, unwatched
from evenhand.reports import html, linecharts
from evenhand.reports.linecharts import Panel, draw
from evenhand.reports.notation import said
from evenhand.reports.reproductions.figure import Figure
from evenhand.reports.reproductions.papers import PAPERS

if TYPE_CHECKING:
    from markupsafe import Markup

PAGE = "index.html"
SCHEMA = "evenhand/figure/1"
NUMBER = 2
"""A name of so many letters is a number, as the paper has it: "9a"."""
UNBROKEN = re.compile(
    r"E-[0-9]{3}-[0-9]{2}|1e-[0-9]+|[0-9.]+ %|ρ = [0-9./]*[0-9]|fairshare-[0-9]+|[δk] = [0-9./]*[0-9]"
)


@dataclass(frozen=True, slots=True)
class Table:
    """The points of panels that share their horizontal axis."""

    across: str
    panels: tuple[Panel, ...]
    rows: tuple[tuple[float, ...], ...]
    """the value on the horizontal axis, then each curve's."""


def files(figures: Sequence[Figure], watch: Watch = unwatched) -> dict[str, bytes]:
    """Give the page, and for each figure its drawing and its numbers, by name; the same figures give the same bytes.

    Args:
        figures: one or more, as `reproduce` gives them.
        watch: told how many figures are drawn, as the stage "draw".
    """
    made: dict[str, bytes] = {}
    watch("draw", 0, len(figures) + 1)
    for done, figure in enumerate(figures):
        made[f"figure-{figure.name}.svg"] = _drawing(figure).encode()
        made[f"figure-{figure.name}.json"] = numbers(figure)
        watch("draw", done + 1, len(figures) + 1)
    made[PAGE] = render(figures).encode()
    watch("draw", len(figures) + 1, len(figures) + 1)
    return made


def numbers(figure: Figure) -> bytes:
    """Give all that a figure is made of, as canonical JSON."""
    return canonical.encode({"schema": SCHEMA, **canonical.tree(figure), "source": PAPERS[figure.source].citation})


def render(figures: Sequence[Figure]) -> str:
    """Write the page."""
    name = "figures.html.j2"
    page = html.environment(name, filters={"said": said, "prose": _prose}).get_template(name)
    return page.render(
        **html.styled(html.template("report.css") + linecharts.style() + html.template("figures.css")),
        worded=any(len(figure.name) > NUMBER for figure in figures),
        papers=[PAPERS[key] for key in dict.fromkeys(figure.source for figure in figures)],
        shown=[(figure, [html.trusted(svg) for svg in _panels(figure)], _tables(figure)) for figure in figures],
    )


def _drawing(figure: Figure) -> str:
    """Draw the whole figure as a file of its own."""
    return draw(
        figure.panels,
        name=f"figure-{figure.name}",
        title=f"Figure {figure.name}: {figure.title}",
        says=" ".join(f"{panel.title}. {panel.says}" for panel in figure.panels),
        columns=figure.columns,
        alone=True,
    )


def _panels(figure: Figure) -> list[str]:
    """Draw each panel for the page."""
    return [
        draw(
            [panel], name=f"figure-{figure.name}-{place}", title=f"Figure {figure.name}: {panel.title}", says=panel.says
        )
        for place, panel in enumerate(figure.panels, start=1)
    ]


def _tables(figure: Figure) -> list[Table]:
    tables = []
    for (across, x), group in groupby(figure.panels, key=lambda panel: (panel.across, panel.curves[0].x)):
        panels = tuple(group)
        columns = [x, *(curve.y for panel in panels for curve in panel.curves)]
        tables.append(Table(across, panels, tuple(zip(*columns, strict=True))))
    return tables


def _prose(words: str) -> "Markup":
    """Keep the name of an erratum, a power of ten, a percentage and a liquidity on one line."""
    from markupsafe import Markup, escape

    return Markup(UNBROKEN.sub(r'<span class="unbroken">\g<0></span>', str(escape(words))))
