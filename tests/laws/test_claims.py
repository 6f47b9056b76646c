"""Each claim of the mechanisms on markets that maximise welfare, attacked; and each claim they do not keep, refuted."""

from dataclasses import replace

import numpy as np
import pytest

from evenhand.market import SolvedAgain
from evenhand.mechanisms import MECHANISMS
from evenhand.properties import certify
from evenhand.random_markets import drawn_for

WELFARE = [name for name, row in MECHANISMS.items() if not row.rule]


def claiming(claim):
    return pytest.mark.parametrize("name", [name for name in WELFARE if claim in MECHANISMS[name].claims])


def paid_by_brute_force(name, market, costs):
    """Quantities and payments with every question answered by solving again."""
    mechanism = MECHANISMS[name]
    cleared = SolvedAgain(mechanism.market(market), np.asarray(costs, dtype=float), hooks=False)
    return cleared.allocation.quantity, mechanism.pay(cleared)


def lies(rng, market, costs, seller):
    """Reports of a seller that are worth trying: next to nothing, staying away, near the truth, and anywhere."""
    true = costs[seller]
    least = 0.0 if market.allocate(costs).whole else 1e-3 * true  # some markets refuse free data
    return [least, np.inf, true * rng.uniform(0.9, 1.1), *rng.exponential(true + 1, 2), max(costs)]


@claiming("truthful")
def test_no_lie_gains_when_every_payment_is_computed_by_solving_again(name):
    rng = np.random.default_rng(11)
    for market, costs in drawn_for(MECHANISMS[name], 12, seed=1):
        quantity, paid = paid_by_brute_force(name, market, costs)
        seller = int(rng.integers(len(costs)))
        honest = paid[seller] - costs[seller] * quantity[seller]
        for lie in lies(rng, market, costs, seller):
            changed = [*costs[:seller], lie, *costs[seller + 1 :]]
            sold, got = paid_by_brute_force(name, market, changed)
            gained = got[seller] - costs[seller] * sold[seller] - honest
            assert gained <= 1e-9 * max(np.abs(got).max(), np.abs(paid).max(), 1e-300), (market, costs, seller, lie)


@claiming("rational")
def test_nobody_is_paid_less_than_the_true_cost(name):
    for market, costs in drawn_for(MECHANISMS[name], 200, seed=2):
        outcome = MECHANISMS[name].run(market, costs)
        assert (outcome.utility(costs) >= -1e-9 * np.abs(outcome.cash).max()).all(), (market, costs)


@claiming("balanced")
def test_payments_are_within_the_buyers_value(name):
    for market, costs in drawn_for(MECHANISMS[name], 100, seed=3):
        outcome, value = MECHANISMS[name].run(market, costs), market.allocate(costs).value
        assert outcome.cash.sum() <= value + 1e-9 * max(abs(value), np.abs(outcome.cash).max())


@pytest.mark.parametrize("name", [name for name in WELFARE if MECHANISMS[name].claims])
def test_certify_finds_no_gap_in_what_is_claimed(name):
    mechanism = replace(MECHANISMS[name], refuted={})
    for market, costs in drawn_for(mechanism, 8, seed=4):
        for finding in certify(mechanism, market, costs):
            assert finding.holds, (finding, market, costs)
            assert finding.gap == 0


@pytest.mark.parametrize("name", WELFARE)
def test_what_is_not_kept_has_a_witness(name):
    refuted = replace(MECHANISMS[name], claims=())
    open_ = set(refuted.refuted)
    for market, costs in drawn_for(refuted, 60, seed=4):
        open_ -= {finding.claim for finding in certify(refuted, market, costs) if finding.gap > 0}
        if not open_:
            return
    raise AssertionError(f"{name} kept {open_} on all of 60 markets")


@pytest.mark.sweep
@pytest.mark.parametrize("name", [name for name in WELFARE if MECHANISMS[name].claims])
def test_certify_finds_no_gap_in_what_is_claimed_on_many_markets(name):
    mechanism = MECHANISMS[name]
    for market, costs in drawn_for(mechanism, 400, seed=5):
        found = {finding.claim: finding for finding in certify(mechanism, market, costs)}
        assert all(found[claim].holds for claim in mechanism.claims), (found, market, costs)


@pytest.mark.parametrize("name", [name for name in WELFARE if "truthful" in MECHANISMS[name].refuted])
def test_a_witness_gains_what_it_says(name):
    mechanism = replace(MECHANISMS[name], claims=(), refuted={"truthful": MECHANISMS[name].refuted["truthful"]})
    seen = 0
    for market, costs in drawn_for(mechanism, 8, seed=6):
        for finding in certify(mechanism, market, costs):
            if finding.witness is None:
                continue
            witness = finding.witness
            seen += 1
            seller = int(witness.seller)

            def utility(report, seller=seller, witness=witness, market=market, costs=costs):
                changed = [*costs[:seller], float(report), *costs[seller + 1 :]]
                quantity, paid = paid_by_brute_force(name, market, changed)
                return paid[seller] - float(witness.true) * quantity[seller]

            gain = utility(witness.report) - utility(witness.true)
            assert gain == pytest.approx(float(witness.gain), rel=1e-6, abs=1e-9), (market, costs, witness)
    assert seen
