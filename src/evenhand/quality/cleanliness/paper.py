"""What do the paper's two formulas give, as printed?

Both saturate [docs/errata.md, E-002-07], and the second takes a word that is in no dictionary for an error. They stand
here so that a call can ask for them and that a comparison can be made again. Of exact copies the most damaged counts,
once (`profiles` has the list of what is not as printed).
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction

import numpy as np

from evenhand.quality.batch import Batch, Notes
from evenhand.quality.cleanliness.noise import KINDS
from evenhand.quality.cleanliness.reading import Reading, readings
from evenhand.quality.cleanliness.vocabulary import LETTERS, WORD
from evenhand.quality.counts import share
from evenhand.records import Array

ERROR_WEIGHT = 50
"""k; section 7.3 leaves it open, appendix C sets it."""

SECTION7_KINDS = ("character", "mojibake", "broken", "scan")
"""Of section 7.3: "broken words, OCR artifacts, [...] and nonstandard characters"; stop-word excess it leaves open."""
_CORRUPT = 1 + KINDS.index("mojibake")  # the codes up to this one: character-level corruption
COUNTS_APPENDIX_C = ("tokens", "corrupt", "unlisted")


def score_section7(counts: Mapping[str, int]) -> int:
    """Give 1 - k * errors / tokens in millionths, clipped to [0, 1] [Ayyoubzadeh25, section 7.3]; 0 without a token.

    The paper's "error frequency per 1000 tokens" f is the same number: 1 - (k / 1000) f, here 1 - f / 20.

    Args:
        counts: of `noise.count`; of its kinds those that the section names.

    >>> none = dict.fromkeys(("tokens", *KINDS), 0)
    >>> [score_section7(none | {"tokens": 1000, "scan": errors}) for errors in (0, 1, 10, 20, 500)]
    [1000000, 950000, 500000, 0, 0]
    """
    return _score(sum(counts[kind] for kind in SECTION7_KINDS), counts["tokens"])


def notes_appendix_c(batch: Batch) -> dict[str, Array]:
    """Note what appendix C counts in each document: corrupt tokens, and those that are in no dictionary.

    "Dictionary mismatches after normalisation": the tokens that hold a letter, without signs around them, in small
    letters, asked of the dictionary of the document's language, and of the English one where that is not known.

    Returns:
        "tokens", "corrupt" and "unlisted": (n,) int64.

    >>> from evenhand.records import Document
    >>> noted = notes_appendix_c(Batch.of([Document("The patient has blepharoconjunctivitis \\ufffd")]))
    >>> {name: column.tolist() for name, column in noted.items()}
    {'tokens': [5], 'corrupt': [1], 'unlisted': [1]}
    """
    rows = [row for group in readings(batch.texts) for row in _rows_appendix_c(group)]
    return dict(zip(COUNTS_APPENDIX_C, np.array(rows, dtype=np.int64).reshape(-1, 3).T, strict=True))


def count_appendix_c(noted: Notes) -> dict[str, int]:
    """Put the notes of all documents together."""
    return {name: int(noted[name].sum()) for name in COUNTS_APPENDIX_C}


def score_appendix_c(counts: Mapping[str, int]) -> int:
    """Give 1 - min(1, k * error_rate) in millionths, k = 50 [Ayyoubzadeh25, appendix C]; 0 without a token.

    >>> score_appendix_c({"tokens": 1000, "corrupt": 1, "unlisted": 9})
    500000
    """
    return _score(counts["corrupt"] + counts["unlisted"], counts["tokens"])


def _rows_appendix_c(group: Reading) -> Iterator[tuple[int, int, int]]:
    corrupt = (group.table.kinds(group.indices) > 0) & (group.table.kinds(group.indices) <= _CORRUPT)
    asked = (group.flags & WORD > 0) & ~corrupt
    unlisted = (group.flags & LETTERS > 0) & ~corrupt  # a name in a program, an address: as it stands in no dictionary
    for names, rows in group.by_languages(otherwise=("en",)):
        here = np.flatnonzero(asked & rows[group.owners])
        unlisted[here] = ~group.table.listed(group.indices[here], names)
    for _, part in group.documents():
        yield part.stop - part.start, int(corrupt[part].sum()), int(unlisted[part].sum())


def _score(errors: int, tokens: int) -> int:
    return share(1 - ERROR_WEIGHT * Fraction(errors, tokens)) if tokens else 0
