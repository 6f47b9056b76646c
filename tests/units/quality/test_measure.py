"""A quality follows from what was counted, what was counted from each document alone, and each measure says its own."""

import dataclasses
import random
from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand import canonical
from evenhand.datasets import describe
from evenhand.errors import OfferError, StoreError, shown
from evenhand.quality import DEFAULT, PROFILES, combine, look_at, measure, read_reference, recompute, scores_of
from evenhand.quality.measure import _drawn as drawn_from
from evenhand.records import MEASURES, Dataset, Document, Manifest, Scores

HERE = [name for name in PROFILES if "minilm" not in name]  # that one needs an extra
TODAY = date(2026, 7, 1)
TEXTS = [
    "The harbour froze over in January, and nobody could leave by ship.",
    "Wheat prices doubled before Easter because of the drought.",
    "Engineers repaired the northern bridge within three weeks.",
    "A travelling theatre performed comedies for the children.",
]
METADATA = {
    "licence": "CC0-1.0",
    "language": "en",
    "date": "2025-01-01",
    "source": "town chronicle",
    "version": "1",
    "description": "What happened in a small town, year by year.",
}
REFERENCE = read_reference(Dataset.of(["Snow fell for nine days. The mayor resigned in autumn."]))


def dataset_of(documents):
    documents = [Document(document) if isinstance(document, str) else document for document in documents]
    return Dataset(lambda: iter(documents))


def scores_for(documents, metadata=METADATA, reference=None, by=DEFAULT):
    dataset = dataset_of(documents)
    try:
        manifest = describe(dataset)
    except OfferError:  # nothing but blank documents, or half a character: no round would ask
        manifest = Manifest("", "", len(documents), len(documents), 0)
    return measure(dataset, metadata, manifest=manifest, as_of=TODAY, reference=reference, by=by)


def parts(scores):
    return {name: getattr(scores, name) for name in MEASURES}


def moved(first, second):
    return {name for name in MEASURES if getattr(first, name) != getattr(second, name)}


# -- each measure for its own cause -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "again", [str, str.upper, "  {} ".format, "“{}”".format], ids=["copies", "CAPS", "space", "“”"]
)
def test_copies_and_near_copies_lower_novelty_alone(again):
    once, twice = scores_for(TEXTS), scores_for(TEXTS + [again(text) for text in TEXTS])
    assert once.novelty - twice.novelty == 250_000
    assert moved(once, twice) == {"novelty"}
    assert twice.evidence["novelty"]["documents"] == 2 * twice.evidence["novelty"]["distinct"] == 8


def test_older_dates_lower_novelty_alone():
    recent, old = scores_for(TEXTS), scores_for(TEXTS, METADATA | {"date": "2020-01-01"})
    assert moved(recent, old) == {"novelty"}
    assert recent.novelty > old.novelty


def test_less_metadata_lowers_metadata_alone():
    full, less = scores_for(TEXTS), scores_for(TEXTS, METADATA | {"version": "unknown"})
    assert moved(full, less) == {"metadata"}
    assert (full.metadata, less.metadata) == (1_000_000, 833_333)


def test_noise_lowers_cleanliness_alone():
    clean, noisy = scores_for(TEXTS), scores_for([*TEXTS[1:], TEXTS[0].replace(",", ", \ufffd")])
    assert moved(clean, noisy) == {"cleanliness"}
    assert 0 < noisy.cleanliness < clean.cleanliness == 1_000_000


def test_sameness_lowers_diversity_alone():
    harbours = ["harbour wheat bridge", "wheat bridge harbour", "bridge harbour wheat", "bridge wheat harbour"]
    different, alike = scores_for(TEXTS), scores_for([f"The {words}." for words in harbours])
    assert moved(different, alike) == {"diversity"}
    assert different.diversity > 700_000
    assert alike.diversity < 1_000


def test_known_text_lowers_novelty_alone():
    known = read_reference(Dataset.of(TEXTS))
    assert moved(scores_for(TEXTS, reference=REFERENCE), scores_for(TEXTS, reference=known)) == {"novelty"}
    assert scores_for(TEXTS, reference=known).novelty < scores_for(TEXTS, reference=REFERENCE).novelty


def test_no_damage_hides_behind_a_cleaner_copy():
    spoilt = TEXTS[0].replace("harbour froze", "har-\nbour froze")
    clean = spoilt.replace("-\n", "- ")  # the same plain text
    for documents in (
        [spoilt, clean, *TEXTS[1:]],
        [clean, *TEXTS[1:], spoilt],
        [f"“{clean}”", f"{spoilt}!", *TEXTS[1:]],
    ):
        assert scores_for(documents).evidence["cleanliness"]["broken"] == 1
    assert scores_for([clean, f"“{clean}”", *TEXTS[1:]]).evidence["cleanliness"]["broken"] == 0


