"""Who is better off under which regime, and at which budget?

The same market is run under each regime, at several budgets, and what buyers and sellers have by the end is set side by
side. Auctions (auctions.py) stand beside posted prices here.

All regimes meet the same draws, at every budget; so two rows may be held against each other however their bands
overlap. What a seller compares a payment with differs, by regime, and decides who is left: read `present` beside the
amounts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from evenhand.errors import refuse
from evenhand.simulation import checks
from evenhand.simulation.regimes import Regime
from evenhand.simulation.repeated import compare, several, wrong_market
from evenhand.simulation.setting import RepeatedMarket
from evenhand.simulation.summary import Total, total


@dataclass(frozen=True, eq=False)
class AtBudget:
    """What one regime has brought by the end, at one budget."""

    regime: str
    budget: float
    """Of each buyer, as a part of what all datasets of a period are worth."""
    total: Total


def by_budget(
    market: RepeatedMarket,
    regimes: Iterable[Regime | str],
    budgets: Sequence[float] = (0.25, 0.5, 0.75, 1.0),
    *,
    discount: float = 0.99,
    replications: int = 200,
    seed: int = 0,
) -> list[AtBudget]:
    """Run a market under several regimes, at several budgets.

    Args:
        market: its own budgets are replaced, its number of buyers stays.
        regimes: as for `compare`.
        budgets: parts of what all datasets of a period are worth to a buyer.
        discount: delta, the discount factor, above 0 and at most 1.
        replications, seed: as for `simulate`; two replications or more.

    Raises:
        OfferError: as for `compare` and `total`; or a budget is no amount.

    With half of what data is worth for a budget, posted prices buy about half of it, at its utility; an auction nearly
    all:

    >>> from evenhand.simulation.auctions import auction
    >>> market = RepeatedMarket(periods=10, costs=0.01)
    >>> posted, bought = by_budget(market, ["fairshare", auction()], [0.5], replications=50)
    >>> posted.total.buyer_utility.mean.round(), bought.total.buyer_utility.mean.round()
    (array([3.]), array([24.]))
    """
    problems = wrong_market(market)
    known = several(regimes, problems)
    parts = checks.some("budgets", budgets, "Give some, as [0.5, 1.0].", problems)
    for place, each in enumerate(parts):
        checks.amount(f"budgets[{place}]", each, problems)
    checks.discount_factor("discount", discount, problems)
    checks.runs(replications, seed, problems, least=2)
    refuse(problems)
    return [
        AtBudget(name, part, total(history, discount))
        for part in parts
        for name, history in compare(
            replace(market, budgets=((part, part),) * market.buyers), known, replications=replications, seed=seed
        ).items()
    ]
