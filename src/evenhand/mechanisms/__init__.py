"""Which mechanisms are there, what does each claim, and where does it come from? One table.

mechanism.py       what a mechanism is
under_a_budget.py  buying whole datasets, for cash
in_shares.py       the same for cash and shares of what the data will earn
on_welfare.py      payments on markets that maximise welfare
"""

from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem, refuse, shown, unknown
from evenhand.market import numbers
from evenhand.markets import Policy, Procurement
from evenhand.markets.procurement.checks import known
from evenhand.mechanisms import in_shares, on_welfare, under_a_budget
from evenhand.mechanisms.mechanism import Mechanism
from evenhand.records import Outcome

__all__ = ["MECHANISMS", "Mechanism", "for_rounds", "named", "procure"]


class _ByName(dict[str, Mechanism]):
    """A dict, but for what it says where a name is not there."""

    def __missing__(self, name: object) -> Mechanism:
        raise KeyError(str(unknown("mechanism", str(name), self)))


MECHANISMS = _ByName((row.name, row) for row in (*under_a_budget.ROWS, *in_shares.ROWS, *on_welfare.ROWS))
"""name -> mechanism."""


def for_rounds() -> dict[str, Mechanism]:
    """Give the mechanisms that can run a round: those that buy whole datasets under a budget."""
    return {name: mechanism for name, mechanism in MECHANISMS.items() if mechanism.procures}


def named(name: str) -> Mechanism:
    """Give a mechanism by its name.

    Raises:
        OfferError: there is none of that name.
    """
    strange = known("mechanism", name, MECHANISMS)
    if strange:
        raise OfferError(strange)
    return MECHANISMS[name]


def procure(
    costs: Any,
    worth: Any,
    budget: float,
    rule: str = "proportional_share",
    *,
    policy: Policy | None = None,
    pool: float = 0.0,
    liquidity: float | None = None,
    mass: float | None = None,
    rng: np.random.Generator | None = None,
) -> Outcome:
    """Clear a procurement market of bare float arrays: millions of offers, no datasets.

    Args:
        costs: (sellers,) reports; inf for a seller who stays away.
        worth: (sellers,) what each dataset is worth to the buyer.
        budget: the most that may be paid in all. What a rule that keeps it pays sums to no more as floats either: where
            rounding would carry the sum beyond it, payments are rounded down by their last digits.
        rule: a mechanism of `MECHANISMS` that buys under a budget; `clock` takes some thousands of offers, and
            `distorted_greedy`, which needs worth in the money of the costs, a hundred.
        policy: what goes on top of the rule: a cap, pools of near-duplicates, a reserve for tagged sellers.
        pool, liquidity, mass: of a mechanism that settles in shares, as of `markets.Procurement`.
        rng: draws the lot of a mechanism that has `lots`.

    Raises:
        OfferError: an argument is out of bounds, the rule is not known, or it draws lots and no `rng` is given, or pays
            in shares and no `pool` is.

    >>> procure([3.0, 4.0, 9.0], [1.0, 1.0, 1.0], budget=10.0).cash
    array([5., 5., 0.])
    """
    problems = [*known("rule", rule, for_rounds()), *_no_generator(rng), *_no_pool(rule, pool)]
    try:
        reports = numbers("costs", costs)
    except OfferError as refused:
        problems += refused.problems
    try:
        market = Procurement(worth, budget, policy=policy, pool=pool, liquidity=liquidity, mass=mass)
    except OfferError as refused:
        problems += refused.problems
    refuse(problems)
    return MECHANISMS[rule].run(market, reports, rng)


def _no_pool(rule: str, pool: Any) -> list[Problem]:
    mechanism = for_rounds().get(rule) if isinstance(rule, str) else None
    if mechanism is None or not mechanism.in_shares or isinstance(pool, bool) or pool != 0:
        return []
    bound, remedy = f"{rule} pays in shares as well", "Give pool=60.0, in the money of the costs."
    return [Problem("pool", "is 0", bound, remedy)]


def _no_generator(rng: Any) -> list[Problem]:
    if rng is None or isinstance(rng, np.random.Generator):
        return []
    bound, remedy = "it draws the lot", "Give rng=numpy.random.default_rng(seed)."
    return [Problem("rng", f"is {shown(rng)}", bound, remedy)]
