"""Do the claims of a mechanism hold on a market of yours?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from evenhand.errors import OfferError, Problem, unknown
from evenhand.market import Clearing, clearing, deal, exact_number, exact_numbers, exact_twin
from evenhand.properties.claims import CLAIMS, Pot, Setting
from evenhand.properties.coverage import Coverage
from evenhand.properties.parts import Parts, Splitting
from evenhand.properties.strategy import checked_rule
from evenhand.properties.sybil import EVERY_WAY, WAYS, BestEntry, SybilSearch, gained
from evenhand.properties.whole import TRIED_MAX, Whole
from evenhand.records import Finding, Watch, shortly, unwatched

EVERYONE = 10**9
"""No bound on what is tried."""


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


@dataclass
class Pace:
    """How far a search is, counted in sellers looked at for each claim; it never goes back."""

    watch: Watch
    total: int
    begun: int = 0
    """where the claim begins that is looked at now."""
    done: int = 0

    def looked_at(self, seller: int) -> None:
        """Tell that a seller is looked at."""
        self.done = max(self.done, self.begun + seller)
        self.watch("certify", self.done, self.total)

    def next(self, sellers: int) -> None:
        """Go on to the next claim."""
        self.begun += sellers
        self.done = self.begun
        self.watch("certify", self.done, self.total)


def untold(seller: int) -> None:
    """Look at a seller without telling anyone."""


def worst(findings: Sequence[Finding]) -> Finding:
    """Give the finding of one claim that misses by most."""
    return max(findings, key=lambda finding: finding.gap)


def certify(
    mechanism: Claimant,
    market: Any,
    costs: Any,
    rng: np.random.Generator | None = None,
    *,
    claims: Sequence[str] | None = None,
    sellers: Sequence[str] | None = None,
    money: Callable[[Any], str] = shortly,
    tried_max: int = TRIED_MAX,
    watch: Watch = unwatched,
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
        rng: for claims that can only be searched by chance; none of today's need it.
        claims: keys of `properties.CLAIMS` to try, whether the mechanism makes them or not; its own and those it does
            not keep if not given.
        sellers: their names, for the findings; their places in the market if not given.
        money: how the findings write an amount.
        tried_max: so many lies of groups are tried, and about so many reports under other names; 1 or more.
        watch: told how many sellers were looked at, each claim anew, as the stage "certify".

    Raises:
        OfferError: no such mechanism or claim, not one name a seller, nothing is to be tried, the mechanism does not
            run on such a market, or a claim is not asked of such a market.

    >>> from evenhand.mechanisms import MECHANISMS
    >>> from evenhand.markets import Procurement
    >>> for finding in certify(MECHANISMS["proportional_share"], Procurement([2.0, 1.0], 10.0), [3.0, 4.0]):
    ...     print(finding.claim, finding.holds, finding.evidence)
    truthful True exact
    rational True exact
    within_budget True exact
    winner_non_bossy True exact
    weakly_group_strategyproof True searched
    """
    del rng
    checked_rule(mechanism, "mechanism")
    asked = (*mechanism.claims, *mechanism.refuted) if claims is None else tuple(claims)
    strange = [unknown("claims", claim, CLAIMS) for claim in asked if claim not in CLAIMS]
    if strange:
        raise OfferError(strange)
    names = list(sellers) if sellers is not None else [str(seller) for seller in range(len(costs))]
    if len(names) != len(costs):
        found, bound = f"are {len(names)}", f"there are {len(costs)} reports"
        raise OfferError(Problem("sellers", found, bound, "Name every seller once."))
    if tried_max < 1:
        bound = "what nobody tried is not known to hold"
        raise OfferError(Problem("tried_max", f"is {tried_max}", bound, "Give 1 or more, or leave claims out."))
    pace = Pace(watch, len(asked) * len(mechanism.each) * len(names))
    settings = [_setting(each, market, costs, names, money, tried_max, pace.looked_at) for each in mechanism.each]
    return [worst([_looked_at(claim, setting, pace, len(names)) for setting in settings]) for claim in asked]


def slack(mechanism: Claimant, market: Any, costs: Any) -> dict[str, Any]:
    """Say what is left of each pot when everyone is paid: name -> amount, below 0 where it does not last.

    >>> from evenhand.mechanisms import MECHANISMS
    >>> from evenhand.markets import Procurement
    >>> slack(MECHANISMS["proportional_share"], Procurement([2.0, 1.0], 10.0), [3.0, 8.0])
    {'cash': Fraction(0, 1)}
    """
    checked_rule(mechanism, "mechanism")
    names = [str(seller) for seller in range(len(costs))]
    by_lot = [
        {pot.name: pot.most - pot.spent for pot in _setting(each, market, costs, names).pots} for each in mechanism.each
    ]
    return {name: min(left[name] for left in by_lot) for name in by_lot[0]}


