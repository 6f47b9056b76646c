"""[Fan25, appendix D.2]: the data-mixture market of one buyer, each statement as a test.

    loss = b + k exp(t . w), minimised together with sum_j c_j w_j^2;      f_j = w_j^2           [Fan25, eqs. 34 and 35]

Two sellers are solved here by bisection, and equal effects by hand, so that no counterexample depends on Evenhand's own
code; the last tests show what Evenhand does on the same markets. The ids are those of docs/errata.md.
"""

import numpy as np
import pytest

from evenhand import payments
from evenhand.errors import OfferError
from evenhand.markets import Mixture


def bisected(falls, low, high):
    """Where a falling function of an array crosses 0, within [low, high]."""
    low, high = np.broadcast_arrays(np.asarray(low, float), np.asarray(high, float))
    for _ in range(80):
        middle = (low + high) / 2
        right = falls(middle) > 0
        low, high = np.where(right, middle, low), np.where(right, high, middle)
    return (low + high) / 2


def two_on_the_simplex(effects, scale, costs):
    """The first seller's weight x, the second's 1 - x: the slope of the convex objective crosses 0, or x is an end."""
    (first, second), (a, b) = effects, costs

    def gain(x):
        growth = scale * np.exp(first * x + second * (1 - x)) * (first - second)
        return -(growth + 2 * a * x - 2 * b * (1 - x))

    return bisected(gain, np.zeros_like(np.asarray(a, float)), 1.0)


def loss(effects, scale, weights):
    return scale * np.exp(np.dot(effects, weights))


def social_cost(effects, scale, costs, weights):
    return loss(effects, scale, weights) + np.dot(costs, np.square(weights))


def vcg(effects, scale, costs):
    """Equation 8 for the first of two sellers: without them the other's weight is 1."""
    x = float(two_on_the_simplex(effects, scale, costs))
    here, alone = np.array([x, 1 - x]), np.array([0.0, 1.0])
    return social_cost(effects, scale, costs, alone) - social_cost(effects, scale, costs, here) + costs[0] * x**2


def myerson(effects, scale, costs, until=np.inf):
    """Equation 7 for the first of two sellers, with the integral ended where it is told to be.

    Brought into 0 <= y < 1 by u = c + s y / (1 - y), and summed on 20,000 midpoints.
    """
    width = 1 + costs[0]
    end = 1.0 if until == np.inf else (until - costs[0]) / (until - costs[0] + width)
    count = 20_000
    y = (np.arange(count) + 0.5) / count * end
    reports = costs[0] + width * y / (1 - y)
    sold = two_on_the_simplex(effects, scale, (reports, costs[1])) ** 2
    integral = (sold * width / (1 - y) ** 2).sum() * end / count
    return costs[0] * float(two_on_the_simplex(effects, scale, costs)) ** 2 + integral


RANDOM = [
    (rng.uniform(-2, 2, 2), rng.uniform(0.2, 3), rng.uniform(0.1, 5, 2)) for rng in map(np.random.default_rng, range(8))
]


# -- Theorem 5.2 and Figure 9b --------------------------------------------------------------------------------------


@pytest.mark.parametrize("instance", RANDOM)
def test_e_000_02_on_the_simplex_vcg_is_the_myerson_payment(instance):
    assert myerson(*instance) == pytest.approx(vcg(*instance), rel=1e-5, abs=1e-9)


def test_e_000_02_an_integral_that_is_cut_shows_a_gap_that_is_not_there():
    """Two sellers of equal effect, c = (1, 1): f_1(u) = 1 / (1 + u)^2, so the integral is 1/2, up to 20 1/2 - 1/21."""
    market = (0.0, 0.0), 1.0, (1.0, 1.0)
    assert vcg(*market) == pytest.approx(3 / 4)
    assert myerson(*market) == pytest.approx(3 / 4, rel=1e-7)
    for until in (1, 5, 20, 100, 10_000):
        assert myerson(*market, until=until) == pytest.approx(3 / 4 - 1 / (1 + until), rel=1e-6)


def equal_effects(costs):
    """Equal effects on the simplex: the loss is constant, and weights go with 1 / c; SC = loss + 1 / sum of 1 / c."""
    inverse = 1 / np.array(costs)
    return inverse / inverse.sum(), 1 / inverse.sum()


def test_e_000_18_the_gap_of_three_sellers_by_hand():
    costs = [1, 3, 5]
    weights, cost = equal_effects(costs)
    _, cost_without = equal_effects(costs[1:])
    assert (weights[0], cost, cost_without) == pytest.approx((15 / 23, 15 / 23, 15 / 8))
    paid = cost_without - cost + costs[0] * weights[0] ** 2
    assert paid == pytest.approx(1.64816, abs=5e-6)
    # f_1(u) = 1 / (1 + 8 u / 15)^2, so what lies beyond u is (15 / 8) / (1 + 8 u / 15)
    beyond = [15 / 8 / (1 + 8 * until / 15) for until in (20, 100)]
    assert [paid - rest for rest in beyond] == pytest.approx([1.48744, 1.61365], abs=5e-6)
    reports = np.linspace(1, 20, 200_001)
    sold = (1 / (1 + 8 * reports / 15)) ** 2
    assert paid - beyond[0] == pytest.approx(weights[0] ** 2 + np.trapezoid(sold, reports), abs=1e-6)


def test_e_000_18_the_weights_by_hand_are_the_least_social_cost():
    weights, cost = equal_effects([1, 3, 5])
    rng = np.random.default_rng(0)
    others = rng.dirichlet(np.ones(3), 10_000)
    assert (others**2 @ [1, 3, 5] >= cost).all()
    assert weights**2 @ [1, 3, 5] == pytest.approx(cost)


