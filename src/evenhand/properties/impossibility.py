"""What can no mechanism promise, once what data is worth is a secret too? [Fan25, Theorem E.2]

One buyer to whom a dataset is worth v, one of `values`; one seller whom parting with it costs c, one of `costs`. Each
knows their own number alone and reports it. At the reports (v, c) a mechanism trades with chance x(v, c), charges the
buyer p(v, c) and pays the seller r(v, c). It is

    truthful    v x(v, c) - p(v, c) >= v x(v', c) - p(v', c)    and    r(v, c) - c x(v, c) >= r(v, c') - c x(v, c')
    rational    v x(v, c) - p(v, c) >= 0                        and    r(v, c) - c x(v, c) >= 0
    balanced    p(v, c) >= r(v, c)
    efficient   x(v, c) = 1 where v > c, and 0 where v < c;

truthful whatever the other side reports, and each of these at every (v, c). Not all four can be had.

*Efficient trade runs a deficit.* Let the buyer be worth the highest value V and the seller cost the least C, so they
trade. The buyer could bid the lowest value v > C and would still trade, so p(V, C) <= p(v, C) <= v; the seller could
ask the highest cost c < V, so r(V, C) >= r(V, c) >= c. The mechanism is short of c - v there, whatever it does at
v = c and elsewhere. `impossibility` gives these four inequalities as a certificate that anyone can add up, with
charges and payments that run no larger deficit anywhere. Where c <= v there is none: a price between them, posted to
both, makes every efficient trade. On intervals with the same ends, 0 to 1 say, the deficit is all of V - C, as with the
Groves payments p = c and r = v.

*Balance can cost almost all trade.* Take n pairs with the costs 0, L, 2L ... and each value 1 above its cost, all
pairs equally likely (`ladder`). A trade of each gains 1. Write x_ij for the chance of trade between the value of pair
j and the cost of pair i <= j. Truth gives the buyer at least L (x_ii + ... + x_i,j-1) and the seller at least
L (x_i+1,j + ... + x_jj) there, and balance lets them have no more than the gain, ((j - i) L + 1) x_ij. By induction on
j - i, x_ij >= g_{j-i} (x_ii + x_i+1,i+1 + ... + x_jj) with g_0 = 1, g_t = g_{t-1} t L / (t L + 1). Since x_0,n-1 <= 1,

    of the n trades such a mechanism makes at most (1 + 1/L) (1 + 1/2L) ... (1 + 1/(n-1)L),

added up over the pairs; with L = n that is below e, and so less than e / n of what could be gained. A posted price
makes one of them.
`most_gain` finds the most for any finite market by a linear programme, and proves it in fractions.

What this does not say: mechanisms that are truthful only on average over the other side's secrets are a larger class.
On intervals efficiency is beyond them as well [MyersonSatterthwaite83]; on a few values it need not be: with values 1
and 4 and costs 0 and 3, all equally likely, prices of 1 for (1, 0), 2 for (4, 0) and 3 for (4, 3) will do. Nor is it a
statement about likely markets, in which a posted price or, among many, trade reduction may lose little. The proof
printed for Theorem E.2 does not hold (E-000-15); the theorem does, as above.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import inf, prod
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem

Number = int | Fraction
Unknown = tuple[str, Number, Number]
"""("trade", "charge" or "payment", value, cost): the chance x, the charge p or the payment r at these reports."""
Deal = Mapping[Unknown, Number]
"""What a mechanism does: a number for each unknown."""

SHORT: Unknown = ("deficit", 0, 0)
"""What a mechanism is short of at its worst reports."""

DENOMINATOR_MAX = 10**6
"""The solver's floats are read as fractions with at most this denominator; what they prove is then checked exactly."""


@dataclass(frozen=True)
class Inequality:
    """The sum of factor * unknown is at most `most`; and what that says in words."""

    factors: Mapping[Unknown, Number]
    most: Number
    says: str

    def __str__(self) -> str:
        terms = [
            f"{'-' if factor < 0 else '+'} {abs(factor)} {name}({value}, {cost})"
            for (name, value, cost), factor in self.factors.items()
        ]
        return f"{' '.join(terms).removeprefix('+ ')} <= {self.most}"

    def excess(self, deal: Deal) -> Number:
        """By how much a deal breaks it: 0 or less where it holds."""
        return sum(factor * deal[unknown] for unknown, factor in self.factors.items()) - self.most


