"""Figure 7 of [Fan25]: why is the truth the best report under Myerson's payment? What each report earns, as areas."""

from dataclasses import asdict, dataclass

import numpy as np

from evenhand.reports.linecharts import Area, Curve, Mark, Panel
from evenhand.reports.notation import points, rounded, said
from evenhand.reports.reproductions.figure import Figure, Watched, grid, percent
from evenhand.reports.reproductions.paper_market import PAPER, SELLER, Drawn, Setup, drawn
from evenhand.reports.reproductions.sweep import cleared_at, sold, swept


@dataclass(frozen=True, slots=True)
class Config:
    """What is drawn."""

    seed: int = 4
    setup: Setup = PAPER
    reports: tuple[float, ...] = grid(1.0, 16.0, 0.25)
    under: float = 2.0
    over: float = 10.0
    """the two misreports; both, and the true cost, are among the reports."""


NARROW = 350
"""Pixels of each panel: three stand side by side."""

SHOWS = (
    "A proof by picture. With the truth a seller is left with the area s1 under the falling curve f of what is sold, "
    "from the true cost on; with a report below the cost, with s1 − s2; with one above it, with s1 − s3."
)


def recompute(watch: Watched, config: Config = Config()) -> Figure:
    """Compute the figure again, telling `watch` how far it is."""
    market, truth = drawn(config.setup, config.seed), config.setup.own_cost
    told = {"truth": truth, "under": config.under, "over": config.over}
    cleared = cleared_at(market, told.values())
    quantity = dict(zip(told, sold(cleared)[:, SELLER], strict=True))
    tail = {name: each.area[SELLER] for name, each in zip(told, cleared, strict=True)}
    earned = dict(zip(told, swept(market, list(told.values()), "threshold").utility, strict=True))
    edge = cleared_at(market, [config.reports[-1]])[0].area[SELLER]
    watch(1, 1)
    numbers = {
        "true_cost": truth,
        **{f"sold_at_{name}": rounded(quantity[name]) for name in told},
        "s1": rounded(tail["truth"]),
        "s2": rounded((truth - config.under) * quantity["under"] - (tail["under"] - tail["truth"])),
        "s3": rounded((tail["truth"] - tail["over"]) - (config.over - truth) * quantity["over"]),
        **{f"utility_at_{name}": rounded(earned[name]) for name in told},
        "beyond_the_edge": rounded(edge / tail["truth"]),
    }
    n = {name: said(number) for name, number in numbers.items()}
    return Figure(
        name="7",
        title="Paid by Myerson's rule, every misreport loses an area",
        source="Fan25",
        shows=SHOWS,
        finds=(
            f"The same in numbers, on the curve of a drawn market. A report of u is paid u f(u) and the area under the "
            f"curve from u on, without end. The truth leaves {n['utility_at_truth']}, which is s1 = {n['s1']}. A "
            f"report of {said(config.under)} leaves {n['utility_at_under']}, which is s1 less s2 = {n['s2']}: more is "
            f"sold than the cost allows. A report of {said(config.over)} leaves {n['utility_at_over']}, which is s1 "
            f"less s3 = {n['s3']}: sales that would have paid are lost.",
            f"The area s1 has no right end. {percent(numbers['beyond_the_edge'])} of it lies beyond the report of "
            f"{said(config.reports[-1])} at which the drawing ends; an integral that ends there loses it "
            f"(figures 9a and 9b).",
        ),
        config=config,
        drawn={f"seed {config.seed}": asdict(market)},
        panels=_panels(market, numbers, config),
        numbers=numbers,
        columns=3,
    )


def _panels(market: Drawn, numbers: dict[str, float], config: Config) -> tuple[Panel, ...]:
    truth = config.setup.own_cost
    x, f = points(config.reports), points(market.market.curve(market.costs, SELLER, config.reports))
    n = {name: said(number) for name, number in numbers.items()}
    right = [place for place, report in enumerate(x) if report >= truth]
    kept = Area("s1", *_between(x, f, right, 0.0), at=(truth + 2.5, 0.2 * numbers["sold_at_truth"]))

    def panel(title: str, says: str, report: float, sells: float, *areas: Area) -> Panel:
        lied = () if report == truth else (Mark(f"report {said(report)}", report, sells, "second"),)
        return Panel(
            title=title,
            across="report u, money per unit",
            up="what the seller sells, f(u)",
            says=says,
            curves=(Curve("f", x, f),),
            marks=(Mark(f"true cost {n['true_cost']}", truth, numbers["sold_at_truth"], "first"), *lied),
            areas=areas,
            from_zero=True,
            width=NARROW,
        )

    def lost(label: str, report: float, sells: float) -> Area:
        """What lies between the curve and the quantity sold at the report, from the true cost to the report."""
        inside = [place for place, u in enumerate(x) if min(truth, report) <= u <= max(truth, report)]
        near = truth + 0.25 * (report - truth)  # where it is highest, or nearly
        height = (sells + float(np.interp(near, x, f))) / 2
        return Area(label, *_between(x, f, inside, sells), at=(near, height), hue="second", hatched=True)

    return (
        panel("Truth: s1 is left", f"The area s1 = {n['s1']} under the curve from the true cost on.", truth, 0.0, kept),
        panel(
            f"Report {said(config.under)}: s1 − s2 is left",
            f"Beside s1, the area s2 = {n['s2']} above the curve, between the report and the true cost, is lost.",
            config.under,
            numbers["sold_at_under"],
            kept,
            lost("s2", config.under, numbers["sold_at_under"]),
        ),
        panel(
            f"Report {said(config.over)}: s1 − s3 is left",
            f"Of s1, the area s3 = {n['s3']} between the true cost and the report is lost.",
            config.over,
            numbers["sold_at_over"],
            kept,
            lost("s3", config.over, numbers["sold_at_over"]),
        ),
    )


def _between(
    x: tuple[float, ...], f: tuple[float, ...], places: list[int], level: float
) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    """Give the points at these places, and below and above them a level and the curve, whichever is higher."""
    pairs = [sorted((level, f[place])) for place in places]
    return tuple(x[place] for place in places), tuple(low for low, _ in pairs), tuple(high for _, high in pairs)
