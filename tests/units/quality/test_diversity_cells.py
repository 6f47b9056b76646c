"""One topic is one cell: a fixed codebook tells few topics from many, and what has none raises nothing."""

import math
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from evenhand.quality.codebooks import CELLS, Codebook
from evenhand.quality.diversity import cells
from evenhand.quality.diversity.cells import NONE

SIZES = st.tuples(st.lists(st.integers(0, 40), max_size=9), st.integers(0, 40)).map(
    lambda drawn: [*drawn[0], *[0] * (CELLS - len(drawn[0])), drawn[1]]
)


def counts(sizes):
    return dict(zip(cells.COUNTS, sizes, strict=True))


def codebook():
    """Topic k is the k-th axis; two more axes have none."""
    axes = (np.eye(CELLS + 2) * 127).astype(np.int8)
    return Codebook("axes", "", ("axes", ""), axes, tuple(f"topic {k}" for k in range(CELLS)), "", "")


@given(SIZES)
def test_the_score_is_the_entropy_of_the_topics_times_their_share(sizes):
    documents, topical = sum(sizes), sum(sizes[:-1])
    entropy = -sum(n / topical * math.log(n / topical) for n in sizes[:-1] if n)
    expected = topical / documents * entropy / math.log(CELLS) if topical else 0
    assert abs(cells.score(counts(sizes)) - 1_000_000 * expected) <= 0.6


@given(SIZES, st.integers(1, 50))
def test_documents_without_a_topic_never_raise_the_score(sizes, more):
    with_more = [*sizes[:-1], sizes[-1] + more]
    assert cells.score(counts(with_more)) <= cells.score(counts(sizes))


@given(SIZES, st.randoms(use_true_random=False))
def test_it_does_not_matter_which_topics_they_are(sizes, chance):
    moved = sizes[:-1]
    chance.shuffle(moved)
    assert cells.score(counts([*moved, sizes[-1]])) == cells.score(counts(sizes))


def test_few_documents_show_few_topics():
    scores = [cells.score(cells.count(np.arange(n))) for n in (0, 1, 5, 16, 64)]
    assert scores == [0, 0, 386_988, 666_667, 1_000_000]


def test_half_a_millionth_is_rounded_to_even():
    sizes = [0] * (CELLS + 1)
    sizes[0], sizes[1], sizes[-1] = 3, 3, 61  # 6/67 of 1/6
    assert cells.score(counts(sizes)) == round(Fraction(1, 67) * 1_000_000)
    sizes[0], sizes[1], sizes[-1] = 3, 3, 122  # 6/128 of 1/6 = 7812.5 millionths
    assert cells.score(counts(sizes)) == 7812


def test_a_document_lies_in_the_nearest_cell_the_first_of_equals_or_none():
    vectors = np.zeros((5, CELLS + 2), dtype=np.int16)
    vectors[0, 7] = 2048
    vectors[1, [9, 5]] = 1448  # as near to 5 as to 9
    vectors[2, [CELLS, 3]] = 1500, 1400
    vectors[3, CELLS + 1] = 2048
    vectors[4, [CELLS + 1, 63]] = 1448
    assert cells.nearest(vectors, codebook()).tolist() == [7, 5, NONE, NONE, 63]
    assert cells.nearest(vectors[:0], codebook()).shape == (0,)
