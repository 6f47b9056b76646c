"""What the royalty model takes and what it refuses: every number, list and name that a caller may get wrong."""

from decimal import Decimal
from fractions import Fraction as F

import numpy as np
import pytest

from evenhand.errors import OfferError, shown
from evenhand.markets.royalties import (
    OwnRate,
    RoyaltyBuyer,
    best_own_rate,
    best_rate,
    royalty,
    royalty_revenue,
    sequential_rates,
    tabulated,
)
from evenhand.markets.royalties.as_published import lemma_6_candidates, lemma_6_candidates_as_published

ONE = RoyaltyBuyer({(): 1, (0,): 4})
OWN = OwnRate(lambda bundle, rates: min(1.0, sum(rates)))
NO_NUMBERS = [None, "0.5", True, np.True_, Decimal("0.5"), float("nan"), np.float64("nan"), 1j, [0.5], np.array([0.5])]
OUT_OF_BOUNDS = [-1, float("inf"), -float("inf"), np.float32("inf"), np.int64(-1), F(-1, 2), 10**400, 10**5000]


def refused(work, *words):
    with pytest.raises(OfferError) as caught:
        work()
    for word in words:
        assert word in str(caught.value), str(caught.value)
    return caught.value.problems


TAKE_A_RATE = {
    "of a buyer": lambda wrong: RoyaltyBuyer({(0,): 4}, rate_max=wrong),
    "asked": lambda wrong: royalty_revenue([ONE], [None], 0, rate=wrong),
    "divided": lambda wrong: royalty(10, [0.5, wrong]),
}
TAKE_A_COST = {
    "exact": lambda wrong: best_rate([ONE], [None], 0, cost=wrong),
    "own": lambda wrong: best_own_rate(OWN, [ONE], [None], 0, cost=wrong),
    "of all": lambda wrong: sequential_rates([ONE], [wrong]),
}
TAKE_RATES = {
    "exact": lambda rates: best_rate([ONE], rates, 1),
    "revenue": lambda rates: royalty_revenue([ONE], rates, 1, 0.5),
    "own": lambda rates: best_own_rate(OWN, [ONE], rates, 1),
    "lemma": lambda rates: lemma_6_candidates([ONE], rates, 1),
    "printed": lambda rates: lemma_6_candidates_as_published([ONE], rates, 1),
    "arriving": lambda rates: sequential_rates([ONE], [0, 0], rates=rates),
}
TAKE_BUYERS = {
    "exact": lambda buyers: best_rate(buyers, [None], 0),
    "revenue": lambda buyers: royalty_revenue(buyers, [None], 0, 0.5),
    "own": lambda buyers: best_own_rate(OWN, buyers, [None], 0),
    "lemma": lambda buyers: lemma_6_candidates(buyers, [None], 0),
    "arriving": lambda buyers: sequential_rates(buyers, [0]),
}
TAKE_A_SELLER = {
    "exact": lambda seller: best_rate([ONE], [None], seller),
    "revenue": lambda seller: royalty_revenue([ONE], [None], seller, 0.5),
    "own": lambda seller: best_own_rate(OWN, [ONE], [None], seller),
    "lemma": lambda seller: lemma_6_candidates([ONE], [None], seller),
}
TAKE_WHAT_IS_HELD = {
    "exact": lambda held: best_rate([ONE], [None], 0, held=held),
    "own": lambda held: best_own_rate(OWN, [ONE], [None], 0, held=held),
}


@pytest.mark.parametrize("wrong", [*NO_NUMBERS, *OUT_OF_BOUNDS, 1.5, 2], ids=shown)
@pytest.mark.parametrize("take", TAKE_A_RATE.values(), ids=TAKE_A_RATE)
def test_what_is_no_rate_is_refused(take, wrong):
    refused(lambda: take(wrong), f"is {shown(wrong)}", "is an int, a Fraction or a float, 0 to 1")


