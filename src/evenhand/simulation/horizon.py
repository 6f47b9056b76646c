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

from evenhand.errors import OfferError, Problem, refuse
from evenhand.records import Array, Finding
from evenhand.simulation import checks
from evenhand.simulation.discounting import balance, last_behind
from evenhand.simulation.participation import Participation, wrong_participation
from evenhand.simulation.staying import staying

DISCOUNTS = tuple(i / 100 for i in range(1, 100))
"""The discount factors at which `falls_with_discount` looks where nothing is proved."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """When the ideal price has paid off."""

    period: int
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
    gross, most, paid = _amounts(utility, budget, price, participation)
    ideal = np.minimum(gross, most)
    if (paid > ideal).any():
        place = tuple(int(i) for i in np.argwhere(paid > ideal)[0])
        found, bound = f"is {paid[place]}", f"the ideal price is {ideal[place]}, and more is not paid"
        raise OfferError(Problem(f"price{list(place)}", found, bound, "Cut it there."))
    there = staying(participation(paid, ideal))[..., :-1]
    ahead = (gross - ideal) - there * (gross - paid)
    return np.asarray(ahead.mean(axis=tuple(range(ahead.ndim - 1))))


def horizon(advantage: Any, discount: float) -> Horizon:
    """Find when the ideal price has paid off.

    Args:
        advantage: (periods,) of `advantages`.
        discount: delta, the discount factor, above 0 and at most 1.

    Raises:
        OfferError: the discount factor is out of bounds, or an advantage is not finite.

    >>> horizon([-1.0, 0.0, 0.5, 0.75], discount=1.0)
    Horizon(period=2, ahead=True, single_crossing=True, total=0.25)
    >>> horizon([-1.0, 0.0, 0.5, 0.75], discount=0.9).ahead
    False
    """
    gained = _checked(advantage, [discount])
    sums = balance(gained, discount)
    return Horizon(int(last_behind(sums)), bool(sums[-1] > 0), single_crossing(gained), float(sums[-1]))


def single_crossing(advantage: Any) -> bool:
    """Whether an advantage, once above 0, is never below.

    Args:
        advantage: (periods,) of `advantages`.

    Raises:
        OfferError: an advantage is not finite.

    >>> single_crossing([-1.0, 0.0, 0.5]), single_crossing([-0.1, 1.0, -1.2])
    (True, False)
    """
    gained = _checked(advantage, [])
    return not bool((np.maximum.accumulate(gained > 0) & (gained < 0)).any())


def falls_with_discount(advantage: Any, discounts: Sequence[float] = DISCOUNTS) -> Finding:
    """Find out whether t* falls as the discount factor rises [FairShare25, Lemma 4, by its title].

    Proved where the advantage is single-crossing; searched at some discount factors elsewhere.

    Args:
        advantage: (periods,).
        discounts: the discount factors that are tried, above 0 and at most 1.

    Raises:
        OfferError: a discount factor is out of bounds, or an advantage is not finite.

    >>> found = falls_with_discount([-0.1, 1.0, -1.2], discounts=[0.5, 0.9])
    >>> print(found.statement)
    t* rises from 0 to 2 as the discount factor rises from 0.5 to 0.9: the advantage is not single-crossing
    """
    problems: list[Problem] = []
    tried = checks.some("discounts", discounts, "Give some, as [0.9, 0.99].", problems)
    refuse(problems)
    gained = _checked(advantage, tried)
    if single_crossing(gained):
        statement = "the advantage is single-crossing, so t* falls, or stays, as the discount factor rises"
        return Finding("falls_with_discount", True, 0, "proved", 0, statement)
    tried = sorted(tried)
    found = [int(last_behind(balance(gained, discount))) for discount in tried]
    rises = np.diff(found)
    if not (rises > 0).any():
        statement = "the advantage is not single-crossing; at the discount factors tried, t* does not rise"
        return Finding("falls_with_discount", True, 0, "searched", len(found), statement)
    worst = int(np.argmax(rises))
    statement = (
        f"t* rises from {found[worst]} to {found[worst + 1]} as the discount factor rises from {tried[worst]:g} to "
        f"{tried[worst + 1]:g}: the advantage is not single-crossing"
    )
    shown = {"advantage": gained.tolist(), "discounts": [float(each) for each in tried[worst : worst + 2]]}
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
        participation: how likely a seller is to stay.
        discount: delta, the discount factor, above 0 and at most 1.

    Raises:
        OfferError: an amount, the number of periods or the discount factor is out of bounds.

    Under the grim trigger it breaks at the ideal price: one trade below, T from there on.

    >>> from evenhand.simulation.participation import GRIM_TRIGGER
    >>> cumulative_net_utility([0.5, 0.9, 1.0, 1.5], 3.0, 1.0, periods=5, participation=GRIM_TRIGGER)
    array([ 2.5,  2.1, 10. ,  7.5])
    """
    problems: list[Problem] = wrong_participation(participation)
    paid = checks.amounts("price", price, problems)
    for name, each in (("utility", utility), ("ideal", ideal)):
        checks.amount(name, each, problems)
    checks.whole("periods", periods, 1, 100, problems)
    checks.discount_factor("discount", discount, problems)
    refuse(problems)
    kept = float(discount) * participation(paid, ideal)
    return _geometric(kept, int(periods)) * (float(utility) - paid)


def _geometric(kept: Array, periods: int) -> Array:
    """1 + x + x^2 ..., so many terms, for every x from 0 to 1."""
    with np.errstate(divide="ignore"):
        falls = np.log(kept)
    ended, once = -np.expm1(periods * falls), -np.expm1(falls)
    return np.asarray(np.divide(ended, once, out=np.full(kept.shape, float(periods)), where=once > 0))


def _amounts(utility: Any, budget: Any, price: Any, participation: Participation) -> list[Array]:
    """Take amounts that broadcast to each other, with the periods last."""
    problems: list[Problem] = wrong_participation(participation)
    named = {"utility": utility, "budget": budget, "price": price}
    rows = [checks.amounts(name, each, problems) for name, each in named.items()]
    refuse(problems)
    try:
        together = list(np.broadcast_arrays(*rows))
    except ValueError:
        together = []
    if not together or not together[0].ndim or not together[0].size:
        found = f"have shapes {', '.join(str(each.shape) for each in rows)}"
        bound = "they broadcast to (periods,) or (replications, periods)"
        raise OfferError(Problem("utility, budget, price", found, bound, "Give one number a period."))
    return together


def _checked(advantage: Any, discounts: Sequence[float]) -> Array:
    problems: list[Problem] = []
    for each in discounts:
        checks.discount_factor("discount", each, problems)
    gained = checks.numbers("advantage", advantage, problems)
    if not problems and (gained.ndim != 1 or not gained.size):
        found = f"has shape {gained.shape}"
        problems.append(Problem("advantage", found, "it is one number a period", "Give those of `advantages`."))
    refuse(problems)
    return gained
