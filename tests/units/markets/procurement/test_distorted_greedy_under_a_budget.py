"""Distorted greedy among the offers within a budget, on cases worked out by hand."""

import numpy as np

from evenhand.markets import Procurement
from evenhand.markets.procurement import distorted_greedy


def summed(worth):
    return lambda chosen: sum(worth[seller] for seller in chosen)


def test_what_is_worth_more_than_it_costs_is_bought():
    assert distorted_greedy.winners([3, 6], summed([5, 5]), 10) == [0]


def test_an_offer_above_the_budget_is_not_looked_at_nor_counted():
    # with 2 offers the first step counts value half, with one in full: the offer of 11 must make no difference
    alone = distorted_greedy.limits([4], summed([9]), 10)
    assert distorted_greedy.limits([4, 11], summed([9, 99]), 10)[0] == alone[0] == (9, False)


def test_nobody_is_paid_more_than_the_budget():
    assert distorted_greedy.limits([1], summed([50]), 10) == [(10, True)]
    assert distorted_greedy.limits([11], summed([50]), 10) == [(10, True)]


def test_at_a_tie_the_earlier_seller_is_bought_at_the_threshold_itself():
    # the same data twice, worth 6: each is bought up to where the other is preferred
    same = lambda chosen: 6 if chosen else 0  # noqa: E731
    assert distorted_greedy.limits([2, 2], same, 10) == [(2, True), (2, False)]


def test_data_not_worth_any_cost_have_no_threshold():
    market = Procurement(value=lambda masks: 4.0 * masks[:, 0], budget=10.0, rule="distorted_greedy")
    assert market.thresholds([1.0, 1.0]).tolist() == [4.0, -np.inf]
    assert market.thresholds([np.inf, 1.0]).tolist() == [4.0, -np.inf]
