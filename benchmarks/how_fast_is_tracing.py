"""How fast is every report of every seller covered, and how much is that beside asking the rule report by report?

    python benchmarks/how_fast_is_tracing.py

Times `certify` of the claim "truthful" on markets of 50 sellers: in whole units, and on the exact fractions of floats.
Beside it stands what a table of deals would take, each whole report of each seller from 0 to the budget; its time is
that of a few reports, multiplied up.
"""

import numpy as np
import timing

from evenhand.market import deal
from evenhand.markets import ExactProcurement, Procurement
from evenhand.mechanisms import MECHANISMS
from evenhand.properties import certify

SELLERS, ASKED = 50, 20
NAMES = ("proportional_share", "q_mia", "prune_and_pack", "single_or_share")


def main():
    print(timing.machine())
    print(f"\nevery report of {SELLERS} sellers")
    for name in NAMES:
        for share in (0.25, 1.0):
            for kind, market, costs in markets(share):
                print_one(name, f"{kind}, a budget of {share:.0%} of all costs", market, costs)


def markets(share):
    """The same market in whole units and in floats, of which the fractions have denominators of their own."""
    rng = np.random.default_rng(0)
    costs, worth = rng.lognormal(9, 1, SELLERS).round(), rng.lognormal(8, 1, SELLERS).round()
    budget = int(share * costs.sum())
    whole = [int(cost) for cost in costs]
    yield "whole units", ExactProcurement([int(w) for w in worth], budget, whole=True), whole
    yield "fractions", Procurement(worth / 7, budget / 3), (costs / 3).tolist()


def print_one(name, label, market, costs):
    mechanism, found = MECHANISMS[name], []
    spent = timing.seconds(lambda _: found.extend(certify(mechanism, market, costs, claims=["truthful"])), repeats=2)
    assert all(finding.holds and finding.evidence == "exact" for finding in found)
    line = f"  {name:<20}{label:<48}{timing.readable(spent):>9}, {found[0].tried:,} pieces"
    if market.whole:
        line += f"; asked one by one {timing.readable(one_by_one(mechanism, market, costs))}"
    print(line, flush=True)


def one_by_one(mechanism, market, costs):
    """What it takes to ask for each whole report of each seller, from the time of some."""
    ran = mechanism.market(market)
    reports = np.linspace(0, market.budget, ASKED).astype(int).tolist()
    took = timing.seconds(lambda _: [deal(ran, 0, [report, *costs[1:]], mechanism.pay) for report in reports])
    return took / ASKED * (market.budget + 1) * SELLERS


if __name__ == "__main__":
    main()
