"""A cap, pools and a reserve on top of every rule: what the rule promises is kept, and copies gain nothing."""

from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.market import SolvedAgain
from evenhand.markets import ExactProcurement, Policy, Procurement
from evenhand.markets.procurement import RULES
from evenhand.mechanisms import MECHANISMS, for_rounds
from evenhand.properties import certify
from evenhand.random_markets import drawn
from tests.laws.markets import small_markets

BASIC = ("truthful", "rational", "within_budget")
PARTS = [("cap",), ("pools",), ("reserve",), ("cap", "pools"), ("pools", "reserve"), ("cap", "pools", "reserve")]
POLICIES_OF_THREE = [
    Policy(cap=2),
    Policy(pools=[[0, 1]]),
    Policy(pools=[[0, 1, 2]]),
    Policy(reserve="1/2", tagged=[1]),
    Policy(reserve="1/3", tagged=[0, 2]),
    Policy(cap=3, pools=[[0, 2]], reserve="1/2", tagged=[1, 2]),
]
WEAKLY_GROUP_STRATEGYPROOF = "proportional_share"


def drawn_policy(rng, sellers, budget, parts=("cap", "pools", "reserve")):
    """Pools are any partition, some of one; tags fall on anyone."""
    pool_of = rng.integers(0, max(1, (sellers + 1) // 2), sellers)
    fields = {
        "cap": {"cap": int(rng.integers(1, budget + 2))},
        "pools": {"pools": [np.flatnonzero(pool_of == number).tolist() for number in range(sellers)]},
        "reserve": {
            "reserve": Fraction(int(rng.integers(1, 11)), 10),
            "tagged": np.flatnonzero(rng.random(sellers) < 0.4).tolist(),
        },
    }
    return Policy(**{name: value for part in parts for name, value in fields[part].items()})


def drawn_markets(count, seed, *, sellers_max=7, parts=None, budgets=(1, 7, 24, 60)):
    """(costs, worth, budget, policy), each part and each way to join them in turn."""
    rng = np.random.default_rng(seed)
    markets = drawn(count, seed, budgets=budgets, sellers_max=sellers_max)
    for number, (costs, worth, budget) in enumerate(markets):
        chosen = parts or PARTS[number % len(PARTS)]
        yield costs, worth, budget, drawn_policy(rng, len(costs), budget, chosen)


def some(rule, count):
    """So many markets, fewer where a rule of sets takes its time."""
    return count // 5 if RULES[rule].of_sets else count


def with_report(costs, seller, report):
    return [*costs[:seller], report, *costs[seller + 1 :]]


def wins_up_to_the_threshold(market, costs, *, past):
    """Every whole report of every seller: it wins up to a threshold that no report of the seller's own moves."""
    table = market.thresholds(costs)
    for seller in range(len(costs)):
        for report in range(past):
            asked = with_report(costs, seller, report)
            wins = seller in market.winners(asked)
            assert wins == (table[seller] is not None and report <= table[seller]), (asked, seller)
            if market.sells is not None:
                assert market.sells(seller, asked) == wins
        for report in (0, past):
            assert market.threshold(seller, with_report(costs, seller, report)) == table[seller]


@pytest.mark.parametrize("rule", RULES)
def test_every_report_up_to_the_threshold_wins_and_none_above_whatever_the_policy(rule):
    for costs, worth, budget, policy in drawn_markets(some(rule, 60), seed=1, sellers_max=5, budgets=(1, 7, 16)):
        market = ExactProcurement(worth, budget, rule, whole=True, policy=policy)
        wins_up_to_the_threshold(market, costs, past=budget + 2)


@pytest.mark.sweep
@pytest.mark.parametrize("policy", POLICIES_OF_THREE, ids=str)
@pytest.mark.parametrize("rule", RULES)
def test_every_report_up_to_the_threshold_wins_on_every_small_market(rule, policy):
    for costs, worth, budget in small_markets(3, range(4), range(1, 3), range(3, 8, 3)):
        market = ExactProcurement(worth, budget, rule, whole=True, policy=policy)
        wins_up_to_the_threshold(market, costs, past=budget + 2)


def claimed(name):
    return [claim for claim in BASIC if claim in MECHANISMS[name].claims]


POSTS_SHARES = ("mixed_net_cost", "marginal_utility_tokens")


def finds_no_gap(name, market, costs):
    if name in POSTS_SHARES and (market.policy.cap or market.policy.pools):
        with pytest.raises(OfferError, match="policy: caps a payment or sells copies as one"):
            certify(MECHANISMS[name], market, costs)
        return
    findings = {finding.claim: finding for finding in certify(MECHANISMS[name], market, costs, claims=claimed(name))}
    assert all(findings[claim].holds and findings[claim].evidence == "exact" for claim in claimed(name)), costs


@pytest.mark.parametrize("name", [name for name in for_rounds() if claimed(name)])
def test_tracing_finds_no_lie_and_no_loss_under_a_policy(name):
    for costs, worth, budget, policy in drawn_markets(18, seed=2, sellers_max=4):
        market = ExactProcurement(worth, budget, whole=True, policy=policy, pool=budget // 2)
        finds_no_gap(name, market, costs)


@pytest.mark.parametrize("name", [name for name in for_rounds() if claimed(name)])
def test_tracing_finds_none_on_real_numbers_either_and_where_some_stay_away(name):
    rng = np.random.default_rng(3)
    for number in range(12):
        sellers = int(rng.integers(1, 5))
        policy = drawn_policy(rng, sellers, 10, PARTS[number % len(PARTS)])
        costs = np.where(rng.random(sellers) < 0.2, np.inf, rng.integers(0, 40, sellers) / 8)
        finds_no_gap(name, Procurement(rng.integers(0, 9, sellers) / 4, 10.0, policy=policy, pool=4.0), costs)


@pytest.mark.sweep
@pytest.mark.parametrize("name", [name for name in for_rounds() if claimed(name)])
def test_tracing_finds_none_on_many_markets(name):
    for costs, worth, budget, policy in drawn_markets(300, seed=4, sellers_max=7):
        finds_no_gap(name, ExactProcurement(worth, budget, whole=True, policy=policy, pool=budget // 2), costs)


@pytest.mark.parametrize("rule", RULES)
def test_the_budget_the_reserve_the_cap_and_the_pools_are_kept(rule):
    keeps_budgets = rule in MECHANISMS and "within_budget" in MECHANISMS[rule].claims
    for costs, worth, budget, policy in drawn_markets(some(rule, 100), seed=5):
        market = ExactProcurement(worth, budget, rule, whole=True, policy=policy)
        cleared = market.clear(costs)
        sold, paid = cleared.allocation.quantity, cleared.highest_asked
        assert paid.tolist() == np.where(sold == 1, cleared.thresholds, 0).tolist()
        assert policy.cap is None or max(paid) <= policy.cap
        assert all(sum(sold[list(pool)]) <= 1 for pool in policy.pools)
        if keeps_budgets:
            assert sum(paid) <= budget
            assert not policy.reserve or sum(paid[list(policy.tagged)]) <= policy.reserve * budget


@pytest.mark.parametrize("rule", RULES)
def test_float_twin_with_a_policy_selects_and_gives_thresholds_as_the_plain_rule(rule):
    for costs, worth, budget, policy in drawn_markets(some(rule, 80), seed=6):
        floats = Procurement(worth, budget, rule, policy=policy)
        exact = ExactProcurement([Fraction(w) for w in worth], Fraction(budget), rule, policy=policy)
        told = (rule, costs, worth, budget, policy)
        assert floats.allocate(costs).quantity.tolist() == exact.allocate(costs).quantity.tolist(), told
        wanted = [-np.inf if tau is None else float(tau) for tau in exact.thresholds(costs)]
        np.testing.assert_allclose(floats.thresholds(costs), wanted, rtol=1e-9, atol=1e-9, err_msg=str(told))
        cleared = floats.clear(costs)
        np.testing.assert_allclose(
            cleared.highest_asked, np.where(cleared.allocation.quantity, floats.thresholds(costs), 0), rtol=1e-9
        )


class Coverage:
    """Topics of whole weight, each covered by some sellers."""

    def __init__(self, rng, sellers):
        self.weight = rng.integers(1, 6, 6)
        self.covers = rng.random((sellers, 6)) < 0.4

    def __call__(self, masks):
        return ((np.asarray(masks) @ self.covers) > 0) @ self.weight


class Told(Coverage):
    """The same, saying also what each in line adds."""

    def added(self, bought, line):
        masks = np.tri(len(line) + 1, len(line), -1, dtype=int)
        whole = np.zeros((len(line) + 1, len(self.covers)), dtype=int)
        whole[:, line] = masks
        whole[:, bought] = 1
        return np.diff(self(whole))


@pytest.mark.parametrize("rule", [name for name, rule in RULES.items() if rule.of_sets])
@pytest.mark.parametrize("kind", [Coverage, Told])
def test_values_of_sets_have_one_answer_under_a_policy_on_floats_and_exact(rule, kind):
    rng = np.random.default_rng(10)
    for number in range(12):
        sellers, budget = int(rng.integers(1, 6)), int(rng.choice([4, 10]))
        value, costs = kind(rng, sellers), rng.integers(0, 7, sellers)
        policy = drawn_policy(rng, sellers, budget, PARTS[number % len(PARTS)])
        floats = Procurement(value=value, n=sellers, budget=budget, rule=rule, policy=policy)
        exact = ExactProcurement(None, Fraction(budget), rule, value=value, n=sellers, policy=policy)
        assert floats.allocate(costs).quantity.tolist() == exact.allocate(costs.tolist()).quantity.tolist()
        wanted = [-np.inf if tau is None else float(tau) for tau in exact.thresholds(costs.tolist())]
        np.testing.assert_allclose(floats.thresholds(costs), wanted, rtol=1e-9, atol=1e-9)
        whole = ExactProcurement(None, budget, rule, value=value, n=sellers, policy=policy, whole=True)
        wins_up_to_the_threshold(whole, costs.tolist(), past=budget + 2)


@pytest.mark.parametrize("rule", [name for name, rule in RULES.items() if not rule.of_sets])
def test_thresholds_under_a_policy_are_those_that_bisection_finds(rule):
    for costs, worth, budget, policy in drawn_markets(4, seed=7, sellers_max=3):
        floats = Procurement(worth, budget, rule, policy=policy)
        searched = SolvedAgain(floats, costs, hooks=False).thresholds
        np.testing.assert_allclose(floats.thresholds(costs), searched, rtol=1e-9, atol=1e-9)


def best_alone(rule, market, policy, owner, versions, cost):
    """What the owner gains by the truth with the best of some versions, offered alone in the place of the owner's."""
    costs, worth, budget = market
    gains = [0]
    for worth_of_it, tag in versions:
        tagged = {*policy.tagged, owner} if tag else set(policy.tagged) - {owner}
        alone = Policy(pools=policy.pools, reserve=policy.reserve, tagged=sorted(tagged))
        offered = ExactProcurement(with_report(worth, owner, worth_of_it), budget, rule, whole=True, policy=alone)
        threshold = offered.threshold(owner, costs)
        gains.append(0 if threshold is None else threshold - cost)
    return max(gains)


def most_gained(rule, market, policy, owner, versions, rng):
    """The most that the owner gains, over some random reports, with all versions under as many names in one pool."""
    costs, worth, budget = market
    names = [owner, *range(len(costs), len(costs) + len(versions) - 1)]
    tagged = (set(policy.tagged) - {owner}) | {name for name, (_, tag) in zip(names, versions, strict=True) if tag}
    pooled = Policy(
        pools=[[*pool, *names[1:]] if owner in pool else pool for pool in policy.pools],
        reserve=policy.reserve,
        tagged=sorted(tagged),
    )
    all_worth = [*with_report(worth, owner, versions[0][0]), *[worth_of_it for worth_of_it, _ in versions[1:]]]
    everyone = ExactProcurement(all_worth, budget, rule, whole=True, policy=pooled)
    gains = []
    for _ in range(6):
        reports = [*costs, *[0] * (len(names) - 1)]
        for name in names:
            reports[name] = int(rng.integers(0, budget + 2))
        sold, thresholds = everyone.allocate(reports).quantity, everyone.thresholds(reports)
        gains.append(sum(thresholds[name] - costs[owner] for name in names if sold[name]))
    return max(gains)


FAVOUR_THE_FIRST = [rule for rule in RULES if rule != "prune_and_pack"]
"""Of two largest datasets of one worth prune_and_pack may leave out the first."""


@pytest.mark.parametrize("rule", FAVOUR_THE_FIRST)
def test_further_copies_in_a_pool_gain_nothing_whatever_they_report(rule):
    """Copies stand behind all others, and the pool may hold others' data too; the cost is borne by the sale."""
    rng = np.random.default_rng(8)
    markets = drawn_markets(some(rule, 40), seed=8, sellers_max=5, parts=("pools", "reserve"))
    for costs, worth, budget, policy in markets:
        owner = int(rng.integers(len(costs)))
        copies = [(worth[owner], owner in policy.tagged)] * int(rng.integers(2, 5))
        market = costs, worth, budget
        honest = best_alone(rule, market, policy, owner, copies[:1], costs[owner])
        assert most_gained(rule, market, policy, owner, copies, rng) <= honest, (market, policy, owner)


@pytest.mark.parametrize("rule", RULES)
def test_several_versions_in_a_pool_gain_no_more_than_the_best_of_them_alone(rule):
    """Versions may differ in worth and tag. They stand last, one behind the other, so that no tie tells them apart."""
    rng = np.random.default_rng(9)
    markets = drawn_markets(some(rule, 40), seed=9, sellers_max=5, parts=("pools", "reserve"))
    for costs, worth, budget, policy in markets:
        owner = len(costs) - 1
        versions = [(worth[owner] * int(rng.integers(0, 4)), bool(rng.random() < 0.5)) for _ in range(3)]
        market = costs, worth, budget
        honest = best_alone(rule, market, policy, owner, versions, costs[owner])
        assert most_gained(rule, market, policy, owner, versions, rng) <= honest, (market, policy, versions)


@pytest.mark.parametrize("rule", FAVOUR_THE_FIRST)
def test_who_stands_further_back_is_never_paid_more(rule):
    """What copies rest on: ties favour who stands first, so nothing is gained by another place."""
    rng = np.random.default_rng(11)
    for _ in range(some(rule, 150)):
        sellers, budget = int(rng.integers(2, 6)), int(rng.integers(3, 12))
        costs, worth = rng.integers(0, 5, sellers).tolist(), rng.integers(1, 4, sellers).tolist()
        seller, whole = int(rng.integers(sellers - 1)), bool(rng.random() < 0.5)

        def moved_back(numbers, seller=seller):
            return [*numbers[:seller], *numbers[seller + 1 :], numbers[seller]]

        here = ExactProcurement(worth, budget, rule, whole=whole).threshold(seller, costs)
        last = ExactProcurement(moved_back(worth), budget, rule, whole=whole).threshold(sellers - 1, moved_back(costs))
        assert last is None or (here is not None and last <= here), (costs, worth, budget, seller)


def test_where_a_tie_favours_the_last_a_copy_gains_by_its_place():
    alone = ExactProcurement([2, 2, 1, 3, 3], 3, "prune_and_pack", whole=True)
    copied = ExactProcurement([2, 2, 1, 3, 3, 3], 3, "prune_and_pack", whole=True, policy=Policy(pools=[[3, 5]]))
    assert alone.threshold(3, [0, 0, 1, 0, 0]) is None
    assert 5 in copied.winners([0, 0, 1, 3, 0, 0])
    assert copied.threshold(5, [0, 0, 1, 3, 0, 0]) == 1


def lie_of_a_group(worth, budget, policy):
    """A group of three sellers and true costs with which all of the group gain by lying at once; None where none is.

    Every whole report of everyone is run, and every group, true cost and lie looked up in that.
    """
    market = ExactProcurement(worth, budget, WEAKLY_GROUP_STRATEGYPROOF, whole=True, policy=policy)
    reports = range(budget + 2)
    sold, paid = np.zeros((2, *[len(reports)] * 3, 3), dtype=int)
    for costs in product(reports, repeat=3):
        sold[costs] = market.allocate(costs).quantity
        paid[costs] = np.where(sold[costs] == 1, market.thresholds(costs), 0)
    for costs in product(reports, repeat=3):
        for group in [*combinations(range(3), 2), (0, 1, 2)]:
            lied = tuple(slice(None) if seller in group else costs[seller] for seller in range(3))
            members = list(group)
            true = np.array(costs)[members]
            honest = paid[costs][members] - true * sold[costs][members]
            if ((paid[lied][..., members] - true * sold[lied][..., members]) > honest).all(axis=-1).any():
                return group, costs
    return None


@pytest.mark.parametrize("policy", POLICIES_OF_THREE, ids=str)
def test_no_group_lies_so_that_all_of_it_gain_where_the_rule_lets_none(policy):
    for worth in [(1, 1, 1), (1, 2, 1)]:
        assert lie_of_a_group(worth, 5, policy) is None


@pytest.mark.sweep
@pytest.mark.parametrize("policy", [None, *POLICIES_OF_THREE], ids=str)
def test_no_group_lies_so_that_all_of_it_gain_on_any_bigger_market(policy):
    for worth, budget in product(product(range(1, 3), repeat=3), range(3, 8, 2)):
        assert lie_of_a_group(worth, budget, policy) is None, (worth, budget)
