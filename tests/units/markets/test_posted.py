"""Posted prices: what bundles are worth, what buyers buy, what sellers ask."""

from fractions import Fraction
from math import inf

import numpy as np
import pytest

import evenhand as eh
from evenhand.markets.posted import (
    Additive,
    Buyer,
    OfMasks,
    Pairwise,
    PostedPrice,
    every_willingness_to_pay,
    maximum_willingness_to_pay,
    net_utility,
    posted_price,
    posted_prices,
    prior_prices,
    purchase,
    reprice,
    sequential_prices,
)
from evenhand.markets.posted.set_functions import BATCH


def any_bundle(bundle):
    return len(bundle) ** 0.5


# -- utilities --------------------------------------------------------------------------------------------------------


def test_pairs_are_counted_once_in_a_table_and_alone():
    pairs = Pairwise([1, 2, 4], [[0, 10, 20], [10, 0, 40], [20, 40, 0]])
    assert pairs.table([0, 1, 2], 3).tolist() == [0, 1, 2, 13, 4, 25, 46, 77]
    assert pairs.of((0, 1, 2), 3) == 77
    assert pairs.of((0, 2), 3) == 25


def test_masks_are_asked_in_batches_with_all_columns():
    widths, rows = set(), []

    def count(masks):
        widths.add(masks.shape[1])
        rows.append(len(masks))
        return masks.sum(axis=1)

    table = OfMasks(count).table(range(1, 18), 20)
    assert widths == {20}
    assert max(rows) == BATCH
    assert table[-1] == 17
    assert table[0b101] == 2


def test_a_mapping_that_does_not_say_what_nothing_is_worth_means_zero():
    assert purchase({(0,): 5}, [4], 9).net == 1
    assert purchase({(): 3, (0,): 5}, [4], 9).bundle == ()


def test_whole_money_gives_whole_answers_and_floats_give_floats():
    assert isinstance(maximum_willingness_to_pay({(0,): 5}, [], 9, 0), int)
    assert isinstance(maximum_willingness_to_pay({(0,): 5.0}, [], 9, 0), float)
    assert maximum_willingness_to_pay({(0,): Fraction(1, 3)}, [], 9, 0) == 1 / 3
    assert isinstance(maximum_willingness_to_pay(Additive([5, *[1] * 30]), [1] * 30, 9, 0), int)


def test_whole_money_beyond_what_floats_hold_stays_exact():
    large = 2**53 - 1
    assert maximum_willingness_to_pay({(0,): large, (1,): large - 1, (0, 1): large}, [large - 2], inf, 1) == large - 3
    assert purchase(Additive([large, large - 1]), [large - 1, large - 2], 2**53 - 1).net == 1


# -- purchases --------------------------------------------------------------------------------------------------------


def test_of_equal_bundles_the_one_with_the_last_dataset_is_bought():
    assert purchase({(0,): 5, (1,): 5, (0, 1): 5}, [3, 3], 9).bundle == (1,)
    assert purchase(Additive([5] * 15), [3] * 15, 7, method="dynamic_programming").bundle == (13, 14)
    assert purchase(Additive([3, 5]), [3, 5], 9).bundle == (0, 1), "indifferent, so bought where both fit"


def test_float_prices_that_add_up_to_the_budget_are_affordable():
    assert 0.1 + 0.2 > 0.3
    assert purchase(Additive([1, 1]), [0.1, 0.2], 0.3).bundle == (0, 1)
    assert purchase(Additive([1, 1]), [0.1, 0.2], 0.29999).bundle == (0,)


def test_data_that_is_not_on_sale_is_neither_bought_nor_asked_about():
    asked = []

    def worth(bundle):
        asked.append(bundle)
        return 5 * len(bundle)

    assert purchase(worth, [inf, 3, inf, 4], 9).bundle == (1, 3)
    assert not any({0, 2} & {*bundle} for bundle in asked)


def test_nothing_on_sale_and_no_budget_buy_nothing():
    for method in (None, "enumeration", "dynamic_programming", "integer_programme", "greedy"):
        assert purchase(Additive([]), [], 5, method=method).bundle == ()
        assert purchase(Additive([3]), [inf], 5, method=method).bundle == ()
        assert purchase(Additive([3]), [1], 0, method=method).bundle == ()
    assert purchase(Additive([3]), [0], 0).bundle == (0,)


def test_no_budget_at_all_buys_whatever_is_worth_its_price():
    for method in ("enumeration", "dynamic_programming", "integer_programme", "greedy"):
        assert purchase(Additive([3, 1, 9]), [2, 2, 2], inf, method=method).bundle == (0, 2)
    assert maximum_willingness_to_pay(Additive([3, 1, 9]), [2, 2], inf, 0) == 3


