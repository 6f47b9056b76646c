"""What market does a file state? From what was read of it to what is priced, or run.

Amounts leave their decimals here: what is priced counts in the smallest unit of the file.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from math import inf
from typing import Any

import numpy as np

from evenhand.experiment import Experiment
from evenhand.market_file import tables
from evenhand.market_file.amounts import SoFar
from evenhand.market_file.bundles import free_disposal
from evenhand.markets.posted import Additive, Buyer, Pairwise
from evenhand.markets.posted.repricing import ROUNDS_MAX
from evenhand.markets.royalties import RoyaltyBuyer, tabulated
from evenhand.pricing import PostedMarket, RoyaltyMarket
from evenhand.simulation.periods import UTILITIES
from evenhand.simulation.setting import RepeatedMarket


def _posted(read: tables.PostedFile, so_far: SoFar) -> PostedMarket:
    whole = _whole(so_far)
    sellers, n = read.sellers, len(read.sellers)
    again = read.repricing or tables.Repricing()
    return PostedMarket(
        name=read.market.name,
        unit=so_far.unit,
        seller_names=tuple(each.name for each in sellers),
        costs=tuple(whole(each.cost) for each in sellers),
        prices=tuple(inf if each.price is None else whole(each.price) for each in sellers),
        buyer_names=tuple(each.name for each in read.buyers),
        buyers=tuple(_posted_buyer(each, n, whole) for each in read.buyers),
        order=_order(read.arrival, [each.price for each in sellers]),
        grid=None if read.arrival.grid is None else tuple(map(whole, read.arrival.grid)),
        tick=1 if again.tick is None else whole(again.tick),
        rounds_max=again.rounds_max or ROUNDS_MAX,
    )


def _posted_buyer(read: tables.PostedBuyer, n: int, whole: Callable[[Decimal], int]) -> Buyer:
    return Buyer(_utility(read, n, whole), inf if read.budget is None else whole(read.budget))


def _utility(read: Any, n: int, whole: Callable[[Decimal], int]) -> Any:
    """Give what bundles are worth."""
    stated = {
        key: {bundle: whole(each) for bundle, each in (getattr(read, key) or {}).items()}
        for key in ("utility", "together", "bundles")
    }
    if stated["bundles"]:
        listed = {(): 0, **stated["bundles"]}
        return lambda bundle: free_disposal(listed, bundle)
    own = [stated["utility"].get((seller,), 0) for seller in range(n)]
    if not stated["together"]:
        return Additive(own)
    pairs = np.zeros((n, n), np.int64)
    for (one, other), each in stated["together"].items():
        pairs[one, other] = pairs[other, one] = each
    return Pairwise(own, pairs)


def _royalties(read: tables.RoyaltyFile, so_far: SoFar) -> RoyaltyMarket:
    whole = _whole(so_far)
    return RoyaltyMarket(
        name=read.market.name,
        unit=so_far.unit,
        seller_names=tuple(each.name for each in read.sellers),
        costs=tuple(whole(each.cost) for each in read.sellers),
        rates=tuple(each.rate for each in read.sellers),
        buyer_names=tuple(each.name for each in read.buyers),
        buyers=tuple(_royalty_buyer(each, len(read.sellers), whole) for each in read.buyers),
        order=_order(read.arrival, [each.rate for each in read.sellers]),
    )


def _royalty_buyer(read: tables.RoyaltyBuyer, n: int, whole: Callable[[Decimal], int]) -> RoyaltyBuyer:
    """List every bundle; what a buyer has without data is added to what numbers say, and stands in a table as it is."""
    utility = _utility(read, n, whole)
    outside = whole(read.outside or Decimal(0))
    if read.bundles is not None:
        listed = {(): outside, **{bundle: whole(each) for bundle, each in read.bundles.items()}}
        return RoyaltyBuyer(listed, read.rate_max)
    return RoyaltyBuyer(tabulated(lambda bundle: outside + utility.of(bundle, n), n), read.rate_max)


def _order(read: tables.Arrival, there: Sequence[Any]) -> tuple[int, ...]:
    return tuple(seller for seller, each in enumerate(there) if each is None) if read.order is None else read.order


def _whole(so_far: SoFar) -> Callable[[Decimal], int]:
    """Count in the smallest unit of the file."""
    return lambda amount: int(amount.scaleb(so_far.unit.decimals))


def _repeated(read: tables.RepeatedFile, so_far: SoFar) -> Experiment:
    drawn, simulation, stays = read.market.utilities, read.simulation, read.participation
    market = RepeatedMarket(
        utilities=UTILITIES[drawn] if isinstance(drawn, str) else drawn,
        budgets=tuple(buyer.budget for buyer in read.buyers),
        sellers=read.market.sellers,
        periods=read.market.periods,
        costs=read.market.costs,
        participation=stays.function,
        away=stays.away or inf,
        buying=read.market.buying,
        given_away=read.market.given_away,
    )
    return Experiment(
        name=read.market.name,
        market=market,
        buyers=tuple(buyer.name for buyer in read.buyers),
        regimes=simulation.regimes,
        discounts=simulation.discounts,
        replications=simulation.replications,
        seed=simulation.seed,
        settings={
            "sellers": read.market.sellers,
            "periods": read.market.periods,
            "utilities": drawn,
            "costs": read.market.costs,
            "buying": read.market.buying,
            "given_away": read.market.given_away,
            "budgets": {buyer.name: list(buyer.budget) for buyer in read.buyers},
            "participation": stays.function.formula,
            "away": "for good" if stays.away is None else stays.away,
            "replications": simulation.replications,
            "seed": simulation.seed,
            "discounts": list(simulation.discounts),
            "regimes": {regime.name: regime.description for regime in simulation.regimes},
        },
    )


MAKE: dict[str, Callable[[Any, SoFar], PostedMarket | RoyaltyMarket | Experiment]] = {
    "posted_prices": _posted,
    "royalties": _royalties,
    "repeated": _repeated,
}
"""kind -> what makes of it what the verb takes."""
