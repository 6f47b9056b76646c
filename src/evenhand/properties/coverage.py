"""Up to which report is one seller followed, and is that every report there is?

Where datasets are bought whole, a seller's deal is followed for all reports from 0 to a `stop` (tracing.py). A market
that knows a report above which nobody is ever bought names it, `report_max`: what lies beyond changes nothing, and a
statement about all reports up to there is one about all reports. Where no such number is known the sweep ends past
everything that happens at these reports, and what it finds is "searched".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any, Literal

Number = Any


@dataclass(frozen=True)
class Coverage:
    """Which reports of the sellers of one market are looked at.

    Args:
        market: sells whole, on exact numbers; `report_max` is None where no such report is known.
        costs: the reports of those who are present, exact and finite.
        traced_max: with more sellers than this not every report is looked at, only those that tell the most.

    >>> from evenhand.markets import ExactRetrieval
    >>> market = ExactRetrieval([9, 7], k=1)
    >>> Coverage(market, [3, 2], 128).stop, Coverage(market, [3, 2], 128).evidence
    (10, 'exact')
    >>> at_any_loss = Coverage(market.always_buying(), [30, 50], 128)  # the first is bought up to a report of 52
    >>> at_any_loss.stop, at_any_loss.evidence
    (205, 'searched')
    """

    market: Any
    costs: Sequence[Number]
    traced_max: int

    @property
    def traced(self) -> bool:
        """Whether every report up to `stop` is looked at."""
        return len(self.costs) <= self.traced_max

    @property
    def evidence(self) -> Literal["exact", "searched"]:
        """Say "exact" where every report there is is covered."""
        return "exact" if self.traced and self._report_max is not None else "searched"

    @cached_property
    def thresholds(self) -> Sequence[Number | None]:
        """The supremum of the reports at which each is bought, None where none is."""
        return list(self.market.thresholds(self.costs))

    @cached_property
    def stop(self) -> Number:
        """The last report that is looked at: 1 above the highest that is ever bought, or past all costs and thresholds.

        An infinite threshold, of a document that is bought at any loss, has nothing past it.
        """
        if self._report_max is not None:
            return self._report_max + 1
        most = max([0, *(threshold for threshold in self.thresholds if threshold is not None and isfinite(threshold))])
        return 1 + 2 * (max([0, *self.costs]) + most)

    @cached_property
    def _report_max(self) -> Number | None:
        return self.market.report_max
