"""Best misreports against brute force, certified intervals against closed forms, and the sign rule."""

from itertools import pairwise

import numpy as np
import pytest

from evenhand.markets import MeanEstimation, Retrieval
from evenhand.markets.mixture import Mixture
from evenhand.properties import best_misreport, best_responses, consequences, leaning, price_of_anarchy
from evenhand.properties.intervals import OTHERS, WELFARE, Held, bound_of, marginal, moved
from tests.laws.misreports import RULES_BY_NAME, Closed, best_by_search, drawn, paper_market

ONE_POLE = ("direct", "leave_one_out", "threshold", "vcg")


def utilities(market, costs, seller, rule, reports):
    return consequences(market, costs, seller, reports, RULES_BY_NAME[rule]).utility


def agrees_with_the_search(rule, seed):
    """The closed form is at least as good as the search, gains what it says, and reports what the search found."""
    market, costs, seller = drawn(seed)
    exact = best_misreport(market, costs, seller, RULES_BY_NAME[rule])
    report, height = best_by_search(market, costs, seller, RULES_BY_NAME[rule])
    said, honest = utilities(market, costs, seller, rule, [exact.report, exact.true])
    stake, rounding = (
        max(abs(height), abs(honest)),
        1e-14 * market.standalone_loss,
    )  # payments are differences of values
    assert exact.evidence == "exact"
    assert exact.gain == exact.gain_max >= 0
    assert said >= height - 1e-12 * stake - rounding
    assert said - honest == pytest.approx(exact.gain, abs=1e-12 * stake + rounding)
    return exact, report


@pytest.mark.parametrize("rule", ONE_POLE)
def test_closed_forms_agree_with_the_search(rule):
    kinds = set()
    for seed in range(40):
        exact, _ = agrees_with_the_search(rule, seed)
        kinds.add(exact.sign)
        assert exact.sign == 0 or rule not in ("threshold", "vcg")
        assert exact.sign == 1 or rule != "direct" or exact.gain == 0
    assert kinds == {"direct": {1}, "leave_one_out": {-1, 0, 1}, "threshold": {0}, "vcg": {0}}[rule]


@pytest.mark.sweep
@pytest.mark.parametrize("rule", ONE_POLE)
def test_closed_forms_agree_with_the_search_on_300_markets(rule):
    for seed in range(1_000, 1_300):
        exact, report = agrees_with_the_search(rule, seed)
        if exact.gain > 1e-6 and np.isfinite(exact.report):
            assert report == pytest.approx(exact.report, rel=1e-3, abs=1e-3)


def test_leave_one_out_has_both_corners():
    """A seller may do best by staying away, and another by reporting 0."""
    found = {
        best_misreport(*drawn(seed), RULES_BY_NAME["leave_one_out"]).report for seed in range(400)
    }  # closed forms: no search
    assert {0.0, np.inf} <= found


@pytest.mark.parametrize("seed", range(30))
def test_shapley_intervals_hold_whatever_is_found(seed):
    market, costs, seller = drawn(seed)
    found = best_misreport(market, costs, seller, RULES_BY_NAME["shapley"])
    _, height = best_by_search(market, costs, seller, RULES_BY_NAME["shapley"], reports=60)
    honest, said = utilities(market, costs, seller, "shapley", [found.true, found.report])
    stake = max(abs(height), abs(honest))
    assert found.gain_max - found.gain <= 1e-8 * max(stake, found.gain_max) + 1e-15
    assert height - honest <= found.gain_max + 1e-12 * stake
    assert said - honest == pytest.approx(found.gain, abs=1e-11 * max(stake, abs(said)))


@pytest.mark.parametrize("rule", RULES_BY_NAME)
def test_intervals_of_a_market_without_closed_forms_hold_the_closed_forms(rule):
    for seed in range(100, 106):
        market, costs, seller = drawn(seed)
        exact = best_misreport(market, costs, seller, RULES_BY_NAME[rule])
        found = best_misreport(Closed(market), costs, seller, RULES_BY_NAME[rule], samples_max=1_500)
        assert found.evidence == "certified"
        stake = np.abs(utilities(market, costs, seller, rule, [0.0, exact.true, exact.report, 10 * exact.true])).max()
        assert found.gain - 1e-12 * stake <= exact.gain_max
        assert exact.gain <= found.gain_max + 1e-12 * stake
        if rule != "shapley":  # which clears a market for every coalition
            assert found.gain_max - found.gain <= 1e-4 * stake


