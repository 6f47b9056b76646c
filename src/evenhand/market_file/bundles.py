"""What is a bundle worth to a buyer, as MARKET.toml says it? A number for each dataset, or pair, or bundle.

A bundle is written as its sellers' names with " + " between: "archive + clinic"; "" for none.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from evenhand.call.values import Read, below, refuse, remedy, shown, table
from evenhand.errors import OfferError, Problem
from evenhand.market_file.amounts import read_amount

Bundle = tuple[int, ...]
EXAMPLE = '{ archive = "10.00 EUR", clinic = "8.00 EUR" }'
PAIRS = '{ "archive + clinic" = "-7.50 EUR" }'
SIZES = {"utility": 1, "together": 2}
"""key -> how many datasets each of its entries is about; any number where it is not here."""


def worth(key: str) -> Read:
    """Read a table from bundles to what they are worth; each entry's mistakes are named."""

    def read(value: Any, so_far: Any, before: Mapping[str, Any]) -> dict[Bundle, Decimal]:
        entries = table(value, PAIRS if key == "together" else EXAMPLE)
        found: dict[Bundle, Decimal] = {}
        wrong: list[Problem] = []
        for name, amount in entries.items():
            try:
                bundle = _bundle(name, so_far, SIZES.get(key))
                if bundle in found and so_far.sure:
                    refuse("stands there twice", "a bundle is stated once", "Keep one.", where=below(name))
                found[bundle] = read_amount(amount, so_far, "utility", below(name))
            except OfferError as error:
                wrong += error.problems
        if wrong:
            raise OfferError(wrong)
        if not found:
            refuse("names no dataset", "at least one is worth something", f"Write it as {EXAMPLE}.")
        return found

    return Read(read)


def _bundle(name: str, so_far: Any, size: int | None) -> Bundle:
    members = [each.strip() for each in name.split("+")] if name.strip() else []
    known, unknown = so_far.names, [each for each in members if not each or so_far.lacks(each)]
    if unknown:
        raise OfferError(
            [
                Problem(
                    below(name),
                    f"{shown(each)} is no seller" if each else "names nobody beside a +",
                    f"the sellers are {', '.join(known)}" if len(known) <= 12 else f"there are {len(known)} sellers",
                    remedy(each, known),
                )
                for each in unknown
            ]
        )
    places = [place for place in map(so_far.place, members) if place is not None]
    if len(set(places)) < len(places):
        refuse("names a dataset twice", "a dataset is bought once", "Name each once.", where=below(name))
    if size is not None and len(members) != size:
        bound = "each entry is about one dataset" if size == 1 else "each entry is about a pair"
        refuse(f"names {len(members)}", bound, 'What larger bundles are worth stands in "bundles".', where=below(name))
    return tuple(sorted(places))


def free_disposal(listed: Mapping[Bundle, Any], bundle: Bundle) -> Any:
    """Give what a bundle is worth if what is not wanted of it can be left: the best of the listed bundles inside it.

    >>> free_disposal({(): 0, (0,): 7, (0, 1): 9}, (0, 2))
    7
    """
    inside = frozenset(bundle)
    return listed[bundle] if bundle in listed else max(each for key, each in listed.items() if inside.issuperset(key))