def test_prices_in_whole_euros_are_counted_in_euros():
    found = purchase(Additive([300.5] * 30), [100] * 30, 1050, method="dynamic_programming")
    assert (len(found.bundle), found.spent) == (10, 1000)
    assert maximum_willingness_to_pay(Additive([*[300] * 30, 500]), [100] * 30, 1050, 30) == 150, "one is dropped"


def test_three_hundred_datasets_with_float_prices_are_bought_exactly_by_integer_programme():
    rng = np.random.default_rng(3)
    prices = rng.random(300)
    found = purchase(Additive(2 * rng.random(300)), prices, 5.0)
    assert found.how == "exact"
    assert found.spent <= 5
    rough = purchase(Additive(2 * np.random.default_rng(3).random(300)), prices, 5.0, method="greedy")
    assert rough.net <= rough.at_most


def test_many_datasets_in_pairs_are_bought_by_integer_programme():
    rng = np.random.default_rng(4)
    n = 24
    pairs = np.triu(rng.normal(0, 1, (n, n)) * (rng.random((n, n)) < 0.05), 1)
    utility, prices = Pairwise(rng.random(n), pairs + pairs.T), rng.random(n).tolist()
    found = purchase(utility, prices, 3.0)
    assert (found.how, found.spent <= 3) == ("exact", True)
    for i in range(n):  # no single change is better
        other = tuple(sorted({*found.bundle} ^ {i}))
        if sum(prices[k] for k in other) <= 3:
            assert net_utility(utility, prices, other) <= found.net + 1e-9


def test_large_amounts_that_dynamic_programming_refuses_are_bought_to_the_unit():
    own = [10**12 + place for place in range(30)]
    found = purchase(Additive(own), [10**11] * 30, 10**11)
    assert (found.bundle, found.net) == ((29,), 9 * 10**11 + 29)
    assert maximum_willingness_to_pay(Additive(own), [10**11] * 29, 10**12, 0) == 10**11 - 20, "dataset 20 is dropped"


def test_harm_that_nobody_buys_says_nothing_about_rounding():
    harm = {(): 0.0, (0,): 100.0, (1,): 0.0, (0, 1): -1e15}
    assert purchase(harm, [10, 900], 1000).bundle == (0,)
    assert sequential_prices([Buyer(harm, 1000)], [0, 1]).prices == (100, inf)
    for method in ("enumeration", "dynamic_programming", "integer_programme"):
        assert purchase(Additive([100.0, 0.0, -1e15]), [10, 900, 5], 1000, method=method).bundle == (0,)
    apart = np.zeros((24, 24))
    apart[0, 1] = apart[1, 0] = -1e15
    assert purchase(Pairwise([5.0] * 24, apart), [2.5] * 24, 30.0).net == 30


def test_no_bundle_is_bought_that_is_worse_than_nothing_beside_one_that_is_worth_very_much():
    assert purchase({(): 0.0, (0,): 1e15, (1,): 0.0, (0, 1): 0.0}, [1e15 - 1, 900.0], inf).bundle == (0,)


@pytest.mark.parametrize("method", ["enumeration", "integer_programme"])
def test_a_budget_is_exceeded_by_the_rounding_of_a_sum_and_no_more(method):
    assert purchase(Additive([1e13, 5.0]), [1e12, 1.0], 1e12, method=method).bundle == (0,)
    assert purchase(Additive([1, 1]), [0.1, 0.2], 0.3, method=method).bundle == (0, 1)


def test_whole_prices_stay_within_the_budget_however_much_the_data_is_worth():
    assert sequential_prices([Buyer(Additive([1e15]), 100)], [0]).prices == (100,)


@pytest.mark.filterwarnings("error")
def test_many_free_datasets_are_bought_within_any_budget():
    assert len(purchase(Additive([1.5] * 25), [0.0] * 25, 1e10).bundle) == 25


def test_greedy_takes_the_one_large_dataset_where_density_misleads():
    assert purchase(Additive([2, 10]), [1, 9], 9, method="greedy").bundle == (0,)
    assert purchase(Additive([2, 15]), [1, 10], 10, method="greedy").bundle == (1,)


def test_the_bound_beside_greedy_is_tight_where_what_repeats_is_left():
    topics = [{1, 2, 3, 4, 5}, {6, 7, 8, 9, 10}, {1, 2, 3}]
    covered = lambda bundle: len(set().union(*(topics[i] for i in bundle)))  # noqa: E731
    rough = purchase(covered, [1, 1, 1], 9, method="greedy")
    assert (rough.bundle, rough.net, rough.at_most) == ((0, 1), 8, 8)


