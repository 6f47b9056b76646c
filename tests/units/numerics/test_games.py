"""Shapley and leave-one-out values against definitions written out by hand, and intervals against the truth."""

from fractions import Fraction
from itertools import permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evenhand.numerics import games, sampling


def table_of(players, seed):
    rng = np.random.default_rng(seed)
    values = rng.integers(-(10**6), 10**6, 2**players)
    values[0] = 0
    return [int(value) for value in values]


def by_definition(values, players):
    total = [Fraction(0)] * players
    for order in permutations(range(players)):
        mask = 0
        for player in order:
            total[player] += values[mask | 1 << player] - values[mask]
            mask |= 1 << player
    return [share / factorial(players) for share in total]


@pytest.mark.parametrize("players", range(1, 7))
def test_exact_shapley_is_the_average_over_all_orders(players):
    values = table_of(players, seed=players)
    assert [estimate.value for estimate in games.shapley(values)] == by_definition(values, players)


@given(st.integers(1, 8), st.integers(0, 10**6))
def test_exact_shapley_sums_to_the_value_of_everyone(players, seed):
    values = table_of(players, seed)
    assert sum(estimate.value for estimate in games.shapley(values)) == values[-1] - values[0]


def test_sixteen_players_cannot_overflow():
    sizes = games.subsets(16).sum(axis=1)
    values = [int(size) * 10**12 for size in sizes]
    assert {estimate.value for estimate in games.shapley(values)} == {10**12}


def test_leave_one_out_is_the_loss_when_a_player_leaves():
    masks = games.all_but_one(3)
    value = {(): 0, (0,): 3, (1,): 4, (2,): 5, (0, 1): 6, (0, 2): 7, (1, 2): 8, (0, 1, 2): 11}
    values = [value[tuple(np.flatnonzero(mask))] for mask in masks]
    assert [estimate.value for estimate in games.leave_one_out(values)] == [3, 4, 5]


def test_sampling_every_order_once_gives_the_exact_values():
    values = table_of(4, seed=9)
    orders = np.array(list(permutations(range(4))))
    asked = [values[int(mask @ (1 << np.arange(4)))] for mask in games.prefixes(orders)]
    exact = [estimate.value for estimate in games.shapley(values)]
    assert [estimate.value for estimate in games.sampled_shapley(asked, orders)] == exact


def test_sampled_values_sum_to_the_value_of_everyone_exactly():
    values = table_of(5, seed=3)
    orders = sampling.orders(5, 12, sampling.generator(1, "orders"))
    asked = [values[int(mask @ (1 << np.arange(5)))] for mask in games.prefixes(orders)]
    assert sum(estimate.value for estimate in games.sampled_shapley(asked, orders)) == values[-1]


def test_sampled_intervals_cover_the_exact_values_about_as_often_as_they_say():
    values = table_of(6, seed=11)
    exact = [estimate.value for estimate in games.shapley(values)]
    covered = tried = 0
    for seed in range(300):
        orders = sampling.orders(6, 40, sampling.generator(seed, "orders"))
        asked = [values[int(mask @ (1 << np.arange(6)))] for mask in games.prefixes(orders)]
        for estimate, truth in zip(games.sampled_shapley(asked, orders), exact, strict=True):
            covered += estimate.low <= truth <= estimate.high
            tried += 1
    assert 0.93 <= covered / tried <= 0.97


@pytest.mark.parametrize("freedom", [7, 9, 19, 49, 199])
def test_student_quantile_agrees_with_scipy(freedom):
    assert float(games._student(freedom)) == pytest.approx(stats.t.ppf(0.975, freedom), abs=2e-3)


def test_orders_are_permutations_and_never_change():
    orders = sampling.orders(5, 3, sampling.generator(7, "orders"))
    assert (np.sort(orders, axis=1) == np.arange(5)).all()
    assert orders.tolist() == [[3, 4, 1, 0, 2], [1, 0, 2, 4, 3], [2, 3, 1, 0, 4]]


def test_orders_are_uniform():
    orders = sampling.orders(3, 6_000, sampling.generator(5, "orders"))
    _, counts = np.unique(orders @ [9, 3, 1], return_counts=True)
    assert len(counts) == 6
    assert stats.chisquare(counts).pvalue > 0.001


@pytest.mark.parametrize("players", range(1, 7))
def test_shapley_values_of_floats_are_the_averages_over_all_orders(players):
    values = table_of(players, seed=players)
    wanted = [float(share) for share in by_definition(values, players)]
    np.testing.assert_allclose(games.shapley_of(np.array(values, dtype=float)), wanted, rtol=1e-9, atol=1e-6)


def test_shapley_values_of_exact_numbers_stay_exact():
    values = table_of(5, seed=2)
    thirds = np.array([Fraction(value, 3) for value in values], dtype=object)
    shares = games.shapley_of(thirds)
    assert shares.tolist() == [share / 3 for share in by_definition(values, 5)]
    assert games.shapley_of(np.array([0, 10**400], dtype=object)).tolist() == [10**400]


def test_shapley_values_of_many_games_are_those_of_each():
    tables = np.array([table_of(4, seed) for seed in range(6)], dtype=float)
    shares = games.shapley_of(tables.T)
    assert shares.shape == (4, 6)
    for game in range(6):
        np.testing.assert_allclose(shares[:, game], games.shapley_of(tables[game]))


def test_a_value_of_nobody_is_shared_by_nobody():
    values = np.array(table_of(4, seed=3), dtype=float)
    np.testing.assert_allclose(games.shapley_of(values + 7.0), games.shapley_of(values), atol=1e-6)


def test_a_table_that_is_no_power_of_two_is_impossible():
    with pytest.raises(AssertionError, match="one value a coalition"):
        games.shapley_of(np.zeros(6))