def best_entries(mechanism: Claimant, market: Any, costs: Any) -> list[BestEntry]:
    """Say for each way to enter under other names who gains most by it, and how; sybil.py has the ways.

    Args:
        mechanism: a row of `MECHANISMS` that buys under a budget.
        market: a procurement by worth.
        costs: (sellers,) the true costs; who stays away (inf) is left out.

    Raises:
        OfferError: the market does not know what each dataset is worth by itself.

    Who enters half of a dear dataset is paid more for a unit of it, and bears half of the cost:

    >>> from evenhand.mechanisms import MECHANISMS
    >>> from evenhand.markets import Procurement
    >>> for found in best_entries(MECHANISMS["proportional_share"], Procurement([2.0, 1.0], 12.0), [7.0, 1.0]):
    ...     print(found.way, found.gain)
    splitting 3/2
    merging 0
    copying 0
    withholding 3/2
    copying unseen 3
    """
    checked_rule(mechanism, "mechanism")
    found = [[_entering(each, market, costs).best(way) for way in EVERY_WAY] for each in mechanism.each]
    return [max(by_lot, key=lambda entrance: entrance.gain) for by_lot in zip(*found, strict=True)]


def _looked_at(claim: str, setting: Setting, pace: Pace, sellers: int) -> Finding:
    pace.looked_at(0)
    finding = CLAIMS[claim](setting)
    pace.next(sellers)
    return finding


def _setting(
    mechanism: Claimant,
    market: Any,
    costs: Any,
    names: Sequence[str],
    money: Callable[[Any], str] = shortly,
    tried_max: int = TRIED_MAX,
    looked_at: Callable[[int], None] = untold,
) -> Setting:
    ran = mechanism.market(market)
    exact = exact_twin(ran)
    if exact is None:
        return Parts(names, ran, costs, mechanism, money)
    present = _present(costs)
    among = exact if len(present) == len(costs) else exact.restricted(present)
    reports = [exact_number(costs[seller]) for seller in present]
    own = [names[seller] for seller in present]
    each_way = -(-tried_max // len(WAYS))  # rounded up: of every way something is tried
    return Whole(
        sellers=own,
        coverage=Coverage(among, reports, mechanism.traced_max),
        deal=lambda seller, asked: deal(among, seller, asked, mechanism.pay),
        deals=lambda asked: _deals(mechanism, among, asked),
        money=money,
        spending=lambda: _spending(mechanism, among, reports),
        buyers=lambda: _buyers(mechanism, among, reports),
        best_entries=lambda: gained(_entering(mechanism, market, costs, each_way, looked_at), own, money),
        tried_max=tried_max,
        looked_at=looked_at,
    )


def _present(costs: Any) -> list[int]:
    return [seller for seller, cost in enumerate(costs) if cost != np.inf]


def _entering(
    mechanism: Claimant,
    market: Any,
    costs: Any,
    tried_max: int = EVERYONE,
    looked_at: Callable[[int], None] = untold,
) -> SybilSearch:
    """Give the market as who chooses names sees it: before the mechanism makes of it what it runs on."""
    exact = exact_twin(market)
    if not hasattr(exact, "entered") or exact.worth is None:
        found, bound = "has sybil_proof", "it is asked of markets that know what each dataset is worth by itself"
        raise OfferError(Problem("claims", found, bound, "Leave it out, or give a markets.Procurement of worth."))
    present = _present(costs)
    among = exact
    if len(present) < len(costs):
        among = exact.restricted(present)
        among.mass = exact.mass  # where none is published, what takes part is all that is offered
    return SybilSearch(
        market=among,
        costs=[exact_number(costs[seller]) for seller in present],
        run=mechanism.market,
        deals=lambda ran, asked: _deals(mechanism, ran, asked),
        deal=lambda ran, seller, asked: deal(ran, seller, asked, mechanism.pay),
        tried_max=tried_max,
        looked_at=looked_at,
    )


def _deals(mechanism: Claimant, market: Any, asked: Sequence[Any]) -> Sequence[tuple[Any, Any]]:
    """Give everyone's quantity and payment at some reports."""
    cleared = clearing(market, asked)
    return list(zip(cleared.allocation.quantity, mechanism.pay(cleared), strict=True))


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
