"""[Fan25]: the statements that speak of any market, each as a test; those that fail with their counterexample.

The paper's rules are written out here again, in a few lines and by enumeration, so that no counterexample depends on
Evenhand's own code; the last tests show what Evenhand does. The ids are those of docs/errata.md. The paper's three
kinds of market have files of their own: test_fan_mean_estimation.py, test_fan_mixture.py, test_fan_retrieval.py.
"""

from fractions import Fraction
from itertools import chain, combinations, pairwise, permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from evenhand import payments
from evenhand.errors import OfferError
from evenhand.markets import MeanEstimation, Subsets
from evenhand.mechanisms import MECHANISMS
from evenhand.properties import certify
from evenhand.properties.impossibility import impossibility

# -- any fixed feasible set: equations 1, 3, 7 and 8 ----------------------------------------------------------------
#
# A market is a list of feasible allocations, each a gross value and a quantity of every seller. One of them sells
# nothing, so that everyone can be left out.


def best(market, costs, without=None):
    """Equation 1: the allocation of largest welfare; the first of equals; None of them uses the seller left out."""
    feasible = [choice for choice in market if without is None or choice[1][without] == 0]
    return max(feasible, key=lambda choice: welfare_of(choice, costs))


def welfare_of(choice, costs):
    value, quantity = choice
    return value - sum(cost * amount for cost, amount in zip(costs, quantity, strict=True))


def reporting(costs, seller, report):
    return [*costs[:seller], report, *costs[seller + 1 :]]


def quantity(market, costs, seller):
    return best(market, costs)[1][seller]


def breakpoints(market, costs, seller):
    """Where the welfare of two allocations crosses as one seller's report moves: nothing changes in between."""
    lines = {(welfare_of(choice, reporting(costs, seller, 0)), choice[1][seller]) for choice in market}
    crossings = {Fraction(a - b, p - q) for (a, p), (b, q) in combinations(lines, 2) if p != q}
    return sorted(report for report in crossings if report >= 0)


def area(market, costs, seller):
    """The integral of equation 7: f_j is constant between breakpoints, and 0 beyond the last."""
    start = costs[seller]
    points = [start, *(point for point in breakpoints(market, costs, seller) if point > start)]
    return sum(
        (right - left) * quantity(market, reporting(costs, seller, Fraction(left + right, 2)), seller)
        for left, right in pairwise(points)
    )


def myerson(market, costs, seller):
    """Equation 7."""
    return costs[seller] * quantity(market, costs, seller) + area(market, costs, seller)


def vcg(market, costs, seller):
    """Equation 8: what the others have with the seller, less what they have where the seller is left out."""
    here = best(market, costs)
    others = welfare_of(here, costs) + costs[seller] * here[1][seller]
    return others - welfare_of(best(market, costs, without=seller), costs)


def leave_one_out(market, costs, seller):
    """Equation 3."""
    return best(market, costs)[0] - best(market, costs, without=seller)[0]


def utility(market, costs, seller, report, pay):
    asked = reporting(costs, seller, report)
    return pay(market, asked, seller) - costs[seller] * quantity(market, asked, seller)


def telling_reports(market, costs, seller):
    """Every report at which something can change, and one between any two: enough to find the best lie."""
    points = [Fraction(0), *breakpoints(market, costs, seller)]
    return {*points, *(Fraction(a + b, 2) for a, b in pairwise(points)), points[-1] + 1}


@st.composite
def markets(draw, sellers=3):
    amounts = st.tuples(*[st.integers(0, 3)] * sellers)
    choices = draw(st.lists(st.tuples(st.integers(-5, 20), amounts), min_size=1, max_size=6))
    costs = draw(st.lists(st.integers(0, 6), min_size=sellers, max_size=sellers))
    return [(0, (0,) * sellers), *choices], costs


