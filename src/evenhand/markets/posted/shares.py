"""How are the worths of pairs shared out, so that what is still to come is bounded best? By linear programme (dense.py)

Where parts of datasets may be bought, the buyer's problem is a linear programme, and its dual prices are the rate and
the shares that bound it best. They come in floats from HiGHS, through scipy, and need not be right: any bound.
"""

import numpy as np

from evenhand.markets.posted.dense import Dense, Shares
from evenhand.markets.posted.exactness import Number
from evenhand.markets.posted.solved import interacting, stated
from evenhand.markets.posted.solver import worth_of

PAIRS_MAX = 4000
"""Up to how many interacting pairs the linear programme is solved: in a few seconds."""
RATES = np.append(0.0, np.geomspace(1e-3, 1e3, 61))
"""What a unit of budget that is left may be worth, where nothing says so."""
RATE_MAX = 1e6
"""It is worth no more than that."""


def bounding(problem: Dense, alone: Number = 0) -> Shares:
    """Choose the rate and the shares that bound best what a bundle is worth (`Dense.value`)."""
    found = _dual(problem, alone) if np.count_nonzero(problem.pairs) <= 2 * PAIRS_MAX else None
    if found is not None:
        return found
    half = np.maximum(problem.pairs, 0) / 2
    tried = [Shares(rate, half) for rate in RATES]
    return min(tried, key=lambda each: (alone + problem.at_most(each)) / (1 + problem.limited * each.rate))


def _dual(problem: Dense, alone: Number) -> Shares | None:
    """Read them from the dual prices; None where the solver gives none."""
    first, second, weight = interacting(problem)
    linear, limits, _ = stated(problem, alone)
    dual = worth_of(linear, limits, int(problem.limited))
    if dual is None:
        return None
    adds, takes = weight > 0, weight < 0
    up, down = 2 * int(adds.sum()), int(takes.sum())
    part = 1.0  # how much of the average is the worth, where the room limits what is paid
    if problem.limited:
        part = max(dual[-2] / (dual[-2] + dual[-1]), 1 / RATE_MAX)
        dual = dual / (dual[-2] + dual[-1])
    either = dual[:up].reshape(-1, 2)
    share = np.divide(either[:, 0], either.sum(axis=1), out=np.full(up // 2, 0.5), where=either.sum(axis=1) > 0)
    parts = np.zeros(problem.pairs.shape)
    parts[first[adds], second[adds]] = share * weight[adds]
    parts[second[adds], first[adds]] = (1 - share) * weight[adds]
    taken = -np.minimum(dual[up : up + down] / part, -weight[takes])
    parts[first[takes], second[takes]] = parts[second[takes], first[takes]] = taken
    return Shares(float(min(dual[-1] / part, RATE_MAX)), parts)
