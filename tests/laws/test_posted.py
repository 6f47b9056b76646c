"""Posted prices against the definition: every bundle listed, every whole price tried, every deviation followed.

The definition is written out here in a few lines that share nothing with the package: what a buyer buys, whether they
buy one dataset at one price, what a seller earns at each price. Money is small whole numbers, so ties are many.
"""

from itertools import combinations
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.errors import OfferError, Problem
from evenhand.markets.posted import (
    Additive,
    Buyer,
    OfMasks,
    Pairwise,
    PostedPrice,
    every_willingness_to_pay,
    maximum_willingness_to_pay,
    maximum_willingness_to_pay_as_published,
    net_utility,
    posted_price,
    posted_prices,
    purchase,
    reprice,
    sequential_prices,
)
from evenhand.markets.posted.buyers import demand
from evenhand.markets.posted.enumeration import Enumerated
from evenhand.markets.posted.growth import close_together
from evenhand.markets.posted.knapsack import Knapsack
from evenhand.markets.posted.mindful import Mindful
from evenhand.markets.posted.partial_bundles import WIDTH_MAX, PartialBundles
from evenhand.markets.posted.programme import Programme
from evenhand.markets.posted.sale import Sale
from evenhand.markets.posted.solver import solution

# -- the definition ---------------------------------------------------------------------------------------------------


def bundles(ids):
    return [chosen for size in range(len(ids) + 1) for chosen in combinations(sorted(ids), size)]


def affordable(value, prices, budget):
    """Net utility of every bundle that the budget allows."""
    here = [i for i, price in enumerate(prices) if price < inf]
    spent = {chosen: sum(prices[i] for i in chosen) for chosen in bundles(here)}
    return {chosen: value[chosen] - cost for chosen, cost in spent.items() if cost <= budget}


def bought_by_hand(value, prices, budget, rank=None):
    """The best bundle; of equals the one with the dataset of the highest rank, then of the next, and so on."""
    rank = range(len(prices)) if rank is None else rank
    net = affordable(value, prices, budget)
    return max(net, key=lambda chosen: (net[chosen], sum(2 ** rank[i] for i in chosen)))


def buys_at(value, prices, budget, item, price):
    """Algorithm 1, with a tie for the seller: some affordable bundle with the item is as good as every one without."""
    net = affordable(value, [*prices[:item], price, *prices[item + 1 :]], budget)
    without = max(worth for chosen, worth in net.items() if item not in chosen)
    return any(worth >= without for chosen, worth in net.items() if item in chosen)


def highest_price_by_hand(value, prices, budget, item):
    """The highest whole price at which the item is bought, -1 if at none; and that it is bought at all lower ones."""
    bought = [price for price in range(budget + 1) if buys_at(value, prices, budget, item, price)]
    assert bought == list(range(len(bought)))
    return len(bought) - 1


def price_by_hand(willingness, cost):
    """The whole price that earns most, of equals the lowest; None where every one loses."""
    earned = {p: p * sum(w >= p for w in willingness) - cost for p in range(max([*willingness, 0]) + 1)}
    sold = {p: profit for p, profit in earned.items() if profit >= 0 and any(w >= p for w in willingness)}
    return max(sold, key=lambda p: (sold[p], -p)) if sold else None


# -- random markets ---------------------------------------------------------------------------------------------------


def any_value(rng, n):
    """No pattern: complements, substitutes, harm; nothing need not be worth 0."""
    return {chosen: int(rng.integers(-3, 13)) for chosen in bundles(range(n))}


def additive(rng, n):
    own = rng.integers(-1, 9, n).tolist()
    return Additive(own), {chosen: sum(own[i] for i in chosen) for chosen in bundles(range(n))}


def in_pairs(rng, n):
    own, pairs = rng.integers(0, 9, n).tolist(), np.triu(rng.integers(-4, 4, (n, n)), 1)
    worth = {
        chosen: sum(own[i] for i in chosen) + sum(int(pairs[i, j]) for i, j in combinations(chosen, 2))
        for chosen in bundles(range(n))
    }
    return Pairwise(own, pairs + pairs.T), worth


