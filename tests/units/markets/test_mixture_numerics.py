"""Mixtures at extreme scales, by the conditions of their optimum; and beside another solver."""

import numpy as np
import pytest
from scipy.optimize import minimize

from evenhand import payments
from evenhand.errors import OfferError
from evenhand.markets import Mixture

DOMAINS = ["simplex", "capped", "orthant", "free"]

RESIDUAL_MAX = 9e-11
"""Beside the terms of the very seller: one without effect has only a cost to be compared with the losses of others."""


def residual(market, costs, weights):
    """Give how far the first-order conditions are missed, seller by seller, relative to the terms of each."""
    here = np.isfinite(costs)
    effects, costs, weights = market.effects[:, here], costs[here], weights[here]
    left = market.scale * np.exp(effects @ weights)
    slope, size = 2 * costs * weights + left @ effects, 2 * costs * np.abs(weights) + left @ np.abs(effects)
    sells, price, missed = weights > 0, 0.0, 0.0
    if market.domain == "free":
        sells = np.ones(len(costs), dtype=bool)
    if market.domain == "simplex":
        missed = abs(weights.sum() - 1)
    if market.domain == "capped":
        missed = max(weights.sum() - 1, 0)
    if market.domain == "simplex" or (market.domain == "capped" and weights.sum() > 1 - 1e-9):
        price = min(np.median(slope[sells]), 0 if market.domain == "capped" else np.inf)
    off = np.where(sells, np.abs(slope - price), np.maximum(price - slope, 0))
    return max(missed, (off / np.maximum(size + abs(price), 1e-300)).max())


def extreme_market(rng, domain, tasks=1):
    """Draw a market: scale 1e-4 to 1e4, effects to +-1e2 of one size or of one sign, costs 1e-3 to 1e3."""
    sellers = int(rng.integers(2, 30))
    effects = rng.normal(size=(tasks, sellers)) * 10 ** rng.uniform(-2, 2, (tasks, 1))
    if rng.random() < 0.5:
        effects += rng.normal(size=(tasks, 1)) * 10 ** rng.uniform(-2, 2)
    effects = np.clip(effects, -100, 100 if tasks == 1 or domain != "simplex" else 0)
    if rng.random() < 0.3:
        effects[:, rng.integers(sellers)] = effects[:, 0]
    if rng.random() < 0.2:
        effects[:, rng.integers(sellers)] = 0
    return Mixture(effects, 10 ** rng.uniform(-4, 4, tasks), domain=domain), 10 ** rng.uniform(-3, 3, sellers)


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_optimum_meets_its_conditions_at_extreme_scales(domain):
    rng = np.random.default_rng(11)
    for _ in range(300):
        market, costs = extreme_market(rng, domain)
        cleared = market.clear(costs)
        assert residual(market, costs, cleared.allocation.weights[0]) < RESIDUAL_MAX
        assert (cleared.area >= 0).all()
        assert np.isfinite(cleared.without.welfare).all()


@pytest.mark.sweep
@pytest.mark.parametrize("domain", DOMAINS)
def test_the_optimum_meets_its_conditions_in_eight_thousand_extreme_markets(domain):
    rng = np.random.default_rng(12)
    worst = 0.0
    for _ in range(2000):
        market, costs = extreme_market(rng, domain)
        worst = max(worst, residual(market, costs, market.allocate(costs).weights[0]))
    assert worst < RESIDUAL_MAX


@pytest.mark.parametrize("domain", DOMAINS)
def test_several_tasks_meet_their_conditions_at_extreme_scales(domain):
    rng = np.random.default_rng(13)
    for _ in range(40):
        market, costs = extreme_market(rng, domain, tasks=int(rng.integers(2, 5)))
        assert residual(market, costs, market.allocate(costs).weights[0]) < 1e-9


