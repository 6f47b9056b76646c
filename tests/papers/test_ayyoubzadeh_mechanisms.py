"""[Ayyoubzadeh25]: every lemma, theorem and claim about its mechanisms, as a statement that is true or refuted.

    section 4.1  steps 3, 4      monotone, but E-002-03, E-002-09       5.7          E-002-19
                 step 5          E-002-01                               6.2 lemma 5  E-002-15
    section 4.2  regimes         as they say, but E-002-21                  lemma 6  E-002-16
    section 5    lemma 1         true with the supremum, E-002-01       7            E-002-17
                 lemma 2         true with the supremum, E-002-01       8.2          true at rho = 1 alone, E-002-12
                 lemma 3         E-002-02; its proof E-002-22           8.3          linear, but E-002-23
                 lemma 4         of a formula that is not paid:         8.4 theorem 1        E-002-14
                                 E-002-20                               8.5          E-002-24
                 5.6             E-002-04                               8.6          E-002-18
    appendix D   influence       E-002-25                               8.7 theorems 2 to 4  E-002-11 to E-002-13

E-002-01 to E-002-10 are tested in test_ayyoubzadeh_data_sharing.py. As there, the published rules are written out again
here, and searched on every small market of whole numbers; what Evenhand does on the same markets comes at the end.
"""

from fractions import Fraction
from itertools import combinations, pairwise, product

import numpy as np
import pytest

from evenhand.markets import ExactProcurement
from evenhand.mechanisms import MECHANISMS
from evenhand.numerics.water_filling import bounded_shares
from evenhand.payments import shares
from evenhand.payments.risk import Lottery, least_total
from evenhand.planning import frontier
from evenhand.properties import certify
from evenhand.valuation.worth import worths

HALF = Fraction(1, 2)

# -- as published: Algorithms 1 and 2, the shares of 6.1, the scores of 7.1 -------------------------------------------


def selected(costs, worth, budget):
    """Algorithm 1, lines 3 to 11: by virtual cost c / w, until the next offer does not fit; ties to the lower index."""
    chosen, spent = [], 0
    for i in sorted(range(len(costs)), key=lambda i: (Fraction(costs[i]) / worth[i], i)):
        if spent + costs[i] > budget:
            break
        chosen.append(i)
        spent += costs[i]
    return chosen


def reporting(costs, seller, report):
    return [*costs[:seller], report, *costs[seller + 1 :]]


def critical(seller, costs, worth, budget):
    """The supremum of the winning reports: between places where a seller meets another or fills it, nothing changes."""
    others = [j for j in range(len(costs)) if j != seller]
    meets = {Fraction(worth[seller] * costs[j]) / worth[j] for j in others}
    fills = {budget - sum(costs[j] for j in some) for n in range(len(costs)) for some in combinations(others, n)}
    ends = sorted({0, budget} | {end for end in meets | fills if 0 <= end <= budget})
    return max(
        (end for start, end in pairwise(ends) if wins(seller, (start + end) / Fraction(2), costs, worth, budget)),
        default=0,
    )


def wins(seller, report, costs, worth, budget):
    return seller in selected(reporting(costs, seller, report), worth, budget)


def q_mia(costs, worth, budget):
    """Whom it buys from, and the critical payment of each, as a supremum."""
    return {i: critical(i, costs, worth, budget) for i in selected(costs, worth, budget)}


def token_shares(worth, among):
    """Section 6.1: s_i = w_i / sum of w over the selected."""
    return {i: Fraction(worth[i]) / sum(worth[j] for j in among) for i in among}


def mixed(costs, worth, budget, pool, liquidity):
    """Algorithm 2: rho p^Q + (1 - rho) U s."""
    paid = q_mia(costs, worth, budget)
    part = token_shares(worth, paid)
    return {i: liquidity * paid[i] + (1 - liquidity) * pool * part[i] for i in paid}


def score(amounts):
    """Sections 7.2 to 7.4: each one's part of the sum."""
    return [Fraction(amount, sum(amounts)) for amount in amounts]


def left_with(paid, seller, cost):
    """Section 3.1: u = p - x c."""
    return paid[seller] - cost if seller in paid else 0


def run(name, costs, worth, budget, **more):
    """What each who sells is paid, in cash and shares."""
    outcome = MECHANISMS[name].run(ExactProcurement(worth, budget, **more), costs)
    return {i: outcome.cash[i] + outcome.share[i] for i in range(len(costs)) if outcome.quantity[i]}


# -- every small market -----------------------------------------------------------------------------------------------


