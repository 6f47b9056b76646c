"""What could one seller gain by reporting another cost than the true one?

The others' reports are held, and the seller's own runs from 0 to infinity, which is staying away. Under a payment rule
p the seller is left with

    u(report) = p(report) - true * f(report),           f the quantity sold.

The best misreport is found in the first way that the market allows, and a `Misreport` says which:

    exact       the market gives u as a fraction with one pole in the report, whose peak is known; or datasets are sold
                whole, and every report is covered on exact numbers (tracing.py)
    certified   best-first bisection (bisection.py) with bounds on whole intervals of reports (intervals.py, or those
                of fractions with many poles): the gain is at least `gain` and at most `gain_max`
    searched    a dense search and no bound, or every report up to one beyond which a document may still be bought
                (coverage.py): `gain_max` is inf

up to the rounding of floats.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal, Protocol

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.market import (
    Clearing,
    Market,
    borne,
    checked_costs,
    clearing,
    clearing_for,
    deal,
    exact_number,
    exact_twin,
    numbers,
    reporting,
)
from evenhand.numerics.partial_fractions import PartialFractions
from evenhand.properties.bisection import peak
from evenhand.properties.coverage import Coverage
from evenhand.properties.fractions import fractions_of
from evenhand.properties.intervals import (
    OTHERS,
    PAYMENT,
    WELFARE,
    Axis,
    Held,
    bound_of,
    marginal,
    others_cost,
    paid,
)
from evenhand.properties.tracing import sweep
from evenhand.records import Allocation, Array

Number = Any
Evidence = Literal["exact", "certified", "searched"]

GAP = 1e-5
"""How wide the interval of a gain may be, as a share of what the seller can get, or loses by the truth."""

FRACTIONS_GAP = 1e-10
"""The same where slopes are bounded too: an interval of a quarter the width costs one more halving."""

SAMPLES_MAX = 1_000
"""About how often a market is cleared for one seller; under Shapley payments each report takes one clearing a coalition
of the others, so that the interval is wider there."""
SEARCHED = 256
"""Reports of a search without bounds, spread over the axis."""

ROUNDING = 1e-13
"""What is no more than this share of what is at stake is no gain."""

ROUNDED = 16 * float(np.finfo(np.float64).eps)
"""What is added to a bound for the rounding of the numbers that it is made of, as a share of them."""

TRACED_MAX = 64
"""Every report is covered on exact numbers for at most so many sellers, under a rule that says nothing else."""

TRACED_MAX_BY_NAME = {"shapley": 8}
"""The same for rules that look at every coalition."""

NEARLY = Fraction(1, 2**30)
"""How near to an end that is not reached, as a share of a piece, a report is named."""


class PaymentRule(Protocol):
    """What sellers are paid; rows of `MECHANISMS` are such rules."""

    @property
    def name(self) -> str:
        """Decides which bounds hold: a key of `payments.RULES`; a rule of any other name is searched."""
        ...

    @property
    def pay(self) -> Callable[[Clearing], Array]:
        """What sellers are paid on a market that is cleared."""
        ...

    @property
    def traced_max(self) -> int:
        """With more sellers than this not every report is covered on exact numbers."""
        ...


@dataclass(frozen=True)
class NamedRule:
    """A payment rule with its name: `NamedRule("direct", payments.RULES["direct"])`."""

    name: str
    pay: Callable[[Clearing], Array]

    @property
    def traced_max(self) -> int:
        """Few sellers where every coalition is looked at."""
        return TRACED_MAX_BY_NAME.get(self.name, TRACED_MAX)


def checked_rule(rule: Any, where: str = "rule") -> None:
    """Refuse what is no payment rule with a name.

    Raises:
        OfferError: it has no `name` or no `pay`.
    """
    if not (hasattr(rule, "name") and hasattr(rule, "pay")):
        meant = rule if isinstance(rule, str) else getattr(rule, "__name__", "vcg")
        found, bound = f"is {rule!r}", "it is a row of MECHANISMS, or a NamedRule"
        raise OfferError(Problem(where, found, bound, f'Give evenhand.MECHANISMS["{meant}"].'))


@dataclass(frozen=True)
class Misreport:
    """The report that leaves a seller best off, and what it gains over the truth."""

    seller: int
    true: Number
    report: Number
    """the truth where no gain was found; inf for staying away."""
    gain: Number
    """0 or more; what `report` gains."""
    gain_max: Number
    """certainly no report gains more; inf where only a search was made."""
    evidence: Evidence

    @property
    def sign(self) -> int:
        """1 for an over-report, -1 for an under-report, 0 for the truth."""
        return int(self.report > self.true) - int(self.report < self.true)


@dataclass(frozen=True)
class Consequences:
    """What follows from each report of one seller, the others' held; an entry a report."""

    reports: Array
    quantity: Array
    payment: Array
    utility: Array
    """payment - true cost * quantity."""
    welfare: Array
    """the buyers' value minus the true costs."""
    social_cost: Array
    """the buyers' losses plus the true costs; nan where the market does not know what is lost if nobody sells."""


