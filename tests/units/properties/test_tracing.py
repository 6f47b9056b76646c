"""Tracing lists every place where an outcome changes; the checks built on it catch rules that break their promise."""

from fractions import Fraction
from itertools import pairwise
from math import floor
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.properties.claims import CLAIMS, Pot
from evenhand.properties.coverage import Coverage
from evenhand.properties.tracing import Traced, sweep
from evenhand.properties.whole import Whole

SMALL = st.integers(-6, 6)
LINE = st.tuples(SMALL, SMALL, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))


def follow(lines):
    """A rule that makes comparisons of all kinds; the answers are its outcome."""
    operations = {
        "<": lambda a, b: a < b,
        "<=": lambda a, b: a <= b,
        ">": lambda a, b: a > b,
        ">=": lambda a, b: a >= b,
        "==": lambda a, b: a == b,
        "!=": lambda a, b: a != b,
    }
    return lambda report: (tuple(operations[sign](slope * report + constant, 0) for constant, slope, sign in lines), 0)


@given(st.lists(LINE, max_size=4))
def test_whole_pieces_cover_every_report_once_with_the_outcome_that_it_has(lines):
    deal = follow(lines)
    pieces = list(sweep(deal, stop=12, whole=True))
    covered = [report for piece in pieces for report in range(piece.first, piece.last + 1)]
    assert covered == list(range(13))
    for piece in pieces:
        for report in range(piece.first, piece.last + 1):
            assert deal(report)[0] == piece.quantity


@given(st.lists(LINE, max_size=4))
def test_real_pieces_hold_at_their_points_and_between_them(lines):
    deal = follow(lines)
    pieces = list(sweep(deal, stop=12, whole=False))
    assert pieces[0].first == 0
    assert pieces[-1].last == 12
    for one, following in pairwise(pieces):
        assert one.last == following.first
    for piece in pieces:
        inside = (piece.first + piece.last) / Fraction(2)
        assert deal(inside)[0] == piece.quantity or piece.first == piece.last
    for report in [Fraction(k, 420) for k in range(0, 12 * 420 + 1, 35)]:
        assert deal(report)[0] in {p.quantity for p in pieces if p.first <= report <= p.last}


def test_whole_sweep_stops_only_where_an_answer_changes():
    pieces = list(sweep(lambda report: (int(3 * report <= 10_000), 0), stop=10**9, whole=True))
    assert [(piece.first, piece.last) for piece in pieces] == [(0, 3333), (3334, 10**9)]


def test_a_rule_that_multiplies_reports_is_refused():
    with pytest.raises(TypeError, match="not piecewise affine"):
        list(sweep(lambda report: (int(report * report > 2), 0), stop=5, whole=True))


def test_traced_arithmetic_is_affine():
    point = object()
    number = 3 - 2 * Traced(1, 4, point) / 8 + Traced(0, 1, point)
    assert number.value(10) == 3 - Fraction(2 * 41, 8) + 10


def unasked(*_):
    raise AssertionError("nothing here asks for it")


def setting(deal, costs, budget=10, whole=True, threshold=None):
    market = SimpleNamespace(whole=whole, report_max=budget, thresholds=lambda costs: [threshold] * len(costs))
    spending = lambda: [Pot("cash", sum(deal(seller, costs)[1] for seller in range(len(costs))), budget)]  # noqa: E731
    return Whole(
        sellers=[f"s{i}" for i in range(len(costs))],
        coverage=Coverage(market, costs, 128),
        deal=deal,
        deals=unasked,
        money=str,
        spending=spending,
        buyers=unasked,
        best_entries=unasked,
        tried_max=1,
        looked_at=lambda seller: None,
    )


def test_what_a_claim_is_about_has_to_be_given():
    with pytest.raises(TypeError, match="'deals', 'money', 'spending', 'buyers', 'best_entries', 'tried_max'"):
        Whole(["ada"], Coverage(SimpleNamespace(), [1], 128), pay_as_bid)


def pay_as_bid(seller, costs):
    return (1, costs[seller]) if costs[seller] <= 4 else (0, 0)


def test_pay_as_bid_is_caught_and_the_witness_is_the_best_lie():
    finding = CLAIMS["truthful"](setting(pay_as_bid, [1]))
    assert not finding.holds
    assert finding.gap == 4
    assert (finding.witness.seller, finding.witness.true, finding.witness.report) == ("s0", 0, 4)
    assert CLAIMS["rational"](setting(pay_as_bid, [1])).holds


@pytest.mark.parametrize("whole", [True, False])
def test_a_rule_that_buys_the_dearer_report_is_caught(whole):
    def perverse(seller, costs):
        return (1, 6) if costs[seller] >= 3 else (0, 0)

    truthful = CLAIMS["truthful"](setting(perverse, [1], whole=whole))
    assert truthful.gap == 6
    rational = CLAIMS["rational"](setting(perverse, [1], whole=whole))
    assert rational.gap == 11 - 6  # at the top of the line, a cost of 11, the seller is bought for 6


def test_overspending_is_caught_with_its_amount():
    finding = CLAIMS["within_budget"](setting(lambda seller, costs: (1, 7), [1, 1]))
    assert (finding.holds, finding.gap) == (False, 4)


def test_infimum_payment_is_truthful_for_nobody_and_rational_for_nobody():
    def infimum(seller, costs):
        return (1, 0) if costs[seller] <= 5 else (0, 0)

    assert CLAIMS["rational"](setting(infimum, [2])).gap == 5
    assert CLAIMS["truthful"](setting(infimum, [2])).gap == 5


def test_a_rule_may_compare_with_infinity_with_none_and_take_absolute_values():
    pieces = list(sweep(lambda x: (int(x < float("inf") and x != None and abs(x - 4) <= 1), 0), stop=9, whole=True))  # noqa: E711
    assert [report for piece in pieces if piece.quantity for report in range(piece.first, piece.last + 1)] == [3, 4, 5]


@given(st.integers(-9, 9), st.integers(-4, 4), st.integers(1, 5))
def test_a_traced_number_may_be_rounded_down(constant, slope, divisor):
    def rounded(report):
        return floor((slope * report + constant) * Fraction(1, divisor)), 0

    for piece in sweep(rounded, stop=9, whole=True):
        assert {rounded(report)[0] for report in range(piece.first, piece.last + 1)} == {piece.quantity}
    for piece in sweep(rounded, stop=9, whole=False):
        assert rounded((piece.first + piece.last) / Fraction(2))[0] == piece.quantity


def test_beyond_so_many_sellers_only_telling_reports_are_tried_and_it_is_said():
    finding = CLAIMS["truthful"](setting(pay_as_bid, [1] * 200, threshold=4))
    assert finding.evidence == "searched"
    assert finding.gap == 4
    assert finding.tried == 200 * 5
