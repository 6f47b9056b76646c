"""The generic answers on a market whose every answer is known by hand, and who is asked for them."""

from fractions import Fraction

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.market import FullMarket, SolvedAgain, borne, checked_costs, clearing, clearing_for, numbers
from evenhand.markets import MeanEstimation, Procurement
from evenhand.numerics.games import subsets
from evenhand.records import Allocation, Without


class Parts(FullMarket):
    """Sellers who do not overlap: the buyer takes w_j = 1 / (1 + c_j), for a value of 2 w_j - w_j^2.

    quantity w_j^2, welfare w_j, so that without seller j the welfare is lower by w_j = area.
    """

    def __init__(self):
        self.asked = 0

    def allocate(self, costs):
        self.asked += 1
        weights = 1 / (1 + np.asarray(costs, dtype=float))
        return Allocation(weights**2, weights[None, :], self.value(weights[None, :]), float(weights.sum()))

    def value(self, weights):
        return (2 * weights - weights**2).sum(axis=1)


class Whole:
    """Sells every dataset whose report is at most its worth; answers nothing but `allocate`."""

    def __init__(self, worth):
        self.worth = np.array(worth)

    def allocate(self, costs):
        sold = (np.asarray(costs) <= self.worth).astype(int)
        value = self.worth @ sold
        return Allocation(sold, sold[None, :], np.array([value]), value - (np.where(sold, costs, 0)).sum())


COSTS = np.array([0.25, 1.0, np.inf])
WEIGHTS = np.array([0.8, 0.5, 0.0])


def test_the_area_of_parts_is_integrated_to_infinity():
    np.testing.assert_allclose(SolvedAgain(Parts(), COSTS).area, WEIGHTS, rtol=1e-12)


def test_an_integral_may_be_cut_and_says_how_exact_it_is():
    integral, error = SolvedAgain(Parts(), COSTS).integral(0, until=19.0)
    assert abs(integral - (0.8 - 0.05)) <= error < 1e-11


def test_a_market_that_names_its_error_is_asked_for_no_more():
    rough, fine = Parts(), Parts()
    rough.relative_error = 1e-5
    SolvedAgain(rough, COSTS).integral(0)
    SolvedAgain(fine, COSTS).integral(0)
    assert rough.asked < fine.asked


def test_without_a_seller_the_market_is_solved_with_that_seller_deleted():
    without = SolvedAgain(Parts(), COSTS).without
    np.testing.assert_allclose(without.welfare, WEIGHTS.sum() - WEIGHTS)
    gone = 2 * WEIGHTS - WEIGHTS**2
    np.testing.assert_allclose(without.value_by_buyer, [gone.sum() - gone])
    np.testing.assert_allclose(without.value, gone.sum() - gone)


def test_contributions_zero_a_column_and_decide_nothing_anew():
    np.testing.assert_allclose(SolvedAgain(Parts(), COSTS).contributions, [2 * WEIGHTS - WEIGHTS**2])


def test_the_curve_is_what_is_sold_at_other_reports():
    curve = SolvedAgain(Parts(), COSTS).curve(2, [0.0, 1.0, np.inf])
    np.testing.assert_allclose(curve, [1.0, 0.25, 0.0])


def test_coalitions_are_solved_among_their_members_and_nobody_is_worth_nothing():
    gross = 2 * WEIGHTS - WEIGHTS**2
    values = SolvedAgain(Parts(), COSTS).coalition_values(subsets(3))
    np.testing.assert_allclose(values, subsets(3) @ gross)


def test_nobody_is_worth_nothing_even_where_a_market_needs_somebody():
    class Needy(Parts):
        def allocate(self, costs):
            assert np.isfinite(costs).any(), "the weights sum to 1"
            return super().allocate(costs)

    assert SolvedAgain(Needy(), COSTS).coalition_values(subsets(3))[[0, 4]].tolist() == [0, 0]


def test_prefixes_are_coalitions_in_the_order_of_arrival():
    gross = 2 * WEIGHTS - WEIGHTS**2
    orders = np.array([[0, 1, 2], [2, 1, 0]])
    np.testing.assert_allclose(SolvedAgain(Parts(), COSTS).prefix_values(orders), np.cumsum(gross[orders], axis=1))


def test_thresholds_are_found_by_bisection_for_winners_and_losers_alike():
    cleared = SolvedAgain(Whole([0.75, 3.0, 1e9, 1e-9]), [0.5, 4.0, 1.0, 0.0])
    assert cleared.thresholds.tolist() == [0.75, 3.0, 1e9, 1e-9]
    np.testing.assert_allclose(cleared.area, [0.25, 0.0, 1e9 - 1, 1e-9])


def test_who_sells_at_no_report_has_no_threshold_and_who_sells_at_all_has_no_bound():
    assert SolvedAgain(Whole([-1.0, np.inf]), [0.5, 0.5]).thresholds.tolist() == [-np.inf, np.inf]


def test_parts_have_no_thresholds():
    with pytest.raises(ValueError, match="sell datasets whole"):
        _ = SolvedAgain(Parts(), COSTS).thresholds


def test_a_market_without_a_value_cannot_split_payments():
    with pytest.raises(ValueError, match=r"Whole has no method `value\(weights\)`"):
        _ = SolvedAgain(Whole([1.0]), [0.5]).contributions


