"""Rules for values of sets: their claims attacked by brute force and by tracing, and their two forms held together."""

from dataclasses import replace
from itertools import combinations, product
from math import e

import numpy as np
import pytest

from evenhand.market import SolvedAgain, reporting
from evenhand.markets import ExactProcurement, Procurement
from evenhand.markets.procurement import RULES
from evenhand.mechanisms import MECHANISMS
from evenhand.properties import certify
from evenhand.random_markets import drawn
from tests.laws.redundant import CoverageThatTells, best_value, drawn_coverage, small_coverage

OF_SETS = [name for name, rule in RULES.items() if rule.of_sets]
SMALL_GRIDS = [(2, 2, range(0, 6, 2), range(1, 6)), (3, 2, (0, 2), (3,))]
BIG_GRIDS = [(2, 2, range(7), range(1, 7)), (3, 2, range(5), range(2, 7)), (3, 3, (0, 2, 4), (5,))]

of_sets = pytest.mark.parametrize("name", OF_SETS)


def whole(name, value, budget):
    return ExactProcurement(None, budget, name, whole=True, value=value)


def traced_alone(name):
    """The mechanism with what it claims, but of groups, which has a test of its own below, and of nothing else."""
    return replace(
        MECHANISMS[name],
        claims=tuple(claim for claim in MECHANISMS[name].claims if claim != "weakly_group_strategyproof"),
        refuted={},
    )


def is_paid_the_highest_winning_report(name, costs, value, budget):
    market = whole(name, value, budget)
    outcome = MECHANISMS[name].run(market, costs)
    for seller, cost in enumerate(costs):
        asked = ([*costs[:seller], report, *costs[seller + 1 :]] for report in range(budget + 2))
        wins = [seller in market.winners(reports) for reports in asked]
        highest = wins.index(False) - 1
        assert not any(wins[highest + 1 :]), "winning reports are an interval from 0"
        assert outcome.quantity[seller] == (cost <= highest)
        assert outcome.cash[seller] == (highest if cost <= highest else 0), (costs, value, budget, seller)
        assert market.threshold(seller, costs) == (None if highest < 0 else highest)


@of_sets
@pytest.mark.parametrize("grid", SMALL_GRIDS, ids=str)
def test_winners_are_paid_the_highest_winning_report_on_every_small_market_of_sets(name, grid):
    for market in small_coverage(*grid):
        is_paid_the_highest_winning_report(name, *market)


@of_sets
def test_winners_are_paid_the_highest_winning_report_on_random_markets_of_sets(name):
    for market in drawn_coverage(30, seed=1, budgets=(7, 30)):
        is_paid_the_highest_winning_report(name, *market)


@of_sets
@pytest.mark.parametrize("units", [True, False], ids=["whole units", "reals"])
def test_no_report_of_anyone_breaks_a_claim(name, units):
    for costs, value, budget in drawn_coverage(30, seed=2):
        market = ExactProcurement(None, budget, name, whole=units, value=value, n=len(costs))
        assert all(found.holds for found in certify(traced_alone(name), market, costs)), (costs, value, budget)


def test_the_clock_keeps_the_budget_where_nothing_at_all_is_known_of_the_value():
    rng = np.random.default_rng(3)
    for _ in range(300):
        sellers = int(rng.integers(1, 6))
        table = np.maximum.accumulate(rng.lognormal(0, 2, 2**sellers))  # rises with the masks, so with sets; no more
        market = Procurement(value=lambda masks, table=table: table[masks @ 2 ** np.arange(masks.shape[1])], budget=9.0)
        costs = rng.lognormal(0, 1, sellers)
        cleared = market.clear(costs)
        sold = cleared.allocation.quantity == 1
        assert cleared.highest_asked.sum() <= 9.0 * (1 + 1e-12)
        assert (cleared.highest_asked[sold] >= costs[sold]).all()


