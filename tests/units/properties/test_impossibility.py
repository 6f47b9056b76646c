"""What no mechanism can promise: each bound is held against brute force, a linear programme and sums done exactly."""

from fractions import Fraction
from itertools import combinations, product
from math import e

import numpy as np
import pytest
from scipy.optimize import linprog

from evenhand.errors import OfferError
from evenhand.properties.impossibility import (
    SHORT,
    Inequality,
    added,
    at_least,
    at_most,
    balanced,
    broken,
    gain,
    groves,
    impossibility,
    ladder,
    ladder_gain_max,
    least_deficit,
    mechanism,
    most_gain,
    posted_price,
    truthful_and_rational,
)


def subsets(numbers):
    return [list(chosen) for size in range(1, len(numbers) + 1) for chosen in combinations(numbers, size)]


GRIDS = list(product(subsets(range(5)), repeat=2))
TELLING = [
    ([1, 4], [0, 3]),
    ([1, 2, 3], [0, 1, 2]),
    ([0, 5, 9], [2, 6]),
    ([4, 5], [0, 1]),
    ([0, 1], [2, 3]),
    ([3], [2]),
    ([Fraction(1, 3), Fraction(5, 2)], [0, Fraction(9, 4)]),
]


def is_truthful_and_rational(deal, values, costs):
    """The definition, in loops of its own."""
    for v, c in product(values, costs):
        left = v * deal["trade", v, c] - deal["charge", v, c]
        earned = deal["payment", v, c] - c * deal["trade", v, c]
        if min(left, earned) < 0:
            return False
        if any(v * deal["trade", w, c] - deal["charge", w, c] > left for w in values):
            return False
        if any(deal["payment", v, d] - c * deal["trade", v, d] > earned for d in costs):
            return False
    return True


def shortest(deal, values, costs):
    return max(deal["payment", v, c] - deal["charge", v, c] for v, c in product(values, costs))


def best_posted(values, costs, chances):
    return max(gain(posted_price(values, costs, price), chances) for price in {*values, *costs})


# -- efficient trade runs a deficit ----------------------------------------------------------------------------------


def test_two_values_and_two_costs_leave_every_efficient_mechanism_short():
    # a buyer worth 4 pays at most 1, the lowest bid that trades with a cost of 0; a cost of 0 gets at least 3
    shown = impossibility([1, 4], [0, 3])
    assert (shown.deficit, shown.value, shown.cost) == (2, 4, 0)
    assert (shown.deal["charge", 4, 0], shown.deal["payment", 4, 0]) == (1, 3)
    assert str(added(shown.certificate)) == "1 charge(4, 0) - 1 payment(4, 0) <= -2"


def test_the_certificate_adds_up_to_the_deficit_on_every_small_grid():
    for values, costs in GRIDS:
        shown = impossibility(values, costs)
        at = shown.value, shown.cost
        proved = added(shown.certificate)
        assert proved.factors == {("charge", *at): 1, ("payment", *at): -1}, (values, costs)
        assert proved.most == -shown.deficit


def test_the_certificate_asks_for_nothing_but_truth_reason_and_trades_that_gain():
    for values, costs in GRIDS:
        asked = truthful_and_rational(values, costs)
        trades = [pair for pair in product(values, costs) if pair[0] > pair[1]]
        asked += [at_least(1, *pair) for pair in trades] + [at_most(1, *pair) for pair in trades]
        asked += [at_least(0, *pair) for pair in product(values, costs)]
        assert all(step in asked for _, step in impossibility(values, costs).certificate), (values, costs)


def test_the_deal_is_truthful_rational_and_efficient_and_nowhere_shorter_on_every_small_grid():
    for values, costs in GRIDS:
        shown = impossibility(values, costs)
        assert all(shown.deal["trade", v, c] == int(v > c) for v, c in product(values, costs))
        assert is_truthful_and_rational(shown.deal, values, costs)
        assert not broken(truthful_and_rational(values, costs), shown.deal)
        assert shortest(shown.deal, values, costs) == shown.deficit, (values, costs)


