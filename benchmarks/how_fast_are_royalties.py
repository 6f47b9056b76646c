"""How fast is a seller's best royalty rate found, and how much does a grid of rates miss?

    python benchmarks/how_fast_are_royalties.py

Times the upper envelope of what each bundle leaves a buyer, from which the best rate follows, beside

- a grid of rates, at each of which every bundle is looked at;
- all crossings of two bundles, tried one by one: exact as well.

Three kinds of buyers: bundles drawn at random, of which few are ever taken; bundles of datasets whose values add up
with diminishing returns; and tangents of a parabola, of which each is taken somewhere. Times are medians of runs in
turn. What the grid misses is given as a part of the best revenue; the crossings must find the same revenue to 1e-9.
"""

import argparse
from fractions import Fraction

import numpy as np
import timing

from evenhand.markets.royalties import RoyaltyBuyer, best_rate, tabulated
from evenhand.markets.royalties.envelope import pieces, pieces_of_arrays

CROSSINGS_MAX = 256
"""With more bundles, all crossings would take too long."""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--grid", type=int, default=1_000, help="rates of the grid")
    arguments = parser.parse_args()
    print(timing.machine())
    heads = ("bundles", 22), ("taken", 11), ("ours", 10), ("a grid", 10), ("/ ours", 8), ("misses", 10)
    print("\n" + "".join(f"{head:>{width}}" for head, width in [*heads, ("crossings", 11), ("/ ours", 9)]))
    for name, draw in BUYERS.items():
        for power in (6, 8, 12, 16, 20):
            compare(name, *draw(1 << power, np.random.default_rng(0)), arguments.grid)
    print("\nexact numbers, one after the other")
    for power in (6, 10, 14):
        exactly(1 << power)
    print("\nmarkets: all bundles of the datasets on sale, whole numbers and floats")
    for sellers, buyers in ((8, 10), (12, 10), (8, 1_000)):
        market(sellers, buyers)


def at_random(bundles, rng):
    return rng.uniform(0.3, 1.0, bundles), rng.lognormal(0, 0.5, bundles), 0.4


def diminishing(bundles, rng):
    """All bundles of the others, with the dataset: rates up to a tenth each, utility the root of a sum."""
    others = bundles.bit_length() - 1
    members = (np.arange(bundles)[:, None] >> np.arange(others)) & 1
    paid = members @ rng.uniform(0, 0.1, others)
    utility = np.sqrt(0.2 + members @ rng.uniform(0, 1, others))
    fine = paid < 1
    return 1 - paid[fine], utility[fine], 0.4


def tangents(bundles, rng):
    slopes = np.arange(1, bundles + 1) / bundles
    return 1 - slopes / 2, slopes, 0.0


BUYERS = {"at random": at_random, "diminishing": diminishing, "tangents": tangents}


def by_envelope(kept, worth, outside):
    return max((piece.until * piece.utility for piece in pieces_of_arrays(kept, worth, outside)), default=0.0)


def revenue_at(rate, kept, worth, outside):
    net = (kept - rate) * worth
    best = max(net.max(), outside)
    tied = worth[net >= best * (1 - 1e-12)]
    return rate * tied.max() if len(tied) else 0.0


def by_grid(kept, worth, outside, rates):
    return max(revenue_at(rate, kept, worth, outside) for rate in np.linspace(0, 1, rates + 1))


def by_crossings(kept, worth, outside):
    lines, slopes = np.append(kept * worth, outside), np.append(worth, 0.0)
    one, two = np.triu_indices(len(lines), 1)
    differ = slopes[one] != slopes[two]
    one, two = one[differ], two[differ]
    found = (lines[one] - lines[two]) / (slopes[one] - slopes[two])
    found = np.append(found[(found >= 0) & (found <= 1)], kept)
    return max(revenue_at(rate, kept, worth, outside) for rate in found)


def compare(name, kept, worth, outside, rates):
    taken = len(pieces_of_arrays(kept, worth, outside))
    best, rough = by_envelope(kept, worth, outside), by_grid(kept, worth, outside, rates)
    works = [lambda _: by_envelope(kept, worth, outside), lambda _: by_grid(kept, worth, outside, rates)]
    small = len(kept) <= CROSSINGS_MAX
    if small:
        works.append(lambda _: by_crossings(kept, worth, outside))
        exact = by_crossings(kept, worth, outside)
        assert abs(exact - best) <= 1e-9 * best, f"{exact} by all crossings, {best} by the envelope"
    ours, grid, *crossings = timing.seconds(*works, at_most=4.0)
    line = f"{name:>12}{len(kept):>10,}{taken:>11,}{timing.readable(ours):>10}{timing.readable(grid):>10}"
    line += f"{grid / ours:>7.1f}x{(best - rough) / best:>10.1e}"
    if small:
        line += f"{timing.readable(crossings[0]):>11}{crossings[0] / ours:>8,.0f}x"
    print(line)


def exactly(bundles):
    kept, worth, _ = at_random(bundles, np.random.default_rng(1))
    parts, utilities = ([Fraction(int(number * 10_000), 10_000) for number in row] for row in (kept, worth))
    spent = timing.seconds(lambda _: pieces(parts, utilities, Fraction(2, 5)))
    print(f"{bundles:>22,} {timing.readable(spent):>9}")


def market(sellers, buyers):
    rng = np.random.default_rng(2)
    rates = [Fraction(int(rate), 100) for rate in rng.integers(0, 10, sellers)]
    exact, floats = [], []
    for _ in range(buyers):
        adds, most = rng.integers(1, 1000, sellers), Fraction(int(rng.integers(5, 50)), 100)
        table = tabulated(lambda x, adds=adds: 1_000 + int((1_000 * adds[list(x)].sum()) ** 0.5), sellers)
        exact.append(RoyaltyBuyer(table, most))
        floats.append(RoyaltyBuyer({x: float(u) for x, u in table.items()}, float(most)))
    whole, near = timing.seconds(
        lambda _: best_rate(exact, rates, 0), lambda _: best_rate(floats, rates, 0), repeats=3, at_most=15.0
    )
    print(
        f"{sellers:>6} datasets, {buyers:>5,} buyers with {1 << sellers:>5,} bundles each: "
        f"exact {timing.readable(whole):>8}, floats {timing.readable(near):>8}"
    )


if __name__ == "__main__":
    main()
