"""A clock on cases worked out by hand; `tests/laws/test_redundant_data.py` has the rest."""

from fractions import Fraction

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.markets import ExactProcurement, Procurement
from evenhand.markets.procurement import clock


def union(*topics):
    return lambda chosen: len(set().union(*(topics[seller] for seller in chosen)))


def prices(costs, value, budget):
    return {seller: limit.report for seller, limit in clock.paid(costs, value, budget).items()}


def test_who_fits_at_once_is_bought_for_what_there_is():
    assert prices([3, 11], union({1}, {2}), 10) == {0: 10}


def test_prices_fall_by_a_quarter_of_rho_a_round_until_they_fit():
    # worth 1 each; rho 1, 5/4, 25/16, 125/64 and then 2, where 10 and 10 have come down to 5 and 5
    assert prices([3, 4], union({1}, {2}), 10) == {0: 5, 1: 5}


def test_who_is_offered_less_than_the_cost_leaves_and_the_other_keeps_the_price_so_far():
    # the last in line is asked first: at rho = 25/16 seller 1 is offered 6.4 and leaves; seller 0 was offered 8 before
    assert prices([3, 7], union({1}, {2}), 10) == {0: 8}


def test_no_price_falls_further_once_the_prices_fit():
    # at rho = 7 seller 2 leaves and seller 1 comes down to 36/7; with 768/125 for seller 0 that fits into 12
    worth = [3, 3, 1]
    found = prices([6, 0, 2], lambda chosen: sum(worth[seller] for seller in chosen), 12)
    assert found == {1: Fraction(36, 7), 0: Fraction(768, 125)}


def test_a_copy_waits_and_takes_the_place_of_who_leaves():
    assert clock.winners([9, 2, 3], union({1, 2}, {1, 2}, {3}), 10) == [1, 2]


def test_a_giant_is_bought_before_its_price_can_drive_it_away():
    worth = [100, 1, 1]
    bought = clock.winners([Fraction(99, 10), 0, 0], lambda chosen: sum(worth[seller] for seller in chosen), 10)
    assert bought == [0, 1, 2]  # the giant takes the budget, and the others give theirs for nothing


def test_what_is_left_after_a_giant_buys_from_the_others():
    worth = [9, 2]
    value = lambda chosen: sum(worth[seller] for seller in chosen)  # noqa: E731
    assert prices([1, 0], value, 10) == {0: 10, 1: 0}


def test_a_price_that_has_fallen_does_not_rise_in_the_next_clock():
    worth = [1, 9, 12, 2]
    value = lambda chosen: sum(worth[seller] for seller in chosen)  # noqa: E731
    # seller 2 becomes a giant at 48/5 and leaves 12/5; seller 3 was offered 8/5 before that
    assert prices([1, 9, 1, 1], value, 12) == {2: Fraction(48, 5), 3: Fraction(8, 5)}


def test_a_clock_ends_where_answers_contradict_each_other():
    class Unsteady:
        """Worth 1 each together; asked again, nothing in line, though each is worth 1 alone."""

        def __init__(self):
            self.lines = 0

        def __call__(self, masks):
            return masks.sum(axis=1)

        def added(self, bought, line):
            self.lines += len(line) > 1
            return np.full(len(line), 0.0 if self.lines > 1 and len(line) > 1 else 1.0)

    assert Procurement(value=Unsteady(), budget=1.0).allocate([0.5, 0.5]).quantity.tolist() == [0, 0]


def test_free_data_are_taken_when_nothing_is_left():
    assert clock.limit(1, [1, 0], union({1, 2, 3, 4}, {5}), 10) == (0, True)


def test_data_that_add_nothing_to_what_is_bought_are_never_bought():
    assert clock.limits([1, 0], union({1}, set()), 10) == [(10, True), None]


def test_worth_that_adds_up_can_be_bought_by_a_clock_too():
    floats = Procurement([1.0, 1.0, 1.0], 10.0, "clock")
    assert floats.allocate([3.0, 4.0, 9.0]).quantity.tolist() == [1, 1, 0]
    whole = ExactProcurement([1, 1, 1], 10, "clock", whole=True)
    assert whole.clear([3, 4, 9]).highest_asked.tolist() == [5, 5, 0]


def test_payments_in_whole_units_are_rounded_down():
    whole = ExactProcurement([1, 1, 1], 10, "clock", whole=True)
    assert whole.clear([1, 1, 1]).highest_asked.tolist() == [3, 3, 3]


def test_nobody_affordable_sells_nothing():
    assert clock.winners([11, 12], union({1}, {2}), 10) == []
    market = Procurement(value=lambda masks: masks.sum(axis=1), budget=1.0)
    assert market.allocate([2.0, np.inf]).quantity.tolist() == [0, 0]


@pytest.mark.parametrize("scale", [2.0**-960, 2.0**-30, 2.0**30, 2.0**960])
def test_a_clock_looks_neither_at_the_unit_of_money_nor_at_that_of_worth(scale):
    rng = np.random.default_rng(0)
    covers = rng.random((7, 12)) < 0.3
    weights = rng.integers(1, 9, 12).astype(float)
    costs = rng.random(7)

    def thresholds(worth=1.0, money=1.0):
        market = Procurement(value=lambda masks: ((masks @ covers) > 0) @ weights * worth, budget=2.0 * money)
        return market.thresholds(costs * money) / money

    np.testing.assert_allclose(thresholds(worth=scale), thresholds(), rtol=1e-9)
    np.testing.assert_allclose(thresholds(money=scale), thresholds(), rtol=1e-9)


def test_a_value_that_falls_is_refused_with_the_seller_and_by_how_much():
    spoils = {(): 0, (0,): 5, (1,): 4, (0, 1): 3}
    with pytest.raises(OfferError, match=r"falls by 40.000% .* seller 1 joins others; more data are never worth less"):
        clock.winners([1, 1], spoils.__getitem__, 10)
    market = Procurement(value=lambda masks: 5 * masks[:, 0] + 4 * masks[:, 1] - 6 * masks.prod(axis=1), budget=10)
    with pytest.raises(OfferError, match=r"falls by 40.000% of what all data add when seller 1 joins"):
        market.allocate([1.0, 1.0])
