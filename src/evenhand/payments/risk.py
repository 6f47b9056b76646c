"""What is a promise worth to a seller who dislikes risk, and what should such a seller report?

A share of face value s pays s X, where X is what the pool comes to for each unit promised: a lottery that everyone
knows. With constant relative risk aversion a, cash b and share s are worth to a seller [Pratt64; Arrow65]

    CE(b, s) = u^-1(E u(b + s X)),      u(z) = z^(1-a) / (1-a),  log z at a = 1,

the certainty equivalent: the cash that they would take instead. A seller with cost c sells gladly if CE >= c.

A mechanism that pays by thresholds makes each seller one offer that their report does not move: a total p, of which
some part is cash, to be taken or left. CE rises with p, so there is a least total that they would take, and asking
exactly that is a dominant strategy, with CE(payment) >= c whenever they sell. Nobody else need know the aversion. Two
things follow. Who dislikes risk should not report the cost but the least total. And whether truth is best does not hang
on how utility falls with the report, as [Ayyoubzadeh25, section 8.6] has it (E-002-18 in docs/errata.md), but on the
offer being independent of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite
from sys import float_info
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem, refuse, shown
from evenhand.market import numbers
from evenhand.numerics.given import in_range
from evenhand.records import Array

CHANCES_MISS_MAX = 1e-9
"""By how much chances may miss a sum of 1."""


@dataclass(frozen=True)
class Lottery:
    """What a unit of face value comes to: outcomes with their chances.

    Raises:
        OfferError: the two differ in length, an outcome is negative or not finite, or chances are no distribution.

    >>> Lottery([0.0, 2.0], [0.5, 0.5]).mean
    1.0
    """

    outcomes: Sequence[float]
    chances: Sequence[float]

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        outcomes, chances = (_row(name, getattr(self, name), problems) for name in ("outcomes", "chances"))
        refuse(problems)
        if outcomes.shape != chances.shape or outcomes.ndim != 1 or not outcomes.size:
            found = f"have shapes {outcomes.shape} and {chances.shape}"
            problems.append(Problem("outcomes", found, "there is one chance for each", "Give two lists of one length."))
        if not (np.isfinite(outcomes).all() and (outcomes >= 0).all()):
            found, bound = f"are {outcomes.tolist()}", "a share pays something finite, 0 or more"
            problems.append(Problem("outcomes", found, bound, "Use 0 for a pool that comes to nothing."))
        if not ((chances >= 0).all() and abs(chances.sum() - 1) <= CHANCES_MISS_MAX):
            found = f"are {chances.tolist()}"
            problems.append(Problem("chances", found, "they are 0 or more and sum to 1", "Divide them by their sum."))
        refuse(problems)

    @property
    def mean(self) -> float:
        """What a unit comes to on average."""
        return float(np.dot(self.outcomes, self.chances))


def certainty_equivalent(cash: float, share: float, lottery: Lottery, aversion: float) -> float:
    """Give the cash that a seller would take instead of some cash and a share.

    Args:
        cash, share: in one money, 0 or more; the share at face value.
        lottery: what a unit of face value comes to.
        aversion: constant relative risk aversion, 0 (risk-neutral) or more.

    Returns:
        Never above what they come to on average; 0 where they may come to nothing and the aversion is 1 or more.

    Raises:
        OfferError: an argument is negative or not finite.

    >>> fair = Lottery([0.0, 2.0], [0.5, 0.5])
    >>> [round(certainty_equivalent(1.0, 1.0, fair, aversion), 6) for aversion in (0, 1, 2)]
    [2.0, 1.732051, 1.5]
    """
    refuse([*_amounts(cash=cash, share=share, aversion=aversion), *_lottery(lottery)])
    chances = np.asarray(lottery.chances, float)
    with np.errstate(over="ignore"):
        paid = (cash + share * np.asarray(lottery.outcomes, float))[chances > 0]
    if not np.isfinite(paid).all():
        found, bound = f"come to {paid.max()} at best", "it is finite"
        raise OfferError(Problem("cash and share", found, bound, "Count in a larger unit of money."))
    return _mean(paid, chances[chances > 0], 1 - aversion)


def least_total(cost: float, lottery: Lottery, aversion: float, *, liquidity: float = 1.0, offer: float = 0.0) -> float:
    """Give the report that is best for a seller who dislikes risk: the least total that they would take.

    A total p is settled as `liquidity` (p - offer) in cash, and the offer and the rest in shares: as `mixed_split`
    settles with no offer, and `mixed_net_cost` with all cash beyond the offer. Without an offer the certainty
    equivalent is proportional to p, so the least total is the cost over that of a total of 1.

    Returns:
        The offer itself where the share offered suffices; inf where no total does.

    Raises:
        OfferError: an argument is out of bounds.

    >>> fair = Lottery([0.0, 2.0], [0.5, 0.5])
    >>> round(least_total(3.0, fair, 1.0, liquidity=0.5), 6)                # CE(1/2, 1/2) = sqrt(3) / 2
    3.464102
    >>> round(least_total(3.0, fair, 1.0, offer=2.0), 6)                    # log-mean of b and b + 4 is 3 at b = 1.606
    3.605551
    """
    from scipy.optimize import brentq

    refuse([*_amounts(cost=cost, aversion=aversion, offer=offer), *_part(liquidity), *_lottery(lottery)])

    def short(total: float) -> float:
        beyond = total - offer
        taken = certainty_equivalent(liquidity * beyond, offer + (1 - liquidity) * beyond, lottery, aversion)
        return taken - cost

    if short(offer) >= 0:
        return offer
    if not offer:
        unit = short(1.0) + cost
        return cost / unit if unit > 0 else inf
    high = 2 * (offer + cost)
    while short(high) < 0:
        high *= 2
        if not isfinite(high):
            return inf
    return float(brentq(short, offer, high, xtol=1e-14 * high, rtol=8.9e-16))


def _mean(values: Array, chances: Array, power: float) -> float:
    """Give the power mean of some values; that of power 0 is the geometric one."""
    if values.max() == 0 or (power <= 0 and values.min() == 0):
        return 0.0
    chances = chances / chances.sum()
    logs = np.log(values, where=values > 0, out=np.full(len(values), -inf))
    middle = float(logs.max() if power > 0 else logs.min())  # so that every exponent is 0 or less
    exponents = power * (logs - middle)
    if power == 0:
        return float(np.exp(middle + chances @ (logs - middle)))
    return float(np.exp(middle + np.log1p(chances @ np.expm1(exponents)) / power))


def _row(name: str, given: Any, problems: list[Problem]) -> Array:
    try:
        return numbers(name, given)
    except OfferError as refused:
        problems.extend(refused.problems)
        return np.zeros(0)


def _amounts(**given: Any) -> list[Problem]:
    return [
        Problem(name, f"is {shown(number)}", "it is finite and 0 or more", "Give such a number.")
        for name, number in given.items()
        if not in_range(number, 0, float_info.max)
    ]


def _part(liquidity: Any) -> list[Problem]:
    if in_range(liquidity, 0, 1):
        return []
    return [Problem("liquidity", f"is {shown(liquidity)}", "the part that is cash is 0 to 1", "Use 1 for cash alone.")]


def _lottery(given: Any) -> list[Problem]:
    if isinstance(given, Lottery):
        return []
    found, bound = f"is {shown(given)}", "it says what a unit comes to, and with which chances"
    return [Problem("lottery", found, bound, "Give Lottery(outcomes, chances).")]
