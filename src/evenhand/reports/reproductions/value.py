"""How much worth does a budget buy? Every rule that keeps it, against the most that could be had at cost."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from evenhand.markets.procurement.knapsack import fractional_optimum_of_arrays
from evenhand.mechanisms import MECHANISMS
from evenhand.records import Array
from evenhand.reports.linecharts import Curve, Panel
from evenhand.reports.notation import points, rounded
from evenhand.reports.reproductions.budget_market import Drawn, several
from evenhand.reports.reproductions.figure import Figure, Watched, grid, percent

RULES = {
    "proportional_share": ("proportional share", "first"),
    "single_or_share": ("single or share", "second"),
    "single_or_share_by_lot": ("by lot, mean", "third"),
    "prune_and_pack": ("prune and pack", "fourth"),
}
"""mechanism -> what its curve is called, and its colour."""

PUBLISHED = "q_mia"
"""In the words alone: it buys more, and pays more than the budget for it."""

OF: dict[str, Callable[[Array], Any]] = {"min": np.min, "median": np.median, "mean": np.mean}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of market."""

    sellers: int
    spread: float
    """standard deviation of the logarithm of worth."""
    told: str


@dataclass(frozen=True, slots=True)
class Config:
    """What is drawn."""

    kinds: tuple[Kind, ...] = (
        Kind(10, 1.0, "10 sellers"),
        Kind(500, 1.0, "500 sellers"),
        Kind(10, 3.0, "10 sellers, few of worth"),
        Kind(500, 3.0, "500 sellers, few of worth"),
    )
    budgets: tuple[float, ...] = grid(0.05, 1.0, 0.05)
    """parts of all costs."""
    markets: int = 40
    """of each kind, from seed 0 on."""
    at: int = 5
    """place of the budget that the words are about."""


SHOWS = (
    "Q-MIA and its variants are said to bring substantially more useful data under an equal budget than paying by "
    "volume or by trust; no experiment is shown. What could be had at most is not said."
)


def recompute(watch: Watched, config: Config = Config()) -> Figure:
    """Work the figure out, telling `watch` how far it is."""
    bought: list[dict[str, Array]] = []
    worst: tuple[float, Drawn] | None = None
    for done, kind in enumerate(config.kinds):
        markets = list(several(kind.sellers, 1.0, config.markets, spread=kind.spread))
        under = [[market.spending(part) for part in config.budgets] for market in markets]
        bought.append({name: np.array([[part_bought(name, m) for m in row] for row in under])
                       for name in (*RULES, PUBLISHED)})  # fmt: skip
        least = bought[-1]["proportional_share"][:, config.at]
        here = int(np.argmin(least))
        if worst is None or least[here] < worst[0]:
            worst = float(least[here]), under[here][config.at]
        watch(done + 1, len(config.kinds))
    assert worst is not None, "there is a kind of market"
    numbers = {"budget": rounded(config.budgets[config.at]), "worst": rounded(worst[0])}
    for place, found in enumerate(bought, start=1):
        for name, parts in found.items():
            at = parts[:, config.at]
            numbers |= {f"{name}_{place}_{key}": rounded(of(at)) for key, of in OF.items()}
    return Figure(
        name="value",
        title="What a hard budget buys, of the most that it could",
        source="Ayyoubzadeh25",
        shows=SHOWS,
        finds=_in_words(numbers, config),
        config=config,
        drawn={"least bought in proportional shares": asdict(worst[1])},
        panels=tuple(
            _panel(kind, found, numbers, place, config)
            for place, (kind, found) in enumerate(zip(config.kinds, bought, strict=True), start=1)
        ),
        numbers=numbers,
        columns=2,
    )


def part_bought(name: str, market: Drawn) -> float:
    """Give the worth that a mechanism buys, on average over its lot, as a part of the fractional optimum; 1 of 0."""
    costs, worth = np.array(market.costs, float), np.array(market.worth, float)
    best = fractional_optimum_of_arrays(costs, worth, market.budget)
    row = MECHANISMS[name]
    weights = [*row.lots.values()] or [1]
    values = [float(each.run(market.market, costs).quantity @ worth) for each in row.each]
    return float(np.average(values, weights=weights) / best) if best else 1.0


def _panel(kind: Kind, found: dict[str, Array], numbers: dict[str, float], place: int, config: Config) -> Panel:
    x = points(config.budgets)
    medians = ", ".join(f"{label} {percent(numbers[f'{name}_{place}_median'])}" for name, (label, _) in RULES.items())
    return Panel(
        title=kind.told,
        across="budget, as a part of all costs",
        up="worth bought / optimum, median",
        says=f"Of the optimum, with a budget of {percent(numbers['budget'])} of all costs: {medians}.",
        curves=tuple(
            Curve(label, x, points(np.median(found[name], axis=0)), hue) for name, (label, hue) in RULES.items()
        ),
        from_zero=True,
    )


def _in_words(numbers: dict[str, float], config: Config) -> tuple[str, ...]:
    def told(name: str, place: int) -> str:
        of = {key: percent(numbers[f"{name}_{place}_{key}"]) for key in ("median", "mean", "min")}
        return f"{of['median']} in the median, {of['mean']} on average, {of['min']} at the least"

    small, large, few, many = (kind.told for kind in config.kinds)
    return (
        f"Measured against the fractional optimum of the knapsack problem, which no rule exceeds that keeps the budget "
        f"and pays costs. With a budget of {percent(numbers['budget'])} of all costs and {large}, proportional share "
        f"buys of it {told('proportional_share', 2)}; with {small}, {told('proportional_share', 1)}. So much is the "
        f"price of paying thresholds out of a hard budget. Q-MIA buys {told('q_mia', 2)} with {large}, but pays more "
        f"than the budget for it (figure overspend).",
        f"Where worth is spread so that few datasets matter, the one of largest worth can be priced out. With {few}, "
        f"proportional share buys {told('proportional_share', 3)}; with {many}, {told('proportional_share', 4)}.",
        f"Three rules have a worst case. With {few}, single or share buys {told('single_or_share', 3)}; by lot it is "
        f"{told('single_or_share_by_lot', 3)}; prune and pack buys {told('prune_and_pack', 3)}. What guards against "
        f"the worst market costs something in the others. All of it depends on how costs and worth spread, which here "
        f"are independent.",
    )
