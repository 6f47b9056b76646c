"""Which bundle of datasets does a buyer take, who pays with a part of what the model earns?

A buyer k who takes the bundle x pays every seller j in it the part alpha_j of the money value u_k(x) of the model that
is trained on it, and keeps

    g_k(x) = (1 - f(alpha, x)) u_k(x),      f(alpha, x) = min(1, sum over j in x of alpha_j)  [FairShare25, eqs. 21-23]

They take the bundle of which they keep most, among those whose rates together are no more than `rate_max`, or nothing,
which leaves u_k of the empty bundle. The paper leaves f open; this one is the plainest. Rates that sum to more than 1
promise more than there is, so such a bundle is not taken: a buyer would keep nothing of it.

Of bundles that leave the buyer the same, they take the one that brings most to the seller who sets a rate; else what
they have; else the one worth most, of which all sellers together get most; else the smaller, and the first in order.
What is the same among floats says exactness.py: a buyer who pays 0.3 at most takes what is offered at 0.1 and 0.2.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations
from typing import Any

from evenhand.errors import OfferError, Problem, refuse, shown
from evenhand.markets.royalties import checks
from evenhand.markets.royalties.exactness import are_exact, in_kind
from evenhand.numerics import Number
from evenhand.numerics.exactness import ROUNDING
from evenhand.numerics.given import is_index, listed

Bundle = tuple[int, ...]
"""Sellers, by index, in rising order."""
Rate = Number | None
"""0 to 1; None for a seller who is not there."""
Rates = Sequence[Rate]
"""One rate a seller."""

SELLERS_MAX = 20
"""More sellers than this have more than a million bundles: list those that matter."""


@dataclass(frozen=True)
class RoyaltyBuyer:
    """A buyer who pays with a part of what the model earns.

    Args:
        utility: bundle -> the money value of the model trained on it; bundles that are not listed are not for sale
            together. That of the empty bundle, 0 unless listed, is what the buyer has without any data.
        rate_max: the largest part of the value that they pay away, 0 to 1.

    Raises:
        OfferError: a bundle does not name sellers in rising order, a utility is no finite number, that of the empty
            bundle is below 0, or the largest rate is out of bounds.

    >>> RoyaltyBuyer({(0,): 4, (0, 1): 6}, rate_max=1).utility
    {(): 0, (0,): 4, (0, 1): 6}
    """

    utility: Mapping[Bundle, Number]
    rate_max: Number = 1
    exact: bool = field(init=False, repr=False, compare=False)
    """Whether all is given in whole numbers and fractions."""

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        given = checks.utilities("utility", self.utility, problems)
        remedy = "Use 1 for a buyer who would pay all away."
        checks.rate("rate_max", self.rate_max, problems, remedy, what="a largest rate")
        refuse(problems)
        own = {tuple(int(member) for member in bundle): worth for bundle, worth in given.items()}
        table = sorted({(): 0, **own}.items(), key=lambda item: (len(item[0]), item[0]))
        object.__setattr__(self, "exact", are_exact([*(worth for _, worth in table), self.rate_max]))
        object.__setattr__(self, "utility", {bundle: in_kind(worth, exact=self.exact) for bundle, worth in table})
        object.__setattr__(self, "rate_max", in_kind(self.rate_max, exact=self.exact))


def tabulated(value: Callable[[Bundle], Number], sellers: int) -> dict[Bundle, Number]:
    """List the value of every bundle of some sellers' datasets.

    Raises:
        OfferError: there are too many sellers to list all bundles, or it is no number of sellers.

    >>> tabulated(lambda bundle: sum(3 + seller for seller in bundle), 2)
    {(): 0, (0,): 3, (1,): 4, (0, 1): 7}
    """
    if not is_index(sellers) or sellers > SELLERS_MAX:
        found, bound = f"are {shown(sellers)}", f"all bundles are listed of 0 to {SELLERS_MAX}"
        raise OfferError(Problem("sellers", found, bound, "List the bundles that matter yourself."))
    sizes = (combinations(range(sellers), size) for size in range(sellers + 1))
    return {bundle: value(bundle) for bundle in chain.from_iterable(sizes)}


@dataclass(frozen=True, slots=True)
class Choice:
    """A bundle, and what it leaves to the buyer."""

    bundle: Bundle
    net: Number


@dataclass(frozen=True, slots=True)
class Offers:
    """What one buyer can take, as one seller sees it: bundles with their dataset, and the best one without."""

    bundles: tuple[Bundle, ...]
    """The bundles with the dataset that the buyer could afford if it were free."""
    kept: tuple[Number, ...]
    """Of each, 1 less the rates of the other sellers in it: s. At a rate a the buyer keeps (s - a) u."""
    worth: tuple[Number, ...]
    """Of each the utility u, above 0."""
    without: Choice
    """The best without the dataset."""


def offers(buyer: RoyaltyBuyer, rates: Rates, seller: int, held: Bundle | None = None) -> Offers:
    """Give what a buyer can take when one seller is about to set a rate, the others' rates being as they are.

    Args:
        buyer: of the same kind of numbers as the rates (`one_kind`).
        rates: (sellers,) rates of all; the seller's own is not looked at.
        seller: who sets a rate.
        held: what the buyer has now; it stays where nothing without this seller is better.

    >>> from fractions import Fraction as F
    >>> buyer = RoyaltyBuyer({(): 1, (0,): 2, (1,): 3, (0, 1): 4}, rate_max=F(1, 2))
    >>> offered = offers(buyer, [F(1, 4), None], seller=1)
    >>> offered.bundles, [str(kept) for kept in offered.kept], offered.without
    (((1,), (0, 1)), ['1', '3/4'], Choice(bundle=(0,), net=Fraction(3, 2)))
    """
    return seen(buyer, lambda bundle: paid_to_others(bundle, rates, seller), seller, held)


def seen(buyer: RoyaltyBuyer, to_others: Callable[[Bundle], Rate], seller: int, held: Bundle | None = None) -> Offers:
    """Give the same from what each bundle costs besides the seller's rate, which many buyers may share."""
    ours: list[tuple[Bundle, Number, Number]] = []
    others: list[tuple[Bundle, Number, Number]] = []
    most = buyer.rate_max + (0 if buyer.exact else ROUNDING)
    for bundle, worth in buyer.utility.items():
        paid = to_others(bundle)
        if paid is None or paid > most:
            continue
        if seller not in bundle:
            others.append((bundle, (1 - paid) * worth, worth))
        elif worth > 0:  # else the buyer keeps no more than nothing, and the seller gets no more
            ours.append((bundle, 1 - paid, worth))
    bundles, kept, utilities = zip(*ours, strict=True) if ours else ((), (), ())
    return Offers(bundles, kept, utilities, choose(others, held, exact=buyer.exact))


