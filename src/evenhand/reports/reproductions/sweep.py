"""What becomes of the first seller, and of everyone, as that seller's report moves? All others report the truth."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from evenhand.market import Clearing, reporting
from evenhand.mechanisms import MECHANISMS
from evenhand.properties.strategy import Consequences, best_misreport, consequences
from evenhand.records import Array
from evenhand.reports.reproductions.paper_market import SELLER, Drawn

DIGITS = 6
"""A utility is flat at its peak, so that more digits of a best report would be noise."""


def cleared_at(drawn: Drawn, reports: Any) -> list[Clearing]:
    """Clear the market at each report of the first seller."""
    market = drawn.market
    return [market.clear(reporting(drawn.costs, SELLER, report)) for report in reports]


def sold(cleared: Sequence[Clearing]) -> Array:
    """Give what each sells: (reports, sellers)."""
    return np.array([each.allocation.quantity for each in cleared])


def swept(drawn: Drawn, reports: Any, rule: str) -> Consequences:
    """Give payment, utility and social cost at each report of the first seller, under a row of `MECHANISMS`."""
    return consequences(drawn.market, drawn.costs, SELLER, reports, MECHANISMS[rule])


def best_report(drawn: Drawn, rule: str, **search: int) -> float:
    """Give the report that leaves the first seller with the most, to six digits."""
    found = best_misreport(drawn.market, drawn.costs, SELLER, MECHANISMS[rule], **search)
    return float(f"{found.report:.{DIGITS}g}")


def distance(drawn: Drawn) -> float:
    """Give how far the first seller's data stands apart from the others', d_j = 1 / kappa_j - c_j.

    The quantity sold at a report u is f_j(u) = f_j(c) ((c + d_j) / (u + d_j))^2, as `MeanEstimation` has it.
    """
    cleared = drawn.market.clear(drawn.costs)
    return float(cleared.area[SELLER] / cleared.allocation.quantity[SELLER] - drawn.costs[SELLER])
