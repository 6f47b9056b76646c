"""What can be said of one dataset before it is offered? Its quality, the reasons for it, and its value to a buyer.

    score       the four measures, with the counts that they follow from
    reasons     the documents and sentences that pull each of them down, for the owner's own eyes

Reasons quote the owner's text, so they stand in a `ScoreCard` alone and in nothing that a round publishes. The
documents that are named are read once more, and where texts are repeated all are, to find where; all else follows from
what was noted of them (`quality.Looked`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from evenhand import datasets, quality, valuation
from evenhand.errors import OfferError, Problem
from evenhand.plaintext import plain
from evenhand.quality import cleanliness, licence, near_duplicates, novelty, volume
from evenhand.quality.batch import Batch, Notes
from evenhand.quality.cleanliness import boilerplate
from evenhand.quality.codebooks import CELLS, CODEBOOKS, Codebook, load_codebook
from evenhand.quality.diversity import cells
from evenhand.quality.embedding import COSINE_ONE, open_embedding, products
from evenhand.quality.looking import batches
from evenhand.records import (
    MEASURES,
    MILLION,
    Array,
    Call,
    Dataset,
    Document,
    Manifest,
    ReferenceFolder,
    Scores,
    Watch,
    in_millionths,
    millionths,
    unwatched,
)

EVEN_WEIGHTS = dict.fromkeys(MEASURES, MILLION // len(MEASURES))

SHOWN = 5
"""So many documents, groups of near-copies and sentences are named for each reason."""
EXAMPLES = 3
"""So many damaged tokens of a kind are shown of a document, and so many pairs that are alike."""
OPENING = 60
"""So many characters of a document are shown."""

PAIRS_AT_ONCE = 512
"""So many documents are compared with all that are drawn at a time; changes no result."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A document as its owner finds it again."""

    number: int
    """its place in the order of reading, from 1; rows without text are passed over and have no number"""
    identity: str
    """the first 12 hexadecimal digits of its identity"""
    opening: str
    """how its plain text begins"""


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
    """a document without damage: nearest to the mean of all, or one of the fullest topic; None where all are damaged"""


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """The measures of one dataset, in millionths, and the reasons."""

    manifest: Manifest
    profile: str
    scores: Scores
    quality: int
    weights: dict[str, int]
    as_of: str
    value: int | None
    """V of this dataset alone, in millionths of the buyer's bits; None without a call."""
    volume: dict[str, int]
    """tokens, and those of them that are repeated or damaged"""
    usable: int
    """the tokens that are left"""
    near: dict[str, int]
    """"distinct" documents, those that are left "standing" where near-copies count once, and those in crowds too large
    for every pair to be compared"""
    drawn: int
    """how many documents diversity was measured on"""
    licence: str
    """what is wrong with the licence that is stated, or why the call does not take it; "" where nothing is."""
    reasons: Reasons
    reference: novelty.Meta | None
    """what it was held against: the name, the digest and the counts; None where nothing was named"""


def score(
    dataset: Dataset,
    *,
    metadata: dict[str, str],
    as_of: date,
    call: Call | None = None,
    learner: Any = None,
    by: str = "",
    reference: Dataset | ReferenceFolder | None = None,
    watch: Watch = unwatched,
) -> ScoreCard:
    """Measure one dataset.

    Args:
        dataset: the documents.
        metadata: what is said of the dataset as a whole.
        as_of: the day on which recency is judged.
        call: a buyer's call, for its weights, its reference, its licences and fields, and the value to that buyer.
        learner: of the call; needed with one.
        by: the profile; that of the call, or the default.
        reference: public text to be held against, or the folder of a reference (`quality.find_reference`); that of the
            call, or none.
        watch: told of the progress.

    Raises:
        OfferError: no profile has the name, or what it needs is not installed; or the reference cannot be read, was
            changed, or is of another embedding than the profile.

    >>> card = score(Dataset.of(["We recieve it.", "Rain, again"]), metadata={}, as_of=date(2026, 1, 1))
    >>> card.reasons.damaged[0].document.number, card.reasons.damaged[0].examples
    (1, {'misspelling': ('recieve',)})
    """
    profile = quality.profile(by or (call.profile if call else "") or quality.DEFAULT)
    chosen, named = profile.name, reference or (call.reference if call else None)
    built = named.built if isinstance(named, ReferenceFolder) else None
    if built and (problems := novelty.misfits(built, chosen, profile.embedding, "reference")):
        raise OfferError(problems)
    embedding = open_embedding(profile.embedding)  # what is not installed is refused before anything is read
    known = novelty.reference_of(named, embedding, watch)
    watch("read", 0, 1)
    manifest = datasets.describe(dataset)
    watch("read", 1, 1)
    watch("quality", 0, manifest.documents)
    looked = quality.look_at(
        dataset,
        manifest,
        metadata,
        as_of=as_of,
        reference=known,
        by=chosen,
        salt=quality.salt(b"", manifest.content),
        required=call.required if call else (),
        licences=call.licences if call else (),
        tell=partial(_tell, watch, manifest.documents),
    )
    scores = quality.scores_of(looked, chosen)
    found = _reasons(dataset, looked, chosen)
    watch("quality", manifest.documents, manifest.documents)
    weights = in_millionths(call.weights) if call else EVEN_WEIGHTS
    return ScoreCard(
        manifest=manifest,
        profile=chosen,
        scores=scores,
        quality=quality.combine(scores, weights),
        weights=weights,
        as_of=as_of.isoformat(),
        value=_value(dataset, call, learner, watch) if call else None,
        volume=looked.volume,
        usable=volume.usable(looked.volume),
        near=near_duplicates.count(looked.near),
        drawn=len(looked.drawn["row"]),
        licence=_licence(metadata, call),
        reasons=found,
        reference=known.meta if known else None,
    )


