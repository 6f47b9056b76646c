"""What is a seller left with, as fractions of their own report?

A market that knows what moves with one seller's report says so: `cleared.own_report(seller, every=...)` gives, for
coalitions of the others, d, R and how the buyers' value moves with y = d / (report + d). Each payment rule here is a
sum of such fractions, and so is payment - true * quantity.
"""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from evenhand.numerics.games import shapley_weights
from evenhand.numerics.partial_fractions import PartialFractions
from evenhand.records import Array


class OwnReport(Protocol):
    """One seller beside coalitions of the others; the last is everyone who is present.

    The seller sells (R / d) y^2 there.
    """

    @property
    def distance(self) -> Array:
        """(coalitions,) d."""
        ...

    @property
    def reach(self) -> Array:
        """(coalitions,) R."""
        ...

    def value_gain(self) -> tuple[Array, Array]:
        """Give the factors of y and y^2 in what the buyers gain when the seller joins: (coalitions,) each."""
        ...


Paid = Callable[[OwnReport], tuple[Array, Array]]
"""The factors of y and y^2 in a payment: (coalitions,) each."""


def reimbursed(own: OwnReport) -> tuple[Array, Array]:
    """u R y^2 / d = R y - R y^2."""
    return own.reach, -own.reach


def highest_asked(own: OwnReport) -> tuple[Array, Array]:
    """R y on top, which is the integral of the quantity from u on."""
    return 2 * own.reach, -own.reach


def lost_value(own: OwnReport) -> tuple[Array, Array]:
    """What the buyers gain when the seller joins."""
    return own.value_gain()


def average_contribution(own: OwnReport) -> tuple[Array, Array]:
    """The same, averaged over the coalitions that the seller may join."""
    others = len(own.distance).bit_length() - 1
    sizes = np.bitwise_count(np.arange(len(own.distance), dtype=np.uint64)).astype(np.int64)
    weights = np.array(shapley_weights(others + 1), dtype=np.float64)[sizes]
    first, second = own.value_gain()
    return weights * first, weights * second


FRACTIONS: dict[str, Paid] = {
    "direct": reimbursed,
    "leave_one_out": lost_value,
    "shapley": average_contribution,
    "threshold": highest_asked,
    "vcg": highest_asked,
}
"""Payment rule, as in `payments.RULES` -> its fractions."""

EVERY = ("shapley",)
"""Rules that look at every coalition of the others, in the order of `subsets`; the rest look at all of them alone."""


def fractions_of(rule: str, cleared: Any, seller: int, true: float) -> PartialFractions | None:
    """Give payment - true * quantity as a function of one seller's report; None where it is not known in full.

    Args:
        rule: a name of a payment rule.
        cleared: the market at the others' reports; the seller's own plays no part.
        seller: whose report moves.
        true: what a unit costs the seller.
    """
    if rule not in FRACTIONS or not hasattr(cleared, "own_report"):
        return None
    own: OwnReport | None = cleared.own_report(seller, every=rule in EVERY)
    if own is None:
        return None
    first, second = FRACTIONS[rule](own)
    taken = np.zeros(len(second))
    taken[-1] = true / own.distance[-1] * own.reach[-1]
    return PartialFractions(own.distance, first, second - taken)
