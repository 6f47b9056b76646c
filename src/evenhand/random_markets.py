"""Do a mechanism's claims hold on many markets? Draw hard ones, and try to refute the claims on each.

Markets under a budget are drawn to be hard for a rule: lognormal and heavy-tailed ones, ties everywhere, free data,
nobody affordable, one dataset that dwarfs the rest, a seller alone, small whole numbers that meet at every boundary;
with a pool of shares where a mechanism settles in them; and with data that overlap where a rule buys sets. Markets that
maximise welfare are drawn of several kinds: a few estimates of means, mixtures, documents for a query, documents that
interact.

A claim is reported with its worst market, and which draw of which seed that was. Where a mechanism is known not to keep
a claim, its own counterexample, small enough to check by hand, is tried first and shown.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, cycle
from typing import Any

import numpy as np

from evenhand.errors import OfferError
from evenhand.markets import ExactProcurement, MeanEstimation, Mixture, Retrieval, Subsets
from evenhand.markets.procurement.rules import RULES
from evenhand.mechanisms import Mechanism
from evenhand.numerics import sampling
from evenhand.properties import certify, gap_told
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
    "small grid": lambda rng, n: (rng.integers(0, 8, n), rng.integers(0, 4, n)),
    "alone": lambda rng, n: (rng.integers(0, 120, 1), rng.integers(0, 5, 1)),
}
"""name -> draws (costs, worth) of so many sellers, for markets under a budget."""

TRIED_MAX = 100
"""So much is tried on each market of what groups may do, and under other names."""

LIQUIDITIES = (None, Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(1))

NUMBERS = (
    "worth",
    "budget",
    "pool",
    "liquidity",
    "mass",
    "scores",
    "k",
    "effects",
    "scale",
    "domain",
    "buyer_means",
    "seller_means",
    "variances",
)
"""What a market is made of, and told of it."""

VALUED_MAX = 6
"""With so many sellers at most the value of every set is told, where values of sets are what a market is made of."""

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
    if mechanism.procures:
        yield from _under_a_budget(mechanism, count, seed)
        return
    rng = sampling.generator(seed, "welfare markets")
    kinds = cycle(WELFARE_KINDS.values())
    fitting = 0
    while fitting < count:
        market, reports = next(kinds)(rng)
        if _runs_on(mechanism, market):
            fitting += 1
            yield market, reports


def _under_a_budget(mechanism: Mechanism, count: int, seed: int) -> Iterator[Drawn]:
    """Draw procurements in whole units; every other one of data that overlap, where the rule buys sets."""
    rng = sampling.generator(seed, "what goes with markets")
    of_sets = any(RULES[each.rule].of_sets for each in mechanism.each if each.rule)
    for number, (costs, worth, budget) in enumerate(drawn(count, seed)):
        if of_sets and number % 2:
            yield _overlapping(rng, budget)
        else:
            yield ExactProcurement(worth, budget, whole=True, **_shares(mechanism, rng, budget, sum(worth))), costs


def _shares(mechanism: Mechanism, rng: np.random.Generator, budget: int, worth: int) -> dict[str, Any]:
    """Draw a pool of shares for a mechanism that settles in them, its mass published: no less than all worth there is.

    Where it is not, who withholds data shrinks what the pool is divided over, and gains.
    """
    if not mechanism.in_shares:
        return {}
    return {
        "pool": int(rng.integers(1, 2 * budget + 1)),
        "liquidity": LIQUIDITIES[int(rng.integers(len(LIQUIDITIES)))],
        "mass": max(worth * int(rng.integers(1, 3)), 1),
    }


def _overlapping(rng: np.random.Generator, budget: int) -> Drawn:
    """Draw a procurement of data that cover some of six topics each."""
    sellers = int(rng.integers(1, 6))
    covers, weights = rng.random((sellers, 6)) < 0.4, rng.integers(1, 9, 6)

    def value(masks: Array) -> Array:
        return np.asarray(((np.asarray(masks) @ covers) > 0) @ weights)

    costs = rng.integers(0, budget + 2, sellers) // int(rng.integers(1, 4))
    return ExactProcurement(None, budget, whole=True, value=value, n=sellers), costs.tolist()


def certify_on_drawn(
    mechanism: Mechanism, count: int, seed: int, watch: Watch = unwatched, *, claims: Sequence[str] | None = None
) -> list[Finding]:
    """Certify a mechanism on drawn markets; one finding a claim, for its counterexample or the worst market.

    The market that is shown can be drawn again: it is the last of `drawn_for(mechanism, number, seed)`, with the
    `number` and the `seed` that stand in `finding.market`.

    Args:
        mechanism: a row of `MECHANISMS`.
        count: how many markets are drawn.
        seed: decides them.
        watch: told how many are done, as the stage "certify".
        claims: as of `certify`.

    >>> from evenhand.mechanisms import MECHANISMS
    >>> row = MECHANISMS["proportional_share"]
    >>> [finding.holds for finding in certify_on_drawn(row, 20, seed=0, claims=["truthful", "within_budget"])]
    [True, True]
    """
    asked = (*mechanism.claims, *mechanism.refuted) if claims is None else tuple(claims)
    known = {claim: _certified(mechanism, *market, [claim]) for claim, market in mechanism.counterexamples.items()}
    found: dict[str, list[Finding]] = {claim: [*known.get(claim, ())] for claim in asked}
    for done, (market, costs) in enumerate(drawn_for(mechanism, count, seed)):
        watch("certify", done, count)
        fit = [claim for claim in asked if claim != "sybil_proof" or getattr(market, "worth", None) is not None]
        for finding in _certified(mechanism, market, costs, fit, seed=seed, number=done + 1):
            found[finding.claim].append(finding)
    watch("certify", count, count)
    return [_worst(findings, known.get(claim, ()), count) for claim, findings in found.items() if findings]


def _certified(
    mechanism: Mechanism, market: Any, costs: Sequence[Any], claims: Sequence[str], **draw: int
) -> list[Finding]:
    """Certify on one market; what is not kept there is told with the draw, the market and by how much it is missed."""
    found = certify(mechanism, market, costs, claims=claims, tried_max=TRIED_MAX)
    return [
        finding
        if finding.holds
        else replace(finding, market={**draw, **told(mechanism, market, costs), "missed_by": _plain(finding.gap)})
        for finding in found
    ]


def told(mechanism: Mechanism, market: Any, costs: Sequence[Any]) -> dict[str, Any]:
    """Give the numbers of a small market, and what is paid there.

    >>> from evenhand.mechanisms import MECHANISMS
    >>> told(MECHANISMS["proportional_share"], ExactProcurement([1, 1], 100, whole=True), [1, 2])
    {'costs': [1, 2], 'worth': [1, 1], 'budget': 100, 'paid': [50, 50]}
    """
    numbers = {name: _plain(getattr(market, name, None)) for name in NUMBERS} | values_of_sets(market, len(costs))
    paid = {} if mechanism.lots else {"paid": _plain(_received(mechanism, market, costs))}
    return {"costs": _plain(costs), **{name: each for name, each in numbers.items() if each not in (None, 0)}, **paid}


def values_of_sets(market: Any, sellers: int) -> dict[str, Any]:
    """Give the value of every set that can be bought, where a small market is made of such values; else nothing.

    >>> values_of_sets(Subsets(lambda chosen: 2 * len(chosen) ** 0.5, n=3, k=1), 3)
    {'value_of_sets': {'0': 2.0, '1': 2.0, '2': 2.0}}
    """
    of_sets = isinstance(market, Subsets) or getattr(market, "value_of_sets", None) is not None
    if not of_sets or sellers > VALUED_MAX:
        return {}
    largest = market.k if isinstance(market, Subsets) else sellers
    sets = [chosen for size in range(1, min(largest, sellers) + 1) for chosen in combinations(range(sellers), size)]
    masks = np.array([[int(seller in chosen) for seller in range(sellers)] for chosen in sets])
    values = _plain(np.asarray(market.value(masks)))
    return {"value_of_sets": {"+".join(map(str, chosen)): value for chosen, value in zip(sets, values, strict=True)}}


def _received(mechanism: Mechanism, market: Any, costs: Sequence[Any]) -> Any:
    outcome = mechanism.run(market, costs)
    return outcome.cash + outcome.share


def _plain(numbers: Any) -> Any:
    """Give numbers as lists of plain ones; None for what is none, as a function."""
    if isinstance(numbers, np.ndarray | np.generic):
        return numbers.tolist()
    if isinstance(numbers, list | tuple):
        return [_plain(number) for number in numbers]
    return numbers if isinstance(numbers, int | float | Fraction | str) else None


def _runs_on(mechanism: Mechanism, market: Any) -> bool:
    try:
        mechanism.market(market)
    except OfferError:
        return False
    return True


def _worst(findings: Sequence[Finding], known: Sequence[Finding], count: int) -> Finding:
    """Sum up the findings on one claim; what is shown is the counterexample that is known, or the worst market."""
    shown = next((finding for finding in known if not finding.holds), max(findings, key=lambda finding: finding.gap))
    gap, tried = max(finding.gap for finding in findings), sum(finding.tried for finding in findings)
    holds = all(finding.holds for finding in findings)
    statement = f"{_where(findings[len(known) :], known, count)}, {tried:,} cases tried"
    if not holds:
        most = gap_told(shown.claim, gap, shortly)
        statement = f"{_where(findings[len(known) :], known, count)}, by up to {most}; here: {shown.statement}"
    return replace(shown, holds=holds, gap=gap, tried=tried, statement=statement, evidence="searched")


def _where(drawn: Sequence[Finding], known: Sequence[Finding], count: int) -> str:
    """Say on how many drawn markets a claim fails, or that it holds on all, and what became of its counterexample."""
    failed, tried = sum(not finding.holds for finding in drawn), len(drawn)
    markets = f"{tried} drawn market" + ("" if tried == 1 else "s") + ("" if tried == count else " where worth adds up")
    on_drawn = f"on {failed} of {markets}" if failed else f"on all of {markets}"
    if not known:
        return f"{'failed' if failed else 'held'} {on_drawn}"
    if all(finding.holds for finding in known):
        return f"{'failed' if failed else 'held'} {on_drawn}, and held on its counterexample"
    return f"failed on its counterexample{' and' if failed else ', held'} {on_drawn}"


def _whole(numbers: Array) -> list[int]:
    return [int(number) for number in np.rint(np.minimum(numbers, 1e12))]
