"""Queries worked out by hand, the examples of the paper, and what is refused."""

from fractions import Fraction
from math import inf, nan

import numpy as np
import pytest

from evenhand import payments
from evenhand.errors import OfferError
from evenhand.market import clearing
from evenhand.markets import ExactRetrieval, Retrieval
from evenhand.payments import RULES
from tests.laws.lies import best_lie, deal_by_rule


def pay(rule, market, costs):
    return RULES[rule](market.clear(costs)).round(12).tolist()


# -- by hand ----------------------------------------------------------------------------------------------------------


def test_the_best_are_bought_and_paid_up_to_the_first_that_is_not():
    market = Retrieval([5.0, 4.0, 3.0, 1.0], k=2)
    cleared = market.clear([1.0, 1.0, 1.0, 0.5])
    assert cleared.allocation.quantity.tolist() == [1, 1, 0, 0]
    assert cleared.allocation.value_by_buyer.tolist() == [9.0]
    assert cleared.allocation.welfare == 7.0
    assert cleared.thresholds.tolist() == [3.0, 2.0, 0.0, -2.0]
    assert cleared.area.tolist() == [2.0, 1.0, 0.0, 0.0]


def test_fewer_than_k_are_bought_where_the_rest_cost_more_than_they_add():
    market = Retrieval([1.0, 0.5, 0.5, -0.25], k=4)
    assert market.allocate([0.5, 0.5, 0.75, 0.0]).quantity.tolist() == [1, 0, 0, 0], "a surplus of 0 is not bought"
    assert market.thresholds([0.5, 0.5, 0.75, 0.0]).tolist() == [1.0, 0.5, 0.5, -0.25]


def test_at_a_tie_the_earlier_document_is_bought_and_both_have_the_same_threshold():
    market = Retrieval([2.0, 2.0, 2.0], k=1)
    assert market.allocate([1.0, 1.0, 1.0]).quantity.tolist() == [1, 0, 0]
    assert market.thresholds([1.0, 1.0, 1.0]).tolist() == [1.0, 1.0, 1.0]


def test_who_asks_more_than_the_highest_price_is_out_before_anyone_is_ranked():
    """Capping the payment alone would buy the first, whose surplus is best, at 0.5 for a cost of 0.8."""
    market = Retrieval([2.0, 0.9], k=1, price_max=0.5)
    assert market.allocate([0.8, 0.2]).quantity.tolist() == [0, 1]
    assert pay("threshold", market, [0.8, 0.2]) == [0.0, 0.5]
    assert pay("threshold", market, [0.5, 0.2]) == [0.5, 0.0]


def test_vcg_under_a_highest_price_rewards_a_lie():
    """Alone, with cost 4/5 under a price of 1/2: by asking 1/2 the owner is paid the whole score."""
    market = ExactRetrieval([2], k=1, price_max=Fraction(1, 2))
    deal = deal_by_rule(RULES["vcg"], market, 0, [Fraction(4, 5)], clearing)
    assert deal(Fraction(4, 5)) == (0, 0)
    assert deal(Fraction(1, 2)) == (1, 2)
    assert best_lie(deal, market.report_max + 1)[0] > 0


def test_one_source_contributes_no_more_than_it_may():
    market = Retrieval([5.0, 4.0, 3.0, 2.0], k=2, sources=["press", "press", "forum", "forum"], source_max=1)
    cleared = market.clear([1.0, 1.0, 1.0, 1.0])
    assert cleared.allocation.quantity.tolist() == [1, 0, 1, 0]
    assert cleared.thresholds.tolist() == [2.0, 0.0, 2.0, 0.0], "each is held against its own source"
    assert cleared.without.welfare.tolist() == [5.0, 6.0, 5.0, 6.0]


def test_a_least_surplus_is_a_reserve():
    market = Retrieval([2.0, 1.0], k=2, surplus_min=0.5)
    assert market.allocate([1.0, 0.75]).quantity.tolist() == [1, 0]
    assert market.thresholds([1.0, 0.75]).tolist() == [1.5, 0.5]


