"""Each claim of the mechanisms on markets that maximise welfare, attacked; and each claim they do not keep, refuted."""

from dataclasses import replace

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.market import SolvedAgain, exact_number
from evenhand.markets import Procurement, Retrieval, Subsets
from evenhand.mechanisms import MECHANISMS
from evenhand.properties import certify
from evenhand.random_markets import drawn_for

WELFARE = [name for name, row in MECHANISMS.items() if not row.procures]


ROWS = {
    name if each is row else f"{name} by {each.rule}": each for name, row in MECHANISMS.items() for each in row.each
}
"""Every mechanism; one for each rule that its lot may fall on."""


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


# -- nothing that is called exact is contradicted ---------------------------------------------------------------------


def discrete(rng):
    """A market that buys whole, and reports of which some are far above what anyone adds."""
    sellers, k = int(rng.integers(2, 6)), int(rng.integers(1, 4))
    high = float(rng.choice([1.0, 4.0, 20.0]))
    costs = (rng.integers(0, 17, sellers) * high / 8).tolist()
    kind = rng.choice(["retrieval", "one document", "reserve", "sources", "table", "greedy", "many", "budget"])
    scores = rng.integers(-2, 11, sellers) / 8
    match kind:
        case "one document":
            return Retrieval(scores, k=1, price_max=float(rng.choice([3.0, np.inf]))), costs
        case "retrieval":
            return Retrieval(scores, k, price_max=float(rng.choice([0.5, 3.0, np.inf]))), costs
        case "reserve":
            least = float(rng.choice([-np.inf, -2.0, 0.5]))  # without a rival no price is too high at -inf
            return Retrieval(scores, k if least > -np.inf else 1, surplus_min=least), costs
        case "sources":
            labels = rng.integers(0, 2, sellers).tolist()
            least = float(rng.choice([-np.inf, 0.0]))
            return Retrieval(scores, k, 9.0, sources=labels, source_max=1, surplus_min=least), costs
        case "budget":
            return Procurement(rng.integers(0, 5, sellers).astype(float), float(rng.integers(1, 12))), costs
    many = 20 if kind == "many" else sellers
    worth, bonus = rng.integers(-2, 9, many) / 8, float(rng.integers(-4, 80)) / 8

    def value(chosen):
        return float(worth[list(chosen)].sum()) + bonus * ({0, 1} <= set(chosen))

    method = "exact" if kind == "table" else "distorted_greedy"
    return Subsets(value, many, k, method=method), costs + [np.inf if rng.random() < 0.5 else high] * (many - sellers)


def on_discrete_markets(name, count, seed):
    """Markets on which a mechanism runs, with reports."""
    rng = np.random.default_rng(seed)
    mechanism = ROWS[name]
    while count:
        market, costs = discrete(rng)
        present = sum(cost < np.inf for cost in costs)
        try:
            mechanism.market(market)
        except OfferError:
            continue
        if present <= mechanism.traced_max:
            count -= 1
            yield market, costs


@pytest.mark.parametrize("name", ROWS)
def test_what_is_exact_is_not_contradicted_by_the_reports_themselves_nor_by_any_that_is_tried(name):
    mechanism = replace(ROWS[name], claims=("truthful", "rational"), refuted={})
    rng = np.random.default_rng(8)
    for market, costs in on_discrete_markets(name, 25, seed=7):
        found = {finding.claim: finding for finding in certify(mechanism, market, costs)}
        utility = np.nan_to_num(mechanism.run(market, costs).utility(costs))
        if found["rational"].evidence == "exact":
            assert utility.min() >= -float(found["rational"].gap) - 1e-9, (market, costs, found)
        if found["truthful"].evidence == "exact":
            seller = int(rng.choice(np.flatnonzero(np.isfinite(costs))))
            for lie in (0.0, 1.5 * costs[seller], 100.0, float(rng.uniform(0, 10))):
                told = mechanism.run(market, [*costs[:seller], lie, *costs[seller + 1 :]])
                sold, got = told.quantity[seller], told.cash[seller]
                gained = got - costs[seller] * sold - utility[seller]
                assert gained <= float(found["truthful"].gap) + 1e-9, (market, costs, seller, lie, found)


def test_no_threshold_is_above_the_highest_report_that_is_ever_bought():
    rng = np.random.default_rng(9)
    known = 0
    for _ in range(300):
        market, costs = discrete(rng)
        exact = market.exact()
        if exact.report_max is None:
            continue
        known += 1
        thresholds = exact.thresholds([exact_number(cost) for cost in costs])
        assert all(most is None or most <= exact.report_max for most in thresholds), (market, costs)
    assert 150 < known < 300