@of_sets
def test_the_float_form_of_a_rule_of_sets_is_the_plain_one(name):
    for costs, value, budget in drawn_coverage(60, seed=4):
        floats = Procurement(value=value, budget=budget, rule=name)
        exact = ExactProcurement(None, budget, name, value=value)
        assert floats.allocate(costs).quantity.tolist() == exact.allocate(costs).quantity.tolist()
        wanted = [-np.inf if tau is None else float(tau) for tau in exact.thresholds(costs)]
        np.testing.assert_allclose(floats.thresholds(costs), wanted, rtol=1e-12)


@of_sets
def test_a_seller_is_bought_just_below_the_threshold_and_not_just_above(name):
    for costs, value, budget in drawn_coverage(25, seed=5):
        market = Procurement(value=value, budget=budget, rule=name)
        for seller, tau in enumerate(market.thresholds(costs)):
            tried = [tau * (1 - 1e-9), tau * (1 + 1e-9)] if tau > 0 else [1e-9]
            sold = [int(market.allocate(reporting(costs, seller, report)).quantity[seller]) for report in tried]
            assert sold == ([1, 0] if tau > 0 else [0])


@of_sets
def test_a_value_that_says_what_sellers_add_changes_nothing(name):
    for costs, value, budget in drawn_coverage(60, seed=6):
        telling = CoverageThatTells(value.covers, value.weights)
        plain = Procurement(value=value, budget=budget, rule=name).clear(costs)
        told = Procurement(value=telling, budget=budget, rule=name).clear(costs)
        assert told.allocation.quantity.tolist() == plain.allocation.quantity.tolist()
        assert told.highest_asked.tolist() == plain.highest_asked.tolist()


@of_sets
def test_who_stays_away_from_a_market_of_sets_is_as_good_as_deleted(name):
    for costs, value, budget in drawn_coverage(60, seed=7):
        away = [*costs[:-1], np.inf]
        market = Procurement(value=value, budget=budget, rule=name, n=len(costs))
        among = market.exact().restricted(range(len(costs) - 1))
        here = MECHANISMS[name].run(market, away)
        assert here.cash[-1] == here.quantity[-1] == 0
        if among.n:
            gone = MECHANISMS[name].run(among, costs[:-1])
            np.testing.assert_allclose(here.cash[:-1], gone.cash.astype(float), rtol=1e-12)


def pairs_that_both_gain(costs, value, budget):
    """Every pair of lies of every pair of sellers, in whole units."""
    market = whole("clock", value, budget)
    deals = {}

    def utility(reports):
        if reports not in deals:
            deals[reports] = market.highest_asked(list(reports)), market.winners(list(reports))
        paid, sold = deals[reports]
        return [paid[seller] - costs[seller] if seller in sold else 0 for seller in range(len(costs))]

    honest = utility(tuple(costs))
    for one, other in combinations(range(len(costs)), 2):
        for lies in product(range(budget + 2), repeat=2):
            reports = list(costs)
            reports[one], reports[other] = lies
            gained = utility(tuple(reports))
            if gained[one] > honest[one] and gained[other] > honest[other]:
                yield one, other, lies


def test_no_pair_gains_together_at_a_clock_on_any_small_market():
    for costs, value, budget in small_coverage(2, 2, (0, 2, 3), (3, 5)):
        assert not list(pairs_that_both_gain(costs, value, budget)), (costs, value, budget)


def test_no_pair_gains_together_at_a_clock_on_random_markets():
    for costs, value, budget in drawn_coverage(6, seed=8, sellers_max=4, budgets=(7,)):
        assert not list(pairs_that_both_gain(costs, value, budget)), (costs, value, budget)


# -- what is bought ---------------------------------------------------------------------------------------------------


def test_a_clock_buys_an_eighth_of_the_best_set_where_worth_adds_up():
    for costs, worth, budget in drawn(300, seed=9, budgets=(7, 60, 240), sellers_max=9):
        market = ExactProcurement(worth, budget, "clock")
        best = best_value(costs, lambda masks, worth=worth: masks @ np.array(worth, dtype=object), budget)
        assert 8 * market.allocate(costs).value >= best, (costs, worth, budget)


