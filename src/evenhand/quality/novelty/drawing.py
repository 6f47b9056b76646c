"""Which sentences of a dataset are compared with the reference?

Those with the lowest ranks, a rank being a hash of the sentence under a salt. That is a sample of the distinct
sentences in which each has the same chance; it is the same in whatever order sentences come and however often they
come; and the samples of two halves merge into the sample of the whole.

A seller who knows the ranks beforehand can make a thousand new sentences that all rank lowest, and hide a copied
dataset behind them. Without a salt, or with one that is published with the call, this costs next to nothing: about as
many hashes as the dataset has sentences. So the salt must depend on the offer itself, as that of `salted` does. Then a
dataset that was changed is drawn anew, and the best of T tries gains at most about sqrt(2 ln T) standard errors of the
mean: with 1024 sentences of a standard deviation of 1/4 and a million tries, 0.04 of the duplication.
"""

import hashlib
from array import array
from collections.abc import Sequence

import numpy as np

from evenhand.records import Array

SENTENCES_MAX = 1024
"""How many sentences of a dataset are compared."""

_SALTS = b"evenhand/sentences/1\0"
_THINNED_MIN = 2**16  # keys are thinned to the distinct ones whenever they have doubled


def key_of(sentence: str) -> int:
    """Give the key that stands for a sentence everywhere: the first 64 bits of its SHA-256.

    It takes 2^32 hashes to make two sentences with the same key, and 2^64 to make one with the key of a given sentence.

    >>> hex(key_of("closed today?"))
    '0x6aefa260d0e4967f'
    """
    return int.from_bytes(hashlib.sha256(sentence.encode()).digest()[:8])


def salted(terms: bytes, content: bytes) -> bytes:
    """Give the salt of one offer in one call: 32 bytes.

    Args:
        terms: the digest of the call's terms, so that the sample of one call tells nothing about the next.
        content: the digest of the offered texts, so that no text can be fitted to the sample.
    """
    return hashlib.sha256(b"".join((_SALTS, len(terms).to_bytes(8), terms, content))).digest()


class Keys:
    """Distinct keys, gathered at 8 bytes each."""

    def __init__(self) -> None:
        self._keys = array("Q")
        self._thin_at = _THINNED_MIN
        self._sorted: Array | None = None  # these very keys, as they were given to someone

    def add(self, key: int) -> None:
        """Take in a key."""
        self._mine().append(key)
        self._thin()

    def add_all(self, keys: Array) -> None:
        """Take in many keys: (n,) uint64."""
        self._mine().frombytes(keys.tobytes())
        self._thin()

    def merge(self, other: "Keys") -> None:
        """Take in all keys of another."""
        self._mine().extend(other._keys)
        self._thin()

    def sorted(self) -> Array:
        """Give them all: (n,) uint64, sorted, each once; for reading only."""
        if self._sorted is None:
            del self._keys[_sorted_each_once(np.frombuffer(self._keys, dtype=np.uint64)) :]
            self._sorted = np.frombuffer(self._keys, dtype=np.uint64)
        return self._sorted

    def __getstate__(self) -> dict[str, object]:
        return {"_keys": self._keys, "_thin_at": self._thin_at, "_sorted": None}

    def _mine(self) -> "array[int]":
        if self._sorted is not None:  # what was given away stays as it is
            self._keys, self._sorted = array("Q", self._keys), None
        return self._keys

    def _thin(self) -> None:
        if len(self._keys) >= self._thin_at:
            del self._keys[_sorted_each_once(np.frombuffer(self._keys, dtype=np.uint64)) :]
            self._thin_at = max(2 * len(self._keys), _THINNED_MIN)


def _sorted_each_once(keys: Array) -> int:
    """Sort keys where they stand, the distinct ones first; give how many these are. In memory they are held once."""
    keys.sort()
    kept = 0
    for start in range(0, len(keys), _THINNED_MIN):
        part = keys[start : start + _THINNED_MIN]
        is_new = np.append(not kept or part[0] != keys[kept - 1], part[1:] != part[:-1])
        some = part[is_new]
        keys[kept : kept + len(some)] = some
        kept += len(some)
    return kept


