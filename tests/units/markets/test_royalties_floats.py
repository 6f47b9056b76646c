"""Floats in the royalty model: trusted to 10^-12, so that decimals come out as their fractions do."""

from fractions import Fraction as F

import numpy as np
import pytest

from evenhand.markets.royalties import (
    OwnRate,
    RoyaltyBuyer,
    best_own_rate,
    best_rate,
    royalty,
    royalty_revenue,
    sequential_rates,
    tabulated,
)
from evenhand.markets.royalties.as_published import lemma_6_candidates
from evenhand.markets.royalties.buyers import offers
from evenhand.markets.royalties.envelope import pieces, pieces_of_arrays

ADDS_UP = OwnRate(lambda bundle, rates: min(1.0, sum(rates)))


def test_a_buyer_who_pays_three_tenths_takes_what_a_tenth_and_two_tenths_offer():
    both = RoyaltyBuyer({(0, 1): 5.0, (0, 1, 2): 9.0}, rate_max=0.3)
    rates = [0.1, 0.2, None]
    assert 0.1 + 0.2 > 0.3
    assert offers(both, rates, 2).without.bundle == (0, 1)
    for best in (best_rate([both], rates, 2), best_own_rate(ADDS_UP, [both], rates, 2)):
        assert (best.rate, best.revenue, best.bundles) == (0.0, 0.0, ((0, 1, 2),))


def test_a_step_that_ends_below_nothing_by_rounding_ends_at_nothing():
    spare = float(np.nextafter(1 - 0.3, 0))
    for found in (pieces([spare], [5.0], rate_max=0.3), pieces_of_arrays(np.array([spare]), np.array([5.0]), 0.0, 0.3)):
        assert [(piece.until, piece.utility) for piece in found] == [(0.0, 5.0)]
    assert pieces([F(7, 10) - F(1, 10**15)], [5], rate_max=F(3, 10)) == []


def test_a_rate_written_as_a_decimal_earns_what_the_best_rate_earns():
    # the best rate is 1 - 0.9, a little below 0.1
    buyer = RoyaltyBuyer({(): 0.9, (0,): 1.0})
    assert best_rate([buyer], [None], 0).rate < 0.1
    assert royalty_revenue([buyer], [None], 0, rate=0.1) == 0.1
    assert royalty_revenue([buyer], [None], 0, rate=0.1 + 1e-9) == 0


def test_a_seller_who_earns_just_the_cost_sells():
    buyer = RoyaltyBuyer({(): 0.9, (0,): 1.0})
    assert best_rate([buyer], [None], 0).revenue < 0.1
    assert best_rate([buyer], [None], 0, cost=0.1).bundles == ((0,),)
    assert best_own_rate(ADDS_UP, [buyer], [None], 0, cost=0.1 - 1e-9).bundles == ((0,),)
    assert best_rate([buyer], [None], 0, cost=0.1 + 1e-9).rate is None
    exact = RoyaltyBuyer({(): F(9, 10), (0,): 1})
    assert best_rate([exact], [None], 0, cost=0.1).rate == F(1, 10)  # 0.1 is above a tenth, by 6e-18
    assert best_rate([exact], [None], 0, cost=F(1, 10) + F(1, 10**18)).rate is None


def test_a_huge_bundle_that_nobody_can_afford_does_not_excuse_a_loss():
    buyer = RoyaltyBuyer({(0,): 3.0, (0, 1): 1e20}, rate_max=0.5)
    assert best_rate([buyer], [None, 0.9], 0, cost=1.6).rate is None


def test_what_a_buyer_has_stays_at_a_tie_of_floats():
    # 0.7 * 3 is 2.0999999999999996 and 0.3 * 7 is 2.1
    buyer = RoyaltyBuyer({(0,): 3.0, (1,): 7.0})
    assert offers(buyer, [0.3, 0.7, None], 2, held=(0,)).without.bundle == (0,)
    assert offers(buyer, [0.3, 0.7, None], 2, held=(1,)).without.bundle == (1,)
    assert offers(buyer, [0.3, 0.7, None], 2).without.bundle == (1,)


def test_the_lowest_of_equally_good_rates_of_floats_is_asked():
    # 0.1 of 0.2 and 0.1 is 0.3 of 0.1, but for the last digits
    buyers = [RoyaltyBuyer({(0,): 0.2}, 0.1), RoyaltyBuyer({(0,): 0.1}, 0.3)]
    assert best_rate(buyers, [None], 0).rate == pytest.approx(0.1, abs=1e-15)


def test_no_one_wants_to_ask_again_for_the_last_digits():
    rng = np.random.default_rng(3)
    for _ in range(60):
        worths = [round(float(worth), 1) for worth in rng.uniform(1, 9, 7)]
        bundles = [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)]
        floats = [RoyaltyBuyer({(): 0.7, **dict(zip(bundles, worths, strict=True))}, 0.6)]
        twins = [RoyaltyBuyer({(): F(7, 10), **{x: F(repr(u)) for x, u in floats[0].utility.items() if x}}, F(3, 5))]
        near, exact = sequential_rates(floats, [0.1] * 3), sequential_rates(twins, [F(1, 10)] * 3)
        assert near.bundles == exact.bundles
        assert [again.gain > 0 for again in near.again] == [again.gain > 0 for again in exact.again]
        assert [again.rate is None for again in near.again] == [again.rate is None for again in exact.again]


