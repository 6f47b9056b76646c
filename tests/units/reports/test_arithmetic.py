import dataclasses
import re
from fractions import Fraction

import pytest
from hypothesis import given, settings

from evenhand.records import MEASURES, MILLION
from evenhand.reports.explain import explain
from evenhand.reports.notation import money
from tests.units.reports.outcomes import HOSTILE, ROUNDS, cleared, make


def step(explanation, name):
    (line,) = [line for line in explanation.steps if line.startswith(f"{name}: ")]
    return line


def numbers(line):
    """The numbers of a line without thousands separators, names in quotes left out."""
    return [
        Fraction(found.replace(",", "")) for found in re.findall(r"-?[\d,]*\d(?:\.\d+)?", re.sub(r'".*?"', "", line))
    ]


def test_the_steps_of_quality_and_cost_can_be_recomputed():
    outcome = make()
    for decision, offer in zip(outcome.decisions, outcome.record.offers, strict=True):
        told = explain(outcome, decision.seller)
        terms = re.findall(r"([\d.]+) × (\w+) ([\d.]+)", step(told, "quality"))
        assert [name for _, name, _ in terms] == list(MEASURES)
        summed = sum(Fraction(weight) * Fraction(part) for weight, _, part in terms)
        assert abs(summed * MILLION - decision.quality) < 1
        if decision.worth:
            found = re.fullmatch(
                r"cost per worth: ([\d.,]+) EUR / ([\d.]+) = ([\d.,]+) EUR", step(told, "cost per worth")
            )
            cost, worth, price = (Fraction(number.replace(",", "")) for number in found.groups())
            assert abs(cost / worth - price) <= Fraction(1, 200)
            assert cost * 100 == offer.cost_minor


def test_weights_that_do_not_sum_to_one_are_divided_by_their_sum():
    outcome = make()
    terms = dataclasses.replace(outcome.record.terms, weights=dict.fromkeys(MEASURES, 500_000))
    told = explain(dataclasses.replace(outcome, record=dataclasses.replace(outcome.record, terms=terms)), "Inkwell")
    assert ") / 2, rounded half to even = " in step(told, "quality")


WORTH = re.compile(
    r"worth: (?P<split>\(?)(?P<quality>[\d.]+)\^1 × "
    r"\((?P<max>max\(0, )?(?:(?P<size>\d) × )?(?P<value>-?[\d.]+)\)? \+ (?P<kappa>[\d.]+)\)\^1"
    r"(?P<exact> with the exact value)?, rounded half to even"
    r"(?:\) / (?P<copies>\d) copies, rounded down)? = (?P<worth>[\d.]+)"
)


@pytest.mark.parametrize("kappa", ["0", "0.001"])
@pytest.mark.parametrize("helpful", [True, False])
def test_the_step_of_worth_can_be_recomputed_for_helpful_and_harmful_data_and_for_copies(kappa, helpful):
    outcome = make(kappa=kappa, helpful=helpful)
    seen = set()
    for decision in outcome.decisions:
        told = WORTH.fullmatch(step(explain(outcome, decision.seller), "worth"))
        size = int(told["size"] or 1)
        assert (told["copies"] or "1") == str(size)
        assert abs(Fraction(told["value"]) - decision.value) <= Fraction(1, 2 * MILLION)
        assert bool(told["exact"]) is (Fraction(told["value"]) != decision.value)
        value = size * decision.value if told["exact"] else size * Fraction(told["value"])
        value = max(0, value) if told["max"] else value
        pooled = round(Fraction(told["quality"]) * (value + Fraction(told["kappa"])) * MILLION)
        assert pooled // size == decision.worth == Fraction(told["worth"]) * MILLION
        seen.add((size, bool(told["max"])))
    assert seen == ({(1, False), (2, False), (1, True)} if helpful else {(1, True), (2, True)})


def test_a_harmful_value_is_counted_as_nothing_in_sight_of_the_reader():
    assert "× (max(0, -0.006469) + 0.001)^1, rounded half to even = 0.000649" in step(
        explain(make(kappa="0.001"), "Clinic Notes"), "worth"
    )


@settings(max_examples=300, deadline=None)
@given(ROUNDS)
def test_the_highest_winning_report_can_be_recomputed_from_the_steps_of_every_seller(drawn):
    costs, worth, budget = drawn
    outcome = cleared(costs, worth, budget, currency="JPY")
    for decision in outcome.decisions:
        told = explain(outcome, decision.seller)
        if decision.highest_winning_minor is None:
            assert step(told, "highest winning report") == "highest winning report: none"
            continue
        *_, last = numbers(step(told, "highest winning report"))
        assert last == decision.highest_winning_minor
        if decision.selected:
            _recompute_winner(told, decision)
        else:
            _recompute_loser(told)


def _recompute_winner(told, decision):
    budget, bought, _ = numbers(step(told, "what the budget carries"))
    price = budget / bought
    if "lower" in step(told, "unit price"):
        cost, worth, _ = numbers(step(told, "first offer not bought"))
        price = min(price, cost / worth)
    else:
        assert "the same, as no other offer could be bought" in step(told, "unit price")
    less = 1 if "at a tie" in step(told, "highest winning report") else 0
    assert int(price * decision.worth / MILLION) - less == decision.highest_winning_minor


def _recompute_loser(told):
    budget, own, *total, room = numbers(step(told, "its part of the budget there"))
    assert int(budget * own / sum(total)) == room
    *_, highest = numbers(step(told, "highest winning report"))
    if "lower" not in step(told, "highest winning report"):
        assert highest == room
        return
    cost, own, worth, *less, stay = numbers(step(told, "to stay ahead of the next"))
    assert int(cost * own / worth) - sum(less) == stay
    assert highest == min(room, stay)


def test_a_loser_is_told_of_the_place_where_the_report_would_have_won():
    assert explain(make(), "Inkwell").steps[-6:] == (
        "what the budget comes to: 1,200.00 EUR / 0.201244, the worth of this offer and all that stand ahead, "
        "= 5,962.91 EUR",
        'best place among the winners: behind all 8 winners, next "Lantern Books"; of 9 places the one with the '
        "highest report",
        "its part of the budget there: 1,200.00 EUR × 0.009360 / (0.174879 + 0.009360), rounded down = 60.96 EUR",
        "to stay ahead of the next: 124.00 EUR × 0.009360 / 0.017005, rounded down = 68.25 EUR",
        "highest winning report: the lower of these two = 60.96 EUR",
        "payment: nothing is bought = 0.00 EUR",
    )


def test_nothing_is_called_the_lower_of_one():
    alone = explain(make(1), make(1).decisions[0].seller)
    assert step(alone, "unit price").startswith("unit price: the same, as no other offer could be bought = ")
    assert not [line for line in alone.steps if "lower" in line]


def test_worth_times_unit_price_rounded_down_is_what_a_winner_is_paid():
    outcome = make()
    for decision in outcome.decisions:
        told = explain(outcome, decision.seller)
        price = Fraction(told.numbers["unit_price_minor"])
        if decision.selected:
            assert int(decision.worth * price / MILLION) - decision.payment_minor in (0, 1)
            assert step(told, "payment").endswith(money(decision.payment_minor, "EUR"))
        else:
            assert Fraction(told.numbers["cost_per_worth_minor"] or 10**12) >= price


def test_hostile_names_do_not_break_a_step():
    outcome = make(names=HOSTILE)
    for name in HOSTILE:
        for line in explain(outcome, name).steps:
            assert not re.search(r"[\x00-\x1f\u202e]", line)
            assert '"' not in line.partition(": ")[0]
