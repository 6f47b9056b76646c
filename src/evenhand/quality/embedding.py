"""Which texts are about the same things?

A text becomes a unit vector of hashed word counts: each word of `text.words` adds the square root of its count
(sublinear, so that no one word drowns the rest) to one of 512 coordinates, with a sign, both taken from the word's
BLAKE2b [Weinberger09]. No model, no download, no fitting: a vector depends on its own text alone.

Vectors are rounded to integers of length 2^11. Every partial sum of a dot product of two of them stays below
2^24 (Cauchy-Schwarz, with room for the rounding), so float32 multiplies them without error, in any order, on any
number of threads.
"""

import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain

import numpy as np

from evenhand.quality.text import words
from evenhand.records import Array

DIMENSIONS = 512
LENGTH = 2**11
"""The length of a unit vector."""
COSINE_ONE = LENGTH**2
"""The dot product of two equal vectors, up to rounding."""

_WEIGHT = 16  # of a word that stands once; the square root of a count is rounded to a sixteenth


def embed(texts: Sequence[str]) -> Array:
    """Give each `plain` text its place among all texts, as a unit vector of integers.

        e = round(2^11 v / |v|),    v_b = sum over the words of bucket b of sign * sqrt(count)

    Args:
        texts: n texts, in NFC.

    Returns:
        (n, 512) int16; the dot product of two rows, as wider integers or floats, is their cosine times COSINE_ONE.

    >>> one, same, other = embed(["market town", "Town of markets", "rainy night"]).astype(int)
    >>> round(float(one @ same / COSINE_ONE), 2), round(float(one @ other / COSINE_ONE), 2)
    (1.0, 0.0)
    """
    rows = [list(map(_hash, words(text))) for text in texts]
    row = np.repeat(np.arange(len(rows), dtype=np.uint64), [len(hashes) for hashes in rows])
    keys, counts = np.unique(row << 32 | _array(chain.from_iterable(rows)), return_counts=True)
    weights = np.rint(_WEIGHT * np.sqrt(counts)) * np.where(keys >> 31 & 1, 1, -1)
    places = (keys >> 32) * DIMENSIONS + keys % DIMENSIONS
    sums = np.bincount(places.astype(np.int64), weights, minlength=len(rows) * DIMENSIONS)
    return _unit(sums.reshape(len(rows), DIMENSIONS))


def _unit(sums: Array) -> Array:
    """Scale whole-numbered rows to integer unit vectors; a row that cancelled to zero is a text without words."""
    squares = (sums.astype(np.int64) ** 2).sum(axis=1)  # integers, so that the order of summation cannot matter
    sums[squares == 0, 0] = 1
    lengths = np.sqrt(np.maximum(squares, 1).astype(np.float64))
    unit: Array = np.rint(sums * LENGTH / lengths[:, None]).astype(np.int16)
    return unit


def _array(hashes: Iterable[int]) -> Array:
    return np.fromiter(hashes, dtype=np.uint64)


@lru_cache(maxsize=2**17)
def _hash(word: str) -> int:
    """32 bits: the highest decides the sign, the lowest nine the coordinate."""
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=4).digest(), "little")
