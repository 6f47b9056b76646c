from fractions import Fraction

import numpy as np
import pytest

from evenhand.errors import OfferError, Problem
from evenhand.market import clearing
from evenhand.markets import ExactProcurement, MeanEstimation, Procurement
from evenhand.payments import RULES
from evenhand.properties import (
    NamedRule,
    best_misreport,
    consequences,
    leaning,
    price_of_anarchy,
    social_cost,
)
from evenhand.records import Allocation

DIRECT, LOO, SHAPLEY, THRESHOLD, VCG = (
    NamedRule(name, RULES[name]) for name in ("direct", "leave_one_out", "shapley", "threshold", "vcg")
)
ALONE = MeanEstimation([[1.0]], [[1.0]], [1.0])
"""One buyer, one seller: w = 1 / (2 + u), so d = 2."""


def test_consequences_of_two_reports_by_hand():
    told = consequences(ALONE, [2.0], 0, [2.0, 6.0, np.inf], LOO)
    weight = np.array([1 / 4, 1 / 8, 0])
    value = 2 * weight - 2 * weight**2  # |mu|^2 - (1 - w)^2 - w^2
    assert told.quantity == pytest.approx(weight**2)
    assert told.payment == pytest.approx(value)
    assert told.utility == pytest.approx(value - 2 * weight**2)
    assert told.welfare == pytest.approx(value - 2 * weight**2)
    assert told.social_cost == pytest.approx(1 - value + 2 * weight**2)


def test_social_cost_counts_true_costs_and_not_reports():
    told = consequences(ALONE, [9.0], 0, [6.0], DIRECT, true_costs=[2.0])
    assert told.payment == pytest.approx([6 / 64])
    assert told.utility == pytest.approx([4 / 64])
    assert told.social_cost == pytest.approx([social_cost(ALONE, [6.0], [2.0])])
    assert social_cost(ALONE, [6.0], [2.0]) == pytest.approx((7 / 8) ** 2 + 1 / 64 + 2 / 64)


def test_price_of_anarchy_is_one_at_the_truth_and_above_it_elsewhere():
    assert price_of_anarchy(ALONE, [2.0], [2.0]) == 1
    assert all(price_of_anarchy(ALONE, [report], [2.0]) > 1 for report in (0.0, 1.0, 2.1, 50.0, np.inf))


def test_price_of_anarchy_where_the_truth_costs_nothing():
    exact = MeanEstimation([[1.0]], [[1.0]], [0.0])  # a free and perfect seller leaves no loss
    assert price_of_anarchy(exact, [0.0], [0.0]) == 1
    assert price_of_anarchy(exact, [1.0], [0.0]) == np.inf


def test_a_market_that_does_not_know_its_losses_says_what_is_missing():
    with pytest.raises(ValueError, match="Procurement has no `standalone_loss`"):
        price_of_anarchy(Procurement([1.0], 5.0), [1.0], [1.0])
    told = consequences(Procurement([1.0], 5.0), [1.0], 0, [1.0, 6.0], DIRECT)
    assert np.isnan(told.social_cost).all()
    assert told.welfare == pytest.approx([0, 0])


@pytest.mark.parametrize(
    ("costs", "seller", "true", "word"),
    [
        ([2.0], 1, None, "sellers are 0 to 0"),
        ([2.0], -1, None, "sellers are 0 to 0"),
        ([np.inf], 0, None, r"costs\[0\]: is inf"),
        ([2.0], 0, -1.0, r"true: is -1\.0.*State 0 or more"),
        ([2.0], 0, np.nan, "true: is nan"),
        ([2.0], 0, np.inf, "true: is inf"),
    ],
)
def test_what_cannot_be_asked_is_refused(costs, seller, true, word):
    for ask in (
        lambda: best_misreport(ALONE, costs, seller, DIRECT, true=true),
        lambda: leaning(ALONE, costs, seller, true=true),
    ):
        with pytest.raises(OfferError, match=word):
            ask()


