"""What is known of a token wherever it stands? Looked up once for each distinct token, and then an index in a table.

All of it follows from the token alone, so what a process has seen before changes no result, only the time. The table
is emptied when it has grown large.
"""

import hashlib
import re
from array import array
from collections.abc import Callable, Container, Iterable
from threading import local

import numpy as np

from evenhand.plaintext import visible
from evenhand.quality.cleanliness import boilerplate
from evenhand.quality.cleanliness.language import ballots
from evenhand.quality.cleanliness.spelling import Lexicon, lexicon
from evenhand.quality.cleanliness.visible import KINDS, token_kind
from evenhand.records import Array

TOKENS_MAX, CHARACTERS_MAX = 400_000, 8_000_000
"""What the table may hold, about 100 MB, before it is emptied between two pieces of text."""

TOKEN_LETTERS_MAX = 100
"""What is longer is not taken for a word."""

BLANK, WORD, LETTERS, ANCHOR = 1, 2, 4, 8
"""Nothing to see; a word that a dictionary can be asked for; letters in something else; may be part of boilerplate."""

_NOT_ASKED = 2
_SIGNS = ".,;:!?()[]{}<>\"'“”‘’‚„«»‹›…—–-*_/|&¿¡†‡•·°©®™"
_LATIN = "A-Za-zÀ-ÖØ-öø-ɏ"
_WORD = re.compile(rf"[{_LATIN}]+(?:[-‐‑–—/'’]{{1,2}}[{_LATIN}]+)*")
_BETWEEN = re.compile(r"[-‐‑–—/'’]+")
_CODE = re.compile(r"__|\(\)|\*\*\w+\W*\Z")
_LETTER = re.compile(r"[^\W\d_]")


class Vocabulary(dict[str, int]):
    """Distinct tokens, and tables with one entry each: what they are, and how they hash."""

    def __init__(self) -> None:
        super().__init__()
        self.forget()

    def forget(self) -> None:
        """Start anew."""
        self.clear()
        self._characters = 0
        self._words: list[str] = []  # the token without signs around it; "" where no dictionary can be asked
        self._names: list[str] = []  # what has letters and is no such word; else ""
        self._kinds, self._flags = bytearray(), bytearray()
        self._hashes, self._ballots = array("Q"), array("H")
        self._misspelt: dict[str, bytearray] = {}
        self._listed: dict[str, bytearray] = {}
        self._disguised: dict[str, bytearray] = {}

    def trim(self) -> None:
        """Start anew if there is too much; no index from before holds then."""
        if len(self) > TOKENS_MAX or self._characters > CHARACTERS_MAX:
            self.forget()

    def indices(self, tokens: list[str]) -> Array:
        """(t,) int32: the place of each token."""
        return np.fromiter(map(self.__getitem__, tokens), dtype=np.int32, count=len(tokens))

    def kinds(self, indices: Array) -> Array:
        """(t,) uint8: the kind of damage that shows on each token, 0 for none, else 1 + its place in `noise.KINDS`."""
        return _taken(self._kinds, np.uint8, indices)

    def flags(self, indices: Array) -> Array:
        """(t,) uint8: a sum of BLANK, WORD, LETTERS and ANCHOR."""
        return _taken(self._flags, np.uint8, indices)

    def hashes(self, indices: Array) -> Array:
        """(t,) uint64: of what is seen of each token, capitals apart."""
        return _taken(self._hashes, np.uint64, indices)

    def ballots(self, indices: Array) -> Array:
        """(t,) uint16: which languages each token votes for, by `language.ballots`."""
        return _taken(self._ballots, np.uint16, indices)

    def misspelt(self, indices: Array, languages: Iterable[str]) -> Array:
        """(t,) bool: whether a word is a slip in each of some languages."""
        result = np.ones(len(indices), dtype=bool)
        for language in languages:
            result &= self._asked(self._misspelt, indices, language, self._words, Lexicon.is_misspelt)
        return result

    def disguised(self, indices: Array, languages: Iterable[str]) -> Array:
        """(t,) bool: whether letters in something else hold a slip in each of some languages."""
        result = np.ones(len(indices), dtype=bool)
        for language in languages:
            result &= self._asked(self._disguised, indices, language, self._names, Lexicon.is_disguised)
        return result

    def among(self, indices: Array, known: Container[str]) -> Array:
        """(t,) bool: whether each word is one of some words in small letters."""
        folded = (self._words[index].casefold() for index in indices.tolist())
        return np.fromiter((word in known for word in folded), dtype=bool, count=len(indices))

    def listed(self, indices: Array, languages: Iterable[str]) -> Array:
        """(t,) bool: whether a word is in the dictionary of one of some languages."""
        result = np.zeros(len(indices), dtype=bool)
        for language in languages:
            result |= self._asked(self._listed, indices, language, self._words, Lexicon.lists)
        return result

    def _asked(
        self,
        answers: dict[str, bytearray],
        indices: Array,
        language: str,
        texts: list[str],
        question: Callable[[Lexicon, str], bool],
    ) -> Array:
        known = answers.setdefault(language, bytearray())
        known.extend(bytes([_NOT_ASKED]) * (len(self) - len(known)))
        told = _taken(known, np.uint8, indices)
        for index in np.unique(indices[told == _NOT_ASKED]).tolist():
            text = texts[index]
            known[index] = bool(text) and question(lexicon(language), text)
        result: Array = _taken(known, np.uint8, indices) == 1
        return result

    def __missing__(self, token: str) -> int:
        """Look a token up that was not seen before."""
        seen = visible(token)
        core = seen.strip(_SIGNS)
        is_word = _is_word(core) and not _CODE.search(seen)
        folded = core.casefold()
        flags = WORD if is_word else LETTERS * bool(_LETTER.search(seen))
        self._words.append(core if is_word else "")
        self._names.append(core[:TOKEN_LETTERS_MAX] if flags == LETTERS else "")
        kind = token_kind(token)
        self._kinds.append(1 + KINDS.index(kind) if kind else 0)
        self._flags.append(flags | BLANK * (not seen) | ANCHOR * (folded in boilerplate.ANCHORS))
        self._hashes.append(_hash(seen.lower()))
        self._ballots.append(ballots()[0].get(folded, 0))
        self._characters += len(token)
        self[token] = index = len(self)
        return index


class _OfThisThread(local):
    def __init__(self) -> None:
        self.vocabulary = Vocabulary()


_KEPT = _OfThisThread()


def vocabulary() -> Vocabulary:
    """Give the vocabulary of this thread: a place that two looked up at once would be two places."""
    return _KEPT.vocabulary


def _taken(table: "bytearray | array[int]", dtype: type, indices: Array) -> Array:
    # the view must be gone when the table grows: it is, for taking copies
    return np.frombuffer(table, dtype=dtype)[indices] if len(indices) else np.zeros(0, dtype=dtype)


def _hash(token: str) -> int:
    return int.from_bytes(hashlib.blake2b(token.encode(), digest_size=8).digest(), "little")


def _is_word(core: str) -> bool:
    if len(core) > TOKEN_LETTERS_MAX or not _WORD.fullmatch(core):
        return False
    # capitals at the start, or nothing but capitals: camelCase is a name in a program
    pieces = [core] if core.isalpha() else _BETWEEN.split(core)
    return all(piece.isupper() or piece[1:].islower() or len(piece) == 1 for piece in pieces)
