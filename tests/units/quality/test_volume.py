"""Usable tokens: what is left once copies and damage are taken out."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from evenhand.quality.volume import COUNTS, count, usable

ROWS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 60), st.integers(0, 4)), max_size=12)


def counted(rows):
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return count(columns[:, 0], columns[:, 1], columns[:, 2])


def by_hand(rows):
    """The best document of each pool."""
    best = {}
    for tokens, damaged, pool in rows:
        best[pool] = max(best.get(pool, 0), tokens - min(damaged, tokens))
    return sum(best.values())


@given(ROWS)
def test_of_each_pool_the_document_with_the_most_usable_tokens_counts(rows):
    counts = counted(rows)
    assert tuple(counts) == COUNTS
    assert all(type(value) is int and value >= 0 for value in counts.values())
    assert usable(counts) == by_hand(rows) == counts["tokens"] - counts["repeated"] - counts["damaged"]


@given(ROWS, st.randoms(use_true_random=False), st.permutations(range(5)))
def test_neither_order_nor_labels_matter(rows, chance, names):
    mixed = [(tokens, damaged, names[pool]) for tokens, damaged, pool in rows]
    chance.shuffle(mixed)
    assert counted(mixed) == counted(rows)


@given(ROWS.filter(bool), st.data())
def test_a_near_copy_that_is_not_longer_adds_nothing(rows, data):
    tokens, damaged, pool = data.draw(st.sampled_from(rows))
    copy = (data.draw(st.integers(0, max(tokens - damaged, 0))), 0, pool)
    assert usable(counted([*rows, copy])) == usable(counted(rows))


@given(ROWS)
def test_a_document_more_never_lowers_the_volume(rows):
    assert all(usable(counted(rows[:n])) <= usable(counted(rows[: n + 1])) for n in range(len(rows)))


def test_without_pools_every_document_counts():
    assert usable(count(np.array([3, 3]), np.array([0, 1]))) == 5
    assert usable(count(np.array([], dtype=int), np.array([], dtype=int))) == 0


def test_counts_that_contradict_each_other_give_no_negative_volume():
    assert usable({"tokens": 1, "repeated": 1, "damaged": 1}) == 0
