import dataclasses
import re
import string
from fractions import Fraction

import pytest
from hypothesis import given, settings

from evenhand.decisions import CONDITIONS
from evenhand.errors import OfferError
from evenhand.records import MILLION
from evenhand.reports.cases import cases
from evenhand.reports.explain import TO_EVERYONE, TO_THE_SELLER, explain, reasons
from evenhand.reports.notation import money
from evenhand.reports.reasons import REASONS
from evenhand.round import run_round
from tests.units.reports.outcomes import HOSTILE, ROUNDS, cleared, make
from tests.units.rounds import TEXTS, Vocabulary, a_call, offers

NUMBERS = {"cost", "cap", "quality", "floor", "value", "kappa", "worth", "cost_per_worth", "copy"}
NAMED = NUMBERS | {"licence", "licences", "same", "most", "within", "paid", "reserve", "rivals", "otherwise"}


def reasons_of(outcome):
    return {row.offer.seller: sentence for row, sentence in reasons(outcome)}


def step(explanation, name):
    return next(line for line in explanation.steps if line.startswith(f"{name}: "))


def with_decision(outcome, seller, **changes):
    decisions = tuple(
        dataclasses.replace(decision, **changes) if decision.seller == seller else decision
        for decision in outcome.decisions
    )
    return dataclasses.replace(outcome, decisions=decisions)


def test_the_reasons_are_these_and_no_others():
    assert set(REASONS) == set(CONDITIONS) == {
        "selected", "asks_more_than_budget", "above_cap", "licence_not_allowed", "below_quality_floor", "no_value",
        "no_quality", "worth_rounds_to_zero", "share_below_cost", "behind_copy", "stopped", "behind_reserve",
        "outpriced", "not_chosen",
    }  # fmt: skip
    for reason in REASONS.values():
        fields = {field for _, field, _, _ in string.Formatter().parse(reason.template) if field}
        assert fields <= NAMED
        assert "\n" not in reason.label


def test_every_losing_reason_names_what_would_have_changed_it():
    for code, reason in REASONS.items():
        assert ("{otherwise}" in reason.template) is (code != "selected")


@pytest.mark.parametrize("code", [code for code in REASONS if code != "selected"])
def test_every_losing_reason_is_a_sentence_with_its_numbers(code):
    outcome = with_decision(make(), "Inkwell", reason=code)
    first = explain(outcome, "Inkwell").sentences[0]
    assert first.endswith(".")
    assert "{" not in first
    assert "at 60.96 EUR or less you would have been selected" in first
    assert "at 60.96 EUR or less it would have been bought" in reasons_of(outcome)["Inkwell"]


def test_a_winner_hears_once_how_far_the_report_could_have_gone():
    told = explain(make(), "Abbey Press")
    assert told.reason == "selected"
    assert "Any report up to 112.81 EUR would have been bought, and that is what is paid." in told.sentences[0]
    assert told.sentences[1:] == ("The payment is 85.93 EUR above your report.",)


def test_a_loser_hears_once_at_which_report_it_would_have_sold():
    told = explain(make(), "Inkwell")
    assert told.sentences[0].endswith("; at 60.96 EUR or less you would have been selected.")
    assert told.sentences[1:] == ("You would then have been paid 60.96 EUR: 73.26 EUR below your report.",)


@settings(max_examples=200, deadline=None)
@given(ROUNDS)
def test_the_budget_never_comes_to_the_cost_per_worth_of_a_loser_and_always_to_that_of_a_winner(numbers):
    outcome, budget = cleared(*numbers), numbers[-1]
    for case in cases(outcome):
        if case.row.decision.reason == "outpriced":
            own = case.row.cost_per_worth, case.row.index
            ahead = [other.decision.worth for other in case.ordered
                     if other.decision.worth and other.offer.cost_minor <= budget
                     and (other.cost_per_worth, other.index) <= own]  # fmt: skip
            assert case.reach == Fraction(budget * MILLION, sum(ahead))
        if case.row.decision.reason in ("selected", "outpriced"):
            assert (case.row.cost_per_worth <= case.reach) is case.row.decision.selected
            told = reasons_of(outcome)[case.row.offer.seller]
            assert case.row.decision.selected or f"only {money(case.reach, 'EUR')} a unit" in told


