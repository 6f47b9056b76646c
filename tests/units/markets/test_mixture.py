"""Mixtures on cases worked out by hand, at the edges, with several tasks, and where they refuse."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import lambertw

from evenhand import payments
from evenhand.errors import OfferError
from evenhand.market import SolvedAgain
from evenhand.markets import Mixture
from evenhand.numerics.games import subsets

E = np.e
DOMAINS = ("simplex", "capped", "orthant", "free")
every_domain = pytest.mark.parametrize("domain", DOMAINS)
TASKS = [[-1.0, -2.0, 0.5, 0.0], [0.3, -1.0, -2.0, -0.5]]
one_task_or_two = pytest.mark.parametrize("effects", [TASKS[0], TASKS], ids=["one task", "two tasks"])


def refusal(ask, *arguments, **settings):
    """What a question is refused with, problem by problem."""
    with pytest.raises(OfferError) as refused:
        ask(*arguments, **settings)
    return refused.value.problems


def answers(market, costs):
    """Every answer of a market, by name; sellers last."""
    cleared = market.clear(costs)
    return {
        **payments.table(market, costs),
        "quantity": cleared.allocation.quantity,
        "weights": cleared.allocation.weights,
        "area": cleared.area,
        "value without": cleared.without.value_by_buyer,
        "welfare without": cleared.without.welfare,
        "contributions": cleared.contributions,
    }


# -- by hand ----------------------------------------------------------------------------------------------------------


def test_equal_sellers_on_the_simplex_share_by_their_costs():
    # weights go with 1/c; the loss is the same whoever sells, so what counts is the cost: 3/4, or 3, or 1
    market, costs = Mixture([-2.0, -2.0], scale=5.0), [1.0, 3.0]
    np.testing.assert_allclose(market.allocate(costs).weights, [[0.75, 0.25]])
    paid = payments.table(market, costs)
    np.testing.assert_allclose(paid["direct"], [9 / 16, 3 / 16])
    np.testing.assert_allclose(paid["threshold"], [9 / 16 + 3 - 3 / 4, 3 / 16 + 1 - 3 / 4])
    np.testing.assert_allclose(paid["vcg"], paid["threshold"])
    np.testing.assert_allclose(paid["leave_one_out"], [0.0, 0.0], atol=1e-15)
    np.testing.assert_allclose(paid["shapley"], [2.5 * (1 - E**-2)] * 2)
    np.testing.assert_allclose(market.curve(costs, 0, [0.0, 1.0, 3.0, 9.0, np.inf]), [1, 9 / 16, 1 / 4, 1 / 16, 0])


def test_unlike_sellers_on_the_simplex_by_hand():
    # at w = (1/2, 1/2) the loss is s = e^2 e^-2 = 1, and 2 c_1 w_1 - s = 2 c_2 w_2 - 3 s
    market, costs = Mixture([-1.0, -3.0], scale=E**2, offset=7.0), [1.0, 3.0]
    sold = market.allocate(costs)
    np.testing.assert_allclose(sold.weights, [[0.5, 0.5]])
    np.testing.assert_allclose(market.loss([0.5, 0.5]), [8.0])
    assert market.standalone_loss == pytest.approx(E**2 + 7)
    np.testing.assert_allclose([sold.value, sold.welfare], [E**2 - 1, E**2 - 2])
    # alone, the second leaves 1/e and costs 3; the first leaves e and costs 1
    paid = payments.table(market, costs)
    np.testing.assert_allclose(paid["threshold"], [1 / 4 + 1 + 1 / E, 3 / 4 + E - 1])
    np.testing.assert_allclose(paid["leave_one_out"], [1 / E - 1, E - 1])
    first, second = E**2 - E, E**2 - 1 / E
    np.testing.assert_allclose(paid["shapley"], [(sold.value + first - second) / 2, (sold.value + second - first) / 2])


def test_a_seller_on_the_simplex_sells_exactly_where_it_pays():
    # alone, the first leaves s = 1/e at the price nu = 2 c - s; the second sells exactly if 5 s < nu
    market = Mixture([-1.0, 5.0])
    assert market.allocate([3 / E * (1 - 1e-9), 1.0]).quantity[1] == 0
    assert market.allocate([3 / E * (1 + 1e-9), 1.0]).quantity[1] > 0


def test_one_seller_on_the_orthant_is_lambert_s_w():
    effect, cost, scale = -2.0, 0.3, 1.7
    fallen = lambertw(scale * effect**2 / (2 * cost)).real  # -t w, where k e^-x = 2 c x / t^2
    market = Mixture([effect], scale=scale, domain="orthant")
    sold = market.allocate([cost])
    np.testing.assert_allclose(sold.weights, [[fallen / 2]], rtol=1e-14)
    value = scale * (1 - np.exp(-fallen))
    assert sold.value == pytest.approx(value, rel=1e-14)
    assert sold.welfare == pytest.approx(value - cost * (fallen / 2) ** 2, rel=1e-14)
    for rule in ("leave_one_out", "shapley", "threshold", "vcg"):  # without the seller there is nothing
        np.testing.assert_allclose(payments.table(market, [cost])[rule], [value], rtol=1e-14, err_msg=rule)


def test_all_sellers_who_help_sell_on_the_orthant():
    effects, costs = np.array([-1.0, -0.5, 0.0, 2.0, -3.0]), np.array([1.0, 2.0, 1.0, 0.1, 40.0])
    helping = np.minimum(effects, 0)
    fallen = lambertw((helping**2 / (2 * costs)).sum()).real
    expected = -np.exp(-fallen) * helping / (2 * costs)
    np.testing.assert_allclose(Mixture(effects, domain="orthant").allocate(costs).weights, [expected], rtol=1e-14)


def test_weights_are_of_either_sign_on_the_free_domain_and_of_that_which_helps():
    effects, costs = np.array([-1.0, 2.0, 0.0]), [1.0, 3.0, 1.0]
    free = Mixture(effects, domain="free").clear(costs)
    orthant = Mixture(-np.abs(effects), domain="orthant").clear(costs)
    np.testing.assert_allclose(free.allocation.weights, orthant.allocation.weights * [1, -1, 1], rtol=1e-14)
    np.testing.assert_allclose(free.area, orthant.area, rtol=1e-14)
    np.testing.assert_allclose(free.contributions, orthant.contributions, rtol=1e-14)
    np.testing.assert_allclose(free.curve(1, [0.5, 9.0]), orthant.curve(1, [0.5, 9.0]), rtol=1e-14)


def test_a_cap_binds_where_more_than_1_would_be_bought():
    # two like sellers, a = 1: w = s each where nothing binds, so s = 1/4 at k = sqrt(e)/4, and 1/2 at k = e/2
    effects, costs = [-1.0, -1.0], [0.5, 0.5]
    for scale, capped, orthant in (
        (np.sqrt(E) / 4, 0.25, 0.25),
        (E / 2, 0.5, 0.5),
        (E**2, 0.5, lambertw(2 * E**2) / 2),
    ):
        for domain, weight in (("capped", capped), ("orthant", np.real(orthant)), ("simplex", 0.5)):
            sold = Mixture(effects, scale, domain=domain).allocate(costs)
            np.testing.assert_allclose(sold.weights, [[weight, weight]], rtol=1e-14, err_msg=f"{domain} at {scale}")


def test_under_a_cap_that_binds_payments_differ_from_the_simplex_where_the_rest_would_stay_below_it():
    # with both the cap binds; either of them alone is bought up to w = s, with s = k e^-w, far below 1
    effects, costs, scale = [-1.0, -1.0], [0.5, 0.5], 1.5
    capped, simplex = Mixture(effects, scale, domain="capped"), Mixture(effects, scale, domain="simplex")
    np.testing.assert_allclose(capped.allocate(costs).weights, simplex.allocate(costs).weights)
    alone = lambertw(scale).real
    welfare, without = scale * (1 - 1 / E) - 1 / 4, scale * (1 - np.exp(-alone)) - alone**2 / 2
    np.testing.assert_allclose(payments.threshold(capped, costs), [1 / 8 + welfare - without] * 2, rtol=1e-13)
    np.testing.assert_allclose(payments.threshold(simplex, costs), [1 / 8 + 1 / 2 - 1 / 4] * 2, rtol=1e-13)


@pytest.mark.parametrize("domain", ["simplex", "capped"])
def test_what_costs_nothing_takes_all_the_weight_that_is_left(domain):
    # counted from the free seller, the other's effect is -1: w = s / 2 with s = k e^(-1 - w)
    market = Mixture([-2.0, -1.0, 3.0], scale=2.0, domain=domain)
    costs = [1.0, 0.0, 1.0]
    weight = brentq(lambda w: w - np.exp(-1 - w), 0, 1, xtol=1e-15)
    np.testing.assert_allclose(market.allocate(costs).weights, [[weight, 1 - weight, 0]], rtol=1e-13)
    np.testing.assert_allclose(market.curve([1.0, 1.0, 1.0], 1, [0.0]), [(1 - weight) ** 2], rtol=1e-13)
    brute = payments.RULES["vcg"](SolvedAgain(market, costs, hooks=False))
    np.testing.assert_allclose(payments.threshold(market, costs), brute, rtol=1e-12)


# -- who is there, and how they are counted ---------------------------------------------------------------------------


@every_domain
@one_task_or_two
def test_who_stays_away_is_as_good_as_deleted(domain, effects):
    here, costs = [0, 1, 3], np.array([0.5, 2.0, np.inf, 1.0])
    away = answers(Mixture(effects, domain=domain), costs)
    gone = answers(Mixture(np.take(effects, here, axis=-1), domain=domain), costs[here])
    for name, numbers in gone.items():
        np.testing.assert_allclose(away[name][..., here], numbers, rtol=1e-10, atol=1e-12, err_msg=name)
    for name in ("quantity", "area", "threshold", "vcg", "leave_one_out", "shapley", "contributions"):
        np.testing.assert_allclose(away[name][..., 2], 0, atol=1e-14, err_msg=name)
    asked = [0.1, 1.0, 10.0, np.inf]
    market = Mixture(effects, domain=domain)
    brute = SolvedAgain(market, costs, hooks=False).curve(2, asked)
    np.testing.assert_allclose(market.curve(costs, 2, asked), brute, rtol=1e-9, atol=1e-12)


@every_domain
@one_task_or_two
def test_if_nobody_is_present_nothing_is_bought_and_nobody_is_paid(domain, effects):
    market, costs = Mixture(effects, domain=domain), np.full(4, np.inf)
    assert not any(np.any(numbers) for numbers in answers(market, costs).values())
    cleared = market.clear(costs)
    assert cleared.allocation.welfare == 0
    assert not cleared.coalition_values(subsets(4)).any()
    assert not cleared.prefix_values([[2, 0, 1, 3]]).any()


@one_task_or_two
def test_a_lone_seller_on_the_simplex_supplies_everything_but_cannot_be_paid_by_rules_that_leave_them_out(effects):
    market, costs = Mixture(effects), [np.inf, 5.0, np.inf, np.inf]
    np.testing.assert_array_equal(market.allocate(costs).weights, [[0, 1, 0, 0]])
    np.testing.assert_allclose(market.curve(costs, 1, [0.5, 7.0]), [1.0, 1.0])
    np.testing.assert_allclose(payments.direct(market, costs), [0, 5.0, 0, 0])
    value = market.value([[0.0, 1.0, 0.0, 0.0]])[0]
    np.testing.assert_allclose(payments.shapley(market, costs), [0, value, 0, 0])
    refused = [
        market.area,
        market.without,
        lambda asked: payments.threshold(market, asked),
        lambda asked: payments.vcg(market, asked),
        lambda asked: payments.leave_one_out(market, asked),
    ]
    for ask in refused:
        (problem,) = refusal(ask, costs)
        assert problem.where == "costs[1]"
        assert "payment would be infinite" in problem.bound


@pytest.mark.parametrize("domain", ["capped", "orthant", "free"])
@one_task_or_two
def test_a_lone_seller_who_need_not_be_bought_from_is_paid_all_they_are_worth(domain, effects):
    market, costs = Mixture(effects, domain=domain), [np.inf, 5.0, np.inf, np.inf]
    value = market.allocate(costs).value
    assert value > 0
    for rule, paid in payments.table(market, costs, ["leave_one_out", "shapley", "threshold", "vcg"]).items():
        np.testing.assert_allclose(paid, [0, value, 0, 0], rtol=1e-12, err_msg=rule)


@every_domain
@one_task_or_two
def test_two_like_sellers_serve_as_one_at_half_the_cost(domain, effects):
    costs = np.array([0.7, 2.0, 0.4, 1.0])
    one = Mixture(effects, domain=domain).clear(costs).allocation
    doubled = Mixture(np.repeat(effects, [1, 2, 1, 1], axis=-1), domain=domain)
    cleared = doubled.clear([0.7, 4.0, 4.0, 0.4, 1.0])
    half = one.weights / [1, 2, 1, 1]
    np.testing.assert_allclose(cleared.allocation.weights, half[:, [0, 1, 1, 2, 3]], rtol=1e-10, atol=1e-14)
    assert cleared.allocation.welfare == pytest.approx(one.welfare, rel=1e-12)
    for name, numbers in answers(doubled, cleared.costs).items():
        np.testing.assert_allclose(numbers[..., 1], numbers[..., 2], rtol=1e-10, atol=1e-14, err_msg=name)


@pytest.mark.parametrize("domain", ["capped", "orthant", "free"])
@pytest.mark.parametrize("effects", [[-1.0, 0.0, 0.5], [[-1.0, 0.0, 0.5], [-2.0, 0.0, -0.1]]])
def test_a_seller_without_an_effect_sells_nothing_and_is_paid_nothing(domain, effects):
    given = answers(Mixture(effects, domain=domain), [1.0, 0.1, 1.0])
    for name in ("quantity", "area", "threshold", "vcg", "leave_one_out", "shapley", "contributions"):
        np.testing.assert_allclose(given[name][..., 1], 0, atol=1e-15, err_msg=name)


@every_domain
@one_task_or_two
def test_effects_of_0_leave_only_the_costs_to_decide(domain, effects):
    cleared = Mixture(np.zeros_like(effects), domain=domain).clear([1.0, 2.0, 4.0, 4.0])
    expected = [0.5, 0.25, 0.125, 0.125] if domain == "simplex" else [0, 0, 0, 0]
    np.testing.assert_allclose(cleared.allocation.weights, [expected], rtol=1e-14)
    assert cleared.allocation.value == 0
    # on the simplex the rest costs 1 / (sum of 1/c), which is 2 in all
    areas = [1 / (2 - 1 / cost) - 1 / 2 for cost in (1, 2, 4, 4)] if domain == "simplex" else [0, 0, 0, 0]
    np.testing.assert_allclose(cleared.area, areas, rtol=1e-13)


@every_domain
@one_task_or_two
@pytest.mark.parametrize("money", [1e-9, 1e9])
def test_counting_money_in_another_unit_changes_nothing_else(domain, effects, money):
    costs = np.array([0.7, 2.0, 0.4, 1.0])
    usual, other = (
        answers(Mixture(effects, 3.0, domain=domain), costs),
        answers(Mixture(effects, 3.0 * money, domain=domain), costs * money),
    )
    for name, numbers in usual.items():
        unit = 1 if name in ("quantity", "weights") else money
        np.testing.assert_allclose(other[name] / unit, numbers, rtol=1e-9, atol=1e-12, err_msg=name)


@every_domain
@one_task_or_two
def test_an_offset_changes_the_loss_and_nothing_else(domain, effects):
    costs = [0.7, 2.0, 0.4, 1.0]
    with_offset, without = Mixture(effects, 3.0, 1e9, domain), Mixture(effects, 3.0, 0.0, domain)
    assert (with_offset.loss(np.zeros(4)) == 1e9 + 3).all()
    same = answers(with_offset, costs)
    for name, numbers in answers(without, costs).items():
        np.testing.assert_array_equal(same[name], numbers, err_msg=name)


@every_domain
@pytest.mark.parametrize("cost", [1e-12, 1e-6, 1e6, 1e12])
def test_one_extreme_report_leaves_every_answer_right(domain, cost):
    market, costs = Mixture([-1.0, -2.0, 0.5, -0.3], 3.0, domain=domain), [cost, 0.5, 2.0, 1.0]
    brute = SolvedAgain(market, costs, hooks=False)
    exact = payments.RULES["vcg"](brute)
    within = {"rtol": 0, "atol": 1e-9 * exact.max()}
    np.testing.assert_allclose(payments.threshold(market, costs), exact, **within)
    np.testing.assert_allclose(payments.vcg(market, costs), exact, **within)
    np.testing.assert_allclose(market.without(costs).value, brute.without.value, **within)


@every_domain
@one_task_or_two
def test_a_report_of_infinity_is_the_limit_of_large_ones(domain, effects):
    market = Mixture(effects, domain=domain)
    near, far = answers(market, [1.0, 2.0, 1e25, 0.5]), answers(market, [1.0, 2.0, np.inf, 0.5])
    for name, numbers in far.items():
        if name != "shapley":  # alone on the simplex, a seller is worth the same at any report but infinity
            np.testing.assert_allclose(near[name], numbers, rtol=1e-9, atol=1e-12, err_msg=name)


# -- several tasks ----------------------------------------------------------------------------------------------------


@every_domain
def test_equal_tasks_are_one_with_the_sum_of_their_scales(domain):
    effects, costs = [-1.0, -2.0, 0.5, -0.3], [0.7, 2.0, 0.4, 1.0]
    one = Mixture(effects, 4.5, domain=domain)
    three = Mixture([effects] * 3, [1.0, 3.0, 0.5], domain=domain)
    many = answers(three, costs)
    for name, numbers in answers(one, costs).items():
        np.testing.assert_allclose(many[name], numbers, rtol=1e-9, atol=1e-12, err_msg=name)
    masks = subsets(4)
    np.testing.assert_allclose(three.coalition_values(costs, masks), one.coalition_values(costs, masks), atol=1e-11)
    asked = [1e-3, 0.5, 30.0, np.inf]
    np.testing.assert_allclose(three.curve(costs, 0, asked), one.curve(costs, 0, asked), rtol=1e-9, atol=1e-12)


@every_domain
def test_one_row_of_effects_is_one_task(domain):
    costs = [0.7, 2.0, 0.4, 1.0]
    row = answers(Mixture([TASKS[0]], [2.0], [1.0], domain), costs)
    for name, numbers in answers(Mixture(TASKS[0], 2.0, 1.0, domain), costs).items():
        np.testing.assert_array_equal(row[name], numbers, err_msg=name)


@every_domain
def test_a_scale_for_all_tasks_is_that_of_each_and_their_order_does_not_matter(domain):
    costs = [0.7, 2.0, 0.4, 1.0]
    same = answers(Mixture(TASKS, 2.0, domain=domain), costs)
    for effects, scale in ((TASKS, [2.0, 2.0]), (TASKS[::-1], 2.0)):
        for name, numbers in answers(Mixture(effects, scale, domain=domain), costs).items():
            np.testing.assert_allclose(same[name], numbers, rtol=1e-9, atol=1e-12, err_msg=name)


@every_domain
def test_a_task_that_nobody_matters_to_changes_nothing(domain):
    costs = [0.7, 2.0, 0.4, 1.0]
    with_it = answers(Mixture([TASKS[0], [0.0] * 4], [2.0, 100.0], domain=domain), costs)
    for name, numbers in answers(Mixture(TASKS[0], 2.0, domain=domain), costs).items():
        np.testing.assert_allclose(with_it[name], numbers, rtol=1e-9, atol=1e-12, err_msg=name)


def test_two_sellers_of_two_tasks_by_hand():
    # each helps one task and not the other, so on the orthant they are two markets; on the simplex likes share alike
    market = Mixture([[-2.0, 0.0], [0.0, -1.0]], [1.7, 0.6], domain="orthant")
    apart = [lambertw(1.7 * 4 / 0.6).real / 2, lambertw(0.6 / 5.0).real]
    np.testing.assert_allclose(market.allocate([0.3, 2.5]).weights, [apart], rtol=1e-12)
    symmetric = Mixture([[-2.0, 0.0], [0.0, -2.0]])
    np.testing.assert_allclose(symmetric.allocate([1.0, 1.0]).weights, [[0.5, 0.5]], rtol=1e-12)
    # with both, e^-1 twice and a cost of 1/2; alone, 1 + e^-2 and a cost of 1
    paid = 1 / 4 + (1 + E**-2 + 1) - (2 / E + 1 / 2)
    np.testing.assert_allclose(payments.threshold(symmetric, [1.0, 1.0]), [paid, paid], rtol=1e-12)


# -- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("effects", [1.0, [], np.zeros((1, 1, 1)), np.zeros((2, 0)), np.zeros((0, 2))])
def test_effects_are_one_number_a_seller_or_one_row_a_task(effects):
    (problem,) = refusal(Mixture, effects)
    assert (problem.where, problem.found) == ("effects", f"has shape {np.shape(effects)}")
    assert problem.remedy == "Give at least one seller."


def test_an_effect_is_a_number_and_all_that_are_not_are_named():
    assert [p.where for p in refusal(Mixture, [np.nan, -1.0, -np.inf, 1e101])] == [f"effects[{i}]" for i in (0, 2, 3)]
    (problem,) = refusal(Mixture, [[0.0, 1.0], [np.nan, 1.0]])
    assert (problem.where, problem.found) == ("effects[1, 0]", "is nan")


@pytest.mark.parametrize("scale", [0.0, -1.0, np.nan, np.inf])
def test_a_scale_is_a_finite_number_above_0(scale):
    (problem,) = refusal(Mixture, [-1.0], scale=scale)
    assert (problem.where, problem.bound) == ("scale", "it is a finite number above 0")
    assert str(scale) in problem.found
    (problem,) = refusal(Mixture, [[-1.0], [-2.0]], scale=[1.0, scale])
    assert problem.where == "scale[1]"


def test_all_bad_terms_are_refused_together():
    problems = refusal(Mixture, [[-1.0], [1.0]], scale=[1.0, 2.0, 3.0], offset=np.nan, domain="simplx")
    assert [problem.where for problem in problems] == ["scale", "offset", "domain"]
    assert problems[0].bound == "effects have tasks: 2"
    assert problems[2].remedy == 'Did you mean "simplex"?'
    assert all(domain in problems[2].bound for domain in DOMAINS)


def test_a_loss_that_does_not_fit_a_float_is_refused_only_where_it_could_be_bought():
    (problem,) = refusal(Mixture, [-1.0, 601.0])
    assert (problem.where, problem.found) == ("effects[1]", "is 601.0 at a scale of 1.0")
    (problem,) = refusal(Mixture, [[-1.0, 0.0], [595.0, 0.0]], scale=[1.0, 1e4])
    assert problem.where == "effects[1, 0]"
    for domain in ("capped", "orthant", "free"):
        assert Mixture([-1.0, 601.0], domain=domain).allocate([1.0, 1.0]).value > 0


@every_domain
@one_task_or_two
def test_reports_are_one_number_a_seller_and_0_or_more(domain, effects):
    market = Mixture(effects, domain=domain)
    (problem,) = refusal(market.allocate, [1.0, 1.0])
    assert (problem.where, problem.bound) == ("costs", "there are 4 sellers")
    assert [p.where for p in refusal(market.allocate, [-1.0, 1.0, np.nan, 1.0])] == ["costs[0]", "costs[2]"]
    assert [p.where for p in refusal(market.curve, np.ones(4), 0, [1.0, -1.0])] == ["costs[1]"]


@every_domain
@one_task_or_two
def test_a_cost_that_is_almost_0_is_refused(domain, effects):
    market = Mixture(effects, domain=domain)
    problems = refusal(market.allocate, [1e-101, 1.0, 1e-300, 1.0])
    assert [problem.where for problem in problems] == ["costs[0]", "costs[2]"]
    assert problems[0].found == "is 1e-101"
    assert problems[0].bound == "a cost above 0 is 1e-100 or more"


@every_domain
def test_the_smallest_costs_that_are_taken_give_numbers(domain):
    given = answers(Mixture([-1.0, -2.0, 0.5], domain=domain), [1e-100, 1.0, 1e-100])
    for name, numbers in given.items():
        assert np.isfinite(numbers).all(), name


@pytest.mark.parametrize("domain", ["orthant", "free"])
def test_a_cost_of_0_is_refused_where_infinitely_much_would_be_bought_or_as_much_as_you_like(domain):
    market = Mixture([-1.0, 0.0, 1.0, -2.0], domain=domain)
    problems = refusal(market.allocate, [0.0, 0.0, 1.0, 1.0])
    assert [problem.where for problem in problems] == ["costs[0]", "costs[1]"]
    assert "infinitely much" in problems[0].bound
    assert "leaves open" in problems[1].bound
    assert refusal(market.allocate, [1.0, 0.0, 1.0, 1.0])[0].where == "costs[1]"
    if domain == "free":
        assert refusal(market.allocate, [1.0, 1.0, 0.0, 1.0])[0].where == "costs[2]"
    else:  # nobody would buy what raises the loss, for nothing either
        assert market.allocate([1.0, 1.0, 0.0, 1.0]).quantity[2] == 0


def test_a_cost_of_0_is_refused_where_it_leaves_the_split_open():
    for domain in ("simplex", "capped"):
        problems = refusal(Mixture([-1.0, -1.0, 0.5], domain=domain).allocate, [0.0, 0.0, 1.0])
        assert [problem.where for problem in problems] == ["costs[0]", "costs[1]"]
        assert "leaves the split open" in problems[0].bound
        np.testing.assert_array_equal(
            Mixture([-1.0, -2.0, 0.5], domain=domain).allocate([0.0, 0.0, 1.0]).weights, [[0, 1, 0]]
        )
    # left unbought and bought for nothing are one where neither has an effect
    assert refusal(Mixture([-1.0, 0.0], domain="capped").allocate, [1.0, 0.0])[0].where == "costs[1]"
    assert Mixture([-1.0, 0.0], domain="simplex").allocate([1.0, 0.0]).quantity[1] > 0


@every_domain
def test_a_cost_of_0_is_refused_with_several_tasks(domain):
    (problem,) = refusal(Mixture(TASKS, domain=domain).allocate, [1.0, 0.0, 1.0, 1.0])
    assert (problem.where, problem.found) == ("costs[1]", "is 0")


@one_task_or_two
def test_there_are_no_thresholds_where_parts_are_sold(effects):
    with pytest.raises(ValueError, match="ask `area` or `curve`"):
        Mixture(effects).thresholds(np.ones(4))


def test_a_curve_of_several_tasks_refuses_a_report_too_small_to_compute_with():
    with pytest.raises(OfferError, match=r"reports\[0\]: is 1e-200"):
        Mixture([[-1.0, -2.0], [0.0, 1.0]]).curve([1.0, 1.0], 1, [1e-200])


def test_a_seller_who_takes_the_whole_loss_away_is_paid_a_number():
    market = Mixture([-1500.0, -2.0])
    np.testing.assert_allclose(payments.threshold(market, [1.0, 1.0]), payments.vcg(market, [1.0, 1.0]), rtol=1e-9)
