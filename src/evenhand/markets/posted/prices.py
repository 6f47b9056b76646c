"""What should a seller ask who sells the same dataset to every buyer at one price? [FairShare25, eqs. 3-4, Lemma 2]

Buyer k buys at every price up to their maximum willingness to pay w_k (willingness.py), so a price p earns

    r(p) = p * #{k : w_k >= p} - c.

Between two neighbouring w the number of buyers does not change and a higher price earns more: the best price is one of
the w. Sorting them makes it O(M log M) for M buyers. A seller who would lose money at every price does not sell: that
is P = {p >= 0 : r(p) >= 0}. With a strict "buys if w_k > p" the best price would not exist (docs/errata.md).

The experiments of the paper let sellers choose from five prices, and give the data that is there before them prices
uniform on (0, 1] [FairShare25, section 6.1]: `PAPER_GRID` and `prior_prices`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from numbers import Integral
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem, refuse, shown
from evenhand.markets.posted.checks import amounts
from evenhand.markets.posted.exactness import SUM_MAX, Number, is_whole, plain, whole_or_float
from evenhand.money import MINOR_MAX
from evenhand.numerics.exactness import LARGEST, ROUNDING
from evenhand.records import Array

PAPER_GRID = (0.5, 0.625, 0.75, 0.875, 1.0)
"""The prices that sellers choose from in [FairShare25, section 6.1]."""


@dataclass(frozen=True)
class PostedPrice:
    """What a seller asks, how many buy at it and what is left after the cost."""

    price: Number
    """Money; inf for a seller who does not sell, since every price would lose."""
    buyers: int
    """How many buy, if each decides beside the prices the seller saw."""
    profit: Number
    """Price times buyers minus cost: 0 or more."""


@dataclass(frozen=True, eq=False)
class PostedPrices:
    """The same for many sellers: arrays (sellers,)."""

    price: Array
    """Money, floats, which hold whole amounts exactly; inf for a seller who does not sell."""
    buyers: Array
    profit: Array
    """Whole where willingness and costs are."""


def posted_price(willingness: Any, cost: Any = 0, *, grid: Sequence[Number] | None = None) -> PostedPrice:
    """Ask the price that earns most; of prices that earn the same, the lowest: more buyers gain.

        p* = argmax over p in {w_1, ..., w_M} of p * #{k : w_k >= p} - c     [FairShare25, Lemma 2, ties to the seller]

    Args:
        willingness: (buyers,) money, what each would pay at most; below 0 for never.
        cost: money, what offering the dataset costs, however many buy; inf for a seller who stays away.
        grid: the only prices that may be asked; any by default.

    Returns:
        The price, exact where willingness and cost are whole, and what it earns.

    Raises:
        OfferError: a willingness is not a number, or too large for sums of all buyers to be exact, the cost is below
            0 or NaN, the grid is empty, or a price of it is out of bounds.

    One buyer at 10 earns 10, two at 6 earn 12, three at 4 earn 12:
        >>> posted_price([10, 6, 4], cost=5)
        PostedPrice(price=4, buyers=3, profit=7)
        >>> posted_price([10, 6, 4], cost=13)
        PostedPrice(price=inf, buyers=0, profit=0)
        >>> posted_price([10, 6, 4], grid=[5, 9])
        PostedPrice(price=5, buyers=2, profit=10)
    """
    try:
        best = posted_prices([willingness], [cost], grid=grid)
    except OfferError as error:
        raise OfferError([replace(each, where=_of_one(each.where)) for each in error.problems]) from None
    price, profit = best.price[0].item(), best.profit[0].item()
    whole = best.profit.dtype.kind == "i" and price < inf
    return PostedPrice(int(price) if whole else price, int(best.buyers[0]), profit)


def posted_prices(willingness: Any, costs: Any, *, grid: Sequence[Number] | None = None) -> PostedPrices:
    """Ask for each of many sellers the price that earns most, each against the same market: one sort.

    Args:
        willingness: (sellers, buyers) money.
        costs: (sellers,) money.
        grid: as for `posted_price`.

    Raises:
        OfferError: as for `posted_price`.

    >>> best = posted_prices([[10, 6, 4], [-1, 2, 3]], costs=[5, 0])
    >>> best.price, best.buyers, best.profit
    (array([4., 2.]), array([3, 2]), array([7, 4]))
    """
    problems: list[Problem] = []
    most, (cost, away) = _willingness(willingness, problems), _costs(costs, problems)
    allowed = None if grid is None else sorted(of_a_grid(grid, problems), reverse=True)
    if not problems and len(cost) != len(most):
        found, bound = f"are {len(cost)}", f"there is one for each of {len(most)} sellers"
        problems.append(Problem("costs", found, bound, "Give one cost for each row of willingness."))
    limit = _limits(most.shape[-1])[0]
    problems += [
        Problem("grid", f"has {price}", f"whole amounts go up to {limit}", "Count in a larger unit.")
        for price in allowed or ()
        if isinstance(price, int) and price > limit
    ]
    refuse(problems)
    asked, buyers = _any_price(most) if allowed is None else _of_grid(most, whole_or_float(allowed))
    return _best(asked, buyers, cost, away)


def of_a_grid(grid: Any, problems: list[Problem]) -> list[Number]:
    """Take the only prices that may be asked; note what is wrong with each."""
    before = len(problems)
    allowed = amounts("grid", grid, problems)
    if not allowed and len(problems) == before:
        bound = "there is a price to ask, or any may be asked"
        problems.append(Problem("grid", "is empty", bound, "Name a price in it, or leave it out for any."))
    return allowed


def prior_prices(rng: np.random.Generator, n: int) -> Array:
    """Draw the prices of data that is on sale before anyone arrives: uniform on (0, 1] [FairShare25, section 6.1].

    >>> drawn = prior_prices(np.random.default_rng(0), 1000)
    >>> bool((drawn > 0).all() and (drawn <= 1).all())
    True
    """
    return 1 - rng.random(n)


def _any_price(most: Array) -> tuple[Array, Array]:
    """The prices worth asking, falling, and how many buy at each; of equal ones the last counts all of its buyers."""
    asked = np.sort(most, axis=1)[:, ::-1]
    return asked, np.broadcast_to(np.arange(1, most.shape[1] + 1), most.shape)


def _of_grid(most: Array, allowed: Array) -> tuple[Array, Array]:
    buyers = np.array([(most >= price).sum(axis=1) for price in allowed], np.int64).reshape(len(allowed), len(most)).T
    return np.broadcast_to(allowed, buyers.shape), buyers


def _best(asked: Array, buyers: Array, cost: Array, away: Array) -> PostedPrices:
    """Choose from prices in falling order, (sellers, prices): the last of those that earn most, but for rounding."""
    # one more price at which nobody buys, so that there is always something to choose
    earned = np.pad(np.where((asked >= 0) & (buyers > 0), asked * buyers, -1), ((0, 0), (1, 0)), constant_values=-1)
    equal = _rounding(earned, cost)
    place = earned.shape[1] - 1 - (earned >= (earned.max(axis=1) - equal)[:, None])[:, ::-1].argmax(axis=1)
    rows = np.arange(len(earned))
    most = earned[rows, place]
    profit = most - cost
    sells = (most >= 0) & (profit >= -equal) & ~away
    chosen = rows[sells], place[sells] - 1
    price, count = np.full(len(earned), inf), np.zeros(len(earned), np.int64)
    price[sells], count[sells] = asked[chosen], buyers[chosen]
    return PostedPrices(price, count, np.where(sells, np.maximum(profit, 0), 0))


def _rounding(earned: Array, cost: Array) -> Array:
    """Give by how much what a seller earns may differ and still be the same, (sellers,): 0 where all is whole."""
    if is_whole(earned, cost):
        return np.zeros(len(earned), np.int64)
    rounding: Array = ROUNDING * (np.maximum(earned, 0).max(axis=1) + cost)
    return rounding


def _costs(given: Any, problems: list[Problem]) -> tuple[Array, Array]:
    """Take what each seller's dataset costs, 0 for those who stay away, and say who they are; note what is wrong."""
    at_once = isinstance(given, np.ndarray) and given.ndim == 1 and given.dtype.kind in "if"
    most = MINOR_MAX if at_once and given.dtype.kind == "i" else LARGEST
    if not at_once or not ((given >= 0) & ((given <= most) | (given == inf))).all():
        given = amounts("costs", given, problems)
        away = np.array([cost == inf for cost in given], bool)
        return whole_or_float([0 if cost == inf else cost for cost in given]), away
    away = given == inf
    return np.where(away, 0, given), away


