"""Usable tokens: what is left once copies and damage are taken out, and how all of it is shared out."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.errors import OfferError
from evenhand.quality.volume import COUNTS, count, score_section7, usable
from evenhand.records import MILLION

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


# -- shares ---------------------------------------------------------------------------------------------------------

VOLUMES = st.lists(st.integers(0, 10**15) | st.integers(0, 3), max_size=9)


@given(VOLUMES)
def test_shares_neither_make_nor_lose_a_millionth(volumes):
    shares = score_section7(volumes)
    assert sum(shares) == (MILLION if any(volumes) else 0)
    total = max(sum(volumes), 1)
    assert all(
        abs(share - Fraction(volume * MILLION, total)) < 1 for share, volume in zip(shares, volumes, strict=True)
    )


@given(VOLUMES)
def test_more_tokens_never_give_a_smaller_share_and_of_equals_the_first_comes_first(volumes):
    shares = score_section7(volumes)
    for i, one in enumerate(volumes):
        for j, other in enumerate(volumes):
            assert shares[i] >= shares[j] or one < other or (one == other and i > j)


@given(VOLUMES, st.integers(1, 1000))
def test_the_unit_of_the_tokens_does_not_matter(volumes, unit):
    assert score_section7([volume * unit for volume in volumes]) == score_section7(volumes)


def test_largest_remainders_first_then_the_seller_who_stands_first():
    assert score_section7([1, 1, 1, 4]) == [142857, 142857, 142857, 571429]
    assert score_section7([1, 1, 1]) == [333334, 333333, 333333]
    assert score_section7(np.array([2**60, 2**60, 0])) == [500000, 500000, 0]


def test_a_negative_volume_is_refused():
    with pytest.raises(OfferError, match=r"volumes\[1\]: is -1"):
        score_section7([3, -1])
