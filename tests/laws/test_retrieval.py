"""A query's market against the definition: every set tried, every document taken away, every report followed."""

from fractions import Fraction
from math import inf

import numpy as np
import pytest

from evenhand.market import SolvedAgain, clearing
from evenhand.markets import ExactRetrieval, Retrieval, retrieval
from evenhand.numerics.games import subsets
from evenhand.payments import RULES
from tests.laws.lies import best_lie, deal_by_rule, deal_by_threshold

QUARTERS = 4
"""Scores and costs are whole quarters, so that ties are many and floats are exact."""

SHAPES = [(n, k) for n in range(1, 9) for k in sorted({1, 2, 3, n, n + 1}) if k <= n + 1]


def quarters(rng, shape, low, high):
    return rng.integers(low * QUARTERS, high * QUARTERS, shape) / QUARTERS


def drawn(rng, queries, n, k, **more):
    """Many queries with ties, absent documents and scores below 0."""
    market = Retrieval(quarters(rng, (queries, n), -1, 3), k, **more)
    costs = quarters(rng, (queries, n), 0, 2)
    costs[rng.random(costs.shape) < 0.1] = inf
    return market, costs


def options(rng, n):
    """Every kind of market: plain, under a highest price, with sources, with a least surplus, and all at once."""
    sources = {"sources": rng.integers(0, 3, n).tolist(), "source_max": int(rng.integers(1, 3))}
    price, least = {"price_max": 0.75}, {"surplus_min": float(rng.choice([-0.5, 0.5]))}
    return [{}, price, sources, least, {**price, **sources, **least}, {"surplus_min": -inf, **sources}]


def most_welfare(market, costs):
    """Try every set: (queries,)."""
    masks = subsets(market.documents)
    masks = masks[masks.sum(axis=1) <= market.k]
    if market.codes is not None:
        held = np.stack([masks[:, market.codes == source].sum(axis=1) for source in np.unique(market.codes)])
        masks = masks[(held <= market.source_max).all(axis=0)]
    surplus = np.where(np.isfinite(costs), market.scores - np.where(np.isfinite(costs), costs, 0), -1e9)
    return (masks.astype(float) @ surplus.T).max(axis=0)


@pytest.fixture(params=["sorted", "selected"])
def route(request, monkeypatch):
    """Both ways to find the best scores of a row."""
    monkeypatch.setattr(retrieval, "SORTED_MAX", 512 if request.param == "sorted" else 0)


@pytest.mark.usefixtures("route")
@pytest.mark.parametrize("limited", [False, True], ids=["free", "sources"])
def test_no_set_of_documents_has_more_welfare_than_what_is_bought(limited):
    rng = np.random.default_rng(1)
    for n, k in SHAPES:
        more = {"sources": rng.integers(0, 3, n), "source_max": int(rng.integers(1, 3))} if limited else {}
        market, costs = drawn(rng, 100, n, k, **more)
        np.testing.assert_array_equal(market.allocate(costs).welfare, most_welfare(market, costs))


