"""Who trades in a market that repeats, for how long, and who stays?

What the paper does not disclose is chosen so that the thresholds come near its own: one buyer, with utilities uniform
on [0, 1), sellers who leave with chance 1 - exp(-2.5 (1 - p / p*)) for good, prices reduced by half, and no data given
away where nothing is left of the budget. Its "two buyer budgets" are then two markets with one buyer each; put into one
market, where a dataset has one price, the buyer with the high budget gains by it and the one with the low budget loses:
at a discount of 0.99 the ideal price pays off after about 16 periods in place of 34 for the first, and after about 22
in place of 11 for the second, who keeps little more than half as much a period. `MARKETS` has all three.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem, unknown
from evenhand.simulation.buying import BUYING, RECONSIDERED_MAX
from evenhand.simulation.participation import EXPONENTIAL, Participation
from evenhand.simulation.periods import HIGH, LOW, Draws, draw, same_for_all


def _is_count(number: Any) -> bool:
    return isinstance(number, int | np.integer) and bool(number >= 1)


def _wrong_budgets(budgets: Any) -> list[Problem]:
    bound, remedy = "it is two numbers, 0 <= lowest <= highest, finite", "Use (0.95, 1.0) for a high budget."
    if not len(budgets):
        return [Problem("budgets", "are none", "there is one for each buyer, and one buyer or more", remedy)]
    wrong = []
    for buyer, given in enumerate(budgets):
        pair = np.asarray(given, float)
        if pair.shape != (2,) or not 0 <= pair[0] <= pair[1] < np.inf:
            wrong.append(Problem(f"budgets[{buyer}]", f"is {given!r:.60}", bound, remedy))
    return wrong


@dataclass(frozen=True, eq=False)
class RepeatedMarket:
    """A market that repeats.

    Raises:
        OfferError: a number is out of bounds or a name is not known; all are named. Utilities and costs are checked
            as they are drawn.

    >>> RepeatedMarket(periods=0, away=0.5)
    Traceback (most recent call last):
        ...
    evenhand.errors.OfferError: periods: is 0; it is a whole number, 1 or more. Use 100.
    away: is 0.5; it is a whole number of periods, 1 or more, or inf. Use inf for those who never return.
    """

    utilities: Any = same_for_all
    """A sampler, or numbers that broadcast to (periods, buyers, sellers), money: periods.py."""
    budgets: Sequence[tuple[float, float]] = (HIGH,)
    """For each buyer the lowest and highest budget, in parts of what all datasets of the period are worth to them."""
    sellers: int = 10
    periods: int = 100
    costs: Any = 0.0
    """What selling costs a seller in a period: a number, one for each seller, or a sampler."""
    participation: Participation = EXPONENTIAL
    away: float = np.inf
    """For how many periods a seller who leaves is away; inf for good."""
    buying: str = "final"
    """How buyers decide, a key of `BUYING`."""
    given_away: bool = False
    """Whether data is handed over at a price of 0, where nothing is left of the budget."""

    def __post_init__(self) -> None:
        problems = [
            Problem(name, f"is {number!r:.60}", "it is a whole number, 1 or more", f"Use {usual}.")
            for name, number, usual in (("sellers", self.sellers, 10), ("periods", self.periods, 100))
            if not _is_count(number)
        ]
        if not (_is_count(self.away) or self.away == np.inf):
            bound = "it is a whole number of periods, 1 or more, or inf"
            problems.append(Problem("away", f"is {self.away!r:.60}", bound, "Use inf for those who never return."))
        problems += _wrong_budgets(self.budgets)
        if self.buying not in BUYING:
            problems.append(unknown("buying", self.buying, BUYING))
        elif self.buying == "reconsidered" and _is_count(self.sellers) and self.sellers > RECONSIDERED_MAX:
            bound = f"every bundle is weighed, of up to {RECONSIDERED_MAX} datasets"
            problems.append(Problem("sellers", f"are {self.sellers}", bound, 'Use fewer, or buying="final".'))
        if problems:
            raise OfferError(problems)

    @property
    def buyers(self) -> int:
        """How many there are."""
        return len(self.budgets)

    def draws(self, seed: int, replications: range) -> Draws:
        """Draw what the periods of some replications bring."""
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
