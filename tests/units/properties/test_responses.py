from fractions import Fraction

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.markets import ExactProcurement, MeanEstimation, Mixture, Procurement, Retrieval
from evenhand.mechanisms import MECHANISMS
from evenhand.payments import RULES
from evenhand.properties import NamedRule, best_misreport, best_responses, consequences
from evenhand.records import Allocation

DIRECT, LOO, SHAPLEY, THRESHOLD = (
    NamedRule(name, RULES[name]) for name in ("direct", "leave_one_out", "shapley", "threshold")
)
APART = MeanEstimation([[1.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]], [1.0, 1.0])
"""Two sellers who do not overlap: d = 2 each."""


def test_sellers_who_do_not_overlap_settle_at_once():
    ended = best_responses(APART, [2.0, 4.0], DIRECT)
    assert ended.path == pytest.approx(np.array([[2, 4], [6, 10], [6, 10]]))  # 2 c + d
    assert (ended.ending, ended.period, ended.evidence) == ("equilibrium", 1, "exact")
    truth = 1 / 4 + 1 / 6  # of each seller's market alone, welfare is 1 / (2 + c)
    end = sum(2 / (2 + u) - (2 + c) / (2 + u) ** 2 for c, u in ((2, 6), (4, 10)))
    assert ended.welfare == pytest.approx([truth, end, end])
    assert ended.welfare_lost == pytest.approx(truth - end)
    assert ended.price_of_anarchy == pytest.approx((2 - end) / (2 - truth))


def test_a_truthful_rule_loses_nothing():
    ended = best_responses(APART, [2.0, 4.0], THRESHOLD)
    assert len(ended.path) == 2
    assert (ended.welfare_lost, ended.price_of_anarchy, ended.stayed_out) == (0, 1, ())


def test_who_is_absent_stays_absent_and_is_not_counted():
    ended = best_responses(APART, [2.0, np.inf], DIRECT)
    assert ended.reports.tolist() == [6, np.inf]
    assert ended.stayed_out == ()


def test_a_seller_who_would_be_paid_below_cost_stays_out():
    found = set()
    for seed in range(60):
        rng = np.random.default_rng(seed)
        market = MeanEstimation(rng.normal(size=(2, 2)), rng.normal(size=(4, 2)), rng.random(4))
        costs = rng.uniform(0.1, 10, 4)
        ended = best_responses(market, costs, LOO)
        found |= {(ended.ending, seller) for seller in ended.stayed_out}
        assert all(ended.reports[seller] == np.inf for seller in ended.stayed_out)
        assert ended.welfare_lost >= 0
    assert found


def test_the_order_of_moves_is_the_callers():
    one, other = (best_responses(APART, [2.0, 4.0], DIRECT, order=order) for order in ([0, 1], [1, 0]))
    assert one.reports == pytest.approx(other.reports)
    for order in ([0], [0, 0], [0, 2]):
        with pytest.raises(OfferError, match="order"):
            best_responses(APART, [2.0, 4.0], DIRECT, order=order)


def test_giving_up_is_no_equilibrium():
    market = MeanEstimation([[1.0]], [[1.0], [1.0]], [1.0, 1.0])
    ended = best_responses(market, [2.0, 3.0], DIRECT, rounds_max=2)
    assert (ended.ending, ended.period, len(ended.path)) == ("unsettled", 0, 3)


class Pennies:
    """Two sellers of whole datasets: the first sells if they ask the same, the second if not; asks are 1 or 2."""

    whole = True
    report_max = 2

    def winners(self, costs):
        one, other = (2 if cost >= 2 else 1 for cost in costs)
        return [0] if one == other else [1]

    def restricted(self, sellers):
        assert list(sellers) == [0, 1]
        return self

    def threshold(self, seller, costs):
        return 2

    def reports(self, costs):
        kept = np.empty(len(costs), dtype=object)
        kept[:] = list(costs)
        return kept

    def allocate(self, costs):
        sold = np.zeros(2, dtype=object)
        sold[self.winners(list(costs))] = 1
        return Allocation(sold, sold[None, :], np.array([5 + next(iter(costs))], dtype=object), 0)


def test_a_cycle_is_seen_and_its_length_too():
    prize = NamedRule("prize", lambda cleared: 3 * cleared.allocation.quantity)
    ended = best_responses(Pennies(), [1, 1], prize)
    assert ended.ending == "cycle"
    assert ended.period > 1
    assert (ended.path[-1] == ended.path[-1 - ended.period]).all()
    assert len({tuple(reports) for reports in ended.path[-ended.period :]}) == ended.period
    around = ended.welfare[-ended.period :]
    assert ended.welfare_reached == pytest.approx(np.mean(around))
    assert min(around) < ended.welfare_reached < max(around)


def test_on_exact_markets_reports_stay_exact():
    ended = best_responses(ExactProcurement([2, 1, 3], 10, whole=True), [3, 4, 1], DIRECT)
    assert all(isinstance(report, int) for report in ended.reports)
    assert ended.ending == "equilibrium"
    ended = best_responses(Procurement([2.0, 1.0, 3.0], 10.0), [3.0, 4.0, 1.5], DIRECT)
    assert [Fraction(report) for report in ended.reports] == [4, 4, 6]
    assert np.isnan(ended.price_of_anarchy)


SIMPLEX = Mixture([-1.0, -2.0, -0.5], scale=5.0)
"""Somebody has to supply everything: with one seller left there is no market."""


def test_leave_one_out_can_end_a_market_that_needs_two_sellers():
    ended = best_responses(SIMPLEX, [0.7, 1.5, 0.9], LOO)
    assert ended.ending == "refused"
    assert ended.period == 0
    assert len(ended.stayed_out) == 2


def test_where_a_coalition_must_buy_reports_rise_without_end():
    """Alone, each would have to be bought whatever they ask, and Shapley payments count that coalition too."""
    ended = best_responses(SIMPLEX, [0.7, 1.5, 0.9], SHAPLEY, samples_max=200)
    assert ended.ending == "unbounded"
    assert 1e9 < max(ended.reports) < 1e14
    assert ended.welfare_lost > 0


def test_a_market_that_refuses_the_truth_says_so():
    with pytest.raises(OfferError, match="only seller present"):
        best_responses(Mixture([-1.0], scale=5.0), [1.0], LOO)


@pytest.mark.parametrize(
    ("scores", "k", "costs", "rule"),
    [([1.0, 0.875], 1, [0.625, 0.75], "shapley"), ([0.625, 1.25, 0.5], 2, [0.5, 0.0, 0.25], "leave_one_out")],
)
def test_outdoing_each_other_by_ever_smaller_steps_is_no_equilibrium(scores, k, costs, rule):
    market, paid = Retrieval(scores, k), MECHANISMS[rule]
    ended = best_responses(market, costs, paid)
    assert ended.ending == "undercutting"
    missed = []
    for seller, cost in enumerate(costs):
        gain = best_misreport(market, ended.reports, seller, paid, true=cost).gain
        told = consequences(market, ended.reports, seller, [cost, ended.reports[seller]], paid, true_costs=costs)
        missed.append(gain + told.utility[0] - told.utility[1])
    assert max(missed) > 0.1
