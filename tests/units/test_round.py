"""A round from offers to outcome: order, copies, refusals, and records that contradict themselves."""

from dataclasses import replace
from fractions import Fraction

import pytest

from evenhand import canonical
from evenhand.errors import OfferError, StoreError
from evenhand.money import Money
from evenhand.records import MILLION, Dataset, Offer, Record
from evenhand.round import decide, measure, run_round
from tests.units.rounds import COSTS, TEXTS, VALIDATION, Vocabulary, a_call, offers


@pytest.fixture(scope="module")
def record():
    return measure(a_call(), offers(), Vocabulary())


def test_the_order_of_the_offers_does_not_matter(record):
    assert measure(a_call(), offers()[::-1], Vocabulary()) == record


def test_decisions_follow_from_the_published_integers_alone(record):
    outcome = decide(record)
    values = record.coalitions.values
    ada = Fraction(
        2 * (values[1] - values[0]) + (values[3] - values[2]) + (values[5] - values[4]) + 2 * (values[7] - values[6]), 6
    )
    assert outcome.decisions[0].value == ada / MILLION
    for decision, offer in zip(outcome.decisions, record.offers, strict=True):
        parts = offer.scores
        mean = Fraction(parts.cleanliness + parts.diversity + parts.novelty + parts.metadata, 4)
        assert decision.quality == round(mean)
        assert decision.worth == round(decision.quality * decision.value)


def test_payments_keep_the_promises(record):
    outcome = decide(record)
    assert outcome.cash.sum() <= 10_000
    assert all(finding.holds for finding in outcome.findings)
    for decision in outcome.decisions:
        if decision.selected:
            assert decision.payment_minor == decision.highest_winning_minor >= COSTS[decision.seller]


def test_the_highest_winning_report_is_just_that(record):
    for index, decision in enumerate(decide(record).decisions):
        if decision.highest_winning_minor is None:
            continue
        for report, wins in ((decision.highest_winning_minor, True), (decision.highest_winning_minor + 1, False)):
            changed = list(record.offers)
            changed[index] = replace(changed[index], cost_minor=report)
            again = decide(replace(record, offers=tuple(changed)))
            assert again.decisions[index].selected is wins


def test_an_exact_copy_leaves_the_value_of_everyone_and_the_pair_is_worth_what_one_was(record):
    texts = {**TEXTS, "zoe": TEXTS["bea"][::-1]}
    copied = measure(a_call(), offers(texts, {**COSTS, "zoe": 100}), Vocabulary())
    assert copied.coalitions.values == record.coalitions.values
    before, after = decide(record).decisions, decide(copied).decisions
    assert after[1].value + after[3].value == before[1].value
    assert before[1].worth - 1 <= after[1].worth + after[3].worth <= before[1].worth


def test_a_record_survives_its_bytes(record):
    data = canonical.encode(record)
    assert canonical.decode(data, Record, "record.json") == record
    assert decide(canonical.decode(data, Record, "record.json")).published() == decide(record).published()


def test_a_negative_cost_is_refused_when_it_is_made():
    with pytest.raises(OfferError, match=r"asks -0.03 EUR; a cost is 0 or more. To stay out, withdraw the offer"):
        Offer("ada", Dataset.of(["x"]), Money(-3, "EUR"))


