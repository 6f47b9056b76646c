"""Which mechanisms are there, what does each claim, and where does it come from? One table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evenhand import payments
from evenhand.errors import OfferError, unknown
from evenhand.market import Market
from evenhand.markets import ExactProcurement, Procurement
from evenhand.records import Outcome


@dataclass(frozen=True)
class Mechanism:
    """A market rule with the payments that go with it, its claims and its source.

    Args:
        name: its key in `MECHANISMS`.
        version: raised whenever an outcome could change; part of every record.
        rule: a key of `markets.procurement.RULES`.
        claims: what `certify` tries to refute; keys of `properties.CLAIMS`.
        unit_price: whether all winners are paid one price per unit of worth; a report then shows that price.
        guarantee: what is known of the value it buys, and where that is proved or cited.
        source: key in docs/bibliography.md.
    """

    name: str
    version: int
    rule: str
    claims: tuple[str, ...]
    unit_price: bool
    guarantee: str
    source: str

    def run(self, market: Market, costs: Any, rng: np.random.Generator | None = None) -> Outcome:
        """Allocate and pay: who sells how much, and what everyone gets and pays.

        Args:
            market: a `Procurement` (its own rule is put aside for this mechanism's), or an exact one.
            costs: (sellers,) reports; inf for a seller who stays away.
            rng: for mechanisms that draw lots.

        >>> MECHANISMS["proportional_share"].run(Procurement([1.0, 1.0, 1.0], 10.0), [3.0, 4.0, 9.0]).cash
        array([5., 5., 0.])
        """
        del rng
        own = self._own(market)
        quantity = own.allocate(costs).quantity
        cash = payments.threshold(own, costs)
        nothing = np.zeros_like(cash)
        return Outcome(self.name, quantity, cash, nothing, cash[None, :])

    def deal(self, market: ExactProcurement, seller: int, costs: Sequence[Any]) -> tuple[Any, Any]:
        """Give one seller's quantity and payment on an exact market; reports may be traced numbers."""
        if seller not in market.winners(costs):
            return 0, 0
        return 1, market.threshold(seller, costs)

    def exact(self, market: Procurement | ExactProcurement) -> ExactProcurement:
        """Give the market on exact numbers, under this mechanism's rule."""
        own = self._own(market)
        return own if isinstance(own, ExactProcurement) else own.exact()

    def _own(self, market: Any) -> Any:
        return market.under(self.rule)


MECHANISMS = {
    mechanism.name: mechanism
    for mechanism in (
        Mechanism(
            name="proportional_share",
            version=1,
            rule="proportional_share",
            claims=("truthful", "rational", "within_budget"),
            unit_price=True,
            guarantee=(
                "Alone it promises no share of the best value: one dataset that dwarfs the rest can be priced out. "
                "In large markets, where no offer matters much, it keeps a constant fraction [Singer10]."
            ),
            source="Singer10",
        ),
    )
}


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
        rule: a key of `MECHANISMS`.

    Raises:
        OfferError: an argument is out of bounds, or the rule is not known.

    >>> procure([3.0, 4.0, 9.0], [1.0, 1.0, 1.0], budget=10.0).cash
    array([5., 5., 0.])
    """
    mechanism = named(rule)
    return mechanism.run(Procurement(worth, budget, mechanism.rule), costs)
