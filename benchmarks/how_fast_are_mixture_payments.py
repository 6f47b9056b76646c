"""How fast are truthful payments of a mixture market, and how much memory do they take?

    python benchmarks/how_fast_are_mixture_payments.py

Times VCG, threshold (Myerson) and leave-one-out payments of all sellers together, `payments.table`, beside

- one `allocate` of the same market;
- one `allocate` of ours for each seller, with that seller absent;
- the plain way: for each seller SciPy's SLSQP without them, given the gradient and the mixture with everyone to start
  from, which yields VCG and leave-one-out.

Reports are drawn afresh for every repeat, the ways take turns, and times are medians. What is done for each seller is
timed on some of those who sell and multiplied: by how many sell, for a way that knows that without one of the others
nothing changes, and by all sellers, for a way that does not. SLSQP stops at 1e-12 and is timed on one or two sellers.
Payments are held against the market solved again to 1e-9 of the largest, and one of them against SLSQP to 1e-4.
"""

import argparse
import subprocess
import sys
import time

import numpy as np
import timing
from scipy.optimize import minimize

from evenhand import payments
from evenhand.market import SolvedAgain
from evenhand.markets import Mixture
from evenhand.payments.leave_one_out import lost_value
from evenhand.payments.vcg import added_to_others

RULES = ["vcg", "threshold", "leave_one_out"]
DOMAINS = ("simplex", "capped", "orthant", "free")
SLSQP_RUNS = 2


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sellers", type=int, default=1_000, help="of the markets that are compared")
    parser.add_argument("--many", type=int, default=100_000, help="sellers of the large markets")
    parser.add_argument("--peak", nargs=2, metavar=("SELLERS", "DOMAIN"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peak:
        measure_peak(int(arguments.peak[0]), arguments.peak[1])
        return
    print(timing.machine())
    for domain in DOMAINS:
        compare(arguments.sellers, domain)
    print(f"\n{arguments.many:,} sellers in a fresh process")
    for domain in DOMAINS:
        command = [sys.executable, __file__, "--peak", str(arguments.many), domain]
        print(subprocess.run(command, check=True, capture_output=True, text=True).stdout, end="")


def draw(sellers, domain, rng):
    """Effects of either sign, and a scale at which about two thirds of the sellers sell on the simplex.

    They share one unit of weight, so the more there are, the smaller is the loss at which so many are worth their cost.
    """
    return Mixture(rng.normal(-1, 1, sellers), scale=100 / sellers, domain=domain)


def compare(sellers, domain, repeats=201):
    """Print the times of one market."""
    rng = np.random.default_rng(0)
    market = draw(sellers, domain, rng)
    costs = rng.uniform(1, 10, (repeats, sellers))
    selling = [np.flatnonzero(market.allocate(asked).quantity) for asked in costs]
    hold_against_each_other(market, costs[0], selling[0][0])

    def without_one(k):
        asked = costs[k].copy()
        asked[selling[k][k % len(selling[k])]] = np.inf
        market.allocate(asked)

    once, table, again = timing.seconds(
        lambda k: market.allocate(costs[k]),
        lambda k: payments.table(market, costs[k], RULES),
        without_one,
        repeats=repeats,
        at_most=20.0,
    )
    slsqp = timing.seconds(lambda k: by_slsqp(market, costs[k], selling[k][0]), repeats=SLSQP_RUNS, at_most=30.0)
    count = len(selling[0])
    print(f"\n{sellers:,} sellers, of whom {count:,} sell, {domain}")
    print(f"  one allocate                             {timing.readable(once):>9}")
    print(f"  VCG, threshold and leave-one-out of all  {timing.readable(table):>9}   {table / once:.2f}x one allocate")
    print("  beside (its time / ours)                     who sell              all sellers")
    for way, spent in (("our own allocate", again), ("SciPy's SLSQP", slsqp)):
        each = f"    {way:<17}{timing.readable(spent):>9} each"
        print(f"{each}{count * spent / table:>14,.0f}x {timing.readable(count * spent):>9}", end="")
        print(f"{sellers * spent / table:>14,.0f}x {timing.readable(sellers * spent):>9}")


def measure_peak(sellers, domain):
    """Print the time of the payments of a large market, and the most memory held."""
    rng = np.random.default_rng(0)
    market, costs = draw(sellers, domain, rng), rng.uniform(1, 10, sellers)
    held = timing.peak_mebibytes()
    start = time.perf_counter()
    paid = payments.table(market, costs, RULES)
    spent, peak = time.perf_counter() - start, timing.peak_mebibytes()
    sold = np.count_nonzero(market.allocate(costs).quantity)
    assert np.abs(paid["vcg"] - paid["threshold"]).max() <= 1e-9 * paid["vcg"].max(), "two truthful payments differ"
    print(
        f"  {domain:<8} {sold:>7,} sell   {timing.readable(spent):>8}, the first time   peak {peak:,.0f} MiB"
        f"   of which Python, NumPy, SciPy and the market {held:,.0f} MiB"
    )


# -- the plain way ----------------------------------------------------------------------------------------------------


def by_slsqp(market, costs, seller):
    """Solve the market without a seller: value and welfare."""
    present = np.delete(np.arange(len(costs)), seller)
    effects, asked = market.effects[0, present], costs[present]
    (scale,) = market.scale
    start = market.allocate(costs).weights[0, present]
    if market.domain == "simplex":
        start = start / start.sum()

    def social_cost(weights):
        loss = scale * np.exp(effects @ weights)
        return loss + asked @ weights**2, loss * effects + 2 * asked * weights

    kind = {"simplex": "eq", "capped": "ineq"}.get(market.domain)
    rest_of_1 = {"fun": lambda w: 1 - w.sum(), "jac": lambda w: -np.ones_like(w), "type": kind}
    found = minimize(
        social_cost,
        start,
        jac=True,
        method="SLSQP",
        bounds=None if market.domain == "free" else [(0, None)] * len(present),
        constraints=[rest_of_1] if kind else [],
        options={"ftol": 1e-12, "maxiter": 1_000},
    )
    assert found.success, found.message
    return -scale * np.expm1(effects @ found.x), scale - found.fun


def hold_against_each_other(market, costs, seller):
    """Compare all payments with those by solving again, and one with SLSQP's."""
    ours = payments.table(market, costs, RULES)
    again = SolvedAgain(market, costs, hooks=False)
    exact = added_to_others(again)
    largest = exact.max()
    value, welfare = by_slsqp(market, costs, seller)
    sold = again.allocation
    rough = {
        "vcg": sold.welfare - welfare + costs[seller] * sold.quantity[seller],
        "leave_one_out": sold.value - value,
    }
    for rule, plain in (("vcg", exact), ("threshold", exact), ("leave_one_out", lost_value(again))):
        gap = np.abs(plain - ours[rule]).max() / largest
        assert gap < 1e-9, f"{rule} is {gap:.1g} of the largest payment apart from the market solved again"
    for rule, plain in rough.items():
        gap = abs(plain - ours[rule][seller]) / largest
        assert gap < 1e-4, f"{rule} pays seller {seller} {ours[rule][seller]}; by SLSQP {plain}"


if __name__ == "__main__":
    main()
