"""How is a choice of datasets put to the solver? As 0/1 numbers, a sum to be maximised and limits (programme.py)

HiGHS works in floats: it takes a limit as kept that is exceeded by a millionth of its largest coefficient, and stops
where nothing is better by a part in 10^10 of the largest number maximised. What it finds is worked out again by whoever
asked; how much better anything else can be is told with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem, shown
from evenhand.records import Array

NOTHING = 2
"""What scipy answers where no numbers keep within the limits."""
SCALE = 1e4
"""The largest coefficient of what is maximised: the solver stops within 10^-6, absolutely."""

REMEDY = 'Count in a larger unit, put at most 20 datasets on sale, or buy with method="greedy", which gives a bound.'


@dataclass(frozen=True)
class Limits:
    """Linear inequalities: the sum of values[k] x[columns[k]] over the k with rows[k] = r stays within most[r]."""

    width: int
    rows: Array
    columns: Array
    values: Array
    most: Array

    def with_row(self, row: Array, most: float) -> "Limits":
        """Add an inequality."""
        columns = np.flatnonzero(row)
        return Limits(
            self.width,
            np.append(self.rows, np.full(len(columns), len(self.most))),
            np.append(self.columns, columns),
            np.append(self.values, row[columns]),
            np.append(self.most, most),
        )

    def widened(self) -> "Limits":
        """Add a number that no inequality speaks of yet."""
        return replace(self, width=self.width + 1)


def links(count: int, first: Array, second: Array, weight: Array) -> Limits:
    """Tie each pair to its two datasets, from above where it adds and from below where it takes away."""
    pairs = count + np.arange(len(weight))
    adds, takes = weight > 0, weight < 0
    up, down = int(adds.sum()), int(takes.sum())
    above, below = np.arange(2 * up), 2 * up + np.arange(down)
    ends = np.column_stack([first[adds], second[adds]]).ravel()
    return Limits(
        count + len(weight),
        np.concatenate([above, above, below, below, below]),
        np.concatenate([np.repeat(pairs[adds], 2), ends, pairs[takes], first[takes], second[takes]]),
        np.concatenate([np.ones(2 * up), -np.ones(2 * up), -np.ones(down), np.ones(2 * down)]),
        np.concatenate([np.zeros(2 * up), np.ones(down)]),
    )


def solution(
    linear: Array, limits: Limits, free: int, fixed: Sequence[tuple[int, bool]] = ()
) -> tuple[Array, float] | None:
    """Say which of the 0/1 numbers are 1 where the sum is largest, and a bound on the sum; None if nothing is allowed.

    The last `free` numbers may be anything; those fixed are given with what they are.

    Raises:
        OfferError: the solver fails.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    low, high = _between(limits.width, free)
    kind = np.ones(limits.width)
    kind[limits.width - free :] = 0
    for place, value in fixed:
        low[place] = high[place] = value
    size, scale = _sizes(limits), _scale(linear)
    solved = milp(
        -linear * scale,
        integrality=kind,
        bounds=Bounds(low, high),
        constraints=LinearConstraint(_rows(limits), -inf, limits.most / size) if len(size) else (),
        options={"mip_rel_gap": 0},
    )
    if solved.status == NOTHING:
        return None
    if solved.status != 0:
        found, bound = f"was not solved: {shown(solved.message)}", "the solver finds an end"
        raise OfferError(Problem("integer programme", found, bound, REMEDY))
    chosen: Array = solved.x > 0.5
    return chosen, max(-solved.fun, -solved.mip_dual_bound) / scale


def worth_of(linear: Array, limits: Limits, free: int) -> Array | None:
    """Give what one more of each limit is worth where the numbers may be anything from 0 to 1; None if nothing says so.

    The last `free` numbers may be anything.
    """
    from scipy.optimize import linprog

    if not limits.width:
        return None
    size, scale = _sizes(limits), _scale(linear)
    bounds = np.column_stack(_between(limits.width, free))
    solved = linprog(-linear * scale, _rows(limits), limits.most / size, bounds=bounds, method="highs")
    return np.maximum(-solved.ineqlin.marginals, 0) / size / scale if solved.status == 0 else None


def _between(width: int, free: int) -> tuple[Array, Array]:
    low, high = np.zeros(width), np.ones(width)
    low[width - free :], high[width - free :] = -inf, inf
    return low, high


def _scale(linear: Array) -> float:
    return SCALE / float(np.abs(linear).max(initial=0) or 1.0)


def _sizes(limits: Limits) -> Array:
    """The largest coefficient of each limit; 1 for a limit on nothing, as where all is free."""
    size = np.zeros(len(limits.most))
    np.maximum.at(size, limits.rows, np.abs(limits.values))
    size[size == 0] = 1
    return size


def _rows(limits: Limits) -> Any:
    from scipy.sparse import csr_array

    values = limits.values / _sizes(limits)[limits.rows]
    return csr_array((values, (limits.rows, limits.columns)), (len(limits.most), limits.width))
