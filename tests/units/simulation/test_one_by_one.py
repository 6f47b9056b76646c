"""The repeated market once more, one replication, seller and buyer at a time, by what its docstrings say.

Nothing of it is shared with the simulation but the draws.
"""

import math
import statistics

import numpy as np
import pytest
from scipy.stats import t as student

from evenhand.simulation import PARTICIPATION, RepeatedMarket, compare, current, reduced, threshold
from evenhand.simulation.participation import exponential
from evenhand.simulation.periods import UTILITIES

TRUSTED = 1e-12
REGIMES = ("fairshare", "reduced", "random", "current")
PARTS = (0.0, 0.25, 0.5, 1.0)
FIELDS = ("net_utility", "spent", "bought", "profit", "present")


class BuysOrPasses:
    def __init__(self, budget):
        self.budget, self.left, self.has = budget, budget, []

    def most(self, utility):
        return min(utility, self.left)

    def hears(self, utility, price):
        buys = price is not None and price <= self.most(utility)
        self.left -= price if buys else 0
        self.left = self.left if self.left > TRUSTED * self.budget else 0
        self.has.append(buys)


class WeighsEveryBundle:
    def __init__(self, budget):
        self.budget, self.heard = budget, []

    def bundles(self):
        """(number, net utility, price) of all that can be had and paid."""
        for number in range(2 ** len(self.heard)):
            taken = [each for place, each in enumerate(self.heard) if number >> place & 1]
            if None not in [price for _, price in taken]:
                spent = sum(price for _, price in taken)
                if spent <= self.budget * (1 + TRUSTED):
                    yield number, sum(utility - price for utility, price in taken), spent

    def most(self, utility):
        best = max(net for _, net, _ in self.bundles())
        return max(min(utility + net - best, self.budget - spent) for _, net, spent in self.bundles())

    def hears(self, utility, price):
        self.heard.append((utility, price))

    @property
    def has(self):
        least = max(net for _, net, _ in self.bundles()) - TRUSTED * sum(utility for utility, _ in self.heard)
        number = max(number for number, net, _ in self.bundles() if net >= least)
        return [bool(number >> place & 1) for place in range(len(self.heard))]


def earns_most(willing, cost):
    """The price that earns most, of equals the lowest; None where none covers the cost; but for rounding."""
    earned = {p: p * sum(w >= p for w in willing) for p in sorted({*willing}) if p >= 0}
    equal = TRUSTED * (max(earned.values(), default=0) + cost)
    best = [p for p, each in earned.items() if each >= max(earned.values()) - equal and each >= cost - equal]
    return min(best, default=None)


def one_period(drawn, here, regime, part, buying, given_away):
    """Give what each buyer got, (price, ideal price) of each seller."""
    utility, budget, cost, order, lots = drawn
    buyers = [(BuysOrPasses if buying == "final" else WeighsEveryBundle)(b) for b in budget]
    typical = statistics.fmean(u for row in utility for u in row)
    asked, present = {}, [j for j in order if here[j]]
    for j in present:
        willing = [buyer.most(row[j]) for buyer, row in zip(buyers, utility, strict=True)]
        best = earns_most(willing, cost[j])
        due = best or 0.0
        proposed = dict(zip(REGIMES, (due, part * due, lots[j] * due, part * typical), strict=True))[regime]
        price = min(proposed, due)
        sold_at_all = best is not None and price * sum(w >= price for w in willing) >= cost[j]
        asked[j] = (price if sold_at_all and (price > 0 or given_away) else None, due)
        for buyer, row in zip(buyers, utility, strict=True):
            buyer.hears(row[j], asked[j][0])
    return [{j for j, has in zip(present, buyer.has, strict=True) if has} for buyer in buyers], asked


