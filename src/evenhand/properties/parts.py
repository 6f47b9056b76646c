"""Which lie pays most, where sellers share parts? Each seller's best report, the others' held (strategy.py)."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.market import Clearing, borne, clearing
from evenhand.properties.claims import Pot, Search
from evenhand.properties.strategy import PaymentRule, best_misreport, consequences
from evenhand.records import Array, Witness

ROUNDING = 1e-9
"""A gap within this share of the largest payment is none."""

TRUE_COSTS = np.array([0.25, 0.5, 1.0, 2.0, 4.0])
"""The true costs at which a truthful seller's loss is looked for, as multiples of the report."""

KINDS_OF_EVIDENCE = ("searched", "certified", "exact")
"""From the weakest to the strongest: several sellers together are known as well as the least known of them."""


class Splitting(PaymentRule, Protocol):
    """A mechanism as parts are certified: its payments, and how they would be split among buyers."""

    def split(self, cleared: Clearing, paid: Any) -> Array:
        """Give what each buyer would pay, without a cap: (buyers,)."""
        ...


class Parts:
    """A market that sells parts, with a mechanism, at given reports.

    A lie is looked for at each seller's own report as the true cost.
    """

    def __init__(
        self, sellers: Sequence[str], market: Any, costs: Any, mechanism: Splitting, money: Callable[[Any], str]
    ) -> None:
        self.sellers = sellers
        self.market = market
        self.cleared = clearing(market, costs)
        self.mechanism = mechanism
        self.money = money

    @cached_property
    def payments(self) -> Sequence[float]:
        """What each seller is paid."""
        return [float(payment) for payment in self.mechanism.pay(self.cleared)]

    @property
    def pots(self) -> Sequence[Pot]:
        """What is paid: there is no bound."""
        return [Pot("cash", sum(self.payments), np.inf)]

    @property
    def tolerance(self) -> float:
        """A billionth of the largest payment."""
        return ROUNDING * max((abs(payment) for payment in self.payments), default=0.0)

    @property
    def value_by_buyer(self) -> Sequence[float]:
        """What the allocation is worth to each buyer."""
        return [float(value) for value in self.cleared.allocation.value_by_buyer]

    @property
    def charges(self) -> Sequence[float]:
        """What each buyer would pay."""
        return [float(charge) for charge in self.mechanism.split(self.cleared, np.array(self.payments))]

    def lies(self) -> Search:
        """Find the seller whose best report gains most."""
        found = [best_misreport(self.market, self.cleared.costs, seller, self.mechanism) for seller in self._present]
        if not found:
            return Search(0, None, 0, "exact")
        best = max(found, key=lambda misreport: misreport.gain)
        witness = Witness(self.sellers[best.seller], best.true, best.report, best.gain)
        weakest = min((each.evidence for each in found), key=KINDS_OF_EVIDENCE.index)
        return Search(best.gain, witness, len(found), weakest, "best reports")

    def losses(self) -> Search:
        """Find the seller who loses most by the truth, at their report as the true cost and at some others."""
        worst: Witness | None = None
        for seller in self._present:
            true = TRUE_COSTS * float(self.cleared.costs[seller])
            told = consequences(self.market, self.cleared.costs, seller, true, self.mechanism)
            lost = borne(true, told.quantity) - told.payment
            place = int(np.argmax(lost))
            if worst is None or lost[place] > worst.gain:
                worst = Witness(self.sellers[seller], float(true[place]), float(true[place]), float(lost[place]))
        most = worst.gain if worst else 0
        return Search(most, worst, len(self._present) * len(TRUE_COSTS), "searched")

    def bosses(self) -> Search:
        """Refuse: where parts are sold, everyone's part moves with every report."""
        raise _sold_in_parts("winner_non_bossy")

    def groups(self) -> Search:
        """Refuse: there is no search for groups where parts are sold."""
        raise _sold_in_parts("weakly_group_strategyproof")

    def names(self) -> Search:
        """Refuse: what a part of a dataset would be here, the market does not say."""
        raise _sold_in_parts("sybil_proof")

    @property
    def _present(self) -> list[int]:
        return [int(seller) for seller in np.flatnonzero(self.cleared.costs != np.inf)]


def _sold_in_parts(claim: str) -> OfferError:
    found, bound = f"has {claim}", "it is asked of markets that buy whole datasets"
    return OfferError(Problem("claims", found, bound, "Leave it out, or give a markets.Procurement."))
