"""How much does t* hang on what we do not know: how sellers respond, and how the future counts?

The paper gives three thresholds for one participation function that it does not name. This gives the threshold for
every function and discount factor, each with its band.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evenhand.records import Array
from evenhand.simulation.participation import PARTICIPATION, Participation
from evenhand.simulation.regimes import IDEAL, Regime
from evenhand.simulation.repeated import compare, named
from evenhand.simulation.setting import RepeatedMarket
from evenhand.simulation.summary import threshold

DISCOUNTS = (0.9, 0.95, 0.98, 0.99, 0.999)


@dataclass(frozen=True, eq=False)
class ThresholdMap:
    """t* of one regime, for each participation function (rows) and discount factor (columns)."""

    regime: str
    functions: tuple[str, ...]
    """The formulas, in r = p / p*."""
    discounts: tuple[float, ...]
    period: Array
    """(functions, discounts) t*, counted from 0."""
    low: Array
    high: Array
    """Where t* could be as well, by the bands of the means."""
    ahead: Array
    """0/1: whether the ideal price is ahead at the end; if not, t* is later than was looked at, or never comes."""


def threshold_map(
    market: RepeatedMarket,
    functions: Iterable[Participation] = tuple(PARTICIPATION.values()),
    discounts: Sequence[float] = DISCOUNTS,
    *,
    regime: Regime | str = "reduced",
    buyer: int = 0,
    replications: int = 1000,
    seed: int = 0,
) -> ThresholdMap:
    """Find until when paying less pays off, for many participation functions and discount factors.

    Args:
        market: in which they are tried, in place of its own function.
        functions, discounts: rows and columns.
        regime: what is paid instead of the ideal price.
        buyer: whose utility is compared.
        replications, seed: as for `simulate`; every function meets the same draws.

    Raises:
        OfferError: as for `compare` and `threshold`.

    >>> from evenhand.simulation.participation import GRIM_TRIGGER, LINEAR
    >>> found = threshold_map(RepeatedMarket(), [GRIM_TRIGGER, LINEAR], [0.98, 0.99], replications=200)
    >>> found.functions, found.period
    (('1 if r = 1, else 0', 'r'), array([[27, 23],
           [89, 53]]))
    """
    rows, other = list(functions), named(regime)
    cells = []
    for function in rows:
        histories = compare(
            replace(market, participation=function), [IDEAL, other], replications=replications, seed=seed
        )
        cells.append([threshold(histories[IDEAL], histories[other.name], d, buyer) for d in discounts])

    def each(field: str) -> Array:
        return np.array([[getattr(cell, field) for cell in row] for row in cells])

    return ThresholdMap(
        other.name,
        tuple(function.formula for function in rows),
        tuple(discounts),
        *(each(field) for field in ("period", "low", "high", "ahead")),
    )
