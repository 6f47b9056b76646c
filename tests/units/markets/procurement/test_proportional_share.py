"""Proportional share on cases worked out by hand; `tests/laws` has the rest."""

from fractions import Fraction

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.markets import ExactProcurement, Procurement
from evenhand.markets.procurement import proportional_share as rule


def whole(costs, worth, budget):
    return [limit.whole if limit else None for limit in rule.limits(costs, worth, budget)]


def test_the_longest_prefix_whose_shares_cover_the_costs_is_bought():
    # in the order of cost per worth: 0 (1), 2 (2), 1 (4); shares of 12: 12, then 6 and 6, then 4, 4 and 4
    assert rule.winners([1, 4, 2], [1, 1, 1], 12) == [0, 2, 1]
    assert rule.winners([1, 5, 2], [1, 1, 1], 12) == [0, 2]


def test_an_offer_beyond_the_budget_blocks_nobody():
    assert rule.winners([101, 50], [1000, 100], 100) == [1]


def test_a_tie_goes_to_the_earlier_seller():
    assert rule.winners([6, 6], [1, 1], 10) == [0]
    assert whole([6, 6], [1, 1], 10) == [6, 5]


def test_the_threshold_is_the_smaller_of_the_share_and_the_place_of_the_first_loser():
    # seller 0 alone has all 10 to gain, but at a cost per worth above 7 seller 1 stands first and takes 5 of it
    assert rule.limit(0, [Fraction(1), Fraction(7)], [Fraction(1), Fraction(1)], Fraction(10)) == (7, True)
    assert rule.limit(0, [Fraction(1), Fraction(4)], [Fraction(1), Fraction(1)], Fraction(10)) == (5, True)


def test_a_dataset_without_worth_can_ask_nothing():
    assert whole([0, 1], [0, 1], 10) == [None, 10]
    assert rule.thresholds(np.array([0.0, 1.0]), np.array([0.0, 1.0]), 10.0).tolist() == [-np.inf, 10.0]


def test_free_data_that_loses_the_tie_cannot_win_with_any_report():
    # both are free and seller 0 leaves nothing to seller 1 but reports of 0, at which seller 1 stands behind and wins
    assert whole([0, 0], [1, 1], 1) == [0, 0]


@pytest.mark.parametrize(
    ("worth", "budget", "name", "message"),
    [
        ([1.0, -2.0], 1.0, "proportional_share", r"worth\[1\]: is -2.0; a worth is a finite number, 0 or more"),
        ([np.nan], 1.0, "proportional_share", r"worth\[0\]: is nan"),
        ([], 1.0, "proportional_share", r"has shape \(0,\)"),
        ([1.0], 0.0, "proportional_share", "budget: is 0.0; a budget is finite and above 0"),
        ([1.0], np.inf, "proportional_share", "budget: is inf"),
        ([1.0], 1.0, "proportional", 'rule: "proportional" is not known; .* Did you mean "proportional_share"'),
    ],
)
def test_a_market_out_of_bounds_is_refused(worth, budget, name, message):
    with pytest.raises(OfferError, match=message):
        Procurement(worth, budget, name)


@pytest.mark.parametrize(
    ("costs", "message"),
    [([1.0], "there are 2 sellers"), ([1.0, -1.0], r"costs\[1\]: is -1.0"), ([np.nan, 1], "is nan")],
)
def test_reports_out_of_bounds_are_refused(costs, message):
    with pytest.raises(OfferError, match=message):
        Procurement([1.0, 1.0], 1.0).allocate(costs)


def test_the_exact_market_of_a_float_market_is_the_same_market():
    floats = Procurement([0.1, 0.7], 3.3)
    exact = floats.exact()
    assert isinstance(exact, ExactProcurement)
    assert [float(w) for w in exact.worth] == [0.1, 0.7]
    assert exact.allocate([Fraction(1), Fraction(2)]).quantity.tolist() == floats.allocate([1, 2]).quantity.tolist()
