"""Each claim of each mechanism that makes it, attacked by brute force; a rule's two forms held against each other.

A mechanism that draws lots is attacked once for each rule that its lot may fall on; one that settles in shares, with a
pool of them. Whole units are covered report by report, real numbers by tracing and by bisection.
"""

from fractions import Fraction
from itertools import chain, islice

import numpy as np
import pytest

from evenhand.market import SolvedAgain
from evenhand.markets import ExactProcurement, Procurement
from evenhand.markets.procurement import RULES
from evenhand.mechanisms import for_rounds
from evenhand.properties import ROUND_CLAIMS, certify
from evenhand.random_markets import drawn
from tests.laws.markets import small_markets

ROWS = {
    name if each is row else f"{name} by {each.rule}": each for name, row in for_rounds().items() for each in row.each
}
"""What is attacked: every mechanism that buys under a budget, one for each rule of a lot."""

SMALL_GRIDS = [
    (1, range(7), range(3), range(1, 9)),
    (2, range(5), range(1, 3), range(1, 6)),
    (3, range(3), range(1, 3), range(1, 4)),
]
THREE_SELLERS = (3, range(4), range(1, 3), range(1, 5))
BIG_GRIDS = [
    (1, range(9), range(4), range(1, 13)),
    (2, range(7), range(1, 4), range(1, 10)),
    (3, range(4), range(1, 3), range(1, 8)),
    (3, range(5), range(1, 3), range(1, 9)),
]
FOUR_SELLERS = (4, range(3), range(1, 3), range(1, 7))


def claiming(*claims):
    return pytest.mark.parametrize("name", [name for name, row in ROWS.items() if {*claims} <= {*row.claims}])


def some(name, markets):
    """All of the markets, or every fifth for a rule that values sets and takes its time."""
    return islice(markets, 0, None, 5 if RULES[ROWS[name].rule].of_sets else 1)


