"""Is what is bought among many datasets that all interact the best, to the unit, however large the amounts?"""

from math import inf
from types import SimpleNamespace

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.markets.posted import Additive, Pairwise, purchase
from evenhand.markets.posted.bundles import subset_sums
from evenhand.markets.posted.buyers import demand
from evenhand.markets.posted.enumeration import Enumerated
from evenhand.markets.posted.growth import GROWN_MAX
from evenhand.markets.posted.programme import Programme
from evenhand.markets.posted.sale import Sale
from evenhand.markets.posted.solved import COEFFICIENTS_MAX, best_found, trusted

PADDED = 24
"""Datasets on sale, so that neither enumeration nor growing along a frontier takes them."""


def near_round(rng, n, unit):
    """Worth, pairs and prices a unit or none beside multiples of a large one, so that many sums nearly tie."""

    def beside(*shape):
        return rng.integers(-1, 2, shape) * (rng.random(shape) < 0.6)

    own = np.maximum(rng.integers(0, 7, n) * unit + beside(n), -1)
    some = np.where(rng.random(n) < 0.4, own + beside(n), rng.integers(0, 6, n) * unit + beside(n))
    prices = np.maximum(some, 0) * (rng.random(n) < 0.8)
    pairs = rng.choice([-3, -2, -1, -1, 0, 1], (n, n)) * unit + beside(n, n) * rng.integers(0, 2)
    pairs = np.triu(pairs * (rng.random((n, n)) < rng.choice([0.5, 1])), 1)
    budget = [inf, int(rng.integers(0, 8)) * unit + 1, int(rng.integers(0, 20)) * unit][rng.integers(3)]
    return own, pairs + pairs.T, [int(price) if rng.random() < 0.9 else inf for price in prices], budget


def padded(rng, own, pairs, prices, count=PADDED):
    """Put them among datasets that nobody wants, which all interact with one another, in any order."""
    n, large = len(own), int(np.abs(pairs).max(initial=1))
    places = rng.permutation(count)
    wanted, others = places[:n], places[n:]
    worth, together, asked = np.zeros(count, np.int64), np.zeros((count, count), np.int64), [2] * count
    worth[wanted], together[np.ix_(wanted, wanted)] = own, pairs
    together[np.ix_(others, others)] = -large * (1 - np.eye(len(others), dtype=int))
    worth[others] = 1
    for place, price in zip(wanted.tolist(), prices, strict=True):
        asked[place] = price
    return Pairwise(worth, together), asked, sorted(wanted.tolist())


