"""[FairShare25]: posted prices. Lemmas 2 and 3, Algorithms 1 and 2, the maps from value to money, and what fails.

The published rules are written out here again, in a few lines, so that no counterexample depends on Evenhand's own
code; beside each stands what Evenhand says of the same market. The ids are those of docs/errata.md.
"""

from fractions import Fraction
from itertools import chain, combinations
from math import inf

import numpy as np
import pytest

import evenhand as eh
from evenhand.markets.posted import (
    PAPER_GRID,
    Additive,
    Buyer,
    OfMasks,
    linear,
    maximum_willingness_to_pay_as_published,
    posted_price,
    prior_prices,
    purchase,
    reprice,
    sequential_prices,
    tasks,
    tiers,
    zero_one,
)

maximum_willingness_to_pay = eh.markets.maximum_willingness_to_pay

# -- the published rules ----------------------------------------------------------------------------------------------


def subsets(ids):
    return [*chain.from_iterable(combinations(sorted(ids), size) for size in range(len(ids) + 1))]


def cost(bundle, prices):
    return sum(prices[i] for i in bundle)


def feasible(utility, prices, budget):
    """Equation 2: affordable, and worth the price."""
    return [x for x in subsets(prices) if cost(x, prices) <= budget and utility[x] - cost(x, prices) >= 0]


def bought(utility, prices, budget):
    """Equations 1 and 2; of equals the smallest."""
    return max(feasible(utility, prices, budget), key=lambda x: (utility[x] - cost(x, prices), -len(x)))


def net(utility, prices, budget):
    old = bought(utility, prices, budget)
    return utility[old] - cost(old, prices)


def with_item(bundle, item):
    return tuple(sorted((*bundle, item)))


def algorithm_1(utility, prices, budget, item, price):
    """As printed: strictly better, within the budget, over bundles that were feasible before."""
    return any(
        utility[with_item(x, item)] - cost(x, prices) - price > net(utility, prices, budget)
        and cost(x, prices) + price <= budget
        for x in feasible(utility, prices, budget)
    )


def equations_36_and_37(utility, prices, budget, item, price):
    """As printed: strictly better, within the budget that the OLD purchase leaves."""
    left = budget - cost(bought(utility, prices, budget), prices)
    return price <= left and any(
        utility[with_item(x, item)] - cost(x, prices) - price > net(utility, prices, budget)
        for x in feasible(utility, prices, budget)
    )


def really_buys(utility, prices, budget, item, price):
    """By solving equation 2 again with the item on sale: some best bundle has it."""
    asked = {**prices, item: price}
    affordable = {x: utility[x] - cost(x, asked) for x in subsets(asked) if cost(x, asked) <= budget}
    return any(item in x for x, worth in affordable.items() if worth == max(affordable.values()))


def highest(rule, *market, step=Fraction(1, 4), top=20):
    """The highest price on a fine grid at which a rule says that the item is bought."""
    return max((k * step for k in range(int(top / step) + 1) if rule(*market, k * step)), default=None)


# -- Lemma 3 and Lemma 2 ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("worth", "budget"), [(7, 10), (10, 7), (0, 5), (5, 0), (2.5, 4)])
def test_lemma_3_one_seller_asks_one_buyer_for_utility_or_budget_whichever_is_less(worth, budget):
    willingness = maximum_willingness_to_pay({(0,): worth}, [], budget, 0)
    assert posted_price([willingness]).price == min(worth, budget)


def test_lemma_3_needs_a_cost_below_that_price():
    assert posted_price([7], cost=8).price == inf


def test_lemma_2_profit_falls_at_each_willingness_and_rises_between():
    willingness, fine = [10, 6, 4], [Fraction(k, 8) for k in range(97)]
    profit = [p * sum(w >= p for w in willingness) for p in fine]
    peaks = [fine[k] for k in range(1, len(fine) - 1) if profit[k - 1] < profit[k] > profit[k + 1]]
    assert peaks == [4, 6, 10]
    assert posted_price(willingness).profit == max(profit)


