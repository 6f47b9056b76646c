"""How do buyers with additive utilities decide, as sellers arrive and post prices? In many replications at once.

    final           a buyer buys or passes as each dataset arrives, and pays then. So at most min(u, what is left of the
                    budget) is paid for it; with one buyer that is eq. 37 of [FairShare25] as printed. The paper's
                    simulation can hardly have been run otherwise: see below.
    reconsidered    a buyer buys when all have arrived, the best bundle of all, and weighs each arrival against every
                    bundle so far [FairShare25, Algorithms 1 and 2]. For a new dataset an old one may be dropped.

The two differ in what prices leave a buyer. An old dataset whose price is its utility may be dropped at no loss, so a
buyer who reconsiders has the whole budget for a new one: with one buyer every dataset is priced at min(u, b). That is u
where no dataset alone is worth more than the budget, and the buyer then keeps nothing (E-001-13 in docs/errata.md).
Where purchases are final, the budget binds for the last to arrive, and one buyer keeps what all is worth beyond the
budget, less what goes unsold because nothing is left for it.

Both ways are tied by tests to `evenhand.markets.posted`, which decides one market at a time, exactly.
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from evenhand.numerics.exactness import ROUNDING
from evenhand.records import Array
from evenhand.simulation.discounting import settled

RECONSIDERED_MAX = 12
"""The most datasets of which every bundle is weighed: 2^12 bundles for each buyer, period and replication."""


class Buying(Protocol):
    """Buyers of many replications, in the middle of one period."""

    def willingness(self, utility: Array) -> Array:
        """Give what each would pay at most for one more dataset of this utility: both (replications, buyers)."""
        ...

    def offer(self, utility: Array, price: Array) -> None:
        """Tell the price of the dataset just asked about: (replications,); inf where it is not on sale."""
        ...

    def bought(self) -> Array:
        """Give what each has bought: 0/1 (replications, buyers, datasets so far), in the order of arrival."""
        ...


class Final:
    """Buyers who buy or pass at each arrival.

    >>> buyer = Final(np.array([[10.0]]))
    >>> buyer.offer(np.array([[9.0]]), np.array([9.0]))
    >>> buyer.willingness(np.array([[8.0]])), buyer.bought()[0, 0]
    (array([[1.]]), array([ True]))
    """

    def __init__(self, budget: Array) -> None:
        self.budget, self.left = budget, budget
        self._bought: list[Array] = []

    def willingness(self, utility: Array) -> Array:
        """min(u, what is left)."""
        return np.minimum(utility, self.left)

    def offer(self, utility: Array, price: Array) -> None:
        """Buy where the price is no more than that; of a budget that is spent rounding leaves nothing either."""
        buys = price[:, None] <= self.willingness(utility)
        self.left = settled(self.left - np.where(buys, price[:, None], 0.0), self.budget)
        self._bought.append(buys)

    def bought(self) -> Array:
        """What was bought at arrival."""
        return np.stack(self._bought, axis=-1)


class Reconsidered:
    """Buyers who weigh every bundle; bit i of a bundle's number is the i-th arrival.

    Ties as in `evenhand.markets.posted`: the bundle with the last arrival, then the one with the last but one ...

    >>> buyer = Reconsidered(np.array([[10.0]]))
    >>> buyer.offer(np.array([[9.0]]), np.array([9.0]))
    >>> buyer.willingness(np.array([[8.0]]))  # the first is dropped, at no loss
    array([[8.]])
    """

    def __init__(self, budget: Array) -> None:
        self.limit = (budget * (1 + ROUNDING))[:, :, None]
        self.budget = budget[:, :, None]
        self.net = np.zeros((*budget.shape, 1))
        self.spent = np.zeros((len(budget), 1, 1))
        self.offered = np.zeros_like(budget)
        self.count = 0

    def willingness(self, utility: Array) -> Array:
        """max over affordable x of min(u + g(x) - g~, b - x.p)."""
        net = self._affordable
        gained = utility[:, :, None] + net - net.max(axis=2, keepdims=True)
        return np.asarray(np.minimum(gained, self.budget - self.spent).max(axis=2))

    def offer(self, utility: Array, price: Array) -> None:
        """Put every bundle beside itself, with the new dataset in it."""
        gain = (utility - price[:, None])[:, :, None]
        self.net = np.concatenate([self.net, self.net + gain], axis=2)
        self.spent = np.concatenate([self.spent, self.spent + price[:, None, None]], axis=2)
        self.offered = self.offered + utility
        self.count += 1

    def bought(self) -> Array:
        """The best bundle; of equal ones that with the largest number."""
        net = self._affordable
        equal = net >= net.max(axis=2, keepdims=True) - ROUNDING * self.offered[:, :, None]
        code = equal.shape[2] - 1 - equal[:, :, ::-1].argmax(axis=2)
        return np.asarray(code[:, :, None] >> np.arange(self.count) & 1, bool)

    @property
    def _affordable(self) -> Array:
        return np.where(self.spent <= self.limit, self.net, -np.inf)


BUYING: dict[str, Callable[[Array], Buying]] = {"final": Final, "reconsidered": Reconsidered}
"""name -> what makes buyers of their budgets (replications, buyers)."""
