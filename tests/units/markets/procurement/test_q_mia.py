"""The published auction and its two mendings on cases worked out by hand; `tests/laws` has the rest."""

from fractions import Fraction

import numpy as np
import pytest

from evenhand.markets import ExactProcurement, Procurement
from evenhand.markets.procurement import RULES, q_mia, q_mia_affordable, q_mia_skip
from evenhand.mechanisms import MECHANISMS, procure

THREE = [q_mia, q_mia_affordable, q_mia_skip]


def whole(rule, costs, worth, budget):
    return [limit.whole if limit else None for limit in rule.limits(costs, worth, budget)]


@pytest.mark.parametrize("rule", THREE)
def test_two_sellers_who_ask_one_could_each_have_asked_all_but_one(rule):
    assert whole(rule, [1, 1], [1, 1], 100) == [99, 99]
    assert rule.bought(np.ones(2), np.ones(2), 100.0)[1].tolist() == [99.0, 99.0]


def test_ten_sellers_are_paid_nine_budgets():
    assert procure([1.0] * 10, [1.0] * 10, budget=100.0, rule="q_mia").cash.sum() == 910.0


def test_an_offer_above_the_budget_blocks_the_rest_unless_it_is_left_out():
    costs, worth, budget = [101, 50], [1000, 100], 100
    assert [rule.winners(costs, worth, budget) for rule in THREE] == [[], [1], [1]]
    # behind the first the second can stand with no report; ahead of it with up to 10.1
    assert q_mia.limit(1, costs, worth, budget) == (Fraction(101, 10), False)
    assert [whole(rule, costs, worth, budget) for rule in THREE] == [[100, 10], [100, 100], [100, 100]]
    assert [rule.limit(1, costs, worth, budget).whole for rule in THREE] == [10, 100, 100]
    floats = [rule.bought(np.array([101.0, 50.0]), np.array([1000.0, 100.0]), 100.0)[1].tolist() for rule in THREE]
    assert floats == [[], [100.0], [100.0]]


def test_an_offer_that_does_not_fit_ends_it_or_is_passed_over():
    # in the order of cost per worth, of a budget of 10: 4, then 7 that does not fit, then 6 that would
    costs, worth = [4, 7, 6], [4, 6, 4]
    assert [rule.winners(costs, worth, 10) for rule in THREE] == [[0], [0], [0, 2]]
    # seller 1 stands behind seller 0 with 6 left; seller 2 too, but only while ahead of seller 1: below 4 * 7/6
    assert whole(q_mia, costs, worth, 10) == [4, 6, 4]
    # skipping, seller 0 may pass seller 1 who then fits, but behind both is room for 3 only: up to 4 * 7/6
    assert whole(q_mia_skip, costs, worth, 10) == [4, 6, 6]


@pytest.mark.parametrize("rule", THREE)
def test_a_tie_goes_to_the_earlier_seller(rule):
    assert rule.winners([6, 6], [1, 1], 10) == [0]
    assert rule.limits([6, 6], [1, 1], 10) == [(6, True), (6, False)]
    assert whole(rule, [6, 6], [1, 1], 10) == [6, 5]


@pytest.mark.parametrize("rule", THREE)
def test_free_data_is_always_bought_and_could_ask_what_is_left(rule):
    assert rule.winners([0, 5, 0], [1, 1, 1], 5) == [0, 2, 1]
    assert whole(rule, [0, 5, 0], [1, 1, 1], 5) == [5, 5, 4]
    assert whole(rule, [0, 0], [1, 1], 1) == [1, 1]


@pytest.mark.parametrize("rule", THREE)
def test_a_dataset_without_worth_can_ask_nothing_and_blocks_nobody(rule):
    assert rule.winners([0, 200, 1], [0, 0, 1], 10) == [2]
    assert whole(rule, [0, 200, 1], [0, 0, 1], 10) == [None, None, 10]
    assert rule.thresholds(np.array([0.0, 1.0]), np.array([0.0, 1.0]), 10.0).tolist() == [-np.inf, 10.0]
    assert rule.bought(np.array([0.0]), np.array([0.0]), 10.0)[0].tolist() == []


@pytest.mark.parametrize("name", ["q_mia", "q_mia_affordable", "q_mia_skip"])
def test_who_stays_away_blocks_nobody(name):
    market = Procurement([1000.0, 100.0], 100.0, name)
    assert market.allocate([np.inf, 50.0]).quantity.tolist() == [0, 1]
    assert market.thresholds([np.inf, 50.0]).tolist() == [100.0, 100.0]
    assert market.exact().allocate([np.inf, 50]).quantity.tolist() == [0, 1]


@pytest.mark.parametrize("rule", THREE)
def test_nobody_at_all_and_nobody_affordable(rule):
    assert rule.winners([], [], 10) == []
    assert rule.limits([], [], 10) == []
    costs, worth = np.array([20.0, 30.0]), np.ones(2)
    assert rule.bought(costs, worth, 10.0)[0].tolist() == []
    assert rule.thresholds(costs, worth, 10.0).tolist() == [10.0, 10.0]


def test_all_three_agree_where_everything_fits():
    rng = np.random.default_rng(0)
    costs, worth = rng.integers(1, 9, 8).tolist(), rng.integers(1, 9, 8).tolist()
    budget = sum(costs)
    assert len({tuple(rule.winners(costs, worth, budget)) for rule in THREE}) == 1
    assert len({tuple(rule.limits(costs, worth, budget)) for rule in THREE}) == 1


def test_the_published_payment_is_nothing_and_stays_exact():
    published = MECHANISMS["q_mia_as_published"]
    floats = published.run(Procurement([1.0], 10.0), [3.0])
    assert floats.quantity.tolist() == [1]
    assert floats.cash.tolist() == [0.0]
    assert floats.cash.dtype == np.float64
    exact = published.run(ExactProcurement([1], 10, whole=True), [3])
    assert exact.cash.tolist() == [0]
    assert isinstance(exact.cash[0], int)


def test_what_a_seller_could_ask_never_falls_below_what_they_ask():
    rng = np.random.default_rng(1)
    for _ in range(200):
        costs, worth = rng.pareto(0.8, 40), rng.pareto(0.8, 40) + 1e-9
        for rule in THREE:
            winners, highest = rule.bought(costs, worth, 20.0)
            assert (highest >= costs[winners]).all()


@pytest.mark.parametrize("tail", [0.5, 0.8, 1.2])
def test_giants_that_are_held_up_far_from_the_end_are_held_up_where_the_plain_rule_says(tail):
    rng = np.random.default_rng(int(10 * tail))
    for size in (200, 900, 5_000):  # few winners, more than are looked at first, and more than are sorted at once
        costs, worth = (np.ceil(100 * rng.pareto(tail, size)) + 1 for _ in range(2))
        budget = float(np.ceil(costs.sum() / 4))
        plain = q_mia.limits(costs.astype(int).tolist(), worth.astype(int).tolist(), int(budget))
        expected = [float(limit.report) for limit in plain]
        np.testing.assert_allclose(q_mia.thresholds(costs, worth, budget), expected, rtol=1e-12)
        winners, paid = q_mia.bought(costs, worth, budget)
        np.testing.assert_allclose(paid, np.array(expected)[winners], rtol=1e-12)


def test_the_rules_stand_in_the_table():
    for name, rule in zip(["q_mia", "q_mia_affordable", "q_mia_skip"], THREE, strict=True):
        assert RULES[name].limit is rule.limit
