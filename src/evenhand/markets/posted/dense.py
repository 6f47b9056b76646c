"""How is it made certain that no bundle is better, where any two datasets may interact? By growing bundles.

As in partial_bundles.py bundles grow dataset by dataset, and those that cannot become best are dropped. Where many
interact there are too many ways in which a partial bundle may go on, so what is still to come is bounded without them.
Each pair's w_jk is shared out between its two datasets, w_jk = s_jk + s_kj, where it adds; where it takes away, a part
of it, 0 <= s_jk / w_jk <= 1, is counted as if for each dataset that is in, and taken back once. With U those undecided
about, a partial bundle x that is worth g(x) beyond its price becomes at most, at any rate r >= 0 for what is left of
the budget b [FairShare25, eqs. 1-2],

    g(x) + r (b - spent) + sum over j in U of max(0, a_j - (1 + r) p_j + sum_i in x w_ij + sum_k in U s_jk)
         - sum over pairs in U that take away of s_jk,

since -w z <= -s (x_j + x_k - 1) for z = x_j x_k. Any shares and any rate are right; those of the linear programme in
which parts of datasets may be bought bound best (shares.py). A bundle is dropped as well if it would be better without
one of its datasets whatever is added, or no worse with one more, should the budget not matter.

Nothing is rounded but bounds, which are held with something to spare, and floats, whose sums are equal where they are
within `equal`. Each partial bundle has one bit for each dataset, the last in the order of ties the highest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from evenhand.markets.posted.bundles import subset_sums
from evenhand.markets.posted.exactness import Number, plain
from evenhand.numerics.exactness import ROUNDING
from evenhand.records import Array

GROUP = 8
"""How many datasets' interactions are summed up in one table."""
CHUNK = 2**13
"""How many partial bundles are looked at together: what they need stays near the processor."""


@dataclass(frozen=True, eq=False)
class Shares:
    """How what is still to come is bounded."""

    rate: float
    """What a unit of budget that is left is worth."""
    parts: Array
    """(n, n) what row j counts of its pair with k: of one that adds its share, of one that takes away the part."""


