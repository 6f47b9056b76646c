"""The game that every estimator is given, in plain NumPy: what coalitions of a mean-estimation market are worth.

Nothing of Evenhand is imported here, so that it runs in a peer's own environment. So does `measure`, which finds how
long an estimator takes to a given error.
"""

import json
import statistics
import time

import numpy as np

SHARE = 0.03
"""The error aimed at: the mean absolute error over the sellers, as a share of the mean Shapley value."""

SEEDS = 7
"""How many runs a median error is taken of."""

SECONDS_MAX = 60.0
"""A way that needs longer than this for all its runs at one budget is given up."""

COALITIONS_AT_ONCE = 2_048


class Game:
    """Values of coalitions (coalitions, sellers) of a market in which everyone reports `costs`."""

    def __init__(self, path):
        market = np.load(path)
        self.means, self.costs, self.exact = market["seller_means"], market["costs"], market["exact"]
        self.diagonal = market["variances"] + self.costs
        self.gram = self.means @ self.means.T + np.diag(self.diagonal)
        self.wanted = self.means @ market["buyer_means"].T
        self.sellers = len(self.costs)
        self.asked = 0

    def __call__(self, coalitions):
        """Solve one system of equations a coalition, many at once; who is outside stands alone and wants nothing."""
        inside = np.atleast_2d(np.asarray(coalitions, dtype=bool))
        self.asked += len(inside)
        parts = [inside[start : start + COALITIONS_AT_ONCE] for start in range(0, len(inside), COALITIONS_AT_ONCE)]
        return np.concatenate([self.solve(part) for part in parts])

    def solve(self, inside):
        systems = np.where(inside[:, :, None] & inside[:, None, :], self.gram, np.eye(self.sellers))
        weights = np.linalg.solve(systems, self.wanted * inside[:, :, None])
        return (weights * (self.wanted + self.costs[:, None] * weights)).sum(axis=(1, 2))

    def error(self, values):
        """Give the mean absolute error as a share of the mean value."""
        return float(np.abs(np.asarray(values) - self.exact).mean() / np.abs(self.exact).mean())


def by_plain_numpy(game, budget, seed):
    """Average contributions over orders, all prefixes of 64 orders valued at once."""
    rng, sellers = np.random.default_rng(seed), game.sellers
    orders = max(2, budget // sellers)
    total = np.zeros(sellers)
    for start in range(0, orders, 64):
        some = min(64, orders - start)
        arrival = rng.permuted(np.tile(np.arange(sellers), (some, 1)), axis=1)  # when each seller arrives
        grown = arrival[:, None, :] <= np.arange(sellers)[None, :, None]
        gains = np.diff(game(grown.reshape(-1, sellers)).reshape(some, sellers), axis=1, prepend=0.0)
        total += np.take_along_axis(gains, arrival, axis=1).sum(axis=0)
    return total / orders


def measure(game, estimators):
    """Find for each estimator the least budget whose median error is within `SHARE`, nearly; print a line of JSON each.

    A budget is raised by what an error that falls with its square root needs, and by a fifth at least.

    Args:
        game: the `Game`.
        estimators: name -> function of (game, budget, seed) that gives the values.
    """
    for name, estimate in estimators.items():
        budget = 256
        while True:
            tried = attempt(game, estimate, budget)
            if tried["error"] <= SHARE or tried["seconds"] * SEEDS > SECONDS_MAX:
                break
            budget = int(budget * max(1.2, min(8.0, 0.8 * (tried["error"] / SHARE) ** 2)))
        print(json.dumps({"way": name, "reached": tried["error"] <= SHARE, **tried}), flush=True)


def attempt(game, estimate, budget):
    """Give the median error, seconds and coalitions asked for of several runs."""
    errors, taken, asked = [], [], []
    for seed in range(SEEDS):
        game.asked, start = 0, time.perf_counter()
        values = estimate(game, budget, seed)
        taken.append(time.perf_counter() - start)
        asked.append(game.asked)
        errors.append(game.error(values))
    middle = statistics.median
    return {"error": middle(errors), "seconds": middle(taken), "coalitions": int(middle(asked))}