def grid(sellers, costs, worths, budgets):
    for cost, worth, budget in product(product(costs, repeat=sellers), product(worths, repeat=sellers), budgets):
        yield list(cost), list(worth), budget


def of_size(total, sellers):
    """Every market of whole numbers whose costs, worth, budget and pool sum to so much."""
    for numbers in product(range(total + 1), repeat=2 * sellers + 1):
        costs, worth, budget = list(numbers[:sellers]), list(numbers[sellers:-1]), numbers[-1]
        pool = total - sum(numbers)
        if pool >= 0 and budget and all(worth):
            yield costs, worth, budget, pool


def smallest(fails, sellers=2):
    """The failing markets of least size, with up to so many sellers."""
    for total in range(2, 12):
        found = [market for n in range(1, sellers + 1) for market in of_size(total, n) if fails(*market)]
        if found:
            return found
    raise AssertionError("no market fails")


PAIRS = list(grid(2, range(5), range(1, 4), range(1, 7)))
TRIPLES = list(grid(3, range(4), range(1, 3), range(1, 6)))

# -- Q-MIA: sections 4 and 5 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("markets", [PAIRS, TRIPLES], ids=["two sellers", "three sellers"])
def test_steps_3_and_4_reports_fit_into_the_budget_and_neither_a_lower_one_nor_more_worth_loses(markets):
    for costs, worth, budget in markets:
        chosen = selected(costs, worth, budget)
        assert sum(costs[i] for i in chosen) <= budget
        for seller in chosen:
            assert not costs[seller] or wins(seller, costs[seller] - 1, costs, worth, budget)
            assert seller in selected(costs, reporting(worth, seller, worth[seller] + 1), budget)


@pytest.mark.parametrize("markets", [PAIRS, TRIPLES[::3]], ids=["two sellers", "three sellers"])
def test_lemmas_1_and_2_hold_with_the_supremum_for_any_worth(markets):
    for costs, worth, budget in markets:
        for seller in range(len(costs)):
            highest = critical(seller, costs, worth, budget)  # looks at the others' reports alone
            for report in (Fraction(halves, 2) for halves in range(2 * budget + 3)):
                if report != highest:
                    assert wins(seller, report, costs, worth, budget) == (report < highest)


def test_lemma_1_no_regime_of_section_4_2_lets_a_report_into_the_worth():
    quality, value = np.array([0.25, 1.0]), np.array([0.5, 0.0])
    assert worths(quality, value, regime="original").tolist() == (quality * value).tolist()
    assert (
        worths(quality, value, regime="quality_only").tolist()
        == worths(quality, 1 - value, regime="quality_only").tolist()
    )
    assert (
        worths(quality, value, regime="impact_only").tolist()
        == worths(1 - quality, value, regime="impact_only").tolist()
    )
    assert worths(1.0, 0.0, regime="original") == 0 < worths(1.0, 0.0, regime="smoothed"), "c / w is finite at value 0"


def test_e_002_21_where_worth_bends_two_names_are_worth_more_than_one():
    def worth(value, gamma, kappa):
        return float(worths(1.0, value, gamma=gamma, kappa=kappa))

    assert worth(25, 0.5, 0) == 5 < worth(9, 0.5, 0) + worth(16, 0.5, 0) == 7, "gamma below 1"
    assert worth(1, 1, 1) == 2 < worth(0.5, 1, 1) + worth(0.5, 1, 1) == 3, "kappa above 0"
    assert float(worths(1.0, 25, concave="sqrt")) == 5, "and a concave u the same"
    assert worth(3, 2, 0) + worth(4, 2, 0) == 25 < worth(7, 2, 0) == 49, "gamma above 1 rewards merging"
    assert worth(9, 1, 0) + worth(16, 1, 0) == worth(25, 1, 0) == 25, "proportional worth rewards neither"


def test_e_002_21_the_second_name_is_paid():
    as_one = MECHANISMS["proportional_share"].run(ExactProcurement([5, 5], 12, whole=True), [0, 0]).cash
    as_two = MECHANISMS["proportional_share"].run(ExactProcurement([3, 4, 5], 12, whole=True), [0, 0, 0]).cash
    assert (as_one.tolist(), as_two.tolist()) == ([6, 6], [3, 4, 5])


def test_e_002_21_a_floor_pays_names_without_any_data():
    def held_by(names):
        return Fraction(names, 1000) / (1 + Fraction(names, 1000))

    assert held_by(1000) == HALF, "appendix D: at least 0.001 each, beside one dataset of 1"


