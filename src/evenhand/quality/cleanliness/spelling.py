"""Is this word a slip of another?

A word is misspelt where it is rare and one edit (a letter more, less or other, or two neighbours swapped) away from a
word that is both common and much more frequent:

    f(word) < 2.5,   f(other) >= 3.0,   f(other) >= f(word) + 2.5            [f: the Zipf scale, 0 if not listed]

Rare is not enough: one clean technical word in ten is in no dictionary, but next to none of them is one letter away
from a common word. Frequency is that of the language at large, not of the document or the dataset, so a slip does not
become right by being repeated. A capital may begin a name, and names resemble words: with one, only a word of 5 letters
or more that is not listed at all counts, and the other has f >= 4.0. Fewer than 3 letters say nothing.

A few English slips are so frequent that the lists have them as words; they stand here (`FREQUENT_SLIPS`). And some
words, of old texts and of trades, are rare but resemble frequent ones; they stand here too (`RARE_WORDS`), and beside
this module those that WordNet lists ("leaven", "plaits"; `rare_words`).

What escapes: a slip that is itself a word ("form" for "from"), or two edits away. Of random single edits of English
words of three letters or more, seven to eight in ten are found; of the tokens of clean tables at most some one in a
thousand is taken for a slip, in Shakespeare three. The bounds and the lists here were chosen while looking at some of
those tables. The languages other than English were only tried on little text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from itertools import count, takewhile

import orjson

from evenhand import canonical
from evenhand.errors import StoreError
from evenhand.quality.cleanliness.dictionaries import frequencies

RARE, COMMON, TIMES = 250, 300, 250
"""Hundredths of the Zipf scale: below the first a word may be a slip; of a word from the second on; 316 times rarer."""
LETTERS_MIN = 3
COMMON_OF_CAPITALS, LETTERS_MIN_OF_CAPITALS = 400, 5
LETTERS_MAX = 40
"""Longer is no word; the time for one is quadratic in its letters."""
FEW = 200
"""So many words are looked at one by one before a table is made of a language; this changes no result."""

_FREQUENT_SLIPS = """
    alot aswell becuase begining comming definately dissapointed embarassing goverment grammer happend millenium
    miniscule noone occured publically realy recieve recieved seperate suprise suprised teh thier truely untill wich
    wierd
    """
FREQUENT_SLIPS = frozenset(_FREQUENT_SLIPS.split())

_RARE_WORDS = """
    afeard alack amain anon apace aright aught bade bawd behold beseech betwixt blest canst choler comest corse curst
    didst diest doest dost doth durst ere erst fain forsooth froward gainst gavest goest grandam hadst haply hark hast
    hath hither holp knave knowest lief liest livest lovest madest mayst meed methinks mightst naught nay nigh oft
    ourself perchance prate prithee quoth rend sayest seest shalt shouldst sith slily sooth spake speakest strew takest
    tarry thine thither thou thyself tis troth trow twas twere twill twixt twould verily wast weal wert wherefore whiles
    whilst whither wilt wont wouldst writ yond yonder

    args arange astype boolean bool bools ceil concat const cosh dtype dtypes enum eval exec fmax fmin freq func getattr
    hstack init int ints ip iter kwargs len lib matmul max mkdir ndim numpy param params parsers plt prepend prepended
    prepending regex repr rint sinh sqrt stddev stdin stdout str strided struct tanh trunc tuple tuples uint unary
    unicode unsorted vstack xor

    aplastic bruit bruits carious cutis decile dosing eversion fundus glans gluteal heme ileal lability ligating lysing
    majora minora motile nares nontender onlay papular planus positron probit rales raphe rater raters retch secretory
    sella serous situs stapes stria striae stricture tertile urate urea volar
    """
RARE_WORDS = frozenset(_RARE_WORDS.split())

_RARE_WORDS_SHA256 = "2804c50bfbdaee219f8cf3fcfa0c6e3966211db2b96b62144efe904c60b22cae"

_PARTS = re.compile(r"[-‐‑–—/]+")
_HUMPS = re.compile("[A-ZÀ-ÖØ-Þ]+(?![a-zß-öø-ɏ])|[A-ZÀ-ÖØ-Þ]?[a-zß-öø-ɏ]+")
LETTERS_MIN_OF_HUMPS = 4
"""Shorter parts of a name in a program are abbreviations more often than words."""
# What may follow an apostrophe, and what stands for it; at any other ("whate'er", "isn't") the word is left alone
_ENDINGS = {"d": "ed", "n": "en"} | dict.fromkeys(("em", "ll", "m", "re", "s", "st", "th", "ve"), "")
_PRONOUNS = ("he", "how", "i", "it", "she", "that", "there", "they", "we", "what", "where", "who", "you")
"""Of "she'd" only the pronoun is read, of "banish'd" the whole."""
_ELIDED = "c d j l m n qu s t all dall dell gl jusqu lorsqu nell puisqu quell quelqu quest sant sull tutt un"
_ELISIONS = frozenset(_ELIDED.split())


@dataclass(frozen=True)
class Lexicon:
    """The words of a language, and the ways to miss one letter of the common ones."""

    is_english: bool
    frequency: dict[str, int]
    common: dict[str, int]
    _asked: Iterator[int] = field(default_factory=count, repr=False)

    @cached_property
    def one_missed(self) -> dict[str, int]:
        """A common word with "*" for one letter -> the frequency of the most frequent such word."""
        frequent_last = reversed(self.common.items())
        return {f"{word[:i]}*{word[i + 1 :]}": f for word, f in frequent_last for i in range(len(word))}

    @cached_property
    def letters(self) -> str:
        """The letters of the common words."""
        return "".join(sorted(set().union(*self.common)))

    def is_misspelt(self, token: str) -> bool:
        """Say whether a part of a token (`word_parts`) is a slip.

        >>> english = lexicon("en")
        >>> [word for word in "recieve definitly the blepharitis thou Bjork SYMTPOMS".split()
        ...  if english.is_misspelt(word)]
        ['recieve', 'definitly', 'SYMTPOMS']
        """
        return any(self._is_slip(part) for part in word_parts(token))

    def is_disguised(self, name: str) -> bool:
        """Say whether what is written like a name in a program has a slip in it: one of its words, or all its letters.

        >>> [name for name in "x_recieve reCieve definitly() max_iter camelCase".split()
        ...  if lexicon("en").is_disguised(name)]
        ['x_recieve', 'reCieve', 'definitly()']
        """
        humps = _HUMPS.findall(name)
        return any(
            len(word) >= LETTERS_MIN_OF_HUMPS and self._is_slip(word.lower())
            for word in dict.fromkeys([*humps, "".join(humps)])
        )

    def lists(self, token: str) -> bool:
        """Say whether each part of a token is listed, capitals apart."""
        return all(part.casefold() in self.frequency for part in word_parts(token))

    def _is_slip(self, part: str) -> bool:
        word = part.casefold()
        if self.is_english and (word in FREQUENT_SLIPS or word in RARE_WORDS or word in rare_words()):
            return word in FREQUENT_SLIPS
        return self.resembles_a_common_word(part)

    def resembles_a_common_word(self, part: str) -> bool:
        """Say whether a part of a token is rare and one edit away from a word that is common and much more frequent."""
        word, capital = part.casefold(), part != part.lower()
        if not (LETTERS_MIN_OF_CAPITALS if capital else LETTERS_MIN) <= len(word) <= LETTERS_MAX:
            return False
        own = self.frequency.get(word, 0)
        if own >= (1 if capital else RARE):
            return False
        return self._has_neighbour(word, max(COMMON_OF_CAPITALS if capital else COMMON, own + TIMES))

    def _has_neighbour(self, word: str, at_least: int) -> bool:
        # to try all edits takes ten times as long as to look into a table, but the table takes as long as thousands
        way = self._is_edited if next(self._asked) < FEW else self._is_edited_by_table
        return way(word, at_least)

    def _is_edited(self, word: str, at_least: int) -> bool:
        """Say whether one edit makes a common word of it, by trying all."""
        common = self.common.get
        for i in range(len(word) + 1):
            before, rest, after = word[:i], word[i:], word[i + 1 :]
            edited = [before + after, before + after[:1] + rest[:1] + after[1:]]  # a letter more, two swapped
            for letter in self.letters:
                edited += before + letter + rest, before + letter + after  # a letter less, another letter
            if any(common(each, 0) >= at_least for each in edited):
                return True
        return False

    def _is_edited_by_table(self, word: str, at_least: int) -> bool:
        missed, common = self.one_missed.get, self.common.get
        for i in range(len(word) + 1):
            before, rest, after = word[:i], word[i:], word[i + 1 :]
            if (
                missed(f"{before}*{after}", 0) >= at_least  # another letter
                or missed(f"{before}*{rest}", 0) >= at_least  # a letter less
                or common(before + after, 0) >= at_least  # a letter more
                or common(before + after[:1] + rest[:1] + after[1:], 0) >= at_least  # two swapped
            ):
                return True
        return False


@cache
def rare_words() -> frozenset[str]:
    """Give the words of WordNet that resemble a frequent word; the file carries WordNet's licence and notice.

    >>> "plaits" in rare_words(), "recieve" in rare_words()
    (True, False)
    """
    data = (files("evenhand.quality.cleanliness") / "rare-words.json").read_bytes()
    if problem := canonical.another(data, _RARE_WORDS_SHA256, "rare-words.json", "Install evenhand again."):
        raise StoreError(problem)
    words: str = orjson.loads(data)["words"]
    return frozenset(words.split())


@cache
def lexicon(language: str) -> Lexicon:
    """Read the words of a language; takes a quarter of a second and 50 MB, once a process."""
    frequency = frequencies(f"large_{language}")
    frequent = takewhile(lambda item: item[1] >= COMMON, frequency.items())
    common = {word: f for word, f in frequent if len(word) >= LETTERS_MIN and word.isalpha()}
    return Lexicon(language == "en", frequency, common)


def word_parts(token: str) -> list[str]:
    """Take a token without signs around it apart at hyphens and apostrophes.

    >>> word_parts("well-known"), word_parts("banish'd"), word_parts("l'amico"), word_parts("whate'er")
    (['well', 'known'], ['banished'], ['amico'], [])
    """
    if token.isalpha():
        return [token]
    return [part for piece in _PARTS.split(token) for part in _at_apostrophes(piece.replace("’", "'"))]


def _at_apostrophes(piece: str) -> list[str]:
    if "'" not in piece:
        return [piece]
    before, _, after = piece.partition("'")
    if after.lower() in _ENDINGS:
        return [before if before.lower() in _PRONOUNS else before + _ENDINGS[after.lower()]]
    return [after] if before.lower() in _ELISIONS and "'" not in after else []
