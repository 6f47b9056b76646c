"""Markets where sets have a value: what they are worth, who can be left out, and everything that is refused."""

from fractions import Fraction

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.markets import ExactProcurement, Policy, Procurement
from evenhand.markets.procurement.marginals import CELLS, Batches, OnMasks, Plain

COVERS = np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 1]])


def covered(masks):
    return ((masks @ COVERS) > 0).sum(axis=1)


def accuracy(masks):
    """Worth something without any data."""
    return 0.5 + covered(masks) / 8


def test_what_is_bought_is_worth_what_it_adds_to_nothing():
    market = Procurement(value=accuracy, budget=10.0)
    assert market.allocate([1.0, 1.0, 20.0]).value == 3 / 8
    assert market.value(np.array([[1, 0, 1]])).tolist() == [3 / 8]


def test_the_exact_market_is_worth_the_fractions_that_the_floats_are():
    exact = Procurement(value=accuracy, budget=10.0).exact()
    assert exact.allocate([1, 1, 20]).value == Fraction(3, 8)
    assert exact.value(np.array([[0, 0, 1], [1, 1, 1]])).tolist() == [Fraction(1, 8), Fraction(1, 2)]


def test_a_clock_is_taken_for_values_of_sets_where_no_rule_is_named():
    assert Procurement(value=accuracy, budget=1.0).rule == ExactProcurement(None, 1, value=accuracy).rule == "clock"


def test_a_rule_of_sets_is_taken_on_again_after_another():
    market = Procurement([2.0, 1.0], 10.0)
    market.allocate([1.0, 1.0])  # the goods of the rule before are worked out
    assert market.under("clock").allocate([1.0, 1.0]).quantity.tolist() == [1, 1]
    assert market.under("clock").under("proportional_share").allocate([1.0, 9.0]).quantity.tolist() == [1, 0]


def test_another_budget_counts_in_its_own_money():
    market = Procurement(value=lambda masks: 8.0 * covered(masks), budget=1024.0, rule="distorted_greedy")
    market.allocate([1.0, 1.0, 1.0])
    small = Procurement(value=lambda masks: 8.0 * covered(masks), budget=4.0, rule="distorted_greedy")
    assert market.spending(4.0).thresholds([1.0, 1.0, 3.0]).tolist() == small.thresholds([1.0, 1.0, 3.0]).tolist()


def test_values_are_asked_once_a_set_whatever_is_asked_of_the_market():
    asked = []

    def value(masks):
        asked.extend(map(tuple, masks.tolist()))
        return covered(masks)

    market = ExactProcurement(None, 10, value=value)
    for _ in range(3):
        market.thresholds([1, 2, 3])
    assert len(asked) == len(set(asked)) <= 8


def test_a_restricted_market_is_that_of_those_who_are_left():
    market = Procurement(value=accuracy, budget=10.0, n=3).exact()
    market.allocate([1, 1, 1])
    among = market.restricted([1, 2])
    assert among.value(np.array([[1, 0], [1, 1]])).tolist() == [Fraction(1, 4), Fraction(3, 8)]
    assert among.restricted([1]).value(np.array([[1]])).tolist() == [Fraction(1, 8)]
    assert market.restricted([2, 1, 0]).value(np.array([[1, 0, 0]])).tolist() == [Fraction(1, 8)]


def test_who_can_be_left_out_is_asked_for_the_number_of_sellers():
    with pytest.raises(OfferError, match=r"n: is not given.*Give it"):
        Procurement(value=accuracy, budget=10.0).exact().restricted([0])


def test_batches_ask_for_no_more_than_they_may_and_agree_with_one_set_at_a_time():
    sellers = 1500
    rng = np.random.default_rng(0)
    covers = (rng.random((sellers, 400)) < 0.01).astype(float)
    rows = []

    def value(masks):
        rows.append(len(masks))
        return ((masks @ covers) > 0).sum(axis=1)

    line = (3 + rng.permutation(sellers - 3)[:700]).tolist()
    batches = Batches(OnMasks(value), sellers)
    adds = batches.in_line([1, 2], line)
    assert max(rows) * sellers <= CELLS
    assert sum(rows) < len(line), "those who add nothing are passed over"
    seen = set(np.flatnonzero(covers[[1, 2]].any(axis=0)))
    for seller, added in zip(line, adds, strict=True):
        fresh = set(np.flatnonzero(covers[seller])) - seen
        assert added == len(fresh)
        seen |= fresh
    assert batches.alone([1], [2, 3]) == [batches.in_line([1], [2])[0], batches.in_line([1], [3])[0]]


