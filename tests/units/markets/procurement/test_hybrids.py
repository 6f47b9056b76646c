"""Cash and shares by hand: what each style pays, in which parts, what it refuses, and where the published one fails."""

from fractions import Fraction

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.markets import ExactProcurement, Policy, Procurement
from evenhand.markets.procurement.hybrids import liquidity, net_cost, purchasing_power, share_offers, split
from evenhand.mechanisms import MECHANISMS
from evenhand.payments import shares
from evenhand.payments.settling import whole_part
from evenhand.properties import certify

HALF = Fraction(1, 2)


def run(name, costs, worth, budget, **shares):
    """Whole units: quantity, cash and share."""
    outcome = MECHANISMS[name].run(ExactProcurement(worth, budget, whole=True, **shares), costs)
    return outcome.quantity.tolist(), outcome.cash.tolist(), outcome.share.tolist()


def test_both_pots_together_buy_what_cash_alone_does_not():
    costs, worth = [3, 4, 9], [1, 1, 1]
    assert run("proportional_share", costs, worth, 10)[0] == [1, 1, 0]
    assert run("mixed_split", costs, worth, 10, pool=30) == ([1, 1, 1], [3, 3, 3], [10, 10, 10])


def test_without_a_pool_each_style_is_the_rule_itself():
    costs, worth = [3, 4, 9], [1, 1, 1]
    assert run("mixed_split", costs, worth, 10) == ([1, 1, 0], [5, 5, 0], [0, 0, 0])
    assert run("mixed_net_cost", costs, worth, 10) == ([1, 1, 0], [5, 5, 0], [0, 0, 0])
    assert run("marginal_utility_tokens", [0, 4, 9], worth, 10) == ([1, 0, 0], [0, 0, 0], [0, 0, 0])


def test_a_stated_liquidity_is_kept_and_the_scarcer_pot_decides():
    assert purchasing_power(10, 30, HALF) == 20
    assert run("mixed_split", [3, 4, 9], [1, 1, 1], 10, pool=30, liquidity=HALF)[1:] == ([4, 5, 0], [5, 4, 0])


@pytest.mark.parametrize(("part", "parts"), [(Fraction(0), ([0], [30])), (Fraction(1), ([10], [0]))])
def test_at_the_ends_all_is_shares_or_all_is_cash(part, parts):
    assert run("mixed_split", [3], [1], 10, pool=30, liquidity=part)[1:] == parts


def test_shares_that_are_to_be_half_of_everything_buy_only_gifts_where_there_are_none():
    assert run("mixed_split", [3, 0], [1, 1], 10, liquidity=HALF) == ([0, 1], [0, 0], [0, 0])
    floats = MECHANISMS["mixed_split"].run(Procurement([1.0, 1.0], 10.0, liquidity=0.5), [3.0, 0.0])
    assert floats.quantity.tolist() == [0, 1]


def test_a_share_is_posted_by_worth_and_cash_is_paid_on_top():
    # 24 of shares by 4, 1, 1: 16, 4, 4; so they ask 0, 5 and 3 beyond, of 9 in cash, each with 9 * 4/6 or 9 / 6
    assert run("mixed_net_cost", [2, 9, 5], [4, 1, 1], 9, pool=24) == ([1, 0, 1], [7, 0, 1], [16, 0, 4])


def test_liquidity_takes_its_part_of_both_pots():
    market = net_cost(Procurement([3.0, 1.0], 10.0, pool=40.0, liquidity=0.25))
    assert market.offers.tolist() == [22.5, 7.5]
    assert market.beyond.budget == 2.5


def test_sellers_whom_the_share_covers_are_not_set_apart_before_the_rule_runs():
    # B = 9, U = 8, half of each: offered 4. Asking 0 gets 4 in shares and all of the cash, as asking 5 does
    market = Procurement([1.0], 9.0, pool=8.0, liquidity=0.5)
    for cost in (0.0, 4.0, 5.0, 8.5):
        outcome = MECHANISMS["mixed_net_cost"].run(market, [cost])
        assert (outcome.cash.tolist(), outcome.share.tolist()) == ([4.5], [4.0])
    assert MECHANISMS["mixed_net_cost"].run(market, [8.6]).quantity.tolist() == [0]


def test_who_is_rejected_although_the_share_covers_the_cost_joins_for_the_share_alone():
    # A rule that rejects reports of 0: the first blocks the rest, and the second asks nothing beyond the offer
    market = net_cost(ExactProcurement([3, 1], 1, "best_single", pool=8, whole=True))
    assert market.offers.tolist() == [6, 2]
    assert market.winners([7, 2]) == [0, 1]
    assert market.thresholds([7, 2]).tolist() == [7, 2]
    assert market.winners([7, 3]) == [0]


def test_marginal_utility_tokens_are_those_of_the_payment():
    worth, pool, costs = [4, 1, 1, 0], 100, [70, 16, 17, 0]
    wanted = shares.marginal_utility_tokens(worth, pool, costs, whole=True)
    quantity, cash, share = run("marginal_utility_tokens", costs, worth, 1, pool=pool)
    assert share == wanted.issued.tolist() == [0, 16, 0, 0]
    assert (quantity, cash) == ([0, 1, 0, 0], [0, 0, 0, 0])


def test_a_published_mass_is_what_the_pool_is_divided_over_unless_more_is_offered():
    published = share_offers(ExactProcurement([4, 1], 1, pool=100, mass=10, whole=True))
    exceeded = share_offers(ExactProcurement([4, 1], 1, pool=100, mass=2, whole=True))
    assert published.offers.tolist() == [40, 10]
    assert exceeded.offers.tolist() == [80, 20]