@pytest.mark.usefixtures("route")
@pytest.mark.parametrize("limited", [False, True], ids=["free", "sources"])
def test_thresholds_are_vcg_payments_by_solving_again_on_five_thousand_queries(limited):
    rng = np.random.default_rng(2)
    queries = -(-5_000 // len(SHAPES))
    tied = 0
    for n, k in SHAPES:
        more = {"sources": rng.integers(0, 3, n), "source_max": int(rng.integers(1, 3))} if limited else {}
        market, costs = drawn(rng, queries, n, k, **more)
        again = RULES["vcg"](SolvedAgain(market, costs, hooks=False))
        np.testing.assert_array_equal(RULES["threshold"](market.clear(costs)), again)
        np.testing.assert_array_equal(RULES["vcg"](market.clear(costs)), again)
        tied += int((np.sort(market.scores - costs)[:, :-1] == np.sort(market.scores - costs)[:, 1:]).any(axis=1).sum())
    assert tied > 1_000, "the instances were to have ties"


def test_thresholds_are_vcg_payments_to_rounding_where_nothing_is_exact():
    rng = np.random.default_rng(3)
    market, costs = Retrieval(rng.normal(size=(500, 12)), 4), rng.random((500, 12))
    again = RULES["vcg"](SolvedAgain(market, costs, hooks=False))
    np.testing.assert_allclose(RULES["threshold"](market.clear(costs)), again, rtol=0, atol=1e-14)


@pytest.mark.parametrize(("queries", "n", "k"), [(200, 40, 1), (200, 40, 7), (200, 40, 40), (20, 2_000, 500)])
def test_sorting_and_selecting_a_row_say_the_same_of_many_documents(monkeypatch, queries, n, k):
    monkeypatch.setattr(retrieval, "SORTED_MAX", n)
    rng = np.random.default_rng(14)
    market, costs = Retrieval(rng.normal(size=(queries, n)), k), rng.random((queries, n)) / 2
    by_sorting = market.clear(costs)
    quantity, thresholds = by_sorting.allocation.quantity, by_sorting.thresholds
    monkeypatch.setattr(retrieval, "SORTED_MAX", 0)
    by_selecting = market.clear(costs)
    np.testing.assert_array_equal(by_selecting.allocation.quantity, quantity)
    np.testing.assert_array_equal(by_selecting.thresholds, thresholds)


def test_nobody_is_paid_less_than_they_ask_not_even_by_rounding():
    rng = np.random.default_rng(15)
    scores, costs = rng.integers(0, 12, (2_000, 6)) / 10, rng.integers(0, 8, (2_000, 6)) / 10  # no float is exact
    cleared = Retrieval(scores, 2).clear(costs)
    bought = cleared.allocation.quantity == 1
    assert (RULES["threshold"](cleared)[bought] >= costs[bought]).all()
    assert (cleared.area >= 0).all()


@pytest.mark.usefixtures("route")
def test_arrays_do_what_the_plain_rule_says_ties_included():
    rng = np.random.default_rng(4)
    for _ in range(50):
        n = int(rng.integers(1, 8))
        k = int(rng.integers(1, n + 2))
        scores, costs = quarters(rng, n, -1, 3), quarters(rng, n, 0, 2)
        costs[rng.random(n) < 0.1] = inf
        for more in options(rng, n):
            follows_the_plain_rule(Retrieval(scores, k, **more), costs)


def follows_the_plain_rule(market, costs):
    """Hold every answer of the arrays against the exact market, solved again for each question."""
    exact, cleared = market.exact(), market.clear(costs)
    reports = [Fraction(cost) if cost < inf else inf for cost in costs.tolist()]
    again = SolvedAgain(exact, reports, hooks=False)
    assert np.flatnonzero(cleared.allocation.quantity).tolist() == sorted(exact.winners(reports))
    same(cleared.allocation.value_by_buyer, again.allocation.value_by_buyer)
    same(cleared.allocation.welfare, again.allocation.welfare)
    same(cleared.without.welfare, again.without.welfare)
    same(cleared.without.value_by_buyer, again.without.value_by_buyer)
    same(cleared.contributions, again.contributions)
    for own, plain in zip(cleared.thresholds.tolist(), exact.thresholds(reports), strict=True):
        assert (own == plain) if plain is not None else own <= 0
    asked = np.arange(0, 3, 0.125)
    masks = subsets(len(costs))
    same(cleared.coalition_values(masks), again.coalition_values(masks))
    for seller in range(len(costs)):
        same(cleared.curve(seller, asked), again.curve(seller, [Fraction(u) for u in asked.tolist()]))


def same(floats, exact):
    np.testing.assert_array_equal(np.asarray(floats, dtype=float), np.asarray(exact, dtype=float))


@pytest.mark.parametrize("seed", range(6))
def test_thresholds_are_where_bisection_finds_the_last_winning_report(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 7))
    scores, costs = rng.normal(size=n) + 0.5, rng.random(n)
    for more in options(rng, n)[:-1]:
        market = Retrieval(scores, int(rng.integers(1, n + 1)), **more)
        found = SolvedAgain(market, costs, hooks=False).thresholds
        own = market.thresholds(costs)
        np.testing.assert_allclose(np.where(own < 0, -inf, own), found, rtol=0, atol=1e-14)