def test_a_linear_programme_that_knows_no_argument_finds_the_same_deficit():
    chosen = np.random.default_rng(1).choice(len(GRIDS), 60, replace=False)
    for values, costs in [*TELLING, *(GRIDS[place] for place in chosen)]:
        found = least_deficit(values, costs)
        assert found.value == impossibility(values, costs).deficit, (values, costs)
        assert shortest(found.deal, values, costs) == found.value == found.deal[SHORT]
        assert is_truthful_and_rational(found.deal, values, costs)
        proved = added(found.certificate)
        assert (dict(proved.factors), proved.most) == ({SHORT: -1}, -found.value)


def test_there_is_no_deficit_exactly_where_one_posted_price_makes_every_efficient_trade():
    prices = [Fraction(half, 2) for half in range(-1, 12)]
    possible = 0
    for values, costs in GRIDS:
        gained = dict.fromkeys(product(values, costs), 1)
        efficient = sum(max(v - c, 0) for v, c in gained)
        does = any(gain(posted_price(values, costs, price), gained) == efficient for price in prices)
        assert does == (impossibility(values, costs).deficit <= 0), (values, costs)
        possible += does
    assert 0 < possible < len(GRIDS)


def test_finer_grids_are_short_of_all_that_the_best_trade_gains_in_the_limit():
    for steps in (2, 10, 100):
        grid = [Fraction(step, steps) for step in range(steps + 1)]
        assert impossibility(grid, grid).deficit == 1 - Fraction(2, steps)


def test_groves_payments_are_truthful_and_rational_and_short_of_every_gain():
    for values, costs in GRIDS:
        deal = groves(values, costs)
        assert is_truthful_and_rational(deal, values, costs)
        for v, c in product(values, costs):
            assert deal["payment", v, c] - deal["charge", v, c] == max(v - c, 0)


def test_truth_on_average_alone_leaves_room_for_efficient_balanced_trade_on_two_values():
    price = {(1, 0): 1, (4, 0): 2, (4, 3): 3, (1, 3): 0}
    deal = mechanism([1, 4], [0, 3], lambda v, c: (int(v > c), price[v, c]))
    assert not is_truthful_and_rational(deal, [1, 4], [0, 3])
    for true in (1, 4):
        left = {bid: sum(true * deal["trade", bid, c] - deal["charge", bid, c] for c in (0, 3)) for bid in (1, 4)}
        assert left[true] == max(left.values()) >= 0
    for true in (0, 3):
        left = {ask: sum(deal["payment", v, ask] - true * deal["trade", v, ask] for v in (1, 4)) for ask in (0, 3)}
        assert left[true] == max(left.values()) >= 0


# -- what balance costs ----------------------------------------------------------------------------------------------


def test_posted_prices_are_truthful_rational_and_balanced():
    for values, costs in GRIDS:
        for price in (0, 1, Fraction(5, 2), 4):
            deal = posted_price(values, costs, price)
            assert is_truthful_and_rational(deal, values, costs)
            assert shortest(deal, values, costs) == 0


def test_a_posted_price_makes_one_trade_of_a_ladder_whatever_the_price():
    for rungs in (1, 2, 5, 40):
        values, costs, chances = ladder(rungs, 2)
        assert gain(mechanism(values, costs, lambda v, c: (int(v > c), 0)), chances) == 1
        assert best_posted(values, costs, chances) == Fraction(1, rungs)


@pytest.mark.parametrize("rungs", range(1, 6))
@pytest.mark.parametrize("spread", [1, Fraction(3, 2), 2, 5], ids=str)
def test_no_mechanism_gains_more_on_a_ladder_than_its_bound(rungs, spread):
    values, costs, chances = ladder(rungs, spread)
    found = most_gain(values, costs, chances)
    assert best_posted(values, costs, chances) <= found.value <= ladder_gain_max(rungs, spread)
    assert found.value == gain(found.deal, chances)
    if rungs <= 2:
        assert found.value == ladder_gain_max(rungs, spread), "the bound is exact for two pairs"
    if rungs == spread == 5:
        assert found.value == Fraction(407, 1550)


def test_the_share_that_can_be_gained_on_a_ladder_falls_below_any_bound():
    for rungs in (10, 100, 1_000):
        assert ladder_gain_max(rungs, rungs) < e / rungs


