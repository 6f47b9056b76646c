"""Do the claims of a mechanism hold on a market of yours?"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from evenhand.properties.claims import CLAIMS, Setting
from evenhand.records import Finding


class Claimant(Protocol):
    """A mechanism as it is certified: what it claims, and one seller's deal on an exact market."""

    @property
    def claims(self) -> tuple[str, ...]:
        """Names of the claims, keys of `CLAIMS`."""
        ...

    def exact(self, market: Any) -> Any:
        """Give the mechanism's own market on exact numbers."""
        ...

    def deal(self, market: Any, seller: int, costs: Any) -> tuple[Any, Any]:
        """Give one seller's quantity and payment."""
        ...


def certify(
    mechanism: Claimant,
    market: Any,
    costs: Any,
    rng: np.random.Generator | None = None,
    *,
    sellers: Sequence[str] | None = None,
    money: Callable[[Any], str] = str,
) -> list[Finding]:
    """Try to refute each claim of a mechanism on your market; say whether it held, by how much, and how we know.

    The market's floats are taken as the exact fractions they are, and every report of every seller from 0 to past the
    budget is covered (`tracing`). A seller who stays away (cost inf) is left out.

    Args:
        mechanism: a row of `MECHANISMS`.
        market: a `Procurement`, or an `ExactProcurement` (whole units if it was made so).
        costs: (sellers,) reports.
        rng: for claims that can only be searched; none of today's need it.
        sellers: their names, for the findings; their places in the market if not given.
        money: how the findings write an amount.

    >>> from evenhand.mechanisms import MECHANISMS
    >>> from evenhand.markets import Procurement
    >>> for finding in certify(MECHANISMS["proportional_share"], Procurement([2.0, 1.0], 10.0), [3.0, 4.0]):
    ...     print(finding.claim, finding.holds, finding.evidence)
    truthful True exact
    rational True exact
    within_budget True exact
    """
    del rng
    present = [seller for seller, cost in enumerate(costs) if cost != np.inf]
    exact = mechanism.exact(market).restricted(present)
    reports = [_exact(costs[seller]) for seller in present]
    setting = Setting(
        sellers=[sellers[seller] if sellers else str(seller) for seller in present],
        costs=reports,
        budget=exact.budget,
        deal=lambda seller, asked: mechanism.deal(exact, seller, asked),
        thresholds=lambda: list(exact.thresholds(reports)),
        whole=exact.whole,
        money=money,
    )
    return [CLAIMS[claim](setting) for claim in mechanism.claims]


def _exact(cost: Any) -> int | Fraction:
    return cost if isinstance(cost, int | Fraction) else Fraction(float(cost))
