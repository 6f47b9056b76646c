"""Which markets under a budget do the figures about [Ayyoubzadeh25] draw? The paper has no experiments; these are ours.

Costs and worth are lognormal and independent, in whole thousandths of their medians, so that every machine draws the
same. The budget is a part of all costs together: with all of it everyone could be paid their cost.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from evenhand.markets import Procurement
from evenhand.records import Array

UNIT = 1000
"""The median cost, and the median worth."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A market as it was drawn, in whole numbers."""

    seed: int
    costs: list[int]
    worth: list[int]
    budget: int

    @property
    def market(self) -> Procurement:
        """The market itself."""
        return Procurement(self.worth, self.budget)

    def spending(self, part: float) -> "Drawn":
        """Give the same offers under another budget, such a part of all costs."""
        return replace(self, budget=max(1, round(part * sum(self.costs))))


def drawn(sellers: int, part: float, seed: int, *, spread: float = 1.0) -> Drawn:
    """Draw a market: costs, then worth.

    Args:
        sellers: how many.
        part: of all costs together, which the budget is.
        seed: decides it, with the number of sellers.
        spread: standard deviation of the logarithm of worth; that of cost is 1.

    >>> drawn(2, 0.5, 0)
    Drawn(seed=0, costs=[549, 704], worth=[366, 1337], budget=626)
    """
    rng = np.random.default_rng((seed, sellers))
    costs, worth = rng.lognormal(0.0, 1.0, sellers), rng.lognormal(0.0, spread, sellers)
    return Drawn(seed, _whole(costs), _whole(worth), budget=0).spending(part)


def several(sellers: int, part: float, count: int, *, spread: float = 1.0) -> Iterator[Drawn]:
    """Draw so many markets, from seed 0 on."""
    return (drawn(sellers, part, seed, spread=spread) for seed in range(count))


def _whole(numbers: Array) -> list[int]:
    return [int(number) for number in np.rint(UNIT * numbers)]
