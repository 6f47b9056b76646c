"""How are bundles grown dataset by dataset, and which partial ones are dropped on the way? (partial_bundles.py)

Datasets are decided about in an order that keeps neighbours close. Those decided about that still interact with some to
come are the frontier; what completes a partial bundle depends on nothing but which of these are in it: its way. Ways
are numbered, one bit for each dataset of the frontier.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.markets.posted.bundles import subset_sums
from evenhand.markets.posted.solver import REMEDY
from evenhand.records import Array

DATASETS_MAX = 62
"""The most datasets to be decided about: each has a bit in a whole number of the machine."""
GROWN_MAX = 2**22
"""The most partial bundles that are kept: half a gigabyte."""
DOMINATED_FROM = 100
"""From how many partial bundles on it pays to look for those that others dominate."""


@dataclass(frozen=True)
class Step:
    """One dataset, when it is decided about."""

    bit: int
    together: Array
    """What it is worth beside those of the frontier that are in, for each way in which they may be."""
    without: Array
    """For each such way, which way of the next frontier it leads to if the dataset is not taken."""
    taken: Array
    """The same if it is."""


@dataclass(frozen=True)
class Growth:
    """Datasets to be decided about, at their prices."""

    steps: tuple[Step, ...]
    gains: Array
    """(steps,) what each is worth alone beyond its price."""
    prices: Array
    room: int
    """What may be spent."""

    def completions(self, rates: Array) -> list[Array]:
        """Give for each step, rate and way of the frontier what those still to come add at most, budget aside."""
        best = np.zeros((len(rates), 1))
        found = [best]
        for step, gain, price in zip(reversed(self.steps), self.gains[::-1], self.prices[::-1], strict=True):
            alone = (float(gain) - rates * float(price))[:, None]
            best = np.maximum(best[:, step.without], best[:, step.taken] + (alone + step.together))
            found.append(best)
        return found[::-1]

    def reaching(self, least: float, rate: float, after: list[Array], few: float = inf) -> tuple["Partial", bool]:
        """Grow bundles that may reach the least in g(x) + rate (room - spent), and no more than a few; say if all.

        Raises:
            OfferError: more than `GROWN_MAX` may.
        """
        grown, all_kept = Partial(*np.zeros((4, 1), np.int64)), True
        for place, step in enumerate(self.steps):
            grown = grown.beside(step, int(self.gains[place]), int(self.prices[place]))
            reach = grown.net + after[place + 1][grown.way] + rate * (self.room - grown.spent)
            kept = np.flatnonzero((grown.spent <= self.room) & (reach >= least))
            grown = grown.of(kept)
            if len(kept) > DOMINATED_FROM:
                grown = grown.undominated()
            if few == inf and len(grown.net) > GROWN_MAX:
                found, bound = f"are {len(grown.net)} that may become best", f"up to {GROWN_MAX} are grown"
                raise OfferError(Problem("partial bundles", found, bound, REMEDY))
            if len(grown.net) > few:
                all_kept, reach = False, grown.net + after[place + 1][grown.way] - rate * grown.spent
                grown = grown.of(np.argpartition(reach, -int(few))[-int(few) :])
        return grown, all_kept


@dataclass(frozen=True)
class Partial:
    """Partial bundles: their bits, the way they take in the frontier, what they cost, and what is left beyond it."""

    bits: Array
    way: Array
    spent: Array
    net: Array

    def of(self, rows: Array) -> "Partial":
        """Keep these."""
        return Partial(self.bits[rows], self.way[rows], self.spent[rows], self.net[rows])

    def beside(self, step: Step, gain: int, price: int) -> "Partial":
        """Leave each as it is, and add the dataset to each."""
        more = self.net + (gain + step.together[self.way])
        return Partial(
            np.concatenate([self.bits, self.bits + step.bit]),
            np.concatenate([step.without[self.way], step.taken[self.way]]),
            np.concatenate([self.spent, self.spent + price]),
            np.concatenate([self.net, more]),
        )

    def undominated(self) -> "Partial":
        """Drop those that agree on the frontier with one that costs no more and is better, or wins the tie."""
        count = len(self.net)
        rank = np.empty(count, np.int64)
        rank[np.lexsort((self.bits, self.net))] = np.arange(count)
        order = np.lexsort((-rank, self.spent, self.way))
        best = (self.way * count + rank)[order]  # of a later way all are above those before
        return self.of(order[best == np.maximum.accumulate(best)])


def steps(pairs: Array, ranks: Sequence[int]) -> tuple[Step, ...]:
    """Prepare to decide about datasets in this order: what they are worth in pairs, and their places among ties.

    >>> first, last = steps(np.array([[0, 7], [7, 0]]), ranks=[1, 0])
    >>> first.bit, first.without.tolist(), first.taken.tolist(), last.together.tolist()
    (2, [0], [1], [0, 7])
    """
    found, frontier = [], list[int]()
    for place, rank in enumerate(ranks):
        later = [old for old in (*frontier, place) if pairs[old, place + 1 :].any()]
        ways = np.arange(2 ** len(frontier))
        without = np.zeros(len(ways), np.int64)
        for old in {*frontier} & {*later}:
            without |= (ways >> frontier.index(old) & 1) << later.index(old)
        taken = without | (1 << later.index(place)) if place in later else without
        found.append(Step(1 << rank, subset_sums(pairs[place, frontier]), without, taken))
        frontier = later
    return tuple(found)


def close_together(interacting: Array) -> tuple[list[int], int]:
    """Put datasets in an order that keeps neighbours close; give the order and the size of the largest frontier.

    The next is always one that leaves the smallest frontier: best for chains and trees of pairs, good for others.

    >>> chain = np.zeros((4, 4), bool)
    >>> chain[[0, 2, 3], [2, 3, 1]] = chain[[2, 3, 1], [0, 2, 3]] = True
    >>> close_together(chain)
    ([0, 2, 3, 1], 1)
    """
    beside = [{*np.flatnonzero(row).tolist()} for row in interacting]
    order, left, frontier, width = list[int](), {*range(len(beside))}, set[int](), 0
    while left:
        near = set[int]().union(*(beside[old] for old in frontier)) & left or left
        after = {each: {old for old in (*frontier, each) if beside[old] & left - {each}} for each in sorted(near)}
        chosen = min(after, key=lambda each: (len(after[each]), len(beside[each]), each))
        order.append(chosen)
        left.remove(chosen)
        frontier = after[chosen]
        width = max(width, len(frontier))
    return order, width
