"""Counts that were measured are never refused, whatever the texts; counts that fit no dataset are, and it says why."""

import random
import sys
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from evenhand.datasets import describe
from evenhand.errors import OfferError
from evenhand.quality import DEFAULT, PROFILES, Together, look_at, possible, read_reference, scores_of
from evenhand.quality.diversity import kinds
from evenhand.quality.embedding import COSINE_ONE, unit
from evenhand.quality.novelty import duplication
from evenhand.quality.possible import _diversity as of_diversity
from evenhand.records import Dataset, Document, Material, RecordedOffer

HERE = [name for name in PROFILES if "minilm" not in name]  # that one needs an extra
TODAY = date(2026, 7, 1)
TIMES = 25  # four such parts a profile; 900 were tried once
FEW = 3
"""Sentences of a reference that is taken to be large enough to call a text unlike it."""

SAID = "the harbour froze in winter bread rises before dawn bees fly when willows bloom and a train leaves"
ODD = [
    "", " ", "...", "?!", "\u200b", "\u00ad \u200b", "市場の日。雨！また？", "か\u3099 が", "l0ve h5py", "&amp; <br> a",
    "infor-\nmation", "\ufffd\ufffd", "Ã© Ã¨", "AAAA", "x_recieve reCieve", "All rights reserved.", "a" * 900,
    "We use cookies \u200b skip to content", "xqzt vbnm plok wert", "e" + "\u0301" * 40, "\u0301", "x\x00y \x7f",
    "Accept \u200b all \u200b cookies", "0 1 2 3", "de de de de", "Das ist nicht gut und wir sind hier", "'", "-\n-",
]  # fmt: skip
DATES = ["", "", "2026-07-01", "2026-06", "2019-05-03", "2031", "1999", "unknown"]
METADATA = [
    {},
    {"licence": "MIT", "language": "en", "date": "2026-06-30"},
    {"license": "MIT", "language": "eng", "source": "own archive", "version": "1", "date": "x"},
    {"licence": "free", "description": "Notes on bees and bread, year by year.", "date": "2031", "language": " "},
]


def a_text(chance):
    if chance.random() < 0.4:
        return chance.choice(ODD)
    text = " ".join(chance.choices(SAID.split(), k=chance.randint(1, 40)))
    if chance.random() < 0.3:
        text = ". ".join([text] * chance.randint(1, 9))
    return text + chance.choice(["", ".", "!", f" {chance.choice(ODD)}"])


def again(chance, text):
    return chance.choice([str, str.upper, "“{}”".format, "  {} ".format, "\u200b{}".format, "{}!".format])(text)


def documents(chance):
    texts = [a_text(chance) for _ in range(chance.randint(1, 9))]
    texts += [again(chance, chance.choice(texts)) for _ in range(chance.choice([0, 0, 1, 5]))]
    made = [Document(text, {"date": when} if (when := chance.choice(DATES)) else {}) for text in texts]
    return [Document(each.text) for each in made] if chance.random() < 0.3 else made


def offers(made, by, reference=None):
    """The offers of one call as a record has them: `made` is seller -> (documents, metadata)."""
    looked, recorded = {}, []
    datasets = {seller: Dataset(lambda some=some: iter(some)) for seller, (some, _) in made.items()}
    for seller, (_, metadata) in made.items():
        manifest = describe(datasets[seller])
        looked[seller] = look_at(datasets[seller], manifest, metadata, as_of=TODAY, reference=reference, by=by, key=7)
    together = Together.of(looked, key=7)
    for seller, (_, metadata) in made.items():
        material, scores = Material(None, looked[seller].manifest), scores_of(looked[seller], by)
        volume, copies = looked[seller].volume, together.copies(seller)
        recorded.append(RecordedOffer(seller, 1, dict(metadata), 0, material, scores, volume, copies))
    return recorded


def broken(offer, by=DEFAULT, *, has_reference=False, sellers=1):
    rules = possible(offer, by, has_reference=has_reference, sellers=sellers)
    return [told for holds, told in rules if not holds]


@pytest.fixture
def _a_few_sentences_tell_what_is_unlike(monkeypatch):
    for module in (duplication, sys.modules["evenhand.quality.possible"]):
        monkeypatch.setattr(module, "LIKENESS_SENTENCES_MIN", FEW)


