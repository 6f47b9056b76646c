"""Posted prices: what is refused, and what is said of it."""

from fractions import Fraction
from math import inf, nan

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.markets.posted import (
    Additive,
    Buyer,
    OfMasks,
    Pairwise,
    every_willingness_to_pay,
    linear,
    maximum_willingness_to_pay,
    net_utility,
    posted_price,
    posted_prices,
    purchase,
    reprice,
    sequential_prices,
    tasks,
    tiers,
    zero_one,
)
from evenhand.markets.posted.enumeration import DATASETS_MAX
from evenhand.pricing import price_market


def any_bundle(bundle):
    return len(bundle) ** 0.5


REFUSED = {
    "a negative and a missing price": (
        lambda: purchase(any_bundle, [1, -2, nan], 5),
        ["prices[1]: is -2", "prices[2]: is nan", "a price is 0 or more"],
    ),
    "a negative budget and an item out of range": (
        lambda: maximum_willingness_to_pay(any_bundle, [1], -5, 2),
        ["budget: is -5", "Use inf for a buyer without one", "item: is 2", "numbered 0 to 1"],
    ),
    "truth for money": (lambda: purchase(any_bundle, [True], 5), ["prices[0]: is True"]),
    "text for money": (lambda: purchase(any_bundle, ["3"], 5), ['prices[0]: is "3"']),
    "a method that is no name": (
        lambda: purchase(Additive([1]), [1], 5, method=[]),
        ["method: is []", "dynamic_programming", "Leave it out"],
    ),
    "a method without a name": (
        lambda: purchase(Additive([1]), [1], 5, method=""),
        ['method: "" is not known', "greedy"],
    ),
    "masks that cannot be asked for": (lambda: OfMasks(5), ["value: is 5", "a function of 0/1 masks"]),
    "no market to price": (lambda: price_market(None), ["market: is None", "market_file.read_market"]),
    "one price for many": (lambda: purchase(any_bundle, 3, 5), ["prices: is 3", "it is a list"]),
    "money that is too large": (lambda: purchase(any_bundle, [2**60], 5), ["Count in a larger unit"]),
    "a bundle that is missing": (
        lambda: maximum_willingness_to_pay({(0,): 1, (1,): 2}, [1], 5, 1),
        ["utility[(0, 1)]: is missing", "indices in rising order"],
    ),
    "a utility that is no number": (
        lambda: purchase(lambda bundle: nan if bundle else 0, [1], 5),
        ["utility[(0,)]: is nan", "Give a finite number"],
    ),
    "masks answered with too little": (
        lambda: purchase(OfMasks(lambda masks: masks), [1, 2], 5),
        ["gave bool of shape (4, 2) for 4 masks"],
    ),
    "masks answered with rows of several lengths": (
        lambda: purchase(OfMasks(lambda masks: [[1], [2, 3]]), [1], 5),
        ["for 2 masks", "one real number a mask"],
    ),
    "masks answered with nan": (
        lambda: purchase(OfMasks(lambda masks: np.where(masks[:, 1], nan, 0.0)), [1, 2], 5),
        ["utility[(1,)]: is nan", "utility[(0, 1)]: is nan"],
    ),
    "no utility": (lambda: purchase(7, [1], 5), ["utility: is 7", "Additive, Pairwise or OfMasks"]),
    "utilities of other datasets": (lambda: purchase(Additive([1, 2]), [1], 5), ["is of 2 datasets", "there are 1"]),
    "utilities of no number": (lambda: Additive([1, nan, "x"]), ["utilities[1]: is nan", 'utilities[2]: is "x"']),
    "pairs that differ": (
        lambda: Pairwise([1, 2], [[0, 1], [2, 0]]),
        ["interactions[0, 1]: is 1, [1, 0] is 2"],
    ),
    "pairs in rows of several lengths": (lambda: Pairwise([1, 2], [[0, 1], [1]]), ["2 rows of 2 numbers"]),
    "pairs of the wrong shape": (lambda: Pairwise([1, 2], [[0, 1]]), ["of shape (1, 2)", "2 rows of 2"]),
    "too many datasets": (
        lambda: purchase(any_bundle, [1] * (DATASETS_MAX + 1), 5),
        ["datasets: are 21, which make 2^21 bundles", "up to 20", "Additive", "Pairwise", 'method="greedy"'],
    ),
    "too many datasets to be willing": (
        lambda: maximum_willingness_to_pay(any_bundle, [1] * DATASETS_MAX, 5, 0),
        ["datasets: are 21"],
    ),
    "an unknown method": (lambda: purchase(any_bundle, [1], 5, method="gredy"), ['Did you mean "greedy"?']),
    "dynamic programming of a set function": (
        lambda: purchase(any_bundle, [1], 5, method="dynamic_programming"),
        ["is OfBundles", "Say it as Additive"],
    ),
    "dynamic programming of floats": (
        lambda: purchase(Additive([1]), [0.5], 5, method="dynamic_programming"),
        ["are not all whole", "Give integers"],
    ),
    "dynamic programming of too much money": (
        lambda: purchase(Additive([10**12] * 2), [10**10] * 2, 10**11, method="dynamic_programming"),
        ["datasets: are 2, with 20000000000 units to spend", "Count in a larger unit"],
    ),
    "too much for every exact way": (
        lambda: purchase(Pairwise([10**12] * 63, np.zeros((63, 63), int)), [10**11] * 63, 10**12),
        ["datasets: are 63 that a best bundle may have", "up to 62 may", "Count in a larger unit", "greedy"],
    ),
    "growing bundles of a set function": (
        lambda: purchase(any_bundle, [1], 5, method="partial_bundles"),
        ["Say it as Additive or Pairwise"],
    ),
    "growing bundles of floats": (
        lambda: purchase(Additive([0.5]), [1], 5, method="partial_bundles"),
        ["are not all whole", "Give integers"],
    ),
    "growing bundles where each dataset interacts with all": (
        lambda: purchase(Pairwise([5] * 20, 1 - np.eye(20, dtype=int)), [1] * 20, 5, method="partial_bundles"),
        ["have 19 datasets", "up to 8 may", "integer_programme"],
    ),
    "growing bundles of too many": (
        lambda: purchase(Additive([5] * 63), [1] * 63, 5, method="partial_bundles"),
        ["datasets: are 63", "up to 62"],
    ),
    "an integer programme of a set function": (
        lambda: purchase(any_bundle, [1], 5, method="integer_programme"),
        ["Say it as Additive or Pairwise"],
    ),
    "a bundle that names one twice": (lambda: net_utility(any_bundle, [1, 2], [0, 0]), ["a dataset is bought once"]),
    "no bundle": (lambda: net_utility(any_bundle, [1, 2], None), ["bundle: is None", "[] for buying nothing"]),
    "a bundle out of range": (lambda: net_utility(any_bundle, [1, 2], [2]), ["bundle: is 2"]),
    "a willingness that is no number": (lambda: posted_price([nan, 1]), ["willingness[0]: is nan"]),
    "a willingness without end": (lambda: posted_price([inf, 1]), ["willingness[0]: is inf"]),
    "a negative cost": (lambda: posted_price([1], cost=-1), ["cost: is -1"]),
    "a grid without end": (lambda: posted_price([1], grid=[inf]), ["grid[0]: is inf"]),
    "a grid of nothing": (lambda: posted_price([1], grid=[]), ["grid: is empty", "leave it out for any"]),
    "a grid of nothing for all": (
        lambda: sequential_prices([Buyer(any_bundle, 1)], [0], grid=[]),
        ["grid: is empty"],
    ),
    "a willingness too large": (
        lambda: posted_price([10**400, nan]),
        ["willingness[0]: is a number of over 30 digits", "Count in a larger unit", "willingness[1]: is nan"],
    ),
    "a willingness that would turn below 0": (
        lambda: posted_price([2**63]),
        ["willingness[0]: is 9223372036854775808"],
    ),
    "a willingness that would lose units": (
        lambda: posted_price([2**53 + 1]),
        ["is 9007199254740993", "9007199254740991"],
    ),
    "one that would become a float beside others": (lambda: posted_price([2**64 + 1, -1]), ["is 18446744073709551617"]),
    "one whose sum over the buyers would turn below 0": (
        lambda: posted_price([2**52] * 2048),
        ["willingness[0]: is 4503599627370496", "whole amounts go up to 1125899906842624"],
    ),
    "a grid whose sum over the buyers would turn below 0": (
        lambda: posted_price([1e18] * 2048, grid=[2**53 - 1]),
        ["grid: has 9007199254740991", "whole amounts go up to 1125899906842624", "Count in a larger unit"],
    ),
    "interactions that are too large to be summed": (
        lambda: Pairwise([0] * 64, (2**53 - 1) * (1 - np.eye(64, dtype=int))),
        ["utilities and interactions: sums to", "whole sums go up to", "Count in a larger unit"],
    ),
    "an interaction without an absolute value": (
        lambda: Pairwise([0, 0], np.array([[0, -(2**63)], [-(2**63), 0]])),
        ["interactions[0, 1]: is -9223372036854775808"],
    ),
    "masks answered with numbers that would turn below 0": (
        lambda: purchase(OfMasks(lambda masks: np.where(masks[:, 0], np.uint64(2**64 - 1), np.uint64(0))), [1], 5),
        ["utility[(0,)]: is 18446744073709551615"],
    ),
    "numbers for buyers": (lambda: sequential_prices([3], [1]), ["buyers[0]: is 3", "Give Buyer(utility, budget)"]),
    "costs of other sellers": (lambda: posted_prices([[1], [2]], [0]), ["costs: are 1", "2 sellers"]),
    "an order that names one twice": (
        lambda: sequential_prices([Buyer(any_bundle, 1)], [0, 0], order=[1, 1]),
        ["order: is [1, 1]", "[0, 1]"],
    ),
    "an order of what are no indices": (
        lambda: sequential_prices([Buyer(any_bundle, 1)], [0, 0], order=[0, None]),
        ["order: is [0, None]", "each of the datasets that arrive once: [0, 1]"],
    ),
    "an order of floats": (
        lambda: sequential_prices([Buyer(any_bundle, 1)], [0], order=[0.0]),
        ["order: is [0.0]", "Leave it out"],
    ),
    "no list of buyers": (lambda: sequential_prices(None, [0]), ["buyers: is None", "a list of buyers"]),
    "one buyer for a list": (lambda: reprice(Buyer(len, 1), [0]), ["buyers: is Buyer", "a list of buyers"]),
    "one price for a grid": (
        lambda: sequential_prices([Buyer(any_bundle, nan)], [0], grid=3),
        ["buyers[0].budget: is nan", "grid: is 3", "Give a list"],
    ),
    "prices of other sellers": (
        lambda: sequential_prices([Buyer(any_bundle, 1)], [0], prices=[1, 2]),
        ["prices: are 2"],
    ),
    "buyers that are none": (
        lambda: sequential_prices([Buyer(any_bundle, nan), Buyer(3, 1)], [0]),
        ["buyers[0].budget: is nan", "buyers[1].utility: is 3"],
    ),
    "no rounds": (lambda: reprice([Buyer(any_bundle, 1)], [0], rounds_max=0), ["rounds_max: is 0"]),
    "truth for a number of rounds": (
        lambda: reprice([Buyer(any_bundle, 1)], [0], rounds_max=True),
        ["rounds_max: is True", "Give a whole number"],
    ),
    "all that is wrong with pricing again": (
        lambda: reprice([Buyer(any_bundle, -1)], [0], prices=["y"], tick="x", rounds_max=0.5),
        ["buyers[0].budget: is -1", 'prices[0]: is "y"', 'tick: is "x"', "rounds_max: is 0.5"],
    ),
    "prices of other sellers who price again": (
        lambda: reprice([Buyer(any_bundle, 1)], [0], prices=[1, 2]),
        ["prices: are 2", "there are 1 datasets"],
    ),
    "a negative tick": (lambda: reprice([Buyer(any_bundle, 1)], [0], tick=-1), ["tick: is -1"]),
    "a falling line": (lambda: linear(gamma=-1, beta=inf), ["gamma: is -1", "beta: is inf"]),
    "tiers that do not rise": (lambda: tiers(cuts=[1, 1], rewards=[1, 2]), ["cuts: are [1, 1]", "rise strictly"]),
    "tiers without a reward": (lambda: tiers(cuts=[1, 2], rewards=[1]), ["are 2 and 1"]),
    "a disaster that is the better": (lambda: zero_one(good=-1, bad=1), ["good: is -1", "Exchange them"]),
    "a score that is no probability": (lambda: zero_one(good=1, bad=-1)([0.5, 1.5]), ["hold 1.5", "Normalise"]),
    "tasks without a map": (lambda: tasks(weights=[1, 2], maps=[linear(gamma=1)]), ["are 2 and 1"]),
    "one weight for a list": (lambda: tasks(weights=3, maps=None), ["weights: is 3", "maps: is None", "Give a list"]),
    "a task without a function": (lambda: tasks(weights=[1], maps=[3]), ["maps[0]: is 3", "a function of scores"]),
    "truth for a number": (lambda: linear(gamma=True), ["gamma: is True", "Give a plain number"]),
    "scores in words": (lambda: linear(gamma=1)(["x"]), ["scores: are ['x']", "Give a number for every bundle"]),
    "scores of other tasks": (
        lambda: tasks(weights=[1], maps=[linear(gamma=1)])([[1, 2]]),
        ["have shape (1, 2)", "the last axis is 1 tasks"],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_with_its_bound_and_remedy(case):
    attempt, words = REFUSED[case]
    with pytest.raises(OfferError) as refused:
        attempt()
    for word in words:
        assert word in str(refused.value)


LONG = 10**5000
"""Python refuses to write it out."""
TOO_LONG = {
    "price": lambda: purchase(any_bundle, [LONG], 5),
    "budget": lambda: purchase(any_bundle, [1], LONG),
    "fraction of a price": lambda: purchase(any_bundle, [Fraction(LONG)], 5),
    "item": lambda: maximum_willingness_to_pay(any_bundle, [1], 5, LONG),
    "bundle": lambda: net_utility(any_bundle, [1], [LONG]),
    "utility": lambda: purchase(lambda bundle: LONG, [1], 5),
    "fraction of a utility": lambda: purchase(lambda bundle: Fraction(LONG), [1], 5),
    "utilities": lambda: Additive([LONG]),
    "interactions": lambda: Pairwise([1, 1], [[0, LONG], [LONG, 0]]),
    "masks": lambda: purchase(OfMasks(lambda masks: [LONG] * len(masks)), [1], 5),
    "willingness": lambda: posted_price([LONG]),
    "willingness of no buyers": lambda: posted_price(LONG),
    "cost": lambda: posted_price([1], cost=LONG),
    "grid": lambda: posted_price([1], grid=[LONG]),
    "buyer": lambda: sequential_prices([LONG], [0]),
    "order": lambda: sequential_prices([Buyer(len, 1)], [0], order=[LONG]),
    "tick": lambda: reprice([Buyer(len, 1)], [0], tick=LONG),
    "gamma": lambda: linear(gamma=LONG),
    "cuts": lambda: tiers(cuts=[LONG], rewards=[1]),
    "good": lambda: zero_one(good=LONG, bad=0),
    "weights": lambda: tasks(weights=[LONG], maps=[linear(gamma=1)]),
    "score": lambda: linear(gamma=1)([LONG]),
}


@pytest.mark.parametrize("place", TOO_LONG)
def test_a_number_that_is_too_long_to_be_written_out_is_refused_with_a_message(place):
    with pytest.raises(OfferError) as refused:
        TOO_LONG[place]()
    assert all(problem.found and problem.bound and problem.remedy for problem in refused.value.problems)


def test_where_only_a_bound_is_left_a_set_function_is_told_one_thing():
    with pytest.raises(OfferError) as refused:
        every_willingness_to_pay(any_bundle, [1] * (DATASETS_MAX + 1), 5)
    assert [problem.where for problem in refused.value.problems] == ["datasets"]


def test_more_partial_bundles_than_can_be_kept_are_refused(monkeypatch):
    monkeypatch.setattr("evenhand.markets.posted.growth.GROWN_MAX", 1)
    monkeypatch.setattr("evenhand.markets.posted.partial_bundles.FEW", 1)
    with pytest.raises(OfferError, match=r"partial bundles: are \d+ that may become best; up to 1 are grown"):
        purchase(Additive([5, 6, 7]), [2, 3, 4], 6, method="partial_bundles")


def test_every_missing_bundle_is_named_at_once():
    with pytest.raises(OfferError) as refused:
        purchase({(0,): 1}, [1, 1, 1], 9)
    assert [problem.where for problem in refused.value.problems] == [
        f"utility[{bundle}]" for bundle in [(1,), (0, 1), (2,), (0, 2), (1, 2), (0, 1, 2)]
    ]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: net_utility(Additive([1, 2]), [1, 2], [2, 3]), ["bundle: is 2", "bundle: is 3"]),
        (lambda: Pairwise("abc", np.zeros((3, 3))), ["utilities: is "]),
        (lambda: posted_price([1, inf], -1), ["willingness[1]: is inf", "cost: is -1"]),
    ],
    ids=["indices that are none", "no list of utilities", "the names of one seller"],
)
def test_what_follows_from_another_mistake_is_not_told(wrong, said):
    with pytest.raises(OfferError) as refused:
        wrong()
    found = [str(problem) for problem in refused.value.problems]
    assert len(found) == len(said), found
    assert all(line.startswith(start) for line, start in zip(found, said, strict=True)), found
