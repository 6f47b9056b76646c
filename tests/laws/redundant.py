"""Markets of data that overlap: each seller covers some elements of weight, and a set is worth what it covers."""

from itertools import product

import numpy as np


class Coverage:
    """What sets are worth, exact on whole weights: 0/1 masks (sets, n) -> (sets,)."""

    def __init__(self, covers, weights):
        self.covers, self.weights = np.asarray(covers, dtype=np.int64), np.asarray(weights, dtype=np.int64)

    def __call__(self, masks):
        return ((masks @ self.covers) > 0) @ self.weights

    def __repr__(self):
        return f"Coverage({self.covers.tolist()}, {self.weights.tolist()})"


class CoverageThatTells(Coverage):
    """The same, which says by itself what sellers add."""

    def added(self, bought, line):
        covered = self.covers[bought].any(axis=0)
        adds = []
        for seller in line:
            fresh = (self.covers[seller] > 0) & ~covered
            adds.append(int(fresh @ self.weights))
            covered |= fresh
        return np.array(adds, dtype=float)


KINDS = {
    "even": lambda rng, elements: rng.integers(1, 10, elements),
    "heavy-tailed": lambda rng, elements: np.minimum(1 + 10 * rng.pareto(0.8, elements), 1e6).astype(int),
    "one giant": lambda rng, elements: np.append(rng.integers(1, 4, elements - 1), 200),
}


def drawn_coverage(count, seed, *, sellers_max=8, budgets=(7, 60, 240)):
    """(costs, value, budget) in whole units: costs near to what data are worth, equal, free, or out of reach."""
    rng = np.random.default_rng(seed)
    kinds = list(KINDS.values())
    for number in range(count):
        sellers, elements = int(rng.integers(1, sellers_max + 1)), int(rng.integers(2, 13))
        covers = rng.random((sellers, elements)) < rng.choice([0.15, 0.3, 0.6])
        value = Coverage(covers, kinds[number % len(kinds)](rng, elements))
        budget = int(rng.choice(budgets))
        typical = budget / sellers * rng.choice([0.3, 1.0, 3.0])
        costs = rng.choice(
            [rng.lognormal(0, 0.7, sellers) * typical, np.full(sellers, typical), rng.choice([0, budget, 9e9], sellers)]
        )
        yield costs.astype(int).tolist(), value, budget


def small_coverage(sellers, elements, costs, budgets):
    """Every market on a grid, but for the order of sellers who cover the same; weights are 1, 2, 4 ..."""
    subsets = [row for row in product([0, 1], repeat=elements) if any(row)]
    for covers in product(subsets, repeat=sellers):
        value = Coverage(covers, [2**place for place in range(elements)])
        for cost, budget in product(product(costs, repeat=sellers), budgets):
            yield list(cost), value, budget


def best_value(costs, value, budget):
    """The most that an affordable set is worth, by trying them all."""
    masks = np.array(list(product([0, 1], repeat=len(costs))))
    affordable = masks[masks @ np.array(costs, dtype=object) <= budget]
    return int(value(affordable).max())
