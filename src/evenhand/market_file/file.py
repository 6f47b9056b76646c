"""How does MARKET.toml become a market? `tables` says which keys there are; here mistakes are put into words.

Pydantic walks the tables and gathers every mistake.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from math import inf
from pathlib import Path
from typing import Any, get_args, get_type_hints

import numpy as np

from evenhand.call import values
from evenhand.call.mistakes import Layout, Said, no_table
from evenhand.call.toml import read_toml
from evenhand.errors import OfferError, Problem
from evenhand.experiment import Experiment
from evenhand.market_file import tables
from evenhand.market_file.amounts import SoFar
from evenhand.market_file.bundles import free_disposal
from evenhand.markets.posted import Additive, Buyer, Pairwise
from evenhand.markets.royalties import RoyaltyBuyer, tabulated
from evenhand.pricing import PostedMarket, RoyaltyMarket
from evenhand.pricing.posted import ROUNDS_MAX
from evenhand.simulation.periods import UTILITIES
from evenhand.simulation.setting import RepeatedMarket

VERBS = {"posted_prices": "price", "royalties": "price", "repeated": "simulate"}
"""kind -> the verb that it is for."""


def read_market(path: Path | str) -> PostedMarket | RoyaltyMarket:
    """Read MARKET.toml as one market, at posted prices or of royalties.

    Raises:
        OfferError: with a `Problem` for every mistake, under the key that it stands at.
    """
    market: PostedMarket | RoyaltyMarket = _read(path, "price")
    return market


def read_experiment(path: Path | str) -> Experiment:
    """Read MARKET.toml as a market that repeats, and what is compared in it.

    Raises:
        OfferError: with a `Problem` for every mistake, under the key that it stands at.
    """
    experiment: Experiment = _read(path, "simulate")
    return experiment


def _read(path: Path | str, verb: str) -> Any:
    """Read the file, if it is of a kind that the verb takes."""
    from pydantic import TypeAdapter, ValidationError

    path = Path(path)
    tree = read_toml(path, of="market")
    kind = _kind(path, tree, verb)
    so_far = SoFar(path.parent)
    try:
        read: Any = TypeAdapter(tables.FILES[kind]).validate_python(tree, context=so_far)
    except ValidationError as refused:
        mistakes = refused.errors(include_url=False)
        layout = _layout(kind)
        found = [problem for mistake in mistakes for problem in layout.problems(path.name, mistake)]
        raise OfferError(found) from None
    return _MAKE[kind](read, so_far)


def _kind(path: Path, tree: Mapping[str, Any], verb: str) -> str:
    """Give the kind, which says what else there may be."""
    file, market = path.name, tree.get("market")
    kind = market.get("kind") if isinstance(market, Mapping) else None
    suited = [each for each, by in VERBS.items() if by == verb]
    if market is not None and not isinstance(market, Mapping):
        raise OfferError(Problem(f"{file}: market", *no_table(market, "[market]")))
    if kind is None:
        bound = f"it says what else the file may have: {', '.join(tables.KINDS)}"
        raise OfferError(
            Problem(f"{file}: market.kind", "is missing", bound, f'Write kind = "{suited[0]}" in [market].')
        )
    if not isinstance(kind, str) or kind not in tables.KINDS:
        bound = f"known: {', '.join(tables.KINDS)}"
        remedy = values.remedy(str(kind), tables.KINDS)
        raise OfferError(Problem(f"{file}: market.kind", f"{values.shown(kind)} is not known", bound, remedy))
    if kind not in suited:
        bound = f"evenhand {verb} takes {' and '.join(suited)}"
        remedy = f"Run evenhand {VERBS[kind]} {path}{' --out DIR' if kind == 'repeated' else ''}."
        raise OfferError(Problem(f"{file}: market.kind", f'is "{kind}"', bound, remedy))
    return kind


# -- from what was read to what is run --------------------------------------------------------------------------------


def _posted(read: tables.PostedFile, so_far: SoFar) -> PostedMarket:
    whole = _whole(so_far)
    sellers, n = read.sellers, len(read.sellers)
    again = read.repricing or tables.Repricing()
    return PostedMarket(
        name=read.market.name,
        unit=so_far.unit,
        sellers=tuple(each.name for each in sellers),
        costs=tuple(whole(each.cost) for each in sellers),
        prices=tuple(inf if each.price is None else whole(each.price) for each in sellers),
        buyers=tuple(each.name for each in read.buyers),
        demands=tuple(_posted_buyer(each, n, whole) for each in read.buyers),
        unlimited=tuple(each.budget is None for each in read.buyers),
        order=_order(read.arrival, [each.price for each in sellers]),
        grid=None if read.arrival.grid is None else tuple(map(whole, read.arrival.grid)),
        tick=1 if again.tick is None else whole(again.tick),
        rounds_max=again.rounds_max or ROUNDS_MAX,
    )


def _posted_buyer(read: tables.PostedBuyer, n: int, whole: Callable[[Decimal], int]) -> Buyer:
    utility, most = _utility(read, n, whole)
    # No purchase is dearer than what data is worth, so twice that in all binds nowhere, and keeps money whole.
    return Buyer(utility, 2 * most if read.budget is None else whole(read.budget))


def _utility(read: Any, n: int, whole: Callable[[Decimal], int]) -> tuple[Any, int]:
    """Give what bundles are worth, and a bound on it."""
    stated = {
        key: {bundle: whole(each) for bundle, each in (getattr(read, key) or {}).items()}
        for key in ("utility", "together", "bundles")
    }
    most = sum(abs(each) for table in stated.values() for each in table.values())
    if stated["bundles"]:
        listed = {(): 0, **stated["bundles"]}
        return lambda bundle: free_disposal(listed, bundle), most
    own = [stated["utility"].get((seller,), 0) for seller in range(n)]
    if not stated["together"]:
        return Additive(own), most
    pairs = np.zeros((n, n), np.int64)
    for (one, other), each in stated["together"].items():
        pairs[one, other] = pairs[other, one] = each
    return Pairwise(own, pairs), most


def _royalties(read: tables.RoyaltyFile, so_far: SoFar) -> RoyaltyMarket:
    whole = _whole(so_far)
    return RoyaltyMarket(
        name=read.market.name,
        unit=so_far.unit,
        sellers=tuple(each.name for each in read.sellers),
        costs=tuple(whole(each.cost) for each in read.sellers),
        rates=tuple(each.rate for each in read.sellers),
        buyers=tuple(each.name for each in read.buyers),
        demands=tuple(_royalty_buyer(each, len(read.sellers), whole) for each in read.buyers),
        order=_order(read.arrival, [each.rate for each in read.sellers]),
    )


def _royalty_buyer(read: tables.RoyaltyBuyer, n: int, whole: Callable[[Decimal], int]) -> RoyaltyBuyer:
    """List every bundle; what a buyer has without data is added to what numbers say, and stands in a table as it is."""
    utility, _ = _utility(read, n, whole)
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
        participation=stays.name,
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
            "participation": stays.name.formula,
            "away": "for good" if stays.away is None else stays.away,
            "replications": simulation.replications,
            "seed": simulation.seed,
            "discounts": list(simulation.discounts),
            "regimes": {regime.name: regime.told for regime in simulation.regimes},
        },
    )


_MAKE: dict[str, Callable[[Any, SoFar], PostedMarket | RoyaltyMarket | Experiment]] = {
    "posted_prices": _posted,
    "royalties": _royalties,
    "repeated": _repeated,
}


# -- mistakes in words ------------------------------------------------------------------------------------------------

_EXAMPLES = {
    "market": "the table [market]",
    "sellers": "a table [[sellers]] for each seller",
    "buyers": "a table [[buyers]] for each buyer",
    "name": 'name = "alder"',
    "budget": "budget = [0.95, 1.0]",
    "kind": f'kind = "{tables.KINDS[0]}"',
}
"""What cannot be left out."""
_OF_OTHERS = {"budget": "rate_max", "price": "rate", "rate_max": "budget", "rate": "price"}
"""key of posted prices or royalties -> the other kind's key for the same."""
_PARTS_OR_MONEY = {"posted_prices": "an amount", "royalties": "a number from 0 to 1", "repeated": "two numbers"}


def _layout(kind: str) -> Layout:
    def refined(key: str, table: str, usual: Said) -> Said:
        other = _OF_OTHERS.get(key)
        if other not in keys[table]:
            return usual
        return *usual[:2], f'With kind = "{kind}" it is "{other}", {_PARTS_OR_MONEY[kind]}.'

    keys = {"": _keys(kind, "")} | {table: _keys(kind, table) for table in _keys(kind, "")}
    lists = {"sellers": ("a seller", "seller"), "buyers": ("a buyer", "buyer")}
    return Layout("a market", keys, lists, _EXAMPLES, refined)


def _keys(kind: str, table: str) -> list[str]:
    """The keys of a table, those of the file itself where it is ""."""
    file = tables.FILES[kind]
    if not table:
        return [each.name for each in fields(file)]
    hint = get_type_hints(file)[table]
    owner = next((each for each in (hint, *get_args(hint)) if hasattr(each, "__dataclass_fields__")), None)
    return [each.name for each in fields(owner)] if owner else []
