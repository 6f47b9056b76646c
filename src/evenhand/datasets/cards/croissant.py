"""What does a Croissant file say of a dataset? The part of JSON-LD that describes it, not how it is loaded.

Read are name, description, license, url, version, datePublished, creator, publisher, citeAs, inLanguage, size,
distribution (sha256, contentSize), recordSet (records that stand in the file), and of the vocabulary for responsible AI
dataCollection, dataCollectionTimeframe and personalSensitiveInformation [Croissant]. Names may be written short, with
their prefix or in full. No context is fetched: a file that gives these names another meaning is misread.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from evenhand.datasets.cards.licences import spdx_of_all
from evenhand.errors import OfferError, Problem

_PREFIXES = (
    "",
    "sc:",
    "schema:",
    "cr:",
    "rai:",
    "dct:",
    "https://schema.org/",
    "http://schema.org/",
    "http://mlcommons.org/croissant/",
    "http://mlcommons.org/croissant/RAI/",
    "http://purl.org/dc/terms/",
)
_CONFORMS = re.compile(r"https?://mlcommons\.org/croissant/1\.[01]/?")
_SHA256 = re.compile(r"[0-9A-Fa-f]{64}")
_TIMEFRAMES = ("dataCollectionTimeframe", "dataCollectionTimeFrame")  # the specification's spelling, and a program's
FILES_MAX = 100
"""So many checksums are read from a card."""

_MEND = "Mend it there, or just before."


def croissant(text: str, name: str) -> tuple[dict[str, str], list[str]] | None:
    """Read a Croissant file: the metadata, and what is to be told; None where it is other JSON.

    Raises:
        OfferError: it is no JSON, or says something twice, or describes no dataset; all that is wrong.

    >>> croissant('{"@context": {}, "@type": "sc:Dataset", "name": "bees", "version": 1.10}', "croissant.json")
    ({'name': 'bees', 'version': '1.10'}, ['states no "conformsTo" of Croissant 1.0 or 1.1; read as such'])
    """
    tree = _parsed(text, name)
    if not isinstance(tree, dict) or "@context" not in tree:
        return None
    node = _dataset(tree, name)
    told: list[str] = []
    if not any(_CONFORMS.fullmatch(version) for version in _texts(_get(node, "conformsTo"), "@id")):
        told.append('states no "conformsTo" of Croissant 1.0 or 1.1; read as such')
    licence = spdx_of_all(_texts(_get(node, "license"), "url", "@id", "name"), told)
    makers = [*_nodes(_get(node, "creator")), *_nodes(_get(node, "publisher"))]
    found = {
        "name": _one(node, "name"),
        "description": _one(node, "description"),
        "licence": licence,
        "source": _one(node, "url"),
        "version": _one(node, "version"),
        "published": _one(node, "datePublished"),
        "creator": ", ".join(_texts(_get(node, "creator"), "name")),
        "contact": next((said for key in ("email", "url") for maker in makers if (said := _one(maker, key))), ""),
        "citation": _one(node, "citeAs") or _one(node, "citation"),
        "language": ", ".join(_texts(_get(node, "inLanguage"), "alternateName", "name", "@id")),
        "size": _one(node, "size") or _records(node),
        "provenance": " ".join(_texts(_get(node, "dataCollection"))),
        "personal_data": "; ".join(_texts(_get(node, "personalSensitiveInformation"))),
        "period": "/".join(day.partition("T")[0] for key in _TIMEFRAMES for day in _texts(_get(node, key))),
        **_files(node, told),
    }
    return {key: value for key, value in found.items() if value}, told


# -- JSON -----------------------------------------------------------------------------------------------------------


def _parsed(text: str, name: str) -> Any:
    """Parse JSON with every number as it is written ("1.10" is no 1.1)."""
    twice: dict[str, None] = {}

    def table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            times = Counter(key for key, _ in pairs)
            twice.update(dict.fromkeys(key for key in times if times[key] > 1))
        return made

    try:
        tree = json.loads(text, object_pairs_hook=table, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as error:
        where = f"{name}, line {error.lineno}, column {error.colno}"
        raise OfferError(Problem(where, f"is not JSON ({error.msg})", "a Croissant file is JSON", _MEND)) from None
    except RecursionError:
        raise OfferError(Problem(name, "nests too deeply", "a card has a few levels", "Write it flat.")) from None
    if twice and isinstance(tree, dict) and "@context" in tree:
        bound = "what a card says, it says once"
        shown = [key[:60].encode(errors="replace").decode() for key in twice][:20]
        raise OfferError(
            [Problem(name, f'has the key "{key}" twice in one object', bound, "Keep one.") for key in shown]
        )
    return tree


def _dataset(tree: dict[str, Any], name: str) -> Mapping[str, Any]:
    """Find the node that is a dataset."""
    graph = tree.get("@graph")
    for node in (tree, *_nodes(graph)):
        types = [kind.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for kind in _texts(node.get("@type", ""))]
        if "Dataset" in types:
            return node
    found = f'has "@type" {json.dumps(tree.get("@type"))[:60]}' if "@type" in tree else 'has no "@type"'
    raise OfferError(Problem(name, found, "a Croissant file describes a dataset", 'Write "@type": "sc:Dataset".'))


def _get(node: Mapping[str, Any], key: str) -> Any:
    return next((node[prefix + key] for prefix in _PREFIXES if prefix + key in node), None)


def _nodes(value: Any) -> Iterator[Mapping[str, Any]]:
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            yield each


def _one(node: Mapping[str, Any], key: str) -> str:
    """Give the one text of a property; of several languages English where it is there, else the first."""
    value = _get(node, key)
    tagged = {str(each.get("@language", "")): each for each in _nodes(value)}
    chosen = tagged.get("en", value)
    if isinstance(chosen, dict) and "@value" not in chosen and isinstance(chosen.get("en"), str):
        chosen = chosen["en"]
    return next(_texts(chosen, "@value", "@id", "url", "name", *(_languages(chosen))), "")


def _languages(value: Any) -> tuple[str, ...]:
    """Give the languages of a text that is written in several: {"de": "...", "fr": "..."}."""
    return tuple(key for key in value if re.fullmatch("[a-z]{2,3}", key)) if isinstance(value, dict) else ()


def _texts(value: Any, *keys: str) -> Iterator[str]:
    """Give the texts of a value: itself, those of a list, and of an object that of the first of `keys` it has."""
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            inner = (_get(each, key) for key in ("@value", *keys))
            each = next((text for text in inner if isinstance(text, str)), None)
        if isinstance(each, str) and each.strip():
            yield each.strip()


# -- what is counted ------------------------------------------------------------------------------------------------


def _files(node: Mapping[str, Any], told: list[str]) -> dict[str, str]:
    """Give the checksums of all files, and the size of the file where there is one only."""
    files = [file for file in _nodes(_get(node, "distribution")) if _get(file, "sha256") or _get(file, "contentSize")]
    sums = [_one(file, "sha256") for file in files if _get(file, "sha256")]
    good = [digest.lower() for digest in sums if _SHA256.fullmatch(digest)]
    if len(good) < len(sums):
        told.append(f"{len(sums) - len(good)} of {len(sums)} checksums are no SHA-256, and left out")
    if len(good) > FILES_MAX:
        told.append(f"has {len(good)} checksums; the first {FILES_MAX} are read")
    checksum = " ".join(f"sha256:{digest}" for digest in good[:FILES_MAX])
    return {"checksum": checksum, "content_size": _one(files[0], "contentSize") if len(files) == 1 else ""}


def _records(node: Mapping[str, Any]) -> str:
    """Count the records that stand in the file itself, where one record set has any and is no list of categories."""
    counts = [
        len(records)
        for records_of in _nodes(_get(node, "recordSet"))
        if isinstance(records := _get(records_of, "data"), list) and not _get(records_of, "dataType")
    ]
    return f"{counts[0]} documents" if len(counts) == 1 else ""
