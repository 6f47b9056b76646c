"""What is a mechanism? A market rule with the payments that go with it, what it claims, and where it comes from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from evenhand import payments
from evenhand.errors import OfferError, Problem
from evenhand.market import Clearing, Market, clearing
from evenhand.numerics import sampling
from evenhand.records import Array, Outcome

KEPT = ("truthful", "rational", "within_budget")
"""What sellers who take part and a buyer who pays are promised."""

KEPT_BY_GROUPS = (*KEPT, "winner_non_bossy", "weakly_group_strategyproof")
"""That, and what sellers can do to one another."""


@dataclass(frozen=True)
class Mechanism:
    """A market rule with the payments that go with it, its claims and its source.

    Args:
        name: its key in `MECHANISMS`.
        version: raised whenever an outcome could change; part of every record.
        claims: what `certify` tries to refute; keys of `properties.CLAIMS`.
        source: key in docs/bibliography.md.
        pay: what sellers are paid on a market that is cleared.
        rule: the selection rule of a procurement mechanism, a key of `markets.procurement.RULES`; None where the market
            decides by itself.
        lots: rule -> weight, for a mechanism that draws one of several rules by lot before it looks at reports.
        adapted: the market as this mechanism runs it, or a refusal.
        settle: how payments are settled: (cleared market, payments) -> (cash, share).
        refuted: claims that are made of it, by a paper or by habit, and do not hold -> id in docs/errata.md. `certify`
            shows them with a witness; they are no claims of ours.
        counterexamples: claim that is refuted -> a market and true costs where it fails, small enough to check by hand.
        unit_price: whether all winners are paid one price per unit of worth; a report then shows that price.
        told: how it selects, for those who take part: what follows "The rule". For mechanisms that run rounds.
        guarantee: what is known of the value it buys or of the markets it needs, and where that is proved or cited.
        traced_max: with more sellers than this `certify` does not cover every report.
    """

    name: str
    version: int
    claims: tuple[str, ...]
    source: str
    pay: Callable[[Clearing], Array] = payments.RULES["threshold"]
    rule: str | None = None
    lots: Mapping[str, int] = field(default_factory=dict)
    adapted: Callable[[Any], Any] = lambda market: market
    settle: Callable[[Clearing, Any], tuple[Array, Array]] = payments.in_cash
    refuted: Mapping[str, str] = field(default_factory=dict)
    counterexamples: Mapping[str, tuple[Any, Sequence[Any]]] = field(default_factory=dict)
    unit_price: bool = False
    guarantee: str = ""
    traced_max: int = 128
    told: str = ""

    def run(self, market: Market, costs: Any, rng: np.random.Generator | None = None) -> Outcome:
        """Allocate and pay: who sells how much, and what everyone gets and pays.

        Args:
            market: any market; for a procurement mechanism a `Procurement` (its own rule is put aside for this
                mechanism's), or an exact one.
            costs: (sellers,) reports; inf for a seller who stays away.
            rng: draws the lot of a mechanism that has `lots`; the others need none.

        Raises:
            OfferError: a report is out of bounds, the mechanism does not run on such a market, or it draws lots and no
                `rng` is given.

        >>> from evenhand.markets import Procurement
        >>> from evenhand.mechanisms import MECHANISMS
        >>> MECHANISMS["proportional_share"].run(Procurement([1.0, 1.0, 1.0], 10.0), [3.0, 4.0, 9.0]).cash
        array([5., 5., 0.])
        """
        drawn = self.drawn(rng)
        cleared = clearing(drawn.market(market), costs)
        paid = drawn.pay(cleared)
        cash, share = drawn.settle(cleared, paid)
        # under a budget the one buyer pays in money, and worth is no money that a charge could be held to
        charge = paid[None, :] if self.procures else payments.charged(cleared, paid)
        return Outcome(self.name, cleared.allocation.quantity, cash, share, charge)

    @property
    def procures(self) -> bool:
        """Whether it buys whole datasets under a budget."""
        return self.rule is not None or bool(self.lots)

    @property
    def in_shares(self) -> bool:
        """Whether part of a payment may be a share of future revenue."""
        return self.settle is not payments.in_cash

    @property
    def pays_highest(self) -> bool:
        """Whether who sells gets the highest report that would have sold, in cash and shares."""
        return self.pay is payments.RULES["threshold"]

    @property
    def each(self) -> tuple["Mechanism", ...]:
        """The mechanisms that its lot may fall on; itself, where it draws none."""
        return tuple(replace(self, rule=rule, lots={}) for rule in self.lots) or (self,)

    def drawn(self, rng: np.random.Generator | None) -> "Mechanism":
        """Draw the lot, before any report is looked at."""
        if not self.lots:
            return self
        if rng is None:
            found, remedy = "is not given", "Give rng=numpy.random.default_rng(seed)."
            raise OfferError(Problem("rng", found, f"{self.name} draws lots", remedy))
        ticket = sampling.ticket(sum(self.lots.values()), rng)
        return self.each[int(np.searchsorted(np.cumsum(list(self.lots.values())), ticket, side="right"))]

    def split(self, cleared: Clearing, paid: Any) -> Array:
        """Give what each buyer would pay if payments were split by what each would lose, without a cap: (buyers,)."""
        return np.asarray(payments.uncapped(cleared, paid).sum(axis=1))

    def market(self, market: Any) -> Any:
        """Give the market as this mechanism runs it.

        Raises:
            OfferError: it does not run on such a market.
        """
        if not self.procures:
            return self.adapted(market)
        under = getattr(market, "under", None)
        if under is None:
            found = f"is a {type(market).__name__}"
            bound = f"{self.name} buys under a budget"
            raise OfferError(Problem("market", found, bound, "Give it a markets.Procurement."))
        assert self.rule is not None, "a lot is drawn before a market is run"
        return self.adapted(under(self.rule))
