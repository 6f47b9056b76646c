"""How much of a payment should be cash? What each choice buys and costs, by three ways to pay in cash and shares.

By a split more purchasing power leaves nobody worse off, as long as it lets in no offer that asked for more than the
smaller (planning.py). So the liquidity at which both pots run out together is best for everyone, in all but small
markets.
"""

from dataclasses import asdict, dataclass

import numpy as np

from evenhand.markets import Procurement
from evenhand.mechanisms import MECHANISMS
from evenhand.planning import GRID, Frontier, best_liquidity, frontier
from evenhand.reports.linecharts import Curve, Mark, Panel
from evenhand.reports.notation import points, rounded, said
from evenhand.reports.reproductions.budget_market import Drawn, drawn, several
from evenhand.reports.reproductions.figure import Figure, Watched, percent

WAYS = {
    "mixed_split": ("split", "first"),
    "mixed_net_cost": ("net cost", "second"),
    "mixed_as_published": ("published", "third"),
}
"""mechanism -> what its curve is called, and its colour."""


ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Config:
    """What is drawn."""

    seed: int = 3
    sellers: int = 60
    budget: float = 0.2
    """part of all costs."""
    pool: float = 1.5
    """budgets that can be promised in shares."""
    cash_max: float = 0.5
    """of the budget: what a planner may want to spend now."""
    liquidity: tuple[float, ...] = GRID
    others: int = 100
    """markets in which the choices are looked at too, from seed 0 on."""
    others_sellers: int = 10


SHOWS = (
    "Mixed-MIA pays a part ρ of a cash threshold and 1 − ρ of a share of the pool. Each seller's utility is linear in "
    "ρ, some like it higher and some lower (8.3), every ρ is Pareto optimal among the rest (Theorem 1), and a planner "
    "may choose by Lagrange multipliers (8.5)."
)


def recompute(watch: Watched, config: Config = Config()) -> Figure:
    """Work the figure out, telling `watch` how far it is."""
    market = drawn(config.sellers, config.budget, config.seed)
    tried = {}
    for done, name in enumerate(WAYS):
        tried[name] = choices(market, name, config)
        watch(done + 1, len(WAYS) + 1)
    others = list(several(config.others_sellers, config.budget, config.others))
    worse = [bool(choices(other, "mixed_as_published", config, (0.0, 0.5, 1.0)).dominated[1]) for other in others]
    watch(len(WAYS) + 1, len(WAYS) + 1)
    numbers = _numbers(market, tried, config) | {
        "published_worse_elsewhere": float(sum(worse)),
        "split_best_elsewhere": float(sum(best_for_all(other, config) for other in others)),
    }
    return Figure(
        name="frontier",
        title="How much to pay in cash: where both pots run out together",
        source="Ayyoubzadeh25",
        shows=SHOWS,
        finds=_in_words(numbers, config),
        config=config,
        drawn={f"seed {config.seed}": asdict(market)},
        panels=_panels(market, tried, numbers, config),
        numbers=numbers,
        columns=2,
    )


def choices(market: Drawn, name: str, config: Config, liquidity: tuple[float, ...] | None = None) -> Frontier:
    """Run a market at each liquidity."""
    return frontier(
        market.worth,
        market.costs,
        market.budget,
        config.pool * market.budget,
        mechanism=name,
        liquidity=liquidity or config.liquidity,
    )


def best_for_all(market: Drawn, config: Config) -> bool:
    """Say whether, by a split, no seller is better off at any liquidity than where both pots run out together."""
    utility = choices(market, "mixed_split", config).utility
    best = utility[config.liquidity.index(best_liquidity(market.budget, config.pool * market.budget))]
    return bool((utility <= best * (1 + ROUNDING) + ROUNDING).all())


