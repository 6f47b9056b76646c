"""Where does a document that is named stand, and how does it begin? It is read again to be shown to its owner."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from evenhand import quality
from evenhand.plaintext import plain
from evenhand.quality import cleanliness, novelty
from evenhand.quality.batch import Batch, Notes
from evenhand.records import Array, Document

SHOWN = 5
"""So many documents, groups of near-copies and sentences are named for each reason."""
EXAMPLES = 3
"""So many damaged tokens of a kind are shown of a document, and so many pairs that are alike."""
OPENING = 60
"""So many characters of a document are shown."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A document as its owner finds it again."""

    number: int
    """its place in the order of reading, from 1; rows without text are passed over and have no number"""
    identity: str
    """the first 12 hexadecimal digits of its identity"""
    opening: str
    """how its plain text begins"""


Place = tuple[int, str]
"""A distinct document, by its row in `Looked.columns`, and which note of it must be found in the very one that is
named: "damage", "days", or "" for any. Texts that are the same but for white space may differ in these."""

_NOTED: dict[str, tuple[str, ...]] = {"damage": ("tokens", "damage", "unread"), "days": ("days",), "": ()}
"""note -> the columns that it stands in."""


def place_of(looked: quality.Looked, row: int, note: str) -> Place:
    """Name the document whose note counts for a row of `Looked.counted`: of near-copies the worst of them."""
    if not looked.near_copies:
        return row, note
    standing = np.flatnonzero(looked.near.standing)[row]
    copies = np.flatnonzero(looked.near.representative == standing)
    same = np.ones(len(copies), dtype=bool)
    for name in _NOTED[note]:
        column = looked.columns[name][copies]
        same &= (column == looked.counted[name][row]).reshape(len(copies), -1).all(axis=1)
    return int(copies[same.argmax()]), note


def counted_rows(looked: quality.Looked) -> Array:
    """(counted,) the row in `Looked.columns` of each document that counts."""
    if looked.near_copies:
        return np.flatnonzero(looked.near.standing)
    return np.arange(len(looked.near.standing))


def rows_of(looked: quality.Looked, documents: Sequence[Document]) -> Array:
    """(n,) the row in `Looked.columns`, which are sorted by identity, of each of n documents."""
    known, sought = (
        np.ascontiguousarray(each).view(">u8").reshape(-1, 4)
        for each in (looked.columns["identity"], Batch.of(documents).identities)
    )
    rows: Array = np.searchsorted(known[:, 0], sought[:, 0])
    while (wrong := (known[rows] != sought).any(axis=1)).any():  # others that begin with the same 8 bytes
        rows += wrong
    return rows


def find(
    documents: Iterable[tuple[int, Document]], looked: quality.Looked, named: Iterable[Place]
) -> dict[Place, tuple[int, Document]]:
    """Read documents again: each that is named, with its number; no further than to the last of them."""
    missing: dict[bytes, set[Place]] = {}
    for place in named:
        missing.setdefault(looked.columns["identity"][place[0]].tobytes(), set()).add(place)
    found: dict[Place, tuple[int, Document]] = {}
    for number, document in documents:
        if not missing:
            break
        identity = document.identity
        if identity in missing:
            here = {place for place in missing[identity] if _is_noted(document, looked, place)}
            found |= dict.fromkeys(here, (number, document))
            missing[identity] -= here
            if not missing[identity]:
                del missing[identity]
    return found


def _is_noted(document: Document, looked: quality.Looked, place: Place) -> bool:
    row, note = place
    batch = Batch.of([document])
    notes: dict[str, Callable[[Batch], Notes]] = {
        "damage": cleanliness.notes,
        "days": partial(novelty.notes, as_of=looked.as_of),
    }
    noted = notes[note](batch) if note in notes else {}
    return all((noted[name][0] == looked.columns[name][row]).all() for name in _NOTED[note])


def seen_of(number: int, document: Document) -> Seen:
    """Show a document that was read."""
    opening = plain(document.text[: 4 * OPENING])
    shown = opening if len(opening) <= OPENING else opening[: OPENING - 1] + "…"
    return Seen(number, document.identity.hex()[:12], shown)