Certificate = tuple[tuple[Number, Inequality], ...]
"""Inequalities and how often to take each, 0 or more: who accepts each must accept their sum."""


def added(certificate: Certificate) -> Inequality:
    """Add up the inequalities of a certificate: what no deal that keeps them all can escape.

    >>> print(added(impossibility([1, 4], [0, 3]).certificate))
    1 charge(4, 0) - 1 payment(4, 0) <= -2
    """
    assert all(times >= 0 for times, _ in certificate), "an inequality taken less than no times turns round"
    factors: dict[Unknown, Number] = {}
    for times, inequality in certificate:
        for unknown, factor in inequality.factors.items():
            factors[unknown] = factors.get(unknown, 0) + times * factor
    factors = {unknown: factor for unknown, factor in factors.items() if factor}
    most = sum(times * inequality.most for times, inequality in certificate)
    return Inequality(factors, most, "the sum")


# -- what is asked of a mechanism ------------------------------------------------------------------------------------


def buyer_rational(value: Number, cost: Number) -> Inequality:
    """Ask that the buyer is not charged more than the trade is worth."""
    factors = {("charge", value, cost): 1, ("trade", value, cost): -value}
    return Inequality(factors, 0, f"a buyer worth {value} does not lose where the seller asks {cost}")


def seller_rational(value: Number, cost: Number) -> Inequality:
    """Ask that the seller is not paid less than the trade costs."""
    factors = {("payment", value, cost): -1, ("trade", value, cost): cost}
    return Inequality(factors, 0, f"a seller who has a cost of {cost} does not lose where the buyer bids {value}")


def buyer_truthful(value: Number, bid: Number, cost: Number) -> Inequality:
    """Ask that a buyer worth `value` gains nothing with another bid."""
    factors = {
        ("charge", value, cost): 1,
        ("trade", value, cost): -value,
        ("charge", bid, cost): -1,
        ("trade", bid, cost): value,
    }
    return Inequality(factors, 0, f"a buyer worth {value} gains nothing by a bid of {bid} where the seller asks {cost}")


def seller_truthful(value: Number, cost: Number, ask: Number) -> Inequality:
    """Ask that a seller with cost `cost` gains nothing with another ask."""
    factors = {
        ("payment", value, cost): -1,
        ("trade", value, cost): cost,
        ("payment", value, ask): 1,
        ("trade", value, ask): -cost,
    }
    return Inequality(
        factors, 0, f"a seller who has a cost of {cost} gains nothing by asking {ask} where the buyer bids {value}"
    )


def balanced(value: Number, cost: Number) -> Inequality:
    """Ask that the buyer's charge covers the seller's payment."""
    factors = {("payment", value, cost): 1, ("charge", value, cost): -1}
    return Inequality(factors, 0, f"the charge covers the payment at a bid of {value} and an ask of {cost}")


def at_least(chance: Number, value: Number, cost: Number) -> Inequality:
    """Ask for at least this chance of trade."""
    says = f"the chance of trade is at least {chance} at a bid of {value} and an ask of {cost}"
    return Inequality({("trade", value, cost): -1}, -chance, says)


def at_most(chance: Number, value: Number, cost: Number) -> Inequality:
    """Ask for at most this chance of trade."""
    says = f"the chance of trade is at most {chance} at a bid of {value} and an ask of {cost}"
    return Inequality({("trade", value, cost): 1}, chance, says)


def truthful_and_rational(values: Sequence[Number], costs: Sequence[Number]) -> list[Inequality]:
    """List all that is asked for the sake of the buyer and the seller."""
    asked = []
    for value, cost in product(values, costs):
        asked += [buyer_rational(value, cost), seller_rational(value, cost)]
        asked += [buyer_truthful(value, bid, cost) for bid in values if bid != value]
        asked += [seller_truthful(value, cost, ask) for ask in costs if ask != cost]
    return asked


