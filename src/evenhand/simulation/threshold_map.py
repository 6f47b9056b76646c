"""How much does t* hang on what we do not know: how sellers respond, and how the future counts?

The paper gives three thresholds for one participation function that it does not name. This gives the threshold for
every function and discount factor, each with its band. Every cell is found on the same draws: what differs between two
of them is the function or the discount factor, and no luck.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evenhand.errors import Problem, refuse
from evenhand.records import Array
from evenhand.simulation import checks
from evenhand.simulation.participation import PARTICIPATION, Participation, wrong_participation
from evenhand.simulation.regimes import IDEAL, Regime
from evenhand.simulation.repeated import compare, several, wrong_market
from evenhand.simulation.setting import RepeatedMarket
from evenhand.simulation.summary import threshold

DISCOUNTS = (0.9, 0.95, 0.98, 0.99, 0.999)


@dataclass(frozen=True, eq=False)
class ThresholdMap:
    """t* of one regime, for each participation function (rows) and discount factor (columns).

    `ahead` alone tells where there is a t*; elsewhere `period` holds the last period looked at, as 99 of a hundred. For
    a table with gaps in place of these, take `np.where(found.ahead, found.period, np.nan)`.
    """

    regime: str
    functions: tuple[str, ...]
    """The formulas, in r = p / p*."""
    discounts: tuple[float, ...]
    period: Array
    """(functions, discounts) t*, a period counted from 0, of the mean over replications; -1 where the ideal price is
    ahead from the first period on. Where it is not `ahead`, this is the last period looked at, and no t*."""
    low: Array
    high: Array
    """(functions, discounts) where t* could be as well, by the bands of 95 % of the means."""
    ahead: Array
    """0/1 (functions, discounts): whether the ideal price is ahead at the end; if not, t* is later than was looked at,
    or never comes."""


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
        functions, discounts: rows and columns: participation functions, and discount factors.
        regime: what is paid instead of the ideal price.
        buyer: whose utility is compared.
        replications, seed: as for `simulate`; two replications or more. Every function meets the same draws.

    Raises:
        OfferError: as for `compare` and `threshold`; or the regime is the ideal price itself.

    >>> from evenhand.simulation.participation import GRIM_TRIGGER, LINEAR
    >>> found = threshold_map(RepeatedMarket(), [GRIM_TRIGGER, LINEAR], [0.98, 0.99], replications=200)
    >>> found.functions, found.period
    (('1 if r = 1, else 0', 'r'), array([[27, 23],
           [89, 53]]))
    """
    problems = wrong_market(market)
    rows = checks.some("functions", functions, "Give some, as PARTICIPATION.values().", problems)
    columns = checks.some("discounts", discounts, "Give some, as [0.9, 0.99].", problems)
    problems += [problem for each in rows for problem in wrong_participation(each)]
    for each in columns:
        checks.discount_factor("discount", each, problems)
    same = getattr(regime, "name", regime) == IDEAL
    if same:
        bound = "another regime is measured against it"
        problems.append(Problem("regime", f'is "{IDEAL}"', bound, 'Use "reduced".'))
    compared = several([IDEAL] if same else [IDEAL, regime], problems)
    checks.runs(replications, seed, problems, least=2)
    if not problems:
        checks.index("buyer", buyer, market.buyers, problems)
    refuse(problems)
    other, cells = compared[-1], []
    for function in rows:
        both = compare(replace(market, participation=function), compared, replications=replications, seed=seed)
        cells.append([threshold(both[IDEAL], both[other.name], discount, buyer) for discount in columns])

    def of_each(field: str) -> Array:
        return np.array([[getattr(cell, field) for cell in row] for row in cells])

    return ThresholdMap(
        other.name,
        tuple(function.formula for function in rows),
        tuple(map(float, columns)),
        *(of_each(field) for field in ("period", "low", "high", "ahead")),
    )
