"""The rooms of the royalty model, one by one: what is refused, who wins a tie, what exact numbers stay."""

from fractions import Fraction as F

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.markets.royalties import (
    Again,
    OwnRate,
    RoyaltyBuyer,
    best_own_royalty,
    best_royalty,
    royalty,
    royalty_revenue,
    sequential_rates,
    tabulated,
)
from evenhand.markets.royalties.envelope import pieces

ONE = RoyaltyBuyer({(): 1, (0,): 4})


def refused(work, *words):
    with pytest.raises(OfferError) as caught:
        work()
    for word in words:
        assert word in str(caught.value), str(caught.value)
    return caught.value.problems


def test_every_mistake_of_a_buyer_is_named():
    problems = refused(
        lambda: RoyaltyBuyer({(): -1, (1, 0): 3, (2,): float("nan"), "ab": "much"}, rate_max=1.5),
        "utility[()]: is -1; what a buyer has without data is 0 or more",
        "utility[(1, 0)]: is (1, 0), no bundle",
        "utility[(2,)]: is nan",
        "utility['ab']: is 'much'",
        "rate_max: is 1.5",
    )
    assert len(problems) == 6


@pytest.mark.parametrize(
    ("work", "word"),
    [
        (lambda: best_royalty([ONE], [1.2, None], 1), "rates[0]: is 1.2"),
        (lambda: best_royalty([ONE], [None], 1), "seller: is 1; there are 1 rates"),
        (lambda: best_royalty([ONE], [None], 0, cost=-1), "cost: is -1"),
        (lambda: best_royalty([ONE], [None], 0, cost=float("nan")), "cost: is nan"),
        (lambda: royalty_revenue([ONE], [None], 0, rate=-0.1), "rate: is -0.1"),
        (lambda: royalty(-1, [0.5]), "revenue_minor: is -1"),
        (lambda: royalty(1.5, [0.5]), "revenue_minor: is 1.5"),
        (lambda: royalty(1, [0.5, 2]), "rates[1]: is 2"),
        (lambda: sequential_rates([ONE], [float("inf")]), "costs[0]: is inf"),
        (lambda: sequential_rates([ONE], [0], order=[1]), "order: is [1]; it names each of those who arrive once: [0]"),
        (lambda: tabulated(len, 21), "sellers: are 21"),
        (
            lambda: best_own_royalty(OwnRate(lambda x, r: 2.0), [ONE], [None], 0),
            "is 2.0; a rate is an int, a Fraction or a float, 0 to 1",
        ),
        (lambda: best_own_royalty(OwnRate(lambda x, r: 1 - r[0]), [ONE], [None], 0), "total of (0,): falls from 1.0"),
        (
            lambda: best_own_royalty(OwnRate(lambda x, r: r[0] / 2, lambda x, r, j: r[0]), [ONE], [None], 0),
            "is 1.0 of a total of 0.5",
        ),
    ],
)
def test_is_refused(work, word):
    refused(work, word)


def test_exact_numbers_stay_exact_and_one_float_makes_floats():
    assert best_royalty([ONE], [None], 0).rate == F(3, 4)
    assert isinstance(best_royalty([ONE], [None], 0).rate, F)
    assert isinstance(best_royalty([RoyaltyBuyer({(): 1.0, (0,): 4})], [None], 0).rate, float)
    assert isinstance(best_royalty([ONE], [None, 0.25], 0).rate, float)
    numpys = RoyaltyBuyer({(): np.int64(1), (0,): np.int64(4)})
    assert isinstance(best_royalty([numpys], [None], 0).rate, F)


def test_the_lowest_of_equally_good_rates_is_asked():
    # at 1/4 both take it, 2 each; at 1/2 one does
    buyers = [RoyaltyBuyer({(0,): 8}, F(1, 4)), RoyaltyBuyer({(0,): 8}, F(1, 2))]
    best = best_royalty(buyers, [None], 0)
    assert (best.rate, best.revenue, best.bundles) == (F(1, 4), 4, ((0,), (0,)))


def test_one_good_buyer_is_worth_more_than_two():
    buyers = [RoyaltyBuyer({(0,): 8}, F(1, 10)), RoyaltyBuyer({(0,): 8}, F(1, 2))]
    best = best_royalty(buyers, [None], 0)
    assert (best.rate, best.revenue, best.bundles) == (F(1, 2), 4, ((), (0,)))


def test_a_seller_whom_nobody_takes_stays_away():
    best = best_royalty([RoyaltyBuyer({(): 5, (0,): 4})], [None], 0)
    assert (best.rate, best.revenue, best.bundles) == (None, 0, ((),))


def test_a_dataset_that_adds_nothing_is_taken_for_nothing():
    best = best_royalty([RoyaltyBuyer({(): 4, (0,): 4})], [None], 0)
    assert (best.rate, best.revenue, best.bundles) == (0, 0, ((0,),))


def test_bundles_with_absent_sellers_are_not_for_sale():
    buyer = RoyaltyBuyer({(0,): 2, (0, 1): 100, (0, 5): 100})
    assert best_royalty([buyer], [None, None], 0).bundles == ((0,),)


def test_rates_that_promise_more_than_there_is_are_not_taken():
    buyer = RoyaltyBuyer({(0, 1): 100})
    best = best_royalty([buyer], [F(3, 4), None], 1)
    assert (best.rate, best.revenue) == (F(1, 4), 25)


def test_a_bundle_that_dies_uncovers_the_one_below():
    found = pieces(kept=[1, F(7, 10)], worth=[10, 20], outside=0, rate_max=F(1, 2))
    assert [(piece.line, piece.until) for piece in found] == [(1, F(1, 5)), (0, F(1, 2))]


def test_nothing_for_sale_gives_no_pieces():
    assert pieces([], []) == []
    assert best_royalty([], [None], 0).rate is None


def test_a_staircase_can_have_as_many_steps_as_there_are_bundles():
    # tangents of a parabola: each is on top somewhere
    slopes = range(1, 60)
    found = pieces([F(1) - F(u, 200) for u in slopes], list(slopes))
    assert [piece.line for piece in found] == list(range(58, -1, -1))


def test_a_jump_of_your_own_rate_function_is_told_and_not_hidden():
    # half of the value from 1/3 on: the buyer, who would pay no more than a tenth, leaves there, and 1/3 is not reached
    jumps = OwnRate(lambda bundle, rates: 0.5 if rates[0] >= 1 / 3 else rates[0] / 10)
    best = best_own_royalty(jumps, [RoyaltyBuyer({(0,): 30}, F(1, 10))], [None], 0)
    assert best.revenue == pytest.approx(1.0)
    assert best.rate < 1 / 3
    assert best.short > 1e-6


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