def with_copies(record, **changes):
    first, *others = record.offers
    return replace(record, offers=(replace(first, copies=replace(first.copies, **changes)), *others))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: replace(r, schema="evenhand/record/9"), "this version reads evenhand/record/1"),
        (lambda r: replace(r, terms=replace(r.terms, mechanism="first_price")), "mechanism first_price version 1"),
        (lambda r: replace(r, terms=replace(r.terms, mechanism_version=2)), "version 2; this version has"),
        (lambda r: replace(r, terms=replace(r.terms, quality_profile="x")), "quality profile x"),
        (lambda r: replace(r, terms=replace(r.terms, budget_minor=0)), "budget 0"),
        (lambda r: replace(r, offers=r.offers[::-1]), "sellers out of order"),
        (
            lambda r: replace(r, offers=(replace(r.offers[0], cost_minor=-1), *r.offers[1:])),
            "cost -1; a cost is 0 or more",
        ),
        (lambda r: replace(r, coalitions=replace(r.coalitions, values=(0,))), "1 coalition values"),
        (lambda r: replace(r, coalitions=replace(r.coalitions, pools=((0, 1),))), "equal content stands in one pool"),
        (lambda r: with_copies(r, content=r.offers[1].copies.content), "equal content stands in one pool"),
    ],
)
def test_a_record_that_contradicts_itself_is_refused(record, change, message):
    with pytest.raises(StoreError, match=message):
        decide(change(record))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: replace(c, unit=0), "0 documents a player; it is 1 or more"),
        (
            lambda c: replace(c, pools=(*c.pools[:-1], (9,))),
            r"a player of \(9,\); its offers stand in order, each once",
        ),
        (lambda c: replace(c, pools=(*c.pools[:-1], (1, 0))), r"a player of \(1, 0\); its offers stand in order"),
        (lambda c: replace(c, pools=tuple((0,) for _ in c.pools)), 'players of "ada"; its . documents are 1 or fewer'),
        (lambda c: replace(c, pools=c.pools[:-1]), '. players of ".*"; its . documents are 1 or fewer a player'),
        (lambda c: replace(c, pools=(*c.pools[:-1], (3,))), r"a player of \(3,\); who offers the same holds the same"),
        (lambda c: replace(c, method="shapley"), "method shapley; the call asks for data_shapley"),
    ],
)
def test_players_that_cannot_be_are_refused(change, message):
    texts = {**TEXTS, "dot": TEXTS["bea"]}
    record = measure(a_call(method="data_shapley", permutations=50), offers(texts, {**COSTS, "dot": 9}), Vocabulary())
    assert decide(record).record.coalitions.unit == 1
    with pytest.raises(StoreError, match=message):
        decide(replace(record, coalitions=change(record.coalitions)))


def test_a_round_in_which_whole_datasets_play_has_no_unit(record):
    with pytest.raises(StoreError, match="1 documents a player; whole datasets play"):
        decide(replace(record, coalitions=replace(record.coalitions, unit=1)))


def test_leave_one_out_and_many_sellers_run_too():
    texts = {f"s{i:02}": [f"Bees and word{i} in spring.", f"The hive number{i}."] for i in range(18)}
    outcome = run_round(a_call(permutations=50), offers(texts, dict.fromkeys(texts, 300)), Vocabulary())
    assert outcome.record.coalitions.permutations == 50
    assert run_round(a_call(method="leave_one_out"), offers(), Vocabulary()).record.coalitions.method == "leave_one_out"


def test_documents_that_the_buyer_brought_are_counted_by_seller():
    texts = {**TEXTS, "dan": [VALIDATION[0] + " ", VALIDATION[0], "A seed of general text.", "Something of his own."]}
    call = a_call(seed_text=Dataset.of(["A seed of general text."]))
    recorded = measure(call, offers(texts, {**COSTS, "dan": 100}), Vocabulary()).offers
    assert [(offer.seller, offer.held_by_buyer) for offer in recorded] == [
        ("ada", 0),
        ("bea", 0),
        ("cyd", 0),
        ("dan", 2),
    ]


def test_every_dataset_that_cannot_be_read_is_named_at_once_and_by_whom_it_is_offered():
    made = [
        Offer(name, Dataset.of(texts), Money(1, "EUR")) for name, texts in {"a": [], "b": ["x"], "c": [" "]}.items()
    ]
    with pytest.raises(OfferError) as refusal:
        run_round(a_call(), made, Vocabulary())
    assert [problem.where for problem in refusal.value.problems] == ['offer of "a": dataset', 'offer of "c": dataset']


