"""How much of what sellers are paid should be cash? What each choice buys and costs, for a planner to choose from.

A buyer has cash B and can promise shares up to a pool U. The liquidity rho is the part of a payment that is cash
[Ayyoubzadeh25, section 8]; here one market is run at each of several rho, by the ways of `MECHANISMS` to settle in cash
and shares, and what comes of it is laid side by side: the choice of sections 8.3 and 8.5, by solving every case.

Where the payment is one threshold settled in two parts (`mixed_split`), purchasing power T is greatest at
`best_liquidity`, B / (B + U). An offer that passes the test of proportional share, c_i W_i <= T w_i, passes it for a
larger T too; so as long as the larger lets in no offer that asks more than the smaller, it buys no less, no threshold
falls, and no seller is worse off. One that is let in can stand before others, price them out, and be priced out itself.

That no choice of rho is worse for everyone than another, as theorem 1 has it, does not hold in general: `dominated`
finds those that are (E-002-14 in docs/errata.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.market import numbers
from evenhand.markets import Procurement
from evenhand.markets.procurement import hybrids
from evenhand.mechanisms import named
from evenhand.records import Array

GRID = tuple(place / 20 for place in range(21))


@dataclass(frozen=True)
class Frontier:
    """One market at several liquidities; every row is one of them."""

    mechanism: str
    liquidity: Array
    """(choices,) the part of a payment that is cash."""
    value: Array
    """(choices,) what is bought is worth."""
    cash: Array
    """(choices,) what is paid now."""
    shares: Array
    """(choices,) what is promised."""
    utility: Array
    """(choices, sellers) what each seller is left with, shares at face value, if the reports are the true costs."""

    @property
    def surplus(self) -> Array:
        """(choices,) what all sellers together are left with."""
        return np.asarray(self.utility.sum(axis=1))

    @property
    def dominated(self) -> Array:
        """(choices,) whether another choice leaves no seller worse off and some seller better."""
        better = self.utility[None, :] - self.utility[:, None]  # [a, b]: seller by seller, how much better b is than a
        return np.asarray(np.any(np.all(better >= 0, axis=2) & np.any(better > 0, axis=2), axis=1))

    def best(self, *, cash_price: float = 0.0, share_price: float = 0.0, cash_max: float = inf) -> int:
        """Choose the row of greatest value less what its cash and shares are to the buyer; the first of equals.

        Args:
            cash_price, share_price: worth that the buyer gives up for a unit of each: lambda of [Ayyoubzadeh25,
                section 3.5].
            cash_max: rows that pay more cash are left out.

        Raises:
            OfferError: every row pays more cash than that.
        """
        within = self.cash <= cash_max
        if not within.any():
            found, bound = f"is {cash_max:g}", f"the least that is paid in cash is {self.cash.min():g}"
            raise OfferError(Problem("cash_max", found, bound, "Allow that much, or choose another mechanism."))
        return int(np.argmax(np.where(within, self.value - cash_price * self.cash - share_price * self.shares, -inf)))


def frontier(
    worth: Any,
    costs: Any,
    budget: float,
    pool: float,
    *,
    mechanism: str = "mixed_split",
    liquidity: Sequence[float] = GRID,
) -> Frontier:
    """Run a market at each of several liquidities.

    Args:
        worth: (sellers,) what each dataset is worth to the buyer.
        costs: (sellers,) reports; taken as the true costs for what sellers are left with.
        budget: cash.
        pool: the most that may be promised in shares, in the same money.
        mechanism: a row of `MECHANISMS` that settles in cash and shares: mixed_split, mixed_net_cost or
            mixed_as_published.
        liquidity: which parts in cash to try, each 0 to 1.

    Raises:
        OfferError: an argument is out of bounds, or the mechanism is not known or settles in cash alone.

    >>> tried = frontier([1.0, 1.0, 1.0], [3.0, 4.0, 9.0], budget=10.0, pool=30.0, liquidity=[0.1, 0.25, 0.5, 1.0])
    >>> tried.value, tried.cash, tried.shares
    (array([3., 3., 2., 2.]), array([ 3.33333333, 10.        ,  9.        , 10.        ]), array([30., 30.,  9.,  0.]))
    >>> tried.best(cash_price=0.05), tried.best(cash_max=9.0, share_price=0.1)
    (0, 2)
    """
    tried = [float(part) for part in numbers("liquidity", liquidity)]
    row = named(mechanism)
    if not row.in_shares:
        found, bound = f'"{mechanism}" pays in cash alone', "a frontier is about what part is cash"
        raise OfferError(Problem("mechanism", found, bound, "Choose one that settles in shares: mixed_split."))
    outcomes = [row.run(Procurement(worth, budget, pool=pool, liquidity=part), costs) for part in tried]
    return Frontier(
        mechanism,
        np.array(tried),
        np.array([float(outcome.quantity @ numbers("worth", worth)) for outcome in outcomes]),
        np.array([outcome.cash.sum() for outcome in outcomes]),
        np.array([outcome.share.sum() for outcome in outcomes]),
        np.array([outcome.utility(costs) for outcome in outcomes]),
    )


def best_liquidity(budget: float, pool: float) -> float:
    """Give the part in cash at which both pots run out together, so that most can be settled: B / (B + U).

    Of any other part one pot is left over: min(B / rho, U / (1 - rho)) is B + U there and less elsewhere.

    Raises:
        OfferError: a pot is negative or not finite, or the budget is 0.

    >>> best_liquidity(10.0, 30.0)
    0.25
    """
    return float(hybrids.liquidity(Procurement([1.0], budget, pool=pool)))