def test_a_bound_holds_between_any_two_reports():
    """Each rule's bound against what is in between, on intervals of all widths, infinite ones included."""
    rng = np.random.default_rng(5)
    tried = 0
    for seed in range(200, 212):
        market, costs, seller = drawn(seed)
        true = float(costs[seller])
        for name, rule in RULES_BY_NAME.items():
            bound = bound_of(name, market)
            held = Held.of(market, costs, seller, rule.pay, true, every=name == "shapley")
            away = held.known(np.array([np.inf]))[0]
            without = float((away[WELFARE] + away[OTHERS]) @ held.weights) if bound is marginal else 0.0
            for _ in range(4):
                low, high = np.sort(true * rng.lognormal(0, 1.5, 2))
                high = rng.choice([high, np.inf])
                marks = [mark for mark in held.axis().marks if low < mark < high]
                ends = np.array([low, *sorted(set(marks)), high])
                known = held.known(ends)
                tops = bound(known[:-1], known[1:], true, held.weights) - without
                for a, b, top in zip(ends[:-1], ends[1:], tops, strict=True):
                    inside = np.linspace(a, b if np.isfinite(b) else 50 * a, 12)
                    heights = held.utility(held.known(inside))
                    assert heights.max() <= top + 1e-12 * np.abs(heights).max()
                    tried += 1
    assert tried > 200


@pytest.mark.parametrize("kind", ["mean estimation", "simplex", "orthant"])
def test_the_others_weights_move_no_further_than_is_said_and_nearly_as_far(kind):
    """From one report to another, over any report between them; from one to staying away."""
    nearest = {True: 0.0, False: 0.0}
    for seed in range(60):
        rng = np.random.default_rng(seed)
        if kind == "mean estimation":
            market, costs, seller = drawn(seed)
        else:
            sellers = int(rng.integers(2, 5))
            market, costs = Mixture(-rng.random(sellers), 3.0, domain=kind), rng.uniform(0.1, 5, sellers)
            seller = int(rng.integers(sellers))
        held = Held.of(market, costs, seller, RULES_BY_NAME["direct"].pay, float(costs[seller]), every=False)
        others = np.arange(len(costs)) != seller
        low = costs[seller] * rng.lognormal(0, 2)
        for high in (1.5 * low, np.inf):
            reports = [low, low * (1.3 if np.isfinite(high) else 10), high]
            cleared = [market.clear([*costs[:seller], report, *costs[seller + 1 :]]) for report in reports]
            weights = [one.allocation.weights[:, others] * np.sqrt(costs[others]) for one in cleared]
            way = sum(np.linalg.norm(to - start) for start, to in pairwise(weights))
            ends = held.known(np.array([low, high]))
            allowed = float(moved(ends[:1], ends[1:])[0, 0])
            assert way**2 <= allowed * (1 + 1e-9) + 1e-15
            if allowed > 1e-9:
                nearest[np.isfinite(high)] = max(nearest[np.isfinite(high)], way**2 / allowed)
    assert nearest[True] > 0.05, nearest
    assert nearest[False] > 0.05, nearest


