"""Markets that are drawn to be hard, and the counterexamples that are shown before any of them."""

from itertools import islice

import numpy as np
import pytest

from evenhand import canonical
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
    assert shown.market == {"costs": [1, 1], "worth": [1, 1], "budget": 100, "paid": [99, 99]}
    assert (shown.holds, shown.gap >= 98) == (False, True)
    pair = found["weakly_group_strategyproof"].witness
    assert [(each.seller, each.report, each.gain) for each in (pair, *pair.others)] == [("0", 0, 1), ("1", 0, 1)]
    assert found["truthful"].market is None


def test_where_none_is_known_the_worst_market_is_shown():
    (finding,) = certify_on_drawn(MECHANISMS["q_mia"], 9, seed=1, claims=["sybil_proof"])
    assert not finding.holds
    assert set(finding.market) == {"costs", "worth", "budget", "paid"}
    assert len(finding.market["costs"]) == len(finding.market["worth"]) == len(finding.market["paid"])


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
