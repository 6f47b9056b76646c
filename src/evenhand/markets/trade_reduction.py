"""Who trades, when buyers and sellers both have a secret? McAfee's trade reduction [McAfee92].

Datasets of one kind are for sale, one a seller; every buyer wants one and does not mind whose. A buyer reports a bid,
what a dataset is worth to them; a seller reports an ask, what parting with theirs costs. Order the bids downwards,
b_1 >= b_2 >= ..., and the asks upwards, a_1 <= a_2 <= ..., ties by index; behind the last bid stand bids of 0, behind
the last ask asks of inf. The q pairs with b_k > a_k are the efficient trades. With p = (b_{q+1} + a_{q+1}) / 2,

    a_q <= p <= b_q     the q pairs trade; buyers pay p and sellers get p
    otherwise           the first q - 1 pairs trade; buyers pay b_q, sellers get a_q, the market maker keeps the rest.

Why truth is best, for a buyer: let B be the others' bids in order, B_0 = inf, and k the number of efficient trades
without this buyer, so B_k > a_k and not B_{k+1} > a_{k+1}. The buyer trades from a threshold on and pays it:

    if B_k > a_{k+1}    with p = (B_{k+1} + a_{k+2}) / 2: p where a_{k+1} <= p <= B_k, and B_k elsewhere
    if not              with p = (B_k + a_{k+1}) / 2: the lower of p and B_{k-1}.

In the first case a bid above a_{k+1} makes q = k + 1, and a lower one trades nothing. Ranked k + 1, the buyer is the
last of q and trades if a_{k+1} <= p <= bid. Ranked higher, B_k is the last and the buyer trades anyhow: at p where
a_{k+1} <= p <= B_k, at B_k elsewhere. In the second case q = k at any bid that ranks among the first k, and a lower
one trades nothing. Ranked k, the buyer is the last and trades if p <= bid, since p > a_k. Ranked higher, B_{k-1} is
the last and the buyer trades anyhow, at p or, where p > B_{k-1}, at B_{k-1}. (k = 0 is the first case, unless there
is no seller, and then nobody trades.) The threshold depends on the others alone, so no bid is better than the value,
and who pays a threshold at or below the value does not lose. For a seller the same is said of the numbers negated.

Why the money suffices: the market maker keeps 0, or (q - 1) (b_q - a_q). Why at most one trade is lost, and the least:
the gains b_k - a_k fall with k, so what is lost is at most 1 / q of the efficient welfare.

Nothing above uses what p is, only that it is worked out from b_{q+1} and a_{q+1}, and that a p below a_q drops a pair:
so a rounded p invites no lie. A seller who could sell copies to many buyers, and buyers to whom datasets differ, are
outside of this market: there one number a side does not say what is worth how much to whom.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import takewhile
from math import inf
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem

Number = Any
"""An int, a Fraction, a float, or anything with the arithmetic and comparisons of one."""

HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Trades:
    """Who trades, and at what prices. Buyers and sellers stand in the order of their bids and asks."""

    buyers: tuple[int, ...]
    """Indices of the buyers who buy."""
    sellers: tuple[int, ...]
    """Indices of the sellers who sell, as many."""
    charge: Number
    """What each of these buyers pays; 0 where nobody trades."""
    payment: Number
    """What each of these sellers gets; 0 where nobody trades."""
    welfare: Number
    """The bids of those who buy minus the asks of those who sell; the market maker's surplus is part of it."""
    efficient_count: int
    """How many trades would be efficient: as many as are made, or one more."""
    efficient_welfare: Number
    """The welfare of the efficient trades."""

    @property
    def count(self) -> int:
        """How many trades are made."""
        return len(self.buyers)

    @property
    def surplus(self) -> Number:
        """What the market maker keeps, 0 or more."""
        return self.count * (self.charge - self.payment)


def trade_reduction(bids: Any, asks: Any) -> Trades:
    """Match buyers and sellers so that neither side gains by a lie; at most one efficient trade is lost.

    The work is that of sorting: a million buyers and a million sellers take a second or two. Exact numbers stay exact;
    a price may then be half a unit.

    Args:
        bids: (buyers,) what each says a dataset is worth, money; 0 for a buyer who stays away.
        asks: (sellers,) what each says parting with a dataset costs; inf for a seller who stays away.

    Raises:
        OfferError: a bid is negative, infinite or NaN, or an ask is negative or NaN; all are named.

    Half of 7 + 8 lies between the ask 5 and the bid 8 of the last efficient pair, so both pairs trade at it; half of
    1 + 8 does not, and the last pair goes without:

        >>> trades = trade_reduction(bids=[9, 8, 7], asks=[2, 5, 8])
        >>> trades.count, str(trades.charge), str(trades.payment), str(trades.surplus)
        (2, '15/2', '15/2', '0')
        >>> trades = trade_reduction(bids=[9, 8, 1], asks=[2, 5, 8])
        >>> trades.count, trades.charge, trades.payment, trades.surplus
        (1, 8, 5, 3)
    """
    bids, asks = _checked(bids, asks)
    buyers = sorted(range(len(bids)), key=bids.__getitem__, reverse=True)  # equals keep their order even in reverse
    sellers = sorted(range(len(asks)), key=asks.__getitem__)
    down, up = [bids[buyer] for buyer in buyers], [asks[seller] for seller in sellers]
    gains = [bid - ask for bid, ask in takewhile(lambda pair: pair[0] > pair[1], zip(down, up, strict=False))]
    kept, charge, payment = _terms([*down, 0], [*up, inf], len(gains))
    return Trades(
        buyers=tuple(buyers[:kept]),
        sellers=tuple(sellers[:kept]),
        charge=charge,
        payment=payment,
        welfare=sum(gains[:kept]),
        efficient_count=len(gains),
        efficient_welfare=sum(gains),
    )


def _terms(down: list[Number], up: list[Number], efficient: int) -> tuple[int, Number, Number]:
    """Decide how many of the efficient pairs trade, what their buyers pay and what their sellers get."""
    if not efficient:
        return 0, 0, 0
    bid, ask = down[efficient - 1], up[efficient - 1]
    if up[efficient] < inf:
        price = HALF * down[efficient] + HALF * up[efficient]  # half of the sum could be beyond the largest float
        if ask <= price <= bid:
            return efficient, price, price
    return (efficient - 1, bid, ask) if efficient > 1 else (0, 0, 0)


def _checked(bids: Any, asks: Any) -> tuple[list[Number], list[Number]]:
    problems = [
        Problem(name, f"has shape {np.shape(reports)}", "there is one number each", "Give a list of numbers.")
        for name, reports in (("bids", bids), ("asks", asks))
        if np.ndim(reports) != 1
    ]
    if problems:
        raise OfferError(problems)
    bids, asks = ([*(reports.tolist() if isinstance(reports, np.ndarray) else reports)] for reports in (bids, asks))
    problems = [
        Problem(f"bids[{i}]", f"is {bid}", "a bid is a finite number, 0 or more", "Use 0 for a buyer who stays away.")
        for i, bid in enumerate(bids)
        if not 0 <= bid < inf
    ] + [
        Problem(f"asks[{j}]", f"is {ask}", "an ask is 0 or more", "Use inf for a seller who stays away.")
        for j, ask in enumerate(asks)
        if not ask >= 0
    ]
    if problems:
        raise OfferError(problems)
    return bids, asks
