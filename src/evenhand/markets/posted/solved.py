"""What does the solver find for a buyer, and when may it be taken at its word? (programme.py)

With z_ij for "both i and j are bought", the buyer's problem [FairShare25, eqs. 1-2] is linear in 0/1 numbers,

    maximise    sum_i (a_i - p_i) x_i + sum_{i<j} w_ij z_ij    subject to    sum_i p_i x_i <= b,
    z_ij <= x_i, x_j  where w_ij > 0,       z_ij >= x_i + x_j - 1  where w_ij < 0,

and so is the highest price t at which one more dataset is bought (willingness.py):

    maximise t    subject to    t <= u(x + e) - p.x - (best net without),    t <= b - p.x.

HiGHS solves both in floats, and takes a number for whole that is within 10^-6 of it. So the sum it maximises is told to
a millionth of all its coefficients together, and so is t. What it finds is rounded to 0/1 and worked out again; a
bundle that only its tolerances let through is cut off and the programme solved again. Among whole numbers a bundle that
is better is better by one unit: where all coefficients together are up to 100,000 units, a millionth is a tenth of one,
and what the solver finds is the best. Where they are more, it only proposes.

Of equals the one with the last dataset is found by more programmes of the same kind, block by block from the last:
among bundles that are worth as much, maximise the block read as a binary number.
"""

from collections.abc import Iterator, Sequence
from math import inf

import numpy as np

from evenhand.markets.posted.dense import Dense
from evenhand.markets.posted.exactness import Number, is_whole
from evenhand.markets.posted.solver import Limits, links, solution
from evenhand.records import Array

TOLERANCE = 1e-6
"""How far from a whole number a 0/1 number may be."""
COEFFICIENTS_MAX = 10**5
"""Up to this sum of all coefficients the solver tells single units apart, five times over."""
SPENT_MAX = 2**50
"""Up to this sum of prices floats hold every sum exactly."""
BLOCK = 16
"""How many datasets are settled at once: a millionth of the coefficients together, 2^16, is less than a tenth."""
LESS = 0.5
"""Whole numbers that differ by less are equal."""


def trusted(problem: Dense, alone: Number = 0) -> bool:
    """Say whether what the solver finds is the best, to the unit."""
    if not is_whole(problem.gains, problem.pairs, problem.prices):
        return False
    return (
        abs(alone) + _coefficients(problem) <= COEFFICIENTS_MAX
        and float(problem.prices.astype(float).sum()) <= SPENT_MAX
    )


def best_found(problem: Dense, alone: Number = 0) -> tuple[list[int], float]:
    """Give the places of a bundle that is worth most, and a bound on what any is worth (`Dense.value`).

    Raises:
        OfferError: the solver fails.
    """
    (linear, limits, unit), exact = stated(problem, alone), trusted(problem, alone)
    free = int(problem.limited)
    spare = TOLERANCE * (free * unit + _coefficients(problem))
    best = list[int]()
    worth, bound, beside = problem.value(best, alone), -inf, 0 if problem.limited else alone
    for places, told in _tried(problem, linear, limits, free):
        bound = told * unit + beside
        found = problem.value(places, alone)
        if found > worth:
            best, worth = places, found
        if not exact or bound < worth + LESS:
            break
    return best, max(bound + spare, float(worth))


def last_of_equals(problem: Dense, best: list[int]) -> list[int]:
    """Of bundles that are worth as much take the one with the last dataset, then with the last but one, and so on."""
    linear, limits, _ = stated(problem)
    worth = problem.value(best)
    limits, fixed = limits.with_row(-linear, LESS - float(worth)), list[tuple[int, bool]]()
    for end in range(len(problem.gains), 0, -BLOCK):
        block = range(max(end - BLOCK, 0), end)
        binary = np.zeros(len(linear))
        binary[block] = 2.0 ** np.arange(len(block))
        for places, _ in _tried(problem, binary, limits, fixed=fixed):
            if problem.value(places) == worth:
                best = places
                break
        fixed += [(place, place in best) for place in block]
    return best


def stated(problem: Dense, alone: Number = 0) -> tuple[Array, Limits, float]:
    """Say what each number adds, within what limits, and in what unit what is maximised is counted.

    The numbers are one for each dataset, one for each pair that interacts and, where what is left of the room limits
    it, what is paid. Last among the limits are the room or, where it limits what is paid, the worth and the room.
    """
    first, second, weight = interacting(problem)
    linear, limits = (
        np.concatenate([problem.gains, weight]).astype(float),
        links(len(problem.gains), first, second, weight),
    )
    spent = np.append(problem.prices, np.zeros(len(weight))).astype(float)
    if not problem.limited:
        return linear, limits.with_row(spent, float(problem.room)), 1.0
    unit = max(np.abs(linear).max(initial=0), spent.max(initial=0), abs(float(alone))) or 1.0  # tolerances are absolute
    limits = limits.widened().with_row(np.append(-linear, unit), float(alone))
    return np.append(np.zeros(len(linear)), 1.0), limits.with_row(np.append(spent, unit), float(problem.room)), unit


def interacting(problem: Dense) -> tuple[Array, Array, Array]:
    """List the pairs that are worth something of their own together, and what."""
    weights = np.triu(problem.pairs, 1)
    first, second = np.nonzero(weights)
    return first, second, weights[first, second]


def _coefficients(problem: Dense) -> float:
    return float(np.abs(problem.gains.astype(float)).sum() + np.abs(np.triu(problem.pairs.astype(float))).sum())


def _tried(
    problem: Dense, linear: Array, limits: Limits, free: int = 0, fixed: Sequence[tuple[int, bool]] = ()
) -> Iterator[tuple[list[int], float]]:
    """Give bundles from the best down, and a bound on each and all that come after it.

    Those that are beyond the room by less than the solver notices are cut off, and those that were given.
    """
    count = len(problem.gains)
    rest = np.zeros(len(linear) - count)
    while (solved := solution(linear, limits, free, fixed)) is not None:
        chosen = solved[0][:count]
        affordable = problem.prices[chosen].sum() <= problem.room
        if affordable:
            yield np.flatnonzero(chosen).tolist(), solved[1]
        cut = np.where(chosen, 1.0, -1.0 if affordable else 0.0)
        limits = limits.with_row(np.append(cut, rest), float(chosen.sum() - 1))
