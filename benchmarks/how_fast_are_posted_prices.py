"""How fast are posted prices? What buyers buy and would pay at most, beside solving them again at every price.

    python benchmarks/how_fast_are_posted_prices.py [--datasets 1000] [--budget 10000]

1. Additive utilities, whole money: what a buyer would pay at most for one dataset among many. Beside it, in the same
   run: the buyer's problem solved again, by the same dynamic programming, at every whole price up to what the dataset
   is worth, as in [FairShare25, Algorithm 2]; and by bisection, which uses that a buyer who buys at a price buys at
   every lower one. Both are right to a unit; ours is exact. Then the same for all datasets at once.
2. Any utility: what 16 buyers buy of 16 datasets, all 65,536 bundles tried for each, beside a loop over the bundles.
3. The best price of many sellers, beside trying each willingness.
4. Whole money, each dataset interacting with its neighbours: what buyers buy of 40 by growing bundles, beside the
   integer programme, and a round in which 40 sellers price again before 5 buyers, beside the same round with the
   integer programme. Both are exact and settle ties alike.

Processor time; ratio = plain / ours.
"""

import argparse
import time
from itertools import combinations
from math import inf

import numpy as np
import timing

from evenhand.markets.posted import (
    Additive,
    Buyer,
    OfMasks,
    Pairwise,
    every_willingness_to_pay,
    maximum_willingness_to_pay,
    posted_prices,
    purchase,
    reprice,
    sequential_prices,
)
from evenhand.markets.posted.buyers import EXACT


def main() -> None:
    arguments = _arguments()
    print(f"{timing.machine()}; processor time\n")
    additive(arguments.datasets, arguments.budget)
    any_utility(datasets=16, buyers=16)
    many_sellers(sellers=100_000, buyers=16)
    in_pairs(datasets=40, buyers=5, rounds=3)