def test_e_001_01_with_strict_buyers_every_price_is_beaten_by_another():
    for price in (Fraction(1), Fraction(4), Fraction(499, 100)):
        assert algorithm_1({(): 0, (0,): 5}, {}, 10, 0, price)
        higher = (price + 5) / 2
        assert algorithm_1({(): 0, (0,): 5}, {}, 10, 0, higher), "earns more"
    assert not algorithm_1({(): 0, (0,): 5}, {}, 10, 0, 5), "and the price of Lemma 2 sells nothing"


def test_e_001_01_when_ties_go_to_the_seller_the_best_price_is_a_willingness():
    assert maximum_willingness_to_pay({(): 0, (0,): 5}, [], 10, 0) == 5
    assert posted_price([5]).profit == 5


def test_e_001_01_no_willingness_is_a_price_where_nobody_wants_the_data():
    assert posted_price([-3, -1]).price == inf, "Lemma 2 says that one of them is optimal"


# -- whose budget: equation 37 and Algorithm 1 ------------------------------------------------------------------------

DROPS = {(): 0, (0,): 10, (1,): 8, (0, 1): Fraction(21, 2)}
"""The old dataset costs 9 of 10 and is worth 10; the new one is worth 8 and adds 1/2."""
OVERSPENDS = {(): 0, (0,): 6, (1,): 3, (2,): 0, (0, 1): 6, (0, 2): 100, (1, 2): 3, (0, 1, 2): 100}
"""Dataset 0 costs 5, 1 costs 1, the budget is 10: 1 is bought, and 0 goes with the new dataset 2."""


def test_e_001_02_a_buyer_drops_old_data_for_new_and_the_formula_forbids_it():
    market = DROPS, {0: 9}, 10, 1
    assert highest(really_buys, *market) == 7
    assert highest(equations_36_and_37, *market) == 1, "what the old purchase leaves"
    assert maximum_willingness_to_pay({x: float(u) for x, u in DROPS.items()}, [9], 10, 1) == 7
    assert maximum_willingness_to_pay_as_published({x: float(u) for x, u in DROPS.items()}, [9], 10, 1) == 1


def test_e_001_02_the_formula_spends_14_of_a_budget_of_10():
    market = OVERSPENDS, {0: 5, 1: 1}, 10, 2
    assert bought(OVERSPENDS, {0: 5, 1: 1}, 10) == (1,)
    assert highest(equations_36_and_37, *market) == 9
    best_with = max((x for x in feasible(*market[:3])), key=lambda x: OVERSPENDS[with_item(x, 2)] - cost(x, market[1]))
    assert cost(best_with, market[1]) + 9 == 14, "the only bundles for which a price of 9 is worth it cost 14 and 15"
    assert highest(really_buys, *market) == 5
    assert maximum_willingness_to_pay(OVERSPENDS, [5, 1], 10, 2) == 5
    assert maximum_willingness_to_pay_as_published(OVERSPENDS, [5, 1], 10, 2) == 9


def random_market(rng, harm=False):
    names = subsets(range(3))
    utility = {x: 0 if not x and not harm else int(rng.integers(-4 if harm else 0, 14)) for x in names}
    return utility, {0: int(rng.integers(0, 8)), 1: int(rng.integers(0, 8))}, int(rng.integers(0, 16)), 2


@pytest.mark.parametrize("seed", range(60))
def test_algorithm_1_below_the_willingness_buys_and_above_it_does_not(seed):
    utility, prices, budget, item = random_market(np.random.default_rng(seed))
    most = maximum_willingness_to_pay(utility, [prices[0], prices[1]], budget, item)
    for price in [Fraction(k, 2) for k in range(33)]:
        assert really_buys(utility, prices, budget, item, price) == (price <= most)
        if algorithm_1(utility, prices, budget, item, price):
            assert price <= most


