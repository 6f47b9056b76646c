"""Whatever mechanism runs a round, what sellers and the public are told of it is true."""

import re
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest

from evenhand.decisions import as_it_ran, market_of
from evenhand.mechanisms import MECHANISMS, for_rounds
from evenhand.money import Money
from evenhand.records import MILLION
from evenhand.reports.checks import checks
from evenhand.reports.explain import explain, reasons
from evenhand.reports.page import render
from evenhand.reports.payments_csv import payments_csv
from evenhand.reports.terminal import offers_table
from evenhand.round import decide, measure
from tests.units.rounds import TEXTS, Vocabulary, a_call, offers

TEXTS_MORE = {
    **TEXTS,
    "dan": ["A hive needs room.", "Willow and bees."],
    "eve": ["The hive in spring."],
    "fay": ["May."],
}
COSTS = {"ada": 1_600, "bea": 2_500, "cyd": 900, "dan": 2_700, "eve": 2_800, "fay": 400}
SHARES = {"share_pool": Money(4_000, "EUR"), "liquidity": "0.7"}


@cache
def measured(mechanism, budget=6_000, costs=None, **terms):
    shares = SHARES if MECHANISMS[mechanism].in_shares else {}
    call = a_call(mechanism=mechanism, budget=Money(budget, "EUR"), **{**shares, **terms})
    return measure(call, offers(TEXTS_MORE, {**COSTS, **dict(costs or ())}), Vocabulary())


@cache
def decided(mechanism, **changes):
    return decide(measured(mechanism, **changes))


def asking(outcome, index, report):
    """Whether an offer is bought at another report, and what is paid for it in cash and shares."""
    record = outcome.record
    market = market_of(record, [decision.worth for decision in outcome.decisions])
    costs = [report if other == index else offer.cost_minor for other, offer in enumerate(record.offers)]
    cleared = as_it_ran(record.terms).run(market, costs)
    return bool(cleared.quantity[index]), cleared.cash[index] + cleared.share[index]


def step(told, name):
    (line,) = [line for line in told.steps if line.startswith(f"{name}: ")]
    return line


@pytest.mark.parametrize("mechanism", for_rounds())
def test_it_says_how_it_selects_in_a_clause_that_follows_the_rule(mechanism):
    for each in MECHANISMS[mechanism].each:
        assert re.fullmatch(r"[a-z].*[^.]\.", each.told), each.told


@pytest.mark.parametrize("mechanism", for_rounds())
@pytest.mark.parametrize("costs", [(), (("bea", 6_001),)])
def test_everyone_is_told_up_to_which_report_it_would_have_been_bought_and_that_is_so(mechanism, costs):
    outcome = decided(mechanism, costs=costs)
    for index, decision in enumerate(outcome.decisions):
        told = explain(outcome, decision.seller)
        sentence = told.sentences[0]
        assert "{" not in "".join(told.sentences + told.steps)
        highest = decision.highest_winning_minor
        if highest is None:
            assert "no report would have changed that" in sentence
            assert asking(outcome, index, 0) == (False, 0)
            continue
        for report, wins in ((highest, True), (highest + 1, False)):
            assert asking(outcome, index, report)[0] is wins
        paid = asking(outcome, index, highest)[1]
        promised = re.search(r"You would then have been paid ([\d,.]+) EUR", " ".join(told.sentences))
        if promised:
            assert promised[1] == f"{paid // 100:,}.{paid % 100:02d}"


@pytest.mark.parametrize("mechanism", [name for name, row in for_rounds().items() if row.in_shares])
def test_cash_and_shares_can_be_recomputed_from_the_steps(mechanism):
    outcome = decided(mechanism)
    winners = [decision for decision in outcome.decisions if decision.selected]
    assert winners
    running = 0
    for decision in winners:
        told = explain(outcome, decision.seller)
        pattern = r"(?P<words>.*) = (?P<amount>[\d,.]+) EUR"
        cash = [line for line in told.steps if line.startswith("of that in cash")]
        share = re.fullmatch(pattern, step(told, "of that in shares"))
        assert minor(share["amount"]) == decision.share_minor
        assert minor(re.fullmatch(pattern, cash[0])["amount"]) == decision.payment_minor if cash else True
        numbers = re.findall(r"\d[\d,]*(?:\.\d+)?(?:/\d+)?", share["words"])
        if "the rest" in share["words"]:
            before, running = running, running + decision.received_minor
            part = Fraction(re.search(r"\d+/\d+", cash[0])[0])
            assert decision.payment_minor == int(part * running) - int(part * before)
        else:
            assert rounded_down(numbers) == decision.share_minor


def minor(amount):
    return int(Fraction(amount.replace(",", "")) * 100)


