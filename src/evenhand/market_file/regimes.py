"""Which price regimes does a market that repeats compare? Names, or tables that say more.

"random"                                                    as it comes
{ name = "reduced", part = 0.25 }                           with what it has of its own
{ name = "quarter", regime = "reduced", part = 0.25 }       under a name of its own, beside others of its kind
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from evenhand.acceptance import folded
from evenhand.call import values
from evenhand.call.values import below, refuse, remedy, shown
from evenhand.errors import OfferError, Problem
from evenhand.market_file.amounts import each_of, read_real
from evenhand.simulation.auctions import COMPARED, SUITED, auction
from evenhand.simulation.regimes import REGIMES, Regime, current, reduced

REGIMES_MAX = 8
NAME_MAX = 24
"""Characters of a name; it heads columns, and stands beside curves."""
KNOWN = (*REGIMES, "auction")


def _part(value: Any, where: str) -> float:
    return read_real(value, 0, 1, "a part is a number from 0 to 1", "0.5", where)


def _one_of(known: tuple[str, ...]) -> Callable[[Any, str], str]:
    """Read one of some names, in the order in which they are told."""

    def read(value: Any, where: str) -> str:
        if type(value) is not str or value not in known:
            guess = remedy(value, known) if type(value) is str else "Write one of them, in quotes."
            refuse(f"{shown(value)} is not known", f"known: {', '.join(known)}", guess, where=where)
        return value

    return read


OF_ITS_OWN: dict[str, dict[str, Callable[[Any, str], Any]]] = {
    "reduced": {"part": _part},
    "current": {"part": _part},
    "auction": {"rule": _one_of(SUITED), "compared_with": _one_of(tuple(COMPARED))},
}
"""regime -> the keys that it alone has, and how each is read; one that is not here comes in one way only."""
MADE: dict[str, Callable[..., Regime]] = {"reduced": reduced, "current": current, "auction": auction}
"""regime -> what makes it of its keys."""
SEVERAL = '{ name = "quarter", regime = "reduced", part = 0.25 }'


def read_regimes(value: Any, so_far: Any, before: Mapping[str, Any]) -> tuple[Regime, ...]:
    """Read which price regimes are compared; every mistake in the list is named."""
    if not isinstance(value, list) or not value:
        found = "the list is empty" if value == [] else f"{shown(value)} is no list of regimes"
        refuse(found, f"known: {', '.join(KNOWN)}", 'Write ["fairshare"].')
    if len(value) > REGIMES_MAX:
        refuse(f"names {len(value)} regimes", f"up to {REGIMES_MAX} are compared", "Take some into another file.")
    names: dict[str, str] = {}

    def one(each: Any, where: str) -> Regime:
        stated = each if isinstance(each, Mapping) else {"name": each}
        which = _which(stated, where)
        found, wrong = _gathered(
            lambda: _refuse_several_buyers(which, so_far, where),
            lambda: _name(stated.get("name", which), which, where, so_far, names),
            lambda: _own(stated, which, where),
        )
        if wrong:
            raise OfferError(wrong)
        _, name, own = found
        return replace(MADE[which](**own) if which in MADE else REGIMES[which], name=name)

    return tuple(each_of(value, one))


def _gathered(*steps: Callable[[], Any]) -> tuple[list[Any], list[Problem]]:
    """Take every step, whatever another refuses."""
    found: list[Any] = []
    wrong: list[Problem] = []
    for step in steps:
        try:
            found.append(step())
        except OfferError as error:
            wrong += error.problems
    return found, wrong


def _which(stated: Mapping[str, Any], where: str) -> str:
    """Read of which regime an entry speaks: `regime` says so, or the name where that is left out."""
    key = "regime" if "regime" in stated else "name"
    if key not in stated:
        refuse("has no name", f"known: {', '.join(KNOWN)}", 'Write { name = "reduced" }.', where=where)
    which = stated[key]
    if type(which) is not str or which not in KNOWN:
        guess = remedy(which, KNOWN) if type(which) is str else "Write one of them, in quotes."
        if key == "name" and len(stated) > 1 and type(which) is str:
            guess = f"{guess} To give it a name of its own, say which regime it is: {SEVERAL}."
        place = where + below(key) if len(stated) > 1 else where
        refuse(f"{shown(which)} is not known", f"known: {', '.join(KNOWN)}", guess, where=place)
    return which


def _name(value: Any, which: str, where: str, so_far: Any, names: dict[str, str]) -> str:
    """Read what a regime is called, which no other is."""
    try:
        name = values.label(value, so_far, {})
    except OfferError as error:
        raise OfferError([replace(each, where=f"{where}.name") for each in error.problems]) from None
    if len(name) > NAME_MAX:
        bound = f"a name has up to {NAME_MAX} characters here"
        refuse(f"{shown(name)} is long", bound, "Shorten it.", where=f"{where}.name")
    if name != which and which not in OF_ITS_OWN:
        bound = f"names of their own are for what can be had in several ways: {', '.join(OF_ITS_OWN)}"
        refuse(f"{shown(which)} is called {shown(name)}", bound, "Take the name out.", where=f"{where}.name")
    if name != which and folded(name) in map(folded, KNOWN):
        bound = f"known: {', '.join(KNOWN)}; each of these names means that regime"
        refuse(f"{shown(name)} is another regime's name", bound, "Choose another name.", where=f"{where}.name")
    if folded(name) in names:
        way = f"Keep one, or give it a name of its own: {SEVERAL}." if which in OF_ITS_OWN else "Keep one."
        bound = "each has a name of its own, and case tells none apart"
        refuse(f"{shown(name)} stands there twice", bound, way, where=where)
    names[folded(name)] = name
    return name


def _own(stated: Mapping[str, Any], which: str, where: str) -> dict[str, Any]:
    """Read what a regime alone has."""
    keys = OF_ITS_OWN.get(which, {})

    def entry(item: tuple[str, Any], _: str) -> tuple[str, Any]:
        key, value = item
        if key not in keys:
            bound = f"{shown(which)} has {', '.join(('name', 'regime', *keys))}"
            homes = [f'"{each}"' for each, own in OF_ITS_OWN.items() if key in own]
            guess = f"Take it out; it belongs to {' and '.join(homes)}." if homes else _meant(key, keys)
            refuse("is not a key that is known here", bound, guess, where=where + below(key))
        return key, keys[key](value, where + below(key))

    return dict(each_of([item for item in stated.items() if item[0] not in ("name", "regime")], entry))


def _meant(key: str, keys: Mapping[str, Any]) -> str:
    guess = remedy(key, ("name", "regime", *keys))
    return guess if guess.startswith("Did") else "Take it out."


def _refuse_several_buyers(which: str, so_far: Any, where: str) -> None:
    if which == "auction" and len(so_far.buyers) > 1:
        found = f"is an auction, and there are {len(so_far.buyers)} buyers"
        bound = "one buyer holds an auction: with several, a seller could sell once more by a lie, at no further cost"
        refuse(found, bound, "Write a file for each buyer, or leave the auction out.", where=where)
