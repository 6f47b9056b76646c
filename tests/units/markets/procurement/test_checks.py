"""What no market under a budget can be made of: every problem at once, with the value that was given."""

from fractions import Fraction

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.markets import ExactProcurement, Procurement


def wheres(make):
    with pytest.raises(OfferError) as refused:
        make()
    return [problem.where for problem in refused.value.problems]


def counted(masks):
    return masks.sum(axis=1)


def test_all_that_is_wrong_with_a_market_is_named_at_once():
    assert wheres(lambda: Procurement(["a"], "b", 3, pool="c", liquidity=[0.5], mass=[1, 2], policy={"cap": 3})) == [
        "worth",
        "budget",
        "pool",
        "liquidity",
        "mass",
        "rule",
        "policy",
    ]
    assert wheres(lambda: Procurement(value="v", budget=None, n="two")) == ["value", "budget", "n"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"budget": [10.0]}, r"budget: is \[10.0\]; a budget is finite and above 0. State what may be spent."),
        ({"budget": None}, "budget: is None"),
        ({"pool": None}, "pool: is None; .* Use 0 for cash alone"),
        ({"liquidity": 1.5}, "liquidity: is 1.5; the part of a payment that is cash is 0 to 1"),
        ({"rule": ["clock"]}, r"rule: is \['clock'\]; it is one of: proportional_share, .* Give its name"),
        ({"rule": ""}, 'rule: "" is not known'),
        ({"policy": 3}, r"policy: is 3; it is a Policy, or None. Give evenhand.markets.Policy"),
        ({"budget": 10**5000}, "budget: is a number of over 30 digits"),
        ({"worth": [10**5000]}, "worth: is a list with a number of over 30 digits"),
        ({"worth": 3.0}, r"worth: has shape \(\)"),
        ({"worth": [1e308, 1e308]}, r"worth: sums to inf, and 1e\+308 is the largest; .* in a larger unit"),
    ],
)
def test_a_wrong_argument_is_refused_with_what_it_is_and_what_to_give(arguments, message):
    with pytest.raises(OfferError, match=message):
        Procurement(**{"worth": [1.0, 1.0], "budget": 10.0, **arguments})


@pytest.mark.parametrize("n", [-1, 0, 2.5, "two", True, True * 1.0])
def test_a_number_of_sellers_that_is_none_is_refused(n):
    with pytest.raises(OfferError, match=r"n: is .* it is how many sellers there are. Give a whole number above 0"):
        Procurement(value=counted, budget=1.0, n=n)
    Procurement(value=counted, budget=1.0, n=np.int64(2))


def test_an_exact_market_refuses_a_rule_and_goods_that_there_are_not():
    assert wheres(lambda: ExactProcurement(None, 10, "nope")) == ["worth and value", "rule"]
    assert wheres(lambda: ExactProcurement(None, Fraction(10), "q_mia", value=counted, policy=3)) == ["rule", "policy"]


def test_a_market_is_not_put_under_a_rule_that_is_none():
    with pytest.raises(OfferError, match="rule: is None; it is one of"):
        Procurement([1.0], 1.0).under(None)