def test_several_tasks_beside_which_costs_vanish_are_solved_or_refused():
    """On the simplex losses may be e^100 times the costs; where they cancel, no digits of the weights may be left."""
    rng = np.random.default_rng(17)
    refused = 0
    for _ in range(60):
        sellers = int(rng.integers(2, 12))
        effects = np.clip(rng.normal(size=(3, sellers)) * 10 ** rng.uniform(-2, 2, (3, 1)), -100, 100)
        market, costs = Mixture(effects, 10 ** rng.uniform(-4, 4, 3)), 10 ** rng.uniform(-3, 3, sellers)
        try:
            bought = market.allocate(costs)
        except OfferError as error:
            assert "no digits" in str(error)  # noqa: PT017
            refused += 1
            continue
        assert residual(market, costs, bought.weights[0]) < 1e-9
    assert refused < 6


@pytest.mark.parametrize("tasks", [1, 3])
@pytest.mark.parametrize("domain", DOMAINS)
def test_slsqp_finds_nothing_better(domain, tasks):
    rng = np.random.default_rng(14)
    for _ in range(8):
        sellers = int(rng.integers(2, 7))
        market = Mixture(rng.normal(-1, 1.5, (tasks, sellers)), rng.uniform(0.5, 5, tasks), domain=domain)
        costs = rng.uniform(0.2, 5, sellers)
        sums = {
            "simplex": [{"type": "eq", "fun": lambda w: w.sum() - 1}],
            "capped": [{"type": "ineq", "fun": lambda w: 1 - w.sum()}],
        }
        found = minimize(
            lambda w: market.loss(w).sum() + costs @ w**2,  # noqa: B023
            np.full(sellers, 1 / sellers),
            method="SLSQP",
            bounds=None if domain == "free" else [(0, None)] * sellers,
            constraints=sums.get(domain, []),
            options={"ftol": 1e-13, "maxiter": 500},
        )
        ours = market.allocate(costs)
        assert ours.welfare == pytest.approx(market.scale.sum() - found.fun, abs=1e-8)
        assert ours.welfare >= market.scale.sum() - found.fun - 1e-12
        np.testing.assert_allclose(ours.weights[0], found.x, atol=1e-4)


def test_the_area_keeps_its_digits_beside_losses_of_1e47():
    """All lose e^100 alike, so only costs matter: 1 / (2 a_-j) - 1 / (2 a)."""
    costs = np.array([1.0, 2.0, 4.0])
    ease = 0.5 / costs
    for market in (Mixture([100.0] * 3, scale=1e4), Mixture(np.full((2, 3), 100.0), scale=1e4)):
        np.testing.assert_allclose(market.area(costs), 0.5 / (ease.sum() - ease) - 0.5 / ease.sum(), rtol=1e-14)


@pytest.mark.parametrize("domain", ["capped", "orthant", "free"])
def test_the_area_keeps_its_digits_where_the_loss_is_all_but_gone(domain):
    """What is paid is a hundred-millionth of the welfare, so a difference of welfares would have half its digits."""
    costs = [1e-3, 1e-3]
    for effects in [[-100.0, -90.0], *([[[-100.0, -90.0], [-80.0, -95.0]]] if domain == "orthant" else [])]:
        market = Mixture(effects, scale=1e4, domain=domain)
        closed, (summed, _) = payments.threshold(market, costs), payments.threshold_by_quadrature(market, costs)
        np.testing.assert_allclose(closed, summed, rtol=1e-11)
        assert closed.max() < 1e-7 * market.allocate(costs).welfare


def test_a_thousand_equal_sellers_are_paid_alike():
    for domain in DOMAINS:
        market = Mixture(np.full(1000, -0.7), scale=2.0, domain=domain)
        paid = payments.table(market, np.full(1000, 0.3), ["vcg", "threshold", "leave_one_out"])
        for rule in paid.values():
            np.testing.assert_allclose(rule, rule[0], rtol=1e-9)
        np.testing.assert_allclose(paid["vcg"], paid["threshold"], rtol=1e-9)


@pytest.mark.parametrize("tasks", [1, 2])
def test_a_report_near_the_largest_float_is_answered(tasks):
    for domain in DOMAINS:
        market = Mixture(np.full((tasks, 2), -1.0), domain=domain)
        assert market.curve([1.0, 1.0], 0, [1.7e308])[0] == 0
        alone = market.curve([1.0, np.inf], 0, [1.7e308])[0]
        assert alone == pytest.approx(1 if domain == "simplex" else 0)
