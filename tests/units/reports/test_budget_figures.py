"""The figures about buying under a budget: what they say follows from what was drawn, by rules written out again."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from evenhand.planning import GRID
from evenhand.reports.reproductions import frontier, gain, overspend, value
from evenhand.reports.reproductions.budget_market import drawn, several

RULES = ("proportional_share", "single_or_share", "single_or_share_by_lot", "prune_and_pack")


def quickly(module, **settings):
    return module.recompute(lambda done, total: None, module.Config(**settings))


@pytest.fixture(scope="module")
def overspent():
    return quickly(overspend, sizes=(2, 5, 20), markets=10, large=100_000)


@pytest.fixture(scope="module")
def bought():
    return quickly(value, kinds=tuple(replace(kind, sellers=8) for kind in value.Config().kinds), markets=6)


@pytest.fixture(scope="module")
def chosen():
    return quickly(frontier, others=20)


@pytest.fixture(scope="module")
def gained():
    return quickly(gain, sellers=5, markets=8, corrected=2, steps=2)


def only(figure):
    (market,) = figure.drawn.values()
    return market["costs"], market["worth"], market["budget"]


def in_order(costs, worth):
    return sorted((j for j, w in enumerate(worth) if w), key=lambda j: (Fraction(costs[j], worth[j]), j))


def q_mia(costs, worth, budget):
    sellers, spent = [], 0
    for j in in_order(costs, worth):
        spent += costs[j]
        if spent > budget:
            break
        sellers.append(j)
    return sellers


def shared(costs, worth, budget):
    sellers, had = [], 0
    for j in in_order(costs, worth):
        had += worth[j]
        if costs[j] * had > budget * worth[j]:
            break
        sellers.append(j)
    return sellers


def asking(costs, seller, report):
    return [*costs[:seller], report, *costs[seller + 1 :]]


# -- the same market on every machine ---------------------------------------------------------------------------------


def test_markets_are_whole_numbers_and_the_budget_is_the_part_that_is_said():
    market = drawn(50, 0.3, 7)
    assert {type(number) for number in (*market.costs, *market.worth, market.budget)} == {int}
    assert market.budget == round(0.3 * sum(market.costs))
    assert market.spending(0.6).costs == market.costs
    assert [each.seed for each in several(3, 0.3, 4)] == [0, 1, 2, 3]


# -- overspend --------------------------------------------------------------------------------------------------------


def test_the_market_that_overspends_most_pays_what_is_said(overspent):
    costs, worth, budget = only(overspent)
    paid = 0.0
    for seller in q_mia(costs, worth, budget):
        low, high = costs[seller], budget + 1
        while high - low > 1:  # the highest whole report that sells; the supremum is less than 1 above
            middle = (low + high) // 2
            low, high = (
                (middle, high) if seller in q_mia(asking(costs, seller, middle), worth, budget) else (low, middle)
            )
        paid += low
    assert paid / budget == pytest.approx(overspent.numbers["worst"], abs=len(costs) / budget)
    assert overspent.numbers["worst"] > 1


def test_a_large_market_pays_about_what_the_limit_says(overspent):
    for part in (0.1, 0.5):
        assert overspent.numbers[f"large_at_{part:g}"] == pytest.approx(overspend.limit(part), rel=0.03)


def test_the_limit_is_one_price_for_all_worth_below_it():
    rng = np.random.default_rng(5)
    costs, worth = rng.lognormal(size=400_000), rng.lognormal(size=400_000)
    order = np.argsort(costs / worth)
    for part in (0.05, 0.3, 0.8):
        sells = order[np.cumsum(costs[order]) <= part * costs.sum()]
        price = (costs / worth)[sells[-1]]
        assert price * worth[sells].sum() / (part * costs.sum()) == pytest.approx(overspend.limit(part), rel=0.03)


def test_proportional_share_never_spends_more_than_one_budget(overspent):
    assert all(most <= 1 + 1e-9 for name, most in overspent.numbers.items() if name.startswith("shared_most"))


# -- value ------------------------------------------------------------------------------------------------------------


def test_the_market_where_shares_buy_least_is_told_with_its_numbers(bought):
    costs, worth, budget = only(bought)
    best, left = 0.0, budget
    for j in (j for j in in_order(costs, worth) if costs[j] <= budget):
        best += worth[j] * min(1, left / max(costs[j], 1))
        left = max(left - costs[j], 0)
    got = sum(worth[j] for j in shared(costs, worth, budget))
    assert got / best == pytest.approx(bought.numbers["worst"], rel=1e-9)


def test_rules_buy_what_they_guarantee_and_no_more_than_the_optimum(bought):
    least = {"single_or_share": 1 / (2 + 2**0.5), "single_or_share_by_lot": 1 / 3, "prune_and_pack": 1 / 4}
    for panel in bought.panels:
        assert len(panel.curves) == len(RULES)
        assert all(0 <= y <= 1 for curve in panel.curves for y in curve.y)
    for name, part in bought.numbers.items():
        for rule, guaranteed in least.items():
            assert not (name.startswith(f"{rule}_") and name.endswith("_min") and name[len(rule) + 1].isdigit()) or (
                part >= guaranteed
            )


def test_what_is_bought_by_lot_is_a_third_of_one_rule_and_two_thirds_of_the_other():
    for market in several(6, 0.3, 5):
        single, share, lot = (
            value.part_bought(name, market) for name in ("best_single", "proportional_share", "single_or_share_by_lot")
        )
        assert lot == pytest.approx((single + 2 * share) / 3)


# -- frontier ---------------------------------------------------------------------------------------------------------


def test_the_frontier_of_a_split_follows_from_the_market(chosen):
    costs, worth, budget = only(chosen)
    pool = chosen.config.pool * budget
    wanted = []
    for part in GRID:
        power = min(pot / share for pot, share in ((budget, part), (pool, 1 - part)) if share > 0)
        wanted.append(sum(worth[j] for j in shared(costs, worth, power)) / sum(worth))
    curve = next(curve for curve in chosen.panels[0].curves if curve.label == "split")
    np.testing.assert_allclose(curve.y, wanted, rtol=1e-9)


def test_no_seller_is_better_off_than_where_both_pots_run_out_unless_that_lets_in_a_dear_offer():
    config, elsewhere = frontier.Config(), 0
    for market in several(8, 0.6, 60):
        powers = [min(pot / part for pot, part in ((1, part), (config.pool, 1 - part)) if part > 0) for part in GRID]
        let_in = any(min(powers) < cost / market.budget <= max(powers) for cost in market.costs)
        assert let_in or frontier.best_for_all(market, config)
        elsewhere += not let_in
    assert elsewhere > 10
    assert not all(frontier.best_for_all(market, config) for market in several(5, 0.2, 30))


def test_as_published_many_choices_are_dominated_and_cash_runs_over(chosen):
    assert chosen.numbers["published_dominated"] > 0
    assert chosen.numbers["published_worse_elsewhere"] > 0
    assert chosen.numbers["published_cash"] > 1
    cash, shares = ({curve.label: curve.y for curve in panel.curves} for panel in chosen.panels[2:])
    for label in ("split", "net cost"):
        assert max(cash[label]) <= 1 + 1e-9
        assert max(shares[label]) <= 1 + 1e-9


# -- gain -------------------------------------------------------------------------------------------------------------


def test_the_largest_gain_is_found_again_by_trying_every_whole_report(gained):
    costs, worth, budget = only(gained)
    (label,) = gained.drawn
    seller, pool = int(label.split()[-1]), gained.config.pool * budget

    def left(report):  # all in shares: gains are convex in the liquidity, and 0 where all is cash
        sells = q_mia(asking(costs, seller, report), worth, budget)
        return pool * worth[seller] / sum(worth[j] for j in sells) - costs[seller] if seller in sells else 0

    best = max(left(report) for report in range(budget + 2)) - left(costs[seller])
    assert best / budget == pytest.approx(gained.numbers["most"], rel=1e-9)


@pytest.mark.parametrize("part", [Fraction(0), Fraction(1, 3), Fraction(1)])
def test_one_pass_for_all_liquidities_finds_what_a_pass_for_each_finds(part):
    for market in several(5, 0.3, 4):
        rows = gain.as_published(market, 2, [part])
        assert max(best for ((_, best, _),) in rows) == pytest.approx(
            gain.most_gained("mixed_as_published", market, 2, part), rel=1e-12
        )


def test_lies_pay_as_published_until_all_is_cash_and_never_as_corrected(gained):
    shares, gains = ({curve.label: curve.y for curve in panel.curves} for panel in gained.panels)
    assert shares["a lie pays"][0] > 0
    assert gains["published"][0] > gains["published"][1] > 0
    assert shares["a lie pays"][-1] == gains["published"][-1] == shares["the truth loses"][-1] == 0
    assert gained.numbers["corrected_most"] == 0