def rounded_down(numbers):
    """Multiply all numbers but the last, and divide by that."""
    *factors, whole = [Fraction(number.replace(",", "")) for number in numbers]
    product = Fraction(100)
    for factor in factors:
        product *= factor
    return int(product / whole)


@pytest.mark.parametrize("mechanism", for_rounds())
def test_what_does_not_hold_is_marked_on_every_surface_and_told_apart_from_promises(mechanism):
    outcome = decided(mechanism)
    page = render(outcome)
    broken = [finding for finding in outcome.findings if not finding.holds]
    assert [held for held, _ in checks(outcome)] == [finding.holds for finding in outcome.findings]
    assert not {finding.claim for finding in broken}.intersection(MECHANISMS[mechanism].claims)
    assert page.count('<span class="failed">✗ fails</span>') == len(broken)
    assert "✗ broken" not in page
    for finding in broken:
        assert MECHANISMS[mechanism].refuted.get(finding.claim, "") in page
    assert ("docs/errata.md" in page) is bool(MECHANISMS[mechanism].refuted)


def test_a_budget_that_is_overspent_is_told_as_such():
    outcome = decided("q_mia")
    paid = sum(decision.payment_minor for decision in outcome.decisions)
    assert paid > 6_000
    page = render(outcome)
    assert "Beyond the budget" in page
    assert "Left of the budget" not in page
    assert "✗ beyond what there is" in page
    assert (
        False,
        f"paid {paid / 100:.2f} EUR of a budget of 60.00 EUR (q_mia does not promise it: E-002-02)",
    ) in checks(outcome)


def test_who_stands_behind_an_offer_that_ends_the_purchase_would_be_bought_without_it():
    record = measured("q_mia", budget=2_400, costs=(("ada", 2_401),))
    outcome = decide(record)
    behind = [index for index, decision in enumerate(outcome.decisions) if decision.reason == "stopped"]
    assert behind
    places = [index for index, offer in enumerate(record.offers) if offer.cost_minor <= 2_400]
    market = as_it_ran(record.terms).market(market_of(record, [decision.worth for decision in outcome.decisions]))
    among = market.restricted(places).winners([record.offers[index].cost_minor for index in places])
    assert behind == sorted(places[place] for place in among)


@pytest.mark.parametrize("mechanism", for_rounds())
def test_shares_have_a_column_where_there_are_any_and_none_elsewhere(mechanism):
    outcome = decided(mechanism)
    shares = any(decision.share_minor for decision in outcome.decisions)
    headings = [column.header for column in offers_table(outcome).columns]
    assert ("shares EUR" in headings) is shares
    assert ("In shares" in render(outcome)) is MECHANISMS[mechanism].in_shares
    csv = [line.split(",") for line in payments_csv(outcome).splitlines()]
    place = csv[0].index("share")
    assert sum(Fraction(line[place]) for line in csv[1:]) * 100 == sum(d.share_minor or 0 for d in outcome.decisions)
    assert outcome.published().get("promised_minor", 0) == outcome.share.sum()
    assert outcome.published()["paid_minor"] == sum(decision.payment_minor for decision in outcome.decisions)


@pytest.mark.parametrize("mechanism", for_rounds())
def test_the_page_and_the_seller_are_told_the_same_of_every_mechanism(mechanism):
    outcome = decided(mechanism)
    for row, sentence in reasons(outcome):
        own = explain(outcome, row.offer.seller).sentences[0]
        assert own.replace("you would have been selected", "it would have been bought") == sentence
        assert sentence.endswith(".")
        assert ".." not in sentence


def test_a_lot_falls_by_the_seed_alone_and_everyone_is_told_where():
    drawn = [name for name, row in for_rounds().items() if row.lots]
    for name in drawn:
        rules = set()
        for seed in range(12):
            record = measured(name, seed=seed)
            rules.add(as_it_ran(record.terms).rule)
            told = explain(decide(record), "ada").sentences
            assert any(f"fell on {as_it_ran(record.terms).rule}." in sentence for sentence in told)
        assert rules == set(MECHANISMS[name].lots)


def test_a_price_explains_a_split_of_cash_and_shares_as_well():
    outcome = decided("mixed_split")
    price = explain(outcome, "ada").numbers["unit_price_minor"]
    assert price is not None
    for decision in outcome.decisions:
        if decision.selected:
            assert int(Fraction(price) * decision.worth / MILLION) - decision.received_minor in (0, 1)


def test_a_finding_alone_does_not_make_an_overspent_budget_hold():
    outcome = decided("q_mia")
    said = tuple(replace(finding, holds=True, gap=0) for finding in outcome.findings)
    assert [held for held, _ in checks(replace(outcome, findings=said))] == [True, True, False]