@pytest.mark.usefixtures("_a_few_sentences_tell_what_is_unlike")
@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("by", HERE)
def test_whatever_was_measured_is_possible(by, part):
    chance = random.Random(f"{by} {part}")
    several = unlike = 0
    for _ in range(TIMES):
        made = {}
        for seller in ("ada", "bea", "cyd")[: chance.choice([1, 1, 2, 3])]:
            some = documents(chance) + (chance.sample(made["ada"][0], 1) if made and chance.random() < 0.5 else [])
            made[seller] = (some, chance.choice(METADATA))
        public = [a_text(chance) for _ in range(chance.choice([1, 6]))]
        try:
            reference = read_reference(Dataset.of(public)) if chance.random() < 0.5 else None
            recorded = offers(made, by, reference)
        except OfferError:  # nothing to see in a dataset, or no sentence in a reference: no round would ask
            continue
        for offer in recorded:
            where = (made[offer.seller], public)
            assert broken(offer, by, has_reference=reference is not None, sellers=len(made)) == [], where
            several += offer.copies.standing < offer.copies.distinct
            unlike += offer.scores.evidence["novelty"]["unlike"] > 0
    assert several > TIMES // 10
    assert unlike > 0


def test_whatever_kinds_were_counted_are_possible():
    rng = np.random.default_rng(3)
    for _ in range(50):
        count = int(rng.integers(1, 41))
        sums = rng.integers(-5, 6, (count, kinds.DIMENSIONS)) * (rng.random(kinds.DIMENSIONS) < rng.random())
        vectors = unit(sums)[rng.integers(0, count, count)]
        cells = rng.choice([0, 5, 63, kinds.cells.NONE], count).astype(np.uint8)
        counted = kinds.count({"vector": vectors, "cell": cells})
        told = [rule for holds, rule in of_diversity(counted, count) if not holds]
        assert told == [], counted


# -- what cannot be ---------------------------------------------------------------------------------------------------

TEXTS = [
    "The harbour froze over in January, and nobody could leave by ship.",
    "Wheat prices doubled before Easter because of the drought.",
    "Engineers repaired the northern bridge within three weeks.",
    "A travelling theatre performed comedies for the children.",
]
STATED = {"licence": "MIT", "language": "en", "source": "town chronicle"}


def one(by, *, near=False, reference=None):
    dated = [Document(text, {"date": f"2025-0{month}-01"}) for month, text in enumerate(TEXTS, 1)]
    some = [*dated, Document(TEXTS[0].upper(), {"date": "2025-01-01"})] if near else dated
    (offer,) = offers({"ada": (some, STATED)}, by, reference)
    return offer


@pytest.fixture(scope="module")
def honest():
    public = read_reference(Dataset.of([TEXTS[0], "Bees fly when the willow blooms. Rain again."]))
    return {
        "evenhand/1": (one("evenhand/1"), False),
        "near": (one("evenhand/1", near=True), False),
        "known": (one("evenhand/1", reference=public), True),
        "paper_section7/1": (one("paper_section7/1"), False),
        "paper_appendix_c/1": (one("paper_appendix_c/1"), False),
        "alone": (offers({"ada": ([Document(TEXTS[0])], {})}, "evenhand/1")[0], False),
    }


def changed(offer, measure, **counts):
    """Change counts: of a measure, or of a part of the offer."""
    if measure == "volume":
        return replace(offer, volume=offer.volume | counts)
    if measure == "copies":
        return replace(offer, copies=replace(offer.copies, **counts))
    if measure == "manifest":
        return replace(offer, material=replace(offer.material, manifest=replace(offer.material.manifest, **counts)))
    if measure == "offer":
        return replace(offer, **counts)
    evidence = {name: dict(each) for name, each in offer.scores.evidence.items()}
    assert set(counts) <= set(evidence[measure])
    evidence[measure] |= counts
    return replace(offer, scores=replace(offer.scores, evidence=evidence))


