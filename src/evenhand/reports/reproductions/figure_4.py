"""Figure 4 of [Fan25]: what do leave-one-out and Shapley payments do as one report moves? The truth is not the best."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from evenhand.reports.linecharts import Curve, Mark, Panel
from evenhand.reports.notation import points, rounded, said
from evenhand.reports.reproductions.figure import Figure, Watched, beside, grid
from evenhand.reports.reproductions.paper_market import PAPER, SELLER, Drawn, Setup, drawn
from evenhand.reports.reproductions.sweep import best_report, swept

NAMES = {"leave_one_out": "leave-one-out", "shapley": "Shapley"}
HUES = {"leave_one_out": "first", "shapley": "second"}
ACROSS = "report of the seller, money per unit"


@dataclass(frozen=True, slots=True)
class Config:
    """What is drawn."""

    seeds: tuple[int, ...] = (2, 6)
    setup: Setup = PAPER
    reports: tuple[float, ...] = grid(2.0, 20.0, 0.25)
    other_seeds: int = 200
    """in so many markets, from seed 0 on, the best reports are worked out too."""
    seeds_without_empty: int = 20
    """and in so many of them the best report when Shapley's sum leaves the empty coalition out."""
    samples_without_empty: int = 300
    """about so many reports are tried in each of these."""


SHOWS = (
    "For two random markets, the payment, the utility and the social cost against the report of a seller with true "
    "cost 5. Utility under leave-one-out and under Shapley peaks away from 5, where the social cost is lowest. The "
    "text gives a best report of 9 under leave-one-out and of 8 under Shapley, and prices of anarchy of 1.02 and 1.08, "
    "which it defines as ratios of social welfare."
)


def recompute(watch: Watched, config: Config = Config()) -> Figure:
    """Compute the figure again, telling `watch` how far it is."""
    markets = [drawn(config.setup, seed) for seed in config.seeds]
    found = [_misreports(market) for market in markets]
    columns = [_column(market, mine, config) for market, mine in zip(markets, found, strict=True)]
    numbers = {"true_cost": config.setup.own_cost, **_elsewhere(watch, config)}
    for market, mine in zip(markets, found, strict=True):
        numbers |= {f"seed_{market.seed}_{name}": number for name, number in mine.items()}
    return Figure(
        name="4",
        title="Paid by leave-one-out or Shapley, sellers gain by misreporting",
        source="Fan25",
        shows=SHOWS,
        finds=_finds(numbers, config),
        config=config,
        drawn={f"seed {market.seed}": asdict(market) for market in markets},
        panels=tuple(panel for row in zip(*columns, strict=True) for panel in row),
        numbers=numbers,
        columns=len(columns),
    )


def _misreports(market: Drawn) -> dict[str, float]:
    """Find each rule's best report, what it earns, and by how much it raises the social cost."""
    found: dict[str, float] = {}
    for rule in NAMES:
        best = best_report(market, rule)
        both = swept(market, [market.costs[SELLER], best], rule)
        found |= {
            f"{rule}_best": best,
            f"{rule}_paid_at_best": rounded(both.payment[1]),
            f"{rule}_utility_at_best": rounded(both.utility[1]),
            f"{rule}_utility_at_truth": rounded(both.utility[0]),
            f"{rule}_social_cost_at_best": rounded(both.social_cost[1]),
            f"{rule}_price_of_anarchy": rounded(both.social_cost[1] / both.social_cost[0]),
            "social_cost_at_truth": rounded(both.social_cost[0]),
        }
    return found


def _elsewhere(watch: Watched, config: Config) -> dict[str, float]:
    """Sum up what is best in many markets."""
    truth = config.setup.own_cost
    best: dict[str, list[float]] = {"without_empty": []}
    anarchy: dict[str, list[float]] = {}
    for seed in range(config.other_seeds):
        market = drawn(config.setup, seed)
        found = _misreports(market)
        for rule in NAMES:
            best.setdefault(rule, []).append(found[f"{rule}_best"])
            anarchy.setdefault(rule, []).append(found[f"{rule}_price_of_anarchy"])
        if seed < config.seeds_without_empty:
            found_without = best_report(market, "shapley_as_published", samples_max=config.samples_without_empty)
            best["without_empty"].append(found_without)
        watch(seed + 1, config.other_seeds)
    best["shapley_beside"] = best["shapley"][: config.seeds_without_empty]
    summary: dict[str, float] = {}
    for rule, reports in best.items():
        summary |= {
            f"elsewhere_{rule}_over": sum(report > truth for report in reports),
            f"elsewhere_{rule}_under": sum(report < truth for report in reports),
            f"elsewhere_{rule}_away": sum(report == np.inf for report in reports),
            f"elsewhere_{rule}_median": rounded(np.median(reports)),
            f"elsewhere_{rule}_max": max(report for report in reports if report < np.inf),
        }
    for rule, ratios in anarchy.items():
        summary |= {
            f"elsewhere_{rule}_anarchy_mean": rounded(np.mean(ratios)),
            f"elsewhere_{rule}_anarchy_max": rounded(max(ratios)),
        }
    return summary