@given(markets())
def test_claim_1_a_higher_report_never_sells_more(instance):
    market, costs = instance
    for seller in range(3):
        reports = sorted(telling_reports(market, costs, seller))
        sold = [quantity(market, reporting(costs, seller, report), seller) for report in reports]
        assert all(more >= less for more, less in pairwise(sold))


def test_claim_1_others_may_sell_more_or_less_when_one_asks_more():
    substitutes = [(0, (0, 0)), (3, (1, 0)), (2, (0, 1))]
    complements = [(0, (0, 0)), (4, (1, 1))]
    assert [quantity(substitutes, [ask, 1], 1) for ask in (1, 3)] == [0, 1]
    assert [quantity(complements, [ask, 1], 1) for ask in (1, 4)] == [1, 0]


@given(markets())
def test_equations_7_and_8_make_the_truth_a_best_report_and_nobody_loses(instance):
    market, costs = instance
    for pay, seller in product((myerson, vcg), range(3)):
        honest = utility(market, costs, seller, costs[seller], pay)
        assert honest >= 0
        assert all(
            utility(market, costs, seller, report, pay) <= honest for report in telling_reports(market, costs, seller)
        )


@given(markets())
def test_e_000_02_vcg_is_the_myerson_payment_on_any_fixed_feasible_set(instance):
    market, costs = instance
    for seller in range(3):
        assert myerson(market, costs, seller) == vcg(market, costs, seller)


def test_equation_29_the_integral_is_the_welfare_that_a_seller_adds():
    market, costs = [(0, (0, 0)), (5, (1, 0)), (8, (1, 1))], [1, 1]
    added = welfare_of(best(market, costs), costs) - welfare_of(best(market, costs, without=0), costs)
    assert area(market, costs, 0) == added == 6


# -- Theorem 5.1: the smallest truthful payment ---------------------------------------------------------------------


def smallest_payment(reports, sold):
    """The least that a truthful and rational rule can pay at the first report, if only these reports are possible.

    A linear program over the payments at all reports: no report gains by another, and nobody is paid below cost.
    """
    count = len(reports)
    rows, bounds = [], []
    for true, lie in permutations(range(count), 2):  # p(lie) - c f(lie) <= p(true) - c f(true)
        row = np.zeros(count)
        row[lie], row[true] = 1, -1
        rows.append(row)
        bounds.append(reports[true] * (sold[lie] - sold[true]))
    first = np.zeros(count)
    first[0] = 1
    rational = [(report * amount, None) for report, amount in zip(reports, sold, strict=True)]
    return linprog(first, A_ub=np.array(rows), b_ub=bounds, bounds=rational).fun


@pytest.mark.parametrize(("highest", "points"), [(4.0, 60), (40.0, 100)])
def test_theorem_5_1_no_truthful_payment_is_smaller_than_myersons(highest, points):
    reports = np.geomspace(1, highest, points)
    sold = 1 / (1 + reports) ** 2  # one seller and one buyer of mean 1, no variance; the integral from u on is 1/(1+u)
    least = smallest_payment(reports, sold)
    steps = np.diff(reports)
    between = (steps * sold[1:]).sum(), (steps * sold[:-1]).sum()  # lower and upper sum of the integral
    assert reports[0] * sold[0] + between[0] == pytest.approx(least)
    assert between[0] < 1 / 2 - 1 / (1 + highest) < between[1]


def test_theorem_5_1_needs_reports_without_an_upper_bound():
    """Where nobody may ask more than 4, the integral may end there: 1/4 + 1/2 - 1/5 and not 1/4 + 1/2."""
    reports = np.linspace(1, 4, 61)
    sold = 1 / (1 + reports) ** 2
    paid = reports * sold + 1 / (1 + reports) - 1 / 5
    assert paid[0] == pytest.approx(0.55)
    assert (paid >= reports * sold - 1e-12).all()
    gains = paid[None, :] - reports[:, None] * sold[None, :] - (paid - reports * sold)[:, None]
    assert gains.max() <= 1e-12, "no report gains by another"


