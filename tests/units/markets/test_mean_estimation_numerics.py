"""Is a mean-estimation market right to rounding where scales lie far apart? Held against exact fractions."""

from fractions import Fraction

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.market import clearing
from evenhand.markets import MeanEstimation
from evenhand.markets.mean_estimation import coalitions
from evenhand.markets.mean_estimation.overlap import ByDirections, BySellers, Cholesky, Orthogonal, overlap
from evenhand.payments import RULES

SHAPES = {"fewer sellers": (5, 8), "as many": (5, 5), "a few more": (6, 4), "more sellers": (8, 3), "a line": (7, 1)}
EXTREMES = {
    "ordinary": lambda n: (np.full(n, 0.1), 1.0),
    "tiny": lambda n: (np.full(n, 1e-12), 1e-9),
    "two tiny": lambda n: (np.where(np.arange(n) < 2, 1e-12, 0.1), np.where(np.arange(n) < 2, 1e-9, 0.5)),
    "half tiny": lambda n: (np.where(np.arange(n) < n // 2, 1e-12, 0.1), np.where(np.arange(n) < n // 2, 1e-9, 0.5)),
    "costs far apart": lambda n: (np.full(n, 0.1), np.geomspace(1e-6, 1e9, n)),
    "costs far apart, no variance": lambda n: (np.zeros(n), np.geomspace(1e-6, 1e9, n)),
    "variances far apart": lambda n: (np.geomspace(1e-12, 1e3, n), np.geomspace(1e4, 1e-6, n)),
    "one at a huge cost": lambda n: (np.full(n, 0.1), np.where(np.arange(n) == 1, 1e12, 0.5)),
    "no cost": lambda n: (np.full(n, 1e-10), 0.0),
}


class Exact:
    """The same market in fractions, by elimination; nobody is clever here."""

    def __init__(self, market, costs):
        self.costs = [Fraction(cost) for cost in costs]
        self.variances = [Fraction(variance) for variance in market.variances]
        self.means = [[Fraction(x) for x in row] for row in market.seller_means]
        self.buyers = [[Fraction(x) for x in row] for row in market.buyer_means]

    def weights(self, members, costs=None):
        """Weights by buyer, 0 for everyone else."""
        asked = costs or self.costs
        rows = [
            [dot(self.means[a], self.means[b]) + (a == b) * (self.variances[a] + asked[a]) for b in members]
            + [dot(buyer, self.means[a]) for buyer in self.buyers]
            for a in members
        ]
        solved = eliminated(rows)
        given = [[Fraction(0)] * len(self.means) for _ in self.buyers]
        for place, seller in enumerate(members):
            for buyer, weights in enumerate(given):
                weights[seller] = solved[place][len(members) + buyer]
        return given

    def welfare_and_value(self, members):
        """Welfare, and value by buyer."""
        value = []
        welfare = Fraction(0)
        for buyer, weights in zip(self.buyers, self.weights(members), strict=True):
            gained = sum(w * dot(buyer, mean) for w, mean in zip(weights, self.means, strict=True))
            welfare += gained
            value.append(gained + sum(c * w * w for c, w in zip(self.costs, weights, strict=True)))
        return welfare, value


def dot(a, b):
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


def eliminated(rows):
    rows = [list(row) for row in rows]
    for i in range(len(rows)):
        pivot = max(range(i, len(rows)), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [x / rows[i][i] for x in rows[i]]
        for r in range(len(rows)):
            if r != i and rows[r][i]:
                rows[r] = [x - rows[r][i] * y for x, y in zip(rows[r], rows[i], strict=True)]
    return rows


def markets(shape, extreme, seed=0):
    """Means as they come, means along axes (sellers alone in a direction), much alike, and two the same."""
    rng = np.random.default_rng(seed)
    sellers, dimensions = SHAPES[shape]
    variances, costs = EXTREMES[extreme](sellers)
    costs = costs * rng.uniform(1, 2, sellers)
    buyers, means = rng.normal(size=(2, dimensions)), rng.normal(size=(sellers, dimensions))
    axes = np.eye(dimensions)[np.minimum(np.arange(sellers), dimensions - 1)]
    twins = np.where(np.arange(sellers)[:, None] == 1, means[0], means)
    for kind in (means, means * 1e5, means * 1e-5, axes, axes + 1e-3 * means, means[0] + 0.01 * means, twins):
        yield MeanEstimation(buyers * (1e5 if kind[0, 0] == means[0, 0] * 1e5 else 1), kind, variances), costs


def near(ours, exact, scale, within):
    assert np.all(np.isfinite(ours))
    assert np.abs(np.asarray(ours) - np.array(exact, dtype=float)).max() <= within * float(scale)


@pytest.mark.parametrize("extreme", EXTREMES)
@pytest.mark.parametrize("shape", SHAPES)
def test_value_and_payments_are_right_to_rounding(shape, extreme):
    for market, costs in markets(shape, extreme):
        exact, ours = Exact(market, costs), clearing(market, costs)
        everyone = list(range(len(costs)))
        welfare, value = exact.welfare_and_value(everyone)
        quantity = [sum(w * w for w in column) for column in zip(*exact.weights(everyone), strict=True)]
        rest = [exact.welfare_and_value([k for k in everyone if k != j]) for j in everyone]
        paid = [welfare - rest[j][0] + exact.costs[j] * quantity[j] for j in everyone]
        lost = [sum(value) - sum(rest[j][1]) for j in everyone]
        whole = ours.allocation
        near(whole.welfare, welfare, welfare, 1e-12)
        near(whole.value_by_buyer, value, max(value), 1e-12)
        near(RULES["threshold"](ours), paid, max(paid), 1e-10)
        # What is lost is a difference of two levels here, each right to rounding.
        near(RULES["vcg"](ours), paid, max(paid) + welfare / 1000, 1e-10)
        near(RULES["leave_one_out"](ours), lost, max(paid) + sum(value) / 1000, 1e-10)


@pytest.mark.parametrize("extreme", EXTREMES)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_curve_is_right_at_every_report_wherever_the_seller_stands(shape, extreme):
    for market, costs in markets(shape, extreme):
        exact, everyone = Exact(market, costs), list(range(len(costs)))
        for seller in (0, 1):
            reports = [1e-12, 1e-6, 1.0, 1e6]
            asked = [[*exact.costs[:seller], u, *exact.costs[seller + 1 :]] for u in map(Fraction, reports)]
            there = [exact.weights(everyone, others) for others in asked]
            wanted = np.array([float(sum(weights[seller] ** 2 for weights in by_buyer)) for by_buyer in there])
            absent = costs.copy()
            absent[seller] = np.inf
            # Two sellers of the same with next to no variance: which of them sells hangs on the last digits of means.
            twins = np.array_equal(market.seller_means[0], market.seller_means[1])
            for asked in (costs, absent):
                curve = clearing(market, asked).curve(seller, reports)
                assert np.abs(curve / wanted - 1).max() <= (3e-5 if twins else 1e-9), (seller, asked)


@pytest.mark.parametrize("extreme", EXTREMES)
@pytest.mark.parametrize("shape", SHAPES)
def test_coalitions_are_valued_to_rounding(shape, extreme):
    rng = np.random.default_rng(2)
    for market, costs in markets(shape, extreme):
        exact, ours = Exact(market, costs), clearing(market, costs)
        order = rng.permutation(len(costs))
        wanted = [sum(exact.welfare_and_value(order[:size].tolist())[1]) for size in range(1, len(order) + 1)]
        near(ours.prefix_values(order[None])[0], wanted, max(wanted), 1e-9)
        masks = np.array([np.isin(np.arange(len(order)), order[:size]) for size in range(1, len(order) + 1)])
        near(ours.coalition_values(masks), wanted, max(wanted), 1e-9)


@pytest.mark.parametrize("spread", [1.0, 1e-2, 1e3])
@pytest.mark.parametrize(("sellers", "dimensions"), [(130, 1), (150, 7), (300, 70)])
def test_many_arrivals_are_valued_as_one_at_a_time(sellers, dimensions, spread):
    rng = np.random.default_rng(6)
    means, lengths = rng.normal(1, 1, (sellers, dimensions)), rng.uniform(0, 1, sellers) ** 4
    # The least is 1e-4 of the longest mean's square: as far as blocks are trusted.
    variances = spread * lengths + (means**2).sum(axis=1).max() / coalitions.DIRECTIONS_REACH
    costs = spread * rng.uniform(0, 5, sellers)
    costs[3] = np.inf
    market = MeanEstimation(rng.normal(1, 1, (2, dimensions)), means, variances)
    orders = np.stack([rng.permutation(sellers) for _ in range(3)])
    ours = clearing(market, costs).prefix_values(orders)
    for order, grown in zip(orders, ours, strict=True):
        for size in (1, 2, 63, 64, 65, 128, 129, sellers):
            inside = np.isin(np.arange(sellers), order[:size])
            wanted = market.allocate(np.where(inside, costs, np.inf)).value
            assert abs(grown[size - 1] / wanted - 1) < 1e-10, size


@pytest.mark.parametrize(("sellers", "dimensions"), [(9, 30), (30, 9), (30, 20)])
def test_the_three_ways_to_invert_agree(sellers, dimensions):
    rng = np.random.default_rng(3)
    columns, buyers = rng.normal(size=(dimensions, sellers)), rng.normal(size=(3, dimensions))
    variances, costs = rng.uniform(1, 2, sellers), rng.uniform(1, 9, sellers)
    variances[0] = costs[0] = 1e-3  # nearly alone in its direction
    ways = [
        BySellers(columns, buyers @ columns, variances, costs),
        ByDirections(Cholesky(columns, variances + costs), buyers, variances, costs),
        ByDirections(Orthogonal(columns, variances + costs), buyers, variances, costs),
    ]
    for way in ways[1:]:
        np.testing.assert_allclose(way.weights, ways[0].weights, rtol=0, atol=1e-12)
        np.testing.assert_allclose(way.distance, ways[0].distance, rtol=1e-11)
        np.testing.assert_allclose(way.lost(), ways[0].lost(), rtol=0, atol=1e-11)


@pytest.mark.parametrize(("sellers", "dimensions"), [(200, 20), (200, 300), (40, 30)])
def test_an_ordinary_market_takes_the_fast_way(sellers, dimensions):
    rng = np.random.default_rng(4)
    columns, buyers = rng.normal(1, 1, (dimensions, sellers)), rng.normal(1, 1, (5, dimensions))
    way = overlap(columns, buyers, buyers @ columns, rng.uniform(0, 20, sellers), rng.uniform(1, 10, sellers))
    assert isinstance(way, BySellers) or isinstance(way._factor, Cholesky)


def test_a_seller_without_cost_and_variance_is_free_data_and_no_fault():
    market = MeanEstimation([[1.0, 2.0]], [[1.0, 0.0], [1.0, 1e-6], [1.0, 1.0]], [0.0, 1e-12, 1.0])
    costs = [0.0, 1e-9, 1.0]
    exact = Exact(market, costs)
    near(market.allocate(costs).weights, exact.weights([0, 1, 2]), 1, 1e-12)


@pytest.mark.parametrize("others", [[], [[1.0, 2.0, 3.0]], [[1.0, 2.0, 3.0], [1.0, 2.0, 3.0 + 1e-9]]])
def test_two_free_sellers_of_the_same_are_refused_whoever_stands_beside(others):
    means = [[1.0, 1.0, 0.3], [3.0, 3.0, 0.9], *others]
    small = np.full(len(others), 1e-9)
    market = MeanEstimation([[1.0, 2.0, 3.0]], means, [0.0, 0.0, *small])
    with pytest.raises(OfferError, match="both 0 for sellers whose means depend linearly"):
        market.allocate([0.0, 0.0, *small])


@pytest.mark.parametrize(
    "question",
    [
        lambda ours: ours.allocation,
        lambda ours: ours.coalition_values(np.array([[False, True, True]])),
        lambda ours: ours.prefix_values([[0, 1, 2]]),
    ],
)
def test_free_sellers_who_know_nothing_are_refused_whatever_is_asked(question):
    ours = clearing(MeanEstimation([[1.0, 2.0]], [[0.0, 0.0], [0.0, 0.0], [3.0, 1.0]], [0.0, 0.0, 1.0]), [0, 0, 1])
    with pytest.raises(OfferError, match="both 0 for sellers whose means depend linearly"):
        question(ours)


def test_nobody_sells_where_nobody_is_here():
    market = MeanEstimation([[1.0, 2.0]], [[1.0, 0.0], [3.0, 1.0]], [1.0, 1.0])
    ours = clearing(market, [np.inf, np.inf])
    assert ours.allocation.welfare == 0
    assert ours.without.welfare.tolist() == [0, 0]
    assert ours.prefix_values([[0, 1]]).tolist() == [[0, 0]]
    assert ours.coalition_values(np.array([[True, True], [False, True]])).tolist() == [0, 0]
    assert ours.curve(0, [0.0, np.inf]).tolist() == [0.25 * 1.0, 0.0]


def test_a_seller_of_nothing_sells_nothing_at_any_report():
    market = MeanEstimation([[1.0, 2.0]], [[0.0, 0.0], [3.0, 1.0]], [0.0, 1.0])
    for own in (1.0, np.inf):
        assert clearing(market, [own, 1.0]).curve(0, [0.0, 1.0, np.inf]).tolist() == [0, 0, 0]


def test_numbers_whose_products_are_none_are_refused_by_name():
    with pytest.raises(OfferError) as refused:
        MeanEstimation([[1.0, 1e200]], [[1.0, -1e200]], [1e300])
    assert [problem.where for problem in refused.value.problems] == [
        "buyer_means[0, 1]",
        "seller_means[0, 1]",
        "variances[0]",
    ]
    with pytest.raises(OfferError, match=r"costs\[1\]: is 1e\+200.*at most 1e\+60.*inf"):
        MeanEstimation([[1.0]], [[1.0], [1.0]], [1.0, 1.0]).allocate([np.inf, 1e200])


def test_the_greatest_reports_and_means_give_numbers():
    rng = np.random.default_rng(5)
    for sellers, dimensions in ((6, 2), (3, 5)):
        means = rng.uniform(-1, 1, (sellers, dimensions))
        for scale, cost in ((1e60, 1e60), (1e-60, 1e60), (1e60, 1.0), (1.0, 1e60)):
            ours = clearing(MeanEstimation(means[:1] * scale, means * scale, np.ones(sellers)), np.full(sellers, cost))
            for rule in RULES.values():
                assert np.isfinite(rule(ours)).all()
            assert np.isfinite(ours.curve(0, [0.0, 1.0, 1e60])).all()
