"""Figures 9 to 11 of [FairShare25]: is it the same for every kind of question and every model that values it?"""

from dataclasses import dataclass

from evenhand.reports.linecharts import Panel
from evenhand.reports.notation import points, rounded, said
from evenhand.reports.reproductions.fairshare.questions import TASKS
from evenhand.reports.reproductions.fairshare.repeated import (
    BUDGETS,
    SETUP,
    Run,
    Setup,
    ends,
    horizons,
    market,
    panel,
    present,
    profit,
    run,
    span,
    utility,
    valued,
)
from evenhand.reports.reproductions.fairshare.scores import MODELS
from evenhand.reports.reproductions.figure import Figure, Watched, percent

NUMBERED = {"medicine": "9", "mathematics": "10", "housekeeping": "11"}
"""task -> the paper's figure."""


@dataclass(frozen=True, slots=True)
class Config:
    """What is drawn."""

    task: str = "medicine"
    setup: Setup = SETUP


def recompute(watch: Watched, config: Config = Config()) -> Figure:
    """Compute the figure of one task again, telling `watch` how far it is."""
    found: dict[str, dict[str, Run]] = {}
    drawn, numbers = {}, {"discount": config.setup.discount}
    for done, model in enumerate(MODELS, start=1):
        worth = valued(config.setup, config.task, model)
        drawn[model] = {"scores": points(worth)}
        numbers |= {f"{model}_mean_score": rounded(worth.mean()), f"{model}_worthless": rounded((worth == 0).mean())}
        found[model] = {budget: run(config.setup, market(config.setup, worth, budget)) for budget in BUDGETS}
        for budget, each in found[model].items():
            numbers |= horizons(each, f"{model}_{budget}") | ends(utility(each), f"{model}_{budget}_utility")
        numbers |= ends(profit(found[model]["high"]), f"{model}_profit")
        numbers |= ends(present(found[model]["high"]), f"{model}_present")
        watch(done, len(MODELS))
    return Figure(
        name=f"fairshare-{NUMBERED[config.task]}",
        title=f"Three models that value what is sold, on {config.task}",
        source="FairShare25",
        shows=(
            f"As figure 4, for three models that value the data (Pythia-1b, Pythia-410m, Llama-3.2-Inst.-1b), on "
            f"{TASKS[config.task].stands_for}: the regimes stand in the same order for each of them."
        ),
        finds=_in_words(found, numbers, config),
        config=config,
        drawn=drawn,
        panels=tuple(each for model, runs in found.items() for each in _panels(model, runs)),
        numbers=numbers,
        columns=4,
    )


def _panels(model: str, runs: dict[str, Run]) -> list[Panel]:
    return [
        *(
            panel(f"{budget.capitalize()} budget, {model}", "net utility so far, discounted", utility(each))
            for budget, each in runs.items()
        ),
        panel(f"Sellers' mean profit, {model}", "profit so far, discounted", profit(runs["high"])),
        panel(f"Sellers in the market, {model}", "sellers, mean", present(runs["high"])),
    ]


def _in_words(found: dict[str, dict[str, Run]], numbers: dict[str, float], config: Config) -> tuple[str, ...]:
    n = {name: said(number) for name, number in numbers.items()}

    def across(budget: str, regime: str) -> str:
        late = [runs[budget].until[regime] for runs in found.values()]
        if not all(each.ahead for each in late):
            return "to the end with some models"
        return f"until period {span([each.period for each in late])}"

    means = ", ".join(f"{n[f'{model}_mean_score']} ({model})" for model in found)
    worthless = ", ".join(f"{percent(numbers[f'{model}_worthless'])} ({model})" for model in found)
    return (
        f"Models of word triples, of pairs and of single words value the texts, in place of language models. Reduced "
        f"prices are worth more than fairshare to the buyer {across('high', 'reduced')} if the budget is high and "
        f"{across('low', 'reduced')} if it is low; random ones {across('high', 'random')}, and "
        f"{across('low', 'random')}; current ones {across('high', 'current')}, and {across('low', 'current')}.",
        f"All amounts grow with the mean score, which is {means} of the highest; t* does not depend on the unit. It "
        f"depends on how many texts are worth little, as in mathematics; such texts put it off in three ways. Several "
        f"may arrive under fairshare when the budget is spent, and are not sold, so that what the budget falls short "
        f"of is lost in part and not left to the buyer. A flat price pays them in full, and keeps their sellers. And "
        f"where a text is worth nothing, nothing is due, and its seller stays for certain: so with {worthless} of "
        f"the texts. Beyond that it depends on the choices that figure "
        f"fairshare-4 names. The texts are questions put together from phrases, in place of "
        f"{TASKS[config.task].stands_for}; sellers are those of the high-budget market.",
    )
