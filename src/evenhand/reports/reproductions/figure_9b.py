"""Figure 9b of [Fan25]: two truthful payments on a data mixture, whose weights sum to 1, over a seller's true cost."""

from dataclasses import dataclass

import numpy as np

from evenhand.markets import Mixture
from evenhand.reports.reproductions.figure import Figure, Watched, grid
from evenhand.reports.reproductions.one_payment import in_words, numbers_of, paid, panel
from evenhand.reports.reproductions.paper_market import SELLER


@dataclass(frozen=True, slots=True)
class Config:
    """What is drawn: effects, then scale and offset, then costs. The paper states no ranges; these are ours."""

    seed: int = 0
    sellers: int = 5
    effect_min: float = -2.0
    effect_max: float = 0.0
    scale_min: float = 5.0
    scale_max: float = 10.0
    offset_max: float = 1.0
    cost_min: float = 1.0
    cost_max: float = 10.0
    own_cost: float = 5.0
    true_costs: tuple[float, ...] = grid(1.0, 15.0, 0.5)
    cuts: tuple[float, ...] = (20.0, 100.0)


SHOWS = (
    "The same comparison for one buyer who mixes training data in proportions that sum to 1. The paper draws Myerson's "
    "payment below the VCG payment and takes this as a property of constrained weights (Theorems 5.1 and 5.2)."
)


def recompute(watch: Watched, config: Config = Config()) -> Figure:
    """Compute the figure again, telling `watch` how far it is."""
    rng = np.random.default_rng(config.seed)
    effects = rng.uniform(config.effect_min, config.effect_max, config.sellers)
    scale, offset = rng.uniform(config.scale_min, config.scale_max), rng.uniform(0, config.offset_max)
    costs = rng.uniform(config.cost_min, config.cost_max, config.sellers)
    costs[SELLER] = config.own_cost
    market = Mixture(effects, scale, offset, domain="simplex")
    found = paid(market, costs.tolist(), config.true_costs, config.cuts, watch)
    numbers = numbers_of(found, config.own_cost)
    mixture = {"effects": effects.tolist(), "scale": scale, "offset": offset, "costs": costs.tolist()}
    return Figure(
        name="9b",
        title="Two truthful rules, weights that sum to 1: still one payment",
        source="Fan25",
        shows=SHOWS,
        finds=in_words(found, numbers, "E-000-02, E-000-18"),
        config=config,
        drawn={f"seed {config.seed}": mixture},
        panels=(panel(found, numbers, f"Payments, mixture on the simplex (seed {config.seed})"),),
        numbers=numbers,
    )