def whole(name, market):
    """The market in whole units as the mechanism is given it."""
    _, worth, budget = market
    return ExactProcurement(worth, budget, whole=True, pool=(budget + 1) // 2 if ROWS[name].in_shares else 0)


def run(name, market):
    """Who sells, and what each is paid in cash and shares."""
    outcome = ROWS[name].run(whole(name, market), market[0])
    return outcome.quantity.tolist(), (outcome.cash + outcome.share).tolist()


def reporting(market, seller, report):
    costs, worth, budget = market
    return [*costs[:seller], report, *costs[seller + 1 :]], worth, budget


def is_paid_the_highest_winning_report(name, market):
    sold, paid = run(name, market)
    adapted = ROWS[name].market(whole(name, market))
    for seller, cost in enumerate(market[0]):
        winning = [
            report
            for report in range(adapted.report_max + 2)
            if seller in adapted.winners(reporting(market, seller, report)[0])
        ]
        assert winning == list(range(len(winning))), "winning reports are an interval from 0"
        assert sold[seller] == (cost < len(winning)), (market, seller)
        assert paid[seller] == (len(winning) - 1 if sold[seller] else 0), (market, seller)


def no_lie_gains(name, market):
    """Run the mechanism at every whole report of every seller, for every true cost: the definition itself."""
    reports = range(ROWS[name].market(whole(name, market)).report_max + 2)
    for seller in range(len(market[0])):
        deals = []
        for report in reports:
            sold, paid = run(name, reporting(market, seller, report))
            deals.append((sold[seller], paid[seller]))
        for true in reports:
            honest = deals[true][1] - true * deals[true][0]
            assert all(paid - true * sold <= honest for sold, paid in deals), (market, seller, true)


def nobody_loses(name, market):
    sold, paid = run(name, market)
    assert all(payment >= cost * one for payment, cost, one in zip(paid, market[0], sold, strict=True)), market


def spends_what_there_is(name, market):
    outcome, given = ROWS[name].run(whole(name, market), market[0]), whole(name, market)
    assert sum(outcome.cash) <= given.budget, market
    assert sum(outcome.share) <= given.pool, market


@claiming("truthful")
def test_winners_are_paid_the_highest_winning_report(name):
    for market in some(name, chain(drawn(70, 1, budgets=(1, 7, 40), sellers_max=8), small_markets(*THREE_SELLERS))):
        is_paid_the_highest_winning_report(name, market)


@claiming("truthful")
@pytest.mark.parametrize("grid", SMALL_GRIDS, ids=str)
def test_no_lie_gains_on_any_small_market(name, grid):
    for market in some(name, small_markets(*grid)):
        no_lie_gains(name, market)


@claiming("rational")
def test_nobody_who_reports_the_true_cost_loses(name):
    for market in some(name, chain(drawn(300, seed=2), small_markets(*THREE_SELLERS))):
        nobody_loses(name, market)


@claiming("within_budget")
def test_payments_never_exceed_the_budget(name):
    for market in some(name, chain(drawn(300, seed=3), small_markets(*THREE_SELLERS))):
        spends_what_there_is(name, market)


@pytest.mark.sweep
@claiming("truthful")
def test_winners_are_paid_the_highest_winning_report_on_every_market_of_four(name):
    for market in chain(drawn(1_000, 1, budgets=(1, 7, 60, 240), sellers_max=9), small_markets(*FOUR_SELLERS)):
        is_paid_the_highest_winning_report(name, market)


@pytest.mark.sweep
@claiming("truthful")
@pytest.mark.parametrize("grid", BIG_GRIDS, ids=str)
def test_no_lie_gains_on_any_bigger_market(name, grid):
    for market in small_markets(*grid):
        no_lie_gains(name, market)


@pytest.mark.sweep
@claiming("rational")
def test_nobody_who_reports_the_true_cost_loses_on_ten_thousand_markets(name):
    for market in chain(drawn(10_000, seed=2), small_markets(*FOUR_SELLERS)):
        nobody_loses(name, market)


@pytest.mark.sweep
@claiming("within_budget")
def test_payments_never_exceed_the_budget_on_ten_thousand_markets(name):
    for market in chain(drawn(10_000, seed=3), small_markets(*FOUR_SELLERS)):
        spends_what_there_is(name, market)


def findings(name, market):
    """What certify says of this row: claim -> finding."""
    row = ROWS[name]
    asked = [claim for claim in [*row.claims, *row.refuted] if claim in ROUND_CLAIMS]
    found = certify(row, whole(name, market), market[0], claims=asked)
    assert [finding.claim for finding in found] == asked
    return {finding.claim: finding for finding in found}


def finds_no_gap_in_what_is_claimed(name, market):
    found = findings(name, market)
    for claim in set(found).intersection(ROWS[name].claims):
        assert found[claim].holds, (market, found[claim])
        assert found[claim].gap == 0
        assert found[claim].witness is None


@pytest.mark.parametrize("name", ROWS)
def test_certify_finds_no_gap_in_what_is_claimed(name):
    for market in some(name, drawn(60, seed=5)):
        finds_no_gap_in_what_is_claimed(name, market)


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.refuted])
def test_what_a_mechanism_does_not_keep_fails_on_some_market(name):
    kept = set(ROWS[name].refuted)
    for market in drawn(60, seed=4):
        kept &= {claim for claim, finding in findings(name, market).items() if finding.holds}
    assert not kept


@pytest.mark.sweep
@pytest.mark.parametrize("name", ROWS)
def test_certify_finds_no_gap_on_ten_thousand_markets(name):
    for market in drawn(10_000, seed=4):
        finds_no_gap_in_what_is_claimed(name, market)


@pytest.mark.parametrize("name", ROWS)
def test_certify_finds_no_gap_on_real_numbers_either(name):
    rng, row = np.random.default_rng(3), ROWS[name]
    for _ in range(25):
        sellers = rng.integers(1, 7)
        market = Procurement(rng.lognormal(size=sellers), 10.0, pool=5.0 if row.in_shares else 0.0)
        costs = np.where(rng.random(sellers) < 0.2, np.inf, rng.lognormal(size=sellers))
        asked = [claim for claim in row.claims if claim in ROUND_CLAIMS]
        assert all(finding.holds for finding in certify(row, market, costs, claims=asked))


@pytest.mark.parametrize("name", ROWS)
def test_a_seller_who_stays_away_is_as_good_as_deleted(name):
    row, mass = ROWS[name], 6.0  # over which a pool is divided: published, so it does not change with who is there
    here = row.run(Procurement([1.0, 2.0, 3.0], 10.0, pool=4.0 * row.in_shares, mass=mass), [1.0, np.inf, 3.0])
    gone = row.run(Procurement([1.0, 3.0], 10.0, pool=4.0 * row.in_shares, mass=mass), [1.0, 3.0])
    assert here.cash[[0, 2]].tolist() == gone.cash.tolist()
    assert here.share[[0, 2]].tolist() == gone.share.tolist()
    assert here.utility([1.0, np.inf, 3.0])[1] == 0


