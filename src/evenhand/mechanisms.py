"""Which mechanisms are there, what does each claim, and where does it come from? One table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from evenhand import payments
from evenhand.errors import OfferError, Problem, unknown
from evenhand.market import Clearing, Market, clearing
from evenhand.markets import Procurement
from evenhand.payments import as_published
from evenhand.records import Array, Outcome


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
        unit_price: whether all winners are paid one price per unit of worth; a report then shows that price.
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
    unit_price: bool = False
    guarantee: str = ""
    traced_max: int = 128

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
        ticket = int(rng.integers(sum(self.lots.values())))
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


def _payment(name: str, claims: tuple[str, ...], refuted: Mapping[str, str], **more: Any) -> Mechanism:
    """Make a row for a payment rule on a market that decides by itself."""
    return Mechanism(name, 1, claims, more.pop("source", "Fan25"), payments.RULES[name], refuted=refuted, **more)


def _always_buying(market: Any) -> Any:
    """Give a retrieval of one document as Algorithm 1 runs it: the best is bought, at any loss."""
    if not hasattr(market, "always_buying") or market.k != 1 or np.ndim(market.scores) != 1 or len(market.scores) < 2:
        found = f"is a {type(market).__name__}" + (f" of k = {market.k}" if hasattr(market, "k") else "")
        bound = "Algorithm 1 buys one document of two or more for one query"
        raise OfferError(Problem("market", found, bound, "Give it a markets.Retrieval(scores, k=1)."))
    return market.always_buying()


MAXIMISER = "Needs a market that maximises welfare exactly, and in which every seller can be left out."

MECHANISMS = {
    mechanism.name: mechanism
    for mechanism in (
        Mechanism(
            name="proportional_share",
            version=1,
            claims=("truthful", "rational", "within_budget"),
            source="Singer10",
            rule="proportional_share",
            unit_price=True,
            guarantee=(
                "Alone it promises no share of the best value: one dataset that dwarfs the rest can be priced out. "
                "In large markets, where no offer matters much, it keeps a constant fraction [Singer10]."
            ),
        ),
        _payment(
            "threshold",
            claims=("truthful", "rational"),
            refuted={"balanced": "E-000-06", "buyer_rational": "E-000-05"},
            source="Myerson81",
            guarantee="Needs a market in which a higher report never sells more. No truthful payment is smaller.",
        ),
        _payment(
            "vcg",
            claims=("truthful", "rational"),
            refuted={"balanced": "E-000-06", "buyer_rational": "E-000-05"},
            guarantee=MAXIMISER,
        ),
        _payment("direct", claims=("rational",), refuted={"truthful": "E-000-09"}),
        _payment("leave_one_out", claims=(), refuted={"truthful": "E-000-07", "rational": "E-000-11"}),
        _payment(
            "shapley",
            claims=("balanced",),
            refuted={"truthful": "E-000-10", "rational": "E-000-11"},
            traced_max=6,
        ),
        Mechanism(
            name="shapley_as_published",
            version=1,
            claims=(),
            source="Fan25",
            pay=as_published.shapley_without_empty,
            refuted={"truthful": "E-000-21", "rational": "E-000-21"},
            traced_max=6,
        ),
        Mechanism(
            name="algorithm_1_as_published",
            version=1,
            claims=(),
            source="Fan25",
            pay=as_published.algorithm_1,
            adapted=_always_buying,
            refuted={"truthful": "E-000-01", "rational": "E-000-01"},
            guarantee="For `Retrieval` of one document, k = 1, from two or more.",
        ),
    )
}


def for_rounds() -> dict[str, Mechanism]:
    """Give the mechanisms that can run a round: those that buy whole datasets under a budget."""
    return {name: mechanism for name, mechanism in MECHANISMS.items() if mechanism.procures}


def named(name: str) -> Mechanism:
    """Give a mechanism by its name.

    Raises:
        OfferError: there is none of that name.
    """
    if name not in MECHANISMS:
        raise OfferError(unknown("mechanism", name, MECHANISMS))
    return MECHANISMS[name]


def procure(costs: Any, worth: Any, budget: float, rule: str = "proportional_share") -> Outcome:
    """Clear a procurement market of bare float arrays: millions of offers, no datasets.

    Args:
        costs: (sellers,) reports; inf for a seller who stays away.
        worth: (sellers,) what each dataset is worth to the buyer.
        budget: the most that may be paid in all.
        rule: a mechanism of `MECHANISMS` that buys under a budget.

    Raises:
        OfferError: an argument is out of bounds, or the rule is not known.

    >>> procure([3.0, 4.0, 9.0], [1.0, 1.0, 1.0], budget=10.0).cash
    array([5., 5., 0.])
    """
    if rule not in for_rounds():
        raise OfferError(unknown("rule", rule, for_rounds()))
    return MECHANISMS[rule].run(Procurement(worth, budget, MECHANISMS[rule].rule or ""), costs)
