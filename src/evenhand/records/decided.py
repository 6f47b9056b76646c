"""What was decided? Who sells how much and who is paid what, and a `Finding` for every promise."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from evenhand import canonical
from evenhand.canonical import IF_STATED
from evenhand.records.measured import Record
from evenhand.records.units import Array, Number

OUTCOME_SCHEMA = "evenhand/outcome/1"


@dataclass(frozen=True)
class Allocation:
    """Who sells how much, and what that is worth.

    Many queries of one kind are many markets at once, each with its own buyer: everything then has a row a query.
    """

    quantity: Array
    """(sellers,), or (queries, sellers): whole numbers 0 and 1 where datasets are sold whole, floats elsewhere."""
    weights: Array
    """(buyers, sellers) what each buyer takes of each seller; the quantity itself where datasets are sold whole."""
    value_by_buyer: Array
    """(buyers,) what the allocation is worth to each; a query is a buyer."""
    welfare: Any
    """The buyers' value minus the reported costs; (queries,) where there are many."""

    @property
    def value(self) -> Any:
        """The value to all buyers together; (queries,) where there are many."""
        return self.value_by_buyer if self.quantity.ndim == 2 else self.value_by_buyer.sum()

    @property
    def whole(self) -> bool:
        """Whether datasets are sold whole or not at all."""
        return not np.issubdtype(self.quantity.dtype, np.floating)


@dataclass(frozen=True)
class Without:
    """The market once more without each seller in turn: deleted, and everything else decided anew."""

    value_by_buyer: Array
    """(buyers, sellers) column j: what is then worth how much to each buyer."""
    welfare: Array
    """(sellers,), or (queries, sellers)."""

    @property
    def value(self) -> Array:
        """(sellers,), or (queries, sellers): the value to all buyers together."""
        return self.value_by_buyer if self.welfare.ndim == 2 else self.value_by_buyer.sum(axis=0)


@dataclass(frozen=True)
class Estimate:
    """Payments estimated from a sample, each with its standard error."""

    value: Array
    """(sellers,) unbiased."""
    stderr: Array
    """(sellers,) the standard error of the sampling."""
    budget: int
    """How many coalitions were valued for it."""


@dataclass(frozen=True, slots=True)
class Witness:
    """How a promise is broken: what this seller gains by `report` when the true cost is `true`.

    Where both are the same, it is what the seller loses by taking part with the truth.
    """

    seller: str
    true: Number
    report: Number
    gain: Number
    others: "tuple[Witness, ...]" = field(default=(), metadata=IF_STATED)
    """who lies along, each with what they gain; or the seller's further names, each with its cost and its report."""
    entered: "Entered | None" = field(default=None, metadata=IF_STATED)
    """what is entered under this name, where the promise is about names."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What one name enters, and what becomes of it."""

    worth: Number
    sold: Number
    paid: Number
    way: str = field(default="", metadata=IF_STATED)
    """of the first name, how its seller enters: "splitting", "merging" ... (properties/sybil.py)."""
    own: tuple[Witness, ...] = field(default=(), metadata=IF_STATED)
    """of the first name, those who enter so, as they would under their own names with the truth."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a claim held here, by how much it missed, who shows it, and how we know."""

    claim: str
    holds: bool
    gap: Number
    """by how much the claim is missed, in money, or in sellers where it is about who sells; 0 where it holds. A witness
    may show a little less, where no single report reaches the gap but reports come as near to it as one likes."""
    evidence: str
    """"proved", "exact", "certified" or "searched"."""
    tried: int
    """how many reports, sellers or sums were looked at."""
    statement: str
    """the finding in a sentence for people."""
    witness: Witness | None = None
    market: Mapping[str, Any] | None = field(default=None, metadata=IF_STATED)
    """the numbers of the market where the witness is met, if it is not the one that was asked about."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a round decided about one offer, and the numbers that it follows from."""

    seller: str
    quality: int
    value: Fraction
    """exact, in units of V; negative where the dataset hurts."""
    value_low: int
    value_millionths: int
    value_high: int
    worth: int
    reason: str
    """a key of `reports.reasons.REASONS`."""
    highest_winning_minor: int | None
    """the highest whole report that would have been selected; None where no report would."""
    payment_minor: int
    """what is paid now, in cash."""
    share_minor: int | None = field(default=None, metadata=IF_STATED)
    """what is promised in shares of future revenue; None where the call has no pool of shares."""

    @property
    def selected(self) -> bool:
        """Whether the dataset is bought."""
        return self.reason == "selected"

    @property
    def received_minor(self) -> int:
        """Cash and shares together."""
        return self.payment_minor + (self.share_minor or 0)


@dataclass(frozen=True)
class Outcome:
    """Who sells how much and what everyone gets and pays.

    On bare arrays money is whatever unit the costs were in; in a round it is whole minor units, and `decisions`,
    `findings` and `record` are filled.
    """

    mechanism: str
    quantity: Array
    """(sellers,) how much each sells; 0 or 1 where datasets are sold whole."""
    cash: Array
    """(sellers,) paid now."""
    share: Array
    """(sellers,) deferred claims, in the same money."""
    charge: Array
    """(buyers, sellers) what each buyer pays toward each seller."""
    sellers: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    decisions: tuple[Decision, ...] = ()
    record: Record | None = None

    def utility(self, true_costs: Any) -> Array:
        """Give what each seller is left with, cash + share - cost * quantity; an absent seller (cost inf) has 0.

        >>> Outcome("demo", np.array([1, 0]), np.array([5.0, 0]), np.zeros(2), np.zeros((1, 2))).utility([3, np.inf])
        array([2., 0.])
        """
        costs = np.where(self.quantity > 0, np.asarray(true_costs), 0)
        left: Array = self.cash + self.share - costs * self.quantity
        return left

    def published(self) -> dict[str, Any]:
        """Give the outcome of a round as the plain tree that is published; it names the record it follows from."""
        assert self.record is not None, "only a round publishes"
        terms = self.record.terms
        return {
            "schema": OUTCOME_SCHEMA,
            "record": canonical.digest(canonical.encode(self.record)),
            "mechanism": self.mechanism,
            "currency": terms.currency,
            "budget_minor": terms.budget_minor,
            "paid_minor": int(self.cash.sum()),
            **({"promised_minor": int(self.share.sum())} if terms.share_pool_minor else {}),
            "decisions": [{**canonical.tree(decision), "selected": decision.selected} for decision in self.decisions],
            "findings": canonical.tree(self.findings),
        }
