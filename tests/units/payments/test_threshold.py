"""The most a seller could have asked, in closed form, by quadrature, and cut off."""

from fractions import Fraction

import numpy as np
import pytest

from evenhand import payments
from evenhand.markets import ExactProcurement, MeanEstimation, Procurement


def test_parts_are_paid_their_cost_and_the_area_under_the_curve():
    # F = 1/4 at a report of 2, and f(u) = 36 / (u + 10)^2: 2/4 + 36/12
    market = MeanEstimation([[2.0]], [[3.0]], [1.0])
    np.testing.assert_allclose(payments.threshold(market, [2.0]), [3.5])
    by_quadrature, error = payments.threshold_by_quadrature(market, [2.0])
    assert abs(by_quadrature[0] - 3.5) <= error[0] < 1e-10


@pytest.mark.parametrize("until", [20.0, 100.0])
def test_an_integral_that_is_cut_pays_too_little_by_what_lies_beyond(until):
    market = MeanEstimation([[2.0]], [[3.0]], [1.0])
    cut, _ = payments.threshold_by_quadrature(market, [2.0], until=until)
    np.testing.assert_allclose(3.5 - cut, [36 / (until + 10)], rtol=1e-9)


def test_whole_datasets_are_paid_the_supremum_of_winning_reports():
    assert payments.threshold(Procurement([1.0, 1.0, 1.0], 10.0), [3.0, 4.0, 9.0]).tolist() == [5.0, 5.0, 0.0]


def test_exact_markets_are_paid_exact_numbers():
    paid = payments.threshold(ExactProcurement([2, 1], 10), [Fraction(3), Fraction(3)])
    assert paid.tolist() == [Fraction(20, 3), Fraction(10, 3)]


def test_who_stays_away_is_paid_nothing():
    market = MeanEstimation([[2.0]], [[3.0], [1.0]], [1.0, 1.0])
    assert payments.threshold(market, [2.0, np.inf])[1] == 0.0
    by_quadrature, error = payments.threshold_by_quadrature(market, [2.0, np.inf])
    assert (by_quadrature[1], error[1]) == (0.0, 0.0)


def test_myerson_is_another_name_of_it():
    assert payments.myerson is payments.threshold


def test_no_lie_gains_on_a_grid():
    rng = np.random.default_rng(6)
    market = MeanEstimation(rng.normal(size=(2, 3)), rng.normal(size=(4, 3)), rng.uniform(0.1, 1, 4))
    true = rng.uniform(0.2, 2.0, 4)
    for seller in range(4):
        utility = []
        for report in [true[seller], *np.geomspace(1e-3, 1e3, 60)]:
            reports = true.copy()
            reports[seller] = report
            sold = market.allocate(reports).quantity[seller]
            utility.append(payments.threshold(market, reports)[seller] - true[seller] * sold)
        assert utility[0] >= max(utility) - 1e-12
