"""A cap, pools and a reserve on cases worked out by hand; `tests/laws/test_policy.py` has the rest."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.markets import ExactProcurement, Policy, Procurement
from evenhand.mechanisms import MECHANISMS, procure


def whole(worth, budget, policy, rule=None):
    return ExactProcurement(worth, budget, rule, whole=True, policy=policy)


def paid(market, costs):
    return MECHANISMS["proportional_share"].run(market, costs).cash.tolist()


def test_who_asks_more_than_the_cap_is_left_out_before_the_rule_looks():
    # the second leaves the third a share of 17/6, below its 3; at a cap of 4 it is not there, and the third is bought
    costs, worth = [2, 6, 3], [1, 4, 1]
    assert paid(whole(worth, 17, None), costs) == [3, 12, 0]
    assert paid(whole(worth, 17, Policy(cap=4)), costs) == [4, 0, 4]


def test_an_offer_above_the_cap_blocks_nobody():
    assert whole([9, 1], 10, None, "q_mia").winners([11, 3]) == []
    assert whole([9, 1], 10, Policy(cap=10), "q_mia").winners([11, 3]) == [1]


def test_of_a_pool_the_lowest_cost_per_worth_sells_up_to_the_next_or_a_tie_that_it_wins():
    market = whole([1, 1, 2], 10, Policy(pools=[[2, 1]]))
    assert market.winners([3, 4, 6]) == [0, 2]  # 4 for 1, or 6 for 2; the shares are 10/3 and 20/3
    assert market.thresholds([3, 4, 6]).tolist() == [3, 3, 6]
    # for 1 a report of 3 ties with 6 for 2 and stands first; for 2 a report of 8 ties with 4 for 1 and stands behind
    assert market.thresholds([9, 3, 5]).tolist() == [3, 2, 5]


def test_a_member_that_could_not_be_bought_stands_for_nobody():
    policy = Policy(pools=[[0, 1, 2]])
    assert whole([100, 1, 0], 10, policy).winners([11, 10, 0]) == [1]  # the first asks too much, the last has no worth


def test_a_pool_of_which_nobody_can_be_bought_leaves_the_others_alone():
    assert paid(whole([1, 1, 1], 10, Policy(pools=[[0, 1]])), [11, 12, 2]) == [0, 0, 10]


def test_a_reserve_buys_the_tagged_first_and_what_it_leaves_goes_to_the_others():
    # 2 of 12 are kept for the last, who is paid 2 where they ask no more; else the others have all 12
    policy = Policy(reserve=Fraction(1, 6), tagged=[2])
    assert paid(whole([1, 1, 1], 12, policy), [3, 4, 2]) == [5, 5, 2]
    assert paid(whole([1, 1, 1], 12, policy), [3, 4, 3]) == [6, 6, 0]


def test_in_whole_units_the_reserve_is_rounded_down_and_what_is_left_counted_after_payments_are():
    # 2 of 2.9 are divided 3 to 1, into 1 and 0; of 10, three are paid 3 each, and the last has 20 - 9
    assert whole([3, 1], 29, Policy(reserve="1/10", tagged=[0, 1])).thresholds([0, 0]).tolist() == [1, 0]
    assert whole([1] * 4, 20, Policy(reserve="1/2", tagged=[0, 1, 2])).thresholds([0] * 4).tolist() == [3, 3, 3, 11]


def test_a_tagged_seller_does_not_compete_for_the_rest():
    assert whole([9, 1], 10, Policy(reserve="1/10", tagged=[0])).winners([2, 9]) == [1]


@pytest.mark.parametrize("tenth", [0.1, "0.1", "1/10", Decimal("0.1"), Fraction(1, 10)])
def test_a_part_is_the_decimal_as_it_is_written_and_rounded_down_to_whole_units(tenth):
    assert whole([1, 1], 29, Policy(reserve=tenth, tagged=[1])).thresholds([0, 0]).tolist() == [27, 2]
    assert whole([1, 1], 100, Policy(reserve=tenth, tagged=[1])).thresholds([0, 0]).tolist() == [90, 10]
    assert whole([1, 1], 10, Policy(reserve=0.7, tagged=[1])).threshold(1, [0, 0]) == 7  # 0.7 as a float is below it


def test_all_or_nothing_may_be_reserved():
    assert whole([1, 1], 10, Policy(reserve=1, tagged=[1])).thresholds([0, 4]).tolist() == [None, 10]
    assert whole([1, 1], 10, Policy(reserve=1, tagged=[1])).thresholds([0, 11]).tolist() == [10, 10]
    assert whole([1, 1], 10, Policy(reserve=0, tagged=[1])).thresholds([0, 4]).tolist() == [5, 5]
    assert whole([1, 1], 10, Policy(reserve=1)).thresholds([0, 4]).tolist() == [5, 5]


def test_nobody_is_bought_for_nothing_where_nothing_is_left():
    policy = Policy(reserve=1, tagged=[0])
    assert whole([1, 1], 10, policy).winners([0, 0]) == [0]
    assert Procurement([1.0, 1.0], 10.0, policy=policy).thresholds([0.0, 0.0]).tolist() == [10.0, -np.inf]
    worth = [9.0, 7.0, 1.0, 4.0, 8.0, 1.0]  # the payments of the first five sum to the budget but for the last digit
    market = Procurement(worth, 0.9, policy=Policy(reserve=1, tagged=range(5)))
    assert 0 < 0.9 - market.clear(np.zeros(6)).highest_asked.sum() < 1e-15
    assert market.thresholds(np.zeros(6))[5] == -np.inf


def test_were_what_is_left_to_roll_both_ways_a_tagged_seller_would_hold_out_for_it():
    def cash_of_the_tagged(report):
        """The first auction, the second, and the tagged again with what that leaves."""
        once = whole([1, 1], 20, Policy(reserve="1/4", tagged=[0]))
        if 0 in once.winners([report, 1]):
            return once.threshold(0, [report, 1])
        left = 20 - 2  # the other, who could be paid all, settles for 2
        again = whole([1], left, None)
        return again.threshold(0, [report]) if again.winners([report]) else 0

    assert cash_of_the_tagged(3) == 5
    assert cash_of_the_tagged(6) == 18


def test_the_cap_looks_before_the_pools_and_these_before_the_reserve():
    # 12 for 9 is the better offer of the pool; above the cap, it does not keep its fellow from selling
    assert whole([9, 1], 20, Policy(cap=10, pools=[[0, 1]])).winners([12, 2]) == [1]
    # a copy on the other side of a reserve is not bought a second time
    assert whole([1, 1], 20, Policy(pools=[[0, 1]], reserve="1/2", tagged=[1])).winners([3, 2]) == [1]


def test_the_second_auction_does_not_buy_again_what_the_first_bought():
    topics = [{1, 2}, {1, 2}, {3}]

    def covered(masks):
        return np.array([len(set().union(*(topics[i] for i in np.flatnonzero(row)), set())) for row in masks])

    class Told:
        """The same, knowing what each in line adds."""

        def __call__(self, masks):
            return covered(masks)

        def added(self, bought, line):
            masks = np.zeros((len(line) + 1, 3), dtype=int)
            masks[:, bought] = 1
            masks[:, line] += np.tri(len(line) + 1, len(line), -1, dtype=int)
            return np.diff(covered(masks))

    policy = Policy(reserve="1/2", tagged=[0])
    for market in (
        Procurement(value=covered, budget=10.0, n=3, policy=policy),
        Procurement(value=Told(), budget=10.0, n=3, policy=policy),
        ExactProcurement(None, 10, value=covered, n=3, whole=True, policy=policy),
    ):
        assert market.allocate([1, 1, 1]).quantity.tolist() == [1, 0, 1]
    without = Policy(reserve="1/20", tagged=[0])  # half a unit, rounded down, buys nothing, so nothing is bought again
    market = ExactProcurement(None, 10, value=covered, n=3, whole=True, policy=without)
    assert sorted(market.winners([0, 1, 1])) == [1, 2]


def test_the_cap_is_in_the_money_of_the_budget_at_any_scale():
    for unit in (1e-9, 1.0, 1e12):
        market = Procurement([1.0, 1.0], 10 * unit, policy=Policy(cap=3 * unit))
        np.testing.assert_allclose(market.thresholds([unit, 4 * unit]), [3 * unit, 3 * unit], rtol=1e-12)


def test_the_exact_market_takes_the_float_cap_as_the_fraction_that_it_is():
    exact = Procurement([1.0], 10.0, policy=Policy(cap=0.1, reserve=0.1, tagged=[0])).exact()
    assert exact.thresholds([Fraction(0)]).tolist() == [Fraction(0.1)]
    assert exact.policy.reserve == Fraction(1, 10)


def test_who_stays_away_leaves_the_places_of_the_others_as_they_were_named():
    policy = Policy(cap=5, pools=[[0, 3], [1, 2]], reserve="1/2", tagged=[3])
    left = whole([1, 2, 3, 4], 10, policy).restricted([1, 3])
    assert left.policy == Policy(cap=5, pools=[[1], [0]], reserve="1/2", tagged=[1])
    assert left.thresholds([0, 0]).tolist() == [5, 5]


def test_another_rule_and_an_exact_market_keep_the_policy():
    policy = Policy(cap=3)
    market = Procurement([1.0], 10.0, policy=policy)
    assert market.under("q_mia").thresholds([1.0]).tolist() == [3.0]
    assert market.exact().under("q_mia").threshold(0, [Fraction(1)]) == 3


def test_bare_arrays_are_cleared_with_a_policy():
    outcome = procure([3.0, 4.0, 9.0], [1.0, 1.0, 1.0], 10.0, policy=Policy(cap=4.5, pools=[[1, 2]]))
    assert outcome.cash.tolist() == [4.5, 4.5, 0.0]


def test_a_policy_out_of_bounds_is_refused_with_all_that_is_wrong():
    with pytest.raises(OfferError) as refused:
        Policy(cap=0, pools=[[0, 1], [1, "two"]], reserve=1.5, tagged=[-1])
    assert [str(problem).split(";")[0] for problem in refused.value.problems] == [
        "policy.cap: is 0",
        'policy.pools[1]: names "two"',
        "seller 1: is in pools 0 and 1",
        "policy.tagged: names -1",
        "policy.reserve: is 1.5",
    ]


@pytest.mark.parametrize(
    "wrong", [{"cap": np.nan}, {"cap": np.inf}, {"cap": "3"}, {"reserve": "much"}, {"reserve": -1}]
)
def test_a_number_that_is_none_is_refused(wrong):
    (name,) = wrong
    with pytest.raises(OfferError, match=rf"policy\.{name}: is "):
        Policy(**wrong)


@pytest.mark.parametrize(
    ("wrong", "wheres"),
    [
        ({"pools": [0, 1]}, ["policy.pools[0]", "policy.pools[1]"]),
        ({"pools": 3, "tagged": 4}, ["policy.pools", "policy.tagged"]),
        ({"pools": None, "tagged": None}, ["policy.pools", "policy.tagged"]),
        ({"pools": {0: 1}, "tagged": "ab"}, ["policy.pools", "policy.tagged"]),
        ({"cap": 10**400}, ["policy.cap"]),
        ({"cap": Fraction(10**5000, 3), "reserve": 10**5000}, ["policy.cap", "policy.reserve"]),
        ({"tagged": [-(10**5000), True]}, ["policy.tagged", "policy.tagged"]),
        ({"pools": [[10**5000], [10**5000]]}, ["seller a number of over 30 digits"]),
    ],
)
def test_what_is_no_list_of_places_is_refused_with_the_remedy(wrong, wheres):
    with pytest.raises(OfferError) as refused:
        Policy(**wrong)
    assert [problem.where for problem in refused.value.problems] == wheres


def test_a_place_that_nobody_has_is_refused_with_all_else_that_is_wrong_with_the_market():
    with pytest.raises(OfferError) as refused:
        Procurement([1.0, -1.0], 0.0, policy=Policy(pools=[[0, 2]], reserve=0.5, tagged=[3, 10**5000]))
    assert [problem.where for problem in refused.value.problems] == [
        "worth[1]",
        "budget",
        "policy.pools[0]",
        "policy.tagged",
        "policy.tagged",
    ]


def test_places_need_to_be_told_of_how_many_sellers():
    def value(masks):
        return masks.sum(axis=1)

    with pytest.raises(OfferError, match="n: is not given; a policy names sellers by their places"):
        Procurement(value=value, budget=1.0, policy=Policy(pools=[[0, 1]]))
    Procurement(value=value, budget=1.0, policy=Policy(cap=1.0))
