"""Figures 12 and 13 of [FairShare25]: how many datasets does a buyer get, as sellers leave or stay?"""

from dataclasses import dataclass

from evenhand.reports.notation import points, said
from evenhand.reports.reproductions.fairshare.questions import TASKS
from evenhand.reports.reproductions.fairshare.repeated import (
    SETUP,
    Setup,
    bought,
    ends,
    market,
    panel,
    run,
    span,
    valued,
)
from evenhand.reports.reproductions.fairshare.scores import MODELS
from evenhand.reports.reproductions.figure import Figure, Watched

NUMBERED = {"high": "12", "low": "13"}
"""budget -> the paper's figure."""


@dataclass(frozen=True, slots=True)
class Config:
    """What is drawn."""

    budget: str = "high"
    setup: Setup = SETUP


def recompute(watch: Watched, config: Config = Config()) -> Figure:
    """Compute the figure of one budget again, telling `watch` how far it is."""
    drawn, numbers, panels = {}, {"sellers": float(config.setup.sellers)}, []
    for task in TASKS:
        for model in MODELS:
            worth = valued(config.setup, task, model)
            drawn[f"{task}, {model}"] = {"scores": points(worth)}
            rows = bought(run(config.setup, market(config.setup, worth, config.budget)))
            numbers |= ends(rows, f"{task}_{model}")
            panels.append(panel(f"{task.capitalize()}, {model}", "texts bought in a period, mean", rows))
            watch(len(panels), len(TASKS) * len(MODELS))
    return Figure(
        name=f"fairshare-{NUMBERED[config.budget]}",
        title=f"Who pays less soon buys nothing: a {config.budget} budget",
        source="FairShare25",
        shows=(
            f"How many of the ten datasets of a period the buyer with the {config.budget} budget purchases, over 100 "
            f"periods, for three tasks and three models, under the four regimes: nearly all of them throughout under "
            f"fairshare, ever fewer under the others."
        ),
        finds=_in_words(numbers, config),
        config=config,
        drawn=drawn,
        panels=tuple(panels),
        numbers=numbers,
        columns=3,
    )


def _in_words(numbers: dict[str, float], config: Config) -> tuple[str, ...]:
    def between(regime: str, place: str) -> str:
        found = [numbers[f"{task}_{model}_{regime}_{place}"] for task in TASKS for model in MODELS]
        return span(found)

    return (
        f"Of {said(numbers['sellers'])} texts the buyer gets, over nine markets, {between('fairshare', 'first')} in "
        f"the first period and {between('fairshare', 'last')} in the last one under fairshare. Reduced prices begin "
        f"with {between('reduced', 'first')}, as they leave more of the budget for the last to arrive, and end with "
        f"{between('reduced', 'last')}; random ones end with {between('random', 'last')}, current ones with "
        f"{between('current', 'last')}.",
        "It depends above all on the chance to stay: with k = 5/2 most of those who are paid half leave at once, so "
        "that the curves fall within a few periods. Texts that nobody would pay for (a score of 0, or a budget spent "
        "to the last) are not bought by our rule that no data is given away; that is why fairshare is not always at "
        "the top. Nor does current always sell: no price above what a text is worth is asked.",
    )
