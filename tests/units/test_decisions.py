"""Every offer is told one reason, and it is why: what the call's policy leaves out, and what a rule does not buy."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand import canonical, publication
from evenhand.decisions import CONDITIONS, first_of
from evenhand.errors import OfferError, StoreError
from evenhand.markets import ExactProcurement, Policy
from evenhand.money import Money
from evenhand.records import MILLION, Record
from evenhand.reports.cases import cases
from evenhand.reports.explain import explain
from evenhand.round import decide, measure
from tests.units.rounds import COSTS, TEXTS, Vocabulary, a_call, offers


def measured(costs=COSTS, texts=TEXTS, tags=None, **terms):
    asked = [replace(offer, tags=(tags or {}).get(offer.seller, ())) for offer in offers(texts, costs)]
    return measure(a_call(**terms), asked, Vocabulary())


@pytest.fixture(scope="module")
def several():
    """Seven offers, of which two hold the same."""
    texts = {
        **TEXTS,
        "dan": ["A hive needs room.", "Willow and bees."],
        "eve": ["The hive in spring."],
        "fay": ["May."],
    }
    texts["zoe"] = texts["bea"][::-1]
    return measured(dict.fromkeys(texts, 100), texts)


def reasons(record):
    return {decision.seller: decision.reason for decision in decide(record).decisions}


def test_who_asks_more_than_the_cap_is_told_so_and_nobody_is_paid_more():
    record = measured({**COSTS, "bea": 3_600}, cap=Money(3_500, "EUR"))
    outcome = decide(record)
    assert reasons(record)["bea"] == "above_cap"
    assert max(decision.payment_minor for decision in outcome.decisions) == 3_500
    assert all((decision.highest_winning_minor or 0) <= 3_500 for decision in outcome.decisions)


def test_what_is_below_the_least_quality_has_no_worth_and_is_told_so():
    record = measured()
    qualities = sorted(decision.quality for decision in decide(record).decisions)
    floor = replace(record, terms=replace(record.terms, quality_min=qualities[1]))
    (below,) = (decision for decision in decide(floor).decisions if decision.quality < qualities[1])
    assert (below.reason, below.worth, below.highest_winning_minor) == ("below_quality_floor", 0, None)


def stating(*licences, **terms):
    """The offers of ada, bea and cyd, with a licence each, measured under a call that allows MIT."""
    asked = [
        replace(offer, metadata={"licence": licence} if licence else {})
        for offer, licence in zip(offers(TEXTS, COSTS), licences, strict=True)
    ]
    return measure(a_call(**{"licences": ["MIT"], **terms}), asked, Vocabulary())


@pytest.mark.parametrize(
    ("licence", "found"),
    [("", "missing"), ("M I T", "unreadable"), ("GPL-3.0-only", "not_allowed"), ("MIT AND ISC", "not_allowed"),
     ("MIT OR ISC", ""), ("mit", "")],
)  # fmt: skip
def test_what_may_not_be_bought_is_measured_and_worth_nothing(licence, found):
    free, record = stating(licence, "MIT", "MIT", licences=[]), stating(licence, "MIT", "MIT")
    assert [offer.unlicensed for offer in record.offers] == [found, "", ""]
    assert record.offers[0].scores == free.offers[0].scores
    assert record.coalitions.values == free.coalitions.values
    ada = decide(record).decisions[0]
    assert (decide(free).decisions[0].worth > 0) is True
    assert (ada.reason == "licence_not_allowed", ada.worth == 0) == (bool(found), bool(found))
    assert not found or (ada.highest_winning_minor, ada.payment_minor) == (None, 0)


@pytest.mark.parametrize(
    ("terms", "where", "found"),
    [
        ({"licences": ["MTI"]}, ["call.licences[0]"], '"MTI" is not known'),
        ({"licences": ["MIT OR ISC"]}, ["call.licences[0]"], "is several"),
        ({"required": ["contct", "smell"]}, ["call.required[0]", "call.required[1]"], '"contct" is not known'),
        ({"profile": "evenhnd"}, ["call.profile"], '"evenhnd" is not known'),
        ({"licences": ["x y"], "required": ["z"], "profile": "q"},
            ["call.profile", "call.licences[0]", "call.required[0]"], ""),
    ],
)  # fmt: skip
def test_a_call_in_python_is_held_to_the_same_names_and_every_mistake_is_told_at_once(terms, where, found):
    with pytest.raises(OfferError) as refused:
        measure(a_call(**terms), offers(), Vocabulary())
    assert [problem.where for problem in refused.value.problems] == where
    assert found in str(refused.value)


def test_a_licence_is_told_before_a_low_quality_and_a_low_quality_before_nothing_of_value():
    record = stating("ISC", "MIT", "MIT", quality_min="1")
    assert list(reasons(record).values()) == ["licence_not_allowed", "below_quality_floor", "below_quality_floor"]


@pytest.mark.parametrize(
    ("stated", "found", "licences", "bound"),
    [
        ("ISC", "perhaps", ("MIT",), "it is one of missing, unreadable, not_allowed, or nothing"),
        ("ISC", "not_allowed", (), "a call that names no licences takes any"),
        ("ISC", "missing", ("MIT",), "a licence is missing where none is stated"),
        ("", "", ("MIT",), "a licence is missing where none is stated"),
        ("MIT", "not_allowed", ("MIT",), "a licence that the call names is allowed"),
    ],
)
def test_a_record_that_contradicts_itself_about_a_licence_is_refused(stated, found, licences, bound):
    record = stating(stated, "MIT", "MIT")
    ada = replace(record.offers[0], unlicensed=found)
    changed = under(replace(record, offers=(ada, *record.offers[1:])), licences=licences)
    with pytest.raises(StoreError) as refused:
        decide(changed)
    assert bound in str(refused.value)


def test_what_was_decided_about_a_licence_is_replayed_without_any_list_of_licences(monkeypatch):
    record = stating("ISC", "M I T", "MIT OR ISC")
    published = publication.files(decide(record))
    monkeypatch.setattr("evenhand.quality.licence._licensing", None)  # what reads the list
    assert publication.files(decide(record)) == published
    assert [explain(decide(record), seller).reason for seller in COSTS][:2] == ["licence_not_allowed"] * 2


def test_a_licence_that_is_refused_is_explained_with_what_is_stated_and_what_is_allowed():
    outcome = decide(stating("ISC", "", "M I T", licences=["MIT", "CC0-1.0", "CC-BY-4.0"]))
    bound = "and the call buys data only under MIT, CC0-1.0 or CC-BY-4.0; no report would have changed that, only a "
    told = [explain(outcome, seller) for seller in COSTS]
    assert [each.sentences[0] for each in told] == [
        f'Its licence is "ISC", {bound}licence stated as one of these.',
        f"It states no licence for the whole dataset, {bound}licence stated as one of these.",
        f'Its licence "M I T" is no SPDX expression of listed licences, {bound}licence stated as one of these.',
    ]
    for each, found in zip(told, ("not_allowed", "missing", "unreadable"), strict=True):
        assert "worth: nothing, as the call buys no data under such a licence = 0.000000" in each.steps
        assert each.numbers["unlicensed"] == found


def test_a_long_list_of_licences_is_cut_short():
    many = [f"CC-BY{kind}-{version}" for kind in ("", "-SA", "-NC", "-ND") for version in ("3.0", "4.0", "2.0")]
    told = explain(decide(stating("ISC", "MIT", "MIT", licences=many)), "ada").sentences[0]
    assert f"only under {', '.join(many[:8])} or one of 4 more;" in told


def test_copies_that_are_sold_as_one_are_worth_what_one_is_and_the_dearer_is_told_of_the_cheaper():
    texts = {"ada": TEXTS["ada"], "bea": TEXTS["bea"], "zoe": TEXTS["bea"][::-1]}
    costs = {"ada": 3_000, "bea": 3_000, "zoe": 2_000}
    alone = decide(measured({"ada": 3_000, "bea": 2_000}, {name: TEXTS[name] for name in ("ada", "bea")}))
    ada, bea, zoe = decide(measured(costs, texts, copies="one")).decisions
    assert (bea.reason, zoe.reason) == ("behind_copy", "selected")
    assert bea.worth == zoe.worth == alone.decisions[1].worth
    assert zoe.payment_minor == 2_999 < alone.decisions[1].payment_minor  # bea goes first at a tie
    assert ada.payment_minor == alone.decisions[0].payment_minor


def test_a_reserve_is_spent_on_who_is_tagged_and_the_rest_on_the_others():
    costs = {"ada": 100, "bea": 100, "cyd": 100}
    texts = {**TEXTS, "cyd": TEXTS["cyd"] + ["A hive."]}
    record = measured(costs, texts, {"cyd": ("coop",)}, reserve="0.25", reserve_for="coop")
    outcome = decide(record)
    ada, bea, cyd = outcome.decisions
    assert cyd.payment_minor == 2_500
    assert ada.payment_minor + bea.payment_minor <= 7_500 < ada.payment_minor + bea.payment_minor + 2
    assert all(finding.holds for finding in outcome.findings)


def under(record, **terms):
    """The record under other terms."""
    return replace(record, terms=replace(record.terms, **terms))


def test_a_price_is_the_reason_under_a_policy_as_it_is_without():
    record = measured({"ada": 9_000, "bea": 9_500, "cyd": 2_500})
    assert "outpriced" in reasons(record).values()
    assert reasons(under(record, cap_minor=9_999)) == reasons(record)
    capped = decide(under(record, cap_minor=9_999))
    loser = next(decision for decision in capped.decisions if decision.reason == "outpriced")
    told = explain(capped, loser.seller).sentences[0]
    assert f"at {Money(loser.highest_winning_minor, 'EUR')} or less you would have been selected" in told


def test_where_a_rule_has_no_one_price_a_loser_under_a_policy_is_told_what_it_is_told_without():
    record = under(measured({"ada": 9_000, "bea": 9_500, "cyd": 2_500}), mechanism="best_single")
    assert "not_chosen" in reasons(record).values()
    assert reasons(under(record, cap_minor=9_999)) == reasons(record)


@pytest.mark.parametrize("seller", ["ada", "bea"])
def test_who_loses_by_the_reserve_alone_is_told_so_on_either_side_of_it(seller):
    others = {"ada": "bea", "bea": "ada"}
    kept_for = {others[seller]: ("coop",)}
    costs = {"ada": 4_000, "bea": 2_000, "cyd": 100}
    free = measured(costs, tags=kept_for)
    assert reasons(free)[seller] == "selected"
    part = {"reserve": "0.9", "reserve_for": "coop"}
    left = decide(measured(costs, tags=kept_for, **part))
    among_all = {decision.seller: decision.reason for decision in left.decisions}
    assert (among_all[seller], among_all[others[seller]]) == ("behind_reserve", "selected")
    among_few = measured(costs, tags={seller: ("coop",)}, reserve="0.1", reserve_for="coop")
    assert reasons(among_few)[seller] == "behind_reserve"
    for outcome, stands in ((left, "all others"), (decide(among_few), "these alone")):
        told = explain(outcome, seller)
        assert stands in told.sentences[0]
        assert sum("is kept for offers tagged" in sentence for sentence in told.sentences) == 1
        assert "were nothing reserved, it would have been bought" in told.sentences[0]


@given(st.integers(0, 2**32 - 1), st.sampled_from(["proportional_share", "mixed_split"]))
def test_under_any_policy_who_is_bought_is_within_the_reach_of_the_money_and_who_is_outpriced_beyond_it(
    several, seed, mechanism
):
    rng = np.random.default_rng(seed)
    record = replace(
        several,
        offers=tuple(
            replace(offer, cost_minor=int(rng.integers(1, 4_000)), tags=("coop",) if rng.random() < 0.5 else ())
            for offer in several.offers
        ),
    )
    record = under(
        record,
        mechanism=mechanism,
        share_pool_minor=3_000 if mechanism == "mixed_split" else 0,
        cap_minor=int(rng.integers(1_000, 5_000)) if rng.random() < 0.5 else 0,
        copies="one" if rng.random() < 0.5 else "share",
        **({"reserve": int(rng.integers(1, MILLION + 1)), "reserve_for": "coop"} if rng.random() < 0.7 else {}),
    )
    outcome = decide(record)
    for case in cases(outcome):
        reason, cost = case.row.decision.reason, case.row.offer.cost_minor
        if reason == "selected":
            assert case.row.cost_per_worth <= case.reach
        if reason == "outpriced":
            assert f" {case.purse.name}" in explain(outcome, case.row.offer.seller).sentences[0]
            assert (" tagged " in case.purse.name) is bool(record.terms.reserve)
        if reason == "outpriced" and cost <= case.purse.budget:
            rivals = [other.row for other in cases(outcome) if other.purse == case.purse
                      and other.row.decision.reason in ("selected", "behind_reserve", "outpriced")
                      and other.row.offer.cost_minor <= case.purse.budget]  # fmt: skip
            ahead = sum(other.decision.worth for other in rivals if other.rank <= case.row.rank)
            assert case.row.cost_per_worth > case.reach == Fraction(case.purse.budget * MILLION, ahead)
        if reason not in ("selected", "no_value"):
            assert reason in ("outpriced", "behind_reserve", "above_cap", "behind_copy", "asks_more_than_budget")


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), min_size=2, max_size=6))
def test_who_stands_for_copies_is_whom_the_market_lets_stand(offered):
    costs, worths = (list(numbers) for numbers in zip(*offered, strict=True))
    copies = ExactProcurement(worths, 7, "everyone", whole=True, policy=Policy(pools=[range(len(costs))]))
    assert copies.winners(costs) == [
        first for first in [first_of(range(len(costs)), costs, worths, 7)] if first is not None
    ]


def test_the_reasons_stand_from_the_narrowest_to_what_is_always_true():
    assert next(iter(CONDITIONS)) == "selected"
    assert list(CONDITIONS)[-1] == "not_chosen"


def test_what_nobody_states_takes_no_bytes_and_what_is_stated_comes_back():
    plain = canonical.tree(measured())
    settings = {"cap_minor", "share_pool_minor", "share_mass", "liquidity", "quality_min", "reserve", "reserve_for",
                "copies", "licences", "required"}  # fmt: skip
    assert not settings & set(plain["terms"])
    assert not {"tags", "unlicensed"} & set(plain["offers"][0])
    record = measured(
        tags={"cyd": ("coop",)},
        cap=Money(9_000, "EUR"),
        quality_min="0.01",
        reserve="0.25",
        reserve_for="coop",
        copies="one",
        share_pool=Money(70, "EUR"),
        liquidity="0.5",
        share_mass="0.5",
        licences=["mit", "CC0-1.0"],
        required=["license", "contact"],
    )
    assert settings <= set(canonical.tree(record)["terms"])
    assert (record.terms.licences, record.terms.required) == (("MIT", "CC0-1.0"), ("licence", "contact"))
    assert (record.terms.reserve, record.terms.share_mass) == (MILLION // 4, MILLION // 2)
    assert canonical.decode(canonical.encode(record), Record, "record.json") == record


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"cap_minor": -1}, "a pool, cap or mass below 0"),
        ({"reserve": MILLION + 1}, "parts of"),
        ({"liquidity": "two"}, 'liquidity "two"'),
        ({"copies": "none"}, 'copies "none"'),
        ({"reserve": 5}, "a reserve for nobody"),
        ({"licences": ("MIT", "MIT")}, "licences"),
        ({"licences": (" ",)}, "licences"),
        ({"required": ("licence", "licence")}, "fields of metadata"),
        ({"required": ("licence", "smell")}, "fields of metadata"),
        ({"required": ("licence",)}, 'has a count "version"'),
    ],
)
def test_a_record_with_settings_that_cannot_be_is_refused(terms, message):
    record = measured()
    with pytest.raises(StoreError, match=message):
        decide(replace(record, terms=replace(record.terms, **terms)))


# -- near-copies ------------------------------------------------------------------------------------------------------

LONG = {
    "ada": [
        "Check the hive for stores in early spring, and give the bees room before the willow blooms in the valley.",
        "A swarm leaves the hive in May when the queen is old; put an empty box out for it before the first warm day.",
    ],
    "bea": ["Smoke calms the bees for a while, so that the keeper can look at every frame without being stung at all."],
}
NEAR = {**LONG, "cyd": [text.replace(" the ", " THE ", 1) + "!" for text in LONG["ada"]]}
PRICES = {"ada": 3_000, "bea": 2_500, "cyd": 2_000}


def test_near_copies_are_told_that_they_are_near_copies_and_copies_that_they_are_the_same():
    exact = {**LONG, "cyd": LONG["ada"][::-1]}
    for texts, same, near in (
        (exact, "the same texts", ""),
        (NEAR, "near-copies of the same texts", ", or near-copies of them"),
    ):
        outcome = decide(measured(PRICES, texts, copies="one"))
        ada, _, cyd = outcome.decisions
        assert (ada.reason, cyd.reason) == ("behind_copy", "selected")
        told = explain(outcome, "ada").sentences
        assert told[0].startswith(f'"cyd" offers {same}, and of such offers only the one that asks least')
        assert any(f'Your 2 distinct documents are the same as those of "cyd"{near}. The' in each for each in told)


def test_a_seller_hears_how_many_documents_others_offer_too():
    texts = {**NEAR, "cyd": [*NEAR["cyd"], "The train to the coast leaves at nine."]}
    outcome = decide(measured(PRICES, texts))
    ada, cyd = (explain(outcome, seller) for seller in ("ada", "cyd"))
    assert "2 of your 3 distinct documents are offered by other sellers too, in the same words or nearly" in (
        " ".join(cyd.sentences)
    )
    assert (cyd.numbers["documents"], cyd.numbers["documents_shared"]) == (3, 2)
    assert (ada.numbers["documents"], ada.numbers["documents_shared"]) == (2, 2)
    assert not [sentence for sentence in explain(outcome, "bea").sentences if "other sellers" in sentence]