@dataclass(frozen=True, eq=False)
class Dense:
    """Datasets to be decided about, at their prices, in the order of ties: whole numbers or floats."""

    gains: Array
    """(n,) what each is worth alone beyond its price."""
    pairs: Array
    """(n, n) what two are worth more together."""
    prices: Array
    room: Number
    """What may be spent."""
    limited: bool
    """Whether it matters what is left of the room, as for the lesser of worth and room."""
    equal: float = 0.0
    """By how much sums of floats may differ that are equal."""
    base: Number = 0
    """What is bought for sure is worth beyond its price; the gains are beside it, and the room is left by it."""

    def reaching(self, least: float, shares: Shares, few: float) -> tuple["Grown", bool]:
        """Grow bundles that may reach the least in g(x) + rate (room - spent), and no more than a few; say if all."""
        grown, all_kept, undecided = self._nothing(), True, np.ones(len(self.gains), bool)
        for place in self._order:
            undecided[place] = False
            grown, reach = self._decided(grown, place, undecided, shares, least)
            if not self.pairs[np.ix_(~undecided, undecided)].any():
                rows = grown.undominated(self.equal)
                grown, reach = grown.of(rows), reach[rows]
            if len(reach) > few:
                all_kept, grown = False, grown.of(np.argpartition(reach, -int(few))[-int(few) :])
        return grown, all_kept

    def at_most(self, shares: Shares) -> float:
        """Give the bound on g(x) + rate (room - spent) of all bundles."""
        nothing, beside = self._nothing(), np.zeros((1, len(self.gains)))
        return float(self._reach(nothing, beside, np.ones(len(self.gains), bool), shares)[0])

    def settled(self, least: float, shares: Shares) -> tuple[Array, Array]:
        """Say which datasets are in no bundle that may reach the least, and which are in all of them."""
        alone = self.gains - shares.rate * self.prices + shares.parts.sum(axis=1)
        most = self.at_most(shares)
        return most + np.minimum(alone, 0) < least, most - np.maximum(alone, 0) < least

    def beside(self, bundle: Array, others: Array) -> "Dense":
        """Take a bundle as bought, and leave to be decided about only these others."""
        together = self.pairs[np.ix_(others, bundle)].sum(axis=1)
        return replace(
            self,
            gains=self.gains[others] + together,
            pairs=self.pairs[np.ix_(others, others)],
            prices=self.prices[others],
            room=plain(self.room - self.prices[bundle].sum()),
            base=self.worth(bundle)[0],
        )

    def value(self, bundle: Sequence[int], alone: Number = 0) -> Number:
        """Give what counts of a bundle, beside what is worth `alone`: see `counted`."""
        net, spent = self.worth(np.array(bundle, np.int64))
        return plain(self.counted(alone + net, spent))

    def counted(self, net: Any, spent: Any) -> Any:
        """Give what counts of what is worth so much beyond its price: all, or no more than is left of the room."""
        return np.minimum(net, self.room - spent) if self.limited else net

    def worth(self, bundle: Array) -> tuple[Number, Number]:
        """Give what a bundle is worth beyond its price, and its price."""
        alone, pairs = self.gains[bundle].sum(), np.triu(self.pairs, 1)[np.ix_(bundle, bundle)].sum()
        return plain(alone + pairs), plain(self.prices[bundle].sum())

    def spared(self, rate: float, alone: Number = 0) -> float:
        """Give what rounding may take from a bound."""
        worth = np.abs(self.gains.astype(float)).sum() + np.abs(self.pairs.astype(float)).sum()
        spent = float(self.room) + self.prices.astype(float).sum()
        return ROUNDING * float(worth + (1 + rate) * (abs(alone) + spent))

    @cached_property
    def _order(self) -> list[int]:
        """Begin with those that change most for the others."""
        weight = np.abs(self.pairs.astype(float)).sum(axis=1) + np.abs(self.gains.astype(float))
        order: list[int] = np.argsort(-weight, kind="stable").tolist()
        return order

    @cached_property
    def _twins(self) -> Array:
        """Pair each dataset with the next that is the same in all, if there is one: the later is bought first."""
        count = len(self.gains)
        every = ((first, second) for first in range(count) for second in range(count - 1, first, -1))
        pairs = {first: second for first, second in every if self._same(first, second)}
        return np.array([[*pairs], [*pairs.values()]], np.int64)

    def _same(self, first: int, second: int) -> bool:
        others = np.delete(self.pairs[[first, second]], [first, second], axis=1)
        alike = self.gains[first] == self.gains[second] and self.prices[first] == self.prices[second]
        return bool(alike and (others[0] == others[1]).all())

    @cached_property
    def _together(self) -> list[Array]:
        """What all are worth beside each set of a group of datasets: (sets, n) for each group."""
        starts = range(0, len(self.gains), GROUP)
        return [np.array([subset_sums(row) for row in self.pairs[:, at : at + GROUP]]).T for at in starts]

    def _beside(self, bits: Array) -> Array:
        """What each dataset is worth together with each bundle."""
        first, *others = self._together
        sums: Array = first[bits & (len(first) - 1)]
        for place, table in enumerate(others, 1):
            sums += table[bits >> GROUP * place & (len(table) - 1)]
        return sums

    def _nothing(self) -> "Grown":
        return Grown(np.zeros(1, np.int64), np.zeros(1, self.prices.dtype), np.zeros(1, self.gains.dtype))

    def _decided(
        self, grown: "Grown", place: int, undecided: Array, shares: Shares, least: float
    ) -> tuple["Grown", Array]:
        """Leave each as it is and add the dataset to each; keep those that may become best, and what they may reach."""
        kept, reached = [], []
        for start in range(0, max(len(grown.bits), 1), CHUNK):
            part = grown.of(slice(start, start + CHUNK))
            beside = self._beside(part.bits)
            fits = np.flatnonzero(part.spent + self.prices[place] <= self.room)
            added = Grown(
                part.bits[fits] | 1 << place,
                part.spent[fits] + self.prices[place],
                part.net[fits] + (self.gains[place] + beside[fits, place]),
            )
            for tried, worth in ((part, beside), (added, beside[fits] + self.pairs[place])):
                reach = self._reach(tried, worth, undecided, shares)
                rows = np.flatnonzero(reach >= least)
                rows = rows[~self._worse(tried.of(rows), worth[rows], undecided)]
                kept.append(tried.of(rows))
                reached.append(reach[rows])
        return Grown.joined(kept), np.concatenate(reached)

    def _reach(self, grown: "Grown", beside: Array, undecided: Array, shares: Shares) -> Array:
        """Bound what each may become."""
        parts = shares.parts[np.ix_(undecided, undecided)]
        alone = self.gains[undecided] - shares.rate * self.prices[undecided] + parts.sum(axis=1)
        to_come = np.maximum(beside[:, undecided] + alone, 0).sum(axis=1) - np.minimum(parts, 0).sum() / 2
        reach: Array = grown.net + shares.rate * (float(self.room) - grown.spent) + to_come
        return reach

    def _worse(self, grown: "Grown", beside: Array, undecided: Array) -> Array:
        """Say which are worse with one of their datasets than without, or no better than with one more, come what may.

        Of datasets that are the same in all the later is bought first.
        """
        decided = np.flatnonzero(~undecided)
        inside = (grown.bits[:, None] >> decided & 1).astype(bool)
        adds = self.gains[decided] + beside[:, decided]
        to_come = self.pairs[np.ix_(decided, undecided)]
        worse: Array = (inside & (adds + np.maximum(to_come, 0).sum(axis=1) < -self.equal)).any(axis=1)
        first, second = (each[~undecided[self._twins].any(axis=0)] for each in self._twins)
        worse |= ((grown.bits[:, None] >> first & 1) & ~(grown.bits[:, None] >> second & 1)).any(axis=1)
        if not self.limited:
            dearest = grown.spent[:, None] + (self.prices[decided] + self.prices[undecided].sum())
            better = ~inside & (adds + np.minimum(to_come, 0).sum(axis=1) >= 0) & (dearest <= self.room)
            worse |= better.any(axis=1)
        return worse


