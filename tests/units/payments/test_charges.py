"""Payments split among buyers by hand; the laws of caps and sums are in tests/laws."""

import numpy as np
import pytest

from evenhand import payments
from evenhand.errors import OfferError
from evenhand.markets import MeanEstimation
from evenhand.payments.charges import capped, split


def test_a_payment_is_split_by_what_each_buyer_would_lose():
    market = MeanEstimation([[1.0], [2.0]], [[1.0]], [1.0])  # they take w and 2 w, and would lose 1 : 4
    np.testing.assert_allclose(payments.charges(market, [2.0], [1.0]), [[0.2], [0.8]])


def test_a_buyer_who_gains_by_a_loss_pays_nothing():
    assert split(np.array([[-1.0], [3.0]]), [6.0]).tolist() == [[0.0], [6.0]]


def test_what_nobody_would_miss_is_left_empty_by_equation_9():
    assert split(np.array([[0.0, 1.0], [0.0, 3.0]]), [5.0, 4.0]).tolist() == [[0.0, 1.0], [0.0, 3.0]]


def test_what_nobody_would_miss_is_paid_from_the_value_that_is_left():
    asked = split(np.array([[0.0], [0.0]]), [3.0])
    np.testing.assert_allclose(capped(asked, np.array([2.0, 4.0]), [3.0]), [[1.0], [2.0]])


def test_above_a_buyer_s_value_the_others_pay_the_rest():
    # Both sellers rest on buyer 0 by equation 9, who has 1 to give; the missing 1 comes from buyer 1
    asked = split(np.array([[10.0, 10.0], [0.0, 0.0]]), [1.0, 1.0])
    charge = capped(asked, np.array([1.0, 5.0]), [1.0, 1.0])
    np.testing.assert_allclose(charge, [[0.5, 0.5], [0.5, 0.5]])


def test_payments_beyond_all_value_leave_a_deficit_and_every_buyer_pays_all_of_the_value():
    asked = split(np.array([[1.0, 1.0], [1.0, 3.0]]), [4.0, 4.0])
    charge = capped(asked, np.array([2.0, 3.0]), [4.0, 4.0])
    np.testing.assert_allclose(charge.sum(axis=1), [2.0, 3.0])
    assert charge.sum() < 8.0
    assert (charge.sum(axis=0) <= 4.0).all()


def test_a_buyer_without_value_pays_nothing():
    charge = capped(split(np.array([[1.0], [1.0]]), [2.0]), np.array([-5.0, 10.0]), [2.0])
    assert charge.tolist() == [[0.0], [2.0]]


def test_no_payments_are_no_charges():
    assert capped(np.zeros((2, 3)), np.zeros(2), np.zeros(3)).tolist() == np.zeros((2, 3)).tolist()


def test_a_seller_who_owes_is_charged_to_nobody_s_harm():
    # Leave-one-out may be negative: the seller pays, and the buyers get it
    charge = capped(split(np.array([[1.0, 1.0]]), [3.0, -1.0]), np.array([2.0]), [3.0, -1.0])
    np.testing.assert_allclose(charge, [[3.0, -1.0]])


def test_one_buyer_and_two_like_minded_sellers_cannot_be_balanced():
    """Paid truthfully the sellers get .70 for a value of .40, whoever pays."""
    market = MeanEstimation([[0.2, -0.6]], [[1.0, 0.0], [0.8, 0.6]], [0.0, 0.0])
    paid = payments.threshold(market, [0.01, 0.01])
    sold = market.allocate([0.01, 0.01])
    np.testing.assert_allclose(sold.weights, [[0.952, -0.952]], atol=5e-4)
    assert (round(float(sold.value), 3), round(float(paid.sum()), 3)) == (0.399, 0.701)
    charge = payments.charges(market, [0.01, 0.01], paid)
    assert charge.sum() == pytest.approx(sold.value)


@pytest.mark.parametrize("owed", [[1.0, 2.0], [], [np.nan], [np.inf]], ids=str)
def test_payments_that_are_not_one_finite_number_a_seller_are_refused(owed):
    with pytest.raises(OfferError, match="payments"):
        payments.charges(MeanEstimation([[1.0], [2.0]], [[1.0]], [1.0]), [2.0], owed)