def as_masks(value):
    return OfMasks(lambda masks: np.array([value[tuple(np.flatnonzero(row).tolist())] for row in masks]))


def spoken(rng, n):
    """A utility in one of its forms, and the same as a mapping."""
    form = rng.integers(5)
    if form < 2:
        return [additive, in_pairs][form](rng, n)
    value = any_value(rng, n)
    return [value, value.__getitem__, as_masks(value)][form - 2], value


def random_market(rng):
    n, buyers = int(rng.integers(1, 5)), int(rng.integers(1, 5))
    prices = [int(price) if rng.random() < 0.9 else inf for price in rng.integers(0, 8, n)]
    return prices, [(*spoken(rng, n), int(rng.integers(0, 16))) for _ in range(buyers)], int(rng.integers(0, 12))


def refute(rng):
    """One random market: purchase, willingness and price as by hand."""
    prices, buyers, cost = random_market(rng)
    item = int(rng.integers(len(prices)))
    others, willingness = [*prices[:item], *prices[item + 1 :]], []
    for utility, value, budget in buyers:
        best = purchase(utility, prices, budget)
        assert best.bundle == bought_by_hand(value, prices, budget)
        assert (best.how, best.spent) == ("exact", sum(prices[i] for i in best.bundle))
        assert best.net == best.at_most == value[best.bundle] - best.spent
        most = maximum_willingness_to_pay(utility, others, budget, item)
        assert isinstance(most, int)
        assert max(most, -1) == highest_price_by_hand(value, prices, budget, item)
        assert every_willingness_to_pay(utility, prices, budget)[item] == most
        willingness.append(most)
    posted, expected = posted_price(willingness, cost), price_by_hand(willingness, cost)
    if expected is None:
        assert (posted.price, posted.buyers, posted.profit) == (inf, 0, 0)
    else:
        asked = [*prices[:item], expected, *prices[item + 1 :]]
        sold = sum(buys_at(value, asked, budget, item, expected) for _, value, budget in buyers)
        assert (posted.price, posted.buyers, posted.profit) == (expected, sold, expected * sold - cost)


@pytest.mark.parametrize("seed", range(100))
def test_prices_and_purchases_are_those_of_all_bundles_and_all_whole_prices(seed):
    refute(np.random.default_rng(seed))


@pytest.mark.sweep
def test_prices_and_purchases_are_those_of_all_bundles_and_all_whole_prices_on_2000_markets():
    for seed in range(2000):
        refute(np.random.default_rng(seed))


# -- the ways agree ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(30))
def test_dynamic_programming_enumeration_and_integer_programme_agree(seed):
    rng = np.random.default_rng(seed)
    n, budget = 9, int(rng.integers(0, 90))
    utility, prices = Additive((rng.integers(0, 80, n) / 4).tolist()), rng.integers(0, 20, n).tolist()
    found = [purchase(utility, prices, budget, method=m) for m in ("dynamic_programming", "enumeration")]
    assert found[0] == found[1]
    solved = purchase(utility, prices, budget, method="integer_programme")
    assert (solved.net, solved.how) == (found[0].net, "exact")
    assert solved.spent <= budget


def whole_sale(rng):
    """Data that adds up or interacts in pairs, few or many, arrived in any order; whole numbers, small or large."""
    n, large = int(rng.integers(1, 11)), int(rng.choice([4, 10, 1000]))
    pairs = np.triu(rng.integers(-large, large, (n, n)) * (rng.random((n, n)) < rng.choice([0.1, 0.3, 1])), 1)
    own, budget = rng.integers(-2, 2 * large, n), int(rng.integers(0, 4 * large))
    utility = Pairwise(own, pairs + pairs.T) if rng.random() < 0.8 else Additive(own)
    prices = [int(price) if rng.random() < 0.9 else inf for price in rng.integers(0, 2 * large, n)]
    return Sale(utility, n, (*rng.permutation(n).tolist(),), budget if rng.random() < 0.9 else inf, whole=True), prices


