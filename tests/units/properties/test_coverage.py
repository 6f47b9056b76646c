"""Markets that know no report above which nobody is bought: what is found there is searched, never exact."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from evenhand.markets import ExactProcurement, ExactRetrieval, ExactSubsets, Retrieval, Subsets
from evenhand.mechanisms import MECHANISMS
from evenhand.payments import RULES
from evenhand.properties import NamedRule, best_misreport, certify
from evenhand.properties.coverage import Coverage


def pair(chosen):
    """The first two documents complete one another."""
    return 10 if {0, 1} <= set(chosen) else min(len(chosen), 1)


def test_a_document_that_is_bought_at_a_loss_is_seen_to_lose():
    market, costs = Retrieval([1.0, 0.9], k=1), [5.0, 9.0]
    row = replace(MECHANISMS["algorithm_1_as_published"], claims=("rational",), refuted={})
    assert row.run(market, costs).utility(costs)[0] == pytest.approx(-0.9)
    (finding,) = certify(row, market, costs)
    assert (finding.holds, finding.evidence) == (False, "searched")
    assert finding.gap >= Fraction(9, 10)


def test_a_greedy_choice_of_many_documents_is_searched_past_its_thresholds():
    market = Subsets(pair, n=20, k=2, method="distorted_greedy")
    costs = [Fraction(0), Fraction(1, 2), *[Fraction(5)] * 18]
    assert market.exact().threshold(1, costs) == 9
    found = best_misreport(market, costs, 1, NamedRule("direct", RULES["direct"]))
    assert (found.evidence, found.gain_max) == ("searched", np.inf)
    assert 9 - Fraction(1, 10**6) < found.report < 9, "at 9 itself nothing is added"
    assert found.gain == found.report - Fraction(1, 2)


def test_where_the_truth_is_best_among_the_reports_searched_more_is_not_said():
    market = Subsets(pair, n=20, k=2, method="distorted_greedy")
    found = best_misreport(market, [0.0, 0.5, *[5.0] * 18], 1, NamedRule("threshold", RULES["threshold"]))
    assert (found.report, found.gain, found.gain_max, found.evidence) == (found.true, 0, np.inf, "searched")


@pytest.mark.parametrize(
    ("market", "most"),
    [
        (ExactRetrieval([3, 2], k=1), 3),
        (ExactRetrieval([3, 2], k=1, surplus_min=-2), 5),
        (ExactRetrieval([3, 2], k=1, price_max=2), 2),
        (ExactRetrieval([3, 2], k=1, price_max=9, surplus_min=-np.inf), 9),
        (ExactRetrieval([3, 2], k=1).always_buying(), None),
        (ExactSubsets(pair, n=18, k=2, method="distorted_greedy"), 10),
        (ExactSubsets(pair, n=19, k=2, method="distorted_greedy"), None),
        (ExactSubsets(lambda chosen: min(len(chosen), 2), n=19, k=2), 1),
        (ExactProcurement([1, 1], 10), 10),
    ],
)
def test_the_highest_report_that_is_ever_bought_is_named_where_it_is_known(market, most):
    assert market.report_max == most


def test_the_sweep_ends_past_every_cost_and_every_threshold():
    market = ExactRetrieval([3, 2, 1], k=1).always_buying()
    covered = Coverage(market, [4, 10, 50], traced_max=128)
    assert market.thresholds([4, 10, 50]).tolist() == [11, 3, 2]
    assert covered.stop == 1 + 2 * (50 + 11)
    alone = Coverage(market.restricted([0]), [4], traced_max=128)
    assert alone.thresholds == [np.inf]
    assert alone.stop == 9


def test_too_many_sellers_are_searched_where_the_highest_report_is_known_too():
    market = ExactRetrieval([3, 2], k=1)
    assert Coverage(market, [1, 1], traced_max=2).evidence == "exact"
    assert Coverage(market, [1, 1], traced_max=1).evidence == "searched"