def test_who_stays_away_leaves_the_offers_of_the_others_as_they_were():
    market = net_cost(Procurement([4.0, 1.0], 10.0, pool=100.0))
    assert market.exact().restricted([1]).offers.tolist() == [20]
    findings = certify(MECHANISMS["mixed_net_cost"], Procurement([4.0, 1.0], 10.0, pool=100.0), [np.inf, 21.0])
    assert all(finding.holds for finding in findings)


@pytest.mark.parametrize("adapted", [split, net_cost, share_offers])
def test_a_market_is_adapted_once_however_often_it_is_asked(adapted):
    mechanism = next(row for row in MECHANISMS.values() if row.adapted is adapted)
    once = mechanism.market(ExactProcurement([4, 1], 10, pool=100, whole=True))
    twice = mechanism.market(once)
    costs = [30, 40]
    assert twice.thresholds(costs).tolist() == once.thresholds(costs).tolist()
    assert (twice.budget, twice.pool) == (once.budget, once.pool) == (10, 100)


def test_liquidity_is_that_of_cash_in_both_pots_where_none_is_stated():
    assert liquidity(ExactProcurement([1], 10, pool=30)) == Fraction(1, 4)
    assert liquidity(Procurement([1.0], 10.0)) == 1.0
    assert liquidity(Procurement([1.0], 10.0, pool=5.0, liquidity=0.0)) == 0.0


@pytest.mark.parametrize("policy", [Policy(cap=3), Policy(pools=[[0, 1]])])
@pytest.mark.parametrize("name", ["mixed_net_cost", "marginal_utility_tokens"])
def test_posted_shares_refuse_a_cap_and_copies_sold_as_one(name, policy):
    with pytest.raises(OfferError, match=r"policy: caps a payment .*mixed_split"):
        MECHANISMS[name].run(Procurement([1.0, 1.0], 10.0, pool=5.0, policy=policy), [1.0, 1.0])


def test_a_split_keeps_to_a_cap_and_sells_copies_as_one():
    policy = Policy(cap=6, pools=[[0, 1]])
    market = ExactProcurement([1, 1, 1], 10, pool=10, policy=policy, whole=True)
    outcome = MECHANISMS["mixed_split"].run(market, [0, 0, 4])
    assert outcome.quantity.tolist() == [1, 0, 1]
    assert (outcome.cash + outcome.share).tolist() == [0, 0, 6]


def test_parts_of_whole_amounts_sum_to_the_part_of_the_sum_rounded_down():
    for part in (Fraction(0), Fraction(1, 3), HALF, Fraction(1)):
        amounts = [0, 1, 2, 3, 4]
        taken = whole_part(amounts, part)
        assert taken.sum() == part * 10 // 1
        assert all(0 <= some <= amount for some, amount in zip(taken, amounts, strict=True))


# -- as published -----------------------------------------------------------------------------------------------------


def published(costs, seller, true, budget, pool):
    """What the seller is left with at a liquidity of one half, for datasets of one worth."""
    market = ExactProcurement([1] * len(costs), budget, pool=pool, liquidity=HALF)
    return (
        MECHANISMS["mixed_as_published"]
        .run(market, costs)
        .utility([true if i == seller else cost for i, cost in enumerate(costs)])[seller]
    )


def test_as_published_asking_more_pushes_another_out_and_takes_their_share():
    assert published([1, 8], 0, true=1, budget=10, pool=100) == 28
    assert published([Fraction(5, 2), 8], 0, true=1, budget=10, pool=100) == 53


def test_as_published_asking_less_gets_in():
    assert published([6, 5], 0, true=6, budget=10, pool=100) == 0
    assert published([Fraction(49, 10), 5], 0, true=6, budget=10, pool=100) == Fraction(43, 2)


def test_as_published_some_are_paid_less_than_they_ask():
    utilities = [published([Fraction(49, 10), 5], seller, true, 10, Fraction(1, 5)) for seller, true in
                 enumerate([Fraction(49, 10), 5])]  # fmt: skip
    assert utilities == [Fraction(-47, 20), Fraction(-12, 5)]


def test_as_published_cash_exceeds_the_budget():
    findings = {
        finding.claim: finding
        for finding in certify(MECHANISMS["mixed_as_published"], ExactProcurement([1, 1], 100, whole=True), [1, 1])
    }
    assert findings["within_budget"].statement == "paid 198 of a budget of 100"


@pytest.mark.parametrize("whole", [True, False])
def test_as_published_certify_shows_that_no_promise_is_kept(whole):
    market = ExactProcurement([1, 1], 10, pool=2, liquidity=HALF, whole=whole)
    findings = {finding.claim: finding for finding in certify(MECHANISMS["mixed_as_published"], market, [5, 5])}
    assert not findings["truthful"].holds
    assert not findings["rational"].holds
    assert findings["truthful"].evidence == findings["rational"].evidence == "exact"


def test_tokens_as_published_are_paid_to_all_whatever_they_cost():
    assert run("marginal_utility_tokens_as_published", [25, 3], [3, 1], 5, pool=40) == ([1, 1], [0, 0], [30, 10])
    findings = {
        finding.claim: finding
        for finding in certify(
            MECHANISMS["marginal_utility_tokens_as_published"],
            ExactProcurement([3, 1], 5, pool=40, whole=True),
            [25, 3],
        )
    }
    assert findings["within_budget"].holds
    assert not findings["rational"].holds
    assert findings["rational"].gap == 35  # the second may ask 45 and get 10
