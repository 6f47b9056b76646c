"""How far does Q-MIA overrun its budget? The more sellers there are, the surer, and in large markets by a known factor.

In a large market nobody's own cost matters, so that all who sell could have asked one price r per unit of worth: the
highest at which the costs of those below fit in the budget, E[c; c <= r w] = B for each seller. Payments then come to
r E[w; c <= r w]. Where log c and log w are standard normal and independent, and B = b E[c], with x = log r

    Phi((x - 1) / sqrt 2) = b,      payments / budget = e^x Phi((x + 1) / sqrt 2) / b,

for x - 1 and x + 1 are log r less what log c - log w is on average, when weighed by c and by w.
"""

from dataclasses import asdict, dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from evenhand.mechanisms import MECHANISMS
from evenhand.records import Array
from evenhand.reports.linecharts import Curve, Panel
from evenhand.reports.notation import points, rounded, said
from evenhand.reports.reproductions.budget_market import Drawn, drawn, several
from evenhand.reports.reproductions.figure import Figure, Watched, percent


@dataclass(frozen=True, slots=True)
class Config:
    """What is drawn."""

    sizes: tuple[int, ...] = (2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 75, 100, 125, 150, 175, 200)
    """numbers of sellers."""
    budgets: tuple[float, ...] = (0.1, 0.5)
    """parts of all costs."""
    markets: int = 100
    """of each size, from seed 0 on."""
    large: int = 100_000
    """sellers of one market more, beside the limit."""


SHOWS = (
    "Q-MIA is said to keep its budget: it buys in the order of cost per worth while the reported costs fit, and since "
    "payments follow from these by Myerson's rule, they are said to sum to no more (Lemma 3)."
)


def recompute(watch: Watched, config: Config = Config()) -> Figure:
    """Work the figure out, telling `watch` how far it is."""
    ratios: dict[float, list[Array]] = {part: [] for part in config.budgets}
    shared = dict.fromkeys(config.budgets, 0.0)
    worst: tuple[float, Drawn | None] = (0.0, None)
    for done, size in enumerate(config.sizes):
        for part in config.budgets:
            markets = list(several(size, part, config.markets))
            ratios[part].append(np.array([spent("q_mia", market) for market in markets]))
            shared[part] = max(shared[part], *(spent("proportional_share", market) for market in markets))
            here = int(np.argmax(ratios[part][-1]))
            worst = max(worst, (float(ratios[part][-1][here]), markets[here]), key=lambda found: found[0])
        watch(done + 1, len(config.sizes))
    numbers = {"markets": float(config.markets), "largest_size": float(config.sizes[-1]), "worst": rounded(worst[0])}
    for part, found in ratios.items():
        numbers |= {
            f"median_at_{part:g}": rounded(np.median(found[-1])),
            f"over_at_{part:g}": rounded(np.mean(np.concatenate(found) > 1)),
            f"limit_at_{part:g}": rounded(limit(part)),
            f"large_at_{part:g}": rounded(spent("q_mia", drawn(config.large, part, 0))),
            f"shared_most_at_{part:g}": rounded(shared[part]),
        }
    assert worst[1] is not None, "there is a market of every size"
    return Figure(
        name="overspend",
        title="Paid so that truth is best, sellers cost several budgets",
        source="Ayyoubzadeh25",
        shows=SHOWS,
        finds=_in_words(numbers, config),
        config=config,
        drawn={"worst": asdict(worst[1])},
        panels=tuple(_panel(part, found, numbers, config) for part, found in ratios.items()),
        numbers=numbers,
        columns=2,
    )


def spent(name: str, market: Drawn) -> float:
    """Give what a mechanism pays, in budgets."""
    return float(MECHANISMS[name].run(market.market, market.costs).cash.sum() / market.budget)


def limit(part: float) -> float:
    """Give what Q-MIA pays in a market that is large enough, in budgets; the budget is such a part of all costs.

    >>> round(limit(0.5), 3), round(limit(0.1), 3)
    (5.009, 2.453)
    """
    log_price = 1 + np.sqrt(2) * ndtri(part)
    return float(np.exp(log_price) * ndtr((log_price + 1) / np.sqrt(2)) / part)


def _panel(part: float, found: list[Array], numbers: dict[str, float], config: Config) -> Panel:
    x = points(config.sizes)
    return Panel(
        title=f"Budget of {percent(part)} of all costs",
        across="sellers",
        up="Q-MIA's payments, in budgets",
        says=(
            f"The median over {config.markets} markets of each size grows with the number of sellers, past one budget, "
            f"to {said(numbers[f'median_at_{part:g}'])} budgets at {config.sizes[-1]} sellers."
        ),
        curves=(
            Curve("most", x, points(ratios.max() for ratios in found), "third"),
            Curve("median", x, points(np.median(ratios) for ratios in found), "first"),
            Curve("least", x, points(ratios.min() for ratios in found), "second"),
            Curve("budget", x, (1.0,) * len(x), "fourth"),
        ),
        from_zero=True,
    )


def _in_words(numbers: dict[str, float], config: Config) -> tuple[str, ...]:
    n = {name: said(number) for name, number in numbers.items()}
    least, most = (f"{part:g}" for part in (config.budgets[0], config.budgets[-1]))
    parts = {key: percent(float(key)) for key in (least, most)}
    return (
        f"That costs fit does not bound payments. What a seller is paid is the highest report that would have sold, "
        f"and each could have asked for room that is there only once (E-002-02). In {config.markets} markets of each "
        f"size, with a budget of {parts[most]} of all costs, {percent(numbers[f'over_at_{most}'])} overspend; with "
        f"{parts[least]}, {percent(numbers[f'over_at_{least}'])}. At {config.sizes[-1]} sellers the median is "
        f"{n[f'median_at_{most}']} and {n[f'median_at_{least}']} budgets, and the worst market of all pays "
        f"{n['worst']}.",
        f"It does not pass as markets grow. Of independent lognormal costs and worth, payments come to "
        f"{n[f'limit_at_{most}']} and {n[f'limit_at_{least}']} budgets in the limit; a market of {config.large:,} "
        f"sellers pays {n[f'large_at_{most}']} and {n[f'large_at_{least}']}. The factor depends on how costs and worth "
        f"spread, and grows with the budget: the more is bought, the dearer is the last, whose price all are paid.",
        "The payment here is the supremum of the winning reports; as printed, the infimum, it is 0 (E-002-01). On the "
        "same markets proportional share never pays more than one budget.",
    )