def test_the_sellers_own_report_plays_no_part():
    market = MeanEstimation([[1.0, 0.5]], [[1.0, 0.0], [1.0, 1.0]], [0.5, 0.2])
    for rule in (DIRECT, LOO, SHAPLEY, VCG):
        found = {best_misreport(market, [own, 2.0], 0, rule, true=1.0) for own in (0.3, 1.0, np.inf)}
        assert len(found) == 1


def test_leaning_is_not_asked_where_datasets_are_sold_whole():
    with pytest.raises(ValueError, match="sold whole"):
        leaning(Procurement([1.0, 2.0], 5.0), [1.0, 1.0], 0)


def test_a_free_seller_cannot_under_report():
    """The sign rule says under, and there is no room for it."""
    market = MeanEstimation([[0.8, 0.4]], [[0.7, -1.0], [1.0, -1.0]], [0.1, 0.1])
    assert leaning(market, [1.7, 0.0], 1).sign == -1
    found = best_misreport(market, [1.7, 0.0], 1, LOO)
    assert (found.report, found.gain) == (0.0, 0.0)


@pytest.mark.parametrize("scale", [1e-150, 1e-9, 1e9, 1e50])
def test_money_may_be_measured_in_any_unit(scale):
    """Costs and variances times a factor, means times its root: reports scale with it, utilities too."""
    buyers, sellers = np.array([[1.0, 0.2]]), np.array([[1.0, 0.0], [1.0, 1.0], [0.3, -0.4]])
    variances, costs = np.array([0.5, 0.2, 0.1]), np.array([1.0, 2.0, 0.7])
    plain = MeanEstimation(buyers, sellers, variances)
    scaled = MeanEstimation(buyers * np.sqrt(scale), sellers * np.sqrt(scale), variances * scale)
    for rule in (DIRECT, LOO, SHAPLEY, THRESHOLD, VCG):
        one, other = (best_misreport(plain, costs, 1, rule), best_misreport(scaled, costs * scale, 1, rule))
        assert other.report == pytest.approx(one.report * scale, rel=1e-6)
        assert other.gain == pytest.approx(one.gain * scale, rel=1e-6, abs=1e-12 * scale)
        assert other.gain_max == pytest.approx(one.gain_max * scale, rel=1e-6, abs=1e-9 * scale)


# -- sold whole ------------------------------------------------------------------------------------------------------


def utility_whole(market, costs, seller, rule, report):
    reports = [*costs[:seller], report, *costs[seller + 1 :]]
    cleared = clearing(market, reports)
    paid = rule.pay(cleared)[seller] if cleared.allocation.quantity[seller] or rule.name != "threshold" else 0
    return paid - costs[seller] * cleared.allocation.quantity[seller]


@pytest.mark.parametrize("rule", [DIRECT, LOO, SHAPLEY, THRESHOLD, VCG], ids=lambda rule: rule.name)
def test_no_whole_report_gains_more_than_is_said(rule):
    rng = np.random.default_rng(3)
    lies = 0
    for _ in range(25):
        sellers = int(rng.integers(1, 5))
        worth, costs = (rng.integers(0, top, sellers).tolist() for top in (4, 6))
        budget, seller = int(rng.integers(1, 12)), int(rng.integers(sellers))
        market = ExactProcurement(worth, budget, whole=True)
        found = best_misreport(market, costs, seller, rule)
        asked = {*range(budget + 3), costs[seller]}
        utility = {report: utility_whole(market, costs, seller, rule, report) for report in asked} | {np.inf: 0}
        assert found.gain == found.gain_max == max(utility.values()) - utility[costs[seller]]
        assert utility[found.report] == max(utility.values())
        assert found.evidence == "exact"
        lies += found.gain > 0
    assert (lies == 0) == (rule is THRESHOLD)


