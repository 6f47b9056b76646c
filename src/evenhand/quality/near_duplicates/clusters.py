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
_SMALL = 8  # documents; the pairs of a bucket of so many or fewer are compared with those of all other such buckets
_LARGE = 256  # documents; of a larger bucket it is kept who is still free
_MEMBER = 0xFFFFFFFF
_AT_ONCE = 2**14  # signatures compared at once: 4 MiB
_PAIRS = 2**19  # so many pairs wait before they are compared, or as many as are known to be near: 4 MiB


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
    leaders, matches, crowded = _led(_Ranked(signatures, order), cut)
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


@dataclass(frozen=True, eq=False)
class _Ranked:
    """Signatures in another order, without a copy of them: they are the most that a dataset has in memory."""

    signatures: Array
    order: Array

    def __len__(self) -> int:
        return len(self.order)

    def agreeing(self, some: Array, others: Array | int) -> Array:
        """(n,) in how many places documents agree with as many others, or with one."""
        matches = np.empty(len(some), dtype=np.int64)
        kind = np.min_scalar_type(self.signatures.shape[1])  # summed in bytes: three times as fast
        for start in range(0, len(some), _AT_ONCE):
            block = slice(start, start + _AT_ONCE)
            other = others if isinstance(others, int) else others[block]
            same = self._rows(some[block]) == self._rows(other)
            matches[block] = np.einsum("ij->i", same.view(np.uint8), dtype=kind)  # a sum along rows, twice as fast
        return matches

    def _rows(self, documents: Array | int) -> Array:
        return self.signatures.take(self.order[documents], axis=0)  # faster than an index

    def by_band(self, cut: Bands) -> Iterator[tuple[Array, Array]]:
        """Give for each band the members of its buckets of two and more, bucket by bucket, and the sizes of these."""
        for start, end in pairwise(cut.edges):
            keys = np.zeros(len(self), dtype=np.uint64)
            for column in range(start, end):
                keys *= _MULTIPLIER  # two keys that agree by chance only cost a comparison
                keys += self.signatures[:, column]
            keys = keys[self.order]
            order = np.argsort(keys)
            keys = keys[order]
            first = np.concatenate([[True], keys[1:] != keys[:-1]]) if len(keys) else np.empty(0, dtype=bool)
            bucket = np.cumsum(first) - 1
            sizes = np.bincount(bucket)
            several = sizes[bucket] > 1
            # bucket and member in one number, so that members come in order: sorting is not stable
            packed = np.sort(bucket[several] << 32 | order[several])
            yield packed & _MEMBER, sizes[sizes > 1]


def _led(ranked: _Ranked, cut: Bands) -> tuple[Array, Array, int]:
    """Go through documents in their order; give the leader of each, the matches with it, and who was crowded out."""
    count = len(ranked)
    leaders = np.arange(count)
    matches = np.full(count, cut.edges[-1])
    free = np.ones(count, dtype=bool)
    crowd = np.zeros(count, dtype=bool)
    near, buckets = _Near(), _Buckets()
    for members, sizes in ranked.by_band(cut):
        small = np.repeat(sizes <= _SMALL, sizes)
        near.add(ranked, members[small], sizes[sizes <= _SMALL], cut.matches_min)
        buckets.add(members[~small], sizes[sizes > _SMALL])
    near.close(ranked, cut.matches_min)
    buckets.close(count)

    for leader in np.union1d(near.nodes, buckets.nodes).tolist():
        if not free[leader]:
            continue
        taken, agreeing = near.later(leader, free)
        leaders[taken], matches[taken], free[taken] = leader, agreeing, False
        others = buckets.later(leader, free, crowd)
        if len(others):
            agreeing = ranked.agreeing(others, leader)
            taken = agreeing >= cut.matches_min
            leaders[others[taken]], matches[others[taken]], free[others[taken]] = leader, agreeing[taken], False
    return leaders, matches, int(crowd.sum())


