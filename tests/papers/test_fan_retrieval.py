"""[Fan25, section 6, appendices D.3 to D.5]: the retrieval market, Algorithm 1 and Examples 1 to 3, each as a test.

Scores and costs are whole hundredths here, and every set of documents is looked at, so that no counterexample depends
on Evenhand's own code or on rounding; the last tests show what Evenhand does. The ids are those of docs/errata.md.
"""

from fractions import Fraction
from itertools import combinations, permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand import payments
from evenhand.markets import Retrieval, Subsets
from evenhand.mechanisms import MECHANISMS
from evenhand.properties import certify

# -- equations 10 to 12, and the payments by equations 3, 4, 7 and 8 ------------------------------------------------


def additive(scores):
    """The value of a set of documents whose scores add up, net of the answer without documents."""
    return lambda chosen: sum(scores[j] for j in chosen)


def sets(documents, k):
    return [chosen for size in range(k + 1) for chosen in combinations(documents, size)]


def retrieved(value, costs, k, among=None):
    """Equation 12: the set of at most k documents of largest value less cost; of equals the smallest."""
    documents = range(len(costs)) if among is None else among
    return max(sets(documents, k), key=lambda chosen: value(chosen) - sum(costs[j] for j in chosen))


def others_of(costs, document):
    return [j for j in range(len(costs)) if j != document]


def reporting(costs, document, report):
    return [*costs[:document], report, *costs[document + 1 :]]


def leave_one_out(value, costs, k, document):
    """Equation 3."""
    return value(retrieved(value, costs, k)) - value(retrieved(value, costs, k, others_of(costs, document)))


def vcg(value, costs, k, document):
    """Equation 8."""
    here, away = retrieved(value, costs, k), retrieved(value, costs, k, others_of(costs, document))
    others = value(here) - sum(costs[j] for j in here if j != document)
    return others - (value(away) - sum(costs[j] for j in away))


def shapley(value, costs, k, document):
    """Equation 4 over all orders of arrival; every coalition retrieves anew."""
    total, orders = Fraction(0), list(permutations(range(len(costs))))
    for order in orders:
        before = order[: order.index(document)]
        joined = value(retrieved(value, costs, k, sorted((*before, document))))
        total += joined - value(retrieved(value, costs, k, sorted(before)))
    return total / len(orders)


def sells(value, costs, k, document, report):
    return document in retrieved(value, reporting(costs, document, report), k)


def threshold(value, costs, k, document):
    """Section 6.2: the largest cost at which a retrieved document still is; where all is whole, found by halves."""
    if not sells(value, costs, k, document, costs[document]):
        return 0
    report = Fraction(costs[document])
    while sells(value, costs, k, document, report + Fraction(1, 2)):
        report += 1
    return report


def utility(value, costs, k, document, report, pay):
    asked = reporting(costs, document, report)
    sold = document in retrieved(value, asked, k)
    return pay(value, asked, k, document) - costs[document] * sold


def halves(highest):
    return [Fraction(step, 2) for step in range(2 * highest + 2)]


@st.composite
def interacting(draw):
    """Three documents of which at most two are retrieved, with any value for every set."""
    table = {chosen: draw(st.integers(0, 9)) if chosen else 0 for chosen in sets(range(3), 2)}
    return table.__getitem__, draw(st.lists(st.integers(0, 6), min_size=3, max_size=3))


scored = st.tuples(
    st.lists(st.integers(0, 9), min_size=3, max_size=3).map(additive),
    st.lists(st.integers(0, 6), min_size=3, max_size=3),
)


@given(interacting())
def test_section_6_vcg_is_the_threshold_and_no_lie_pays(instance):
    value, costs = instance
    for document in range(3):
        assert vcg(value, costs, 2, document) == threshold(value, costs, 2, document)
        honest = utility(value, costs, 2, document, costs[document], vcg)
        assert honest >= 0
        assert all(utility(value, costs, 2, document, report, vcg) <= honest for report in halves(10))


@given(interacting())
def test_section_6_only_retrieved_documents_are_paid_by_loo_and_vcg(instance):
    value, costs = instance
    for document in range(3):
        if document not in retrieved(value, costs, 2):
            assert leave_one_out(value, costs, 2, document) == vcg(value, costs, 2, document) == 0


@given(interacting())
def test_section_6_loo_does_not_change_while_a_document_is_retrieved(instance):
    value, costs = instance
    for document in range(3):
        asked = [reporting(costs, document, r) for r in halves(10) if sells(value, costs, 2, document, r)]
        # at a tie the rest may be chosen otherwise; halves are never tied with whole numbers but by the rest alone
        values = {leave_one_out(value, row, 2, document) for row in asked if row[document].denominator == 2}
        assert len(values) <= 1


# -- Algorithm 1 ----------------------------------------------------------------------------------------------------


def algorithm_1(scores, costs):
    """Algorithm 1: the winner, the payment of lines 11 and 12, and the leave-one-out payment of line 13."""
    surplus = [score - cost for score, cost in zip(scores, costs, strict=True)]
    first, second = sorted(range(len(scores)), key=lambda j: -surplus[j])[:2]
    return first, surplus[first] - surplus[second], scores[first] - scores[second]


def paid_by_algorithm_1(scores, costs, document, report):
    winner, paid, _ = algorithm_1(scores, reporting(costs, document, report))
    return paid - costs[document] if winner == document else 0


def test_e_000_01_algorithm_1_leaves_the_cost_out():
    scores, costs = [90, 70], [10, 5]
    assert algorithm_1(scores, costs)[:2] == (0, 15)
    assert vcg(additive(scores), costs, 1, 0) == threshold(additive(scores), costs, 1, 0) == 25


def test_e_000_01_the_winner_is_paid_below_cost_and_gains_by_asking_nothing():
    scores, costs = [90, 70], [30, 20]
    assert algorithm_1(scores, costs)[:2] == (0, 10)
    left = {report: paid_by_algorithm_1(scores, costs, 0, report) for report in (0, 10, 20, 30)}
    assert left == {0: 10, 10: 0, 20: -10, 30: -20}


@given(st.lists(st.integers(0, 9), min_size=3, max_size=3), st.lists(st.integers(0, 6), min_size=3, max_size=3))
def test_e_000_01_the_payment_is_the_score_less_the_next_surplus_and_at_least_0(scores, costs):
    value = additive(scores)
    surplus = sorted((score - cost for score, cost in zip(scores, costs, strict=True)), reverse=True)
    for winner in retrieved(value, costs, 1):
        assert vcg(value, costs, 1, winner) == scores[winner] - max(0, surplus[1])


@given(st.lists(st.integers(0, 9), min_size=3, max_size=3), st.lists(st.integers(0, 6), min_size=3, max_size=3))
def test_e_000_17_the_published_payment_is_what_a_truthful_one_leaves_above_the_cost(scores, costs):
    winner, paid, _ = algorithm_1(scores, costs)
    surplus = sorted(score - cost for score, cost in zip(scores, costs, strict=True))
    if surplus[-2] >= 0 < surplus[-1]:
        assert paid == vcg(additive(scores), costs, 1, winner) - costs[winner]
    kept = [paid_by_algorithm_1(scores, costs, winner, report) for report in range(costs[winner] + 1)]
    assert kept == [kept[0] - report for report in range(costs[winner] + 1)], "each unit asked is a unit lost"


def draws(cost_max, count=20_000, documents=10):
    """Random markets for one document: uniform scores in [0, 1], uniform costs in [0, cost_max]."""
    rng = np.random.default_rng(0)
    scores, costs = rng.random((count, documents)), rng.random((count, documents)) * cost_max
    order = np.argsort(costs - scores, axis=1)[:, :2]
    return np.take_along_axis(scores, order, axis=1), np.take_along_axis(costs, order, axis=1)


def test_e_000_17_the_winner_is_often_paid_below_cost():
    for cost_max, often in ((0.05, 0.20), (0.3, 0.47)):
        scores, costs = draws(cost_max)
        paid = (scores - costs)[:, 0] - (scores - costs)[:, 1]
        assert (paid < costs[:, 0]).mean() == pytest.approx(often, abs=0.015)


def test_e_000_25_algorithm_1_buys_where_nothing_should_be_bought():
    scores, costs = [20, 10], [50, 50]
    assert algorithm_1(scores, costs) == (0, 10, 10)
    assert retrieved(additive(scores), costs, 1) == ()


def test_e_000_25_scores_count_from_the_answer_without_documents():
    scores, costs, without = [90, 70], [40, 30], 60
    assert algorithm_1(scores, costs)[0] == 0, "bought for a surplus of 50, where the bare answer has 60"
    assert retrieved(additive([score - without for score in scores]), costs, 1) == ()


def test_e_000_25_leave_one_out_falls_back_on_no_document_at_all():
    scores, costs = [90, 70], [10, 80]
    assert algorithm_1(scores, costs) == (0, 90, 20)
    assert leave_one_out(additive(scores), costs, 1, 0) == 90, "without document 1 nothing is worth its cost"
    assert vcg(additive(scores), costs, 1, 0) == 90


# -- section 6.3 ----------------------------------------------------------------------------------------------------


def test_e_000_10_a_document_that_is_never_retrieved_is_paid_more_for_asking_less():
    scores, costs = [100, 90, 50], [10, 60, 10]
    value = additive(scores)
    for report, paid in ((60, Fraction(30)), (20, Fraction(110, 3))):
        asked = reporting(costs, 1, report)
        assert retrieved(value, asked, 1) == (0,)
        assert shapley(value, asked, 1, 1) == paid


def test_e_000_10_leave_one_out_may_be_negative():
    value, costs = additive([50, 90]), [0, 50]
    assert retrieved(value, costs, 1) == (0,)
    assert leave_one_out(value, costs, 1, 0) == -40


def test_e_000_24_one_query_does_not_show_whether_leave_one_out_covers_the_cost():
    """Truthful reports, ten documents, one is retrieved: how often leave-one-out pays it less than its cost."""
    for cost_max, often in ((0.05, 0.21), (0.1, 0.35), (0.3, 0.60)):
        scores, costs = draws(cost_max)
        assert (scores[:, 0] - scores[:, 1] < costs[:, 0]).mean() == pytest.approx(often, abs=0.02)


# -- appendix D.5: Examples 1 to 3 ----------------------------------------------------------------------------------


def test_example_1_at_low_costs_nobody_gains_by_lying_under_leave_one_out():
    value, costs = additive([90, 70]), [10, 5]
    assert retrieved(value, costs, 1) == (0,)
    assert leave_one_out(value, costs, 1, 0) == 20
    for document in (0, 1):
        honest = utility(value, costs, 1, document, costs[document], leave_one_out)
        assert all(utility(value, costs, 1, document, report, leave_one_out) <= honest for report in range(110))


EXAMPLE_2 = additive([90, 70]), [30, 20]


def test_example_2_at_high_costs_leave_one_out_pays_below_cost():
    value, costs = EXAMPLE_2
    assert retrieved(value, costs, 1) == (0,)
    assert leave_one_out(value, costs, 1, 0) == 20 < costs[0]
    assert utility(value, costs, 1, 0, 45, leave_one_out) == 0 > utility(value, costs, 1, 0, 30, leave_one_out)


def test_e_000_11_what_the_second_document_earns_depends_on_which_losing_report_the_first_makes():
    value, _ = EXAMPLE_2
    assert [leave_one_out(value, [report, 20], 1, 1) for report in (45, 95)] == [-20, 70]


def test_e_000_11_in_every_equilibrium_a_document_is_retrieved():
    """All pairs of reports in steps of 5: where nothing is retrieved, the first document would rather be."""
    value, costs = EXAMPLE_2
    reports = range(0, 101, 5)
    utilities = {
        pair: [
            leave_one_out(value, list(pair), 1, j) - costs[j] * (j in retrieved(value, list(pair), 1)) for j in (0, 1)
        ]
        for pair in product(reports, repeat=2)
    }
    equilibria = [
        (a, b)
        for a, b in utilities
        if utilities[a, b][0] == max(utilities[other, b][0] for other in reports)
        and utilities[a, b][1] == max(utilities[a, other][1] for other in reports)
    ]
    assert {retrieved(value, list(pair), 1) for pair in equilibria} == {(0,), (1,)}
    assert (95, 20) in equilibria
    assert utilities[95, 20] == [0, 50], "the first stays out, the second sells"


