"""Which dataset does CALL.toml name, and what is said of it? Read as in `values`."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from evenhand.call.values import Read, SoFar, below, refuse, shown, table, text
from evenhand.datasets.cards import Card, merged
from evenhand.errors import OfferError, Problem
from evenhand.quality.metadata import ALIASES, FIELDS
from evenhand.records import Dataset, ReferenceFolder

PATH_MAX = 1000

EXPECTED = (*FIELDS, *ALIASES)
"""The metadata that a call may expect, in all spellings."""

NEAR = 0.82
"""How alike (ratio of `difflib`) a name must be to an expected one to be a slip: "lisence" is, "region" is not."""


def dataset(text_field: str) -> Read:
    """Open a dataset whose text stands in the field that the key `text_field` of the same table names."""

    def read(value: Any, so_far: SoFar, before: Mapping[str, Any]) -> Dataset:
        from evenhand.datasets import open_dataset

        path = _path(value, so_far, before)
        said: Metadata = before.get("metadata", Metadata())
        try:
            return open_dataset(path, text_field=before.get(text_field) or "text", fields=said.read, base=so_far.folder)
        except OfferError as error:
            raise _within(error) from None

    return Read(read)


def reference(text_field: str) -> Read:
    """Open the public text that duplication is measured against: a dataset, or the folder of a built reference."""

    def read(value: Any, so_far: SoFar, before: Mapping[str, Any]) -> Dataset | ReferenceFolder:
        from evenhand.quality import DEFAULT, find_reference, novelty, profile

        path = _path(value, so_far, before)
        if not novelty.holds_reference(so_far.folder / path):
            opened: Dataset = dataset(text_field).how(value, so_far, before)
            return opened
        if before.get(text_field):
            bound = f"{text_field} names where the text of a dataset stands, and this is a reference that was built"
            refuse(f"{shown(path)} has no fields", bound, f"Take {text_field} out.")
        try:
            found = find_reference(path, base=so_far.folder)
        except OfferError as error:
            raise _within(error) from None
        chosen = profile(before.get("profile") or DEFAULT)
        if problems := novelty.misfits(found.built, chosen.name, chosen.embedding, f": {path}"):
            raise OfferError(problems)
        return found

    return Read(read)


def described(text_field: str) -> Read:
    """Open a dataset as `dataset` does, with the cards that describe it: those that are named, or lie beside it."""

    def read(value: Any, so_far: SoFar, before: Mapping[str, Any]) -> Described:
        from evenhand.datasets.readers.cards import cards_beside

        opened: Dataset = dataset(text_field).how(value, so_far, before)
        named: tuple[Card, ...] | None = before.get("card")
        if named is not None:
            return Described(opened, named)
        try:
            return Described(opened, cards_beside(value, base=so_far.folder))
        except OfferError as error:
            wrong = [replace(each, remedy=f"{each.remedy} Or write card = false.") for each in error.problems]
            raise _within(OfferError(wrong)) from None

    return Read(read)


def card(value: Any, so_far: SoFar, before: Mapping[str, Any]) -> tuple[Card, ...]:
    """Read the card that a seller names; none where `false` is written."""
    from evenhand.datasets.readers.cards import open_card

    if value is False:
        return ()
    if value is True:
        refuse("true names no card", "a card is a file, or false for none", "Leave it out: a card beside is found.")
    path = _path(value, so_far, before)
    try:
        return (open_card(path, base=so_far.folder),)
    except OfferError as error:
        raise _within(error) from None


@dataclass(frozen=True)
class Described:
    """A dataset, and the cards that describe it, in the order in which they win over each other."""

    dataset: Dataset
    cards: tuple[Card, ...]

    def metadata(self, stated: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
        """Add what the cards say of expected fields to what is stated; also tell where the two disagree.

        What else a card says nothing follows from, and it stays where it is.
        """
        if not self.cards:
            return dict(stated), ()
        of_fields = [
            replace(card, metadata={name: text for name, text in card.metadata.items() if name in FIELDS})
            for card in self.cards
        ]
        return merged(stated, of_fields)


def _within(error: OfferError) -> OfferError:
    """Name the file before what is wrong with it."""
    return OfferError([replace(problem, where=f": {problem.where}") for problem in error.problems])


def _path(value: Any, so_far: SoFar, before: Mapping[str, Any]) -> str:
    path = text(value, so_far, before)
    if any(unicodedata.category(sign) == "Cc" for sign in path):
        refuse(f"{shown(path)} holds control characters", "a path can be typed", "Take them out.")
    if len(path) > PATH_MAX:
        refuse(f"{shown(path)} is too long", f"a path has at most {PATH_MAX} characters", "Move the data nearer.")
    if "://" in path:
        refuse(f"{shown(path)} is an address", "a round reads files only", "Download it, and name the file.")
    if PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute() or path.startswith("~"):
        refuse(
            f"{shown(path)} is absolute",
            "a record holds relative paths only, so that others can follow them",
            'Write it relative to the folder of the call; it may start with "..".',
        )
    return path


@dataclass(frozen=True)
class Metadata:
    """What is said of a dataset as a whole, and what is read from every document."""

    stated: dict[str, str] = field(default_factory=dict)
    read: dict[str, str] = field(default_factory=dict)
    """metadata field -> column."""


def metadata(value: Any, so_far: SoFar, before: Mapping[str, Any]) -> Metadata:
    """Read a table whose values are texts or days, or `{ field = "column" }`.

    Any name will do, except one that is almost an expected one: the field would count as missing, and nobody would know
    why.
    """
    said = Metadata()
    problems = []
    for name, item in table(value, '{ licence = "CC0-1.0" }').items():
        problems += almost(below(name), name)
        column = item.get("field") if isinstance(item, Mapping) and len(item) == 1 else None
        if type(item) is str:
            said.stated[name] = item
        elif isinstance(item, date):  # TOML's own day, or time of a day
            said.stated[name] = item.isoformat()
        elif type(column) is str and column:
            said.read[name] = column
        else:
            problems.append(
                Problem(
                    below(name),
                    f"{shown(item)} is neither",
                    "a text or a day that holds for the whole dataset, or a field of each document",
                    'Write "text", 2026-01-31 or { field = "column" }.',
                )
            )
    if problems:
        raise OfferError(problems)
    return said


def almost(where: str, name: str) -> list[Problem]:
    """Refuse a name of metadata that is almost one that quality looks for."""
    meant = misspelt(name)
    if meant is None:
        return []
    bound = f"quality looks for {', '.join(FIELDS)}"
    return [Problem(where, "is almost a field that is known", bound, f'Did you mean "{meant}"?')]


def misspelt(name: str) -> str | None:
    """Guess which expected field a name was meant for; None where it is that field, or none is near.

    >>> misspelt("lisence"), misspelt("Date"), misspelt("license"), misspelt("region")
    ('licence', 'date', None, None)
    """
    near = get_close_matches(name.casefold(), EXPECTED, n=1, cutoff=NEAR)
    return near[0] if near and name not in EXPECTED else None
