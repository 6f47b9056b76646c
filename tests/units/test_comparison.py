"""The same offers under several mechanisms: what is bought, against which yardstick, and what is said to be broken."""

from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand import comparison
from evenhand.comparison import compare, most_worth
from evenhand.errors import OfferError, Problem
from evenhand.markets import ExactProcurement
from evenhand.mechanisms import MECHANISMS, for_rounds
from evenhand.money import Money
from evenhand.round import decide, measure
from tests.units.rounds import Vocabulary, a_call, offers

SHARE = MECHANISMS["proportional_share"]


def in_shares(cleared, paid):
    cash = np.array([amount * 2 // 3 for amount in paid], dtype=object)
    return cash, np.asarray(paid) - cash


ROWS = (
    replace(SHARE, name="pays_costs", pay=lambda cleared: np.where(cleared.allocation.quantity == 1, cleared.costs, 0),
            claims=("rational",), refuted={"truthful": "E-002-02"}),
    replace(SHARE, name="pays_treble", pay=lambda cleared: 3 * cleared.highest_asked, claims=(),
            refuted={"truthful": "E-002-02", "within_budget": "E-002-02"}),
    replace(SHARE, name="promises_too_much", pay=lambda cleared: 3 * cleared.highest_asked),
    replace(SHARE, name="shares_too", settle=in_shares),
)  # fmt: skip
"""Mechanisms that the table does not have: each breaks what its name says, the last settles in shares."""


@contextmanager
def only(*rows):
    """Let the table hold these rows for rounds alone; afterwards it is as it was, in its order."""
    kept = dict(MECHANISMS)
    try:
        for name in for_rounds():
            del MECHANISMS[name]
        MECHANISMS.update({row.name: row for row in rows})
        yield
    finally:
        MECHANISMS.clear()
        MECHANISMS.update(kept)


@pytest.fixture
def table():
    with only(SHARE, *ROWS):
        yield {row.name: row for row in (SHARE, *ROWS)}


@pytest.fixture(scope="module")
def record():
    return measure(a_call(share_pool=Money(10_000, "EUR")), offers(), Vocabulary())


def test_each_mechanism_decides_as_it_would_in_a_round_of_its_own(record, table):
    compared = compare(record, ["all"])
    assert [each.mechanism.name for each in compared.purchases] == list(table)
    for each in compared.purchases:
        alone = decide(replace(record, terms=replace(record.terms, mechanism=each.mechanism.name)))
        assert each.outcome.published() == alone.published()


def test_sums_are_those_of_the_decisions(record, table):
    for each in compare(record, ["all"]).purchases:
        won = [decision for decision in each.outcome.decisions if decision.selected]
        assert each.worth == sum(decision.worth for decision in won)
        assert each.cash + each.cash_left == 10_000
        assert each.cash + each.shares == sum(each.outcome.cash) + sum(each.outcome.share)
        assert (each.bought, each.paid) == (len(won), len(won))
        assert each.part == each.worth / each.best


def test_a_promise_is_kept_broken_or_not_made(record, table):
    promises = {each.mechanism.name: list(each.promises.values()) for each in compare(record, ["all"]).purchases}
    assert promises == {
        "proportional_share": [True, True, True],
        "pays_costs": [False, True, None],
        "pays_treble": [False, None, False],
        "promises_too_much": [False, True, False],
        "shares_too": [True, True, True],
    }


def test_only_a_promise_that_is_claimed_and_broken_is_a_surprise(record, table):
    surprising = [each.mechanism.name for each in compare(record, ["all"]).purchases if each.surprising]
    assert surprising == ["promises_too_much"]


def test_a_mechanism_that_breaks_a_promise_wins_nothing(record, table):
    assert compare(record, ["pays_treble", "shares_too", "proportional_share"]).winner.mechanism.name == "shares_too"
    assert compare(record, ["pays_treble"]).winner is None


def test_of_none_named_those_that_claim_everything_are_taken_and_shares_only_with_a_pool(record, table):
    def taken(**terms):
        return comparison.chosen([], replace(record.terms, **terms))

    assert taken(share_pool_minor=0) == ["proportional_share", "promises_too_much"]
    assert taken(share_pool_minor=5) == ["proportional_share", "promises_too_much", "shares_too"]
    assert taken(share_pool_minor=0, mechanism="pays_treble") == [
        "pays_treble",
        "proportional_share",
        "promises_too_much",
    ]


def test_names_are_taken_once_in_the_order_given_and_unknown_ones_named_at_once(record, table):
    assert comparison.chosen(["pays_costs", "all"], record.terms)[:2] == ["pays_costs", "proportional_share"]
    assert len(comparison.chosen(["pays_costs", "all"], record.terms)) == len(table)
    with pytest.raises(OfferError) as refused:
        compare(record, ["pays_cost", "vcg"])
    assert [problem.found for problem in refused.value.problems] == ['"pays_cost" is not known', '"vcg" is not known']


def test_a_mechanism_that_cannot_run_is_named_and_the_others_run(record, table, monkeypatch):
    def refuse(market):
        raise OfferError(Problem("market", "has no pool", "it needs one", "Give it one."))

    monkeypatch.setitem(MECHANISMS, "needs_more", replace(SHARE, name="needs_more", adapted=refuse))
    compared = compare(record, ["needs_more", "proportional_share"])
    assert [each.mechanism.name for each in compared.purchases] == ["proportional_share"]
    assert [problem.found for problem in compared.refused["needs_more"]] == ["has no pool"]
    with pytest.raises(OfferError, match=r"call\.market: has no pool"):
        compare(record, ["needs_more"])


def test_without_a_pool_those_that_settle_in_shares_are_named_and_the_others_run():
    compared = compare(measure(a_call(), offers(), Vocabulary()), ["all"])
    in_shares = [name for name, mechanism in for_rounds().items() if mechanism.in_shares]
    assert list(compared.refused) == in_shares
    assert [each.mechanism.name for each in compared.purchases] == [
        name for name in for_rounds() if name not in in_shares
    ]
    for name, problems in compared.refused.items():
        assert [str(problem) for problem in problems] == [
            f'call.share_pool: is not stated; {name} pays in shares as well. Add share_pool = "1000.00 EUR".'
        ]


def test_progress_counts_mechanisms(record, table):
    told = []
    compare(record, ["proportional_share", "shares_too"], lambda *each: told.append(each))
    assert told == [("decide", 0, 2), ("decide", 1, 2), ("decide", 2, 2)]


# -- the yardstick -----------------------------------------------------------------------------------------------------


def asking(record, costs, **terms):
    first = record.offers[0]
    made = tuple(
        replace(first, seller=f"s{i}", cost_minor=cost, copies=replace(first.copies, content=f"sha256:{i}"))
        for i, cost in enumerate(costs)
    )
    return replace(
        record,
        offers=made,
        terms=replace(record.terms, **({"share_pool_minor": 0} | terms)),
    )


def filled(costs, worths, purse):
    """The most worth by trial: every order in which the money could be spent to the end, the last in part."""
    best = Fraction(0)
    for order in permutations(range(len(costs))):
        left, total = Fraction(purse), Fraction(0)
        for index in order:
            part = Fraction(1) if costs[index] <= left else left / costs[index]
            left, total = left - part * costs[index], total + part * worths[index]
        best = max(best, total)
    return best


SMALL = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), min_size=1, max_size=5)


