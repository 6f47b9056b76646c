"""Which tokens has the document had before?

A token is repeated where it lies in 16 tokens that stood, the same and in the same order, earlier in the document: a
line or paragraph that comes again, or a loop of any length. A document is allowed three tokens in ten of that (the
share of repeated lines that [Rae21, table A1] allows): a summary says again what follows, a form asks again. What is
beyond is damage.

Passages are compared by a 64-bit hash of fixed constants, so that the same text is judged the same everywhere; two that
differ share a hash by chance once in 10^19.
"""

import numpy as np

from evenhand.records import Array

RUN = 16
ALLOWED = (3, 10)

_MULTIPLIERS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)


def repeated(hashes: Array, lengths: Array) -> Array:
    """Mark the tokens of passages that stood before in the same document.

    Args:
        hashes: (t,) uint64, one a token; equal where the tokens are.
        lengths: (n,) tokens of each document, t in all.

    Returns:
        (t,) bool.

    >>> int(repeated(np.arange(40, dtype=np.uint64) % 20, np.array([40])).sum())
    20
    """
    marked = np.zeros(len(hashes), dtype=bool)
    runs = _runs(hashes)
    ends = np.cumsum(lengths)
    long = lengths > RUN
    for start, end in zip((ends - lengths)[long].tolist(), ends[long].tolist(), strict=True):
        own = runs[start : end - RUN + 1]
        ordered = np.sort(own)
        if (ordered[1:] == ordered[:-1]).any():  # rarely; sorting alone is ten times faster
            marked[start:end] = _covered(own, end - start)
    return marked


def _covered(runs: Array, tokens: int) -> Array:
    order = np.argsort(runs, kind="stable")
    again = order[1:][runs[order[1:]] == runs[order[:-1]]]
    edges = np.zeros(tokens + 1, dtype=np.int64)
    np.add.at(edges, again, 1)
    np.add.at(edges, again + RUN, -1)
    covered: Array = np.cumsum(edges[:-1]) > 0
    return covered


def excess(repeats: Array, tokens: Array) -> Array:
    """Give how many of each document's repeated tokens are more than it is allowed.

    >>> excess(np.array([30, 50]), np.array([100, 100])).tolist()
    [0, 20]
    """
    result: Array = np.maximum(0, repeats - tokens * ALLOWED[0] // ALLOWED[1])
    return result


def _runs(hashes: Array) -> Array:
    """(t - 15,) uint64: a hash of each 16 tokens in a row, from those of 1, 2, 4 and 8."""
    width = 1
    for multiplier in _MULTIPLIERS:
        if len(hashes) <= width:
            return hashes[:0]
        mixed = hashes ^ (hashes >> np.uint64(29))
        hashes = mixed[:-width] * np.uint64(multiplier) + mixed[width:]
        width *= 2
    return hashes
