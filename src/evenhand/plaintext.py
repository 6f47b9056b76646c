"""When are two texts the same text? When they are the same once what nobody sees is taken out.

A plain text is in Unicode normal form C, has one space for every run of white space, and none of the characters that
are never shown (zero-width spaces and joiners, soft hyphens, direction marks, variation selectors): a copy cannot be
told from its original by adding some. Of more than 30 combining marks in a row only 30 count, the limit of Unicode's
Stream-Safe Text Format (UAX #15): text that is read has a handful, and normalising takes time quadratic in them.
"""

import re
import sys
import unicodedata
from functools import cache

MARKS_MAX = 30

# Default_Ignorable_Code_Point of Unicode 15, spelled out so that it does not change with Python's tables
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)


def plain(text: str) -> str:
    """Give the plain form of a text.

    >>> plain("Market\\u200b  day\\n") == plain("Market day") == "Market day"
    True
    """
    if _is_plain(text):
        return text
    return " ".join(visible(text).split())


def _is_plain(text: str) -> bool:
    # of ASCII, what is printable has no white space but spaces; most texts are so, and this is five times as fast
    return text.isascii() and "  " not in text and text.isprintable() and not (text[:1] == " " or text[-1:] == " ")


def is_blank(text: str) -> bool:
    """Say whether there is nothing to see in a text.

    >>> is_blank(" \\u200b"), is_blank(" . ")
    (True, False)
    """
    return not text or text.isspace() or (not text.isascii() and not plain(text))


def visible(text: str) -> str:
    """Give a text in normal form C, without what is never shown; white space stays as it is."""
    if text.isascii():
        return text
    shown = _long_runs_of_marks().sub(lambda run: run[0][:MARKS_MAX], _UNSEEN.sub("", text))
    return unicodedata.normalize("NFC", shown)


@cache
def _long_runs_of_marks() -> re.Pattern[str]:
    marks = "".join(chr(code) for code in range(sys.maxunicode + 1) if unicodedata.combining(chr(code)))
    # what is searched for is one range, which is forty times as fast as the class of all marks
    return re.compile(f"[{min(marks)}-\U0010ffff](?<=[{re.escape(marks)}])[{re.escape(marks)}]{{{MARKS_MAX},}}")
