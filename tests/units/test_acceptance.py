"""What stands in the way of a round is named at once, before any data is read."""

import pytest

from evenhand.errors import OfferError
from evenhand.money import Money
from evenhand.records import Dataset, Offer
from evenhand.round import run_round
from tests.units.rounds import Vocabulary, a_call, offers


def never(*_):
    pytest.fail("data was read before the call was judged")


UNREAD = Dataset(never)


def refused(call, made):
    with pytest.raises(OfferError) as refusal:
        run_round(call, made, Vocabulary(), watch=never)
    return [(problem.where, problem.found) for problem in refusal.value.problems]


def an_offer(seller="ada", currency="EUR"):
    return Offer(seller, UNREAD, Money(1, currency))


def test_every_problem_of_a_call_and_its_offers_is_named_at_once():
    call = a_call(
        budget=Money(0, "EUR"),
        mechanism="first_price",
        method="banzhaf",
        permutations=3,
        weights={"novelty": "0.5", "noveltie": "0.5"},
        eta="much",
        gamma="-1",
        kappa="nan",
        concave="root",
    )
    made = [an_offer(), an_offer("Ada "), an_offer("bea", "USD"), an_offer(" ")]
    assert refused(call, made) == [
        ("call.budget", "is 0.00 EUR"),
        ("call.mechanism", '"first_price" is not known'),
        ("call.method", '"banzhaf" is not known'),
        ("call.concave", '"root" is not known'),
        ("call.permutations", "is 3"),
        ("call.weights", '"noveltie" is not known'),
        ("call.eta", 'is "much"'),
        ("call.gamma", 'is "-1"'),
        ("call.kappa", 'is "nan"'),
        ('offer of "Ada "', 'an offer of "ada" stands there already'),
        ('offer of "bea"', "asks in USD"),
        ('offer of " "', "the seller has no name"),
    ]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"weights": {"novelty": "0"}}, "are all 0"),
        ({"weights": {}}, "are all 0"),
        ({"eta": "8.1"}, 'is "8.1"'),
        ({"kappa": "1e99999999"}, 'is "1e99999999"'),
        ({"permutations": 10**7}, "is 10000000"),
    ],
)
def test_numbers_out_of_bounds_are_refused(change, found):
    problems = refused(a_call(**change), [an_offer()])
    assert [problem for _, problem in problems] == [found]


def test_no_offers_are_refused():
    assert refused(a_call(), []) == [("offers", "there are none")]


def test_good_offers_are_accepted():
    assert run_round(a_call(), offers(), Vocabulary()).decisions


@pytest.mark.parametrize(
    ("change", "where", "found"),
    [
        ({"share_pool": Money(0, "EUR")}, "call.share_pool", "is 0.00 EUR"),
        ({"share_pool": Money(9, "USD")}, "call.share_pool", "is in USD"),
        ({"share_pool": Money(9, "EUR"), "liquidity": "1.1"}, "call.liquidity", 'is "1.1"'),
        ({"share_pool": Money(9, "EUR"), "share_mass": "0.0000005"}, "call.share_mass", 'is "0.0000005"'),
        ({"liquidity": "0.5"}, "call.liquidity", "is stated"),
        ({"mechanism": "mixed_split"}, "call.share_pool", "is not stated"),
        (
            {"mechanism": "mixed_net_cost", "share_pool": Money(9, "EUR"), "cap": Money(9, "EUR")},
            "call.policy",
            "caps a payment or sells copies as one",
        ),
        ({"cap": Money(-1, "EUR")}, "call.cap", "is -0.01 EUR"),
        ({"cap": Money(5, "USD")}, "call.cap", "is in USD"),
        ({"quality_min": "2"}, "call.quality_min", 'is "2"'),
        ({"copies": "none"}, "call.copies", '"none" is not known'),
        ({"reserve": "0.5"}, "call.reserve", 'is "0.5"'),
        ({"reserve": "0.0000005", "reserve_for": "coop"}, "call.reserve_for", 'is "coop"'),
        ({"reserve": "0.5", "reserve_for": "coop"}, "call.reserve_for", '"coop" is not known'),
    ],
)
def test_what_is_said_of_shares_and_policy_is_judged_before_anything_is_read(change, where, found):
    tagged = Offer("ada", UNREAD, Money(1, "EUR"), tags=("co-op",))
    assert refused(a_call(**change), [tagged]) == [(where, found)]


def test_tags_stand_in_order_and_once():
    made = [Offer("ada", UNREAD, Money(1, "EUR"), tags=("b", "a")), Offer("bea", UNREAD, Money(1, "EUR"), tags="aa")]
    assert [where for where, _ in refused(a_call(), made)] == ['offer of "ada"', 'offer of "bea"']
