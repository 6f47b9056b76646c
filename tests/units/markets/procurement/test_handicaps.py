"""Handicaps: the proof's identity, what they are drawn from, and more than half of the best."""

import numpy as np
import pytest

from evenhand.markets import ExactProcurement, Procurement
from evenhand.markets.procurement.handicaps import UNIT, handicaps
from evenhand.markets.procurement.knapsack import fractional_optimum_of_arrays
from evenhand.mechanisms import MECHANISMS
from evenhand.properties import certify

EVENLY = (np.arange(20_000) + 0.5) / 20_000
"""Draws as even as they get: a mean over these is an integral."""


def test_sold_times_e_is_what_is_paid_and_what_a_seller_is_worth_beyond_the_price():
    handicap = np.e - np.exp(EVENLY)
    for x in np.linspace(0, 3, 61):
        sold, paid = (handicap >= x).mean(), (handicap * (handicap >= x)).mean()
        assert np.e * sold == pytest.approx(paid + max(np.e - 1 - x, 0), abs=3e-4)
        assert paid >= sold - 1e-4


def test_handicaps_are_one_on_average_and_end_where_they_should():
    drawn = handicaps(100_000, np.random.default_rng(1))
    assert drawn.mean() == pytest.approx(UNIT, rel=0.01)
    assert (drawn >= 0).all()
    assert drawn.max() == pytest.approx((np.e - 1) * UNIT, rel=1e-3)


def test_they_do_not_depend_on_anything_but_the_generator():
    assert (handicaps(5, np.random.default_rng(2)) == handicaps(9, np.random.default_rng(2))[:5]).all()


def test_one_less_1_over_e_of_the_best_is_bought_where_shares_alone_buy_half():
    worth, costs, budget = np.ones(4_000), np.repeat([0.0, 1.001], 2_000), 2_000.0
    best = fractional_optimum_of_arrays(costs, worth, budget)

    def part(weighed):
        return Procurement(weighed, budget).allocate(costs).quantity @ worth / best

    drawn = [part(worth * handicaps(4_000, np.random.default_rng(seed))) for seed in range(10)]
    assert part(worth) < 0.51
    assert np.mean(drawn) == pytest.approx(1 - 1 / np.e, abs=0.01)


def test_no_lie_gains_and_the_budget_is_kept_whatever_is_drawn():
    for seed in range(5):
        drawn = handicaps(4, np.random.default_rng(seed))
        market = ExactProcurement([w * int(g) for w, g in zip([3, 1, 2, 2], drawn, strict=True)], 20, whole=True)
        findings = certify(MECHANISMS["proportional_share"], market, [5, 2, 2, 9])
        assert all(finding.holds for finding in findings)
