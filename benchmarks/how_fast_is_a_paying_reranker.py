"""How fast is a reranker that pays? 2,000 queries of 200 documents, the best 10 of each bought and paid.

    python benchmarks/how_fast_is_a_paying_reranker.py [--queries 2000] [--documents 200] [--k 10]

Beside our market stand, timed in the same run and in turn: one full sort of the same matrix of scores less costs, by
value (which does not say whose they are) and by index (which a reranker without payments needs); and the plain way to
the payments, which takes every bought document away in turn and solves again with numpy: query by query (timed on a
twentieth of them), and all queries at once. The market of interacting documents is timed on values that are known
already, and beside it every set tried by itertools.

Every route is run often, in turn, and the median is kept. A first large array is freed before, so that numpy's memory
is reused by all of them alike.
"""

import argparse
from itertools import combinations

import numpy as np
import timing

from evenhand.markets import Retrieval, Subsets
from evenhand.payments import RULES


def main() -> None:
    arguments = _arguments()
    rng = np.random.default_rng(0)
    shape = (arguments.queries, arguments.documents)
    scores, costs = rng.random(shape), 0.3 * rng.random(shape)
    market = Retrieval(scores, arguments.k)
    surplus = scores - costs
    np.testing.assert_allclose(
        RULES["threshold"](market.clear(costs)), plain_payments(scores, costs, arguments.k), rtol=0, atol=1e-12
    )
    _touch_memory(surplus.nbytes)
    seconds = timed(
        {
            "full sort by value": lambda: np.sort(surplus, axis=1),
            "full sort by index": lambda: np.argsort(surplus, axis=1),
            "winners": lambda: market.allocate(costs),
            "winners, thresholds": lambda: paid(market, costs, "threshold"),
            "winners, vcg": lambda: paid(market, costs, "vcg"),
            "solved again, all queries at once": lambda: plain_payments(scores, costs, arguments.k),
        },
        repeats=arguments.repeats,
    )
    some = slice(None, None, 20)
    one_by_one = {"": lambda: [plain_payments(s, c, arguments.k) for s, c in _each(scores[some], costs[some])]}
    seconds["solved again, query by query"] = timed(one_by_one, repeats=3)[""] * shape[0] / len(scores[some])
    print(f"{shape[0]:,} queries x {shape[1]:,} documents, k = {arguments.k}\n")
    report(seconds, "full sort by value", "winners, thresholds")

    answer = rng.random(12)
    small = Subsets(lambda chosen: float(np.sqrt(answer[list(chosen)].sum())), 12, 3)
    reports = 0.3 * rng.random(12)
    np.testing.assert_allclose(
        RULES["threshold"](small.clear(reports)), plain_subsets(small, reports), rtol=0, atol=1e-12
    )
    seconds = timed(
        {
            "table: winners, thresholds": lambda: paid(small, reports, "threshold"),
            "table: winners, vcg": lambda: paid(small, reports, "vcg"),
            "every set, again for each winner": lambda: plain_subsets(small, reports),
        },
        repeats=arguments.repeats,
    )
    print("\n12 interacting documents, k = 3, values known\n")
    report(seconds, "table: winners, thresholds", "table: winners, thresholds")


def paid(market, costs, rule):
    """Winners and payments."""
    cleared = market.clear(costs)
    return cleared.allocation.quantity, RULES[rule](cleared)


def plain_payments(scores, costs, k):
    """VCG by taking each bought document away and solving again; all queries at once."""
    surplus = scores - costs
    bought = np.argpartition(-surplus, k - 1, axis=1)[:, :k]
    best = np.take_along_axis(surplus, bought, axis=1)
    welfare = np.maximum(best, 0).sum(axis=1)
    payments = np.zeros_like(scores)
    rows = np.arange(len(scores))
    for place in range(k):
        left = surplus.copy()
        left[rows, bought[:, place]] = -np.inf
        without = np.maximum(-np.partition(-left, k - 1, axis=1)[:, :k], 0).sum(axis=1)
        payments[rows, bought[:, place]] = welfare - without + costs[rows, bought[:, place]]
    return np.where(surplus > 0, payments, 0)


def plain_subsets(market, costs):
    """VCG by trying every set for the market and for the market without each winner."""
    n = market.n

    def best(without):
        here = [seller for seller in range(n) if seller != without]
        sets = (chosen for size in range(market.k + 1) for chosen in combinations(here, size))
        return max((market.net(chosen) - sum(costs[j] for j in chosen), chosen) for chosen in sets)

    welfare, bought = best(None)
    return np.array([welfare - best(j)[0] + costs[j] if j in bought else 0.0 for j in range(n)])


def timed(routes, repeats):
    """Run all routes in turn, again and again: name -> median seconds."""
    works = [lambda _, route=route: route() for route in routes.values()]
    return dict(zip(routes, np.atleast_1d(timing.seconds(*works, repeats=repeats)), strict=True))


def report(seconds, sort, ours):
    print(f"{'route':<34}{'ms':>9}{'of ' + sort:>30}{'of ' + ours:>32}")
    for name, spent in seconds.items():
        print(f"{name:<34}{spent * 1e3:>9.3f}{spent / seconds[sort]:>29.2f}x{spent / seconds[ours]:>31.2f}x")


def _each(scores, costs):
    """Every query as a matrix of one row."""
    return zip(scores[:, None, :], costs[:, None, :], strict=True)


def _touch_memory(size):
    """Free something larger than any route needs at a time: the C library then keeps freed memory."""
    np.ones(min(12 * size, 31 * 2**20) // 8)


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--queries", type=int, default=2_000)
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--k", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=30)
    return parser.parse_args()


if __name__ == "__main__":
    main()
