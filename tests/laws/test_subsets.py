"""Interacting documents against the definition: every set tried, every document taken away, every report followed."""

from fractions import Fraction
from itertools import combinations
from math import inf

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.market import SolvedAgain, clearing
from evenhand.markets import ExactSubsets, Retrieval, Subsets
from evenhand.markets.subsets import branch_and_bound
from evenhand.numerics.games import subsets
from evenhand.payments import RULES
from tests.laws.lies import best_lie, deal_by_rule, deal_by_threshold

SHAPES = [(n, k) for n in range(1, 7) for k in (1, 2, 3, n + 1) if k <= n + 1]
METHODS = ["exact", "distorted_greedy"]


def any_values(rng, n, k):
    """Values without any pattern, in halves so that ties are many: complements, substitutes and harm."""
    sets = [chosen for size in range(min(n, k) + 1) for chosen in combinations(range(n), size)]
    return dict(zip(sets, (rng.integers(-1, 7, len(sets)) / 2).tolist(), strict=True)).__getitem__


def coverage(rng, n, topics=10):
    """Topics weigh whole numbers; a document covers some: never falling, with diminishing returns."""
    weight = rng.integers(1, 5, topics)
    covers = rng.random((n, topics)) < 0.3
    return lambda chosen: int(weight[covers[list(chosen)].any(axis=0)].sum()) if chosen else 0


def asked(rng, n, high=2):
    """Reports in quarters, some away."""
    costs = rng.integers(0, 4 * high, n) / 4
    costs[rng.random(n) < 0.1] = inf
    return costs


def fractions(costs):
    return [Fraction(cost) if cost < inf else inf for cost in costs.tolist()]


def same(floats, exact):
    np.testing.assert_array_equal(np.asarray(floats, dtype=float), np.asarray(exact, dtype=float))


def best_set_by_hand(value, costs, k):
    """The definition: greatest welfare, then fewest, then first."""
    here = [j for j in range(len(costs)) if costs[j] < inf]
    sets = [chosen for size in range(k + 1) for chosen in combinations(here, size)]
    return min(sets, key=lambda chosen: (sum(costs[j] for j in chosen) - value(chosen), len(chosen), chosen))


@pytest.mark.parametrize("seed", range(4))
def test_the_table_finds_the_best_set_by_itertools(seed):
    rng = np.random.default_rng(seed)
    for n, k in SHAPES * 4:
        value, costs = any_values(rng, n, k), asked(rng, n)
        best = best_set_by_hand(value, costs.tolist(), k)
        allocation = Subsets(value, n, k).allocate(costs)
        assert tuple(np.flatnonzero(allocation.quantity).tolist()) == best
        assert allocation.value == value(best) - value(())
        assert tuple(ExactSubsets(value, n, k).winners(fractions(costs))) == best


@pytest.mark.parametrize("method", METHODS)
def test_floats_do_what_the_plain_rule_says_ties_included(method):
    rng = np.random.default_rng(1)
    for n, k in SHAPES * 2:
        market, costs = Subsets(any_values(rng, n, k), n, k, method=method), asked(rng, n)
        if method == "distorted_greedy" and k not in (1, 2, 4):
            continue  # its factors are thirds, fifths ... there, and floats are not exact
        exact, cleared = market.exact(), market.clear(costs)
        again = SolvedAgain(exact, fractions(costs), hooks=False)
        same(cleared.allocation.quantity, again.allocation.quantity)
        same(cleared.allocation.value_by_buyer, again.allocation.value_by_buyer)
        same(cleared.allocation.welfare, again.allocation.welfare)
        same(cleared.without.welfare, again.without.welfare)
        same(cleared.without.value_by_buyer, again.without.value_by_buyer)
        same(cleared.contributions, again.contributions)
        for own, plain in zip(cleared.thresholds.tolist(), exact.thresholds(fractions(costs)), strict=True):
            assert own == plain if plain is not None else own <= 0
        masks, reports = subsets(n), np.arange(0, 3, 0.25)
        same(cleared.coalition_values(masks), again.coalition_values(masks))
        for seller in range(n):
            same(cleared.curve(seller, reports), again.curve(seller, fractions(reports)))


def test_the_greedy_rule_says_the_same_in_ninths():
    rng = np.random.default_rng(2)
    for _ in range(100):
        value, costs = (lambda v: lambda chosen: 9 * v(chosen))(any_values(rng, 5, 3)), asked(rng, 5)
        market = Subsets(value, 5, 3, method="distorted_greedy")
        exact = market.exact()
        for own, plain in zip(market.thresholds(costs), exact.thresholds(fractions(costs)), strict=True):
            assert own == pytest.approx(float(plain), abs=1e-12) if plain is not None else own <= 1e-12


