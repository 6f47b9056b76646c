"""Mean estimation on cases worked out by hand, at the edges, at extreme scales, and where it refuses."""

import numpy as np
import pytest

from evenhand import payments
from evenhand.errors import OfferError
from evenhand.market import SolvedAgain
from evenhand.markets import MeanEstimation
from evenhand.numerics.games import subsets
from evenhand.payments.vcg import added_to_others


def drawn(rng, buyers, sellers, dimensions):
    return MeanEstimation(
        rng.normal(size=(buyers, dimensions)),
        rng.normal(size=(sellers, dimensions)),
        rng.uniform(0.1, 1.0, sellers),
    )


def test_one_seller_one_buyer_by_hand():
    # w = <b, mu> / (mu^2 + sigma^2 + c) = 6 / (9 + 1 + 2) = 1/2: value 2 w 6 - 10 w^2 = 3.5, of which 0.5 is borne
    market = MeanEstimation([[2.0]], [[3.0]], [1.0])
    sold = market.allocate([2.0])
    np.testing.assert_allclose(sold.weights, [[0.5]])
    np.testing.assert_allclose(sold.quantity, [0.25])
    np.testing.assert_allclose(sold.value_by_buyer, [3.5])
    assert sold.welfare == pytest.approx(3.0)
    # kappa = 1/12, so the area is F / kappa = 3, and the payment F (c + 12) = 3.5: all of the value
    np.testing.assert_allclose(market.area([2.0]), [3.0])
    np.testing.assert_allclose(market.curve([2.0], 0, [2.0, 14.0, np.inf]), [0.25, 0.0625, 0.0])


def test_value_is_the_loss_that_weights_save():
    market = MeanEstimation([[1.0, 2.0]], [[1.0, 0.0], [1.0, 1.0]], [0.5, 0.25])
    weights = np.array([[0.3, -0.4]])
    bias = weights @ [[1.0, 0.0], [1.0, 1.0]] - [[1.0, 2.0]]
    loss = (bias**2).sum() + 0.09 * 0.5 + 0.16 * 0.25
    np.testing.assert_allclose(market.value(weights), [5.0 - loss])
    np.testing.assert_allclose(market.value(np.zeros((1, 2))), [0.0])


@pytest.mark.parametrize(("sellers", "dimensions"), [(3, 5), (9, 2)])
def test_no_other_weights_have_a_higher_welfare(sellers, dimensions):
    rng = np.random.default_rng(1)
    market = drawn(rng, 2, sellers, dimensions)
    costs = rng.uniform(0.1, 3.0, sellers)
    best = market.allocate(costs)

    def welfare(weights):
        return market.value(weights).sum() - costs @ (weights**2).sum(axis=0)

    assert best.welfare == pytest.approx(welfare(best.weights), rel=1e-12)
    for size in (1e-3, 0.1, 1.0):
        others = best.weights + size * rng.normal(size=(200, *best.weights.shape))
        assert max(welfare(weights) for weights in others) < best.welfare


def test_weights_may_be_negative():
    weights = MeanEstimation([[1.0, -1.0]], [[1.0, 0.0], [0.0, 1.0]], [1.0, 1.0]).allocate([1.0, 1.0]).weights
    np.testing.assert_allclose(weights, [[1 / 3, -1 / 3]])


def test_orthogonal_sellers_are_paid_their_whole_value_by_leave_one_out_shapley_and_threshold():
    market = MeanEstimation([[2.0, 1.0]], np.eye(2), [0.5, 0.5])
    costs = [0.5, 1.5]
    # w = b / (1 + 0.5 + c) = 1 and 1/3, worth 2 w b - 1.5 w^2 each
    paid = payments.table(market, costs)
    for rule in ("leave_one_out", "shapley", "threshold", "vcg"):
        np.testing.assert_allclose(paid[rule], [2.5, 0.5], err_msg=rule)
    np.testing.assert_allclose(paid["direct"], [0.5, 1.5 / 9])


@pytest.mark.parametrize("dimensions", [1, 20])
def test_nobody_present_sells_nothing(dimensions):
    market = drawn(np.random.default_rng(2), 2, 4, dimensions)
    cleared = market.clear(np.full(4, np.inf))
    assert not cleared.allocation.weights.any()
    assert cleared.allocation.welfare == 0
    assert not cleared.area.any()
    assert not cleared.without.welfare.any()
    assert not cleared.contributions.any()
    assert not cleared.coalition_values(subsets(4)).any()
    assert not cleared.prefix_values([[2, 0, 1, 3]]).any()


def test_the_curve_of_a_seller_who_is_absent_is_what_the_seller_would_sell():
    rng = np.random.default_rng(3)
    for sellers, dimensions in ((4, 6), (8, 2)):
        market, costs = drawn(rng, 2, sellers, dimensions), rng.uniform(0.5, 2.0, sellers)
        costs[1] = np.inf
        reports = [0.1, 1.0, 10.0, np.inf]
        np.testing.assert_allclose(
            market.curve(costs, 1, reports), SolvedAgain(market, costs, hooks=False).curve(1, reports), rtol=1e-12
        )


def everything(market, costs):
    cleared = market.clear(costs)
    without = cleared.without
    return {
        "payments": payments.threshold(market, costs),
        "vcg": payments.vcg(market, costs),
        "leave one out": payments.leave_one_out(market, costs),
        "welfare without": without.welfare,
        "contributions": cleared.contributions,
    }


