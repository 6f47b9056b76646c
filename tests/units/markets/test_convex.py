"""Convex markets on cases with known answers, who can be left out, and everything that is refused, in our words."""

import subprocess
import sys

import cvxpy as cp
import numpy as np
import pytest

from evenhand import payments
from evenhand.errors import OfferError
from evenhand.market import SolvedAgain
from evenhand.markets import Convex, MeanEstimation
from tests.laws.welfare import cvx_mean_estimation


def overlapping(constraints=lambda w: [], money=1.0):
    """One buyer, two sellers: the value of w is 2 sqrt(1 + w_1 + w_2), less 2."""
    w = cp.Variable(2, nonneg=True)
    return Convex(w, [2 * money * cp.sqrt(1 + cp.sum(w))], [cp.square(w[0]), cp.square(w[1])], constraints(w))


def test_a_seller_alone_by_hand():
    # 2 sqrt(1 + w) - c w^2 is highest where 1 / sqrt(1 + w) = 2 c w: at w = 3 for c = 1/12
    sold = overlapping().allocate([1 / 12, np.inf])
    np.testing.assert_allclose(sold.weights, [[3.0, 0.0]], rtol=1e-6)
    np.testing.assert_allclose(sold.quantity, [9.0, 0.0], rtol=1e-6)
    np.testing.assert_allclose(sold.value_by_buyer, [2.0], rtol=1e-6)
    assert sold.welfare == pytest.approx(1.25, abs=1e-10)


def test_many_buyers_have_their_own_values():
    w = cp.Variable((2, 2), nonneg=True)
    values = [cp.sum(w[0]) + 5, 2 * w[1, 0]]
    market = Convex(w, values, [cp.sum_squares(w[:, 0]), cp.sum_squares(w[:, 1])])
    sold = market.allocate([1.0, 0.5])
    np.testing.assert_allclose(sold.weights, [[0.5, 1.0], [1.0, 0.0]], atol=1e-5)
    np.testing.assert_allclose(sold.value_by_buyer, [1.5, 2.0], atol=1e-5)
    np.testing.assert_allclose(market.value([[1.0, 2.0], [3.0, 4.0]]), [3.0, 6.0])


def test_mean_estimation_in_cvxpy_is_mean_estimation():
    rng = np.random.default_rng(1)
    closed = MeanEstimation(rng.normal(size=(2, 3)), rng.normal(size=(4, 3)), rng.uniform(0.1, 1.0, 4))
    market = cvx_mean_estimation(closed.buyer_means, closed.seller_means, closed.variances)
    costs = np.array([0.5, 1.0, np.inf, 2.0])
    for rule, paid in payments.table(closed, costs, ["direct", "leave_one_out", "shapley", "vcg"]).items():
        np.testing.assert_allclose(payments.table(market, costs, [rule])[rule], paid, atol=1e-7, err_msg=rule)
    np.testing.assert_allclose(market.allocate(costs).weights, closed.allocate(costs).weights, atol=1e-8)
    np.testing.assert_allclose(
        payments.charges(market, costs, np.ones(4)), payments.charges(closed, costs, np.ones(4)), atol=1e-6
    )


def test_who_stays_away_is_deleted_exactly():
    w = cp.Variable(1, nonneg=True)
    alone = Convex(w, [2 * cp.sqrt(1 + w[0])], [cp.square(w[0])])
    both = overlapping()
    assert both.allocate([0.5, np.inf]).quantity[1] == 0.0
    assert both.allocate([0.5, np.inf]).welfare == pytest.approx(alone.allocate([0.5]).welfare, abs=1e-10)
    assert both.allocate([np.inf, np.inf]).welfare == 0.0


def test_who_can_add_nothing_sells_exactly_nothing():
    w = cp.Variable(2, nonneg=True)
    market = Convex(w, [cp.sqrt(1 + w[0]) - w[1]], [cp.square(w[0]), cp.square(w[1])])
    sold = market.allocate([1.0, 1.0])
    assert sold.quantity[0] > 0
    assert sold.quantity[1] == 0.0
    assert payments.threshold(market, [1.0, 1.0])[1] == 0.0


def test_nobody_sells_where_all_data_hurt():
    w = cp.Variable(2, nonneg=True)
    market = Convex(w, [-cp.exp(w[0] + 2 * w[1])], [cp.square(w[0]), cp.square(w[1])])
    assert market.allocate([1.0, 1.0]).quantity.tolist() == [0.0, 0.0]
    assert payments.threshold(market, [1.0, 1.0]).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("money", [1e-12, 1e-6, 1e6, 1e12])
def test_money_may_be_counted_in_any_unit(money):
    costs = np.array([0.3, 0.7])
    usual, other = payments.vcg(overlapping(), costs), payments.vcg(overlapping(money=money), costs * money)
    np.testing.assert_allclose(other / money, usual, rtol=1e-6)


def test_free_data_are_taken_up_to_their_bound():
    sold = overlapping(lambda w: [w <= 2]).allocate([0.0, 1.0])
    assert sold.weights[0, 0] == pytest.approx(2.0, abs=1e-6)