def broken(inequalities: Iterable[Inequality], deal: Deal) -> list[Inequality]:
    """Give those that a deal does not keep.

    Half the difference, said to be the price, is fair and invites a lie:

        >>> split = mechanism([1, 4], [0, 3], lambda v, c: (1, (v + c) / Fraction(2)) if v > c else (0, 0))
        >>> broken(truthful_and_rational([1, 4], [0, 3]), split)[0].says
        'a buyer worth 4 gains nothing by a bid of 1 where the seller asks 0'
    """
    return [inequality for inequality in inequalities if inequality.excess(deal) > 0]


# -- mechanisms ------------------------------------------------------------------------------------------------------


def mechanism(
    values: Sequence[Number], costs: Sequence[Number], rule: Callable[[Number, Number], tuple[Number, ...]]
) -> dict[Unknown, Number]:
    """Write out a rule: (value, cost) -> (chance to trade, charge, payment), or (chance, price) for both."""
    deal: dict[Unknown, Number] = {}
    for value, cost in product(values, costs):
        trade, charge, *payment = rule(value, cost)
        deal[("trade", value, cost)] = trade
        deal[("charge", value, cost)] = charge
        deal[("payment", value, cost)] = payment[0] if payment else charge
    return deal


def posted_price(values: Sequence[Number], costs: Sequence[Number], price: Number) -> dict[Unknown, Number]:
    """Trade at a price that was set before: truthful, rational and balanced; trades that it does not suit are lost."""
    return mechanism(values, costs, lambda value, cost: (1, price) if value >= price >= cost else (0, 0))


def groves(values: Sequence[Number], costs: Sequence[Number]) -> dict[Unknown, Number]:
    """Trade wherever it gains; the buyer pays the cost and the seller gets the value: short of v - c at each trade."""
    return mechanism(values, costs, lambda value, cost: (1, cost, value) if value > cost else (0, 0))


def gain(deal: Deal, chances: Mapping[tuple[Number, Number], Number]) -> Number:
    """Give the expected gain from trade; chances: (value, cost) -> how likely they are."""
    return sum(chance * (value - cost) * deal[("trade", value, cost)] for (value, cost), chance in chances.items())


# -- efficient trade runs a deficit ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Impossibility:
    """How short of money every truthful, rational and efficient mechanism is, and why.

    Args:
        deficit: the least that any of them is short of at its worst reports; 0 or less where none need be.
        value, cost: the reports at which all of them are that short.
        deal: one that is nowhere shorter.
        certificate: truthful and rational inequalities that sum to charge - payment <= -deficit at these reports.
    """

    deficit: Number
    value: Number
    cost: Number
    deal: Deal
    certificate: Certificate


def impossibility(values: Sequence[Any], costs: Sequence[Any]) -> Impossibility:
    """Show how short of money every truthful, rational and efficient mechanism is on a grid.

    Args:
        values: what the dataset may be worth to the buyer, finite, 0 or more.
        costs: what parting with it may cost the seller, finite, 0 or more.

    Raises:
        OfferError: nothing is listed, or a number is listed twice, negative or not finite; all are named.

    >>> shown = impossibility(values=[1, 4], costs=[0, 3])
    >>> print(shown.deficit, "at", shown.value, shown.cost)
    2 at 4 0
    >>> for _, inequality in shown.certificate:
    ...     print(inequality.says)
    a buyer worth 4 gains nothing by a bid of 1 where the seller asks 0
    a buyer worth 1 does not lose where the seller asks 0
    a seller who has a cost of 0 gains nothing by asking 3 where the buyer bids 4
    a seller who has a cost of 3 does not lose where the buyer bids 4
    the chance of trade is at most 1 at a bid of 4 and an ask of 0
    the chance of trade is at least 1 at a bid of 1 and an ask of 0
    the chance of trade is at least 1 at a bid of 4 and an ask of 3
    """
    values, costs = _grid(values, costs)

    def settle(value: Number, cost: Number) -> tuple[Number, Number, Number]:
        return (1, _lowest_bid(values, cost), _highest_ask(costs, value)) if value > cost else (0, 0, 0)

    deal = mechanism(values, costs, settle)
    short = {at: deal[("payment", *at)] - deal[("charge", *at)] for at in product(values, costs)}
    value, cost = max(short, key=lambda at: (short[at], at[0] - at[1]))
    certificate = _why_short(values, costs, value, cost) if value > cost else _why_not_over(value, cost)
    return Impossibility(short[value, cost], value, cost, deal, certificate)


