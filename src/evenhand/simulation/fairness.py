"""Are posted prices fair, truthful and within the budget, beside auctions on the same market?

One period, with one buyer of additive utilities, and sellers with costs. Posted prices depend on who comes first: where
the budget runs out, the last to come are paid less, or nothing, for the same data. Every measure is taken for each
order of arrival and averaged over orders; an auction has no order.

No measure has a unit: amounts are divided by the utility of all datasets, unless another divisor is named. So counting
in cents in place of euros changes nothing.

    about sellers: better is less
    spread            how much what a seller is paid hangs on the order: its standard deviation over orders, summed over
                      sellers, divided by all that is paid on average
    envy              the largest difference in pay between two sellers with equal utility and cost, in one order,
                      divided by that utility; 0 where no two are alike
    shapley_distance  each seller's part of all that is paid, against the seller's part of the utility of all datasets,
                      which is the Shapley value where utilities add up: half the sum of the differences, 0 to 1
                      of the orders in which something is paid; None where nothing is in any, or where somebody is
                      charged: parts of such a sum say nothing
    gini              the Gini coefficient of what sellers are paid: 0 where all are paid the same, or nothing, near 1
                      where one has all; None where somebody is charged, as vcg may. Datasets of different utility are
                      rightly paid differently: compare it with that of the utilities
    seller_gain       the most that a seller gains by a lie about the cost, whatever the true cost, others' held

    about the buyer
    buyer_gain        the most that the buyer gains by saying that all is worth a part of what it is: better is less
    overspent         what is paid beyond the budget, divided by the budget: better is 0
    bought            the utility of what is bought: better is more
    kept              the utility of what is bought, less what is paid: better is more

How each is found. With up to six sellers, and `orders` no less than the number of their orders of arrival (24 of four
sellers), every one is tried, as often as any other; else `orders` of them are drawn. Random prices are drawn anew with
each order, and `spread` has that luck in it. All about an auction is exact but for rounding. `seller_gain` is exact
over all lies (`certify`); it takes amounts as the exact fractions that the floats are, so where a tie hangs on rounding
the sale may be another than the one that the rest is measured on. `buyer_gain` looks at 19 lies, from 1/20 to 19/20 of
the utility: others may pay better.

What may be compared. Posted prices take costs and utilities to be known, so no seller reports anything: `seller_gain`
is None, which is no 0. Auctions do not know costs, and so pay winners more than those. Posted prices are never above
the utility; an auction here has no reserve price and may be, so `kept` can be below 0 (auctions.py has reserve prices).
"vcg", "shapley" and "direct" only pay: what is bought is what proportional share buys. That is not the set of most
welfare, so the promise of VCG, that the truth is best, does not hold here.
Where `overspent` is above 0, a rule does not keep the budget: `bought` and `kept` are then bought with money that the
buyer does not have, and compare only with other such rows.
"""

from collections.abc import Iterable, Sequence
from itertools import permutations
from math import factorial
from typing import Any

import numpy as np
from numpy.random import Generator

from evenhand.errors import Problem, refuse, shown
from evenhand.markets import Procurement
from evenhand.mechanisms import MECHANISMS
from evenhand.payments.shapley import SELLERS_MAX as COALITIONS_OF_MAX
from evenhand.properties import certify
from evenhand.records import Array
from evenhand.simulation import checks
from evenhand.simulation.measures import Deals, Fairness, OnePeriod, measured
from evenhand.simulation.memory import BYTES_MAX, FLOAT, readable
from evenhand.simulation.periods import Period
from evenhand.simulation.regimes import REGIMES, Regime, Terms
from evenhand.simulation.repeated import several

EVERY_ORDER_MAX = 6
"""The most sellers of whom every order of arrival is tried, if `orders` allows it: there are 720."""
EVERY_COALITION = "shapley"
"""The mechanism that looks at every coalition."""
MECHANISMS_COMPARED = ("proportional_share", "prune_and_pack", "q_mia", "vcg", "shapley", "direct")


def fairness_table(
    utility: Any,
    costs: Any,
    budget: float,
    *,
    regimes: Iterable[Regime | str] = tuple(REGIMES),
    mechanisms: Iterable[str] = MECHANISMS_COMPARED,
    orders: int = 1000,
    seed: int = 0,
) -> list[Fairness]:
    """Measure posted prices and auctions on one market.

    Args:
        utility: (sellers,) of each dataset to the buyer, money; auctions take it for the worth of the dataset.
        costs: (sellers,) money.
        budget: money, above 0.
        regimes: posted prices: keys of `REGIMES`, or your own.
        mechanisms: keys of `MECHANISMS` that run on a `Procurement` and draw no lots. "shapley" looks at every
            coalition: ten sellers take some seconds, and each further one doubles them.
        orders: how many orders of arrival are drawn; of up to six sellers all of them are tried instead if there are
            no more than this, each equally often.
        seed: of the orders, and of random prices.

    Returns:
        a row for each regime, then one for each mechanism.

    Raises:
        OfferError: a number is out of bounds, a name is not known, or a mechanism does not run on this market.

    Three equal datasets and a budget for two and a half: who comes last is paid half as much.

    >>> posted, auction = fairness_table(
    ...     [1.0, 1.0, 1.0], [0.1] * 3, 2.5, regimes=["fairshare"], mechanisms=["proportional_share"]
    ... )
    >>> posted.envy, auction.envy, round(auction.kept, 3), auction.seller_gain
    (0.5, 0.0, 0.167, 0.0)
    >>> posted.orders, auction.orders
    (1002, None)
    """
    problems: list[Problem] = []
    known = _regimes(regimes, problems)
    rules = _mechanisms(mechanisms, problems)
    market = _checked(utility, costs, budget, problems)
    checks.whole("orders", orders, 1, 1000, problems)
    checks.whole("seed", seed, 0, 0, problems)
    refuse(problems or [*_too_many(orders, len(market.utility)), *_too_many_coalitions(rules, len(market.utility))])
    order, lot = _arrivals(len(market.utility), orders, np.random.default_rng(seed))
    rows = [measured(each.name, _posted(each, market, order, lot), market, orders=len(order)) for each in known]
    for name in rules:
        procurement = Procurement(market.utility, market.budget)
        [found] = certify(MECHANISMS[name], procurement, market.costs, claims=["truthful"])
        gain = float(found.gap) / float(market.utility.sum())
        rows.append(measured(name, _auction(name, market), market, seller_gain=gain))
    return rows


