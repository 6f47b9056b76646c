"""What does a README.md say of a dataset? YAML between two lines of "---", and sections under their headings.

The YAML is that of dataset cards on Hugging Face: license, language, pretty_name, size_categories and a few more. Every
value is read as it is written ("1.10" is no 1.1, "no" is Norwegian), by PyYAML's parser of events, which makes no
objects; aliases are refused, so a small file stays small.
"""

import re
from collections.abc import Iterator
from typing import Any

from evenhand.datasets.cards.licences import spdx_of_all
from evenhand.errors import OfferError, Problem

FRONT_LENGTH_MAX = 2**17
"""Characters of YAML; most cards have a few thousand, and PyYAML takes seconds for a million."""
BODY_LENGTH_MAX = 2**20
DEPTH_MAX = 20

_TEXT_KEYS = {
    "pretty_name": "name",
    "language": "language",
    "version": "version",
    "size_categories": "size",
    "task_categories": "task_categories",
    "source_datasets": "source_datasets",
    "annotations_creators": "annotations_creators",
    "license_name": "license_name",
    "license_link": "license_link",
}
"""Key of the YAML -> field."""

_SECTIONS = {
    "description": ("dataset summary", "dataset description", "summary", "description", "overview", "dataset details"),
    "provenance": (
        "initial data collection and normalization",
        "data collection and processing",
        "data collection",
        "source data",
        "provenance",
    ),
    "personal_data": ("personal and sensitive information", "privacy considerations"),
    "citation": ("citation information", "citation", "how to cite"),
    "contact": ("dataset card contact", "contact"),
}
"""Field -> the headings it is read from; the first that has text counts."""

_HEADINGS = {heading for headings in _SECTIONS.values() for heading in headings}

_BULLETS = {"point of contact": "contact", "homepage": "source", "repository": "source"}
"""What stands in bold before a colon -> field."""


def readme(text: str, name: str) -> tuple[dict[str, str], list[str]] | None:
    """Read a README: the metadata, and what is to be told; None where it does not begin with a table in YAML.

    Raises:
        OfferError: the YAML cannot be read; with its line.

    >>> readme("---\\nversion: 1.10\\n---\\n## Description\\nNotes on bees.", "README.md")
    ({'version': '1.10', 'description': 'Notes on bees.'}, [])
    """
    parts = _front_and_body(text, name)
    if parts is None:
        return None
    front, body = parts
    table = _table(front, name)
    if table is None:
        return None
    told: list[str] = []
    licence = spdx_of_all(_texts(table.get("license")), told)
    if len(body) > BODY_LENGTH_MAX:
        told.append(f"is longer than {BODY_LENGTH_MAX:,} characters; the rest was not read")
    found = {"licence": licence}
    found |= {field: ", ".join(_texts(table.get(key))) for key, field in _TEXT_KEYS.items()}
    found["size"] = found["size"] or _examples(table.get("dataset_info"))
    found |= _said(body[:BODY_LENGTH_MAX])
    return {key: value for key, value in found.items() if value}, told


def _front_and_body(text: str, name: str) -> tuple[str, str] | None:
    first, _, rest = text.partition("\n")
    if first.rstrip() != "---":
        return None
    end = re.search(r"^---[ \t\r]*$", rest, re.MULTILINE)
    if end is None:
        bound = 'YAML stands between two lines of "---"'
        raise OfferError(Problem(f"{name}, line 1", 'a line "---" without another', bound, "Write the second one."))
    if end.start() > FRONT_LENGTH_MAX:
        bound = f"it has at most {FRONT_LENGTH_MAX:,}"
        raise OfferError(
            Problem(name, f"its YAML has {end.start():,} characters", bound, "Take out what repeats the data.")
        )
    return rest[: end.start()], rest[end.end() :]


# -- YAML -----------------------------------------------------------------------------------------------------------


def _table(front: str, name: str) -> dict[str, Any] | None:
    """Read YAML into tables, lists and texts; None where it is prose. Line 1 of the file is the one before it."""
    import yaml

    problems: list[Problem] = []
    try:
        tree = _tree(yaml.parse(front, Loader=yaml.BaseLoader), name, problems)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}, line {mark.line + 2}" if mark else name
        tree, found = {}, f"is not YAML ({error.problem or error.context})"
        problems.append(Problem(where, found, "the head of a card is YAML", "Mend it there, or just before."))
    except yaml.reader.ReaderError as error:
        where = f"{name}, line {front.count(chr(10), 0, error.position) + 2}"
        tree, found = {}, f"holds a character that YAML does not allow (U+{error.character:04X})"
        problems.append(Problem(where, found, "the head of a card is text", "Take it out."))
    if not problems and isinstance(tree, list):
        problems = [Problem(f"{name}, line 2", "is a list", 'the head of a card has lines "key: value"', "Write some.")]
    if problems:
        raise OfferError(problems)
    return tree if isinstance(tree, dict) else None


class _Open:
    """A table or a list that is being read."""

    def __init__(self, made: Any) -> None:
        self.made = made
        self.key: str | None = None