def _lowest_bid(values: Sequence[Number], cost: Number) -> Number:
    return min(value for value in values if value > cost)


def _highest_ask(costs: Sequence[Number], value: Number) -> Number:
    return max(cost for cost in costs if cost < value)


def _why_short(values: Sequence[Number], costs: Sequence[Number], value: Number, cost: Number) -> Certificate:
    """Bound charge - payment at a trade."""
    bid, ask = _lowest_bid(values, cost), _highest_ask(costs, value)
    steps: list[tuple[Number, Inequality]] = [(1, buyer_rational(bid, cost)), (1, seller_rational(value, ask))]
    if bid != value:
        steps.insert(0, (1, buyer_truthful(value, bid, cost)))
    if ask != cost:
        steps.insert(-1, (1, seller_truthful(value, cost, ask)))
    steps += [
        (value - cost, at_most(1, value, cost)),
        (value - bid, at_least(1, bid, cost)),
        (ask - cost, at_least(1, value, ask)),
    ]
    return tuple((times, step) for times, step in steps if times)


def _why_not_over(value: Number, cost: Number) -> Certificate:
    """Bound charge - payment by 0 where a trade would gain nothing."""
    steps = [
        (1, buyer_rational(value, cost)),
        (1, seller_rational(value, cost)),
        (cost - value, at_least(0, value, cost)),
    ]
    return tuple((times, step) for times, step in steps if times)


# -- the same, and what balance costs, by linear programmes ------------------------------------------------------------


@dataclass(frozen=True)
class Optimum:
    """The most or the least that a mechanism can reach, proved: a deal reaches it, and the certificate forbids more."""

    value: Number
    deal: Deal
    certificate: Certificate


def least_deficit(values: Sequence[Any], costs: Sequence[Any]) -> Optimum:
    """Search all truthful, rational and efficient mechanisms for the one that is least short of money at its worst.

    The programme knows nothing of the argument behind `impossibility`, and finds the same.

    Raises:
        OfferError: as `impossibility`, or the grid is too fine for what the solver finds to be proved.

    >>> print(least_deficit(values=[1, 4], costs=[0, 3]).value)
    2
    """
    values, costs = _grid(values, costs)
    asked = truthful_and_rational(values, costs)
    for value, cost in product(values, costs):
        trades = int(value > cost)
        asked += [at_least(trades, value, cost), at_most(trades, value, cost)]
        covered = balanced(value, cost)
        asked.append(Inequality({**covered.factors, SHORT: -1}, 0, f"{covered.says} but for the deficit"))
    found = _highest({SHORT: -1}, asked)
    return Optimum(-found.value, found.deal, found.certificate)


def most_gain(
    values: Sequence[Any], costs: Sequence[Any], chances: Mapping[tuple[Any, Any], Number] | None = None
) -> Optimum:
    """Search all truthful, rational and balanced mechanisms, random ones too, for the largest expected gain from trade.

    Args:
        values, costs: as for `impossibility`.
        chances: (value, cost) -> how likely they are, 0 where left out; all equally likely if not given.

    Raises:
        OfferError: as `least_deficit`.

    All efficient trades together gain (1 + 4 + 1) / 4, and the best posted price (1 + 4) / 4; between them lies

    >>> print(most_gain(values=[1, 4], costs=[0, 3]).value)
    4/3
    """
    values, costs = _grid(values, costs)
    if chances is None:
        chances = dict.fromkeys(product(values, costs), Fraction(1, len(values) * len(costs)))
    asked = truthful_and_rational(values, costs)
    for at in product(values, costs):
        asked += [balanced(*at), at_least(0, *at), at_most(1, *at)]
    return _highest({("trade", *at): chances.get(at, 0) * (at[0] - at[1]) for at in product(values, costs)}, asked)


