"""Which markets does [Fan25] draw for its figures? Means around 1 in three dimensions, costs between 1 and 10.

[Fan25, appendix D.1.1]: 5 buyers and 10 sellers, d = 3, every mean from N(1, 1) in each dimension, sigma_j^2 from
U[0, 1), costs from U[1, 10]; all questions are about the first seller. The paper does not say whether sigma_j^2 is the
variance of one coordinate or of all; here it is the total variance (E-000-16 in docs/errata.md). Seeds are ours: the
paper states none.
"""

from dataclasses import dataclass

import numpy as np

from evenhand.markets import MeanEstimation

SELLER = 0
"""The seller whose report is varied."""


@dataclass(frozen=True, slots=True)
class Setup:
    """From what a market is drawn."""

    buyers: int = 5
    sellers: int = 10
    dimensions: int = 3
    mean: float = 1.0
    deviation: float = 1.0
    """of every mean's coordinates, in each of which they are normal."""
    variance_max: float = 1.0
    cost_min: float = 1.0
    cost_max: float = 10.0
    own_cost: float = 5.0
    """the true cost of the first seller."""


PAPER = Setup()
"""The paper's own."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A market as it was drawn, in plain numbers."""

    seed: int
    buyer_means: list[list[float]]
    seller_means: list[list[float]]
    variances: list[float]
    costs: list[float]

    @property
    def market(self) -> MeanEstimation:
        """The market itself."""
        return MeanEstimation(self.buyer_means, self.seller_means, self.variances)


def drawn(setup: Setup, seed: int) -> Drawn:
    """Draw a market: buyers' means, sellers' means, variances and costs, in this order.

    >>> drawn(Setup(buyers=1, sellers=2, dimensions=1), 0).costs[SELLER]
    5.0
    """
    rng = np.random.default_rng(seed)
    buyers = rng.normal(setup.mean, setup.deviation, (setup.buyers, setup.dimensions))
    sellers = rng.normal(setup.mean, setup.deviation, (setup.sellers, setup.dimensions))
    variances = rng.uniform(0, setup.variance_max, setup.sellers)
    costs = rng.uniform(setup.cost_min, setup.cost_max, setup.sellers)
    costs[SELLER] = setup.own_cost
    return Drawn(seed, buyers.tolist(), sellers.tolist(), variances.tolist(), costs.tolist())
