"""Which offers are bought, where cheap ones come first and as many are taken as fit, without sorting them all?

The float twins of such rules ask how long a prefix of the order fits, and who stands near its end; in which order the
rest came before matters to none of them. So the order is not made. A sorted sample tells about where the prefix ends;
what is cheaper is put aside, what is dearer is let go, and so on with the few between, until they are sorted, ties by
index. Memory is read from front to back a few times, and what is sorted fits into a cache.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from evenhand.records import Array

SORTED_AT_ONCE = 4_096
"""So few offers are sorted as they are."""
SAMPLE, MARGIN = 4_096, 128
"""Of so many offers, taken evenly, so many on each side of where the prefix seems to end are not decided yet. That is
four standard deviations for offers that come in no order; others take more rounds."""
ROUNDS_MAX = 32
"""After so many rounds what is left is sorted; only offers that stand in an order made for it take as many."""

Fits = Callable[[Any, Array], Any]
"""(total amount, index of the last offer) -> whether a prefix that ends there fits; takes arrays of both. A longer one
never fits where a shorter one does not."""


class Prefix(NamedTuple):
    """The offers that come first and fit together."""

    members: Array
    """their indices; the last few stand in order"""
    ordered: int
    """how many of the last are in order"""
    following: Array
    """(1,) the index of the offer that stands next and does not fit; (0,) where all fit"""
    total: float
    """the amount of all members"""


class Offers(NamedTuple):
    """Some offers that are not decided yet."""

    indices: Array
    """(n,), rising"""
    density: Array
    """(n,) by which they are ordered; not NaN"""
    amount: Array
    """(n,) what each takes, 0 or more"""

    def at(self, places: Array) -> "Offers":
        """Give those at these places."""
        return Offers(self.indices.take(places), self.density.take(places), self.amount.take(places))

    def fitting(self, fits: Fits, total: float) -> tuple[bool, float]:
        """Say whether all fit behind such a total, and what it then is."""
        if not len(self.indices):
            return True, total
        total += float(self.amount.sum())
        return bool(fits(total, self.indices[self.density.argmax()])), total


def longest_prefix(offers: Offers, fits: Fits) -> Prefix:
    """Take offers in the order of density, ties by index, for as long as they fit.

    >>> costs = np.array([3.0, 1.0, 4.0, 2.0])
    >>> prefix = longest_prefix(Offers(np.arange(4), costs, costs), lambda total, last: total <= 7.0)
    >>> prefix.members, prefix.ordered, prefix.following, prefix.total
    (array([1, 3, 0]), 3, array([2]), 6.0)
    """
    taken, total = [offers.indices[:0]], 0.0
    for _ in range(ROUNDS_MAX):
        if len(offers.indices) <= SORTED_AT_ONCE:
            break
        undecided = len(offers.indices)
        cheap, dear = _around_the_end(offers, fits, total)
        below = offers.at(np.flatnonzero(offers.density < cheap))
        between = offers.at(np.flatnonzero((offers.density >= cheap) & (offers.density <= dear)))
        all_fit, with_below = below.fitting(fits, total)
        if not all_fit:
            offers = below
            continue
        taken, total = [*taken, below.indices], with_below
        all_fit, with_between = between.fitting(fits, total)
        if not all_fit:
            offers = between
        else:
            taken, total = [*taken, between.indices], with_between
            offers = offers.at(np.flatnonzero(offers.density > dear))
        if len(offers.indices) == undecided:
            break  # all at one density
    return _sorted_prefix(offers, fits, total, taken)


def _sorted_prefix(offers: Offers, fits: Fits, total: float, taken: list[Array]) -> Prefix:
    """Take offers behind those that are taken already, by sorting them."""
    ranked = offers.at(np.argsort(offers.density, kind="stable"))
    totals = total + np.cumsum(ranked.amount)
    fitting = fits(totals, ranked.indices)
    count = len(totals) if fitting.all() else int(np.argmin(fitting))
    members = np.concatenate([*taken, ranked.indices[:count]])
    return Prefix(members, count, ranked.indices[count : count + 1], float(totals[count - 1]) if count else total)


def _around_the_end(offers: Offers, fits: Fits, total: float) -> tuple[float, float]:
    """Give two densities between which the prefix seems to end."""
    places = np.linspace(0, len(offers.indices) - 1, SAMPLE).astype(np.intp)
    sample = offers.at(places[np.argsort(offers.density[places])])
    totals = total + np.cumsum(sample.amount) * (len(offers.indices) / SAMPLE)
    end = int(np.count_nonzero(fits(totals, sample.indices)))
    return float(sample.density[max(end - MARGIN, 0)]), float(sample.density[min(end + MARGIN, SAMPLE - 1)])
