"""What is a market? Something that says, at any reports, who sells how much.

Payment rules are written once, on a `Clearing`: the market at given reports, of which one can ask who sells, what would
be without each seller, what every coalition would be worth. A market has to answer `allocate`; every other question has
a generic answer here, which solves the market again and again (`SolvedAgain`). A market with closed forms gives a
`Clearing` of its own, in which they share their work.

Absent is `inf`, and absent means deleted: a market solves what is left without the seller, never with a large number.
"""

from abc import abstractmethod
from collections.abc import Callable
from fractions import Fraction
from functools import cached_property
from typing import Any, Protocol, cast

import numpy as np

from evenhand.errors import OfferError, Problem, refuse, shown
from evenhand.numerics.games import Masks, prefixes
from evenhand.numerics.tail import RELATIVE, tail_integral
from evenhand.records import Allocation, Array, Without


class Market(Protocol):
    """Decides the allocation at given reports."""

    def allocate(self, costs: Any) -> Allocation:
        """Say who sells how much.

        Args:
            costs: (sellers,) the reports, money per unit, 0 or more; inf for a seller who stays away.
        """
        ...


class Clearing(Protocol):
    """A market at given reports. Each question is worked out when it is first asked, and once."""

    @property
    def costs(self) -> Array:
        """(sellers,) the reports."""
        ...

    @property
    def allocation(self) -> Allocation:
        """Who sells how much."""
        ...

    @property
    def area(self) -> Array:
        """(sellers,) the integral of f_j over the reports of j from c_j to infinity, the others' held."""
        ...

    @property
    def without(self) -> Without:
        """The market decided anew without each seller in turn."""
        ...

    @property
    def thresholds(self) -> Array:
        """(sellers,) the supremum of the reports at which each still sells, winners and losers alike; 0/1 markets."""
        ...

    @property
    def highest_asked(self) -> Array:
        """(sellers,) the thresholds of those who sell, 0 for everyone else; 0/1 markets."""
        ...

    @property
    def contributions(self) -> Array:
        """(buyers, sellers) what a buyer loses if a seller's data vanished and nothing else were decided anew."""
        ...

    def curve(self, seller: int, reports: Any) -> Array:
        """Give f_j at other reports of one seller, the others' held: (reports,)."""
        ...

    def coalition_values(self, masks: Masks) -> Array:
        """Give each coalition's gross value to all buyers, decided anew among its members: (coalitions,)."""
        ...

    def prefix_values(self, orders: Any) -> Array:
        """Give the values of the coalitions that grow as sellers arrive in each order: (orders, sellers)."""
        ...


class FullMarket(Market, Protocol):
    """A market with every question answered: inherit it to get the answers that you do not write.

    Everything but `allocate` is asked of `clear`, which by default solves again. A market overrides `clear` where it
    has closed forms.
    """

    @abstractmethod
    def value(self, weights: Any) -> Array:
        """Give the gross value to each buyer of taking `weights` (buyers, sellers): (buyers,)."""
        ...

    def reports(self, costs: Any) -> Array:
        """Give reports as this market keeps them: floats, unless it is an exact market."""
        return numbers("costs", costs)

    def clear(self, costs: Any) -> Clearing:
        """Give the market at these reports, to ask it more than one question."""
        return SolvedAgain(self, costs)

    def area(self, costs: Any) -> Array:
        """Give the integral of f_j from c_j to infinity: (sellers,)."""
        return self.clear(costs).area

    def curve(self, costs: Any, seller: int, reports: Any) -> Array:
        """Give f_j at other reports of one seller: (reports,)."""
        return self.clear(costs).curve(seller, reports)

    def without(self, costs: Any) -> Without:
        """Decide the market anew without each seller in turn."""
        return self.clear(costs).without

    def thresholds(self, costs: Any) -> Array:
        """Give the supremum of the reports at which each still sells: (sellers,); 0/1 markets."""
        return self.clear(costs).thresholds

    def coalition_values(self, costs: Any, masks: Masks) -> Array:
        """Give each coalition's gross value to all buyers: (coalitions,)."""
        return self.clear(costs).coalition_values(masks)


def clearing(market: Market, costs: Any) -> Clearing:
    """Give any market at these reports: its own clearing, or one that solves it again for every question."""
    own = getattr(market, "clear", None)
    if own is None:
        return SolvedAgain(market, costs)
    cleared: Clearing = own(costs)
    return cleared


