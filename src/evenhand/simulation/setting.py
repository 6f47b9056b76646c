"""Who trades in a market that repeats, for how long, and who stays?

What the paper does not disclose is chosen so that the thresholds come near its own: one buyer, with utilities uniform
on [0, 1), sellers who leave with chance 1 - exp(-2.5 (1 - p / p*)) for good, prices reduced by half, and no data given
away where nothing is left of the budget. Its "two buyer budgets" are then two markets with one buyer each; put into one
market, where a dataset has one price, the buyer with the high budget gains by it and the one with the low budget loses:
at a discount factor of 0.99 the ideal price pays off after about 16 periods in place of 34 for the first, and after
about 22 in place of 11 for the second, who keeps little more than half as much a period. `MARKETS` has all three.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evenhand.errors import Problem, refuse, shown
from evenhand.simulation import checks
from evenhand.simulation.buying import BUYING, RECONSIDERED_MAX
from evenhand.simulation.memory import Memory, memory
from evenhand.simulation.participation import EXPONENTIAL, Participation, wrong_participation
from evenhand.simulation.periods import HIGH, LOW, Draws, draw, money, same_for_all

NUMBERED_MAX = 10**18
"""The highest number of a replication: Python counts no range beyond that by much."""


def _note_away(given: Any, problems: list[Problem]) -> None:
    """Note what is no number of periods."""
    for_good = isinstance(given, float | np.floating) and given == np.inf
    if not (for_good or checks.is_whole(given)):
        bound = "it is a whole number of periods, 1 or more, or inf"
        problems.append(Problem("away", f"is {shown(given)}", bound, "Use inf for those who never return."))


def _budgets(budgets: Any, problems: list[Problem]) -> tuple[Any, ...]:
    """Give the budget of each buyer; note what is none."""
    bound, remedy = "it is two numbers, 0 <= lowest <= highest, finite", "Use (0.95, 1.0) for a high budget."
    pairs = checks.some("budgets", budgets, "Give one for each buyer, as [(0.95, 1.0)].", problems)
    for buyer, given in enumerate(pairs):
        wrong: list[Problem] = []
        pair = checks.amounts("", given, wrong)
        if wrong or pair.shape != (2,) or pair[0] > pair[1]:
            problems.append(Problem(f"budgets[{buyer}]", f"is {shown(given)}", bound, remedy))
    return tuple(pairs)


@dataclass(frozen=True, eq=False)
class RepeatedMarket:
    """A market that repeats.

    Raises:
        OfferError: a number is out of bounds or a name is not known; all are named. What samplers give is checked as
            it is drawn.

    >>> RepeatedMarket(periods=0, away=0.5)
    Traceback (most recent call last):
        ...
    evenhand.errors.OfferError: periods: is 0; it is a whole number, 1 or more, up to 1e+60. Use 100.
    away: is 0.5; it is a whole number of periods, 1 or more, or inf. Use inf for those who never return.
    """

    utilities: Any = same_for_all
    """What each dataset is worth in a period, money: a sampler (periods.py); or one number for all, or one a seller; or
    such rows for each buyer, (buyers, sellers), or for each period and buyer, (periods, buyers, sellers)."""
    budgets: Sequence[tuple[float, float]] = (HIGH,)
    """For each buyer the lowest and highest budget, in parts of what all datasets of the period are worth to them."""
    sellers: int = 10
    periods: int = 100
    costs: Any = 0.0
    """What selling costs a seller in a period, money: one number for all, one for each seller, or a sampler."""
    participation: Participation = EXPONENTIAL
    away: float = np.inf
    """For how many periods a seller who leaves is away; inf for good."""
    buying: str = "final"
    """How buyers decide, a key of `BUYING`."""
    given_away: bool = False
    """Whether data is handed over at a price of 0, where nothing is left of the budget."""

    def __post_init__(self) -> None:
        problems = wrong_participation(self.participation)
        for name, number, usual in (("sellers", self.sellers, 10), ("periods", self.periods, 100)):
            checks.whole(name, number, 1, usual, problems)
        _note_away(self.away, problems)
        known = checks.key("buying", self.buying, BUYING, problems)
        if known and self.buying == "reconsidered" and checks.is_whole(self.sellers, RECONSIDERED_MAX + 1):
            bound = f"every bundle is weighed, of up to {RECONSIDERED_MAX} datasets"
            problems.append(Problem("sellers", f"are {self.sellers}", bound, 'Use fewer, or buying="final".'))
        checks.truth("given_away", self.given_away, problems)
        object.__setattr__(self, "budgets", _budgets(self.budgets, problems))
        problems = problems or self.memory.too_much(1) or self._wrong_amounts()
        refuse(problems)

    def _wrong_amounts(self) -> list[Problem]:
        """Note utilities and costs that are no amounts; a sampler's are checked as they are drawn."""
        problems: list[Problem] = []
        for name, given, buyers in (("utilities", self.utilities, self.buyers), ("costs", self.costs, 1)):
            if callable(given):
                continue
            wrong: list[Problem] = []
            money(name, given, (self.periods, buyers, self.sellers), wrong)
            if not wrong and np.shape(given)[-1:] not in ((), (self.sellers,)):
                found, bound = "are 1 number in brackets", f"there are {self.sellers} sellers"
                wrong.append(Problem(name, found, bound, "Give one number a seller, or one for all without brackets."))
            problems += wrong
        return problems

    @property
    def buyers(self) -> int:
        """How many there are."""
        return len(self.budgets)

    @property
    def memory(self) -> Memory:
        """What one replication takes."""
        return self.memory_of(self.buyers)

    def memory_of(self, buyers: int) -> Memory:
        """Give what one replication would take with so many buyers."""
        every_bundle = self.buying == "reconsidered"
        return memory(periods=int(self.periods), buyers=buyers, sellers=int(self.sellers), every_bundle=every_bundle)

    def draws(self, *, seed: int, replications: range) -> Draws:
        """Draw what the periods of some replications bring.

        Raises:
            OfferError: the seed is no whole number of 0 or more, the replications are no range of such numbers, or
                so many take too much memory at once; or a sampler gives what is no amount of money.
        """
        problems: list[Problem] = []
        checks.whole("seed", seed, 0, 0, problems)
        if checks.is_a("replications", replications, range, "Use range(100).", problems):
            ends = [replications[0], replications[-1]] if replications else []
            if not ends or not all(0 <= end <= NUMBERED_MAX for end in ends):
                found = f"run from {shown(replications.start)} to {shown(replications.stop)}"
                bound = f"they are one or more, numbered from 0 to {NUMBERED_MAX:,} at most"
                problems.append(Problem("replications", found, bound, "Use range(100)."))
        refuse(problems or self.memory.too_many_at_once(len(replications)))
        return draw(
            self.utilities,
            self.budgets,
            self.costs,
            self.sellers,
            self.periods,
            seed=seed,
            replications=replications,
        )


MARKETS = {
    "high_budget": RepeatedMarket(),
    "low_budget": RepeatedMarket(budgets=(LOW,)),
    "both": RepeatedMarket(budgets=(HIGH, LOW)),
}
"""name -> a market with our reading of the paper's numbers."""
