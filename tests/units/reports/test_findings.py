"""How the findings of a mechanism are told: nothing is cut at any width, and a reader can recompute what is shown."""

from fractions import Fraction
from io import StringIO

import pytest
from rich.console import Console

from evenhand.markets import ExactProcurement
from evenhand.mechanisms import MECHANISMS
from evenhand.properties import CLAIMS, certify
from evenhand.records import Finding, Witness
from evenhand.reports.findings import findings_table, of_call, shown

ROW = MECHANISMS["distorted_greedy"]
MISSED = [Finding(claim, False, 123_456_789, "searched", 12_345, "missed") for claim in CLAIMS]
HELD = [Finding(claim, True, 0, "exact", 12_345, "held") for claim in CLAIMS]


def printed(found, width, written):
    stream = StringIO()
    Console(file=stream, width=width).print(findings_table(found, ROW, width, written))
    return stream.getvalue()


@pytest.mark.parametrize("width", [30, 60, 72, 80, 100])
@pytest.mark.parametrize("found", [MISSED, HELD], ids=["missed", "held"])
def test_no_claim_is_cut_and_nothing_is_left_out_at_any_width(found, width):
    text = printed(found, width, of_call("EUR"))
    assert all(len(line) <= width for line in text.splitlines())
    assert all(claim in text for claim in CLAIMS)
    assert text.count("12,345") == text.count(found[0].evidence) == len(CLAIMS)
    words = " ".join(text.split())
    assert words.count("1,234,567.89 EUR") == (len(CLAIMS) - 1 if found is MISSED else 0)
    assert ("123456789 sellers" in words) == (found is MISSED)


def test_a_witness_that_shows_less_than_the_gap_says_up_to_what_others_come():
    lie = Witness("0", Fraction(1, 2), 3, Fraction(1, 4))
    assert shown(Finding("truthful", False, Fraction(1, 3), "exact", 6, "not best", lie)) == [
        "not best",
        "seller 0, true cost 1/2, gains 1/4 by reporting 3",
        "other true costs and reports gain up to 1/3",
    ]
    assert len(shown(Finding("truthful", False, Fraction(1, 4), "exact", 6, "not best", lie))) == 2


def test_of_a_drawn_market_the_gap_there_is_what_others_come_up_to():
    market = {"seed": 3, "number": 9, "costs": [1], "missed_by": 2}
    lie = Witness("0", 1, float("inf"), 1)
    assert shown(Finding("truthful", False, 70, "searched", 6, "not best", lie, market))[1:] == [
        "market 9 of seed 3: costs 1",
        "seller 0, true cost 1, gains 1 by staying away",
        "other true costs and reports gain up to 2",
    ]


def test_amounts_of_a_call_are_written_in_its_money_and_every_name_with_its_worth():
    market = ExactProcurement([20_000, 10_000], 12_00, whole=True)
    found = certify(
        MECHANISMS["proportional_share"], market, [7_00, 1_00], claims=["sybil_proof"], sellers=["ada", "bo"]
    )
    assert shown(found[0], of_call("EUR"))[1:] == [
        'seller "ada" gains 1.50 EUR by splitting: 2.50 EUR is left in place of 1.00 EUR, no amount rounded',
        "  own name: worth 0.020000, cost 7.00 EUR, report 7.00 EUR, paid 8.00 EUR",
        "  first half: worth 0.010000, cost 3.50 EUR, report 0.00 EUR, paid 6.00 EUR",
        "  second half: worth 0.010000, cost 3.50 EUR, report 12.01 EUR, not bought",
    ]


def test_who_merge_are_told_apart_before_they_are_one():
    market = ExactProcurement([2, 2, 3], 10)
    found = certify(MECHANISMS["best_single"], market, [1, 1, 1], claims=["sybil_proof"])
    assert shown(found[0])[1:] == [
        "sellers 0 and 1 gain 8 by merging: 8 is left in place of 0, no amount rounded",
        "  0 alone: worth 2, cost 1, report 1, not bought",
        "  1 alone: worth 2, cost 1, report 1, not bought",
        "  as one: worth 4, cost 2, report 2, paid 10",
    ]
