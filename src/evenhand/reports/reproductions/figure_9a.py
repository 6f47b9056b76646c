"""Figure 9a of [Fan25]: two truthful payments on a mean-estimation market, over a seller's true cost."""

from dataclasses import asdict, dataclass

from evenhand.reports.reproductions.figure import Figure, Watched, grid
from evenhand.reports.reproductions.one_payment import in_words, numbers_of, paid, panel
from evenhand.reports.reproductions.paper_market import PAPER, Setup, drawn


@dataclass(frozen=True, slots=True)
class Config:
    """What is drawn."""

    seed: int = 2
    setup: Setup = PAPER
    true_costs: tuple[float, ...] = grid(1.0, 15.0, 0.5)
    cuts: tuple[float, ...] = (20.0, 100.0)


SHOWS = (
    "Myerson's and the VCG payment against a seller's true cost, in a mean-estimation market, where weights are free. "
    "They should be equal and are drawn a little apart; the paper puts this down to numerical issues."
)


def recompute(watch: Watched, config: Config = Config()) -> Figure:
    """Compute the figure again, telling `watch` how far it is."""
    market = drawn(config.setup, config.seed)
    found = paid(market.market, market.costs, config.true_costs, config.cuts, watch)
    numbers = numbers_of(found, config.setup.own_cost)
    return Figure(
        name="9a",
        title="Two truthful rules, weights free: one payment",
        source="Fan25",
        shows=SHOWS,
        finds=in_words(found, numbers, "E-000-02"),
        config=config,
        drawn={f"seed {config.seed}": asdict(market)},
        panels=(panel(found, numbers, f"Payments, mean estimation (seed {config.seed})"),),
        numbers=numbers,
    )