def _column(market: Drawn, found: dict[str, float], config: Config) -> tuple[Panel, ...]:
    """Draw payments, each utility and the social cost of one market."""
    x, truth = points(config.reports), config.setup.own_cost
    along = {rule: swept(market, config.reports, rule) for rule in NAMES}

    def marks(height: str, rules: Sequence[str] = tuple(NAMES)) -> tuple[Mark, ...]:
        bests = (
            Mark(f"best under {NAMES[rule]}: {said(found[f'{rule}_best'])}",
                 found[f"{rule}_best"], found[f"{rule}_{height}"], HUES[rule])
            for rule in rules
        )  # fmt: skip
        return (Mark(f"true cost {said(truth)}", truth), *bests)

    def panel(what: str, up: str, says: str, curves: tuple[Curve, ...], marked: tuple[Mark, ...]) -> Panel:
        return Panel(f"{what}, seed {market.seed}", ACROSS, up, says, curves, marked)

    return (
        panel(
            "Payments",
            "payment, money",
            "Both payments fall as the report rises.",
            tuple(Curve(name, x, points(along[rule].payment), HUES[rule]) for rule, name in NAMES.items()),
            marks("paid_at_best"),
        ),
        *(
            panel(
                f"Utility under {name}",
                "utility at the true cost, money",
                f"The utility has one peak, at a report of {said(found[f'{rule}_best'])}, "
                f"{beside(found[f'{rule}_best'], truth)} of {said(truth)}.",
                (Curve(name, x, points(along[rule].utility), HUES[rule]),),
                marks("utility_at_best", (rule,)),
            )
            for rule, name in NAMES.items()
        ),
        panel(
            "Social cost",
            "social cost at the true costs, money",
            f"The social cost, in which payments play no part, is lowest at the true cost, "
            f"{said(found['social_cost_at_truth'])}, and higher at both best reports.",
            (Curve("social cost", x, points(along["shapley"].social_cost), "third"),),
            marks("social_cost_at_best"),
        ),
    )


def _finds(numbers: dict[str, float], config: Config) -> tuple[str, ...]:
    n = {name: said(number) for name, number in numbers.items()}
    e = {name.removeprefix("elsewhere_"): text for name, text in n.items()}

    def best(seed: int, rule: str) -> str:
        at = f"seed_{seed}_{rule}"
        return (
            f"{n[f'{at}_best']} under {NAMES[rule]}, {beside(numbers[f'{at}_best'], numbers['true_cost'])} (it earns "
            f"{n[f'{at}_utility_at_best']} where the truth earns {n[f'{at}_utility_at_truth']}; price of anarchy "
            f"{n[f'{at}_price_of_anarchy']})"
        )

    return (
        *(
            f"With seed {seed} the best report is {' and '.join(best(seed, rule) for rule in NAMES)}."
            for seed in config.seeds
        ),
        "The price of anarchy here is the social cost at the best report over that at the truth, which is never below "
        "1. The ratio of welfares that the paper prints is never above 1 (E-000-13).",
        f"In {config.other_seeds} markets leave-one-out asks for a report above the cost in {e['leave_one_out_over']} "
        f"({e['leave_one_out_away']} of them for staying away) and below it in {e['leave_one_out_under']}; the median "
        f"is {e['leave_one_out_median']}. The price of anarchy is {e['leave_one_out_anarchy_mean']} on average and at "
        f"most {e['leave_one_out_anarchy_max']}. Shapley goes mostly the other way: above in {e['shapley_over']}, "
        f"below in {e['shapley_under']}, median {e['shapley_median']}; price of anarchy {e['shapley_anarchy_mean']} on "
        f"average and at most {e['shapley_anarchy_max']} (E-000-23).",
        f"A Shapley sum that leaves out the empty coalition, which equation 4 has in it, shows more over-reporting: in "
        f"{config.seeds_without_empty} markets a best report above the cost in {e['without_empty_over']} instead of "
        f"{e['shapley_beside_over']}, with median {e['without_empty_median']} instead of {e['shapley_beside_median']} "
        f"(E-000-21).",
    )
