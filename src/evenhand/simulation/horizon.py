"""After how many periods has the ideal price paid off, against a given way to pay less?

A buyer who pays p_t below the ideal price p_t* keeps more at once, and may lose the seller, who is still there in
period t with chance P_t. Per period the ideal price is ahead of the lower one by

    d_t = (u_t - p_t*) - P_t (u_t - p_t),      P_t = product over i < t of pi(p_i, p_i*)

and from t* + 1 on it is ahead in sum: t* is the last T with sum over t <= T of delta^t d_t <= 0 [FairShare25, eq. 17;
there u_i - p_i is printed for u_t - p_t].

t* falls as delta rises if d is single-crossing, that is never above 0 before it is below. Let tau be the first period
from which d is at least 0. In the sum divided by delta^tau, d_t < 0 is weighed by delta^(t - tau) with t < tau, which
falls in delta, and d_t >= 0 by one that rises. So a sum that is above 0 stays so as delta rises. Without
single-crossing it need not (E-001-06 in docs/errata.md). And t* is one of a given way to pay: over all of them
together, as the paper writes it, it is infinite, since a buyer may pay nearly the ideal price until any T, and nothing
at T.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.records import Array, Finding
from evenhand.simulation.participation import Participation, staying

DISCOUNTS = tuple(i / 100 for i in range(1, 100))
"""The discounts at which `falls_with_discount` looks where nothing is proved."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """When the ideal price has paid off."""

    last_behind: int
    """t*: the last period up to which it has not, counted from 0; -1 where it is ahead from the first period on."""
    ahead: bool
    """Whether it is ahead at the end of the periods that were given; if not, t* may be anything later, or infinite."""
    single_crossing: bool
    """Whether the advantage per period, once above 0, is never below: then t* falls as the discount factor rises."""
    total: float
    """The discounted sum over all periods, in money."""


def advantages(utility: Any, budget: Any, price: Any, participation: Participation) -> Array:
    """Give by how much the ideal price leaves a buyer more, or less, in each period, on average over replications.

    Args:
        utility: (periods,) or (replications, periods), money.
        budget: of the same shape; the ideal price is min(utility, budget).
        price: what is paid instead, no more than the ideal price.
        participation: how likely a seller is to stay.

    Returns:
        (periods,) money.

    Raises:
        OfferError: a price is below 0 or above the ideal one, or a number is not finite.

    Half the ideal price, and half of the sellers leave every period:

    >>> from evenhand.simulation.participation import LINEAR
    >>> advantages([3.0] * 4, [2.0] * 4, [1.0] * 4, LINEAR)
    array([-1.  ,  0.  ,  0.5 ,  0.75])
    """
    given = [np.asarray(each, float) for each in (utility, budget, price)]
    for name, each in zip(("utility", "budget", "price"), given, strict=True):
        if not (np.isfinite(each).all() and (each >= 0).all()):
            bound = "amounts of money are finite and 0 or more"
            raise OfferError(
                Problem(name, f"holds {each[~(np.isfinite(each) & (each >= 0))][0]}", bound, "Correct it.")
            )
    worth, most, paid = np.broadcast_arrays(*given)
    ideal = np.minimum(worth, most)
    if (paid > ideal).any():
        place = tuple(int(i) for i in np.argwhere(paid > ideal)[0])
        found, bound = f"is {paid[place]}", f"the ideal price is {ideal[place]}, and more is not paid"
        raise OfferError(Problem(f"price{list(place)}", found, bound, "Cut it there."))
    there = staying(participation(paid, ideal))[..., :-1]
    ahead = (worth - ideal) - there * (worth - paid)
    return np.asarray(ahead.mean(axis=tuple(range(ahead.ndim - 1))))


def horizon(advantage: Any, discount: float) -> Horizon:
    """Find when the ideal price has paid off.

    Args:
        advantage: (periods,) of `advantages`.
        discount: delta, above 0 and at most 1.

    Raises:
        OfferError: the discount is out of bounds, or an advantage is not finite.

    >>> horizon([-1.0, 0.0, 0.5, 0.75], discount=1.0)
    Horizon(last_behind=2, ahead=True, single_crossing=True, total=0.25)
    >>> horizon([-1.0, 0.0, 0.5, 0.75], discount=0.9).ahead
    False
    """
    gained = _checked(advantage, [discount])
    sums = _sums(gained, discount)
    return Horizon(int(last_behind(gained, discount)), bool(sums[-1] > 0), single_crossing(gained), float(sums[-1]))


def last_behind(advantage: Any, discount: float) -> Array:
    """Give t* of each row: the last period up to which the discounted sum is not above 0; -1 where it always is.

    Args:
        advantage: (..., periods).

    >>> last_behind([[-1.0, 2.0], [1.0, 1.0], [-1.0, 0.5]], 1.0)
    array([ 0, -1,  1])
    """
    behind = _sums(np.asarray(advantage, float), discount) <= 0
    periods = behind.shape[-1]
    return np.asarray(np.where(behind.any(axis=-1), periods - 1 - np.argmax(behind[..., ::-1], axis=-1), -1))


def single_crossing(advantage: Any) -> bool:
    """Whether an advantage, once above 0, is never below.

    >>> single_crossing([-1.0, 0.0, 0.5]), single_crossing([-0.1, 1.0, -1.2])
    (True, False)
    """
    gained = np.asarray(advantage, float)
    return not bool((np.maximum.accumulate(gained > 0) & (gained < 0)).any())


def falls_with_discount(advantage: Any, discounts: Sequence[float] = DISCOUNTS) -> Finding:
    """Find out whether t* falls as the discount factor rises [FairShare25, Lemma 4, by its title].

    Proved where the advantage is single-crossing; searched at some discounts elsewhere.

    Args:
        advantage: (periods,).
        discounts: in rising order, above 0 and at most 1.

    Raises:
        OfferError: a discount is out of bounds, or an advantage is not finite.

    >>> found = falls_with_discount([-0.1, 1.0, -1.2], discounts=[0.5, 0.9])
    >>> print(found.statement)
    t* rises from 0 to 2 as the discount factor rises from 0.5 to 0.9: the advantage is not single-crossing
    """
    gained = _checked(advantage, discounts)
    if single_crossing(gained):
        statement = "the advantage is single-crossing, so t* falls, or stays, as the discount factor rises"
        return Finding("falls_with_discount", True, 0, "proved", 0, statement)
    found = [int(last_behind(gained, discount)) for discount in discounts]
    rises = np.diff(found)
    if not (rises > 0).any():
        statement = "the advantage is not single-crossing; at the discount factors tried, t* does not rise"
        return Finding("falls_with_discount", True, 0, "searched", len(found), statement)
    worst = int(np.argmax(rises))
    statement = (
        f"t* rises from {found[worst]} to {found[worst + 1]} as the discount factor rises from {discounts[worst]:g} to "
        f"{discounts[worst + 1]:g}: the advantage is not single-crossing"
    )
    shown = {"advantage": gained.tolist(), "discounts": [discounts[worst], discounts[worst + 1]]}
    return Finding("falls_with_discount", False, int(rises[worst]), "exact", len(found), statement, market=shown)


def cumulative_net_utility(
    price: Any, utility: float, ideal: float, periods: int, participation: Participation, discount: float = 1.0
) -> Array:
    """Give what a buyer keeps over some periods who pays the same price in each, on average.

        sum over t < T of (delta pi(p, p*))^t (u - p)                                       [FairShare25, Figure 3]

    Args:
        price: (prices,) money, 0 or more.
        utility: u of a period.
        ideal: the ideal price p*.
        periods: T.

    Under the grim trigger it breaks at the ideal price: one trade below, T from there on.

    >>> from evenhand.simulation.participation import GRIM_TRIGGER
    >>> cumulative_net_utility([0.5, 0.9, 1.0, 1.5], 3.0, 1.0, periods=5, participation=GRIM_TRIGGER)
    array([ 2.5,  2.1, 10. ,  7.5])
    """
    paid = np.asarray(price, float)
    kept = discount * participation(paid, ideal)
    weights = (kept[..., None] ** np.arange(periods)).sum(axis=-1)
    return np.asarray(weights * (utility - paid))


def _sums(advantage: Array, discount: float) -> Array:
    return np.asarray(np.cumsum(advantage * discount ** np.arange(advantage.shape[-1]), axis=-1))


def _checked(advantage: Any, discounts: Sequence[float]) -> Array:
    gained = np.asarray(advantage, float)
    problems = [
        Problem(
            "discount", f"is {discount!r:.60}", "it is above 0, and at most 1", "Use 0.99 for one per cent a period."
        )
        for discount in discounts
        if not 0 < discount <= 1
    ]
    if gained.ndim != 1 or not gained.size or not np.isfinite(gained).all():
        found = f"is {gained.tolist()!r:.60}"
        problems.append(Problem("advantage", found, "it is one finite number a period", "Give those of `advantages`."))
    if problems:
        raise OfferError(problems)
    return gained
