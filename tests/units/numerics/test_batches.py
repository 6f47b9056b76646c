"""Batches are the things in their order, each once, and no larger than they may be."""

from hypothesis import given
from hypothesis import strategies as st

from evenhand.numerics.batches import batches


@given(st.lists(st.integers(0, 20), max_size=20), st.integers(0, 30), st.none() | st.integers(1, 5))
def test_a_row_is_cut_into_batches_that_are_as_large_as_they_may_be(sizes, size_max, count_max):
    limits = {"size_max": size_max} | ({} if count_max is None else {"count_max": count_max})
    cut = list(batches(range(len(sizes)), sizes.__getitem__, **limits))
    assert [thing for batch in cut for thing in batch] == list(range(len(sizes)))
    assert all(cut)
    held = [sum(sizes[thing] for thing in batch) for batch in cut]
    assert all(each <= size_max or len(batch) == 1 for each, batch in zip(held, cut, strict=True))
    assert all(len(batch) <= (count_max or len(sizes)) for batch in cut)
    for each, batch, after in zip(held, cut, cut[1:], strict=False):
        assert each + sizes[after[0]] > size_max or len(batch) == count_max


def test_a_full_batch_is_given_before_the_next_thing_is_read():
    things = iter("abc")
    first = next(batches(things, len, size_max=99, count_max=2))
    assert (first, list(things)) == (["a", "b"], ["c"])
