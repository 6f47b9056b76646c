"""What does a buyer buy at posted prices? [FairShare25, eqs. 1-2]

A buyer gains what the data is worth to them, less its price, and buys the best bundle that the budget allows:

    g(x) = u(x) - x.p,        x~ = argmax of g(x) over x.p <= b

Buying nothing is always possible, so no bundle is bought that is worth less than what it costs: that is the paper's
g(x) >= 0, said so that it still makes sense where a buyer has something, or suffers something, without buying: u(()) is
then not 0, and what counts is g(x) >= u(()).

Money is in whole minor units where prices and budget are integers; nothing is then rounded, and with whole utilities
nothing at all. Floats may be used for theory; their sums are trusted to a part in 10^12.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from evenhand.errors import Problem, refuse, shown
from evenhand.markets.posted.bundles import Utility
from evenhand.markets.posted.checks import amount, amounts, index
from evenhand.markets.posted.enumeration import Enumerated
from evenhand.markets.posted.exactness import Number
from evenhand.markets.posted.greedy import Greedy
from evenhand.markets.posted.knapsack import Knapsack
from evenhand.markets.posted.partial_bundles import PartialBundles
from evenhand.markets.posted.programme import Programme
from evenhand.markets.posted.sale import Demand, Purchase, Route, Sale, bought, route, whole_money
from evenhand.markets.posted.set_functions import as_utility
from evenhand.numerics.given import listed

EXACT: dict[str, Route] = {
    "dynamic_programming": Knapsack,
    "enumeration": Enumerated,
    "partial_bundles": PartialBundles,
    "integer_programme": Programme,
}
"""The ways to decide exactly; the cheapest that suits is taken, equals in this order."""
METHODS: dict[str, Route] = {**EXACT, "greedy": Greedy}
"""Those that can be asked for by name; greedy gives a bound."""


@dataclass(frozen=True, eq=False)
class Buyer:
    """Someone who buys data at posted prices.

    Args:
        utility: what bundles are worth, as for `purchase`.
        budget: what may be spent at most; inf for no limit.
    """

    utility: Any
    budget: Any


def net_utility(utility: Any, prices: Any, bundle: Sequence[int]) -> Number:
    """Give what a bundle is worth to a buyer beyond its price: g(x) = u(x) - x.p [FairShare25, eq. 1].

    Args:
        utility, prices: as for `purchase`.
        bundle: dataset indices.

    Raises:
        OfferError: a price or an index is out of bounds, or the utility of the bundle is not known.

    >>> net_utility({(0,): 10, (1,): 8, (0, 1): 10.5}, prices=[9, 1], bundle=[0, 1])
    0.5
    """
    problems: list[Problem] = []
    sale, asked = _sale(utility, prices, inf, problems)
    members = listed(bundle)
    if members is None:
        remedy = "Give a list, [] for buying nothing."
        problems.append(Problem("bundle", f"is {shown(bundle)}", "it is a list of dataset indices", remedy))
    chosen = [index("bundle", each, len(asked), problems) for each in members or ()]
    if not problems and len(set(chosen)) < len(chosen):
        problems.append(Problem("bundle", f"is {shown(bundle)}", "a dataset is bought once", "Name each once."))
    refuse(problems)
    return bought(sale, tuple(sorted(chosen)), asked).net


def purchase(utility: Any, prices: Any, budget: Any, *, method: str | None = None) -> Purchase:
    """Buy the bundle that is worth most beyond its price, within the budget [FairShare25, eqs. 1-2].

    Of equal bundles the one with the last dataset is bought, then the one with the last but one, and so on, so that a
    dataset is bought when the buyer is indifferent (sale.py).

    Args:
        utility: what a bundle is worth, money: a function of sorted tuples of dataset indices, a mapping from them,
            `Additive`, `Pairwise` or `OfMasks` (bundles.py).
        prices: (n,) money, 0 or more; inf for a dataset that is not on sale.
        budget: money, 0 or more; inf for no limit.
        method: a key of `METHODS`; by default the cheapest exact one that suits.

    Returns:
        What is bought, for how much, and whether that is exact or a bound.

    Raises:
        OfferError: a price, the budget, the method or a utility is out of bounds, or no exact method suits: more than
            20 datasets with a utility that neither adds up nor interacts in pairs, or too many bundles close to the
            best. All are named.

    >>> purchase({(0,): 10, (1,): 8, (0, 1): 10.5}, prices=[9, 6], budget=10)
    Purchase(bundle=(1,), spent=6, utility=8, net=2, how='exact', at_most=2)
    """
    problems: list[Problem] = []
    sale, asked = _sale(utility, prices, budget, problems)
    refuse(problems)
    return route(sale, EXACT if method is None else METHODS, method).purchase(asked)


def demand(
    utility: Utility, n: int, ids: Sequence[int], budget: Number, *, whole: bool, spend_max: Number = inf
) -> Demand:
    """Prepare the exact decisions of a buyer about these datasets, in the order of ties.

    Raises:
        OfferError: no exact method suits.
    """
    return route(Sale(utility, n, tuple(ids), budget, whole, spend_max), EXACT)


def fitting(utility: Any, n: int, problems: list[Problem], where: str = "utility") -> Utility:
    """Take a utility over n datasets; note what is wrong with it."""
    noted: list[Problem] = []
    known = as_utility(utility, noted)
    if known.size is not None and known.size != n:
        found, bound = f"is of {known.size} datasets", f"there are {n}"
        noted.append(Problem("utility", found, bound, "Give one price and one utility a dataset, in the same order."))
    problems.extend(Problem(where, each.found, each.bound, each.remedy) for each in noted)
    return known


def _sale(utility: Any, prices: Any, budget: Any, problems: list[Problem]) -> tuple[Sale, list[Number]]:
    asked = amounts("prices", prices, problems)
    limit = amount("budget", budget, problems)
    known = fitting(utility, len(asked), problems) if not problems else as_utility(utility, problems)
    ids = tuple(dataset for dataset, price in enumerate(asked) if price < inf)
    spend_max = sum(asked[dataset] for dataset in ids)
    return Sale(known, len(asked), ids, limit, whole_money([limit, *asked]), spend_max), asked
