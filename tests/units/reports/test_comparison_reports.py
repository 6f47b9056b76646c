"""A comparison as it is read: tables that fit the terminal, a page without holes, files that agree."""

import csv
import io
import json
import re
from dataclasses import replace

import pytest
from rich.console import Console

from evenhand.comparison import compare
from evenhand.money import Money
from evenhand.reports.comparison import files, mechanisms_table, numbers, payments_tables
from evenhand.reports.comparison.chart import chart
from evenhand.round import measure
from tests.units.reports.outcomes import HOSTILE
from tests.units.rounds import Vocabulary, a_call, offers
from tests.units.test_comparison import ROWS, SHARE, only

LONG = "as_long_as_a_name_ever_was"


@pytest.fixture
def table():
    with only(SHARE, *ROWS, replace(SHARE, name=LONG)):
        yield


@pytest.fixture
def compared(table):
    return compare(measure(a_call(share_pool=Money(5_000, "EUR")), offers(), Vocabulary()), ["all"])


@pytest.fixture
def hostile(table):
    texts = {name: [f"Bees and word{i} in spring, a hive, room and stores."] for i, name in enumerate(HOSTILE)}
    asked = offers(texts, {name: 100 * i for i, name in enumerate(texts)})
    record = measure(a_call(name=HOSTILE[0] + HOSTILE[6]), asked, Vocabulary())
    return compare(record, ["proportional_share", "pays_costs"])


def shown(*tables, width):
    console = Console(width=width, file=io.StringIO(), no_color=True)
    for table in tables:
        console.print(table)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [30, 50, 64, 72, 80, 100, 120, 200])
def test_no_number_is_cut_and_no_line_too_long_at_any_width(width, compared):
    told = shown(mechanisms_table(compared, width), *payments_tables(compared, width), width=width)
    assert "…" not in told
    assert max(map(len, told.splitlines())) <= width
    for purchase in compared.purchases:
        assert f"{purchase.worth / 10**6:.6f}" in told
        assert f"{purchase.cash / 100:,.2f}" in told
        for decision in purchase.outcome.decisions:
            assert not decision.selected or f"{decision.received_minor / 100:,.2f}" in told


def test_a_wide_terminal_has_every_column_and_a_narrow_one_fewer(compared):
    wide, narrow = (shown(mechanisms_table(compared, width), width=width).splitlines()[0] for width in (120, 70))
    assert all(heading in wide for heading in ("left EUR", "shares EUR", "truthful", "rational", "budget"))
    assert "promises" not in wide
    assert "promises" in narrow
    assert "left EUR" not in narrow


def test_what_nobody_is_paid_in_shares_has_no_column_of_shares(compared):
    cash = compare(replace(compared.record, terms=replace(compared.terms, share_pool_minor=0)), ["proportional_share"])
    assert "shares" not in shown(mechanisms_table(cash, 200), width=200)
    assert chart(cash).budget is None
    assert "in shares" not in files(cash)["comparison.html"].decode()


def test_broken_promises_are_told_with_their_numbers(compared):
    page = files(compared)["comparison.html"].decode()
    overspent = next(each for each in compared.purchases if each.mechanism.name == "pays_treble")
    assert f"{overspent.cash / 100:,.2f}" in page
    assert len(re.findall("✗ broken", page)) == 2 * sum(
        held is False for each in compared.purchases for held in each.promises.values()
    ), "once in the table, once in words"


def test_the_files_are_whole_and_run_nothing_that_a_seller_wrote(hostile):
    made = files(hostile)
    rows = csv.DictReader(io.StringIO(made["payments.csv"].decode(), newline=""))
    assert not any(row["seller"].startswith(("=", "＋")) for row in rows)
    page = made["comparison.html"].decode()
    assert "<script" not in page
    assert "onerror=alert" not in page.replace("onerror=alert(1)&gt;", "")
    assert "\u202e" not in page
    assert "{{" not in page.replace("{{ 7 * 7 }}", "")
    assert " style=" not in page, "the page's own policy forbids it"
    identifiers = re.findall(r' id="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))
    assert {name for each in re.findall(r'aria-labelledby="([^"]+)"', page) for name in each.split()} <= set(
        identifiers
    )
    assert set(re.findall(r"url\(#([^)]+)\)", page)) <= set(identifiers)


def test_the_tables_and_the_tree_hold_the_same_numbers(compared):
    made = files(compared)
    tree = json.loads(made["comparison.json"])
    assert tree == numbers(compared)
    mechanisms = list(csv.DictReader(io.StringIO(made["mechanisms.csv"].decode(), newline="")))
    payments = list(csv.DictReader(io.StringIO(made["payments.csv"].decode(), newline="")))
    assert [row["mechanism"] for row in mechanisms] == [each["mechanism"] for each in tree["mechanisms"]]
    for row, each in zip(mechanisms, tree["mechanisms"], strict=True):
        own = [line for line in payments if line["mechanism"] == row["mechanism"]]
        assert round(100 * sum(float(line["cash"]) for line in own)) == each["cash_minor"] == 100 * float(row["cash"])
        assert (
            round(10**6 * sum(float(line["worth"]) for line in own if line["selected"] == "yes"))
            == (each["worth_millionths"])
        )
        assert {claim: row[claim] for claim in each["promises"]} == each["promises"]


def test_the_same_comparison_gives_the_same_bytes(compared):
    assert files(compared) == files(compare(compared.record, ["all"]))


def test_a_bar_that_overspends_crosses_the_line_and_none_leaves_the_chart(compared):
    placed = chart(compared)
    assert placed.overspent
    assert placed.budget is not None
    assert float(placed.budget[:-1]) == pytest.approx(float(placed.limit[:-1]) * 2 / 3, abs=1e-3)
    ends = {bars.purchase.mechanism.name: float(bars.cash[:-1]) + float(bars.shares[:-1]) for bars in placed.bars}
    assert max(ends.values()) == ends["pays_treble"] == pytest.approx(100, abs=1e-3)
    assert float(placed.limit[:-1]) < ends["pays_treble"]
    assert ends["proportional_share"] <= float(placed.limit[:-1])


def test_where_nothing_has_worth_there_is_a_page_and_no_payment(table):
    nothing = compare(
        measure(a_call(), offers({"ada": ["Nothing."]}, {"ada": 5}), Vocabulary()),
        ["proportional_share", "pays_treble"],
    )
    assert nothing.best == 0
    assert nothing.paid_somewhere == []
    assert "0.0%" in shown(mechanisms_table(nothing, 120), width=120)
    assert "None of them buys anything" in files(nothing)["comparison.html"].decode()
