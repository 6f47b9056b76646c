"""What does a buyer take under a rate function of your own? Asked of it at one rate, or bounded between two."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from evenhand.errors import OfferError, Problem, refuse, shown
from evenhand.markets.royalties import checks
from evenhand.markets.royalties.buyers import Bundle, Choice, RoyaltyBuyer, choose
from evenhand.numerics.exactness import ROUNDING
from evenhand.numerics.given import in_range
from evenhand.records import Array

LOST = 4 * ROUNDING
"""What a bound allows for: how far the rate function may fall to either end, and equals may differ, by rounding."""

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


class Answers:
    """What one buyer answers to any rate of the seller who asks.

    Args:
        own: the rate function.
        buyer: who answers.
        rates: (sellers,) of the others; None for a seller who is not there.
        seller: who asks.
        held: what the buyer has now, and keeps where nothing without this seller is better.
    """

    def __init__(
        self, own: OwnRate, buyer: RoyaltyBuyer, rates: Sequence[float | None], seller: int, held: Bundle | None = None
    ) -> None:
        self._own, self._rates, self._seller = own, rates, seller
        self._most = float(buyer.rate_max) + ROUNDING
        there = {
            bundle: float(worth)
            for bundle, worth in buyer.utility.items()
            if all(j == seller or (j < len(rates) and rates[j] is not None) for j in bundle)
        }
        self.bundles = [bundle for bundle, worth in there.items() if seller in bundle and worth > 0]
        self.worth = np.array([there[bundle] for bundle in self.bundles])
        self.without = self._best_without(there, held)
        self._known: dict[float, tuple[Array, Array]] = {}

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
        rising = f"as the rate of seller {self._seller} rises from {left} to {right}"
        refuse([*self._fallen("total", lows, highs, rising), *self._fallen("part", low_parts, high_parts, rising)])
        still = np.where(highs <= self._most, (1 - highs) * self.worth, -np.inf)
        least = max(still.max(initial=-np.inf), self.without.net)
        lost = LOST * self.worth.max(initial=self.without.net)
        possible = (lows <= self._most + LOST) & ((1 - lows) * self.worth >= least - lost)
        return float((high_parts * self.worth)[possible].max(initial=0.0))

    def _chosen(self, rate: float) -> int | None:
        """The place of the bundle that is taken, of equally good ones the one that brings most; None for none."""
        totals, parts = self._at(rate)
        net = np.where(totals <= self._most, (1 - totals) * self.worth, -np.inf)
        best = max(net.max(initial=-np.inf), self.without.net)
        worth = self.worth[net == best].max(initial=self.without.net)
        tied = np.flatnonzero(net >= best - ROUNDING * np.maximum(self.worth, worth))
        return int(tied[np.argmax((parts * self.worth)[tied])]) if len(tied) else None

    def _best_without(self, there: dict[Bundle, float], held: Bundle | None) -> Choice:
        found: list[tuple[Bundle, float, float]] = [((), there[()], there[()])]
        for bundle, worth in there.items():
            if not bundle or self._seller in bundle:
                continue
            total = self._total(bundle, 0.0)
            if total <= self._most:
                found.append((bundle, (1 - total) * worth, worth))
        return choose(found, held, exact=False)

    def _at(self, rate: float) -> tuple[Array, Array]:
        """Total rates and the seller's parts of every bundle, asked once."""
        if rate not in self._known:
            totals = [self._total(bundle, rate) for bundle in self.bundles]
            parts = [self._part(bundle, rate, total) for bundle, total in zip(self.bundles, totals, strict=True)]
            self._known[rate] = np.array(totals), np.array(parts)
        return self._known[rate]

    def _paid(self, bundle: Bundle, rate: float) -> tuple[float, ...]:
        return tuple(rate if j == self._seller else float(self._rates[j] or 0.0) for j in bundle)

    def _total(self, bundle: Bundle, rate: float) -> float:
        paid = self._paid(bundle, rate)
        total = self._own.total(bundle, paid)
        if not in_range(total, 0, 1 + ROUNDING):
            found, bound = f"is {shown(total)}", f"a rate is {checks.NUMBER}, 0 to 1"
            raise OfferError(Problem(f"total({bundle}, {paid})", found, bound, "Cut it at 0 and 1."))
        return float(total)

    def _part(self, bundle: Bundle, rate: float, total: float) -> float:
        paid = self._paid(bundle, rate)
        part = self._own.of(bundle, paid, self._seller)
        if not in_range(part, -ROUNDING, total + ROUNDING):
            where, found = f"part({bundle}, {paid}, {self._seller})", f"is {shown(part)} of a total of {total}"
            raise OfferError(Problem(where, found, "a part is 0 or more, and at most the total", "Correct it."))
        return float(part)

    def _fallen(self, name: str, low: Array, high: Array, rising: str) -> list[Problem]:
        """Name the bundles whose total, or the seller's part of it, falls where the rate rises."""
        bound = "a higher rate never costs a buyer less, nor brings its seller a smaller part"
        return [
            Problem(
                f"{name} of {self.bundles[i]}",
                f"falls from {low[i]} to {high[i]} {rising}",
                bound,
                "Give a rate function that never falls.",
            )
            for i in np.flatnonzero(low > high + ROUNDING)
        ]