def _tell(watch: Watch, documents: int, done: int) -> None:
    watch("quality", min(done, documents - 1), documents)  # what is drawn of them is still to be read again


def _value(dataset: Dataset, call: Call, learner: Any, watch: Watch) -> int:
    game = valuation.game_of(learner, [dataset], call, watch)
    alone = valuation.evaluate(game, ((0,),), method="leave_one_out", permutations=call.permutations, seed=call.seed)
    return alone.values[1]


def _licence(metadata: Mapping[str, str], call: Call | None) -> str:
    said = licence.stated(metadata)
    if call and call.licences:
        return "; ".join(map(str, licence.refusals(said, call.licences, "licence")))
    wrong = licence.fault(said)
    bound = "a licence is an SPDX expression of listed licences"
    return str(Problem("licence", wrong, bound, licence.remedy(said))) if wrong else ""


# -- why ---------------------------------------------------------------------------------------------------------------

Place = tuple[int, str]
"""A distinct document, by its row in `Looked.columns`, and which note of it must be found in the very one that is
named: "damage", "days", or "" for any. Texts that are the same but for white space may differ in these."""


def _reasons(dataset: Dataset, looked: quality.Looked, by: str) -> Reasons:
    """Say which documents pull the scores down; those that are named are read again, all at once."""
    damaged = [(_place(looked, row, "damage"), kinds) for row, kinds in cleanliness.worst(looked.counted, SHOWN)]
    standing = [
        ((row, ""), [(each, "") for each in behind]) for row, behind in near_duplicates.worst(looked.near, SHOWN)
    ]
    dates = {kind: [_place(looked, row, "days") for row in rows] for kind, rows in _wrong_dates(looked).items()}
    repeated, alike, typical = _repeated(dataset, looked), _alike(looked), _typical(looked, by)
    named = [place for place, _ in damaged]
    named += [place for places in dates.values() for place in places]
    named += [place for first, behind in standing for place in (first, *behind[:SHOWN])]
    named += [(row, "") for row in repeated]
    named += [place for pair in alike for place in pair]
    named += [typical] if typical else []
    strange: list[tuple[int, Document]] = []
    found = _find(_noting_dates(dataset, strange), looked, named)
    seen = {place: _seen(number, document) for place, (number, document) in found.items()}
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
        unreadable=tuple(Unreadable(_seen(*each), each[1].metadata["date"]) for each in strange),
        known=_known(looked),
        topics=_topics(looked, by),
        metadata={name: str(verdict) for name, verdict in looked.verdicts.items()},
        typical=None if typical is None else seen[typical],
    )


def _place(looked: quality.Looked, row: int, note: str) -> Place:
    """Name the document whose note counts for a row of `Looked.counted`: of near-copies the worst of them."""
    if not looked.pooled:
        return row, note
    standing = np.flatnonzero(looked.near.standing)[row]
    pool = np.flatnonzero(looked.near.representative == standing)
    same = np.ones(len(pool), dtype=bool)
    for name in _NOTED[note]:
        column = looked.columns[name][pool]
        same &= (column == looked.counted[name][row]).reshape(len(pool), -1).all(axis=1)
    return int(pool[same.argmax()]), note


_NOTED: dict[str, tuple[str, ...]] = {"damage": ("tokens", "damage", "unread"), "days": ("days",), "": ()}
"""note -> the columns that it stands in."""


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
    rows = np.concatenate([_rows(looked, batch) for batch in batches(dataset)])
    times = np.bincount(rows)
    most = np.argsort(-times, kind="stable")[:SHOWN].tolist()
    return {row: (np.flatnonzero(rows == row) + 1).tolist() for row in most if times[row] > 1}


