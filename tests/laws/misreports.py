"""Random markets for the laws on strategy, a market that keeps its closed forms to itself, and the brute force."""

import numpy as np
from scipy.optimize import minimize_scalar

from evenhand.markets import MeanEstimation
from evenhand.payments import RULES
from evenhand.properties import NamedRule, consequences

RULES_BY_NAME = {name: NamedRule(name, pay) for name, pay in RULES.items()}


def drawn(seed, *, shift=None):
    """A mean-estimation market with reports and one seller: some substitutes, some complements, some free or exact."""
    rng = np.random.default_rng(seed)
    buyers, sellers, dimensions = int(rng.integers(1, 5)), int(rng.integers(1, 7)), int(rng.integers(1, 5))
    middle = rng.choice([0.0, 1.0]) if shift is None else shift
    market = MeanEstimation(
        rng.normal(middle, 1, (buyers, dimensions)),
        rng.normal(middle, 1, (sellers, dimensions)),
        rng.random(sellers) * rng.choice([0.1, 1.0, 10.0]),
    )
    costs = rng.uniform(0.05, 5, sellers) * rng.choice([0.1, 1.0, 10.0])
    return market, costs, int(rng.integers(sellers))


def paper_market(seed, *, sellers=10, total=True):
    """[Fan25, appendix D.1.1]: 5 buyers, 10 sellers, 3 dimensions; the first seller's true cost is 5."""
    rng = np.random.default_rng(seed)
    buyer_means, seller_means = rng.normal(1, 1, (5, 3)), rng.normal(1, 1, (sellers, 3))
    variances = rng.random(sellers) * (1 if total else 3)
    costs = rng.uniform(1, 10, sellers)
    costs[0] = 5
    return MeanEstimation(buyer_means, seller_means, variances), costs


class Closed:
    """A market of which only `allocate` and the truth about its kind are seen; its clearings answer what all must."""

    maximises_welfare = True
    strongly_concave = True

    def __init__(self, market):
        self.market = market

    def allocate(self, costs):
        return self.market.allocate(costs)

    def clear(self, costs):
        return _ClosedClearing(self.market.clear(costs))


class _ClosedClearing:
    ASKED = ("costs", "allocation", "area", "without", "contributions", "curve", "coalition_values", "prefix_values")

    def __init__(self, cleared):
        self._cleared = cleared

    def __getattr__(self, name):
        if name not in self.ASKED:
            raise AttributeError(name)
        return getattr(self._cleared, name)


def best_by_search(market, costs, seller, rule, *, reports=200):
    """(report, utility) of the best report as a dense grid and a scalar minimiser find it."""
    scale = costs[seller] + float(np.median(costs[np.isfinite(costs)]))

    def utility(places):
        with np.errstate(divide="ignore"):
            asked = scale * (1 - places) / places
        return consequences(market, costs, seller, asked, rule).utility

    places = np.unique(np.concatenate([np.linspace(0, 1, reports), np.geomspace(1e-6, 1, 100)]))
    heights = utility(places)
    top = int(heights.argmax())
    around = places[max(top - 1, 0)], places[min(top + 1, len(places) - 1)]
    found = minimize_scalar(
        lambda place: -utility(np.array([place]))[0], bounds=around, method="bounded", options={"xatol": 1e-11}
    )
    place, height = (found.x, -found.fun) if -found.fun > heights[top] else (places[top], heights[top])
    return (scale * (1 - place) / place if place > 0 else np.inf), float(height)
