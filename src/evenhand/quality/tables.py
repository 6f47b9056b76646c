"""Which of several rows counts, where documents are copies or near-copies of each other?

Several documents that count as one have the notes of the worst of them in what can be damaged or out of date, so that
no damage is hidden behind a cleaner copy, and padding with copies of what is clean or fresh gains nothing; in all else
those of the one that stands for them.
"""

from collections.abc import Mapping

import numpy as np

from evenhand.quality.batch import Notes
from evenhand.records import Array

DAMAGED = ("tokens", "damage", "unread", "unlisted", "names", "disguised", "corrupt")
"""Columns in which the most damaged row counts, the part of its tokens that is damaged deciding."""
LEAST = ("days",)
"""Columns in which the least counts."""

_FINE = 2**31  # two shares of tokens that differ by less are told apart by the counts themselves


def by_text(columns: dict[str, Array]) -> Notes:
    """Put the rows of equal texts together: one row each, sorted by identity.

    Args:
        columns: taken out one by one where no two rows are of one text, so that in memory each is held once only.

    >>> rows = {"identity": np.array([[2], [1], [2]], dtype=np.uint8), "days": np.array([5, 9, -1])}
    >>> {name: column.tolist() for name, column in by_text(rows).items()}
    {'identity': [[1], [2]], 'days': [9, -1]}
    """
    identity = columns["identity"]
    order = _sorted(identity)
    ranked = identity[order]
    groups = np.empty(len(order), dtype=np.int64)
    groups[order] = np.cumsum(np.append(False, (ranked[1:] != ranked[:-1]).any(axis=1))[: len(order)])
    first = order[np.append(True, np.diff(groups[order]) > 0)[: len(order)]]
    if len(first) == len(groups):
        return {name: columns.pop(name)[first] for name in list(columns)}
    return _merged(columns, groups, first)


def by_representative(columns: Notes, representative: Array) -> Notes:
    """Put the rows of near-copies together: one row for each that stands for others, in the order of these.

    Args:
        columns: of the distinct documents.
        representative: (n,) the row that stands for each.
    """
    standing, groups = np.unique(representative, return_inverse=True)
    return _merged(columns, groups, standing)


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
    return merged


def _most_damaged(columns: Mapping[str, Array], groups: Array) -> Array:
    """(groups,) the row of each group with the most damage for its tokens; of equals the one of least counts."""
    tokens, damage = columns["tokens"], columns["damage"]
    share = damage.sum(axis=1) * _FINE // np.maximum(tokens, 1)
    counts = [columns[name].reshape(len(groups), -1).T for name in DAMAGED if name in columns]
    order = np.lexsort((*np.concatenate(counts), -share, groups))
    worst: Array = order[np.append(True, np.diff(groups[order]) > 0)]
    return worst


def _sorted(identity: Array) -> Array:
    """(n,) the rows in the order of their bytes."""
    return np.argsort(np.ascontiguousarray(identity).view(f"V{identity.shape[1]}").reshape(-1), kind="stable")
