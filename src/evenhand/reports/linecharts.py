"""How does a number move with another? Panels of curves, drawn as one SVG that needs nothing else.

matplotlib places the marks; everything that would tie its drawing to one page, one machine or one day is then taken
out. Colours are written as classes of `templates/linecharts.css`, which knows a light and a dark page; text stays text,
in the reader's own font; ids begin with the chart's name, so that many charts share a page. Every curve has a dash
pattern and a label at its end besides its colour.
"""

import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from evenhand.reports import html

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Numbers = tuple[float, ...]

WIDTH, HEIGHT = 440, 320
"""Pixels of a panel, as long as it does not say otherwise."""

LEFT, BOTTOM, TITLE, ROW = 54, 46, 50, 16
"""Pixels left and below the axes, above them for the title, and for one row of labels of marks."""

TEXT, SMALL = 12.5, 11.5

RINGS_MAX = 16
"""Of a curve drawn as rings, about so many points are shown."""

HUES = ("first", "second", "third", "fourth")
"""The colours of curves, by the names that the style sheet has."""

DASHES: dict[str, Any] = {
    "first": "-",
    "second": (0, (6, 3)),
    "third": (0, (1.5, 2.2)),
    "fourth": (0, (9, 2.5, 2, 2.5)),
}

SENTINELS = {
    "ink": "#010203",
    "muted": "#020304",
    "rule": "#030405",
    "paper": "#040506",
    **dict(zip(HUES, ("#050607", "#060708", "#070809", "#08090a"), strict=True)),
}
"""name of a colour -> what stands for it while matplotlib draws."""

SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "evenhand",
    "path.simplify": False,
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that texts measure the same everywhere
    "text.usetex": False,
    "axes.unicode_minus": True,
    "hatch.linewidth": 1.0,
}

GLYPH_MISSING = r"Glyph \d+ \(.*\) missing from font"
"""How the warning begins of a letter that matplotlib's own font does not have."""

LEFT_OUT = ("font", "font-family", "xml:space")
"""Attributes that say nothing, or what the style sheet says."""

_SVG, _LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"


@dataclass(frozen=True, slots=True)
class Curve:
    """Points joined by a line, or each drawn as a ring where the curve lies on another."""

    label: str
    x: Numbers
    y: Numbers
    hue: str = "first"
    rings: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A value on the horizontal axis that has a name; with `y` also the point of a curve there."""

    label: str
    x: float
    y: float | None = None
    hue: str = "muted"


@dataclass(frozen=True, slots=True)
class Area:
    """What lies between two curves over the same points, with its name written at a place inside."""

    label: str
    x: Numbers
    low: Numbers
    high: Numbers
    at: tuple[float, float]
    hue: str = "first"
    hatched: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One pair of axes, and what it shows in words."""

    title: str
    across: str
    """name and unit of the horizontal axis."""
    up: str
    """name and unit of the vertical axis."""
    says: str
    """what it shows, for those who do not see it."""
    curves: tuple[Curve, ...]
    marks: tuple[Mark, ...] = ()
    areas: tuple[Area, ...] = ()
    from_zero: bool = False
    """whether the vertical axis begins at 0."""
    width: int = WIDTH
    """pixels."""


