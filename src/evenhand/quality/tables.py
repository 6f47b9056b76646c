"""Which of several rows counts, where documents are copies or near-copies of each other?

Several documents that count as one have the notes of the worst of them in what can be damaged or out of date, so that
no damage is hidden behind a cleaner copy, and padding with copies of what is clean or fresh gains nothing; in all else
those of the one that stands for them.

Rows of one text are put together first (`by_text`, while a dataset is looked at), and then the rows of near-copies
(`by_representative`), where a profile counts these as one.
"""

from collections.abc import Mapping

import numpy as np

from evenhand.quality.batch import Notes
from evenhand.records import Array

DAMAGED = ("tokens", "damage", "unread", "unlisted", "names", "disguised", "corrupt")
"""Columns in which the most damaged row counts, the part of its tokens that is damaged deciding."""
LEAST = ("days", "place")
"""Columns in which the least counts."""
MOST = ("own_date",)
"""Columns in which the most counts: that any of them has it."""

_WIDE = 16  # numbers of a row that are moved at once
_FINE = 2**31  # two shares of tokens that differ by less are told apart by the counts themselves


def by_text(columns: dict[str, Array]) -> Notes:
    """Put the rows of equal texts together: one row each, sorted by identity.

    Args:
        columns: those that own their memory are given back, changed, where no two rows are of one text, so that in
            memory each is held once only.

    >>> rows = {"identity": np.array([[2], [1], [2]], dtype=np.uint8), "days": np.array([5, 9, -1])}
    >>> {name: column.tolist() for name, column in by_text(rows).items()}
    {'identity': [[1], [2]], 'days': [9, -1]}
    """
    identity = columns["identity"]
    order = _sorted(identity)
    ranked = identity[order]
    groups = np.empty(len(order), dtype=np.int64)
    differ = np.zeros(len(order), dtype=bool)
    for byte in range(ranked.shape[1]):  # one at a time, so that no table of them all is needed
        differ[1:] |= ranked[1:, byte] != ranked[:-1, byte]
    groups[order] = np.cumsum(differ)
    first = order[np.append(True, np.diff(groups[order]) > 0)[: len(order)]]
    if len(first) == len(groups):
        return {name: _ordered(columns.pop(name), first) for name in list(columns)}
    return _merged(columns, groups, first)


def by_representative(columns: Notes, representative: Array) -> Notes:
    """Put the rows of near-copies together: one row for each that stands for others, in the order of these.

    Args:
        columns: of the distinct documents.
        representative: (n,) the row that stands for each.
    """
    standing, groups = np.unique(representative, return_inverse=True)
    return _merged(columns, groups, standing)


def _ordered(column: Array, order: Array) -> Array:
    """Put all rows of a column into an order: where they stand, a part of each at a time, so without a second copy."""
    if column.ndim == 1 or not (column.flags.owndata and column.flags.writeable):
        return column[order]
    for start in range(0, column.shape[1], _WIDE):
        column[:, start : start + _WIDE] = column[order, start : start + _WIDE]
    return column


def _merged(columns: Mapping[str, Array], groups: Array, first: Array) -> Notes:
    """Give one row a group: that of `first`, but for what can be damaged or out of date."""
    if len(first) == len(groups):  # nothing to put together
        return {name: column[first] for name, column in columns.items()}
    merged = {name: column[first] for name, column in columns.items()}
    if "damage" in columns:
        worst = _most_damaged(columns, groups)
        merged |= {name: columns[name][worst] for name in DAMAGED if name in columns}
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(groups[order]) > 0))
    merged |= {name: np.minimum.reduceat(columns[name][order], starts) for name in LEAST if name in columns}
    merged |= {name: np.maximum.reduceat(columns[name][order], starts) for name in MOST if name in columns}
    return merged


def _most_damaged(columns: Mapping[str, Array], groups: Array) -> Array:
    """(groups,) the row of each group with the most damage for its tokens; of equals the one of least counts.

    Shares are compared as floor(2^31 damage / tokens). Of equals the one with the least number in the last column of
    `DAMAGED` that is noted; of equals again, in the one before it, and so on; within "damage", the last kind first.
    """
    tokens, damage = columns["tokens"], columns["damage"]
    share = damage.sum(axis=1) * _FINE // np.maximum(tokens, 1)
    counts = [columns[name].reshape(len(groups), -1).T for name in DAMAGED if name in columns]
    order = np.lexsort((*np.concatenate(counts), -share, groups))
    worst: Array = order[np.append(True, np.diff(groups[order]) > 0)]
    return worst


def _sorted(identity: Array) -> Array:
    """(n,) the rows in the order of their bytes."""
    return np.argsort(np.ascontiguousarray(identity).view(f"V{identity.shape[1]}").reshape(-1), kind="stable")
