"""What do the measures look at? Some documents at a time; what is noted of each depends on that document alone.

So the notes of a dataset are the same however it is cut into batches, in whatever order and by however many processes
they are worked through: put together and sorted by identity they are the same rows.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from evenhand.plaintext import plain
from evenhand.records import Array, Document

Notes = Mapping[str, Array]
"""column -> one row a document: integers, whatever has been noted."""


@dataclass(frozen=True)
class Batch:
    """Some documents."""

    documents: list[Document]

    @classmethod
    def of(cls, documents: Iterable[Document]) -> "Batch":
        """Take documents, with halves of surrogate pairs, which no encoding can hold, replaced by U+FFFD.

        >>> Batch.of([Document("Market\\ud800  day")]).plain
        ['Market� day']
        """
        return cls([whole(document) for document in documents])

    def __len__(self) -> int:
        return len(self.documents)

    @cached_property
    def texts(self) -> list[str]:
        """The texts as they were offered."""
        return [document.text for document in self.documents]

    @cached_property
    def plain(self) -> list[str]:
        """Their plain forms (`plaintext`)."""
        return [plain(text) for text in self.texts]

    @cached_property
    def identities(self) -> Array:
        """(n, 32) uint8: the SHA-256 of each plain text."""
        joined = b"".join(hashlib.sha256(text.encode()).digest() for text in self.plain)  # `Document.identity`
        return np.frombuffer(joined, dtype=np.uint8).reshape(-1, 32)


def whole(document: Document) -> Document:
    """Give a document that an encoding can hold: halves of surrogate pairs are replaced by U+FFFD."""
    try:
        document.text.encode()
    except UnicodeEncodeError:
        text = document.text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return Document(text, document.metadata)
    return document