# -- prices -----------------------------------------------------------------------------------------------------------


def test_of_prices_that_earn_the_same_the_lowest_is_asked():
    assert posted_price([6, 3]).price == 3
    assert posted_price([0, 0]).buyers == 2


def test_a_seller_who_stays_away_or_would_lose_has_no_price():
    for best in (posted_price([5], cost=inf), posted_price([5], cost=6), posted_price([]), posted_price([-inf])):
        assert (best.price, best.buyers, best.profit) == (inf, 0, 0)
    assert posted_price([5], grid=[6]).price == inf
    assert posted_price([5], grid=[5, 6]).price == 5


def test_whole_prices_up_to_the_largest_are_exact():
    large = 2**53 - 1
    assert posted_price([large, large - 2], cost=1) == PostedPrice(large - 2, 2, 2 * large - 5)
    assert posted_price([-(2**63), 5, 3]) == PostedPrice(3, 2, 6)
    assert posted_price(np.array([-(2**63), 5])) == PostedPrice(5, 1, 5)


def test_a_hundred_thousand_sellers_are_priced_at_once():
    rng = np.random.default_rng(0)
    willingness = rng.random((100_000, 4))
    best = posted_prices(willingness, np.zeros(100_000))
    assert (best.profit >= willingness.max(axis=1)).all()
    assert (best.profit >= 4 * willingness.min(axis=1)).all()


def test_prior_prices_are_above_zero_and_reach_one():
    class Zeros:
        def random(self, n):
            return np.array([0.0, np.nextafter(1, 0)])

    assert prior_prices(Zeros(), 2).tolist() == [1, pytest.approx(0, abs=1e-15)]
    assert (prior_prices(Zeros(), 2) > 0).all()


# -- arrival ----------------------------------------------------------------------------------------------------------


def test_prices_are_whole_where_money_and_utilities_are():
    market = sequential_prices([Buyer(Additive([3, 2]), 10), Buyer(len, 10)], [0, 0])
    assert all(isinstance(price, int) for price in market.prices)
    for utility in (Additive([0.4, 0.3]), {(0,): 0.4, (1,): 0.3, (0, 1): 0.7}):
        assert sequential_prices([Buyer(utility, 10)], [0, 0]).prices == pytest.approx((0.4, 0.3))
    assert sequential_prices([Buyer(Additive([3.7, 2.2]), 10)], [0, 0], grid=[1, 2, 3]).prices == (3, 2)


def test_float_sums_cost_no_whole_price_of_a_grid():
    """0.1 + 0.2 + ... is a little less or more than it says; a whole price must not be lost by that."""
    tenths = lambda bundle: sum([0.1] * 10 * len(bundle))  # noqa: E731
    assert sum([0.1] * 10) < 1
    assert sequential_prices([Buyer(tenths, 10)], [0, 0], grid=[1]).prices == (1, 1)


def test_many_buyers_of_many_kinds_and_a_hundred_datasets_arrive():
    rng = np.random.default_rng(0)
    n = 100
    buyers = [Buyer(Additive(rng.integers(0, 500, n)), int(b)) for b in (2_000, 10_000, 40_000)]
    market = sequential_prices(buyers, [10] * n, order=rng.permutation(n).tolist())
    assert all(entry.profit >= 0 for entry in market.entries)
    assert all(each.spent <= buyer.budget for each, buyer in zip(market.purchases, buyers, strict=True))
    assert sum(market.sold) > 100
    again = sequential_prices(buyers[::-1], [10] * n, order=market.order)
    assert again.prices == market.prices, "the order of buyers does not matter"


def test_prices_of_a_grid_are_not_rounded_to_whole_money():
    market = sequential_prices([Buyer(Additive([3] * 24), 10)], [0] * 24, grid=[0.5])
    assert {*market.prices} == {0.5}
    assert (market.purchases[0].spent, market.purchases[0].net) == (10, 50)


def test_earlier_data_wins_no_tie_against_those_who_arrive():
    either = Buyer({(0,): 5, (1,): 5, (0, 1): 5}, 9)
    assert sequential_prices([either], [0, 0], prices=[inf, 5], order=[0]).purchases[0].bundle == (0,)


