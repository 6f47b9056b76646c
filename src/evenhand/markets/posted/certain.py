"""Which bundle is certainly the best, where every dataset may interact with every other? By growing bundles (dense.py)

A first pass keeps few partial bundles and finds a good one, a second some more, and the last all that can still be
best: what is left then holds the best, and all that are as good. Among very many datasets most are settled before,
since no bundle with them, or none without them, can be as good as one that is known.
"""

from collections.abc import Sequence

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.markets.posted.dense import Dense, Grown, Shares
from evenhand.markets.posted.exactness import Number
from evenhand.markets.posted.growth import DATASETS_MAX, GROWN_MAX
from evenhand.markets.posted.shares import bounding
from evenhand.markets.posted.solver import REMEDY
from evenhand.records import Array

FEW = (1000, 30_000)
"""How many partial bundles the first passes keep at most."""


def certainly_best(problem: Dense, alone: Number = 0, known: Sequence[int] = (), most: int = GROWN_MAX) -> list[int]:
    """Give the places of the bundle that is worth most beyond its price; of equals the one with the last dataset.

    Where it is limited, the lesser of that and `alone` together and what is left of the room is the largest.

    Args:
        problem: the datasets.
        alone: what the lesser counts beside the bundle.
        known: an affordable bundle that is good, if there is one.
        most: how many partial bundles are kept at most.

    Raises:
        OfferError: too many bundles may be best.

    >>> pairs = np.array([[0, -9, 3], [-9, 0, 1], [3, 1, 0]])
    >>> certainly_best(Dense(np.array([5, 6, -2]), pairs, np.array([1, 1, 1]), room=2, limited=False))
    [0, 2]
    """
    best = max(problem.value(each, alone) for each in ((), known))
    rest, bundle, left = _settled(problem, alone, best)
    base = alone + rest.base
    shares = bounding(rest, float(base))
    grown, found = _grown(rest, base, best, shares, most)
    bits = int(grown.bits[found >= found.max() - problem.equal].max())
    return sorted([*bundle.tolist(), *(int(place) for at, place in enumerate(left) if bits >> at & 1)])


def at_most(problem: Dense) -> float:
    """Give a bound on what any bundle is worth beyond its price.

    >>> at_most(Dense(np.array([5, 6]), np.array([[0, -9], [-9, 0]]), np.array([1, 1]), room=2, limited=False)) >= 6
    True
    """
    shares = bounding(problem)
    return problem.at_most(shares) + problem.spared(shares.rate)


def _settled(problem: Dense, alone: Number, best: Number) -> tuple[Dense, Array, Array]:
    """Settle datasets until few enough are left: give the problem of these, what is bought for sure, and these."""
    rest, bundle, left = problem, np.zeros(0, np.int64), np.arange(len(problem.gains))
    while len(left) > DATASETS_MAX:
        base = alone + rest.base
        shares = bounding(rest, float(base))
        never, always = rest.settled(_least(rest, base, best, shares), shares)
        if not (never | always).any():
            found, bound = f"are {len(left)} that a best bundle may have or not", f"up to {DATASETS_MAX} may"
            raise OfferError(Problem("datasets", found, bound, REMEDY))
        bundle, left = np.append(bundle, left[always]), left[~(never | always)]
        rest = problem.beside(bundle, left)
    return rest, bundle, left


def _grown(rest: Dense, base: Number, best: Number, shares: Shares, most: int) -> tuple[Grown, Array]:
    """Grow all bundles that may be best, and give what each is worth."""
    for few in (*FEW, most):
        grown, all_kept = rest.reaching(_least(rest, base, best, shares), shares, few)
        found = rest.counted(base + grown.net, grown.spent)
        if all_kept:
            return grown, found
        best = found.max(initial=best)
    found, bound = f"are more than {most} that may become best", f"up to {most} are grown"
    raise OfferError(Problem("partial bundles", found, bound, REMEDY))


def _least(rest: Dense, base: Number, best: Number, shares: Shares) -> float:
    """Give what bundles must be able to reach, in g(x) + rate (room - spent), not to be worse than the best known."""
    spare = rest.equal + rest.spared(shares.rate, base)
    return float((1 + rest.limited * shares.rate) * best - base - spare)
