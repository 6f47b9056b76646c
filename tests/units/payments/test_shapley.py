"""Average contributions, exact and sampled, on games whose values are known."""

from fractions import Fraction

import numpy as np
import pytest

from evenhand import payments
from evenhand.errors import OfferError
from evenhand.market import SolvedAgain
from evenhand.markets import ExactProcurement, MeanEstimation, Procurement, Retrieval


def twins():
    """Two sellers of one estimate."""
    return MeanEstimation([[1.0]], [[1.0], [1.0]], [0.5, 0.5]), [0.5, 0.5]


def test_two_sellers_share_what_each_is_worth_alone_and_what_they_are_together():
    market, costs = MeanEstimation([[1.0]], [[1.0], [1.0]], [0.5, 1.5]), [0.5, 0.5]
    first, second = market.allocate([0.5, np.inf]).value, market.allocate([np.inf, 0.5]).value
    both = market.allocate(costs).value
    expected = [(first + both - second) / 2, (second + both - first) / 2]
    np.testing.assert_allclose(payments.shapley(market, costs), expected)
    assert first > second


def test_the_empty_coalition_counts():
    market = MeanEstimation([[2.0]], [[3.0]], [1.0])
    np.testing.assert_allclose(payments.shapley(market, [2.0]), [3.5])


def test_payments_depend_on_the_order_of_value_not_of_sellers():
    rng = np.random.default_rng(1)
    buyers, means, variances = rng.normal(size=(2, 3)), rng.normal(size=(5, 3)), rng.uniform(0.1, 1, 5)
    costs = rng.uniform(0.1, 2, 5)
    paid = payments.shapley(MeanEstimation(buyers, means, variances), costs)
    order = np.array([3, 0, 4, 1, 2])
    moved = payments.shapley(MeanEstimation(buyers, means[order], variances[order]), costs[order])
    np.testing.assert_allclose(moved, paid[order], rtol=1e-10)


def test_who_stays_away_is_no_player():
    rng = np.random.default_rng(2)
    buyers, means = rng.normal(size=(2, 3)), rng.normal(size=(30, 3))
    market = MeanEstimation(buyers, means, np.ones(30))
    costs = np.full(30, np.inf)
    costs[[4, 17]] = 1.0
    few = MeanEstimation(buyers, means[[4, 17]], np.ones(2))
    paid = payments.shapley(market, costs)
    np.testing.assert_allclose(paid[[4, 17]], payments.shapley(few, [1.0, 1.0]), rtol=1e-12)
    assert np.count_nonzero(paid) == 2


def test_nobody_present_is_paid_nothing():
    market, _ = twins()
    assert payments.shapley(market, [np.inf, np.inf]).tolist() == [0.0, 0.0]
    estimate = payments.shapley_estimate(market, [np.inf, np.inf], 5, np.random.default_rng(0))
    assert (estimate.value.tolist(), estimate.stderr.tolist(), estimate.budget) == ([0.0, 0.0], [0.0, 0.0], 0)


def test_exact_markets_are_paid_in_fractions():
    paid = payments.shapley(ExactProcurement([3, 2, 1], 10), [5, 5, 1])
    assert all(isinstance(pay, int | Fraction) for pay in paid)
    assert sum(paid) == ExactProcurement([3, 2, 1], 10).allocate([5, 5, 1]).value


def test_more_than_twenty_present_sellers_are_refused_with_the_remedy():
    market = MeanEstimation(np.ones((1, 2)), np.ones((21, 2)), np.ones(21))
    with pytest.raises(OfferError, match=r"costs: 21 sellers are present; .* at most 20 .*shapley_estimate"):
        payments.shapley(market, np.ones(21))


@pytest.mark.parametrize("permutations", [1, 2.5])
def test_fewer_than_two_permutations_have_no_standard_error(permutations):
    market, costs = twins()
    with pytest.raises(OfferError, match=rf"permutations: is {permutations}; a standard error needs a whole number, 2"):
        payments.shapley_estimate(market, costs, permutations, np.random.default_rng(0))


def test_one_query_is_estimated_at_a_time():
    many = Retrieval([[1.0, 0.5], [0.5, 1.0]], k=1)
    with pytest.raises(OfferError, match="one query is estimated at a time"):
        payments.shapley_estimate(many, [0.1, 0.1], 10, np.random.default_rng(0))


def test_nobody_present_is_paid_nothing_for_one_query_or_many():
    away = [np.inf, np.inf]
    for market, shape in ((Retrieval([1.0, 0.5], k=1), (2,)), (Retrieval([[1.0, 0.5]] * 3, k=1), (3, 2))):
        assert payments.shapley(market, away).tolist() == np.zeros(shape).tolist()


def test_an_estimate_is_the_mean_of_contributions_in_the_drawn_orders():
    market, costs = MeanEstimation([[1.0, 0.5]], [[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]], [0.2, 0.1, 0.3]), [0.5, 0.7, 0.9]
    asked, cleared = [], market.clear(costs)

    class Overheard:
        def clear(self, costs):
            return self

        def __getattr__(self, name):
            return getattr(cleared, name)

        def prefix_values(self, orders):
            asked.extend(np.asarray(orders).tolist())
            return cleared.prefix_values(orders)

    estimate = payments.shapley_estimate(Overheard(), costs, 7, np.random.default_rng(4))
    gains = np.zeros((7, 3))
    for row, order in zip(gains, asked, strict=True):
        present, before = [np.inf] * 3, 0.0
        for seller in order:
            present[seller] = costs[seller]
            after = market.allocate(present).value
            row[seller], before = after - before, after
    np.testing.assert_allclose(estimate.value, gains.mean(axis=0), rtol=1e-10)
    np.testing.assert_allclose(estimate.stderr, gains.std(axis=0, ddof=1) / np.sqrt(7), rtol=1e-8)
    assert estimate.budget == 21


def test_a_sampled_market_without_closed_forms_is_solved_again():
    market, costs = Procurement([1.0, 2.0, 3.0], 10.0), [3.0, 4.0, 5.0]
    estimate = payments.shapley_estimate(market, costs, 400, np.random.default_rng(5))
    exact = payments.shapley(market, costs)
    assert (np.abs(estimate.value - exact) <= 4 * estimate.stderr + 1e-12).all()
    assert estimate.value.sum() == pytest.approx(SolvedAgain(market, costs).allocation.value)
