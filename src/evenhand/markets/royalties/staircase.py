"""What does a buyer take at a seller's rate? Their answer is a staircase: what they take is worth less as it rises.

envelope.py finds the steps; here they are asked at one rate. A rate of floats stands on a step that ends below it by no
more than floats are trusted, so the rate at which a step ends is one at which the buyer takes that bundle.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from evenhand.markets.royalties.buyers import (
    Bundle,
    Offers,
    Rates,
    RoyaltyBuyer,
    beside,
    one_kind,
    paid_to_others,
    seen,
)
from evenhand.markets.royalties.envelope import Piece, pieces, pieces_of_arrays
from evenhand.numerics import Number
from evenhand.numerics.exactness import ROUNDING


@dataclass(frozen=True, slots=True)
class Staircase:
    """Which bundle one buyer takes at which rate of the seller who asks."""

    offered: Offers
    steps: tuple[Piece, ...]
    """By rising rate and falling utility."""
    slack: Number
    """By how much a rate may be above the end of a step; 0 where all is exact."""

    def at(self, rate: Number) -> Piece | None:
        """The step that a rate stands on; None where the buyer does without the dataset."""
        place = bisect_left(self.steps, rate - self.slack, key=lambda step: step.until)
        return self.steps[place] if place < len(self.steps) else None

    def bundle(self, rate: Number) -> Bundle:
        """What the buyer takes."""
        step = self.at(rate)
        return self.offered.bundles[step.line] if step else self.offered.without.bundle

    def utility(self, rate: Number) -> Number:
        """What the bundle with the dataset is worth; 0 where the buyer does without."""
        step = self.at(rate)
        return step.utility if step else 0


def staircases(
    buyers: Sequence[RoyaltyBuyer], rates: Rates, seller: int, held: Sequence[Bundle] | None = None
) -> list[Staircase]:
    """Give each buyer's staircase, whatever the seller asks now; exact where all is whole numbers and fractions.

    >>> (staircase,) = staircases([RoyaltyBuyer({(0,): 8, (0, 1): 9})], [None, 0], seller=0)
    >>> [(step.until, step.utility) for step in staircase.steps], staircase.bundle(1)
    ([(1, 9)], (0, 1))
    """
    buyers, given = one_kind(buyers, beside(rates, seller))
    to_others = cache(lambda bundle: paid_to_others(bundle, given, seller))
    sees = [seen(buyer, to_others, seller, held[k] if held else None) for k, buyer in enumerate(buyers)]
    return [
        Staircase(offered, tuple(_steps(buyer, offered)), 0 if buyer.exact else ROUNDING)
        for buyer, offered in zip(buyers, sees, strict=True)
    ]


def _steps(buyer: RoyaltyBuyer, offered: Offers) -> list[Piece]:
    if buyer.exact:
        return pieces(offered.kept, offered.worth, offered.without.net, buyer.rate_max)
    return pieces_of_arrays(np.array(offered.kept), np.array(offered.worth), offered.without.net, buyer.rate_max)