def clearing_for(market: Market, costs: Any, seller: int) -> Clearing:
    """Give any market at these reports, to ask what one seller is paid."""
    cleared = clearing(market, costs)
    return SolvedAgain(market, costs, only=seller) if type(cleared) is SolvedAgain else cleared


class SolvedAgain:
    """The generic answers: whatever is asked, the market is solved again at other reports.

    A market's own hook is asked where it has one, so a market may answer one question fast and leave the rest.

    Args:
        market: needs `allocate` alone; `value` too for `contributions`.
        costs: (sellers,) reports; floats, or exact numbers for an exact market.
        hooks: whether the market's own answers are asked for; without them this is the brute force that every fast
            answer is held against.
        only: the one seller whose `area` is asked for; the others' is then left at 0, since each takes an integral.
    """

    def __init__(self, market: Market, costs: Any, *, hooks: bool = True, only: int | None = None) -> None:
        self.market = market
        self.hooks = hooks
        self.only = only
        self.costs: Array = getattr(market, "reports", np.asarray)(costs)

    @cached_property
    def allocation(self) -> Allocation:
        """Who sells how much."""
        return self._solved(self.costs)

    @cached_property
    def area(self) -> Array:
        """By thresholds where datasets are sold whole, by quadrature elsewhere."""
        if (own := self._own("area")) is not None:
            return np.asarray(own(self.costs))
        quantity = self.allocation.quantity
        if self.allocation.whole:
            return room_above(self)
        asked = range(len(quantity)) if self.only is None else [self.only]
        area = np.zeros(len(quantity))
        area[asked] = [self.integral(seller)[0] for seller in asked]
        return area

    def integral(self, seller: int, until: float = np.inf) -> tuple[float, float]:
        """Integrate f_j over the reports of j from c_j on by quadrature; give the integral and what it may be off by.

        A market whose quantities are not exact to rounding says how exact they are in `relative_error`.
        """
        start = float(self.costs[seller])
        if not np.isfinite(start):
            return 0.0, 0.0
        inexact = getattr(self.market, "relative_error", 0.0)
        return tail_integral(
            lambda reports: self.curve(seller, reports),
            start,
            until,
            relative=inexact or RELATIVE,
            absolute=inexact and inexact * abs(float(self.allocation.welfare)),
        )

    @cached_property
    def without(self) -> Without:
        """By solving once more for each seller."""
        if (own := self._own("without")) is not None:
            return cast(Without, own(self.costs))
        rest = [self._solved(reporting(self.costs, seller, np.inf)) for seller in range(self.costs.shape[-1])]
        return Without(
            np.stack([allocation.value_by_buyer for allocation in rest], axis=-1),
            np.stack([np.asarray(allocation.welfare) for allocation in rest], axis=-1),
        )

    @cached_property
    def thresholds(self) -> Array:
        """By bisection on each seller's report; needs a rule under which a lower report never loses."""
        if (own := self._own("thresholds")) is not None:
            return np.asarray(own(self.costs))
        if not self.allocation.whole:
            raise ValueError(
                f"quantities are {self.allocation.quantity}; a threshold is asked of markets that sell datasets whole, "
                "0 or 1. Ask `area` or `curve` of a market that sells parts."
            )
        return np.array([self._search(seller) for seller in range(len(self.costs))])

    @cached_property
    def highest_asked(self) -> Array:
        """The thresholds, where something is sold."""
        return thresholds_of_winners(self)

    @cached_property
    def contributions(self) -> Array:
        """By valuing the allocation once more with each seller's column at zero."""
        value = getattr(self.market, "value", None)
        if value is None:
            raise ValueError(
                f"{type(self.market).__name__} has no method `value(weights)`, which says what other weights are worth "
                "to each buyer. Add it to split payments among buyers."
            )
        weights = self.allocation.weights
        columns = []
        for seller in range(weights.shape[1]):
            zeroed = weights.copy()
            zeroed[:, seller] = 0
            columns.append(value(weights) - value(zeroed))
        return np.stack(columns, axis=-1)

    def curve(self, seller: int, reports: Any) -> Array:
        """By solving once more for each report."""
        if (own := self._own("curve")) is not None:
            return np.asarray(own(self.costs, seller, reports))
        asked = [reporting(self.costs, seller, report) for report in np.ravel(reports)]
        return np.array([self._solved(costs).quantity[seller] for costs in asked])

    def coalition_values(self, masks: Masks) -> Array:
        """By solving once for each coalition; that of nobody is worth 0, feasible or not."""
        if (own := self._own("coalition_values")) is not None:
            return np.asarray(own(self.costs, masks))
        asked = np.where(masks, self.costs, np.inf)
        values = [self._solved(costs).value if (costs != np.inf).any() else 0 for costs in asked]
        return np.array(values, dtype=object if self.costs.dtype == object else None)  # exact stays exact

    def prefix_values(self, orders: Any) -> Array:
        """By valuing every prefix as a coalition."""
        return self.coalition_values(prefixes(np.asarray(orders))[1:]).reshape(np.shape(orders))

    def _solved(self, costs: Array) -> Allocation:
        allocation = self.market.allocate(costs)
        ours = FullMarket in type(self.market).__mro__
        return allocation if ours else checked_allocation(self.market, allocation, costs)

    def _own(self, name: str) -> Callable[..., Any] | None:
        """Give the market's own answer to a question, unless it would only come back here for it."""
        own = getattr(self.market, name, None) if self.hooks else None
        inherited = getattr(own, "__func__", None) is getattr(FullMarket, name)
        return None if inherited and type(self.market).clear is FullMarket.clear else own  # type: ignore[attr-defined]

    def _search(self, seller: int) -> float:
        def sells(report: float) -> bool:
            return bool(self._solved(reporting(self.costs, seller, report)).quantity[seller] > 0)

        if not sells(0.0):
            return -np.inf
        low, high = 0.0, 1.0
        while sells(high):
            low, high = high, high * 2
            if not np.isfinite(high):
                return np.inf
        while low < (middle := (low + high) / 2) < high:
            low, high = (middle, high) if sells(middle) else (low, middle)
        return low