@pytest.mark.parametrize(("values", "costs"), TELLING, ids=str)
def test_what_is_most_to_be_gained_is_reached_and_proved(values, costs):
    found = most_gain(values, costs)
    assert is_truthful_and_rational(found.deal, values, costs)
    assert shortest(found.deal, values, costs) <= 0
    assert all(0 <= found.deal["trade", *pair] <= 1 for pair in product(values, costs))
    chance = Fraction(1, len(values) * len(costs))
    chances = dict.fromkeys(product(values, costs), chance)
    assert gain(found.deal, chances) == added(found.certificate).most == found.value
    efficient = sum(max(v - c, 0) for v, c in chances) * chance
    assert best_posted(values, costs, chances) <= found.value <= efficient
    assert (found.value == efficient) == (impossibility(values, costs).deficit <= 0)


def test_a_mechanism_that_draws_lots_can_gain_more_than_any_posted_price():
    chances = dict.fromkeys(product([1, 4], [0, 3]), Fraction(1, 4))
    assert best_posted([1, 4], [0, 3], chances) == Fraction(5, 4) < most_gain([1, 4], [0, 3]).value == Fraction(4, 3)


# -- the checks notice -----------------------------------------------------------------------------------------------


def test_a_rule_that_invites_lies_loses_or_runs_short_is_caught():
    values, costs = [1, 4], [0, 3]
    asked = truthful_and_rational(values, costs) + [balanced(*pair) for pair in product(values, costs)]
    halves = mechanism(values, costs, lambda v, c: (1, Fraction(v + c, 2)) if v > c else (0, 0))
    assert {step.says.split(" where")[0] for step in broken(asked, halves)} == {
        "a buyer worth 4 gains nothing by a bid of 1",
        "a seller who has a cost of 0 gains nothing by asking 3",
    }
    assert not is_truthful_and_rational(halves, values, costs)
    dear = mechanism(values, costs, lambda v, c: (1, 2))
    assert any("does not lose" in step.says for step in broken(asked, dear))
    assert {step.says.split(" at")[0] for step in broken(asked, groves(values, costs))} == {
        "the charge covers the payment"
    }
    assert not broken(asked, posted_price(values, costs, 3))


def test_a_certificate_is_not_added_up_with_an_inequality_turned_round():
    with pytest.raises(AssertionError, match="turns round"):
        added(((-1, at_most(1, 4, 0)),))
    assert added(()).most == 0
    assert added(((2, at_most(1, 4, 0)), (2, at_least(0, 4, 0)))) == Inequality({}, 2, "the sum")


@pytest.mark.parametrize("ask", [impossibility, least_deficit, most_gain])
@pytest.mark.parametrize(
    ("values", "costs", "message"),
    [
        ([], [1], "values: lists nothing; there is at least one. List what it may be"),
        ([1, -2], [np.nan], r"(?s)values\[1\]: is -2; a number is finite, 0 or more.*costs\[0\]: is nan"),
        ([1], [np.inf], r"costs\[0\]: is inf"),
        ([1, 2, 1.0], [0], r"values\[2\]: is 1.0 again; each is listed once. Leave it out"),
    ],
)
def test_numbers_out_of_bounds_are_refused(ask, values, costs, message):
    with pytest.raises(OfferError, match=message):
        ask(values, costs)


def test_a_grid_too_fine_to_be_proved_is_refused_by_the_programme_and_served_by_the_argument():
    values, costs = [0.1, 0.4], [0.0, 0.3]
    assert float(impossibility(values, costs).deficit) == pytest.approx(0.2)
    with pytest.raises(OfferError, match="List fewer numbers, or rounder ones"):
        least_deficit(values, costs)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda found: found.x.__iadd__(0.25), "the solution is not exact"),
        (lambda found: found.x.__imul__(0), "the multipliers are not exact"),
        (lambda found: found.ineqlin.marginals.__isub__(0.25), "the multipliers are not exact"),
        (lambda found: found.ineqlin.marginals.__imul__(2), "the multipliers are not exact"),
        (lambda found: found.ineqlin.marginals.__imul__(-1), "a multiplier is below 0"),
        (lambda found: found.update(success=False, message="gave up"), "gave up"),
    ],
)
def test_what_the_solver_gets_wrong_is_not_believed(monkeypatch, spoil, message):
    def wrong(*arguments, **options):
        found = linprog(*arguments, **options)
        spoil(found)
        return found

    assert most_gain([1, 4], [0, 3]).value == Fraction(4, 3)
    monkeypatch.setattr("scipy.optimize.linprog", wrong)
    with pytest.raises(OfferError, match=message):
        most_gain([1, 4], [0, 3])
