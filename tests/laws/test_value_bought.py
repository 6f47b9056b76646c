"""The worth that a rule promises to buy, against the most that could be bought; and where the promise is tight."""

from fractions import Fraction
from itertools import chain, combinations, product

import numpy as np
import pytest

from evenhand.markets.procurement import RULES
from evenhand.markets.procurement.knapsack import fractional_optimum, fractional_optimum_of_arrays
from evenhand.mechanisms import MECHANISMS
from evenhand.random_markets import drawn
from tests.laws.markets import small_markets

GRIDS = [
    (1, range(9), range(4), range(1, 9)),
    (2, range(7), range(4), range(1, 8)),
    (3, range(4), range(4), range(1, 5)),
]
FOUR_SELLERS = (4, range(3), (1, 3), (1, 2))
BIGGER = [(3, range(6), range(1, 5), range(1, 7)), (4, range(3), range(1, 5), range(1, 4))]

PARTS = {
    "single_or_share": lambda bought, best: best <= 2 * bought or (best - 2 * bought) ** 2 <= 2 * bought**2,
    "single_or_share_by_lot": lambda bought, best: best <= 3 * bought,
    "prune_and_pack": lambda bought, best: best <= 4 * bought,
}
"""mechanism -> whether so much worth, in expectation over lots, is the part of the best that is promised."""


def few():
    return chain(
        *(small_markets(*grid) for grid in [*GRIDS, FOUR_SELLERS]), drawn(1_500, seed=31, budgets=(1, 7, 60, 240))
    )


def bought(name, market):
    """The worth that a mechanism buys, in expectation over its lots."""
    costs, worth, budget = market
    lots = MECHANISMS[name].lots or {MECHANISMS[name].rule: 1}
    worths = {rule: sum(worth[seller] for seller in RULES[rule].winners(costs, worth, budget)) for rule in lots}
    return Fraction(sum(weight * worths[rule] for rule, weight in lots.items()), sum(lots.values()))


def most(costs, worth, budget):
    """The worth of the best set that fits, by trying all."""
    everyone = range(len(costs))
    sets = chain.from_iterable(combinations(everyone, size) for size in range(len(costs) + 1))
    return max(sum(worth[j] for j in chosen) for chosen in sets if sum(costs[j] for j in chosen) <= budget)


def test_no_set_that_fits_is_worth_more_than_the_fractional_optimum_which_divides_one_dataset_at_most():
    for costs, worth, budget in [*small_markets(*GRIDS[2]), *drawn(300, seed=32, budgets=(1, 7, 60), sellers_max=7)]:
        best, whole = fractional_optimum(costs, worth, budget), most(costs, worth, budget)
        assert whole <= best <= whole + max([0, *(w for c, w in zip(costs, worth, strict=True) if c <= budget)])


def test_the_optimum_of_arrays_is_the_exact_one():
    for costs, worth, budget in drawn(1_000, seed=33, budgets=(1, 7, 60, 240)):
        found = fractional_optimum_of_arrays(np.array(costs, float), np.array(worth, float), float(budget))
        assert found == pytest.approx(float(fractional_optimum(costs, worth, budget)), rel=1e-12)


@pytest.mark.parametrize("name", PARTS)
def test_the_promised_part_of_the_best_is_bought(name):
    for market in few():
        assert PARTS[name](bought(name, market), fractional_optimum(*market)), market


@pytest.mark.sweep
@pytest.mark.parametrize("name", PARTS)
def test_the_promised_part_of_the_best_is_bought_on_many_more_markets(name):
    for market in chain(*(small_markets(*grid) for grid in BIGGER), drawn(20_000, seed=34)):
        assert PARTS[name](bought(name, market), fractional_optimum(*market)), market


@pytest.mark.parametrize(
    ("name", "market", "factor"),
    [
        ("single_or_share", ([682, 933, 0, 473, 464, 46], [201, 605, 734, 619, 734, 408], 1000), 3.4142),
        ("single_or_share_by_lot", ([0, 501, 501], [1, 1, 1], 1000), 2.99),
        ("prune_and_pack", ([0, 0, 60], [9999, 9999, 19997], 60), 3.9998),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_some_markets_come_near_to_the_worst_case(name, market, factor):
    assert fractional_optimum(*market) >= Fraction(factor) * bought(name, market)


def test_each_of_the_two_that_the_lot_falls_on_can_buy_next_to_nothing():
    many = [1] * 100
    assert 100 * bought("best_single", (many, many, 100)) == fractional_optimum(many, many, 100)
    giant = [0, 100], [1, 1_000], 100
    assert bought("proportional_share", giant) * 1_001 == fractional_optimum(*giant) == 1_001


def test_no_rule_that_pays_each_their_cost_within_the_budget_buys_more_than_the_best():
    names = [
        name
        for name, row in MECHANISMS.items()
        if row.rule
        and not RULES[row.rule].of_sets
        and {"rational", "within_budget"} <= {*row.claims}
        and not row.in_shares
    ]
    assert {"proportional_share", *PARTS} - {"single_or_share_by_lot"} <= {*names}
    for market, name in product(drawn(400, seed=35), names):
        assert bought(name, market) <= fractional_optimum(*market)