def agree(way, rng):
    """Of equal bundles the same one is bought, and as much is paid at most, when asked again as well."""
    sale, prices = whole_sale(rng)
    tried, other = Enumerated(sale), way(sale)
    for item in rng.integers(0, sale.n, 3).tolist():
        assert other.purchase(prices) == tried.purchase(prices)
        assert other.willingness(prices, item) == tried.willingness(prices, item)
        prices[item] = int(rng.integers(0, 20)) if rng.random() < 0.9 else inf


@pytest.mark.parametrize("way", [PartialBundles, Programme])
def test_with_whole_numbers_all_exact_ways_settle_ties_alike(way):
    for seed in range(40):
        agree(way, np.random.default_rng(seed))


@pytest.mark.parametrize("seed", range(40))
def test_what_a_buyer_keeps_in_mind_changes_no_answer(seed):
    rng = np.random.default_rng(seed)
    sale, prices = whole_sale(rng)
    tried, mind = Enumerated(sale), Mindful(PartialBundles(sale))
    for _ in range(30):
        item = int(rng.integers(sale.n))
        most = mind.willingness(prices, item)
        assert most == tried.willingness(prices, item)
        chosen = [most, most + 1, most - 1, int(rng.integers(0, 20)), inf][rng.integers(5)]
        prices[item] = max(chosen, 0)
        assert mind.purchase(prices) == tried.purchase(prices)
        if rng.random() < 0.2:  # somebody else moves as well
            prices[int(rng.integers(sale.n))] = int(rng.integers(0, 20))


def test_what_a_buyer_keeps_in_mind_need_not_be_worked_out_again():
    class Counted(PartialBundles):
        asked = 0

        def purchase(self, prices):
            self.asked += 1
            return super().purchase(prices)

    counted = Counted(Sale(Pairwise([9, 9, 9], np.zeros((3, 3), int)), 3, (0, 1, 2), 10, whole=True))
    mind = Mindful(counted)
    assert mind.purchase([5, 5, 6]).bundle == mind.purchase([5, 5, 8]).bundle == (0, 1)
    assert mind.willingness([5, 5, 8], 2) == 5
    assert mind.purchase([5, 5, 6]).bundle == mind.purchase([5, 5, 7]).bundle == (0, 1)
    assert counted.asked == 1
    assert mind.purchase([5, 5, 5]).bundle == (1, 2)
    assert counted.asked == 2


@pytest.mark.sweep
@pytest.mark.parametrize("way", [PartialBundles, Programme])
def test_with_whole_numbers_all_exact_ways_settle_ties_alike_on_2000_markets(way):
    for seed in range(2000):
        agree(way, np.random.default_rng(seed))


def left_to_the_solver(monkeypatch):
    """Let no bundle be grown to the end."""

    def refused(*_):
        raise OfferError(Problem("partial bundles", "are too many", "none are grown", "Leave it to the solver."))

    monkeypatch.setattr("evenhand.markets.posted.programme.certainly_best", refused)


def test_small_whole_numbers_that_are_left_to_the_solver_are_settled_alike(monkeypatch):
    left_to_the_solver(monkeypatch)
    for seed in range(30):
        agree(Programme, np.random.default_rng(seed))


def test_a_bundle_that_the_solver_falls_short_with_is_not_taken_for_the_best(monkeypatch):
    left_to_the_solver(monkeypatch)
    calls = []

    def short(*given):  # every other answer is to buy nothing, beside what could be had
        calls.append(given)
        solved = solution(*given)
        return solved if solved is None or len(calls) % 2 else (np.zeros_like(solved[0]), solved[1])

    monkeypatch.setattr("evenhand.markets.posted.solved.solution", short)
    for seed in range(10):
        for begun in (0, 1):
            calls[:] = [()] * begun
            agree(Programme, np.random.default_rng(seed))


