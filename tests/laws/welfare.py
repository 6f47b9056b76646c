"""Random continuous markets of every kind with closed forms, and what the laws compare them with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cvxpy as cp
import numpy as np

from evenhand import markets

Rng = np.random.Generator


@dataclass(frozen=True)
class Case:
    """A market, reports, and the same market among some of the sellers only."""

    kind: str
    seed: int
    market: Any
    costs: np.ndarray
    among: Callable[[np.ndarray], Any]

    def __str__(self):
        return f"{self.kind} market of seed {self.seed}, costs {self.costs.tolist()}"


def cases(kind, count, seed=0, sellers=(1, 7)):
    """Draw markets of a kind; each has a seed of its own, so that any of them can be drawn alone."""
    for number in range(seed, seed + count):
        rng = np.random.default_rng([number, *kind.encode()])
        market, costs, among = KINDS[kind](rng, int(rng.integers(*sellers)))
        yield Case(kind, number, market, costs, among)


def largest(payments):
    """Give the largest payment of a market: what errors are measured by."""
    return max(float(np.abs(payments).max(initial=0.0)), 1e-300)


# -- mean estimation --------------------------------------------------------------------------------------------------


def _mean(buyers, sellers, variances, costs):
    def among(kept):
        return markets.MeanEstimation(buyers, sellers[kept], variances[kept])

    return markets.MeanEstimation(buyers, sellers, variances), costs, among


def _dense(rng, sellers):
    dimensions = int(rng.integers(sellers // 2 + 1, 9))
    return _drawn_mean(rng, sellers, dimensions)


def _low_rank(rng, sellers):
    return _drawn_mean(rng, max(sellers, 2), int(rng.integers(1, max(sellers, 2) // 2 + 1)))


def _drawn_mean(rng, sellers, dimensions, center=0.0, scale=1.0):
    buyers = rng.normal(center, 1.0, (int(rng.integers(1, 4)), dimensions))
    means = rng.normal(center, 1.0, (sellers, dimensions)) * scale
    return _mean(buyers, means, rng.uniform(0.05, 1.0, sellers), rng.lognormal(0.0, 1.5, sellers))


def _like_minded(rng, sellers):
    """Everyone is near one mean: near duplicates, and weights of either sign."""
    return _drawn_mean(rng, sellers, int(rng.integers(1, 6)), center=2.0)


def _without_data(rng, sellers):
    """Some sellers have a mean of 0, which is worth nothing to anyone."""
    _, costs, among = _drawn_mean(rng, sellers, int(rng.integers(1, 6)))
    whole = among(np.arange(sellers))
    means = whole.seller_means * (rng.random(sellers) < 0.5)[:, None]
    return _mean(whole.buyer_means, means, whole.variances, costs)


def _duplicates(rng, sellers):
    """The first two sellers are one and the same."""
    _, costs, among = _drawn_mean(rng, max(sellers, 2), int(rng.integers(1, 6)))
    twins = np.arange(max(sellers, 2))
    twins[1] = 0
    whole = among(twins)
    return _mean(whole.buyer_means, whole.seller_means, whole.variances, costs[twins])


# -- mixtures ---------------------------------------------------------------------------------------------------------


def _mixture(effects, scale, offset, domain, costs):
    def among(kept):
        return markets.Mixture(effects[..., kept], scale, offset, domain)

    return among(np.arange(len(costs))), costs, among


def _one_task(domain):
    def draw(rng, sellers):
        count = max(sellers, 2)
        effects = rng.normal(-0.5, 1.0, count)
        if rng.random() < 0.2:
            effects[1] = effects[0]
        costs = np.exp(rng.uniform(np.log(0.02), np.log(5), count))
        return _mixture(effects, float(rng.lognormal()), float(rng.normal()), domain, costs)

    return draw


def _tasks(domain):
    def draw(rng, sellers):
        count, tasks = max(sellers, 2), int(rng.integers(2, 4))
        effects = rng.normal(-0.3, 1.0, (tasks, count))
        costs = np.exp(rng.uniform(np.log(0.05), np.log(5), count))
        return _mixture(effects, rng.lognormal(size=tasks), rng.normal(size=tasks), domain, costs)

    return draw


def cvx_mean_estimation(buyers, sellers, variances):
    """The mean-estimation market as a user would write it in cvxpy."""
    weights = cp.Variable((len(buyers), len(sellers)))
    losses = [
        cp.sum_squares(sellers.T @ weights[i] - mean) + variances @ cp.square(weights[i])
        for i, mean in enumerate(buyers)
    ]
    quantities = [cp.sum_squares(weights[:, j]) for j in range(len(sellers))]
    return markets.Convex(weights, [-loss for loss in losses], quantities)


def cvx_mixture(effects, scale, domain):
    """The mixture as a user would write it in cvxpy; effects (tasks, sellers), scale (tasks,)."""
    weights = cp.Variable(effects.shape[1], nonneg=domain != "free")
    sums = {"simplex": [cp.sum(weights) == 1], "capped": [cp.sum(weights) <= 1], "orthant": [], "free": []}
    quantities = [cp.square(weights[j]) for j in range(effects.shape[1])]
    return markets.Convex(weights, [-scale @ cp.exp(effects @ weights)], quantities, sums[domain])


MEANS = {
    "dense": _dense,
    "low rank": _low_rank,
    "like-minded": _like_minded,
    "without data": _without_data,
    "duplicates": _duplicates,
}
DOMAINS = ("simplex", "capped", "orthant", "free")
MIXTURES = {domain: _one_task(domain) for domain in DOMAINS}
TASKS = {f"{domain}, tasks": _tasks(domain) for domain in DOMAINS}
KINDS = MEANS | MIXTURES | TASKS


def column_zeroing_is_feasible(kind):
    """Say whether a seller's data could vanish and nothing else change: not where weights sum to 1."""
    return not kind.startswith("simplex")