def surplus(chosen, value, costs, price):
    return value(chosen) - price * sum(costs[i] for i in chosen)


def is_best(chosen, value, costs, budget, price):
    """Whether no other affordable set has more V - lambda c."""
    affordable = (
        some
        for size in range(len(costs) + 1)
        for some in combinations(range(len(costs)), size)
        if sum(costs[i] for i in some) <= budget
    )
    best = max(surplus(some, value, costs, price) for some in affordable)
    return surplus(chosen, value, costs, price) == best


def test_e_002_22_for_no_fixed_price_does_the_prefix_maximise_a_surplus():
    for price in (Fraction(n, 4) for n in range(1, 13)):
        assert not is_best(selected([5], [1], 5), len, [5], 5, price), "one seller, bought at a loss"
    chosen = selected([1, 2], [2, 3], 2)
    assert chosen == [0]
    assert not is_best(chosen, lambda some: sum((2, 3)[i] for i in some), [1, 2], 2, price=0), "3 was affordable"


def test_e_002_22_with_redundant_data_it_does_not_for_any_price():
    def distinct(some):
        return len({("one text", "one text", "another")[i] for i in some})

    chosen = selected([1, 1, 2], [1, 1, 1], 3)
    assert chosen == [0, 1]
    assert distinct(chosen) == 1 < distinct([0, 2]) == 2
    assert not any(is_best(chosen, distinct, [1, 1, 2], 3, Fraction(n, 8)) for n in range(33))


def test_where_worth_adds_up_there_is_a_price_afterwards_at_which_the_prefix_is_best():
    for costs, worth, budget in PAIRS[::5] + TRIPLES[::25]:

        def added(some, worth=worth):
            return sum(worth[i] for i in some)

        prices = [Fraction(w, c) for c, w in zip(costs, worth, strict=True) if c] or [0]
        prices = [*prices, max(prices) + 1]
        assert any(is_best(selected(costs, worth, budget), added, costs, budget, price) for price in prices)


def test_e_002_22_vcg_payments_keep_no_budget_either():
    budget, price = 100, Fraction(1, 100)
    with_both, with_one = 2 - 2 * price, 1 - price
    paid = 1 + (with_both - with_one) / price
    assert (paid, 2 * paid > budget) == (100, True), "two sellers with c = 1 and w = 1"


# -- lemma 4 ----------------------------------------------------------------------------------------------------------


def test_lemma_4_is_true_of_the_formula_that_it_names():
    def formula(quality, value, eta, kappa, gamma):
        return gamma * quality**eta * (value + kappa) ** gamma

    for value, eta, kappa, gamma in product((0, 1, 2), (1, 2), (1, 2), (1, 2)):
        assert formula(HALF, value, eta, kappa, gamma) < formula(1, value, eta, kappa, gamma)
    assert formula(HALF, 0, 1, 0, 1) == formula(1, 0, 1, 0, 1) == 0, "but where nothing is added, and kappa is 0"


def pays_more_for_less(costs, worth, budget, pool):
    paid = q_mia(costs, worth, budget)
    return not pool and any(worth[i] > worth[j] and paid[i] < paid[j] for i in paid for j in paid)


def test_e_002_20_the_critical_payment_may_be_larger_for_the_lower_quality():
    assert pays_more_for_less([0, 1], [2, 1], 3, 0)
    assert q_mia([0, 1], [2, 1], 3) == {0: 2, 1: 3}
    assert ([0, 1], [2, 1], 3, 0) in smallest(pays_more_for_less)


def test_e_002_20_the_formula_of_lemma_4_pays_below_cost():
    quality = value = gamma = 1
    assert selected([2], [quality * value], 2) == [0]
    assert gamma * quality * value - 2 == -1


def test_e_002_20_a_seller_of_higher_quality_is_not_paid_less_than_the_same_seller_of_lower():
    for costs, worth, budget in PAIRS:
        for seller in (0, 1):
            better = reporting(worth, seller, worth[seller] + 1)
            assert critical(seller, costs, better, budget) >= critical(seller, costs, worth, budget)


def test_e_002_20_one_price_per_unit_of_worth_pays_more_for_more():
    for costs, worth, budget in PAIRS:
        outcome = MECHANISMS["proportional_share"].run(ExactProcurement(worth, budget), costs)
        if outcome.quantity.tolist() == [1, 1]:
            assert outcome.cash[0] * worth[1] == outcome.cash[1] * worth[0]
            assert not worth[0] > worth[1] or outcome.cash[0] > outcome.cash[1]


# -- section 5.7 ------------------------------------------------------------------------------------------------------


