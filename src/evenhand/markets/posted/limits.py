"""How is a choice of datasets put to the solver? As 0/1 numbers, a sum to be maximised and limits (programme.py)

HiGHS works in floats: it takes a limit as kept that is exceeded by a millionth of its largest coefficient, and stops
where nothing is better by a part in 10^10 of the largest number maximised. What it finds is worked out again by whoever
asked; how much better anything else can be is told with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from evenhand.records import Array

NOTHING = 2
"""What scipy answers where no numbers keep within the limits."""
SCALE = 1e4
"""The largest coefficient of what is maximised: the solver stops within 10^-6, absolutely."""


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
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    count = len(linear)
    kind, low, high = np.ones(count), np.zeros(count), np.ones(count)
    if free:
        kind[-free:], low[-free:], high[-free:] = 0, -inf, inf
    for place, value in fixed:
        low[place] = high[place] = value
    size = np.zeros(len(limits.most))
    np.maximum.at(size, limits.rows, np.abs(limits.values))
    size[size == 0] = 1  # a limit on nothing, as where all is free
    rows = csr_array((limits.values / size[limits.rows], (limits.rows, limits.columns)), (len(size), limits.width))
    scale = SCALE / (np.abs(linear).max() or 1.0)
    solved = milp(
        -linear * scale,
        integrality=kind,
        bounds=Bounds(low, high),
        constraints=LinearConstraint(rows, -inf, limits.most / size) if len(size) else (),
        options={"mip_rel_gap": 0},
    )
    if solved.status == NOTHING:
        return None
    assert solved.status == 0, f"every programme is bounded, and HiGHS said: {solved.message}"
    chosen: Array = solved.x > 0.5
    return chosen, max(-solved.fun, -solved.mip_dual_bound) / scale