@pytest.mark.parametrize(("sellers", "dimensions"), [(4, 6), (9, 2)])
@pytest.mark.parametrize("money", [1e-12, 1e12])
def test_counting_in_other_units_changes_nothing_else(sellers, dimensions, money):
    rng = np.random.default_rng(4)
    market, costs = drawn(rng, 2, sellers, dimensions), rng.uniform(0.5, 2.0, sellers)
    root = np.sqrt(money)
    scaled = MeanEstimation(market.buyer_means * root, market.seller_means * root, market.variances * money)
    usual, other = everything(market, costs), everything(scaled, costs * money)
    for name, numbers in usual.items():
        np.testing.assert_allclose(other[name] / money, numbers, rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.parametrize(("sellers", "dimensions"), [(4, 6), (9, 2)])
@pytest.mark.parametrize("cost", [1e-12, 1e-6, 1e6, 1e12])
def test_one_extreme_report_leaves_every_answer_right(sellers, dimensions, cost):
    rng = np.random.default_rng(5)
    market, costs = drawn(rng, 2, sellers, dimensions), rng.uniform(0.5, 2.0, sellers)
    costs[0] = cost
    brute = SolvedAgain(market, costs, hooks=False)
    exact = added_to_others(brute)
    scale = np.abs(exact).max()
    np.testing.assert_allclose(payments.threshold(market, costs), exact, atol=1e-9 * scale, rtol=0)
    np.testing.assert_allclose(payments.vcg(market, costs), exact, atol=1e-9 * scale, rtol=0)
    np.testing.assert_allclose(market.clear(costs).without.value, brute.without.value, atol=1e-9 * scale, rtol=0)


def test_a_report_of_infinity_is_the_limit_of_large_ones():
    market, costs = drawn(np.random.default_rng(6), 2, 5, 2), np.array([1.0, 2.0, 1e50, 0.5, 1.0])
    near, far = market.allocate(costs), market.allocate(np.where(costs == 1e50, np.inf, costs))
    np.testing.assert_allclose(near.weights, far.weights, atol=1e-12)
    assert far.weights[:, 2].tolist() == [0.0, 0.0]


def test_free_and_exact_estimates_of_different_things_are_allowed():
    sold = MeanEstimation([[1.0, 2.0]], np.eye(2), [0.0, 0.0]).allocate([0.0, 0.0])
    np.testing.assert_allclose(sold.weights, [[1.0, 2.0]])
    assert sold.welfare == pytest.approx(5.0)


def test_free_and_exact_estimates_of_one_thing_are_refused():
    market = MeanEstimation([[1.0, 2.0]], [[1.0, 0.0], [2.0, 0.0]], [0.0, 0.0])
    with pytest.raises(OfferError, match=r"both 0 .* depend linearly .* State a cost or a variance above 0"):
        market.allocate([0.0, 0.0])
    assert market.allocate([0.0, 1.0]).weights == pytest.approx(np.array([[1.0, 0.0]]), abs=1e-12)


GOOD = {"buyer_means": [[1.0, 0.0]], "seller_means": [[1.0, 0.0], [0.0, 1.0]], "variances": [1.0, 1.0]}


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("buyer_means", [1.0, 0.0], r"buyer_means: has shape \(2,\); it is one row each"),
        ("seller_means", [], r"seller_means: has shape \(0,\)"),
        ("seller_means", np.zeros((0, 2)), r"seller_means: has shape \(0, 2\)"),
        ("seller_means", [[1.0], [0.0]], "seller_means: has 1 dimensions; buyer_means has 2. Give both the same"),
        ("variances", [1.0], r"variances: has shape \(1,\); there are 2 sellers"),
        ("variances", [1.0, -0.5], r"variances\[1\]: is -0.5; a variance is a number"),
        ("variances", [np.inf, 1.0], r"variances\[0\]: is inf"),
        ("variances", [np.nan, 1.0], r"variances\[0\]: is nan"),
        ("buyer_means", [[np.nan, 0.0]], r"buyer_means\[0, 0\]: is nan; a mean is a number"),
        ("seller_means", [[1.0, 0.0], [0.0, np.inf]], r"seller_means\[1, 1\]: is inf"),
    ],
)
def test_a_market_out_of_bounds_is_refused(name, value, message):
    with pytest.raises(OfferError, match=message):
        MeanEstimation(**{**GOOD, name: value})


def test_every_mistake_is_named_at_once():
    with pytest.raises(OfferError) as refused:
        MeanEstimation([[np.nan, 0.0]], GOOD["seller_means"], [-1.0, np.nan])
    assert [problem.where for problem in refused.value.problems] == [
        "buyer_means[0, 0]",
        "variances[0]",
        "variances[1]",
    ]


@pytest.mark.parametrize("costs", [[1.0], [1.0, -1.0], [np.nan, 1.0], [[1.0, 1.0]]])
def test_reports_out_of_bounds_are_refused(costs):
    with pytest.raises(OfferError, match="costs"):
        MeanEstimation(**GOOD).allocate(costs)


def test_parts_have_no_thresholds():
    with pytest.raises(ValueError, match="sells parts"):
        MeanEstimation(**GOOD).thresholds([1.0, 1.0])
