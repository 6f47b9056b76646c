"""What does each player of a cooperative game add? Leave-one-out and Shapley values, exact from integer values.

A game is a table of coalition values V(S), integers (millionths), with V(empty) given. The leave-one-out value is
V(N) - V(N without j). The Shapley value [Shapley53] is the average of V(S with j) - V(S) over all orders in which the
players may arrive, S being those who came before j:

    phi_j = sum over S without j of |S|! (n-|S|-1)! / n! (V(S with j) - V(S)).

Integers in, fractions out: nothing is rounded here, so phi sums to V(N) - V(empty) exactly. A sampled Shapley value is
the mean over drawn orders with a 95 % interval of its sampling error, in integer arithmetic as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

Masks = NDArray[np.bool_]

_Z = Fraction(1_959_964, 1_000_000)
"""97.5 % quantile of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with the 95 % interval of its sampling error; low = value = high where nothing was sampled."""

    value: Fraction
    low: Fraction
    high: Fraction


def subsets(players: int) -> Masks:
    """List every coalition: (2^players, players); row k holds player j where bit j of k is set.

    >>> subsets(2).astype(int)
    array([[0, 0], [1, 0], [0, 1], [1, 1]])
    """
    rows = np.arange(2**players, dtype=np.int64)[:, None]
    held: Masks = (rows >> np.arange(players)) & 1 == 1
    return held


def all_but_one(players: int) -> Masks:
    """List the coalitions that leave-one-out asks for: nobody, all, then all without player 0, 1, ..."""
    return np.vstack([np.zeros((1, players), bool), np.ones((1, players), bool), ~np.eye(players, dtype=bool)])


def prefixes(orders: NDArray[np.int64]) -> Masks:
    """List nobody, then for each order the coalition after each arrival: (1 + count * players, players)."""
    count, players = orders.shape
    arrival = np.argsort(orders, axis=1)  # arrival[t, j]: when player j arrives
    grown = arrival[:, None, :] <= np.arange(players)[None, :, None]
    return np.vstack([np.zeros((1, players), bool), grown.reshape(count * players, players)])


def leave_one_out(values: Sequence[int]) -> tuple[Interval, ...]:
    """Give what is lost when a player leaves; `values` in the order of `all_but_one`.

    >>> [float(e.value) for e in leave_one_out([0, 10, 7, 9])]
    [3.0, 1.0]
    """
    _, everyone, *without = values
    return tuple(_certain(Fraction(everyone - value)) for value in without)


def shapley_weights(players: int) -> tuple[Fraction, ...]:
    """Weigh what a player adds to a coalition by its size 0, ..., n-1: |S|! (n-|S|-1)! / n! = 1 / (n C(n-1, |S|)).

    >>> [str(weight) for weight in shapley_weights(3)]
    ['1/3', '1/6', '1/3']
    """
    return tuple(Fraction(1, players * comb(players - 1, size)) for size in range(players))


def shapley(values: Sequence[int]) -> tuple[Interval, ...]:
    """Give the exact Shapley values; `values` in the order of `subsets`.

    The marginal contributions are summed by coalition size first, in 64-bit integers (2^16 values of at most 2^40
    cannot overflow), and weighted as fractions afterwards.

    >>> [str(e.value) for e in shapley([0, 1, 1, 4])]
    ['2', '2']
    """
    table = np.asarray(values, dtype=np.int64)
    players = len(table).bit_length() - 1
    assert len(table) == 2**players, "one value a coalition"
    rows = np.arange(len(table))
    sizes = np.bitwise_count(rows.astype(np.uint64)).astype(np.int64)
    weights = shapley_weights(players)
    result = []
    for player in range(players):
        absent = rows[rows >> player & 1 == 0]
        sums = np.zeros(players, dtype=np.int64)
        np.add.at(sums, sizes[absent], table[absent | 1 << player] - table[absent])
        weighted = (weight * int(total) for weight, total in zip(weights, sums, strict=True))
        result.append(_certain(sum(weighted, Fraction(0))))
    return tuple(result)


def shapley_of(table: NDArray[Any]) -> NDArray[Any]:
    """Give the Shapley values of a game of any numbers: floats, or exact ones as objects; nothing is rounded.

    Args:
        table: (2^players,) values in the order of `subsets`, or (2^players, games).

    Returns:
        (players,), or (players, games).

    >>> shapley_of(np.array([0.0, 1.0, 1.0, 4.0]))
    array([2., 2.])
    """
    players = len(table).bit_length() - 1
    assert len(table) == 2**players, "one value a coalition"
    rows = np.arange(len(table))
    sizes = np.bitwise_count(rows.astype(np.uint64)).astype(np.int64)
    weights = np.array(shapley_weights(players), dtype=object if table.dtype == object else np.float64)
    values = []
    for player in range(players):
        absent = rows[rows >> player & 1 == 0]
        gains = table[absent | 1 << player] - table[absent]
        values.append(weights[sizes[absent]] @ gains)
    return np.array(values)


def sampled_shapley(values: Sequence[int], orders: NDArray[np.int64]) -> tuple[Interval, ...]:
    """Interval Shapley values from drawn orders; `values` in the order of `prefixes`.

    The mean of a player's contributions over the orders is unbiased, and the means sum to V(N) - V(empty) exactly. The
    interval is mean +- t s / sqrt(count) with the 97.5 % quantile t of Student's distribution (`_student`).
    """
    return tuple(mean_with_interval(column.tolist()) for column in contributions(values, orders).T)


def contributions(values: Sequence[int], orders: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give what each player adds in each drawn order: (count, players); `values` in the order of `prefixes`.

    >>> contributions([0, 10, 14, 5, 14], np.array([[0, 1], [1, 0]]))
    array([[10,  4],
           [ 9,  5]])
    """
    count, players = orders.shape
    grown = np.asarray(values[1:], dtype=np.int64).reshape(count, players)
    gains = np.diff(grown, axis=1, prepend=np.int64(values[0]))
    return np.take_along_axis(gains, np.argsort(orders, axis=1), axis=1)


def _certain(value: Fraction) -> Interval:
    return Interval(value, value, value)


def mean_with_interval(draws: Sequence[int]) -> Interval:
    """Give the mean of independent draws, exact, with its 95 % interval: mean +- t s / sqrt(count).

    >>> [float(bound) for bound in (mean_with_interval([1, 2, 3] * 40).value, mean_with_interval([2, 2]).high)]
    [2.0, 2.0]
    """
    count = len(draws)
    assert count > 1, "an interval needs two draws"
    mean = Fraction(sum(draws), count)
    variance_of_mean = (sum(draw * draw for draw in draws) - count * mean * mean) / (count * (count - 1))
    half = _student(count - 1) * _root(variance_of_mean)
    return Interval(mean, mean - half, mean + half)


def _root(square: Fraction) -> Fraction:
    """Take the square root, rounded up to a 10^-6th: an interval may be too wide by that, never too narrow."""
    scaled = square * 10**12
    return Fraction(isqrt(scaled.numerator // scaled.denominator) + (scaled > 0), 10**6)


def _student(freedom: int) -> Fraction:
    """Give Student's 97.5 % quantile by its expansion in 1/freedom (Cornish-Fisher), in exact arithmetic.

    Within 0.002 from 6 degrees of freedom on; below that it is too small.

    >>> round(float(_student(9)), 3), round(float(_student(199)), 3)
    (2.262, 1.972)
    """
    z = _Z
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )
