"""The table of mechanisms: what a row runs, what it refuses, and what it is known not to keep."""

import numpy as np
import pytest

import evenhand as eh
from evenhand.markets import MeanEstimation, Procurement, Retrieval
from evenhand.mechanisms import MECHANISMS, for_rounds
from evenhand.properties import CLAIMS

TWO_BUYERS = MeanEstimation([[1.0, 0.0], [0.0, 2.0]], [[1.0, 0.5], [0.5, 1.0], [1.0, 1.0]], [0.5, 0.5, 1.0])
COSTS = [1.0, 2.0, 3.0]
MANY = Retrieval([[1.0, 0.5], [0.5, 1.0]], k=1)


@pytest.mark.parametrize("name", ["direct", "leave_one_out", "shapley", "threshold", "vcg"])
def test_a_payment_rule_runs_on_a_welfare_market_and_charges_the_buyers_what_is_paid(name):
    outcome = MECHANISMS[name].run(TWO_BUYERS, COSTS)
    np.testing.assert_allclose(outcome.cash, eh.payments.RULES[name](TWO_BUYERS.clear(COSTS)))
    value = TWO_BUYERS.allocate(COSTS).value_by_buyer
    assert outcome.charge.shape == (2, 3)
    np.testing.assert_allclose(outcome.charge.sum(axis=0), outcome.cash)
    assert (outcome.charge.sum(axis=1) <= value + 1e-12).all()


def test_every_claim_and_every_refuted_claim_has_a_check():
    named = {claim for row in MECHANISMS.values() for claim in (*row.claims, *row.refuted)}
    assert named <= set(CLAIMS)
    assert all(not set(row.claims) & set(row.refuted) for row in MECHANISMS.values())


def test_only_mechanisms_that_buy_under_a_budget_run_rounds():
    assert {"proportional_share", "q_mia", "clock", "single_or_share_by_lot", "mixed_split"} <= set(for_rounds())
    assert set(for_rounds()).isdisjoint(["threshold", "vcg", "direct", "shapley", "algorithm_1_as_published"])


def test_a_procurement_mechanism_refuses_another_market():
    with pytest.raises(eh.OfferError, match=r"is a MeanEstimation.*Give it a markets\.Procurement"):
        MECHANISMS["proportional_share"].run(TWO_BUYERS, COSTS)


def test_procure_refuses_a_rule_that_buys_under_no_budget():
    with pytest.raises(eh.OfferError, match='"shapley" is not known'):
        eh.procure([1.0], [1.0], 2.0, rule="shapley")


def test_a_payment_rule_on_a_procurement_is_shown_to_leave_truth():
    market = Procurement([2.0, 1.0, 1.0], 10.0)
    findings = {f.claim: f for f in eh.certify(MECHANISMS["direct"], market, [3.0, 4.0, 9.0])}
    assert findings["rational"].holds
    assert not findings["truthful"].holds
    assert 0 < findings["truthful"].witness.gain <= findings["truthful"].gap


@pytest.mark.parametrize("market", [TWO_BUYERS, Retrieval([1.0, 0.5], k=2), Retrieval([1.0], 1), MANY])
def test_algorithm_1_refuses_what_is_no_retrieval_of_one_document(market):
    with pytest.raises(eh.OfferError, match=r"Give it a markets\.Retrieval"):
        MECHANISMS["algorithm_1_as_published"].run(market, [0.1, 0.2, 0.3])


def test_algorithm_1_refuses_a_single_document_that_takes_part():
    with pytest.raises(eh.OfferError, match="1 documents are present"):
        MECHANISMS["algorithm_1_as_published"].run(Retrieval([0.5, 0.4], k=1), [np.inf, 0.1])


def test_shapley_as_published_pays_nobody_where_nobody_is():
    outcome = MECHANISMS["shapley_as_published"].run(TWO_BUYERS, [np.inf] * 3)
    assert outcome.cash.tolist() == [0.0] * 3


def test_a_mechanism_by_its_name_is_refused_with_where_to_find_it():
    with pytest.raises(eh.OfferError, match=r'Give evenhand.MECHANISMS\["vcg"\]'):
        eh.certify("vcg", TWO_BUYERS, COSTS)
    with pytest.raises(eh.OfferError, match=r'Give evenhand.MECHANISMS\["direct"\]'):
        eh.properties.best_misreport(TWO_BUYERS, COSTS, 0, eh.payments.direct)


def test_names_that_are_not_one_a_seller_are_refused():
    with pytest.raises(eh.OfferError, match="sellers: are 2; there are 3 reports"):
        eh.certify(MECHANISMS["vcg"], TWO_BUYERS, COSTS, sellers=["ada", "bo"])


def test_a_witness_shows_half_of_the_gap_although_no_report_reaches_it():
    truthful = eh.certify(MECHANISMS["vcg"], Retrieval([0.5], 1, price_max=0.375), [0.25])[0]
    assert truthful.gap == 0.125
    assert truthful.witness.gain >= truthful.gap / 2
