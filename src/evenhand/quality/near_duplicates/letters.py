"""What of a text must a copier change? Its letters and digits: case, accents, spaces and signs are no change.

The letters of a text are bytes, made from its plain form (`plaintext`) one code point at a time:

1. A code point that Unicode 3.2 knows is replaced by its compatibility form (NFKC of that version: "ﬁ" is "fi", "²" is
   "2"), each code point of that by its full case folding ("ß" is "ss"), each of those by the first of its canonical
   decomposition where all others are marks ("é" is "e").
2. Of what that gives, letters, numbers and spacing marks stay (categories L, N and Mc of Unicode 3.2), all else goes.
   A code point that Unicode 3.2 does not know stays, unless it is in a block of signs, emoji or combining marks.
3. The letters of Cyrillic and Greek that look like a Latin one become that one (`_LOOK_ALIKE`).
4. What stays is written in UTF-8. Where nothing does, the letters are the plain text without its spaces, in UTF-8.

Version 3.2 is the one that every Python carries beside its own (RFC 3454 is frozen on it), so that a newer table of
characters changes no signature. Not seen through: 0 for o and 1 for l, look-alikes of other scripts, translations.
"""

import unicodedata
from functools import cache

import numpy as np

from evenhand.records import Array

_CODE_POINTS = 0x110000
_KNOWN = 0x30000  # from here on Unicode 3.2 knows tags and private use only
_FROZEN = unicodedata.ucd_3_2_0
_SEVERAL = 0xFFFFFFFF  # stands for more than one letter
_PIECE = 2**16  # code points looked up at once; bounds the memory, changes no result

_LATER_SIGNS = (
    (0x0300, 0x0370),  # combining marks, here and in the next lines
    (0x1AB0, 0x1B00),
    (0x1DC0, 0x1E00),
    (0x2000, 0x2C00),  # punctuation, currency, arrows, mathematics, boxes, dingbats
    (0x2E00, 0x2E80),  # more punctuation
    (0x3000, 0x3040),
    (0xFE20, 0xFE30),
    (0x1F000, 0x1FBF0),  # emoji and pictographs
)
_LOOK_ALIKE = str.maketrans("авекмнорстухіјѕһԁαικνορτυχ", "abekmhopctyxijshdaikvoptux")

_ASCII_LETTERS = b"0123456789abcdefghijklmnopqrstuvwxyz"
_LOWER = bytes(range(256)).lower()
_ASCII_SIGNS = bytes(code for code in range(256) if _LOWER[code] not in _ASCII_LETTERS)


def letters(text: str) -> bytes:
    """Give the letters and digits of a `plain` text.

    >>> letters("Market-day: 9 A.M.") == letters("MARKET DAY 9am") == b"marketday9am"
    True
    >>> letters("Größe ﬁve").decode(), letters("市場の日!").decode(), letters("?! ?"), letters("")
    ('grossefive', '市場の日', b'?!?', b'')
    """
    found = text.encode().translate(_LOWER, _ASCII_SIGNS) if text.isascii() else _letters_of_any_script(text)
    return found or text.replace(" ", "").encode()


def _letters_of_any_script(text: str) -> bytes:
    return b"".join(_folded(text[start : start + _PIECE]) for start in range(0, len(text), _PIECE))


def _folded(piece: str) -> bytes:
    codes = np.frombuffer(piece.encode("utf-32-le"), dtype="<u4")
    found = fold_table()[codes]
    if (found == _SEVERAL).any():
        found = _spelled_out(codes, found)
    return str(found[found != 0].astype("<u4"), "utf-32-le").encode()


def _spelled_out(codes: Array, found: Array) -> Array:
    """Put several letters where a code point stands for several."""
    known, spelled = several_letters()
    places = np.flatnonzero(found == _SEVERAL)
    rows = spelled[np.searchsorted(known, codes[places])]
    repeats = np.ones(len(found), dtype=np.intp)
    repeats[places] = spelled.shape[1]
    out = np.repeat(found, repeats)
    out[np.repeat(found == _SEVERAL, repeats)] = rows.ravel()
    return out


@cache
def fold_table() -> Array:
    """(0x110000,) uint32: code point -> the letter it stands for, 0 for none, 2^32 - 1 for several letters."""
    table = np.arange(_CODE_POINTS, dtype=np.uint32)
    table[0xE0000:0xE1000] = table[0xF0000:] = 0  # tags, which are never shown, and private use
    for first, end in _LATER_SIGNS:
        table[first:end] = 0
    for code in range(_KNOWN):
        letter = chr(code)
        category = _FROZEN.category(letter)
        if category == "Lo" and not _FROZEN.decomposition(letter):
            table[code] = code  # without case or parts; a look-alike has a case
        elif category != "Cn":
            several = _fold(letter)
            table[code] = _SEVERAL if len(several) > 1 else ord(several or "\0")
    return table


@cache
def several_letters() -> tuple[Array, Array]:
    """The code points that stand for several letters, and those letters, with zeros after the last."""
    known = np.flatnonzero(fold_table() == _SEVERAL).astype(np.uint32)
    spelled = [list(map(ord, _fold(chr(code)))) for code in known]
    longest = max(map(len, spelled))
    return known, np.array([row + [0] * (longest - len(row)) for row in spelled], dtype=np.uint32)


def _fold(character: str) -> str:
    kept = "".join(
        base
        for part in _FROZEN.normalize("NFKC", character)
        for folded in part.casefold()
        if _is_letter(base := _without_marks(folded))
    )
    return kept.translate(_LOOK_ALIKE)


def _without_marks(character: str) -> str:
    parts = _FROZEN.normalize("NFD", character)
    return parts[0] if all(_FROZEN.category(mark) in ("Mn", "Me") for mark in parts[1:]) else character


def _is_letter(character: str) -> bool:
    category = _FROZEN.category(character)
    return category[0] in "LN" or category in ("Mc", "Cn")
