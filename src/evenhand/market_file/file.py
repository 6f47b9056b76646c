"""How is MARKET.toml read? `tables` says which keys there are, `market` what is made of them; here are its mistakes.

Pydantic walks the tables and gathers every mistake; what it found is put into words.
"""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

from evenhand.call import values
from evenhand.call.mistakes import Layout, Said, no_table
from evenhand.call.toml import read_toml
from evenhand.errors import OfferError, Problem
from evenhand.experiment import Experiment
from evenhand.market_file import tables
from evenhand.market_file.amounts import SoFar
from evenhand.market_file.market import MAKE
from evenhand.pricing import PostedMarket, RoyaltyMarket

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
    sellers = tree.get("sellers")
    so_far = SoFar(path.parent, stated=len(sellers) if isinstance(sellers, list) else 0)
    try:
        read: Any = TypeAdapter(tables.FILES[kind]).validate_python(tree, context=so_far)
    except ValidationError as refused:
        mistakes = refused.errors(include_url=False)
        layout = _layout(kind)
        found = [problem for mistake in mistakes for problem in layout.problems(path.name, mistake)]
        raise OfferError(found) from None
    return MAKE[kind](read, so_far)


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