def test_the_lemma_looks_at_a_rate_that_rounding_puts_below_nothing():
    buyer = RoyaltyBuyer({(0, 1, 2): 9.0}, rate_max=0.3)
    assert lemma_6_candidates([buyer], [0.1, 0.2, None], 2) == (0,)


@pytest.mark.parametrize(("revenue_minor", "rate"), [(10, 0.3), (100, 0.29), (1_000, 0.57), (3, 1 / 3), (65, 8 / 65)])
def test_a_use_pays_what_the_decimal_says(revenue_minor, rate):
    assert royalty(revenue_minor, [rate]).paid_minor == (round(revenue_minor * rate),)


def test_rounding_never_pays_more_than_a_thousandth_of_a_unit():
    assert royalty(10**15, [0.5 - 1e-18]).paid_minor == (5 * 10**14,)
    assert royalty(10**15 + 1, [0.5]).paid_minor == (
        5 * 10**14,
    )  # half a unit more is due, a trillionth would be 1,000
    assert royalty(10**9, [F(3, 10) - F(1, 10**12)]).paid_minor == (3 * 10**8 - 1,)


# -- markets of decimals beside the same in fractions ------------------------------------------------------------------


def in_decimals(rng):
    """A market of floats with one or two decimals, full of ties, and its twin in the fractions that they stand for."""
    sellers, steps = int(rng.integers(1, 5)), int(rng.choice([10, 100]))
    floats, twins = [], []
    for _ in range(int(rng.integers(1, 4))):
        table = tabulated(lambda bundle: int(rng.integers(0, 31 if bundle else 16)), sellers)
        most = int(rng.integers(0, steps + 1))
        floats.append(RoyaltyBuyer({x: u / 10 for x, u in table.items()}, most / steps))
        twins.append(RoyaltyBuyer({x: F(u, 10) for x, u in table.items()}, F(most, steps)))
    rates = [None if rng.random() < 0.2 else int(rng.integers(0, steps // 2 + 1)) for _ in range(sellers)]
    near, exact = (
        [None if rate is None else way(rate) for rate in rates] for way in (lambda r: r / steps, lambda r: F(r, steps))
    )
    return (floats, near), (twins, exact), int(rng.integers(sellers))


def test_decimals_sell_to_whom_their_fractions_sell():
    rng, sold = np.random.default_rng(12), 0
    for _ in range(400):
        (floats, near), (twins, exact), seller = in_decimals(rng)
        cost = best_rate(twins, exact, seller).revenue if rng.random() < 0.3 else 0  # earned to the last digit
        wanted = best_rate(twins, exact, seller, cost)
        found = best_rate(floats, near, seller, float(cost))
        assert found.bundles == wanted.bundles
        assert found.revenue == pytest.approx(float(wanted.revenue), abs=1e-9)
        assert (found.rate is None) == (wanted.rate is None)
        assert found.rate is None or found.rate == pytest.approx(float(wanted.rate), abs=1e-12)
        sold += wanted.revenue > 0
    assert sold > 100


def test_each_buyer_who_is_counted_takes_the_dataset_at_the_rate_that_is_asked():
    rng, counted = np.random.default_rng(13), 0
    for _ in range(400):
        for (buyers, rates), trust in zip(in_decimals(rng)[:2], (1e-12, 0), strict=True):
            seller = int(rng.integers(len(rates)))
            best = best_rate(buyers, rates, seller)
            if best.rate is None:
                continue
            asked = [*rates[:seller], best.rate, *rates[seller + 1 :]]
            together = 0
            for buyer, bundle in zip(buyers, best.bundles, strict=True):
                nets = {
                    x: (1 - sum(asked[j] for j in x)) * u
                    for x, u in buyer.utility.items()
                    if None not in [asked[j] for j in x] and sum(asked[j] for j in x) <= buyer.rate_max + trust
                }
                assert all(
                    nets[bundle] >= net - trust * max(buyer.utility[bundle], buyer.utility[x])
                    for x, net in nets.items()
                )
                together += buyer.utility[bundle] if seller in bundle else 0
                counted += seller in bundle
            assert best.revenue == pytest.approx(best.rate * together, abs=0 if trust == 0 else 1e-12)
    assert counted > 300


def test_your_own_rate_function_sells_decimals_to_whom_they_sell_as_they_are():
    rng, idle = np.random.default_rng(14), 0
    for _ in range(150):
        (floats, near), (twins, exact), seller = in_decimals(rng)
        wanted = best_rate(twins, exact, seller)
        own = best_own_rate(ADDS_UP, floats, near, seller)
        most = sum(max(buyer.utility.values()) for buyer in floats)
        assert own.revenue + own.short >= float(wanted.revenue) - 1e-9 * most
        assert own.short <= 1e-9 * most
        if not wanted.rate:  # nobody takes it, or for nothing only
            assert (own.rate, own.bundles) == (wanted.rate, wanted.bundles)
            idle += 1
    assert idle > 15
