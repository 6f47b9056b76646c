"""Into which tokens is a text cut, and how is a word written that the vocabulary does not hold?

A text is read as it is seen (`plaintext`); a word is a run of letters, digits and underscores, every other visible
character is a word of its own, and white space is dropped. So all copies of a `Document` give the same tokens.

A word of the vocabulary is one token. Any other word is spelled: an opening token, the bytes of its UTF-8 form, a
closing token. What may stand inside a spelled word (a byte, the closing token) never stands between words, so from
what came before it is always known which of the two kinds comes next, and from the tokens the words can be read back
in one way only. A boundary token ends each document, and the one before it begins the next.
"""

import re
from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evenhand.plaintext import visible

CLOSE, OPEN, BOUNDARY, FIRST_WORD = range(256, 260)
"""Tokens 0 to 255 are the bytes of a spelled word; the words of the vocabulary stand from `FIRST_WORD` on."""
INSIDE_COUNT = CLOSE + 1
"""How many tokens may stand inside a spelled word; all others stand between words."""

_WORD = re.compile(r"\w+|[^\w\s]")


def words(text: str) -> list[str]:
    """Cut a text into words and marks; white space is dropped.

    >>> words("Take 2.5 mg,\\ttwice.")
    ['Take', '2', '.', '5', 'mg', ',', 'twice', '.']
    """
    return _WORD.findall(visible(text))


@dataclass(frozen=True)
class Vocabulary:
    """The words that are one token each; the same for every coalition of sellers."""

    tokens: dict[str, int]
    """word -> token, from `FIRST_WORD` on without gaps."""

    @classmethod
    def of(cls, texts: Iterable[str], *, size_max: int, seen_min: int = 2) -> "Vocabulary":
        """Take the words seen at least `seen_min` times, most frequent first, ties by the word, at most `size_max`.

        >>> Vocabulary.of(["b a b", "a c"], size_max=10).tokens
        {'a': 259, 'b': 260}
        """
        seen = Counter(word for text in texts for word in words(text))
        kept = sorted((word for word in seen if seen[word] >= seen_min), key=lambda word: (-seen[word], word))
        return cls({word: FIRST_WORD + rank for rank, word in enumerate(kept[:size_max])})

    @property
    def size(self) -> int:
        """How many tokens there are in all."""
        return FIRST_WORD + len(self.tokens)

    @property
    def choices(self) -> tuple[int, int]:
        """How many tokens may stand inside a spelled word, and how many between words."""
        return INSIDE_COUNT, self.size - INSIDE_COUNT

    def encode(self, texts: Iterable[str]) -> NDArray[np.int64]:
        """Write texts as one stream of tokens, with a boundary before, between and after them.

        A text without a word is left out, for it says nothing.

        Returns:
            (length,) tokens; a single boundary if no text has a word.

        >>> Vocabulary({"so": 259}).encode(["so so", " ", "so é"]).tolist()
        [258, 259, 259, 258, 259, 257, 195, 169, 256, 258]
        """
        known = _Spelling(self)
        written = array("q", [BOUNDARY])
        for text in texts:
            found = words(text)
            if found:
                written.extend(map(known.__getitem__, found))
                written.append(BOUNDARY)
        return known.spell_out(np.frombuffer(written, dtype=np.int64))


class _Spelling(dict[str, int]):
    """A vocabulary that takes in every further word it meets, under a provisional number, with its spelling."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__(vocabulary.tokens)
        self._size = vocabulary.size
        self._spellings: list[bytes] = []

    def __missing__(self, word: str) -> int:
        number = self._size + len(self._spellings)
        self._spellings.append(word.encode())
        self[word] = number
        return number

    def spell_out(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Put the tokens of its spelling in the place of each provisional number."""
        if not self._spellings:
            return numbers
        # one row of tokens holds what every number stands for: itself, or its spelling further on
        spelled = np.frombuffer(b"".join(b"(" + spelling + b")" for spelling in self._spellings), np.uint8)
        meaning = np.concatenate([np.arange(self._size), spelled.astype(np.int64)])
        lengths = np.array([len(spelling) + 2 for spelling in self._spellings])
        lengths = np.concatenate([np.ones(self._size, np.int64), lengths])
        ends = np.cumsum(lengths)
        meaning[ends[self._size :] - 1] = CLOSE
        meaning[(ends - lengths)[self._size :]] = OPEN
        written = lengths[numbers]
        shift = (ends - lengths)[numbers] - (np.cumsum(written) - written)
        stream: NDArray[np.int64] = meaning[np.repeat(shift, written) + np.arange(written.sum())]
        return stream
