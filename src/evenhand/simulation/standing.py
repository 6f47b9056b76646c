"""Who is better off under which regime, and when?

The same market is run under each regime, at several budgets, and what buyers and sellers have by the end is set side by
side. Auctions (procured.py) stand beside posted prices here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from evenhand.simulation.regimes import Regime
from evenhand.simulation.repeated import compare
from evenhand.simulation.setting import RepeatedMarket
from evenhand.simulation.summary import Band, band, discounted


@dataclass(frozen=True, eq=False)
class Standing:
    """What one regime has brought by the end, at one budget."""

    regime: str
    budget: float
    """Of each buyer, as a part of what all datasets of a period are worth."""
    buyers: Band
    """What all buyers have gained, discounted, money."""
    sellers: Band
    """What all sellers have earned beyond their costs, discounted, money."""
    present: Band
    """How many sellers are left in the last period."""


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
        discount: delta, above 0 and at most 1.
        replications, seed: as for `simulate`; two replications or more.

    Raises:
        OfferError: as for `compare` and `summarise`.

    With half of the worth for a budget, posted prices buy about half of the data, at its worth; an auction nearly all:

    >>> from evenhand.simulation.procured import procured
    >>> market = RepeatedMarket(periods=10, costs=0.01)
    >>> posted, auction = standings(market, ["fairshare", procured()], [0.5], replications=50)
    >>> round(float(posted.buyers.mean)), round(float(auction.buyers.mean))
    (3, 24)
    """
    known = list(regimes)
    return [
        Standing(
            name,
            part,
            band(discounted(history.net_utility.sum(axis=2), discount)[:, -1]),
            band(discounted(history.profit.sum(axis=2), discount)[:, -1]),
            band(history.present[:, -1]),
        )
        for part in budgets
        for name, history in compare(
            replace(market, budgets=((part, part),) * market.buyers), known, replications=replications, seed=seed
        ).items()
    ]