def additive(datasets, budget):
    rng = np.random.default_rng(0)
    asked = rng.integers(budget // 500, budget // 50, datasets).tolist()
    own = (2 * budget / datasets * rng.random(datasets) * 10).tolist()
    utility, others = Additive(own), asked[:-1]
    most, ours = spent(lambda: maximum_willingness_to_pay(utility, others, budget, datasets - 1), repeats=9)
    print(f"what a buyer would pay at most for one of {datasets:,} datasets, {budget:,} units to spend: {most:.6g}")
    print(f"  {'one row, exact':<46}{timing.readable(ours):>10}")

    def buys(price):
        return datasets - 1 in purchase(utility, [*others, price], budget, method="dynamic_programming").bundle

    top = min(budget, int(own[-1]))
    found, plain = spent(lambda: max(price for price in range(top + 1) if buys(price)))
    assert found == int(most)
    line(f"every whole price up to its utility, {top}", plain, ours, f"finds {found}")
    found, plain = spent(lambda: bisect(buys, top))
    assert found == int(most)
    line("bisection over whole prices", plain, ours, f"finds {found}")

    every, once = spent(lambda: every_willingness_to_pay(utility, asked, budget), repeats=3)
    some = range(0, datasets, max(datasets // 20, 1))
    each, one_by_one = spent(
        lambda: [maximum_willingness_to_pay(utility, [*asked[:i], *asked[i + 1 :]], budget, i) for i in some]
    )
    assert np.allclose([every[i] for i in some], each)
    print(f"\nthe same for each of the {datasets:,}, beside the others: {timing.readable(once)}")
    line("one after another, a row each", one_by_one / len(some) * datasets, once, f"from {len(some)} timed")


def any_utility(datasets, buyers):
    rng = np.random.default_rng(1)
    weight, covers = rng.random((buyers, 40)), (rng.random((buyers, datasets, 40)) < 0.2).astype(np.float32)
    prices = (rng.random(datasets) * 3).tolist()
    utilities = [
        OfMasks(lambda masks, k=k: ((masks.astype(np.float32) @ covers[k]) > 0) @ weight[k]) for k in range(buyers)
    ]
    bought, ours = spent(lambda: [purchase(each, prices, 5.0) for each in utilities], repeats=5)
    print(
        f"\nwhat {buyers} buyers buy of {datasets} datasets, all {2**datasets:,} bundles tried: {timing.readable(ours)}"
    )
    masks = np.array([[code >> i & 1 for i in range(datasets)] for code in range(2**datasets)], bool)
    _, asking = spent(lambda: [each.value(masks) for each in utilities], repeats=3)
    print(f"  {'of this, the utilities themselves':<46}{timing.readable(asking):>10}")
    known = by_bundle(utilities[0].value(masks), datasets)
    by_hand, plain = spent(lambda: loop(known, prices, 5.0))
    assert by_hand == bought[0].bundle
    line("a loop over bundles whose utilities are known", plain * buyers, ours, f"from 1 of {buyers} buyers timed")


def many_sellers(sellers, buyers):
    willingness = np.random.default_rng(2).random((sellers, buyers))
    best, ours = spent(lambda: posted_prices(willingness, np.zeros(sellers)), repeats=3)
    print(f"\nthe best price of {sellers:,} sellers before {buyers} buyers: {timing.readable(ours)}")
    few = willingness[:2000].tolist()
    by_hand, plain = spent(lambda: [max(p * sum(w >= p for w in row) for p in row) for row in few])
    assert np.allclose(by_hand, best.profit[:2000])
    line("each willingness tried in a loop", plain / len(few) * sellers, ours, f"from {len(few):,} timed")


def in_pairs(datasets, buyers, rounds):
    rng = np.random.default_rng(3)
    market = [neighbours(rng, datasets) for _ in range(buyers)]
    costs = rng.integers(50, 300, datasets).tolist()
    start = sequential_prices(market, costs).prices

    def buy(method):
        return [purchase(each.utility, start, each.budget, method=method) for each in market]

    bought, ours = spent(lambda: buy("partial_bundles"), repeats=5)
    print(f"\nwhat {buyers} buyers buy of {datasets} datasets that interact in pairs: {timing.readable(ours)}")
    solved, plain = spent(lambda: buy("integer_programme"), repeats=3)
    assert solved == bought
    line("integer programme", plain, ours, "the same bundles")

    again, ours = spent(lambda: reprice(market, costs, prices=start, rounds_max=rounds))
    ours /= again.rounds
    print(f"\na round in which all {datasets} price again: {timing.readable(ours)}")
    grown = EXACT.pop("partial_bundles")
    try:
        same, plain = spent(lambda: reprice(market, costs, prices=start, rounds_max=1))
    finally:
        EXACT["partial_bundles"] = grown
    assert same.prices == reprice(market, costs, prices=start, rounds_max=1).prices
    line("by integer programme", plain, ours, f"{again.rounds} rounds and 1 timed")


def neighbours(rng, datasets):
    own = rng.integers(200, 2000, datasets)
    pairs = np.diag(rng.integers(-600, 400, datasets - 1), 1)
    return Buyer(Pairwise(own, pairs + pairs.T), int(own.sum() * rng.uniform(0.2, 0.5)))


def by_bundle(worth, datasets):
    return {tuple(i for i in range(datasets) if code >> i & 1): value for code, value in enumerate(worth.tolist())}


def loop(utility, prices, budget):
    best, chosen = -inf, ()
    for size in range(len(prices) + 1):
        for bundle in combinations(range(len(prices)), size):
            cost = sum(prices[i] for i in bundle)
            if cost <= budget and utility[bundle] - cost > best:
                best, chosen = utility[bundle] - cost, bundle
    return chosen


def bisect(buys, top):
    low, high = 0, top + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if buys(middle) else (low, middle)
    return low


def spent(work, repeats=1):
    """Give what some work returns, and the least processor seconds of several runs."""
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        result = work()
        taken.append(time.process_time() - start)
    return result, min(taken)


def line(name, plain, ours, detail):
    print(f"  {name:<46}{timing.readable(plain):>10}{plain / ours:>12,.0f}x   {detail}")


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--datasets", type=int, default=1000)
    parser.add_argument("--budget", type=int, default=10_000, help="in whole minor units")
    return parser.parse_args()


if __name__ == "__main__":
    main()