@dataclass(frozen=True)
class Leaning:
    """Which way a seller is drawn from the truth under leave-one-out payments."""

    seller: int
    slope: float
    """of the others' cost in the seller's report, at the truth: the slope of the seller's utility."""
    sign: int
    """1 to over-report, -1 to under-report, 0 to tell the truth."""
    evidence: Evidence


def consequences(
    market: Market, costs: Any, seller: int, reports: Any, rule: PaymentRule, *, true_costs: Any = None
) -> Consequences:
    """Say what each report of one seller leads to, for the seller and for everyone.

        utility = p_j - c_j f_j,    welfare = sum_i v_i - sum_k c_k f_k,    social cost = sum_i l_i + sum_k c_k f_k
                                                                            [Fan25, definitions 1 and 3; figure 4]

    Args:
        market: who sells how much at which reports.
        costs: (sellers,) reports; the seller's own is replaced.
        seller: whose report moves.
        reports: (reports,) 0 or more; inf for staying away.
        rule: what is paid.
        true_costs: (sellers,) what a unit really costs each; `costs` if not given.

    >>> from evenhand.markets import MeanEstimation
    >>> from evenhand.payments import RULES
    >>> market = MeanEstimation([[1.0]], [[1.0]], [1.0])
    >>> consequences(market, [2.0], 0, [2.0, 6.0], NamedRule("direct", RULES["direct"])).utility
    array([0.    , 0.0625])
    """
    checked_rule(rule)
    true = checked_costs(costs if true_costs is None else true_costs, len(costs))
    asked = numbers("reports", reports)
    cleared = [clearing_for(market, reporting(costs, seller, report), seller) for report in asked]
    quantity = np.array([one.allocation.quantity[seller] for one in cleared], dtype=np.float64)
    payment = np.array([paid(one, seller, rule.pay) for one in cleared])
    welfare = np.array([welfare_at(one.allocation, true) for one in cleared], dtype=np.float64)
    lost = getattr(market, "standalone_loss", np.nan)
    return Consequences(
        asked, quantity, payment, payment - borne(np.full(len(asked), true[seller]), quantity), welfare, lost - welfare
    )


def welfare_at(allocation: Allocation, true_costs: Any) -> Number:
    """Give the welfare of an allocation at the true costs, whatever was reported."""
    return allocation.value - borne(np.asarray(true_costs), allocation.quantity).sum()


def social_cost(market: Any, reports: Any, true_costs: Any) -> float:
    """Give the buyers' losses plus the sellers' true costs at the allocation that the reports lead to.

        SC = sum_i l_i(0) - sum_i v_i + sum_k c_k f_k                                   [Fan25, definition 1]

    Raises:
        ValueError: the market does not say what is lost if nobody sells.
    """
    if not hasattr(market, "standalone_loss"):
        raise ValueError(
            f"{type(market).__name__} has no `standalone_loss`, which says what all buyers lose if nobody sells. Add "
            "it to speak of social cost; welfare is known without it."
        )
    return float(market.standalone_loss - welfare_at(clearing(market, reports).allocation, true_costs))