class LowestSentences:
    """The distinct sentences with the lowest ranks: the same in whatever order and however often they come.

    Args:
        most: how many are kept.
        salt: what ranks depend on beside the sentence; "" ranks sentences by their keys.
        keep_keys: whether the keys of all sentences are kept too, at 8 bytes each.
        bound: that of another one, into which this one will be merged: what that one cannot keep is not kept here.
    """

    def __init__(
        self, most: int = SENTENCES_MAX, salt: bytes = b"", *, keep_keys: bool = False, bound: int = 2**64
    ) -> None:
        assert len(salt) <= hashlib.blake2b.MAX_KEY_SIZE, "a salt is a digest, not a text"
        self._most, self._salt = most, salt
        self._keys = Keys() if keep_keys else None
        self._kept: dict[int, tuple[int, str]] = {}
        self._bound = bound

    @property
    def bound(self) -> int:
        """What ranks this or more is not kept, whatever else may come; it only falls."""
        return self._bound

    def add(self, sentence: str) -> int:
        """Take in a sentence; give its key."""
        key = key_of(sentence)
        if self._keys is not None:
            self._keys.add(key)
        rank = self._rank(key)
        if rank < self._bound:
            self._keep(rank, key, sentence)
        return key

    def add_all(self, sentences: Sequence[str]) -> None:
        """Take in many sentences; as fast as they are hashed."""
        joined = b"".join([hashed.digest() for hashed in map(hashlib.sha256, map(str.encode, sentences))])
        keys = np.frombuffer(joined, dtype=">u8")[::4].astype(np.uint64)  # `key_of`, of all of them
        if self._keys is not None:
            self._keys.add_all(keys)
        ranks = self._ranks(keys)
        below = np.flatnonzero(ranks <= np.uint64(self._bound - 1))
        lowest = np.unique(ranks[below])[: self._most]
        for place in below[ranks[below] <= lowest[-1]].tolist() if len(lowest) else ():
            self._keep(int(ranks[place]), int(keys[place]), sentences[place])

    def merge(self, other: "LowestSentences") -> None:
        """Take in all that another one of the same kind has taken in."""
        assert (self._most, self._salt) == (other._most, other._salt), "only samples drawn by the same rule merge"
        for rank, (key, sentence) in other._kept.items():
            if rank < self._bound:
                self._keep(rank, key, sentence)
        if self._keys is not None:
            assert other._keys is not None, "the other one has kept no keys"
            self._keys.merge(other._keys)

    def drawn(self) -> dict[int, str]:
        """Give key -> sentence, lowest rank first."""
        self._cut()
        return dict(self._kept.values())

    def keys(self) -> Array:
        """Give the keys of all distinct sentences, sorted: (n,) uint64, for reading only."""
        assert self._keys is not None, "the keys of all sentences were not asked for"
        return self._keys.sorted()

    def _rank(self, key: int) -> int:
        if not self._salt:
            return key
        return int.from_bytes(hashlib.blake2b(key.to_bytes(8), digest_size=8, key=self._salt).digest())

    def _ranks(self, keys: Array) -> Array:
        if not self._salt:
            return keys
        return np.fromiter(map(self._rank, keys.tolist()), dtype=np.uint64, count=len(keys))

    def _keep(self, rank: int, key: int, sentence: str) -> None:
        kept = self._kept.get(rank)
        if kept is None or (key, sentence) < kept:  # of two with the same rank one stays, whichever came first
            self._kept[rank] = (key, sentence)
        if len(self._kept) >= 2 * self._most:
            self._cut()

    def _cut(self) -> None:
        self._kept = {rank: self._kept[rank] for rank in sorted(self._kept)[: self._most]}
        if len(self._kept) == self._most:
            self._bound = max(self._kept) + 1
