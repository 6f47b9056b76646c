"""How do people read what came of a market that repeats? One page that needs nothing else.

No script, nothing fetched, no file beside it: style sheets and charts are inside, and the page's own content security
policy allows that style sheet alone. Names are escaped wherever they stand.
"""

from typing import Any

from evenhand.experiment import Simulated
from evenhand.records import Watch, unwatched
from evenhand.reports import html, linecharts
from evenhand.reports.notation import isolated, said, shortened
from evenhand.reports.simulation.charts import panels, undrawn
from evenhand.reports.simulation.leaders import leaders
from evenhand.reports.simulation.tables import crossings, totals
from evenhand.reports.simulation.words import opening, paid_off, secrets, untraded
from evenhand.simulation.auctions import Auction

TEMPLATE = "simulation.html.j2"
LABELS = {
    "sellers": "Sellers",
    "periods": "Periods",
    "utilities": "What a dataset is worth",
    "costs": "Cost of selling, in a period",
    "buying": "Purchases",
    "given_away": "Given away at a price of 0",
    "budgets": "Budgets, in parts of what all datasets of a period are worth",
    "participation": "Chance to stay at the part r of the ideal price",
    "away": "Periods away, for those who leave",
    "replications": "Replications",
    "seed": "Seed",
    "discounts": "Discounts",
}
"""setting -> how it is called on the page."""
WORDS: dict[Any, str] = {
    "same_for_all": "uniform on [0, 1), the same for all buyers, anew in every period",
    "each_their_own": "uniform on [0, 1) for each buyer, anew in every period",
    "final": "final: a buyer buys or passes as each dataset arrives",
    "reconsidered": "reconsidered: the best bundle, when all have arrived",
    True: "yes",
    False: "no",
}
"""value of a setting -> what it means."""


def render(simulated: Simulated, watch: Watch = unwatched) -> str:
    """Write the page; the same results give the same bytes."""
    made = panels(simulated)
    drawings = []
    watch("draw", 0, len(made))
    for place, panel in enumerate(made, start=1):
        drawn = linecharts.draw([panel], name=f"chart-{place}", title=panel.title, says=panel.says)
        drawings.append((panel, html.trusted(drawn)))
        watch("draw", place, len(made))
    page = html.environment(TEMPLATE, filters={"said": said, "plain": lambda name: isolated(shortened(name, 120))})
    return page.get_template(TEMPLATE).render(
        **html.styled(html.template("report.css") + linecharts.style() + html.template("simulation.css")),
        experiment=simulated.experiment,
        opening=opening(simulated),
        leaders=[sentence.replace(" ± ", "\u00a0±\u00a0") for sentence in leaders(simulated)],
        untraded=untraded(simulated),
        paid_off=paid_off(simulated),
        secrets=secrets(simulated),
        auctions=any(isinstance(regime.clear, Auction) for regime in simulated.experiment.regimes),
        discount=simulated.experiment.discounts[0],
        totals=totals(simulated, in_full=True),
        thresholds=list(crossings(simulated, in_full=True)),
        drawings=drawings,
        undrawn=undrawn(simulated),
        settings=[(LABELS[name], _said(value)) for name, value in _settings(simulated)],
    )


def _settings(simulated: Simulated) -> list[tuple[str, Any]]:
    """All but the regimes, which have a list of their own."""
    return [(name, value) for name, value in simulated.experiment.settings.items() if name in LABELS]


def _said(value: Any) -> str:
    if isinstance(value, bool | str):
        return WORDS.get(value, str(value))
    if isinstance(value, dict):
        return "; ".join(f"{name}: {' to '.join(f'{each:g}' for each in bounds)}" for name, bounds in value.items())
    if isinstance(value, list | tuple):
        shown = ", ".join(f"{each:g}" for each in value[:12])
        return f"{shown} and {len(value) - 12} more" if len(value) > 12 else shown
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"
