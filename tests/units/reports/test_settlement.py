"""What follows where more is offered than the mass that was published is told, and only there."""

from dataclasses import replace
from functools import cache

import pytest

from evenhand.markets import ExactProcurement
from evenhand.mechanisms import MECHANISMS, for_rounds
from evenhand.money import Money
from evenhand.reports.page import render
from evenhand.reports.settlement import exceeded
from evenhand.reports.terminal import offers_table
from evenhand.round import decide, measure
from tests.units.rounds import Vocabulary, a_call, offers


@cache
def record():
    return measure(a_call(mechanism="marginal_utility_tokens", share_pool=Money(9_000, "EUR")), offers(), Vocabulary())


def published(mass, mechanism="marginal_utility_tokens"):
    return decide(replace(record(), terms=replace(record().terms, share_mass=mass, mechanism=mechanism)))


def offered():
    return sum(decision.worth for decision in published(0).decisions)


@pytest.mark.parametrize(("beyond", "told"), [(-1, True), (0, False), (1, False)])
def test_a_mass_below_what_is_offered_is_told_on_every_surface_with_both_numbers(beyond, told):
    outcome = published(offered() + beyond)
    note = exceeded(outcome)
    assert bool(note) is told
    assert (f"a worth of 0.{offered():06d} is offered, more than the published share_mass of" in note) is told
    assert ("who leaves out a part of the data" in str(offers_table(outcome, 100).caption)) is told
    assert ("who leaves out a part of the data" in render(outcome)) is told
    assert ("which is worth more than the" in render(outcome)) is told


def test_a_mechanism_that_divides_no_pool_by_a_mass_and_a_call_that_publishes_none_are_told_nothing():
    assert exceeded(published(0)) == ""
    assert {name for name in for_rounds() if exceeded(published(1, name))} == {
        "mixed_net_cost",
        "marginal_utility_tokens",
    }


def test_where_it_is_told_a_seller_can_indeed_gain_by_leaving_out_a_part_and_below_the_mass_cannot():
    def left_with(worth, cost, mass):
        market = ExactProcurement([worth, 4], 1, pool=1_200, mass=mass, whole=True)
        return MECHANISMS["marginal_utility_tokens"].run(market, [cost, 0]).utility([cost, 0])[0]

    assert left_with(4, 580, 8) == 20
    assert left_with(2, 290, 8) == 10, "half of the data leaves half"
    assert left_with(2, 290, 1) == 110 > left_with(4, 580, 1) == 20, "the pool is divided over 6 then, and not 8"
