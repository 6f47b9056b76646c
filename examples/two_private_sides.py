"""Two private sides: what can be promised when buyers keep to themselves what data is worth to them?

    python examples/two_private_sides.py

With one buyer and one seller nobody can promise all four: truth is the best report, nobody loses, every trade that
gains is made, the charges cover the payments. Among many, McAfee's trade reduction gives up one trade and keeps the
rest. All numbers are invented; nothing is read and nothing is written.
"""

import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from itertools import product
from math import e
from typing import Any

import numpy as np

from evenhand.markets import trade_reduction
from evenhand.properties.impossibility import (
    added,
    gain,
    groves,
    impossibility,
    ladder,
    ladder_gain_max,
    least_deficit,
    most_gain,
    posted_price,
)
from evenhand.properties.tracing import sweep

VALUES, COSTS = [1, 4], [0, 3]

HOSPITALS = {"alder": 12, "birch": 31, "cedar": 18, "elm": 45, "fir": 26, "hazel": 22}
"""What parting with an archive of X-rays costs each seller."""
LABS = {"argon": 40, "boron": 29, "cobalt": 52, "neon": 20, "radon": 35}
"""What one archive, whichever, is worth to each buyer."""


def one_buyer_and_one_seller() -> None:
    """Show the deficit of every efficient mechanism, and why there is no way around it."""
    print(f"1. One buyer, worth {VALUES[0]} or {VALUES[1]}; one seller, who has a cost of {COSTS[0]} or {COSTS[1]}.\n")
    shown = impossibility(VALUES, COSTS)
    print("   truthful, rational and efficient, as little short as can be:")
    print("     value  cost   charge  payment  short of")
    for value, cost in product(VALUES, COSTS):
        charge, payment = shown.deal["charge", value, cost], shown.deal["payment", value, cost]
        print(f"     {value:5}  {cost:4}   {charge:6}  {payment:7}  {max(payment - charge, 0):8}")
    print(
        f"\n   Why {shown.deficit} at the value {shown.value} and the cost {shown.cost}: whoever accepts these lines,"
    )
    for times, line in shown.certificate:
        print(f"     {times} x  {line.says}")
    print(f"   accepts their sum: {added(shown.certificate)}")
    print(f"   A linear programme over all such mechanisms finds a deficit of {least_deficit(VALUES, COSTS).value}.")
    deficit = max(-_kept(groves(VALUES, COSTS), value, cost) for value, cost in product(VALUES, COSTS))
    print(f"   The Groves payments, cost to the buyer and value to the seller, are short of up to {deficit}.\n")


def _kept(deal: Any, value: int, cost: int) -> Any:
    return deal["charge", value, cost] - deal["payment", value, cost]


def balance_and_what_it_costs() -> None:
    """Show what truthful, rational and balanced mechanisms can gain, on this grid and on a ladder."""
    print("2. Balanced instead: how much of the gain from trade is left?\n")
    chances = dict.fromkeys(product(VALUES, COSTS), Fraction(1, 4))
    everything = gain(groves(VALUES, COSTS), chances)
    for price in sorted({*VALUES, *COSTS}):
        print(
            f"     a posted price of {price} gains {gain(posted_price(VALUES, COSTS, price), chances)} of {everything}"
        )
    print(f"     no mechanism gains more than {most_gain(VALUES, COSTS).value} (proved by linear programming)\n")
    print("   On a ladder of n pairs, each of which gains 1 by trading, the share that can be gained falls to 0:")
    print("     pairs   posted price   best of all   proved bound")
    for rungs in (2, 3, 5, 50, 500):
        values, costs, chances = ladder(rungs, rungs)
        posted = gain(posted_price(values, costs, values[0]), chances)
        best = f"{float(most_gain(values, costs, chances).value):11.3f}" if rungs <= 5 else " " * 11
        print(f"     {rungs:5}   {float(posted):12.3f}   {best}   {float(ladder_gain_max(rungs, rungs)):12.3f}")
    print(f"   The bound is below e / n = {e:.3f} / n.\n")


def many_buyers_and_sellers() -> None:
    """Show who trades, at what prices, and what is lost by the promise that no lie pays."""
    print("3. Many: laboratories buy archives of X-rays from hospitals by trade reduction.\n")
    labs, bids = list(LABS), list(LABS.values())
    hospitals, asks = list(HOSPITALS), list(HOSPITALS.values())
    trades = trade_reduction(bids, asks)
    for buyer, seller in zip(trades.buyers, trades.sellers, strict=True):
        print(
            f"     {labs[buyer]:7} (worth {bids[buyer]}) pays {trades.charge}; "
            f"{hospitals[seller]:6} (cost {asks[seller]}) gets {trades.payment}"
        )
    print(f"\n   {trades.count} of {trades.efficient_count} efficient trades; the market maker keeps {trades.surplus}.")
    print(f"   Welfare {trades.welfare} of {trades.efficient_welfare}.")
    lies = {
        "laboratories": max(_best_lie(partial(_bought, bids, asks, place)) for place in range(len(bids))),
        "hospitals": max(_best_lie(partial(_sold, bids, asks, place)) for place in range(len(asks))),
    }
    print("   Every report of everyone, tried exactly, whatever their true number is: the best lie gains")
    print("   " + " and ".join(f"{gained} among the {side}" for side, gained in lies.items()) + ".")
    print("\n   The more there are, the less one trade is:")
    rng = np.random.default_rng(0)
    for count in (5, 50, 500, 5_000):
        drawn = trade_reduction(rng.uniform(10, 60, count), rng.uniform(0, 50, count))
        share = drawn.welfare / drawn.efficient_welfare
        print(f"     {count:4} a side: {drawn.count:4} of {drawn.efficient_count:4} trades, {share:.4%} of the welfare")


def _bought(bids: Sequence[int], asks: Sequence[int], buyer: int, bid: Any) -> tuple[int, Any]:
    trades = trade_reduction([*bids[:buyer], bid, *bids[buyer + 1 :]], asks)
    return (-1, -trades.charge) if buyer in trades.buyers else (0, 0)


def _sold(bids: Sequence[int], asks: Sequence[int], seller: int, ask: Any) -> tuple[int, Any]:
    trades = trade_reduction(bids, [*asks[:seller], ask, *asks[seller + 1 :]])
    return (1, trades.payment) if seller in trades.sellers else (0, 0)


def _best_lie(deal: Callable[[Any], tuple[int, Any]]) -> Any:
    """Give the most that any lie gains over the truth, over all true numbers.

    With a buyer's purchase as a sale of -1, everyone is left with paid - true * sold; on each piece of the deal that is
    affine in the true number, and so largest at an end.
    """
    pieces = list(sweep(deal, stop=200, whole=False))
    reached = {(piece.quantity, paid) for piece in pieces for _, paid in piece.ends}
    return max(
        paid - true * sold - (honest - true * piece.quantity)
        for piece in pieces
        for true, honest in piece.ends
        for sold, paid in reached
    )


def main() -> int:
    """Tell all three."""
    one_buyer_and_one_seller()
    balance_and_what_it_costs()
    many_buyers_and_sellers()
    return 0


if __name__ == "__main__":
    sys.exit(main())
