"""What is on sale to a buyer, and how is it decided what they buy?

The same question has four exact answers, each with its own reach. `route` takes the cheapest that suits:

    dynamic_programming    additive utilities, whole prices and budget     (knapsack.py; up to 2^32 steps)
    enumeration            any utility, up to 20 datasets                  (enumeration.py)
    partial_bundles        additive and pairwise, all whole, up to 62 datasets, each interacting with few
                                                                           (partial_bundles.py)
    integer_programme      additive and pairwise utilities, any number, while few bundles come close to the best;
                           else whole numbers up to 100,000 units, and floats roughly
                                                                           (programme.py)

Ties. Of bundles with the same net utility the one with the last dataset is bought, then the one with the last but one,
and so on: a dataset is bought when it is as good with as without, and where two compete, the later one wins. "Last" is
by index, or by arrival where datasets arrive. Only where the integer programme says "bound" is it any good bundle, so
that sellers who price at a tie may sell nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Protocol

from evenhand.errors import OfferError, Problem, shown, unknown
from evenhand.markets.posted.bundles import Bundle, Utility
from evenhand.markets.posted.exactness import Number, whole_or_float
from evenhand.records import Array


@dataclass(frozen=True)
class Purchase:
    """What a buyer buys."""

    bundle: Bundle
    """The datasets, in rising order."""
    spent: Number
    """The sum of their prices: never above the budget, but for the rounding of float sums."""
    utility: Number
    """What the bundle is worth to the buyer."""
    net: Number
    """Utility minus what is spent."""
    how: str
    """"exact": no affordable bundle has a higher net utility, but for the rounding of floats (exactness.py); "bound":
    one may have, up to `at_most`: with method="greedy", and for very many floats (programme.py)."""
    at_most: Number
    """No bundle has a higher net utility than this; greedy knows it for utilities with diminishing returns."""


@dataclass(frozen=True, eq=False)
class Sale:
    """The datasets that a buyer may choose from.

    Args:
        utility: the buyer's.
        n: how many datasets there are, on sale or not.
        ids: those that are or will be on sale, in the order of ties: of equals, the later is bought.
        budget: what may be spent at most, per bundle.
        whole: whether prices and budget are whole minor units.
        spend_max: no bundle costs more than this, or more than the budget.
    """

    utility: Utility
    n: int
    ids: tuple[int, ...]
    budget: Number
    whole: bool
    spend_max: Number = inf

    @property
    def most(self) -> Number:
        """The most that can be spent."""
        return min(self.budget, self.spend_max)


class Demand(Protocol):
    """One buyer's decisions, at any prices of the datasets in a sale."""

    @property
    def equal(self) -> float:
        """By how much rounding may put what a buyer would pay below an amount that still counts as paid.

        0 for whole numbers.
        """
        ...

    def purchase(self, prices: Sequence[Number]) -> Purchase:
        """Say what is bought at these prices: (n,), inf for a dataset that is not on sale."""
        ...

    def willingness(self, prices: Sequence[Number], item: int) -> Number:
        """Say the highest price at which the item is bought, the others at theirs; its own price is ignored."""
        ...


class Route(Protocol):
    """A way to decide, for the sales that suit it."""

    def __call__(self, sale: Sale) -> Demand:
        """Prepare the decisions of a buyer."""
        ...

    def unsuited(self, sale: Sale) -> Problem | None:
        """Say why it is not for this sale, and what would be; None where it is."""
        ...

    def last_resort(self, sale: Sale) -> bool:
        """Say whether it takes such a utility whatever else is said: what it refuses then names a way out."""
        ...

    def work(self, sale: Sale) -> float:
        """Give the number of steps that one decision takes."""
        ...


def route(sale: Sale, routes: Mapping[str, Route], method: str | None = None) -> Demand:
    """Prepare a buyer's decisions, by the method named or the cheapest that suits.

    Raises:
        OfferError: the method is not known or does not suit the sale, or none does.
    """
    given: Any = method
    if not isinstance(given, str | None):
        bound = f"it is a name: {', '.join(routes)}"
        raise OfferError(Problem("method", f"is {shown(given)}", bound, "Leave it out for the cheapest that suits."))
    if method is not None and method not in routes:
        raise OfferError(unknown("method", method, routes))
    tried = [routes[method]] if method else sorted(routes.values(), key=lambda each: each.work(sale))
    refused: list[Problem] = []
    for each in tried:
        problem = each.unsuited(sale)
        if problem is None:
            return each(sale)
        if method or each.last_resort(sale):
            refused.append(problem)
    raise OfferError(refused)


def on_sale(ids: Sequence[int], prices: Sequence[Number], without: int | None = None) -> tuple[list[int], Array]:
    """List the datasets with a price, in the order of ties, and their prices.

    >>> on_sale([2, 0, 1], [5, inf, 7])
    ([2, 0], array([7, 5]))
    """
    here = [dataset for dataset in ids if prices[dataset] < inf and dataset != without]
    return here, whole_or_float([prices[dataset] for dataset in here])


def bought(sale: Sale, bundle: Bundle, prices: Sequence[Number], at_most: Number | None = None) -> Purchase:
    """Write down a purchase: exact unless a bound on every other bundle is given."""
    spent = sum(prices[dataset] for dataset in bundle)
    utility = sale.utility.of(bundle, sale.n)
    net = utility - spent
    exact = at_most is None
    return Purchase(bundle, spent, utility, net, "exact" if exact else "bound", net if at_most is None else at_most)


def whole_money(amounts: Iterable[Number]) -> bool:
    """Say whether all amounts are whole; inf, for no budget or for what is not on sale, counts as one."""
    return all(isinstance(each, int) or each == inf for each in amounts)
