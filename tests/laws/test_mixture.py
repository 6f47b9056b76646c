"""Every fast answer of a mixture market against solving it again, and its three truthful payments against each other.

Welfares are floats, so payments that are differences of welfares are held to 1e-9 of the largest payment of the market,
or to the last digits of the welfare where that is more: a loss of 1e4 that is all but gone leaves payments of 1e-5.
"""

from itertools import pairwise

import numpy as np
import pytest

from evenhand import payments
from evenhand.market import SolvedAgain, borne
from evenhand.markets import Mixture
from evenhand.numerics.games import subsets
from evenhand.numerics.tail import tail_integral

DOMAINS = ["simplex", "capped", "orthant", "free"]
DIGITS = 1e-13
"""What a welfare is known to, relative to the numbers that it is a sum of."""


def market(rng, domain, *, sellers_max=6, tasks=None, extreme=False):
    """Draw a market: some sellers stay away, some are equal, some have no effect."""
    sellers = int(rng.integers(2, sellers_max + 1))
    shape = (sellers,) if tasks is None else (tasks, sellers)
    if extreme:
        effects = rng.normal(size=shape) * 10 ** rng.uniform(-2, 2) + rng.normal() * 10 ** rng.uniform(-2, 2)
        effects = np.clip(effects, -100, 100 if tasks is None or domain != "simplex" else 0)
        costs, scale = 10 ** rng.uniform(-3, 3, sellers), 10 ** rng.uniform(-4, 4, shape[:-1])
    else:
        effects = rng.normal(-1, 1.5, shape)
        costs, scale = 10 ** rng.uniform(-1, 1, sellers), 10 ** rng.uniform(-1, 1, shape[:-1])
    if rng.random() < 0.3:
        effects[..., rng.integers(sellers)] = effects[..., 0]
    if rng.random() < 0.2:
        effects[..., rng.integers(sellers)] = 0
    if sellers > 2 and rng.random() < 0.3:
        costs[rng.integers(sellers)] = np.inf
    return Mixture(effects, scale, domain=domain), costs


def tolerance(cleared, relative=1e-9):
    """Give what differences of welfares are held to."""
    largest = (borne(cleared.costs, cleared.allocation.quantity) + cleared.area).max()
    sums = np.abs(cleared.allocation.value) + cleared.market.scale.sum() + np.abs(cleared.without.value).max()
    return relative * largest + DIGITS * sums


def assert_every_answer_is_that_of_solving_again(mixture, costs, rng):
    fast, slow = mixture.clear(costs), SolvedAgain(mixture, costs, hooks=False)
    within = tolerance(fast)
    np.testing.assert_allclose(fast.allocation.weights, slow.allocation.weights, rtol=0, atol=1e-9)
    np.testing.assert_allclose(fast.without.value_by_buyer, slow.without.value_by_buyer, rtol=0, atol=within)
    np.testing.assert_allclose(fast.without.welfare, slow.without.welfare, rtol=0, atol=within)
    np.testing.assert_allclose(fast.area, slow.allocation.welfare - slow.without.welfare, rtol=0, atol=within)
    masks = subsets(len(costs))
    all_values = fast.coalition_values(masks)
    most = within + DIGITS * np.abs(all_values).max()
    np.testing.assert_allclose(all_values, slow.coalition_values(masks), rtol=0, atol=most)
    assert all_values[0] == 0
    orders = np.stack([rng.permutation(len(costs)) for _ in range(3)])
    np.testing.assert_allclose(fast.prefix_values(orders), slow.prefix_values(orders), rtol=0, atol=most)
    seller = int(rng.integers(len(costs)))
    reports = np.append(10 ** rng.uniform(-2, 2, 5), np.inf)
    np.testing.assert_allclose(fast.curve(seller, reports), slow.curve(seller, reports), rtol=1e-8, atol=1e-9)
    back = np.where(np.isfinite(fast.contributions), slow.contributions, np.inf)
    np.testing.assert_allclose(fast.contributions, back, rtol=1e-11, atol=most)


def assert_truthful_payments_are_one(mixture, costs):
    cleared = mixture.clear(costs)
    closed = payments.threshold(mixture, costs)
    again = payments.vcg(SolvedOnly(mixture), costs)
    np.testing.assert_allclose(again, closed, rtol=0, atol=tolerance(cleared))
    np.testing.assert_allclose(payments.vcg(mixture, costs), closed, rtol=0, atol=tolerance(cleared))
    summed = np.array([by_pieces(mixture, costs, seller) for seller in range(len(costs))])
    np.testing.assert_allclose(
        borne(cleared.costs, cleared.allocation.quantity) + summed, closed, rtol=0, atol=1e-9 * closed.max()
    )


class SolvedOnly:
    """A market of which nothing is known but what it allocates."""

    def __init__(self, mixture):
        self.allocate = mixture.allocate


