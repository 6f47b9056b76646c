"""Do the claims of a mechanism hold on a market of yours?"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from evenhand.market import Clearing, clearing, exact_numbers
from evenhand.properties.claims import CLAIMS, Setting
from evenhand.properties.parts import Parts
from evenhand.properties.whole import Whole
from evenhand.records import Array, Finding, shortly


class Claimant(Protocol):
    """A mechanism as it is certified: what it claims, what it does not keep, its market and its payments."""

    @property
    def name(self) -> str:
        """A key of `MECHANISMS`."""
        ...

    @property
    def claims(self) -> tuple[str, ...]:
        """Names of the claims, keys of `CLAIMS`."""
        ...

    @property
    def refuted(self) -> Mapping[str, str]:
        """Claims that are made of it and do not hold -> id in docs/errata.md."""
        ...

    @property
    def traced_max(self) -> int:
        """With more sellers than this not every report is covered."""
        ...

    @property
    def pay(self) -> Callable[[Clearing], Array]:
        """What sellers are paid on a market that is cleared."""
        ...

    def split(self, cleared: Clearing, paid: Any) -> Array:
        """Give what each buyer would pay, without a cap: (buyers,)."""
        ...

    def market(self, market: Any) -> Any:
        """Give the market as the mechanism runs it."""
        ...

    def deal(self, market: Any, seller: int, costs: Any) -> tuple[Any, Any]:
        """Give one seller's quantity and payment on an exact market."""
        ...


def certify(
    mechanism: Claimant,
    market: Any,
    costs: Any,
    rng: np.random.Generator | None = None,
    *,
    sellers: Sequence[str] | None = None,
    money: Callable[[Any], str] = shortly,
) -> list[Finding]:
    """Try to refute each claim of a mechanism on your market; say whether it held, by how much, and how we know.

    Where datasets are bought whole, the market's floats are taken as the exact fractions they are, and every report of
    every seller is covered (`tracing`). Where parts are sold, each seller's best report is found in closed form or by
    certified search, and a gain within rounding (a billionth of the largest payment) is none. A seller who stays away
    (cost inf) is left out. Claims that the mechanism does not keep (`refuted`) are tried too, behind those it makes.

    Args:
        mechanism: a row of `MECHANISMS`.
        market: any market; one query at a time.
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
    names = [sellers[seller] if sellers else str(seller) for seller in range(len(costs))]
    setting = _setting(mechanism, mechanism.market(market), costs, names, money)
    return [CLAIMS[claim](setting) for claim in (*mechanism.claims, *mechanism.refuted)]


def _setting(
    mechanism: Claimant, market: Any, costs: Any, names: Sequence[str], money: Callable[[Any], str]
) -> Setting:
    exact = market if hasattr(market, "winners") else getattr(market, "exact", lambda: None)()
    if exact is None:
        return Parts(names, market, costs, mechanism, money)
    present = [seller for seller, cost in enumerate(costs) if cost != np.inf]
    among = exact.restricted(present)
    reports = [_exact(costs[seller]) for seller in present]
    return Whole(
        sellers=[names[seller] for seller in present],
        costs=reports,
        report_max=among.report_max,
        deal=lambda seller, asked: mechanism.deal(among, seller, asked),
        thresholds=lambda: list(among.thresholds(reports)),
        whole=among.whole,
        money=money,
        traced_max=mechanism.traced_max,
        budget=getattr(among, "budget", np.inf),
        buyers=lambda: _buyers(mechanism, among, reports),
    )


def _buyers(mechanism: Claimant, market: Any, reports: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
    """Give each buyer's value, and what each would pay."""
    cleared = clearing(market, reports)
    paid = exact_numbers([Fraction(payment) for payment in mechanism.pay(cleared)])  # a quotient of ints is a float
    return list(cleared.allocation.value_by_buyer), list(mechanism.split(cleared, paid))


def _exact(cost: Any) -> int | Fraction:
    return cost if isinstance(cost, int | Fraction) else Fraction(float(cost))
