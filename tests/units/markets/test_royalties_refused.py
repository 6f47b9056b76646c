"""What the royalty model takes and what it refuses: every number, list and name that a caller may get wrong."""

from decimal import Decimal
from fractions import Fraction as F

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.markets.royalties import (
    OwnRate,
    RoyaltyBuyer,
    best_own_royalty,
    best_royalty,
    royalty,
    royalty_revenue,
    sequential_rates,
    tabulated,
)
from evenhand.markets.royalties.as_published import lemma_6_candidates, lemma_6_candidates_as_published

ONE = RoyaltyBuyer({(): 1, (0,): 4})
OWN = OwnRate(lambda bundle, rates: min(1.0, sum(rates)))
NO_NUMBERS = [None, "0.5", True, np.True_, Decimal("0.5"), float("nan"), np.float64("nan"), 1j, [0.5], np.array([0.5])]
OUT_OF_BOUNDS = [-1, float("inf"), -float("inf"), np.float32("inf"), np.int64(-1), F(-1, 2), 10**400]


def refused(work, *words):
    with pytest.raises(OfferError) as caught:
        work()
    for word in words:
        assert word in str(caught.value), str(caught.value)


TAKE_A_RATE = {
    "of a buyer": lambda wrong: RoyaltyBuyer({(0,): 4}, rate_max=wrong),
    "asked": lambda wrong: royalty_revenue([ONE], [None], 0, rate=wrong),
    "divided": lambda wrong: royalty(10, [0.5, wrong]),
}
TAKE_A_COST = {
    "exact": lambda wrong: best_royalty([ONE], [None], 0, cost=wrong),
    "own": lambda wrong: best_own_royalty(OWN, [ONE], [None], 0, cost=wrong),
    "of all": lambda wrong: sequential_rates([ONE], [wrong]),
}
TAKE_RATES = {
    "exact": lambda rates: best_royalty([ONE], rates, 1),
    "revenue": lambda rates: royalty_revenue([ONE], rates, 1, 0.5),
    "own": lambda rates: best_own_royalty(OWN, [ONE], rates, 1),
    "lemma": lambda rates: lemma_6_candidates([ONE], rates, 1),
    "printed": lambda rates: lemma_6_candidates_as_published([ONE], rates, 1),
    "arriving": lambda rates: sequential_rates([ONE], [0, 0], rates=rates),
}
TAKE_BUYERS = {
    "exact": lambda buyers: best_royalty(buyers, [None], 0),
    "revenue": lambda buyers: royalty_revenue(buyers, [None], 0, 0.5),
    "own": lambda buyers: best_own_royalty(OWN, buyers, [None], 0),
    "lemma": lambda buyers: lemma_6_candidates(buyers, [None], 0),
    "arriving": lambda buyers: sequential_rates(buyers, [0]),
}
TAKE_A_SELLER = {
    "exact": lambda seller: best_royalty([ONE], [None], seller),
    "revenue": lambda seller: royalty_revenue([ONE], [None], seller, 0.5),
    "own": lambda seller: best_own_royalty(OWN, [ONE], [None], seller),
    "lemma": lambda seller: lemma_6_candidates([ONE], [None], seller),
}


@pytest.mark.parametrize("wrong", [*NO_NUMBERS, *OUT_OF_BOUNDS, 1.5, 2], ids=repr)
@pytest.mark.parametrize("take", TAKE_A_RATE.values(), ids=TAKE_A_RATE)
def test_what_is_no_rate_is_refused(take, wrong):
    refused(lambda: take(wrong), f"is {wrong!r:.60}", "is an int, a Fraction or a float, 0 to 1")


@pytest.mark.parametrize("wrong", [*(each for each in NO_NUMBERS if each is not None), *OUT_OF_BOUNDS, 2], ids=repr)
@pytest.mark.parametrize("take", TAKE_RATES.values(), ids=TAKE_RATES)
def test_what_is_no_rate_among_rates_is_refused(take, wrong):
    refused(lambda: take([wrong, None]), f"rates[0]: is {wrong!r:.60}", "Use None for one who is away.")


@pytest.mark.parametrize("wrong", [*NO_NUMBERS, *OUT_OF_BOUNDS], ids=repr)
@pytest.mark.parametrize("take", TAKE_A_COST.values(), ids=TAKE_A_COST)
def test_what_is_no_cost_is_refused(take, wrong):
    refused(lambda: take(wrong), f"is {wrong!r:.60}", "a cost is an int, a Fraction or a float, finite and 0 or more")


@pytest.mark.parametrize("wrong", [*NO_NUMBERS, float("inf"), 10**400], ids=repr)
def test_what_is_no_utility_is_refused(wrong):
    refused(lambda: RoyaltyBuyer({(0,): wrong}), f"utility[(0,)]: is {wrong!r:.60}", "within ±1e+300")


@pytest.mark.parametrize("wrong", [*NO_NUMBERS, -1, 1.0, 10**400], ids=repr)
def test_what_is_no_revenue_is_refused(wrong):
    refused(lambda: royalty(wrong, [0.5]), f"revenue_minor: is {wrong!r:.60}", "it is whole minor units")


@pytest.mark.parametrize("wrong", [None, "0", True, 0.0, -1, 1, np.float64(0)], ids=repr)
@pytest.mark.parametrize("take", TAKE_A_SELLER.values(), ids=TAKE_A_SELLER)
def test_what_is_no_seller_is_refused(take, wrong):
    refused(lambda: take(wrong), f"seller: is {wrong!r}; there are 1 rates, counted from 0")


@pytest.mark.parametrize("take", TAKE_RATES.values(), ids=TAKE_RATES)
def test_rates_are_a_list(take):
    for wrong in (iter([0.5, None]), "ab", 0.5, {0: 0.5}):
        refused(lambda wrong=wrong: take(wrong), "rates: is", "it is a list")


