"""Which card describes these files? The one that is named, or the one that lies beside them and beside no others.

A folder that several datasets share has a card for none of them: it could not be told whose it is, and a metadata
field is worth money.
"""

import os
from pathlib import Path, PurePath

from evenhand.datasets.cards import CARD_BYTES_MAX, NAMES, Card, read_card
from evenhand.datasets.readers import dataset_files
from evenhand.datasets.readers.files import PATTERN
from evenhand.datasets.readers.formats import format_of
from evenhand.errors import OfferError, Problem


def open_card(path: str | Path, *, base: Path | None = None) -> Card:
    """Read the card that a seller names.

    Args:
        path: relative to `base`, or absolute.
        base: what a relative path starts from; the working directory where none is given.

    Raises:
        OfferError: there is no such file, or it is no card, or one that cannot be read.
    """
    name = PurePath(path).as_posix()
    card = read_card(_bytes((base or Path()) / path, name), name)
    if card is None:
        raise OfferError(
            Problem(
                name,
                "is no card of a dataset",
                'a card is JSON with "@context" (Croissant), or text that begins with YAML between two lines of "---"',
                "Name another file, or state the metadata in the call.",
            )
        )
    return card


def cards_beside(path: str | Path, *, base: Path | None = None) -> tuple[Card, ...]:
    """Read the cards that lie beside a dataset, in the order in which they win over each other; none is no mistake.

    Args:
        path: of the dataset, as `open_dataset` takes it: of a folder the cards lie in it, of a file in its folder, of a
            pattern in the folder before the first sign that stands for others.
        base: as in `open_card`.

    Raises:
        OfferError: the dataset's files cannot be found, or a card cannot be read; all mistakes of all cards.
    """
    start = base or Path()
    files = {file.absolute() for file in dataset_files(path, base=base)}
    folder = _folder(PurePath(path), start)
    there = sorted(name for name in os.listdir(start / folder) if (start / folder / name).is_file())
    if any(format_of(name) and name not in NAMES and (start / folder / name).absolute() not in files for name in there):
        return ()
    cards: list[Card] = []
    problems: list[Problem] = []
    for name in NAMES:
        if name in there and (start / folder / name).absolute() not in files:
            label = (folder / name).as_posix()
            try:
                card = read_card(_bytes(start / folder / name, label), label)
            except OfferError as error:
                problems += error.problems
            else:
                cards += [card] if card else []
    if problems:
        raise OfferError(problems)
    return tuple(cards)


def _folder(path: PurePath, start: Path) -> PurePath:
    if (start / path).is_dir():
        return path
    if not (start / path).exists():
        for place, part in enumerate(path.parts):
            if PATTERN & set(part):
                return PurePath(*path.parts[:place])
    return path.parent


def _bytes(path: Path, name: str) -> bytes:
    """Read a file up to one byte more than a card may have."""
    if path.exists() and not path.is_file():
        raise OfferError(Problem(name, "is no file", "a card is a file", "Name the file itself."))
    try:
        with path.open("rb") as file:
            return file.read(CARD_BYTES_MAX + 1)
    except OSError as error:
        found = f"cannot be read ({error.strerror})"
        raise OfferError(Problem(name, found, "a card is a file", "Check the path and its rights.")) from None