ONE = COSINE_ONE
IMPOSSIBLE = [
    ("evenhand/1", "manifest", {"documents": 3}, "every document is counted"),
    ("evenhand/1", "manifest", {"documents": 0, "distinct": 0}, "a dataset has documents"),
    ("evenhand/1", "copies", {"distinct": 5}, "every distinct text is too"),
    ("evenhand/1", "novelty", {"distinct": 3}, "copies count once"),
    ("evenhand/1", "copies", {"standing": 3}, "copies count once"),
    ("evenhand/1", "copies", {"standing": 0}, "copies are documents"),
    ("evenhand/1", "copies", {"standing": 5}, "copies are documents"),
    ("evenhand/1", "copies", {"shared": 1}, "one seller alone shares nothing"),
    ("evenhand/1", "copies", {"sentences_shared": 1}, "one seller alone shares nothing"),
    ("evenhand/1", "copies", {"sentences_shared": 9}, "sentences are counted once"),
    ("evenhand/1", "copies", {"content": "sha256:" + "0" * 64}, "one seller's texts stand for near-copies only"),
    ("paper_section7/1", "copies", {"content": "sha256:" + "0" * 64}, "each text stands for itself"),
    ("evenhand/1", "novelty", {"stale": 5}, "a text has one date"),
    ("evenhand/1", "novelty", {"undated": 4}, "a fresh text has 1 to 3650 days left"),
    ("evenhand/1", "novelty", {"fresh_days": 4 * 3650 + 1}, "a fresh text has 1 to 3650 days left"),
    ("evenhand/1", "novelty", {"stale": 1, "fresh_days": 3 * 3650 + 1}, "a fresh text has 1 to 3650 days left"),
    ("evenhand/1", "novelty", {"postdated": 3, "fresh_days": 3651}, "a fresh text has 1 to 3650 days left"),
    ("evenhand/1", "novelty", {"fresh_days": 3}, "a fresh text has 1 to 3650 days left"),
    ("evenhand/1", "novelty", {"one_day": 5}, "those of one day are fresh texts"),
    ("evenhand/1", "novelty", {"one_day": 0}, "those of one day are fresh texts"),
    ("evenhand/1", "novelty", {"sentences_offered": 9}, "sentences are counted once"),
    ("evenhand/1", "novelty", {"sentences": 3}, "all sentences are drawn, or 1024"),
    ("evenhand/1", "novelty", {"sentences": 5}, "all sentences are drawn, or 1024"),
    ("evenhand/1", "novelty", {"reference_sentences": 5}, "duplication is measured where a reference is named"),
    *(
        ("evenhand/1", "novelty", {name: 1}, "nothing is known where no reference is named")
        for name in ("copied", "unlike", "similarity", "squares", "unlike_similarity")
    ),
    ("known", "novelty", {"reference_sentences": 0}, "duplication is measured where a reference is named"),
    ("known", "novelty", {"copied": 5}, "sentences are drawn, and some known"),
    ("known", "novelty", {"copied": 4, "reference_sentences": 3}, "sentences are drawn, and some known"),
    ("known", "novelty", {"unlike": 1}, "fewer than 50000 know no text as unlike"),
    ("known", "novelty", {"similarity": 4 * ONE + 1}, "a sentence is known once, and whole where it is copied"),
    ("known", "novelty", {"copied": 2}, "a sentence is known once, and whole where it is copied"),
    ("known", "novelty", {"similarity": ONE - 1}, "a sentence is known once, and whole where it is copied"),
    ("known", "novelty", {"squares": 4 * ONE}, "a square is no more than what is squared"),
    ("known", "novelty", {"similarity": 4 * ONE, "squares": 2 * ONE}, "squares are no less than those of the mean"),
    ("known", "novelty", {"unlike_similarity": 1}, "a sentence that is unlike is similar once"),
    ("evenhand/1", "diversity", {"documents": 3}, "diversity is measured on all documents that count"),
    ("evenhand/1", "diversity", {"documents": 5}, "diversity is measured on all documents that count"),
    ("evenhand/1", "diversity", {"likeness": 4 * ONE + 1}, "a document is no more than wholly like any"),
    ("alone", "diversity", {"likeness": 0}, "a document is wholly like itself"),
    ("paper_section7/1", "diversity", {"cluster_49": 1}, "diversity is measured on all documents that count"),
    ("evenhand/1", "volume", {"tokens": 10**9}, "a text has a token, and a token a byte"),
    ("evenhand/1", "volume", {"tokens": 2}, "a text has a token, and a token a byte"),
    ("evenhand/1", "volume", {"damaged": 10**3}, "tokens are repeated, damaged or neither"),
    ("near", "volume", {"repeated": 10**3}, "tokens are repeated, damaged or neither"),
    ("evenhand/1", "volume", {"repeated": 1}, "tokens are repeated in near-copies"),
    ("evenhand/1", "volume", {"damaged": 1}, "damaged tokens are damaged in some way"),
    ("evenhand/1", "volume", {"damaged": -1}, "tokens are counted, and some repeated or damaged"),
    ("evenhand/1", "volume", {"lost": 0}, "tokens are counted, and some repeated or damaged"),
    ("evenhand/1", "cleanliness", {"tokens": 0}, "tokens that count are tokens of the dataset"),
    ("near", "cleanliness", {"tokens": 0}, "tokens that count are tokens of the dataset"),
    ("near", "cleanliness", {"tokens": 999}, "tokens that count are tokens of the dataset"),
    ("evenhand/1", "cleanliness", {"tokens": 30}, "all tokens count where no texts are put together"),
    *(
        ("evenhand/1", "cleanliness", {kind: 38}, "a token is damaged in one way, or in no dictionary, or neither")
        for kind in ("character", "mojibake", "broken", "scan", "markup", "misspelling", "boilerplate", "repetition")
    ),
    ("evenhand/1", "cleanliness", {"scan": 20, "markup": 18}, "a token is damaged in one way"),
    ("evenhand/1", "cleanliness", {"unlisted": 38}, "a token is damaged in one way, or in no dictionary"),
    ("evenhand/1", "cleanliness", {"unread": 38}, "a token is not read, or in no dictionary, or neither"),
    ("evenhand/1", "cleanliness", {"names": 1}, "names are not read"),
    ("evenhand/1", "cleanliness", {"names": 1, "unread": 1, "disguised": 2}, "what is disguised is a name"),
    ("paper_appendix_c/1", "cleanliness", {"corrupt": 38}, "a token is corrupt, in no dictionary, or neither"),
    ("paper_appendix_c/1", "cleanliness", {"tokens": 38}, "tokens that count are tokens of the dataset"),
    ("evenhand/1", "metadata", {"licence": 2}, "a field of metadata is valid or not"),
    ("evenhand/1", "metadata", {"version": 1}, "a field of metadata that is valid is stated"),
    ("evenhand/1", "offer", {"metadata": {"language": "en"}}, "a field of metadata that is valid is stated"),
    ("evenhand/1", "offer", {"metadata": STATED | {"language": "\u200b"}}, "a field of metadata that is valid is"),
    ("alone", "metadata", {"date": 1}, "dates are valid where nearly all documents have one"),
    ("paper_appendix_c/1", "metadata", {"version": 1}, "a field is filled where it is stated"),
    ("paper_appendix_c/1", "metadata", {"licence": 0}, "a field is filled where it is stated"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "measure", "counts", "told"), IMPOSSIBLE)
