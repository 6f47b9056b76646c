"""What comes of a market that repeats, under each price regime? [FairShare25, section 6.2, Figure 4]

In every period some sellers are present, each with one dataset; they arrive in a new order and price one after another
(regimes.py), buyers buy (buying.py), and each seller stays with a chance that depends on what was paid of the ideal
price (participation.py). Those who leave are away for some periods, or for good.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from evenhand.errors import Problem, refuse, shown
from evenhand.records import Array
from evenhand.simulation import checks
from evenhand.simulation.discounting import settled
from evenhand.simulation.memory import BATCH
from evenhand.simulation.participation import ratio
from evenhand.simulation.periods import Draws, Period
from evenhand.simulation.regimes import IDEAL, REGIMES, Cleared, Regime, Terms
from evenhand.simulation.setting import RepeatedMarket

MADE_BY = ("reduced", "current", "auction")
"""The functions that make a regime without being told more."""


@dataclass(frozen=True, eq=False)
class History:
    """What happened under one regime, in every replication and period; amounts are of the period, not discounted.

    Six arrays. All begin with the axes (replications, periods); `net_utility`, `spent`, `budget` and `bought` have
    buyers behind them, `profit` has sellers, and `present` nothing. What rounding alone leaves of an amount is 0.
    """

    net_utility: Array
    """(replications, periods, buyers) what each buyer gained beyond what was paid."""
    spent: Array
    """(replications, periods, buyers) what each buyer paid."""
    budget: Array
    """(replications, periods, buyers) what each buyer could have paid."""
    bought: Array
    """(replications, periods, buyers) how many datasets."""
    profit: Array
    """(replications, periods, sellers) what each seller was paid beyond the cost; 0 for those who sold nothing."""
    present: Array
    """(replications, periods) how many sellers were there."""

    @classmethod
    def of_batches(cls, batches: "Sequence[History]") -> "History":
        """Put the replications of several histories one behind the other."""
        each = {field.name: [getattr(batch, field.name) for batch in batches] for field in fields(cls)}
        return cls(**{name: parts[0] if len(parts) == 1 else np.concatenate(parts) for name, parts in each.items()})


def simulate(
    market: RepeatedMarket, regime: Regime | str = "fairshare", *, replications: int = 1000, seed: int = 0
) -> History:
    """Let a market repeat under one price regime, many times over.

    Args:
        market: who trades, for how long, and who stays.
        regime: one of your own, or a key of `REGIMES`.
        replications: how often, 1 or more; so many that all that happened fits into memory (memory.py).
        seed: a whole number, 0 or more; equal seeds meet equal draws under every regime.

    Raises:
        OfferError: the regime is not known, a number is out of bounds, utilities or costs are, or the simulation takes
            too much memory.

    Who pays half of the ideal price gains much at first, and then nobody is left to buy from:

    >>> history = simulate(RepeatedMarket(periods=6), "reduced", replications=200)
    >>> history.present.mean(axis=0).round(1)
    array([10. ,  2.9,  0.9,  0.3,  0.1,  0. ])
    >>> history.net_utility[:, :, 0].mean(axis=0).round(2)
    array([2.54, 0.72, 0.22, 0.08, 0.02, 0.01])
    """
    known = named(regime)
    return compare(market, [known], replications=replications, seed=seed)[known.name]


def compare(
    market: RepeatedMarket,
    regimes: Iterable[Regime | str] = tuple(REGIMES),
    *,
    replications: int = 1000,
    seed: int = 0,
    batch: int = BATCH,
) -> Mapping[str, History]:
    """Let a market repeat under several price regimes, on the same draws.

    Args:
        market, replications, seed: as for `simulate`.
        regimes: of your own, or keys of `REGIMES`.
        batch: the most replications that are worked on together; more is faster and takes more memory.

    Returns:
        name -> history.

    Raises:
        OfferError: as for `simulate`; or two regimes have one name.

    >>> histories = compare(RepeatedMarket(periods=6), replications=200)
    >>> {name: history.present[:, -1].mean().round(2).item() for name, history in histories.items()}
    {'fairshare': 10.0, 'reduced': 0.04, 'random': 0.07, 'current': 0.24}
    """
    problems = wrong_market(market)
    known = several(regimes, problems)
    checks.runs(replications, seed, problems)
    checks.whole("batch", batch, 1, BATCH, problems)
    refuse(problems or market.memory.too_much(replications, len(known)))
    return put_together(in_batches(market, known, replications=replications, seed=seed, batch=batch))


def in_batches(
    market: RepeatedMarket, regimes: Sequence[Regime], *, replications: int, seed: int, batch: int = BATCH
) -> Iterator[tuple[str, History]]:
    """Give the name of each regime with its history of each batch; in a batch all regimes meet the same draws."""
    for rows in rows_at_once(market, replications, batch):
        drawn = market.draws(seed=seed, replications=rows)
        for regime in regimes:
            yield regime.name, repeat(market, regime, drawn)


def rows_at_once(market: RepeatedMarket, replications: int, most: int = BATCH) -> Iterator[range]:
    """Give which replications are worked on together: as many as asked for, if their draws stay small."""
    size = market.memory.batch(most)
    for start in range(0, replications, size):
        yield range(start, min(start + size, replications))


def put_together(histories: Iterable[tuple[str, History]]) -> dict[str, History]:
    """Put the batches of each regime one behind the other: name -> history."""
    parts: dict[str, list[History]] = {}
    for name, history in histories:
        parts.setdefault(name, []).append(history)
    # popped, so that the batches of one regime are let go before those of the next are put together
    return {name: History.of_batches(parts.pop(name)) for name in list(parts)}


def repeat(market: RepeatedMarket, regime: Regime, drawn: Draws) -> History:
    """Let a market repeat on given draws, under one regime: period after period, all replications together."""
    terms = Terms(market.buying, market.given_away)
    replications, periods, buyers, sellers = drawn.utility.shape
    net_utility, spent, bought = (np.zeros((replications, periods, buyers)) for _ in range(3))
    profit, there = np.zeros((replications, periods, sellers)), np.zeros((replications, periods))
    back = np.zeros((replications, sellers))
    for t in range(periods):
        period, present = drawn.period(t), back <= t
        cleared = regime.clear(period, present, terms)
        if not t:
            _refuse_strange(regime, cleared, period)
        paid = cleared.bought * cleared.price[:, None, :]
        gained, earned = (cleared.bought * period.utility).sum(axis=2), paid.sum(axis=1)
        spent[:, t], bought[:, t] = paid.sum(axis=2), cleared.bought.sum(axis=2)
        net_utility[:, t] = settled(gained - spent[:, t], gained)
        profit[:, t] = settled(earned - np.where(cleared.bought.any(axis=1), period.cost, 0.0), earned)
        there[:, t] = present.sum(axis=1)
        back = np.where(present & _leaves(market, period.stays, cleared), t + 1 + market.away, back)
    return History(net_utility, spent, drawn.budget, bought, profit, there)


def named(regime: Regime | str) -> Regime:
    """Give the regime that has this name, or the regime that was given.

    Raises:
        OfferError: no regime has this name.
    """
    problems: list[Problem] = []
    found = _regime(regime, problems)
    refuse(problems)
    return found[0]


def several(regimes: Iterable[Regime | str], problems: list[Problem]) -> list[Regime]:
    """Give the regimes that are compared; note what is none, and names that stand there twice."""
    listed = checks.some("regimes", regimes, 'Give a list, as ["fairshare", "reduced"].', problems)
    found = [regime for each in listed for regime in _regime(each, problems)]
    names = [regime.name for regime in found]
    problems += [
        Problem("regimes", f'hold "{name}" twice', "each has a name of its own", "Rename one of them.")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    problems += [
        Problem("regimes", f'hold another "{IDEAL}"', "others are measured against the ideal price", "Rename it.")
        for regime in found
        if regime.name == IDEAL and regime.clear is not REGIMES[IDEAL].clear
    ]
    return found


def _regime(given: Any, problems: list[Problem]) -> list[Regime]:
    """Give one regime in a list; note what is none, and then give an empty one."""
    if isinstance(given, Regime):
        return [given]
    name = getattr(given, "__name__", "")
    if callable(given):
        remedy = f"Call it: {name}()." if name in MADE_BY else 'Use `posted("own", "my own", price)`.'
        found, bound = f"is the function {shown(name)}", f"it is a Regime, or one of: {', '.join(REGIMES)}"
        problems.append(Problem("regime", found, bound, remedy))
    elif checks.key("regime", given, REGIMES, problems):
        return [REGIMES[given]]
    return []


def _refuse_strange(regime: Regime, cleared: Any, period: Period) -> None:
    """Refuse what a regime of your own gives, where it is not what came of a period."""
    problems: list[Problem] = []
    replications, buyers, sellers = period.utility.shape
    where = f"what {shown(regime.name)} clears"
    if checks.is_a(where, cleared, Cleared, "Use Cleared(bought, price, ideal).", problems):
        each = (replications, sellers)
        for name, shape in (("bought", (replications, buyers, sellers)), ("price", each), ("ideal", each)):
            found = np.shape(getattr(cleared, name))
            if found != shape:
                problems.append(Problem(f"{where}: {name}", f"has shape {found}", f"it has {shape}", "Correct it."))
    refuse(problems)


def wrong_market(market: RepeatedMarket) -> list[Problem]:
    """Note what is no market that repeats."""
    problems: list[Problem] = []
    checks.is_a("market", market, RepeatedMarket, 'Use RepeatedMarket(), or MARKETS["both"].', problems)
    return problems


def _leaves(market: RepeatedMarket, lot: Array, cleared: Cleared) -> Array:
    return np.asarray(lot >= market.participation.of_ratio(ratio(cleared.price, cleared.ideal)))
