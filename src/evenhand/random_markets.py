"""Do a mechanism's claims hold on many markets? Draw hard ones, and try to refute the claims on each.

The markets are drawn to be hard for a rule: lognormal and heavy-tailed ones, ties everywhere, free data, nobody
affordable, one dataset that dwarfs the rest. A claim is reported with its worst market.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from evenhand.markets import ExactProcurement
from evenhand.mechanisms import Mechanism
from evenhand.numerics import sampling
from evenhand.properties import certify
from evenhand.records import Array, Finding, Watch, unwatched

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
"""name -> draws (costs, worth) of so many sellers."""


def drawn(
    count: int, seed: int, *, budgets: Sequence[int] = BUDGETS, sellers_max: int = SELLERS_MAX
) -> Iterator[tuple[list[int], list[int], int]]:
    """Draw markets of all kinds in turn: (costs, worth, budget), whole numbers.

    >>> [(len(costs), budget) for costs, worth, budget in drawn(2, seed=0, budgets=[60], sellers_max=1)]
    [(1, 60), (1, 60)]
    """
    rng = sampling.generator(seed, "markets")
    kinds = list(KINDS.values())
    for number in range(count):
        costs, worth = kinds[number % len(kinds)](rng, int(rng.integers(1, sellers_max + 1)))
        yield _whole(costs), _whole(worth), int(rng.choice(budgets))


def certify_on_drawn(mechanism: Mechanism, count: int, seed: int, watch: Watch = unwatched) -> list[Finding]:
    """Certify a mechanism on drawn markets in whole units; one finding a claim, for the worst market.

    >>> from evenhand.mechanisms import MECHANISMS
    >>> [finding.holds for finding in certify_on_drawn(MECHANISMS["proportional_share"], 20, seed=0)]
    [True, True, True]
    """
    found = []
    for number, (costs, worth, budget) in enumerate(drawn(count, seed)):
        watch("certify", number, count)
        found.append(certify(mechanism, ExactProcurement(worth, budget, mechanism.rule, whole=True), costs))
    watch("certify", count, count)
    return [_worst(findings) for findings in zip(*found, strict=True)]


def _worst(findings: Sequence[Finding]) -> Finding:
    worst = max(findings, key=lambda finding: finding.gap)
    tried = sum(finding.tried for finding in findings)
    failed = sum(not finding.holds for finding in findings)
    statement = (
        f"failed on {failed} of {len(findings)} markets, by up to {worst.gap} units"
        if failed
        else f"held on all {len(findings)} markets, {tried} cases tried, largest gap 0"
    )
    return replace(worst, holds=not failed, tried=tried, statement=statement, evidence="searched")


def _whole(numbers: Array) -> list[int]:
    return [int(number) for number in np.rint(np.minimum(numbers, 1e12))]
