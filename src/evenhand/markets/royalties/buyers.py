"""Which bundle of datasets does a buyer take, who pays with a part of what the model earns?

A buyer k who takes the bundle x pays every seller j in it the part alpha_j of the money value u_k(x) of the model that
is trained on it, and keeps

    g_k(x) = (1 - f(alpha, x)) u_k(x),      f(alpha, x) = min(1, sum over j in x of alpha_j)  [FairShare25, eqs. 21-23]

They take the bundle of which they keep most, among those whose rates together are no more than `rate_max`, or nothing,
which leaves u_k of the empty bundle. The paper leaves f open; this one is the plainest. Rates that sum to more than 1
promise more than there is, so such a bundle is not taken: a buyer would keep nothing of it.

Of bundles that leave the buyer the same, they take the one that brings most to the seller who sets a rate; else what
they have; else the one worth most, of which all sellers together get most; else the smaller, and the first in order.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain, combinations, pairwise
from math import inf
from numbers import Rational, Real
from typing import Any

from evenhand.errors import OfferError, Problem
from evenhand.numerics import Number

Bundle = tuple[int, ...]
"""Sellers, by index, in rising order."""
Rates = Sequence[Number | None]
"""One rate a seller, 0 to 1; None for a seller who is not there."""

SELLERS_MAX = 20
"""More sellers than this have more than a million bundles: list those that matter."""
LARGEST = 1e300
"""Utilities stay below what sums of them could carry past the largest float."""


@dataclass(frozen=True)
class RoyaltyBuyer:
    """A buyer who pays with a part of what the model earns.

    Args:
        utility: bundle -> the money value of the model trained on it; bundles that are not listed are not for sale
            together. That of the empty bundle, 0 unless listed, is what the buyer has without any data.
        rate_max: the largest part of the value that they pay away, 0 to 1.

    Raises:
        OfferError: a bundle is not sorted, a utility is no finite number, that of the empty bundle is below 0, or the
            largest rate is out of bounds.

    >>> RoyaltyBuyer({(0,): 4, (0, 1): 6}, rate_max=Fraction(1, 2)).utility
    {(): 0, (0,): 4, (0, 1): 6}
    """

    utility: Mapping[Bundle, Number]
    rate_max: Number = 1
    exact: bool = field(init=False, repr=False, compare=False)
    """Whether all is given in whole numbers and fractions."""

    def __post_init__(self) -> None:
        problems = [
            problem for bundle, worth in self.utility.items() for problem in [*_bundle(bundle), *_worth(bundle, worth)]
        ]
        if not in_range(self.rate_max, 0, 1):
            found, bound = f"is {self.rate_max!r:.60}", "a largest rate is a number, 0 to 1"
            problems.append(Problem("rate_max", found, bound, "Use 1 for a buyer who would pay all away."))
        if problems:
            raise OfferError(problems)
        listed = sorted({(): 0, **self.utility}.items(), key=lambda item: (len(item[0]), item[0]))
        object.__setattr__(self, "exact", are_exact([*(worth for _, worth in listed), self.rate_max]))
        object.__setattr__(self, "utility", {bundle: plain(worth, exact=self.exact) for bundle, worth in listed})
        object.__setattr__(self, "rate_max", plain(self.rate_max, exact=self.exact))


def tabulated(value: Callable[[Bundle], Number], sellers: int) -> dict[Bundle, Number]:
    """List the value of every bundle of some sellers' datasets.

    Raises:
        OfferError: there are too many sellers to list all bundles.

    >>> tabulated(lambda bundle: sum(3 + seller for seller in bundle), 2)
    {(): 0, (0,): 3, (1,): 4, (0, 1): 7}
    """
    if sellers > SELLERS_MAX:
        found, bound = f"are {sellers}", f"all bundles are listed of up to {SELLERS_MAX}"
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
        buyer: of any kind of numbers.
        rates: (sellers,) rates of all; the seller's own is not looked at.
        seller: who sets a rate.
        held: what the buyer has now; it stays where nothing without this seller is better.

    >>> buyer = RoyaltyBuyer({(): 1, (0,): 2, (1,): 3, (0, 1): 4}, rate_max=Fraction(1, 2))
    >>> offered = offers(buyer, [Fraction(1, 4), None], seller=1)
    >>> offered.bundles, [str(kept) for kept in offered.kept], offered.without
    (((1,), (0, 1)), ['1', '3/4'], Choice(bundle=(0,), net=Fraction(3, 2)))
    """
    return seen(buyer, lambda bundle: paid_to_others(bundle, rates, seller), seller, held)


