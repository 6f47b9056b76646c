"""How can anyone tell that these are the documents that were offered? By two digests and three counts.

`digest` fixes the dataset as it is, `content` what it says. The bytes, so that any program can check them:

    leaf(document)   SHA-256 of the text in UTF-8, as stored                              32 bytes
                     SHA-256 of the metadata as canonical JSON (RFC 8785), "{}" if none   32 bytes
    digest           SHA-256 of the leaves in reading order, one after another
    content          SHA-256 of the distinct `Document.identity` values (32 bytes each), sorted, one after another

Both are written "sha256:" and 64 hexadecimal digits. Leaves have one length, so no two lists of documents share their
bytes. Two datasets with one `content` hold the same texts in plain form (`plaintext`), whatever their order,
repetitions and metadata. Rows without text that a reader passed over are in neither; how many there were is said
beside them (`blank`), where there were any.
"""

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from evenhand import canonical
from evenhand.errors import OfferError, Problem
from evenhand.plaintext import is_blank
from evenhand.records import Dataset, Document, Manifest

METADATA_CACHED = 4096
"""Documents often share their metadata: so many different ones are encoded once."""


def describe(dataset: Dataset) -> Manifest:
    """Say what a dataset is made of, so that the one delivered can be told from the one offered: see `survey`.

    Example: the order of documents is part of the digest, not of the content.
        >>> one, other = describe(Dataset.of(["wheat", "rye"])), describe(Dataset.of(["rye", "wheat", "rye "]))
        >>> one.content == other.content, one.digest == other.digest
        (True, False)
        >>> other.documents, other.distinct, other.size_bytes
        (3, 2, 12)
    """
    return survey(dataset)[0]


def survey(dataset: Dataset) -> tuple[Manifest, frozenset[bytes]]:
    """Describe a dataset, and give the identities of its distinct documents.

    Reads the documents once and one at a time; what stays in memory is the identity of each distinct text (32 bytes,
    with what a set needs around them about 150).

    Args:
        dataset: the documents; they may repeat, and some may be blank.

    Returns:
        the manifest (the module's docstring has the bytes under the digests) and the identities, 32 bytes each.

    Raises:
        OfferError: there is no document, or none with a text that is not blank; a text or a metadata value is not
            something that UTF-8 can hold.
    """
    leaves = hashlib.sha256()
    identities: set[bytes] = set()
    documents = size_bytes = 0
    blank, reading = True, _Reading(dataset)
    for document in reading:
        documents += 1
        text, metadata = _stored(document, documents, dataset)
        leaves.update(hashlib.sha256(text).digest() + metadata)
        identities.add(document.identity)
        size_bytes += len(text)
        blank = blank and is_blank(document.text)
    if blank:
        raise OfferError(_empty(dataset, documents, reading.passed))
    content = hashlib.sha256()
    for identity in sorted(identities):
        content.update(identity)
    digests = canonical.named(leaves.hexdigest()), canonical.named(content.hexdigest())
    manifest = Manifest(*digests, documents, len(identities), size_bytes, blank=reading.passed)
    return manifest, frozenset(identities)


class _Reading:
    """The documents of a dataset, read once."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self.passed = 0
        """rows without text that were passed over; known once all is read"""

    def __iter__(self) -> Iterator[Document]:
        documents: Any = self._dataset.read()  # an iterator that is no generator returns nothing at its end
        self.passed = (yield from documents) or 0


def _stored(document: Document, number: int, dataset: Dataset) -> tuple[bytes, bytes]:
    """Give the UTF-8 text and the SHA-256 of the metadata, or refuse the document.

    Readers give no other; documents made in memory may hold anything.
    """
    where = f"{_name(dataset)}, document {number}"
    for name, value in document.metadata.items():
        if not isinstance(value, str):
            raise OfferError(
                Problem(where, f'its metadata "{name}" is {value!r}', "metadata is text", f'Write it as "{value}".')
            )
    try:
        return document.text.encode(), _metadata_digest(tuple(document.metadata.items()))
    except ValueError as error:  # of str.encode and of canonical JSON alike: half of a surrogate pair
        raise OfferError(
            Problem(
                where,
                f"holds half a character ({error})",
                "text is what UTF-8 can hold",
                "Decode it again from its source.",
            )
        ) from None


@lru_cache(maxsize=METADATA_CACHED)
def _metadata_digest(items: tuple[tuple[str, str], ...]) -> bytes:
    return hashlib.sha256(canonical.encode(dict(items))).digest()


def _empty(dataset: Dataset, documents: int, passed: int) -> Problem:
    found = f"all of its {documents:,} documents are blank" if documents else "it holds no document"
    found += f": all of its {passed:,} rows are without text" if passed and not documents else ""
    return Problem(_name(dataset), found, "a dataset has at least one document with text", _remedy(dataset))


def _remedy(dataset: Dataset) -> str:
    """Say what to do where there is no text: a field is read of tables only."""
    name = dataset.source.path.lower().removesuffix(".gz").removesuffix(".zst") if dataset.source else ""
    if name.endswith((".txt", ".md", ".rst")):
        return "Write text into it, or leave it out."
    return "Write text into it; where it is a table, check which field is read."


def _name(dataset: Dataset) -> str:
    return dataset.source.path if dataset.source else "dataset"
