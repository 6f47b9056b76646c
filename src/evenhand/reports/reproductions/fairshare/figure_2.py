"""Figure 2 of [FairShare25]: what does a lower price bring in the end, and where does a seller's profit break?"""

from dataclasses import asdict, dataclass

import numpy as np

from evenhand.markets.posted import Buyer, SequentialPrices, sequential_prices
from evenhand.reports.linecharts import Curve, Mark, Panel
from evenhand.reports.notation import points, rounded, said
from evenhand.reports.reproductions.figure import Figure, Watched, grid
from evenhand.simulation.horizon import advantages, horizon
from evenhand.simulation.participation import EXPONENTIAL
from evenhand.simulation.staying import loss_at_least, staying

CUTS = {"reduced": 0.5, "nearly ideal": 0.9}
"""label -> the part of the ideal price that is paid."""
HUES = ("first", "second", "third")


@dataclass(frozen=True, slots=True)
class TwoSellers:
    """Two datasets, A by S1 and D by S2, who come in this order, and what they are worth to two buyers, in money."""

    costs: tuple[int, ...] = (1, 1)
    first_buyer: tuple[int, ...] = (8, 5, 11)
    """A alone, D alone, both."""
    second_buyer: tuple[int, ...] = (5, 7, 9)
    budgets: tuple[int, ...] = (12, 10)

    def arrived(self) -> SequentialPrices:
        """Let the sellers arrive."""
        bundles = ((0,), (1,), (0, 1))
        worth = (dict(zip(bundles, each, strict=True)) for each in (self.first_buyer, self.second_buyer))
        buyers = [Buyer(utility, budget) for utility, budget in zip(worth, self.budgets, strict=True)]
        return sequential_prices(buyers, self.costs)


@dataclass(frozen=True, slots=True)
class Config:
    """What is drawn: numbers of ours, since the paper's are not known to us."""

    utility: float = 2.25
    budget: float = 2.0
    """the ideal price, too, as it is less than the utility."""
    periods: int = 20
    market: TwoSellers = TwoSellers()
    prices: tuple[float, ...] = grid(0.0, 10.0, 0.125)


SHOWS = (
    "A sketch of the argument. First, a buyer's cumulative utility and the seller's participation over time, under "
    "ideal and exploitative prices. Then the profits of two sellers over the price they ask, with what each of two "
    "buyers is willing to pay at most (MWP)."
)


def recompute(watch: Watched, config: Config = Config()) -> Figure:
    """Compute the figure again, telling `watch` how far it is."""
    ideal = min(config.utility, config.budget)
    there = {name: staying([float(EXPONENTIAL(part, 1.0))] * (config.periods - 1)) for name, part in CUTS.items()}
    kept = {"ideal": np.cumsum(np.full(config.periods, config.utility - ideal))}
    kept |= {name: np.cumsum(there[name] * (config.utility - part * ideal)) for name, part in CUTS.items()}
    numbers = {"utility": config.utility, "ideal_price": ideal}
    for name, part in CUTS.items():
        key, paid = name.replace(" ", "_"), np.full(config.periods, part * ideal)
        ahead = advantages(
            np.full(config.periods, config.utility), np.full(config.periods, config.budget), paid, EXPONENTIAL
        )
        chance = float(EXPONENTIAL(part, 1.0))
        numbers |= {
            f"{key}_price": rounded(part * ideal),
            f"{key}_stays": rounded(chance),
            f"{key}_until": float(horizon(ahead, 1.0).period),
            f"{key}_limit": rounded((config.utility - part * ideal) / (1 - chance)),
            f"{key}_lost_at_least": rounded(loss_at_least([chance] * (config.periods - 1))),
        }
    watch(1, 2)
    arrived = config.market.arrived()
    for seller in (0, 1):
        entry = arrived.entries[seller]
        numbers |= {
            f"price_{seller + 1}": float(entry.price),
            f"reckoned_{seller + 1}": float(entry.profit),
            f"profit_{seller + 1}": float(arrived.profit[seller]),
        }
    watch(2, 2)
    return Figure(
        name="fairshare-2",
        title="What is saved today is lost later; and a profit falls at each buyer's limit",
        source="FairShare25",
        shows=SHOWS,
        finds=_in_words(numbers, config),
        config=config,
        drawn={"two sellers": asdict(config.market)},
        panels=(*_over_time(kept, there, numbers, config), *_over_prices(arrived, config)),
        numbers=numbers,
        columns=2,
    )