@pytest.mark.parametrize("seed", range(5))
def test_growing_bundles_and_the_integer_programme_agree_about_forty_datasets(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    n = 40
    pairs = np.diag(rng.integers(-60, 40, n - 1), 1)  # each interacts with the next
    utility, prices = Pairwise(rng.integers(20, 200, n), pairs + pairs.T), rng.integers(0, 200, n).tolist()
    monkeypatch.setattr("evenhand.markets.posted.partial_bundles.FEW", int(rng.choice([1, 64])))
    sale = Sale(utility, n, (*rng.permutation(n).tolist(),), 700, whole=True)
    grown, solved = PartialBundles(sale), Programme(sale)
    assert grown.purchase(prices) == solved.purchase(prices)
    assert grown.willingness(prices, 7) == solved.willingness(prices, 7)


@pytest.mark.parametrize("density", [0.03, 0.4])
def test_many_sellers_of_data_that_interacts_sell_at_entry_what_they_reckoned(density):
    rng = np.random.default_rng(0)
    n = 24
    pairs = np.triu(rng.integers(-3, 3, (n, n)) * (rng.random((n, n)) < density), 1)
    utility = Pairwise(rng.integers(2, 8, n), pairs + pairs.T)
    width = close_together(utility.interactions != 0)[1]
    assert (width <= WIDTH_MAX) == (density < 0.1), "both ways are taken"
    prices = [inf] * n
    for item, entry in enumerate(sequential_prices([Buyer(utility, 30)], [0] * n).entries):
        prices[item] = entry.price
        if entry.price < inf:
            assert (item in purchase(utility, prices, 30).bundle) == (entry.buyers == 1)


@pytest.mark.parametrize("seed", range(10))
def test_dynamic_programming_finds_the_bundle_through_several_stretches(seed):
    rng = np.random.default_rng(seed)
    n = 400  # about half may gain, and bits are kept for about 110 at a time
    utility, prices = Additive(rng.integers(0, 50, n).tolist()), rng.integers(1, 50, n).tolist()
    found = purchase(utility, prices, 700, method="dynamic_programming")
    solved = purchase(utility, prices, 700, method="integer_programme")
    assert found.net == solved.net
    assert found.spent <= 700
    assert found.spent == sum(prices[i] for i in found.bundle)


@pytest.mark.parametrize("seed", range(18))
def test_willingness_by_integer_programme_is_that_by_enumeration_in_any_unit(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    n, unit = 8, (1.0, 1e-6, 1e6)[seed % 3]
    budget, pairs = float(rng.uniform(0, 4)) * unit, np.triu(rng.normal(0, 0.4, (n, n)), 1) * unit
    own = rng.random(n) * unit
    utility = Pairwise(own, pairs + pairs.T) if seed % 2 else Additive(own)
    prices = (rng.random(n - 1) * unit).tolist()
    tried = maximum_willingness_to_pay(utility, prices, budget, 3)
    bundle = purchase(utility, [*prices, inf], budget).net
    monkeypatch.setattr("evenhand.markets.posted.enumeration.DATASETS_MAX", 0)
    assert maximum_willingness_to_pay(utility, prices, budget, 3) == pytest.approx(tried, abs=1e-9 * unit)
    assert purchase(utility, [*prices, inf], budget).net == pytest.approx(bundle, abs=1e-9 * unit)


@pytest.mark.parametrize("seed", range(20))
def test_all_willingness_at_once_is_that_of_each(seed):
    rng = np.random.default_rng(seed)
    n, budget = int(rng.integers(13, 40)), int(rng.integers(0, 200))
    unit = int(rng.integers(1, 4))
    prices = [int(p) * unit if rng.random() < 0.9 else inf for p in rng.integers(0, 30, n)]
    utility = Additive(rng.normal(10, 10, n) if seed % 2 else rng.integers(-5, 40, n))
    each = [maximum_willingness_to_pay(utility, prices[:i] + prices[i + 1 :], budget, i) for i in range(n)]
    assert every_willingness_to_pay(utility, prices, budget) == pytest.approx(each, abs=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_greedy_lies_below_the_best_and_its_bound_above(seed):
    rng = np.random.default_rng(seed)
    n, weight = 10, rng.random(12)
    covers = rng.random((n, 12)) < 0.3
    coverage = OfMasks(lambda masks: ((masks.astype(float) @ covers) > 0) @ weight)
    prices, budget = (rng.random(n) * 0.8).tolist(), float(rng.uniform(0.2, 3))
    best = purchase(coverage, prices, budget)
    rough = purchase(coverage, prices, budget, method="greedy")
    assert rough.how == "bound"
    assert 0 <= rough.net <= best.net + 1e-9
    assert best.net <= rough.at_most + 1e-9
    assert rough.spent <= budget


@pytest.mark.parametrize("seed", range(10))
def test_decisions_do_not_depend_on_what_was_asked_before(seed):
    rng = np.random.default_rng(seed)
    n, budget = 16, 300
    utility = Additive(rng.integers(0, 60, n).tolist())
    kept = demand(utility, n, range(n), budget, whole=True)
    assert isinstance(kept, Knapsack)
    prices = (6 * rng.integers(0, 8, n)).tolist()
    for step in range(30):
        item = int(rng.integers(n))
        fresh = demand(utility, n, range(n), budget, whole=True)
        assert kept.willingness(prices, item) == fresh.willingness(prices, item)
        if step % 3:
            prices[item] = inf if rng.random() < 0.2 else int(rng.integers(0, 50) if step > 15 else 6 * rng.integers(8))


def test_a_price_that_is_no_multiple_of_those_before_starts_the_count_again():
    kept = Knapsack(Sale(Additive([20, 20, 20, 9]), 4, (0, 1, 2, 3), 20, whole=True))
    assert kept.willingness([6, 6, inf, inf], 3) == 8
    assert kept.willingness([6, 6, 5, inf], 3) == 3


# -- what no market may do --------------------------------------------------------------------------------------------

money = st.one_of(st.integers(0, 50), st.floats(0, 50))
worth = st.one_of(st.integers(-20, 60), st.floats(-20, 60))


@given(st.lists(st.tuples(worth, money), min_size=1, max_size=6), money)
def test_no_budget_is_exceeded_no_purchase_loses_and_nothing_is_nan(datasets, budget):
    utilities, prices = map(list, zip(*datasets, strict=True))
    best = purchase(Additive(utilities), prices, budget)
    assert best.spent <= budget * (1 + 1e-9) + 1e-9
    assert best.net >= -1e-9
    assert net_utility(Additive(utilities), prices, best.bundle) == pytest.approx(best.net)
    most = maximum_willingness_to_pay(Additive(utilities), prices[1:], budget, 0)
    assert -20 - 1e-9 <= most <= min(max(utilities[0], 0), budget) + 1e-9, "data that adds up is worth at most its own"


@given(st.integers(0, 2**32), st.integers(-9, 9))
def test_what_a_buyer_has_without_buying_changes_nothing(seed, constant):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 5))
    value, prices, budget = any_value(rng, n), rng.integers(0, 8, n).tolist(), int(rng.integers(0, 16))
    moved = {chosen: each + constant for chosen, each in value.items()}
    assert purchase(moved, prices, budget).bundle == purchase(value, prices, budget).bundle
    assert every_willingness_to_pay(moved, prices, budget) == every_willingness_to_pay(value, prices, budget)


@given(st.integers(0, 2**32))
def test_data_that_never_harms_is_bought_at_some_price(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 5))
    weight, covers = rng.integers(1, 9, 6), rng.random((n, 6)) < 0.4
    value = {
        chosen: int(weight[covers[list(chosen)].any(axis=0)].sum()) if chosen else 0 for chosen in bundles(range(n))
    }
    prices, budget = rng.integers(0, 8, n).tolist(), int(rng.integers(0, 16))
    assert min(every_willingness_to_pay(value, prices, budget)) >= 0