def draw(panels: Sequence[Panel], *, name: str, title: str, says: str, columns: int = 1, alone: bool = False) -> str:
    """Draw panels as one SVG, row by row; the same panels give the same text.

    Args:
        panels: one or more, of one width.
        name: begins every id inside, so no two drawings of a page may share it.
        title: its accessible name.
        says: its accessible description.
        columns: how many panels stand side by side.
        alone: whether it shall be a file of its own, with its colours inside; else its page brings `style()`.
    """
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    rows = -(-len(panels) // columns)
    across = columns * panels[0].width
    with matplotlib.rc_context(), warnings.catch_warnings():
        # text stays text, so it is the reader's font that has the letters, or not
        warnings.filterwarnings("ignore", GLYPH_MISSING, UserWarning)
        matplotlib.rcdefaults()  # nothing of the reader's own settings
        matplotlib.rcParams.update(SETTINGS)
        drawing = Figure(figsize=(across / 72, rows * HEIGHT / 72), dpi=72)
        drawing.patch.set_visible(False)
        for place, panel in enumerate(panels):
            _draw_panel(drawing, panel, (place % columns) * panels[0].width, (rows - 1 - place // columns) * HEIGHT)
        drawn = BytesIO()
        FigureCanvasSVG(drawing).print_svg(drawn, metadata={"Date": None})  # type: ignore[no-untyped-call]
    root = ElementTree.fromstring(drawn.getvalue())
    return _freed(root, name=name, title=title, says=says, size=(across, rows * HEIGHT), alone=alone)


def style() -> str:
    """Give the style sheet that a page with charts needs once."""
    return html.template("linecharts.css")


# -- one panel ------------------------------------------------------------------------------------------------------


def _draw_panel(drawing: "Figure", panel: Panel, left: int, bottom: int) -> None:
    """Give the axes what the labels leave, then draw from the back to the front."""
    right = max([_width(curve.label, TEXT) + 22 for curve in panel.curves], default=18)
    width = panel.width - LEFT - right
    low, high = _span([*panel.curves, *panel.areas])
    flags = [_flag(mark, low, high, width, panel.width - LEFT) for mark in panel.marks]
    rows = _rows(flags)
    height = HEIGHT - BOTTOM - TITLE - ROW * (1 + max(rows, default=-1)) - 6
    across, down = drawing.get_figwidth() * 72, drawing.get_figheight() * 72
    axes = drawing.add_axes(
        ((left + LEFT) / across, (bottom + BOTTOM) / down, width / across, height / down),
        xlim=(low, high),
    )
    _frame(axes, panel)
    for area in panel.areas:
        _fill(axes, area)
    for curve in panel.curves:
        _trace(axes, curve)
    if panel.from_zero:
        axes.set_ylim(bottom=0)
    axes.set_ylim(axes.get_ylim())  # nothing drawn from here on moves the axes
    for mark, (start, _), row in zip(panel.marks, flags, rows, strict=True):
        _point(axes, mark, start, row)
    _name_ends(axes, panel.curves)


def _frame(axes: "Axes", panel: Panel) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.patch.set_visible(False)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(SENTINELS["ink"])
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10], min_n_ticks=3))
    axes.tick_params(axis="x", length=4, color=SENTINELS["ink"], labelcolor=SENTINELS["muted"], labelsize=SMALL)
    axes.tick_params(axis="y", length=0, labelcolor=SENTINELS["muted"], labelsize=SMALL)
    axes.grid(axis="y", color=SENTINELS["rule"], linewidth=1)
    axes.set_axisbelow(True)
    _write(axes, panel.title, (8 - LEFT, HEIGHT - BOTTOM - 20), colour="ink", weight="bold")
    _write(axes, panel.up, (8 - LEFT, HEIGHT - BOTTOM - 38), colour="muted", size=SMALL)
    axes.set_xlabel(panel.across, color=SENTINELS["muted"], fontsize=SMALL, labelpad=5)


def _write(
    axes: "Axes", text: str, place: tuple[float, float], *, colour: str, size: float = TEXT, **more: Any
) -> None:
    """Write at so many pixels from the lower left corner of the axes, inside them or outside."""
    axes.annotate(
        text,
        (0, 0),
        xytext=place,
        xycoords="axes fraction",
        textcoords="offset pixels",
        color=SENTINELS[colour],
        fontsize=size,
        annotation_clip=False,
        **more,
    )


def _fill(axes: "Axes", area: Area) -> None:
    hue = SENTINELS[area.hue]
    look: dict[str, Any] = {"facecolor": hue, "alpha": 0.22, "linewidth": 0}
    if area.hatched:
        look = {"facecolor": SENTINELS["paper"], "edgecolor": hue, "hatch": "////", "linewidth": 1.0}
    axes.fill_between(area.x, area.low, area.high, **look)
    axes.text(*area.at, area.label, color=SENTINELS["ink"], fontsize=TEXT, ha="center", va="center", gid="halo")