def test_always_buying_buys_the_best_at_a_loss():
    market = Retrieval([1.0, 0.5], k=1).always_buying()
    assert market.allocate([3.0, 4.0]).quantity.tolist() == [1, 0]
    assert market.allocate([3.0, 4.0]).welfare == -2.0
    assert market.thresholds([3.0, 4.0]).tolist() == [4.5, 2.5]
    assert market.thresholds([3.0, inf]).tolist() == [inf, 2.5], "with nobody else there is no highest report"
    assert Retrieval([1.0, 0.5], k=1).exact().always_buying().winners([3, 4]) == [0]


def test_nobody_here_is_a_market_of_nothing():
    cleared = Retrieval([1.0, 2.0], k=1).clear([inf, inf])
    assert cleared.allocation.quantity.tolist() == [0, 0]
    assert cleared.allocation.welfare == 0.0
    assert cleared.thresholds.tolist() == [1.0, 2.0]
    for rule in RULES:
        assert RULES[rule](cleared).tolist() == [0.0, 0.0]


def test_exact_numbers_of_any_size_are_compared_as_they_are():
    market = ExactRetrieval([10**400 + 1, 10**400], 1)
    assert market.winners([0, 0]) == [0]
    assert market.threshold(0, [0, 0]) == 1
    assert market.winners([inf, 0]) == [1]


def test_one_list_of_reports_or_of_scores_serves_all_queries():
    scores, costs = [[1.0, 2.0], [2.0, 1.0], [0.0, 0.0]], [[0.5, 0.5], [1.5, 0.0]]
    assert Retrieval(scores, k=1).allocate([0.5, 0.5]).quantity.tolist() == [[0, 1], [1, 0], [0, 0]]
    many = Retrieval([1.0, 2.0], k=1).clear(costs)
    assert many.allocation.quantity.tolist() == [[0, 1], [0, 1]]
    assert many.allocation.welfare.tolist() == [1.5, 2.0]
    assert many.thresholds.tolist() == [[-0.5, 1.5], [-1.0, 2.0]]


def test_what_queries_pay_is_no_more_than_their_value():
    rng = np.random.default_rng(1)
    market, costs = Retrieval(rng.random((50, 20)), k=3), rng.random(20)
    paid = payments.threshold(market, costs)
    assert paid.shape == (50, 20)
    assert (paid.sum(axis=1) <= market.allocate(costs).value_by_buyer + 1e-12).all()
    np.testing.assert_allclose(payments.charges(market, costs, paid), paid)


# -- the paper's examples [Fan25, appendix D.5] -----------------------------------------------------------------------


def test_example_1_low_costs_make_leave_one_out_cover_the_cost():
    market, costs = Retrieval([0.9, 0.7], k=1), [0.1, 0.05]
    assert market.allocate(costs).quantity.tolist() == [1, 0]
    assert pay("leave_one_out", market, costs) == [0.2, 0.0]
    assert pay("leave_one_out", market, [0.1, 0.0]) == [0.2, 0.0], "the second is not retrieved even at 0"
    assert pay("vcg", market, costs) == pay("threshold", market, costs) == [0.25, 0.0]


def test_example_2_high_costs_make_leave_one_out_fall_below_the_cost():
    market, costs = Retrieval([0.9, 0.7], k=1), [0.3, 0.2]
    assert market.allocate(costs).quantity.tolist() == [1, 0]
    assert pay("leave_one_out", market, costs) == [0.2, 0.0], "below 0.3, so the first stays out by asking more"
    assert pay("leave_one_out", market, [0.9, 0.2]) == [0.0, 0.7], "and then the second sells, unlike the example says"
    assert pay("threshold", market, costs) == [0.4, 0.0]