class BuysBelow:
    """Buys from one seller who asks less than 5: 5 itself is not bought."""

    whole = False
    report_max = 5

    def winners(self, costs):
        return [0] if costs[0] < 5 else []

    def restricted(self, sellers):
        return self

    def threshold(self, seller, costs):
        return 5

    def reports(self, costs):
        kept = np.empty(1, dtype=object)
        kept[:] = list(costs)
        return kept

    def allocate(self, costs):
        sold = np.array([len(self.winners(costs))], dtype=object)
        return Allocation(sold, sold[None, :], 6 * sold, 0)


def test_an_end_that_is_not_reached_is_named_by_a_report_near_it():
    found = best_misreport(BuysBelow(), [Fraction(2)], 0, DIRECT)
    assert found.gain_max == 3
    assert found.report < 5
    assert 3 - found.gain == 5 - found.report < Fraction(1, 10**6)


def test_who_pays_whatever_they_report_stays_away():
    fee = NamedRule("fee", lambda cleared: -1 - cleared.allocation.quantity)
    found = best_misreport(BuysBelow(), [Fraction(6)], 0, fee)
    assert (found.report, found.gain, found.gain_max) == (np.inf, 1, 1)


def test_of_equally_good_reports_the_nearest_is_named():
    market = BuysBelow()
    assert best_misreport(market, [7], 0, LOO).sign == 0  # a sale would pay 6
    assert best_misreport(market, [Fraction(11, 2)], 0, LOO, near=Fraction(1)).report == 1
    assert best_misreport(market, [Fraction(11, 2)], 0, LOO, near=Fraction(9)).report < 5


def test_more_sellers_than_are_traced_are_searched_and_it_is_said():
    found = best_misreport(Procurement(np.ones(70), 10.0), np.full(70, 0.1), 0, DIRECT)
    assert found.evidence == "searched"
    assert found.gain_max == np.inf
    assert found.gain == pytest.approx(10 / 70 - 0.1, abs=1e-3)


# -- where no closed form is known -----------------------------------------------------------------------------------


def test_a_rule_of_another_name_is_searched_and_it_is_said():
    half = NamedRule("half of direct", lambda cleared: RULES["direct"](cleared) / 2)
    found = best_misreport(ALONE, [2.0], 0, half)
    assert (found.evidence, found.gain_max) == ("searched", np.inf)
    assert found.report == pytest.approx(10, rel=1e-5)  # half of u is paid: the best is 2 (2 c) + d


class Free:
    """Sells 1 / u of one seller's data, and does not exist at a report of 0; welfare is 1 - ln u up to u = e."""

    maximises_welfare = True

    def allocate(self, costs):
        (asked,) = costs
        if asked == 0:
            raise OfferError(Problem("costs[0]", "is 0", "a cost is above 0", "Ask more."))
        sold = np.array([max(1 / asked - 1 / np.e, 0.0) if np.isfinite(asked) else 0.0])
        welfare = 1 - np.log(asked) - 1 + asked / np.e if 0 < asked < np.e else 0.0
        return Allocation(sold, sold[None, :], np.array([welfare + asked * sold[0] if sold[0] else 0.0]), welfare)


def test_where_a_report_of_0_is_refused_the_rest_is_certified():
    """(u - 1) (1/u - 1/e) is highest at the root of e."""
    found = best_misreport(Free(), [1.0], 0, DIRECT)
    best = (np.sqrt(np.e) - 1) * (1 / np.sqrt(np.e) - 1 / np.e)
    assert found.evidence == "certified"
    assert found.report == pytest.approx(np.sqrt(np.e), rel=1e-5)
    assert found.gain == pytest.approx(best, rel=1e-9)
    assert best <= found.gain_max <= best * (1 + 1e-4)


def test_bounds_are_not_used_on_a_market_that_does_not_promise_them():
    class Silent(Free):
        maximises_welfare = False

    assert best_misreport(Silent(), [1.0], 0, DIRECT).evidence == "searched"
    assert best_misreport(Free(), [1.0], 0, LOO).evidence == "searched"  # its value is not promised to be concave
