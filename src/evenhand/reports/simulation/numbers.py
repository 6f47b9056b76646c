"""What do programs read of a market that repeated? Numbers to ten digits: further ones differ between machines."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import numpy as np

from evenhand.experiment import Simulated
from evenhand.reports.notation import rounded
from evenhand.reports.payments_csv import guarded
from evenhand.simulation.summary import CONFIDENCE, Band, Threshold

SCHEMA = "evenhand/simulation/1"
CUMULATED = ("buyer_utility", "seller_profit")
"""Measures that are discounted and summed; `present` and `bought` are of each period."""
OF_BUYERS = ("buyer_utility", "bought")
COLUMNS = ("regime", "discount", "measure", "buyer", "period", "mean", "low", "high")


def numbers(simulated: Simulated) -> dict[str, Any]:
    """Give the settings and what everybody has by the end, with t*."""
    experiment = simulated.experiment
    return {
        "schema": SCHEMA,
        "name": experiment.name,
        "settings": dict(experiment.settings),
        "confidence": CONFIDENCE,
        "totals": {
            regime: {
                "buyer_utility": _by_buyer(simulated, total.buyer_utility),
                "seller_profit": _band(total.seller_profit),
                "present_at_the_end": _band(total.present),
                "bought": _by_buyer(simulated, total.bought),
            }
            for regime, total in simulated.totals.items()
        },
        "thresholds": [
            {"discount": discount, "buyer": buyer, "regime": regime, **_threshold(found)}
            for discount, of_buyers in simulated.thresholds.items()
            for buyer, of_regimes in zip(experiment.buyers, of_buyers, strict=True)
            for regime, found in of_regimes.items()
        ],
    }


def series(simulated: Simulated) -> list[dict[str, Any]]:
    """Give every curve: mean and band for each period."""
    return [
        {
            "regime": regime,
            "discount": discount,
            "measure": measure,
            "buyer": buyer,
            **_band(band),
        }
        for regime, discount, measure, buyer, band in _curves(simulated)
    ]


def results_csv(simulated: Simulated) -> str:
    """Write one line a regime, discount, measure, buyer and period, under a header.

    `buyer_utility` and `seller_profit` are what came together by the end of a period, discounted; `present` and
    `bought` are of the period. A cell is empty where it says nothing: no discount, no buyer.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for regime, discount, measure, buyer, band in _curves(simulated):
        head = (
            guarded(regime),
            "" if discount is None else repr(discount),
            measure,
            "" if buyer is None else guarded(buyer),
        )
        for period, row in enumerate(zip(band.mean, band.low, band.high, strict=True)):
            writer.writerow([*head, period, *(repr(rounded(number)) for number in row)])
    return text.getvalue()


def _curves(simulated: Simulated) -> Iterator[tuple[str, float | None, str, str | None, Band]]:
    """Give every curve with what it is of; what is not discounted stands there once."""
    for place, (discount, of_regimes) in enumerate(simulated.summaries.items()):
        for regime, summary in of_regimes.items():
            for measure, band in vars(summary).items():
                discounted = measure in CUMULATED
                if place and not discounted:
                    continue
                if measure not in OF_BUYERS:
                    yield regime, discount if discounted else None, measure, None, band
                    continue
                for column, buyer in enumerate(simulated.experiment.buyers):
                    yield regime, discount if discounted else None, measure, buyer, band.of(column)


def _by_buyer(simulated: Simulated, band: Band) -> dict[str, Any]:
    return {buyer: _band(band.of(place)) for place, buyer in enumerate(simulated.experiment.buyers)}


def _band(band: Band) -> dict[str, Any]:
    return {name: _plain(each) for name, each in vars(band).items()}


def _plain(given: Any) -> Any:
    array = np.asarray(given)
    return [rounded(each) for each in array] if array.ndim else rounded(array)


def _threshold(found: Threshold) -> dict[str, Any]:
    """Give t* and its band; null where the ideal price is not ahead at the end, nor ever where both are the same."""
    return {
        "period": found.period if found.ahead else None,
        "low": found.low,
        "high": found.high if found.ahead else None,
        "ahead": found.ahead,
        "single_crossing": found.single_crossing,
        "same": found.same,
        "nearing": found.nearing,
    }
