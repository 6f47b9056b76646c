"""The laws that tie all continuous markets together: each fast answer against brute force, each payment against theory.

Errors are measured by the largest payment of the market. The default run takes a few markets of each kind, the sweep
a thousand.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from evenhand import payments
from evenhand.market import SolvedAgain, borne
from evenhand.markets import Mixture
from evenhand.numerics.games import subsets
from evenhand.payments.charges import capped, charged, split
from evenhand.payments.direct import reimbursed
from evenhand.payments.leave_one_out import lost_value
from evenhand.payments.shapley import average_contribution
from evenhand.payments.threshold import highest_asked
from evenhand.payments.vcg import added_to_others
from tests.laws.welfare import (
    KINDS,
    MEANS,
    MIXTURES,
    TASKS,
    cases,
    column_zeroing_is_feasible,
    cvx_mean_estimation,
    cvx_mixture,
    largest,
)

every_kind = pytest.mark.parametrize("kind", KINDS)
closed_form = pytest.mark.parametrize("kind", [*MEANS, *MIXTURES])


def few(kind, times=1):
    """How many markets the default run takes; those of many tasks are slow."""
    return times * (2 if kind in TASKS else 8)


def small(kind):
    """How many sellers they have."""
    return (2, 4) if kind in TASKS else (1, 6)


def agree(one, other, scale, within, case):
    assert float(np.abs(np.asarray(one) - other).max(initial=0.0)) <= within * scale, case


def all_truthful_payments_are_one(case, seller):
    """VCG by solving again for everyone, the closed forms, and Myerson by quadrature for one seller."""
    brute = added_to_others(SolvedAgain(case.market, case.costs, hooks=False))
    scale = largest(brute)
    cleared = case.market.clear(case.costs)
    agree(highest_asked(cleared), brute, scale, 1e-9, case)
    agree(added_to_others(cleared), brute, scale, 1e-9, case)
    integral, error = SolvedAgain(case.market, case.costs).integral(seller)
    paid = borne(cleared.costs, cleared.allocation.quantity)[seller] + integral
    agree(paid, brute[seller], scale, 1e-9, case)
    assert error <= 1e-9 * scale, case


@closed_form
def test_vcg_by_solving_again_is_myerson_by_quadrature_and_the_closed_form(kind):
    for case in cases(kind, few(kind)):
        for seller in range(len(case.costs)):
            all_truthful_payments_are_one(case, seller)


@pytest.mark.parametrize("kind", TASKS)
def test_vcg_by_solving_again_is_myerson_by_quadrature_with_many_tasks(kind):
    for case in cases(kind, 2, sellers=(2, 4)):
        all_truthful_payments_are_one(case, case.seed % len(case.costs))


@pytest.mark.sweep
@closed_form
def test_vcg_by_solving_again_is_myerson_by_quadrature_and_the_closed_form_on_a_thousand(kind):
    for case in cases(kind, 1_000, seed=1_000, sellers=(1, 6)):
        all_truthful_payments_are_one(case, case.seed % len(case.costs))


@pytest.mark.sweep
@pytest.mark.parametrize("kind", TASKS)
def test_vcg_by_solving_again_is_myerson_by_quadrature_on_many_with_many_tasks(kind):
    for case in cases(kind, 10, seed=1_000, sellers=(2, 5)):
        all_truthful_payments_are_one(case, case.seed % len(case.costs))


def hooks_agree_with_brute_force(case, rng):
    fast, brute = case.market.clear(case.costs), SolvedAgain(case.market, case.costs, hooks=False)
    rules = (reimbursed, lost_value, added_to_others, average_contribution)
    scale = max(largest(rule(brute)) for rule in (reimbursed, added_to_others))
    for rule in rules:
        agree(rule(fast), rule(brute), max(scale, largest(rule(brute))), 1e-9, (rule.__name__, case))
    agree(fast.without.welfare, brute.without.welfare, scale, 1e-9, case)
    agree(fast.without.value_by_buyer, brute.without.value_by_buyer, scale, 1e-9, case)
    agree(fast.contributions, brute.contributions, scale, 1e-9, case)

    seller = int(rng.integers(len(case.costs)))
    reports = np.array([0.01, 0.5, 1.0, 3.0, 1e3, np.inf])
    agree(fast.curve(seller, reports), brute.curve(seller, reports), brute.curve(seller, [0.01])[0], 1e-9, case)

    sellers = len(case.costs)
    agree(fast.coalition_values(subsets(sellers)), brute.coalition_values(subsets(sellers)), scale, 1e-9, case)
    orders = np.stack([rng.permutation(sellers) for _ in range(2)])
    agree(fast.prefix_values(orders), brute.prefix_values(orders), scale, 1e-9, case)


@every_kind
def test_every_fast_answer_is_that_of_solving_again(kind):
    for case in cases(kind, few(kind), seed=100, sellers=small(kind)):
        hooks_agree_with_brute_force(case, np.random.default_rng(case.seed))


@pytest.mark.sweep
@closed_form
def test_every_fast_answer_is_that_of_solving_again_on_many(kind):
    for case in cases(kind, 200, seed=2_000, sellers=(1, 6)):
        hooks_agree_with_brute_force(case, np.random.default_rng(case.seed))


@every_kind
def test_who_stays_away_is_as_good_as_deleted(kind):
    for case in cases(kind, few(kind), seed=200, sellers=(3, 7)):
        rng = np.random.default_rng(case.seed)
        here = rng.permutation(len(case.costs))[: int(rng.integers(2, len(case.costs)))]
        here.sort()
        absent = np.ones(len(case.costs), bool)
        absent[here] = False
        away = case.market.clear(np.where(absent, np.inf, case.costs))
        gone = case.among(here).clear(case.costs[here])
        scale = largest(added_to_others(gone))
        assert not away.allocation.quantity[absent].any()
        agree(away.allocation.quantity[here], gone.allocation.quantity, largest(gone.allocation.quantity), 1e-9, case)
        for rule in (reimbursed, lost_value, added_to_others, highest_asked, average_contribution):
            paid = rule(away)
            assert (np.abs(paid[absent]) <= 1e-12 * scale).all(), (rule.__name__, case)
            agree(paid[here], rule(gone), scale, 1e-9, (rule.__name__, case))
        agree(away.contributions[:, here], gone.contributions, scale, 1e-9, case)


@every_kind
def test_a_higher_report_never_sells_more(kind):
    for case in cases(kind, few(kind), seed=300, sellers=small(kind)):
        cleared = case.market.clear(case.costs)
        for seller in range(len(case.costs)):
            curve = cleared.curve(seller, np.geomspace(1e-4, 1e6, 101))
            assert (np.diff(curve) <= 1e-12 * curve[0]).all(), (seller, case)
            own = cleared.curve(seller, [case.costs[seller]])[0]
            assert own == pytest.approx(cleared.allocation.quantity[seller], rel=1e-9, abs=1e-12)


@every_kind
def test_nobody_is_paid_less_than_the_cost_by_threshold(kind):
    for case in cases(kind, few(kind, 3), seed=400):
        cleared = case.market.clear(case.costs)
        assert (highest_asked(cleared) >= reimbursed(cleared)).all(), case


@every_kind
def test_shapley_payments_sum_to_the_value_of_everyone(kind):
    for case in cases(kind, few(kind), seed=500):
        cleared = case.market.clear(case.costs)
        total = cleared.allocation.value
        assert average_contribution(cleared).sum() == pytest.approx(total, rel=1e-10, abs=1e-12)


def test_duplicates_are_paid_alike_by_every_rule():
    for case in cases("duplicates", few("duplicates", 3), seed=600):
        for rule, paid in payments.table(case.market, case.costs).items():
            assert paid[0] == pytest.approx(paid[1], rel=1e-9, abs=1e-9 * largest(paid)), (rule, case)


def test_sellers_without_data_are_paid_nothing_by_any_rule():
    found = 0
    for case in cases("without data", few("without data", 3), seed=700):
        nothing = ~case.market.seller_means.any(axis=1)
        found += nothing.sum()
        for rule, paid in payments.table(case.market, case.costs).items():
            assert (np.abs(paid[nothing]) <= 1e-12 * largest(paid)).all(), (rule, case)
    assert found > 10


@closed_form
def test_an_estimated_shapley_value_is_unbiased_and_its_standard_error_right(kind):
    """100 estimates from 20 orders each: their mean is within 4 standard errors, and their spread is as they say."""
    (case,) = cases(kind, 1, seed=801, sellers=(4, 5))
    exact = payments.shapley(case.market, case.costs)
    rng = np.random.default_rng(8)
    drawn = [payments.shapley_estimate(case.market, case.costs, 20, rng) for _ in range(100)]
    values = np.array([estimate.value for estimate in drawn])
    said = np.sqrt(np.mean([estimate.stderr**2 for estimate in drawn], axis=0))
    floor = 1e-12 * largest(exact)
    assert (np.abs(values.mean(axis=0) - exact) <= 4 * said / 10 + floor).all(), case
    uncertain = said > floor
    assert (np.abs(values.std(axis=0, ddof=1) / np.where(uncertain, said, 1) - 1)[uncertain] < 0.3).all(), case
    total = case.market.allocate(case.costs).value
    np.testing.assert_allclose(values.sum(axis=1), total, rtol=1e-10)
    assert drawn[0].budget == 20 * len(case.costs)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if column_zeroing_is_feasible(kind)])
def test_vcg_is_within_the_value_that_vanishes_with_the_data(kind):
    for case in cases(kind, few(kind, 3), seed=900):
        bound = payments.vcg_upper_bound(case.market, case.costs)
        paid = payments.vcg(case.market, case.costs)
        assert (paid <= bound + 1e-12 * largest(bound)).all(), case


def test_on_the_simplex_vcg_exceeds_the_value_that_vanishes_with_the_data():
    market = Mixture([0.0, 2.0], domain="simplex")
    assert payments.vcg_upper_bound(market, [0.1, 0.1])[0] == 0
    assert payments.vcg(market, [0.1, 0.1])[0] > 6


# -- the buyers' side -------------------------------------------------------------------------------------------------


@every_kind
def test_charges_sum_to_the_payments_within_the_value_and_fall_short_beyond(kind):
    for case in cases(kind, few(kind, 3), seed=1100):
        cleared = case.market.clear(case.costs)
        value, paid = cleared.allocation.value_by_buyer, highest_asked(cleared)
        rounding = 1e-12 * (largest(paid) + largest(value))
        for stretch in (0.5, 1.0, 3.0):
            charge = charged(cleared, stretch * paid)
            owed, most = stretch * paid.sum(), np.maximum(value, 0).sum()
            assert (charge.sum(axis=1) <= np.maximum(value, 0) + rounding).all(), case
            if owed <= most:
                agree(charge.sum(axis=0), stretch * paid, 1.0, rounding, case)
            else:
                assert charge.sum() == pytest.approx(most, abs=rounding), case
                assert (charge.sum(axis=0) <= stretch * paid + rounding).all(), case


MONEY = st.floats(0, 1e6, allow_subnormal=False)


@st.composite
def bills(draw):
    buyers, sellers = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    contributions = draw(arrays(float, (buyers, sellers), elements=st.floats(-1e3, 1e6)))
    value = draw(arrays(float, buyers, elements=st.floats(-1e3, 1e6)))
    return contributions, value, draw(arrays(float, sellers, elements=MONEY))


@given(bills())
def test_capped_charges_are_balanced_where_they_can_be_and_never_beyond_a_buyer_s_value(bill):
    contributions, value, paid = bill
    charge = capped(split(contributions, paid), value, paid)
    most = np.maximum(value, 0)
    rounding = 1e-9 * (1 + paid.sum() + most.sum())
    assert (charge >= -rounding).all()
    assert (charge.sum(axis=1) <= most + rounding).all()
    assert (charge.sum(axis=0) <= paid + rounding).all()
    assert charge.sum() == pytest.approx(min(paid.sum(), most.sum()), abs=rounding)


@given(bills())
def test_charges_follow_equation_9_where_no_cap_binds_and_everyone_would_miss_something(bill):
    contributions, value, paid = bill
    lost = np.maximum(contributions, 0) + 1.0
    plain = split(lost, paid)
    plenty = np.abs(value) + plain.sum() + 1
    np.testing.assert_allclose(plain, lost / lost.sum(axis=0) * paid)
    np.testing.assert_allclose(capped(plain, plenty, paid), plain, atol=1e-9 * (1 + paid.sum()))


def buyers_keep(case):
    """What each buyer keeps under equation 9 as it stands, and what the condition says: (buyers,) each."""
    cleared = case.market.clear(case.costs)
    weights, means = cleared.allocation.weights, case.market.seller_means
    gram = means @ means.T + np.diag(case.market.variances)
    inverse = np.linalg.inv(gram + np.diag(case.costs))
    distance = 1 / np.diag(inverse) - case.costs
    kept = cleared.allocation.value_by_buyer - split(cleared.contributions, highest_asked(cleared)).sum(axis=1)
    return kept, ((weights @ gram) * weights).sum(axis=1) - weights**2 @ distance


@pytest.mark.parametrize("kind", [kind for kind in MEANS if kind != "duplicates"])
def test_a_buyer_keeps_something_under_equation_9_exactly_if_data_overlap_little(kind):
    """v_i - charges_i = w_i' G w_i - sum_j d_j w_ij^2: it decides, and it is what the buyer keeps."""
    for case in cases(kind, few(kind, 5), seed=1200):
        kept, condition = buyers_keep(case)
        agree(kept, condition, largest(highest_asked(case.market.clear(case.costs))), 1e-10, case)


