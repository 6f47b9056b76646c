"""Which language is a document in?

Each word votes for the languages, of 28 in Latin letters, among whose thousand most frequent words it is. The one with
the most votes is the document's, if at least 3 words in 10 voted for it; of those left over, a language that explains
another sixth of the words is spoken too. Only languages that are read (`dictionaries.READ`) are looked up. So Dutch is
not taken for bad German; what resembles a language that is read and is none of the 28 may be.

A seller may wish that nobody reads. A nonsense word behind every word halves the share of those that vote, so a
language is the document's also if 9 votes in 10 are for it, by at least 8 different words, and a tenth of the words
vote for it. Real text in other languages does not pass for that: its votes are scattered, or come from two or three
short words. Nor is it a way out to write a word of another language behind each: a language that is read is spoken
beside one that is not, if the votes that are left are for it in the same way; what is frequent in that other one is no
slip then. What is left is to spoil every word, and to be told unread.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.sparse import csr_array

from evenhand.quality.cleanliness.dictionaries import KNOWN_APART, READ, frequencies
from evenhand.records import Array

# The language most like one that is read and in none of the lists
_GALICIAN = """
    a abaixo agora aínda alguén algún algunha alí antes ao aos aquí as así ata atopa atopar aquel baixo ben cada
    calquera cando canto case catro cinco co coa coas como con contra cos coñecer cousa cousas da das de debe deben
    dende desde despois dicir diso dixo do dos dous durante duas dunha dun e ela eles en entre era eran esa ese esta
    está están estar estas este estes eu facer fai fan fixo foi foron forma grande ha había hai home hoxe ir isto
    iso lle lles lugar maior mais máis me mellor menos mesma mesmo meu mentres mirar moi moita moito moitos mundo na
    nada nas nen nin ningún ninguén no non nos nós noso nosa novo nun nunca nunha o onde onte os ou outra outras
    outro outros páxina para parte pero pode poden poder pola polas polo polos por porque pouco pois preto primeira
    primeiro que quen quere saber se segundo segunda sempre sen ser será seu seus si sido sobre son só súa súas
    tamén tan tanto te tempo ten tende teñen ter terra tiña tivo toda todas todo todos traballo tres tras un unha
    unhas uns usar usuario valor ver vez vida xa xeito xente xunto xogo
    """

LANGUAGES = (*READ, *KNOWN_APART, "gl")
MOST_FREQUENT = 1000
FIRST, SECOND = (3, 10), (1, 6)
"""The shares of the words that must vote for the first language, and for another beside it."""
OF_VOTES, OF_WORDS, DIFFERENT_MIN = (9, 10), (1, 10), 8
"""What suffices where most words vote for none: the shares, and how many different words must vote for it."""


@cache
def ballots() -> tuple[dict[str, int], Array]:
    """Give word -> its ballot, and (ballots, languages) 0 or 1: which languages a ballot is for; ballot 0 is empty.

    >>> by_word, votes = ballots()
    >>> [language for language, vote in zip(LANGUAGES, votes[by_word["und"]], strict=True) if vote]
    ['de']
    """
    masks: dict[str, int] = {}
    for bit, language in enumerate(LANGUAGES):
        frequent = _GALICIAN.split() if language == "gl" else frequencies(f"small_{language}")
        listed = (word for word in frequent if word.isalpha())
        for word, _ in zip(listed, range(MOST_FREQUENT), strict=False):
            masks[word] = masks.get(word, 0) | 1 << bit
    kinds = [0, *sorted(set(masks.values()))]
    place = {mask: index for index, mask in enumerate(kinds)}
    votes = np.array([[mask >> bit & 1 for bit in range(len(LANGUAGES))] for mask in kinds], dtype=np.float64)
    return {word: place[mask] for word, mask in masks.items()}, votes


@cache
def frequent(language: str) -> frozenset[str]:
    """Give the words of a language that is told apart."""
    return frozenset(_GALICIAN.split() if language == "gl" else frequencies(f"small_{language}"))


@dataclass(frozen=True, eq=False)
class Cast:
    """The votes of n documents: an entry for each different word of each that votes, document by document."""

    documents: int
    owners: Array
    """(v,) whose word it is; rising"""
    ballots: Array
    """(v,) the ballot of the word, never 0"""
    times: Array
    """(v,) float64: how often it stands; whole numbers, so that the sums are exact"""

    def counts(self) -> Array:
        """(n, languages) float64: how many votes each language has."""
        return self._sums(self.times)

    def different(self) -> Array:
        """(n, languages) float64: by how many different words."""
        return self._sums(np.ones(len(self.times)))

    def words(self) -> Array:
        """(n,) float64: how many words vote."""
        return np.bincount(self.owners, weights=self.times, minlength=self.documents)

    def but_for(self, languages: Array) -> "Cast":
        """Give the votes that are left without those for the language of each document."""
        left = ballots()[1][self.ballots, languages[self.owners]] == 0
        return Cast(self.documents, self.owners[left], self.ballots[left], self.times[left])

    def _sums(self, weights: Array) -> Array:
        _, votes = ballots()
        edges = np.searchsorted(self.owners, np.arange(self.documents + 1))
        # of the words in a document few are different, so that a whole table of ballots would be mostly zeros
        table = csr_array((weights, self.ballots, edges), shape=(self.documents, len(votes)))
        result: Array = table @ votes
        return result


def spoken(cast: Cast, words: Array) -> tuple[Array, Array]:
    """Say which languages that are read each document is in, and in which other one it is foremost.

    Args:
        cast: the votes.
        words: (n,), the words in Latin letters of each document; names in programs are none, so they hide no language.

    Returns:
        (n, len(READ)) bool; a row without any: its spelling cannot be looked at. And (n,) the place in LANGUAGES of
        a first language that is not read, else -1.
    """
    counts = cast.counts()
    first = counts.argmax(axis=1)  # the earliest of equals: one that is read
    most, here = counts.max(axis=1), np.arange(len(first))
    others = cast.but_for(first)
    clear = (most > 0) & ((most * FIRST[1] >= words * FIRST[0]) | _alone(cast, counts, words)[here, first])
    is_read = first < len(READ)
    left = others.counts()
    second = left * SECOND[1] >= words[:, None] * SECOND[0]
    found = np.where(is_read[:, None], second, _alone(others, left, words))
    found[here, first] = True
    result: Array = (found & clear[:, None])[:, : len(READ)]
    return result, np.where(clear & ~is_read, first, -1)


def _alone(cast: Cast, counts: Array, words: Array) -> Array:
    """(n, languages) bool: whether nearly all words that vote, and not too few nor too few kinds, vote for one."""
    of_votes = counts * OF_VOTES[1] >= cast.words()[:, None] * OF_VOTES[0]
    of_words = counts * OF_WORDS[1] >= words[:, None] * OF_WORDS[0]
    result: Array = of_votes & of_words & (cast.different() >= DIFFERENT_MIN)
    return result