def _regimes(given: Any, problems: list[Problem]) -> list[Regime]:
    """Take the regimes, of which there may be none."""
    empty = isinstance(given, Sequence) and not given
    return [] if empty else several(given, problems)


def _mechanisms(given: Any, problems: list[Problem]) -> list[str]:
    """Take the names of mechanisms, of which there may be none."""
    if isinstance(given, Sequence) and not given:
        return []
    names = checks.some("mechanisms", given, 'Give a list, as ["proportional_share"].', problems)
    return [name for name in names if checks.key("mechanisms", name, MECHANISMS, problems)]


def _checked(utility: Any, costs: Any, budget: Any, problems: list[Problem]) -> OnePeriod:
    wrong: list[Problem] = []
    given = {name: checks.amounts(name, each, wrong) for name, each in (("utility", utility), ("costs", costs))}
    count = given["utility"].size
    if not wrong:
        wrong += [
            Problem(name, f"has shape {array.shape}", "it is one amount a seller", f"Give {count or 'some'} numbers.")
            for name, array in given.items()
            if array.shape != (count,) or not count
        ]
    if not wrong and not given["utility"].sum() > 0:
        remedy = "Leave out what is not."
        wrong.append(Problem("utility", "sums to 0", "some dataset is worth something", remedy))
    if not (checks.is_real(budget) and budget > 0):
        remedy = "Give what may be spent."
        wrong.append(Problem("budget", f"is {shown(budget)}", "it is above 0 and finite", remedy))
    problems += wrong
    return OnePeriod(given["utility"], given["costs"], 0.0 if wrong else float(budget))


def _too_many(orders: int, sellers: int) -> list[Problem]:
    """Note orders that take more memory than there may be: about twelve numbers for each seller and order."""
    one = 12 * FLOAT * sellers
    if orders * one <= BYTES_MAX:
        return []
    found, bound = f"are {orders:,}, and take {readable(orders * one)}", f"they take {readable(BYTES_MAX)} at most"
    return [Problem("orders", found, bound, f"Use {max(1, BYTES_MAX // one):,}, or fewer sellers.")]


def _too_many_coalitions(rules: Iterable[str], sellers: int) -> list[Problem]:
    """Note a Shapley value of more sellers than it is worked out for, before anything else is."""
    if sellers <= COALITIONS_OF_MAX:
        return []
    bound = f'"{EVERY_COALITION}" looks at every coalition, of at most {COALITIONS_OF_MAX} sellers'
    remedy = "Leave it out of `mechanisms`, or use fewer sellers."
    return [Problem("utility", f"is of {sellers} sellers", bound, remedy) for name in rules if name == EVERY_COALITION]


def _arrivals(sellers: int, orders: int, rng: Generator) -> tuple[Array, Array]:
    """Give orders of arrival, all of them equally often where they are few, and lots: both (orders, sellers)."""
    if sellers <= EVERY_ORDER_MAX and factorial(sellers) <= orders:
        every = np.array([*permutations(range(sellers))])
        order = np.tile(every, (-(-orders // len(every)), 1))
    else:
        order = rng.random((orders, sellers)).argsort(axis=1)
    return order, rng.random(order.shape)


def _posted(regime: Regime, market: OnePeriod, order: Array, lot: Array) -> Deals:
    """Clear one period in all orders of arrival at once."""
    shape = order.shape

    def deals(part: float) -> tuple[Array, Array]:
        period = Period(
            utility=np.broadcast_to(part * market.utility, shape)[:, None],
            budget=np.full((len(order), 1), market.budget),
            cost=np.broadcast_to(market.costs, shape),
            order=order,
            stays=lot,
            price=lot,
        )
        cleared = regime.clear(period, np.ones(shape, bool), Terms())
        sold = cleared.bought[:, 0]
        return np.where(sold, cleared.price, 0.0), sold

    return deals


def _auction(name: str, market: OnePeriod) -> Deals:
    def deals(part: float) -> tuple[Array, Array]:
        outcome = MECHANISMS[name].run(Procurement(part * market.utility, market.budget), market.costs)
        return np.asarray(outcome.cash, float)[None], np.asarray(outcome.quantity)[None] == 1

    return deals