@given(SMALL, st.integers(1, 12), st.integers(0, 3))
def test_the_yardstick_is_the_best_of_all_ways_to_spend_the_money(record, offered, budget, pool):
    costs, worths = zip(*offered, strict=True)
    asked = asking(record, costs, budget_minor=budget, share_pool_minor=pool)
    could = [(cost, worth) for cost, worth in offered if worth and cost <= budget + pool]
    assert most_worth(asked, worths) == filled(*zip(*could, strict=True), budget + pool) if could else True


@given(SMALL, st.integers(1, 12))
def test_no_mechanism_that_keeps_its_promises_buys_more_than_the_yardstick(record, offered, budget):
    costs, worths = zip(*offered, strict=True)
    best = most_worth(asking(record, costs, budget_minor=budget), worths)
    market = ExactProcurement(worths, budget, whole=True)
    for mechanism in for_rounds().values():
        if set(comparison.PROMISES) <= set(mechanism.claims) and not mechanism.in_shares:
            for drawn in mechanism.each:
                bought = drawn.run(market, list(costs)).quantity
                assert sum(w for w, q in zip(worths, bought, strict=True) if q) <= best, mechanism.name


def test_what_the_policy_of_the_call_leaves_out_counts_for_nothing(record):
    asked = asking(record, [3, 5, 4], budget_minor=100)
    assert most_worth(asked, [10, 20, 30]) == 60
    capped = asking(record, [3, 5, 4], budget_minor=100, cap_minor=4)
    assert most_worth(capped, [10, 20, 30]) == 40
    first, second, third = asked.offers
    pair = first, replace(second, copies=first.copies), third
    as_one = replace(asked, offers=pair, terms=replace(asked.terms, copies="one"))
    assert most_worth(as_one, [20, 20, 30]) == 50, "the dearer copy is not bought as well"