def test_e_000_11_shapley_may_pay_the_retrieved_document_below_its_cost():
    value, costs = additive([90, 90]), [50, 60]
    assert retrieved(value, costs, 1) == (0,)
    assert shapley(value, costs, 1, 0) == 45 < costs[0]


PAIRS = {(0, 1): 90, (1, 2): 70, (0, 2): 80}
EXAMPLE_3 = additive([50, 40, 30]), [10, 5, 10]
"""The scores that add up to the printed table of pairs."""


def test_example_3_two_documents_are_retrieved_and_nobody_lies_under_leave_one_out():
    value, costs = EXAMPLE_3
    assert all(value(pair) == printed for pair, printed in PAIRS.items())
    assert retrieved(value, costs, 2) == (0, 1)
    assert [leave_one_out(value, costs, 2, document) for document in range(3)] == [20, 10, 0]
    for document in range(3):
        honest = utility(value, costs, 2, document, costs[document], leave_one_out)
        assert all(utility(value, costs, 2, document, report, leave_one_out) <= honest for report in range(100))


def test_example_3_vcg_and_myerson_pay_30_and_20():
    value, costs = EXAMPLE_3
    assert [vcg(value, costs, 2, document) for document in range(3)] == [30, 20, 0]
    assert [threshold(value, costs, 2, document) for document in range(3)] == [30, 20, 0]


def test_e_000_12_shapley_payments_sum_to_the_value_and_leave_one_out_does_not():
    value, costs = EXAMPLE_3
    shares = [shapley(value, costs, 2, document) for document in range(3)]
    assert shares == [40, 30, 20]
    assert sum(shares) == value(retrieved(value, costs, 2)) == 90
    assert sum(leave_one_out(value, costs, 2, document) for document in range(3)) == 30


# -- appendix D.3.1: documents that are scored one by one -----------------------------------------------------------

COPIES = {(): 0, (0,): 100, (1,): 100, (2,): 90, (0, 1): 100, (0, 2): 190, (1, 2): 190}
"""Documents 1 and 2 say the same: together they are worth no more than one."""


def by_score(scores, costs, k, among=None):
    """Scored independently, the k best by score less cost, those that add anything."""
    documents = range(len(costs)) if among is None else among
    ranked = sorted(documents, key=lambda j: (costs[j] - scores[j], j))[:k]
    return tuple(sorted(j for j in ranked if scores[j] > costs[j]))


def vcg_on_scores(scores, costs, k, document):
    """Equation 8 with the true value of the sets that the scores choose."""
    here, away = by_score(scores, costs, k), by_score(scores, costs, k, others_of(costs, document))
    others = COPIES[here] - sum(costs[j] for j in here if j != document)
    return others - (COPIES[away] - sum(costs[j] for j in away))


def test_e_000_26_vcg_on_documents_scored_one_by_one_is_neither_rational_nor_truthful():
    scores, costs = [100, 100, 90], [10, 10, 10]
    assert by_score(scores, costs, 2) == (0, 1), "though 1 and 3 together are worth 190"
    assert vcg_on_scores(scores, costs, 2, 0) == 90 - 170
    assert by_score(scores, [30, 10, 10], 2) == (1, 2), "asking 30 the first document is left out and loses nothing"
    assert vcg_on_scores(scores, [30, 10, 10], 2, 0) == 0


def test_e_000_26_the_threshold_payment_is_truthful_on_the_same_choice():
    scores, costs = [100, 100, 90], [10, 10, 10]
    for document, cost in product(range(3), range(0, 101, 5)):
        true = reporting(costs, document, cost)

        def kept(report, document=document, true=true, cost=cost):
            asked = reporting(true, document, report)
            third = sorted((scores[j] - asked[j] for j in others_of(asked, document)), reverse=True)[1]
            return scores[document] - max(0, third) - cost if document in by_score(scores, asked, 2) else 0

        assert kept(cost) >= 0
        assert all(kept(report) <= kept(cost) for report in range(121))