def _trace(axes: "Axes", curve: Curve) -> None:
    hue = SENTINELS[curve.hue]
    look: dict[str, Any] = {"color": hue, "linestyle": DASHES[curve.hue], "linewidth": 2}
    if curve.rings:
        look = {"linestyle": "", "marker": "o", "markersize": 7, "markerfacecolor": "none", "markeredgecolor": hue}
        look |= {"markeredgewidth": 1.5, "markevery": -(-len(curve.x) // RINGS_MAX), "clip_on": False}
    axes.plot(curve.x, curve.y, **look)


def _point(axes: "Axes", mark: Mark, start: float, row: int) -> None:
    """Draw a line at the mark, up to its label, which hangs from it like a flag above the axes."""
    hue = SENTINELS[mark.hue]
    up = axes.bbox.height + ROW * (row + 1)
    line: dict[str, Any] = {"color": hue, "linewidth": 1, "linestyle": (0, (3, 3)), "clip_on": False}
    axes.plot([mark.x, mark.x], [0, up / axes.bbox.height], transform=axes.get_xaxis_transform(), **line)
    if mark.y is not None:
        axes.plot([mark.x], [mark.y], "o", color=hue, markersize=7, markeredgecolor=SENTINELS["paper"], clip_on=False)
    _write(axes, mark.label, (start, up - 10), colour=mark.hue, size=SMALL)


def _flag(mark: Mark, low: float, high: float, width: float, end: float) -> tuple[float, float]:
    """Give where a mark's label begins and ends, in pixels from the left of the axes; it ends within the panel."""
    long = _width(mark.label, SMALL)
    start = min((mark.x - low) / (high - low) * width + 5, end - 8 - long)
    return start, start + long


def _rows(flags: Sequence[tuple[float, float]]) -> list[int]:
    """Give each label a row: the further left it begins, the higher, so that no mark's line crosses a label.

    >>> _rows([(0, 60), (50, 90), (110, 140)])
    [1, 0, 0]
    """
    rows: dict[int, int] = {}
    for place in sorted(range(len(flags)), key=lambda place: -flags[place][0]):
        rows[place] = max((row + 1 for other, row in rows.items() if flags[other][0] < flags[place][1] + 12), default=0)
    return [rows[place] for place in range(len(flags))]


def _name_ends(axes: "Axes", curves: Sequence[Curve]) -> None:
    """Write each curve's name at its right end, the names pushed apart where ends are close."""
    low, high = axes.get_ylim()
    height = axes.bbox.height
    ends = [(curve.y[-1] - low) / (high - low) * height for curve in curves]
    for curve, y in zip(curves, _apart(ends, TEXT + 3, height), strict=True):
        _write(axes, curve.label, (axes.bbox.width + 9, y), colour=curve.hue, va="center")


def _apart(places: Sequence[float], gap: float, height: float) -> list[float]:
    """Move places apart to at least a gap, as little as need be, and keep them between 0 and the height.

    >>> _apart([50.0, 52.0, 90.0], 10, 100)
    [46.0, 56.0, 90.0]
    """
    groups: list[tuple[float, list[int]]] = []
    for index in sorted(range(len(places)), key=lambda index: places[index]):
        middle, members = places[index], [index]
        while groups and middle - groups[-1][0] < gap * (len(members) + len(groups[-1][1])) / 2:
            members = groups.pop()[1] + members
            middle = sum(places[member] for member in members) / len(members)
        groups.append((middle, members))
    moved = list(places)
    for middle, members in groups:
        half = gap * (len(members) - 1) / 2
        start = min(max(middle, half), max(height - half, half)) - half
        for step, member in enumerate(members):
            moved[member] = start + gap * step
    return moved


def _span(drawn: Sequence[Curve | Area]) -> tuple[float, float]:
    return min(min(each.x) for each in drawn), max(max(each.x) for each in drawn)


@cache
def _width(text: str, size: float) -> float:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    width, _, _ = text_to_path.get_text_width_height_descent(
        text, FontProperties(family="DejaVu Sans", size=size), False
    )
    return float(width)


# -- what matplotlib wrote, freed of page, machine and day ----------------------------------------------------------


def _freed(root: Any, *, name: str, title: str, says: str, size: tuple[int, int], alone: bool) -> str:
    """Rewrite the drawing: attributes for styles, classes for colours, and ids of its own for what is referred to."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{_SVG}metadata", f"{_SVG}style"):
                parent.remove(child)
    referred = {found for element in root.iter() for found in _references(element)}
    for element in root.iter():
        _rewrite(element, name, referred)
    width, height = size
    root.attrib = {"class": "linechart", "viewBox": f"0 0 {width} {height}", "role": "img"}
    root.attrib |= {"aria-labelledby": f"{name}-title {name}-desc"}
    words = [_element("title", title, id=f"{name}-title"), _element("desc", says, id=f"{name}-desc")]
    paper = _element("rect", width=str(width), height=str(height))
    paper.attrib["class"] = "fill-paper"
    if alone:
        root.attrib |= {"xmlns": "http://www.w3.org/2000/svg", "width": str(width), "height": str(height)}
        words.append(_element("style", style()))
    root[:0] = [*words, paper]
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _element(tag: str, text: str | None = None, **attributes: str) -> Any:
    made = ElementTree.Element(tag, attributes)
    made.text = text
    return made


def _references(element: Any) -> Iterator[str]:
    yield from (match for value in element.attrib.values() for match in re.findall(r"url\(#([^)]+)\)", value))
    if _LINK in element.attrib:
        yield element.attrib[_LINK].removeprefix("#")


def _rewrite(element: Any, name: str, referred: set[str]) -> None:
    element.tag = element.tag.removeprefix(_SVG)
    old = dict(element.attrib)
    for declaration in filter(None, old.pop("style", "").split(";")):
        key, _, value = declaration.partition(":")
        old[key.strip()] = value.strip()
    if "font" in old:  # the shorthand is no attribute
        size, weight = re.search(r"([\d.]+)px", old["font"]), "bold" if "bold" in old["font"] else ""
        old |= {"font-size": f"{size[1]}px" if size else "", "font-weight": weight}
    new: dict[str, str] = {}
    classes = ["halo"] if old.get("id", "").startswith("halo") else []
    for key, value in old.items():
        if key in ("fill", "stroke") and value in _NAMED:
            classes.append(f"{key}-{_NAMED[value]}")
        elif key == "id":
            if value in referred:
                new["id"] = f"{name}-{value}"
        elif key == _LINK:
            new["href"] = f"#{name}-{value.removeprefix('#')}"
        elif value and key not in LEFT_OUT and not value.startswith("rotate(-0 "):
            new[key] = re.sub(r"url\(#", f"url(#{name}-", value)
    if classes:
        new["class"] = " ".join(classes)
    element.attrib = new


_NAMED = {sentinel: colour for colour, sentinel in SENTINELS.items()}
