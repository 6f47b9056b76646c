"""How much of the text is damaged?

Cleanliness = 1 - k * errors / tokens, clipped to [0, 1] [Ayyoubzadeh25, section 7.3], with k = 50 [appendix C].

The appendix counts words that are not in a dictionary. One clean technical word in ten is in none, and with k = 50 two
in a hundred give 0, so that clean text and noise both score 0. Here an error is damage that nobody intends, in any
language, and k stays 50: a text of which every fiftieth token is visibly damaged is worth nothing. The appendix's
"stop-word excess" is left out: what is excess differs by language and by kind of text.

    character   replacement characters, controls, private use, code points that are no character. Other unassigned code
                points are let pass: which those are changes with every version of Unicode
    mojibake    UTF-8 read as another encoding, by ftfy's heuristic [Speer19]
    broken      a word cut by a hyphen at the end of a line
    scan        0, 1 or 5 between the lower-case letters of a word ("l0ve"), or a letter four times in a row ("IIII";
                not x, which stands for a blank)
    markup      HTML tags and entities left in the text

A token counts as one error at most, under the first damage in it.
"""

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction

from evenhand.quality.counts import share
from evenhand.quality.text import BY_CHARACTER

ERROR_WEIGHT = 50
"""k: how much worse than lost a damaged token is."""

KINDS = ("character", "mojibake", "broken", "scan", "markup")
COUNTS = ("tokens", *KINDS)

Damage = tuple[int, ...]
"""Damaged tokens, by `KINDS`."""

_NONE: Damage = (0,) * len(KINDS)

_ENTITIES = (
    "amp|lt|gt|quot|apos|nbsp|ensp|emsp|thinsp|shy|ndash|mdash|hellip|bull|middot|[lr]s?aquo|[lrsb][sd]quo|copy|reg|"
    "trade|deg|plusmn|times|divide|micro|para|sect|euro|pound|cent|yen|iexcl|iquest|szlig|[AaOo]ring|[AaOo]slash|"
    "[AEae]{2}lig|[Cc]cedil|[AEIOUYaeiouy](?:acute|grave|circ|uml)|[ANOano]tilde|#[0-9]{2,6}|#[xX][0-9A-Fa-f]{2,5}"
)
# An opening <a>, <b> or <i> may be a placeholder ("cp <a> <b>"): only with an attribute is it surely a tag.
_OPENING = "p|br|hr|div|span|em|strong|ul|ol|li|table|tr|td|th|h[1-6]|img|font|script|style|su[bp]|blockquote|center"
_MARKUP = (
    rf"&(?:{_ENTITIES});|</(?:{_OPENING}|a|b|i|u)>|<(?:{_OPENING})(?:\s[^<>]{{0,200}})?/?>|<a\s+href[^<>]{{0,200}}>"
)

# No pattern looks further than a line's indent, a word or 200 characters ahead: the time is linear in the text.
_PATTERNS = (
    (
        "character",
        re.compile(
            "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\uf8ff\ufdd0-\ufdef\ufffd-\uffff"
            + "".join(chr(plane + 0xFFFE) + chr(plane + 0xFFFF) for plane in range(0x10000, 0x40000, 0x10000))
            + "\U00040000-\U000dffff\U000efffe-\U0010ffff]"
        ),
    ),
    ("broken", re.compile(r"-(?<=[^\W\d_]-)\r?\n[ \t]{0,40}(?=[^\W\dA-Z_])")),
    ("scan", re.compile(r"(?<![\w./@#-])[A-Za-z]*[a-z](?:[015]{1,2}[a-z]+)+(?![\w./@#([-])")),  # not in names of code
    ("scan", re.compile(r"([A-WYZa-wyz])\1\1\1")),
    ("markup", re.compile(_MARKUP)),
)
_AFTER_TOKEN = re.compile(rf"[\s{BY_CHARACTER}]|\Z")


def damage(text: str) -> Damage:
    """Count the damaged tokens of a text as it was offered, by kind.

    >>> dict(zip(KINDS, damage("The l0ve of ship-\\nping &amp;amp; donâ€™t \ufffd\ufffdop"), strict=True))
    {'character': 1, 'mojibake': 1, 'broken': 1, 'scan': 1, 'markup': 1}
    """
    found = [(m.start(), m.end(), kind) for kind, pattern in _PATTERNS for m in pattern.finditer(text)]
    if not text.isascii():
        from ftfy.badness import BADNESS_RE

        # U+0085 is white space, and so part of no token
        found += [(m.start(), m.end(), "mojibake") for m in BADNESS_RE.finditer(text) if not m.group().isspace()]
    counts = dict.fromkeys(KINDS, 0)
    token_end = -1
    for start, end, kind in sorted(found):
        if start >= token_end:
            counts[kind] += 1
            after = _AFTER_TOKEN.search(text, end)
            assert after is not None, "the end of a text ends its last token"
            token_end = after.start()
    return tuple(counts.values())


def count(tokens: int, damages: Iterable[Damage]) -> dict[str, int]:
    """Put the tokens and the damage of all documents together."""
    return {"tokens": tokens, **dict(zip(KINDS, map(sum, zip(*damages, _NONE, strict=True)), strict=True))}


def score(counts: Mapping[str, int]) -> int:
    """Give the cleanliness in millionths: 1 - 50 errors / tokens, clipped; 0 where there is no token.

    >>> score({"tokens": 1000, "character": 1, "mojibake": 0, "broken": 1, "scan": 0, "markup": 0})
    900000
    """
    errors = sum(counts[kind] for kind in KINDS)
    return share(1 - ERROR_WEIGHT * Fraction(errors, counts["tokens"])) if counts["tokens"] else 0
