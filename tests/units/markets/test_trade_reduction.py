"""Trade reduction on cases worked out by hand; `tests/laws` has the rest."""

from fractions import Fraction

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.markets.trade_reduction import trade_reduction


def terms(bids, asks):
    trades = trade_reduction(bids, asks)
    return trades.buyers, trades.sellers, trades.charge, trades.payment


def test_all_efficient_pairs_trade_where_the_pair_behind_them_gives_a_price():
    # 30 > 10 and 25 > 12, but 15 < 20; half of 15 + 20 lies between 12 and 25
    trades = trade_reduction([15, 30, 25], [12, 20, 10])
    assert (trades.buyers, trades.sellers) == ((1, 2), (2, 0))
    assert trades.charge == trades.payment == Fraction(35, 2)
    assert (trades.count, trades.efficient_count, trades.surplus) == (2, 2, 0)
    assert trades.welfare == trades.efficient_welfare == 33


def test_last_efficient_pair_gives_the_prices_where_the_pair_behind_does_not():
    # half of 9 + 30 is above 18, the second bid
    trades = trade_reduction([20, 18, 9], [5, 11, 30])
    assert (trades.buyers, trades.sellers, trades.charge, trades.payment) == ((0,), (0,), 18, 11)
    assert (trades.count, trades.efficient_count, trades.surplus) == (1, 2, 7)
    assert (trades.welfare, trades.efficient_welfare) == (15, 22)


def test_price_at_either_end_of_the_last_pair_keeps_it():
    assert terms([9, 6, 2], [1, 3, 4]) == ((0, 1), (0, 1), 3, 3)
    assert terms([9, 6, 5], [1, 3, 7]) == ((0, 1), (0, 1), 6, 6)


def test_bids_of_0_stand_behind_the_last_buyer_and_no_ask_behind_the_last_seller():
    assert terms([9, 8], [1, 2, 6]) == ((0, 1), (0, 1), 3, 3)
    assert terms([9, 8], [1, 2, 3]) == ((0,), (0,), 8, 2)
    assert terms([9, 8, 7], [1, 2]) == ((0,), (0,), 8, 2)


def test_one_buyer_and_one_seller_never_trade():
    trades = trade_reduction([100], [1])
    assert (trades.count, trades.efficient_count, trades.welfare, trades.efficient_welfare) == (0, 1, 0, 99)
    assert (trades.charge, trades.payment, trades.surplus) == (0, 0, 0)


def test_equal_reports_go_to_the_earlier_and_a_trade_without_gain_is_none():
    assert terms([5, 5, 5], [1, 1, 3]) == ((0, 1), (0, 1), 5, 3)
    assert terms([5, 4], [5, 4]) == ((0,), (1,), Fraction(9, 2), Fraction(9, 2))
    assert trade_reduction([4], [4]).efficient_count == 0


def test_who_stays_away_changes_nothing():
    assert trade_reduction([9, 0, 7], [np.inf, 2, 8]).buyers == (0,)
    assert terms([9, 7, 0], [2, 8, np.inf]) == terms([9, 7], [2, 8])
    for bids, asks in (([], []), ([3], []), ([], [3])):
        assert trade_reduction(bids, asks).count == trade_reduction(bids, asks).efficient_count == 0


def test_exact_numbers_stay_exact_and_arrays_are_lists():
    exact = trade_reduction([Fraction(9, 2), Fraction(10, 3)], [Fraction(1, 7), Fraction(11, 3)])
    assert (exact.count, exact.charge, exact.welfare) == (1, Fraction(7, 2), Fraction(61, 14))
    floats = trade_reduction(np.array([4.5, 3.25]), np.array([0.125, 3.75]))
    assert (floats.buyers, floats.charge, type(floats.charge)) == ((0,), 3.5, float)
    assert trade_reduction(np.array([7, 6]), np.array([1, 6])).charge == 6


def test_reports_of_any_size_are_served():
    huge = trade_reduction([1.7e308, 1.7e308, 1.6e308], [0.0, 1.0, 1.7e308])
    assert (huge.count, huge.charge) == (2, pytest.approx(1.65e308))
    assert trade_reduction([10**400, 1], [0, 1]).charge == 1
    assert trade_reduction([10**400, 10**400], [0]).count == 0
    assert trade_reduction([5e-324, 0.0], [0.0, 5e-324]).efficient_count == 1


@pytest.mark.parametrize(
    ("bids", "asks", "message"),
    [
        ([1, -2], [1], r"bids\[1\]: is -2; a bid is a finite number, 0 or more. Use 0 for a buyer who stays away"),
        ([np.inf], [1], r"bids\[0\]: is inf"),
        ([np.nan], [1], r"bids\[0\]: is nan"),
        ([1], [0, np.nan], r"asks\[1\]: is nan; an ask is 0 or more. Use inf for a seller who stays away"),
        ([1], [-1], r"asks\[0\]: is -1"),
        ([-1], [-1], r"(?s)bids\[0\].*asks\[0\]"),
        ([[1, 2]], [1], r"bids: has shape \(1, 2\); there is one number each"),
        (1, 2, r"(?s)bids: has shape \(\).*asks: has shape \(\)"),
    ],
)
def test_reports_out_of_bounds_are_refused(bids, asks, message):
    with pytest.raises(OfferError, match=message):
        trade_reduction(bids, asks)