def test_rounds_that_are_not_enough_are_said_to_be_unfinished():
    either = Buyer({(0,): 50, (1,): 50, (0, 1): 50}, 90)
    ended = reprice([either], [0, 0], rounds_max=3)
    assert (ended.end, ended.length, ended.rounds) == ("unfinished", 0, 3)
    assert reprice([either], [0, 0], prices=[1, 1]).end == "fixed point"


def test_without_a_budget_whole_money_stays_whole_and_sellers_price_again_in_whole_steps():
    either = {(0,): 5, (1,): 5, (0, 1): 5}
    for budget in (100, inf):
        rest = reprice([Buyer(either, budget)], [0, 0])
        assert (rest.end, rest.prices, rest.sold) == ("fixed point", (1, 1), (0, 1))
        assert all(isinstance(price, int) for price in rest.prices)
    assert reprice([Buyer(lambda bundle: 5.0 * bool(bundle), inf)], [0, 0]).prices == (5.0, 5.0), "floats have no tick"


def test_beside_a_buyer_of_float_utilities_large_whole_ones_are_taken_as_floats():
    large, small = Additive([10**12] * 63), Additive([0.5] * 63)
    market = sequential_prices([Buyer(large, inf), Buyer(small, inf)], [0] * 63)
    assert [entry.buyers for entry in market.entries] == [1] * 63


def test_rounds_are_counted_in_whole_numbers_of_any_kind():
    assert reprice([Buyer(len, 9)], [0], rounds_max=np.int64(3)).rounds <= 3


def test_with_float_money_whoever_prices_counts_on_the_tie():
    either = Buyer({(0,): 0.5, (1,): 0.5, (0, 1): 0.5}, 0.9)
    rest = reprice([either], [0.0, 0.0])
    assert (rest.end, rest.prices, rest.sold) == ("fixed point", (0.5, 0.5), (0, 1))
    assert reprice([either], [0.0, 0.0], tick=0.125).prices == (0.125, 0.125)


def test_of_prices_that_earn_the_same_the_lowest_is_asked_again_where_ties_are_lost():
    either, loyal = {(0,): 2, (1,): 2, (0, 1): 2}, {(0,): 2, (1,): 0, (0, 1): 2}
    assert reprice([Buyer(either, 9), Buyer(loyal, 9)], [0, 0], prices=[inf, 2], rounds_max=1).prices[0] == 1


def test_with_a_larger_tick_sellers_ask_multiples_of_it_where_a_quotient_of_floats_falls_short_too():
    assert 0.3 // 0.1 == 2
    assert reprice([Buyer(Additive([0.3]), 9.0)], [0.0], prices=[0.1], tick=0.1).prices == pytest.approx((0.3,))
    assert reprice([Buyer(Additive([17]), 90)], [0], prices=[1], tick=5).prices == (15,)


def test_those_who_watch_are_told_who_arrived_and_how_many_rounds_were_played():
    told = []
    either = Buyer({(0,): 3, (1,): 3, (0, 1): 3}, 9)
    ended = reprice([either], [0, 0], watch=lambda *each: told.append(each))
    assert told[:3] == [("arrive", 0, 2), ("arrive", 1, 2), ("arrive", 2, 2)]
    assert told[3:] == [*(("reprice", done, 1000) for done in range(ended.rounds)), ("reprice", *[ended.rounds] * 2)]
    told.clear()
    reprice([either], [0, 0], prices=[3, 3], rounds_max=1, watch=lambda *each: told.append(each))
    assert told == [("reprice", 0, 1), ("reprice", 1, 1)]


def test_with_a_tick_of_0_an_end_is_one_of_what_sellers_reckon_with():
    buyer = Buyer(Additive([15.0, 20.0]), 30.0)
    reckoned = reprice([buyer], [0.0, 0.0], tick=0)
    assert (reckoned.end, reckoned.sold) == ("fixed point", (0, 1))
    really = reprice([buyer], [0.0, 0.0], prices=reckoned.prices, tick=1.0)
    assert really.sold == (1, 1)


def test_the_public_names_are_those_of_the_package():
    assert eh.markets.maximum_willingness_to_pay is maximum_willingness_to_pay
    assert eh.markets.posted_price is posted_price
    assert eh.markets.purchase is purchase
    assert every_willingness_to_pay is eh.markets.every_willingness_to_pay


@pytest.mark.parametrize("n", [20, 21, 40])
def test_sellers_sell_what_they_reckoned_with_however_many_they_are_where_no_budget_is_set(n):
    market = sequential_prices([Buyer(Additive([5] * n), inf)], [2] * n)
    assert market.sold == (1,) * n
    assert market.profit == tuple(entry.profit for entry in market.entries) == (3,) * n
