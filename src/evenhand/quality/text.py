"""What is a word, a token and a sentence, in any script?

Rules of this profile, on the standard library alone, so that the same text is cut the same way everywhere. Scripts
written without spaces or by the syllable (Han, kana, Thai, Lao, Khmer, Burmese, Hangul) are cut by character: every
character is a token, and two neighbours make a word.
"""

import re

from evenhand.quality.common_words import COMMON_WORDS

WORD_LETTERS_MIN = 4
"""Shorter words are mostly grammar, in most languages that write with letters."""
STEM_LETTERS = 6
"""A word is known by its first letters, so that "infection" and "infections" are one."""
SENTENCE_LENGTH_MAX = 400
"""Characters; what runs on for longer is cut at a space, or anywhere if it has none."""

BY_CHARACTER = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
"""The characters of scripts that are cut by character, as the inside of a regular expression's class."""

_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0fff\u200c\u200d"
_LATIN_WORD = re.compile(rf"[a-z]{{{WORD_LETTERS_MIN},}}")
_WORD = re.compile(rf"[{BY_CHARACTER}]+|(?:[^\W\d_{BY_CHARACTER}][{_MARKS}]*)+")
_CHARACTER = re.compile(rf"[{BY_CHARACTER}]")
_TOKEN = re.compile(rf"[{BY_CHARACTER}]|[^\s{BY_CHARACTER}]+")
_SAME_TOKEN = re.compile(rf"[^\s{BY_CHARACTER}]{{2}}")
_RUN = re.compile(r"\w+")
_SENTENCE_ENDS = (*((f"{end} ", f"{end}\n") for end in ".!?…。！？"), *((end, f"{end}\n") for end in "。！？"))
_PIECE = re.compile(rf".{{1,{SENTENCE_LENGTH_MAX}}}(?: |$)|.{{{SENTENCE_LENGTH_MAX}}}")


def count_tokens(text: str) -> int:
    """Count the tokens of a `plain` text: what stands between spaces, and each character of a script without them.

    >>> count_tokens("Market day, 9 am"), count_tokens("市場の日"), count_tokens("")
    (4, 4, 0)
    """
    if text.isascii() or not _CHARACTER.search(text):
        return text.count(" ") + 1 if text else 0
    return sum(1 for _ in _TOKEN.finditer(text))


def words(text: str) -> list[str]:
    """List what a `plain` text is about: its words without the common and the short ones, each by its first letters.

    A text of nothing but those keeps them; a text without a letter or digit has the one word "".

    >>> words("The markets of this town are closed."), words("It is 9"), words("市場の日"), words("?!")
    (['market', 'town', 'closed'], ['it', 'is', '9'], ['市場', '場の', 'の日'], [''])
    """
    text = text.lower()
    found = _LATIN_WORD.findall(text) if text.isascii() else _words_of_any_script(text)
    told = [word[:STEM_LETTERS] for word in found if word not in COMMON_WORDS]
    return told or [word[:STEM_LETTERS] for word in _RUN.findall(text)] or [""]


def _words_of_any_script(text: str) -> list[str]:
    found = []
    for run in _WORD.findall(text):
        if _CHARACTER.match(run):
            found += [run[start : start + 2] for start in range(max(len(run) - 1, 1))]
        elif len(run) >= WORD_LETTERS_MIN:
            found.append(run)
    return found


def sentences(text: str) -> list[str]:
    """Cut a `plain` text into lower-case sentences of at most 400 characters, those of signs alone left out.

    A sentence ends behind . ! ? or … with a space after it, and behind the full-width signs U+3002, U+FF01 and U+FF1F.
    What is longer than 400 characters is cut from its start, again and again, at the last space that leaves at most 400
    before it, else behind the 400th.

    >>> sentences("Closed today? See p. 9. ... Come back!")
    ['closed today?', 'see p.', '9.', 'come back!']
    """
    ended = text.lower()
    for end, cut in _SENTENCE_ENDS:  # several times as fast as one pattern that looks behind; no plain text has a "\n"
        ended = ended.replace(end, cut)
    pieces = ended.split("\n")
    if max(map(len, pieces)) > SENTENCE_LENGTH_MAX:
        pieces = [piece for sentence in pieces for piece in _pieces(sentence)]
    stripped = map(str.strip, pieces)
    return [piece for piece in stripped if piece[:1].isalnum() or _RUN.search(piece)]  # mostly the first letter tells


def _pieces(sentence: str) -> list[str]:
    return [sentence] if len(sentence) <= SENTENCE_LENGTH_MAX else _PIECE.findall(sentence)


def tokens(text: str) -> list[str]:
    """List the tokens of any text, as they stand: those of its `plain` form, and such as nobody sees.

    >>> tokens("Market  day,\\n9 am"), tokens("市場 today")
    (['Market', 'day,', '9', 'am'], ['市', '場', 'today'])
    """
    return text.split() if text.isascii() or not _CHARACTER.search(text) else _TOKEN.findall(text)


def count_tokens_begun(text: str, start: int, end: int) -> int:
    """Count the tokens that begin in a part of a text: those of text[start:end], without one that goes on from before.

    >>> count_tokens_begun("Market day", 0, 2), count_tokens_begun("Market day", 2, 10)
    (1, 1)
    """
    goes_on = 0 < start < end and _SAME_TOKEN.match(text, start - 1) is not None
    return len(tokens(text[start:end])) - goes_on
