"""The small market of tests/corpus, with the learner that comes along: copies, subjects, and what everyone is told."""

from dataclasses import replace
from pathlib import Path

import pytest

from evenhand.call import read_call
from evenhand.round import decide, measure

CORPUS = Path(__file__).parent / "corpus" / "CALL.toml"


def measured(*left_out):
    asked = read_call(CORPUS)
    offers = [offer for offer in asked.offers if offer.seller not in left_out]
    return measure(asked.call, offers, asked.learner)


@pytest.fixture(scope="module")
def record():
    return measured()


def values(record):
    return {decision.seller: decision.value for decision in decide(record).decisions}


def test_a_seller_who_copies_all_of_another_leaves_the_value_of_everyone_and_shares_the_value_of_one(record):
    alone = measured("echo")
    assert record.coalitions.values[-1] == alone.coalitions.values[-1]
    assert sorted(record.coalitions.values) == sorted(alone.coalitions.values)
    with_copy, without = values(record), values(alone)
    assert with_copy["echo"] == with_copy["hollybank"]
    assert with_copy["echo"] + with_copy["hollybank"] == without["hollybank"]
    assert {name: value for name, value in with_copy.items() if name not in ("echo", "hollybank")} == {
        name: value for name, value in without.items() if name != "hollybank"
    }


def test_what_the_buyer_looks_for_is_worth_more_than_what_it_does_not(record):
    found = values(measured("echo", "crumb"))
    assert min(found["hollybank"], found["stonebridge"]) > max(found["spoke"], found["fernhill"])


def test_a_payment_is_the_highest_winning_report_of_the_whole_round_again(record):
    for index, decision in enumerate(decide(record).decisions):
        highest = decision.highest_winning_minor
        for report, wins in ((highest, True), (highest + 1, False)):
            offers = list(record.offers)
            offers[index] = replace(offers[index], cost_minor=report)
            assert decide(replace(record, offers=tuple(offers))).decisions[index].selected is wins
        assert decision.payment_minor == (highest if decision.selected else 0)
