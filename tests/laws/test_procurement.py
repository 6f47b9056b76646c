"""Each claim of each mechanism that makes it, attacked by brute force; a rule's two forms held against each other."""

from fractions import Fraction

import numpy as np
import pytest

from evenhand.market import SolvedAgain
from evenhand.markets import ExactProcurement, Procurement
from evenhand.markets.procurement import RULES
from evenhand.mechanisms import MECHANISMS, for_rounds
from evenhand.properties import certify
from evenhand.random_markets import drawn
from tests.laws.markets import highest_winning_report, small_markets

SMALL_GRIDS = [
    (1, range(9), range(4), range(1, 13)),
    (2, range(7), range(1, 4), range(1, 10)),
    (3, range(4), range(1, 3), range(1, 8)),
]
FOUR_SELLERS = (4, range(3), range(1, 3), range(1, 7))
BIG_GRIDS = [(3, range(6), range(1, 4), range(1, 11)), (4, range(4), range(1, 4), range(1, 9))]


def claiming(claim):
    return pytest.mark.parametrize("name", [name for name, row in for_rounds().items() if claim in row.claims])


def thousand(seed):
    return drawn(1_000, seed, budgets=(1, 7, 60, 240), sellers_max=9)


def run(name, market):
    costs, worth, budget = market
    return MECHANISMS[name].run(ExactProcurement(worth, budget, whole=True), costs)


def is_paid_the_highest_winning_report(name, market):
    outcome = run(name, market)
    for seller, cost in enumerate(market[0]):
        highest = highest_winning_report(MECHANISMS[name].rule, market, seller)
        sold = bool(outcome.quantity[seller])
        assert outcome.cash[seller] == (highest if sold else 0), (market, seller)
        assert sold == (highest is not None and cost <= highest), "winning reports are an interval from 0"


def no_lie_gains(name, market):
    """Run the mechanism at every whole report of every seller, for every true cost: the definition itself."""
    costs, worth, budget = market
    exact = ExactProcurement(worth, budget, whole=True)
    for seller in range(len(costs)):
        reports = range(budget + 3)
        deals = []
        for report in reports:
            outcome = MECHANISMS[name].run(exact, [*costs[:seller], report, *costs[seller + 1 :]])
            deals.append((int(outcome.quantity[seller]), int(outcome.cash[seller])))
        for true in reports:
            honest = deals[true][1] - true * deals[true][0]
            assert all(paid - true * sold <= honest for sold, paid in deals), (market, seller, true)


@claiming("truthful")
def test_winners_are_paid_the_highest_winning_report_on_random_markets(name):
    for market in thousand(seed=1):
        is_paid_the_highest_winning_report(name, market)


@claiming("truthful")
def test_winners_are_paid_the_highest_winning_report_on_every_small_market_of_four(name):
    for market in small_markets(*FOUR_SELLERS):
        is_paid_the_highest_winning_report(name, market)


@claiming("truthful")
@pytest.mark.parametrize("grid", SMALL_GRIDS, ids=str)
def test_no_lie_gains_on_any_small_market(name, grid):
    for market in small_markets(*grid):
        no_lie_gains(name, market)


@claiming("rational")
def test_nobody_who_reports_the_true_cost_loses(name):
    for market in [*thousand(seed=2), *small_markets(*FOUR_SELLERS)]:
        outcome = run(name, market)
        assert all(
            paid >= cost * sold for paid, cost, sold in zip(outcome.cash, market[0], outcome.quantity, strict=True)
        )


@claiming("within_budget")
def test_payments_never_exceed_the_budget(name):
    for market in [*thousand(seed=3), *small_markets(*FOUR_SELLERS)]:
        assert sum(run(name, market).cash) <= market[2], market


@pytest.mark.sweep
@claiming("truthful")
@pytest.mark.parametrize("grid", BIG_GRIDS, ids=str)
def test_winners_are_paid_the_highest_winning_report_on_every_bigger_market(name, grid):
    for market in small_markets(*grid):
        is_paid_the_highest_winning_report(name, market)


@pytest.mark.sweep
@claiming("truthful")
def test_no_lie_gains_on_any_bigger_market(name):
    for market in small_markets(*BIG_GRIDS[0]):
        no_lie_gains(name, market)


@pytest.mark.sweep
@pytest.mark.parametrize("name", for_rounds())
def test_certify_finds_no_gap_on_ten_thousand_markets(name):
    for costs, worth, budget in drawn(10_000, seed=4):
        findings = certify(MECHANISMS[name], ExactProcurement(worth, budget, whole=True), costs)
        assert all(finding.holds for finding in findings), (costs, worth, budget)


