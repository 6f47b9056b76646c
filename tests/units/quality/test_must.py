"""The same data has the same score to the millionth, each fault lowers its own measure, and no input breaks any.

However the documents are cut, shuffled, worked through by threads or processes, and whatever the machine is set to.
"""

import json
import locale
import math
import os
import random
import subprocess
import sys
import time
import warnings
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import joblib
import pytest

from evenhand import canonical
from evenhand.datasets import describe, open_dataset
from evenhand.errors import OfferError
from evenhand.quality import look_at, looking, measure, near_duplicates, read_reference, scores_of
from evenhand.quality.batch import Batch
from evenhand.records import MEASURES, Dataset, Document, Manifest

TODAY = date(2026, 1, 31)
OFFERS = Path(__file__).parents[2] / "corpus" / "offers"
METADATA = {
    "licence": "CC0-1.0",
    "language": "en",
    "source": "a keeper's own notebook",
    "version": "2025.2",
    "description": "Notes on keeping bees through the year",
}


@cache
def corpus():
    """Some dozens of short texts with dates: those of all sellers, copies included."""
    files = sorted(OFFERS.glob("*.jsonl"))
    assert len(files) == 6
    found = [document for file in files for document in open_dataset(file, fields={"date": "date"})]
    return [replace(document, metadata={"date": "2025-06-01", **document.metadata}) for document in found]


@cache
def hollybank():
    return list(open_dataset(OFFERS / "hollybank.jsonl", fields={"date": "date"}))


def medquad():
    """Medical answers of one date, none a near-copy of another; None where the tables are not at hand."""
    if "EVENHAND_DATA" not in os.environ:
        return None
    from pyarrow.parquet import read_table

    answers = read_table(Path(os.environ["EVENHAND_DATA"]) / "medquad.parquet", columns=["answer"])["answer"]
    texts = [text for text in answers.to_pylist() if text and 200 < len(text) < 2_000]
    batch = Batch.of(Document(text, {"date": "2025-06-01"}) for text in random.Random(4).sample(texts, 150))
    standing = near_duplicates.clusters(batch.identities, near_duplicates.notes(batch)["signature"]).standing
    return [document for document, stands in zip(batch.documents, standing, strict=True) if stands]


@cache
def real(name):
    documents = {"corpus": hollybank, "medquad": medquad}[name]()
    if documents is None:
        pytest.skip("EVENHAND_DATA is not set: no real tables")
    return documents


@cache
def known():
    return read_reference(Dataset.of([document.text for document in corpus()[::4]]))


def measured(documents, metadata=METADATA, **more):
    dataset = Dataset(lambda: iter(documents))
    return measure(dataset, metadata, manifest=describe(dataset), as_of=TODAY, **more)


def told(documents, **more):
    """All that a round publishes of a dataset, as bytes."""
    dataset = Dataset(lambda: iter(documents))
    looked = look_at(dataset, describe(dataset), METADATA, as_of=TODAY, reference=known(), salt=b"salt", key=7, **more)
    sentences = looked.sentences.drawn()
    return canonical.encode(
        {"scores": scores_of(looked), "volume": looked.volume, "sentences": list(sentences.values())}
    )


# -- the same score, to the millionth ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def usual():
    return told(corpus())


SHARDS = {"1 shard": 10**6, "2 shards": 56, "8 shards": 14, "a document a shard": 1}


@pytest.mark.parametrize("shards", SHARDS)
@pytest.mark.parametrize("backend", ["one after another", "threads"])
def test_the_number_of_shards_changes_nothing(shards, backend, usual, monkeypatch):
    assert len(corpus()) == 112
    monkeypatch.setattr(looking, "BATCH_DOCUMENTS", SHARDS[shards])
    monkeypatch.setattr(looking, "BATCH_CHARACTERS", 10**9)
    monkeypatch.setattr(looking, "PARTS_MERGED", 3)
    if backend == "threads":
        with joblib.parallel_config("threading", n_jobs=2):
            assert told(corpus()) == usual
    else:
        assert told(corpus()) == usual


def test_two_processes_change_nothing(usual, monkeypatch):
    monkeypatch.setattr(looking, "BATCH_DOCUMENTS", 14)
    with joblib.parallel_config("loky", n_jobs=2):
        assert told(corpus()) == usual


@pytest.mark.parametrize("seed", range(3))
def test_shuffled_documents_change_nothing(seed, usual, monkeypatch):
    monkeypatch.setattr(looking, "BATCH_CHARACTERS", 3_000)
    shuffled = random.Random(seed).sample(corpus(), len(corpus()))
    assert shuffled != corpus()
    assert told(shuffled) == usual


def test_what_would_change_a_score_changes_what_is_compared_here(usual):
    assert told(corpus()[1:]) != usual
    assert told([*corpus()[:-1], Document(corpus()[-1].text + " l0ve", corpus()[-1].metadata)]) != usual


