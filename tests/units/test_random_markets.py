"""Markets that are drawn to be hard, and the counterexamples that are shown before any of them."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from evenhand import canonical
from evenhand.markets import ExactProcurement, Subsets
from evenhand.markets.procurement import RULES
from evenhand.mechanisms import MECHANISMS, for_rounds
from evenhand.properties import certify
from evenhand.random_markets import KINDS, certify_on_drawn, drawn, drawn_for, told
from evenhand.records import Finding, Witness

REFUTED = [(name, claim) for name, row in MECHANISMS.items() for claim in row.counterexamples]


@pytest.mark.parametrize(("name", "claim"), REFUTED)
def test_a_counterexample_is_one_and_is_small(name, claim):
    row = MECHANISMS[name]
    assert claim in row.refuted
    market, costs = row.counterexamples[claim]
    (finding,) = certify(row, market, costs, claims=[claim])
    assert not finding.holds
    assert len(costs) <= 3


def test_every_promise_that_paper_002_breaks_has_a_counterexample():
    for name, row in for_rounds().items():
        assert set(row.refuted) == set(row.counterexamples), name


def test_the_counterexample_is_what_is_shown():
    found = {finding.claim: finding for finding in certify_on_drawn(MECHANISMS["q_mia"], 3, seed=0)}
    shown = found["within_budget"]
    assert shown.market == {"costs": [1, 1], "worth": [1, 1], "budget": 100, "paid": [99, 99], "missed_by": 98}
    assert (shown.holds, shown.gap >= 98) == (False, True)
    pair = found["weakly_group_strategyproof"].witness
    assert [(each.seller, each.report, each.gain) for each in (pair, *pair.others)] == [("0", 0, 1), ("1", 0, 1)]
    assert found["truthful"].market is None


def test_where_none_is_known_the_worst_market_is_shown():
    (finding,) = certify_on_drawn(MECHANISMS["q_mia"], 9, seed=1, claims=["sybil_proof"])
    assert not finding.holds
    assert set(finding.market) == {"seed", "number", "costs", "worth", "budget", "paid", "missed_by"}
    assert len(finding.market["costs"]) == len(finding.market["worth"]) == len(finding.market["paid"])


def test_the_market_that_is_shown_can_be_drawn_again():
    row = MECHANISMS["q_mia"]
    (finding,) = certify_on_drawn(row, 9, seed=1, claims=["sybil_proof"])
    *_, (market, costs) = drawn_for(row, finding.market["number"], finding.market["seed"])
    assert (costs, list(market.worth)) == (finding.market["costs"], finding.market["worth"])
    assert certify(row, market, costs, claims=["sybil_proof"], tried_max=100)[0].gap == finding.gap


def test_only_drawn_markets_are_counted_as_drawn():
    (known,) = certify_on_drawn(MECHANISMS["q_mia"], 5, seed=0, claims=["within_budget"])
    assert known.statement.startswith("failed on its counterexample and on 2 of 5 drawn markets, by up to ")
    (held,) = certify_on_drawn(MECHANISMS["q_mia"], 5, seed=0, claims=["truthful"])
    assert held.statement.startswith("held on all of 5 drawn markets, ")
    (of_worth,) = certify_on_drawn(MECHANISMS["clock"], 9, seed=0, claims=["sybil_proof"])
    assert of_worth.statement.startswith("failed on 3 of 5 drawn markets where worth adds up, by up to ")


def test_a_counterexample_that_is_none_is_not_said_to_fail():
    market = ExactProcurement([1], 10, whole=True)
    harmless = replace(MECHANISMS["proportional_share"], counterexamples={"truthful": (market, [1])})
    (finding,) = certify_on_drawn(harmless, 1, seed=0, claims=["truthful"])
    assert finding.statement.startswith("held on all of 1 drawn market, and held on its counterexample, ")


def test_values_of_sets_are_told_for_every_set_that_can_be_bought():
    sets = ExactProcurement(None, 10, value=lambda masks: 3 * (np.asarray(masks) @ [2, 1] > 1), n=2)
    assert told(MECHANISMS["clock"], sets, [1, 1])["value_of_sets"] == {"0": 3, "1": 0, "0+1": 3}
    pairs = Subsets(len, n=3, k=2)
    assert set(told(MECHANISMS["vcg"], pairs, [1.0, 1.0, 1.0])["value_of_sets"]) == {"0", "1", "2", "0+1", "0+2", "1+2"}
    many = ExactProcurement(None, 10, value=lambda masks: np.asarray(masks).sum(axis=1), n=9)
    assert "value_of_sets" not in told(MECHANISMS["clock"], many, [1] * 9)
    assert "value_of_sets" not in told(MECHANISMS["clock"], ExactProcurement([1], 10), [1])


def test_a_market_of_arrays_is_told_in_plain_numbers():
    market, costs = MECHANISMS["direct"].counterexamples["truthful"]
    numbers = told(MECHANISMS["direct"], market, costs)
    assert numbers == {
        "costs": [1.0],
        "buyer_means": [[1.0]],
        "seller_means": [[1.0]],
        "variances": [0.0],
        "paid": pytest.approx([0.25]),
    }


def test_every_kind_of_market_is_drawn_and_some_have_one_seller_or_nobody_affordable():
    markets = list(drawn(4 * len(KINDS), seed=0))
    assert any(len(costs) == 1 for costs, _, _ in markets)
    assert any(min(costs) > budget for costs, _, budget in markets)
    assert any(0 in costs for costs, _, _ in markets)
    assert any(len(set(costs)) < len(costs) for costs, _, _ in markets)


@pytest.mark.parametrize("name", for_rounds())
def test_a_mechanism_that_settles_in_shares_is_given_a_pool_over_a_mass_that_is_not_exceeded(name):
    for market, _ in islice(drawn_for(MECHANISMS[name], 20, seed=2), 20):
        assert bool(market.pool) == MECHANISMS[name].in_shares
        assert market.mass is None or market.mass >= sum(market.worth)


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.of_sets])
def test_rules_of_sets_are_given_data_that_overlap_too(name):
    markets = list(drawn_for(MECHANISMS[name], 6, seed=3))
    overlapping = [market for market, _ in markets if market.worth is None]
    assert len(overlapping) == 3
    for market in overlapping:
        everything = np.ones((1, market.n), dtype=int)
        alone = market.value(np.eye(market.n, dtype=int))
        assert market.value(everything)[0] <= alone.sum()


def test_what_is_new_in_a_finding_takes_no_bytes_where_it_is_absent():
    finding = Finding("truthful", False, 2, "exact", 3, "said", Witness("ada", 1, 2, 2))
    tree = canonical.tree(finding)
    assert set(tree) == {"claim", "holds", "gap", "evidence", "tried", "statement", "witness"}
    assert tree["witness"] == {"seller": "ada", "true": 1, "report": 2, "gain": 2}