def _numbers(market: Drawn, tried: dict[str, Frontier], config: Config) -> dict[str, float]:
    split, net, published = tried.values()
    every, pool = sum(market.worth), config.pool * market.budget
    best = config.liquidity.index(best_liquidity(market.budget, pool))
    capped = split.best(cash_max=config.cash_max * market.budget)
    both = MECHANISMS["mixed_net_cost"].run(Procurement(market.worth, market.budget, pool=pool), market.costs)
    return {
        "best_liquidity": rounded(best_liquidity(market.budget, pool)),
        "split_best_value": rounded(split.value[best] / every),
        "split_cash_value": rounded(split.value[-1] / every),
        "split_dominated": float(split.dominated.sum()),
        "split_capped": rounded(split.liquidity[capped]),
        "split_capped_value": rounded(split.value[capped] / every),
        "net_best_value": rounded(net.value.max() / every),
        "net_both_value": rounded(float(both.quantity @ np.array(market.worth)) / every),
        "net_shares_most": rounded(net.shares.max() / pool),
        "published_value": rounded(published.value[0] / every),
        "published_cash": rounded(published.cash[-1] / market.budget),
        "published_dominated": float(published.dominated.sum()),
        "choices": float(len(config.liquidity)),
        "all_others": float(config.others),
    }


def _panels(market: Drawn, tried: dict[str, Frontier], numbers: dict[str, float], config: Config) -> tuple[Panel, ...]:
    every, budget = sum(market.worth), market.budget
    n = {name: said(number) for name, number in numbers.items()}
    shown = {
        "Value bought": (
            "part of all worth",
            {name: each.value / every for name, each in tried.items()},
            f"A split buys most, {percent(numbers['split_best_value'])}, at a liquidity of {n['best_liquidity']}.",
        ),
        "What sellers are left with": (
            "in budgets",
            {name: each.surplus / budget for name, each in tried.items()},
            "A split leaves sellers with most at the liquidity at which it buys most.",
        ),
        "Cash paid": (
            "in budgets",
            {name: each.cash / budget for name, each in tried.items()},
            f"As published, cash grows in proportion to liquidity, to {n['published_cash']} budgets; the others keep "
            f"to one.",
        ),
        "Shares promised": (
            "in pools",
            {name: each.shares / (config.pool * budget) for name, each in tried.items()},
            f"As published the pool is promised in proportion to 1 − ρ; net cost promises at most "
            f"{percent(numbers['net_shares_most'])} of it.",
        ),
    }
    return tuple(
        Panel(
            title=title,
            across="liquidity ρ, the part that is cash",
            up=up,
            says=says,
            curves=tuple(
                Curve(label, points(config.liquidity), points(rows[name]), hue) for name, (label, hue) in WAYS.items()
            ),
            marks=(Mark(f"B / (B + U) = {n['best_liquidity']}", numbers["best_liquidity"]),),
            from_zero=True,
        )
        for title, (up, rows, says) in shown.items()
    )


def _in_words(numbers: dict[str, float], config: Config) -> tuple[str, ...]:
    n = {name: said(number) for name, number in numbers.items()}
    part = {name: percent(number) for name, number in numbers.items()}
    return (
        f"Settle one threshold in both (split), and there is little to trade off: both pots run out together at "
        f"B / (B + U) = {n['best_liquidity']}, where purchasing power is greatest. Of {n['choices']} choices it buys "
        f"most, {part['split_best_value']} of all worth against {part['split_cash_value']} for cash alone, and the "
        f"other {n['split_dominated']} are worse for some sellers and better for none; no seller has a better one "
        f"in {n['split_best_elsewhere']} of {n['all_others']} markets of {config.others_sellers} sellers either, the "
        f"others being those where it lets in a dear offer that prices others out. A planner who may "
        f"spend {percent(config.cash_max)} of the budget now takes ρ = {n['split_capped']} and buys "
        f"{part['split_capped_value']}. All this takes shares at face value; who discounts them asks for more.",
        f"Post shares and bid in cash for the rest (net cost), and a liquidity buys up to {part['net_best_value']}, "
        f"since it holds back part of both pots; with neither held back {part['net_both_value']}. Shares are offered "
        f"to all, and lapse where they are not taken: at most {part['net_shares_most']} of the pool is promised.",
        f"As published, selection does not look at ρ: it buys {part['published_value']} at any, if nobody lies (but "
        f"see figure gain), for up to {n['published_cash']} budgets in cash (E-002-13). Theorem 1 does not "
        f"hold: {n['published_dominated']} of the {n['choices']} choices are worse than another for some sellers and "
        f"better for none, and in {n['published_worse_elsewhere']} of {n['all_others']} markets of "
        f"{config.others_sellers} sellers ρ = 1/2 is (E-002-14). Thresholds and shares are both close to one price for "
        f"a unit of worth, so that sellers mostly agree which is higher.",
    )
