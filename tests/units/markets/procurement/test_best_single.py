"""The one best dataset: who is bought, and what for."""

import numpy as np
import pytest

from evenhand.markets.procurement import best_single
from evenhand.markets.procurement.limits import Limit
from evenhand.mechanisms import procure


def test_the_largest_affordable_worth_is_bought_for_the_budget():
    outcome = procure([3.0, 10.0, 11.0], [1.0, 2.0, 9.0], budget=10.0, rule="best_single")
    assert outcome.cash.tolist() == [0, 10, 0]


def test_of_equals_the_first_is_bought_whatever_they_ask():
    assert best_single.winners([9, 1], [2, 2], budget=10) == [0]
    assert best_single.limits([9, 1], [2, 2], budget=10) == [Limit(10, True), None]
    assert best_single.thresholds(np.array([9.0, 1.0]), np.array([2.0, 2.0]), 10.0).tolist() == [10, -np.inf]


def test_who_asks_too_much_would_be_bought_if_affordable_and_best():
    assert best_single.limits([11, 3, 3], [9, 2, 1], budget=10) == [Limit(10, True), Limit(10, True), None]


@pytest.mark.parametrize(("costs", "worth"), [([], []), ([11, 12], [1, 2]), ([1, 2], [0, 0])], ids=str)
def test_nobody_is_bought_where_nobody_is_affordable_or_of_worth(costs, worth):
    assert best_single.winners(costs, worth, budget=10) == []
    sellers, paid = best_single.bought(np.array(costs, float), np.array(worth, float), 10.0)
    assert (sellers.size, paid.size) == (0, 0)
    wanted = [10 if w else -np.inf for w in worth]
    assert best_single.thresholds(np.array(costs, float), np.array(worth, float), 10.0).tolist() == wanted
