"""How are sellers paid in cash and in shares of what the data will earn, so that no lie pays?

As published [Ayyoubzadeh25, section 8], who is selected gets a part rho of a cash threshold and a part of the pool by
worth among the selected. That part grows as others are pushed out, and a seller's own report pushes: so lies pay, and
since costs are left out of it, some lose (E-002-11 to E-002-13 in docs/errata.md). Two ways do not have this. Both see
a seller's cost against cash and share together, the share at its face value.

split       One threshold, settled in two parts. Any truthful rule runs with the purchasing power T of both pots,

                T = min(B / rho, U / (1 - rho)),        largest at rho = B / (B + U), where it is B + U,

            and a threshold theta is settled as rho theta in cash and (1 - rho) theta in shares.
            Why truth is best, and nobody loses: what a seller gets is theta in all, and so it is under the rule.
            Why the pots last: thetas sum to at most T, so cash to rho T <= B and shares to (1 - rho) T <= U.

net_cost    A posted share, and cash for the rest. Each seller is offered x_i = (1 - rho) U w_i / mass, which no report
            moves, and reports count net of it, e_i = max(c_i - x_i, 0). A truthful rule selects with rho B on these and
            pays its thresholds tau_i in cash on top of x_i. Who asks no more than x_i, and is not selected, sells too,
            for x_i alone. With no rho given, the pool is offered whole, and all of B is paid in cash.
            Why truth is best, and nobody loses: seller i sells up to one report, x_i + tau_i, x_i alone where the rule
            would not take them at any e; that is what they get, and it does not depend on their report. Who is let in
            at the end is nobody else's loss: the rule has seen them.
            Why the pots last: the rule keeps to rho B, and offers sum to (1 - rho) U, since the mass is no less than
            all worth that is offered.

At rho = 0 the second posts shares and pays no cash: `share_offers`, the marginal utility tokens of section 6 as they
should be. Sellers with e_i = 0 must not be set apart before the rule runs: one seller, B = 9, U = 8, rho = 1/2, is
offered 4, and who asks 0 would get these 4; who asks 5 is selected and gets 4 + 4.5.

What groups can do. A split pays what the rule pays, so it keeps what the rule has. Under net_cost a seller who reports
the truth is left with max(x_i - c_i, 0) and what the rule leaves them at e_i, and one who lies with no more than
max(x_i - c_i, 0) and what the rule then leaves them: a group that gains would gain under the rule. Share offers do not
depend on any report. And who wins under net_cost at two reports wins under the rule at both, or at neither and joins
for x_i alone: who else wins stays the same.

What other names can do. With a mass that is published and not exceeded, share offers are U w / mass: linear in worth,
so that half of the data is offered half, merging adds offers up, and entering a part for a part of the cost leaves a
part of what all of it leaves (`sybil_proof`, in real numbers; in whole units each offer is rounded down). Where no mass
is published, who withholds data shrinks what the pool is divided over, and all offers grow.

In whole units each offer and each pot is rounded down, and a threshold is divided by running sums
(payments/settling.py).
"""

from copy import copy
from math import floor
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.markets.procurement.limits import quotient
from evenhand.markets.procurement.settled import Plan, in_style, worth
from evenhand.numerics import Number
from evenhand.numerics.rounding import posted
from evenhand.records import Array


def split(market: Any) -> Any:
    """Give a procurement as it runs with the purchasing power of both pots.

    With 10 in cash and 30 in shares the third is bought too, and a quarter of what each gets is cash:

    >>> from evenhand.markets import ExactProcurement
    >>> market = split(ExactProcurement([1, 1, 1], 10, pool=30, whole=True))
    >>> market.thresholds([3, 4, 9]).tolist(), market.liquidity
    ([13, 13, 13], Fraction(1, 4))
    """
    return in_style(market, _split)


def net_cost(market: Any) -> Any:
    """Give a procurement as it runs where each seller is offered a share and asks for cash beyond it.

    Each is offered 10 of 30 in shares, so the third asks for nothing in cash; and there are 10 in cash for all:

    >>> from evenhand.markets import ExactProcurement
    >>> net_cost(ExactProcurement([1, 1, 1], 10, pool=30, whole=True)).thresholds([11, 12, 9]).tolist()
    [13, 13, 13]
    """
    return in_style(market, _net_cost)


def share_offers(market: Any) -> Any:
    """Give a procurement as it runs where each seller is offered a share of the pool and no cash.

    >>> from evenhand.markets import ExactProcurement
    >>> share_offers(ExactProcurement([1, 1, 1], 10, pool=30, whole=True)).winners([11, 10, 9])
    [1, 2]
    """
    return in_style(market, _share_offers)


def liquidity(market: Any) -> Number:
    """Give the part of a payment that is cash: as the market says, or that of cash in both pots.

    >>> from evenhand.markets import Procurement
    >>> liquidity(Procurement([1.0], 10.0, pool=30.0))
    0.25
    """
    if market.liquidity is not None:
        return market.liquidity
    return quotient(market.budget, market.budget + market.pool)


def purchasing_power(budget: Number, pool: Number, liquidity: Number) -> Number:
    """Give the most that can be settled, if so much of every payment is cash and the rest a share.

    >>> purchasing_power(10.0, 30.0, 0.25), purchasing_power(10.0, 30.0, 0.5), purchasing_power(10.0, 30.0, 1.0)
    (40.0, 20.0, 10.0)
    """
    parts = ((budget, liquidity), (pool, 1 - liquidity))
    return min(quotient(pot, part) for pot, part in parts if part > 0)


def everyone(market: Any) -> Any:
    """Give a procurement as it runs where all share the pool, whatever they ask; above both pots nobody is let in.

    >>> from evenhand.markets import ExactProcurement
    >>> everyone(ExactProcurement([1, 1, 1], 10, "everyone", pool=30, whole=True)).winners([40, 41, 9])
    [0, 2]
    """
    return in_style(market, _everyone)


def as_published(market: Any) -> Any:
    """Give a procurement with its liquidity stated: that of cash in both pots, where it says none."""
    stated = copy(market)
    stated.liquidity = liquidity(market)
    return stated


def _split(market: Any) -> Plan:
    part = liquidity(market)
    power = purchasing_power(market.budget, market.pool, part)
    return Plan(_rounded(power, market), np.zeros_like(worth(market)), part)


def _net_cost(market: Any) -> Plan:
    part = market.liquidity
    cash, shares = (market.budget, market.pool) if part is None else (part * market.budget, (1 - part) * market.pool)
    return Plan(_rounded(cash, market), _offers(shares, market), 1)


def _share_offers(market: Any) -> Plan:
    return Plan(0, _offers(market.pool, market), 1)


def _everyone(market: Any) -> Plan:
    return Plan(market.budget + market.pool, np.zeros_like(worth(market)), 0)


def _offers(shares: Number, market: Any) -> Array:
    """Post each seller a share of so much, by worth; what is not joined stays with the buyer."""
    policy = market.policy
    if policy is not None and (policy.cap is not None or policy.pools):
        found, bound = "caps a payment or sells copies as one", "shares are posted to every seller, by worth"
        raise OfferError(Problem("policy", found, bound, "Leave that out, or settle one threshold: mixed_split."))
    return posted(shares, worth(market), market.mass, whole=market.whole)


def _rounded(amount: Number, market: Any) -> Number:
    return floor(amount) if market.whole else amount
