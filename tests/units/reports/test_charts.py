import dataclasses
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.reports.charts import BASE, TOP, WIDTHS, _axis, budget_bar, virtual_costs
from evenhand.reports.rows import cut, rows, totals
from tests.units.reports.outcomes import make


def number(percent):
    return Fraction(percent.removesuffix("%"))


@pytest.fixture(params=[1, 2, 12, 200], scope="module")
def outcome(request):
    return make(n=request.param, budget=120_000 if request.param < 200 else 2_000_000)


def test_bars_stand_side_by_side_in_the_order_of_the_rule(outcome):
    bars = virtual_costs(outcome).bars
    assert [bar.row.rank for bar in bars] == list(range(1, len(bars) + 1))
    for one, following in pairwise(bars):
        assert abs(number(one.x) + number(one.width) - number(following.x)) <= Fraction(2, 10_000)
    assert number(bars[0].x) == 0
    assert abs(number(bars[-1].x) + number(bars[-1].width) - 100) <= Fraction(2, 10_000)


def test_a_cheap_offer_that_was_not_bought_stands_behind_every_offer_that_was():
    outcome = make()
    cheapest = rows(outcome)[0].decision
    lost = dataclasses.replace(cheapest, reason="asks_more_than_budget", payment_minor=0)
    decisions = tuple(lost if decision is cheapest else decision for decision in outcome.decisions)
    ordered = rows(dataclasses.replace(outcome, decisions=decisions))
    assert [row.decision.selected for row in ordered] == [True] * 7 + [False] * 5
    assert ordered[7].decision is lost


def test_prices_rise_within_the_bought_and_within_the_rest(outcome):
    for selected in (True, False):
        prices = [b.row.cost_per_worth for b in virtual_costs(outcome).bars if b.row.decision.selected is selected]
        assert prices == sorted(prices)


def test_the_cut_stands_where_the_bought_offers_end():
    chart = virtual_costs(make())
    last = [bar for bar in chart.bars if bar.row.decision.selected][-1]
    assert abs(number(last.x) + number(last.width) - number(chart.cut_x)) <= Fraction(2, 10_000)


def test_every_bought_bar_is_below_the_unit_price_and_paid_up_to_it(outcome):
    chart = virtual_costs(outcome)
    for bar in chart.bars:
        if bar.row.decision.selected:
            assert bar.top >= chart.price_y
            assert abs(bar.paid_top - chart.price_y) <= 1
            assert not bar.beyond
        else:
            assert bar.paid_top == BASE


def test_all_marks_stay_inside_the_drawing(outcome):
    chart = virtual_costs(outcome)
    assert all(TOP <= bar.crown <= bar.top <= BASE and bar.top + bar.height == BASE for bar in chart.bars)
    assert chart.ticks[0].y == BASE
    assert all(TOP <= tick.y <= BASE for tick in chart.ticks)


def test_a_bar_beyond_the_axis_says_so():
    bars = virtual_costs(make()).bars
    assert [bar.row.offer.seller for bar in bars if bar.beyond] == ["Estuary Radio"]
    assert all(bar.top == TOP for bar in bars if bar.beyond)


def test_a_label_is_shown_only_where_it_fits(outcome):
    for bar in virtual_costs(outcome).bars:
        for label in (bar.rank, bar.name):
            if label:
                assert number(bar.width) / 100 * WIDTHS[label.shown] >= 7 * len(label.text)


def test_two_hundred_bars_are_not_cut_apart_by_gaps():
    assert virtual_costs(make(12)).separated
    assert not virtual_costs(make(n=200, budget=2_000_000)).separated


def test_the_budget_bar_holds_every_payment_and_leaves_the_rest(outcome):
    bar, spent = budget_bar(outcome), totals(outcome)
    assert len(bar.segments) == spent.bought
    whole = sum(number(segment.width) for segment in bar.segments)
    assert abs(whole - Fraction(100 * spent.paid, spent.budget)) <= Fraction(len(bar.segments), 10_000)
    assert all(number(segment.reported) <= number(segment.width) for segment in bar.segments)


def test_nothing_is_drawn_of_offers_without_worth():
    chart = virtual_costs(make(6, helpful=False))
    assert (chart.bars, chart.undrawn, chart.cut_x, chart.price_y) == ((), 6, None, None)
    assert budget_bar(make(6, helpful=False)).segments == ()


@given(st.fractions(min_value=Fraction(1, 1000), max_value=10**18))
def test_the_axis_reaches_the_highest_price_in_at_most_seven_steps(highest):
    step, top = _axis(highest)
    assert top - step < highest <= top
    assert top % step == 0
    assert top // step <= 7


def test_the_unit_price_is_what_the_budget_carries_or_where_the_next_offer_stands(outcome):
    where, spent = cut(outcome), totals(outcome)
    carried = Fraction(spent.budget * 1_000_000, spent.worth)
    following = where.next.cost_per_worth if where.next else carried
    assert where.unit_price == min(carried, following)
    assert where.unit_price * spent.worth / 1_000_000 <= spent.budget