def float_twin_says_what_the_plain_rule_says(rule, market):
    """Winners and all thresholds."""
    costs, worth, budget = market
    floats = Procurement(worth, budget, rule)
    exact = ExactProcurement([Fraction(w) for w in worth], Fraction(budget), rule)
    assert floats.allocate(costs).quantity.tolist() == exact.allocate(costs).quantity.tolist(), market
    wanted = np.array([-np.inf if tau is None else float(tau) for tau in exact.thresholds(costs)])
    np.testing.assert_allclose(floats.thresholds(costs), wanted, rtol=1e-12)
    sold = floats.allocate(costs).quantity == 1
    np.testing.assert_allclose(floats.clear(costs).highest_asked, np.where(sold, wanted, 0), rtol=1e-12)


def thresholds_are_those_of_bisection(rule, market):
    costs, worth, budget = market
    floats = Procurement(worth, budget, rule)
    searched = SolvedAgain(floats, costs, hooks=False).thresholds
    np.testing.assert_allclose(floats.thresholds(costs), searched, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("rule", RULES)
def test_float_twin_selects_and_gives_thresholds_as_the_plain_rule(rule):
    for market in drawn(150, seed=6, budgets=(1, 7, 60, 240), sellers_max=9):
        float_twin_says_what_the_plain_rule_says(rule, market)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != "gifts"])  # halving takes long to reach 0
def test_thresholds_are_those_of_bisection(rule):
    for market in drawn(14, seed=6, budgets=(1, 7, 60, 240), sellers_max=9):
        thresholds_are_those_of_bisection(rule, market)


@pytest.mark.sweep
@pytest.mark.parametrize("rule", RULES)
def test_float_twin_says_what_the_plain_rule_says_on_ten_thousand_markets(rule):
    for market in drawn(10_000, seed=6, budgets=(1, 7, 60, 240, 5_000)):
        float_twin_says_what_the_plain_rule_says(rule, market)


@pytest.mark.sweep
@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != "gifts"])  # halving takes long to reach 0
def test_thresholds_are_those_of_bisection_on_a_thousand_markets(rule):
    for market in drawn(1_000, seed=6, budgets=(1, 7, 60, 240), sellers_max=9):
        thresholds_are_those_of_bisection(rule, market)


@pytest.mark.parametrize("rule", RULES)
def test_whole_thresholds_are_the_real_ones_rounded_down_but_for_lost_ties(rule):
    for costs, worth, budget in drawn(200, seed=7):
        whole_units = ExactProcurement(worth, budget, rule, whole=True).thresholds(costs)
        real = ExactProcurement([Fraction(w) for w in worth], Fraction(budget), rule).thresholds(costs)
        for least, tau in zip(whole_units, real, strict=True):
            if tau is None:
                assert least is None
            else:
                assert (-1 if least is None else least) in (tau.__floor__(), tau.__floor__() - 1)


@pytest.mark.parametrize("rule", RULES)
def test_one_seller_s_threshold_is_that_of_the_table(rule):
    for costs, worth, budget in drawn(150, seed=8):
        market = ExactProcurement(worth, budget, rule, whole=True)
        assert [market.threshold(seller, costs) for seller in range(len(costs))] == market.thresholds(costs).tolist()


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("scale", [1e-300, 1e-150, 1e150, 1e290])
def test_the_float_twin_keeps_its_answer_at_extreme_scales(rule, scale):
    rng = np.random.default_rng(9)
    for _ in range(20):
        worth, costs = rng.lognormal(size=5), rng.lognormal(size=5)
        usual = Procurement(worth, 4.0, rule).thresholds(costs)
        if RULES[rule].in_money:  # worth is then money too
            money = Procurement(worth * scale, 4.0 * scale, rule).thresholds(costs * scale)
        else:
            money = Procurement(worth, 4.0 * scale, rule).thresholds(costs * scale)
            np.testing.assert_allclose(Procurement(worth * scale, 4.0, rule).thresholds(costs), usual, rtol=1e-9)
        np.testing.assert_allclose(money / scale, usual, rtol=1e-9)


@pytest.mark.parametrize("rule", RULES)
def test_integers_give_exact_fractions_where_reports_are_real(rule):
    thresholds = ExactProcurement([23, 40, 48, 19], 58, rule).thresholds([10, 3, 13, 8])
    assert all(tau is None or isinstance(tau, int | Fraction) for tau in thresholds)
    assert ExactProcurement([10**400, 1], 10, rule).thresholds([1, 2])[0] == (0 if rule == "gifts" else 10)