@dataclass(frozen=True, eq=False)
class Grown:
    """Partial bundles: their bits, what they cost, and what is left beyond it."""

    bits: Array
    spent: Array
    net: Array

    def of(self, rows: Array | slice) -> "Grown":
        """Keep these."""
        return Grown(self.bits[rows], self.spent[rows], self.net[rows])

    @staticmethod
    def joined(parts: Sequence["Grown"]) -> "Grown":
        """Put them one after the other."""
        return Grown(*(np.concatenate([getattr(each, name) for each in parts]) for name in ("bits", "spent", "net")))

    def undominated(self, equal: float) -> Array:
        """List those that no other dominates, which costs no more and is better, or wins the tie.

        Of floats only those are dropped that are worse by more than rounding, or cost the same and lose the tie.
        """
        rank = np.empty(len(self.bits), np.int64)
        if not equal:
            rank[np.lexsort((self.bits, self.net))] = np.arange(len(rank))
            order = np.lexsort((-rank, self.spent))
            best: Array = order[rank[order] == np.maximum.accumulate(rank[order])]
            return best
        level = np.floor(self.net / equal)
        order = np.lexsort((-self.bits, -level, self.spent))
        level, spent = level[order], self.spent[order]
        first = np.append(True, (level[1:] != level[:-1]) | (spent[1:] != spent[:-1]))
        kept: Array = order[first & (level >= np.maximum.accumulate(level) - 1)]
        return kept