@pytest.mark.parametrize("wrong", [*(each for each in NO_NUMBERS if each is not None), *OUT_OF_BOUNDS, 2], ids=shown)
@pytest.mark.parametrize("take", TAKE_RATES.values(), ids=TAKE_RATES)
def test_what_is_no_rate_among_rates_is_refused(take, wrong):
    refused(lambda: take([wrong, None]), f"rates[0]: is {shown(wrong)}", "Use None for one who is away.")


@pytest.mark.parametrize("wrong", [*NO_NUMBERS, *OUT_OF_BOUNDS], ids=shown)
@pytest.mark.parametrize("take", TAKE_A_COST.values(), ids=TAKE_A_COST)
def test_what_is_no_cost_is_refused(take, wrong):
    refused(lambda: take(wrong), f"is {shown(wrong)}", "a cost is an int, a Fraction or a float, finite and 0 or more")


@pytest.mark.parametrize("wrong", [*NO_NUMBERS, float("inf"), 10**400, 10**5000], ids=shown)
def test_what_is_no_utility_is_refused(wrong):
    refused(lambda: RoyaltyBuyer({(0,): wrong}), f"utility[(0,)]: is {shown(wrong)}", "within ±1e+300")


@pytest.mark.parametrize("wrong", [*NO_NUMBERS, -1, 1.0, 1.5, 10**400, 10**5000], ids=shown)
def test_what_is_no_revenue_is_refused(wrong):
    refused(lambda: royalty(wrong, [0.5]), f"revenue_minor: is {shown(wrong)}", "it is whole minor units")


def test_rates_of_a_division_are_a_list():
    refused(lambda: royalty(10, iter([0.5])), "rates: is", "it is a list of rates, one a dataset of the bundle")
    refused(lambda: royalty(10, [0.5, 2]), "rates[1]: is 2")


@pytest.mark.parametrize("wrong", [None, "0", True, 0.0, -1, 1, 10**5000, np.float64(0)], ids=shown)
@pytest.mark.parametrize("take", TAKE_A_SELLER.values(), ids=TAKE_A_SELLER)
def test_what_is_no_seller_is_refused(take, wrong):
    refused(lambda: take(wrong), f"seller: is {shown(wrong)}; there are 1 rates, counted from 0")


@pytest.mark.parametrize("take", TAKE_RATES.values(), ids=TAKE_RATES)
def test_rates_are_a_list(take):
    for wrong in (iter([0.5, None]), "ab", 0.5, {0: 0.5}):
        refused(lambda wrong=wrong: take(wrong), "rates: is", "it is a list of rates, one a seller")


@pytest.mark.parametrize("take", TAKE_BUYERS.values(), ids=TAKE_BUYERS)
def test_buyers_are_a_list_of_buyers(take):
    refused(lambda: take(iter([ONE])), "buyers: is", "it is a list of RoyaltyBuyer")
    refused(lambda: take(ONE), "buyers: is", "it is a list of RoyaltyBuyer")
    refused(lambda: take([ONE, {(0,): 4}]), "buyers[1]: is {(0,): 4}", "Give RoyaltyBuyer(utility, rate_max).")


@pytest.mark.parametrize("wrong", [(0, 0), (1, 0), (-1,), (True,), (0.0,), ("a",), "01", 0], ids=shown)
def test_what_is_no_bundle_is_refused(wrong):
    refused(lambda: RoyaltyBuyer({wrong: 4}), f"is {shown(wrong)}, no bundle", "in rising order")
    refused(lambda: best_rate([ONE], [None], 0, held=[wrong]), f"held[0]: is {shown(wrong)}, no bundle")


@pytest.mark.parametrize("take", TAKE_WHAT_IS_HELD.values(), ids=TAKE_WHAT_IS_HELD)
def test_what_is_held_is_a_bundle_a_buyer(take):
    for wrong in ([], [(), ()]):
        refused(lambda wrong=wrong: take(wrong), f"held: are {len(wrong)}; there are 1")
    refused(lambda: take(iter([()])), "held: is", "it is a list of bundles, one a buyer")
    refused(lambda: take([(1, 0)]), "held[0]: is (1, 0), no bundle")
    refused(lambda: take([(0, 9)]), "held[0]: is (0, 9); there are", "the first is 0")


