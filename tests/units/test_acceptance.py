"""What stands in the way of a round is named at once, before any data is read."""

from datetime import datetime
from fractions import Fraction

import pytest

from evenhand.acceptance import USED_BY
from evenhand.errors import OfferError, shown
from evenhand.markets import ExactProcurement
from evenhand.mechanisms import for_rounds
from evenhand.money import Money
from evenhand.records import Dataset, Offer
from evenhand.round import measure, run_round
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
        ({"mechanism": "mixed_net_cost", "share_pool": Money(0, "EUR")}, "call.share_pool", "is 0.00 EUR"),
        ({"mechanism": "mixed_net_cost", "share_pool": Money(9, "USD")}, "call.share_pool", "is in USD"),
        (
            {"mechanism": "mixed_net_cost", "share_pool": Money(9, "EUR"), "liquidity": "1.1"},
            "call.liquidity",
            'is "1.1"',
        ),
        (
            {"mechanism": "mixed_net_cost", "share_pool": Money(9, "EUR"), "share_mass": "0.0000005"},
            "call.share_mass",
            'is "0.0000005"',
        ),
        ({"share_pool": Money(9, "EUR")}, "call.share_pool", "is stated"),
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
        ({"profile": "section7-hashed/1"}, "call.profile", '"section7-hashed/1" is not known'),
        ({"profile": "evenhand/0"}, "call.profile", '"evenhand/0" is not known'),
        ({"licences": ["CC-BY-4.O"]}, "call.licences[0]", '"CC-BY-4.O" is not known'),
        ({"required": ["licence", "colour"]}, "call.required[1]", '"colour" is not known'),
        ({"reserve": "0.5"}, "call.reserve", 'is "0.5"'),
        ({"reserve": "0.0000005", "reserve_for": "coop"}, "call.reserve_for", 'is "coop"'),
        ({"reserve": "0.5", "reserve_for": "coop"}, "call.reserve_for", '"coop" is not known'),
    ],
)
def test_what_is_said_of_shares_and_policy_is_judged_before_anything_is_read(change, where, found):
    tagged = Offer("ada", UNREAD, Money(1, "EUR"), tags=("co-op",))
    assert refused(a_call(**change), [tagged]) == [(where, found)]


POOL = {"share_pool": Money(9, "EUR")}
STATED = {"share_pool": POOL, "liquidity": {**POOL, "liquidity": "0.5"}, "share_mass": {**POOL, "share_mass": "1"}}


@pytest.mark.parametrize(
    ("mechanism", "name"),
    [(mechanism, name) for mechanism in for_rounds() for name, users in USED_BY.items() if mechanism not in users],
)
def test_a_round_refuses_what_its_mechanism_does_not_look_at_and_names_those_that_do(mechanism, name):
    pool = POOL if for_rounds()[mechanism].in_shares else {}
    with pytest.raises(OfferError) as refusal:
        run_round(a_call(mechanism=mechanism, **{**pool, **STATED[name]}), [an_offer()], Vocabulary(), watch=never)
    problem = next(each for each in refusal.value.problems if each.where == f"call.{name}")
    assert problem.bound == f"{mechanism} does not look at it"
    assert ", ".join(USED_BY[name]) in problem.remedy


@pytest.mark.parametrize("mechanism", for_rounds())
def test_what_a_mechanism_is_said_to_look_at_is_what_changes_what_is_paid(mechanism):
    stated = {"share_pool": {"pool": 90}, "liquidity": {"liquidity": Fraction(1, 3)}, "share_mass": {"mass": 9}}
    for each in for_rounds()[mechanism].each:
        for name, terms in stated.items():
            pool = {} if name == "share_pool" else {"pool": 60}
            markets = (ExactProcurement([2, 1, 1], 20, whole=True, **pool, **more) for more in ({}, terms))
            plain, other = (each.run(market, [3, 5, 19]) for market in markets)
            differs = plain.cash.tolist() != other.cash.tolist() or plain.share.tolist() != other.share.tolist()
            assert differs is (mechanism in USED_BY[name]), name


def test_what_is_compared_may_state_what_its_own_mechanism_does_not_look_at():
    assert measure(a_call(**STATED["share_mass"]), offers(), Vocabulary()).terms.share_mass


@pytest.mark.parametrize(
    ("call", "made", "learner", "named"),
    [
        ("CALL.toml", "offers", Vocabulary, {"call", "offers", "learner"}),
        (a_call(), [a_call()], Vocabulary(), {"offers"}),
        (a_call(), Offer("ada", UNREAD, Money(1, "EUR")), Vocabulary(), {"offers"}),
        (a_call(), [], "ngram", {"learner"}),
    ],
)
def test_what_is_no_call_no_offers_and_no_learner_is_named_before_anything_is_read(call, made, learner, named):
    for run in (run_round, measure):
        with pytest.raises(OfferError) as refusal:
            run(call, made, learner, watch=never)
        assert {problem.where for problem in refusal.value.problems} == named


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("budget", 5, "Money.parse"),
        ("validation", "validation.jsonl", "open_dataset"),
        ("as_of", "2026-01-31", "date(2026, 1, 31)"),
        ("as_of", datetime(2026, 1, 31), "date(2026, 1, 31)"),
        ("cap", "5.00 EUR", "Money.parse"),
        ("permutations", "200", "such as 200"),
        ("seed", True, "such as 200"),
        ("eta", 1, "in quotes"),
        ("weights", {"novelty": 0.5}, '{"novelty": "0.5"}'),
    ],
)
def test_a_call_says_where_it_is_made_which_of_its_values_are_of_another_kind(name, value, remedy):
    with pytest.raises(OfferError) as refusal:
        a_call(**{name: value, "reserve_for": 3})
    problems = {problem.where: problem for problem in refusal.value.problems}
    assert set(problems) == {f"call.{name}", "call.reserve_for"}
    assert problems[f"call.{name}"].found == f"is {shown(value)}"
    assert remedy in problems[f"call.{name}"].remedy


def test_an_offer_says_where_it_is_made_which_of_its_values_are_of_another_kind():
    with pytest.raises(OfferError) as refusal:
        Offer("ada", "ada.jsonl", 3, {"version": 2}, "coop")
    assert [problem.where for problem in refusal.value.problems] == [
        f'offer of "ada": {name}' for name in ("dataset", "cost", "metadata", "tags")
    ]


def test_tags_stand_in_order_and_once():
    made = [
        Offer("ada", UNREAD, Money(1, "EUR"), tags=("b", "a")),
        Offer("bea", UNREAD, Money(1, "EUR"), tags=("a", "a")),
    ]
    assert [where for where, _ in refused(a_call(), made)] == ['offer of "ada"', 'offer of "bea"']
