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
from functools import cache

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.markets.royalties.buyers import (
    Bundle,
    Offers,
    Rates,
    RoyaltyBuyer,
    checked_rates,
    in_range,
    offers,
    one_kind,
    paid_to_others,
    seen,
)
from evenhand.markets.royalties.envelope import Piece, pieces, pieces_of_arrays
from evenhand.numerics import Number


@dataclass(frozen=True, slots=True)
class BestRoyalty:
    """What a seller asks, and what comes of it."""

    rate: Number | None
    """The best rate; of equally good ones the lowest. None where the seller stays away: nobody takes the dataset even
    for nothing, or the best revenue is below the cost."""
    revenue: Number
    """The most that the dataset can bring, also where that is too little."""
    bundles: tuple[Bundle, ...]
    """What each buyer takes then."""
    short: Number = 0
    """By how much at most a better rate could bring more; 0 but for rounding unless the rate function is your own."""


def best_royalty(
    buyers: Sequence[RoyaltyBuyer],
    rates: Rates,
    seller: int,
    cost: Number = 0,
    held: Sequence[Bundle] | None = None,
) -> BestRoyalty:
    """Find the rate at which a seller earns most, the other sellers' rates being as they are.

        alpha_j* = argmax over 0 <= a <= 1 of sum_k f_j(x_k(a)) u_k(x_k(a)) - c_j          [FairShare25, eqs. 24-26]

    Args:
        buyers: who may take the dataset.
        rates: (sellers,) 0 to 1, None for a seller who is not there; the seller's own is not looked at.
        seller: who asks.
        cost: what selling costs, once; a seller who would earn less stays away.
        held: (buyers,) what each has now, and keeps where nothing without this seller is better.

    Returns:
        the best rate; exact where all numbers are whole or fractions, to rounding otherwise.

    Raises:
        OfferError: a rate or the cost is out of bounds, or there is no such seller.

    Dataset 0 asks 0.3. With both datasets the buyer's model is worth 1.52, with dataset 1 alone 1, without any 0.85:

        >>> from fractions import Fraction as F
        >>> buyer = RoyaltyBuyer({(): F(85, 100), (1,): 1, (0, 1): F(152, 100)})
        >>> best = best_royalty([buyer], [F(3, 10), None], seller=1)
        >>> print(best.rate, best.revenue, best.bundles)
        8/65 304/1625 ((0, 1),)
    """
    checked_rates(rates, seller, cost)
    buyers, given = one_kind(buyers, rates)
    to_others = cache(lambda bundle: paid_to_others(bundle, given, seller))
    sees = [seen(buyer, to_others, seller, held[k] if held else None) for k, buyer in enumerate(buyers)]
    taken = [_pieces(buyer, offered) for buyer, offered in zip(buyers, sees, strict=True)]
    rate, revenue = _highest(taken)
    if rate is None or revenue < cost:
        return BestRoyalty(None, revenue, tuple(offered.without.bundle for offered in sees))
    return BestRoyalty(rate, revenue, tuple(_bundle(*each, rate) for each in zip(sees, taken, strict=True)))


def royalty_revenue(buyers: Sequence[RoyaltyBuyer], rates: Rates, seller: int, rate: Number) -> Number:
    """Give what a seller would earn from all buyers at some rate, before costs.

    Raises:
        OfferError: a rate is out of bounds, or there is no such seller.

    >>> royalty_revenue([RoyaltyBuyer({(0,): 8}), RoyaltyBuyer({(): 4, (0,): 6})], [None], 0, rate=0.5)
    4.0
    """
    checked_rates(rates, seller, 0)
    if not in_range(rate, 0, 1):
        raise OfferError(Problem("rate", f"is {rate!r:.60}", "a rate is a number, 0 to 1", "Correct it."))
    buyers, [given, *others] = one_kind(buyers, [rate, *rates])
    total: Number = 0
    for buyer in buyers:
        offered = offers(buyer, others, seller)
        total = total + given * _utility_at(_pieces(buyer, offered), given)
    return total


def _pieces(buyer: RoyaltyBuyer, offered: Offers) -> list[Piece]:
    if buyer.exact:
        return pieces(offered.kept, offered.worth, offered.without.net, buyer.rate_max)
    return pieces_of_arrays(np.array(offered.kept), np.array(offered.worth), offered.without.net, buyer.rate_max)


def _highest(taken: Sequence[Sequence[Piece]]) -> tuple[Number | None, Number]:
    """Find the end of a step at which the rate times the height of all staircases together is largest."""
    steps = []
    for staircase in taken:
        below: Number = 0
        for piece in reversed(staircase):
            steps.append((piece.until, piece.utility - below))
            below = piece.utility
    best: Number | None = None
    most: Number = 0
    height: Number = 0
    for until, step in sorted(steps, reverse=True):
        height = height + step  # complete at the last of equal ends, where it is largest
        if best is None or until * height >= most:
            best, most = until, until * height
    return best, most


def _at(staircase: Sequence[Piece], rate: Number) -> Piece | None:
    return next((piece for piece in staircase if rate <= piece.until), None)


def _utility_at(staircase: Sequence[Piece], rate: Number) -> Number:
    piece = _at(staircase, rate)
    return piece.utility if piece else 0


def _bundle(offered: Offers, staircase: Sequence[Piece], rate: Number) -> Bundle:
    piece = _at(staircase, rate)
    return offered.bundles[piece.line] if piece else offered.without.bundle