def test_vcg_is_myerson_where_weights_share_a_bound_unless_the_integral_is_cut():
    market = overlapping(lambda w: [cp.sum(w) <= 1])
    costs = [0.02, 0.05]
    quadrature, error = payments.threshold_by_quadrature(market, costs)
    np.testing.assert_allclose(quadrature, payments.vcg(market, costs), rtol=1e-5)
    assert (error <= 1e-4 * quadrature).all()
    cut, _ = payments.threshold_by_quadrature(market, costs, until=0.2)
    assert (cut < 0.9 * quadrature).all()


def test_on_the_simplex_a_seller_who_is_alone_cannot_be_left_out():
    market = overlapping(lambda w: [cp.sum(w) == 1])
    assert market.allocate([0.5, np.inf]).weights == pytest.approx(np.array([[1.0, 0.0]]), abs=1e-7)
    with pytest.raises(OfferError, match=r"leave no weights without all sellers.*a way to do without"):
        payments.vcg(market, [0.5, np.inf])
    with pytest.raises(OfferError, match="leave no weights without all sellers"):
        payments.threshold(market, [0.5, np.inf])
    assert payments.shapley(market, [0.5, np.inf]) == pytest.approx([2 * np.sqrt(2) - 2, 0.0], abs=1e-7)
    assert (payments.vcg(market, [0.5, 0.5]) > 0).all()


def test_who_is_needed_is_named():
    w = cp.Variable(3, nonneg=True)
    market = Convex(w, [cp.sum(w)], [cp.square(w[j]) for j in range(3)], [w[1] >= 0.5])
    with pytest.raises(OfferError, match="leave no weights without seller 1"):
        payments.leave_one_out(market, [1.0, 1.0, 1.0])
    with pytest.raises(OfferError, match="leave no weights without sellers 1, 2"):
        market.allocate([1.0, np.inf, np.inf])


def test_constraints_that_contradict_each_other_are_refused():
    with pytest.raises(OfferError, match="constraints: leave no weights; a market has at least one allocation"):
        overlapping(lambda w: [w >= 2, w <= 1]).allocate([1.0, 1.0])


def test_a_welfare_without_bound_is_refused():
    w = cp.Variable(1)
    market = Convex(w, [w[0]], [cp.square(w[0])])
    with pytest.raises(OfferError, match="have a welfare without bound at these reports"):
        market.allocate([0.0])
    assert market.allocate([0.5]).quantity == pytest.approx([1.0], rel=1e-7)


def test_a_solver_that_gets_stuck_gives_an_error_and_no_number(monkeypatch):
    market = overlapping()
    monkeypatch.setattr(Convex, "_tried", lambda self, settings: "solver_error")
    with pytest.raises(OfferError, match='could not be solved to 1e-09: the solver says "solver_error"'):
        market.allocate([1.0, 1.0])


def test_a_solver_that_gets_stuck_is_tried_again(monkeypatch):
    welfare, attempts = overlapping().allocate([0.5, 0.5]).welfare, []
    solve = Convex._tried

    def at_second_attempt(self, settings):
        attempts.append(settings)
        return solve(self, settings) if len(attempts) > 1 else "solver_error"

    monkeypatch.setattr(Convex, "_tried", at_second_attempt)
    assert overlapping().allocate([0.5, 0.5]).welfare == pytest.approx(welfare, abs=1e-7)
    assert len(attempts) == 2


def test_a_solver_that_stops_a_rounding_error_outside_of_the_domain_is_put_right(monkeypatch):
    solve = Convex._tried

    def a_little_below(self, settings):
        status = solve(self, settings)
        self.weights.save_value(np.array([self.weights.value[0], -1e-10]))
        return status

    monkeypatch.setattr(Convex, "_tried", a_little_below)
    w = cp.Variable(2, nonneg=True)
    value = cp.sqrt(1 + w[0]) - cp.power(w[1], 1.5)  # below 0 the power is no number
    sold = Convex(w, [value], [cp.square(w[0]), cp.square(w[1])]).allocate([1.0, 1.0])
    assert np.isfinite(sold.welfare)
    assert sold.quantity[1] == 0.0


def test_values_that_are_no_numbers_are_refused(monkeypatch):
    monkeypatch.setattr(Convex, "_tried", lambda self, settings: self.weights.save_value(np.full(2, -1.0)) or "optimal")
    with pytest.raises(OfferError, match="a value is not finite"):
        overlapping().allocate([1.0, 1.0])


def test_answers_do_not_depend_on_what_was_asked_before():
    market, costs = overlapping(), np.array([0.3, 0.7])
    before = market.allocate(costs)
    SolvedAgain(market, costs).without, market.allocate([9.0, 0.1]), market.value([[5.0, 5.0]])
    after = market.allocate(costs)
    np.testing.assert_array_equal(before.weights, after.weights)
    assert before.welfare == after.welfare


