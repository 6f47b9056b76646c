"""What is a dataset's quality, measured on the dataset alone, in one pass?

Four measures of [Ayyoubzadeh25, section 7.3], each in a module of its own; each score is a pure function of a few
counts, and the counts go with it, so that anyone can recompute the scores without the data (`recompute`).

A text that is offered twice (equal `Document.identity`) counts once for cleanliness and diversity, and its repeat as
duplication. Where copies differ in white space, the most damaged one counts, and the oldest date: nothing depends on
the order of the documents.

Profile "section7-hashed/1": k = 50, tokens and sentences by `text`, embeddings of hashed words by `embedding`, all
pairs, ages up to 3650 days, 1024 sentences against 8192, equal halves of recency and duplication, six fields of
metadata. Any change to a formula, a constant or a list of words is another profile.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction

from evenhand.errors import OfferError, Problem, StoreError
from evenhand.plaintext import plain
from evenhand.quality import cleanliness, diversity, novelty
from evenhand.quality import metadata as metadata_fields
from evenhand.quality.embedding import embed
from evenhand.quality.text import count_tokens, sentences
from evenhand.records import MEASURES, Dataset, Document, Manifest, Scores

PROFILE = "section7-hashed/1"
"""Name and version of the formulas and constants; stands in every record."""

_RULES = {
    "cleanliness": (cleanliness.COUNTS, cleanliness.score),
    "diversity": (diversity.COUNTS, diversity.score),
    "novelty": (novelty.COUNTS, novelty.score),
    "metadata": (metadata_fields.COUNTS, metadata_fields.score),
}

_BATCH_CHARACTERS = 200_000  # embedded at once; bounds the memory, changes no result
_BATCH_DOCUMENTS = 512


def measure(
    dataset: Dataset, metadata: Mapping[str, str], *, as_of: date, reference: novelty.Reference | None, where: str
) -> Scores:
    """Measure what a dataset is worth to anyone: how clean, diverse, novel and well described it is.

    Args:
        dataset: the documents; read once, one at a time.
        metadata: what the seller states of the dataset as a whole; its "date" holds where no document has one.
        as_of: the day on which recency is judged.
        reference: from `read_reference`; None where the call names none.
        where: what is measured, for the message.

    Returns:
        The four scores in millionths, and the counts that they follow from.

    Raises:
        OfferError: the dataset holds no document.

    >>> scores = measure(Dataset.of(["Market day", "Rain again", "Market  day"]), {"date": "2026"},
    ...                  as_of=date(2026, 1, 1), reference=None, where="example")
    >>> scores.cleanliness, scores.diversity, scores.novelty
    (1000000, 500000, 833333)
    """
    tally = _Tally(as_of, metadata.get("date", ""), keep_sentences=reference is not None)
    for document in dataset:
        tally.add(document)
    if not tally.documents:
        raise OfferError(
            Problem(where, "holds no document", "a dataset has at least one", "Offer some text, or withdraw the offer.")
        )
    evidence = tally.count(metadata, reference)
    return Scores(**recompute(evidence), evidence=evidence)


def recompute(evidence: Mapping[str, Mapping[str, int]], where: str = "evidence") -> dict[str, int]:
    """Recompute the four scores from their counts: measure -> millionths.

    Raises:
        StoreError: a measure or a count is missing, unknown or negative; every such problem is named.
    """
    problems = [
        Problem(
            f"{where}.{name}",
            found,
            "a score follows from whole counts, 0 or more, under their own names",
            "Restore the record as it was published.",
        )
        for name in (*_RULES, *(other for other in evidence if other not in _RULES))
        for found in (_faults(_RULES[name][0], evidence.get(name, {})) if name in _RULES else ["is no measure"])
    ]
    if problems:
        raise StoreError(problems)
    return {name: score(evidence[name]) for name, (_, score) in _RULES.items()}


def _faults(expected: Iterable[str], counts: Mapping[str, int]) -> Iterator[str]:
    yield from (f'has no count "{name}"' for name in expected if name not in counts)
    yield from (f'has a count "{name}"' for name in counts if name not in expected)
    yield from (f'counts {value} for "{name}"' for name, value in counts.items() if value < 0)


def possible(
    evidence: Mapping[str, Mapping[str, int]], manifest: Manifest, *, has_reference: bool
) -> Iterator[tuple[bool, str]]:
    """Check what the counts of one dataset must have to do with each other: (whether it holds, what must hold)."""
    documents = evidence["novelty"]
    yield documents["documents"] == manifest.documents, "every document is counted"
    yield documents["distinct"] == evidence["diversity"]["documents"] == manifest.distinct, "every distinct text is too"
    dated = documents["undated"] + documents["postdated"] <= documents["distinct"]
    yield dated and documents["fresh_days"] <= documents["distinct"] * novelty.AGE_DAYS_MAX, "a text has one date"
    yield documents["copied"] <= documents["sentences"] <= novelty.SENTENCES_MAX, "sentences are drawn, and some known"
    yield (documents["reference_sentences"] > 0) == has_reference, "duplication is measured where a reference is named"
    yield all(valid in (0, 1) for valid in evidence["metadata"].values()), "a field of metadata is valid or not"


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


class _Tally:
    """What is known of the documents so far; each distinct text once."""

    def __init__(self, as_of: date, date_of_all: str, *, keep_sentences: bool) -> None:
        self.documents = 0
        self._as_of, self._date_of_all, self._keep_sentences = as_of, date_of_all, keep_sentences
        self._tokens = 0
        self._damaged: dict[bytes, cleanliness.Damage] = {}  # only those that have any
        self._days_left: dict[bytes, int] = {}
        self._spread = diversity.Spread()
        self._lowest = novelty.LowestSentences(novelty.SENTENCES_MAX)
        self._batch: list[str] = []
        self._batch_characters = 0

    def add(self, document: Document) -> None:
        document = _whole(document)
        identity = document.identity
        self.documents += 1
        damage = cleanliness.damage(document.text)
        if any(damage):
            most = max(damage, self._damaged.get(identity, damage), key=lambda counts: (sum(counts), counts))
            self._damaged[identity] = most
        left = novelty.days_left(document.metadata.get("date", ""), self._as_of)
        if identity in self._days_left:
            self._days_left[identity] = min(left, self._days_left[identity])
        else:
            self._days_left[identity] = left
            self._add_text(plain(document.text))

    def _add_text(self, text: str) -> None:
        self._tokens += count_tokens(text)
        if self._keep_sentences:
            for sentence in sentences(text):
                self._lowest.add(sentence)
        self._batch.append(text)
        self._batch_characters += len(text)
        if len(self._batch) == _BATCH_DOCUMENTS or self._batch_characters > _BATCH_CHARACTERS:
            self._embed_batch()

    def _embed_batch(self) -> None:
        self._spread.add(embed(self._batch))
        self._batch, self._batch_characters = [], 0

    def count(self, metadata: Mapping[str, str], reference: novelty.Reference | None) -> dict[str, dict[str, int]]:
        self._embed_batch()
        left = list(self._days_left.values())
        if all(days == novelty.UNDATED for days in left):
            left = [novelty.days_left(self._date_of_all, self._as_of)] * len(left)
        dated = sum(days >= 0 for days in left)
        return {
            "cleanliness": cleanliness.count(self._tokens, self._damaged.values()),
            "diversity": self._spread.count(),
            "novelty": novelty.count(self.documents, left, self._lowest.drawn(), reference),
            "metadata": metadata_fields.count(metadata, dated=dated, documents=len(left)),
        }


def _whole(document: Document) -> Document:
    """Replace halves of surrogate pairs, which no encoding can hold, by U+FFFD: damage like any other."""
    try:
        document.text.encode()
    except UnicodeEncodeError:
        text = document.text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return Document(text, document.metadata)
    return document
