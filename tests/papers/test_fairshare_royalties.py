"""[FairShare25, section 3 of the appendix]: the royalty model and Lemma 6, each statement as a test.

The buyer's problem is written out here again over all bundles, with f = min(1, sum of rates), which the paper leaves
open, so that no counterexample depends on Evenhand's own code; the last tests show what Evenhand does on the same
markets. The ids are those of docs/errata.md.
"""

from fractions import Fraction as F
from itertools import combinations

import pytest

from evenhand.markets.royalties import RoyaltyBuyer, best_rate, royalty, royalty_revenue
from evenhand.markets.royalties.as_published import lemma_6_candidates, lemma_6_candidates_as_published

GRID = [F(i, 10_000) for i in range(10_001)]

# -- equations 21 to 26 ----------------------------------------------------------------------------------------------


def total(rates, bundle):
    """f; f_j is the seller's own rate as long as they sum to at most 1."""
    return min(F(1), sum((rates[j] for j in bundle), F(0)))


def net(utility, rates, bundle):
    """Equation 21."""
    return (1 - total(rates, bundle)) * utility[bundle]


def feasible(utility, rates, most):
    """Equation 23."""
    return [x for x in utility if net(utility, rates, x) >= 0 and sum(rates[j] for j in x) <= most]


def bought(utility, rates, most, seller, *, strict=False):
    """Equation 22; among bundles that leave the same, ties go to the seller, or against them where strict."""

    def preferred(bundle):
        earned = rates[seller] * utility[bundle] if seller in bundle else 0
        mine = (seller in bundle, earned)
        return net(utility, rates, bundle), tuple(-each for each in mine) if strict else mine

    return max(feasible(utility, rates, most), key=preferred)


def revenue(utility, rates, seller, rate, most=F(1), *, strict=False):
    """Equation 24 for one buyer, before the cost."""
    asked = {**rates, seller: rate}
    bundle = bought(utility, asked, most, seller, strict=strict)
    return rate * utility[bundle] if seller in bundle else F(0)


def candidates(utility, rates, seller, most=F(1), *, printed):
    """Equation 27 for one buyer: with f_j as printed, the seller's rate alone, or with the total f."""
    before = {x: u for x, u in utility.items() if seller not in x}
    had = bought(before, rates, most, seller)
    paid = F(0) if printed else total(rates, had)  # f_j of a bundle without the dataset is 0
    found = set()
    for x in feasible(before, rates, most):
        new = tuple(sorted((*x, seller)))
        if new in utility and net(utility, {**rates, seller: F(0)}, new) >= net(utility, rates, had):
            others = F(0) if printed else total(rates, x)
            found.add(min(1 - (1 - paid) * utility[had] / F(utility[new]) - others, most - others))
    return sorted(rate for rate in found if 0 <= rate <= 1)


REPLACED = {(): F(0), (0,): F(1), (0, 1): F(6, 5)}, {0: F(2, 5)}
"""What the buyer has costs 0.4 of 1 and leaves 0.6."""
SWITCH = {(): F(85, 100), (0,): F(1), (1,): F(1), (0, 1): F(152, 100)}, {0: F(3, 10)}
"""The outside option leaves .85; the dataset alone 1 - a; with the other one, at 0.3, (0.7 - a) 1.52."""


def test_e_001_03_the_lemma_lets_the_buyer_ignore_what_the_other_datasets_cost():
    utility, rates = REPLACED
    assert candidates(utility, rates, 1, printed=True) == [F(1, 6)]
    assert net(utility, {**rates, 1: F(1, 6)}, (0, 1)) == F(52, 100) < net(utility, rates, (0,)) == F(60, 100)
    assert revenue(utility, rates, 1, F(1, 6)) == 0


def test_e_001_03_with_the_total_rate_the_buyer_accepts():
    utility, rates = REPLACED
    assert candidates(utility, rates, 1, printed=False) == [F(1, 10)]
    assert net(utility, {**rates, 1: F(1, 10)}, (0, 1)) == net(utility, rates, (0,))
    assert revenue(utility, rates, 1, F(1, 10)) == F(12, 100)
    assert all(revenue(utility, rates, 1, rate) <= F(12, 100) for rate in GRID)


def test_e_001_03_the_largest_rate_is_that_of_the_bundle_and_not_of_the_seller():
    # nothing to lose, 0.4 is paid already, and the buyer pays away half at most
    utility, rates = {(): F(0), (0,): F(1), (0, 1): F(10)}, {0: F(2, 5)}
    assert F(1, 2) in candidates(utility, rates, 1, F(1, 2), printed=True)
    assert revenue(utility, rates, 1, F(1, 2), F(1, 2)) == 0
    assert revenue(utility, rates, 1, F(1, 10), F(1, 2)) == 1


