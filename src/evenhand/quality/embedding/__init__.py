"""Which texts are about the same things? Each embedding answers with unit vectors of whole numbers.

hashed_words.py  texts that share words; needs nothing but this package
minilm.py        texts that mean the same; the published MiniLM, 88 MB, in a package of its own
transformer.py   its network, computed in whole numbers: the same bits on every machine
vectors.py       the length of a vector, and why the product of two is exact

A text's vector depends on the text alone: no batch, order, machine or number of threads can change it.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Protocol

from evenhand.errors import OfferError, unknown
from evenhand.quality.embedding import hashed_words
from evenhand.quality.embedding.hashed_words import DIMENSIONS, HashedWords, embed
from evenhand.quality.embedding.vectors import COSINE_ONE, LENGTH, products, unit
from evenhand.records import Array

__all__ = [
    "COSINE_ONE",
    "DIMENSIONS",
    "EMBEDDINGS",
    "LENGTH",
    "Embedding",
    "embed",
    "open_embedding",
    "products",
    "unit",
]


class Embedding(Protocol):
    """A way to place texts, so that texts about the same things lie near each other."""

    @property
    def name(self) -> str:
        """What a profile calls it, with its version."""
        ...

    @property
    def digest(self) -> str:
        """The SHA-256, in hexadecimal, of all that a vector follows from besides the text: rules and weights."""
        ...

    @property
    def dimensions(self) -> int:
        """How many coordinates a vector has."""
        ...

    def embed(self, texts: Sequence[str]) -> Array:
        """Give `plain` texts unit vectors: (n, dimensions) int16 of length LENGTH, each from its own text alone."""
        ...


def _open_minilm() -> Embedding:
    from evenhand.quality.embedding import minilm

    return minilm.load()


EMBEDDINGS: dict[str, Callable[[], Embedding]] = {hashed_words.NAME: HashedWords, "minilm-l6-v2/1": _open_minilm}
"""name -> how to open it."""


@cache
def open_embedding(name: str) -> Embedding:
    """Open an embedding by name; a model is read once a process.

    Raises:
        OfferError: no embedding has the name, or what it needs is not installed.

    >>> open_embedding("hashed-words/1").embed(["market day"]).shape
    (1, 512)
    """
    if name not in EMBEDDINGS:
        raise OfferError(unknown("embedding", name, EMBEDDINGS))
    return EMBEDDINGS[name]()