def pair_gains(costs, worth, budget, pool):
    if pool or len(costs) < 2:
        return False
    truth = q_mia(costs, worth, budget)
    lied = (q_mia(list(reports), worth, budget) for reports in product(range(budget + 2), repeat=2))
    return any(all(left_with(lie, i, costs[i]) > left_with(truth, i, costs[i]) for i in (0, 1)) for lie in lied)


def test_e_002_19_two_sellers_raise_each_others_payment():
    assert q_mia([1, 1], [1, 1], 100) == {0: 99, 1: 99}
    assert q_mia([0, 0], [1, 1], 100) == {0: 100, 1: 100}


def test_e_002_19_the_smallest_market_in_which_both_gain():
    assert smallest(pair_gains) == [([1, 1], [1, 1], 2, 0)]
    assert (q_mia([1, 1], [1, 1], 2), q_mia([0, 0], [1, 1], 2)) == ({0: 1, 1: 1}, {0: 2, 1: 2})


# -- MUT: section 6 ---------------------------------------------------------------------------------------------------


def test_section_6_1_shares_sum_to_1_and_lemma_6_those_who_add_something_have_one():
    for worth in product(range(4), repeat=3):
        if any(worth):
            part = token_shares(worth, range(3))
            assert sum(part.values()) == 1
            assert all((part[i] > 0) == (worth[i] > 0) for i in part)


def mass_as_published(documents):
    """q_i phi_i of a dataset of (quality, value) documents: the average quality, and all that they add."""
    return Fraction(sum(quality for quality, _ in documents), len(documents)) * sum(value for _, value in documents)


def test_e_002_15_withholding_a_document_of_value_raises_the_share():
    ours, other = [(1, 3), (0, 1)], 2
    assert token_shares([mass_as_published(ours), other], (0, 1))[0] == HALF
    assert token_shares([mass_as_published(ours[:1]), other], (0, 1))[0] == Fraction(3, 5)


def test_e_002_15_so_does_putting_it_under_a_second_name():
    good, junk = (1, 1), (0, 0)
    assert token_shares([mass_as_published([good, junk]), 1], (0, 1))[0] == Fraction(1, 3)
    apart = token_shares([mass_as_published([good]), mass_as_published([junk]), 1], (0, 1, 2))
    assert apart[0] + apart[1] == HALF


def test_e_002_15_a_tenth_of_the_data_has_the_whole_pool_where_nobody_else_is():
    assert token_shares([10], [0]) == token_shares([1], [0]) == {0: 1}


def test_e_002_15_masses_that_add_up_leave_nothing_to_gain():
    masses = shares.additive_masses([[1, 0], [1], [0]], [[3, 1], [3], [1]]).tolist()
    assert masses == [3, 3, 0], "with the second document, without it, and the second document alone"


def test_e_002_15_withholding_pays_where_what_is_registered_divides_the_pool_and_not_where_a_published_mass_does():
    everything, half = ([28, 10], [3, 3], 20), ([14, 10], [Fraction(3, 2), 3], 20)
    name = "marginal_utility_tokens"
    assert run(name, *everything, pool=60)[0] - 28 == 2
    assert run(name, *half, pool=60)[0] - 14 == 6
    assert run(name, *half, pool=60, mass=6)[0] - 14 == 1


def test_e_002_16_a_share_may_be_worth_less_than_the_data_cost():
    assert token_shares([1], [0])[0] * 1 - 10 == -9, "U = 1, c = 10"


# -- DST: section 7 ---------------------------------------------------------------------------------------------------


def test_section_7_scores_sum_to_1_and_volume_does_not_care_for_names():
    weights = (HALF, Fraction(1, 4), Fraction(1, 4))
    for volume, quality, impact in product(product(range(1, 4), repeat=2), repeat=3):
        parts = [score(amounts) for amounts in (volume, quality, impact)]
        assert sum(weight * sum(part) for weight, part in zip(weights, parts, strict=True)) == 1
    assert sum(score([1, 1, 2])[:2]) == score([2, 2])[0]


def test_e_002_17_a_second_name_is_a_second_share_of_quality():
    assert score([1, 1])[0] == HALF
    assert sum(score([1, 1, 1])[:2]) == Fraction(2, 3)


def test_e_002_17_caps_and_minima_are_not_kept_by_clipping():
    supply, cap, parts = 100, 50, [Fraction(9, 10), Fraction(1, 10)]
    clipped = [min(part * supply, cap) for part in parts]
    assert clipped == [50, 10], "40 tokens go to nobody"
    again = [amount * supply / sum(clipped) for amount in clipped]
    assert again[0] == Fraction(250, 3) > cap