def _tree(events: Any, name: str, problems: list[Problem]) -> Any:
    """Put the parser's events together; stop at what makes the rest unreadable."""
    import yaml

    root = _Open([])
    stack = [root]
    for event in events:
        where = f"{name}, line {event.start_mark.line + 2}"
        if isinstance(event, yaml.AliasEvent):
            problems.append(
                Problem(where, f'holds an alias, "*{event.anchor}"', "a card is written out", "Write it out.")
            )
            return {}
        if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            stack.pop()
        elif isinstance(event, yaml.ScalarEvent):
            _put(stack[-1], _scalar(event), where, problems)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            inner = _Open({} if isinstance(event, yaml.MappingStartEvent) else [])
            _put(stack[-1], inner.made, where, problems)
            stack.append(inner)
            if len(stack) > DEPTH_MAX:
                problems.append(
                    Problem(where, "nests too deeply", f"a card has at most {DEPTH_MAX} levels", "Write it flat.")
                )
                return {}
    return root.made[0] if root.made else None


def _put(into: _Open, value: Any, where: str, problems: list[Problem]) -> None:
    if isinstance(into.made, list):
        into.made.append(value)
    elif into.key is not None:
        into.made[into.key] = value
        into.key = None
    else:
        into.key = value if isinstance(value, str) else ""
        if not isinstance(value, str):
            problems.append(Problem(where, "has a key that is no text", "a key is a word", 'Write "key: value".'))
        elif value in into.made:
            problems.append(Problem(where, f'states "{value[:60]}" twice', "a key is stated once", "Keep one."))


def _scalar(event: Any) -> str | None:
    """Give the text as it is written; None for a plain "null", "~" or nothing where a value should be."""
    says_nothing = event.style is None and event.value in ("", "~", "null", "Null", "NULL")
    return None if says_nothing else str(event.value)


def _texts(value: Any) -> Iterator[str]:
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str) and each.strip():
            yield each.strip()


def _examples(info: Any) -> str:
    """Add up the examples of all splits, where the card describes a single configuration."""
    splits = info.get("splits") if isinstance(info, dict) else None
    counts = [split.get("num_examples") for split in splits or () if isinstance(split, dict)]
    whole = [int(count) for count in counts if isinstance(count, str) and re.fullmatch("[0-9]{1,15}", count)]
    return f"{sum(whole)} documents" if whole and len(whole) == len(counts) else ""


# -- sections -------------------------------------------------------------------------------------------------------

_HEADING = re.compile(r"#{1,6}[ \t]+(.*)")
_BULLET = re.compile(r"[-*][ \t]+\*\*([^*]{1,60}?):?\*\*:?[ \t]*(.*)")
_LABEL = re.compile(r"\*\*[^*]{1,40}:\*\*")
_OPTIONAL = re.compile(r"\[optional\]")
_LINK = re.compile(r"\[[^\]]{0,200}\]\((?:mailto:)?([^()\s]{1,300})\)")
_PLACE = re.compile(r"[\w.%+'-]{1,64}@[\w-]{1,63}\.[\w.-]{1,200}\w|https?://[^\s<>()]{1,300}")
_EMPTY = re.compile(r"\[(?:more information needed|needs more information|optional)\](?:\([^()\s]*\))?", re.IGNORECASE)


def _said(body: str) -> dict[str, str]:
    """Read the sections and the bullets of the body into fields."""
    sections, bullets = _sections(_without_comments(body))
    found = {
        field: next((sections[heading] for heading in headings if sections.get(heading)), "")
        for field, headings in _SECTIONS.items()
    }
    found["description"] = found["description"] or sections.get("", "")
    place = _PLACE.search(found["contact"])
    found["contact"] = (place[0] if place else "") or bullets.get("contact", "")
    return {key: value for key, value in {"source": bullets.get("source", ""), **found}.items() if value}


def _sections(body: str) -> tuple[dict[str, str], dict[str, str]]:
    """Cut a body at its headings: heading in lower case -> text (the title's under ""), and bullets -> value."""
    lines: dict[str, list[str]] = {"": []}
    bullets: dict[str, str] = {}
    here, in_code = "", False
    for line in body.splitlines():
        line = line.strip()
        if line.startswith(("```", "~~~")):
            in_code = not in_code
        elif not in_code and (heading := _HEADING.fullmatch(line)):
            title = _OPTIONAL.sub("", heading[1].casefold()).strip("# \t:*")
            here = title if line.startswith("##") or title in _HEADINGS else ""
        elif not in_code and (bullet := _BULLET.fullmatch(line)):
            said = _LINK.sub(r"\1", _EMPTY.sub("", bullet[2])).strip("<> ")
            if said and (field := _BULLETS.get(bullet[1].casefold())):
                bullets.setdefault(field, said)
        elif not _LABEL.fullmatch(line):
            lines.setdefault(here, []).append(line)
    return {title: " ".join(_EMPTY.sub("", " ".join(text)).split()) for title, text in lines.items()}, bullets


def _without_comments(text: str) -> str:
    kept, start = [], 0
    while (begin := text.find("<!--", start)) >= 0 and (end := text.find("-->", begin)) >= 0:
        kept.append(text[start:begin])
        start = end + 3
    return "".join(kept) + text[start:]