@pytest.mark.parametrize("take", TAKE_BUYERS.values(), ids=TAKE_BUYERS)
def test_buyers_are_a_list_of_buyers(take):
    refused(lambda: take(iter([ONE])), "buyers: is", "it is a list")
    refused(lambda: take(ONE), "buyers: is", "it is a list")
    refused(lambda: take([ONE, {(0,): 4}]), "buyers[1]: is {(0,): 4}", "Give RoyaltyBuyer(utility, rate_max).")


@pytest.mark.parametrize("wrong", [(0, 0), (1, 0), (-1,), (True,), (0.0,), ("a",), "01", 0], ids=repr)
def test_what_is_no_bundle_is_refused(wrong):
    refused(lambda: RoyaltyBuyer({wrong: 4}), f"is {wrong!r}, no bundle", "in rising order")
    refused(lambda: best_royalty([ONE], [None], 0, held=[wrong]), f"held[0]: is {wrong!r}, no bundle")


def test_what_is_held_is_a_bundle_a_buyer():
    for wrong in ([], [(), ()]):
        refused(lambda wrong=wrong: best_royalty([ONE], [None], 0, held=wrong), f"held: are {len(wrong)}; there are 1")
    refused(lambda: best_royalty([ONE], [None], 0, held=iter([()])), "held: is", "it is a list")


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
        refused(lambda wrong=wrong: sequential_rates([ONE], wrong), "costs: is", "it is a list")


@pytest.mark.parametrize("wrong", [*NO_NUMBERS, *OUT_OF_BOUNDS, 2], ids=repr)
def test_what_is_no_tolerance_is_refused(wrong):
    work = lambda: best_own_royalty(OWN, [ONE], [None], 0, tolerance=wrong)  # noqa: E731
    refused(work, f"tolerance: is {wrong!r:.60}", "Leave it out for 1e-09.")


def test_what_is_no_rate_function_is_refused():
    refused(lambda: best_own_royalty(lambda bundle, rates: 1, [ONE], [None], 0), "own: is", "Give OwnRate(total).")


@pytest.mark.parametrize("wrong", NO_NUMBERS, ids=repr)
def test_a_rate_function_that_gives_no_number_is_refused(wrong):
    refused(lambda: best_own_royalty(OwnRate(lambda x, r: wrong), [ONE], [None], 0), "total((0,), (0.0,)): is")
    refused(
        lambda: best_own_royalty(OwnRate(lambda x, r: r[0], lambda x, r, j: wrong), [ONE], [None], 0),
        "part((0,), (0.0,), 0): is",
    )


@pytest.mark.parametrize("wrong", [-1, 21, 2.0, "2", None, True], ids=repr)
def test_bundles_are_listed_of_a_number_of_sellers(wrong):
    refused(lambda: tabulated(len, wrong), f"sellers: are {wrong!r}")


@pytest.mark.parametrize("wrong", [None, [((0,), 4)], len, 4], ids=repr)
def test_utilities_that_are_no_table_are_refused(wrong):
    refused(lambda: RoyaltyBuyer(wrong), "utility: is", "it has a number for each bundle")


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(OfferError) as caught:
        best_royalty([None], [2, "a", None], 3, cost=-1, held=[0])
    assert len(caught.value.problems) == 6
    with pytest.raises(OfferError) as caught:
        best_own_royalty(None, [None], [2, None], 2, cost=-1, tolerance=-1)
    assert len(caught.value.problems) == 6
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
    expected = best_royalty([plain], [None, 0.25], 0, cost=1)
    assert best_royalty([numpys], np.array([0.0, 0.25]), np.int64(0), cost=np.int64(1)) == expected
    assert royalty_revenue([plain], [None], 0, np.float32(0.5)) == royalty_revenue([plain], [None], 0, 0.5) == 2
    arrived = sequential_rates([plain], np.array([1, 0]), order=np.array([1, 0]))
    assert arrived == sequential_rates([plain], [1, 0], order=[1, 0])
    assert sequential_rates([ONE], np.array([1])) == sequential_rates([ONE], [1])
    assert isinstance(sequential_rates([ONE], np.array([1])).again[0].gain, int)
    own = best_own_royalty(OWN, [numpys], np.array([0.0, 0.25]), np.int64(0), np.float32(1), np.float32(1e-6))
    assert own.revenue == pytest.approx(expected.revenue, abs=1e-4)


def test_a_use_is_divided_by_numbers_of_numpy():
    assert royalty(10, [np.float32(0.5)]).paid_minor == (5,)
    assert royalty(np.int64(10), np.array([0.25, 0.5])) == royalty(10, [F(1, 4), F(1, 2)])
    assert royalty(np.uint8(200), [np.int64(1)]).paid_minor == (200,)
    assert royalty(10, np.array([])).kept_minor == 10


def test_a_sellers_own_rate_is_not_looked_at():
    for own in ("away", 7, float("nan"), 0.3, None):
        best = best_royalty([ONE], [own], 0)
        assert (best.rate, best.revenue) == (F(3, 4), 3)
        assert royalty_revenue([ONE], [own], 0, F(1, 2)) == 2
        assert lemma_6_candidates([ONE], [own], 0) == (F(3, 4),)
        assert best_own_royalty(OWN, [ONE], [own], 0).revenue == pytest.approx(3)


def test_without_buyers_nobody_sells():
    arrived = sequential_rates([], [0, 1])
    assert (arrived.rates, arrived.bundles, arrived.revenues) == ((None, None), (), (0, 0))
    assert best_own_royalty(OWN, [], [None], 0).rate is None
