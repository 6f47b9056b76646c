"""May the buyer use the data? Yes, where the licence that is stated is one that the call allows.

This is a condition for taking part, not a part of quality: a call that states `licences = [...]` takes only offers
whose SPDX expression [SPDX, annex D] its list allows:

    a licence           allowed where it is in the list
    A WITH exception    allowed where this very pair is in the list: neither A alone nor the pair stands for the other
    A OR B              the buyer may choose: allowed where one of them is
    A AND B             both bind: allowed where both are

Names are those of the SPDX list, in any case of letters; a name that was replaced is read as what replaced it
("GPL-2.0" as "GPL-2.0-only", "eCos-2.0" as "GPL-2.0-or-later WITH eCos-exception-2.0"). "GPL-2.0-or-later", and a name
with + behind it for "this version or any later", are names of their own: a call that takes either lists both. A licence
that is not on the SPDX list ("LicenseRef-mill-2026") is allowed where the call lists it by that name. What is not
stated, not an expression, or not known is refused: the buyer could not tell what is bought.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from evenhand.errors import Problem, nearest, refuse
from evenhand.plaintext import plain
from evenhand.spdx import spdx

LENGTH_MAX = 200
"""Characters of an expression."""

FAULTS = ("missing", "unreadable", "not_allowed")
"""Why data may not be bought under what is stated of it: nothing is stated, or no expression of known licences, or one
that the call does not allow."""

_SIGNS = re.compile(r"[0-9A-Za-z.+() -]+")
_NAME = re.compile(r"[0-9A-Za-z.+-]+")
_OPERATOR = re.compile(r"\b(?:and|or|with)\b|[()]", re.IGNORECASE)
_AND_OR = re.compile(" and | or ")
_PRIVATE = "licenseref-"
_OWN = (_PRIVATE, "documentref-", "noassertion", "none")  # what is said in SPDX of a licence that is on no list
_DEDICATIONS = ("cc0-1.0", "cc-pddc", "cc-pdm-1.0", "nist-pd", "nist-pd-fallback", "pddl-1.0", "sax-pd", "unlicense")
_VERSIONED = ("-only", "-or-later", "+")  # names that say already whether a later version may be taken
_PAIRS = {
    "eCos-2.0": "GPL-2.0-or-later WITH eCos-exception-2.0",
    "GPL-2.0-with-autoconf-exception": "GPL-2.0-only WITH Autoconf-exception-2.0",
    "GPL-2.0-with-bison-exception": "GPL-2.0-only WITH Bison-exception-2.2",
    "GPL-2.0-with-classpath-exception": "GPL-2.0-only WITH Classpath-exception-2.0",
    "GPL-2.0-with-font-exception": "GPL-2.0-only WITH Font-exception-2.0",
    "GPL-2.0-with-GCC-exception": "GPL-2.0-only WITH GCC-exception-2.0",
    "GPL-3.0-with-autoconf-exception": "GPL-3.0-only WITH Autoconf-exception-3.0",
    "GPL-3.0-with-GCC-exception": "GPL-3.0-only WITH GCC-exception-3.1",
}
"""Names that the SPDX list gave up for a licence WITH an exception; read as "GPL-2.0" is, without later versions."""
_PAIR_OF = {name.lower(): f"({pair})" for name, pair in _PAIRS.items()}


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
    expression, names = stated(metadata), allowed_names(tuple(allow))
    if not expression:
        return "missing"
    if fault(expression, _unlisted(names)):
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
    bound = f"this call allows {', '.join(names) or 'none'}"
    if wrong := fault(expression, _unlisted(names)):
        return [Problem(where, f"its licence {wrong}", bound, remedy(expression))]
    lacks = _lacks(_tree(expression, _unlisted(names)), frozenset(names))
    if not lacks:
        return []
    found = f'its licence "{expression.strip()}" needs {lacks}'
    return [Problem(where, found, bound, "Offer the data under what is allowed, or withdraw the offer.")]


def fault(expression: str, unlisted: frozenset[str] = frozenset()) -> str:
    """Say what is wrong with an expression; "" where all its licences are known.

    Args:
        expression: what is stated.
        unlisted: names that start with "LicenseRef-" and are known to whoever asks.

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
    if expression.strip().lower().startswith(_PRIVATE):
        ask += " A licence of your own counts where the call lists it by this name."
    return f'Did you mean "{near}"?' if near else ask


def meant(expression: str) -> str:
    """Guess which listed licence was meant by the first name that is not listed; "" where none is near.

    Nobody is led to give more away than was meant: for names that are to be on no list ("LicenseRef-mill", "NONE")
    nothing is guessed, and a dedication to the public domain only where its own name was begun.

    >>> meant("MIT OR Apache 2.0"), meant("free to use"), meant("MIT")
    ('Apache-2.0', '', '')
    >>> meant("https://creativecommons.org/licenses/by/4.0/"), meant("CC0"), meant("unlicensed"), meant("LicenseRef-x")
    ('CC-BY-4.0', 'CC0-1.0', '', '')
    """
    listed = {key.lower(): key for key in _licensing(frozenset()).known_symbols}
    whole = spdx(expression[:LENGTH_MAX])
    if whole != expression.strip() and whole.lower() in listed:
        return whole
    strange = [part for part in map(str.strip, _OPERATOR.split(expression[:LENGTH_MAX])) if part.lower() not in listed]
    names = [name for name in listed if not name.endswith("+")]
    asked = [part for part in strange if part and not part.lower().startswith(_OWN)]
    near = [(part, nearest("-".join(_NAME.findall(part)), names)) for part in asked]
    return next((listed[name] for part, name in near if name and not _gives_away(part, name)), "")