def test_no_old_text_hides_behind_a_fresh_copy():
    old, new = {"date": "2019-01-01"}, {"date": "2026-06-30"}
    alone = scores_for([Document(TEXTS[0], old), *TEXTS[1:]]).evidence["novelty"]
    for again in (TEXTS[0], TEXTS[0].upper()):
        both = [Document(again, new), Document(TEXTS[0], old), *TEXTS[1:]]
        for documents in (both, both[::-1]):
            counts = scores_for(documents).evidence["novelty"]
            assert counts == alone | {
                "documents": 5,
                "sentences": counts["sentences"],
                "sentences_offered": counts["sentences_offered"],
            }


@pytest.mark.parametrize("again", [str, str.upper, "“{}”".format], ids=["copies", "CAPS", "“”"])
@pytest.mark.parametrize("by", HERE)
def test_copies_without_a_date_do_not_bring_in_the_date_of_the_whole(by, again):
    old = [Document(text, {"date": "2019-06"}) for text in TEXTS]
    alone = scores_for(old, METADATA | {"date": "2026-06-30"}, by=by)
    padded = scores_for([*old, *(Document(again(text)) for text in TEXTS)], METADATA | {"date": "2026-06-30"}, by=by)
    fresh = padded.evidence["novelty"]["fresh_days"]
    assert fresh <= alone.evidence["novelty"]["fresh_days"]
    assert padded.evidence["novelty"]["undated"] == len(TEXTS)
    assert padded.novelty <= alone.novelty


# -- the counts -------------------------------------------------------------------------------------------------------


