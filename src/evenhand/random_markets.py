"""Do a mechanism's claims hold on many markets? Draw hard ones, and try to refute the claims on each.

Markets under a budget are drawn to be hard for a rule: lognormal and heavy-tailed ones, ties everywhere, free data,
nobody affordable, one dataset that dwarfs the rest. Markets that maximise welfare are drawn of several kinds: a few
estimates of means, mixtures, documents for a query, documents that interact. A claim is reported with its worst
market.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, cycle
from typing import Any

import numpy as np

from evenhand.errors import OfferError
from evenhand.markets import ExactProcurement, MeanEstimation, Mixture, Retrieval, Subsets
from evenhand.mechanisms import Mechanism
from evenhand.numerics import sampling
from evenhand.properties import certify
from evenhand.records import Array, Finding, Watch, shortly, unwatched

SELLERS_MAX = 12
BUDGETS = (1, 10, 100, 1_000, 100_000)

KINDS: dict[str, Callable[[np.random.Generator, int], tuple[Array, Array]]] = {
    "lognormal": lambda rng, n: (rng.lognormal(2, 1, n), rng.lognormal(8, 1, n)),
    "equal": lambda rng, n: (np.full(n, rng.integers(0, 30)), np.full(n, 1_000)),
    "heavy-tailed": lambda rng, n: (rng.pareto(0.6, n), 100 * rng.pareto(0.6, n)),
    "tied": lambda rng, n: (rng.choice([3, 3, 3, 4], n) * (worth := rng.choice([1, 2, 4, 6], n)), worth),
    "partly free": lambda rng, n: (rng.choice([0, 0, 5], n), rng.choice([0, 1, 500_000], n)),
    "unaffordable": lambda rng, n: (rng.choice([300, 10**9], n), rng.integers(1, 100, n)),
    "one giant": lambda rng, n: (rng.integers(1, 60, n), np.append(10**6, rng.integers(1, 10, n - 1))),
}
"""name -> draws (costs, worth) of so many sellers, for markets under a budget."""

Drawn = tuple[Any, Sequence[float]]
"""A market, and what its sellers report."""


def _estimates(rng: np.random.Generator) -> Drawn:
    buyers, sellers, dimensions = int(rng.integers(1, 4)), int(rng.integers(2, 6)), int(rng.integers(1, 4))
    shift = rng.choice([0.0, 1.0])
    market = MeanEstimation(
        rng.normal(shift, 1, (buyers, dimensions)), rng.normal(shift, 1, (sellers, dimensions)), rng.random(sellers)
    )
    return market, rng.uniform(0.1, 10, sellers).tolist()


def _mixture(rng: np.random.Generator) -> Drawn:
    sellers = int(rng.integers(3, 6))
    domain = str(rng.choice(["simplex", "orthant", "capped", "free"]))
    return Mixture(rng.normal(-1, 1.5, sellers), 2.0, domain=domain), rng.uniform(0.1, 5, sellers).tolist()


def _documents(rng: np.random.Generator) -> Drawn:
    sellers = int(rng.integers(2, 6))
    scores = rng.integers(-2, 11, sellers) / 8  # ties are likely, and every number is a short fraction
    return Retrieval(scores, k=int(rng.integers(1, 4))), (rng.integers(0, 9, sellers) / 8).tolist()


def _interacting_documents(rng: np.random.Generator) -> Drawn:
    sellers = int(rng.integers(2, 5))
    facts = rng.random((sellers, 4)) < 0.5
    weights = rng.integers(1, 9, 4) / 8
    covered = {
        chosen: float(weights[facts[list(chosen)].any(axis=0)].sum()) if chosen else 0.0
        for size in range(sellers + 1)
        for chosen in combinations(range(sellers), size)
    }
    return Subsets(covered.__getitem__, sellers, k=int(rng.integers(1, 4))), (rng.integers(0, 9, sellers) / 8).tolist()


WELFARE_KINDS: Mapping[str, Callable[[np.random.Generator], Drawn]] = {
    "mean estimation": _estimates,
    "mixture": _mixture,
    "retrieval": _documents,
    "interacting documents": _interacting_documents,
}
"""name -> draws a market that maximises welfare, and reports."""


def drawn(
    count: int, seed: int, *, budgets: Sequence[int] = BUDGETS, sellers_max: int = SELLERS_MAX
) -> Iterator[tuple[list[int], list[int], int]]:
    """Draw markets under a budget, of all kinds in turn: (costs, worth, budget), whole numbers.

    >>> [(len(costs), budget) for costs, worth, budget in drawn(2, seed=0, budgets=[60], sellers_max=1)]
    [(1, 60), (1, 60)]
    """
    rng = sampling.generator(seed, "markets")
    kinds = list(KINDS.values())
    for number in range(count):
        costs, worth = kinds[number % len(kinds)](rng, int(rng.integers(1, sellers_max + 1)))
        yield _whole(costs), _whole(worth), int(rng.choice(budgets))


def drawn_for(mechanism: Mechanism, count: int, seed: int) -> Iterator[Drawn]:
    """Draw markets on which a mechanism runs, of all kinds in turn."""
    if mechanism.rule:
        for costs, worth, budget in drawn(count, seed):
            yield ExactProcurement(worth, budget, mechanism.rule, whole=True), costs
        return
    rng = sampling.generator(seed, "welfare markets")
    kinds = cycle(WELFARE_KINDS.values())
    fitting = 0
    while fitting < count:
        market, reports = next(kinds)(rng)
        if _runs_on(mechanism, market):
            fitting += 1
            yield market, reports


def certify_on_drawn(mechanism: Mechanism, count: int, seed: int, watch: Watch = unwatched) -> list[Finding]:
    """Certify a mechanism on drawn markets; one finding a claim, for the worst market.

    >>> from evenhand.mechanisms import MECHANISMS
    >>> [finding.holds for finding in certify_on_drawn(MECHANISMS["proportional_share"], 20, seed=0)]
    [True, True, True]
    """
    found = []
    for number, (market, costs) in enumerate(drawn_for(mechanism, count, seed)):
        watch("certify", number, count)
        found.append(certify(mechanism, market, costs))
    watch("certify", count, count)
    return [_worst(findings) for findings in zip(*found, strict=True)]


def _runs_on(mechanism: Mechanism, market: Any) -> bool:
    try:
        mechanism.market(market)
    except OfferError:
        return False
    return True


def _worst(findings: Sequence[Finding]) -> Finding:
    worst = max(findings, key=lambda finding: finding.gap)
    tried = sum(finding.tried for finding in findings)
    failed = sum(not finding.holds for finding in findings)
    statement = (
        f"failed on {failed} of {len(findings)} markets, by up to {shortly(worst.gap)} units"
        if failed
        else f"held on all {len(findings)} markets, {tried} cases tried, largest gap 0"
    )
    return replace(worst, holds=not failed, tried=tried, statement=statement, evidence="searched")


def _whole(numbers: Array) -> list[int]:
    return [int(number) for number in np.rint(np.minimum(numbers, 1e12))]