def test_some_buyers_lose_under_equation_9():
    """The like-minded do: sellers are near each other, and a buyer takes differences of them."""
    kept = np.concatenate([buyers_keep(case)[0] for case in cases("like-minded", few("like-minded", 10), seed=1300)])
    assert (kept < 0).any()
    assert (kept > 0).any()


# -- the same markets written in cvxpy --------------------------------------------------------------------------------


def convex_twins(count, seed):
    """Random markets with closed forms, each with a twin in cvxpy."""
    kinds = [*MEANS, *MIXTURES]
    for number in range(seed, seed + count):
        (case,) = cases(kinds[2 * number % len(kinds)], 1, seed=number, sellers=(2, 4))
        market = case.market
        if case.kind in MEANS:
            yield case, cvx_mean_estimation(market.buyer_means, market.seller_means, market.variances)
        else:
            yield case, cvx_mixture(market.effects, market.scale, case.kind)


def convex_payments_are_one(case, twin, quadratures):
    exact = highest_asked(case.market.clear(case.costs))
    again = SolvedAgain(twin, case.costs)
    agree(added_to_others(again), exact, largest(exact), 1e-5, case)
    for seller in range(quadratures or len(case.costs)):
        paid = borne(again.costs, again.allocation.quantity)[seller] + again.integral(seller)[0]
        agree(paid, exact[seller], largest(exact), 1e-5, case)


def test_a_convex_market_pays_as_its_closed_form():
    for case, twin in convex_twins(5, seed=1):
        convex_payments_are_one(case, twin, quadratures=1)


@pytest.mark.sweep
def test_fifty_convex_markets_pay_as_their_closed_forms():
    for case, twin in convex_twins(50, seed=100):
        convex_payments_are_one(case, twin, quadratures=None)
