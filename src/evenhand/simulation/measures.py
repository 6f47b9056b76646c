"""How are payments and purchases of one period measured? What each measure says stands at the head of fairness.py."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from evenhand.numerics.exactness import ROUNDING
from evenhand.records import Array
from evenhand.simulation.discounting import settled

SHADES = tuple(i / 20 for i in range(1, 20))
"""The parts of the utility that a buyer may claim."""
Deals = Callable[[float], tuple[Array, Array]]
"""The part of the utility that the buyer claims -> payments and 0/1 sales, both (orders, sellers)."""


@dataclass(frozen=True, eq=False)
class OnePeriod:
    """A buyer of additive utilities, and sellers."""

    utility: Array
    """(sellers,) money."""
    costs: Array
    """(sellers,) money."""
    budget: float


@dataclass(frozen=True)
class Fairness:
    """How one way to price treats sellers and buyer, in one period of one market.

    Amounts are parts of the utility of all datasets, unless another divisor is named, so none has a unit. Of sellers:
    `spread`, `envy`, `shapley_distance`, `gini`, and `seller_gain`, of which less is better. Of the buyer: `buyer_gain`
    and `overspent`, of which less is better, `bought` and `kept`, of which more is. `fairness_table` makes a row of
    them for each regime and mechanism, and the head of `evenhand.simulation.fairness` says how each is found, and which
    rows may be compared.
    """

    name: str
    """A regime of posted prices, or a mechanism."""
    orders: int | None
    """How many orders of arrival the measures are averages over; None for an auction, which has no order."""
    spread: float
    """How much what sellers are paid hangs on the order of arrival: its standard deviation over orders, summed over
    sellers, as a part of all that is paid on average."""
    envy: float
    """The largest difference in pay between sellers who bring the same, as a part of its utility."""
    shapley_distance: float | None
    """How far the parts of the payment are from the parts of the utility, 0 to 1, in orders in which something is paid;
    None where nothing is in any, or where somebody is charged."""
    gini: float | None
    """How unequal the payments are, 0 to 1; 0 where nothing is paid, None where somebody is charged."""
    seller_gain: float | None
    """What the best lie brings a seller, as a part of the utility of all; None where no seller reports anything."""
    buyer_gain: float
    """What the best lie of those tried brings the buyer, as a part of the utility of all."""
    overspent: float
    """What is paid beyond the budget, as a part of it."""
    bought: float
    """The utility of what is bought, as a part of the utility of all."""
    kept: float
    """What that is beyond what is paid, as a part of the utility of all; below 0 where more is paid."""


def measured(
    name: str, deals: Deals, market: OnePeriod, *, orders: int | None = None, seller_gain: float | None = None
) -> Fairness:
    """Measure what a way to price does; an auction gives one row of payments, posted prices one for each order."""
    paid, sold = deals(1.0)
    total, whole = paid.sum(axis=1), market.utility.sum()
    keeps = (sold @ market.utility - total).mean()
    gains = [(taken @ market.utility - asked.sum(axis=1)).mean() - keeps for asked, taken in map(deals, SHADES)]
    # from the first order on, so that equal payments differ by nothing, not by the rounding of their mean
    spread = (paid - paid[0]).std(axis=0).sum()
    charged = bool((paid < -ROUNDING * whole).any())
    return Fairness(
        name,
        orders,
        spread=_beyond_rounding(_over(spread, total.mean())),
        envy=_beyond_rounding(_envy(paid, market)),
        shapley_distance=None if charged else _shapley_distance(paid, market.utility / whole),
        gini=None if charged else _beyond_rounding(gini(paid).mean()),
        seller_gain=seller_gain,
        buyer_gain=_beyond_rounding(max(gains) / whole),
        overspent=_beyond_rounding((total - market.budget).clip(min=0).mean() / market.budget),
        bought=float((sold @ market.utility).mean() / whole),
        kept=float(settled(keeps / whole, 1.0)),
    )


def _beyond_rounding(gain: Any) -> float:
    """Give what is gained, or a measure that is 0 or more; 0 where there is nothing, or only what rounding leaves."""
    return float(gain) if gain > ROUNDING else 0.0


def gini(amounts: Array) -> Array:
    """Give the Gini coefficient of each row: 0 where all have the same, near 1 where one has all; 0 where none has any.

    It says nothing of amounts below 0.

    >>> gini(np.array([[1.0, 1.0], [0.0, 2.0], [0.0, 0.0]]))
    array([0. , 0.5, 0. ])
    """
    ranked = np.sort(amounts, axis=-1)
    n = ranked.shape[-1]
    total = ranked.sum(axis=-1)
    weighed = ranked @ (2 * np.arange(1, n + 1) - n - 1)
    return np.asarray(np.divide(weighed, n * total, out=np.zeros(total.shape), where=total > 0))


def _envy(paid: Array, market: OnePeriod) -> float:
    """The largest gap among sellers who bring the same, averaged over orders; 0 where no two do."""
    kinds = np.column_stack([market.utility, market.costs])
    _, kind = np.unique(kinds, axis=0, return_inverse=True)
    gaps = np.zeros(len(paid))
    for each in np.flatnonzero(np.bincount(kind.ravel()) > 1):
        alike = kind.ravel() == each
        gap = np.ptp(paid[:, alike], axis=1)
        gaps = np.maximum(gaps, _over(gap, market.utility[alike][0]))
    return float(gaps.mean())


def _shapley_distance(paid: Array, due: Array) -> float | None:
    """Half of what parts of the payment and of the utility differ by, over the orders in which something is paid."""
    some = paid[paid.sum(axis=1) > 0]
    if not len(some):
        return None
    parts = some / some.sum(axis=1, keepdims=True)
    return _beyond_rounding(np.abs(parts - due).sum(axis=1).mean() / 2)


def _over(amount: Any, whole: Any) -> Any:
    return amount / whole if whole > 0 else 0.0 * amount