def price_of_anarchy(market: Any, reports: Any, true_costs: Any) -> float:
    """Say by which factor reports other than the truth raise the social cost.

        PoA = SC(reports) / SC(truth)                                                   [Fan25, appendix D.1.3]

    It is 1 or more on a market that maximises welfare. The paper writes it with welfare in place of social cost, which
    would be 1 or less (E-000-13 in docs/errata.md).

    >>> from evenhand.markets import MeanEstimation
    >>> price_of_anarchy(MeanEstimation([[1.0]], [[1.0]], [1.0]), [6.0], [2.0])
    1.0833333333333333
    """
    misled, best = social_cost(market, reports, true_costs), social_cost(market, true_costs, true_costs)
    if best == 0:
        return 1.0 if misled == 0 else np.inf
    return misled / best


def leaning(market: Any, costs: Any, seller: int, *, true: Any = None) -> Leaning:
    """Say which way a seller is drawn from the truth when paid by leave-one-out.

        d u_j / d report  at the truth  =  d/d report  sum over k other than j of c_k f_k

    since welfare falls with slope -f_j (the envelope theorem) and the buyers' value is welfare plus all costs. So a
    seller over-reports where the others' cost rises with the report, as it does for substitutes, under-reports where it
    falls, and tells the truth where it is flat, as for sellers who do not overlap (E-000-07 in docs/errata.md). It is a
    statement about reports near the truth; where utility is concave in the quantity, as in `MeanEstimation`, the best
    report lies on the same side. A true cost of 0 cannot be under-reported.

    Args:
        market: maximises welfare and sells parts.
        costs: (sellers,) reports; the seller's own is replaced.
        seller: whose leaning is asked.
        true: what a unit costs the seller; their entry of `costs` if not given.

    Raises:
        ValueError: datasets are sold whole, where quantities jump and have no slopes.

    >>> from evenhand.markets import MeanEstimation
    >>> substitutes = MeanEstimation([[1.0]], [[1.0], [1.0]], [1.0, 1.0])
    >>> leaning(substitutes, [2.0, 2.0], 0).sign
    1
    """
    own = _true_cost(costs, seller, true)
    cleared = clearing(market, reporting(costs, seller, own))
    if cleared.allocation.whole:
        raise ValueError(
            "datasets are sold whole here: the others' cost jumps or is flat, and no slope tells the best report. "
            "Ask `best_misreport`."
        )
    if hasattr(cleared, "others_cost_slope"):
        slope = cleared.others_cost_slope(seller, own)
        return Leaning(seller, slope, int(np.sign(slope)), "exact")
    step = 1e-4 * (own or 1.0)
    below, above = max(own - step, 0.0), own + step
    spent = [others_cost(clearing(market, reporting(costs, seller, report)), seller) for report in (below, above)]
    slope = (spent[1] - spent[0]) / (above - below)
    flat = abs(spent[1] - spent[0]) <= 1e-11 * max(spent)
    return Leaning(seller, slope, 0 if flat else int(np.sign(slope)), "searched")