# -- existence ------------------------------------------------------------------------------------------------------


def test_e_000_03_on_the_simplex_a_seller_alone_has_no_finite_truthful_payment():
    """f_1 = 1 whatever is asked, and without the seller no mixture is left."""
    sold = [equal_effects([report])[0] ** 2 for report in (0.1, 3.0, 1e9)]
    assert [quantity.tolist() for quantity in sold] == [[1.0], [1.0], [1.0]]


def test_e_000_03_nor_where_every_weight_has_a_lower_bound():
    """Two sellers of equal effect with at least 1/4 each: f_1 never falls below 1/16."""
    reports = np.array([10.0, 1e3, 1e6])
    weights = np.clip(1 / (1 + reports), 1 / 4, 3 / 4)
    assert (weights**2 == 1 / 16).all()


# -- Claim 4 and equation 9 -----------------------------------------------------------------------------------------


def test_e_000_04_on_the_simplex_a_payment_exceeds_what_would_be_lost():
    effects, scale, costs = (0.0, 2.0), 1.0, (0.1, 0.1)
    assert float(two_on_the_simplex(effects, scale, costs)) == pytest.approx(1)
    paid = vcg(effects, scale, costs)
    assert paid == pytest.approx(np.exp(2) + 0.1 - 1.1 + 0.1) == pytest.approx(6.489, abs=1e-3)
    lost = loss(effects, scale, [0, 0]) - loss(effects, scale, [1, 0])
    assert lost == 0, "Claim 4 bounds the payment by 0, and equation 9 divides by it"


def orthant(effects, scale, costs):
    """Weights w_j = -s t_j / (2 c_j) of the sellers with t_j < 0, where s = k exp(t . w) is found by bisection."""
    effects, costs = np.array(effects), np.array(costs)
    pull = np.where(effects < 0, -effects / (2 * costs), 0)
    reached = float(bisected(lambda s: scale * np.exp(s * (effects @ pull)) - s, 0.0, scale))
    return reached * pull


@pytest.mark.parametrize("seed", range(20))
def test_claim_4_holds_where_a_column_may_be_zeroed(seed):
    rng = np.random.default_rng(seed)
    effects, scale, costs = rng.uniform(-3, 1, 4), rng.uniform(0.1, 3), rng.uniform(0.1, 3, 4)
    weights = orthant(effects, scale, costs)
    assert (weights[effects < 0] > 0).all()
    for seller in range(4):
        rest = np.arange(4) != seller
        alone = np.zeros(4)
        alone[rest] = orthant(effects[rest], scale, costs[rest])
        added = social_cost(effects, scale, costs, alone) - social_cost(effects, scale, costs, weights)
        paid = added + costs[seller] * weights[seller] ** 2
        assert paid <= loss(effects, scale, weights * rest) - loss(effects, scale, weights) + 1e-12


# -- equal effects --------------------------------------------------------------------------------------------------


def test_e_000_19_with_equal_effects_the_loss_does_not_depend_on_the_mixture():
    mixtures = np.random.default_rng(0).dirichlet(np.ones(3), 1_000)
    assert loss([3, 3, 3], 2, mixtures.T) == pytest.approx(2 * np.exp(3))
    assert loss([3, 3, 3], 2, np.zeros(3)) == 2, "t > 0: any data is worse than none"


# -- what Evenhand does on the same markets -------------------------------------------------------------------------


@pytest.mark.parametrize("instance", RANDOM)
def test_evenhand_pays_the_same_by_both_names_on_the_simplex(instance):
    effects, scale, costs = instance
    market = Mixture(effects, scale)
    paid = payments.table(market, costs, ["vcg", "threshold"])
    assert paid["vcg"] == pytest.approx(paid["threshold"], rel=1e-9, abs=1e-12)
    assert paid["vcg"][0] == pytest.approx(vcg(*instance), rel=1e-9, abs=1e-9)


def test_evenhand_shows_the_gap_that_a_cut_integral_makes():
    market, costs = Mixture([3.0, 3.0, 3.0], 2.0), [1.0, 3.0, 5.0]
    assert payments.threshold(market, costs)[0] == pytest.approx(1.64816, abs=5e-6)
    for until, printed in ((np.inf, 1.64816), (20, 1.48744), (100, 1.61365)):
        assert payments.threshold_by_quadrature(market, costs, until=until)[0][0] == pytest.approx(printed, abs=5e-6)


def test_evenhand_refuses_a_simplex_that_a_seller_cannot_leave():
    with pytest.raises(OfferError):
        payments.vcg(Mixture([-1.0], 1.0), [1.0])


def test_evenhand_charges_the_simplex_without_dividing_by_zero():
    market, costs = Mixture([0.0, 2.0], 1.0), [0.1, 0.1]
    paid = payments.vcg(market, costs)
    assert paid == pytest.approx([6.489, 0], abs=1e-3)
    assert payments.vcg_upper_bound(market, costs)[0] == 0
    charged = payments.charges(market, costs, paid)
    assert charged.sum() == pytest.approx(0), "the loss is as without data, so there is no value to pay from"


def test_evenhand_refuses_data_at_no_cost_of_which_ever_more_would_be_bought():
    with pytest.raises(OfferError):
        Mixture([-1.0], 1.0, domain="orthant").allocate([0.0])


def test_evenhand_shows_that_with_equal_harmful_effects_the_mixture_is_worth_less_than_nothing():
    market, costs = Mixture([3.0, 3.0, 3.0], 2.0), [1.0, 3.0, 5.0]
    assert market.allocate(costs).value_by_buyer == pytest.approx([2 - 2 * np.exp(3)])
    assert payments.leave_one_out(market, costs) == pytest.approx([0, 0, 0], abs=1e-9)