def test_e_001_04_the_best_rate_is_none_of_the_lemmas():
    utility, rates = SWITCH
    looked_at = candidates(utility, rates, 1, printed=False)
    assert looked_at == [F(7, 10) - F(85, 152), F(15, 100)]
    assert [round(float(rate), 4) for rate in looked_at] == [0.1408, 0.15]
    assert [revenue(utility, rates, 1, rate) for rate in looked_at] == looked_at  # the small bundle is taken at both
    best = F(8, 65)
    assert revenue(utility, rates, 1, best) == F(304, 1625)
    assert round(float(best), 4) == 0.1231
    assert round(float(F(304, 1625)), 4) == 0.1871
    assert max(revenue(utility, rates, 1, rate) for rate in GRID) <= F(304, 1625)


def test_e_001_04_the_best_rate_is_where_the_buyer_goes_over_to_the_smaller_bundle():
    utility, rates = SWITCH
    best = F(8, 65)
    assert net(utility, {**rates, 1: best}, (0, 1)) == net(utility, {**rates, 1: best}, (1,)) > utility[()]
    assert bought(utility, {**rates, 1: best + F(1, 10**9)}, F(1), 1) == (1,)


def test_e_001_04_the_proof_holds_the_bundle_fixed():
    """Equation 43 takes u of the bundle as given; at the rate of the large bundle the buyer no longer takes it."""
    utility, rates = SWITCH
    rate = F(7, 10) - F(85, 152)
    assert net(utility, {**rates, 1: rate}, (0, 1)) == utility[()]
    assert bought(utility, {**rates, 1: rate}, F(1), 1) == (1,)


def test_e_001_04_with_one_new_bundle_the_lemma_holds():
    for worth in range(1, 12):
        for outside in range(worth):
            utility = {(): F(outside), (0,): F(worth)}
            (rate,) = candidates(utility, {}, 0, F(1, 2), printed=False)
            assert revenue(utility, {}, 0, rate, F(1, 2)) == max(
                revenue(utility, {}, 0, place, F(1, 2)) for place in [*GRID[::50], rate]
            )


def test_e_001_05_strict_buyers_leave_the_seller_without_a_best_rate():
    utility = {(): F(0), (0,): F(1)}
    for rate in (F(9, 10), F(99, 100), F(10**9 - 1, 10**9)):
        assert revenue(utility, {}, 0, rate, strict=True) == rate  # the more the better, below 1
    assert revenue(utility, {}, 0, F(1), strict=True) == 0
    assert revenue(utility, {}, 0, F(1)) == 1


def test_e_001_05_neither_is_the_supremum_reached_with_an_outside_option():
    utility = {(): F(1), (0,): F(4)}
    assert revenue(utility, {}, 0, F(3, 4), strict=True) == 0
    assert revenue(utility, {}, 0, F(3, 4) - F(1, 10**9), strict=True) > F(299, 100)
    assert revenue(utility, {}, 0, F(3, 4)) == 3


# -- what the section says besides ------------------------------------------------------------------------------------


def test_the_parts_of_the_sellers_are_the_rate_of_the_bundle():
    """f is the sum of the f_j, so what sellers get is what the buyer pays."""
    rates = [F(1, 5), F(1, 4), F(1, 10)]
    for size in range(4):
        for bundle in combinations(range(3), size):
            divided = royalty(1_000, [rates[j] for j in bundle])
            assert sum(divided.paid_minor) == total(dict(enumerate(rates)), bundle) * 1_000


def test_a_rate_never_falls_when_a_sellers_rate_rises():
    for other in (F(0), F(1, 2), F(9, 10)):
        found = [total({0: other, 1: rate}, (0, 1)) for rate in GRID[::100]]
        assert found == sorted(found)


def test_a_seller_who_cannot_earn_the_cost_has_no_rate_to_choose():
    """Equation 26: the set of rates may be empty."""
    best = best_rate([RoyaltyBuyer({(0,): 2}, F(1, 4))], [None], 0, cost=1)
    assert best.rate is None
    assert best.revenue == F(1, 2)


# -- what Evenhand does -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("market", "rate", "earns"), [(REPLACED, F(1, 10), F(12, 100)), (SWITCH, F(8, 65), F(304, 1625))]
)
def test_evenhand_finds_the_best_rate(market, rate, earns):
    utility, rates = market
    best = best_rate([RoyaltyBuyer(utility)], [rates[0], None], seller=1)
    assert (best.rate, best.revenue, best.bundles) == (rate, earns, ((0, 1),))


@pytest.mark.parametrize("market", [REPLACED, SWITCH])
def test_evenhand_keeps_the_published_candidates(market):
    utility, rates = market
    buyer, posted = RoyaltyBuyer(utility), [rates[0], None]
    assert list(lemma_6_candidates_as_published([buyer], posted, 1)) == candidates(utility, rates, 1, printed=True)
    assert list(lemma_6_candidates([buyer], posted, 1)) == candidates(utility, rates, 1, printed=False)


def test_evenhand_earns_more_than_at_any_rate_of_the_lemma():
    utility, rates = SWITCH
    buyers, posted = [RoyaltyBuyer(utility)], [rates[0], None]
    earned = [royalty_revenue(buyers, posted, 1, rate) for rate in lemma_6_candidates(buyers, posted, 1)]
    assert max(earned) == F(15, 100) < best_rate(buyers, posted, 1).revenue
