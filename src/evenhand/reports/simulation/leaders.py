"""Who is better off under which regime, by the end? A sentence for each buyer, and one for sellers.

Regimes are told apart by their bands, as the tables show them: where two bands overlap, no difference is claimed.
"""

from collections.abc import Iterator, Mapping

from evenhand.experiment import Simulated
from evenhand.reports.notation import joined
from evenhand.reports.simulation.words import called, in_sentences, with_band
from evenhand.simulation.summary import Band

ROUNDING = 1e-9
"""Bands apart by no more than this part of their means overlap."""
BUYERS_TOLD = 4
"""The most buyers who have a sentence; the tables have all."""


def leaders(simulated: Simulated) -> list[str]:
    """Say under which regime each buyer, and a seller on average, has most by the end.

    Nothing where there is one regime, or nobody trades under any.
    """
    traded = any(total.bought.high.any() for total in simulated.totals.values())
    return list(_leaders(simulated)) if traded and len(simulated.totals) > 1 else []


def _leaders(simulated: Simulated) -> Iterator[str]:
    for place, buyer in enumerate(in_sentences(simulated.experiment.buyers)[:BUYERS_TOLD]):
        bands = {regime: total.buyer_utility.of(place) for regime, total in simulated.totals.items()}
        yield _leader(f"For {buyer}", bands)
    yield _leader("For a seller, on average", {regime: each.seller_profit for regime, each in simulated.totals.items()})


def _leader(whom: str, bands: Mapping[str, Band]) -> str:
    ordered = sorted(bands, key=lambda regime: -float(bands[regime].mean))
    best = bands[ordered[0]]
    first = [regime for regime in ordered if _overlap(bands[regime], best)]
    if len(first) == len(bands):
        return f"{whom}, no regime is clearly best by the end."
    if len(first) > 1:
        return f"{whom}, {joined([*map(called, first)])} leave most by the end, with no clear difference between them."
    beyond = f"{whom}, {called(first[0])} leaves most by the end: {with_band(best)}."
    second = [regime for regime in ordered[1:] if _overlap(bands[regime], bands[ordered[1]])]
    nexts = [f"{called(regime)}: {with_band(bands[regime])}" for regime in second]
    if len(nexts) == 1:
        return f"{beyond} Next is {nexts[0]}."
    return f"{beyond} Next, with no clear difference between them, are {joined(nexts)}."


def _overlap(lower: Band, best: Band) -> bool:
    """Tell whether the band of what is no better on average reaches that of the best."""
    return float(lower.high) >= float(best.low) - ROUNDING * abs(float(best.mean))
