"""Figure 3 of [FairShare25]: what does a buyer keep in the end who always pays one price? It is the grim trigger."""

from dataclasses import dataclass

import numpy as np

from evenhand.reports.linecharts import HUES, Curve, Mark, Panel
from evenhand.reports.notation import points, rounded, said
from evenhand.reports.reproductions.figure import Figure, Watched, grid
from evenhand.simulation.horizon import cumulative_net_utility
from evenhand.simulation.participation import PARTICIPATION


@dataclass(frozen=True, slots=True)
class Config:
    """What is drawn."""

    utility: float = 3.0
    """of the data, in every period; the paper's is not known to us."""
    ideal: float = 1.0
    """the price at which the paper's curves break."""
    periods: tuple[int, ...] = (1, 2, 5, 10)
    prices: tuple[float, ...] = tuple(sorted({*grid(0.0, 3.0, 0.05), 0.999}))


SHOWS = (
    "One buyer and one seller: what the buyer has kept after 1, 2, 5 and 10 periods, against the price paid in all of "
    "them, is a discontinuous, piecewise linear function that breaks at a price of 1."
)


def recompute(watch: Watched, config: Config = Config()) -> Figure:
    """Compute the figure again, telling `watch` how far it is."""
    longest = config.periods[-1]
    over_time = {
        f"T = {periods}": cumulative_net_utility(
            config.prices, config.utility, config.ideal, periods, PARTICIPATION["grim_trigger"]
        )
        for periods in config.periods
    }
    by_function = {
        name.replace("_", " "): cumulative_net_utility(config.prices, config.utility, config.ideal, longest, each)
        for name, each in PARTICIPATION.items()
    }
    watch(1, 1)
    numbers = {"utility": config.utility, "ideal": config.ideal, "longest": float(longest)}
    for name, row in (*over_time.items(), *by_function.items()):
        key = name.replace(" = ", "_").replace(" ", "_")
        numbers |= {f"{key}_best_price": config.prices[int(np.argmax(row))], f"{key}_most": rounded(row.max())}
    return Figure(
        name="fairshare-3",
        title="What is kept breaks at the ideal price only if one cut ends all trade",
        source="FairShare25",
        shows=SHOWS,
        finds=_in_words(numbers, config),
        config=config,
        drawn={},
        panels=(
            _panel(f"Grim trigger, u = {said(config.utility)}", over_time, "after T periods", config),
            _panel(f"Other ways to respond, T = {longest}", by_function, f"after {longest} periods", config),
        ),
        numbers=numbers,
        columns=2,
    )


def _panel(title: str, rows: dict[str, np.ndarray], when: str, config: Config) -> Panel:
    best = "; ".join(
        f"{name}: {said(rounded(row.max()))} at a price of {said(config.prices[int(np.argmax(row))])}"
        for name, row in rows.items()
    )
    return Panel(
        title=title,
        across="price p paid in every period, money",
        up=f"net utility {when}, money",
        says=f"Where most is kept: {best}.",
        curves=tuple(
            Curve(name, points(config.prices), points(row), hue)
            for (name, row), hue in zip(rows.items(), HUES, strict=True)
        ),
        marks=(Mark("ideal price", config.ideal),),
        from_zero=True,
    )


def _in_words(numbers: dict[str, float], config: Config) -> tuple[str, ...]:
    n = {name: said(number) for name, number in numbers.items()}
    longest = config.periods[-1]
    return (
        f"The shape that the paper describes is that of a seller who stays at p* or more and leaves for good at "
        f"anything less (the grim trigger): u − p below the ideal price p*, one trade; T (u − p) from there on. With "
        f"u = {n['utility']} most is kept by paying nothing if T = 1, and by paying exactly p* = {n['ideal']} from "
        f"T = 2 on; at T = {longest} that leaves {n[f'T_{longest}_most']}.",
        f"It depends on this response, which the paper's own Assumption 1 excludes, as Lemma 7 uses it (E-001-12). "
        f"With the others here nothing breaks. After {longest} periods the best price is "
        f"{n['exponential_best_price']} (exponential), {n['linear_best_price']} (linear) and "
        f"{n['square_root_best_price']} (square root). The utility of a period is ours: "
        f"the smaller it is, the more periods it takes until paying p* is better than paying nothing.",
    )
