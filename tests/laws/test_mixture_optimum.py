"""Is a mixture what no other mixture is better than? Its first-order conditions, another solver, and whole-axis areas.

Effects here are of sizes from 1e-2 to 1e2 and of either sign, costs from 1e-3 to 1e3, scales from 1e-4 to 1e4.
"""

import numpy as np
import pytest
from scipy.optimize import minimize

from evenhand import payments
from evenhand.market import SolvedAgain, borne
from evenhand.markets import Mixture

DOMAINS = ("simplex", "capped", "orthant", "free")
every_domain = pytest.mark.parametrize("domain", DOMAINS)


def extreme(rng, domain, most=6, tasks=()):
    """Draw a market of up to so many sellers; some are equal, some have no effect, some lean to one side."""
    sellers = int(rng.integers(1, most + 1)) if rng.random() < 0.9 else most
    size, lean = 10 ** rng.uniform(-2, 2), rng.choice([-10, -1, 0, 1])
    effects = np.clip(size * (rng.normal(size=(*tasks, sellers)) + lean * rng.random()), -300, 300)
    if rng.random() < 0.2:
        effects[..., rng.integers(sellers)] = effects[..., 0]
    if rng.random() < 0.2:
        effects[..., rng.integers(sellers)] = 0
    scale = 10 ** rng.uniform(-4, 4, tasks) if tasks else 10 ** rng.uniform(-4, 4)
    return Mixture(effects, scale, domain=domain), 10 ** rng.uniform(-3, 3, sellers)


# -- the first-order conditions ---------------------------------------------------------------------------------------


def residual(market, costs, weights):
    """How far some weights are from the first-order conditions, by the size of the terms of each.

        2 c_j w_j + sum_i s_i t_ij = nu for who sells, at least nu for who does not,

    where nu is 0, or where the sum of the weights is held at 1 what the seller says whom the losses pull at most.
    Effects are counted from that seller's then, so that terms do not hide differences.
    """
    held = market.domain == "simplex" or (market.domain == "capped" and weights.sum() > 1 - 1e-12)
    losses = market.scale * np.exp(market.effects @ weights)
    first = int((losses @ market.effects).argmin())
    anchor = market.effects[:, first] if held else np.zeros(len(losses))
    terms = losses[:, None] * (market.effects - anchor[:, None])
    bought = 2 * costs * weights
    price = bought[first] if held else 0.0
    gap = price - bought - terms.sum(axis=0)
    sells = (weights != 0) | (market.domain == "free")
    size = np.abs(bought) + np.abs(terms).sum(axis=0) + price
    missed = np.where(sells, np.abs(gap), np.maximum(gap, 0)) / np.where(size > 0, size, 1)
    apart = [missed.max()]
    if market.domain != "free":
        apart.append(-weights.min())
    if held:
        apart.append(abs(weights.sum() - 1))
    if market.domain == "capped":
        apart.append(weights.sum() - 1)
    if market.domain == "capped" and held:  # more would not be bought for nothing
        apart.append((price + losses @ anchor) / (price + losses @ np.abs(anchor)))
    return max(apart)


@every_domain
def test_what_is_sold_meets_the_first_order_conditions_at_extreme_scales(domain):
    rng = np.random.default_rng(10)
    for number in range(1_000):
        market, costs = extreme(rng, domain, most=40)
        weights = market.allocate(costs).weights[0]
        assert residual(market, costs, weights) <= 1e-10, (number, market.effects, market.scale, costs)


@pytest.mark.sweep
@every_domain
def test_what_is_sold_meets_the_first_order_conditions_on_many_markets(domain):
    rng = np.random.default_rng(11)
    for number in range(20_000):
        market, costs = extreme(rng, domain, most=200 if number % 10 == 0 else 10)
        assert residual(market, costs, market.allocate(costs).weights[0]) <= 1e-10, number


@every_domain
def test_what_serves_several_tasks_meets_the_first_order_conditions(domain):
    rng = np.random.default_rng(12)
    for number in range(10):
        sellers, tasks = int(rng.integers(1, 8)), int(rng.integers(2, 4))
        market = Mixture(rng.normal(-0.3, 1.5, (tasks, sellers)), 10 ** rng.uniform(-1, 1, tasks), domain=domain)
        costs = 10 ** rng.uniform(-1, 1, sellers)
        assert residual(market, costs, market.allocate(costs).weights[0]) <= 1e-10, number


@every_domain
def test_other_weights_do_not_meet_the_first_order_conditions(domain):
    rng = np.random.default_rng(13)
    for number in range(100):
        market, costs = extreme(rng, domain)
        weights = market.allocate(costs).weights[0]
        if len(weights) < 2 or not weights.any():
            continue
        other = weights * rng.uniform(0.5, 0.99)
        other[weights.argmax()] += weights.sum() - other.sum() if domain in ("simplex", "capped") else 0
        if not np.allclose(other, weights, rtol=1e-3, atol=0):
            assert residual(market, costs, other) > 1e-10, number


# -- another solver ---------------------------------------------------------------------------------------------------


def solved_by_slsqp(market, costs):
    """Minimise losses and costs with SciPy."""
    sellers = len(costs)

    def social_cost(weights):
        losses = market.scale * np.exp(market.effects @ weights)
        return losses.sum() + costs @ weights**2, losses @ market.effects + 2 * costs * weights

    sums = {"simplex": "eq", "capped": "ineq"}
    constraints = {"fun": lambda w: 1 - w.sum(), "jac": lambda w: -np.ones_like(w), "type": sums.get(market.domain)}
    found = minimize(
        social_cost,
        np.full(sellers, 1 / sellers),
        jac=True,
        method="SLSQP",
        bounds=None if market.domain == "free" else [(0, None)] * sellers,
        constraints=[constraints] if market.domain in sums else [],
        options={"ftol": 1e-15, "maxiter": 1_000},
    )
    return found.x, market.scale.sum() - found.fun