# -- what Evenhand does on the same markets -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scores", "k", "costs", "paid"),
    [
        pytest.param([0.9, 0.7], 1, [0.1, 0.05], [0.25, 0], id="example_1"),
        pytest.param([0.9, 0.7], 1, [0.3, 0.2], [0.4, 0], id="example_2"),
        pytest.param([0.5, 0.4, 0.3], 2, [0.1, 0.05, 0.1], [0.3, 0.2, 0], id="example_3"),
        pytest.param([0.2, 0.1], 1, [0.5, 0.5], [0, 0], id="e_000_25, nothing is worth its cost"),
        pytest.param([0.3, 0.1], 1, [0.4, 0.3], [0, 0], id="e_000_25, net of the bare answer"),
        pytest.param([0.9, 0.7], 1, [0.1, 0.8], [0.9, 0], id="e_000_25, the bare answer is next best"),
    ],
)
def test_evenhand_pays_documents_the_threshold(scores, k, costs, paid):
    market = Retrieval(scores, k)
    assert payments.threshold(market, costs) == pytest.approx(paid)
    assert payments.vcg(market, costs) == pytest.approx(paid)


@pytest.mark.parametrize(
    ("scores", "costs"),
    [
        pytest.param([100, 90, 50], [10, 60, 10], id="e_000_10, asking 0.6"),
        pytest.param([100, 90, 50], [10, 20, 10], id="e_000_10, asking 0.2"),
        pytest.param([50, 90], [0, 50], id="e_000_10, negative"),
        pytest.param([90, 70], [30, 20], id="example_2"),
    ],
)
def test_evenhand_keeps_the_valuations_as_they_are(scores, costs):
    paid = payments.table(Retrieval(scores, 1), costs, ["leave_one_out", "shapley"])
    documents = range(len(scores))
    assert paid["leave_one_out"] == pytest.approx([leave_one_out(additive(scores), costs, 1, j) for j in documents])
    assert paid["shapley"] == pytest.approx([float(shapley(additive(scores), costs, 1, j)) for j in documents])


def test_evenhand_keeps_algorithm_1_and_refutes_it():
    market, costs = Retrieval([0.9, 0.7], 1), [0.3, 0.2]
    mechanism = MECHANISMS["algorithm_1_as_published"]
    assert mechanism.run(market, costs).cash == pytest.approx([0.1, 0])
    findings = {finding.claim: finding for finding in certify(mechanism, market, costs)}
    assert not findings["truthful"].holds
    assert not findings["rational"].holds
    lie = findings["truthful"].witness
    assert lie.report < lie.true, "an under-report"
    assert lie.gain > 0


def test_evenhand_chooses_documents_that_say_the_same_by_their_value_together():
    market, costs = Subsets(lambda chosen: COPIES[chosen] / 100, n=3, k=2), [0.1, 0.1, 0.1]
    assert market.allocate(costs).quantity.tolist() == [1, 0, 1]
    assert payments.vcg(market, costs) == pytest.approx([0.1, 0, 0.9])
    assert payments.threshold(market, costs) == pytest.approx([0.1, 0, 0.9])


TOPICS = [{1, 2, 3, 4}, {1, 2, 5}, {3, 4, 6}]
"""Topics that documents cover; the second and third together cover all that the first does."""


def test_evenhand_claims_truth_of_thresholds_where_the_best_set_is_not_looked_for():
    market = Subsets(lambda chosen: len(set().union(*(TOPICS[j] for j in chosen))), n=3, k=2, method="distorted_greedy")
    truthful = {
        rule: [certify(MECHANISMS[rule], market, costs)[0] for costs in product([0.25, 1.0, 1.5], repeat=3)]
        for rule in ("threshold", "vcg")
    }
    assert all(finding.holds for finding in truthful["threshold"])
    assert not all(finding.holds for finding in truthful["vcg"])
