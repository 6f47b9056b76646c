"""The table of mechanisms: what a row runs, what it refuses, and what it is known not to keep."""

import numpy as np
import pytest

import evenhand as eh
from evenhand.markets import MeanEstimation, Procurement, Retrieval
from evenhand.markets.procurement import RULES
from evenhand.mechanisms import MECHANISMS, for_rounds, named
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


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        (lambda: eh.Money.parse(None), eh.OfferError, "None is not an amount of money"),
        (lambda: eh.Money.parse("3" * 99), eh.OfferError, 'amount: "3{59}…" is not an amount of money'),
        (lambda: eh.Money(1.5, "EUR"), eh.OfferError, r"is Money\(1.5, \"EUR\"\); money is a whole number"),
        (lambda: eh.Money(True, "EUR"), eh.OfferError, "money is a whole number"),
        (lambda: eh.MECHANISMS["proportional"], KeyError, 'Did you mean "proportional_share"'),
        (
            lambda: eh.procure([1.0], [1.0], 10.0, "mixed_split"),
            eh.OfferError,
            "pool: is 0; mixed_split pays in shares",
        ),
    ],
    ids=["no text", "too long", "half a cent", "true", "near name", "no pool"],
)
def test_what_is_wrong_in_python_is_said_in_words(wrong, error, said):
    with pytest.raises(error, match=said):
        wrong()
    assert "nosuch" not in MECHANISMS


def test_a_procurement_mechanism_refuses_another_market():
    with pytest.raises(eh.OfferError, match=r"is a MeanEstimation.*Give it a markets\.Procurement"):
        MECHANISMS["proportional_share"].run(TWO_BUYERS, COSTS)


def test_procure_refuses_a_rule_that_buys_under_no_budget():
    with pytest.raises(eh.OfferError, match='"shapley" is not known'):
        eh.procure([1.0], [1.0], 2.0, rule="shapley")


def test_procure_names_all_that_is_wrong_at_once():
    with pytest.raises(eh.OfferError) as refused:
        eh.procure(["a"], [1.0, -1.0], None, rule=None, policy=3, pool="much", rng=7)
    wheres = [problem.where for problem in refused.value.problems]
    assert wheres == ["rule", "rng", "costs", "worth[1]", "budget", "pool", "policy"]


@pytest.mark.parametrize("name", [None, ["clock"], 3])
def test_what_is_no_name_of_a_mechanism_is_refused_with_the_names(name):
    with pytest.raises(eh.OfferError, match=r"mechanism: is .* it is one of: proportional_share, .* Give its name"):
        named(name)


def test_a_rule_keeps_the_budget_where_the_mechanism_of_its_thresholds_claims_so():
    for row in MECHANISMS.values():
        if row.rule and row.pays_highest and not row.in_shares:
            assert RULES[row.rule].keeps_budget == ("within_budget" in row.claims), row.name


@pytest.mark.parametrize("name", [name for name, row in for_rounds().items() if "within_budget" in row.claims])
def test_floats_are_paid_no_more_than_the_budget_and_no_less_than_they_ask(name):
    rng = np.random.default_rng(5)
    for _ in range(20 if name == "clock" else 150):
        sellers = int(rng.integers(2, 40))
        costs, worth = rng.random(sellers) * rng.choice([0.0, 0.3, 1.0]), rng.random(sellers)
        pots = {"pool": float(rng.random() * 4)} if MECHANISMS[name].in_shares else {}
        budget = float(rng.random() * 5 + 0.5)
        outcome = eh.procure(costs, worth, budget, name, rng=rng, **pots)
        assert outcome.cash.sum() <= budget
        assert outcome.share.sum() <= pots.get("pool", 0)
        if "rational" in MECHANISMS[name].claims:
            assert (outcome.cash + outcome.share >= costs * outcome.quantity * (1 - 1e-15)).all()


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