class _OneSeller(SolvedAgain):
    """An exact market as one seller's payment sees it: of all thresholds only theirs is worked out, if they sell.

    It looks at the others' reports alone, so that a report that is traced is compared no more often than it decides.
    """

    def __init__(self, market: Any, costs: Any, seller: int) -> None:
        super().__init__(market, costs)
        self._asked, self._seller = list(costs), seller

    @cached_property
    def allocation(self) -> Allocation:
        """Who sells; a market that tells of one seller apart tells of this one, and has 0 for the rest."""
        sells = getattr(self.market, "sells", None)
        if sells is None:
            return self._solved(self.costs)
        quantity = np.zeros(len(self.costs), dtype=object)
        quantity[self._seller] = int(sells(self._seller, self._asked))
        return Allocation(quantity, quantity[None, :], np.zeros(0, dtype=object), None)

    @cached_property
    def highest_asked(self) -> Array:
        """0 for everyone else."""
        highest = np.zeros(len(self.costs), dtype=object)
        if self.allocation.quantity[self._seller]:
            own: Any = self.market
            highest[self._seller] = own.threshold(self._seller, self._asked)
        return highest


def deal(market: Any, seller: int, costs: Any, pay: Callable[[Clearing], Array]) -> tuple[Any, Any]:
    """Give one seller's quantity and payment on an exact market.

    Args:
        market: sells whole, on exact numbers; knows one seller's `threshold`.
        seller: whose deal is asked.
        costs: the reports; the seller's may be a traced number.
        pay: what sellers are paid on a market that is cleared.
    """
    cleared = _OneSeller(market, costs, seller)
    return cleared.allocation.quantity[seller], pay(cleared)[seller]


def reporting(costs: Any, seller: int, report: Any) -> Array:
    """Give the reports with one seller's replaced: floats, or exact numbers where they are objects.

    >>> reporting([2, 3], 0, np.inf)
    array([inf,  3.])
    """
    held = np.asarray(costs)
    changed = held.astype(np.result_type(held, np.float64))
    changed[..., seller] = report
    return changed


def thresholds_of_winners(cleared: Clearing) -> Array:
    """Give the threshold of each who sells whole, and 0 elsewhere."""
    return np.where(cleared.allocation.quantity == 1, cleared.thresholds, 0)