IN_ANOTHER_PROCESS = """
import json, locale, sys
locale.setlocale(locale.LC_ALL, "")
from tests.units.quality.test_must import corpus, told
print(json.dumps([locale.setlocale(locale.LC_ALL), told(corpus()).decode()]))
"""
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
SETTINGS = {
    "locale C, one BLAS thread, hash seed 1": {"LC_ALL": "C", "PYTHONHASHSEED": "1", **dict.fromkeys(THREADS, "1")},
    "locale C.UTF-8, two BLAS threads, hash seed 2": {
        "LC_ALL": "C.UTF-8",
        "PYTHONHASHSEED": "2",
        **dict.fromkeys(THREADS, "2"),
    },
    "locale POSIX without UTF-8": {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    **{f"locale {name}": {"LC_ALL": name} for name in ("de_DE.UTF-8", "tr_TR.UTF-8", "ar_EG.UTF-8")},
}


def installed(name):
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        return False
    finally:
        locale.setlocale(locale.LC_ALL, before)
    return True


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_machine_changes_nothing(setting, usual):
    environment = SETTINGS[setting]
    if not installed(environment["LC_ALL"]):
        told_loudly = f"NOT CHECKED: the locale {environment['LC_ALL']} is not installed here"
        warnings.warn(told_loudly, stacklevel=1)
        pytest.skip(told_loudly)
    root = Path(__file__).parents[3]
    path = os.pathsep.join([str(root), str(root / "src")])
    done = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS],
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        cwd=root,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    in_force, found = json.loads(done.stdout)
    assert in_force == {"POSIX": "C"}.get(environment["LC_ALL"], environment["LC_ALL"])
    assert found.encode() == usual


# -- each fault lowers its own measure ---------------------------------------------------------------------------------