# -- set functions: LOO and Shapley, Remarks 2 and 3, Theorem 5.3 ---------------------------------------------------


def coalitions(players):
    return chain.from_iterable(combinations(players, size) for size in range(len(players) + 1))


def without(players, player):
    return tuple(other for other in players if other != player)


def loo(game, players):
    return [game(players) - game(without(players, player)) for player in players]


def shapley(game, players):
    """Equation 4 as the average over all orders of arrival."""
    total = dict.fromkeys(players, Fraction(0))
    orders = list(permutations(players))
    for order, place in product(orders, range(len(players))):
        total[order[place]] += game(tuple(sorted(order[: place + 1]))) - game(tuple(sorted(order[:place])))
    return [total[player] / len(orders) for player in players]


def by_size(*values):
    return lambda coalition: values[len(coalition)]


def subadditive(game, players):
    return all(
        game(tuple(sorted(a + b))) <= game(a) + game(b)
        for a, b in product(coalitions(players), repeat=2)
        if not set(a) & set(b)
    )


def superadditive(game, players):
    return subadditive(lambda coalition: -game(coalition), players)


def submodular(game, players):
    """What a player adds never grows with those who are there."""
    return all(
        game(tuple(sorted({*a, player}))) - game(a) >= game(tuple(sorted({*b, player}))) - game(b)
        for a, b in product(coalitions(players), repeat=2)
        for player in players
        if set(a) <= set(b) and player not in b
    )


TRIO = (0, 1, 2)
THIRD_COUNTS_AGAIN = by_size(0, 1, 1, 2)
"""Subadditive, not submodular: the third seller adds as much as the first."""


def coverage(sets):
    """How much the union of the chosen sets holds: a submodular game."""
    return lambda coalition: len(set().union(*(sets[player] for player in coalition)))


coverages = st.lists(st.sets(st.integers(0, 6)), min_size=3, max_size=3).map(coverage)


def test_e_000_08_a_subadditive_game_with_loo_above_shapley():
    game = THIRD_COUNTS_AGAIN
    assert subadditive(game, TRIO)
    assert loo(game, TRIO) == [1, 1, 1]
    assert shapley(game, TRIO) == [Fraction(2, 3)] * 3


def test_e_000_08_a_superadditive_game_with_loo_below_shapley():
    game = by_size(0, 0, 1, 1)
    assert superadditive(game, TRIO)
    assert loo(game, TRIO) == [0, 0, 0]
    assert shapley(game, TRIO) == [Fraction(1, 3)] * 3


@given(coverages)
def test_remark_2_holds_of_submodular_and_supermodular_games(game):
    assert submodular(game, TRIO)
    assert all(least <= fair for least, fair in zip(loo(game, TRIO), shapley(game, TRIO), strict=True))

    def dual(coalition):
        return game(TRIO) - game(tuple(player for player in TRIO if player not in coalition))

    assert all(most >= fair for most, fair in zip(loo(dual, TRIO), shapley(dual, TRIO), strict=True))


def as_market(game, players):
    """The market in which one buyer may take any of the sellers, one unit each."""
    return [(game(chosen), tuple(int(player in chosen) for player in players)) for chosen in coalitions(players)]


def test_e_000_20_a_subadditive_buyer_is_charged_more_than_the_data_is_worth():
    assert subadditive(THIRD_COUNTS_AGAIN, TRIO)
    assert not submodular(THIRD_COUNTS_AGAIN, TRIO)
    market, costs = as_market(THIRD_COUNTS_AGAIN, TRIO), [Fraction(1, 10)] * 3
    assert best(market, costs) == (2, (1, 1, 1))
    charged = [myerson(market, costs, seller) for seller in TRIO]  # of a single buyer every share in (9) is 1
    assert charged == [Fraction(9, 10)] * 3
    assert sum(charged) > 2


