"""A supply shared out by scores within floors and caps: by hand, exactly, and refused where it cannot be."""

from fractions import Fraction

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.numerics.water_filling import bounded_shares, round_tokens


@pytest.mark.parametrize(
    ("scores", "low", "high", "total", "shares"),
    [
        ([6, 3, 1], 0, 10, 10, [6, 3, 1]),  # in proportion
        ([6, 3, 1], 2, 10, 10, [Fraction(16, 3), Fraction(8, 3), 2]),  # a floor takes from the others
        ([6, 3, 1], 0, 4, 10, [4, 4, 2]),  # a cap gives to the others, who may meet it too
        ([6, 3, 1], 2, 4, 10, [4, 4, 2]),
        ([1, 0, 1], [0, 3, 0], 10, 10, [Fraction(7, 2), 3, Fraction(7, 2)]),  # no score: the floor, and no more
        ([1, 1], [0, 5], [2, 6], 7, [2, 5]),  # between a cap and a floor nobody moves
        ([0, 0], [1, 2], 9, 3, [1, 2]),
        ([5], 0, np.inf, 7, [7]),
        ([], 0, 1, 0, []),
        ([10**400, 1], 0, 3, 4, [3, 1]),
    ],
)
def test_everyone_gets_the_level_times_the_score_within_floor_and_cap(scores, low, high, total, shares):
    assert bounded_shares(scores, low, high, total).tolist() == shares


def test_exact_numbers_are_shared_out_exactly_and_floats_as_floats():
    thirds = bounded_shares([1, 1, 1], 0, np.inf, 1)
    assert thirds.tolist() == [Fraction(1, 3)] * 3
    assert bounded_shares([1.0, 1.0, 1.0], 0, np.inf, 1).dtype == np.float64
    assert bounded_shares([1, 1, 1], 0, np.inf, 1.0).dtype == np.float64


def test_scores_too_far_apart_for_floats_are_shared_out_all_the_same():
    assert bounded_shares([5e-324, 1.0], 0.0, [10.0, 1.0], 5.0).tolist() == [4.0, 1.0]


def test_caps_that_sum_to_the_total_but_for_rounding_are_enough():
    high = [0.1] * 10
    assert sum(high) < 1.0
    assert bounded_shares([1.0] * 10, 0.0, high, 1.0).tolist() == high


@pytest.mark.parametrize(
    ("low", "high", "total", "told"),
    [
        (4, 9, 10, "total: is 10; 3 floors sum to 12"),
        (0, 3, 10, "total: is 10; caps, and floors where there is no score, sum to 6"),
        (1, [3, 3, np.inf], 10, "sum to 7"),  # the last has no score, so their cap is no room
    ],
)
def test_floors_and_caps_that_leave_no_way_are_refused_with_the_numbers(low, high, total, told):
    with pytest.raises(OfferError, match=told):
        bounded_shares([1, 2, 0], low, high, total)


def test_all_that_is_out_of_bounds_is_named_at_once():
    with pytest.raises(OfferError) as refused:
        bounded_shares([1.0, -2.0, np.nan], [0, 0, -1], [np.nan, 5, 5], np.inf)
    assert [problem.where for problem in refused.value.problems] == [
        "scores[1]",
        "scores[2]",
        "low[2]",
        "high[0]",
        "total",
    ]


@pytest.mark.parametrize("low", [[0, 0], [0, 0, 0, 0]])
def test_floors_that_are_not_one_a_score_are_refused(low):
    with pytest.raises(OfferError, match=r"low: has shape \(.,\); scores have \(3,\)"):
        bounded_shares([1, 2, 0], low, 9, 3)
    with pytest.raises(OfferError, match="scores: have shape"):
        bounded_shares([[1, 2, 0]], 0, 9, 3)


def test_tokens_go_to_the_largest_remainders_and_at_a_tie_to_the_first():
    assert round_tokens([2.5, 2.25, 5.25], 0, np.inf, 10).tolist() == [3, 2, 5]
    assert round_tokens([Fraction(10, 3)] * 3, 0, 4, 10).tolist() == [4, 3, 3]


def test_tokens_sum_to_the_total_although_the_shares_do_not():
    assert round_tokens([1.5, 1.5], 0, [2, 9], 7).tolist() == [2, 5]  # what is missing goes where there is room
    assert round_tokens([3.5, 2.5], [0, 2], 9, 3).tolist() == [1, 2]  # what is too much comes from above the floors


def test_tokens_of_a_supply_beyond_64_bits_are_exact():
    total = 10**30 + 1
    assert sum(round_tokens(bounded_shares([1, 1], 0, np.inf, total), 0, np.inf, total).tolist()) == total


@pytest.mark.parametrize(
    ("low", "high", "total", "where"), [(0.5, 9, 6, "low"), (0, 2.5, 6, "high"), (0, 9, 6.5, "total")]
)
def test_tokens_with_broken_bounds_are_refused(low, high, total, where):
    with pytest.raises(OfferError, match=f"{where}: is .*tokens are whole"):
        round_tokens([3.0, 3.0], low, high, total)
    with pytest.raises(OfferError, match="sum to 4"):
        round_tokens([3.0, 3.0], 0, 2, 6)
