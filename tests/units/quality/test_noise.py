"""On real text: noise lowers cleanliness by as much as there is of it, and what is clean stays clean.

What others say of the same texts: tests/laws/test_agreement.py.
"""

import inspect
import random
import re
from itertools import pairwise

import numpy as np
import pytest

from evenhand.quality.batch import Batch
from evenhand.quality.cleanliness import noise, paper
from evenhand.records import Document

TABLES = {
    "medquad": "answer",
    "gsm8k": "question",
    "piqa": "sol1",
    "pubmedqa_labeled": "context",
    "tinyshakespeare": "text",
    "us_inaugural": "text",
}
DOCUMENTS = 120
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def column(data_folder, table, name):
    from pyarrow.parquet import read_table

    return [text for text in read_table(data_folder / f"{table}.parquet", columns=[name])[name].to_pylist() if text]


def sample(data_folder, table, most=DOCUMENTS):
    texts = column(data_folder, table, TABLES[table])
    return random.Random(7).sample(texts, min(most, len(texts)))


def counts_of(texts):
    return noise.count(noise.notes(Batch.of(map(Document, texts))))


def score_of(texts):
    return noise.score(counts_of(texts))


def with_a_slip(word, rng):
    """A random letter more, less or other, or two neighbours swapped; never the same word."""
    while True:
        at, letter = rng.randrange(len(word)), rng.choice(LETTERS)
        before, here, after = word[:at], word[at], word[at + 1 :]
        slip = rng.choice(
            [
                before + letter + here + after,
                before + after,
                before + letter + after,
                before + after[:1] + here + after[1:],
            ]
        )
        if slip != word:
            return slip


NOISE = {
    "misspelling": with_a_slip,
    "scan": lambda word, rng: word[:1] + rng.choice("015") + word[2:],
    "mojibake": lambda word, rng: word[:1] + rng.choice(["Ã©", "â€™", "Ã¼"]) + word[2:],
    "character": lambda word, rng: word[:1] + rng.choice("\ufffd\x01\ue000") + word[1:],
    "markup": lambda word, rng: word + rng.choice(["&nbsp;", "<br>", "</p>"]),
}
WORD = re.compile(r"(?<!\S)[a-z]{3,}(?!\S)")


def spoilt(texts, spoil, shares, seed=3):
    """The texts with noise in a share of the words that are whole tokens of three small letters or more; the noise of
    a smaller share is part of that of a larger one. Gives (texts, spoilt words, share of all tokens) each."""
    places = [(number, match.span()) for number, text in enumerate(texts) for match in WORD.finditer(text)]
    random.Random(seed).shuffle(places)
    for share in shares:
        rng, changed = random.Random(seed), list(texts)
        chosen = [(place, rng.random()) for place in places[: round(share * len(places))]]
        for (number, (start, end)), own in sorted(chosen, reverse=True):
            text = changed[number]
            changed[number] = text[:start] + spoil(text[start:end], random.Random(own)) + text[end:]
        yield changed, len(chosen)


@pytest.mark.parametrize("kind", NOISE)
@pytest.mark.parametrize("table", TABLES)
def test_the_more_noise_in_a_table_the_lower_its_score(table, kind, data_folder):
    scores = [score_of(texts) for texts, _ in spoilt(sample(data_folder, table, 40), NOISE[kind], (0, 0.01, 0.03, 0.1))]
    assert all(high > low for high, low in pairwise(scores)), scores
    assert scores[0] > 800_000


@pytest.mark.parametrize("table", TABLES)
def test_what_is_injected_is_found_and_little_else(table, data_folder, record_property):
    (clean, _), (noisy, injected) = spoilt(sample(data_folder, table), with_a_slip, (0, 0.1))
    before, after = counts_of(clean), counts_of(noisy)
    found = (after["misspelling"] - before["misspelling"]) / injected
    wrongly = before["misspelling"] / before["tokens"]
    record_property("found", found)
    record_property("wrongly", wrongly)
    assert found > 0.6, found  # a slip that is itself a word, or of two letters, is not told
    assert wrongly < (0.008 if table == "tinyshakespeare" else 0.0025), wrongly


@pytest.mark.parametrize("kind", sorted(set(NOISE) - {"misspelling"}))
def test_damage_that_shows_is_found_nearly_always(kind, data_folder):
    (clean, _), (noisy, injected) = spoilt(sample(data_folder, "medquad", 40), NOISE[kind], (0, 0.1))
    assert counts_of(noisy)[kind] - counts_of(clean)[kind] > 0.9 * injected


def technical_texts():
    texts = [inspect.getdoc(getattr(np, name)) or "" for name in sorted(np.__all__) if name.islower()]
    assert len(texts) > 300
    return texts


def test_the_appendix_gives_nothing_for_clean_technical_text_and_this_measure_much():
    texts = technical_texts()
    batch = Batch.of(map(Document, texts))
    as_printed = paper.count_appendix_c(paper.notes_appendix_c(batch))
    assert as_printed["corrupt"] == 0
    assert paper.score_appendix_c(as_printed) == 0
    assert score_of(texts) > 800_000


def test_the_appendix_cannot_tell_noise_from_clean_technical_text():
    scores = []
    for texts, _ in spoilt(technical_texts()[:150], with_a_slip, (0, 0.03, 0.1)):
        counts = paper.count_appendix_c(paper.notes_appendix_c(Batch.of(map(Document, texts))))
        scores.append((paper.score_appendix_c(counts), score_of(texts)))
    printed, ours = zip(*scores, strict=True)
    assert set(printed) == {0}
    assert all(high > low for high, low in pairwise(ours))


def test_section_7_sees_no_misspelling(data_folder):
    (clean, _), (noisy, _) = spoilt(sample(data_folder, "gsm8k"), with_a_slip, (0, 0.1))
    assert paper.score_section7(counts_of(noisy)) == paper.score_section7(counts_of(clean))
    assert score_of(noisy) < score_of(clean) / 2
