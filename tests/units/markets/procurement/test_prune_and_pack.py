"""Pruning by cost, packing by worth: hand cases, and that nothing but the price looks at a report."""

from fractions import Fraction

import numpy as np
import pytest

from evenhand.markets.procurement import prune_and_pack
from evenhand.markets.procurement.limits import Limit
from evenhand.mechanisms import procure


def test_all_that_are_packed_are_paid_one_price_for_their_worth():
    outcome = procure([1.0, 2.0, 1.0, 1.0], [3.0, 2.0, 1.0, 1.0], budget=8.0, rule="prune_and_pack")
    assert outcome.cash.tolist() == [6, 0, 2, 0]  # room for 4 at a price of 2 a unit: the largest, and what fits yet


def test_the_first_offer_that_is_dropped_sets_the_price_and_the_room():
    # 9 (7 - 2) > 40 drops the last; the others could be paid 40 / 4 a unit, but 9 / 1 is less: room for 40 / 9
    costs, worth = [4, 4, 4, 4, 4, 9], [2, 1, 1, 1, 1, 1]
    assert prune_and_pack.winners(costs, worth, budget=40) == [0, 1, 2]
    assert prune_and_pack.limits(costs, worth, budget=40)[:2] == [Limit(18, True), Limit(9, True)]
    assert prune_and_pack.limits([*costs[:5], 8], worth, budget=40)[:2] == [Limit(16, True), Limit(8, True)]


def test_the_largest_is_left_out_where_the_smaller_together_are_worth_more():
    assert prune_and_pack.winners([2, 3, 3, 9], [5, 3, 3, 1], budget=10) == [1, 2]
    assert prune_and_pack.limit(0, [2, 3, 3, 9], [5, 3, 3, 1], budget=10) is None


def test_what_does_not_fit_is_passed_over_for_what_does():
    worth = [10, 6, 5, 4, 3, 2, 1]
    sellers, paid = prune_and_pack.bought(np.zeros(7), np.array(worth, float), 21.0)
    assert sorted(sellers.tolist()) == sorted(prune_and_pack.winners([0] * 7, worth, budget=21))
    assert paid.sum() <= 21


@pytest.mark.parametrize("costs", [[0, 0, 4], [4, 1, 0], [2, 2, 2]], ids=str)
def test_who_of_the_kept_is_packed_does_not_depend_on_what_they_ask(costs):
    assert prune_and_pack.winners(costs, [3, 2, 3], budget=15) == [0, 1]


def test_at_a_tie_with_the_first_dropped_the_first_by_index_is_kept():
    limits = prune_and_pack.limits([0, 3, 0, 0, 0], [1] * 5, budget=10)
    assert limits == [Limit(3, True), Limit(Fraction(5, 2), True), Limit(3, False), Limit(3, False), None]
    assert 0 in prune_and_pack.winners([3, 3, 0, 0, 0], [1] * 5, budget=10)
    assert 2 not in prune_and_pack.winners([0, 3, 3, 0, 0], [1] * 5, budget=10)


@pytest.mark.parametrize(("costs", "worth"), [([], []), ([11, 12], [1, 2]), ([1, 2], [0, 0])], ids=str)
def test_nobody_is_bought_where_nobody_is_affordable_or_of_worth(costs, worth):
    assert prune_and_pack.winners(costs, worth, budget=10) == []
    sellers, paid = prune_and_pack.bought(np.array(costs, float), np.array(worth, float), 10.0)
    assert (sellers.size, paid.size) == (0, 0)


def test_a_million_offers_are_packed_in_few_rows():
    rng = np.random.default_rng(0)
    worth, costs = rng.lognormal(size=1_000_000), rng.lognormal(size=1_000_000)
    sellers, paid = prune_and_pack.bought(costs, worth, 1e5)
    assert 0.999 * 1e5 < paid.sum() <= 1e5 * (1 + 1e-12)
    assert (paid >= costs[sellers]).all()
