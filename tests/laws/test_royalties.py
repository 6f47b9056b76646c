"""What the royalty model promises, against every rate of a fine grid and every rate at which anything could change.

The buyer's problem is written out here again over all bundles, with f = min(1, sum of rates) as it stands, so that
nothing depends on Evenhand's own envelope.
"""

from fractions import Fraction as F
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.markets.royalties import (
    Again,
    OwnRate,
    RoyaltyBuyer,
    best_own_rate,
    best_rate,
    royalty,
    sequential_rates,
)
from evenhand.markets.royalties.as_published import lemma_6_candidates, lemma_6_candidates_as_published
from evenhand.markets.royalties.buyers import offers, tabulated
from evenhand.markets.royalties.envelope import pieces, pieces_of_arrays

GRID = 2_000


def total(rates, bundle):
    return min(1, sum(rates[j] for j in bundle))


def taken(buyer, rates, seller):
    """Equations 21 to 23 by enumeration: (bundle or None, net); ties to the seller who asks, by utility.

    A bundle whose rates sum to more than 1 promises more than there is and is not taken: it leaves the buyer nothing.
    """
    best = (buyer.utility[()], 0, F(0)), ()
    for bundle, worth in buyer.utility.items():
        if any(rates[j] is None for j in bundle) or sum(rates[j] for j in bundle) > buyer.rate_max:
            continue
        net = (1 - total(rates, bundle)) * worth
        earns = rates[seller] * worth if seller in bundle else 0
        if net >= 0:
            best = max(best, ((net, earns, seller in bundle), bundle), key=lambda choice: choice[0])
    return best[1], best[0][0]


def revenue(buyers, rates, seller, rate):
    asked = [*rates[:seller], rate, *rates[seller + 1 :]]
    bundles = [taken(buyer, asked, seller)[0] for buyer in buyers]
    return sum(rate * buyer.utility[bundle] for buyer, bundle in zip(buyers, bundles, strict=True) if seller in bundle)


def where_anything_changes(buyers, rates, seller):
    """All crossings of two bundles, all ends of what a buyer can afford, and 0 and 1."""
    found = {F(0), F(1)}
    for buyer in buyers:
        lines = [(F(0), F(buyer.utility[()]))]
        for bundle, worth in buyer.utility.items():
            others = [rates[j] for j in bundle if j != seller]
            if None in others:
                continue
            part = 1 - sum(others)
            lines.append((worth, part * worth) if seller in bundle else (F(0), part * worth))
            if seller in bundle:
                found |= {part - 1 + buyer.rate_max, part}
        found |= {F(b - d) / (a - c) for (a, b), (c, d) in combinations(lines, 2) if a != c}
    return sorted(rate for rate in found if 0 <= rate <= 1)