@given(st.lists(st.lists(st.integers(-5, 30), min_size=3, max_size=3), min_size=1, max_size=6), st.integers(0, 40))
def test_many_sellers_are_priced_as_one_by_one(willingness, cost):
    many = posted_prices(willingness, [cost] * len(willingness))
    for row, price, buyers, profit in zip(willingness, many.price, many.buyers, many.profit, strict=True):
        one = posted_price(row, cost)
        assert (one.price, one.buyers, one.profit) == (price, buyers, profit)
        assert one.profit >= 0


@given(st.lists(st.floats(-1, 2), min_size=1, max_size=8), st.floats(0, 3))
def test_a_grid_never_earns_more_than_the_best_price(willingness, cost):
    coarse = posted_price(willingness, cost, grid=[0.5, 0.625, 0.75, 0.875, 1.0])
    assert posted_price(willingness, cost).profit >= coarse.profit - 1e-12


def test_the_published_willingness_differs_both_ways():
    above = below = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        value, prices, budget = any_value(rng, 3), rng.integers(0, 8, 2).tolist(), int(rng.integers(0, 16))
        right = maximum_willingness_to_pay(value, prices, budget, 2)
        published = maximum_willingness_to_pay_as_published(value, prices, budget, 2)
        above += published > max(right, -1)
        below += max(published, -1) < right
    assert above
    assert below > 10