@pytest.mark.parametrize("name", for_rounds())
def test_certify_finds_no_gap_in_what_is_claimed(name):
    for costs, worth, budget in drawn(200, seed=5):
        findings = certify(MECHANISMS[name], ExactProcurement(worth, budget, whole=True), costs)
        assert [finding.claim for finding in findings] == list(MECHANISMS[name].claims)
        assert all(finding.holds and finding.gap == 0 and finding.witness is None for finding in findings)


@pytest.mark.parametrize("name", for_rounds())
def test_certify_finds_no_gap_on_real_numbers_either(name):
    rng = np.random.default_rng(3)
    for _ in range(60):
        sellers = rng.integers(1, 7)
        market = Procurement(rng.lognormal(size=sellers), 10.0)
        costs = np.where(rng.random(sellers) < 0.2, np.inf, rng.lognormal(size=sellers))
        assert all(finding.holds for finding in certify(MECHANISMS[name], market, costs))


@pytest.mark.parametrize("rule", RULES)
def test_float_twin_selects_and_gives_thresholds_as_the_plain_rule(rule):
    for costs, worth, budget in drawn(500, seed=6, budgets=(1, 7, 60, 240), sellers_max=9):
        floats = Procurement(worth, budget, rule)
        exact = ExactProcurement([Fraction(w) for w in worth], Fraction(budget), rule)
        assert floats.allocate(costs).quantity.tolist() == exact.allocate(costs).quantity.tolist()
        wanted = [-np.inf if tau is None else float(tau) for tau in exact.thresholds(costs)]
        np.testing.assert_allclose(floats.thresholds(costs), wanted, rtol=1e-12)
        searched = SolvedAgain(floats, costs, hooks=False).thresholds
        np.testing.assert_allclose(floats.thresholds(costs), searched, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("rule", RULES)
def test_whole_thresholds_are_the_real_ones_rounded_down_but_for_lost_ties(rule):
    for costs, worth, budget in drawn(500, seed=7):
        whole = ExactProcurement(worth, budget, rule, whole=True).thresholds(costs)
        real = ExactProcurement([Fraction(w) for w in worth], Fraction(budget), rule).thresholds(costs)
        for least, tau in zip(whole, real, strict=True):
            if tau is None:
                assert least is None
            else:
                assert (-1 if least is None else least) in (tau.__floor__(), tau.__floor__() - 1)


@pytest.mark.parametrize("rule", RULES)
def test_one_seller_s_threshold_is_that_of_the_table(rule):
    for costs, worth, budget in drawn(300, seed=8):
        market = ExactProcurement(worth, budget, rule, whole=True)
        assert [market.threshold(seller, costs) for seller in range(len(costs))] == market.thresholds(costs).tolist()


@pytest.mark.parametrize("name", for_rounds())
def test_a_seller_who_stays_away_is_as_good_as_deleted(name):
    mechanism = MECHANISMS[name]
    here = mechanism.run(Procurement([1.0, 2.0, 3.0], 10.0), [1.0, np.inf, 3.0])
    gone = mechanism.run(Procurement([1.0, 3.0], 10.0), [1.0, 3.0])
    assert here.cash[[0, 2]].tolist() == gone.cash.tolist()
    assert here.utility([1.0, np.inf, 3.0])[1] == 0


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("scale", [1e-300, 1e-150, 1e150, 1e290])
def test_the_float_twin_keeps_its_answer_at_extreme_scales(rule, scale):
    rng = np.random.default_rng(9)
    for _ in range(50):
        worth, costs = rng.lognormal(size=5), rng.lognormal(size=5)
        usual = Procurement(worth, 4.0, rule).thresholds(costs)
        money = Procurement(worth, 4.0 * scale, rule).thresholds(costs * scale)
        np.testing.assert_allclose(money / scale, usual, rtol=1e-9)
        np.testing.assert_allclose(Procurement(worth * scale, 4.0, rule).thresholds(costs), usual, rtol=1e-9)


@pytest.mark.parametrize("rule", RULES)
def test_integers_give_exact_fractions_where_reports_are_real(rule):
    thresholds = ExactProcurement([23, 40, 48, 19], 58, rule).thresholds([10, 3, 13, 8])
    assert all(isinstance(tau, int | Fraction) for tau in thresholds)
    assert ExactProcurement([10**400, 1], 10, rule).thresholds([1, 2])[0] == 10
