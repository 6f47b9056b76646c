"""The prefix that is found without sorting is the one that sorting finds, ties by index, whatever the offers are."""

import numpy as np
import pytest

from evenhand.markets.procurement import prefix, proportional_share, q_mia
from evenhand.markets.procurement.prefix import Offers, longest_prefix

KINDS = {
    "lognormal": lambda rng, n: (rng.lognormal(size=n), rng.lognormal(size=n)),
    "heavy-tailed": lambda rng, n: (rng.pareto(0.6, n), rng.pareto(0.6, n) + 1e-6),
    "tied": lambda rng, n: (rng.integers(0, 4, n) * 1.0, rng.integers(1, 4, n) * 1.0),
    "equal": lambda rng, n: (np.ones(n), np.ones(n)),
    "sorted": lambda rng, n: (np.sort(rng.random(n)), np.ones(n)),
    "falling": lambda rng, n: (np.sort(rng.random(n))[::-1], np.ones(n)),
    "one giant": lambda rng, n: (rng.random(n), np.append(1e9, rng.random(n - 1) + 1e-3)),
    "mostly free": lambda rng, n: (rng.choice([0.0, 0.0, 1.0], n), np.ones(n)),
}


def markets(count, sizes):
    """Costs in 2^-20, so that no sum of them is rounded."""
    rng = np.random.default_rng(7)
    for number in range(count):
        costs, worth = list(KINDS.values())[number % len(KINDS)](rng, int(rng.integers(*sizes)))
        costs = np.round(costs * 2**20) / 2**20
        yield costs, worth, float(np.ceil(rng.random() ** 3 * 1.2 * min(costs.sum(), len(costs)))) + 1.0


@pytest.fixture
def never_sorted_at_once(monkeypatch):
    monkeypatch.setattr(prefix, "SORTED_AT_ONCE", 3)
    monkeypatch.setattr(prefix, "SAMPLE", 5)
    monkeypatch.setattr(prefix, "MARGIN", 1)
    monkeypatch.setattr(q_mia, "FEW", 2)


def is_the_prefix_of_the_order(costs, worth, budget):
    order = np.argsort(costs / worth, kind="stable")
    count = np.count_nonzero(np.cumsum(costs[order]) <= budget)
    found = longest_prefix(Offers(np.arange(len(costs)), costs / worth, costs), lambda total, last: total <= budget)
    assert sorted(found.members) == sorted(order[:count])
    assert found.following.tolist() == order[count : count + 1].tolist()
    assert found.total == costs[found.members].sum()
    last = found.members[len(found.members) - found.ordered :]
    assert last.tolist() == order[count - found.ordered : count].tolist()


def limits_are_those_of_sorting_all(rule, costs, worth, budget, monkeypatch):
    winners, highest = rule.bought(costs, worth, budget)
    everyones = rule.thresholds(costs, worth, budget)
    np.testing.assert_allclose(everyones[winners], highest, rtol=1e-9)
    with monkeypatch.context() as patched:
        patched.setattr(prefix, "SORTED_AT_ONCE", len(costs))
        patched.setattr(q_mia, "FEW", len(costs))
        again, once_more = rule.bought(costs, worth, budget)
        assert sorted(again) == sorted(winners)
        np.testing.assert_allclose(highest[np.argsort(winners)], once_more[np.argsort(again)], rtol=1e-9)
        np.testing.assert_allclose(everyones, rule.thresholds(costs, worth, budget), rtol=1e-9)


@pytest.mark.usefixtures("never_sorted_at_once")
def test_the_prefix_of_few_offers_is_that_of_the_order():
    for market in markets(800, sizes=(1, 40)):
        is_the_prefix_of_the_order(*market)


def test_the_prefix_of_many_offers_is_that_of_the_order():
    for market in markets(32, sizes=(4_000, 30_000)):
        is_the_prefix_of_the_order(*market)


@pytest.mark.parametrize("rule", [q_mia, proportional_share])
@pytest.mark.usefixtures("never_sorted_at_once")
def test_limits_of_few_offers_do_not_depend_on_how_the_prefix_is_found(rule, monkeypatch):
    for market in markets(400, sizes=(1, 40)):
        limits_are_those_of_sorting_all(rule, *market, monkeypatch)


@pytest.mark.parametrize("rule", [q_mia, proportional_share])
def test_limits_of_many_offers_do_not_depend_on_how_the_prefix_is_found(rule, monkeypatch):
    for market in markets(16, sizes=(5_000, 30_000)):
        limits_are_those_of_sorting_all(rule, *market, monkeypatch)


def test_offers_in_the_worst_order_are_sorted_after_so_many_rounds(monkeypatch):
    monkeypatch.setattr(prefix, "ROUNDS_MAX", 1)
    for market in markets(8, sizes=(5_000, 9_000)):
        is_the_prefix_of_the_order(*market)