# -- arrival and re-pricing -------------------------------------------------------------------------------------------


def random_sellers(rng, n):
    buyers = [spoken(rng, n) for _ in range(int(rng.integers(1, 4)))]
    budgets = rng.integers(0, 20, len(buyers)).tolist()
    costs = rng.integers(0, 6, n).tolist()
    return [Buyer(u, b) for (u, _), b in zip(buyers, budgets, strict=True)], [v for _, v in buyers], budgets, costs


def rank_of(order):
    return [order.index(i) for i in range(len(order))]


@pytest.mark.parametrize("seed", range(60))
def test_sellers_price_one_by_one_as_by_hand_and_sell_at_entry_what_they_reckoned(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 5))
    buyers, values, budgets, costs = random_sellers(rng, n)
    order = rng.permutation(n).tolist()
    market = sequential_prices(buyers, costs, order=order)
    prices, rank = [inf] * n, rank_of(order)
    for item, most, entry in zip(order, market.willingness, market.entries, strict=True):
        by_hand = [highest_price_by_hand(v, prices, b, item) for v, b in zip(values, budgets, strict=True)]
        assert [max(each, -1) for each in most] == by_hand
        expected = price_by_hand(by_hand, costs[item])
        assert entry.price == (inf if expected is None else expected)
        assert entry.profit >= 0
        prices[item] = entry.price
        bought = [bought_by_hand(v, prices, b, rank) for v, b in zip(values, budgets, strict=True)]
        assert entry.buyers == sum(item in bundle for bundle in bought)
    assert market.prices == tuple(prices)
    assert [each.bundle for each in market.purchases] == bought
    assert all(each.spent <= b for each, b in zip(market.purchases, budgets, strict=True))


def profit_by_hand(values, budgets, prices, costs, item, rank):
    if prices[item] == inf:
        return 0
    bought = [bought_by_hand(v, prices, b, rank) for v, b in zip(values, budgets, strict=True)]
    return prices[item] * sum(item in bundle for bundle in bought) - costs[item]


def best_reply_by_hand(values, budgets, prices, costs, item, rank, tick=1):
    """Try every multiple of the tick, and staying out."""
    earned = {}
    for price in [*range(0, max(budgets) + 1, tick), inf]:
        tried = [*prices[:item], price, *prices[item + 1 :]]
        earned[price] = profit_by_hand(values, budgets, tried, costs, item, rank)
    return max(earned.values())


@pytest.mark.parametrize("seed", range(40))
def test_at_a_fixed_point_no_seller_gains_by_any_whole_price_and_a_cycle_never_rests(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 4))
    buyers, values, budgets, costs = random_sellers(rng, n)
    order = rng.permutation(n).tolist()
    rank = rank_of(order)
    ended = reprice(buyers, costs, order=order)
    assert ended.end in ("fixed point", "cycle")
    assert len(ended.path) == ended.length
    gains = [
        best_reply_by_hand(values, budgets, [*prices], costs, item, rank)
        - profit_by_hand(values, budgets, [*prices], costs, item, rank)
        for prices in ended.path
        for item in range(n)
    ]
    assert min(gains) >= 0
    assert (max(gains) == 0) == (ended.end == "fixed point")
    if ended.end == "fixed point":
        assert all(
            profit == profit_by_hand(values, budgets, [*ended.prices], costs, item, rank) >= 0
            for item, profit in enumerate(ended.profit)
        )
    again = reprice(buyers, costs, order=order, prices=ended.path[0], rounds_max=ended.length + 1)
    assert again.end == ended.end
    assert set(again.path) == set(ended.path)


