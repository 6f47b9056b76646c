"""Do the claims of a mechanism hold on a market of yours?"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.market import Clearing, clearing, deal, exact_number, exact_numbers, exact_twin
from evenhand.properties.claims import CLAIMS, Pot, Setting
from evenhand.properties.coverage import Coverage
from evenhand.properties.parts import Parts, Splitting
from evenhand.properties.strategy import checked_rule
from evenhand.properties.whole import Whole
from evenhand.records import Finding, shortly


class Claimant(Splitting, Protocol):
    """A mechanism as it is certified: its payments, what it claims, what it does not keep, and its market."""

    @property
    def claims(self) -> tuple[str, ...]:
        """Names of the claims, keys of `CLAIMS`."""
        ...

    @property
    def refuted(self) -> Mapping[str, str]:
        """Claims that are made of it and do not hold -> id in docs/errata.md."""
        ...

    @property
    def each(self) -> tuple["Claimant", ...]:
        """The mechanisms that its lot may fall on; itself, where it draws none."""
        ...

    def market(self, market: Any) -> Any:
        """Give the market as the mechanism runs it."""
        ...

    @property
    def settle(self) -> Callable[[Clearing, Any], tuple[Any, Any]]:
        """(cleared market, payments) -> (cash, share)."""
        ...


def worst(findings: Sequence[Finding]) -> Finding:
    """Give the finding of one claim that misses by most."""
    return max(findings, key=lambda finding: finding.gap)


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
    every seller is covered, if the market knows a report above which nobody is bought (coverage.py). Where parts are
    sold, each seller's best report is found in closed form or by certified search, and a gain within rounding (a
    billionth of the largest payment) is none. A seller who stays away (cost inf) is left out. Claims that the mechanism
    does not keep (`refuted`) are tried too, behind those it makes.

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
    checked_rule(mechanism, "mechanism")
    names = list(sellers) if sellers is not None else [str(seller) for seller in range(len(costs))]
    if len(names) != len(costs):
        found, bound = f"are {len(names)}", f"there are {len(costs)} reports"
        raise OfferError(Problem("sellers", found, bound, "Name every seller once."))
    return [
        worst(by_lot)
        for by_lot in zip(*(_findings(each, market, costs, names, money) for each in mechanism.each), strict=True)
    ]


def _findings(
    mechanism: Claimant, market: Any, costs: Any, names: Sequence[str], money: Callable[[Any], str]
) -> list[Finding]:
    setting = _setting(mechanism, mechanism.market(market), costs, names, money)
    return [CLAIMS[claim](setting) for claim in (*mechanism.claims, *mechanism.refuted)]


def _setting(
    mechanism: Claimant, market: Any, costs: Any, names: Sequence[str], money: Callable[[Any], str]
) -> Setting:
    exact = exact_twin(market)
    if exact is None:
        return Parts(names, market, costs, mechanism, money)
    present = [seller for seller, cost in enumerate(costs) if cost != np.inf]
    among = exact if len(present) == len(costs) else exact.restricted(present)
    reports = [exact_number(costs[seller]) for seller in present]
    return Whole(
        sellers=[names[seller] for seller in present],
        coverage=Coverage(among, reports, mechanism.traced_max),
        deal=lambda seller, asked: deal(among, seller, asked, mechanism.pay),
        money=money,
        spending=lambda: _spending(mechanism, among, reports),
        buyers=lambda: _buyers(mechanism, among, reports),
    )


def _spending(mechanism: Claimant, market: Any, reports: Sequence[Any]) -> Sequence[Pot]:
    """Give what is paid in cash and, where the market has a pool of them, promised in shares."""
    cleared = clearing(market, reports)
    cash, share = mechanism.settle(cleared, mechanism.pay(cleared))
    pots = [Pot("cash", sum(cash), getattr(market, "budget", np.inf))]
    pool = getattr(market, "pool", 0)
    return [*pots, Pot("shares", sum(share), pool)] if pool or any(share) else pots


def _buyers(mechanism: Claimant, market: Any, reports: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
    """Give each buyer's value, and what each would pay."""
    cleared = clearing(market, reports)
    paid = exact_numbers([Fraction(payment) for payment in mechanism.pay(cleared)])  # a quotient of ints is a float
    return list(cleared.allocation.value_by_buyer), list(mechanism.split(cleared, paid))
