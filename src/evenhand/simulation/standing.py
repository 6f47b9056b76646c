"""Who is better off under which regime, and at which budget?

The same market is run under each regime, at several budgets, and what buyers and sellers have by the end is set side by
side. Auctions (procured.py) stand beside posted prices here.

All regimes meet the same draws, at every budget; so two rows may be held against each other however their bands
overlap. What a seller compares a payment with differs, by regime, and decides who is left: read `present` beside the
amounts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from evenhand.simulation import checks
from evenhand.simulation.discounting import discounted
from evenhand.simulation.regimes import Regime
from evenhand.simulation.repeated import compare, several, wrong_market
from evenhand.simulation.setting import RepeatedMarket
from evenhand.simulation.summary import Band, band


@dataclass(frozen=True, eq=False)
class Standing:
    """What one regime has brought by the end, at one budget."""

    regime: str
    budget: float
    """Of each buyer, as a part of what all datasets of a period are worth."""
    buyers: Band
    """Net utility of all buyers together over all periods, discounted, in money: a mean over replications."""
    sellers: Band
    """Profit of all sellers together over all periods, discounted, in money: a mean over replications."""
    present: Band
    """How many sellers are there in the last period: a mean over replications."""


def standings(
    market: RepeatedMarket,
    regimes: Iterable[Regime | str],
    budgets: Sequence[float] = (0.25, 0.5, 0.75, 1.0),
    *,
    discount: float = 0.99,
    replications: int = 200,
    seed: int = 0,
) -> list[Standing]:
    """Run a market under several regimes, at several budgets.

    Args:
        market: its own budgets are replaced, its number of buyers stays.
        regimes: as for `compare`.
        budgets: parts of what all datasets of a period are worth to a buyer.
        discount: delta, the discount factor, above 0 and at most 1.
        replications, seed: as for `simulate`; two replications or more.

    Raises:
        OfferError: as for `compare` and `summarise`; or a budget is no amount.

    With half of what data is worth for a budget, posted prices buy about half of it, at its utility; an auction nearly
    all:

    >>> from evenhand.simulation.procured import procured
    >>> market = RepeatedMarket(periods=10, costs=0.01)
    >>> posted, auction = standings(market, ["fairshare", procured()], [0.5], replications=50)
    >>> round(float(posted.buyers.mean)), round(float(auction.buyers.mean))
    (3, 24)
    """
    problems = wrong_market(market)
    known = several(regimes, problems)
    parts = checks.listed("budgets", budgets, "Give some, as [0.5, 1.0].", problems)
    for place, each in enumerate(parts):
        checks.amount(f"budgets[{place}]", each, problems)
    checks.discount_factor(discount, problems)
    checks.runs(replications, seed, problems, least=2)
    checks.refuse(problems)
    return [
        Standing(
            name,
            part,
            band(discounted(history.net_utility.sum(axis=2), discount)[:, -1]),
            band(discounted(history.profit.sum(axis=2), discount)[:, -1]),
            band(history.present[:, -1]),
        )
        for part in parts
        for name, history in compare(
            replace(market, budgets=((part, part),) * market.buyers), known, replications=replications, seed=seed
        ).items()
    ]