@given(coverages, st.lists(st.integers(0, 3), min_size=3, max_size=3))
def test_e_000_20_a_submodular_buyer_is_never_charged_more(game, costs):
    market = as_market(game, TRIO)
    charged = sum(vcg(market, costs, seller) for seller in TRIO)
    assert charged <= best(market, costs)[0]


def test_e_000_06_no_split_of_truthful_payments_is_within_a_single_buyers_value():
    """Two parts of one answer, worth 1 together and nothing apart: Remark 3's question, answered."""
    market, costs = as_market(by_size(0, 0, 1), (0, 1)), [Fraction(1, 10)] * 2
    assert best(market, costs) == (1, (1, 1))
    assert [myerson(market, costs, seller) for seller in (0, 1)] == [Fraction(9, 10)] * 2
    assert sum(myerson(market, costs, seller) for seller in (0, 1)) > 1, "and Theorem 5.1 says that none is smaller"


def test_e_000_21_the_plain_average_over_all_subsets_is_no_shapley_value():
    game = THIRD_COUNTS_AGAIN
    others = list(coalitions((1, 2)))
    average = Fraction(sum(game((0, *some)) - game(some) for some in others), len(others))
    assert (average, shapley(game, TRIO)[0]) == (Fraction(1, 2), Fraction(2, 3))


def without_the_empty_set(game, players):
    """Equation 4 with the term of the empty coalition left out."""
    return [
        share - Fraction(game((player,)) - game(()), len(players))
        for share, player in zip(shapley(game, players), players, strict=True)
    ]


def test_e_000_21_without_the_empty_set_a_seller_alone_is_paid_nothing():
    assert shapley(by_size(0, 1), (0,)) == [1]
    assert without_the_empty_set(by_size(0, 1), (0,)) == [0]


def test_e_000_21_without_the_empty_set_harmful_data_is_paid_more_than_it_is_worth():
    game = by_size(0, -1, -1)
    assert sum(shapley(game, (0, 1))) == game((0, 1)) == -1
    assert without_the_empty_set(game, (0, 1)) == [0, 0]


@given(coverages)
def test_equation_4_pays_out_the_whole_value(game):
    assert sum(shapley(game, TRIO)) == game(TRIO) - game(())


# -- existence: C.1.1 -----------------------------------------------------------------------------------------------


def test_e_000_14_a_bounded_value_and_a_growing_quantity_need_not_have_a_best_allocation():
    def welfare(weight, cost=Fraction(1, 2)):
        share = Fraction(weight**2, 1 + weight**2)
        return share - cost * share  # v = f = t / (1 + t) with t = w^2

    reached = [welfare(weight) for weight in range(1, 200)]
    assert all(less < more < Fraction(1, 2) for less, more in pairwise(reached))
    assert Fraction(1, 2) - reached[-1] < Fraction(1, 10_000), "the supremum 1/2 is never reached"


def test_e_000_14_data_at_no_cost_with_an_exponential_loss_has_no_best_allocation():
    losses = np.exp(-np.arange(0.0, 30.0))
    assert (np.diff(losses) < 0).all()


def test_e_000_14_the_reports_need_not_decide_the_allocation():
    """Two sellers of the same mean without variance or cost: any weights that sum to 1 are best."""
    losses = [(1 - first - second) ** 2 for first, second in [(1, 0), (0, 1), (0.5, 0.5), (3, -2)]]
    assert losses == [0, 0, 0, 0]


# -- two private sides: Definitions 1 and 6, appendix E -------------------------------------------------------------


