"""How much does the seller tell about the dataset, in a form that can be used?

Metadata = valid fields / expected fields [Ayyoubzadeh25, section 7.3; appendix C counts "filled" ones]. A field that is
filled but says nothing does not count:

    licence       an SPDX expression of listed licences ("CC-BY-4.0 OR MIT"); "license" is read too
    language      shaped like a language tag [BCP 47] ("en", "pt-BR"), and not "und"
    date          19 of 20 distinct documents have a usable date, their own or the dataset's
    source        anything but a placeholder such as "unknown"
    version       no white space, at most 64 characters, with a digit
    description   at least 20 characters, 8 of them different
"""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

from evenhand.quality.counts import share

DESCRIPTION_LENGTH_MIN = 20
DESCRIPTION_CHARACTERS_MIN = 8
DATED_MIN = Fraction(19, 20)

_LANGUAGE = re.compile(
    r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-([0-9A-Za-z]{5,8}|[0-9][0-9A-Za-z]{3}))*"
)
_LICENCE = re.compile(r"[0-9A-Za-z.+() -]{1,200}")
_PLACEHOLDERS = frozenset(
    (
        "",
        "-",
        "?",
        "n/a",
        "na",
        "nan",
        "nil",
        "none",
        "null",
        "other",
        "tba",
        "tbd",
        "todo",
        "undefined",
        "unknown",
        "unspecified",
        "various",
        "xxx",
    )
)


@cache
def _spdx() -> Any:
    from license_expression import get_spdx_licensing

    return get_spdx_licensing()


def _is_licence(text: str) -> bool:
    from license_expression import ExpressionError

    if not _LICENCE.fullmatch(text):
        return False
    try:
        return _spdx().parse(text, validate=True, strict=True) is not None
    except (ExpressionError, ValueError):
        return False


def _is_language(text: str) -> bool:
    return _LANGUAGE.fullmatch(text) is not None and text.lower() != "und"


def _is_source(text: str) -> bool:
    return text.casefold() not in _PLACEHOLDERS


def _is_version(text: str) -> bool:
    return len(text) <= 64 and not re.search(r"\s", text) and re.search(r"[0-9]", text) is not None


def _is_description(text: str) -> bool:
    return len(text) >= DESCRIPTION_LENGTH_MIN and len(set(text)) >= DESCRIPTION_CHARACTERS_MIN


_STATED: dict[str, Callable[[str], bool]] = {
    "licence": _is_licence,
    "language": _is_language,
    "source": _is_source,
    "version": _is_version,
    "description": _is_description,
}
COUNTS = (*_STATED, "date")


def count(metadata: Mapping[str, str], *, dated: int, documents: int) -> dict[str, int]:
    """Say of each expected field whether it is valid: 1 or 0.

    Args:
        metadata: what the seller states of the dataset as a whole.
        dated: how many distinct documents have a usable date.
        documents: how many distinct documents there are.

    >>> count({"licence": "MIT", "language": "English", "source": "unknown"}, dated=19, documents=20)
    {'licence': 1, 'language': 0, 'source': 0, 'version': 0, 'description': 0, 'date': 1}
    """
    stated = {"licence": metadata.get("license", ""), **metadata}
    valid = {name: int(is_valid(stated.get(name, "").strip())) for name, is_valid in _STATED.items()}
    return {**valid, "date": int(documents > 0 and dated >= DATED_MIN * documents)}


def score(counts: Mapping[str, int]) -> int:
    """Give the richness of the metadata in millionths: the share of the fields that are valid."""
    return share(Fraction(sum(counts.values()), len(COUNTS)))