@pytest.mark.parametrize("rule", RULES)
def test_every_payment_rule_says_the_same_on_fractions(rule):
    rng = np.random.default_rng(5)
    for _ in range(20):
        n = int(rng.integers(1, 6))
        scores, costs = quarters(rng, n, -1, 3), quarters(rng, n, 0, 2)
        for more in options(rng, n)[:-1]:
            market = Retrieval(scores, 2, **more)
            exact = RULES[rule](clearing(market.exact(), [Fraction(cost) for cost in costs.tolist()]))
            assert not any(isinstance(payment, float) for payment in exact.tolist())
            np.testing.assert_allclose(RULES[rule](market.clear(costs)), exact.astype(float), rtol=0, atol=1e-14)


def exact_markets(count, seed):
    """Random exact markets with ties, of every kind that has a highest winning report."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        n = int(rng.integers(1, 6))
        scores, costs = quarters(rng, n, -1, 3), quarters(rng, n, 0, 2)
        for more in options(rng, n)[:-1]:
            market = Retrieval(scores, int(rng.integers(1, n + 1)), **more).exact()
            yield market, [Fraction(cost) for cost in costs.tolist()]


def test_no_lie_gains_under_thresholds_whatever_the_true_cost():
    for market, costs in exact_markets(40, seed=6):
        for seller in range(len(costs)):
            gain, *lie = best_lie(deal_by_threshold(market, seller, costs), market.report_max + 1)
            assert gain == 0, (vars(market), costs, seller, lie)


def test_no_lie_gains_under_vcg_where_welfare_is_maximised():
    rng = np.random.default_rng(7)
    for _ in range(15):
        n = int(rng.integers(2, 5))
        scores = quarters(rng, n, -1, 3)
        market = Retrieval(scores, 2, sources=[0] * n, source_max=int(rng.integers(1, 3))).exact()
        costs = [Fraction(cost) for cost in quarters(rng, n, 0, 2).tolist()]
        for seller in range(n):
            deal = deal_by_rule(RULES["vcg"], market, seller, costs, clearing)
            assert best_lie(deal, market.report_max + 1)[0] == 0


def test_nobody_sells_above_the_highest_report_of_the_market():
    for market, costs in exact_markets(40, seed=8):
        for seller in range(len(costs)):
            threshold = market.threshold(seller, costs)
            assert threshold is None or 0 <= threshold <= market.report_max
            free = [*costs[:seller], 0, *costs[seller + 1 :]]
            assert (threshold is None) == (seller not in market.winners(free))
            above = [*costs[:seller], market.report_max + 1, *costs[seller + 1 :]]
            assert seller not in market.winners(above)


def test_a_threshold_does_not_look_at_its_own_report():
    for market, costs in exact_markets(20, seed=9):
        for seller in range(len(costs)):
            changed = [*costs[:seller], None, *costs[seller + 1 :]]
            assert market.threshold(seller, changed) == market.threshold(seller, costs)


def test_a_document_that_is_away_is_as_good_as_deleted():
    for market, costs in exact_markets(30, seed=10):
        if len(costs) < 2:
            continue
        here = range(1, len(costs))
        rest = market.restricted(list(here))
        away = [inf, *costs[1:]]
        assert [place - 1 for place in market.winners(away)] == rest.winners(costs[1:])
        assert list(market.thresholds(away))[1:] == list(rest.thresholds(costs[1:]))


@pytest.mark.parametrize("own", [False, True], ids=["one list of reports", "reports a query"])
def test_many_queries_are_as_many_markets(own):
    rng = np.random.default_rng(11)
    for more in options(rng, 9):
        scores, costs = quarters(rng, (20, 9), -1, 3), quarters(rng, (20, 9) if own else 9, 0, 2)
        market = Retrieval(scores, 3, **more)
        together = market.clear(costs)
        masks = subsets(9)[::7]
        paid = {rule: RULES[rule](together) for rule in RULES}
        for row in range(0, 20, 2):
            alone = market.query(row).clear(costs[row] if own else costs)
            assert alone.allocation.quantity.shape == (9,)
            for one, of_many in [
                (alone.allocation.quantity, together.allocation.quantity[row]),
                (alone.allocation.welfare, together.allocation.welfare[row]),
                (alone.allocation.value_by_buyer, together.allocation.value_by_buyer[row]),
                (alone.thresholds, together.thresholds[row]),
                (alone.area, together.area[row]),
                (alone.contributions[0], together.contributions[row]),
                (alone.without.welfare, together.without.welfare[row]),
                (alone.without.value_by_buyer[0], together.without.value_by_buyer[row]),
                (alone.curve(4, [0.25, 1.0]), together.curve(4, [0.25, 1.0])[row]),
                (alone.coalition_values(masks), together.coalition_values(masks)[:, row]),
            ]:
                np.testing.assert_array_equal(one, of_many)
            for rule in RULES:
                np.testing.assert_allclose(RULES[rule](alone), paid[rule][row], rtol=0, atol=1e-14)


def test_sources_may_differ_from_query_to_query():
    rng = np.random.default_rng(12)
    scores, costs = quarters(rng, (50, 7), -1, 3), quarters(rng, (50, 7), 0, 2)
    sources = rng.choice(["press", "forum", "book"], (50, 7))
    market = Retrieval(scores, 3, sources=sources, source_max=1)
    together = market.clear(costs)
    for row in range(50):
        alone = Retrieval(scores[row], 3, sources=sources[row], source_max=1).clear(costs[row])
        np.testing.assert_array_equal(alone.allocation.quantity, together.allocation.quantity[row])
        np.testing.assert_array_equal(alone.thresholds, together.thresholds[row])


@pytest.mark.parametrize("scale", [1e-300, 1e-9, 1e9, 1e299])
def test_money_in_any_unit_is_the_same_market(scale):
    rng = np.random.default_rng(13)
    scores, costs = quarters(rng, (200, 6), -1, 2), quarters(rng, (200, 6), 0, 2)
    unit = 2.0 ** np.round(np.log2(scale))  # a power of two: no rounding
    ours, theirs = Retrieval(scores, 2).clear(costs), Retrieval(scores * unit, 2).clear(costs * unit)
    np.testing.assert_array_equal(ours.allocation.quantity, theirs.allocation.quantity)
    for rule in ("direct", "leave_one_out", "threshold", "vcg"):
        np.testing.assert_array_equal(RULES[rule](ours) * unit, RULES[rule](theirs))


def test_the_dearest_reports_of_all_are_left_out_without_a_warning():
    cleared = Retrieval([-1e300, 1e300, 1.0], 2).clear([1.7e308, 1.7e308, 0.5])
    np.testing.assert_array_equal(cleared.allocation.quantity, [0, 0, 1])
    assert np.isfinite(RULES["threshold"](cleared)).all()


@pytest.mark.sweep
def test_no_lie_gains_on_any_small_market():
    halves = [Fraction(step, 2) for step in range(-1, 4)]
    for scores in np.array(np.meshgrid(*[halves] * 3)).T.reshape(-1, 3).tolist():
        for k, more in [(1, {}), (2, {}), (2, {"sources": [0, 0, 1], "source_max": 1}), (2, {"price_max": 1})]:
            market = ExactRetrieval(scores, k, **more)
            for costs in np.array(np.meshgrid(*[halves[1:]] * 2)).T.reshape(-1, 2).tolist():
                for seller in range(3):
                    reports = [*costs[:seller], 0, *costs[seller:]]
                    assert best_lie(deal_by_threshold(market, seller, reports), market.report_max + 1)[0] == 0