def trade_program(values, costs, trades):
    """Is there a truthful, rational rule without a deficit, one buyer, one seller, trading where `trades` says so?

    A linear program over both payments at all pairs of types; gives the largest smallest surplus, None if none exists.
    """
    pairs = list(product(range(len(values)), range(len(costs))))
    place = {pair: i for i, pair in enumerate(pairs)}
    count = len(pairs)
    trade = np.array([float(trades(values[a], costs[b])) for a, b in pairs])
    rows, bounds = [], []

    def require(terms, bound):  # sum of coefficient * variable <= bound
        row = np.zeros(2 * count + 1)
        for column, coefficient in terms:
            row[column] += coefficient
        rows.append(row)
        bounds.append(bound)

    for (a, b), i in place.items():
        pays, gets = i, count + i
        require([(pays, 1)], values[a] * trade[i])
        require([(gets, -1)], -costs[b] * trade[i])
        require([(gets, 1), (pays, -1), (2 * count, 1)], 0)
        for lie in range(len(values)):
            other = place[lie, b]
            require([(pays, 1), (other, -1)], values[a] * (trade[i] - trade[other]))
        for lie in range(len(costs)):
            other = place[a, lie]
            require([(gets, -1), (count + other, 1)], costs[b] * (trade[other] - trade[i]))
    objective = np.zeros(2 * count + 1)
    objective[-1] = -1
    solved = linprog(objective, A_ub=np.array(rows), b_ub=bounds, bounds=[(None, None)] * (2 * count) + [(None, 9)])
    return -solved.fun


VALUES, COSTS = [1, 2, 3, 4], [0.5, 1.5, 2.5, 3.5]


def test_theorem_e_2_efficient_trade_runs_a_deficit():
    surplus = trade_program(VALUES, COSTS, lambda value, cost: value > cost)
    assert surplus == pytest.approx(-2.5), "value 4 and cost 1/2: the buyer pays 1, the seller is owed 3.5"


def test_e_000_15_trade_is_possible_where_efficiency_is_given_up():
    """A posted price of 2.2: both sides truthful, nobody loses, nothing is missing, and there is trade."""
    assert trade_program(VALUES, COSTS, lambda value, cost: value >= 2.2 >= cost) == pytest.approx(0)


def test_e_000_15_a_posted_price_may_lose_everything():
    price, value, cost = 2, 1.9, 0
    assert not value >= price >= cost
    assert value - cost == 1.9


def test_e_000_15_the_printed_inequality_leaves_the_balanced_budget_out():
    collected, paid = 5, 5
    assert collected == paid, "strong balance"
    assert not collected > paid, "Definition 6 prints >; weak balance must follow from strong"


# -- what Evenhand does ---------------------------------------------------------------------------------------------


def test_evenhand_refuses_a_market_whose_allocation_is_not_unique():
    with pytest.raises(OfferError, match="equally good"):
        MeanEstimation([[1.0]], [[1.0], [1.0]], [0.0, 0.0]).allocate([0.0, 0.0])


def test_evenhand_has_one_rule_under_the_names_of_myerson_and_threshold():
    assert payments.myerson is payments.threshold


@pytest.mark.parametrize(
    ("sizes", "paid", "value"),
    [
        pytest.param((0, 1, 1, 2), [0.9, 0.9, 0.9], 2, id="e_000_20"),
        pytest.param((0, 0, 1), [0.9, 0.9], 1, id="e_000_06"),
    ],
)
def test_evenhand_finds_the_deficit_and_charges_no_more_than_the_value(sizes, paid, value):
    sellers = len(sizes) - 1
    market, costs = Subsets(by_size(*sizes), n=sellers, k=sellers), [0.1] * sellers
    assert payments.threshold(market, costs) == pytest.approx(paid)
    findings = {finding.claim: finding for finding in certify(MECHANISMS["threshold"], market, costs)}
    assert not findings["balanced"].holds
    assert float(findings["balanced"].gap) == pytest.approx(sum(paid) - value)
    assert not findings["buyer_rational"].holds
    assert payments.charges(market, costs, paid).sum() == pytest.approx(value)


def test_evenhand_proves_the_deficit_of_efficient_trade():
    shown = impossibility(VALUES, COSTS)
    assert (shown.deficit, shown.value, shown.cost) == (2.5, 4, 0.5)
