"""How fast is a market that repeats, and how much faster than deciding one market after another?

    python benchmarks/how_fast_is_a_repeated_market.py

Times 1,000 replications of 100 periods with 10 sellers, the size of the paper's simulation, in each of its markets
under all regimes, under each regime alone, and with an auction. Then buyers who reconsider are decided in many periods
at once, and one period after another by `markets.posted.sequential_prices`; prices are held against each other to 1e-9.
"""

import argparse
import time

import numpy as np
import timing

from evenhand.markets.posted import Additive, Buyer, sequential_prices
from evenhand.simulation import MARKETS, REGIMES, RepeatedMarket, auction, compare
from evenhand.simulation.regimes import FAIRSHARE, Terms

ONE_BY_ONE = 40
"""How many single periods are decided the plain way."""
RECONSIDERED_PART = 20
"""Where every bundle is weighed, one in this many replications is run, and the time multiplied."""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replications", type=int, default=1_000)
    arguments = parser.parse_args()
    print(timing.machine())
    count = arguments.replications
    print(f"\n{count:,} replications, 100 periods, 10 sellers; processor time")
    for name, market in MARKETS.items():
        taken = spent(lambda m=market: compare(m, replications=count))
        print(f"  {name:<24} all {len(REGIMES)} regimes {timing.readable(taken)}")
    for name in REGIMES:
        print(f"  high_budget              {name:<13} {timing.readable(spent(lambda n=name: run(n, count)))}")
    print(f"  high_budget              auction       {timing.readable(spent(lambda: run(auction(), count)))}")
    beside_one_by_one(count)


def run(regime, replications):
    return compare(MARKETS["high_budget"], [regime], replications=replications)


def spent(work):
    """Processor time of one run."""
    start = time.process_time()
    work()
    return time.process_time() - start


def beside_one_by_one(replications):
    """Decide the same periods at once and one by one, with buyers who reconsider."""
    market = RepeatedMarket(periods=100, buying="reconsidered", given_away=True)
    some = max(replications // RECONSIDERED_PART, 1)
    drawn = market.draws(seed=0, replications=range(some))
    period, present = drawn.period(0), np.ones((some, 10), bool)
    ours = spent(lambda: [FAIRSHARE.clear(drawn.period(t), present, Terms("reconsidered", True)) for t in range(100)])
    each = ours / (100 * some)
    prices = FAIRSHARE.clear(period, present, Terms("reconsidered", True)).price
    rows = range(min(ONE_BY_ONE, some))

    def plain():
        return [
            sequential_prices(
                [Buyer(Additive(period.utility[row, 0].tolist()), float(period.budget[row, 0]))],
                period.cost[row],
                order=period.order[row].tolist(),
            ).prices
            for row in rows
        ]

    found = plain()
    gap = np.abs(np.array(found) - prices[: len(rows)]).max()
    assert gap < 1e-9, f"prices are {gap} apart"
    alone = spent(plain) / len(rows)
    print(
        f"\none period, one buyer who reconsiders: at once {timing.readable(each)}, one by one {timing.readable(alone)}"
    )
    print(f"  {alone / each:,.0f}x; {replications:,} x 100 of them: {timing.readable(each * 100 * replications)}")


if __name__ == "__main__":
    main()
