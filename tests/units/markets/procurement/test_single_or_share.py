"""Alone or in shares: the choice, where it flips, and what it does to limits."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from evenhand.markets import ExactProcurement
from evenhand.markets.procurement import best_single, proportional_share, single_or_share
from evenhand.markets.procurement.knapsack import fractional_optimum
from evenhand.markets.procurement.limits import Limit
from evenhand.markets.procurement.single_or_share import RHO
from evenhand.mechanisms import MECHANISMS
from evenhand.random_markets import drawn


def alone(costs, worth, budget):
    """The choice with sqrt 2 itself: F - w* < sqrt 2 w*."""
    (best,) = best_single.winners(costs, worth, budget)
    others = fractional_optimum(costs, [0 if seller == best else w for seller, w in enumerate(worth)], budget)
    beyond = others - worth[best]
    return beyond < 0 or beyond**2 < 2 * worth[best] ** 2


def test_rho_is_one_and_the_root_of_two_to_36_decimals():
    assert (RHO - 1) ** 2 < 2 < (RHO - 1 + Fraction(1, 10**36)) ** 2


def test_the_choice_on_whole_numbers_is_that_of_the_root_itself():
    small = ((c, w, 6) for c in product(range(5), repeat=4) for w in product((1, 2, 3), repeat=4) if c == (*sorted(c),))
    for costs, worth, budget in [*small, *drawn(500, seed=21, budgets=(7, 60, 240))]:
        if best_single.winners(costs, worth, budget):
            rule = best_single if alone(costs, worth, budget) else proportional_share
            assert single_or_share.winners(costs, worth, budget) == rule.winners(costs, worth, budget)


def test_a_winner_in_shares_is_paid_no_more_than_the_report_at_which_the_choice_flips():
    costs, worth, budget = [0, 0, 3, 5], [1, 1, 1, 1], 8
    flip = single_or_share.limit(1, costs, worth, budget)
    assert flip == (8 - 3 - 5 * (RHO - 2), True)  # 10 - 5 sqrt 2 = 2.93; the share would end at 3
    assert proportional_share.limit(1, costs, worth, budget) == Limit(3, True)
    nearly = Fraction(1, 10**40)
    assert single_or_share.winners([0, flip.report, 3, 5], worth, budget) == [0, 1]
    assert single_or_share.winners([0, flip.report + nearly, 3, 5], worth, budget) == [0]
    arrays = np.array(costs, float), np.array(worth, float)
    sellers, paid = single_or_share.bought(*arrays, 8.0)
    assert sellers.tolist() == [0, 1]
    np.testing.assert_allclose(paid, [3, 10 - 5 * np.sqrt(2)], rtol=1e-15)


def test_the_best_is_paid_the_budget_alone_and_a_share_where_the_others_are_worth_enough():
    assert single_or_share.limit(0, [9, 4, 4], [2, 1, 1], budget=10) == Limit(10, True)
    assert single_or_share.limit(0, [9, 1, 1, 1, 1, 1], [2, 1, 1, 1, 1, 1], budget=10).report == Fraction(20, 7)


def test_if_the_best_asks_too_much_another_is_the_best():
    assert single_or_share.winners([10, 1, 1], [9, 2, 1], budget=10) == [0]
    assert single_or_share.winners([11, 1, 1], [9, 2, 1], budget=10) == [1]
    assert single_or_share.limit(0, [11, 1, 1], [9, 2, 1], budget=10) == Limit(10, True)


def test_nobody_sells_in_shares_where_all_others_together_are_worth_too_little():
    assert single_or_share.limits([3, 0, 0], [5, 1, 1], budget=10) == [Limit(10, True), None, None]
    assert single_or_share.thresholds(np.array([3.0, 0, 0]), np.array([5.0, 1, 1]), 10.0).tolist() == [10] + 2 * [
        -np.inf
    ]


def test_two_sellers_gain_by_lying_together():
    market = ExactProcurement([1, 1, 1, 1], 20, whole=True)
    run = MECHANISMS["single_or_share"].run
    assert run(market, [14, 9, 15, 8]).cash.tolist() == [20, 0, 0, 0]
    assert run(market, [14, 0, 15, 0]).cash.tolist() == [0, 10, 0, 10]  # above 9 and 8


def test_the_lot_falls_on_the_best_alone_once_in_three():
    mechanism = MECHANISMS["single_or_share_by_lot"]
    market = ExactProcurement([5, 4, 4], 12, whole=True)
    rng = np.random.default_rng(0)
    paid = [tuple(mechanism.run(market, [1, 1, 1], rng).cash) for _ in range(600)]
    assert set(paid) == {(12, 0, 0), (4, 3, 3)}
    assert paid.count((12, 0, 0)) / 600 == pytest.approx(1 / 3, abs=0.06)