def _over_time(
    kept: dict[str, np.ndarray], there: dict[str, np.ndarray], numbers: dict[str, float], config: Config
) -> tuple[Panel, Panel]:
    x, n = points(range(config.periods)), {name: said(number) for name, number in numbers.items()}
    stays = {"ideal": np.ones(config.periods), **there}
    late = [f"{name.replace(' ', '_')}_until" for name in CUTS]
    marks = tuple(Mark(f"t* {n[key]}", numbers[key], hue=hue) for key, hue in zip(late, HUES[1:], strict=True))

    def panel(title: str, up: str, says: str, rows: dict[str, np.ndarray], marks: tuple[Mark, ...] = ()) -> Panel:
        curves = tuple(Curve(name, x, points(row), hue) for (name, row), hue in zip(rows.items(), HUES, strict=True))
        return Panel(title, "period", up, says, curves, marks, from_zero=True)

    return (
        panel(
            "Buyer's cumulative utility",
            "net utility so far, money",
            f"The ideal price earns the same in every period; a lower one comes to a halt, at {n['reduced_limit']} and "
            f"at {n['nearly_ideal_limit']}.",
            kept,
            marks,
        ),
        panel(
            "Seller's participation",
            "chance that the seller is there",
            f"Sure at the ideal price; each period {n['reduced_stays']} and {n['nearly_ideal_stays']} times as high "
            f"at the lower ones.",
            stays,
        ),
    )


def _over_prices(arrived: SequentialPrices, config: Config) -> tuple[Panel, ...]:
    x = points(config.prices)
    return tuple(
        Panel(
            title=f"Profit of S{seller + 1} on arrival",
            across="price asked, money",
            up="profit, money",
            says=f"It rises with the price, falls at each MWP, {said(float(most[0]))} and {said(float(most[1]))}, and "
            f"is highest at {said(float(arrived.entries[seller].price))}.",
            curves=(
                Curve(
                    "profit",
                    x,
                    points(price * sum(price <= each for each in most) - cost for price in config.prices),
                ),
            ),
            marks=tuple(
                Mark(f"MWP of B{buyer}", float(each), hue=hue)
                for buyer, (each, hue) in enumerate(zip(most, HUES[1:], strict=True), start=1)
            ),
        )
        for seller, (most, cost) in enumerate(zip(arrived.willingness, config.market.costs, strict=True))
    )


def _in_words(numbers: dict[str, float], config: Config) -> tuple[str, ...]:
    n = {name: said(number) for name, number in numbers.items()}
    return (
        f"In numbers of ours: data worth {n['utility']} a period, a budget and so an ideal price of "
        f"{n['ideal_price']}, and sellers who stay with chance exp(−k (1 − p/p*)), k = 5/2. Half the ideal price "
        f"pays off until period {n['reduced_until']}, and never brings more than {n['reduced_limit']} in all; nine "
        f"tenths of it pay off until period {n['nearly_ideal_until']}, and bring {n['nearly_ideal_limit']} at most. It "
        f"depends on the budget: were it {n['utility']} or more, the ideal price would leave nothing, and any lower "
        f"price would be better for ever (E-001-07).",
        f"Profit is piecewise linear in the price and falls at each MWP. Of two buyers S1 takes both at "
        f"{n['price_1']}, and S2, who comes second, takes one at {n['price_2']}. The paper's figure stops there. But "
        f"S2 takes that buyer from S1, who reckoned with a profit of {n['reckoned_1']} and ends with {n['profit_1']}: "
        f"prices that are set once, on arrival, are no equilibrium (E-001-09).",
    )
