"""Which rate should a seller ask under a rate function of your own? Halving, with a bound on what is missed.

Any total rate f(alpha, x) may be given, as long as it and the seller's part f_j never fall when the seller's rate
rises. Then what a bundle leaves the buyer never rises with the rate, and what it brings the seller never falls. So on
an interval [l, r] of rates the buyer can only take a bundle x that leaves at l as much as the best still leaves at r,

    (1 - f(l, x)) u(x) >= max over y of (1 - f(r, y)) u(y),

and the seller earns at most the largest f_j(r, x) u(x) among these. Summed over buyers that bounds the interval from
above; its ends, tried out, bound the best from below. The interval with the largest bound is halved until it is within
the tolerance of the best rate found. Nothing else is assumed: curves may cross as often as they like.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.markets.royalties import checks
from evenhand.markets.royalties.best_rate import BestRoyalty
from evenhand.markets.royalties.buyers import Bundle, Choice, Rates, RoyaltyBuyer, checked, choose
from evenhand.markets.royalties.exactness import ROUNDING, is_below
from evenhand.records import Array

TOLERANCE = 1e-9
"""How much revenue may be missed, as a part of the largest utilities together."""
LOST = 4 * ROUNDING
"""What a bound allows for: how far the rate function may fall to either end, and equals may differ, by rounding."""
POINTS_MAX = 20_000
"""How many rates are tried at most; `short` says what may then be missed."""

Total = Callable[[Bundle, tuple[float, ...]], float]
"""(bundle, the rates of its members) -> the part of the utility that is paid away, 0 to 1."""
Part = Callable[[Bundle, tuple[float, ...], int], float]
"""(bundle, the rates of its members, a member) -> the part of the utility that this member gets."""


@dataclass(frozen=True)
class OwnRate:
    """A rate function of your own.

    Args:
        total: f; that of the empty bundle is not asked.
        part: f_j, at most f; in proportion to the rates where it is left out.

    Half the sum of the rates, and half the largest:

    >>> half = OwnRate(lambda bundle, rates: sum(rates) / 2 + max(rates) / 2)
    >>> half.total((0, 1), (0.2, 0.4)), half.of((0, 1), (0.2, 0.4), 1)
    (0.5, 0.3333333333333333)
    """

    total: Total
    part: Part | None = None

    def of(self, bundle: Bundle, rates: tuple[float, ...], seller: int) -> float:
        """Give the part of one member."""
        if self.part:
            return self.part(bundle, rates, seller)
        together, own = sum(rates), rates[bundle.index(seller)]
        return self.total(bundle, rates) * own / together if own else 0.0


def best_own_royalty(
    own: OwnRate,
    buyers: Sequence[RoyaltyBuyer],
    rates: Rates,
    seller: int,
    cost: float = 0.0,
    tolerance: float = TOLERANCE,
) -> BestRoyalty:
    """Find a seller's best rate under a rate function of your own, to a tolerance that is proved, in floats.

    Args:
        own: never falls in the seller's rate, which is checked at every rate that is tried.
        buyers: who may take the dataset.
        rates: (sellers,) 0 to 1, None for a seller who is not there; the seller's own is not looked at.
        seller: who asks.
        cost: what selling costs, once.
        tolerance: revenue that may be missed, 0 to 1, as a part of the largest utilities of all buyers together.

    Returns:
        a rate; `short` says by how much at most another one could bring more. It is above the tolerance where the rate
        function jumps, and the best revenue is not reached but only come near to.

    Raises:
        OfferError: an argument is out of bounds, or the rate function falls, leaves 0 to 1, or gives a part above it.

    >>> squared = OwnRate(lambda bundle, rates: sum(rates) ** 2)
    >>> best = best_own_royalty(squared, [RoyaltyBuyer({(): 1, (0,): 4})], [None], seller=0)
    >>> round(best.rate, 6), round(best.revenue, 6), best.short < 1e-8          # a^2 * 4 = 3
    (0.866025, 3.0, True)
    """
    known = checked(buyers, rates, seller, cost, noted=_noted(own, tolerance))
    given = [None if rate is None or j == seller else float(rate) for j, rate in enumerate(rates)]
    sides = [_Side(own, buyer, given, seller) for buyer in known]
    allowed = tolerance * sum(side.worth.max(initial=0.0) for side in sides)
    rate, revenue, bound = _halved(sides, allowed)
    takes = [side.takes(rate) for side in sides]
    together = _sum(buyer.utility[each] for buyer, each in zip(known, takes, strict=True) if seller in each)
    if is_below(revenue, float(cost), of=together) or not any(seller in bundle for bundle in takes):
        return BestRoyalty(None, revenue, tuple(side.without.bundle for side in sides), bound - revenue)
    return BestRoyalty(rate, revenue, tuple(takes), bound - revenue)


def _noted(own: Any, tolerance: Any) -> list[Problem]:
    problems = []
    if not isinstance(own, OwnRate):
        bound = "a rate function says what a bundle costs at the rates of its members"
        problems.append(Problem("own", checks.shown(own), bound, "Give OwnRate(total)."))
    if not checks.in_range(tolerance, 0, 1):
        bound = f"it is {checks.NUMBER}, 0 to 1"
        problems.append(Problem("tolerance", checks.shown(tolerance), bound, f"Leave it out for {TOLERANCE:g}."))
    return problems


def _halved(sides: "Sequence[_Side]", allowed: float) -> tuple[float, float, float]:
    """Give the best rate found, its revenue, and a bound on that of all rates."""
    ends = [(end, _sum(side.revenue(end) for side in sides)) for end in (0.0, 1.0)]
    rate, best = max(ends, key=lambda tried: tried[1])
    number = count()
    open_: list[tuple[float, int, float, float]] = []
    closed = best

    def look(left: float, right: float) -> None:
        bound = _sum(side.bound(left, right) for side in sides)
        if bound > best:
            heappush(open_, (-bound, next(number), left, right))

    look(0.0, 1.0)
    for _ in range(POINTS_MAX):
        if not open_ or -open_[0][0] <= best + allowed:
            break
        bound, _, left, right = heappop(open_)
        middle = (left + right) / 2
        if not left < middle < right:  # a jump
            closed = max(closed, -bound)
            continue
        tried = _sum(side.revenue(middle) for side in sides)
        if tried > best:
            rate, best = middle, tried
        look(left, middle)
        look(middle, right)
    return rate, best, max(closed, best, -open_[0][0] if open_ else best)


def _sum(amounts: Any) -> float:
    return float(sum(amounts))


class _Side:
    """One buyer's side of the market, at any rate of the seller who asks."""

    def __init__(self, own: OwnRate, buyer: RoyaltyBuyer, rates: Sequence[float | None], seller: int) -> None:
        self._own, self._rates, self._seller = own, rates, seller
        self._most = float(buyer.rate_max) + ROUNDING
        there = {
            bundle: float(worth)
            for bundle, worth in buyer.utility.items()
            if all(j == seller or (j < len(rates) and rates[j] is not None) for j in bundle)
        }
        self.bundles = [bundle for bundle, worth in there.items() if seller in bundle and worth > 0]
        self.worth = np.array([there[bundle] for bundle in self.bundles])
        self.without = self._best_without(there)
        self._known: dict[float, tuple[Array, Array]] = {}

    def _best_without(self, there: dict[Bundle, float]) -> Choice:
        found: list[tuple[Bundle, float, float]] = [((), there[()], there[()])]
        for bundle, worth in there.items():
            if not bundle or self._seller in bundle:
                continue
            total = self._total(bundle, 0.0)
            if total <= self._most:
                found.append((bundle, (1 - total) * worth, worth))
        return choose(found, exact=False)

    def _paid(self, bundle: Bundle, rate: float) -> tuple[float, ...]:
        return tuple(rate if j == self._seller else float(self._rates[j] or 0.0) for j in bundle)

    def _total(self, bundle: Bundle, rate: float) -> float:
        paid = self._paid(bundle, rate)
        total = self._own.total(bundle, paid)
        if not checks.in_range(total, 0, 1 + ROUNDING):
            bound = f"a rate is {checks.NUMBER}, 0 to 1"
            raise OfferError(Problem(f"total({bundle}, {paid})", checks.shown(total), bound, "Cut it at 0 and 1."))
        return float(total)

    def _part(self, bundle: Bundle, rate: float, total: float) -> float:
        paid = self._paid(bundle, rate)
        part = self._own.of(bundle, paid, self._seller)
        if not checks.in_range(part, -ROUNDING, total + ROUNDING):
            where, found = f"part({bundle}, {paid}, {self._seller})", f"{checks.shown(part)} of a total of {total}"
            raise OfferError(Problem(where, found, "a part is 0 or more, and at most the total", "Correct it."))
        return float(part)

    def _at(self, rate: float) -> tuple[Array, Array]:
        """Total rates and the seller's parts of every bundle, asked once."""
        if rate not in self._known:
            totals = [self._total(bundle, rate) for bundle in self.bundles]
            parts = [self._part(bundle, rate, total) for bundle, total in zip(self.bundles, totals, strict=True)]
            self._known[rate] = np.array(totals), np.array(parts)
        return self._known[rate]

    def _chosen(self, rate: float) -> int | None:
        """The place of the bundle that is taken, of equally good ones the one that brings most; None for none."""
        totals, parts = self._at(rate)
        net = np.where(totals <= self._most, (1 - totals) * self.worth, -np.inf)
        best = max(net.max(initial=-np.inf), self.without.net)
        worth = self.worth[net == best].max(initial=self.without.net)
        tied = np.flatnonzero(net >= best - ROUNDING * np.maximum(self.worth, worth))
        return int(tied[np.argmax((parts * self.worth)[tied])]) if len(tied) else None

    def takes(self, rate: float) -> Bundle:
        """Which bundle the buyer takes."""
        place = self._chosen(rate)
        return self.without.bundle if place is None else self.bundles[place]

    def revenue(self, rate: float) -> float:
        """What the seller earns from this buyer."""
        place = self._chosen(rate)
        return 0.0 if place is None else float(self._at(rate)[1][place] * self.worth[place])

    def bound(self, left: float, right: float) -> float:
        """What the seller earns from this buyer at most, at any rate from left to right."""
        (lows, low_parts), (highs, high_parts) = self._at(left), self._at(right)
        self._refuse_falling(left, right, lows, highs, "total")
        self._refuse_falling(left, right, low_parts, high_parts, "part")
        still = np.where(highs <= self._most, (1 - highs) * self.worth, -np.inf)
        least = max(still.max(initial=-np.inf), self.without.net)
        lost = LOST * self.worth.max(initial=self.without.net)
        possible = (lows <= self._most + LOST) & ((1 - lows) * self.worth >= least - lost)
        return float((high_parts * self.worth)[possible].max(initial=0.0))

    def _refuse_falling(self, left: float, right: float, low: Array, high: Array, name: str) -> None:
        falls = np.flatnonzero(low > high + ROUNDING)
        if len(falls):
            rising = f"as the rate of seller {self._seller} rises from {left} to {right}"
            bound = "a higher rate never costs a buyer less, nor brings its seller a smaller part"
            raise OfferError(
                [
                    Problem(
                        f"{name} of {self.bundles[i]}",
                        f"falls from {low[i]} to {high[i]} {rising}",
                        bound,
                        "Give a rate function that never falls.",
                    )
                    for i in falls
                ]
            )
