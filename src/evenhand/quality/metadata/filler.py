"""Does a text say anything? Not where it is a placeholder, repeats itself, or says what stands elsewhere.

These are rules that a stranger can apply by hand; they find filler, not lies, and not nonsense that was made with care.
"""

import re

from evenhand.quality.text import BY_CHARACTER

WORDS_REPEATED_MIN = 6
"""From so many words on, a text is looked at for repetition."""

_WORD = re.compile(rf"[{BY_CHARACTER}]|[^\W_{BY_CHARACTER}]+")
_BRACKETED = re.compile(r"\[[^\]]*\]|<[^>]*>|\{[^}]*\}|\*+[^*]*\*+")
_RUN = re.compile(r"(\w)\1{7,}")

_PLACEHOLDERS = """
    abc asdf bar blah coming-soon does-not-apply example filler foo foobar internet missing na nan nil no none
    not-applicable not-available not-known not-provided not-specified not-stated null ok online other placeholder
    private qwerty qwertz sample scraped see string tba tbc tbd temp test text the-internet the-web to-be-added
    to-be-announced to-be-determined todo undefined unknown unspecified untitled various web x xx xxx xxxx yes
    desconhecido desconocido entfällt inconnu okänd onbekend sconosciuto tuntematon ukendt unbekannt неизвестно
    невідомо なし 不明 不详 待定 无 未知 미정
    """
PLACEHOLDERS = frozenset(each.replace("-", " ") for each in _PLACEHOLDERS.split())
"""What people write where they know nothing: in lower case, without signs."""

TEMPLATES = (
    "lorem ipsum",
    "dolor sit amet",
    "more information needed",
    "to be determined",
    "to be announced",
    "description goes here",
    "your description here",
    "insert description",
    "placeholder text",
    "{{ ",
)
"""What unfilled forms and dummy texts contain, in lower case."""


def words(text: str) -> list[str]:
    """List the words of a text, case folded; characters one by one where a script has no spaces.

    >>> words("The Miller's 3 sons; 粉屋")
    ['the', 'miller', 's', '3', 'sons', '粉', '屋']
    """
    return _WORD.findall(text.casefold())


def filler(text: str) -> str:
    """Say how a plain text says nothing; "" where no rule finds that.

    A text repeats itself where fewer than half of its runs of three words are different.

    >>> filler("T.B.D."), filler("?!"), filler("Lorem ipsum dolor"), filler("good data " * 9), filler("Notes on bees")
    ('is a placeholder', 'holds no word', 'is a dummy text ("lorem ipsum")', 'repeats itself', '')
    """
    folded = text.casefold()
    said = words(text)
    if {"".join(said), " ".join(said)} & PLACEHOLDERS or _BRACKETED.fullmatch(folded):
        return "is a placeholder"
    if dummy := next((dummy for dummy in TEMPLATES if dummy in folded), ""):
        return f'is a dummy text ("{dummy}")'
    if not said:
        return "holds no word"
    triples = list(zip(said, said[1:], said[2:], strict=False))
    repeats = len(said) >= WORDS_REPEATED_MIN and 2 * len(set(triples)) < len(triples)
    if repeats or (len(said) > 1 and len(set(said)) == 1) or _RUN.search(folded):
        return "repeats itself"
    return ""


def same(one: str, other: str) -> bool:
    """Say whether two texts say the same: equal words, or two thirds of all their words (at least 4 each) in common.

    So one sentence with another word added for each field is still one sentence.

    >>> same("Own archive", "own archive."), same("Notes of a keeper of bees", "Notes of a keeper of bees, too")
    (True, True)
    >>> same("https://hollybank.coop/bees", "https://hollybank.coop/bees/issues")
    False
    """
    if one.casefold() == other.casefold() or (" " in one and words(one) == words(other)):
        return True
    if " " not in one or " " not in other:
        return False  # addresses and numbers: one part more makes another of them
    left, right = set(words(one)), set(words(other))
    return min(len(left), len(right)) >= 4 and 3 * len(left & right) >= 2 * len(left | right)