def by_pieces(mixture, costs, seller):
    """Integrate a curve over the whole axis, between the reports at which another set of sellers sells.

    A rule that looks at a few points can miss a bend that lies between two of them, so it is told where the bends are.
    """
    if not np.isfinite(costs[seller]):
        return 0.0

    def who(report):
        return tuple(mixture.allocate(np.where(np.arange(len(costs)) == seller, report, costs)).quantity > 0)

    start = float(costs[seller])
    grid = start + np.concatenate([[0], 10 ** np.linspace(-6, 6, 49)])
    sets = [who(report) for report in grid]
    bends = []
    for (low, high), (left, right) in zip(pairwise(grid), pairwise(sets), strict=True):
        while left != right and low < (middle := (low + high) / 2) < high:
            low, high = (middle, high) if who(middle) == left else (low, middle)
        bends += [high] if left != right else []
    ends = [start, *bends, np.inf]
    return sum(tail_integral(lambda u: mixture.curve(costs, seller, u), a, b)[0] for a, b in pairwise(ends) if b > a)


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_answer_is_that_of_solving_again(domain):
    rng = np.random.default_rng(1)
    for _ in range(60):
        assert_every_answer_is_that_of_solving_again(*market(rng, domain), rng)


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_answer_is_that_of_solving_again_at_extreme_scales(domain):
    rng = np.random.default_rng(2)
    for _ in range(40):
        mixture, costs = market(rng, domain, extreme=True)
        fast, slow = mixture.clear(costs), SolvedAgain(mixture, costs, hooks=False)
        np.testing.assert_allclose(fast.without.welfare, slow.without.welfare, rtol=0, atol=tolerance(fast))
        lost = slow.allocation.welfare - slow.without.welfare
        np.testing.assert_allclose(fast.area, lost, rtol=0, atol=tolerance(fast))


@pytest.mark.parametrize("domain", DOMAINS)
def test_several_tasks_are_answered_like_solving_again(domain):
    rng = np.random.default_rng(3)
    for _ in range(5):
        assert_every_answer_is_that_of_solving_again(*market(rng, domain, sellers_max=5, tasks=3), rng)


@pytest.mark.parametrize("domain", DOMAINS)
def test_vcg_by_solving_again_is_myerson_by_quadrature_is_the_closed_form(domain):
    rng = np.random.default_rng(4)
    for _ in range(60):
        assert_truthful_payments_are_one(*market(rng, domain, sellers_max=4))


def test_truthful_payments_are_one_with_several_tasks():
    rng = np.random.default_rng(5)
    for domain in ("simplex", "free"):
        assert_truthful_payments_are_one(*market(rng, domain, sellers_max=3, tasks=2))


@pytest.mark.parametrize("domain", ["simplex", "capped"])
def test_who_costs_nothing_is_answered_like_everyone_else(domain):
    rng = np.random.default_rng(6)
    tried = 0
    while tried < 40:
        mixture, costs = market(rng, domain)
        nobody = rng.integers(len(costs))
        costs[nobody] = 0
        if mixture.effects[0, nobody] == 0 and domain == "capped":
            continue
        tried += 1
        assert_every_answer_is_that_of_solving_again(mixture, costs, rng)


@pytest.mark.parametrize("domain", DOMAINS)
def test_nobody_sells_more_by_asking_more(domain):
    rng = np.random.default_rng(7)
    reports = np.append(np.geomspace(1e-3, 1e4, 200), np.inf)
    for _ in range(25):
        mixture, costs = market(rng, domain, extreme=bool(rng.random() < 0.5))
        for seller in range(len(costs)):
            sold = mixture.curve(costs, seller, reports)
            assert (np.diff(sold) <= 1e-9 * sold[0]).all()
            assert sold[-1] == 0


@pytest.mark.sweep
@pytest.mark.parametrize("domain", DOMAINS)
def test_truthful_payments_are_one_on_a_thousand_markets(domain):
    rng = np.random.default_rng(8)
    for _ in range(1000):
        mixture, costs = market(rng, domain, sellers_max=3)
        closed, (summed, _) = payments.threshold(mixture, costs), payments.threshold_by_quadrature(mixture, costs)
        again = payments.vcg(SolvedOnly(mixture), costs)
        np.testing.assert_allclose(again, closed, rtol=0, atol=tolerance(mixture.clear(costs)))
        if np.abs(summed - closed).max() > 1e-9 * closed.max():  # a bend between two points of the rule
            assert_truthful_payments_are_one(mixture, costs)


@pytest.mark.sweep
@pytest.mark.parametrize("domain", DOMAINS)
def test_every_answer_is_that_of_solving_again_on_a_thousand_markets(domain):
    rng = np.random.default_rng(9)
    for _ in range(1000):
        assert_every_answer_is_that_of_solving_again(*market(rng, domain), rng)
