"""What is a dataset's quality, measured on the dataset alone?

    look        every document is looked at once, on its own, by however many processes (`looking`)
    pool        copies and near-copies count as one, the worst of them deciding (`near_duplicates`, `tables`)
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

import numpy as np

from evenhand.errors import OfferError, Problem, StoreError
from evenhand.quality import metadata as fields
from evenhand.quality import near_duplicates, novelty, tables, volume
from evenhand.quality.batch import Batch, Notes, whole
from evenhand.quality.embedding import open_embedding
from evenhand.quality.looked import Looked
from evenhand.quality.looking import Look, batches, look
from evenhand.quality.profiles import DEFAULT, Profile, profile
from evenhand.records import MEASURES, Array, Dataset, Document, Manifest, RecordedOffer, Scores

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
        tell: told how many documents were looked at so far.

    Raises:
        OfferError: no profile or field has the name, or what a profile needs is not installed.
    """
    chosen, expected = profile(by), fields.expected(required or fields.REQUIRED)
    dated, signed = partial(novelty.notes, as_of=as_of), partial(near_duplicates.notes, key=key)
    part = look(dataset, Look((*chosen.notes, dated, signed), salt), tables.by_text, tell)
    identities = part.columns["identity"]
    near = near_duplicates.clusters(identities, part.columns["signature"], key=key)
    counted = identities[near.standing] if chosen.near_copies else identities
    rows = _drawn(counted, chosen.documents_max, salt)
    noted = {"row": rows, **_look_again(dataset, counted[rows], chosen)}
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
        required: the fields of metadata that the call expects, as in `look_at`; each is a count of "metadata".

    Raises:
        OfferError: no profile has the name.
        StoreError: a measure or a count is missing, unknown or negative; every such problem is named.
    """
    measures = profile(by).measures
    counts = {name: measure.counts for name, measure in measures.items()}
    counts["metadata"] = tuple(required) or fields.REQUIRED
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


def _faults(expected: Iterable[str], counts: Mapping[str, int]) -> Iterator[str]:
    yield from (f'has no count "{name}"' for name in expected if name not in counts)
    yield from (f'has a count "{name}"' for name in counts if name not in expected)
    yield from (f'counts {value} for "{name}"' for name, value in counts.items() if value < 0)


def possible(offer: RecordedOffer, by: str = DEFAULT, *, has_reference: bool) -> Iterator[tuple[bool, str]]:
    """Check what the counts of one offer must have to do with each other: (whether it holds, what must hold)."""
    evidence, manifest, copies = offer.scores.evidence, offer.material.manifest, offer.copies
    known, spread = evidence["novelty"], evidence["diversity"]
    yield known["documents"] == manifest.documents, "every document is counted"
    yield copies.distinct == manifest.distinct, "every distinct text is too"
    counted = copies.standing if profile(by).near_copies else copies.distinct
    yield known["distinct"] == counted, "copies count once"
    yield 0 < copies.standing <= copies.distinct and 0 <= copies.shared <= copies.distinct, "copies are documents"
    yield 0 <= copies.sentences_shared <= copies.sentences == known["sentences_offered"], "sentences are counted once"
    measured = spread["documents"] if "documents" in spread else sum(spread.values())
    yield 0 < measured <= known["distinct"], "diversity is measured on documents that count"
    dated = known["undated"] + known["postdated"] + known["stale"] <= known["distinct"]
    yield dated and known["fresh_days"] <= known["distinct"] * novelty.AGE_DAYS_MAX, "a text has one date"
    drawn = known["copied"] + known["unlike"] <= known["sentences"] <= novelty.SENTENCES_MAX
    yield drawn and known["sentences"] <= copies.sentences, "sentences are drawn, and some known"
    yield (known["reference_sentences"] > 0) == has_reference, "duplication is measured where a reference is named"
    yield all(valid in (0, 1) for valid in evidence["metadata"].values()), "a field of metadata is valid or not"
    yield not list(_faults(volume.COUNTS, offer.volume)), "tokens are counted, and some repeated or damaged"


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
            f"is {weight}",
            f"a weight is 0 or more, for one of {', '.join(MEASURES)}",
            "Correct the name or the number.",
        )
        for name, weight in weights.items()
        if name not in MEASURES or weight < 0
    ]
    if not problems and not any(weights.values()):
        problems = [Problem("weights", "are all 0", "at least one is above 0", "Give a measure some weight.")]
    if problems:
        raise OfferError(problems)
    return round(Fraction(sum(weights[name] * getattr(scores, name) for name in weights), sum(weights.values())))


# -- how it is done --------------------------------------------------------------------------------------------------


def _drawn(identities: Array, most: int, salt: bytes) -> Array:
    """Give the rows of the documents on which diversity is measured: all, or those of the lowest ranks."""
    if len(identities) <= most:
        return np.arange(len(identities))
    ranks = [hashlib.blake2b(row.tobytes(), digest_size=8, key=salt).digest() for row in identities]
    drawn: Array = np.sort(sorted(range(len(ranks)), key=ranks.__getitem__)[:most])
    return drawn


def _look_again(dataset: Dataset, wanted: Array, chosen: Profile) -> Notes:
    """Read the drawn documents once more and note what is noted of these alone, in the order of the identities."""
    from joblib import Parallel, delayed

    rows = {row.tobytes(): place for place, row in enumerate(wanted)}
    found = _each_once(dataset, rows)
    looked = Parallel(return_as="generator")(delayed(_note_drawn)(batch, chosen.name) for batch in batches(found))
    parts = [_note_drawn([], chosen.name), *looked]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.argsort([rows[identity.tobytes()] for identity in columns.pop("identity")], kind="stable")
    return {name: column[order] for name, column in columns.items()}


def _note_drawn(documents: list[Document], name: str) -> Notes:
    chosen, batch = profile(name), Batch.of(documents)
    return {"identity": batch.identities, **chosen.notes_drawn(batch, open_embedding(chosen.embedding))}


def _each_once(dataset: Dataset, wanted: Iterable[bytes]) -> Iterator[Document]:
    missing = set(wanted)
    for document in map(whole, dataset):
        if not missing:
            return
        identity = document.identity
        if identity in missing:
            missing.remove(identity)
            yield document