def test_e_002_17_a_cap_holds_for_a_name_and_not_for_who_is_behind_it():
    assert shares.data_share_tokens([9, 1], [1, 1], [9, 1], total=100, high=50).issued.tolist() == [50, 50]
    as_three = shares.data_share_tokens([3, 3, 3, 1], [1] * 4, [3, 3, 3, 1], total=100, high=50)
    assert as_three.issued.tolist() == [30, 30, 30, 10]


def test_e_002_17_a_minimum_pays_names_without_any_data():
    empty = shares.data_share_tokens([1, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0], total=60, low=10)
    assert empty.issued.tolist() == [30, 10, 10, 10]


def test_e_002_17_evenhand_weighs_quality_by_volume_and_keeps_caps_and_supply():
    quality_alone = (0, 1, 0)
    one = shares.data_share_tokens([2, 2], [1, 1], [0, 1], quality_alone, total=60).issued
    two = shares.data_share_tokens([1, 1, 2], [1, 1, 1], [0, 0, 1], quality_alone, total=60).issued
    assert one[0] == two[0] + two[1] == 30
    assert bounded_shares([Fraction(9, 10), Fraction(1, 10)], 0, 50, 100).tolist() == [50, 50]


# -- Mixed-MIA: section 8 ---------------------------------------------------------------------------------------------


def test_section_8_1_the_ends_are_q_mia_and_shares():
    for costs, worth, budget in PAIRS[::3]:
        paid = q_mia(costs, worth, budget)
        assert mixed(costs, worth, budget, 6, liquidity=1) == paid
        assert mixed(costs, worth, budget, 6, liquidity=0) == {
            i: 6 * part for i, part in (token_shares(worth, paid).items() if paid else ())
        }


def test_section_8_3_utility_is_linear_in_the_liquidity():
    for costs, worth, budget in PAIRS[::3]:
        ends = [mixed(costs, worth, budget, 6, liquidity) for liquidity in (0, 1)]
        for i, paid in mixed(costs, worth, budget, 6, Fraction(1, 3)).items():
            assert paid == Fraction(2, 3) * ends[0][i] + Fraction(1, 3) * ends[1][i]


def prefers_cash(seller, costs, worth, budget, pool, *, costed):
    """By how much utility rises with rho: as printed in 8.3, or without the cost, which is borne in cash or not."""
    paid = q_mia(costs, worth, budget)
    return paid[seller] - costed * costs[seller] - pool * token_shares(worth, paid)[seller]


def cheap_prefers_cash(costed):
    def fails(costs, worth, budget, pool):
        chosen = selected(costs, worth, budget)
        rises = {i: prefers_cash(i, costs, worth, budget, pool, costed=costed) for i in chosen}
        return any(
            costs[i] * worth[j] < costs[j] * worth[i] and rises[i] > 0 > rises[j] for i, j in product(chosen, repeat=2)
        )

    return fails


@pytest.mark.parametrize(
    ("costed", "market"), [(1, ([0, 1], [1, 1], 1, 1)), (0, ([0, 1], [1, 3], 2, 3))], ids=["as printed", "u = p - c"]
)
def test_e_002_23_low_cost_per_worth_may_prefer_cash_and_high_cost_shares(costed, market):
    assert cheap_prefers_cash(costed)(*market)
    assert market in smallest(cheap_prefers_cash(costed))


def test_e_002_23_what_decides_is_the_price_per_worth_in_cash_and_in_shares():
    for costs, worth, budget in PAIRS:
        paid = q_mia(costs, worth, budget)
        for i in paid:
            in_cash, in_shares = Fraction(paid[i]) / worth[i], Fraction(6, sum(worth[j] for j in paid))
            rises = prefers_cash(i, costs, worth, budget, 6, costed=0)
            assert (rises > 0, rises < 0) == (in_cash > in_shares, in_cash < in_shares)


def utilities(costs, worth, budget, pool, liquidity):
    return [left_with(mixed(costs, worth, budget, pool, liquidity), i, cost) for i, cost in enumerate(costs)]


def test_e_002_14_every_liquidity_but_none_is_worse_for_everyone():
    market = [1, 1], [1, 1], 100, 1000
    assert [utilities(*market, liquidity) for liquidity in (0, HALF, 1)] == [
        [499] * 2,
        [Fraction(597, 2)] * 2,
        [98] * 2,
    ]
    chosen = frontier(market[1], market[0], 100, 1000, mechanism="mixed_as_published", liquidity=[0, 0.5, 1])
    assert chosen.dominated.tolist() == [False, True, True]


