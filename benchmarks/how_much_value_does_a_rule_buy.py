"""How much of the best value does each rule buy? Small, medium and large markets of every kind that we draw.

    python benchmarks/how_much_value_does_a_rule_buy.py [--small 1000] [--medium 20] [--large 2] [--seed 0]

One table: the worth that a rule buys, as a part of the fractional knapsack optimum at the same reports. Markets of up
to 12, of 200 and of 20,000 offers are drawn from every kind of `random_markets`; budgets are a twentieth, a fifth or
all of what the cheaper half costs. Per size stand the least, the median and the mean part over all markets, and how
often nothing is bought though something could be; behind these the mean part on each kind of market. A rule that draws
a lot between rules stands with its expectation, handicaps with one drawing a market. Rules marked by * do not keep the
budget: what they buy is paid for with more than there is.
"""

import argparse

import numpy as np

from evenhand.markets import Procurement
from evenhand.markets.procurement.handicaps import handicaps
from evenhand.markets.procurement.knapsack import fractional_optimum_of_arrays
from evenhand.markets.procurement.rules import RULES
from evenhand.mechanisms import for_rounds
from evenhand.random_markets import KINDS

PARTS = (0.05, 0.2, 1.0)
"""What of the cost of the cheaper half the budget is."""

HANDICAPS = "shares, handicapped"
SETS_MAX = 200
"""Rules that buy sets are run on markets of so many offers at most."""


def main() -> None:
    arguments = _arguments()
    sizes = {"small": (12, arguments.small), "medium": (200, arguments.medium), "large": (20_000, arguments.large)}
    names = {row.name: row for row in for_rounds().values() if _is_additive(row)}
    print(f"{'rule':<25}{'markets':<8}{'min':>6}{'median':>8}{'mean':>7}{'none':>7}", end="   ")
    print("".join(f"{kind:>14}" for kind in KINDS))
    for size, (sellers, count) in sizes.items():
        run = {name: row for name, row in names.items() if sellers <= SETS_MAX or not _buys_sets(row)}
        found = measured(run, sellers, count, arguments.seed)
        for name, by_kind in found.items():
            label = name + ("*" if name in names and "within_budget" not in names[name].claims else "")
            print(line(label, size, by_kind))
        print()


def measured(names, sellers, count, seed):
    """Give name -> kind -> the parts of the best that are bought on so many markets."""
    rng = np.random.default_rng(seed)
    found = {}
    for kind, draw in KINDS.items():
        for _ in range(count):
            costs, worth, budget = drawn(rng, draw, sellers)
            best = fractional_optimum_of_arrays(costs, worth, budget)
            if not best:
                continue
            for name, part in parts(names, costs, worth, budget, best, rng):
                found.setdefault(name, {}).setdefault(kind, []).append(part)
    return found


def drawn(rng, draw, sellers):
    """Draw a market of a kind; a small one has up to so many sellers."""
    costs, worth = draw(rng, int(rng.integers(1, sellers + 1)) if sellers <= 12 else sellers)
    costs, worth = np.asarray(costs, float), np.asarray(worth, float)
    cheaper = np.sort(costs)[: (len(costs) + 1) // 2]
    return costs, worth, max(1.0, float(rng.choice(PARTS) * cheaper.sum()))


def parts(names, costs, worth, budget, best, rng):
    """Give (name, part of the best that is bought), each rule run once a market."""
    bought = {}
    for row in names.values():
        lots = row.lots or {row.rule: 1}
        for rule in lots:
            if rule not in bought:
                bought[rule] = Procurement(worth, budget, rule).allocate(costs).quantity @ worth
        total = sum(weight * bought[rule] for rule, weight in lots.items())
        yield row.name, total / sum(lots.values()) / best
    weighed = worth * handicaps(len(worth), rng)
    yield HANDICAPS, Procurement(weighed, budget).allocate(costs).quantity @ worth / best


def line(label, size, by_kind):
    """Give a row of the table."""
    every = np.concatenate([np.asarray(found) for found in by_kind.values()])
    told = f"{every.min():>6.2f}{np.median(every):>8.2f}{every.mean():>7.2f}{(every == 0).mean():>7.1%}"
    means = "".join(f"{np.mean(by_kind[kind]):>14.2f}" if kind in by_kind else f"{'–':>14}" for kind in KINDS)
    return f"{label:<25}{size:<8}{told}   {means}"


def _is_additive(row):
    """Whether it buys for cash, by worth that adds up; the published payments buy what their rule does."""
    return not row.in_shares and "truthful" in row.claims and not any(rule.in_money for rule in _rules(row))


def _buys_sets(row):
    return any(rule.of_sets for rule in _rules(row))


def _rules(row):
    return [RULES[rule] for rule in row.lots or {row.rule: 1}]


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", type=int, default=1_000, help="markets of each kind")
    parser.add_argument("--medium", type=int, default=20)
    parser.add_argument("--large", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
