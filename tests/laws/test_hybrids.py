"""Cash and shares: no lie pays, nobody who is honest loses, both pots last; whole, real and in floats alike."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from evenhand.markets import ExactProcurement, Procurement
from evenhand.mechanisms import MECHANISMS
from evenhand.payments import shares
from evenhand.properties import certify
from evenhand.random_markets import drawn
from tests.laws.markets import small_markets

KEEP_THEIR_PROMISES = ("mixed_split", "mixed_net_cost", "marginal_utility_tokens")
PROMISES = ("truthful", "rational", "within_budget")
LIQUIDITIES = (None, Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(1))
POOLS = (0, 1, 5, 60, 1_000)

corrected = pytest.mark.parametrize("name", KEEP_THEIR_PROMISES)


def with_pools(count: int, seed: int) -> Iterator[tuple[list[int], list[int], int, dict]]:
    """Draw (costs, worth, budget) and what of shares there is: pools, liquidities and masses of all sizes."""
    rng = np.random.default_rng(seed)
    for costs, worth, budget in drawn(count, seed, budgets=(1, 7, 60, 240), sellers_max=7):
        mass = rng.choice([None, 1, 2 * sum(worth) + 1])
        pool, liquidity = int(rng.choice(POOLS)), LIQUIDITIES[rng.integers(len(LIQUIDITIES))]
        yield costs, worth, budget, {"pool": pool, "liquidity": liquidity, "mass": mass}


def no_lie_gains_and_nobody_loses(name: str, market: ExactProcurement, costs: list[int], reports: range) -> None:
    """Run the mechanism at every report of every seller, for every true cost: the definition itself."""
    for seller in range(len(costs)):
        deals = []
        for report in reports:
            outcome = MECHANISMS[name].run(market, [*costs[:seller], report, *costs[seller + 1 :]])
            assert sum(outcome.cash) <= market.budget
            assert sum(outcome.share) <= market.pool
            assert min(outcome.cash) >= 0
            assert min(outcome.share) >= 0
            deals.append((outcome.quantity[seller], outcome.cash[seller] + outcome.share[seller]))
        for true in reports:
            honest = deals[true][1] - true * deals[true][0]
            assert honest >= 0
            assert all(paid - true * sold <= honest for sold, paid in deals), (costs, market.worth, seller, true)


@corrected
@pytest.mark.parametrize("whole", [True, False])
def test_promises_hold_at_every_report_on_random_markets(name, whole):
    for costs, worth, budget, pots in with_pools(120, seed=11):
        findings = certify(
            MECHANISMS[name], ExactProcurement(worth, budget, whole=whole, **pots), costs, claims=PROMISES
        )
        assert set(PROMISES) <= set(MECHANISMS[name].claims)
        assert all(finding.holds and finding.evidence == "exact" for finding in findings), (costs, worth, budget, pots)


@corrected
def test_no_lie_gains_on_any_small_market(name):
    for (costs, worth, budget), pool, liquidity in product(
        small_markets(2, range(0, 8, 3), range(1, 3), range(1, 5, 3)), (4,), (None, Fraction(1, 3))
    ):
        market = ExactProcurement(worth, budget, pool=pool, liquidity=liquidity, whole=True)
        no_lie_gains_and_nobody_loses(name, market, costs, range(budget + pool + 2))


@pytest.mark.sweep
@corrected
def test_no_lie_gains_on_any_bigger_market(name):
    for (costs, worth, budget), pool, liquidity in product(
        small_markets(3, range(0, 9, 3), range(1, 3), range(1, 8, 3)), (1, 5), (None, Fraction(1, 2))
    ):
        market = ExactProcurement(worth, budget, pool=pool, liquidity=liquidity, whole=True)
        no_lie_gains_and_nobody_loses(name, market, costs, range(budget + pool + 2))


@pytest.mark.sweep
@corrected
@pytest.mark.parametrize("whole", [True, False])
def test_promises_hold_on_two_thousand_markets(name, whole):
    for costs, worth, budget, pots in with_pools(2_000, seed=12):
        findings = certify(
            MECHANISMS[name], ExactProcurement(worth, budget, whole=whole, **pots), costs, claims=PROMISES
        )
        assert all(finding.holds for finding in findings), (costs, worth, budget, pots)


@corrected
def test_thresholds_are_the_highest_winning_reports(name):
    for costs, worth, budget, pots in with_pools(200, seed=13):
        market = MECHANISMS[name].market(ExactProcurement(worth, budget, whole=True, **pots))
        for seller, threshold in enumerate(market.thresholds(costs)):
            tried = [0] if threshold is None else [threshold, threshold + 1]
            sells = [seller in market.winners([*costs[:seller], report, *costs[seller + 1 :]]) for report in tried]
            assert sells == ([False] if threshold is None else [True, False])
            assert market.threshold(seller, costs) == threshold


@corrected
def test_float_twin_pays_what_the_exact_form_does(name):
    """Away from exact ties, in which another seller may win: reports have digits of their own."""
    rng = np.random.default_rng(14)
    for costs, worth, budget, pots in with_pools(300, seed=14):
        costs = [cost + float(rng.random()) for cost in costs]
        liquidity = None if pots["liquidity"] is None else float(pots["liquidity"])
        market = Procurement(worth, budget, **{**pots, "liquidity": liquidity})
        floats = MECHANISMS[name].run(market, costs)
        exact = MECHANISMS[name].run(market.exact(), [Fraction(cost) for cost in costs])
        assert floats.quantity.tolist() == exact.quantity.tolist()
        for paid, wanted in ((floats.cash, exact.cash), (floats.share, exact.share)):
            np.testing.assert_allclose(paid, wanted.astype(float), rtol=1e-9, atol=1e-9)
        highest = MECHANISMS[name].market(market).thresholds(costs)
        wanted = MECHANISMS[name].market(market.exact()).thresholds(costs)
        np.testing.assert_allclose(highest, [-np.inf if tau is None else float(tau) for tau in wanted], rtol=1e-9)


def test_tokens_of_the_market_are_those_of_the_payment():
    for costs, worth, budget, pots in with_pools(200, seed=15):
        over = max(pots["mass"] or 0, sum(worth))
        wanted = shares.marginal_utility_tokens(worth, pots["pool"], costs, over, whole=True)
        market = ExactProcurement(worth, budget, pool=pots["pool"], mass=pots["mass"], whole=True)
        outcome = MECHANISMS["marginal_utility_tokens"].run(market, costs)
        assert outcome.share.tolist() == wanted.issued.tolist()
        assert not outcome.cash.any()


def test_a_split_buys_more_on_average_than_net_cost_and_that_more_than_cash_alone():
    rng = np.random.default_rng(16)
    bought = []
    for _ in range(400):
        worth, costs = rng.lognormal(size=20), rng.lognormal(size=20)
        market = Procurement(worth, 8.0, pool=8.0)
        bought.append(
            [
                MECHANISMS[name].run(market, costs).quantity @ worth / worth.sum()
                for name in ("mixed_split", "mixed_net_cost", "proportional_share")
            ]
        )
    both, net, cash = np.mean(bought, axis=0)
    assert both > net > cash


def test_as_published_a_lie_pays_someone_loses_or_cash_runs_out_on_many_markets():
    failed = {"truthful": 0, "rational": 0, "within_budget": 0}
    for costs, worth, budget, pots in with_pools(100, seed=17):
        market = ExactProcurement(worth, budget, pool=pots["pool"], liquidity=Fraction(1, 2), whole=True)
        for finding in certify(MECHANISMS["mixed_as_published"], market, costs, claims=PROMISES):
            failed[finding.claim] += not finding.holds
    assert all(count > 5 for count in failed.values()), failed


@corrected
def test_promises_hold_on_floats_taken_as_the_fractions_that_they_are(name):
    rng = np.random.default_rng(18)
    for _ in range(40):
        sellers = int(rng.integers(1, 7))
        market = Procurement(rng.lognormal(size=sellers), 10.0, pool=5.0, liquidity=rng.choice([None, 1 / 3]))
        costs = np.where(rng.random(sellers) < 0.2, np.inf, rng.lognormal(1, 1, size=sellers))
        assert all(finding.holds for finding in certify(MECHANISMS[name], market, costs, claims=PROMISES))