def the_interval_holds_on_a_mixture(domain, seed, samples):
    rng = np.random.default_rng(seed)
    sellers = int(rng.integers(2, 6))
    market = Closed(Mixture(rng.normal(-1, 1, sellers), float(rng.lognormal(1, 1)), domain=domain))
    costs = rng.uniform(0.1, 5, sellers)
    seller = int(market.allocate(costs).quantity.argmax())
    asked = costs[seller] * np.concatenate([[1.0], np.geomspace(1e-3, 1e3, samples // 2), np.linspace(0.5, 4, samples)])
    for name, rule in RULES_BY_NAME.items():
        found = best_misreport(market, costs, seller, rule, samples_max=5 * samples)
        seen = utilities(market, costs, seller, name, [*asked, np.inf])
        rounding = 1e-12 * np.abs(seen).max()
        assert found.evidence == "certified"
        assert seen.max() - seen[0] <= found.gain_max + rounding
        assert found.gain >= seen.max() - seen[0] - (found.gain_max - found.gain) - rounding
        if name in ("threshold", "vcg"):
            assert found.gain == 0


@pytest.mark.parametrize("domain", ["simplex", "capped", "orthant", "free"])
def test_intervals_hold_on_mixtures(domain):
    the_interval_holds_on_a_mixture(domain, seed=1, samples=30)


@pytest.mark.sweep
@pytest.mark.parametrize("domain", ["simplex", "capped", "orthant", "free"])
def test_intervals_hold_on_more_mixtures(domain):
    for seed in range(2, 8):
        the_interval_holds_on_a_mixture(domain, seed, samples=100)


@pytest.mark.parametrize("seed", range(60))
def test_the_sign_rule_tells_the_side_of_the_best_report(seed):
    market, costs, seller = drawn(seed)
    leans, best = leaning(market, costs, seller), best_misreport(market, costs, seller, RULES_BY_NAME["leave_one_out"])
    assert leans.sign == best.sign
    step = 1e-5 * costs[seller]
    below, above = utilities(market, costs, seller, "leave_one_out", [costs[seller] - step, costs[seller] + step])
    assert leans.slope == pytest.approx((above - below) / (2 * step), rel=1e-3, abs=1e-7)
    assert leans.evidence == "exact"


@pytest.mark.parametrize("seed", range(60))
def test_the_sign_rule_is_the_same_by_differences(seed):
    market, costs, seller = drawn(seed)
    exact, seen = leaning(market, costs, seller), leaning(Closed(market), costs, seller)
    assert seen.slope == pytest.approx(exact.slope, rel=1e-4, abs=1e-9)
    assert seen.evidence == "searched"
    assert seen.sign == exact.sign or abs(exact.slope) < 1e-9


@pytest.mark.parametrize("seed", range(40))
def test_sellers_who_do_not_overlap_tell_the_truth(seed):
    """Under leave-one-out, and under Shapley, which is then the same."""
    rng = np.random.default_rng(seed)
    sellers = int(rng.integers(2, 6))
    turned = np.linalg.qr(rng.normal(size=(sellers, sellers)))[0] * rng.lognormal(0, 1, (sellers, 1))
    market = MeanEstimation(rng.normal(size=(3, sellers)), turned, rng.random(sellers))
    costs = rng.uniform(0.1, 10, sellers)
    seller = int(rng.integers(sellers))
    assert leaning(market, costs, seller).sign == 0
    for rule in ("leave_one_out", "shapley"):
        found = best_misreport(market, costs, seller, RULES_BY_NAME[rule])
        assert found.gain_max <= 1e-9
        assert abs(found.report - found.true) <= 1e-6 * found.true


def test_leaving_is_not_what_decides():
    """The others' cost rises when seller 2 leaves, and still its best report is below the true cost."""
    market = MeanEstimation([[0.8, 0.4]], [[0.7, -1.0], [1.0, -1.0]], [0.1, 0.1])
    costs = np.array([1.7, 0.8])
    stays, leaves = market.allocate(costs), market.allocate([1.7, np.inf])
    assert costs[0] * leaves.quantity[0] > costs[0] * stays.quantity[0]
    assert leaning(market, costs, 1).sign == -1
    found = best_misreport(market, costs, 1, RULES_BY_NAME["leave_one_out"])
    assert found.report == pytest.approx(0.590, abs=5e-4)
    assert found.gain > 0


def test_a_document_that_is_not_bought_gains_by_a_lie():
    """Under Shapley payments, on exact numbers: .367 for .300, and still nothing is sold."""
    market, costs, rule = Retrieval([1.0, 0.9, 0.5], k=1), [0.1, 0.6, 0.1], RULES_BY_NAME["shapley"]
    found = best_misreport(market, costs, 1, rule)
    told = consequences(market, costs, 1, [found.true, found.report], rule)
    assert found.evidence == "exact"
    assert found.sign == -1
    assert told.quantity.tolist() == [0, 0]
    assert told.payment == pytest.approx([0.3, 0.3 + 1 / 15])
    assert float(found.gain) == pytest.approx(1 / 15)


def test_in_the_papers_market_leave_one_out_is_over_reported():
    """[Fan25, figure 4; E-000-23]: forty draws, sigma^2 read as the total variance."""
    reports, costly = [], []
    for seed in range(40):
        market, costs = paper_market(seed)
        found = best_misreport(market, costs, 0, RULES_BY_NAME["leave_one_out"])
        assert leaning(market, costs, 0).sign == found.sign == 1
        misled = costs.copy()
        misled[0] = found.report
        reports.append(found.report)
        costly.append(price_of_anarchy(market, misled, costs))
    assert np.median(reports) == pytest.approx(12.9, abs=0.1)
    assert min(reports) > 7
    assert np.mean(costly) == pytest.approx(1.017, abs=5e-4)
    assert max(costly) == pytest.approx(1.078, abs=5e-4)


def test_in_the_papers_market_shapley_is_mostly_under_reported():
    signs = [best_misreport(*paper_market(seed), 0, RULES_BY_NAME["shapley"]).sign for seed in range(20)]
    assert signs.count(-1) >= 15
    assert 1 in signs


@pytest.mark.parametrize("rule", RULES_BY_NAME)
def test_nobody_gains_where_best_responses_have_settled(rule):
    for seed in range(4):
        market, costs = paper_market(seed, sellers=5)
        ended = best_responses(market, costs, RULES_BY_NAME[rule])
        assert (ended.ending, ended.period) == ("equilibrium", 1)
        for seller, report in enumerate(ended.reports):
            best = best_misreport(market, ended.reports, seller, RULES_BY_NAME[rule], true=costs[seller])
            asked = [report, costs[seller]]
            now, honest = consequences(
                market, ended.reports, seller, asked, RULES_BY_NAME[rule], true_costs=costs
            ).utility
            assert best.gain_max <= now - honest + 1e-9
        truthful = rule in ("threshold", "vcg")
        assert (ended.welfare_lost == 0) == truthful
        assert (ended.price_of_anarchy == 1) == truthful
