"""Which sentences of a dataset are compared with the reference?

Those with the lowest ranks, a rank being a hash of the sentence under a salt. That is a sample of the distinct
sentences in which each has the same chance; it is the same one in whatever order they come and however often each
stands; and the samples of two halves merge into the sample of the whole.

A seller who knows the ranks beforehand can make a thousand new sentences that all rank lowest, and hide a copied
dataset behind them. Without a salt, or with one that is published with the call, this takes as many hashes as the
dataset has sentences: nothing. So the salt must hang on the offer itself, as that of `salted` does: then each changed
dataset is drawn anew, and trying T datasets gains at most about sqrt(2 ln T) standard errors of the mean: with 1024
sentences of a standard deviation of 1/4 and a million tries, 0.04 of the duplication.
"""

import hashlib
from array import array

import numpy as np

from evenhand.records import Array

SENTENCES_MAX = 1024
"""How many sentences of a dataset are compared."""

_SALTS = b"evenhand/sentences/1\0"
_THINNED_MIN = 2**16  # keys are thinned to the distinct ones whenever they have doubled


def key_of(sentence: str) -> int:
    """Give the name of a sentence everywhere: the first 64 bits of its SHA-256.

    Two sentences with one key can be made with 2^32 hashes, a sentence with the key of a given one takes 2^64.

    >>> hex(key_of("closed today?"))
    '0x6aefa260d0e4967f'
    """
    return int.from_bytes(hashlib.sha256(sentence.encode()).digest()[:8])


def salted(terms: bytes, content: bytes) -> bytes:
    """Give the salt of one offer in one call: 32 bytes.

    Args:
        terms: the digest of the call's terms, so that the sample of one call says nothing of the next.
        content: the digest of the offered texts, so that no text can be fitted to the sample.
    """
    return hashlib.sha256(b"".join((_SALTS, len(terms).to_bytes(8), terms, content))).digest()


class Keys:
    """Distinct keys, gathered at 8 bytes each."""

    def __init__(self) -> None:
        self._keys = array("Q")
        self._thin_at = 2 * _THINNED_MIN

    def add(self, key: int) -> None:
        """Take in a key."""
        self._keys.append(key)
        if len(self._keys) >= self._thin_at:
            self.sorted()

    def merge(self, other: "Keys") -> None:
        """Take in all keys of another."""
        self._keys.extend(other._keys)
        if len(self._keys) >= self._thin_at:
            self.sorted()

    def sorted(self) -> Array:
        """Give them all: (n,) uint64, sorted, each once."""
        distinct = np.unique(np.frombuffer(self._keys, dtype=np.uint64))
        self._keys = array("Q", distinct.tobytes())
        self._thin_at = 2 * max(len(distinct), _THINNED_MIN)
        return distinct


class LowestSentences:
    """The distinct sentences with the lowest ranks: the same ones in whatever order, however often they stand.

    Args:
        most: how many.
        salt: what their rank hangs on beside the sentence; "" ranks them by their keys.
        keep_keys: whether the keys of all sentences are kept too, at 8 bytes each.
    """

    def __init__(self, most: int = SENTENCES_MAX, salt: bytes = b"", *, keep_keys: bool = False) -> None:
        assert len(salt) <= hashlib.blake2b.MAX_KEY_SIZE, "a salt is a digest, not a text"
        self._most, self._salt = most, salt
        self._keys = Keys() if keep_keys else None
        self._kept: dict[int, tuple[int, str]] = {}
        self._bound = 2**64

    def add(self, sentence: str) -> int:
        """Take in a sentence; give its key."""
        key = key_of(sentence)
        if self._keys is not None:
            self._keys.add(key)
        rank = self._rank(key)
        if rank < self._bound:
            self._keep(rank, key, sentence)
        return key

    def merge(self, other: "LowestSentences") -> None:
        """Take in all that another one of the same kind has taken in."""
        assert (self._most, self._salt) == (other._most, other._salt), "only samples drawn by the same rule merge"
        for rank, (key, sentence) in other._kept.items():
            self._keep(rank, key, sentence)
        if self._keys is not None:
            assert other._keys is not None, "the other one has kept no keys"
            self._keys.merge(other._keys)

    def drawn(self) -> dict[int, str]:
        """Give key -> sentence, lowest rank first."""
        self._cut()
        return dict(self._kept.values())

    def keys(self) -> Array:
        """Give the keys of all distinct sentences, sorted: (n,) uint64."""
        assert self._keys is not None, "the keys of all sentences were not asked for"
        return self._keys.sorted()

    def _rank(self, key: int) -> int:
        if not self._salt:
            return key
        return int.from_bytes(hashlib.blake2b(key.to_bytes(8), digest_size=8, key=self._salt).digest())

    def _keep(self, rank: int, key: int, sentence: str) -> None:
        kept = self._kept.get(rank)
        if kept is None or (key, sentence) < kept:  # of two with one rank the same one stays, whichever came first
            self._kept[rank] = (key, sentence)
        if len(self._kept) >= 2 * self._most:
            self._cut()

    def _cut(self) -> None:
        self._kept = {rank: self._kept[rank] for rank in sorted(self._kept)[: self._most]}
        if len(self._kept) == self._most:
            self._bound = max(self._kept) + 1