def best_misreport(
    market: Any,
    costs: Any,
    seller: int,
    rule: PaymentRule,
    *,
    true: Any = None,
    near: Any = None,
    gap: float = GAP,
    samples_max: int = SAMPLES_MAX,
) -> Misreport:
    """Find the report that leaves one seller best off, and bound what any report could gain.

    On `MeanEstimation` the best report is 2 c_j + d_j under direct payments, and known in closed form under
    leave-one-out, where both staying away and reporting 0 occur; fractions.py has the formulas.

    Args:
        market: who sells how much at which reports.
        costs: (sellers,) the others' reports are held; the seller's own plays no part but as the default of `true`.
        seller: whose report moves.
        rule: what is paid.
        true: what a unit costs the seller; their entry of `costs` if not given.
        near: where datasets are sold whole many reports are equally good; the one nearest to this is named. The truth
            if not given.
        gap: how wide the certified interval of the gain may be, as a share of what the seller can get, or loses by the
            truth.
        samples_max: about how often the market may be cleared; with less the interval is wider, and true.

    Raises:
        OfferError: the seller or the true cost is out of bounds, or the market or the rule refuses.

    >>> from evenhand.markets import MeanEstimation
    >>> from evenhand.payments import RULES
    >>> market = MeanEstimation([[1.0]], [[1.0]], [1.0])
    >>> found = best_misreport(market, [2.0], 0, NamedRule("direct", RULES["direct"]))
    >>> found.report, round(found.gain, 6), round(found.gain_max, 6), found.evidence
    (6.0, 0.0625, 0.0625, 'exact')
    """
    checked_rule(rule)
    own = _true_cost(costs, seller, true)
    exact = exact_twin(market)
    if exact is not None:
        asked = {place: exact_number(cost) for place, cost in enumerate(costs) if cost != np.inf}
        asked = dict(sorted((asked | {seller: exact_number(own)}).items()))
        covered = Coverage(exact.restricted(list(asked)), list(asked.values()), rule.traced_max)
        if covered.traced:
            wished = exact_number(own if near is None or near == np.inf else near)
            return replace(_traced(covered, list(asked).index(seller), rule, wished), seller=seller)
    fractions = fractions_of(rule.name, clearing(market, reporting(costs, seller, own)), seller, own)
    if fractions is not None:
        return _of_fractions(fractions, seller, own, gap, samples_max)
    return _bisected(market, costs, seller, rule, own, gap, samples_max)


# -- sold whole: every report, on exact numbers ----------------------------------------------------------------------


def _traced(covered: Coverage, seller: int, rule: PaymentRule, near: Number) -> Misreport:
    """Cover every report up to the last: utility is affine on each piece, so its supremum stands at the end of one.

    The seller's own report is the truth. An end that is only approached is named by a report near it, whose gain is
    then a little below `gain_max`.
    """
    market, true, evidence = covered.market, covered.costs[seller], covered.evidence
    before, after = covered.costs[:seller], covered.costs[seller + 1 :]

    def dealt(report: Number) -> tuple[Number, Number]:
        return deal(market, seller, [*before, report, *after], rule.pay)

    def utility(report: Number) -> Number:
        quantity, payment = dealt(report)
        return payment - true * quantity

    honest = utility(true)
    tops = [
        (payment - true * piece.quantity, report, beside)
        for piece in sweep(dealt, stop=covered.stop, whole=market.whole)
        for (report, payment), beside in zip(piece.ends, _beside(piece.first, piece.last, market.whole), strict=True)
    ]
    highest = max(*(top for top, _, _ in tops), 0)  # 0 is what staying away leaves
    gain_max = max(highest - honest, 0) if evidence == "exact" else np.inf
    if highest <= honest:
        return Misreport(seller, true, true, 0, gain_max, evidence)
    tried = {report for top, *ends in tops for report in ends if top == highest} | {near, true}
    nearest = sorted(tried, key=lambda report: abs(report - near))
    left = {report: utility(report) for report in nearest} | ({np.inf: 0} if highest == 0 else {})
    best = max(left, key=lambda report: left[report])  # the nearest of equals
    return Misreport(seller, true, best, left[best] - honest, gain_max, evidence)


def _beside(first: Number, last: Number, whole: bool) -> tuple[Number, Number]:
    step = 0 if whole else NEARLY * (last - first)
    return first + step, last - step


# -- sold in parts: fractions with one pole or many, and bounds on intervals ------------------------------------------


