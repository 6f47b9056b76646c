"""The rooms of the royalty model, one by one: who wins a tie, who arrives when, what exact numbers stay."""

from fractions import Fraction as F

import numpy as np
import pytest

from evenhand.markets.royalties import (
    Again,
    OwnRate,
    RoyaltyBuyer,
    best_own_rate,
    best_rate,
    royalty,
    sequential_rates,
)
from evenhand.markets.royalties.envelope import pieces

ONE = RoyaltyBuyer({(): 1, (0,): 4})


def additive(bundle, rates):
    return min(1.0, sum(rates))


def test_exact_numbers_stay_exact_and_one_float_makes_floats():
    assert best_rate([ONE], [None], 0).rate == F(3, 4)
    assert isinstance(best_rate([ONE], [None], 0).rate, F)
    assert isinstance(best_rate([RoyaltyBuyer({(): 1.0, (0,): 4})], [None], 0).rate, float)
    assert isinstance(best_rate([ONE], [None, 0.25], 0).rate, float)
    numpys = RoyaltyBuyer({(): np.int64(1), (0,): np.int64(4)})
    assert isinstance(best_rate([numpys], [None], 0).rate, F)


def test_the_lowest_of_equally_good_rates_is_asked():
    # at 1/4 both take it, 2 each; at 1/2 one does
    buyers = [RoyaltyBuyer({(0,): 8}, F(1, 4)), RoyaltyBuyer({(0,): 8}, F(1, 2))]
    best = best_rate(buyers, [None], 0)
    assert (best.rate, best.revenue, best.bundles) == (F(1, 4), 4, ((0,), (0,)))


def test_one_good_buyer_is_worth_more_than_two():
    buyers = [RoyaltyBuyer({(0,): 8}, F(1, 10)), RoyaltyBuyer({(0,): 8}, F(1, 2))]
    best = best_rate(buyers, [None], 0)
    assert (best.rate, best.revenue, best.bundles) == (F(1, 2), 4, ((), (0,)))


def test_a_seller_whom_nobody_takes_stays_away():
    best = best_rate([RoyaltyBuyer({(): 5, (0,): 4})], [None], 0)
    assert (best.rate, best.revenue, best.bundles) == (None, 0, ((),))


def test_a_dataset_that_adds_nothing_is_taken_for_nothing():
    best = best_rate([RoyaltyBuyer({(): 4, (0,): 4})], [None], 0)
    assert (best.rate, best.revenue, best.bundles) == (0, 0, ((0,),))


def test_bundles_with_absent_sellers_are_not_for_sale():
    buyer = RoyaltyBuyer({(0,): 2, (0, 1): 100, (0, 5): 100})
    assert best_rate([buyer], [None, None], 0).bundles == ((0,),)


def test_rates_that_promise_more_than_there_is_are_not_taken():
    buyer = RoyaltyBuyer({(0, 1): 100})
    best = best_rate([buyer], [F(3, 4), None], 1)
    assert (best.rate, best.revenue) == (F(1, 4), 25)


def test_a_bundle_that_dies_uncovers_the_one_below():
    found = pieces(kept=[1, F(7, 10)], worth=[10, 20], outside=0, rate_max=F(1, 2))
    assert [(piece.line, piece.until) for piece in found] == [(1, F(1, 5)), (0, F(1, 2))]


def test_nothing_for_sale_gives_no_pieces():
    assert pieces([], []) == []
    assert best_rate([], [None], 0).rate is None


def test_a_staircase_can_have_as_many_steps_as_there_are_bundles():
    # tangents of a parabola: each is on top somewhere
    slopes = range(1, 60)
    found = pieces([F(1) - F(u, 200) for u in slopes], list(slopes))
    assert [piece.line for piece in found] == list(range(58, -1, -1))


def test_a_jump_of_your_own_rate_function_is_told_and_not_hidden():
    # half of the value from 1/3 on: the buyer, who would pay no more than a tenth, leaves there, and 1/3 is not reached
    jumps = OwnRate(lambda bundle, rates: 0.5 if rates[0] >= 1 / 3 else rates[0] / 10)
    best = best_own_rate(jumps, [RoyaltyBuyer({(0,): 30}, F(1, 10))], [None], 0)
    assert best.revenue == pytest.approx(1.0)
    assert best.rate < 1 / 3
    assert best.short > 1e-6


