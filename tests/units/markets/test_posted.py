"""Posted prices: what bundles are worth, what buyers buy, what sellers ask; and what is refused."""

from fractions import Fraction
from math import inf, nan

import numpy as np
import pytest

import evenhand as eh
from evenhand.errors import OfferError
from evenhand.markets.posted import (
    Additive,
    Buyer,
    OfMasks,
    Pairwise,
    PostedPrice,
    every_willingness_to_pay,
    linear,
    maximum_willingness_to_pay,
    net_utility,
    posted_price,
    posted_prices,
    prior_prices,
    purchase,
    reprice,
    sequential_prices,
    tasks,
    tiers,
    zero_one,
)
from evenhand.markets.posted.enumeration import DATASETS_MAX
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


# -- refusals ---------------------------------------------------------------------------------------------------------

REFUSED = {
    "a negative and a missing price": (
        lambda: purchase(any_bundle, [1, -2, nan], 5),
        ["prices[1]: is -2", "prices[2]: is nan", "a price is 0 or more"],
    ),
    "a negative budget and an item out of range": (
        lambda: maximum_willingness_to_pay(any_bundle, [1], -5, 2),
        ["budget: is -5", "Use inf for a buyer without one", "item: is 2", "numbered 0 to 1"],
    ),
    "truth for money": (lambda: purchase(any_bundle, [True], 5), ["prices[0]: is True"]),
    "text for money": (lambda: purchase(any_bundle, ["3"], 5), ["prices[0]: is '3'"]),
    "one price for many": (lambda: purchase(any_bundle, 3, 5), ["prices: is 3", "it is a list"]),
    "money that is too large": (lambda: purchase(any_bundle, [2**60], 5), ["Count in a larger unit"]),
    "a bundle that is missing": (
        lambda: maximum_willingness_to_pay({(0,): 1, (1,): 2}, [1], 5, 1),
        ["utility[(0, 1)]: is missing", "indices in rising order"],
    ),
    "a utility that is no number": (
        lambda: purchase(lambda bundle: nan if bundle else 0, [1], 5),
        ["utility[(0,)]: is nan", "Give a finite number"],
    ),
    "masks answered with too little": (
        lambda: purchase(OfMasks(lambda masks: masks), [1, 2], 5),
        ["gave bool of shape (4, 2) for 4 masks"],
    ),
    "masks answered with nan": (
        lambda: purchase(OfMasks(lambda masks: np.where(masks[:, 1], nan, 0.0)), [1, 2], 5),
        ["utility[(1,)]: is nan", "utility[(0, 1)]: is nan"],
    ),
    "no utility": (lambda: purchase(7, [1], 5), ["utility: is 7", "Additive, Pairwise or OfMasks"]),
    "utilities of other datasets": (lambda: purchase(Additive([1, 2]), [1], 5), ["is of 2 datasets", "there are 1"]),
    "utilities of no number": (lambda: Additive([1, nan, "x"]), ["utilities[1]: is nan", "utilities[2]: is 'x'"]),
    "pairs that differ": (
        lambda: Pairwise([1, 2], [[0, 1], [2, 0]]),
        ["interactions[0, 1]: is 1, [1, 0] is 2"],
    ),
    "pairs of the wrong shape": (lambda: Pairwise([1, 2], [[0, 1]]), ["of shape (1, 2)", "2 rows of 2"]),
    "too many datasets": (
        lambda: purchase(any_bundle, [1] * (DATASETS_MAX + 1), 5),
        ["datasets: are 21, which make 2^21 bundles", "up to 20", "Additive", "Pairwise", 'method="greedy"'],
    ),
    "too many datasets to be willing": (
        lambda: maximum_willingness_to_pay(any_bundle, [1] * DATASETS_MAX, 5, 0),
        ["datasets: are 21"],
    ),
    "an unknown method": (lambda: purchase(any_bundle, [1], 5, method="gredy"), ['Did you mean "greedy"?']),
    "dynamic programming of a set function": (
        lambda: purchase(any_bundle, [1], 5, method="dynamic_programming"),
        ["is OfBundles", "Say it as Additive"],
    ),
    "dynamic programming of floats": (
        lambda: purchase(Additive([1]), [0.5], 5, method="dynamic_programming"),
        ["are not all whole", "Give integers"],
    ),
    "dynamic programming of too much money": (
        lambda: purchase(Additive([10**12] * 2), [10**10] * 2, 10**11, method="dynamic_programming"),
        ["20000000000 units to spend", "Count in a larger unit"],
    ),
    "an integer programme of so much that units are lost": (
        lambda: purchase(Additive([10**12, 10**12 + 1]), [1, 1], 1, method="integer_programme"),
        ["add or take away up to 1000000000001 units", "up to 10000000", "Count in a larger unit"],
    ),
    "too much for every exact way": (
        lambda: purchase(Pairwise([10**12] * 63, np.zeros((63, 63), int)), [10**11] * 63, 10**12),
        ["datasets: are 63", "an integer programme tells units apart", "Count in a larger unit"],
    ),
    "growing bundles of a set function": (
        lambda: purchase(any_bundle, [1], 5, method="partial_bundles"),
        ["Say it as Additive or Pairwise"],
    ),
    "growing bundles of floats": (
        lambda: purchase(Additive([0.5]), [1], 5, method="partial_bundles"),
        ["are not all whole", "Give integers"],
    ),
    "growing bundles where each dataset interacts with all": (
        lambda: purchase(Pairwise([5] * 20, 1 - np.eye(20, dtype=int)), [1] * 20, 5, method="partial_bundles"),
        ["have 19 datasets", "up to 8 may", "integer_programme"],
    ),
    "growing bundles of too many": (
        lambda: purchase(Additive([5] * 63), [1] * 63, 5, method="partial_bundles"),
        ["are 63", "up to 62"],
    ),
    "an integer programme of a set function": (
        lambda: purchase(any_bundle, [1], 5, method="integer_programme"),
        ["Say it as Additive or Pairwise"],
    ),
    "a bundle that names one twice": (lambda: net_utility(any_bundle, [1, 2], [0, 0]), ["a dataset is bought once"]),
    "a bundle out of range": (lambda: net_utility(any_bundle, [1, 2], [2]), ["bundle: is 2"]),
    "a willingness that is no number": (lambda: posted_price([nan, 1]), ["willingness[0, 0]: is nan"]),
    "a willingness without end": (lambda: posted_price([inf, 1]), ["willingness[0, 0]: is inf"]),
    "a negative cost": (lambda: posted_price([1], cost=-1), ["costs[0]: is -1"]),
    "a grid without end": (lambda: posted_price([1], grid=[inf]), ["grid[0]: is inf"]),
    "a grid of nothing": (lambda: posted_price([1], grid=[]), ["grid: is empty", "leave it out for any"]),
    "a grid of nothing for all": (
        lambda: sequential_prices([Buyer(any_bundle, 1)], [0], grid=[]),
        ["grid: is empty"],
    ),
    "a willingness too large": (
        lambda: posted_price([10**400, nan]),
        ["willingness[0, 0]: is 1000", "Count in a larger unit", "[0, 1]: is nan"],
    ),
    "a willingness that would turn below 0": (
        lambda: posted_price([2**63]),
        ["willingness[0, 0]: is 9223372036854775808"],
    ),
    "a willingness that would lose units": (
        lambda: posted_price([2**53 + 1]),
        ["is 9007199254740993", "9007199254740991"],
    ),
    "one that would become a float beside others": (lambda: posted_price([2**64 + 1, -1]), ["is 18446744073709551617"]),
    "one whose sum over the buyers would turn below 0": (
        lambda: posted_price([2**52] * 2048),
        ["willingness[0, 0]: is 4503599627370496", "whole amounts go up to 1125899906842624"],
    ),
    "a grid whose sum over the buyers would turn below 0": (
        lambda: posted_price([1e18] * 2048, grid=[2**53 - 1]),
        ["grid: has 9007199254740991", "whole amounts go up to 1125899906842624", "Count in a larger unit"],
    ),
    "interactions that are too large to be summed": (
        lambda: Pairwise([0] * 64, (2**53 - 1) * (1 - np.eye(64, dtype=int))),
        ["utilities and interactions: sums to", "whole sums go up to", "Count in a larger unit"],
    ),
    "an interaction without an absolute value": (
        lambda: Pairwise([0, 0], np.array([[0, -(2**63)], [-(2**63), 0]])),
        ["interactions[0, 1]: is -9223372036854775808"],
    ),
    "masks answered with numbers that would turn below 0": (
        lambda: purchase(OfMasks(lambda masks: np.where(masks[:, 0], np.uint64(2**64 - 1), np.uint64(0))), [1], 5),
        ["utility[(0,)]: is 18446744073709551615"],
    ),
    "numbers for buyers": (lambda: sequential_prices([3], [1]), ["buyers[0]: is 3", "Give Buyer(utility, budget)"]),
    "costs of other sellers": (lambda: posted_prices([[1], [2]], [0]), ["costs: are 1", "2 sellers"]),
    "an order that names one twice": (
        lambda: sequential_prices([Buyer(any_bundle, 1)], [0, 0], order=[1, 1]),
        ["order: is [1, 1]", "[0, 1]"],
    ),
    "prices of other sellers": (
        lambda: sequential_prices([Buyer(any_bundle, 1)], [0], prices=[1, 2]),
        ["prices: are 2"],
    ),
    "buyers that are none": (
        lambda: sequential_prices([Buyer(any_bundle, nan), Buyer(3, 1)], [0]),
        ["buyers[0].budget: is nan", "buyers[1].utility: is 3"],
    ),
    "no rounds": (lambda: reprice([Buyer(any_bundle, 1)], [0], rounds_max=0), ["rounds_max: is 0"]),
    "a negative tick": (lambda: reprice([Buyer(any_bundle, 1)], [0], tick=-1), ["tick: is -1"]),
    "a falling line": (lambda: linear(gamma=-1, beta=inf), ["gamma: is -1", "beta: is inf"]),
    "tiers that do not rise": (lambda: tiers(cuts=[1, 1], rewards=[1, 2]), ["cuts: are [1, 1]", "rise strictly"]),
    "tiers without a reward": (lambda: tiers(cuts=[1, 2], rewards=[1]), ["are 2 and 1"]),
    "a disaster that is the better": (lambda: zero_one(good=-1, bad=1), ["good: is -1", "Exchange them"]),
    "a score that is no probability": (lambda: zero_one(good=1, bad=-1)([0.5, 1.5]), ["hold 1.5", "Normalise"]),
    "tasks without a map": (lambda: tasks(weights=[1, 2], maps=[linear(gamma=1)]), ["are 2 and 1"]),
    "scores of other tasks": (
        lambda: tasks(weights=[1], maps=[linear(gamma=1)])([[1, 2]]),
        ["have shape (1, 2)", "the last axis is 1 tasks"],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case):
    attempt, words = REFUSED[case]
    with pytest.raises(OfferError) as refused:
        attempt()
    for word in words:
        assert word in str(refused.value)


def test_more_partial_bundles_than_can_be_kept_are_refused(monkeypatch):
    monkeypatch.setattr("evenhand.markets.posted.growth.GROWN_MAX", 1)
    monkeypatch.setattr("evenhand.markets.posted.partial_bundles.FEW", 1)
    with pytest.raises(OfferError, match=r"partial bundles: are \d+ that may become best; up to 1 are grown"):
        purchase(Additive([5, 6, 7]), [2, 3, 4], 6, method="partial_bundles")


def test_every_missing_bundle_is_named_at_once():
    with pytest.raises(OfferError) as refused:
        purchase({(0,): 1}, [1, 1, 1], 9)
    assert [problem.where for problem in refused.value.problems] == [
        f"utility[{bundle}]" for bundle in [(1,), (0, 1), (2,), (0, 2), (1, 2), (0, 1, 2)]
    ]


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