@pytest.mark.parametrize("seed", range(60))
def test_the_published_rule_kept_in_the_package_is_that_of_the_paper(seed):
    utility, prices, budget, item = random_market(np.random.default_rng(seed))
    old = {x: utility[x] - cost(x, prices) for x in feasible(utility, prices, budget)}
    if sum(worth == max(old.values()) for worth in old.values()) > 1:
        return  # equations 36 and 37 do not say which of several best bundles was bought
    most = maximum_willingness_to_pay_as_published(utility, [prices[0], prices[1]], budget, item)
    for price in [Fraction(2 * k + 1, 4) for k in range(33)]:  # between whole prices, where strict and weak agree
        assert equations_36_and_37(utility, prices, budget, item, price) == (price <= most)


COMPLEMENT = {(): 0, (0,): 0, (1,): 0, (0, 1): 10}
"""Neither dataset is of use without the other; the old one costs 1."""


def test_e_001_10_algorithm_1_overlooks_data_that_was_not_worth_its_price():
    market = COMPLEMENT, {0: 1}, 10, 1
    assert highest(algorithm_1, *market) is None, "bundle (0,) loses 1 and is not tried"
    assert highest(really_buys, *market) == 9
    assert maximum_willingness_to_pay(COMPLEMENT, [1], 10, 1) == 9
    assert maximum_willingness_to_pay_as_published(COMPLEMENT, [1], 10, 1) == 0


def test_e_001_11_the_feasible_set_is_empty_where_a_buyer_suffers_without_data():
    utility = {(): -50, (0,): -10}
    assert feasible(utility, {0: 5}, 10) == [], "equation 2 has no solution, although 5 is well spent"
    assert purchase(utility, [5], 10).bundle == (0,)
    assert maximum_willingness_to_pay(utility, [], 100, 0) == 40


# -- Algorithm 2 ------------------------------------------------------------------------------------------------------


def algorithm_2(utilities, budgets, costs, top):
    """Each seller in turn tries every whole price; ties go to the seller, of equal prices the lowest is taken."""
    prices = {}
    for item, own in enumerate(costs):
        earned = {
            p: p * sum(really_buys(u, prices, b, item, p) for u, b in zip(utilities, budgets, strict=True)) - own
            for p in range(top)
        }
        best = max(earned, key=lambda p: (earned[p], -p))
        assert earned[best] >= 0
        prices[item] = best
    return tuple(prices.values())


@pytest.mark.parametrize("seed", range(20))
def test_algorithm_2_prices_as_trying_every_price_does(seed):
    rng = np.random.default_rng(seed)
    weight, covers = rng.integers(1, 6, 6), rng.random((3, 3, 6)) < 0.5
    utilities = [
        {x: int(weight[covers[k, list(x)].any(axis=0)].sum()) if x else 0 for x in subsets(range(3))} for k in range(3)
    ]
    budgets = rng.integers(3, 20, 3).tolist()
    buyers = [Buyer(u, b) for u, b in zip(utilities, budgets, strict=True)]
    assert sequential_prices(buyers, [0, 0, 0]).prices == algorithm_2(utilities, budgets, [0, 0, 0], 22)


EITHER = {(): 0, (0,): 10, (1,): 10, (0, 1): 10}
"""One of two datasets is enough."""
FIRST = {(): 0, (0,): 10, (1,): 8, (0, 1): 10}
SECOND = {(): 0, (0,): 0, (1,): 6, (0, 1): 6}


def test_e_001_09_an_earlier_seller_loses_the_sale_and_would_undercut():
    assert algorithm_2([EITHER], [20], [0, 0], 12) == (10, 10)
    market = sequential_prices([Buyer(EITHER, 20)], [0, 0])
    assert (market.prices, market.sold, market.profit) == ((10, 10), (0, 1), (0, 10))
    assert purchase(EITHER, [9, 10], 20).bundle == (0,), "the first seller would earn 9 instead of 0"


def test_e_001_09_without_any_tie_an_earlier_seller_ends_below_cost():
    assert algorithm_2([FIRST, SECOND], [20, 20], [5, 0], 12) == (10, 6)
    assert bought(FIRST, {0: 10, 1: 6}, 20) == (1,), "worth 2 beyond its price, the other 0"
    market = sequential_prices([Buyer(FIRST, 20), Buyer(SECOND, 20)], [5, 0])
    assert [entry.profit for entry in market.entries] == [5, 12], "reckoned at entry"
    assert market.profit == (-5, 12)


