"""How are bands and t* written, and what is said in sentences? The terminal and the page say the same."""

from collections.abc import Sequence

from evenhand.experiment import Simulated
from evenhand.reports.notation import count, joined, quoted, told_apart
from evenhand.simulation.auctions import Auction
from evenhand.simulation.regimes import REGIMES
from evenhand.simulation.summary import Band, Threshold

AUCTION = "auction"
AGAINST = {"reduced": "paying less", "random": "a random price", "current": "one flat price", AUCTION: "an auction"}
"""regime -> what it is, in a sentence."""
PRIVATE = (
    "Under {auctions} costs are private. In every period each seller reports one, and is paid by a rule under which "
    "the truth is the best report in that period by itself; the utility of a dataset and the budget are no secrets, "
    "and nobody is paid more than the utility."
)
KNOWN = "Under {prices} nothing is private: sellers know what each buyer would pay, and every cost is known."
NO_END = " (no end in sight)"
SENTENCE_LENGTH = 60
"""Characters of a name inside a sentence."""
NOT_IN_SIGHT, NONE = "not in sight", "none"
"""What stands in place of a t* that need not come, and of its earliest period where it may have come before any."""
NO_TRADE = "Costs are too high for it, budgets too low, or the price is 0."


def in_sentences(buyers: Sequence[str]) -> list[str]:
    """Name buyers inside sentences, so that they differ there as well."""
    return [quoted(name) for name in told_apart(buyers, SENTENCE_LENGTH)]


def opening(simulated: Simulated) -> str:
    """Say what was simulated, in a sentence."""
    experiment, market = simulated.experiment, simulated.experiment.market
    who = f"{count(market.sellers, 'seller')} and {count(market.buyers, 'buyer')}"
    regimes = count(len(experiment.regimes), "price regime")
    often = f"{count(experiment.replications, 'replication')}, seed {experiment.seed}"
    return f"{who}, {count(market.periods, 'period')}, under {regimes}; {often}"


def with_band(band: Band) -> str:
    """Write a mean with its band of 95 %, in as many decimals as the band is sure of.

    >>> import numpy as np
    >>> with_band(Band(np.array(12.3456), np.array(12.2222), np.array(12.469)))
    '12.35 ± 0.12'
    >>> with_band(Band(np.array(10.0), np.array(10.0), np.array(10.0)))
    '10'
    """
    mean = float(band.mean)
    half = (float(band.high) - float(band.low)) / 2
    if half <= 1e-9 * max(1.0, abs(mean)):
        return f"{mean:.6g}".replace("-", "−")
    decimals = next((digits for digits in range(9) if half * 10**digits >= 9.5), 9)
    return f"{mean:,.{decimals}f} ± {half:,.{decimals}f}".replace("-", "−")


def crossing(found: Threshold, periods: int) -> str:
    """Write t* with its band.

    >>> crossing(Threshold(35, 34, 37, True, True), 100), crossing(Threshold(-1, -1, -1, True, True), 100)
    ('35 (34 to 37)', 'ahead from the first')
    >>> crossing(Threshold(99, 99, 99, False, True), 100)
    'not within 100'
    >>> crossing(Threshold(99, 99, 99, False, True, nearing=False), 100)
    'not in sight'
    >>> crossing(Threshold(99, 99, 99, False, True, same=True), 100)
    'no difference'
    """
    if found.same:
        return "no difference"
    if not found.ahead:
        return f"not within {periods:,}" if found.nearing else NOT_IN_SIGHT
    if found.period < 0:
        return "ahead from the first" if found.high < 0 else f"ahead from the first ({found.high:,} at most)"
    if found.low == found.high:
        return f"{found.period:,}"
    low = NONE if found.low < 0 else f"{found.low:,}"
    high = f"{found.high:,}" if found.high < periods - 1 else f"{periods:,} or more"
    return f"{found.period:,} ({low} to {high})"


def paid_off(simulated: Simulated) -> list[str]:
    """Say in a sentence for each buyer until when other regimes have paid off, at the first discount."""
    experiment = simulated.experiment
    periods = experiment.market.periods
    of_buyers = simulated.thresholds.get(experiment.discounts[0], ())
    return [
        f"For {buyer}, {joined([_paid_off(regime, each, periods) for regime, each in of_regimes.items()])}."
        for buyer, of_regimes in zip(in_sentences(experiment.buyers), of_buyers, strict=False)
        if of_regimes
    ]


def _paid_off(regime: str, found: Threshold, periods: int) -> str:
    what = AGAINST.get(regime, quoted(regime))
    if found.same:
        return f"{what} makes no difference"
    if not found.ahead:
        return f"{what} still pays off after {count(periods, 'period')}" + (NO_END if not found.nearing else "")
    if found.period < 0:
        return f"{what} never pays off"
    return f"{what} pays off until period {crossing(found, periods)}"


def untraded(simulated: Simulated) -> list[str]:
    """Say under which regimes nobody trades at all: tables of zeros are else all that is seen of it."""
    none = [regime for regime, total in simulated.totals.items() if not total.bought.high.any()]
    if not none:
        return []
    which = "any regime" if len(none) == len(simulated.totals) else joined([*map(called, none)])
    return [f"Nobody trades under {which}: in no period is a dataset bought. {NO_TRADE}"]


def called(regime: str) -> str:
    """Name a regime in a sentence: a name that the market's author chose stands in quotes."""
    return regime if regime in REGIMES or regime == AUCTION else quoted(regime)


def secrets(simulated: Simulated) -> list[str]:
    """Say who knows what, where an auction is among the regimes; else nothing, as nothing is private."""
    of_kind: dict[bool, list[str]] = {True: [], False: []}
    for regime in simulated.experiment.regimes:
        of_kind[isinstance(regime.clear, Auction)].append(called(regime.name))
    if not of_kind[True]:
        return []
    told = [PRIVATE.format(auctions=joined(of_kind[True]))]
    return told + ([KNOWN.format(prices=joined(of_kind[False]))] if of_kind[False] else [])