def test_thresholds_are_vcg_payments_by_solving_again():
    rng = np.random.default_rng(3)
    for n, k in SHAPES * 6:
        market, costs = Subsets(any_values(rng, n, k), n, k), asked(rng, n)
        again = RULES["vcg"](SolvedAgain(market, costs, hooks=False))
        np.testing.assert_array_equal(RULES["threshold"](market.clear(costs)), again)
        np.testing.assert_array_equal(RULES["vcg"](market.clear(costs)), again)


@pytest.mark.parametrize("method", METHODS)
def test_thresholds_are_where_bisection_finds_the_last_winning_report(method):
    rng = np.random.default_rng(4)
    for n, k in [(3, 1), (4, 2), (5, 3), (5, 5)]:
        weights = rng.random(n)
        for value in (any_values(rng, n, k), lambda chosen, w=weights: float(np.sqrt(w[list(chosen)].sum()))):
            market, costs = Subsets(value, n, k, method=method), rng.random(n)
            found = SolvedAgain(market, costs, hooks=False).thresholds
            own = market.thresholds(costs)
            np.testing.assert_allclose(np.where(own < 1e-12, 0, own), np.maximum(found, 0), rtol=0, atol=1e-12)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("method", METHODS)
def test_every_payment_rule_says_the_same_on_fractions(rule, method):
    rng = np.random.default_rng(5)
    for n, k in SHAPES:
        market, costs = Subsets(any_values(rng, n, k), n, k, method=method), rng.integers(0, 8, n) / 4
        exact = RULES[rule](clearing(market.exact(), fractions(costs)))
        assert not any(isinstance(payment, float) for payment in exact.tolist())
        np.testing.assert_allclose(RULES[rule](market.clear(costs)), exact.astype(float), rtol=0, atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_no_lie_gains_under_thresholds_whatever_the_true_cost(method):
    rng = np.random.default_rng(6)
    for n, k in SHAPES:
        for value in (any_values(rng, n, k), coverage(rng, n)):
            market = ExactSubsets(value, n, k, method=method)
            costs = [Fraction(int(cost), 4) for cost in rng.integers(0, 12, n)]
            for seller in range(n):
                gain, *lie = best_lie(deal_by_threshold(market, seller, costs), market.report_max + 1)
                assert gain == 0, (n, k, costs, seller, lie)


def test_no_lie_gains_under_vcg_where_the_best_set_is_found():
    rng = np.random.default_rng(7)
    for n, k in [(2, 1), (3, 2), (4, 2)]:
        market = ExactSubsets(any_values(rng, n, k), n, k)
        costs = [Fraction(int(cost), 4) for cost in rng.integers(0, 8, n)]
        for seller in range(n):
            assert best_lie(deal_by_rule(RULES["vcg"], market, seller, costs, clearing), market.report_max + 1)[0] == 0


def test_a_threshold_does_not_look_at_its_own_report_and_nobody_sells_above_the_highest():
    rng = np.random.default_rng(8)
    for method in METHODS:
        for n, k in SHAPES:
            market = ExactSubsets(any_values(rng, n, k), n, k, method=method)
            costs = [Fraction(int(cost), 4) for cost in rng.integers(0, 8, n)]
            for seller in range(n):
                changed = [*costs[:seller], None, *costs[seller + 1 :]]
                threshold = market.threshold(seller, costs)
                assert threshold == market.thresholds(costs)[seller], "sharing the work changes nothing"
                assert market.threshold(seller, changed) == threshold
                free = [*costs[:seller], 0, *costs[seller + 1 :]]
                assert (threshold is None) == (seller not in market.winners(free))
                assert seller not in market.winners([*costs[:seller], market.report_max, *costs[seller + 1 :]])


@pytest.mark.parametrize("method", METHODS)
def test_a_document_that_is_away_is_as_good_as_deleted(method):
    rng = np.random.default_rng(9)
    for n, k in [(2, 1), (3, 2), (5, 3), (4, 5)]:
        market = ExactSubsets(any_values(rng, n, k), n, k, method=method)
        costs = [Fraction(int(cost), 4) for cost in rng.integers(0, 8, n)]
        rest, away = market.restricted(list(range(1, n))), [inf, *costs[1:]]
        assert [place - 1 for place in market.winners(away)] == rest.winners(costs[1:])
        assert list(market.thresholds(away))[1:] == list(rest.thresholds(costs[1:]))


def test_additive_values_make_the_retrieval_market():
    rng = np.random.default_rng(10)
    for n, k in SHAPES * 3:
        scores, costs = rng.integers(-2, 9, n) / 4, asked(rng, n)
        additive, plain = Subsets(lambda chosen, s=scores: s[list(chosen)].sum(), n, k), Retrieval(scores, k)
        np.testing.assert_array_equal(additive.allocate(costs).quantity, plain.allocate(costs).quantity)
        np.testing.assert_array_equal(RULES["vcg"](additive.clear(costs)), RULES["vcg"](plain.clear(costs)))
        np.testing.assert_array_equal(additive.thresholds(costs), plain.thresholds(costs))


# -- branch and bound -------------------------------------------------------------------------------------------------


def searched(monkeypatch, value, n, k):
    """The same market twice: by the table, and by branch and bound."""
    table = Subsets(value, n, k)
    monkeypatch.setattr("evenhand.markets.subsets.TABLE_MAX", 0)
    return table, Subsets(value, n, k)


@pytest.mark.parametrize("seed", range(3))
def test_branch_and_bound_finds_what_the_table_finds_ties_included(monkeypatch, seed):
    rng = np.random.default_rng(seed)
    for n, k in [(3, 2), (6, 3), (8, 4), (9, 9), (10, 3)]:
        table, search = searched(monkeypatch, coverage(rng, n), n, k)
        costs = asked(rng, n, high=4)
        one, other = table.clear(costs), search.clear(costs)
        np.testing.assert_array_equal(one.allocation.quantity, other.allocation.quantity)
        np.testing.assert_array_equal(one.without.welfare, other.without.welfare)
        np.testing.assert_array_equal(np.maximum(one.thresholds, 0), np.maximum(other.thresholds, 0))
        np.testing.assert_array_equal(RULES["vcg"](one), RULES["vcg"](other))
        np.testing.assert_array_equal(one.coalition_values(subsets(n)[:40]), other.coalition_values(subsets(n)[:40]))


def test_branch_and_bound_breaks_ties_as_the_table_does(monkeypatch):
    rng = np.random.default_rng(16)
    for _ in range(150):
        covers = rng.random((6, 5)) < 0.4
        table, search = searched(monkeypatch, lambda chosen, c=covers: int(c[list(chosen)].any(axis=0).sum()), 6, 3)
        monkeypatch.undo()
        costs = rng.integers(0, 2, 6).astype(float)
        np.testing.assert_array_equal(table.allocate(costs).quantity, search.allocate(costs).quantity)


def test_a_branch_that_could_tie_is_not_left(monkeypatch):
    """The pairs (1, 3), (1, 2) and (0, 2) all cover four topics; the last is first by index and tried last."""
    covers = [{1, 2}, {1, 2, 3}, {3, 4}, {4}]
    table, search = searched(monkeypatch, lambda chosen: len(set().union(*(covers[j] for j in chosen))), 4, 2)
    for market in (table, search, search.exact()):
        assert market.allocate([0.25] * 4).quantity.tolist() == [1, 0, 1, 0]


def test_nobody_is_paid_less_than_they_ask_not_even_by_rounding():
    """Two documents tie: in floats 0.5 - (0.5 - 0.1) is below 0.1."""
    assert 0.5 - (0.5 - 0.1) < 0.1
    for method in METHODS:
        market = Subsets(lambda chosen: 0.5 if chosen else 0.0, 2, 1, method=method)
        assert RULES["threshold"](market.clear([0.1, 0.1])).tolist() == [0.1, 0.0]


def test_branch_and_bound_finds_the_best_of_smooth_values_to_rounding(monkeypatch):
    rng = np.random.default_rng(11)
    for _ in range(10):
        weights = rng.random(9)
        table, search = searched(monkeypatch, lambda chosen, w=weights: float(np.sqrt(w[list(chosen)].sum())), 9, 4)
        costs = 0.2 * rng.random(9)
        assert table.allocate(costs).welfare == pytest.approx(search.allocate(costs).welfare, abs=1e-12)
        np.testing.assert_allclose(RULES["threshold"](table.clear(costs)), RULES["threshold"](search.clear(costs)))


def test_more_documents_than_the_table_holds_are_searched_and_no_lie_gains():
    rng = np.random.default_rng(12)
    value = coverage(rng, 24, topics=20)
    market = ExactSubsets(value, 24, 3)
    costs = [Fraction(int(cost), 4) for cost in rng.integers(4, 20, 24)]
    assert Subsets(value, 24, 3).table is None
    assert np.flatnonzero(
        Subsets(value, 24, 3).allocate([float(c) for c in costs]).quantity
    ).tolist() == market.winners(costs)
    for seller in market.winners(costs):
        assert best_lie(deal_by_threshold(market, seller, costs), market.report_max + 1)[0] == 0


def test_growing_returns_are_refused_where_the_search_meets_them():
    value = {0: 0.0, 1: 1.0, 2: 5.0}  # two documents complete each other
    with pytest.raises(OfferError, match="diminishing returns"):
        Subsets(lambda chosen: value[len(chosen)], 20, 2).allocate([0.1] * 20)


def test_a_search_that_grows_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(branch_and_bound, "GAINS_MAX", 100)
    rng = np.random.default_rng(13)
    with pytest.raises(OfferError, match="distorted_greedy"):
        Subsets(coverage(rng, 30), 30, 8).allocate([0.25] * 30)


# -- distorted greedy -------------------------------------------------------------------------------------------------


def test_distorted_greedy_keeps_its_guarantee_against_every_set():
    rng = np.random.default_rng(14)
    ratios = []
    for n, k in [(3, 2), (5, 2), (6, 3), (7, 4), (8, 8)] * 12:
        value = coverage(rng, n)
        costs = [Fraction(int(cost), 8) for cost in rng.integers(0, 40, n)]
        bought = ExactSubsets(value, n, k, method="distorted_greedy").allocate(costs)
        share = 1 - Fraction(k - 1, k) ** k
        for size in range(k + 1):
            for chosen in combinations(range(n), size):
                assert bought.welfare >= share * value(chosen) - sum(costs[j] for j in chosen)
        best = ExactSubsets(value, n, k).allocate(costs).welfare
        ratios.append(float(bought.welfare / best) if best else 1.0)
    print(f"welfare of distorted greedy / optimum: mean {np.mean(ratios):.3f}, least {min(ratios):.3f}")


def test_stopping_at_the_first_step_that_buys_nothing_would_lose_the_guarantee():
    """One document of value 1 and cost 1/2, k = 3: 4/9 - 1/2 < 0, then 6/9 - 1/2 > 0."""
    market = ExactSubsets(lambda chosen: len(chosen), 1, 3, method="distorted_greedy")
    assert market.winners([Fraction(1, 2)]) == [0]
    assert market.threshold(0, [0]) == 1, "the factor of the last step"


def test_vcg_payments_on_the_greedy_choice_are_not_truthful():
    """Two documents, one inside the other: the choice takes the small one, and the market is better off without it.

    First step, factor 1/2: 1 - 2/5 against 3/2 - 1. Second step: the larger one adds 1 and costs 1. So the welfare is
    8/5, without the small one 2, and its owner is paid 8/5 - 2 + 2/5 = 0 for a cost of 2/5.
    """
    covers, costs = [{1, 2}, {1, 2, 3}], [Fraction(2, 5), Fraction(1)]
    market = ExactSubsets(
        lambda chosen: len(set().union(*(covers[j] for j in chosen))), 2, 2, method="distorted_greedy"
    )
    deal = deal_by_rule(RULES["vcg"], market, 0, costs, clearing)
    assert deal(costs[0]) == (1, 0)
    gain, true, report = best_lie(deal, market.report_max + 1)
    print(f"VCG on a greedy choice: whose cost is {true} gains {gain} by reporting {report}")
    assert gain > 0
    assert deal(report)[1] - costs[0] * deal(report)[0] - (0 - costs[0]) == Fraction(2, 5), "staying out saves the cost"
    assert best_lie(deal_by_threshold(market, 0, costs), market.report_max + 1)[0] == 0


@pytest.mark.sweep
def test_no_lie_gains_on_many_markets():
    rng = np.random.default_rng(15)
    for method in METHODS:
        for _ in range(150):
            n, k = int(rng.integers(1, 6)), int(rng.integers(1, 5))
            market = ExactSubsets(any_values(rng, n, k), n, k, method=method)
            costs = [Fraction(int(cost), 4) for cost in rng.integers(0, 12, n)]
            for seller in range(n):
                assert best_lie(deal_by_threshold(market, seller, costs), market.report_max + 1)[0] == 0