ORDERS = {
    "an iterator": iter([0]),
    "twice": [0, 0],
    "a float": [0.0],
    "a truth": [True],
    "text": "0",
    "a number": 0,
    "negative": [-1],
    "none": [None],
}


@pytest.mark.parametrize("wrong", ORDERS.values(), ids=ORDERS.keys())
def test_an_order_names_each_once(wrong):
    refused(lambda: sequential_rates([ONE], [0], order=wrong), "order: is", "it names each of those who arrive once")


def test_an_order_leaves_out_who_is_there():
    refused(lambda: sequential_rates([ONE], [0, 0], rates=[0.5, None], order=[0, 1]), "those who arrive once: [1]")
    refused(lambda: sequential_rates([ONE], [0, 0], rates=[0.5]), "rates: are 1; there are 2 sellers")


def test_costs_are_a_list():
    for wrong in (iter([0]), 0, "0"):
        refused(lambda wrong=wrong: sequential_rates([ONE], wrong), "costs: is", "it is a list of costs, one a seller")
    refused(lambda: sequential_rates([ONE], [0, float("inf")]), "costs[1]: is inf")


@pytest.mark.parametrize("wrong", [*NO_NUMBERS, *OUT_OF_BOUNDS, 2], ids=shown)
def test_what_is_no_tolerance_is_refused(wrong):
    work = lambda: best_own_rate(OWN, [ONE], [None], 0, tolerance=wrong)  # noqa: E731
    refused(work, f"tolerance: is {shown(wrong)}", "Leave it out for 1e-09.")


def test_what_is_no_rate_function_is_refused():
    refused(lambda: best_own_rate(lambda bundle, rates: 1, [ONE], [None], 0), "own: is", "Give OwnRate(total).")


@pytest.mark.parametrize("wrong", NO_NUMBERS, ids=shown)
def test_a_rate_function_that_gives_no_number_is_refused(wrong):
    refused(lambda: best_own_rate(OwnRate(lambda x, r: wrong), [ONE], [None], 0), "total((0,), (0.0,)): is")
    refused(
        lambda: best_own_rate(OwnRate(lambda x, r: r[0], lambda x, r, j: wrong), [ONE], [None], 0),
        "part((0,), (0.0,), 0): is",
    )


def test_a_rate_function_that_gives_more_than_there_is_is_refused():
    with_total = lambda total: best_own_rate(OwnRate(total), [ONE], [None], 0)  # noqa: E731
    refused(lambda: with_total(lambda x, r: 2.0), "is 2.0; a rate is an int, a Fraction or a float, 0 to 1")
    refused(lambda: with_total(lambda x, r: 10**5000), "is a number of over 30 digits; a rate is")
    above = OwnRate(lambda x, r: r[0] / 2, lambda x, r, j: r[0])
    refused(lambda: best_own_rate(above, [ONE], [None], 0), "is 1.0 of a total of 0.5")


def test_a_rate_function_that_falls_is_refused():
    totals = OwnRate(lambda x, r: 1 - r[0])
    refused(lambda: best_own_rate(totals, [ONE], [None], 0), "total of (0,): falls from 1.0")
    parts = OwnRate(lambda x, r: 1.0, lambda x, r, j: 1 - r[0])
    refused(lambda: best_own_rate(parts, [ONE], [None], 0), "part of (0,): falls from 1.0")
    both = OwnRate(lambda x, r: 1 - r[0], lambda x, r, j: 1 - r[0])
    assert len(refused(lambda: best_own_rate(both, [ONE], [None], 0))) == 2


@pytest.mark.parametrize("wrong", [-1, 21, 10**5000, 2.0, "2", None, True], ids=shown)
def test_bundles_are_listed_of_a_number_of_sellers(wrong):
    refused(lambda: tabulated(len, wrong), f"sellers: are {shown(wrong)}")


