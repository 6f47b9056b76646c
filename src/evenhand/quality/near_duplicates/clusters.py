"""Which documents stand for which? Near-copies stand behind one of them, the representative.

Rule. The documents have an order that nobody can choose who does not know the key: by SplitMix64's first output from
the first 8 bytes of the identity (little-endian) plus the key, then by identity. In this order each document that
stands behind none yet becomes a representative, and every later document that stands behind none yet and whose
signature agrees with its own in enough places (`bands`) stands behind it.

So the result follows from the documents alone, whatever order they are read in; every document has been compared with
the one that stands for it, and that evidence is kept; no two representatives are near-copies.

No chains. Were near-copies of near-copies joined, a griefer could lay a path of texts from one document of others to
any other, and both would count as one. Here a text joins only what is near to itself. The places in which signatures
differ obey the triangle inequality, so any two documents behind one representative agree in

    K - 2 (K - matches_min)         78 of 128 places at 80 %

at least: a text put between two documents joins them only where they agree in 78 places already (J about 0.6).

Crowds. A bucket is a set of documents that agree in a band. Thousands of near-copies are no burden: the first of them
takes in all others at once. Thousands of documents made to agree in bands without being near-copies would be compared
pair by pair, so the first 1024 representatives of a bucket alone take in its documents. Where one is left out for
that, `crowded` says how many documents were in such a bucket. In any other case no near-copy is missed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from evenhand.quality.near_duplicates.bands import THRESHOLD, Bands, bands
from evenhand.quality.near_duplicates.minhash import output
from evenhand.records import Array

REPRESENTATIVES_MAX = 1024
"""How many representatives of one bucket take in its documents."""

_MULTIPLIER = np.uint64(0xBF58476D1CE4E5B9)
_LARGE = 256  # documents; of a larger bucket it is kept who is still free
_AT_ONCE = 2**14  # signatures compared at once: 4 MiB


@dataclass(frozen=True, eq=False)
class Clusters:
    """Each document with the one that stands for it, and the evidence."""

    representative: Array
    """(n,) int64: the row of the document that stands for each; its own for a representative."""
    matches: Array
    """(n,) int64: in how many of the 128 places it agrees with that one; 128 for a representative."""
    crowded: int
    """How many documents were not compared with some representative of their crowd; 0 where nothing was missed."""

    @property
    def standing(self) -> Array:
        """(n,) bool: who stands for itself."""
        found: Array = self.representative == np.arange(len(self.representative))
        return found

    @property
    def sizes(self) -> Array:
        """(n,) int64: behind each representative how many stand, itself included; 0 for the others."""
        return np.bincount(self.representative, minlength=len(self.representative))


def clusters(identities: Array, signatures: Array, threshold: int = THRESHOLD, *, key: int = 0) -> Clusters:
    """Find the documents that stand for others.

    Args:
        identities: (n, 32) uint8, in any order; equal ones are copies.
        signatures: (n, 128) uint16.
        threshold: percent of the places in which near-copies agree.
        key: that of the signatures.

    Raises:
        OfferError: the threshold is no whole percent from 1 to 100.

    Example: the second text is the first, written otherwise.
        >>> from evenhand.quality.batch import Batch
        >>> from evenhand.quality.near_duplicates import notes
        >>> from evenhand.records import Document
        >>> batch = Batch.of([Document("Market day at 9!"), Document("MARKET DAY, AT 9"), Document("Rain again")])
        >>> found = clusters(batch.identities, notes(batch)["signature"])
        >>> bool(found.representative[0] == found.representative[1]), found.sizes.max().item(), found.matches
        (True, 2, array([128, 128, 128]))
    """
    cut = bands(threshold, signatures.shape[1])
    order = standing_order(identities, key)
    leaders, matches, crowded = _led(signatures[order], cut)
    representative = np.empty(len(order), dtype=np.int64)
    representative[order] = order[leaders]
    matched = np.empty_like(matches)
    matched[order] = matches
    return Clusters(representative, matched, crowded)


def standing_order(identities: Array, key: int = 0) -> Array:
    """(n,) int64: the rows in the order in which documents become representatives."""
    words = np.ascontiguousarray(identities).view(">u8").reshape(-1, 4)
    first = np.ascontiguousarray(identities[:, :8]).view("<u8").reshape(-1)
    drawn = output(first + np.uint64(key), 1)
    return np.lexsort((words[:, 3], words[:, 2], words[:, 1], words[:, 0], drawn))


def _led(signatures: Array, cut: Bands) -> tuple[Array, Array, int]:
    """Go through signatures in their order; give the leader of each, the matches with it, and who was crowded out."""
    count = len(signatures)
    leaders = np.arange(count)
    matches = np.full(count, signatures.shape[1])
    free = np.ones(count, dtype=bool)
    buckets = _Buckets(signatures, cut)
    crowd = np.zeros(count, dtype=bool)
    for index, leader in enumerate(buckets.nodes):
        if not free[leader]:
            continue
        candidates = buckets.later(index, free, crowd)
        for start in range(0, len(candidates), _AT_ONCE):
            some = candidates[start : start + _AT_ONCE]
            agreeing = (signatures[some] == signatures[leader]).sum(axis=1)
            near = agreeing >= cut.matches_min
            taken = some[near]
            leaders[taken], matches[taken], free[taken] = leader, agreeing[near], False
    return leaders, matches, int(crowd.sum())


class _Buckets:
    """Who agrees in a band with whom: buckets of two and more, their members in order."""

    def __init__(self, signatures: Array, cut: Bands) -> None:
        whole = np.int32 if len(signatures) * len(cut.rows) < 2**31 else np.int64
        members, ends = [np.empty(0, whole)], [np.empty(0, whole)]
        before = 0
        for found, sizes in _by_band(signatures, cut):
            members.append(found.astype(whole))
            ends.append(np.repeat((before + sizes.cumsum()).astype(whole), sizes))
            before += len(found)
        self._members, self._ends = np.concatenate(members), np.concatenate(ends)
        # where each document stands in a bucket and is not its last
        places = np.flatnonzero(np.arange(1, before + 1) < self._ends).astype(whole)
        self._places = places[np.argsort(self._members[places], kind="stable")]
        self.nodes, first = np.unique(self._members[self._places], return_index=True)
        self._spans = np.append(first, len(places))
        self._led = np.zeros(before + 1, dtype=np.int32)  # end of a bucket -> how many representatives it has had
        self._left: dict[int, Array] = {}  # end of a large bucket -> who was free when it was last looked into

    def later(self, index: int, free: Array, crowd: Array) -> Array:
        """Give those after a node, in any of its buckets, that stand behind none; mark who is crowded out."""
        places = self._places[self._spans[index] : self._spans[index + 1]].tolist()
        return np.unique(np.concatenate([self._free_after(place, free, crowd) for place in places]))

    def _free_after(self, place: int, free: Array, crowd: Array) -> Array:
        end = int(self._ends[place])
        others = self._left.get(end)
        if others is None:
            others = self._members[place + 1 : end]
        else:
            others = others[np.searchsorted(others, self._members[place], "right") :]
        others = others[free[others]]
        if end - place > _LARGE:
            self._left[end] = others
        self._led[end] += 1
        if self._led[end] > REPRESENTATIVES_MAX:
            crowd[others] = True
            return others[:0]
        return others


def _by_band(signatures: Array, cut: Bands) -> Iterator[tuple[Array, Array]]:
    """Give for each band the members of its buckets, bucket by bucket, and the sizes of these."""
    for start, end in pairwise(cut.edges):
        keys = np.zeros(len(signatures), dtype=np.uint64)
        for column in range(start, end):
            keys *= _MULTIPLIER  # two keys that agree by chance only cost a comparison
            keys += signatures[:, column]
        order = np.argsort(keys)
        keys = keys[order]
        first = np.concatenate([[True], keys[1:] != keys[:-1]]) if len(keys) else np.empty(0, dtype=bool)
        bucket = np.cumsum(first) - 1
        sizes = np.bincount(bucket)
        several = sizes[bucket] > 1
        # bucket and member in one number, so that members come in order: sorting is not stable
        packed = np.sort(bucket[several] << 32 | order[several])
        yield packed & 0xFFFFFFFF, sizes[sizes > 1]
