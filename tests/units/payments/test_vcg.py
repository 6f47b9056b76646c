"""What a seller adds to all others, and the bound that needs no other market."""

import numpy as np
import pytest

from evenhand import payments
from evenhand.markets import MeanEstimation, Procurement, Retrieval


def test_the_payment_is_what_all_others_have_less_without_the_seller():
    rng = np.random.default_rng(1)
    market = MeanEstimation(rng.normal(size=(2, 3)), rng.normal(size=(3, 3)), rng.uniform(0.1, 1, 3))
    costs = np.array([0.5, 1.0, 1.5])
    whole = market.allocate(costs)
    for seller in range(3):
        gone = market.allocate(np.where(np.arange(3) == seller, np.inf, costs))
        others = whole.welfare + costs[seller] * whole.quantity[seller]
        assert payments.vcg(market, costs)[seller] == pytest.approx(others - gone.welfare, rel=1e-10)


def test_a_seller_alone_is_paid_all_of_the_value():
    market = MeanEstimation([[2.0]], [[3.0]], [1.0])
    np.testing.assert_allclose(payments.vcg(market, [2.0]), [3.5])
    np.testing.assert_allclose(payments.vcg_upper_bound(market, [2.0]), [3.5])


def test_on_a_market_that_maximises_no_welfare_it_differs_from_the_threshold():
    market, costs = Procurement([1.0, 1.0, 1.0], 10.0), [3.0, 4.0, 9.0]
    assert payments.vcg(market, costs)[0] != pytest.approx(payments.threshold(market, costs)[0])


def test_the_bound_is_what_the_buyers_lose_if_the_data_vanish_and_nothing_else_changes():
    market = MeanEstimation([[1.0, 0.5], [0.2, 1.0]], [[1.0, 0.0], [0.8, 0.6]], [0.1, 0.2])
    costs = [0.3, 0.4]
    weights = market.allocate(costs).weights
    for seller in range(2):
        zeroed = weights.copy()
        zeroed[:, seller] = 0
        lost = (market.value(weights) - market.value(zeroed)).sum()
        assert payments.vcg_upper_bound(market, costs)[seller] == pytest.approx(lost)
        assert payments.vcg(market, costs)[seller] <= lost


def test_who_stays_away_is_paid_nothing():
    market = MeanEstimation([[2.0]], [[3.0], [1.0]], [1.0, 1.0])
    assert payments.vcg(market, [2.0, np.inf])[1] == 0.0
    assert payments.vcg_upper_bound(market, [2.0, np.inf])[1] == 0.0


def test_the_bound_of_many_queries_has_a_row_a_query():
    many = Retrieval([[1.0, 0.5], [0.5, 1.0]], k=1)
    assert payments.vcg_upper_bound(many, [0.1, 0.1]).tolist() == [[1.0, 0.0], [0.0, 1.0]]