def test_nothing_but_the_phrase_for_losers_speaks_of_selection():
    for outcome in (make(), make(helpful=False), make(n=200, budget=2_000_000), make(held=12)):
        for decision in outcome.decisions:
            for sentence in explain(outcome, decision.seller).sentences:
                assert "selected" not in sentence.replace("or less you would have been selected", "")
        assert not [sentence for _, sentence in reasons(outcome) if "selected" in sentence]


def test_documents_that_the_buyer_has_are_told_where_there_are_any():
    outcome = make(held=12)
    told = "12 of its 297 distinct documents are the buyer's own and add nothing."
    assert told in explain(outcome, "Abbey Press").sentences
    assert reasons_of(outcome)["Abbey Press"].endswith(told)
    assert explain(outcome, "Abbey Press").numbers["held_by_buyer"] == 12
    one = explain(make(held=1), "Abbey Press").sentences
    assert "1 of its 297 distinct documents is the buyer's own and adds nothing." in one
    assert not [sentence for sentence in reasons_of(make()).values() if "buyer's own" in sentence]


def test_a_seller_whom_no_report_could_have_helped_hears_why():
    told = explain(make(), "Clinic Notes")
    assert told.numbers["highest_winning_minor"] is None
    assert len(told.sentences) == 1
    assert "no report would have changed that" in told.sentences[0]
    assert step(told, "highest winning report") == "highest winning report: none"


def test_a_copy_is_told_of_its_twin_and_nobody_else_is():
    outcome = make()
    assert any(
        'the same as those of "Kiln Forum"' in sentence for sentence in explain(outcome, "Lantern Books").sentences
    )
    assert not any("the same as those" in sentence for sentence in explain(outcome, "Inkwell").sentences)


def test_a_sampled_value_is_told_with_its_interval_and_an_exact_one_without():
    sampled, exact = make(n=200, budget=2_000_000), make()
    name = sampled.decisions[0].seller
    assert any("with about 95 % confidence" in sentence for sentence in explain(sampled, name).sentences)
    assert not any("95 %" in sentence for sentence in explain(exact, "Inkwell").sentences)


def test_numbers_are_plain_and_exact():
    told = explain(make(), "Abbey Press")
    assert all(isinstance(number, int | str | None) for number in told.numbers.values())
    assert Fraction(told.numbers["value_exact"]) == make().decisions[0].value
    assert told.numbers["payment_minor"] == 11_281


def test_an_unknown_seller_is_met_with_the_name_that_was_meant():
    with pytest.raises(OfferError, match='Did you mean "Abbey Press"'):
        explain(make(), "Abey press")
    with pytest.raises(OfferError, match=r"payments\.csv"):
        explain(make(), "zzzzzzzz")


def test_hostile_names_are_explained_without_control_characters_or_templates():
    outcome = make(names=HOSTILE)
    for name in HOSTILE:
        words = "".join((*explain(outcome, name).sentences, *explain(outcome, name).steps))
        assert not re.search(r"[\x00-\x1f\u202e]", words)


def test_the_page_and_the_seller_are_given_the_same_reason():
    outcome = make()
    for row, sentence in reasons(outcome):
        assert explain(outcome, row.offer.seller).sentences[0].replace(TO_THE_SELLER, TO_EVERYONE) == sentence


def test_worth_without_value_is_told_to_come_from_kappa_alone():
    texts = {**TEXTS, "dan": ["Zebra quilts."]}
    outcome = run_round(a_call(kappa="0.5"), offers(texts, dict.fromkeys(texts, 1_000)), Vocabulary())
    told = "It has worth only by the buyer's gamma 1 and kappa 0.5."
    assert any(told in sentence for sentence in explain(outcome, "dan").sentences)
    assert not any(told in sentence for sentence in explain(outcome, "ada").sentences)
