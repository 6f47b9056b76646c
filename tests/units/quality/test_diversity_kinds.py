"""Documents are as many kinds as they have nothing in common, and equal ones are one kind, however many."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.quality.diversity import cells, kinds
from evenhand.quality.embedding import COSINE_ONE, unit

SEEDS = st.integers(0, 2**32 - 1)


def noted(vectors, without=0):
    """Documents of which the last few have no topic."""
    cell = np.arange(len(vectors), dtype=np.uint8) % cells.CELLS
    cell[len(vectors) - without :] = cells.NONE
    return {"vector": vectors, "cell": cell}


def axes(sizes):
    """So many equal documents on each of some axes."""
    return unit(np.eye(kinds.DIMENSIONS, dtype=np.int64)[np.repeat(np.arange(len(sizes)), sizes)])


def cloud(seed, documents=12, dimensions=9):
    return unit(np.random.default_rng(seed).integers(-9, 10, (documents, dimensions)))


def score(vectors, without=0):
    return kinds.score(kinds.count(noted(vectors, without)))


@given(SEEDS, st.integers(0, 3))
def test_the_sum_over_dimensions_is_that_over_all_pairs_one_by_one(seed, without):
    vectors = cloud(seed, dimensions=7)
    topical = vectors[: len(vectors) - without].astype(int).tolist()
    pairs = sum(
        COSINE_ONE**2 if i == j else sum(a * b for a, b in zip(one, other, strict=True)) ** 2
        for i, one in enumerate(topical)
        for j, other in enumerate(topical)
    )
    most = len(topical) * COSINE_ONE
    assert kinds.count(noted(vectors, without))["alike"] == min(round(Fraction(pairs, most)), most)


@given(SEEDS)
def test_it_is_the_vendi_score_of_order_two(seed):
    vectors = cloud(seed, dimensions=5)
    eigenvalues = np.linalg.eigvalsh(vectors.astype(float) @ vectors.T / (len(vectors) * COSINE_ONE))
    expected = 1 / (eigenvalues**2).sum()
    assert float(kinds.number(kinds.count(noted(vectors)))) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("sizes", [[1], [4], [1, 1], [3, 3, 3], [1] * 64])
def test_documents_with_nothing_in_common_are_as_many_kinds_and_equal_ones_are_one(sizes):
    assert kinds.number(kinds.count(noted(axes(sizes)))) == len(sizes)
    assert score(axes(sizes)) == round(1e6 * math.log(len(sizes)) / math.log(kinds.DIMENSIONS))


def test_kinds_of_unequal_size_count_by_how_even_they_are():
    assert kinds.number(kinds.count(noted(axes([3, 1])))) == Fraction(16, 10)


@given(SEEDS, SEEDS)
def test_order_and_repetition_change_nothing(seed, order):
    vectors = cloud(seed)
    mixed = np.random.default_rng(order).permutation(vectors)
    assert score(mixed) == score(vectors)
    assert abs(score(np.repeat(vectors, 3, axis=0)) - score(vectors)) <= 100  # lengths are rounded


@given(SEEDS, st.integers(1, 40))
def test_documents_without_a_topic_always_lower_the_score(seed, junk):
    vectors = cloud(seed)
    with_junk = np.vstack([vectors, cloud(seed + 1, junk)])
    assert score(with_junk, without=junk) == pytest.approx(score(vectors) * 12 / (12 + junk), abs=1)


@given(SEEDS, st.integers(1, 60))
def test_few_documents_show_few_kinds(seed, documents):
    assert score(cloud(seed, documents)) <= 1e6 * math.log(documents) / math.log(kinds.DIMENSIONS) + 1


def test_nothing_scores_nothing():
    assert score(axes([])) == 0
    assert score(axes([2]), without=2) == 0
    assert score(cloud(1)[:1]) == 0
