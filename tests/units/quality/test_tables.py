"""Of copies and near-copies the worst decides: no damage hides behind a clean copy, no old text behind a new one."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.quality import tables

ROWS = st.lists(
    st.tuples(
        st.sampled_from([b"\x00\x01", b"\x00\x02", b"\x07\x00", b"\xff\x00"]),  # identity: few, so that many are equal
        st.integers(0, 6),  # tokens
        st.tuples(st.integers(0, 2), st.integers(0, 2)),  # damage by kind
        st.integers(0, 3),  # unread
        st.integers(-2, 3650),  # days
    ),
    max_size=9,
)


def columns_of(rows):
    identity, tokens, damage, unread, days = zip(*rows, strict=True) if rows else ([],) * 5
    return {
        "identity": np.frombuffer(b"".join(identity), dtype=np.uint8).reshape(-1, 2),
        "tokens": np.array(tokens, dtype=np.int64),
        "damage": np.array(damage, dtype=np.int64).reshape(-1, 2),
        "unread": np.array(unread, dtype=np.int64),
        "days": np.array(days, dtype=np.int32),
    }


def rows_of(columns):
    """The rows again, whatever the kind of the arrays."""
    return [
        (identity.tobytes(), int(tokens), tuple(damage.tolist()), int(unread), int(days))
        for identity, tokens, damage, unread, days in zip(*columns.values(), strict=True)
    ]


def worst_of(rows):
    """One row for rows that count as one, by a plain dictionary: the most damage for its tokens, the fewest days."""

    def rank(row):
        _, tokens, damage, unread, _ = row
        return (-Fraction(sum(damage), max(tokens, 1)), unread, *damage[::-1], tokens)  # ties: any rule that is one

    first, *_ = rows
    _, tokens, damage, unread, _ = min(rows, key=rank)
    return first[0], tokens, damage, unread, min(row[4] for row in rows)


def plainly(rows):
    groups = {}
    for row in rows:
        groups.setdefault(row[0], []).append(row)
    return [worst_of(groups[identity]) for identity in sorted(groups)]


@given(ROWS)
def test_one_row_a_text_and_the_worst_copy_decides(rows):
    assert rows_of(tables.by_text(columns_of(rows))) == plainly(rows)


@given(ROWS, st.randoms(use_true_random=False), st.integers(0, 9))
def test_order_and_parts_change_nothing(rows, chance, cut):
    whole = rows_of(tables.by_text(columns_of(rows)))
    chance.shuffle(rows)
    parts = [tables.by_text(columns_of(part)) for part in (rows[:cut], rows[cut:])]
    merged = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    assert rows_of(tables.by_text(merged)) == whole


@given(ROWS, st.data())
def test_one_row_a_representative_and_the_worst_near_copy_decides(rows, data):
    columns = tables.by_text(columns_of(rows))
    distinct = rows_of(columns)
    standing = sorted(data.draw(st.sets(st.integers(0, len(distinct) - 1), min_size=1))) if distinct else []
    behind = [place if place in standing else data.draw(st.sampled_from(standing)) for place in range(len(distinct))]
    found = rows_of(tables.by_representative(columns, np.array(behind, dtype=np.int64)))
    groups = [[distinct[place] for place in range(len(distinct)) if behind[place] == leader] for leader in standing]
    assert found == [
        (distinct[leader][0], *worst_of(group)[1:]) for leader, group in zip(standing, groups, strict=True)
    ]


@given(ROWS.filter(bool), st.data())
def test_a_copy_more_never_makes_a_text_cleaner_or_fresher(rows, data):
    copied = data.draw(st.sampled_from(rows))
    change = data.draw(st.tuples(st.integers(0, 6), st.tuples(st.integers(0, 2), st.integers(0, 2)), st.just(0)))
    more = [*rows, (copied[0], *change, data.draw(st.integers(-2, 3650)))]
    before = {row[0]: row for row in rows_of(tables.by_text(columns_of(rows)))}
    after = {row[0]: row for row in rows_of(tables.by_text(columns_of(more)))}
    assert before.keys() == after.keys()

    def damaged(row):
        return Fraction(sum(row[2]), max(row[1], 1))

    assert all(damaged(after[each]) >= damaged(before[each]) for each in before)
    assert all(after[each][4] <= before[each][4] for each in before)


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
def test_the_share_of_damaged_tokens_decides_and_not_their_number(order):
    same = b"\x01\x01"
    rows = [(same, 100, (3, 0), 0, 9), (same, 10, (0, 2), 5, 30), (same, 1000, (9, 9), 0, 12)]
    assert rows_of(tables.by_text(columns_of([rows[place] for place in order]))) == [(same, 10, (0, 2), 5, 9)]


def test_one_date_among_copies_is_a_date_though_the_least_recent_note_counts():
    columns = {
        "identity": np.array([[2], [1], [2], [1]], dtype=np.uint8),
        "days": np.array([-2, -2, 5, -2]),
        "own_date": np.array([False, False, True, False]),
    }
    merged = tables.by_text(columns)
    assert {name: column.tolist() for name, column in merged.items()} == {
        "identity": [[1], [2]],
        "days": [-2, -2],
        "own_date": [False, True],
    }


def test_columns_that_cannot_be_damaged_or_old_are_those_of_the_representative():
    columns = {"identity": np.array([[1], [2], [3]], dtype=np.uint8), "corrupt": np.array([7, 8, 9])}
    merged = tables.by_representative(columns, np.array([1, 1, 2]))
    assert {name: column.tolist() for name, column in merged.items()} == {"identity": [[2], [3]], "corrupt": [8, 9]}


def test_of_no_rows_come_none():
    assert rows_of(tables.by_text(columns_of([]))) == []
    assert rows_of(tables.by_representative(columns_of([]), np.array([], dtype=np.int64))) == []
