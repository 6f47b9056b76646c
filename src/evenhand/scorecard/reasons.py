"""Why are the scores what they are? The documents and sentences that pull each of them down."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evenhand import quality
from evenhand.quality import cleanliness, near_duplicates, novelty
from evenhand.quality.cleanliness import boilerplate
from evenhand.quality.looking import batches
from evenhand.records import Dataset, Document
from evenhand.scorecard.likeness import alike_of, topics_of, typical_of
from evenhand.scorecard.places import EXAMPLES, OPENING, SHOWN, Seen, find, place_of, rows_of, seen_of


@dataclass(frozen=True, slots=True)
class Damaged:
    """A document with damage."""

    document: Seen
    tokens: int
    kinds: dict[str, int]
    """kind of damage -> damaged tokens"""
    examples: dict[str, tuple[str, ...]]
    """kind of damage -> some of these tokens, or phrases of boilerplate; none for a kind that shows on no token"""


@dataclass(frozen=True, slots=True)
class Standing:
    """A document that counts for its near-copies too."""

    document: Seen
    copies: int
    behind: tuple[Seen, ...]
    """the first of its near-copies, the nearest one first; of exact copies the first in the order of reading"""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two documents that are alike."""

    one: Seen
    other: Seen
    likeness: int
    """their cosine, in millionths"""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A document that states a date nobody can read."""

    document: Seen
    date: str


@dataclass(frozen=True, slots=True)
class Known:
    """A sentence that the reference says too, or that is like nothing in it."""

    kind: str
    """"copied", "unlike" or "similar" """
    sentence: str
    known: int
    """how much of it is taken to be known, in millionths"""


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why the scores are what they are."""

    damaged: tuple[Damaged, ...]
    """the most damaged first"""
    repeated: tuple[Standing, ...]
    """texts that are offered again, those that are most often first"""
    standing: tuple[Standing, ...]
    """those with most near-copies first"""
    alike: tuple[Pair, ...]
    """of the documents that diversity was measured on, by their embeddings; none where all differ wholly"""
    dates: dict[str, tuple[Seen, ...]]
    """what is wrong with the date -> the first documents; none where only the dataset as a whole has a date"""
    unreadable: tuple[Unreadable, ...]
    """some of the documents whose date says something, but not a day"""
    known: tuple[Known, ...]
    topics: dict[str, int]
    """words of the fullest topics -> documents; none where topics are not told apart"""
    metadata: dict[str, str]
    """field -> what is valid, or what is wrong and what would be right"""
    typical: Seen | None
    """a document without damage, nearest to the mean of all; None where all are damaged"""


def reasons_of(dataset: Dataset, looked: quality.Looked, by: str) -> Reasons:
    """Say which documents pull the scores down; those that are named are read again, all at once."""
    damaged = [(place_of(looked, row, "damage"), kinds) for row, kinds in cleanliness.worst(looked.counted, SHOWN)]
    standing = [
        ((row, ""), [(each, "") for each in behind]) for row, behind in near_duplicates.worst(looked.near, SHOWN)
    ]
    dates = {kind: [place_of(looked, row, "days") for row in rows] for kind, rows in _wrong_dates(looked).items()}
    repeated, alike, typical = _repeated(dataset, looked), alike_of(looked), typical_of(looked)
    named = [place for place, _ in damaged]
    named += [place for places in dates.values() for place in places]
    named += [place for first, behind in standing for place in (first, *behind[:SHOWN])]
    named += [(row, "") for row in repeated]
    named += [place for pair in alike for place in pair]
    named += [typical] if typical else []
    strange: list[tuple[int, Document]] = []
    found = find(_noting_dates(dataset, strange), looked, named)
    seen = {place: seen_of(number, document) for place, (number, document) in found.items()}
    # where no document has a date that can be read, none is blamed for that of the whole
    own = bool(looked.columns["own_date"].any())
    return Reasons(
        damaged=tuple(
            Damaged(seen[place], int(looked.columns["tokens"][place[0]]), kinds, _examples(found[place][1], kinds))
            for place, kinds in damaged
        ),
        repeated=tuple(_again(seen[row, ""], numbers) for row, numbers in repeated.items()),
        standing=tuple(
            Standing(seen[first], len(behind), tuple(seen[place] for place in behind[:SHOWN]))
            for first, behind in standing
        ),
        alike=tuple(_pair(seen[one], seen[other], likeness) for (one, other), likeness in alike.items()),
        dates={kind: tuple(seen[place] for place in places) for kind, places in dates.items() if own},
        unreadable=tuple(Unreadable(seen_of(*each), each[1].metadata["date"]) for each in strange),
        known=_known(looked),
        topics=topics_of(looked, by),
        metadata={name: str(verdict) for name, verdict in looked.verdicts.items()},
        typical=None if typical is None else seen[typical],
    )


def _noting_dates(dataset: Dataset, strange: list[tuple[int, Document]]) -> Iterator[tuple[int, Document]]:
    """Number the documents, and keep the first of those whose date says something, but not a day."""
    for number, document in enumerate(dataset, start=1):
        stated = document.metadata.get("date", "")
        if stated and len(strange) < SHOWN and novelty.recency.read_date(stated) is None:
            strange.append((number, document))
        yield number, document


def _repeated(dataset: Dataset, looked: quality.Looked) -> dict[int, list[int]]:
    """Find the texts that are offered again most often: row -> the numbers of their documents.

    All documents are read for it, and in memory is a number each.
    """
    if looked.manifest.documents == len(looked.columns["identity"]):
        return {}
    rows = np.concatenate([rows_of(looked, batch) for batch in batches(dataset)])
    times = np.bincount(rows)
    most = np.argsort(-times, kind="stable")[:SHOWN].tolist()
    return {row: (np.flatnonzero(rows == row) + 1).tolist() for row in most if times[row] > 1}


def _again(first: Seen, numbers: Sequence[int]) -> Standing:
    """Name the other documents with the very same text."""
    others = [number for number in numbers if number != first.number]
    return Standing(first, len(others), tuple(replace(first, number=number) for number in others[:SHOWN]))


def _pair(one: Seen, other: Seen, likeness: int) -> Pair:
    """Put two documents in the order of reading."""
    return Pair(one, other, likeness) if one.number < other.number else Pair(other, one, likeness)


def _examples(document: Document, kinds: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    shown: dict[str, tuple[str, ...]] = {}
    for kind, token in cleanliness.examples(document.text, EXAMPLES):
        if kind in kinds:
            shown[kind] = (*shown.get(kind, ()), token[:OPENING])
    if "boilerplate" in kinds:  # known by its phrases; a word of one tells nothing
        phrases = [" ".join(document.text[start:end].split()) for start, end in boilerplate.spans(document.text)]
        shown["boilerplate"] = tuple(phrase[:OPENING] for phrase in dict.fromkeys(phrases))[:EXAMPLES]
    return shown


def _wrong_dates(looked: quality.Looked) -> dict[str, list[int]]:
    """Name rows of `Looked.counted` by what is wrong with the date."""
    found = novelty.recency.worst(looked.counted["days"])
    return {kind: rows[:SHOWN].tolist() for kind, rows in found.items() if len(rows)}


def _known(looked: quality.Looked) -> tuple[Known, ...]:
    drawn = looked.sentences.drawn()
    if looked.reference is None or not drawn:
        return ()
    return tuple(Known(*each) for each in novelty.duplication.worst(drawn, looked.reference, SHOWN))