def test_e_002_14_one_seller_suffices_and_the_bound_is_not_exhausted():
    market = [1], [1], 1, 2
    assert [utilities(*market, liquidity) for liquidity in (0, HALF, 1)] == [[1], [HALF], [0]]
    assert max(sum(mixed(*market, liquidity).values()) for liquidity in (0, HALF, 1)) == 2 < 1 + 2


def test_e_002_14_a_liquidity_is_dominated_unless_some_gain_and_some_lose_by_moving():
    for costs, worth, budget in PAIRS[::3]:
        none, middle, all_cash = (utilities(costs, worth, budget, 3, liquidity) for liquidity in (0, HALF, 1))
        rises = [end - start for start, end in zip(none, all_cash, strict=True)]
        better = [
            other
            for other in (none, all_cash)
            if all(o >= m for o, m in zip(other, middle, strict=True)) and other != middle
        ]
        some_gain, some_lose = any(rise > 0 for rise in rises), any(rise < 0 for rise in rises)
        assert bool(better) == (some_gain != some_lose)


def dual(chosen, costs, budget, pool, liquidity):
    """The objective of 8.5 for a set of sellers, with p^Q as large as its bound, sum of p = B + U, allows."""
    in_cash = (budget + liquidity * pool) / liquidity
    assert liquidity * in_cash + (1 - liquidity) * pool == budget + pool
    return liquidity * (in_cash - sum(costs[i] for i in chosen)) + (1 - liquidity) * pool


def test_e_002_24_the_objective_of_8_5_buys_the_cheapest_data_whatever_it_is_worth():
    for worth in ([1, 10], [10, 1], [1, 1]):
        costs, budget, pool = [1, 2], 3, 1
        best = max([(0,), (1,), (0, 1)], key=lambda chosen: dual(chosen, costs, budget, pool, HALF))
        assert best == (0,)
        assert sorted(selected(costs, worth, budget)) == [0, 1], "sorting by virtual cost buys both"


def test_e_002_24_evenhand_chooses_by_value_less_what_cash_and_shares_are_to_the_buyer():
    tried = frontier([1.0, 1.0, 1.0], [3.0, 4.0, 9.0], 10.0, 30.0, liquidity=[0.1, 0.25, 0.5, 1.0])
    assert tried.value.tolist() == [3, 3, 2, 2]
    assert tried.best(cash_price=0.05) == 0


# -- risk: section 8.6 ------------------------------------------------------------------------------------------------


def test_e_002_18_utility_that_falls_with_the_report_is_what_makes_lies_pay():
    def left(report):
        """The budget less the report is paid to who asks no more than 10: it falls strictly."""
        return 10 - report - 3

    assert all(left(report + 1) < left(report) for report in range(10))
    assert max(range(11), key=left) == 0 != 3


def test_e_002_18_the_condition_refuses_the_payment_that_is_truthful():
    payments = {report: q_mia([report], [1], 10)[0] for report in range(11)}
    assert set(payments.values()) == {10}, "utility is 7 at every winning report"


def crra(paid, aversion):
    return float(paid) ** (1 - aversion) / (1 - aversion)


def test_e_002_18_as_written_a_cost_is_no_money_and_truth_loses():
    assert q_mia([10], [1], 16) == {0: 16}
    assert crra(16, 0.5) - 10 == -2, "the truth; staying away leaves 0"
    assert all(crra(paid, 2) - 0 < 0 for paid in (1, 100, 10**6)), "above 1 nobody gains by any payment"


def test_e_002_18_a_threshold_leaves_truth_best_for_who_dislikes_risk():
    even = Lottery([0.0, 2.0], [0.5, 0.5])
    assert least_total(10.0, even, 0.5) == pytest.approx(10.0), "in cash alone, the cost"
    least = least_total(10.0, even, 0.5, liquidity=0.5)
    assert least == pytest.approx(10 / (HALF * (HALF**HALF + Fraction(3, 2) ** HALF)) ** 2)
    assert least > 10


# -- theorems 2 to 4 --------------------------------------------------------------------------------------------------


def gains_by_a_lie(costs, worth, budget, pool, liquidity=HALF):
    """Whether someone who would not lose by the truth gains by another whole report."""
    truth = mixed(costs, worth, budget, pool, liquidity)
    for i, cost in enumerate(costs):
        honest = left_with(truth, i, cost)
        lies = (mixed(reporting(costs, i, report), worth, budget, pool, liquidity) for report in range(budget + 2))
        if honest >= 0 and any(left_with(lie, i, cost) > honest for lie in lies):
            return True
    return False