def _willingness(given: Any, problems: list[Problem]) -> Array:
    """Take what buyers would pay at most, (sellers, buyers), whole where all are given whole; note what is wrong."""
    try:
        members = given if isinstance(given, np.ndarray) and given.dtype.kind in "iuf" else np.asarray(given, object)
        whole = _whole(members)
        limits = _limits(members.shape[-1] if members.ndim else 0)
        large = whole & (np.where(whole, members, 0) > limits[0])
        small = np.where(large, 0, members)
        most = np.maximum(small, -1).astype(np.int64) if whole.size and whole.all() else small.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        most = np.zeros(0)
    if most.ndim != 2:
        found, bound = f"is {shown(given)}", "it is one number for each seller and buyer"
        problems.append(Problem("willingness", found, bound, "Give a row of numbers for each seller."))
        return np.zeros((0, 0))
    endless = ~(most <= limits[1])
    problems.extend(
        Problem(f"willingness[{seller}, {buyer}]", f"is {shown(plain(members[seller, buyer]))}", bound, remedy)
        for wrong, bound, remedy in (
            (large, f"whole amounts go up to {limits[0]}", "Count in a larger unit."),
            (endless, "it is a number, not inf", "Use -inf for a buyer who never buys."),
        )
        for seller, buyer in np.argwhere(wrong).tolist()
    )
    return most


def _of_one(where: str) -> str:
    """Name a place as the caller of one seller knows it.

    >>> _of_one("willingness[0, 2]"), _of_one("costs[0]")
    ('willingness[2]', 'cost')
    """
    return where.replace("willingness[0, ", "willingness[").replace("costs[0]", "cost")


def _whole(members: Array) -> Array:
    """Say which members of an array, of numbers or of anything, are whole numbers."""
    if members.dtype.kind != "O":
        return np.full(members.shape, members.dtype.kind in "iu")
    return np.array([isinstance(each, Integral) for each in members.flat], bool).reshape(members.shape)


def _limits(buyers: int) -> tuple[int, float]:
    """Give the largest whole amount and the largest float of which so many still sum to what arrays hold exactly."""
    return min(MINOR_MAX, SUM_MAX // max(buyers, 1)), LARGEST / max(buyers, 1)