def draw(rng, sellers=None, buyers=None, *, dyadic=False):
    """A market of whole numbers with many ties, some of it missing; utilities of any shape, some below 0.

    A dyadic one is the same market in floats.
    """
    sellers = sellers or int(rng.integers(1, 5))
    scale = int(rng.choice([4, 12, 1000]))
    markets = []
    for _ in range(buyers or int(rng.integers(1, 4))):
        table = tabulated(lambda bundle: int(rng.integers(-scale // 8, scale)) + scale // 3 * len(bundle), sellers)
        table[()] = int(rng.integers(0, scale // 2)) if rng.random() < 0.7 else 0
        listed = {bundle: worth for bundle, worth in table.items() if not bundle or rng.random() < 0.9}
        most = F(1) if rng.random() < 0.3 else F(int(rng.integers(1, 16)), 16 if dyadic else 20)
        markets.append(RoyaltyBuyer(listed, most))
    unit = 64 if dyadic else int(rng.choice([10, 100]))
    rates = [None if rng.random() < 0.1 else F(int(rng.integers(0, unit // 2)), unit) for _ in range(sellers)]
    return markets, rates, int(rng.integers(sellers))


def is_the_best_of_all_rates(market):
    buyers, rates, seller = market
    best = best_rate(buyers, rates, seller)
    places = where_anything_changes(buyers, rates, seller)
    assert best.revenue == max(revenue(buyers, rates, seller, place) for place in places)
    if best.rate is not None:
        assert revenue(buyers, rates, seller, best.rate) == best.revenue
        asked = [*rates[:seller], best.rate, *rates[seller + 1 :]]
        for buyer, bundle in zip(buyers, best.bundles, strict=True):
            free = sum(asked[j] for j in bundle)
            assert free <= buyer.rate_max
            assert (1 - free) * buyer.utility[bundle] == taken(buyer, asked, seller)[1] >= buyer.utility[()]


def is_no_less_than_a_grid(market):
    buyers, rates, seller = market
    best = best_rate(buyers, rates, seller)
    grid = np.linspace(0, 1, GRID + 1)
    earned = np.zeros(len(grid))
    for buyer in buyers:
        net, utility = np.full(len(grid), float(buyer.utility[()])), np.zeros(len(grid))
        for bundle, worth in buyer.utility.items():
            others = [rates[j] for j in bundle if j != seller]
            if None in others:
                continue
            f = np.full(len(grid), float(sum(others))) + (grid if seller in bundle else 0)
            left = np.where(f <= float(buyer.rate_max) + 1e-12, (1 - f) * float(worth), -np.inf)
            u = float(worth) * (seller in bundle)
            better = (left > net + 1e-12) | ((left >= net - 1e-12) & (u > utility))
            net, utility = np.where(better, left, net), np.where(better, u, utility)
        earned += grid * utility
    most = sum(max(buyer.utility.values()) for buyer in buyers)
    assert earned.max() <= float(best.revenue) + 1e-9 * most
    assert earned.max() >= float(best.revenue) - most / GRID


def markets(count, seed, **sizes):
    rng = np.random.default_rng(seed)
    return [draw(rng, **sizes) for _ in range(count)]


def test_the_best_rate_is_the_best_of_all_rates():
    for market in markets(50, seed=1):
        is_the_best_of_all_rates(market)


def test_no_rate_of_a_fine_grid_earns_more_and_the_grid_comes_near():
    for market in markets(50, seed=2):
        is_no_less_than_a_grid(market)


@pytest.mark.sweep
def test_the_best_rate_is_the_best_of_all_rates_on_500_markets():
    for market in markets(500, seed=3):
        is_the_best_of_all_rates(market)
        is_no_less_than_a_grid(market)


@given(st.data())
def test_any_small_market_has_its_best_rate_found(data):
    sellers = data.draw(st.integers(1, 2))
    worths = st.integers(-1, 5)
    table = tabulated(lambda bundle: data.draw(worths) if bundle else data.draw(st.integers(0, 3)), sellers)
    buyers = [RoyaltyBuyer(table, F(data.draw(st.integers(0, 4)), 4))]
    rates = [F(data.draw(st.integers(0, 4)), 4) for _ in range(sellers)]
    is_the_best_of_all_rates((buyers, rates, data.draw(st.integers(0, sellers - 1))))


def test_a_buyer_takes_less_worth_as_a_rate_rises():
    rng = np.random.default_rng(4)
    for _ in range(200):
        kept = [F(int(part), 20) for part in rng.integers(10, 21, 8)]
        worth = [int(u) for u in rng.integers(1, 30, 8)]
        found = pieces(kept, worth, outside=int(rng.integers(0, 10)), rate_max=F(1, 2))
        for before, after in pairwise(found):
            assert before.until < after.until
            assert before.utility > after.utility


def test_floats_find_what_exact_numbers_find():
    rng = np.random.default_rng(5)
    for size in (1, 2, 5, 40, 400):
        for _ in range(20):
            kept, worth = rng.uniform(0.3, 1, size), rng.lognormal(size=size)
            outside = float(rng.uniform(0, 1))
            fast = pieces_of_arrays(kept, worth, outside, 0.75)
            exact = pieces([F(s) for s in kept], [F(u) for u in worth], F(outside), F(3, 4))
            exact = [piece for piece in exact if piece.until >= 1e-12]
            fast = [piece for piece in fast if piece.until >= 1e-12]
            assert [piece.line for piece in fast] == [piece.line for piece in exact]
            assert [piece.until for piece in fast] == pytest.approx([float(piece.until) for piece in exact], rel=1e-9)


def test_a_float_market_earns_what_its_exact_twin_earns():
    for buyers, rates, seller in markets(60, seed=6, dyadic=True):
        floats = [
            RoyaltyBuyer({x: float(u) for x, u in buyer.utility.items()}, float(buyer.rate_max)) for buyer in buyers
        ]
        exact, near = best_rate(buyers, rates, seller), best_rate(floats, rates, seller)
        assert float(near.revenue) == pytest.approx(float(exact.revenue), rel=1e-12)
        assert isinstance(exact.revenue, int | F)
        assert (near.rate is None) == (exact.rate is None)


def test_your_own_rate_function_finds_what_the_exact_routine_finds():
    for buyers, rates, seller in markets(60, seed=7, dyadic=True):
        exact, own = best_rate(buyers, rates, seller), best_own_rate(OwnRate(additive), buyers, rates, seller)
        most = sum(max(buyer.utility.values()) for buyer in buyers)
        if all(buyer.rate_max < 1 for buyer in buyers):  # else the float function may promise more than there is
            assert own.revenue <= float(exact.revenue) + 1e-9 * most
        assert own.revenue + own.short >= float(exact.revenue) - 1e-9 * most
        assert own.short <= 1e-9 * most


def additive(bundle, rates):
    return min(1.0, sum(rates))


@pytest.mark.parametrize(
    "f",
    [
        lambda bundle, rates: 1 - np.prod([1 - rate for rate in rates]),
        lambda bundle, rates: max(rates),
        lambda bundle, rates: sum(rates) ** 2 / len(rates) ** 2,
        lambda bundle, rates: min(1.0, sum(rates) * (1 + 0.1 * len(bundle))),
    ],
    ids=["one after the other", "the largest", "squared", "dearer together"],
)
def test_no_rate_of_a_grid_earns_more_than_is_proved_under_your_own_rate_function(f):
    own, grid = OwnRate(f), np.linspace(0, 1, 1_001)
    for buyers, rates, seller in markets(6, seed=8, sellers=3):
        best = best_own_rate(own, buyers, rates, seller)
        earned = [0.0] * len(grid)
        for i, rate in enumerate(grid):
            for buyer in buyers:
                earned[i] += own_revenue(own, buyer, rates, seller, float(rate))
        assert max(earned) <= best.revenue + best.short + 1e-9
        if best.rate is not None:
            sold = sum(own_revenue(own, buyer, rates, seller, best.rate) for buyer in buyers)
            assert sold == pytest.approx(best.revenue, abs=1e-12)


def own_revenue(own, buyer, rates, seller, rate):
    best = (float(buyer.utility[()]), 0.0)
    for bundle, worth in buyer.utility.items():
        if not bundle or any(j != seller and rates[j] is None for j in bundle):
            continue
        paid = tuple(rate if j == seller else float(rates[j]) for j in bundle)
        f = own.total(bundle, paid)
        if f <= buyer.rate_max and worth > 0:
            part = f * rate / sum(paid) if seller in bundle and sum(paid) else 0.0
            best = max(best, ((1 - f) * float(worth), part * float(worth)))
    return best[1]


def how_often_lemma_6_misses(drawn):
    """(markets in which somebody sells, misses as printed, misses with the total rate)."""
    sold = printed = mended = 0
    for buyers, rates, seller in drawn:
        best = best_rate(buyers, rates, seller).revenue
        if best == 0:
            continue
        sold += 1
        for name, rule in (("printed", lemma_6_candidates_as_published), ("mended", lemma_6_candidates)):
            found = max((revenue(buyers, rates, seller, a) for a in rule(buyers, rates, seller)), default=0)
            assert found <= best
            printed += name == "printed" and found < best
            mended += name == "mended" and found < best
    return sold, printed, mended


def test_lemma_6_misses_the_best_rate_often_as_printed_and_sometimes_with_the_total_rate():
    sold, printed, mended = how_often_lemma_6_misses(markets(250, seed=9))
    assert sold > 200
    assert printed > sold // 3
    assert 0 < mended < sold // 20


@given(
    st.integers(0, 10**9),
    st.lists(st.fractions(0, 1, max_denominator=1000), max_size=7),
)
def test_a_division_neither_makes_nor_loses_a_unit(revenue_minor, rates):
    divided = royalty(revenue_minor, rates)
    together = min(F(1), sum(rates, F(0)))
    assert sum(divided.paid_minor) + divided.kept_minor == revenue_minor
    assert sum(divided.paid_minor) == int(together * revenue_minor)
    scale = max(F(1), sum(rates, F(0)))
    for paid, rate in zip(divided.paid_minor, rates, strict=True):
        assert abs(paid - rate * revenue_minor / scale) < 1
        assert paid >= 0


def test_no_seller_who_arrives_expects_a_loss_and_no_buyer_pays_more_than_they_would():
    rng = np.random.default_rng(10)
    for _ in range(40):
        buyers, rates, _ = draw(rng)
        sellers = len(rates)
        costs = [int(cost) for cost in rng.integers(0, 3, sellers)]
        arrived = sequential_rates(buyers, costs, order=rng.permutation(sellers))
        for seller, entry in zip(arrived.order, arrived.entries, strict=True):
            assert arrived.rates[seller] == entry.rate
            assert entry.rate is None or (0 <= entry.rate <= 1 and entry.revenue >= costs[seller])
        for buyer, bundle in zip(buyers, arrived.bundles, strict=True):
            paid = sum(arrived.rates[j] for j in bundle)
            assert paid <= buyer.rate_max
            assert (1 - paid) * buyer.utility[bundle] >= buyer.utility[()]
        earned = sum(arrived.revenues)
        paid = sum(
            sum(arrived.rates[j] for j in bundle) * buyer.utility[bundle]
            for buyer, bundle in zip(buyers, arrived.bundles, strict=True)
        )
        assert earned == paid
        assert all(again.gain >= 0 for again in arrived.again)


def test_the_last_to_arrive_regrets_nothing():
    for buyers, rates, _ in markets(40, seed=11):
        arrived = sequential_rates(buyers, [0] * len(rates))
        assert arrived.again[-1] == Again(arrived.rates[-1], 0)


def test_what_a_buyer_has_stays_where_nothing_is_better():
    buyer = RoyaltyBuyer({(0,): 4, (1,): 6}, F(1, 2))
    rates = [F(1, 4), F(1, 2), None]  # both leave 3
    assert offers(buyer, rates, 2).without.bundle == (1,)
    assert offers(buyer, rates, 2, held=(0,)).without.bundle == (0,)