DOCUMENTS = st.lists(
    st.builds(
        lambda text, when: Document(text, {"date": when} if when else {}),
        st.text("ab \n-\ufffd&;Ã\xa0l0ve.é\u0301\ud800", max_size=20)
        | st.sampled_from(["infor-\nmation", "infor- mation", "INFOR- MATION", *TEXTS]),
        st.sampled_from(["", "2026", "2019-05", "2031", "unknown"]),
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize("by", HERE)
@settings(max_examples=30)
@given(DOCUMENTS, st.randoms(use_true_random=False))
def test_the_order_of_documents_changes_nothing(by, documents, chance):
    first = scores_for(documents, reference=REFERENCE, by=by)
    chance.shuffle(documents)
    assert scores_for(documents, reference=REFERENCE, by=by) == first


@pytest.mark.parametrize("by", HERE)
@settings(max_examples=40)
@given(DOCUMENTS, st.booleans())
def test_scores_follow_from_the_counts(by, documents, with_reference):
    scores = scores_for(documents, reference=REFERENCE if with_reference else None, by=by)
    assert recompute(scores.evidence, by) == parts(scores)
    assert all(0 <= part <= 1_000_000 for part in parts(scores).values())
    stored = canonical.encode(scores)
    assert canonical.decode(stored, Scores, "scores") == scores


@pytest.mark.parametrize("by", HERE)
def test_counts_are_plain_integers_under_the_names_of_the_profile(by):
    scores = scores_for(TEXTS, reference=REFERENCE, by=by)
    numbers = [*parts(scores).values(), *(n for counts in scores.evidence.values() for n in counts.values())]
    assert {type(number) for number in numbers} == {int}
    assert tuple(field.name for field in dataclasses.fields(scores))[:4] == MEASURES
    for name, counts in scores.evidence.items():
        assert set(counts) == set(PROFILES[by].measures[name].counts)


@pytest.mark.parametrize("by", HERE)
@pytest.mark.parametrize("name", MEASURES)
def test_every_missing_unknown_or_negative_count_is_refused_and_all_at_once(by, name):
    evidence = {each: dict(counts) for each, counts in scores_for(TEXTS, by=by).evidence.items()}
    first, *_ = evidence[name]
    del evidence[name][first]
    evidence[name] |= {"taste": 1, "smell": -1}
    evidence["beauty"] = {}
    with pytest.raises(StoreError) as refusal:
        recompute(evidence, by, "offer.scores")
    assert [(problem.where, problem.found) for problem in refusal.value.problems] == [
        (f"offer.scores.{name}", f'has no count "{first}"'),
        (f"offer.scores.{name}", 'has a count "taste"'),
        (f"offer.scores.{name}", 'has a count "smell"'),
        (f"offer.scores.{name}", 'counts -1 for "smell"'),
        ("offer.scores.beauty", "is no measure"),
    ]


@pytest.mark.parametrize("value", [1.5, 1.0, float("nan"), float("inf"), "1", None, True, -1, Fraction(1), [1]])
@pytest.mark.parametrize("name", MEASURES)
def test_a_count_that_is_no_whole_number_is_refused_and_never_scored(name, value):
    evidence = {each: dict(counts) for each, counts in scores_for(TEXTS).evidence.items()}
    first, *_ = evidence[name]
    evidence[name][first] = value
    with pytest.raises(StoreError) as refusal:
        recompute(evidence)
    (problem,) = refusal.value.problems
    assert (problem.where, problem.found) == (f"evidence.{name}", f'counts {shown(value)} for "{first}"')
    assert "whole counts" in problem.bound


@pytest.mark.parametrize("counts", [None, 3, "tokens", [("tokens", 1)]])
def test_what_is_no_table_of_counts_is_refused(counts):
    with pytest.raises(StoreError, match=r"evidence\.novelty: is "):
        recompute({**scores_for(TEXTS).evidence, "novelty": counts})


def test_a_field_by_another_name_is_expected_in_the_counts_as_in_the_look():
    dataset = dataset_of(TEXTS)
    looked = look_at(dataset, describe(dataset), METADATA, as_of=TODAY, reference=None, required=["license", "version"])
    scores = scores_of(looked)
    assert scores.evidence["metadata"] == {"licence": 1, "version": 1}
    assert recompute(scores.evidence, required=["license", "version"]) == parts(scores)
    with pytest.raises(StoreError, match='has no count "contact"'):
        recompute(scores.evidence, required=["license", "contact"])


def test_a_measure_that_is_missing_is_refused():
    evidence = scores_for(TEXTS).evidence
    with pytest.raises(StoreError, match=r'evidence\.novelty: has no count "documents"'):
        recompute({name: counts for name, counts in evidence.items() if name != "novelty"})


@pytest.mark.parametrize("by", PROFILES)
def test_a_negative_count_is_refused_whichever_it_is(by):
    whole = {name: dict.fromkeys(each.counts, 1) for name, each in PROFILES[by].measures.items()}
    for name, counts in whole.items():
        for count in counts:
            with pytest.raises(StoreError, match=f'evidence.{name}: counts -3 for "{count}"'):
                recompute({**whole, name: {**counts, count: -3}}, by)


@pytest.mark.parametrize("by", PROFILES)
@settings(max_examples=25)
@given(st.data())
def test_any_counts_of_0_or_more_give_a_score(by, data):
    some = st.integers(0, 3) | st.integers(0, 2**53 - 1)
    evidence = {name: {count: data.draw(some) for count in PROFILES[by].measures[name].counts} for name in MEASURES}
    scores = recompute(evidence, by)
    assert all(type(score) is int and 0 <= score <= 1_000_000 for score in scores.values())


@pytest.mark.parametrize("by", PROFILES)
def test_counts_of_nothing_score_nothing_but_what_is_not_known(by):
    nothing = {name: dict.fromkeys(each.counts, 0) for name, each in PROFILES[by].measures.items()}
    scores = recompute(nothing, by)
    novel = {"paper_section7/1": 500_000, "paper_appendix_c/1": 1_000_000}.get(by, 0)
    assert scores == dict.fromkeys(MEASURES, 0) | {"novelty": novel}


def test_a_profile_that_nobody_knows_is_refused_by_name():
    with pytest.raises(OfferError, match='profile: "evenhand/9" is not known'):
        scores_for(TEXTS, by="evenhand/9")
    with pytest.raises(OfferError, match='"evenhand/9" is not known'):
        recompute({}, "evenhand/9")


# -- what is drawn ----------------------------------------------------------------------------------------------------


def few(monkeypatch, most):
    monkeypatch.setitem(PROFILES, DEFAULT, dataclasses.replace(PROFILES[DEFAULT], documents_max=most))


def drawn_of(documents, salt=b""):
    dataset = dataset_of(documents)
    return look_at(dataset, describe(dataset), {}, as_of=TODAY, reference=None, salt=salt).drawn["vector"]


WORDS = sorted({word for text in TEXTS for word in text.strip(".").split()})
MANY = [" ".join(random.Random(number).choices(WORDS, k=12)) for number in range(36)]


def test_diversity_is_measured_on_a_sample_that_hangs_on_the_salt_and_on_nothing_else(monkeypatch):
    few(monkeypatch, 11)
    drawn = drawn_of(MANY, b"one")
    assert len(drawn) == 11
    assert (drawn_of(MANY[::-1] + MANY[:3], b"one") == drawn).all()
    assert not (drawn_of(MANY, b"two") == drawn).all()


def test_each_document_that_counts_is_drawn_as_often_as_any_other():
    rows = np.sort(np.random.default_rng(1).integers(0, 2**62, (40, 4)), axis=0).view(np.uint8).reshape(40, 32)
    times = dict.fromkeys(range(len(rows)), 0)
    for number in range(400):
        for row in drawn_from(rows, 10, str(number).encode()):
            times[row] += 1
    assert sum(times.values()) == 4_000
    assert 60 < min(times.values()) <= max(times.values()) < 140  # 100 with a standard deviation of 8.7


def test_all_documents_are_drawn_where_they_are_few_enough(monkeypatch):
    few(monkeypatch, len(MANY))
    assert len(drawn_of(MANY)) == len(MANY)


def test_what_is_drawn_is_one_of_each_near_copy(monkeypatch):
    few(monkeypatch, 3)
    scores = scores_for(MANY + [text.upper() for text in MANY])
    assert scores.evidence["diversity"]["documents"] == 3
    assert scores.evidence["novelty"]["distinct"] == len(MANY)


# -- looked at once, scored by several profiles ------------------------------------------------------------------------


def test_the_scores_of_a_look_are_those_of_its_measurement():
    dataset = dataset_of([*TEXTS, TEXTS[0].upper()])
    looked = look_at(dataset, describe(dataset), METADATA, as_of=TODAY, reference=REFERENCE)
    assert scores_of(looked) == scores_for([*TEXTS, TEXTS[0].upper()], reference=REFERENCE)
    assert looked.volume == {"tokens": 49, "repeated": 12, "damaged": 0}
    assert (looked.documents, looked.dated) == (4, 4)


def test_near_copies_count_where_a_profile_looks_for_exact_copies_only():
    documents = [*TEXTS, TEXTS[0].upper(), TEXTS[1]]
    assert scores_for(documents).evidence["novelty"]["distinct"] == 4
    assert scores_for(documents, by="paper_section7").evidence["novelty"]["distinct"] == 5


# -- the quality ------------------------------------------------------------------------------------------------------


@given(
    st.lists(st.integers(0, 1_000_000), min_size=4, max_size=4),
    st.lists(st.integers(0, 10**6), min_size=4, max_size=4).filter(any),
)
def test_combined_quality_is_the_nearest_millionth(values, weights):
    scores = Scores(*values, evidence={})
    q = combine(scores, dict(zip(MEASURES, weights, strict=True)))
    exact = sum(Fraction(value * weight, sum(weights)) for value, weight in zip(values, weights, strict=True))
    assert abs(q - exact) <= Fraction(1, 2)
    assert min(values) <= q <= max(values)


@pytest.mark.parametrize(("low", "q"), [(0, 0), (2, 2), (1, 2), (3, 4)])
def test_a_tie_goes_to_the_even_millionth(low, q):
    assert combine(Scores(low, low + 1, 0, 0, {}), {"cleanliness": 1, "diversity": 1}) == q


def test_a_measure_without_a_weight_counts_nothing():
    assert combine(Scores(10, 20, 30, 40, {}), {"novelty": 7}) == 30


def test_weights_that_make_no_sense_are_all_named():
    scores = Scores(1, 2, 3, 4, {})
    with pytest.raises(OfferError) as refusal:
        combine(scores, {"cleanliness": -1, "beauty": 1})
    assert [problem.where for problem in refusal.value.problems] == ["weights.cleanliness", "weights.beauty"]
    with pytest.raises(OfferError, match="cleanliness: is a number of over 30 digits"):
        combine(scores, {"cleanliness": -(10**5000)})
    for weights in ({}, dict.fromkeys(MEASURES, 0)):
        with pytest.raises(OfferError, match="all 0"):
            combine(scores, weights)


# -- the numbers of a profile -----------------------------------------------------------------------------------------

SPOILED = "l0ve &amp; infor-\nmation on the frozen harbour brigde " + "in plain words that nobody repeats here " * 2


@pytest.mark.parametrize(
    ("by", "kept"),
    [
        ("evenhand/1", (251_614, 778_155, 782_348, 1_000_000)),
        ("paper_section7/1", (0, 777_778, 925_205, 1_000_000)),
        ("paper_appendix_c/1", (0, 398_952, 1_000_000, 1_000_000)),
    ],
)
def test_a_profile_keeps_its_scores(by, kept):
    documents = [*TEXTS, TEXTS[0], TEXTS[1].upper(), SPOILED]
    assert tuple(parts(scores_for(documents, reference=REFERENCE, by=by)).values()) == kept


def test_a_profile_keeps_its_scores_on_a_real_table(data_folder):
    from pyarrow.parquet import read_table

    texts = [text for text in read_table(data_folder / "medquad.parquet")["answer"].to_pylist() if text][:300]
    scores = scores_for(texts, reference=read_reference(Dataset.of(texts[::3])))
    assert tuple(parts(scores).values()) == (988_937, 767_968, 518_264, 1_000_000)