class Quick(Parts):
    """Answers one question by itself."""

    def without(self, costs):
        return Without(np.full((1, len(costs)), 7.0), np.full(len(costs), 8.0))


def test_a_market_s_own_answer_is_taken_and_the_rest_solved_again():
    cleared = clearing(Quick(), COSTS)
    assert cleared.without.welfare.tolist() == [8.0, 8.0, 8.0]
    np.testing.assert_allclose(cleared.area, WEIGHTS, rtol=1e-12)


def test_brute_force_asks_for_no_answer_but_the_allocation():
    np.testing.assert_allclose(SolvedAgain(Quick(), COSTS, hooks=False).without.welfare, WEIGHTS.sum() - WEIGHTS)


def test_a_market_is_cleared_by_itself_where_it_can():
    assert isinstance(clearing(Whole([1.0]), [0.5]), SolvedAgain)
    assert isinstance(clearing(Parts(), COSTS), SolvedAgain)
    market = MeanEstimation([[1.0]], [[1.0]], [1.0])
    assert not isinstance(clearing(market, [2.0]), SolvedAgain)


def test_every_answer_can_be_asked_of_the_market_itself():
    market, cleared = Parts(), SolvedAgain(Parts(), COSTS)
    np.testing.assert_array_equal(market.area(COSTS), cleared.area)
    np.testing.assert_array_equal(market.curve(COSTS, 1, [2.0]), cleared.curve(1, [2.0]))
    np.testing.assert_array_equal(market.without(COSTS).welfare, cleared.without.welfare)
    np.testing.assert_array_equal(market.coalition_values(COSTS, subsets(3)), cleared.coalition_values(subsets(3)))
    assert Procurement([1.0, 1.0], 10.0).thresholds([3.0, 4.0]).tolist() == [5.0, 5.0]


def test_questions_are_worked_out_once():
    market = Parts()
    cleared = SolvedAgain(market, COSTS)
    _ = cleared.allocation, cleared.allocation, cleared.without, cleared.without
    assert market.asked == 1 + len(COSTS)


def test_what_an_absent_seller_bears_is_nothing():
    assert borne(np.array([2.0, np.inf]), np.array([0.5, 0.0])).tolist() == [1.0, 0.0]
    exact = borne(np.array([Fraction(1, 3), np.inf], dtype=object), np.array([1, 0], dtype=object))
    assert exact.tolist() == [Fraction(1, 3), 0]


@pytest.mark.parametrize(
    ("costs", "message"),
    [
        ([1.0], r"costs: have shape \(1,\); there are 2 sellers"),
        ([[1.0, 1.0]], r"costs: have shape \(1, 2\)"),
        ([1.0, -0.5], r"costs\[1\]: is -0.5; a cost is 0 or more. Use inf"),
        ([np.nan, 1.0], r"costs\[0\]: is nan"),
        ([10**5000, 1.0], "costs: is a list with a number of over 30 digits; it is made of real numbers"),
        (["a" * 99, 1.0], "costs: is \\['a{57}…;"),
    ],
)
def test_reports_out_of_bounds_are_refused(costs, message):
    with pytest.raises(OfferError, match=message):
        checked_costs(costs, 2)


def test_all_bad_reports_are_named_at_once():
    with pytest.raises(OfferError) as refused:
        checked_costs([-1.0, np.nan, 2.0, -3.0], 4)
    assert [problem.where for problem in refused.value.problems] == ["costs[0]", "costs[1]", "costs[3]"]


class Said:
    """A market that says what it is told to."""

    def __init__(self, answer):
        self.answer = answer

    def allocate(self, costs):
        return self.answer


ONE = np.ones((1, 2))


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (np.ones(2), "it gives an evenhand.Allocation"),
        (Allocation(np.ones(3), ONE, np.ones(1), 1.0), r"shape \(3,\)"),
        (Allocation(np.array([np.nan, 1.0]), ONE, np.ones(1), 1.0), "quantities \\[nan"),
        (Allocation(np.array([-1.0, 1.0]), ONE, np.ones(1), 1.0), "0 or "),
        (Allocation(np.ones(2), ONE, np.array([np.nan]), 1.0), "values \\[nan"),
    ],
)
def test_an_answer_that_can_be_none_is_refused_with_the_reports_that_brought_it(answer, word):
    with pytest.raises(ValueError, match=rf"Said.allocate at reports \[1.0, 2.0\] gave .*{word}"):
        SolvedAgain(Said(answer), np.array([1.0, 2.0])).allocation  # noqa: B018


@pytest.mark.parametrize(
    "given", ["abc", [[1], [1, 2]], {1: 2}, [1j], np.array(["2020-01-01"], "datetime64[D]"), 10**400]
)
def test_what_is_not_made_of_numbers_is_refused_by_name(given):
    with pytest.raises(OfferError, match=r"scores: is .* made of real numbers"):
        numbers("scores", given)


def test_who_asks_for_one_seller_pays_for_one_integral():
    everyone, one = Parts(), Parts()
    wanted = SolvedAgain(everyone, COSTS, hooks=False).area
    cleared = clearing_for(one, COSTS, 1)
    assert cleared.area.tolist() == [0.0, wanted[1], 0.0]
    assert one.asked < everyone.asked
    own = MeanEstimation([[1.0]], [[1.0], [1.0]], [1.0, 1.0])
    assert clearing_for(own, [1.0, 1.0], 0).area.all(), "closed forms answer for everyone at once"