def test_e_002_11_asking_more_pushes_another_out_and_has_the_whole_pool():
    market = [1, 1], 10, 100, HALF
    assert mixed([1, 8], *market) == {0: 29, 1: Fraction(59, 2)}
    assert mixed([3, 8], *market) == {0: 54}, "28 with the truth, 53 by asking 3"


def test_e_002_11_asking_less_than_the_cost_gets_in_where_the_pool_is():
    market = [1, 1], 10, 100, HALF
    assert set(mixed([6, 5], *market)) == {1}
    assert mixed([5, 5], *market)[0] - 6 == Fraction(43, 2)


def test_e_002_11_the_smallest_market_in_which_a_lie_pays():
    assert smallest(gains_by_a_lie) == [([0, 1], [1, 1], 1, 1)]
    assert mixed([0, 1], [1, 1], 1, 1, HALF)[0] == Fraction(3, 4)
    assert mixed([1, 1], [1, 1], 1, 1, HALF) == {0: 1}


def test_theorem_2_holds_at_rho_1_with_the_supremum():
    assert not any(gains_by_a_lie(*market, pool=3, liquidity=1) for market in PAIRS[::3])


def loses(costs, worth, budget, pool):
    return any(paid < costs[i] for i, paid in mixed(costs, worth, budget, pool, HALF).items())


def test_e_002_12_half_a_critical_payment_and_some_pool_do_not_cover_the_cost():
    assert mixed([2], [1], 2, 1, HALF) == {0: Fraction(3, 2)}
    assert smallest(loses) == [([1], [1], 1, 0)]
    assert mixed([4, 5], [1, 1], 10, 1, HALF) == {0: Fraction(11, 4), 1: Fraction(13, 4)}


def test_e_002_12_the_utility_of_section_8_2_leaves_a_part_of_the_cost_out():
    for costs, worth, budget in PAIRS[::3]:
        critical_payments = q_mia(costs, worth, budget)
        part = token_shares(worth, critical_payments) if critical_payments else {}
        for liquidity in (0, Fraction(1, 3), 1):
            paid = mixed(costs, worth, budget, 6, liquidity)
            for i in paid:
                printed = liquidity * (critical_payments[i] - costs[i]) + (1 - liquidity) * part[i] * 6
                assert paid[i] - costs[i] == printed - (1 - liquidity) * costs[i]


def overspends(costs, worth, budget, pool):
    return sum(mixed(costs, worth, budget, pool, liquidity=1).values()) > budget + pool


def test_e_002_13_all_cash_pays_more_than_budget_and_pool():
    assert sum(mixed([1, 1], [1, 1], 100, 0, liquidity=1).values()) == 198
    assert overspends([1, 1], [1, 1], 100, 97)
    assert smallest(overspends) == [([0, 0], [1, 1], 1, 0)]


def test_theorem_4_would_follow_if_critical_payments_kept_the_budget():
    for costs, worth, budget in PAIRS + TRIPLES[::5]:
        if sum(q_mia(costs, worth, budget).values()) <= budget:
            for liquidity in (0, Fraction(1, 3), 1):
                assert sum(mixed(costs, worth, budget, 6, liquidity).values()) <= budget + 6


# -- influence: appendix D --------------------------------------------------------------------------------------------


def test_e_002_25_the_printed_influence_of_data_that_helps_is_negative():
    """A model of one number t, trained on the seed (t - 0)^2 / 2, tested on (t - 1)^2 / 2; the dataset says 1."""
    trained, curvature = Fraction(0), 1
    of_the_dataset, of_the_test = trained - 1, trained - 1
    printed = -of_the_dataset * Fraction(1, curvature) * of_the_test
    assert printed == -1

    def lost(weight):
        return (weight / (1 + weight) - 1) ** 2 / 2  # trained with the dataset at a weight, t is weight / (1 + weight)

    step = Fraction(1, 10**6)
    assert (lost(0) - lost(step)) / step == pytest.approx(1, rel=1e-5), "the test loss falls by 1 a unit of weight"
    in_training = trained - 0
    assert in_training == 0, "were the mean gradient in training meant, every dataset would get 0"


# -- Evenhand: as published, and as it keeps what is promised ---------------------------------------------------------


