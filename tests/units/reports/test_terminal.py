import dataclasses
import io
import itertools
import re
import subprocess
import sys
from fractions import Fraction

import pytest
from rich.cells import cell_len
from rich.console import Console

from evenhand.records import Finding, Witness
from evenhand.reports.notation import amount
from evenhand.reports.reasons import REASONS
from evenhand.reports.rows import rows
from evenhand.reports.terminal import LEFT_OUT, checks, offers_table
from tests.units.reports.outcomes import HOSTILE, NAMES, make

HEADINGS = ["seller", "cost", "quality", "value", "worth", "paid", "why not"]


def printed(outcome, width=140):
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(offers_table(outcome, width))
    return console.file.getvalue()


def huge(currency):
    """Rounds of amounts near the largest, with long names."""
    return make(12, currency=currency, scale=50_000_000_000, names=("An archive of " + "many " * 8, *NAMES[1:]))


def headings(text):
    return [heading for heading in HEADINGS if re.search(rf"\b{heading}\b", text.splitlines()[0])]


def test_the_table_has_a_line_for_every_offer_in_the_order_of_the_rule():
    lines = printed(make()).splitlines()
    ranked = [row.offer.seller for row in rows(make())]
    assert all(seller in line for seller, line in zip(ranked, lines[1:], strict=True))
    assert lines[1].startswith("●")
    assert lines[1].rstrip().endswith("218.41")
    assert lines[12].startswith("○")
    assert lines[12].rstrip().endswith("does not help this buyer")


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("currency", ["JPY", "EUR", "BHD"])
@pytest.mark.parametrize("outcome", [make, huge])
def test_every_amount_stands_whole_in_a_terminal_of_any_width(outcome, currency, width):
    made = outcome(currency=currency)
    text = printed(made, width)
    assert all(len(line.rstrip()) <= width for line in text.splitlines())
    numbers = re.findall(r"(?<![\d,.])[\d,]+(?:\.\d+)?(?![\d,.])", text)
    for row in rows(made):
        amounts = [row.offer.cost_minor] + [row.decision.payment_minor] * row.decision.selected
        assert all(amount(minor, currency) in numbers for minor in amounts)


@pytest.mark.parametrize("outcome", [make(), huge("JPY"), huge("EUR")])
def test_a_narrower_terminal_leaves_out_worth_then_value_then_quality_and_nothing_else(outcome):
    seen = [headings(printed(outcome, width)) for width in range(200, 30, -1)]
    told = [shown for shown in seen if "seller" in shown]
    assert [shown for shown, _ in itertools.groupby(told)] == [
        [heading for heading in HEADINGS if heading not in LEFT_OUT[:gone]] for gone in range(4)
    ]
    assert seen[: len(told)] == told  # below, each offer has lines of its own


@pytest.mark.parametrize("width", [30, 40, 60, 80])
def test_every_reason_is_told_in_a_terminal_of_any_width(width):
    words = " ".join(printed(make(), width).split())
    for row in rows(make()):
        assert row.decision.selected or set(REASONS[row.decision.reason].label.split()) <= set(words.split())
    assert "why not" in words or width < 60


def test_a_reason_or_a_name_is_never_wrapped_to_a_sliver():
    for width in range(30, 140):
        assert "costs too much" in printed(make(), width)
        assert "Lantern Books" in printed(make(), width)


def test_without_a_width_every_column_is_there():
    console = Console(file=io.StringIO(), width=300, color_system=None)
    console.print(offers_table(huge("EUR")))
    assert headings(console.file.getvalue()) == HEADINGS


def test_a_name_of_wide_letters_does_not_push_a_number_out():
    text = printed(make(4, names=("図書館" * 10, "ben", "cy", "di"), copies=False), 60)
    assert all(cell_len(line.rstrip()) <= 60 for line in text.splitlines())
    assert all(amount(offer.cost_minor, "EUR") in text for offer in make(4, copies=False).record.offers)


def test_names_are_neither_markup_nor_escape_sequences():
    names = ("[bold]loud[/bold]", "\x1b[31mred", "[/]", *HOSTILE[:4])
    text = printed(make(7, names=names, copies=False))
    assert "[bold]loud[/bold]" in text
    assert "\x1b" not in text


def test_the_checks_carry_the_numbers_of_the_round():
    assert checks(make()) == [
        (True, "best to report the true cost: 214 breakpoints tried, largest gain 0.00 EUR"),
        (True, "nobody is paid below their report"),
        (True, "paid 1,199.97 EUR of a budget of 1,200.00 EUR"),
    ]


def test_a_broken_finding_is_not_told_as_kept():
    passed, sentence = checks(make(broken=True))[0]
    assert not passed
    assert sentence == (
        'not always best to report the true cost: seller "Abbey Press" with a true cost of 26.88 EUR gains 2.50 EUR '
        "by reporting 27.88 EUR"
    )


def test_a_budget_that_was_overspent_is_seen_though_the_finding_says_it_held():
    outcome = make()
    terms = dataclasses.replace(outcome.record.terms, budget_minor=100_000)
    overspent = dataclasses.replace(outcome, record=dataclasses.replace(outcome.record, terms=terms))
    assert checks(overspent)[2] == (False, "paid 1,199.97 EUR of a budget of 1,000.00 EUR")


def test_a_claim_without_words_of_its_own_is_told_as_its_finding_states_it():
    finding = Finding("balanced", False, Fraction(1, 3), "exact", 1, "charges meet payments", Witness("a", 1, 2, 3))
    assert checks(dataclasses.replace(make(), findings=(finding,))) == [
        (False, "charges meet payments (proportional_share does not promise it)")
    ]


def test_the_reports_are_imported_without_rich_and_jinja():
    program = (
        "import sys; import evenhand.reports.page, evenhand.reports.terminal, evenhand.reports.payments_csv;"
        "sys.exit(bool({'rich', 'jinja2'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
