"""Which tokens has the document had before?

A token is repeated where it lies in 16 tokens that stood, the same and in the same order, earlier in the document: a
line or paragraph that comes again, or a loop of any length. A document is allowed three tokens in ten of that (the
share of repeated lines that [Rae21, table A1] allows): a summary says again what follows, a form asks again. What is
beyond is damage.

Slips fall on single tokens, but what is repeated is repeated by the sentence. So a passage that comes again is one
sentence too many and not as many damaged ones as it has tokens: the part of a text that has to be new, seven tokens in
ten, is diminished by it (`lost`).

Passages are compared by a 64-bit hash of fixed constants, so that the same text is judged the same everywhere; two that
differ share a hash by chance once in 10^19.
"""

from fractions import Fraction

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
    for document in _suspects(runs, lengths).tolist():
        end, length = int(ends[document]), int(lengths[document])
        own = runs[end - length : end - RUN + 1]
        marked[end - length : end] = _covered(own, length)
    return marked


def _suspects(runs: Array, lengths: Array) -> Array:
    """Tell which documents may hold a passage twice: all that do, and by chance another, in which none will be found.

    All are sorted at once, the lowest bits of each hash giving way to the number of its document.
    """
    bits = np.uint64(2 ** len(lengths).bit_length() - 1)
    own = runs & ~bits | np.repeat(np.arange(len(lengths), dtype=np.uint64), lengths)[: len(runs)]
    own.sort()
    found = np.unique(own[1:][own[1:] == own[:-1]] & bits).astype(np.intp)
    result: Array = found[lengths[found] > RUN]
    return result


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


def lost(excess: int) -> Fraction:
    """Give how many tokens of a text are taken up by what it had before: the excess, as a share of what has to be new.

        lost / tokens = excess / (7/10 tokens)

    Nothing where a text says again what it may; all of it, up to its first passage, where it is a loop.

    >>> lost(0), lost(7), lost(70)
    (Fraction(0, 1), Fraction(10, 1), Fraction(100, 1))
    """
    return excess / (1 - Fraction(*ALLOWED))


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