def test_plain_marginals_are_told_in_the_order_of_the_line():
    assert Plain(lambda chosen: int(covered(np.eye(3, dtype=int)[list(chosen)].sum(axis=0)[None])[0])).in_line(
        [0], [1, 2]
    ) == [1, 1]


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize(
    ("value", "message"),
    [
        (lambda masks: np.full(len(masks), np.nan), "nan.*Ret|nan.*finite"),
        (lambda masks: 3.0, r"shape \(\).*one finite number for each row"),
        (lambda masks: masks.astype(float), r"shape \((1|2), 2\)"),
        (lambda masks: ["much"] * len(masks), "much"),
    ],
)
def test_an_answer_that_is_no_number_a_set_is_refused(value, message, exact):
    market = Procurement(value=value, budget=10.0)
    with pytest.raises(OfferError, match=message):
        (market.exact() if exact else market).allocate([1.0, 2.0])


@pytest.mark.parametrize("value", [3.0, [1.0, 2.0], "much"])
def test_a_value_that_cannot_be_asked_is_refused(value):
    with pytest.raises(OfferError, match=r"value: is .* it says what any set is worth. Give a function"):
        Procurement(value=value, budget=10.0)


def test_a_wrong_answer_of_the_faster_way_is_refused():
    class Telling:
        def __call__(self, masks):
            return covered(masks)

        def added(self, bought, line):
            return [np.inf] * len(line)

    with pytest.raises(OfferError, match=r"value.added: gave inf; what a set is worth is finite"):
        Procurement(value=Telling(), budget=10.0).allocate([1.0, 2.0, 3.0])


def test_a_rule_of_worth_that_adds_up_is_refused_for_sets():
    with pytest.raises(OfferError, match=r'"proportional_share" buys worth that adds up.*clock'):
        Procurement(value=accuracy, budget=10.0, rule="proportional_share")


POLICIES = [None, Policy(pools=[[0, 1]]), Policy(pools=[[0, 1]], reserve=0.25, tagged=[2], cap=None)]


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("money", [2.0**-1000, 2.0**-500, 2.0**500, 2.0**990])
@pytest.mark.parametrize("worth", [2.0**-1000, 2.0**-500, 1.0, 2.0**500, 2.0**990])
def test_a_clock_is_the_same_whatever_units_worth_and_money_are_counted_in(worth, money, policy):
    costs = np.array([1.0, 1.5, 3.0])
    usual = Procurement(value=covered, budget=4.0, n=3, policy=policy).clear(costs)
    other = Procurement(value=lambda masks: covered(masks) * worth, budget=4.0 * money, n=3, policy=policy)
    cleared = other.clear(costs * money)
    assert (cleared.thresholds / money).tolist() == usual.thresholds.tolist()
    assert (cleared.highest_asked / money).tolist() == usual.highest_asked.tolist()


@pytest.mark.parametrize("policy", POLICIES)
def test_values_in_money_far_from_the_budget_are_weighed_as_they_are(policy):
    def market(worth, budget):
        return Procurement(
            value=lambda masks: covered(masks) * worth, budget=budget, rule="distorted_greedy", n=3, policy=policy
        )

    assert market(2.0**990, 2.0**-1000).allocate([2.0**-1003] * 3).quantity[2] == 1, "worth any affordable cost"
    assert market(2.0**-1000, 2.0**990).allocate([2.0**900] * 3).quantity.tolist() == [0, 0, 0], "worth no cost"


def test_a_value_too_large_to_be_summed_is_refused_on_floats_and_exact():
    market = Procurement(value=lambda masks: covered(masks) * 1e305, budget=10.0)
    with pytest.raises(OfferError, match=r"value: gave .*e\+305; what a set is worth is finite, and within ±1e\+300"):
        market.allocate([1.0, 2.0, 3.0])
    with pytest.raises(OfferError, match=r"within ±1e\+300"):
        market.exact().allocate([1, 2, 3])
