"""How are many documents read at once? As one row of tokens, each a place in the vocabulary.

The groups are neither so short that arrays cost more than they save nor so long that they are not held; where one ends
changes no result.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from evenhand.quality.cleanliness.dictionaries import READ
from evenhand.quality.cleanliness.language import Cast, spoken
from evenhand.quality.cleanliness.visible import as_seen
from evenhand.quality.cleanliness.vocabulary import WORD, Vocabulary, vocabulary
from evenhand.quality.text import tokens
from evenhand.records import Array

_PIECE_CHARACTERS = 1 << 18  # cut into tokens at once
_GROUP_CHARACTERS, _GROUP_DOCUMENTS = 1 << 20, 256


@dataclass(frozen=True)
class Reading:
    """Some documents, cut into t tokens in all."""

    texts: list[str]
    """as they are looked at (`visible.as_seen`)"""
    table: Vocabulary
    lengths: Array
    """(n,) tokens of each document."""
    indices: Array
    """(t,) places in the vocabulary."""
    flags: Array
    """(t,) what each token is (`Vocabulary.flags`)."""
    owners: Array
    """(t,) whose token it is."""
    languages: Array
    """(n, READ) bool: the languages of each document among those that are read."""
    hosts: Array
    """(n,) the first language of a document where that is none of these: its place in LANGUAGES; else -1."""

    def documents(self) -> Iterator[tuple[str, slice]]:
        """Give each text and which tokens are its own."""
        ends = np.cumsum(self.lengths).tolist()
        for text, end, length in zip(self.texts, ends, self.lengths.tolist(), strict=True):
            yield text, slice(end - length, end)

    def by_languages(self, otherwise: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Array]]:
        """Give some languages, and (n,) bool: the documents in them; those in none count as in `otherwise`."""
        for row in sorted({tuple(row) for row in self.languages.tolist()}):
            names = tuple(name for name, is_spoken in zip(READ, row, strict=True) if is_spoken)
            if names or otherwise:
                yield names or otherwise, (self.languages == row).all(axis=1)


def readings(texts: Sequence[str]) -> Iterator[Reading]:
    """Read documents, a group at a time. A reading holds until the next one is asked for."""
    group: list[str] = []
    characters = 0
    for text in map(as_seen, texts):
        group.append(text)
        characters += len(text)
        if len(group) == _GROUP_DOCUMENTS or characters > _GROUP_CHARACTERS:
            yield _read(group)
            group, characters = [], 0
    if group:
        yield _read(group)


def _read(texts: list[str]) -> Reading:
    table = vocabulary()
    table.trim()
    parts = [[table.indices(tokens(piece)) for piece in _pieces(text)] for text in texts]
    lengths = np.array([sum(map(len, part)) for part in parts])
    indices = np.concatenate([index for part in parts for index in part])
    flags = table.flags(indices)
    owners = np.repeat(np.arange(len(texts), dtype=np.int32), lengths)
    words = np.bincount(owners, weights=flags & WORD > 0, minlength=len(texts))
    languages, hosts = spoken(_cast(indices, table, owners, len(texts)), words)
    return Reading(texts, table, lengths, indices, flags, owners, languages, hosts)


def _cast(indices: Array, table: Vocabulary, owners: Array, documents: int) -> Cast:
    """Count how often each different word that votes stands in each document."""
    voting = np.flatnonzero(table.ballots(indices))
    pairs = np.sort(owners[voting].astype(np.int64) * len(table) + indices[voting])
    first = np.flatnonzero(np.diff(pairs, prepend=-1))
    owner, index = np.divmod(pairs[first], len(table))
    return Cast(documents, owner, table.ballots(index), np.diff(first, append=len(pairs)).astype(np.float64))


def _pieces(text: str) -> Iterator[str]:
    """Cut a long text at spaces, where there are any."""
    start = 0
    while len(text) - start > _PIECE_CHARACTERS:
        end = text.find(" ", start + _PIECE_CHARACTERS)
        if end < 0:
            break
        yield text[start:end]
        start = end
    yield text[start:]
