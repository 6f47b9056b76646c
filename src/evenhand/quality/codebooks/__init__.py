"""Which topics are there? The same for everybody: centroids that were fitted once, and published with their digest.

A codebook is a file of JSON beside this module, built by tools/build_codebook.py from WordNet's definitions, whose
licence and notice it carries. It is loaded only where its SHA-256 is the one in the table below.
"""

from base64 import b64decode
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import orjson

from evenhand import canonical
from evenhand.errors import OfferError, unknown
from evenhand.records import Array

CELLS = 64
CENTROID_LENGTH = 2**8
"""The length of a centroid, up to rounding: its coordinates fit int8, and its products with vectors float32. A codebook
is built to it (tools/build_codebook.py)."""

CODEBOOKS = {
    "wordnet-topics-minilm/1": "1cfc160a53b8fcd315ad436998706875211719763a2f60ca96cda8fb85d819e5",
}
"""name -> SHA-256 of its file."""


@dataclass(frozen=True, eq=False)
class Codebook:
    """The topics that documents are sorted into."""

    name: str
    digest: str
    embedding: tuple[str, str]
    """Name and digest of the embedding that it is of."""
    centroids: Array
    """(64 topics, then some of texts that have none; dimensions) int8, of length 2^8 up to rounding."""
    topics: tuple[str, ...]
    """Some words of each topic, for people."""
    source: str
    licence: str


@cache
def load_codebook(name: str) -> Codebook:
    """Load a codebook by name.

    Raises:
        OfferError: no codebook has the name, or its file is not the one that was published.
    """
    if name not in CODEBOOKS:
        raise OfferError(unknown("codebook", name, CODEBOOKS))
    return read_codebook(name, (files(__name__) / file_name(name)).read_bytes(), CODEBOOKS[name])


def read_codebook(name: str, data: bytes, sha256: str) -> Codebook:
    """Read a codebook's file, and refuse another one than was published."""
    if problem := canonical.another(data, sha256, f'codebook "{name}"', "Install evenhand again."):
        raise OfferError(problem)
    told = orjson.loads(data)
    centroids = np.frombuffer(b64decode(told["centroids"]), dtype=np.int8).reshape(-1, told["dimensions"])
    return Codebook(
        name,
        sha256,
        (told["embedding"], told["embedding_digest"]),
        centroids,
        tuple(told["topics"]),
        told["source"],
        told["licence"],
    )


def file_name(name: str) -> str:
    """Give the file of a codebook.

    >>> file_name("wordnet-topics-minilm/1")
    'wordnet-topics-minilm-1.json'
    """
    return name.replace("/", "-") + ".json"