def test_utility_of_the_truth_is_never_negative(record):
    outcome = decide(record)
    assert (outcome.utility([offer.cost_minor for offer in record.offers]) >= 0).all()


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda counts: counts["cleanliness"].update(character=1), "apart from its counts; they give"),
        (lambda counts: counts["novelty"].update(documents=1), "counts that cannot be|apart from their counts"),
        (lambda counts: counts["novelty"].update(reference_sentences=5), "measured where a reference is named"),
        (lambda counts: counts["novelty"].update(copied=9), "sentences are drawn, and some known"),
        (lambda counts: counts["novelty"].update(unlike=9), "sentences are drawn, and some known"),
        (lambda counts: counts["novelty"].update(stale=9), "a text has one date"),
        (lambda counts: counts["novelty"].update(distinct=1), "copies count once|apart from"),
        (lambda counts: counts["novelty"].update(sentences_offered=9), "sentences are counted once"),
        (lambda counts: counts["metadata"].update(licence=2, language=0, source=0), "is valid or not|apart from"),
        (
            lambda counts: counts["diversity"].update(documents=7),
            "diversity is measured on documents that count|apart from",
        ),
    ],
)
def test_counts_that_cannot_be_are_refused(record, edit, message):
    offer = record.offers[0]
    counts = {name: dict(measure) for name, measure in offer.scores.evidence.items()}
    edit(counts)
    forged = replace(offer, scores=replace(offer.scores, evidence=counts))
    with pytest.raises(StoreError, match=message):
        decide(replace(record, offers=(forged, *record.offers[1:])))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"distinct": 3}, "every distinct text is too"),
        ({"standing": 3}, "copies are documents"),
        ({"standing": 0}, "copies are documents"),
        ({"shared": 3}, "copies are documents"),
        ({"sentences": 1}, "sentences are counted once"),
        ({"sentences_shared": 3}, "sentences are counted once"),
    ],
)
def test_copies_that_cannot_be_are_refused(record, changes, message):
    assert record.offers[0].copies.distinct == record.offers[0].copies.standing == 2
    with pytest.raises(StoreError, match=message):
        decide(with_copies(record, **changes))


@pytest.mark.parametrize("volume", [{}, {"tokens": 9, "repeated": 0}, {"tokens": 9, "repeated": 0, "damaged": -1}])
def test_a_volume_that_is_not_counted_whole_is_refused(record, volume):
    first, *others = record.offers
    with pytest.raises(StoreError, match="tokens are counted, and some repeated or damaged"):
        decide(replace(record, offers=(replace(first, volume=volume), *others)))


def test_a_near_copy_leaves_the_value_of_everyone_and_the_two_share_what_one_was_worth(record):
    texts = {**TEXTS, "zoe": [f"{text.upper()} !" for text in TEXTS["bea"][::-1]]}
    copied = measure(a_call(), offers(texts, {**COSTS, "zoe": 100}), Vocabulary())
    bea, zoe = copied.offers[1], copied.offers[3]
    assert bea.material.manifest.content != zoe.material.manifest.content
    assert bea.copies.content == zoe.copies.content
    assert (bea.copies.shared, zoe.copies.shared) == (3, 3)
    assert copied.coalitions.pools == ((0,), (1, 3), (2,))
    before, after = decide(record).decisions, decide(copied).decisions
    assert after[1].value == after[3].value
    # which of the near-copies is read is drawn, and this learner tells capitals from small letters no more than words
    assert copied.coalitions.values == record.coalitions.values
    assert after[1].value + after[3].value == before[1].value


def test_each_quality_is_measured_on_its_own_dataset_whoever_offers_the_same(record):
    texts = {**TEXTS, "zoe": TEXTS["bea"][:2], "yan": [text.upper() for text in TEXTS["ada"]]}
    crowded = measure(a_call(), offers(texts, {**COSTS, "zoe": 100, "yan": 100}), Vocabulary())
    alone = {offer.seller: offer for offer in record.offers}
    for offer in crowded.offers:
        if offer.seller in alone:
            assert offer.scores == alone[offer.seller].scores
            assert offer.volume == alone[offer.seller].volume
    assert [offer.copies.shared for offer in crowded.offers] == [2, 2, 0, 2, 2]


def test_a_copy_with_characters_that_nobody_sees_is_a_copy(record):
    texts = {**TEXTS, "zoe": [text.replace(" ", " \u200b") for text in TEXTS["bea"]]}
    copied = measure(a_call(), offers(texts, {**COSTS, "zoe": 100}), Vocabulary())
    assert len(copied.coalitions.pools) == 3