def test_counts_that_fit_no_dataset_are_refused(honest, what, measure, counts, told):
    offer, has_reference = honest[what]
    by = what if what in PROFILES else "evenhand/1"
    assert broken(offer, by, has_reference=has_reference) == []
    found = broken(changed(offer, measure, **counts), by, has_reference=has_reference)
    assert any(each.startswith(told) for each in found), found


def test_kinds_that_fit_no_documents_are_refused():
    none = dict.fromkeys(kinds.COUNTS, 0)
    told = "a document is wholly like itself, and no more so like any"
    for counts in (
        {"cell_00": 2, "alike": 2 * ONE + 1},
        {"cell_00": 2, "alike": 0},
        {"cell_00": 1, "none": 1, "alike": 2 * ONE},
        {"none": 2, "alike": 1},
    ):
        assert [rule for holds, rule in of_diversity(none | counts, 2) if not holds] == [told]
    ((found, _), _) = of_diversity(none | {"cell_00": 2, "alike": ONE}, 3)
    assert not found
    assert all(holds for holds, _ in of_diversity(none | {"cell_00": 2, "none": 1, "alike": ONE}, 3))


def test_several_sellers_may_share_and_one_alone_may_not():
    shared = [Document(text) for text in TEXTS]
    first, _ = offers({"ada": (shared, {}), "bea": (shared[:2], {})}, "evenhand/1")
    assert first.copies.shared == first.copies.sentences_shared == 2
    assert broken(first, sellers=2) == []
    assert broken(first, sellers=1) == ["one seller alone shares nothing"]