@pytest.mark.parametrize("markets", [PAIRS[::5], TRIPLES[::23]], ids=["two sellers", "three sellers"])
def test_the_rows_as_published_are_the_published_rules(markets):
    for costs, worth, budget in markets:
        assert run("q_mia", costs, worth, budget) == q_mia(costs, worth, budget)
        assert run("q_mia_as_published", costs, worth, budget) == dict.fromkeys(selected(costs, worth, budget), 0)
        for pool, liquidity in ((6, Fraction(1, 3)), (1, HALF), (2, Fraction(0)), (0, Fraction(1))):
            ours = run("mixed_as_published", costs, worth, budget, pool=pool, liquidity=liquidity)
            assert ours == mixed(costs, worth, budget, pool, liquidity)
        everyone = token_shares(worth, range(len(costs)))
        ours = run("marginal_utility_tokens_as_published", costs, worth, budget, pool=6)
        assert ours == {i: 6 * part for i, part in everyone.items() if costs[i] <= budget + 6}


def test_the_token_functions_as_published_are_the_published_formulas():
    for quality, value in product(product((0.5, 1.0), repeat=2), repeat=2):
        masses = [q * v for q, v in zip(quality, value, strict=True)]
        ours = shares.marginal_utility_tokens_as_published(quality, value, 8.0).issued
        assert ours.tolist() == pytest.approx([8 * mass / sum(masses) for mass in masses])
    volume, quality, impact = [1, 3], [1, 1], [2, -1]
    weights = (0.5, 0.25, 0.25)
    expected = [
        60 * sum(float(weight * part) for weight, part in zip(weights, parts, strict=True))
        for parts in zip(score(volume), score(quality), score(impact), strict=True)
    ]
    ours = shares.data_share_tokens_as_published(volume, quality, impact, weights, 60).issued
    assert ours.tolist() == pytest.approx(expected)


REFUTED = {
    "e_002_11_over": ([1, 8], [1, 1], 10, 100),
    "e_002_11_under": ([6, 5], [1, 1], 10, 100),
    "e_002_11_smallest": ([0, 1], [1, 1], 1, 1),
    "e_002_12": ([2], [1], 2, 1),
    "e_002_12_row": ([4, 5], [1, 1], 10, 1),
    "e_002_13": ([1, 1], [1, 1], 100, 0),
    "e_002_14": ([1], [1], 1, 2),
    "e_002_16": ([10], [1], 20, 1),
    "e_002_19": ([1, 1], [1, 1], 2, 0),
    "e_002_20": ([0, 1], [2, 1], 3, 0),
    "e_002_23": ([0, 1], [1, 3], 2, 3),
}
KEEPING = ("proportional_share", "mixed_split", "mixed_net_cost", "marginal_utility_tokens")


@pytest.mark.parametrize("name", KEEPING)
@pytest.mark.parametrize("market", REFUTED.values(), ids=REFUTED)
def test_on_the_markets_of_the_counterexamples_no_lie_gains_nobody_loses_and_the_pots_last(name, market):
    costs, worth, budget, pool = market
    setting = {"whole": True, "pool": pool if MECHANISMS[name].in_shares else 0}
    truth = run(name, costs, worth, budget, **setting)
    outcome = MECHANISMS[name].run(ExactProcurement(worth, budget, **setting), costs)
    assert outcome.cash.sum() <= budget
    assert outcome.share.sum() <= pool
    for i, cost in enumerate(costs):
        honest = left_with(truth, i, cost)
        assert honest >= 0
        for report in range(budget + pool + 2):
            lie = run(name, reporting(costs, i, report), worth, budget, **setting)
            assert left_with(lie, i, cost) <= honest, (i, report)


@pytest.mark.parametrize("name", KEEPING)
def test_where_two_gain_together_under_q_mia_they_do_not(name):
    costs, worth, budget, _ = REFUTED["e_002_19"]
    truth = run(name, costs, worth, budget, whole=True)
    for reports in product(range(budget + 2), repeat=2):
        lie = run(name, list(reports), worth, budget, whole=True)
        assert any(left_with(lie, i, costs[i]) <= left_with(truth, i, costs[i]) for i in (0, 1))


PUBLISHED = [name for name, row in MECHANISMS.items() if row.source == "Ayyoubzadeh25" and row.refuted]


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_claim_that_a_row_names_as_refuted_fails_on_its_own_market(name):
    row = MECHANISMS[name]
    assert set(row.counterexamples) == set(row.refuted)
    for claim, (market, costs) in row.counterexamples.items():
        found = {finding.claim: finding for finding in certify(row, market, costs)}
        assert found[claim].gap > 0
        assert found[claim].holds is False
