"""Build the list of rare English words again that look like slips and are none, from WordNet.

    apt-get download wordnet-base && dpkg-deb -x wordnet-base_*.deb wordnet
    python tools/build_rare_words.py wordnet/usr/share/wordnet

WordNet 3.0 lists the words of English with their part of speech; the forms of each are made by the rules of grammar.
Of these stand in the list those that the rule of `evenhand.quality.cleanliness.spelling` would take for a slip, and no
others: whoever runs this gets the same file.
"""

import argparse
import hashlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import orjson

from evenhand.quality.cleanliness import spelling
from evenhand.quality.codebooks import load_codebook

FOLDER = Path(spelling.__file__).parent
NAME = "wordnet-rare-words/1"
SOURCE = "WordNet 3.0, as in Debian's package wordnet-base 1:3.0-37: words, and their forms by the rules of grammar"
VOWELS = "aeiou"
LETTERS_MIN = 4
"""Of three letters nearly all are abbreviations."""


def words(folder: Path, part: str) -> list[str]:
    """Give the single words of a part of speech, in small letters."""
    lines = (folder / f"index.{part}").read_text(encoding="latin-1").splitlines()
    found = (line.partition(" ")[0] for line in lines if not line.startswith("  "))
    return [word for word in found if word.isalpha() and word.isascii()]


def exceptions(folder: Path, part: str) -> dict[str, list[str]]:
    """Give word -> its forms that follow no rule."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in (folder / f"{part}.exc").read_text(encoding="latin-1").splitlines():
        form, *of = line.split()
        for word in of:
            found[word].append(form)
    return found


def plural(word: str) -> str:
    """Give the plural of a noun, which is the third person of a verb as well.

    >>> plural("plait"), plural("berry"), plural("box")
    ('plaits', 'berries', 'boxes')
    """
    if word.endswith("y") and word[-2:-1] not in VOWELS:
        return f"{word[:-1]}ies"
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")


def stem(word: str) -> str:
    """Give what -ed, -ing, -er and -est are put behind.

    >>> stem("parse"), stem("grab"), stem("leaven")
    ('pars', 'grabb', 'leaven')
    """
    if word.endswith("e"):
        return word[:-1]
    is_short = len(word) > 2 and sum(letter in VOWELS for letter in word) == 1
    doubles = is_short and word[-2] in VOWELS and word[-1] not in f"{VOWELS}wxyh"
    return word + word[-1] * doubles


def forms(part: str, word: str, irregular: list[str]) -> Iterator[str]:
    """Give a word and its forms; "admited" is none, for "admitted" is irregular."""
    yield word
    yield from irregular
    if part == "verb" or (part == "noun" and not irregular):
        yield plural(word)
    if part == "verb" and not irregular:
        ending = f"{word[:-1]}ied" if word.endswith("y") and word[-2:-1] not in VOWELS else f"{stem(word)}ed"
        yield from (ending, f"{word if word.endswith(('ee', 'ye', 'oe')) else stem(word)}ing")
    if part == "adj" and not irregular:
        base = f"{word[:-1]}i" if word.endswith("y") else stem(word)
        yield from (f"{base}er", f"{base}est") if len(word) < 7 else ()
        yield f"{word[:-1]}ily" if word.endswith("y") else f"{word}ly"


def main() -> None:
    """Write the list, and say what goes beside its name."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where index.noun and its like are")
    folder = parser.parse_args().folder
    known: set[str] = set()
    for part in ("noun", "verb", "adj", "adv"):
        irregular = exceptions(folder, part)
        known.update(*(forms(part, word, irregular.get(word, [])) for word in words(folder, part)))
    english = spelling.lexicon("en")
    rare = sorted(
        word
        for word in known - spelling.FREQUENT_SLIPS - spelling.RARE_WORDS
        if len(word) >= LETTERS_MIN and english.resembles_a_common_word(word)
    )
    licence = load_codebook("wordnet-topics-minilm/1").licence
    told = {"name": NAME, "source": SOURCE, "licence": licence, "words": " ".join(rare)}
    data = orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n"
    (FOLDER / "rare-words.json").write_bytes(data)
    print(len(rare), "words; write into spelling.py:", hashlib.sha256(data).hexdigest())


if __name__ == "__main__":
    main()
