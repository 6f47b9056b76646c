"""Which rate should a seller ask, when buyers pay with a part of what their models earn?

The seller's revenue is the sum over buyers of a u_k(x_k(a)) [FairShare25, eq. 24], and the bundle x_k that buyer k
takes changes with the rate a. By `envelope`, u_k(x_k(a)) is a staircase that falls, each step closed on the right. So
is the sum of the staircases, and a times it is largest at the end of a step. All ends are known, and one pass from the
right adds the steps up: the best of all rates, not of a grid, in O(M X log(M X)) for M buyers with X bundles each.

The paper looks for the best rate among those at which some bundle is worth no more to a buyer than what they had
(Lemma 6). It may lie where a buyer goes from one bundle to another: `as_published`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from evenhand.errors import Problem
from evenhand.markets.royalties import checks
from evenhand.markets.royalties.buyers import Bundle, Rate, Rates, RoyaltyBuyer, beside, checked, one_kind
from evenhand.markets.royalties.exactness import in_kind, is_below
from evenhand.markets.royalties.staircase import Staircase, staircases
from evenhand.numerics import Number


@dataclass(frozen=True, slots=True)
class BestRate:
    """What a seller asks, and what comes of it."""

    rate: Rate
    """The best rate; of equally good ones the lowest. None where the seller stays away: nobody takes the dataset even
    for nothing, or the best revenue is below the cost."""
    revenue: Number
    """The most that the dataset can bring, also where that is too little."""
    bundles: tuple[Bundle, ...]
    """What each buyer takes then."""
    short: Number = 0
    """By how much at most a better rate could bring more; 0 but for rounding unless the rate function is your own."""


def best_rate(
    buyers: Sequence[RoyaltyBuyer],
    rates: Rates,
    seller: int,
    cost: Number = 0,
    held: Sequence[Bundle] | None = None,
) -> BestRate:
    """Find the rate at which a seller earns most, the other sellers' rates being as they are.

        alpha_j* = argmax over 0 <= a <= 1 of sum_k f_j(x_k(a)) u_k(x_k(a)) - c_j          [FairShare25, eqs. 24-26]

    Args:
        buyers: who may take the dataset.
        rates: (sellers,) 0 to 1, None for a seller who is not there; the seller's own is not looked at.
        seller: who asks.
        cost: what selling costs, once; a seller who would earn less stays away.
        held: (buyers,) what each has now, and keeps where nothing without this seller is better.

    Returns:
        the best rate; exact where all numbers are whole or fractions, to rounding otherwise (exactness.py).

    Raises:
        OfferError: a buyer, a rate, the cost or a bundle is none, or there is no such seller.

    Dataset 0 asks 0.3. With both datasets the buyer's model is worth 1.52, with dataset 1 alone 1, without any 0.85:

        >>> from fractions import Fraction as F
        >>> buyer = RoyaltyBuyer({(): F(85, 100), (1,): 1, (0, 1): F(152, 100)})
        >>> best = best_rate([buyer], [F(3, 10), None], seller=1)
        >>> print(best.rate, best.revenue, best.bundles)
        8/65 304/1625 ((0, 1),)
    """
    taken = staircases(checked(buyers, rates, seller, cost, held), rates, seller, held)
    without = tuple(staircase.offered.without.bundle for staircase in taken)
    rate = _best(taken)
    if rate is None:
        return BestRate(None, 0, without)
    together = sum(staircase.utility(rate) for staircase in taken)
    if is_below(rate * together, in_kind(cost), of=together):
        return BestRate(None, rate * together, without)
    return BestRate(rate, rate * together, tuple(staircase.bundle(rate) for staircase in taken))


def royalty_revenue(buyers: Sequence[RoyaltyBuyer], rates: Rates, seller: int, rate: Number) -> Number:
    """Give what a seller would earn from all buyers at some rate, before costs.

    Raises:
        OfferError: a buyer or a rate is none, or there is no such seller.

    >>> royalty_revenue([RoyaltyBuyer({(0,): 8}), RoyaltyBuyer({(): 4, (0,): 6})], [None], 0, rate=0.5)
    4.0
    """
    problems: list[Problem] = []
    checks.rate("rate", rate, problems)
    sure = checked(buyers, rates, seller, noted=problems)
    known, [asked, *others] = one_kind(sure, [rate, *beside(rates, seller)])
    return asked * sum(staircase.utility(asked) for staircase in staircases(known, others, seller))


def _best(taken: Sequence[Staircase]) -> Rate:
    """Find the end of a step at which the rate times the height of all staircases together is largest."""
    rises = []
    for staircase in taken:
        below: Number = 0
        for step in reversed(staircase.steps):
            rises.append((step.until, step.utility - below))
            below = step.utility
    tried: list[tuple[Number, Number]] = []
    height: Number = 0
    for until, rise in sorted(rises, reverse=True):
        height = height + rise  # complete at the last of equal ends, where it is largest
        tried.append((until, height))
    most = max((until * height for until, height in tried), default=0)
    good = (until for until, height in reversed(tried) if not is_below(until * height, most, of=height))
    return next(good, None)
