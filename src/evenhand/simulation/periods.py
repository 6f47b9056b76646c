"""What does each period of a market bring?

Utilities, budgets, costs, the order in which sellers arrive, and two lots for each seller: one decides whether a seller
who was paid too little stays, the other is the price where prices are random. All of it is drawn before anything is
sold, and every price regime meets the same draws, so that regimes are compared on the same luck.

Streams. Replication r has, for each kind of draw k, a generator of its own, seeded with (seed, r, k). So results do not
depend on how many replications are worked on together, more replications leave the first ones as they are, and a longer
market begins as the shorter one (with a sampler of your own, if it draws period by period).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence

from evenhand.errors import Problem, refuse
from evenhand.records import Array
from evenhand.simulation import checks

KINDS = ("utility", "budget", "cost", "order", "stays", "price")
"""The kinds of draws, each with its own stream; their order is part of the seeding."""

HIGH = (0.95, 1.0)
"""A high budget, in parts of what all datasets of the period are worth to the buyer [FairShare25, section 6.2]."""
LOW = (0.90, 0.95)
"""A low one."""

Sampler = Callable[[Generator, int, int, int], Any]
"""(rng, periods, buyers, sellers) -> money that broadcasts to (periods, buyers, sellers)."""


def same_for_all(rng: Generator, periods: int, buyers: int, sellers: int) -> Array:
    """Draw utilities that are uniform on [0, 1) and the same for all buyers."""
    del buyers
    return rng.random((periods, 1, sellers))


def each_their_own(rng: Generator, periods: int, buyers: int, sellers: int) -> Array:
    """Draw utilities that are uniform on [0, 1) and of each buyer alone."""
    return rng.random((periods, buyers, sellers))


UTILITIES: dict[str, Sampler] = {"same_for_all": same_for_all, "each_their_own": each_their_own}
"""name -> sampler of utilities."""


@dataclass(frozen=True, eq=False)
class Draws:
    """What the periods of some replications bring."""

    utility: Array
    """(replications, periods, buyers, sellers) what each dataset adds to what the buyer has, money."""
    budget: Array
    """(replications, periods, buyers) money."""
    cost: Array
    """(replications, periods, sellers) what selling a dataset costs in a period, however many buy it, money."""
    order: Array
    """(replications, periods, sellers) who arrives first, second ..."""
    stays: Array
    """(replications, periods, sellers) a seller stays if this is below their chance to."""
    price: Array
    """(replications, periods, sellers) uniform on [0, 1), for random prices."""

    def period(self, t: int) -> "Period":
        """Give one period of all replications."""
        return Period(
            self.utility[:, t], self.budget[:, t], self.cost[:, t], self.order[:, t], self.stays[:, t], self.price[:, t]
        )


@dataclass(frozen=True, eq=False)
class Period:
    """What one period brings: as `Draws`, without the axis of periods."""

    utility: Array
    budget: Array
    cost: Array
    order: Array
    stays: Array
    price: Array

    @property
    def typical(self) -> Array:
        """(replications,) the utility of a dataset of the period, averaged over datasets and buyers."""
        return np.asarray(self.utility.mean(axis=(1, 2)))


def draw(
    utilities: Any,
    budgets: Sequence[tuple[float, float]],
    costs: Any,
    sellers: int,
    periods: int,
    *,
    seed: int,
    replications: range,
) -> Draws:
    """Draw what the periods of some replications bring.

    Args:
        utilities: a `Sampler`, or numbers that broadcast to (periods, buyers, sellers): a row for sellers, a matrix for
            buyers and sellers.
        budgets: for each buyer the lowest and the highest budget, as parts of what all datasets of the period are
            worth to that buyer, whoever is there to sell them; uniform between [FairShare25, section 6.2].
        costs: a `Sampler`, called for one buyer, or numbers that broadcast to (periods, 1, sellers).
        sellers, periods: how many.
        seed: a whole number, 0 or more.
        replications: which; each is drawn from streams of its own.

    Raises:
        OfferError: drawn utilities or costs are of a wrong shape, below 0 or not finite.

    >>> drawn = draw(same_for_all, [HIGH, LOW], 0.0, sellers=3, periods=4, seed=1, replications=range(2))
    >>> drawn.utility.shape, drawn.budget.shape, drawn.order[0, 0]
    ((2, 4, 2, 3), (2, 4, 2), array([2, 0, 1]))
    >>> again = draw(same_for_all, [HIGH, LOW], 0.0, sellers=3, periods=9, seed=1, replications=range(1, 2))
    >>> bool((again.utility[0, :4] == drawn.utility[1]).all() and (again.order[0, :4] == drawn.order[1]).all())
    True
    """
    buyers = len(budgets)
    shape, count = (periods, buyers, sellers), len(replications)
    utility = np.empty((count, *shape))
    cost = np.empty((count, periods, 1, sellers))
    parts, arriving, stays, price = (
        np.empty((count, periods, buyers)),
        *(np.empty((count, periods, sellers)) for _ in range(3)),
    )
    for row, replication in enumerate(replications):
        rng = {kind: _stream(seed, replication, kind) for kind in KINDS}
        utility[row] = _drawn("utilities", utilities, rng["utility"], shape)
        cost[row] = _drawn("costs", costs, rng["cost"], (periods, 1, sellers))
        for kind, numbers in (("budget", parts), ("order", arriving), ("stays", stays), ("price", price)):
            rng[kind].random(out=numbers[row])
    low, high = np.asarray(budgets, float).T
    budget = (low + (high - low) * parts) * utility.sum(axis=-1)
    return Draws(utility, budget, cost[:, :, 0], arriving.argsort(axis=-1), stays, price)


def _stream(seed: int, replication: int, kind: str) -> Generator:
    return Generator(PCG64(SeedSequence((seed, replication, KINDS.index(kind)))))


def _drawn(name: str, given: Any, rng: Generator, shape: tuple[int, ...]) -> Array:
    """Give amounts of one replication."""
    if not callable(given):
        return np.broadcast_to(np.asarray(given, float), shape)
    problems: list[Problem] = []
    amounts = money(name, given(rng, *shape), shape, problems)
    refuse(problems)
    return amounts


def money(name: str, given: Any, shape: tuple[int, ...], problems: list[Problem]) -> Array:
    """Take amounts that broadcast to (periods, buyers, sellers); note what is wrong with them."""
    wrong: list[Problem] = []
    amounts = checks.amounts(name, given, wrong)
    problems.extend(wrong)
    if not wrong:
        try:
            return np.broadcast_to(amounts, shape)
        except ValueError:
            found, bound = f"have shape {amounts.shape}", f"they broadcast to (periods, buyers, sellers), here {shape}"
            problems.append(Problem(name, found, bound, "Give one number a seller, or a row for each buyer."))
    return np.broadcast_to(0.0, shape)
