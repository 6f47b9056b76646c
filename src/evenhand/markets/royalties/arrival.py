"""What do sellers ask as they arrive one after the other, and would they ask it again?

Each seller who arrives sees the rates of those who are there, and sets the rate that is best at that moment, once
[FairShare25, Algorithm 2, with the rates of section 3 for prices]. A seller who would not earn the cost stays away.
What comes of it depends on the order, and is no equilibrium: a later seller may take buyers from an earlier one,
and `regrets` says how much each would then gain by setting their rate again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from evenhand.errors import OfferError, Problem
from evenhand.markets.royalties.best_rate import best_royalty
from evenhand.markets.royalties.buyers import LARGEST, Bundle, RoyaltyBuyer, in_range
from evenhand.numerics import Number


@dataclass(frozen=True, slots=True)
class SequentialRates:
    """Rates, bundles and revenues once everyone has arrived."""

    rates: tuple[Number | None, ...]
    """(sellers,) None for those who stayed away."""
    bundles: tuple[Bundle, ...]
    """(buyers,) what each buyer has in the end."""
    revenues: tuple[Number, ...]
    """(sellers,) what each earns in the end, before costs."""
    expected: tuple[Number, ...]
    """(sellers,) what each would have earned when they arrived, had nobody come after them."""
    regrets: tuple[Number, ...]
    """(sellers,) how much more each could earn, costs counted, by setting their rate again, or by staying away, when
    all others stay as they are and ties go to them; all 0 where nobody wants to."""


def sequential_rates(
    buyers: Sequence[RoyaltyBuyer], costs: Sequence[Number], order: Sequence[int] | None = None
) -> SequentialRates:
    """Let sellers arrive one after the other, each setting their best rate once.

    Args:
        buyers: (buyers,).
        costs: (sellers,) what selling costs each, once, whoever buys.
        order: (sellers,) who comes first; by index if left out.

    Raises:
        OfferError: a cost is out of bounds, or the order does not name everyone once.

    Two datasets that replace one another. The second is taken at the same rate, a tie, and the first is left with
    nothing of what was expected:

    >>> arrived = sequential_rates([RoyaltyBuyer({(): 1, (0,): 2, (1,): 2, (0, 1): 2})], costs=[0, 0])
    >>> [str(rate) for rate in arrived.rates], arrived.bundles
    (['1/2', '1/2'], ((1,),))
    >>> [str(each) for each in arrived.revenues], [str(each) for each in arrived.expected]
    (['0', '1'], ['1', '1'])
    """
    _refuse(costs, order)
    rates: list[Number | None] = [None] * len(costs)
    expected: list[Number] = [0] * len(costs)
    bundles: tuple[Bundle, ...] = ((),) * len(buyers)
    for seller in range(len(costs)) if order is None else order:
        best = best_royalty(buyers, rates, seller, costs[seller], bundles)
        rates[seller], bundles = best.rate, best.bundles
        expected[seller] = 0 if best.rate is None else best.revenue
    revenues = earned(buyers, rates, bundles)
    regrets = (asked_again(buyers, rates, revenues, seller, cost)[1] for seller, cost in enumerate(costs))
    return SequentialRates(tuple(rates), bundles, revenues, tuple(expected), tuple(regrets))


def earned(
    buyers: Sequence[RoyaltyBuyer], rates: Sequence[Number | None], bundles: Sequence[Bundle]
) -> tuple[Number, ...]:
    """Give what each seller earns before costs: their rate of the utility of every bundle that they are in.

    >>> earned([RoyaltyBuyer({(0,): 8, (1,): 9})], rates=[0.25, None], bundles=[(0,)])
    (2.0, 0)
    """
    revenues: list[Number] = [0] * len(rates)
    for buyer, bundle in zip(buyers, bundles, strict=True):
        for seller in bundle:
            revenues[seller] = revenues[seller] + rates[seller] * buyer.utility[bundle]
    return tuple(revenues)


def asked_again(
    buyers: Sequence[RoyaltyBuyer],
    rates: Sequence[Number | None],
    revenues: Sequence[Number],
    seller: int,
    cost: Number,
) -> tuple[Number | None, Number]:
    """Give the rate that a seller would now rather ask, None to stay away, and how much more they would then have.

    All others stay as they are, and ties go to the seller. A seller with nothing to gain keeps their rate, and gains 0.

    >>> asked_again([RoyaltyBuyer({(0,): 8})], rates=[0.25], revenues=[2.0], seller=0, cost=0)
    (1.0, 6.0)
    """
    now = 0 if rates[seller] is None else revenues[seller] - cost
    best = best_royalty(buyers, rates, seller, cost)
    then = 0 if best.rate is None else best.revenue - cost
    return (best.rate, then - now) if then > now else (rates[seller], 0)


def _refuse(costs: Sequence[Number], order: Sequence[int] | None) -> None:
    problems = [
        Problem(f"costs[{j}]", f"is {cost!r:.60}", "a cost is finite and 0 or more", "Leave out those who stay away.")
        for j, cost in enumerate(costs)
        if not in_range(cost, 0, LARGEST)
    ]
    if order is not None and sorted(order) != list(range(len(costs))):
        bound = f"it names each of {len(costs)} sellers once, from 0 on"
        problems.append(Problem("order", f"is {list(order)!r:.60}", bound, "Give everyone's place."))
    if problems:
        raise OfferError(problems)