@every_domain
@pytest.mark.parametrize("tasks", [(), (2,)], ids=["one task", "two tasks"])
def test_scipy_finds_the_same_mixture(domain, tasks):
    rng = np.random.default_rng(14)
    for number in range(12 if not tasks else 4):
        sellers = int(rng.integers(2, 7))
        scale = 10 ** rng.uniform(-1, 1, tasks) if tasks else 10 ** rng.uniform(-1, 1)
        market = Mixture(rng.normal(-0.5, 1.5, (*tasks, sellers)), scale, domain=domain)
        costs = 10 ** rng.uniform(-1, 1, sellers)
        ours, (weights, welfare) = market.allocate(costs), solved_by_slsqp(market, costs)
        assert ours.welfare >= welfare - 1e-12 * market.scale.sum(), number
        assert ours.welfare == pytest.approx(welfare, abs=1e-7 * market.scale.sum()), number
        np.testing.assert_allclose(ours.weights[0], weights, atol=1e-3, err_msg=str(number))


# -- areas and payments -----------------------------------------------------------------------------------------------


def several(rng, domain, most=6):
    """Draw an extreme market of two sellers or more, so that each can be left out."""
    while True:
        market, costs = extreme(rng, domain, most)
        if len(costs) > 1:
            return market, costs


@every_domain
def test_no_area_is_negative_and_nobody_is_paid_less_than_the_cost_at_extreme_scales(domain):
    rng = np.random.default_rng(15)
    for number in range(200):
        market, costs = several(rng, domain, most=40)
        cleared = market.clear(costs)
        paid = payments.threshold(market, costs)
        assert np.isfinite(paid).all(), number
        assert (cleared.area >= 0).all(), number
        assert (paid >= borne(costs, cleared.allocation.quantity)).all(), number
        assert (paid[cleared.allocation.quantity == 0] == 0).all(), number


@every_domain
def test_the_area_is_the_integral_over_the_whole_axis_at_extreme_scales(domain):
    """Nothing of the size of the loss enters the quadrature, so it says to how many digits payments are right."""
    rng = np.random.default_rng(16)
    for number in range(12):
        market, costs = several(rng, domain)
        closed = payments.threshold(market, costs)
        integrated, error = payments.threshold_by_quadrature(market, costs)
        within = 1e-10 * closed.max()
        assert (error <= within).all(), number
        np.testing.assert_allclose(closed, integrated, rtol=0, atol=within, err_msg=str(number))


@pytest.mark.sweep
@every_domain
def test_the_area_is_the_integral_over_the_whole_axis_on_many_markets(domain):
    rng = np.random.default_rng(17)
    for number in range(1_000):
        market, costs = several(rng, domain)
        closed = payments.threshold(market, costs)
        seller = int(rng.integers(len(costs)))
        area, _ = SolvedAgain(market, costs).integral(seller)
        assert abs(market.area(costs)[seller] - area) <= 1e-10 * closed.max(), number


@every_domain
def test_a_curve_is_what_is_sold_at_other_reports_at_extreme_scales(domain):
    rng = np.random.default_rng(18)
    for number in range(60):
        market, costs = extreme(rng, domain)
        seller = int(rng.integers(len(costs)))
        reports = np.append(10 ** rng.uniform(-3, 3, 6), np.inf)
        for report, sold in zip(reports, market.curve(costs, seller, reports), strict=True):
            weights = np.abs(market.allocate(np.where(np.arange(len(costs)) == seller, report, costs)).weights[0])
            assert abs(np.sqrt(sold) - weights[seller]) <= 1e-10 * weights.max(), (number, report)


@every_domain
def test_vcg_has_the_digits_that_the_welfares_leave_and_threshold_payments_have_all(domain):
    """Losses of 10^12 that two sellers change by less than their costs; worked out by hand for the simplex.

    s = 2^40 / 3 at equal weights and the effects differ by d = 2^-40, so s d = 1/3 = c_2 - c_1. In thirds: with both,
    loss and costs come to 3 s + 3/4, without the first to 3 s - 1/2 + 2, without the second to 3 s + 1/2 + 1, up to d.
    """
    if domain == "simplex":
        difference, loss = 2.0**-40, 2.0**40 / 3
        market = Mixture([-1.0, -1.0 - difference], loss * np.exp(1 + difference / 2))
        np.testing.assert_allclose(market.allocate([1 / 3, 2 / 3]).weights, [[0.5, 0.5]], rtol=1e-12)
        np.testing.assert_allclose(payments.threshold(market, [1 / 3, 2 / 3]), [1 / 3, 1.25 / 3], rtol=1e-12)
    rng = np.random.default_rng(19)
    for number in range(200):
        market, costs = several(rng, domain)
        paid = payments.threshold(market, costs)
        cleared = market.clear(costs)
        terms = market.scale.sum() + np.abs(cleared.allocation.value) + np.abs(cleared.without.value).max()
        within = 1e-9 * paid.max() + 1e-13 * terms
        np.testing.assert_allclose(payments.vcg(market, costs), paid, rtol=0, atol=within, err_msg=str(number))
