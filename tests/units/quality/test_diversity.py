"""Documents that say the same thing are alike, and all pairs follow from two sums."""

import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.plaintext import plain
from evenhand.quality import diversity
from evenhand.quality.embedding import COSINE_ONE, DIMENSIONS, embed

TEXTS = st.lists(st.text("abcdefgh ", max_size=40), min_size=1, max_size=12)


def spread_of(vectors):
    spread = diversity.Spread()
    spread.add(vectors)
    return spread.count()


def diversity_of(texts):
    return diversity.score(spread_of(embed([plain(text) for text in texts])))


@given(TEXTS)
def test_the_sums_equal_all_pairs_one_by_one(texts):
    vectors = embed(texts).astype(int).tolist()
    n = len(texts)
    pairs = sum(
        COSINE_ONE if i == j else sum(a * b for a, b in zip(vectors[i], vectors[j], strict=True))
        for i in range(n)
        for j in range(n)
    )
    likeness = min(max(round(Fraction(pairs, n)), 0), n * COSINE_ONE)
    assert spread_of(embed(texts)) == {"documents": n, "likeness": likeness}


def test_equal_texts_are_no_more_than_wholly_alike_however_their_vectors_are_rounded():
    vectors = embed(
        [" ".join(f"{letter * 5} {letter}{letter}bcd" for letter in "abcdefgh"[:count]) for count in range(9)]
    )
    longer = vectors[(vectors.astype(int) ** 2).sum(axis=1) > COSINE_ONE]
    assert len(longer) > 0
    for vector in longer:
        assert spread_of(np.stack([vector] * 5)) == {"documents": 5, "likeness": 5 * COSINE_ONE}


@given(TEXTS, st.randoms(use_true_random=False))
def test_batches_and_order_change_nothing(texts, chance):
    vectors = embed(texts)
    order = list(range(len(texts)))
    chance.shuffle(order)
    spread = diversity.Spread()
    for index in order:
        spread.add(vectors[index : index + 1])
    assert spread.count() == spread_of(vectors)


@pytest.mark.parametrize("sizes", [[1], [1, 1], [3, 1], [5, 3, 2]])
def test_equal_documents_in_unlike_clusters_give_gini_simpson(sizes):
    vectors = np.zeros((sum(sizes), DIMENSIONS), dtype=np.int16)
    vectors[np.arange(sum(sizes)), np.repeat(np.arange(len(sizes)), sizes)] = 2**11
    shares = [Fraction(size, sum(sizes)) for size in sizes]
    assert diversity.score(spread_of(vectors)) == round((1 - sum(share**2 for share in shares)) * 1_000_000)


def test_opposite_vectors_are_not_less_than_unlike():
    vector = np.zeros((1, DIMENSIONS), dtype=np.int16)
    vector[0, :4] = 1025  # a little longer than 2^11, as rounding may leave it
    assert spread_of(np.vstack([vector, -vector])) == {"documents": 2, "likeness": 0}


def test_one_document_is_not_diverse():
    assert diversity_of(["One document about markets, prices and honest sellers"]) == 0
    assert diversity.score(spread_of(embed([]))) == 0


def test_texts_without_words_are_all_alike():
    assert diversity_of(["!!", "??", "", " - "]) < 1000


def test_common_words_make_no_texts_alike():
    assert diversity_of(["would these have been there", "which were about their"]) < 1_000_000
    assert diversity_of(["the lungs should have been there", "which planets were about their orbits"]) > 450_000


def test_one_topic_is_less_diverse_than_ten_and_ten_than_a_mixture(data_folder):
    from pyarrow.parquet import read_table

    def column(table, name):
        return [text for text in read_table(data_folder / f"{table}.parquet")[name].to_pylist() if text]

    topics: dict[str, set[str]] = {}
    table = read_table(data_folder / "medquad.parquet", columns=["focus", "answer"])
    for row in table.to_pylist():
        if row["answer"]:
            topics.setdefault(row["focus"], set()).add(row["answer"])
    largest = sorted(topics, key=lambda focus: (-len(topics[focus]), focus))[:10]
    chance = random.Random(3)
    ten = [text for focus in largest for text in chance.sample(sorted(topics[focus]), 20)]
    mixture = [
        text
        for pool in (
            sorted({text for texts in topics.values() for text in texts}),
            column("gsm8k", "question"),
            column("us_inaugural", "text"),
            column("piqa", "goal"),
        )
        for text in chance.sample(pool, 50)
    ]
    each = [diversity_of(sorted(topics[focus])[:20]) for focus in largest]
    assert max(each) + 50_000 < diversity_of(ten)
    assert diversity_of(ten) + 50_000 < diversity_of(mixture)
