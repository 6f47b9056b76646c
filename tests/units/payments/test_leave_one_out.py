"""What the buyers would lose without a seller, the market decided anew."""

import numpy as np
import pytest

from evenhand import payments
from evenhand.markets import MeanEstimation


def test_the_payment_is_the_fall_of_the_value_when_the_market_is_decided_anew():
    market, costs = MeanEstimation([[1.0, 0.5], [0.0, 1.0]], [[1.0, 0.0], [0.8, 0.6]], [0.1, 0.2]), [0.3, 0.4]
    whole = market.allocate(costs).value
    without = [market.allocate([np.inf, 0.4]).value, market.allocate([0.3, np.inf]).value]
    np.testing.assert_allclose(payments.leave_one_out(market, costs), whole - np.array(without), rtol=1e-12)


def test_it_is_negative_for_a_seller_whose_data_replace_dear_ones():
    # weights (1/3, 1/6) are worth 17/18; without the free seller the buyer takes 2/5, worth 24/25, at a higher cost
    market, costs = MeanEstimation([[1.0]], [[2.0], [1.0]], [0.0, 1.0]), [1.0, 0.0]
    np.testing.assert_allclose(market.allocate(costs).weights, [[1 / 3, 1 / 6]])
    assert payments.leave_one_out(market, costs)[1] == pytest.approx(17 / 18 - 24 / 25)


def test_who_stays_away_is_paid_nothing():
    market = MeanEstimation([[1.0]], [[1.0], [1.0]], [1.0, 1.0])
    assert payments.leave_one_out(market, [1.0, np.inf])[1] == 0.0