def refute(seed, units):
    """Look for a purchase or a willingness that is not the one of all bundles."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(5, 13))
    own, pairs, prices, budget = near_round(rng, n, int(rng.choice(units)))
    utility, asked, wanted = padded(rng, own, pairs, prices)
    decide = demand(utility, PADDED, range(PADDED), budget, whole=True)
    assert isinstance(decide, Programme)
    tried = Enumerated(Sale(utility, PADDED, tuple(wanted), budget, whole=True))
    best = tried.purchase(asked)
    assert decide.purchase(asked) == best
    assert purchase(utility, asked, budget) == best
    for item in rng.choice(wanted, 2, replace=False).tolist():
        assert decide.willingness(asked, item) == tried.willingness(asked, item)


@pytest.mark.parametrize("seed", range(150))
def test_near_round_amounts_are_bought_as_if_every_bundle_was_tried(seed):
    refute(seed, [2, 1000, 3 * 10**5, 10**6, 10**12])


@pytest.mark.sweep
def test_near_round_amounts_are_bought_as_if_every_bundle_was_tried_on_20000_markets():
    for seed in range(1000, 21000):
        refute(seed, [1, 2, 10, 1000, 10**5, 3 * 10**5, 10**6, 10**9, 10**13])


def test_a_bundle_that_is_better_by_one_unit_is_bought():
    own, prices = [3999999, 6000001, 1000000, 3999999, 0], [0, 6000001, 999999, 3999998, 1]
    pairs = np.zeros((5, 5), int)
    for i, j, worth in [
        (0, 1, 2),
        (0, 2, -2999998),
        (0, 4, -1999998),
        (1, 4, -999999),
        (2, 4, 1000002),
        (3, 4, -3000001),
    ]:
        pairs[i, j] = pairs[j, i] = worth
    found = purchase(Pairwise(own, pairs), prices, 7000000, method="integer_programme")
    assert (found.bundle, found.net, found.how) == ((0, 1), 4000001, "exact")


def test_of_bundles_that_are_worth_millions_alike_the_one_with_the_last_dataset_is_bought():
    pairs = np.zeros((5, 5), int)
    for i, j, worth in [(0, 2, 1000002), (0, 4, 1000000), (1, 2, -2000000), (1, 3, 1000002), (3, 4, -1000000)]:
        pairs[i, j] = pairs[j, i] = worth
    utility = Pairwise([2000000, 5000000, 1, 1000000, 0], pairs)
    assert purchase(utility, [0, 0, 1, 0, 0], 17000000, method="integer_programme").bundle == (0, 1, 3, 4)


def dense(rng, n, unit):
    own, pairs = rng.integers(0, 9 * unit, n), np.triu(rng.integers(-3 * unit, unit, (n, n)), 1)
    return own, pairs + pairs.T, rng.integers(0, 5 * unit, n).tolist()


def best_of_all(own, pairs, prices, budget):
    """Try all bundles in one table."""
    net, spent = subset_sums(own - np.array(prices)), subset_sums(np.array(prices))
    rows = np.arange(len(net))
    for i, j in np.argwhere(np.triu(pairs)):
        net += pairs[i, j] * (rows >> i & rows >> j & 1)
    net[spent > budget] = -1
    row = len(net) - 1 - int(net[::-1].argmax())
    return tuple(i for i in range(len(own)) if row >> i & 1), int(net[row])


@pytest.mark.parametrize("budget", [8 * 10**6, inf])
def test_twenty_one_datasets_that_all_interact_are_bought_as_if_every_bundle_was_tried(budget):
    own, pairs, prices = dense(np.random.default_rng(0), 21, 10**6)
    found = purchase(Pairwise(own, pairs), prices, budget)
    assert (found.bundle, found.net) == best_of_all(own, pairs, prices, budget)


@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(20))
def test_twenty_three_datasets_that_all_interact_are_bought_as_if_every_bundle_was_tried(seed):
    rng = np.random.default_rng(seed)
    own, pairs, prices = dense(rng, 23, 10**6) if seed % 2 else near_round(rng, 23, 10**6)[:3]
    prices = [price if price < inf else 10**6 for price in prices]
    budget = (10**7, inf, 2 * 10**7 + 1)[seed % 3]
    found = purchase(Pairwise(own, pairs), prices, budget)
    assert (found.bundle, found.net) == best_of_all(own, pairs, prices, budget)


@pytest.mark.sweep
@pytest.mark.parametrize("n", range(21, 31))
def test_growing_bundles_and_the_solver_agree_where_it_can_be_trusted(n):
    for seed in range(3):
        own, pairs, prices = dense(np.random.default_rng(seed), n, 50)
        problem = Programme(Sale(Pairwise(own, pairs), n, tuple(range(n)), 400, whole=True))._problem(prices)[1]
        assert trusted(problem)
        found = purchase(Pairwise(own, pairs), prices, 400)
        assert found.net == problem.value(best_found(problem)[0])


def test_of_thirty_datasets_that_are_all_the_same_the_last_are_bought():
    n = 30
    utility = Pairwise([6 * 10**6] * n, -500_000 * (1 - np.eye(n, dtype=int)))
    found = purchase(utility, [2 * 10**6] * n, inf)
    assert found.bundle == tuple(range(n - 9, n)), "the eighth adds half a million, the ninth nothing"


def test_very_many_datasets_are_settled_to_the_unit_in_any_unit():
    rng = np.random.default_rng(0)
    own, prices = rng.integers(0, 60, 120), rng.integers(1, 50, 120)
    small = purchase(Additive(own), prices.tolist(), 400, method="dynamic_programming")
    large = purchase(Additive(own * 10**12), (prices * 10**12).tolist(), 400 * 10**12)
    assert (large.net, large.how) == (small.net * 10**12, "exact")
    assert large.spent <= 400 * 10**12


# -- where not all can be grown ---------------------------------------------------------------------------------------


@pytest.fixture
def few(monkeypatch):
    """Let only one partial bundle be grown."""
    monkeypatch.setattr("evenhand.markets.posted.certain.FEW", (1,))
    monkeypatch.setattr("evenhand.markets.posted.programme.SOON", 1)
    monkeypatch.setattr("evenhand.markets.posted.programme.GROWN_MAX", 1)


@pytest.mark.usefixtures("few")
def test_large_whole_numbers_that_cannot_be_made_certain_are_refused():
    own, pairs, prices = dense(np.random.default_rng(0), 12, 10**6)
    with pytest.raises(OfferError) as refused:
        purchase(Pairwise(own, pairs), prices, 8 * 10**6, method="integer_programme")
    for word in ("more than 1 that may become best", "up to 1 are grown", "larger unit", "20 datasets", '"greedy"'):
        assert word in str(refused.value)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("seed", range(20))
def test_floats_that_cannot_be_made_certain_are_bought_with_a_bound(seed):
    own, pairs, prices, budget = near_round(np.random.default_rng(seed), 9, 10**6)
    utility = Pairwise(own / 7e6, pairs / 7e6)
    prices, budget = [price / 7e6 for price in prices], budget / 7e6
    sale = Sale(utility, 9, tuple(range(9)), budget, whole=False)
    best, found = Enumerated(sale).purchase(prices), Programme(sale).purchase(prices)
    if found.how == "exact":
        assert found.net == pytest.approx(best.net, abs=1e-11)
    coefficients = (
        np.abs(own / 7e6).sum() + sum(price for price in prices if price < inf) + np.abs(pairs / 7e6).sum() / 2
    )
    assert best.net - 1e-6 * coefficients <= found.net <= best.net + 1e-11
    assert found.at_most >= best.net - 1e-11


@pytest.mark.usefixtures("few")
def test_a_bound_is_said_to_be_one():
    own, pairs, prices = dense(np.random.default_rng(0), 12, 10**6)
    found = purchase(
        Pairwise(own / 7e6, pairs / 7e6), [price / 7e6 for price in prices], 1.2, method="integer_programme"
    )
    assert found.how == "bound"
    assert found.net < found.at_most


@pytest.mark.parametrize("seed", range(60))
def test_floats_that_nearly_tie_are_bought_as_if_every_bundle_was_tried(seed):
    own, pairs, prices, budget = near_round(np.random.default_rng(seed), 10, 10**6)
    utility = Pairwise(own / 7e6, pairs / 7e6)
    prices, budget = [price / 7e6 for price in prices], budget / 7e6
    sale = Sale(utility, 10, tuple(range(10)), budget, whole=False)
    best, found = Enumerated(sale).purchase(prices), Programme(sale).purchase(prices)
    assert (found.bundle, found.how) == (best.bundle, "exact")
    assert Programme(sale).willingness(prices, 3) == pytest.approx(Enumerated(sale).willingness(prices, 3), abs=1e-11)


def test_a_dataset_that_is_worth_its_price_but_for_rounding_is_bought():
    assert 0.1 + 0.2 > 0.3
    assert purchase(Additive([0.3, 5.0]), [0.1 + 0.2, 1.0], 9.0, method="integer_programme").bundle == (0, 1)


# -- the solver fails -------------------------------------------------------------------------------------------------


@pytest.fixture
def failing(monkeypatch):
    monkeypatch.setattr("scipy.optimize.milp", lambda *_, **__: SimpleNamespace(status=4, message="HiGHS Status 4"))


@pytest.mark.usefixtures("failing")
def test_without_a_proposal_of_the_solver_datasets_are_settled_all_the_same():
    utility, prices = Additive([3 * 10**9] * 80 + [10**9] * 20), [2 * 10**9] * 100
    assert purchase(utility, prices, inf, method="integer_programme").bundle == tuple(range(80))


@pytest.mark.usefixtures("failing", "few")
def test_a_solver_that_fails_is_named_and_a_way_out():
    own, pairs, prices = dense(np.random.default_rng(0), 12, 10)
    with pytest.raises(OfferError, match=r"integer programme: was not solved: .*Status 4.*greedy"):
        purchase(Pairwise(own, pairs), prices, 80, method="integer_programme")


def test_the_solver_is_trusted_up_to_a_tenth_of_a_unit():
    assert COEFFICIENTS_MAX * 1e-6 <= 0.1
    assert GROWN_MAX == 2**22