def test_who_gets_nothing_from_the_seller_keeps_what_they_have_under_any_rate_function():
    # datasets 0 and 1 leave the buyer the same, 3; dataset 2 adds nothing worth paying for
    buyer, rates, free = RoyaltyBuyer({(0,): 4, (1,): 4, (2,): 2}), [F(1, 4), F(1, 4), None], OwnRate(additive)
    for held in ((0,), (1,)):
        assert best_rate([buyer], rates, 2, held=[held]).bundles == (held,)
        assert best_own_rate(free, [buyer], rates, 2, held=[held]).bundles == (held,)
    better = RoyaltyBuyer({(0,): 4, (1,): 5, (2,): 2})
    assert best_own_rate(free, [better], rates, 2, held=[(0,)]).bundles == ((1,),)


def test_a_division_pays_nobody_less_than_the_whole_units_that_are_due():
    # the larger remainder does not take a unit that is due to another
    assert royalty(10, [F(1, 5), F(9, 100)]).paid_minor == (2, 0)
    assert royalty(1, [F(1, 2), F(1, 2)]).paid_minor == (1, 0)
    assert royalty(100, [0.75, 0.5]).paid_minor == (60, 40)
    assert royalty(100, []).kept_minor == 100


def test_who_comes_first_matters():
    buyer = RoyaltyBuyer({(0,): 4, (1,): 5, (0, 1): 6}, F(1, 2))
    first, second = sequential_rates([buyer], [0, 0]), sequential_rates([buyer], [0, 0], order=[1, 0])
    assert first.rates != second.rates
    assert any(again.gain for again in first.again + second.again)


def test_a_seller_with_too_high_a_cost_stays_away():
    arrived = sequential_rates([RoyaltyBuyer({(0,): 4, (1,): 5}, F(1, 2))], [3, 0])
    assert arrived.rates[0] is None
    assert arrived.revenues == (0, F(5, 2))
    assert [again.gain for again in arrived.again] == [0, 0]


def test_who_is_there_before_keeps_the_rate_and_takes_part():
    # seller 0 asks 3/10; the buyer has their dataset until seller 1 comes with a better bundle
    buyer = RoyaltyBuyer({(): 1, (0,): 2, (0, 1): 3})
    told = []
    arrived = sequential_rates([buyer], [0, 0], rates=[F(3, 10), None], watch=lambda *each: told.append(each))
    assert (arrived.order, arrived.before(0)) == ((1,), [F(3, 10), None])
    assert arrived.rates == (F(3, 10), F(7, 10) - F(14, 30))  # where (7/10 - a) 3 is 7/10 of 2
    assert (arrived.bundles, arrived.revenues) == (((0, 1),), (F(9, 10), F(7, 10)))
    assert arrived.again == (Again(F(1, 2), F(1, 10)), Again(F(7, 30), 0))
    assert told == [("arrive", 0, 1), ("arrive", 1, 1)]


def test_who_arrives_finds_the_rates_of_those_who_came_before():
    arrived = sequential_rates([ONE, RoyaltyBuyer({(1,): 2})], [0, 0, 0], order=[2, 0, 1])
    assert [arrived.before(place) for place in range(3)] == [[None] * 3, [None] * 3, [F(3, 4), None, None]]
    assert arrived.entries[0].rate is None


def test_who_lost_a_tie_would_ask_the_same_rate_and_win_it():
    arrived = sequential_rates([RoyaltyBuyer({(0,): 4, (1,): 5})], [2, 0])
    assert (arrived.rates, arrived.revenues) == ((1, 1), (0, 5))
    assert arrived.again == (Again(1, 4), Again(1, 0))


def test_who_lost_the_buyer_for_good_would_rather_have_stayed_away():
    arrived = sequential_rates([RoyaltyBuyer({(0,): 4, (1,): 50}, F(1, 2))], [2, 0])
    assert [entry.revenue for entry in arrived.entries] == [2, 25]
    assert arrived.again == (Again(None, 2), Again(F(1, 2), 0))


def test_where_nobody_arrives_buyers_have_what_is_there():
    buyer = RoyaltyBuyer({(): 1, (0,): 4})
    arrived = sequential_rates([buyer, buyer], [0], rates=[F(1, 2)])
    assert (arrived.order, arrived.entries, arrived.bundles, arrived.revenues) == ((), (), ((0,), (0,)), (4,))
    assert arrived.again == (Again(F(3, 4), 2),)
    assert sequential_rates([buyer], [0], rates=[0.5]).revenues == (2.0,)