def replicated(draws, row, market, regime, part):
    utility, budget, cost, order, stays, lots = (each[row].tolist() for each in vars(draws).values())
    away_until, history = [0] * market.sellers, {field: [] for field in FIELDS}
    for t in range(market.periods):
        here = [until <= t for until in away_until]
        drawn = utility[t], budget[t], cost[t], order[t], lots[t]
        got, asked = one_period(drawn, here, regime, part, market.buying, market.given_away)
        spent = [sum(asked[j][0] for j in mine) for mine in got]
        sales = [sum(j in mine for mine in got) for j in range(market.sellers)]
        history["spent"].append(spent)
        history["net_utility"].append([sum(utility[t][i][j] for j in got[i]) - spent[i] for i in range(len(got))])
        history["bought"].append([len(mine) for mine in got])
        history["profit"].append([n * asked[j][0] - cost[t][j] if n else 0.0 for j, n in enumerate(sales)])
        history["present"].append(sum(here))
        for j, (price, due) in asked.items():
            ratio = min(price or 0.0, due) / due if due else 1.0
            if stays[t][j] >= chance(market.participation, ratio):
                away_until[j] = t + 1 + market.away
    return history


def chance(participation, ratio):
    if participation.name == "exponential":
        return math.exp(-float(participation.formula[5:].split()[0]) * (1 - ratio))
    return {"linear": ratio, "square_root": math.sqrt(ratio), "grim_trigger": float(ratio >= 1)}[participation.name]


def any_market(rng):
    whole, buyers = bool(rng.integers(2)), int(rng.integers(1, 4))
    several = [*UTILITIES.values(), lambda r, *shape: r.integers(0, 9, shape).astype(float)]
    costs = [0.0, lambda r, *shape: r.integers(0, 4, shape) if whole else 0.4 * r.random(shape)]
    return RepeatedMarket(
        utilities=several[2 if whole else rng.integers(2)],
        budgets=[(low, low + 0.3 * rng.random()) for low in (1.2 * rng.random(buyers)).tolist()],
        sellers=int(rng.integers(1, 7)),
        periods=int(rng.integers(1, 9)),
        costs=costs[rng.integers(2)],
        participation=[exponential(round(rng.uniform(0.5, 4), 3)), *PARTICIPATION.values()][rng.integers(5)],
        away=[math.inf, 1, 2, 5][rng.integers(4)],
        buying=["final", "reconsidered"][rng.integers(2)],
        given_away=bool(rng.integers(2)),
    )


def agrees(seed):
    rng = np.random.default_rng(seed)
    market, part, count = any_market(rng), float(rng.choice(PARTS)), 4
    histories = compare(market, ["fairshare", reduced(part), "random", current(part)], replications=count, seed=seed)
    draws = market.draws(seed=seed, replications=range(count))
    again = {regime: [replicated(draws, row, market, regime, part) for row in range(count)] for regime in REGIMES}
    for regime, rows in again.items():
        for field in FIELDS:
            found = getattr(histories[regime], field)
            assert found == pytest.approx(np.array([row[field] for row in rows]), abs=1e-9), (regime, field)
    for other in REGIMES[1:]:
        for delta in (0.9, 1.0):
            found = threshold(histories["fairshare"], histories[other], delta)
            assert (found.period, found.low, found.high) == crossings(again["fairshare"], again[other], delta), other


def crossings(ideal, other, delta):
    """t* of the means, and where their bands cross."""
    gains = [
        [mine[0] - theirs[0] for mine, theirs in zip(a["net_utility"], b["net_utility"], strict=True)]
        for a, b in zip(ideal, other, strict=True)
    ]
    sums = [[sum(delta**s * row[s] for s in range(t + 1)) for row in gains] for t in range(len(gains[0]))]
    reach = student.ppf(0.975, len(gains) - 1) / math.sqrt(len(gains))
    bands = [(statistics.fmean(each), reach * statistics.stdev(each)) for each in sums]
    return tuple(
        max((t for t, (mean, half) in enumerate(bands) if mean + side * half <= 1e-10), default=-1)
        for side in (0, 1, -1)
    )


@pytest.mark.parametrize("seed", range(40))
def test_many_replications_at_once_are_each_one_alone(seed):
    agrees(seed)


@pytest.mark.sweep
def test_many_replications_at_once_are_each_one_alone_in_hundreds_of_markets():
    for seed in range(40, 600):
        agrees(seed)