@pytest.mark.parametrize("seed", range(60))
def test_at_a_fixed_point_of_any_tick_no_seller_gains_by_a_multiple_of_it(seed):
    rng = np.random.default_rng(seed)
    n, tick = int(rng.integers(2, 4)), int(rng.integers(2, 6))
    buyers, values, budgets, costs = random_sellers(rng, n)
    order = rng.permutation(n).tolist()
    start = [None, [int(price) for price in rng.integers(0, 16, n)]][seed % 2]  # on the grid or off it
    ended = reprice(buyers, costs, order=order, prices=start, tick=tick)
    gains = [
        best_reply_by_hand(values, budgets, [*prices], costs, item, rank_of(order), tick)
        - profit_by_hand(values, budgets, [*prices], costs, item, rank_of(order))
        for prices in ended.path
        for item in range(n)
    ]
    assert (max(gains) <= 0) == (ended.end == "fixed point")
    begun = sequential_prices(buyers, costs, order=order).prices if start is None else start
    for prices in ended.path:
        for price, first in zip(prices, begun, strict=True):
            assert price in (first, inf) or price % tick == 0


def test_cycles_and_fixed_points_both_occur_among_random_markets():
    ends = set()
    for seed in range(40):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(2, 4))
        buyers, _, _, costs = random_sellers(rng, n)
        ends.add(reprice(buyers, costs, order=rng.permutation(n).tolist()).end)
    assert ends == {"fixed point", "cycle"}


# -- money does not depend on the unit --------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_sellers_ask_the_same_in_tenths_as_in_units_ties_included(seed):
    rng = np.random.default_rng(seed)
    most, costs = rng.integers(-1, 13, (30, 5)), rng.integers(0, 26, 30)
    units, tenths = posted_prices(most, costs), posted_prices(most / 10, costs / 10)
    np.testing.assert_allclose(tenths.price * 10, units.price)
    np.testing.assert_array_equal(tenths.buyers, units.buyers)
    np.testing.assert_allclose(tenths.profit * 10, units.profit, atol=1e-9)
    assert (tenths.profit >= 0).all()
    for row, cost, price in zip(most / 10, costs / 10, tenths.price, strict=True):
        assert posted_price(row.tolist(), float(cost)).price == price
    allowed = [2, 3, 5, 6, 7]
    some, parts = (
        posted_prices(most, costs, grid=allowed),
        posted_prices(most / 10, costs / 10, grid=np.divide(allowed, 10)),
    )
    np.testing.assert_allclose(parts.price * 10, some.price)


def test_of_float_prices_that_earn_the_same_the_lowest_is_asked_and_a_cost_just_covered_is_no_loss():
    assert posted_price([0.4, 0.4, 0.4, 0.3]).price == 0.3, "3 * 0.4 is more than 4 * 0.3 by rounding"
    assert posted_price([0.6] * 3, 1.8) == PostedPrice(0.6, 3, 0.0), "3 * 0.6 is less than 1.8 by rounding"


def test_nobody_moves_for_what_rounding_adds():
    either = Buyer({(0,): 0.3, (1,): 0.3, (0, 1): 0.3}, 0.5)
    tenths = reprice([either], [0.2, 0.3], tick=0.1, prices=[0.2, inf])
    units = reprice([Buyer({(0,): 3, (1,): 3, (0, 1): 3}, 5)], [2, 3], prices=[2, inf])
    assert (tenths.end, units.end) == ("fixed point", "fixed point")
    assert tenths.prices == pytest.approx([price / 10 for price in units.prices])
