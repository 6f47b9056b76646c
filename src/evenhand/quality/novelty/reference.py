"""What is already known? A named, hashed collection of public sentences, in memory or mapped from a folder.

Of all its distinct sentences stay the keys, sorted, by which a copy is recognised; of their words the keys, sorted, by
which a text of nothing is; and of the sentences with the lowest keys, in that order, the vectors, with which the
nearest is found. None of it hangs on the order of the documents or on how they are cut into batches, so the same text
under the same embedding and name has the same digest everywhere.

Sentences are placed by the embedding of the profile. To 1,500 sentences of medicine, arithmetic and speeches, new text
of other fields has a mean cosine of 0.35 to 0.37 by hashed words and 0.33 to 0.42 by MiniLM; new text of medicine has
0.46 and 0.57, and twelve known words at random 0.44 by MiniLM. MiniLM places some 50 sentences a second on one core: a
folder is embedded once, a dataset in every round and every verification.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from evenhand import canonical
from evenhand.errors import OfferError, Problem
from evenhand.quality.batch import Batch
from evenhand.quality.embedding import Embedding
from evenhand.quality.embedding.hashed_words import HashedWords
from evenhand.quality.novelty.drawing import Keys, key_of
from evenhand.quality.text import sentences, words
from evenhand.records import Array, BuiltReference, Dataset, ReferenceFolder, Watch, unwatched

FORMAT = "evenhand/reference/1"

SENTENCES_IN_MEMORY_MAX = 8192
"""How many sentences of a reference that is read into memory are embedded: 8 MiB of vectors."""

PARTS = {"sentences.u64": "<u8", "words.u64": "<u8", "vectors.i16": "<i2"}
"""file of a reference -> what its numbers are; no header, no padding: every byte counts."""

EMBEDDED_AT_ONCE = 1024
_HASHED_AT_ONCE = 2**20


HASHED = HashedWords()
"""What sentences are embedded by if nothing else is said."""


@dataclass(frozen=True)
class Meta:
    """What a reference says of itself: the file `meta.json` of its folder."""

    format: str
    name: str
    embedding: str
    embedding_digest: str
    dimensions: int
    sentences: int
    """distinct sentences, each known by its key."""
    embedded: int
    """those with the lowest keys, which have a vector."""
    words: int
    """distinct words."""
    parts: dict[str, str]
    """file -> SHA-256 of its bytes."""
    digest: str = ""
    """SHA-256 of all of the above: the name of this very reference in a record."""

    def sealed(self) -> "Meta":
        """Give it with its digest."""
        return replace(self, digest=canonical.digest(canonical.encode(replace(self, digest=""))))

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """File -> the shape of what it holds."""
        shapes = ((self.sentences,), (self.words,), (self.embedded, self.dimensions))
        return dict(zip(PARTS, shapes, strict=True))


@dataclass(frozen=True, eq=False)
class Reference:
    """Public text against which duplication is measured; read or opened once, for all offers of a call."""

    embedding: Embedding
    keys: Array
    """(sentences,) uint64, sorted: the keys of all its sentences."""
    words: Array
    """(words,) uint64, sorted: the keys of all their words."""
    vectors: Array
    """(embedded, D) int16: row i is the place of the sentence with key i."""
    meta: Meta

    @classmethod
    def of(cls, name: str, embedding: Embedding, keys: Array, word_keys: Array, vectors: Array) -> "Reference":
        """Put a reference together, and hash it."""
        digests = map(digest_of, (keys, word_keys, vectors), PARTS.values())
        sizes = len(keys), len(vectors), len(word_keys)
        meta = describe(name, embedding, *sizes, dict(zip(PARTS, digests, strict=True)))
        return cls(embedding, keys, word_keys, vectors, meta)

    @property
    def name(self) -> str:
        """What the buyer calls it."""
        return self.meta.name

    @property
    def digest(self) -> str:
        """SHA-256 of name, embedding, sentences and vectors."""
        return self.meta.digest

    def copied(self, keys: Array) -> Array:
        """Say of each key whether its sentence stands in here word for word: (n,) bool."""
        return _among(keys, self.keys)

    def known_words(self, sentence: str) -> tuple[int, int]:
        """Count of a sentence the words that stand in here, and all."""
        told = words(sentence)
        keys = np.fromiter(map(key_of, told), dtype=np.uint64, count=len(told))
        return int(_among(keys, self.words).sum()), len(told)


def read_reference(
    dataset: Dataset,
    embedding: Embedding = HASHED,
    *,
    name: str = "reference",
    most: int = SENTENCES_IN_MEMORY_MAX,
    watch: Watch = unwatched,
) -> Reference:
    """Read the public text that duplication is measured against, one document at a time, twice.

    In memory stay 8 bytes a sentence and a word, and the vectors of at most `most` sentences. For more than some
    hundred thousand, build a folder (`build_reference`).

    Raises:
        OfferError: it holds no sentence.

    >>> reference = read_reference(Dataset.of(["Market day. Rain again.", "Rain again."]))
    >>> len(reference.keys), reference.vectors.shape, reference.known_words("market in the rain")
    (2, (2, 512), (2, 2))
    """
    keys, word_keys = survey(dataset, watch)
    vectors = np.zeros((min(most, len(keys)), embedding.dimensions), dtype=np.int16)
    done = np.zeros(len(vectors), dtype=bool)
    for rows, places in embedded(dataset, embedding, keys[: len(done)], done):
        vectors[rows], done[rows] = places, True
        watch("embed reference", int(done.sum()), len(done))
    return Reference.of(name, embedding, keys, word_keys, vectors)


def reference_of(
    named: Dataset | ReferenceFolder | None, embedding: Embedding, watch: Watch = unwatched
) -> Reference | None:
    """Give what a call names as its reference: read from a dataset, or opened in its folder; None where it names none.

    Args:
        named: by the call.
        embedding: of the profile that quality is measured by.
        watch: told of the stages "read reference" and "embed reference" of a dataset.

    Raises:
        OfferError: as of `read_reference` and `open_reference`.
    """
    if isinstance(named, ReferenceFolder):
        opened: Reference = named.open(embedding)
        return opened
    return None if named is None else read_reference(named, embedding, watch=watch)


def misfits(built: BuiltReference, profile: str, embedding: str, where: str) -> list[Problem]:
    """Say that a built reference is of another embedding than a profile, before it is opened.

    >>> built = BuiltReference("refs/public", "public", "sha256:0", "minilm-l6-v2/1", sentences=9, embedded=9)
    >>> for problem in misfits(built, "evenhand/1", "hashed-words/1", "call.reference"):
    ...     print(problem.found, "-", problem.bound)
    is embedded by "minilm-l6-v2/1" - the profile "evenhand/1" compares sentences by "hashed-words/1"
    """
    if built.embedding == embedding:
        return []
    bound = f'the profile "{profile}" compares sentences by "{embedding}"'
    remedy = f"Build it anew (evenhand reference ... --profile {profile}), or name a profile with its embedding."
    return [Problem(where, f'is embedded by "{built.embedding}"', bound, remedy)]


def survey(dataset: Dataset, watch: Watch = unwatched) -> tuple[Array, Array]:
    """Give the sorted keys of all distinct sentences, and of all their distinct words.

    Raises:
        OfferError: there is no sentence.
    """
    keys, known, documents = Keys(), set[str](), 0
    for texts in _texts(dataset):
        documents += 1
        for sentence in texts:
            keys.add(key_of(sentence))
            known.update(words(sentence))
    watch("read reference", documents, documents)
    sorted_keys = keys.sorted()
    if not len(sorted_keys):
        raise OfferError(
            Problem(
                "reference",
                "holds no sentence",
                "duplication is measured against sentences",
                "Name a dataset with text, or no reference.",
            )
        )
    return sorted_keys, np.unique(np.fromiter(map(key_of, known), dtype=np.uint64, count=len(known)))


def embedded(dataset: Dataset, embedding: Embedding, keys: Array, done: Array) -> Iterator[tuple[Array, Array]]:
    """Read a dataset again and embed its sentences, each once: (rows, their vectors).

    Args:
        dataset: as it was surveyed.
        embedding: gives the vectors.
        keys: of the sentences that are wanted, sorted; the place of a key is its sentence's row.
        done: (len(keys),) bool, the rows that have a vector; whoever takes one marks it before asking for more.
    """
    pending: dict[int, str] = {}
    wanted = _wanted(dataset, keys, done, pending)
    while some := list(islice(wanted, EMBEDDED_AT_ONCE)):
        rows = np.array(some)
        yield rows, embedding.embed([pending[row] for row in some])
        pending.clear()


def _wanted(dataset: Dataset, keys: Array, done: Array, pending: dict[int, str]) -> Iterator[int]:
    for texts in _texts(dataset):
        found = np.fromiter(map(key_of, texts), dtype=np.uint64, count=len(texts))
        rows = np.searchsorted(keys, found)
        here = rows < len(keys)
        here[here] = keys[rows[here]] == found[here]
        for index in np.flatnonzero(here):
            row = int(rows[index])
            if not done[row] and row not in pending:
                pending[row] = texts[index]
                yield row


def _texts(dataset: Dataset) -> Iterator[list[str]]:
    """The sentences of each document."""
    for document in dataset:
        yield [sentence for text in Batch.of([document]).plain for sentence in sentences(text)]


def describe(name: str, embedding: Embedding, sentences: int, embedded: int, words: int, parts: dict[str, str]) -> Meta:
    """Write down what a reference is made of."""
    about = (FORMAT, name, embedding.name, embedding.digest, embedding.dimensions)
    return Meta(*about, sentences, embedded, words, parts).sealed()


def digest_of(column: Array, kind: str) -> str:
    """Give the SHA-256 of numbers as they stand in a file."""
    hasher = hashlib.sha256()
    flat = column.reshape(-1)
    for start in range(0, len(flat), _HASHED_AT_ONCE):
        hasher.update(flat[start : start + _HASHED_AT_ONCE].astype(kind).tobytes())
    return canonical.named(hasher.hexdigest())


def _among(keys: Array, known: Array) -> Array:
    """Look up keys among sorted ones, without reading them all, as `isin` would."""
    rows = np.searchsorted(known, keys)
    here = rows < len(known)
    here[here] = known[rows[here]] == keys[here]
    return here
