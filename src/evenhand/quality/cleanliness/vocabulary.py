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

from evenhand.quality.cleanliness import boilerplate
from evenhand.quality.cleanliness.language import ballots
from evenhand.quality.cleanliness.spelling import Lexicon, lexicon
from evenhand.quality.cleanliness.visible import KINDS, token_kind
from evenhand.records import Array

TOKENS_MAX, CHARACTERS_MAX = 400_000, 8_000_000
"""What the table may hold, about 100 MB, before it is emptied between two pieces of text."""

TOKEN_LETTERS_MAX = 100
"""What is longer is not taken for a word."""

WORD, LETTERS, ANCHOR = 1, 2, 4
"""A word that a dictionary can be asked for; letters in something else; may be part of boilerplate."""

_NOT_ASKED = 2
_SIGNS = ".,;:!?()[]{}<>\"'“”‘’‚„«»‹›…—–-*_/|&¿¡†‡•·°©®™"
_LATIN = "A-Za-zÀ-ÖØ-öø-ɏ"
_WORD = re.compile(rf"[{_LATIN}]+(?:[-‐‑–—/'’]{{1,2}}[{_LATIN}]+)*")
_BETWEEN = re.compile(r"[-‐‑–—/'’]+")
_CODE = re.compile(r"__|\(\)|\*\*\w+\W*\Z|\A[\"'(\[{«“‘„`]*(?:/|--?[A-Za-z])")  # also: a path, an option of a command
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
        self._texts: list[str] = []  # tokens without signs around them, each once: fewer are asked about than there are
        self._places: dict[str, int] = {}
        # of each token the place of its text: where a dictionary can be asked; where it has letters and is no such word
        self._words, self._names = array("I"), array("I")
        self._nothing = self._place_of("")
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
        """(t,) uint8: a sum of WORD, LETTERS and ANCHOR."""
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
            left = np.flatnonzero(result)  # what is no slip in one language need not be looked up in the next
            result[left] = self._asked(self._misspelt, indices[left], language, self._words, Lexicon.is_misspelt)
        return result

    def disguised(self, indices: Array, languages: Iterable[str]) -> Array:
        """(t,) bool: whether letters in something else hold a slip in each of some languages."""
        result = np.ones(len(indices), dtype=bool)
        for language in languages:
            left = np.flatnonzero(result)
            result[left] = self._asked(self._disguised, indices[left], language, self._names, Lexicon.is_disguised)
        return result

    def among(self, indices: Array, known: Container[str]) -> Array:
        """(t,) bool: whether each word is one of some words in small letters."""
        folded = (self._texts[place].casefold() for place in _taken(self._words, np.uint32, indices).tolist())
        return np.fromiter((word in known for word in folded), dtype=bool, count=len(indices))

    def listed(self, indices: Array, languages: Iterable[str]) -> Array:
        """(t,) bool: whether a word is in the dictionary of one of some languages."""
        result = np.zeros(len(indices), dtype=bool)
        for language in languages:
            left = np.flatnonzero(~result)
            result[left] = self._asked(self._listed, indices[left], language, self._words, Lexicon.lists)
        return result

    def _asked(
        self,
        answers: dict[str, bytearray],
        indices: Array,
        language: str,
        asked: "array[int]",
        question: Callable[[Lexicon, str], bool],
    ) -> Array:
        known = answers.setdefault(language, bytearray())
        known.extend(bytes([_NOT_ASKED]) * (len(self._texts) - len(known)))
        places = _taken(asked, np.uint32, indices)
        told = _taken(known, np.uint8, places)
        for place in np.unique(places[told == _NOT_ASKED]).tolist():
            text = self._texts[place]
            known[place] = bool(text) and question(lexicon(language), text)
        result: Array = _taken(known, np.uint8, places) == 1
        return result

    def _place_of(self, text: str) -> int:
        place = self._places.setdefault(text, len(self._texts))
        if place == len(self._texts):
            self._texts.append(text)
        return place

    def __missing__(self, token: str) -> int:
        """Look a token up that was not seen before."""
        core = token.strip(_SIGNS)
        is_word = _is_word(core) and (core == token or not _CODE.search(token))
        folded = core.casefold()
        flags = WORD if is_word else LETTERS * bool(_LETTER.search(token))
        self._words.append(self._place_of(core) if is_word else self._nothing)
        self._names.append(self._place_of(core[:TOKEN_LETTERS_MAX]) if flags == LETTERS else self._nothing)
        kind = token_kind(token)
        self._kinds.append(1 + KINDS.index(kind) if kind else 0)
        self._flags.append(flags | ANCHOR * (folded in boilerplate.ANCHORS))
        self._hashes.append(_hash(token.lower()))
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
    if len(core) > TOKEN_LETTERS_MAX:
        return False
    if core.isascii() and core.isalpha():
        return _is_written_as_word(core)
    return _WORD.fullmatch(core) is not None and all(map(_is_written_as_word, _BETWEEN.split(core)))


def _is_written_as_word(piece: str) -> bool:
    # capitals at the start, or nothing but capitals: camelCase is a name in a program
    return piece[1:].islower() or piece.isupper() or len(piece) == 1
