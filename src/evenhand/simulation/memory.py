"""How much memory does a market that repeats take, and when is that too much?

A simulation keeps what happened in every replication and period (`History`), under each regime, and a copy of one while
batches are put together. Draws, and what is worked out of a period, are those of one batch of replications at a time.
"""

from dataclasses import dataclass
from decimal import Decimal

from evenhand.errors import Problem

BYTES_MAX = 4 * 2**30
"""The most that a simulation may take."""
BATCH = 500
"""How many replications are worked on together, where memory does not ask for fewer; results do not depend on it."""
BATCH_BYTES = 2**28
"""The most that the draws of a batch may take, and what is worked out of them."""
FLOAT = 8
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What one replication takes, in bytes."""

    kept: int
    """Of its history, under one regime."""
    worked_on: int
    """Of its draws, and of what is worked out of a period."""

    def batch(self, most: int = BATCH) -> int:
        """Give how many replications are worked on together, so that their draws stay small."""
        return max(1, min(most, BATCH_BYTES // self.worked_on))

    def taken(self, replications: int, regimes: int = 1) -> int:
        """Give the bytes of a simulation: histories, a copy of one, and a batch."""
        return self.kept * replications * (regimes + 1) + self.worked_on * min(self.batch(), replications)

    def too_much(self, replications: int, regimes: int = 1) -> list[Problem]:
        """Note a simulation that takes more than it may, before anything is drawn.

        >>> print(*memory(periods=100, buyers=1, sellers=10).too_much(10**9))
        replications: 1,000,000,000 take 24.0 TB; a simulation takes 4.3 GB of memory at most. Use 177,893 or fewer.
        """
        taken, alone = self.taken(replications, regimes), self.taken(1, regimes)
        bound = f"a simulation takes {readable(BYTES_MAX)} of memory at most"
        if taken <= BYTES_MAX:
            return []
        if alone > BYTES_MAX:
            found = f"takes {readable(alone)} in one replication"
            return [Problem("market", found, bound, "Use fewer sellers, buyers or periods.")]
        fitting = max(1, (BYTES_MAX - self.worked_on * self.batch()) // (self.kept * (regimes + 1)))
        found = f"{replications:,} take {readable(taken)}"
        return [Problem("replications", found, bound, f"Use {fitting:,} or fewer.")]

    def too_many_at_once(self, replications: int) -> list[Problem]:
        """Note draws of more replications together than memory may take."""
        taken, bound = self.worked_on * replications, f"draws take {readable(BYTES_MAX)} of memory at most"
        if taken <= BYTES_MAX:
            return []
        fitting = max(1, BYTES_MAX // self.worked_on)
        return [
            Problem("replications", f"{replications:,} take {readable(taken)}", bound, f"Draw {fitting:,} at a time.")
        ]


def memory(*, periods: int, buyers: int, sellers: int, every_bundle: bool = False) -> Memory:
    """Give what one replication of a market takes.

    Args:
        periods, buyers, sellers: how many.
        every_bundle: whether buyers weigh every bundle of datasets.

    >>> memory(periods=100, buyers=1, sellers=10)
    Memory(kept=12000, worked_on=51040)
    """
    # the fields of `History`: four for each buyer, one for each seller, and one
    kept = periods * (4 * buyers + sellers + 1)
    # the fields of `Draws`, and the lots that budgets and orders are made of
    draws = periods * (buyers * sellers + 2 * buyers + 5 * sellers)
    # while a period is cleared: about six numbers for each bundle, or dataset, of a buyer, and twelve for each seller
    cleared = 6 * buyers * (2**sellers if every_bundle else sellers) + 12 * sellers
    return Memory(FLOAT * kept, FLOAT * (draws + cleared))


def readable(size: int) -> str:
    """Write a number of bytes in the unit that suits it.

    >>> readable(4 * 2**30), readable(10**30)
    ('4.3 GB', '1.0e+12 EB')
    """
    left = Decimal(size)
    for unit in ("bytes", "kB", "MB", "GB", "TB", "PB"):
        if left < 1000:
            return f"{left:.1f} {unit}"
        left /= 1000
    return f"{left:.1f} EB" if left < 1000 else f"{left:.1e} EB"
