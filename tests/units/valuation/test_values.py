"""Values of datasets from values of coalitions: pools, quantisation, sampling, and learners that misbehave."""

from fractions import Fraction

import numpy as np
import pytest

from evenhand.errors import StoreError
from evenhand.valuation import estimates, evaluate, expected, pools

ASKED = {"permutations": 50, "seed": 3}


def additive(weights):
    """A game in which everyone adds a fixed amount; every method must find it."""
    return lambda masks: masks @ np.asarray(weights, dtype=float)


def diminishing(masks):
    """V = size / (1 + size): the more there are, the less each adds."""
    size = masks.sum(axis=1)
    return size / (1.0 + size)


def alone(players):
    return tuple((player,) for player in range(players))


@pytest.mark.parametrize("method", ["shapley", "leave_one_out"])
@pytest.mark.parametrize("players", [1, 3, 8])
def test_an_additive_game_gives_everyone_what_they_add(method, players):
    weights = [Fraction(k + 1, 100) for k in range(players)]
    found = evaluate(additive([float(w) for w in weights]), alone(players), method=method, **ASKED)
    assert [estimate.value for estimate in estimates(found, seed=3)] == weights


def test_above_sixteen_players_orders_are_drawn_and_an_additive_game_is_still_exact():
    weights = [(k + 1) / 1000 for k in range(20)]
    found = evaluate(additive(weights), alone(20), method="shapley", **ASKED)
    assert found.permutations == 50
    assert len(found.values) == expected("shapley", 20, 50) == 1 + 50 * 20
    assert [float(e.value) for e in estimates(found, seed=3)] == pytest.approx(weights, abs=1e-6)


def test_sixteen_players_are_exact():
    found = evaluate(diminishing, alone(16), method="shapley", **ASKED)
    assert found.permutations == 0
    assert len({estimate.value for estimate in estimates(found, seed=3)}) == 1


def test_sampled_intervals_hold_the_value_of_a_symmetric_game():
    found = evaluate(diminishing, alone(18), method="shapley", permutations=200, seed=5)
    truth = Fraction(18, 19) / 18
    inside = [estimate.low <= truth <= estimate.high for estimate in estimates(found, seed=5)]
    assert sum(inside) >= 15
    assert all(estimate.low < estimate.high for estimate in estimates(found, seed=5))


def test_copies_are_one_player_and_share_its_value():
    groups = pools(["sha:a", "sha:b", "sha:a"])
    found = evaluate(additive([0.04, 0.01]), groups, method="shapley", **ASKED)
    assert [estimate.value for estimate in estimates(found, seed=3)] == [
        Fraction(2, 100),
        Fraction(1, 100),
        Fraction(2, 100),
    ]


def test_values_are_quantised_half_to_even_once():
    found = evaluate(additive([0.0000005, 0.0000015]), alone(2), method="leave_one_out", **ASKED)
    assert found.values[1:] == (2, 2, 0)


def test_batches_do_not_change_the_values():
    calls = []

    def game(masks):
        calls.append(len(masks))
        return diminishing(masks)

    found = evaluate(game, alone(13), method="shapley", **ASKED)
    assert sum(calls) == 2**13
    assert len(calls) > 1
    size = np.array([bin(k).count("1") for k in range(2**13)])
    assert found.values == tuple(np.rint(size / (1 + size) * 10**6).astype(int).tolist())


@pytest.mark.parametrize(
    ("game", "message"),
    [
        (lambda masks: np.full(len(masks), np.nan), "not a finite number"),
        (lambda masks: np.full(len(masks), 0.5), "values nobody's data at 0.5"),
    ],
)
def test_a_learner_that_misbehaves_is_named(game, message):
    with pytest.raises(ValueError, match=message):
        evaluate(game, alone(2), method="shapley", **ASKED)


def test_orders_of_another_seed_are_noticed():
    found = evaluate(diminishing, alone(17), method="shapley", **ASKED)
    with pytest.raises(StoreError, match="names orders sha256:"):
        estimates(found, seed=4)
