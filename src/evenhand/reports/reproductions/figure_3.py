"""Figure 3 of [Fan25]: what is a seller left with who is paid what they ask? The best report is above the cost."""

from dataclasses import asdict, dataclass

import numpy as np

from evenhand.reports.linecharts import Curve, Mark, Panel
from evenhand.reports.notation import points, rounded, said
from evenhand.reports.reproductions.figure import Figure, Watched, grid, percent
from evenhand.reports.reproductions.paper_market import PAPER, Setup, drawn
from evenhand.reports.reproductions.sweep import best_report, distance, swept


@dataclass(frozen=True, slots=True)
class Config:
    """What is drawn."""

    seed: int = 2
    setup: Setup = PAPER
    reports: tuple[float, ...] = grid(3.0, 30.0, 0.25)
    other_seeds: int = 200
    """in so many markets, from seed 0 on, the best report is worked out too."""


SHOWS = (
    "Paid the reported cost (direct reimbursement), a seller with true cost 5 in a mean-estimation market has the "
    "highest utility at some report above 5, and nearly none at very high reports (Claim 2)."
)


def recompute(watch: Watched, config: Config = Config()) -> Figure:
    """Compute the figure again, telling `watch` how far it is."""
    market, truth = drawn(config.setup, config.seed), config.setup.own_cost
    best = best_report(market, "direct")
    both = swept(market, [truth, best], "direct")
    elsewhere = []
    for seed in range(config.other_seeds):
        elsewhere.append(2 * truth + distance(drawn(config.setup, seed)))
        watch(seed + 1, config.other_seeds)
    numbers = {
        "true_cost": truth,
        "distance": rounded(distance(market)),
        "best_report": rounded(best),
        "utility_at_truth": rounded(both.utility[0]),
        "utility_at_best": rounded(both.utility[1]),
        "sold_of_truthful": rounded(both.quantity[1] / both.quantity[0]),
        "social_cost_ratio": rounded(both.social_cost[1] / both.social_cost[0]),
        "elsewhere_min": rounded(min(elsewhere)),
        "elsewhere_median": rounded(np.median(elsewhere)),
        "elsewhere_max": rounded(max(elsewhere)),
    }
    n = {name: said(number) for name, number in numbers.items()}
    panel = Panel(
        title="Utility under direct reimbursement",
        across="report of the seller, money per unit",
        up="utility, money",
        says=(
            f"The utility rises from a loss below the true cost through {n['utility_at_truth']} at the true cost "
            f"{n['true_cost']} to {n['utility_at_best']} at a report of {n['best_report']}, and falls slowly beyond."
        ),
        curves=(Curve("direct", points(config.reports), points(swept(market, config.reports, "direct").utility)),),
        marks=(
            Mark(f"true cost {n['true_cost']}", truth),
            Mark(
                f"best report 2c + d = {n['best_report']}", numbers["best_report"], numbers["utility_at_best"], "first"
            ),
        ),
    )
    return Figure(
        name="3",
        title="Paid what they ask, sellers ask too much",
        source="Fan25",
        shows=SHOWS,
        finds=(
            f"The truth earns {n['utility_at_truth']}. The best report is {n['best_report']} and earns "
            f"{n['utility_at_best']}: the seller then sells {percent(numbers['sold_of_truthful'])} of what the truth "
            f"sells, and the social cost is {n['social_cost_ratio']} times as high.",
            f"The best report has a closed form, 2c + d (E-000-09), where d = {n['distance']} says how far the data "
            f"of the seller stands apart from the others' data. So it always pays to ask for twice the cost and more: "
            f"in {config.other_seeds} such markets the best report lies between {n['elsewhere_min']} and "
            f"{n['elsewhere_max']}, with median {n['elsewhere_median']}.",
        ),
        config=config,
        drawn={f"seed {config.seed}": asdict(market)},
        panels=(panel,),
        numbers=numbers,
    )
