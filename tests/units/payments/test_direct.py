"""Reimbursement of the reported cost."""

from fractions import Fraction

import numpy as np

from evenhand import payments
from evenhand.markets import ExactProcurement, MeanEstimation, Procurement


def test_each_is_paid_the_reported_cost_of_what_is_sold():
    market = MeanEstimation([[2.0]], [[3.0]], [1.0])  # sells 1/4 at a report of 2
    np.testing.assert_allclose(payments.direct(market, [2.0]), [0.5])


def test_who_sells_nothing_or_stays_away_is_paid_nothing():
    assert payments.direct(Procurement([1.0, 1.0, 1.0], 10.0), [3.0, 9.0, np.inf]).tolist() == [3.0, 0.0, 0.0]


def test_exact_reports_are_paid_exactly():
    paid = payments.direct(ExactProcurement([1, 1], 10), [Fraction(10, 3), 9])
    assert paid.tolist() == [Fraction(10, 3), 0]
