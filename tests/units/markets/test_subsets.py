"""Interacting documents worked out by hand, the paper's example, and what is refused."""

from fractions import Fraction
from math import inf, nan

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.markets import ExactSubsets, Subsets
from evenhand.payments import RULES

PAIRS = {(): 0.0, (0,): 0.0, (1,): 0.0, (2,): 0.0, (0, 1): 0.9, (1, 2): 0.7, (0, 2): 0.8}
"""The pairs of [Fan25, appendix D.5, table 2]; a document alone is worth nothing."""


def pay(rule, market, costs):
    return RULES[rule](market.clear(costs)).round(12).tolist()


def test_example_3_pays_by_vcg_what_it_says_whatever_one_document_is_worth_alone():
    market, costs = Subsets(PAIRS.__getitem__, 3, 2), [0.1, 0.05, 0.1]
    assert market.allocate(costs).quantity.tolist() == [1, 1, 0]
    assert pay("vcg", market, costs) == pay("threshold", market, costs) == [0.3, 0.2, 0.0]
    assert pay("leave_one_out", market, costs) == [0.2, 0.1, 0.0]
    assert round(sum(pay("shapley", market, costs)), 12) == 0.9, "where leave-one-out sums to 0.3"


def test_documents_that_need_each_other_are_paid_more_than_both_are_worth():
    market = Subsets(lambda chosen: float(len(chosen) == 2), 2, 2)
    cleared = market.clear([0.2, 0.3])
    assert cleared.allocation.welfare == 0.5
    assert cleared.thresholds.round(12).tolist() == [0.7, 0.8]
    assert cleared.contributions.tolist() == [[1.0, 1.0]]


def test_values_count_from_the_answer_without_documents():
    market = Subsets(lambda chosen: 6.0 + len(chosen), 2, 1)
    allocation = market.allocate([0.5, 0.25])
    assert (allocation.quantity.tolist(), allocation.value, allocation.welfare) == ([0, 1], 1.0, 0.75)
    assert market.value([[1, 1]]).tolist() == [2.0]


def test_of_equal_sets_the_smaller_is_bought_and_then_the_first():
    assert Subsets(lambda chosen: float(len(chosen)), 3, 3).allocate([1.0, 1.0, 1.0]).quantity.tolist() == [0, 0, 0]
    assert Subsets(lambda chosen: float(bool(chosen)), 3, 3).allocate([0.5, 0.5, 0.5]).quantity.tolist() == [1, 0, 0]


def test_nobody_here_is_a_market_of_nothing():
    for method in ("exact", "distorted_greedy"):
        cleared = Subsets(lambda chosen: float(len(chosen)), 2, 2, method=method).clear([inf, inf])
        assert cleared.allocation.quantity.tolist() == [0, 0]
        assert cleared.allocation.welfare == 0.0
        for rule in RULES:
            assert RULES[rule](cleared).tolist() == [0.0, 0.0]


def test_each_set_is_valued_once():
    asked = []

    def value(chosen):
        asked.append(chosen)
        return float(len(chosen))

    market = Subsets(value, 5, 2)
    assert sorted(asked, key=lambda chosen: (len(chosen), chosen)) == asked
    assert len(asked) == len(set(asked)) == 1 + 5 + 10
    market.thresholds([0.5] * 5)
    assert len(asked) == 16


def test_the_dearest_reports_of_all_are_left_out_without_a_warning():
    cleared = Subsets(lambda chosen: float(len(chosen)), 3, 3).clear([1.7e308, 1.7e308, 0.5])
    assert cleared.allocation.quantity.tolist() == [0, 0, 1]
    assert RULES["threshold"](cleared).tolist() == [0.0, 0.0, 1.0]


def test_distorted_greedy_by_hand():
    """k = 2, factors 1/2 and 1. First step: 2/2 - 1/4 against 3/2 - 1; then 1 - 1 is not above 0.

    The first could have asked up to 2/2 - 1/2 in the first step, and in the second, behind the other, up to 0.
    """
    covers = [{1, 2}, {1, 2, 3}]
    market = ExactSubsets(
        lambda chosen: len(set().union(*(covers[j] for j in chosen))), 2, 2, method="distorted_greedy"
    )
    costs = [Fraction(1, 4), Fraction(1)]
    assert market.winners(costs) == [0]
    assert market.thresholds(costs).tolist() == [Fraction(1, 2), 1]


def test_the_factors_of_a_large_k_are_exact():
    market = ExactSubsets(lambda chosen: len(chosen), 2, 30, method="distorted_greedy")
    assert market.winners([Fraction(29, 30) ** 29, 1 - Fraction(1, 10**30)]) == [0, 1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"n": 0}, ["n: is 0"]),
        ({"k": 0}, ["k: is 0"]),
        ({"k": 1.5}, ["k: is 1.5"]),
        ({"value": 3}, ["value: is 3"]),
        ({"method": "greedy"}, ["method"]),
        ({"n": -1, "k": None, "method": "exakt"}, ["n: is -1", "k: is None", 'Did you mean "exact"?']),
        ({"value": lambda chosen: nan if chosen == (1,) else 1.0}, ["value(1,): is nan"]),
        ({"value": lambda chosen: "good" if len(chosen) == 1 else 1}, ["value(0,): is 'good'", "value(1,)"]),
        ({"value": lambda chosen: None}, ["value(): is None"]),
        ({"value": lambda chosen: 1e301 * len(chosen)}, ["value(0,)", "value(1,)"]),
        ({"value": lambda chosen: 1j}, ["value(): is 1j"]),
    ],
)
def test_a_market_that_cannot_be_is_refused_with_all_its_problems(arguments, words):
    with pytest.raises(OfferError) as refused:
        Subsets(**{"value": lambda chosen: float(len(chosen)), "n": 2, "k": 1, **arguments})
    assert len(refused.value.problems) == len(words)
    assert all(word in str(refused.value) for word in words)


@pytest.mark.parametrize("n", [3, 20])
def test_a_value_that_is_no_number_is_refused_when_it_is_met(n):
    market = Subsets(lambda chosen: nan if chosen else 0.0, n, 1, method="distorted_greedy")
    with pytest.raises(OfferError, match="is nan"):
        market.allocate([0.0] * n)


@pytest.mark.parametrize("costs", [[1.0], [1.0, nan], [1.0, -1.0], [[1.0, 1.0]]])
def test_reports_that_cannot_be_are_refused(costs):
    with pytest.raises(OfferError, match="costs"):
        Subsets(lambda chosen: float(len(chosen)), 2, 1).clear(costs)


def test_numbers_of_every_kind_are_values():
    with pytest.raises(OfferError, match="within"):
        Subsets(lambda chosen: 10**400 * len(chosen), 2, 1)
    for one in (1, 1.0, Fraction(1), np.float32(1), np.int64(1), True):
        assert Subsets(lambda chosen, one=one: one * len(chosen), 2, 1).allocate([0.5, 0.25]).welfare == 0.75
        exact = ExactSubsets(lambda chosen, one=one: one * len(chosen), 2, 1).allocate([0, Fraction(1, 4)])
        assert exact.welfare == 1
        assert isinstance(exact.welfare, Fraction)


def test_growing_returns_are_met_although_no_document_is_worth_its_cost_alone():
    with pytest.raises(OfferError, match="diminishing returns"):
        Subsets(lambda chosen: float(len(chosen) ** 2), 20, 10).allocate([1.0] * 20)
