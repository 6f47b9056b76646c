"""Are posted prices fair, truthful and within the budget, beside auctions on the same market?

One buyer, to whom each dataset is worth a given amount, and sellers with costs. Posted prices depend on who comes
first: where the budget runs out, the last to come are paid less, or nothing, for the same data. Every measure is taken
for one order of arrival and averaged over many; an auction has no order.

    spread            a seller's payment over orders of arrival: standard deviation, summed over sellers, as a part of
                      all that is paid
    envy              the most that a seller is paid beyond another with the same worth and cost, as a part of the worth
    shapley_distance  how far the parts of the payment are from those of the Shapley value, which is the worth itself as
                      worth adds up: half the sum of the differences, 0 to 1
    gini              of the payments, 0 to 1
    seller_gain       the most that a seller gains by a lie about the cost, whatever the true cost, others' held; the
                      amounts are taken as the exact fractions that the floats are (`certify`), so where a tie hangs on
                      rounding the sale may be another than the one that the rest is measured on. None for posted
                      prices: nothing is reported, since costs are taken to be known
    buyer_gain        the most that the buyer gains by saying that all is worth a part of what it is, as a part of the
                      worth of all
    overspent         what is paid beyond the budget, as a part of it
    value             the worth of what is bought, as a part of the worth of all
    kept              what the buyer keeps beyond what is paid, as a part of the worth of all
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem, unknown
from evenhand.markets import Procurement
from evenhand.mechanisms import MECHANISMS
from evenhand.properties import certify
from evenhand.records import Array
from evenhand.simulation.periods import Period
from evenhand.simulation.regimes import REGIMES, Regime, Terms
from evenhand.simulation.repeated import named

SHADES = tuple(i / 20 for i in range(1, 20))
"""The parts of the worth that a buyer may claim."""
MECHANISMS_COMPARED = ("proportional_share", "prune_and_pack", "q_mia", "vcg", "shapley", "direct")

Deals = Callable[[float], tuple[Array, Array]]
"""The part of the worth that the buyer claims -> payments and 0/1 sales, both (orders, sellers)."""


@dataclass(frozen=True)
class Fairness:
    """How one way to price treats sellers and buyer; the measures are defined at the head of the module."""

    name: str
    spread: float
    envy: float
    shapley_distance: float
    gini: float
    seller_gain: float | None
    buyer_gain: float
    overspent: float
    value: float
    kept: float


def fairness_table(
    worth: Any,
    costs: Any,
    budget: float,
    *,
    regimes: Iterable[Regime | str] = tuple(REGIMES),
    mechanisms: Iterable[str] = MECHANISMS_COMPARED,
    orders: int = 1000,
    seed: int = 0,
) -> list[Fairness]:
    """Measure posted prices and auctions on one market.

    Args:
        worth: (sellers,) what each dataset is worth to the buyer, money.
        costs: (sellers,) money.
        budget: money, above 0.
        regimes: posted prices: keys of `REGIMES`, or your own.
        mechanisms: keys of `MECHANISMS` that run on a `Procurement` and draw no lots.
        orders: how many orders of arrival are drawn.
        seed: of the orders, and of random prices.

    Raises:
        OfferError: a number is out of bounds or a name is not known.

    Three equal datasets and a budget for two and a half: who comes last is paid half as much.

    >>> posted, auction = fairness_table(
    ...     [1.0, 1.0, 1.0], [0.1] * 3, 2.5, regimes=["fairshare"], mechanisms=["proportional_share"]
    ... )
    >>> posted.envy, auction.envy, round(auction.kept, 3), auction.seller_gain
    (0.5, 0.0, 0.167, 0.0)
    """
    market = _checked(worth, costs, budget, orders, seed)
    rows = [_measured(each.name, _posted(each, market, orders, seed), None, market) for each in map(named, regimes)]
    for name in mechanisms:
        if name not in MECHANISMS:
            raise OfferError(unknown("mechanisms", name, MECHANISMS))
        [found] = certify(MECHANISMS[name], Procurement(market.worth, budget), market.costs, claims=["truthful"])
        rows.append(_measured(name, _auction(name, market), float(found.gap), market))
    return rows


@dataclass(frozen=True, eq=False)
class _Market:
    worth: Array
    costs: Array
    budget: float


def _checked(worth: Any, costs: Any, budget: float, orders: int, seed: int) -> _Market:
    given = {"worth": np.asarray(worth, float), "costs": np.asarray(costs, float)}
    count = given["worth"].size
    problems = [
        Problem(name, f"is {array.tolist()!r:.60}", f"it is {count or 'one'} finite amounts, 0 or more", "Correct it.")
        for name, array in given.items()
        if array.shape != (count,) or not count or not ((array >= 0) & (array < np.inf)).all()
    ]
    if not given["worth"].sum() > 0:
        problems.append(Problem("worth", "sums to 0", "some dataset is worth something", "Leave out what is not."))
    if not 0 < budget < np.inf:
        problems.append(Problem("budget", f"is {budget!r:.60}", "it is above 0 and finite", "Give what may be spent."))
    for name, number, least in (("orders", orders, 1), ("seed", seed, 0)):
        if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < least:
            bound = f"it is a whole number, {least} or more"
            problems.append(Problem(name, f"is {number!r:.60}", bound, "Use the default."))
    if problems:
        raise OfferError(problems)
    return _Market(given["worth"], given["costs"], float(budget))


def _posted(regime: Regime, market: _Market, orders: int, seed: int) -> Deals:
    """Clear one period in as many orders of arrival at once."""
    rng = np.random.default_rng(seed)
    shape = (orders, len(market.worth))
    order, lot = rng.random(shape).argsort(axis=1), rng.random(shape)

    def deals(part: float) -> tuple[Array, Array]:
        period = Period(
            utility=np.broadcast_to(part * market.worth, shape)[:, None],
            budget=np.full((orders, 1), market.budget),
            cost=np.broadcast_to(market.costs, shape),
            order=order,
            stays=lot,
            price=lot,
        )
        cleared = regime.clear(period, np.ones(shape, bool), Terms())
        sold = cleared.bought[:, 0]
        return np.where(sold, cleared.price, 0.0), sold

    return deals


def _auction(name: str, market: _Market) -> Deals:
    def deals(part: float) -> tuple[Array, Array]:
        outcome = MECHANISMS[name].run(Procurement(part * market.worth, market.budget), market.costs)
        return np.asarray(outcome.cash, float)[None], np.asarray(outcome.quantity)[None] == 1

    return deals


def _measured(name: str, deals: Deals, seller_gain: float | None, market: _Market) -> Fairness:
    paid, sold = deals(1.0)
    total, whole = paid.sum(axis=1), market.worth.sum()
    keeps = (sold @ market.worth - total).mean()
    gains = [(taken @ market.worth - asked.sum(axis=1)).mean() - keeps for asked, taken in map(deals, SHADES)]
    return Fairness(
        name,
        spread=_over(paid.std(axis=0).sum(), total.mean()),
        envy=_envy(paid, market),
        shapley_distance=float(np.abs(_parts(paid) - market.worth / whole).sum(axis=1).mean() / 2),
        gini=float(gini(paid).mean()),
        seller_gain=seller_gain,
        buyer_gain=max(0.0, *(float(gain / whole) for gain in gains)),
        overspent=float(np.maximum(total - market.budget, 0.0).mean() / market.budget),
        value=float((sold @ market.worth).mean() / whole),
        kept=float(keeps / whole),
    )


def gini(amounts: Array) -> Array:
    """Give the Gini coefficient of each row: 0 where all have the same, near 1 where one has all; 0 where none has any.

    >>> gini(np.array([[1.0, 1.0], [0.0, 2.0], [0.0, 0.0]]))
    array([0. , 0.5, 0. ])
    """
    ranked = np.sort(amounts, axis=-1)
    n = ranked.shape[-1]
    total = ranked.sum(axis=-1)
    weighed = ranked @ (2 * np.arange(1, n + 1) - n - 1)
    return np.asarray(np.divide(weighed, n * total, out=np.zeros(total.shape), where=total > 0))


def _envy(paid: Array, market: _Market) -> float:
    """The largest gap among sellers who bring the same, averaged over orders; 0 where no two do."""
    kinds = np.column_stack([market.worth, market.costs])
    _, kind = np.unique(kinds, axis=0, return_inverse=True)
    gaps = np.zeros(len(paid))
    for each in np.flatnonzero(np.bincount(kind.ravel()) > 1):
        alike = kind.ravel() == each
        gap = np.ptp(paid[:, alike], axis=1)
        gaps = np.maximum(gaps, _over(gap, market.worth[alike][0]))
    return float(gaps.mean())


def _parts(paid: Array) -> Array:
    """Parts of the payment; equal ones where nothing is paid."""
    total = paid.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(paid, total, out=np.full(paid.shape, 1 / paid.shape[1]), where=total > 0))


def _over(amount: Any, whole: Any) -> Any:
    return amount / whole if whole > 0 else 0.0 * amount