x = cp.Variable((2, 3), nonneg=True)
other = cp.Variable(name="other")
price = cp.Parameter(name="price")
VALUES = [cp.sum(x[0]), cp.sum(x[1])]
QUANTITIES = [cp.sum_squares(x[:, j]) for j in range(3)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((3.0, VALUES, QUANTITIES), "weights: is a float; it is a cvxpy Variable"),
        ((cp.Variable((2, 3, 1)), VALUES, QUANTITIES), r"weights: has shape \(2, 3, 1\)"),
        ((cp.Variable(), VALUES, QUANTITIES), r"weights: has shape \(\)"),
        ((cp.Variable((2, 3), boolean=True), VALUES, QUANTITIES), "weights: are whole numbers"),
        ((x, VALUES[:1], QUANTITIES), "values: has 1 entries; there are 2 buyers"),
        ((x, VALUES[0], QUANTITIES), "values: is no list; there are 2 buyers"),
        ((x, VALUES, QUANTITIES[:2]), "quantities: has 2 entries; there are 3 sellers"),
        ((x, [x[0], VALUES[1]], QUANTITIES), r"values\[0\]: is a \w+ of shape \(3,\); it is one number"),
        ((x, [1.0, VALUES[1]], QUANTITIES), r"values\[0\]: is a float; it is one number"),
        ((x, [cp.sum_squares(x[0]), VALUES[1]], QUANTITIES), r"values\[0\]: is convex to cvxpy; a value is concave"),
        ((x, [x[0, 0] * x[0, 1], VALUES[1]], QUANTITIES), r"values\[0\]: is quasiconcave to cvxpy; a value is concave"),
        ((x, VALUES, [cp.sqrt(x[0, 0]), *QUANTITIES[1:]]), r"quantities\[0\]: is concave to cvxpy; a quantity is conv"),
        ((x, VALUES, [cp.sum(x[:, 0]) - 1, *QUANTITIES[1:]]), r"quantities\[0\]: is of sign unknown to cvxpy"),
        ((x, VALUES, [QUANTITIES[1], *QUANTITIES[1:]]), r"quantities\[0\]: is 0.5 where the column of seller 0 is 0"),
        ((x, VALUES, [QUANTITIES[0] + 1, *QUANTITIES[1:]]), r"quantities\[0\]: is 1.0 where the column of seller 0 is"),
        (
            (x, VALUES, [cp.square(cp.pos(x[0, 0] - 1)), *QUANTITIES[1:]]),
            r"quantities\[0\]: is 0.0 where the column of seller 0 is 0.5; what is used is sold",
        ),
        ((x, [cp.sum(cp.log(x[0])), VALUES[1]], QUANTITIES), r"values\[0\]: is -inf at weights of 0"),
        ((x, [VALUES[0] + other, VALUES[1]], QUANTITIES), r"values\[0\]: depends on other; all that is decided is"),
        ((x, [VALUES[0] + price, VALUES[1]], QUANTITIES), r"values\[0\]: depends on price; a market stays what it is"),
        ((x, VALUES, QUANTITIES, [cp.sqrt(x[0, 0]) <= 1]), r"constraints\[0\]: is not convex to cvxpy"),
        ((x, VALUES, QUANTITIES, [x[0, 0] <= other]), r"constraints\[0\]: depends on other"),
        ((x, VALUES, QUANTITIES, ["x <= 1"]), r"constraints\[0\]: is a str; it is a cvxpy constraint"),
        ((x, VALUES, QUANTITIES, x <= 1), "constraints: is no list"),
    ],
)
def test_a_market_out_of_bounds_is_refused(arguments, message):
    with pytest.raises(OfferError, match=message):
        Convex(*arguments)


def test_every_mistake_is_named_at_once():
    with pytest.raises(OfferError) as refused:
        Convex(x, [cp.sum_squares(x[0]), 1.0], [cp.sqrt(x[0, 0]), *QUANTITIES[1:]], [x[0, 0] <= other])
    wheres = [problem.where for problem in refused.value.problems]
    assert wheres == ["values[0]", "values[1]", "quantities[0]", "constraints[0]"]


@pytest.mark.parametrize("costs", [[1.0], [1.0, -1.0], [np.nan, 1.0]])
def test_reports_out_of_bounds_are_refused(costs):
    with pytest.raises(OfferError, match="costs"):
        overlapping().allocate(costs)


WITHOUT_CVXPY = """
import sys
sys.modules["cvxpy"] = None
from evenhand.markets import Convex
assert Convex.__name__ == "Convex"
try:
    Convex(None, [], [])
except ModuleNotFoundError as error:
    print(error)
"""


def test_without_cvxpy_one_line_says_how_to_install_it():
    run = subprocess.run([sys.executable, "-c", WITHOUT_CVXPY], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == ["a Convex market is written in cvxpy, which is not installed: pip install cvxpy"]


def test_the_markets_are_imported_without_cvxpy():
    program = "import sys, evenhand.markets; print('cvxpy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