def _of_fractions(utility: PartialFractions, seller: int, true: float, gap: float, samples_max: int) -> Misreport:
    """Find the peak of a utility that is a sum of fractions of the report."""
    terms = utility.without_zeros()
    if not len(terms.distance):
        return Misreport(seller, true, true, 0.0, 0.0, "exact")
    if len(terms.distance) == 1:
        report = terms.best_report()
        same = np.isfinite(report) and abs(report - true) <= ROUNDING * (report + terms.distance[0])
        gain = 0.0 if same else terms.rise(true, report)
        return Misreport(seller, true, report if gain > 0 else true, max(gain, 0.0), max(gain, 0.0), "exact")
    axis = Axis(float(terms.distance.min()), (true,))
    return _searched(
        lambda x: (terms.heights(x, axis.scale), x[:, None]),
        lambda left, right, _, __: terms.ceiling(left, right, axis.scale),
        axis,
        seller,
        gap=min(gap, FRACTIONS_GAP),
        samples_max=samples_max,
    )


def _no_ceiling(left: Array, *_: Array) -> Array:
    """Bound nothing, and so halve nothing."""
    return np.full(len(left), -np.inf)


def _searched(
    sample: Any, ceiling: Any, axis: Axis, seller: int, *, gap: float, samples_max: int, noise: float = ROUNDING
) -> Misreport:
    """Search the axis; without a ceiling nothing is certified."""
    start = axis.start if ceiling else [*axis.start, *np.linspace(0.0, axis.place(axis.lowest), SEARCHED)]
    heights, _ = sample(np.array(start))
    true = axis.marks[0]
    honest = float(sample(np.array([axis.place(true)]))[0][0])
    stake = max(float(heights.max()), abs(honest))
    found = peak(sample, ceiling or _no_ceiling, start, tolerance=gap * stake, samples_max=samples_max)
    gain = found.height - honest
    report = float(axis.reports(np.array([found.place]))[0])
    if gain <= noise * stake:
        report, gain = true, 0.0
    gain_max = max(found.ceiling - honest, gain) if ceiling else np.inf
    return Misreport(seller, true, report, gain, gain_max, "certified" if ceiling else "searched")


def _bisected(
    market: Any, costs: Any, seller: int, rule: PaymentRule, true: float, gap: float, samples_max: int
) -> Misreport:
    """Search all reports, with bounds where the market and the rule allow them."""
    bound = bound_of(rule.name, market)
    held = Held.of(market, costs, seller, rule.pay, true, every=bound is not None and rule.name == "shapley")
    axis = held.axis()
    without = 0.0  # what a payment takes off: the buyers' value of the coalitions without the seller
    if bound is marginal:
        away = held.known(np.array([np.inf]))[0]
        without = float((away[WELFARE] + away[OTHERS]) @ held.weights)

    def sample(places: Array) -> tuple[Array, Array]:
        known = held.known(axis.reports(places))
        return held.utility(known), known

    def ceiling(_left: Array, _right: Array, high: Array, low: Array) -> Array:
        assert bound is not None
        inside = np.abs(low[:, PAYMENT:]) + np.abs(high[:, PAYMENT:])  # a place to the left is a higher report
        rounding = ROUNDED * (inside.sum(axis=1) @ held.weights)
        return np.asarray(bound(low, high, true, held.weights) - without + rounding)

    return _searched(
        sample,
        ceiling if bound else None,
        axis,
        seller,
        gap=gap,
        samples_max=samples_max // len(held.members),
        noise=max(ROUNDING, 10 * getattr(market, "relative_error", 0.0)),
    )


def _true_cost(costs: Any, seller: int, true: Number) -> Number:
    """Give the true cost of a seller.

    Raises:
        OfferError: there is no such seller, or the cost is negative, NaN or infinite.
    """
    if not 0 <= seller < len(costs):
        bound = f"sellers are 0 to {len(costs) - 1}"
        raise OfferError(Problem("seller", f"is {seller}", bound, "Name a seller by their place in the costs."))
    own = costs[seller] if true is None else true
    if not 0 <= own < np.inf:
        where, remedy = (f"costs[{seller}]", "Give `true`.") if true is None else ("true", "State 0 or more.")
        raise OfferError(Problem(where, f"is {own}", "a true cost is a finite number, 0 or more", remedy))
    return own if isinstance(own, int | Fraction) else float(own)