def test_example_3_two_documents_are_paid_0_3_and_0_2_and_shapley_is_not_leave_one_out():
    market, costs = Retrieval([0.5, 0.4, 0.3], k=2), [0.1, 0.05, 0.1]  # the pairs are worth 0.9, 0.7 and 0.8
    assert market.allocate(costs).quantity.tolist() == [1, 1, 0]
    assert pay("leave_one_out", market, costs) == [0.2, 0.1, 0.0]
    assert pay("vcg", market, costs) == pay("threshold", market, costs) == [0.3, 0.2, 0.0]
    assert pay("shapley", market, costs) == [0.4, 0.3, 0.2]


def test_shapley_pays_a_document_that_is_never_bought_and_more_if_it_asks_less():
    market = Retrieval([1.0, 0.9, 0.5], k=1)
    for report, paid in [(0.6, 0.3), (0.2, 0.366666666667)]:
        assert market.allocate([0.1, report, 0.1]).quantity[1] == 0
        assert pay("shapley", market, [0.1, report, 0.1])[1] == paid


# -- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"scores": [[1.0, nan], [inf, 2.0]]}, ["scores[0][1]: is nan", "scores[1][0]: is inf"]),
        ({"scores": []}, ["scores: have shape (0,)"]),
        ({"scores": [[[1.0]]]}, ["scores: have shape (1, 1, 1)"]),
        ({"k": 0}, ["k: is 0"]),
        ({"k": 1.5}, ["k: is 1.5"]),
        ({"k": True}, ["k: is True"]),
        ({"price_max": -1.0}, ["price_max: is -1.0"]),
        ({"price_max": nan}, ["price_max: is nan"]),
        ({"surplus_min": nan}, ["surplus_min: is nan"]),
        ({"surplus_min": inf}, ["surplus_min: is inf"]),
        ({"sources": ["a", "b"]}, ["source_max: is not given"]),
        ({"source_max": 1}, ["sources: is not given"]),
        ({"sources": ["a"], "source_max": 1}, ["sources: have shape (1,)"]),
        ({"sources": ["a", "b"], "source_max": 0}, ["source_max: is 0"]),
        ({"scores": [nan, 1.0], "k": -2, "price_max": nan}, ["scores[0]", "k: is -2", "price_max: is nan"]),
    ],
)
def test_a_market_that_cannot_be_is_refused_with_all_its_problems(arguments, words):
    with pytest.raises(OfferError) as refused:
        Retrieval(**{"scores": [1.0, 2.0], "k": 1, **arguments})
    assert len(refused.value.problems) == len(words)
    assert all(word in str(refused.value) for word in words)


@pytest.mark.parametrize(
    ("costs", "words"),
    [
        ([1.0], ["costs: have shape (1,)"]),
        ([[1.0, 2.0]], ["costs: have shape (1, 2)"]),
        ([[[1.0, 2.0]]], ["costs: have shape (1, 1, 2)"]),
        (1.0, ["costs: have shape ()"]),
        ([-1.0, nan], ["costs[0]: is -1.0", "costs[1]: is nan"]),
        ([[1.0, 0.0], [nan, 1.0], [1.0, -2.0]], ["costs[1][0]: is nan", "costs[2][1]: is -2.0"]),
    ],
)
def test_reports_that_cannot_be_are_refused_with_all_their_problems(costs, words):
    with pytest.raises(OfferError) as refused:
        Retrieval(np.ones((3, 2)), k=1).clear(costs)
    assert len(refused.value.problems) == len(words)
    assert all(word in str(refused.value) for word in words)


def test_an_exact_market_is_of_one_query():
    with pytest.raises(OfferError, match=r"market\.query"):
        Retrieval(np.ones((3, 2)), k=1).exact()
    assert Retrieval(np.ones((3, 2)), k=1).query(0).exact().winners([0, 1]) == [0]
    with pytest.raises(OfferError, match="k: is 0"):
        ExactRetrieval([1], 0)


def test_a_document_that_is_bought_at_any_report_has_no_threshold_payment():
    market = Retrieval([0.5, 0.25], k=1, surplus_min=-np.inf)
    for own in (market, market.exact()):
        with pytest.raises(OfferError, match=r"costs\[1\]: could be any number"):
            payments.threshold(own, [np.inf, 0.125])
