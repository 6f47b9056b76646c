import csv
import io
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from evenhand.reports.notation import score
from evenhand.reports.payments_csv import COLUMNS, FORMULA, guarded, payments_csv
from tests.units.reports.outcomes import HOSTILE, make


def read(outcome):
    return list(csv.DictReader(io.StringIO(payments_csv(outcome), newline="")))


def test_every_line_ends_in_crlf_and_has_every_column():
    text = payments_csv(make())
    lines = text.split("\r\n")
    assert lines.pop() == ""
    assert len(lines) == 13
    assert "\n" not in "".join(lines)
    money = "cost,payment,share,currency,reason,highest_winning_report"
    assert lines[0] == f"seller,selected,{money},quality,value,value_low,value_high,worth"
    assert all(line.count(",") == len(COLUMNS) - 1 for line in lines)


def test_payments_add_up_and_go_to_the_selected_alone():
    outcome = make()
    found = read(outcome)
    assert sum(Fraction(line["payment"]) for line in found) * 100 == sum(d.payment_minor for d in outcome.decisions)
    assert all((line["selected"] == "yes") is (line["reason"] == "selected") for line in found)
    assert all(Fraction(line["payment"]) == 0 for line in found if line["selected"] == "no")


def test_money_has_the_decimals_of_its_currency_and_no_separators():
    assert {line["cost"] for line in read(make())} >= {"1250.00", "26.88"}
    assert {line["cost"] for line in read(make(currency="JPY"))} >= {"125000", "2688"}


def test_our_own_negative_numbers_stay_numbers():
    values = {line["seller"]: line["value"] for line in read(make())}
    assert values["Clinic Notes"] == "-0.006469"


def test_a_sampled_value_stands_within_its_interval_and_an_exact_one_is_its_interval():
    sampled, exact = read(make(n=40)), read(make())
    assert all(Fraction(line["value_low"]) < Fraction(line["value"]) < Fraction(line["value_high"]) for line in sampled)
    assert all(line["value_low"] == line["value"] == line["value_high"] for line in exact)
    assert [line["value_high"] for line in sampled] == [score(d.value_high) for d in make(n=40).decisions]


def test_the_lines_stand_in_the_order_of_the_decisions():
    outcome = make(names=HOSTILE)
    assert [line["seller"].removeprefix("'") for line in read(outcome)] == [d.seller for d in outcome.decisions]


def test_a_report_that_does_not_exist_is_an_empty_cell():
    assert {line["seller"]: line["highest_winning_report"] for line in read(make())}["Clinic Notes"] == ""


def test_no_name_starts_a_formula_and_no_name_is_lost():
    found = [line["seller"] for line in read(make(names=HOSTILE))]
    assert not [name for name in found if name.lstrip().startswith(FORMULA)]
    assert sorted(name.removeprefix("'") for name in found) == sorted(HOSTILE)
    assert "'=cmd|' /C calc'!A0" in found
    assert "'＋1+1" in found


@given(st.text())
def test_a_guarded_cell_is_the_cell_itself_or_one_apostrophe_more(cell):
    kept = guarded(cell)
    assert kept in (cell, f"'{cell}")
    assert not kept.lstrip().startswith(FORMULA)
