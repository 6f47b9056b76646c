"""How fast are truthful payments of a mean-estimation market, and how much memory do they take?

    python benchmarks/how_fast_are_truthful_payments.py

Times VCG, threshold (Myerson) and leave-one-out payments of all sellers together, `payments.table`, beside

- one `allocate` of the same market;
- the plain way: for each seller the system of equations [Fan25, eq. 6] without them, built and solved with NumPy, and
  the values of what it gives, which yields VCG and leave-one-out;
- one `allocate` of ours for each seller, with that seller absent;
- Myerson by quadrature of each seller's curve, solved anew with NumPy at every point.

Reports are drawn afresh for every repeat, the ways take turns, and times are medians. What takes long is timed on some
of the sellers and multiplied. The payments of all ways are held against each other before anything is timed.
"""

import argparse
import subprocess
import sys
import time

import numpy as np
import timing

from evenhand import payments
from evenhand.markets import MeanEstimation
from evenhand.numerics.tail import tail_integral

RULES = ["vcg", "threshold", "leave_one_out"]
BUYERS = 5


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peak", nargs=2, type=int, metavar=("SELLERS", "DIMENSIONS"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peak:
        measure_peak(*arguments.peak)
        return
    print(timing.machine())
    for sellers, dimensions in ((200, 20), (200, 300)):
        compare(sellers, dimensions)
    print("\n2,000 sellers in a fresh process")
    for dimensions in (20, 3000):
        command = [sys.executable, __file__, "--peak", "2000", str(dimensions)]
        print(subprocess.run(command, check=True, capture_output=True, text=True).stdout, end="")


def draw(sellers, dimensions, rng):
    """Means around a common one, variances and reports of the order of the means' squares."""
    means = rng.normal(1, 1, (sellers, dimensions))
    return MeanEstimation(rng.normal(1, 1, (BUYERS, dimensions)), means, rng.random(sellers) * dimensions)


def compare(sellers, dimensions, repeats=201):
    """Print the times of one market."""
    rng = np.random.default_rng(0)
    market = draw(sellers, dimensions, rng)
    costs = rng.uniform(1, 10, (repeats, sellers))
    absent = costs.copy()
    absent[np.arange(repeats), rng.integers(sellers, size=repeats)] = np.inf
    hold_against_each_other(market, costs[0])

    once, table, without_one = timing.seconds(
        lambda k: market.allocate(costs[k]),
        lambda k: payments.table(market, costs[k], RULES),
        lambda k: market.allocate(absent[k]),
        repeats=repeats,
        at_most=20.0,
    )
    solved = timing.seconds(lambda k: without(market, costs[k], 0), repeats=9)
    integrated = timing.seconds(lambda k: by_quadrature(market, costs[k], 0), repeats=3)
    print(f"\n{sellers} sellers, {dimensions} dimensions, {BUYERS} buyers")
    print(f"  one allocate                             {timing.readable(once):>9}")
    print(f"  VCG, threshold and leave-one-out of all  {timing.readable(table):>9}   {table / once:.2f}x one allocate")
    print("  beside (its time / ours)")
    for way, spent in (
        ("equation 6 solved for each seller, NumPy", solved),
        ("our own allocate for each seller", without_one),
        ("Myerson by quadrature, NumPy", integrated),
    ):
        print(f"    {way:<42}{sellers * spent / table:>9,.0f}x   {timing.readable(sellers * spent)}")


def measure_peak(sellers, dimensions):
    """Print the time of the payments of a large market, and the most memory held."""
    rng = np.random.default_rng(0)
    market = draw(sellers, dimensions, rng)
    held = timing.peak_mebibytes()
    start = time.perf_counter()
    payments.table(market, rng.uniform(1, 10, sellers), RULES)
    spent, peak = time.perf_counter() - start, timing.peak_mebibytes()
    print(
        f"  {dimensions:>5} dimensions   {timing.readable(spent):>8}, the first time   peak {peak:,.0f} MiB"
        f"   of which Python, NumPy and the means {held:,.0f} MiB"
    )


# -- the plain ways -------------------------------------------------------------------------------------------------


def solve(market, costs, present):
    """Solve equation 6 among some sellers: weights (buyers, present)."""
    means = market.seller_means[present]
    matrix = means @ means.T + np.diag(market.variances[present] + costs[present])
    return np.linalg.solve(matrix, means @ market.buyer_means.T).T


def worth(market, costs, present, weights):
    """Give the value to all buyers, and the welfare, of weights among some sellers."""
    means = market.seller_means[present]
    loss = ((weights @ means - market.buyer_means) ** 2).sum() + (weights**2 @ market.variances[present]).sum()
    value = (market.buyer_means**2).sum() - loss
    return value, value - (weights**2 @ costs[present]).sum()


def without(market, costs, seller):
    """Solve the market without a seller: value and welfare."""
    present = np.delete(np.arange(len(costs)), seller)
    return worth(market, costs, present, solve(market, costs, present))


def by_quadrature(market, costs, seller):
    """Pay one seller by integrating their curve."""
    everyone = np.arange(len(costs))

    def sold(report):
        asked = costs.copy()
        asked[seller] = report
        return (solve(market, asked, everyone)[:, seller] ** 2).sum()

    area, _ = tail_integral(lambda reports: np.array([sold(u) for u in reports]), float(costs[seller]))
    return costs[seller] * sold(costs[seller]) + area


def hold_against_each_other(market, costs, some=5):
    """Compare the payments of some sellers by all ways."""
    ours = payments.table(market, costs, RULES)
    everyone = np.arange(len(costs))
    weights = solve(market, costs, everyone)
    value, welfare = worth(market, costs, everyone, weights)
    sold = (weights**2).sum(axis=0)
    largest = max(np.abs(paid).max() for paid in ours.values())
    for seller in range(some):
        less_value, less_welfare = without(market, costs, seller)
        plain = {"vcg": welfare - less_welfare + costs[seller] * sold[seller], "leave_one_out": value - less_value}
        if seller == 0:
            plain["threshold"] = by_quadrature(market, costs, seller)
        for rule, paid in plain.items():
            gap = abs(paid - ours[rule][seller]) / largest
            assert gap < 1e-9, f"{rule} pays seller {seller} {ours[rule][seller]}; the plain way {paid}"


if __name__ == "__main__":
    main()
