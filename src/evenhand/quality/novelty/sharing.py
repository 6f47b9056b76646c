"""How much of what a seller offers in a call does another seller offer too, word for word?

Documents that agree as a whole are found elsewhere (`near_duplicates`); here datasets are compared sentence by
sentence, however these are put together into documents. The answer is exact, and costs 8 bytes for each distinct
sentence of each seller.
"""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from evenhand.records import Array

_KEYS_AT_ONCE = 2**22


def shared_sentences(keys: Mapping[str, Array]) -> dict[str, dict[str, int]]:
    """Count each seller's distinct sentences, and those of them that another seller offers word for word.

    Args:
        keys: seller -> keys of the sentences, (n,) uint64, sorted and distinct (`LowestSentences.keys`).

    Returns:
        seller -> {"sentences", "shared"}; the order of the sellers makes no difference.

    >>> shared_sentences({"ada": np.array([1, 2, 3], np.uint64), "bob": np.array([3, 9], np.uint64)})
    {'ada': {'sentences': 3, 'shared': 1}, 'bob': {'sentences': 2, 'shared': 1}}
    """
    shared = dict.fromkeys(keys, 0)
    for start, stop in _ranges(sum(map(len, keys.values()))):
        slices = {seller: _between(column, start, stop) for seller, column in keys.items()}
        repeated = _repeated(np.concatenate(list(slices.values())))
        for seller, part in slices.items():
            shared[seller] += len(np.intersect1d(part, repeated, assume_unique=True))
    return {seller: {"sentences": len(column), "shared": shared[seller]} for seller, column in keys.items()}


def _ranges(total: int) -> list[tuple[int, int]]:
    """Cut the range of keys into equal parts. Keys are hashes, so each part holds about as many: some millions."""
    parts = max(-(-total // _KEYS_AT_ONCE), 1) if total else 0
    edges = [2**64 * part // parts for part in range(parts)] + [2**64]
    return list(pairwise(edges)) if parts else []


def _between(column: Array, start: int, stop: int) -> Array:
    first = int(np.searchsorted(column, np.uint64(start)))
    last = len(column) if stop == 2**64 else int(np.searchsorted(column, np.uint64(stop)))
    return column[first:last]


def _repeated(keys: Array) -> Array:
    keys = np.sort(keys)
    again: Array = np.unique(keys[1:][keys[1:] == keys[:-1]])
    return again