class _Near:
    """The pairs of near-copies in small buckets: there are few, and all are compared at once."""

    def __init__(self) -> None:
        self._pairs = np.empty(0, dtype=np.int64)  # the earlier and the later document in one number; sorted
        self._asked: list[Array] = []  # pairs that agree in a band; near-copies do in most, and come again and again

    def add(self, ranked: _Ranked, members: Array, sizes: Array, matches_min: int) -> None:
        """Take in the buckets of a band."""
        ends = np.repeat(sizes.cumsum(), sizes)
        for apart in range(1, _SMALL):
            here = np.flatnonzero(ends[:-apart] > np.arange(apart, len(ends)))
            self._asked.append(members[here] << 32 | members[here + apart])
        if sum(map(len, self._asked)) >= max(_PAIRS, len(self._pairs)):
            self._compare(ranked, matches_min)

    def _compare(self, ranked: _Ranked, matches_min: int) -> None:
        """Keep of the pairs that wait those that are near; each is compared once."""
        asked = np.concatenate([*self._asked, self._pairs[:0]])
        self._asked = []
        asked.sort()
        asked = asked[np.append(True, asked[1:] != asked[:-1])[: len(asked)]]
        asked = asked[~_among(asked, self._pairs)]
        near = ranked.agreeing(asked >> 32, asked & _MEMBER) >= matches_min
        self._pairs = np.sort(np.concatenate([self._pairs, asked[near]]))

    def close(self, ranked: _Ranked, matches_min: int) -> None:
        """Take in no more."""
        self._compare(ranked, matches_min)
        self._later = self._pairs & _MEMBER
        self._matches = ranked.agreeing(self._pairs >> 32, self._later)
        self.nodes, self._starts = np.unique(self._pairs >> 32, return_index=True)
        self._place = {node: place for place, node in enumerate(self.nodes.tolist())}
        self._ends = np.append(self._starts[1:], len(self._pairs))

    def later(self, node: int, free: Array) -> tuple[Array, Array]:
        """Give those near to a node that come after it and stand behind none, and in how many places they agree."""
        place = self._place.get(node)
        if place is None:
            return self._later[:0], self._matches[:0]
        span = slice(self._starts[place], self._ends[place])
        others, matches = self._later[span], self._matches[span]
        here = free[others]
        return others[here], matches[here]


class _Buckets:
    """Who agrees in a band with whom: large buckets, their members in order."""

    def __init__(self) -> None:
        self._parts: list[tuple[Array, Array]] = []

    def add(self, members: Array, sizes: Array) -> None:
        """Take in the buckets of a band."""
        self._parts.append((members.astype(np.uint32), sizes))

    def close(self, count: int) -> None:
        """Take in no more, of so many documents."""
        sizes = np.concatenate([np.empty(0, dtype=np.int64), *(sizes for _, sizes in self._parts)])
        whole = np.int32 if max(count, sizes.sum()) < 2**31 else np.int64
        self._members = np.concatenate([np.empty(0, whole), *(members.astype(whole) for members, _ in self._parts)])
        self._ends = np.repeat(sizes.cumsum().astype(whole), sizes)
        self._parts = []
        # where each document stands in a bucket and is not its last
        places = np.flatnonzero(np.arange(1, len(self._ends) + 1) < self._ends).astype(whole)
        self._places = places[np.argsort(self._members[places], kind="stable")]
        self.nodes, first = np.unique(self._members[self._places], return_index=True)
        self._index = {node: index for index, node in enumerate(self.nodes.tolist())}
        self._spans = np.append(first, len(places))
        self._led = np.zeros(len(self._ends) + 1, dtype=np.int32)  # end of a bucket -> representatives it has had
        self._left: dict[int, Array] = {}  # end of a large bucket -> who was free when it was last looked into

    def later(self, node: int, free: Array, crowd: Array) -> Array:
        """Give those after a node, in any of its buckets, that stand behind none; mark who is crowded out."""
        index = self._index.get(node)
        if index is None:
            return self._members[:0]
        places = self._places[self._spans[index] : self._spans[index + 1]].tolist()
        others = np.concatenate([self._free_after(place, free, crowd) for place in places])
        others.sort()
        distinct: Array = others[np.append(True, others[1:] != others[:-1])[: len(others)]]
        return distinct

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


def _among(keys: Array, known: Array) -> Array:
    """(n,) bool: which keys are among sorted ones."""
    if not len(known):
        return np.zeros(len(keys), dtype=bool)
    found: Array = known[np.searchsorted(known, keys).clip(0, len(known) - 1)] == keys
    return found