def test_e_001_09_prices_that_are_set_again_come_to_rest_where_the_second_asks_one_unit():
    rest = reprice([Buyer(EITHER, 20)], [0, 0])
    assert (rest.end, rest.prices, rest.profit) == ("fixed point", (1, 1), (0, 1))


def test_e_001_09_with_loyal_buyers_prices_never_rest():
    """Worked by hand; the second seller wins ties and the first must stay 1 below.

    At (3, 3) the first earns 3 from the loyal buyer, and 2 * 2 by asking 2; then the second earns 2 * 2 at 2 as well.
    At (2, 2) the first earns 2, and 2 * 1 by asking 1, and 3 from the loyal buyer by asking 3; then the second follows
    to 3, where ties give it 2 * 3.
    """
    either = {(): 0, (0,): 3, (1,): 3, (0, 1): 3}
    loyal = [{(): 0, (0,): 3, (1,): 0, (0, 1): 3}, {(): 0, (0,): 0, (1,): 3, (0, 1): 3}]
    never = reprice([Buyer(u, 9) for u in (either, *loyal)], [0, 0])
    assert (never.end, never.length, never.path) == ("cycle", 2, ((3, 3), (2, 2)))


# -- appendix 4: from value to money ----------------------------------------------------------------------------------

SCORES = np.array([0.2, 0.3, 0.4])


def test_equation_28_a_linear_map_buys_the_data_of_the_highest_value_per_price():
    to_money = linear(gamma=10, beta=3)
    utility = OfMasks(lambda masks: to_money(masks @ SCORES))
    assert purchase(utility, [1, 1, 5], 10).bundle == (0, 1)
    assert purchase(utility, [1, 1, 5], 10).utility == pytest.approx(10 * 0.5 + 3)
    assert purchase(Additive(10 * SCORES), [1, 1, 5], 10).bundle == (0, 1), "beta changes nothing"


def test_equation_29_tiers_make_a_buyer_pay_for_the_step_that_is_reached():
    to_money = tiers(cuts=[0.45, 0.85], rewards=[6, 7])
    assert to_money([0.44, 0.45, 0.84, 0.85]).tolist() == [0, 6, 6, 7]
    utility = OfMasks(lambda masks: to_money(masks @ SCORES))
    assert maximum_willingness_to_pay(utility, [1, 1], 9, 2) == 1, "0 and 1 reach it for 2; 0 and 2 for 1 + p"


def test_equation_31_expects_the_good_with_probability_v():
    good, bad, chance = 2.0, -98.0, 0.99
    assert zero_one(good=good, bad=bad)(chance) == pytest.approx(chance * good + (1 - chance) * bad)


def test_equation_32_weighs_tasks():
    to_money = tasks(weights=[2, 1], maps=[linear(gamma=1), zero_one(good=1, bad=-1)], epsilon=0.5)
    assert to_money([[3, 0.75]])[0] == pytest.approx(2 * 3 + 1 * 0.5 + 0.5)


# -- section 6.1: the grid and the prices before ----------------------------------------------------------------------


def test_section_6_1_sellers_choose_from_five_prices_beside_data_priced_at_random():
    rng = np.random.default_rng(0)
    n = 8
    before = [*prior_prices(rng, 4), *[inf] * 4]
    buyers = [Buyer(Additive(rng.random(n)), 2.0) for _ in range(3)]
    market = sequential_prices(buyers, [0.0] * n, prices=before, grid=PAPER_GRID)
    assert {*market.prices[4:]} <= {*PAPER_GRID, inf}
    assert market.prices[:4] == tuple(before[:4])
    assert any(entry.buyers for entry in market.entries)
    free = sequential_prices(buyers, [0.0] * n, prices=before)
    assert free.entries[0].profit >= market.entries[0].profit