def with_copies(documents):
    return documents + documents[:: len(documents) // 12]


def with_near_copies(documents):
    """Some documents again with a word left out: other bytes, another identity."""
    return documents + [_altered(document) for document in documents[:: len(documents) // 12]]


def _altered(document):
    words = document.text.split()
    return replace(document, text=" ".join(words[: len(words) // 2] + words[len(words) // 2 + 1 :]))


def with_stale_dates(documents):
    return [
        replace(document, metadata={**document.metadata, "date": "2012-03-01"}) if place % 4 == 0 else document
        for place, document in enumerate(documents)
    ]


def with_noise(documents):
    draw = random.Random(8)
    return [replace(document, text=_spoilt(document.text, draw)) for document in documents]


def _spoilt(text, draw):
    """A digit in one word of fifty."""
    words = text.split(" ")
    for place in range(draw.randrange(50), len(words), 50):
        if len(words[place]) > 3 and words[place].isalpha() and words[place].islower():
            words[place] = f"{words[place][:1]}0{words[place][2:]}"
    return " ".join(words)


FAULTS = {
    "copies": (with_copies, METADATA, "novelty"),
    "near-copies": (with_near_copies, METADATA, "novelty"),
    "stale dates": (with_stale_dates, METADATA, "novelty"),
    "noise": (with_noise, METADATA, "cleanliness"),
    "no licence": (list, {**METADATA, "licence": ""}, "metadata"),
    "a placeholder": (list, {**METADATA, "source": "unknown"}, "metadata"),
    "no metadata": (list, {}, "metadata"),
}


@pytest.mark.parametrize("table", ["corpus", "medquad"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_lowers_its_own_measure_and_no_other_by_more_than_a_fiftieth(fault, table):
    spoil, metadata, own = FAULTS[fault]
    before, after = sound(table), measured(spoil(real(table)), metadata)
    assert getattr(before, own) - getattr(after, own) > 20_000, (before, after)
    for name in set(MEASURES) - {own}:
        assert getattr(after, name) > getattr(before, name) - 20_000, (name, before, after)


@cache
def sound(table):
    scores = measured(real(table))
    assert (scores.metadata, scores.evidence["novelty"]["distinct"]) == (1_000_000, len(real(table)))
    return scores


@pytest.mark.parametrize("table", ["corpus", "medquad"])
def test_one_text_in_many_wordings_lowers_diversity(table):
    one = [replace(document, text=document.text * 2 + real(table)[0].text * 3) for document in real(table)]
    assert measured(one).diversity < sound(table).diversity - 100_000


# -- no input breaks it ------------------------------------------------------------------------------------------------

BINARY = random.Random(1).randbytes(20_000)
BAD = {
    "empty": [""],
    "white space": [" \n\t\u200b"],
    "one word": ["word"],
    "one sign": ["?"],
    "binary as Latin-1": [BINARY.decode("latin-1")],
    "binary as UTF-8": [BINARY.decode("utf-8", "replace")],
    "binary, escaped": [BINARY.decode("utf-8", "surrogateescape")],
    "binary as UTF-16": [BINARY.decode("utf-16", "replace")],
    "UTF-8 as Windows-1252": ["Größe, naïve café – “so”".encode().decode("cp1252", "replace") * 40],
    "Windows-1252 as UTF-8": ["Größe, naïve café – “so”".encode("cp1252").decode("utf-8", "replace") * 40],
    "three encodings in one": ["café " + "café".encode().decode("latin-1") + " " + "кот".encode().decode("koi8-r")],
    "half a pair": ["half \ud800 pair", "\udfff", "\ud83d\ude00 two halves"],
    "combining marks": ["e" + "\u0301" * 5_000, "a\u0335\u0327\u0322" * 500],
    "marks alone": ["\u0301" * 3_000],
    "directions": ["\u202e\u202d\u2066abc\u2069" * 300],
    "never shown": ["\u200b\u2060\ufeff\u00ad" * 500 + "x", "\U000e0041" * 500],
    "joined emoji": ["👩‍👩‍👧‍👦" * 400, "🤷🏽‍♀️" * 400],
    "long folds": ["ﷺ" * 500, "İ" * 500, "ß" * 500, "ΐ" * 500],
    "no character": ["\ufffe\uffff\U0001ffff" * 99],
    "all of the first plane": ["".join(map(chr, range(0xD800))), "".join(map(chr, range(0xE000, 0x10000)))],
    "zeros": ["\0" * 5_000],
    "line ends": ["\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029" * 99, "one\u2028two\x85three"],
    "one letter": ["a" * 30_000],
    "deep brackets": ["<" * 5_000, "&" * 5_000, "(" * 5_000, "[](" * 2_000],
    "hyphens at line ends": ["a-\n" * 5_000],
    "nothing but stops": [". " * 5_000, "。" * 5_000],
    "ten thousand documents of one letter": [chr(97 + number % 26) for number in range(10_000)],
}


REFUSED = {"empty", "white space", "half a pair", "binary, escaped"}


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("by", ["evenhand/1", "paper_section7/1", "paper_appendix_c/1"])
def test_bad_input_gets_a_score_or_a_clear_refusal(kind, by):
    texts = BAD[kind]
    documents = [Document(text, {"date": text[:40]}) for text in texts]
    dataset = Dataset(lambda: iter(documents))
    if kind in REFUSED:
        with pytest.raises(OfferError, match=r"blank|half a character"):
            describe(dataset)
        manifest = Manifest("", "", len(texts), len(texts), 0)  # measured all the same, for whoever does not ask first
    else:
        manifest = describe(dataset)
    stated = dict.fromkeys(METADATA, texts[0][:500])
    scores = measure(dataset, stated, manifest=manifest, as_of=TODAY, by=by, reference=known())
    for name in MEASURES:
        score = getattr(scores, name)
        assert type(score) is int
        assert 0 <= score <= 1_000_000
        assert not any(math.isnan(count) for count in scores.evidence[name].values())


def test_a_dataset_of_nothing_is_refused_and_measures_as_nothing():
    dataset = Dataset.of([])
    with pytest.raises(OfferError, match="it holds no document"):
        describe(dataset)
    scores = measure(dataset, {}, manifest=Manifest("", "", 0, 0, 0), as_of=TODAY)
    assert [getattr(scores, name) for name in MEASURES] == [0, 0, 0, 0]


def test_good_text_beside_bad_keeps_its_place():
    """Junk lowers the score of a dataset; it never takes the documents beside it along."""
    alone = measured(hollybank()).evidence
    beside = measured([*hollybank(), Document(BINARY.decode("latin-1"), {"date": "2025-06-01"})]).evidence
    assert beside["novelty"]["distinct"] == alone["novelty"]["distinct"] + 1
    assert beside["cleanliness"]["tokens"] > alone["cleanliness"]["tokens"]
    assert beside["cleanliness"]["misspelling"] >= alone["cleanliness"]["misspelling"]


UNITS = {
    "a": "a",
    "words": "ab ",
    "sentences": "Rain. ",
    "tags": "<p ",
    "entities": "&amp",
    "marks": "e\u0301",
    "han": "日",
}
SIZES = [
    *(pytest.param(unit, 4, id=f"{unit}, 4 MB") for unit in ("a", "words")),
    *(pytest.param(unit, 0.5, id=f"{unit}, 0.5 MB") for unit in UNITS if unit not in ("a", "words")),
    *(pytest.param(unit, 50, id=f"{unit}, 50 MB", marks=pytest.mark.sweep) for unit in UNITS),
]


@pytest.mark.parametrize(("unit", "megabytes"), SIZES)
def test_a_long_single_line_is_measured_in_time(unit, megabytes):
    piece = UNITS[unit]
    document = Document(piece * int(megabytes * 1_000_000 / len(piece.encode())))
    started = time.process_time()
    scores = measure(Dataset(lambda: iter([document])), {}, manifest=Manifest("", "", 1, 1, 0), as_of=TODAY)
    assert time.process_time() - started < 3 + 6 * megabytes  # on a slow machine; a loop in a loop takes days
    assert all(0 <= getattr(scores, name) <= 1_000_000 for name in MEASURES)