def _gives_away(written: str, name: str) -> bool:
    """Say whether a name is that of a dedication to the public domain, and something else was written."""
    short, long = ("".join(filter(str.isalnum, each.lower())) for each in (written, name))
    return name in _DEDICATIONS and not long.startswith(short)


@lru_cache(maxsize=32)
def allowed_names(allow: tuple[str, ...]) -> tuple[str, ...]:
    """Read what a call allows: the names as the SPDX list writes them, each once.

    Raises:
        OfferError: an entry is an expression of several licences, or not known; every such entry is named.

    >>> allowed_names(("mit", "GPL-2.0", "MIT"))
    ('MIT', 'GPL-2.0-only')
    """
    bound = "each entry is one licence of the SPDX list, or one WITH an exception"
    trees = [_tree(entry, _unlisted([entry.strip()])) for entry in allow]
    problems = []
    for place, (entry, tree) in enumerate(zip(allow, trees, strict=True)):
        where, shown = f"licences[{place}]", f'"{entry[:LENGTH_MAX]}"'
        if tree is None:
            problems.append(Problem(where, f"{shown} is not known", bound, remedy(entry)))
        elif _joined(tree):
            problems.append(Problem(where, f"{shown} is several", bound, "Write each as an entry of its own."))
    refuse(problems)
    return tuple(dict.fromkeys(_name(tree) for tree in trees))


def unlisted(allow: Sequence[str]) -> frozenset[str]:
    """Give those names that a call allows and that are on no list: whoever allows one knows what it stands for.

    Raises:
        OfferError: as in `allowed`.
    """
    return _unlisted(allowed_names(tuple(allow)))


def _unlisted(names: Sequence[str]) -> frozenset[str]:
    return frozenset(name for name in names if name.lower().startswith(_PRIVATE) and _NAME.fullmatch(name))


# -- the tree of an expression --------------------------------------------------------------------------------------


def _tree(expression: str, unlisted: frozenset[str]) -> Any:
    """Parse an expression; None where it is none, or names a licence that is neither listed nor among `unlisted`."""
    from license_expression import ExpressionError

    text = expression.strip()
    if len(text) > LENGTH_MAX or not _SIGNS.fullmatch(text):
        return None
    text = _NAME.sub(lambda name: _PAIR_OF.get(name[0].lower(), name[0]), text)
    try:
        return _licensing(unlisted).parse(text, validate=True, strict=True)
    except (ExpressionError, ValueError, IndexError):  # the last: of signs alone the parser's stack runs empty
        return None


@lru_cache(maxsize=32)
def _licensing(unlisted: frozenset[str]) -> Any:
    """Give the parser of expressions: it knows the SPDX list, without what the library adds to it.

    The library adds two thousand names "LicenseRef-scancode-..." and second names such as "LicenseRef-Apache" and
    "GPL 2.0". It lacks that any licence may have a + behind it [SPDX, annex D].
    """
    from license_expression import LicenseSymbol, Licensing, get_spdx_licensing

    def is_spdx(name: str) -> bool:
        return _NAME.fullmatch(name) is not None and not name.lower().startswith(_PRIVATE)

    listed = [
        LicenseSymbol(key, aliases=tuple(filter(is_spdx, symbol.aliases)), is_exception=symbol.is_exception)
        for key, symbol in get_spdx_licensing().known_symbols.items()
        if is_spdx(key)
    ]
    taken = {name.lower() for symbol in listed for name in (symbol.key, *symbol.aliases)}
    later = [
        LicenseSymbol(f"{symbol.key}+")
        for symbol in listed
        if not symbol.is_exception and not symbol.key.endswith(_VERSIONED) and f"{symbol.key}+".lower() not in taken
    ]
    return Licensing([*listed, *later, *map(LicenseSymbol, sorted(unlisted))])


def _joined(tree: Any) -> tuple[Any, ...]:
    """Give what AND or OR joins; nothing for a licence, with or without an exception."""
    return tuple(tree.args) if hasattr(tree, "operator") else ()


def _name(tree: Any) -> str:
    return str(tree.render("{symbol.key}"))


def _lacks(tree: Any, names: frozenset[str]) -> str:
    """Say, in words, which licences a call would have to allow as well; "" where the expression is allowed.

    AND lacks what each of its parts lacks; OR lacks nothing once one of its parts does not.
    """
    parts = _joined(tree)
    if not parts:
        return "" if _name(tree) in names else _name(tree)
    lacks = [_lacks(part, names) for part in parts]
    if tree.operator.strip() == "OR":
        return _joint(" or ", lacks) if all(lacks) else ""
    return _joint(" and ", [lack for lack in lacks if lack])


def _joint(word: str, texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else word.join(f"({text})" if _AND_OR.search(text) else text for text in texts)
