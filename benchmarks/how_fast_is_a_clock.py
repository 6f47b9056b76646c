"""How fast is a clock? 2,000 sellers whose data overlap, selected and paid under a budget.

    python benchmarks/how_fast_is_a_clock.py [--sellers 2000] [--elements 5000] [--density 0.01]

Each seller covers some elements of weight, and a set is worth what it covers. The market is told so in three ways: by a
plain function of 0/1 masks on a dense matrix, by the same on a sparse one, and by data that say themselves what they
add (`added`). Beside them stand the plain way to the marginals, which asks for one set at a time (timed on one line of
a twentieth of the sellers), and the plain way to the payments, which is counted: bisection on the report of each
winner, 50 clocks for each of them.
"""

import argparse
import time

import numpy as np
import timing
from scipy.sparse import csr_array

from evenhand.markets import Procurement
from evenhand.markets.procurement.marginals import Batches, OnMasks, Plain

BISECTIONS = 50


class Covered:
    """What sets cover, told by the data themselves."""

    def __init__(self, covers, weights):
        self.places = [np.flatnonzero(row) for row in covers]
        self.covers, self.weights = csr_array(covers), weights

    def __call__(self, masks):
        return ((masks @ self.covers) > 0) @ self.weights

    def added(self, bought, line):
        fresh = self.weights.copy()
        for seller in bought:
            fresh[self.places[seller]] = 0
        adds = np.empty(len(line))
        for place, seller in enumerate(line):
            adds[place] = fresh[self.places[seller]].sum()
            fresh[self.places[seller]] = 0
        return adds


def main() -> None:
    arguments = _arguments()
    rng = np.random.default_rng(0)
    covers = (rng.random((arguments.sellers, arguments.elements)) < arguments.density).astype(float)
    weights = rng.integers(1, 1000, arguments.elements).astype(float)
    costs = rng.lognormal(0, 0.7, arguments.sellers) * covers.sum(axis=1)
    budget = costs.sum() / 20
    sparse = csr_array(covers)
    values = {
        "plain function, dense": lambda masks: ((masks @ covers) > 0) @ weights,
        "plain function, sparse": lambda masks: ((masks @ sparse) > 0) @ weights,
        "data that say what they add": Covered(covers, weights),
    }
    print(f"{timing.machine()}; {arguments.sellers} sellers, {arguments.elements} elements")
    sold = []
    for told, value in values.items():
        seconds, cleared = _clock(value, costs, budget)
        sold.append(cleared.allocation.quantity)
        paid = cleared.highest_asked.sum() / budget
        print(f"  {told:<46}{seconds:>8.3g} s   bought {sold[-1].sum()}, {paid:.1%} of the budget paid")
    assert all((quantity == sold[0]).all() for quantity in sold)
    winners = int(sold[0].sum())
    print(f"  by bisection: {winners} winners, {BISECTIONS} clocks each{BISECTIONS * winners:>11,}x   ours: one clock")
    _marginals(values["plain function, dense"], arguments.sellers)
    print(f"  peak memory {timing.peak_mebibytes():.0f} MiB")


def _clock(value, costs, budget):
    start = time.perf_counter()
    cleared = Procurement(value=value, budget=budget).clear(costs)
    assert cleared.allocation.quantity.sum() == (cleared.highest_asked > 0).sum()
    return time.perf_counter() - start, cleared


def _marginals(value, sellers) -> None:
    line = list(range(sellers // 20))

    def one_by_one():
        def of_set(chosen):
            mask = np.zeros((1, sellers), dtype=np.int64)
            mask[0, list(chosen)] = 1
            return value(mask)[0]

        return Plain(of_set).in_line([], line)

    def in_batches():
        return Batches(OnMasks(value), sellers).in_line([], line)

    assert [float(added) for added in one_by_one()] == [float(added) for added in in_batches()]
    print(timing.compared(f"what {len(line)} in line add", one_by_one, in_batches, "set by set"))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sellers", type=int, default=2000)
    parser.add_argument("--elements", type=int, default=5000)
    parser.add_argument("--density", type=float, default=0.01)
    return parser.parse_args()


if __name__ == "__main__":
    main()
