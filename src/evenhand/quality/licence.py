"""May the buyer use the data? Where the licence that is stated is one that the call allows.

This is a condition for taking part, no part of quality: a call that states `licences = [...]` takes only offers whose
SPDX expression [SPDX, annex D] follows from them:

    a licence           allowed where it is in the list
    A WITH exception    allowed where this very pair is in the list: neither A alone nor the pair stands for the other
    A OR B              the buyer may choose: allowed where one of them is
    A AND B             both bind: allowed where both are

Names are those of the SPDX list, in any case of letters; a name that was replaced is read as the one that replaced it
("GPL-2.0" as "GPL-2.0-only"). "GPL-2.0-or-later" is a name of its own: who takes either lists both. A licence that is
on no list ("LicenseRef-mill-2026") is allowed where the call lists it by that name. What is not stated, not an
expression, or not known is refused: the buyer could not tell what is bought.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from evenhand.errors import OfferError, Problem, nearest
from evenhand.plaintext import plain

LENGTH_MAX = 200
"""Characters of an expression."""

FAULTS = ("missing", "unreadable", "not_allowed")
"""Why data may not be bought under what is stated: nothing is, or no expression of known licences, or one that the call
does not allow."""

_SIGNS = re.compile(r"[0-9A-Za-z.+() -]+")
_NAME = re.compile(r"[0-9A-Za-z.+-]+")
_OPERATOR = re.compile(r"\b(?:and|or|with)\b|[()]", re.IGNORECASE)
_AND_OR = re.compile(" and | or ")
_UNLISTED = "licenseref-"


def allowed(expression: str, allow: Sequence[str]) -> bool:
    """Say whether data under this licence may be bought where these licences are allowed.

    Args:
        expression: what the seller states.
        allow: licences, or pairs of a licence WITH an exception; with none, nothing is allowed.

    Raises:
        OfferError: an entry of `allow` is not one licence that is known (the buyer's to mend).

    >>> allowed("MIT OR GPL-3.0-only", ["MIT"]), allowed("MIT AND GPL-3.0-only", ["MIT"]), allowed("free", ["MIT"])
    (True, False, False)
    """
    return not refusals(expression, allow, "licence")


def stated(metadata: Mapping[str, str]) -> str:
    """Give the licence that a seller states, as a plain text; "" where none is.

    >>> stated({"license": " MIT "}), stated({"language": "en"})
    ('MIT', '')
    """
    return plain(str(metadata.get("licence", metadata.get("license", ""))))


def unlicensed(metadata: Mapping[str, str], allow: Sequence[str]) -> str:
    """Say why data may not be bought under the licence that is stated of it: one of `FAULTS`; "" where it may.

    Args:
        metadata: what the seller states of the dataset as a whole.
        allow: as in `allowed`; where a call names none, any licence will do, and so will none at all.

    Raises:
        OfferError: as in `allowed`.

    >>> unlicensed({"licence": "CC BY 4.0"}, ["CC-BY-4.0"]), unlicensed({"licence": "MIT"}, ["CC-BY-4.0"])
    ('unreadable', 'not_allowed')
    """
    if not allow:
        return ""
    expression = stated(metadata)
    unlisted = frozenset(filter(_is_unlisted, allowed_names(tuple(allow))))
    if not expression:
        return "missing"
    if fault(expression, unlisted):
        return "unreadable"
    return "" if allowed(expression, allow) else "not_allowed"


def refusals(expression: str, allow: Sequence[str], where: str) -> list[Problem]:
    """Say why data under this licence may not be bought; nothing where it may.

    Args:
        expression: as in `allowed`.
        allow: as in `allowed`.
        where: what the message is about.

    Raises:
        OfferError: as in `allowed`.

    >>> print(refusals("MIT AND (ISC OR GPL-3.0-only)", ["MIT", "CC0-1.0"], 'offer of "ada"')[0])
    offer of "ada": its licence "MIT AND (ISC OR GPL-3.0-only)" needs ISC or GPL-3.0-only; this call allows MIT,
    CC0-1.0. Offer the data under what is allowed, or withdraw the offer.
    """
    names = allowed_names(tuple(allow))
    unlisted = frozenset(name for name in names if _is_unlisted(name))
    bound = f"this call allows {', '.join(names) or 'none'}"
    if wrong := fault(expression, unlisted):
        return [Problem(where, f"its licence {wrong}", bound, remedy(expression))]
    tree = _tree(expression, unlisted)
    missing = _missing(tree, frozenset(names))
    if not missing:
        return []
    found = f'its licence "{expression.strip()}" needs {missing}'
    return [Problem(where, found, bound, "Offer the data under what is allowed, or withdraw the offer.")]


def fault(expression: str, unlisted: frozenset[str] = frozenset()) -> str:
    """Say what is wrong with an expression; "" where it is one of licences that are known.

    Args:
        expression: what is stated.
        unlisted: names that start with "LicenseRef-" and are known to who asks.

    >>> fault("MIT OR (Apache-2.0 AND BSD-3-Clause)")
    ''
    >>> fault(""), fault("Apache 2.0")
    ('is not stated', '"Apache 2.0" is no SPDX expression of listed licences')
    """
    text = expression.strip()
    if not text:
        return "is not stated"
    if len(text) > LENGTH_MAX:
        return f'"{text[:20]}…" has {len(text):,} characters, more than {LENGTH_MAX}'
    return f'"{text}" is no SPDX expression of listed licences' if _tree(text, unlisted) is None else ""


def remedy(expression: str) -> str:
    """Say what to write instead of an expression that is none."""
    near = meant(expression)
    ask = 'State an SPDX expression, such as "CC-BY-4.0" or "MIT OR Apache-2.0" (spdx.org/licenses).'
    return f'Did you mean "{near}"?' if near else ask


def meant(expression: str) -> str:
    """Guess for which listed licence the first name that is not listed was meant; "" where none is near.

    >>> meant("MIT OR Apache 2.0"), meant("free to use"), meant("MIT")
    ('Apache-2.0', '', '')
    """
    listed = {key.lower(): key for key in _licensing(frozenset()).known_symbols}
    strange = [part for part in _OPERATOR.split(expression[:LENGTH_MAX]) if part.strip().lower() not in listed]
    near = [nearest("-".join(_NAME.findall(part)), listed) for part in strange if part.strip()]
    return next((listed[name] for name in near if name), "")


@lru_cache(maxsize=32)
def allowed_names(allow: tuple[str, ...]) -> tuple[str, ...]:
    """Read what a call allows: the names as the SPDX list writes them, each once.

    Raises:
        OfferError: an entry is an expression of several licences, or not known; every such entry is named.

    >>> allowed_names(("mit", "GPL-2.0", "MIT"))
    ('MIT', 'GPL-2.0-only')
    """
    bound = "each entry is one licence of the SPDX list, or one WITH an exception"
    trees = [_tree(entry, frozenset([entry.strip()] if _is_unlisted(entry.strip()) else [])) for entry in allow]
    problems = []
    for place, (entry, tree) in enumerate(zip(allow, trees, strict=True)):
        where, shown = f"licences[{place}]", f'"{entry[:LENGTH_MAX]}"'
        if tree is None:
            problems.append(Problem(where, f"{shown} is not known", bound, remedy(entry)))
        elif _joined(tree):
            problems.append(Problem(where, f"{shown} is several", bound, "Write each as an entry of its own."))
    if problems:
        raise OfferError(problems)
    return tuple(dict.fromkeys(_name(tree) for tree in trees))


def _is_unlisted(name: str) -> bool:
    return name.lower().startswith(_UNLISTED) and _NAME.fullmatch(name) is not None


# -- the tree of an expression --------------------------------------------------------------------------------------


def _tree(expression: str, unlisted: frozenset[str]) -> Any:
    """Parse an expression; None where it is none of licences that are on the list or among `unlisted`."""
    from license_expression import ExpressionError

    text = expression.strip()
    if len(text) > LENGTH_MAX or not _SIGNS.fullmatch(text):
        return None
    try:
        return _licensing(unlisted).parse(text, validate=True, strict=True)
    except (ExpressionError, ValueError):
        return None


@lru_cache(maxsize=32)
def _licensing(unlisted: frozenset[str]) -> Any:
    """Give what parses expressions: the SPDX list, without what the library adds to it.

    That is two thousand names "LicenseRef-scancode-..." and second names such as "LicenseRef-Apache" and "GPL 2.0".
    """
    from license_expression import LicenseSymbol, Licensing, get_spdx_licensing

    def is_spdx(name: str) -> bool:
        return _NAME.fullmatch(name) is not None and not name.lower().startswith(_UNLISTED)

    listed = [
        LicenseSymbol(key, aliases=tuple(filter(is_spdx, symbol.aliases)), is_exception=symbol.is_exception)
        for key, symbol in get_spdx_licensing().known_symbols.items()
        if is_spdx(key)
    ]
    return Licensing([*listed, *map(LicenseSymbol, sorted(unlisted))])


def _joined(tree: Any) -> tuple[Any, ...]:
    """Give what AND or OR joins; nothing for a licence, with or without an exception."""
    return tuple(tree.args) if hasattr(tree, "operator") else ()


def _name(tree: Any) -> str:
    return str(tree.render("{symbol.key}"))


def _missing(tree: Any, names: frozenset[str]) -> str:
    """Say which licences an expression lacks to be allowed, in words; "" where it is allowed.

    AND lacks what each of its parts lacks; OR lacks nothing once one of its parts does not.
    """
    parts = _joined(tree)
    if not parts:
        return "" if _name(tree) in names else _name(tree)
    lacks = [_missing(part, names) for part in parts]
    if tree.operator.strip() == "OR":
        return _joint(" or ", lacks) if all(lacks) else ""
    return _joint(" and ", [lack for lack in lacks if lack])


def _joint(word: str, texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else word.join(f"({text})" if _AND_OR.search(text) else text for text in texts)
