"""Which pairs of documents need be compared? Those whose signatures agree in a whole band.

Two documents are near-copies where their signatures agree in enough of the K = 128 places:

    matches * 100 >= threshold * K                                     in integers, threshold in percent

So at most d = K - ceil(threshold K / 100) places differ. Cut into d + 1 bands, two such signatures agree in a whole
band, since d differences cannot fall into d + 1 bands: no pair that passes is missed, and the same documents are found
as by comparing every pair. At 80 % d = 25, and 26 bands have 5 rows or 4. Locality-sensitive hashing [Indyk98] leaves
the number of bands open, and may miss a pair.

The threshold. At J = 0.8 a ninth of the shingles of either text is not in the other, which takes a random change of
about every thirtieth word. A lower threshold leaves copiers less room, and joins more texts of one template that state
different facts: of 13,488 medical answers, many of them filled into templates, 12,999 stand for themselves at 80 %,
12,385 at 70 % and 11,625 at 60 %. Of copies of the long ones are found, at each threshold, where a share of the words
is replaced:

    replaced    1 %     2 %     3 %     4 %     5 %     8 %
    at 80 %     99 %    92 %    77 %    44 %    24 %    1 %
    at 70 %     100 %   100 %   98 %    92 %    70 %    18 %
    at 60 %     100 %   100 %   100 %   99 %    97 %    67 %

Signatures are samples, so that no line is sharp. Whoever chooses a threshold can ask with what chance a pair of a true
likeness J passes (`passes`), and is compared at all (`compared`). At 80 %:

    >>> likenesses = [Fraction(j, 20) for j in (2, 6, 10, 12, 14, 15, 16, 17, 18)]    # 0.1 to 0.9
    >>> print(*(f"{float(bands().passes(likeness)):.2g}" for likeness in likenesses))
    1.9e-78 5.2e-32 9.7e-13 6.1e-07 0.0051 0.09 0.5 0.94 1
    >>> print(*(f"{float(bands().compared(likeness)):.2g}" for likeness in likenesses))
    0.00044 0.072 0.59 0.89 0.99 1 1 1 1
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import comb, prod

from evenhand.errors import OfferError, Problem, shown
from evenhand.quality.near_duplicates.minhash import BINS

THRESHOLD = 80
"""Percent of the places of two signatures in which near-copies agree."""


@dataclass(frozen=True)
class Bands:
    """How signatures are compared."""

    matches_min: int
    """In how many places near-copies agree."""
    edges: tuple[int, ...]
    """Where the bands begin, and where the last ends."""

    @property
    def rows(self) -> tuple[int, ...]:
        """How many places each band has."""
        return tuple(end - start for start, end in pairwise(self.edges))

    def compared(self, likeness: Fraction) -> Fraction:
        """Give the chance that two documents of a true likeness agree in a band: 1 - product of (1 - J^rows).

        >>> float(round(bands().compared(Fraction(1, 2)), 4))
        0.5898
        """
        return 1 - prod((1 - likeness**rows for rows in self.rows), start=Fraction(1))

    def passes(self, likeness: Fraction) -> Fraction:
        """Give the chance that two documents of a true likeness J agree in enough places: binomial in J.

        >>> float(round(bands().passes(Fraction(9, 10)), 5))
        0.99964
        """
        places = self.edges[-1]
        return sum(
            (
                comb(places, matches) * likeness**matches * (1 - likeness) ** (places - matches)
                for matches in range(self.matches_min, places + 1)
            ),
            start=Fraction(0),
        )


def bands(threshold: int = THRESHOLD, places: int = BINS) -> Bands:
    """Cut signatures into the fewest bands that miss no pair at the threshold, as equal as can be.

    Args:
        threshold: whole percent, 1 to 100.
        places: K.

    Raises:
        OfferError: the threshold is no whole percent from 1 to 100.

    >>> bands().matches_min, len(bands().rows), set(bands().rows), set(bands(90).rows)
    (103, 26, {4, 5}, {9, 10})
    """
    if threshold not in range(1, 101):
        raise OfferError(
            Problem(
                "threshold",
                f"is {shown(threshold)}",
                "near-copies are told by a whole percent, 1 to 100",
                f"Take {THRESHOLD}, unless you know better.",
            )
        )
    matches_min = -(-threshold * places // 100)
    count = places - matches_min + 1
    return Bands(matches_min, tuple(index * places // count for index in range(count + 1)))
