"""Which texts share their words?

A text becomes a unit vector of hashed word counts: each word of `text.words` adds the square root of its count
(sublinear, so that no single word drowns the rest) to one of 512 coordinates, with a sign; both are taken from the
word's BLAKE2b [Weinberger09]. No model, no download, no fitting: a vector depends on its own text alone.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np

from evenhand.quality.common_words import COMMON_WORDS
from evenhand.quality.embedding.vectors import LENGTH, unit
from evenhand.quality.text import STEM_LETTERS, WORD_LETTERS_MIN, words
from evenhand.records import Array

NAME = "hashed-words/1"
DIMENSIONS = 512

_WEIGHT = 16  # of a word that occurs once; the square root of a count is rounded to a sixteenth


def embed(texts: Sequence[str]) -> Array:
    """Give each `plain` text its place among all texts, as a unit vector of integers.

        e = round(2^11 v / |v|),    v_b = sum over the words of bucket b of sign * sqrt(count)

    Args:
        texts: n texts, in NFC.

    Returns:
        (n, 512) int16; the dot product of two rows, as wider integers or floats, is their cosine times COSINE_ONE.

    >>> one, same, other = embed(["market town", "Town of markets", "rainy night"]).astype(int)
    >>> round(float(one @ same / 2**22), 2), round(float(one @ other / 2**22), 2)
    (1.0, 0.0)
    """
    rows = [list(map(_hash, words(text))) for text in texts]
    row = np.repeat(np.arange(len(rows), dtype=np.uint64), [len(hashes) for hashes in rows])
    keys, counts = np.unique(row << 32 | _array(chain.from_iterable(rows)), return_counts=True)
    weights = np.rint(_WEIGHT * np.sqrt(counts)) * np.where(keys >> 31 & 1, 1, -1)
    places = (keys >> 32) * DIMENSIONS + keys % DIMENSIONS
    sums = np.bincount(places.astype(np.int64), weights, minlength=len(rows) * DIMENSIONS)
    return unit(sums.reshape(len(rows), DIMENSIONS))


@dataclass(frozen=True)
class HashedWords:
    """The embedding that needs nothing but this package."""

    name: str = NAME
    dimensions: int = DIMENSIONS

    @property
    def digest(self) -> str:
        """The SHA-256 of all that a vector follows from besides the text."""
        rule = f"{NAME} {DIMENSIONS} {LENGTH} {_WEIGHT} {WORD_LETTERS_MIN} {STEM_LETTERS} {sorted(COMMON_WORDS)}"
        return hashlib.sha256(rule.encode()).hexdigest()

    def embed(self, texts: Sequence[str]) -> Array:
        """Give `plain` texts unit vectors, (n, 512) int16."""
        return embed(texts)


def _array(hashes: Iterable[int]) -> Array:
    return np.fromiter(hashes, dtype=np.uint64)


@lru_cache(maxsize=2**17)
def _hash(word: str) -> int:
    """32 bits: the highest decides the sign, + where it is 1 and - where it is 0; the lowest nine the coordinate."""
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=4).digest(), "little")
