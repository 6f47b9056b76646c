"""Figure 4 of [FairShare25]: what comes of a market that repeats, under each price regime, on questions of medicine?"""

from dataclasses import dataclass

from evenhand.reports.notation import points, said
from evenhand.reports.reproductions.fairshare.repeated import (
    BUDGETS,
    SETUP,
    Run,
    Setup,
    all_until,
    crossings,
    ends,
    horizons,
    market,
    panel,
    present,
    profit,
    run,
    utility,
    valued,
)
from evenhand.reports.reproductions.figure import Figure, Watched


@dataclass(frozen=True, slots=True)
class Config:
    """What is drawn."""

    setup: Setup = SETUP
    task: str = "medicine"
    model: str = "trigrams"


SHOWS = (
    "A market of 100 periods with ten datasets each (MedQA, valued by Pythia-1b): buyers' cumulative utilities, with a "
    "high and a low budget, sellers' mean cumulative profits, and how many sellers are left, under fairshare, reduced, "
    "random and current pricing. In the end fairshare pays off for buyers too, and it alone keeps the sellers."
)


def recompute(watch: Watched, config: Config = Config()) -> Figure:
    """Compute the figure again, telling `watch` how far it is."""
    worth = valued(config.setup, config.task, config.model)
    found = {}
    for done, budget in enumerate(BUDGETS, start=1):
        found[budget] = run(config.setup, market(config.setup, worth, budget))
        watch(done, len(BUDGETS))
    high, low = found["high"], found["low"]
    numbers = {
        "discount": config.setup.discount,
        **horizons(high, "high"),
        **horizons(low, "low"),
        **ends(utility(high), "high_utility"),
        **ends(utility(low), "low_utility"),
        **ends(profit(high), "profit"),
        **ends(present(high), "present"),
    }
    return Figure(
        name="fairshare-4",
        title="Paying less pays off for a while; then nobody is left to sell",
        source="FairShare25",
        shows=SHOWS,
        finds=_in_words(high, low, numbers, config),
        config=config,
        drawn={config.model: {"scores": points(worth)}},
        panels=(
            panel("High-budget buyer's utility", "net utility so far, discounted", utility(high), crossings(high)),
            panel("Low-budget buyer's utility", "net utility so far, discounted", utility(low), crossings(low)),
            panel("Sellers' mean profit, high budget", "profit so far, discounted", profit(high)),
            panel("Sellers in the market, high budget", "sellers, mean", present(high)),
        ),
        numbers=numbers,
        columns=2,
    )


def _in_words(high: Run, low: Run, numbers: dict[str, float], config: Config) -> tuple[str, ...]:
    n = {name: said(number) for name, number in numbers.items()}
    return (
        f"The same. For the buyer with a high budget {all_until(high)} are worth more than fairshare; with a low one "
        f"{all_until(low)} (in brackets what the bands of 95 % leave open). At the end {n['present_fairshare_last']} "
        f"sellers are left under fairshare and {n['present_reduced_last']} under reduced; a seller has earned "
        f"{n['profit_fairshare_last']} under fairshare and {n['profit_reduced_last']} under reduced, where a text of "
        f"the highest score is worth 1 and each period counts {n['discount']} of the one before.",
        "It depends on what the paper does not say, and Evenhand's defaults fill in: that a seller who is paid p stays "
        "with chance exp(−k (1 − p/p*)), k = 5/2, and otherwise leaves for good; that reduced is half of p*, random a "
        "part of it drawn anew, current half of what a text is worth on average; that buyers decide as each text "
        "arrives. Were they to reconsider, every text would be sold at its full worth, and fairshare would leave the "
        "buyer nothing (E-001-13). With other chances to stay t* may be much sooner or later, or never come "
        "(figure fairshare-6).",
        f"The texts are {config.setup.on_sale} questions put together from phrases, and the model is one of word "
        f"triples: MedQA and Pythia-1b are not here. Of both only the spread of scores enters (figures fairshare-9 to "
        f"fairshare-11). Each curve is a mean of {config.setup.replications} replications; the paper "
        f"does not say how many it ran.",
    )
