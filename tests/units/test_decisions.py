"""Every offer is told one reason, and it is why: what the call's policy leaves out, and what a rule does not buy."""

from dataclasses import replace

import pytest

from evenhand import canonical
from evenhand.decisions import CONDITIONS
from evenhand.errors import StoreError
from evenhand.money import Money
from evenhand.records import MILLION, Record
from evenhand.round import decide, measure
from tests.units.rounds import COSTS, TEXTS, Vocabulary, a_call, offers


def measured(costs=COSTS, texts=TEXTS, tags=None, **terms):
    asked = [replace(offer, tags=(tags or {}).get(offer.seller, ())) for offer in offers(texts, costs)]
    return measure(a_call(**terms), asked, Vocabulary())


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


def test_a_price_is_no_reason_where_a_policy_stands_between():
    record = measured({"ada": 9_000, "bea": 9_500, "cyd": 2_500})
    assert "outpriced" in reasons(record).values()
    capped = replace(record, terms=replace(record.terms, cap_minor=9_999))
    assert "not_chosen" in reasons(capped).values()


def test_the_reasons_stand_from_the_narrowest_to_what_is_always_true():
    assert next(iter(CONDITIONS)) == "selected"
    assert list(CONDITIONS)[-1] == "not_chosen"


def test_what_nobody_states_takes_no_bytes_and_what_is_stated_comes_back():
    plain = canonical.encode(measured())
    assert not [word for word in (b"cap_minor", b"share_", b"tags", b"copies", b"reserve") if word in plain]
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
    )
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
    ],
)
def test_a_record_with_settings_that_cannot_be_is_refused(terms, message):
    record = measured()
    with pytest.raises(StoreError, match=message):
        decide(replace(record, terms=replace(record.terms, **terms)))
