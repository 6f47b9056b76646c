"""What do lies gain when a payment is part cash, part a share of the pool? As published, a lot; corrected, nothing.

Each seller's report is followed exactly over all reports (properties/tracing.py), the others' being true. Of the
published rule one pass serves for all liquidities: who sells, the cash threshold tau and the share s of the pool do not
depend on it, and what is paid is rho tau + (1 - rho) s.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from evenhand.market import Clearing, deal
from evenhand.markets import ExactProcurement
from evenhand.mechanisms import MECHANISMS
from evenhand.properties.tracing import stretches, sweep
from evenhand.records import Array
from evenhand.reports.linecharts import Curve, Panel
from evenhand.reports.notation import points, rounded, said
from evenhand.reports.reproductions.budget_market import Drawn, several
from evenhand.reports.reproductions.figure import Figure, Watched, percent

PUBLISHED = "mixed_as_published"
CORRECTED = ("mixed_split", "mixed_net_cost")
HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Config:
    """What is drawn."""

    sellers: int = 8
    budget: float = 0.3
    """part of all costs."""
    pool: int = 2
    """budgets that can be promised in shares."""
    markets: int = 40
    """from seed 0 on."""
    corrected: int = 3
    """so many of them are tried with the corrected rules, at every liquidity."""
    steps: int = 10
    """the liquidities are 0, 1/steps, ... 1."""


SHOWS = (
    "Mixed-MIA is said to be truthful and individually rational for every liquidity ρ: what is paid in cash is a "
    "critical value, and shares are “not inflated by misreporting” (Theorems 2 to 4)."
)


def recompute(watch: Watched, config: Config = Config()) -> Figure:
    """Work the figure out, telling `watch` how far it is."""
    markets = list(several(config.sellers, config.budget, config.markets))
    liquidity = [Fraction(step, config.steps) for step in range(config.steps + 1)]
    published, corrected = [], []
    for done, market in enumerate(markets):
        published.append(as_published(market, config.pool, liquidity))
        if done < config.corrected:
            corrected += [most_gained(name, market, config.pool, part) for name in CORRECTED for part in liquidity]
        watch(done + 1, config.markets)
    truth, gain, paid = np.moveaxis(np.array(published), -1, 0)  # each [market, seller, liquidity]
    curves = {
        "lies": (gain > 0).mean(axis=(0, 1)),
        "losses": (truth < 0).mean(axis=(0, 1)),
        "gain": gain.sum(axis=(0, 1)) / paid.sum(axis=(0, 1)),
    }
    here, seller, _ = (int(place) for place in np.unravel_index(np.argmax(gain), gain.shape))
    middle = config.steps // 2
    numbers = {
        "middle": rounded(liquidity[middle]),
        **{f"{name}_at_{at}": rounded(curve[place]) for name, curve in curves.items()
           for at, place in (("none", 0), ("middle", middle), ("all", -1))},
        "most": rounded(gain.max() / markets[here].budget),
        "corrected_most": rounded(max(corrected)),
    }  # fmt: skip
    return Figure(
        name="gain",
        title="Paid partly in a share of the pool, sellers gain by lies",
        source="Ayyoubzadeh25",
        shows=SHOWS,
        finds=_in_words(numbers, config),
        config=config,
        drawn={f"most gained, by seller {seller}": asdict(markets[here])},
        panels=_panels(curves, liquidity, max(corrected), numbers),
        numbers=numbers,
        columns=2,
    )


def as_published(market: Drawn, pool: int, liquidity: Sequence[Fraction]) -> list[list[tuple[float, float, float]]]:
    """Give what each seller is left with by the truth, what the best lie adds, and what the truthful are paid.

    Returns:
        [seller][liquidity], exact until they are made floats.
    """
    row = MECHANISMS[PUBLISHED]
    ran = row.market(_exact(market, pool, HALF))

    def parts(cleared: Clearing) -> Array:
        """Give tau and s, twice what half of each comes to: (sellers, 2)."""
        return 2 * np.column_stack(row.settle(cleared, None))

    def told(seller: int, cost: int) -> list[tuple[float, float, float]]:
        """Tell of one seller."""

        def meets(report: Any) -> tuple[Any, Any]:
            return deal(ran, seller, _asking(market, seller, report), parts)

        pieces = stretches(meets, stop=ran.report_max + 1, whole=False)
        deals = [meets(cost), *(piece.met for piece in pieces)]
        rows = []
        for part in liquidity:
            paid = [part * tau + (1 - part) * share for _, (tau, share) in deals]
            left = [each - cost * sells for each, (sells, _) in zip(paid, deals, strict=True)]
            rows.append((float(left[0]), float(max(left) - left[0]), float(paid[0])))
        return rows

    return [told(seller, cost) for seller, cost in enumerate(market.costs)]


def most_gained(name: str, market: Drawn, pool: int, part: Fraction) -> float:
    """Give the most that any seller gains by any lie under a mechanism."""
    row = MECHANISMS[name]
    ran = row.market(_exact(market, pool, part))

    def gained(seller: int, cost: int) -> Any:
        def meets(report: Any) -> tuple[Any, Any]:
            return deal(ran, seller, _asking(market, seller, report), row.pay)

        sells, paid = meets(cost)
        pieces = sweep(meets, stop=ran.report_max + 1, whole=False)
        most = max(payment - cost * piece.quantity for piece in pieces for _, payment in piece.ends)
        return most - (paid - cost * sells)

    return float(max(gained(seller, cost) for seller, cost in enumerate(market.costs)))


def _asking(market: Drawn, seller: int, report: Any) -> list[Any]:
    return [*market.costs[:seller], report, *market.costs[seller + 1 :]]


def _exact(market: Drawn, pool: int, part: Fraction) -> ExactProcurement:
    return ExactProcurement(market.worth, market.budget, pool=pool * market.budget, liquidity=part)


def _panels(
    curves: dict[str, Array], liquidity: Sequence[Fraction], corrected: float, numbers: dict[str, float]
) -> tuple[Panel, ...]:
    x = points(liquidity)
    level = (corrected,) * len(x)
    across = "liquidity ρ, the part that is cash"
    return (
        Panel(
            title="For whom the truth is not best",
            across=across,
            up="part of all sellers",
            says=(
                f"As published a lie pays for {percent(numbers['lies_at_none'])} of the sellers at ρ = 0, for "
                f"{percent(numbers['lies_at_middle'])} at ρ = {said(numbers['middle'])} and for nobody at ρ = 1; for "
                f"nobody at any ρ as corrected."
            ),
            curves=(
                Curve("a lie pays", x, points(curves["lies"]), "third"),
                Curve("the truth loses", x, points(curves["losses"]), "fourth"),
                Curve("corrected", x, level, "first"),
            ),
            from_zero=True,
        ),
        Panel(
            title="What the best lies gain",
            across=across,
            up="part of all payments",
            says=(
                f"As published {percent(numbers['gain_at_none'])} of what is paid at ρ = 0, falling to nothing at "
                f"ρ = 1; nothing as corrected."
            ),
            curves=(
                Curve("published", x, points(curves["gain"]), "third"),
                Curve("corrected", x, level, "first"),
            ),
            from_zero=True,
        ),
    )


def _in_words(numbers: dict[str, float], config: Config) -> tuple[str, ...]:
    n = {name: said(number) for name, number in numbers.items()}
    part = {name: percent(number) for name, number in numbers.items()}
    return (
        f"The share of the pool is divided among who sells, so who pushes others out gets more: a winner does who asks "
        f"for more, and leaves them less room (E-002-11). Every report of every seller in {config.markets} markets of "
        f"{config.sellers}: at ρ = 0 a lie pays for {part['lies_at_none']} of them, at ρ = {n['middle']} for "
        f"{part['lies_at_middle']}. The best lies, each with the others' truth, gain {part['gain_at_none']} and "
        f"{part['gain_at_middle']} of what is paid; the largest of all {n['most']} budgets.",
        f"Nor is it rational: a part of the cash threshold and a share that no cost enters do not cover every cost. "
        f"The truth loses for {part['losses_at_none']} of the sellers at ρ = 0, and for {part['losses_at_middle']} at "
        f"ρ = {n['middle']} (E-002-12). At ρ = 1 all is cash and both are well, but for the budget (figure overspend).",
        f"Settling one threshold in two parts (split), or posting shares and bidding for cash (net cost), leaves no "
        f"lie that gains: the most found is {n['corrected_most']}, on every report in {config.corrected} of the "
        f"markets at each ρ, and there are proofs (markets/procurement/hybrids.py). How much is gained as published "
        f"depends on the pool, here {config.pool} budgets, and on how many sell.",
    )