def choose(found: Sequence[tuple[Bundle, Number, Number]], held: Bundle | None = None, *, exact: bool) -> Choice:
    """Choose among bundles: of those that leave most what the buyer has, else the one worth most, else the first.

    Args:
        found: (bundle, what it leaves, what it is worth) of each.
        held: what the buyer has.
        exact: whether all numbers are; what floats leave is trusted to a part in 10^12 of what the bundles are worth.

    >>> choose([((), 3, 3), ((0,), 3, 4), ((1,), 2, 9)], exact=True)
    Choice(bundle=(0,), net=3)
    """
    _, most, worth = max(found, key=lambda each: each[1])
    if exact:
        tied = [each for each in found if each[1] == most]
    else:
        tied = [each for each in found if each[1] >= most - ROUNDING * max(worth, each[2])]
    bundle, net, _ = max(tied, key=lambda each: (each[0] == held, each[2]))
    return Choice(bundle, net)


def beside(rates: Rates, seller: int) -> list[Rate]:
    """Give the rates beside which a seller sets one: all but the seller's own.

    >>> beside([0.25, 0.5], seller=0)
    [None, 0.5]
    """
    return [None if j == seller else rate for j, rate in enumerate(rates)]


def one_kind(buyers: Sequence[RoyaltyBuyer], rates: Rates) -> tuple[list[RoyaltyBuyer], list[Rate]]:
    """Give buyers and rates in one kind of numbers: whole numbers and fractions, or floats where any number is one."""
    exact = all(buyer.exact for buyer in buyers) and are_exact(rate for rate in rates if rate is not None)
    given = [None if rate is None else in_kind(rate, exact=exact) for rate in rates]
    if exact:
        return list(buyers), given
    return [
        RoyaltyBuyer({bundle: float(worth) for bundle, worth in buyer.utility.items()}, float(buyer.rate_max))
        if buyer.exact
        else buyer
        for buyer in buyers
    ], given


def checked(
    buyers: Any, rates: Any, seller: Any, cost: Any = 0, held: Any = None, noted: Sequence[Problem] = ()
) -> list[RoyaltyBuyer]:
    """Give the buyers; refuse what is none, rates or a cost out of bounds, and a seller who has none among the rates.

    Raises:
        OfferError: with everything that is wrong, and what was noted before.
    """
    problems = [*noted]
    known = checked_buyers(buyers, problems)
    there = checks.rates(rates, problems, seller)
    if not is_index(seller) or seller >= len(there):
        bound = f"there are {len(there)} rates, counted from 0"
        problems.append(Problem("seller", f"is {shown(seller)}", bound, "Give a rate, or None, for every seller."))
    checks.cost("cost", cost, problems)
    if held is not None:
        has = checks.a_list("held", held, "bundles, one a buyer", problems)
        if listed(held) is not None and len(has) != len(known):
            found, bound = f"are {len(has)}", f"there are {len(known)} buyers"
            problems.append(Problem("held", found, bound, "Use () for a buyer who has nothing."))
        for k, bundle in enumerate(has):
            checks.bundle(f"held[{k}]", bundle, problems, sellers=len(there))
    refuse(problems)
    return known


def checked_buyers(buyers: Any, problems: list[Problem]) -> list[RoyaltyBuyer]:
    """Take buyers; note what is none."""
    known = checks.a_list("buyers", buyers, "RoyaltyBuyer", problems)
    for k, each in enumerate(known):
        if not isinstance(each, RoyaltyBuyer):
            found, bound = f"is {shown(each)}", "a buyer has utilities and a largest rate"
            problems.append(Problem(f"buyers[{k}]", found, bound, "Give RoyaltyBuyer(utility, rate_max)."))
    return known


def paid_to_others(bundle: Bundle, rates: Rates, seller: int) -> Rate:
    """Sum the rates of the others in a bundle; None where one of them is not there.

    >>> paid_to_others((0, 1, 2), [3, None, 4], seller=1), paid_to_others((0, 1), [3, None], seller=0)
    (7, None)
    """
    paid: Number = 0
    for member in bundle:
        if member == seller:
            continue
        rate = rates[member] if member < len(rates) else None
        if rate is None:
            return None
        paid = paid + rate
    return paid