def part_of_the_best(count, seed):
    parts = []
    for costs, value, budget in drawn_coverage(count, seed, sellers_max=9):
        best = best_value(costs, value, budget)
        if best:
            bought = Procurement(value=value, budget=budget).allocate(costs).value
            parts.append(bought / best)
    return np.array(parts)


def test_a_clock_buys_most_of_the_best_set_of_most_markets():
    parts = part_of_the_best(150, seed=10)
    assert parts.mean() > 0.85
    assert np.quantile(parts, 0.1) > 0.55
    assert parts.min() > 0.2


def test_near_copies_can_cost_a_clock_all_but_one_of_them():
    pairs, budget = 6, 600
    same = np.repeat(np.eye(pairs, dtype=int), 2, axis=0)
    only_one = np.eye(2 * pairs, dtype=int)  # of each pair the first covers 2 more, the second 1
    value = CoverageThatTells(np.hstack([same, only_one]), [1000] * pairs + [2, 1] * pairs)
    costs = [500, 50] * pairs
    bought = Procurement(value=value, budget=budget).allocate(costs).value
    assert best_value(costs, value, budget) == 1001 * pairs
    assert bought < 1100


@pytest.mark.parametrize("count", [120, pytest.param(2_000, marks=pytest.mark.sweep)])
def test_what_distorted_greedy_buys_is_within_its_bound_of_every_affordable_set(count):
    for costs, value, budget in drawn_coverage(count, seed=11):
        market = whole("distorted_greedy", value, budget)
        gained = market.allocate(costs).welfare
        masks = np.array(list(product([0, 1], repeat=len(costs))))
        masks = masks[(masks @ (np.array(costs) > budget)) == 0]
        assert gained >= ((1 - 1 / e) * value(masks) - masks @ np.array(costs)).max() - 1e-9


def test_distorted_greedy_can_spend_more_than_the_budget():
    outcome = MECHANISMS["distorted_greedy"].run(Procurement([10.0, 10.0], budget=10.0), [1.0, 1.0])
    assert outcome.cash.sum() > 10


@pytest.mark.sweep
@of_sets
@pytest.mark.parametrize("grid", BIG_GRIDS, ids=str)
def test_winners_are_paid_the_highest_winning_report_on_every_bigger_market_of_sets(name, grid):
    for market in small_coverage(*grid):
        is_paid_the_highest_winning_report(name, *market)


@pytest.mark.sweep
@of_sets
def test_no_report_of_anyone_breaks_a_claim_on_a_thousand_markets(name):
    for costs, value, budget in drawn_coverage(1_000, seed=12, sellers_max=12):
        market = ExactProcurement(None, budget, name, whole=True, value=value, n=len(costs))
        assert all(found.holds for found in certify(traced_alone(name), market, costs)), (costs, value, budget)


@pytest.mark.sweep
@of_sets
def test_thresholds_are_what_bisection_finds(name):
    for costs, value, budget in drawn_coverage(50, seed=5, sellers_max=5):
        market = Procurement(value=value, budget=budget, rule=name)
        searched = SolvedAgain(market, costs, hooks=False).thresholds
        np.testing.assert_allclose(market.thresholds(costs), searched, rtol=1e-9, atol=1e-9)


@pytest.mark.sweep
def test_no_pair_gains_together_at_a_clock_on_any_market_of_three():
    for costs, value, budget in small_coverage(3, 2, (0, 2, 3), (4, 6)):
        assert not list(pairs_that_both_gain(costs, value, budget)), (costs, value, budget)


@pytest.mark.sweep
def test_a_clock_buys_most_of_the_best_set_of_a_thousand_markets():
    parts = part_of_the_best(1_000, seed=13)
    print(f"\nclock, part of the best: min {parts.min():.2f} median {np.median(parts):.2f} mean {parts.mean():.2f}")
    assert parts.mean() > 0.85