def ladder(rungs: int, spread: Number) -> tuple[list[Number], list[Number], dict[tuple[Number, Number], Number]]:
    """Give the values, the costs and the chances of n pairs, `spread` apart, each of which gains 1 by trading.

    >>> ladder(3, 10)[:2]
    ([1, 11, 21], [0, 10, 20])
    """
    costs = [rung * spread for rung in range(rungs)]
    values = [cost + 1 for cost in costs]
    return values, costs, {pair: Fraction(1, rungs) for pair in zip(values, costs, strict=True)}


def ladder_gain_max(rungs: int, spread: Number) -> Number:
    """Bound what truthful, rational and balanced mechanisms gain on a ladder, of which 1 could be gained.

    >>> [round(float(ladder_gain_max(rungs, rungs)), 3) for rungs in (1, 10, 100, 1000)]
    [1.0, 0.132, 0.011, 0.001]
    """
    return prod((1 + 1 / Fraction(step * spread) for step in range(1, rungs)), start=Fraction(1, rungs))


def _highest(objective: Mapping[Unknown, Number], asked: Sequence[Inequality]) -> Optimum:
    """Maximise under inequalities with HiGHS; prove the answer by its solution and its multipliers, read as fractions.

    The multipliers y >= 0 are a certificate: the inequalities, each taken y times, sum to objective <= optimum.
    """
    from scipy.optimize import linprog  # a quarter of a second that nobody else waits for
    from scipy.sparse import csr_array

    place = {unknown: column for column, unknown in enumerate(dict.fromkeys(u for i in asked for u in i.factors))}
    entries = [
        (float(factor), row, place[unknown])
        for row, inequality in enumerate(asked)
        for unknown, factor in inequality.factors.items()
    ]
    factors, rows, columns = zip(*entries, strict=True)
    matrix = csr_array((factors, (rows, columns)), shape=(len(asked), len(place)))
    most = [float(inequality.most) for inequality in asked]
    wanted = [float(objective.get(unknown, 0)) for unknown in place]
    found = linprog(-np.array(wanted), matrix, most, bounds=(None, None), method="highs-ds")
    if not found.success:
        raise _unproved(found.message)
    deal = {unknown: _fraction(found.x[column]) for unknown, column in place.items()}
    multipliers = [_fraction(-multiplier) for multiplier in found.ineqlin.marginals]
    certificate = tuple((times, step) for times, step in zip(multipliers, asked, strict=True) if times)
    optimum = sum(factor * deal[unknown] for unknown, factor in objective.items())
    if broken(asked, deal):
        raise _unproved("the solution is not exact")
    if min(multipliers) < 0:
        raise _unproved("a multiplier is below 0")
    sought = {unknown: factor for unknown, factor in objective.items() if factor}
    if added(certificate) != Inequality(sought, optimum, "the sum"):
        raise _unproved("the multipliers are not exact")
    return Optimum(optimum, deal, certificate)


def _fraction(number: float) -> Fraction:
    return Fraction(float(number)).limit_denominator(DENOMINATOR_MAX)


def _unproved(found: str) -> OfferError:
    return OfferError(
        Problem(
            "values and costs",
            found,
            f"what the solver finds must be fractions with denominators up to {DENOMINATOR_MAX}",
            "List fewer numbers, or rounder ones.",
        )
    )


def _grid(values: Sequence[Any], costs: Sequence[Any]) -> tuple[list[Number], list[Number]]:
    problems = [
        problem for name, numbers in (("values", values), ("costs", costs)) for problem in _bad_numbers(name, numbers)
    ]
    if problems:
        raise OfferError(problems)
    return [_exact(value) for value in values], [_exact(cost) for cost in costs]


def _bad_numbers(name: str, numbers: Sequence[Any]) -> list[Problem]:
    if not len(numbers):
        return [Problem(name, "lists nothing", "there is at least one", "List what it may be.")]
    problems = [
        Problem(f"{name}[{i}]", f"is {number}", "a number is finite, 0 or more", "Leave it out.")
        for i, number in enumerate(numbers)
        if not 0 <= number < inf
    ]
    return problems + [
        Problem(f"{name}[{i}]", f"is {number} again", "each is listed once", "Leave it out.")
        for i, number in enumerate(numbers)
        if number in list(numbers)[:i]
    ]


def _exact(number: Any) -> Number:
    exact = Fraction(number)
    return int(exact) if exact.denominator == 1 else exact
