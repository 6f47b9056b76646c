"""What is a dataset's quality, measured on the dataset alone?

    look        every document is looked at once, on its own, by however many processes (`looking`)
    merge       copies and near-copies count as one, the worst of them deciding (`near_duplicates`, `tables`)
    draw        diversity is measured on a sample of the documents that count: they are read again and embedded
    count       a few whole numbers a measure: the evidence, which is published with the score
    score       each score follows from its counts alone, by the formulas of a named profile (`profiles`)

so that anyone can recompute the scores without the data (`recompute`), and the counts with it, in any order and cut
into any shards. Only whole numbers are added up; nothing depends on the order of the documents.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import partial
from itertools import islice

import numpy as np

from evenhand.errors import OfferError, Problem, StoreError, refuse, shown
from evenhand.quality import licence, near_duplicates, novelty, tables
from evenhand.quality import metadata as fields
from evenhand.quality.batch import Batch, Notes
from evenhand.quality.embedding import open_embedding
from evenhand.quality.looked import Looked
from evenhand.quality.looking import Look, batches, look
from evenhand.quality.profiles import DEFAULT, Profile, profile
from evenhand.records import MEASURES, Array, Dataset, Document, Manifest, Scores

Counts = Mapping[str, int]


def look_at(
    dataset: Dataset,
    manifest: Manifest,
    metadata: Mapping[str, str],
    *,
    as_of: date,
    reference: novelty.Reference | None,
    by: str = DEFAULT,
    salt: bytes = b"",
    key: int = 0,
    required: Sequence[str] = (),
    licences: Sequence[str] = (),
    tell: Callable[[int], None] = lambda done: None,
) -> Looked:
    """Look at a dataset: all that its scores follow from.

    Args:
        dataset: the documents; read twice, one at a time.
        manifest: what `datasets.describe` says of it.
        metadata: what the seller states of the dataset as a whole; its "date" holds where no document has one.
        as_of: the day on which recency is judged.
        reference: from `read_reference` or `open_reference`; None where the call names none.
        by: the profile.
        salt: of the samples that are drawn, at most 64 bytes; what the seller cannot foresee (`novelty.salted`).
        key: of the signatures by which near-copies are found; the same for all offers that are compared.
        required: the fields of metadata that are expected, names of `metadata.FIELDS`; its `REQUIRED` where none are
            named.
        licences: those that the call allows: one of them that is on no list is a valid licence in this call.
        tell: told how many documents were looked at so far.

    Raises:
        OfferError: no profile, field or licence has the name, or what a profile needs is not installed.
    """
    chosen, expected, allowed = profile(by), fields.expected(required or fields.REQUIRED), licence.unlisted(licences)
    dated, signed = partial(novelty.notes, as_of=as_of), partial(near_duplicates.notes, key=key)
    part = look(dataset, Look((*chosen.notes, dated, signed), salt), tables.by_text, tell)
    identities = part.columns["identity"]
    near = near_duplicates.clusters(identities, part.columns["signature"], key=key)
    counted = identities[near.standing] if chosen.near_copies else identities
    rows = _drawn(counted, chosen.documents_max, salt)
    places = part.places[near.standing] if chosen.near_copies else part.places
    noted = {"row": rows, **_look_again(dataset, places[rows], counted[rows], chosen)}
    files = dataset.digests() if dataset.digests and "checksum" in expected and metadata.get("checksum") else ()
    return Looked(
        manifest,
        part.columns,
        near,
        chosen.near_copies,
        part.sentences,
        noted,
        metadata,
        as_of,
        reference,
        expected,
        files,
        allowed,
    )


def scores_of(looked: Looked, by: str = DEFAULT) -> Scores:
    """Give the four scores of a dataset that was looked at, in millionths, and the counts that they follow from."""
    evidence = {name: measure.count(looked) for name, measure in profile(by).measures.items()}
    return Scores(**recompute(evidence, by, required=looked.required), evidence=evidence)


def measure(
    dataset: Dataset,
    metadata: Mapping[str, str],
    *,
    manifest: Manifest,
    as_of: date,
    reference: novelty.Reference | None = None,
    by: str = DEFAULT,
    salt: bytes = b"",
    key: int = 0,
    required: Sequence[str] = (),
) -> Scores:
    """Measure what a dataset is worth to anyone: how clean, diverse, novel and well described it is.

    Args and errors as of `look_at`.

    >>> from evenhand.datasets import describe
    >>> texts = Dataset.of(["Market day at nine", "Rain again", "Market  day, at NINE!"])
    >>> scores = measure(texts, {"date": "2026"}, manifest=describe(texts), as_of=date(2026, 1, 1))
    >>> scores.cleanliness, scores.diversity, scores.novelty
    (1000000, 500000, 833333)
    """
    looked = look_at(
        dataset, manifest, metadata, as_of=as_of, reference=reference, by=by, salt=salt, key=key, required=required
    )
    return scores_of(looked, by)


def recompute(
    evidence: Mapping[str, Counts], by: str = DEFAULT, where: str = "evidence", *, required: Sequence[str] = ()
) -> dict[str, int]:
    """Recompute the four scores from their counts: measure -> millionths.

    Args:
        evidence: measure -> name of a count -> count.
        by: the profile.
        where: what a message is about.
        required: the fields of metadata that the call expects, as in `look_at`; each is a count of "metadata", an alias
            under the name of its field.

    Raises:
        OfferError: no profile has the name.
        StoreError: a measure or a count is missing or unknown, or a count is no whole number of 0 or more; every such
            problem is named.
    """
    measures = profile(by).measures
    counts = {name: measure.counts for name, measure in measures.items()}
    counts["metadata"] = tuple(fields.ALIASES.get(name, name) for name in required or fields.REQUIRED)
    problems = [
        Problem(
            f"{where}.{name}",
            found,
            "a score follows from whole counts, 0 or more, under their own names",
            "Restore the record as it was published.",
        )
        for name in (*MEASURES, *(other for other in evidence if other not in measures))
        for found in (_faults(counts[name], evidence.get(name, {})) if name in measures else ["is no measure"])
    ]
    if problems:
        raise StoreError(problems)
    return {name: measures[name].score(evidence[name]) for name in MEASURES}


def _faults(expected: Iterable[str], counts: object) -> Iterator[str]:
    """Say what is wrong with the counts of one measure; they come from a record, so they may be anything."""
    if not isinstance(counts, Mapping):
        yield f"is {shown(counts)}"
        return
    yield from (f'has no count "{name}"' for name in expected if name not in counts)
    yield from (f'has a count "{name}"' for name in counts if name not in expected)
    yield from (f'counts {shown(each)} for "{name}"' for name, each in counts.items() if not _is_count(each))


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def combine(scores: Scores, weights: Mapping[str, int]) -> int:
    """Give the quality q in millionths: sum w_k part_k / sum w_k, exact, rounded once, half to even.

    Args:
        scores: the four parts.
        weights: measure -> weight, in any one unit; a measure without a weight counts nothing.

    Raises:
        OfferError: a weight is negative or for no measure, or none is above 0.

    >>> combine(Scores(900_000, 500_000, 300_000, 0, {}), {"cleanliness": 2, "diversity": 1})
    766667
    """
    problems = [
        Problem(
            f"weights.{name}",
            f"is {shown(weight)}",
            f"a weight is 0 or more, for one of {', '.join(MEASURES)}",
            "Correct the name or the number.",
        )
        for name, weight in weights.items()
        if name not in MEASURES or weight < 0
    ]
    if not problems and not any(weights.values()):
        problems = [Problem("weights", "are all 0", "at least one is above 0", "Give a measure some weight.")]
    refuse(problems)
    return round(Fraction(sum(weights[name] * getattr(scores, name) for name in weights), sum(weights.values())))


# -- how it is done --------------------------------------------------------------------------------------------------


def _drawn(identities: Array, most: int, salt: bytes) -> Array:
    """Give the rows of the documents on which diversity is measured: all, or those of the lowest ranks."""
    if len(identities) <= most:
        return np.arange(len(identities))
    ranks = [hashlib.blake2b(row.tobytes(), digest_size=8, key=salt).digest() for row in identities]
    drawn: Array = np.sort(sorted(range(len(ranks)), key=ranks.__getitem__)[:most])
    return drawn


def _look_again(dataset: Dataset, places: Array, identities: Array, chosen: Profile) -> Notes:
    """Read the drawn documents once more and note what is noted of these alone, in the order in which they were drawn.

    Args:
        dataset: in the order in which it was looked at.
        places: (n,) where one with each text stands in it.
        identities: (n, 32) uint8: who must be found there.
    """
    from joblib import Parallel, delayed

    drawn = np.argsort(places, kind="stable")
    texts = _texts_at(dataset, places[drawn])
    # one at a time, as when they were looked at: there are few, and none waits behind another
    looked = Parallel(return_as="generator", batch_size=1)
    noted = looked(delayed(_note_drawn)(batch, chosen.name) for batch in batches(texts))
    parts = [_note_drawn([], chosen.name), *noted]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    if not np.array_equal(columns.pop("identity"), identities[drawn]):
        raise OfferError(
            Problem(
                "dataset",
                "gives other documents when it is read again",
                "it is read twice, in the same order",
                "Leave it alone while it is measured.",
            )
        )
    order = np.argsort(drawn)
    return {name: column[order] for name, column in columns.items()}


def _note_drawn(documents: list[Document], name: str) -> Notes:
    chosen, batch = profile(name), Batch.of(documents)
    return {"identity": batch.identities, **chosen.notes_drawn(batch, open_embedding(chosen.embedding))}


def _texts_at(dataset: Dataset, places: Array) -> Iterator[Document]:
    """Read the texts at some places, which rise."""
    documents, before = iter(dataset), 0
    for place in places.tolist():
        for document in islice(documents, place - before, place - before + 1):
            yield Document(document.text)
        before = place + 1