def _rows(looked: quality.Looked, documents: Sequence[Document]) -> Array:
    """(n,) the row in `Looked.columns`, which are sorted by identity, of each of n documents."""
    known, sought = (
        np.ascontiguousarray(each).view(">u8").reshape(-1, 4)
        for each in (looked.columns["identity"], Batch.of(documents).identities)
    )
    rows: Array = np.searchsorted(known[:, 0], sought[:, 0])
    while (wrong := (known[rows] != sought).any(axis=1)).any():  # others that begin with the same 8 bytes
        rows += wrong
    return rows


def _again(first: Seen, numbers: Sequence[int]) -> Standing:
    """Name the other documents with the very same text."""
    others = [number for number in numbers if number != first.number]
    return Standing(first, len(others), tuple(replace(first, number=number) for number in others[:SHOWN]))


def _alike(looked: quality.Looked) -> dict[tuple[Place, Place], int]:
    """Find the pairs of drawn documents that are most alike: their cosine, in millionths."""
    vectors = looked.drawn["vector"]
    found: list[tuple[int, int, int]] = []
    for start in range(0, len(vectors), PAIRS_AT_ONCE):
        likeness = np.triu(products(vectors[start : start + PAIRS_AT_ONCE], vectors[start:]), k=1)  # each pair once
        most = np.argpartition(-likeness, min(EXAMPLES, likeness.size - 1), axis=None)[:EXAMPLES].tolist()
        pairs = [divmod(place, likeness.shape[1]) for place in most]
        found += [(int(likeness[one, other]), start + one, start + other) for one, other in pairs]
        found = sorted(found, key=lambda pair: (-pair[0], pair[1:]))[:EXAMPLES]
    rows = _counted_rows(looked)[looked.drawn["row"]].tolist()
    return {
        ((rows[one], ""), (rows[other], "")): min(millionths(Fraction(likeness, COSINE_ONE)), MILLION)
        for likeness, one, other in found
        if likeness > 0
    }


def _pair(one: Seen, other: Seen, likeness: int) -> Pair:
    """Put two documents in the order of reading."""
    return Pair(one, other, likeness) if one.number < other.number else Pair(other, one, likeness)


def _counted_rows(looked: quality.Looked) -> Array:
    """(counted,) the row in `Looked.columns` of each document that counts."""
    if looked.pooled:
        return np.flatnonzero(looked.near.standing)
    return np.arange(len(looked.near.standing))


def _find(
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


def _seen(number: int, document: Document) -> Seen:
    opening = plain(document.text[: 4 * OPENING])
    shown = opening if len(opening) <= OPENING else opening[: OPENING - 1] + "…"
    return Seen(number, document.identity.hex()[:12], shown)


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


def _codebook(by: str) -> Codebook:
    """Give the codebook that a profile sorts documents by."""
    embedding = quality.profile(by).embedding
    return next(book for book in map(load_codebook, CODEBOOKS) if book.embedding[0] == embedding)


def _topics(looked: quality.Looked, by: str) -> dict[str, int]:
    if "cell" not in looked.drawn:
        return {}
    sizes = np.bincount(looked.drawn["cell"], minlength=CELLS + 1)[:CELLS]
    fullest = np.argsort(-sizes, kind="stable")[:SHOWN].tolist()
    topics = _codebook(by).topics
    return {topics[cell]: int(sizes[cell]) for cell in fullest if sizes[cell]}


def _typical(looked: quality.Looked, by: str) -> Place | None:
    """Name the document without damage that stands nearest to the mean of all, or one of the fullest topic."""
    rows, counted = looked.drawn["row"], looked.counted
    whole = (counted["damage"].sum(axis=1) == 0)[rows] & (counted["tokens"] > 0)[rows]
    if not whole.any():
        return None
    likeness = _likeness(looked)
    row = int(rows[np.where(whole, likeness, likeness.min() - 1).argmax()])
    return int(_counted_rows(looked)[row]), ""


def _likeness(looked: quality.Looked) -> Array:
    """(drawn,) how much each drawn document is like the others, in whole numbers of no unit."""
    if "vector" in looked.drawn:
        vectors = looked.drawn["vector"].astype(np.int64)
        together: Array = vectors @ vectors.sum(axis=0)
        return together
    cell = looked.drawn["cell"]
    sizes = np.bincount(cell, minlength=CELLS + 1)
    sizes[cells.NONE] = 0
    tokens = looked.counted["tokens"][looked.drawn["row"]]
    middle = int(np.median(tokens[cell == sizes.argmax()])) if sizes.any() else 0
    # of the fullest topic the one of the most usual length
    likeness: Array = sizes[cell] * (2 * int(tokens.max(initial=0)) + 1) - np.abs(tokens - middle)
    return likeness