@pytest.mark.parametrize("wrong", [None, [((0,), 4)], len, 4], ids=shown)
def test_utilities_that_are_no_table_are_refused(wrong):
    refused(lambda: RoyaltyBuyer(wrong), "utility: is", "it has a number for each bundle")


def test_every_mistake_of_a_buyer_is_named():
    problems = refused(
        lambda: RoyaltyBuyer({(): -1, (1, 0): 3, (2,): float("nan"), "ab": "much"}, rate_max=1.5),
        "utility[()]: is -1; what a buyer has without data is 0 or more",
        "utility[(1, 0)]: is (1, 0), no bundle",
        "utility[(2,)]: is nan",
        'utility["ab"]: is "ab", no bundle',
        'utility["ab"]: is "much"',
        "rate_max: is 1.5",
    )
    assert len(problems) == 6


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(OfferError) as caught:
        best_rate([None], [2, "a", None], 3, cost=-1, held=[0])
    assert len(caught.value.problems) == 6
    with pytest.raises(OfferError) as caught:
        best_own_rate(None, [None], [2, None], 2, cost=-1, held=[0], tolerance=-1)
    assert len(caught.value.problems) == 7
    with pytest.raises(OfferError) as caught:
        royalty_revenue([ONE], [2], 1, rate=-1)
    assert len(caught.value.problems) == 3


# -- what is taken -----------------------------------------------------------------------------------------------------


def test_numbers_of_numpy_are_as_good_as_pythons():
    plain = RoyaltyBuyer({(): 1, (0,): 4, (0, 1): 6}, 0.5)
    numpys = RoyaltyBuyer(
        {(): np.int64(1), (np.int64(0),): np.float32(4), (0, np.int8(1)): np.uint8(6)}, np.float16(0.5)
    )
    assert numpys == plain
    expected = best_rate([plain], [None, 0.25], 0, cost=1)
    assert best_rate([numpys], np.array([0.0, 0.25]), np.int64(0), cost=np.int64(1)) == expected
    assert royalty_revenue([plain], [None], 0, np.float32(0.5)) == royalty_revenue([plain], [None], 0, 0.5) == 2
    arrived = sequential_rates([plain], np.array([1, 0]), order=np.array([1, 0]))
    assert arrived == sequential_rates([plain], [1, 0], order=[1, 0])
    assert sequential_rates([ONE], np.array([1])) == sequential_rates([ONE], [1])
    assert isinstance(sequential_rates([ONE], np.array([1])).again[0].gain, int)
    own = best_own_rate(OWN, [numpys], np.array([0.0, 0.25]), np.int64(0), np.float32(1), tolerance=np.float32(1e-6))
    assert own.revenue == pytest.approx(expected.revenue, abs=1e-4)


def test_a_use_is_divided_by_numbers_of_numpy():
    assert royalty(10, [np.float32(0.5)]).paid_minor == (5,)
    assert royalty(np.int64(10), np.array([0.25, 0.5])) == royalty(10, [F(1, 4), F(1, 2)])
    assert royalty(np.uint8(200), [np.int64(1)]).paid_minor == (200,)
    assert royalty(10, np.array([])).kept_minor == 10


def test_a_sellers_own_rate_is_not_looked_at():
    for own in ("away", 7, float("nan"), 0.3, None):
        best = best_rate([ONE], [own], 0)
        assert (best.rate, best.revenue) == (F(3, 4), 3)
        assert royalty_revenue([ONE], [own], 0, F(1, 2)) == 2
        assert lemma_6_candidates([ONE], [own], 0) == (F(3, 4),)
        assert best_own_rate(OWN, [ONE], [own], 0).revenue == pytest.approx(3)


def test_without_buyers_nobody_sells():
    arrived = sequential_rates([], [0, 1])
    assert (arrived.rates, arrived.bundles, arrived.revenues) == ((None, None), (), (0, 0))
    assert best_own_rate(OWN, [], [None], 0).rate is None
