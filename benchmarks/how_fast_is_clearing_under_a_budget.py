"""How fast is clearing under a budget? A million offers: who is bought, and the most each of them could have asked.

    python benchmarks/how_fast_is_clearing_under_a_budget.py [--offers 1000000] [--sellers 1000] [--repeats 15]

Beside our market stand, timed in the same run and in turn: one full sort of the same costs by index, `np.argsort`; the
same sort with ties in order, as one who sorts everything needs it; and the winners alone by such a sort and a running
sum. The budget is a quarter of all costs; of lognormal offers the published auction then buys about half. The second
table is for heavy-tailed offers: it buys most of them, and giants among them are held up far from the end, for whose
sake more of the winners are sorted.

Then, for a market of a thousand sellers, the plain way to the payments: bisection on each winner's report with the
rule written in numpy, to the last billionth of the budget.
"""

import argparse

import numpy as np
import timing

import evenhand as eh
from evenhand.markets import Procurement

RULES = ("proportional_share", "q_mia")


def main() -> None:
    arguments = _arguments()
    rng = np.random.default_rng(0)
    print(f"{timing.machine()}\n")
    for kind, draw in KINDS.items():
        costs, worth = draw(rng, arguments.offers), draw(rng, arguments.offers)
        budget = float(costs.sum() / 4)
        clear_many(kind, costs, worth, budget, arguments.repeats)
    print(f"the most memory held: {timing.peak_mebibytes():.0f} MiB\n")
    costs, worth = rng.lognormal(size=arguments.sellers), rng.lognormal(size=arguments.sellers)
    pay_few(costs, worth, float(costs.sum() / 4))


KINDS = {
    "lognormal": lambda rng, n: rng.lognormal(size=n),
    "heavy-tailed": lambda rng, n: rng.pareto(1.2, n) + 1e-6,
}


def clear_many(kind, costs, worth, budget, repeats):
    """Time the sorts and our market in turn; print a table."""
    markets = {rule: Procurement(worth, budget, rule) for rule in RULES}
    routes = {
        "one sort of the costs": lambda: np.argsort(costs),
        "the same, ties in order": lambda: np.argsort(costs, kind="stable"),
        **{f"{rule}, winners by sorting": lambda rule=rule: WINNERS[rule](costs, worth, budget) for rule in RULES},
        **{f"{rule}, winners and thresholds": lambda rule=rule: cleared(markets[rule], costs) for rule in RULES},
        **{f"procure, {rule}": lambda rule=rule: eh.procure(costs, worth, budget, rule=rule) for rule in RULES},
    }
    for rule in RULES:
        bought = cleared(markets[rule], costs)[0].quantity
        assert np.array_equal(np.flatnonzero(bought), np.sort(WINNERS[rule](costs, worth, budget)))
        print(f"{rule} buys {bought.sum():,} of {len(costs):,} {kind} offers")
    seconds = dict(zip(routes, timing.seconds(*_each(routes), repeats=repeats, at_most=60.0), strict=True))
    print(f"\n{'route':<44}{'ms':>9}{'of one sort':>14}")
    for name, spent in seconds.items():
        print(f"{name:<44}{spent * 1e3:>9.1f}{spent / seconds['one sort of the costs']:>13.2f}x")
    print()


def pay_few(costs, worth, budget):
    """Time bisection for each winner beside ours."""
    print(f"{len(costs):,} sellers: thresholds of all winners, against bisection for each")
    for rule in RULES:
        market = Procurement(worth, budget, rule)
        np.testing.assert_allclose(
            cleared(market, costs)[1], bisected(rule, costs, worth, budget), rtol=0, atol=1e-8 * budget
        )
        plain, ours = timing.seconds(
            lambda _, rule=rule: bisected(rule, costs, worth, budget),
            lambda _, market=market: cleared(market, costs),
            repeats=3,
            at_most=60.0,
        )
        print(f"  {rule:<20}{plain / ours:>9,.0f}x   bisection {timing.readable(plain)}, ours {timing.readable(ours)}")


def cleared(market, costs):
    """Winners and the most that each could have asked."""
    at_these = market.clear(costs)
    return at_these.allocation, at_these.highest_asked


def share_winners(costs, worth, budget):
    """Proportional share by sorting everything."""
    offers = np.flatnonzero(costs <= budget)
    order = offers[np.argsort(costs[offers] / worth[offers], kind="stable")]
    covered = costs[order] * np.cumsum(worth[order]) <= budget * worth[order]
    return order if covered.all() else order[: np.argmin(covered)]


def prefix_winners(costs, worth, budget):
    """The published auction by sorting everything."""
    order = np.argsort(costs / worth, kind="stable")
    return order[: np.count_nonzero(np.cumsum(costs[order]) <= budget)]


WINNERS = {"proportional_share": share_winners, "q_mia": prefix_winners}


def bisected(rule, costs, worth, budget):
    """The highest winning report of every winner, by asking the rule again and again."""
    highest = np.zeros(len(costs))
    for seller in WINNERS[rule](costs, worth, budget):
        reports = costs.copy()
        low, high = costs[seller], budget
        while high - low > 1e-9 * budget:
            reports[seller] = middle = (low + high) / 2
            if seller in WINNERS[rule](reports, worth, budget):
                low = middle
            else:
                high = middle
        highest[seller] = low
    return highest


def _each(routes):
    return [lambda _, route=route: route() for route in routes.values()]


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--offers", type=int, default=1_000_000)
    parser.add_argument("--sellers", type=int, default=1_000)
    parser.add_argument("--repeats", type=int, default=15)
    return parser.parse_args()


if __name__ == "__main__":
    main()