def room_above(cleared: Clearing) -> Array:
    """Give tau_j - c_j for each who sells whole, and 0 elsewhere: the area under a curve that falls from 1 to 0."""
    sold = cleared.allocation.quantity == 1
    left = np.zeros_like(cleared.thresholds)
    left[sold] = cleared.thresholds[sold] - cleared.costs[sold]
    return left


def sells_at_any_report(document: int) -> OfferError:
    """Refuse to pay a threshold to who has none: no report is too high for them."""
    return OfferError(
        Problem(
            f"costs[{document}]",
            "could be any number, and it would still sell",
            "a threshold payment needs a report at which it does not",
            "Set a highest price or a least surplus, or let others take part.",
        )
    )


def borne(costs: Array, quantity: Array) -> Array:
    """Give the cost of what each sells, c_j f_j: 0 for a seller who stays away, whose cost is inf.

    >>> borne(np.array([2.0, np.inf]), np.array([0.5, 0.0]))
    array([1., 0.])
    """
    return np.asarray(np.where(quantity > 0, costs, 0) * quantity)


def exact_numbers(numbers: Any) -> Array:
    """Keep ints, fractions and traced numbers as they are, in an array.

    >>> exact_numbers([10**30, 1])
    array([1000000000000000000000000000000, 1], dtype=object)
    """
    kept = np.empty(len(numbers), dtype=object)
    kept[:] = list(numbers)
    return kept


def exact_number(cost: Any) -> Any:
    """Take a float as the fraction that it is; inf stays.

    >>> exact_number(0.75), exact_number(3), exact_number(np.inf)
    (Fraction(3, 4), 3, inf)
    """
    return cost if isinstance(cost, int | Fraction) or cost == np.inf else Fraction(float(cost))


def exact_twin(market: Any) -> Any:
    """Give a market that sells whole on exact numbers, the market itself or its `exact()`; None where there is none."""
    if hasattr(market, "winners"):
        return market
    return market.exact() if hasattr(market, "exact") else None


def numbers(where: str, given: Any) -> Array:
    """Give what was given as an array of floats.

    Raises:
        OfferError: it is not made of real numbers, or its rows differ in length.

    >>> numbers("costs", [1, 2])
    array([1., 2.])
    """
    try:
        array = np.asarray(given)
        if array.dtype.kind not in "biufO":
            raise TypeError(f"{array.dtype} is no kind of real number")
        return array.astype(np.float64, copy=False)
    except (TypeError, ValueError, OverflowError):
        found = f"is {shown(given)}"
    raise OfferError(Problem(where, found, "it is made of real numbers, in rows of one length", "Give plain numbers."))


def checked_allocation(market: Market, allocation: Allocation, costs: Array) -> Allocation:
    """Give the answer of a market that is not ours, if it can be one.

    Raises:
        ValueError: it is no `Allocation`, has another shape than the reports, or a number in it is NaN, or a quantity
            is infinite or below 0.
    """
    said = f"{type(market).__name__}.allocate at reports {costs.tolist()}"
    if not isinstance(allocation, Allocation):
        raise ValueError(f"{said} gave {allocation!r}; it gives an evenhand.Allocation")
    quantity, value = np.asarray(allocation.quantity), np.asarray(allocation.value_by_buyer)
    if quantity.shape != costs.shape or value.ndim != 1:
        raise ValueError(
            f"{said} gave quantities of shape {quantity.shape} and values of shape {value.shape}; they are arrays, one "
            "number a seller and one a buyer"
        )
    exact = quantity.dtype == object
    if not exact and not (np.isfinite(quantity).all() and (quantity >= 0).all() and not np.isnan(value).any()):
        raise ValueError(
            f"{said} gave quantities {quantity.tolist()} and values {value.tolist()}; quantities are finite and 0 or "
            "more, and values are numbers"
        )
    return allocation


def checked_costs(costs: Any, sellers: int) -> Array:
    """Give the reports as floats.

    Raises:
        OfferError: not one number a seller, or a report is negative or NaN; all are named.
    """
    reports = numbers("costs", costs)
    if reports.shape != (sellers,):
        found = f"have shape {reports.shape}"
        raise OfferError(Problem("costs", found, f"there are {sellers} sellers", "Give one report a seller."))
    problems = [
        Problem(f"costs[{i}]", f"is {reports[i]}", "a cost is 0 or more", "Use inf for a seller who stays away.")
        for i in np.flatnonzero(~(reports >= 0))
    ]
    refuse(problems)
    return reports
