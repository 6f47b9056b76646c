"""Which damage shows on a text itself, in any language and without a dictionary?

Here stand the patterns; `noise` counts what they find, once a token, and also reads for misspelt words.

    character   replacement characters, controls, private use, code points that are no character. Other unassigned code
                points are let pass: which those are changes with every version of Unicode
    mojibake    UTF-8 read as another encoding, by ftfy's heuristic [Speer19]
    broken      a word cut by a hyphen at the end of a line
    scan        0, 1 or 5 between the lower-case letters of a word ("l0ve"), or a letter four times in a row ("IIII";
                not x, which stands for a blank). The rare name that is written so ("h5py") counts too: among 3 million
                tokens of 13 real tables none was, and two were damage
    markup      HTML tags and entities left in the text
"""

import re

from evenhand.plaintext import visible

KINDS = ("character", "mojibake", "broken", "scan", "markup")
"""In the order in which they count, where a token is damaged in several ways."""

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

_CHARACTER = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\uf8ff\ufdd0-\ufdef\ufffd-\uffff"
    + "".join(chr(plane + 0xFFFE) + chr(plane + 0xFFFF) for plane in range(0x10000, 0x40000, 0x10000))
    + "\U00040000-\U000dffff\U000efffe-\U0010ffff]"
)
_TWO_ALPHABETS = re.compile("[a-z][\u0400-\u04ff]|[\u0400-\u04ff][a-z]")
_SCAN = (
    re.compile(r"(?<![\w./@#-])[A-Za-z]*[a-z](?:[015]{1,2}[a-z]+)+(?![\w./@#([-])"),  # not in names of code
    re.compile(r"([A-WYZa-wyz])\1\1\1"),
)

# No pattern looks further than a line's indent, a word or 200 characters ahead: the time is linear in the text.
BROKEN = re.compile(r"-(?<=[^\W\d_]-)\r?\n[ \t]{0,40}(?=[^\W\dA-Z_])")
MARKUP = re.compile(_MARKUP)


# UTF-8's í, Э and the soft hyphen itself, read as Latin-1: a letter, and a soft hyphen that nobody sees
_HALF_UNSEEN = re.compile("([ÂÃÐ])\u00ad")


def as_seen(text: str) -> str:
    """Give a text as it is looked at for damage: its `plaintext.visible` form, so that what nobody sees hides nothing.

    Of characters read in the wrong encoding one half may be a soft hyphen: there stands "¡" then, as of "á" read so.

    >>> as_seen("l0\\u200bve"), as_seen("vÃ\\u00addeo"), as_seen("ship\\u00adping")
    ('l0ve', 'vÃ¡deo', 'shipping')
    """
    return visible(_HALF_UNSEEN.sub(r"\1¡", text) if "\u00ad" in text else text)


def token_kind(token: str) -> str | None:
    """Name the first kind of damage that shows on a token alone, wherever it stands.

    Cyrillic letters among lower-case Latin ones, which look the same, are damage too.

    >>> [token_kind(token) for token in ("love", "l0ve", "lоve", "loveâ€™s")]
    [None, 'scan', 'character', 'mojibake']
    """
    if not token.isascii():
        from ftfy.badness import BADNESS_RE

        if _CHARACTER.search(token) or _TWO_ALPHABETS.search(token):
            return "character"
        if BADNESS_RE.search(token):
            return "mojibake"
    elif not token.isprintable() and _CHARACTER.search(token):
        return "character"
    zeros, runs = _SCAN
    has_digit = "0" in token or "1" in token or "5" in token
    return "scan" if runs.search(token) or (has_digit and zeros.search(token)) else None
