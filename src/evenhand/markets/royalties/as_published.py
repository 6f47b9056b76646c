"""Which rates does the paper look at? Lemma 6 as printed, and with its misprint mended: neither holds the best rate.

For a bundle x that buyer k would take with a dataset that is free, in place of what they had, x~, the lemma takes the
largest rate at which they still would,

    min( sup { a : f_j([alpha, a], x) < 1 - (1 - f_j(alpha, x~)) u(x~) / u(x) },
         sup { a : f_j([alpha, a], x) <= rate_max } )                             [FairShare25, Lemma 6, eqs. 27 and 41]

and claims that the best rate is one of these. Printed is the part f_j of the seller; meant is the total f, or the buyer
would ignore what the other datasets of the bundle cost (E-001-03 in docs/errata.md). Even so a rate is missed: where
the buyer goes from one bundle with the dataset to another, whose utility is smaller, the revenue falls as well
(E-001-04). `best_rate` looks there too.
"""

from collections.abc import Sequence

from evenhand.markets.royalties.buyers import Rates, RoyaltyBuyer, beside, checked, offers, one_kind
from evenhand.markets.royalties.exactness import is_below, over
from evenhand.numerics import Number


def lemma_6_candidates_as_published(buyers: Sequence[RoyaltyBuyer], rates: Rates, seller: int) -> tuple[Number, ...]:
    """Give the rates among which the lemma looks, by its formula as printed: f_j is the seller's rate alone.

    What the buyer had cost 0.4, was worth 1 and left 0.6; the new bundle is worth 1.2. At 1/6 it would leave 0.52:

    >>> from fractions import Fraction as F
    >>> buyer = RoyaltyBuyer({(0,): 1, (0, 1): F(6, 5)})
    >>> print(*lemma_6_candidates_as_published([buyer], [F(2, 5), None], seller=1))
    1/6
    """
    return _candidates(buyers, rates, seller, printed=True)


def lemma_6_candidates(buyers: Sequence[RoyaltyBuyer], rates: Rates, seller: int) -> tuple[Number, ...]:
    """Give the rates among which the lemma looks, with the total rate f for f_j: where the buyer is indifferent.

    >>> from fractions import Fraction as F
    >>> buyer = RoyaltyBuyer({(0,): 1, (0, 1): F(6, 5)})
    >>> print(*lemma_6_candidates([buyer], [F(2, 5), None], seller=1))
    1/10
    """
    return _candidates(buyers, rates, seller, printed=False)


def _candidates(buyers: Sequence[RoyaltyBuyer], rates: Rates, seller: int, *, printed: bool) -> tuple[Number, ...]:
    known, given = one_kind(checked(buyers, rates, seller), beside(rates, seller))
    found = set()
    for buyer in known:
        offered = offers(buyer, given, seller)
        had = buyer.utility[offered.without.bundle] if printed else offered.without.net
        for kept, worth in zip(offered.kept, offered.worth, strict=True):
            if is_below(kept * worth, offered.without.net, of=worth):  # x is not in X^1: not taken even for nothing
                continue
            left = 1 if printed else kept
            rate = min(left - over(had, worth), left - (1 - buyer.rate_max))
            if not is_below(rate, 0, of=1) and rate <= 1:
                found.add(max(rate, 0))
    return tuple(sorted(found))