def seen(
    buyer: RoyaltyBuyer, to_others: Callable[[Bundle], Number | None], seller: int, held: Bundle | None = None
) -> Offers:
    """Give the same from what each bundle costs besides the seller's rate, which many buyers may share."""
    ours: list[tuple[Bundle, Number, Number]] = []
    best: tuple[Any, ...] = (-inf,)
    chosen: Bundle = ()
    for bundle, worth in buyer.utility.items():
        paid = to_others(bundle)
        if paid is None or paid > buyer.rate_max:
            continue
        if seller in bundle:
            if worth > 0:  # else the buyer keeps no more than nothing, and the seller gets no more
                ours.append((bundle, 1 - paid, worth))
            continue
        key = ((1 - paid) * worth, bundle == held, worth)
        if key > best:
            best, chosen = key, bundle
    bundles, kept, utilities = zip(*ours, strict=True) if ours else ((), (), ())
    return Offers(bundles, kept, utilities, Choice(chosen, best[0]))


def one_kind(buyers: Sequence[RoyaltyBuyer], rates: Rates) -> tuple[list[RoyaltyBuyer], list[Number | None]]:
    """Give buyers and rates in one kind of numbers: whole numbers and fractions, or floats where any number is one."""
    exact = all(buyer.exact for buyer in buyers) and are_exact([rate for rate in rates if rate is not None])
    given = [None if rate is None else plain(rate, exact=exact) for rate in rates]
    if exact:
        return list(buyers), given
    return [
        RoyaltyBuyer({bundle: float(worth) for bundle, worth in buyer.utility.items()}, float(buyer.rate_max))
        if buyer.exact
        else buyer
        for buyer in buyers
    ], given


def plain(number: Any, *, exact: bool) -> Number:
    """Give a number of Python's own: a whole number or a fraction, or a float.

    >>> plain(3, exact=True), plain(3, exact=False)
    (3, 3.0)
    """
    if not exact:
        return float(number)
    return int(number) if number.denominator == 1 else Fraction(int(number.numerator), int(number.denominator))


def in_range(given: Any, low: Number, high: Number) -> bool:
    """Whether something given is a number within bounds.

    >>> in_range(0.5, 0, 1), in_range("half", 0, 1)
    (True, False)
    """
    number: Any = given
    return isinstance(given, Real) and bool(low <= number <= high)


def are_exact(numbers: Sequence[Any]) -> bool:
    """Whether these are whole numbers and fractions."""
    return all(isinstance(number, Rational) for number in numbers)


def checked_rates(rates: Rates, seller: int, cost: Any) -> None:
    """Refuse rates that are out of bounds, a seller who has none among them, and a cost that is out of bounds.

    Raises:
        OfferError: with everything that is wrong.
    """
    problems = [
        Problem(f"rates[{j}]", f"is {rate!r:.60}", "a rate is a number, 0 to 1", "Use None for one who is away.")
        for j, rate in enumerate(rates)
        if j != seller and rate is not None and not in_range(rate, 0, 1)
    ]
    if not 0 <= seller < len(rates):
        found, bound = f"is {seller}", f"there are {len(rates)} rates, counted from 0"
        problems.append(Problem("seller", found, bound, "Give a rate, or None, for every seller."))
    if not in_range(cost, 0, LARGEST):
        problems.append(Problem("cost", f"is {cost!r:.60}", "a cost is finite and 0 or more", "Correct it."))
    if problems:
        raise OfferError(problems)


def paid_to_others(bundle: Bundle, rates: Rates, seller: int) -> Number | None:
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


def _bundle(bundle: Any) -> list[Problem]:
    fine = isinstance(bundle, tuple) and all(isinstance(member, int) and member >= 0 for member in bundle)
    if fine and all(first < second for first, second in pairwise(bundle)):
        return []
    bound = "a bundle is a tuple of sellers, 0 or more, in rising order"
    return [Problem(f"utility[{bundle!r:.60}]", "is no bundle", bound, "Write it as (0, 2), one seller as (0,).")]


def _worth(bundle: Any, worth: Any) -> list[Problem]:
    where, found = f"utility[{bundle!r:.60}]", f"is {worth!r:.60}"
    if not in_range(worth, -LARGEST, LARGEST):
        return [Problem(where, found, f"a utility is a number within ±{LARGEST:g}", "Correct it.")]
    if bundle == () and worth < 0:
        return [Problem(where, found, "what a buyer has without data is 0 or more", "Use 0: they may stay away.")]
    return []
