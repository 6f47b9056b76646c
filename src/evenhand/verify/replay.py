"""Do the published files follow from the record? Decide it again, and name what was changed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from evenhand import canonical, publication
from evenhand.errors import EvenhandError, Problem, StoreError
from evenhand.records import Outcome, Record
from evenhand.round import decide

DIFFERENCES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: whether it is as it must be (None: could not be looked at), in a sentence."""

    subject: str
    passed: bool | None
    statement: str


def check_files(files: Mapping[str, bytes]) -> tuple[list[Check], Outcome | None]:
    """Decide the record again and compare every published file, byte for byte.

    Args:
        files: name -> bytes, as they stand in the round's folder.

    Returns:
        the checks, and the outcome if the record could be decided.
    """
    missing = [name for name in (publication.RECORD, publication.OUTCOME) if name not in files]
    if missing:
        return [Check(name, False, "is missing") for name in missing], None
    named, found = _named_digest(files[publication.OUTCOME]), canonical.digest(files[publication.RECORD])
    if named != found:
        statement = f"has {found}, but outcome.json names {named}: one of the two was changed"
        return [Check(publication.RECORD, False, f"{statement}{_impossible(files[publication.RECORD])}")], None
    try:
        outcome, expected = _replay(files[publication.RECORD])
    except UNDECIDED as error:
        return [Check(publication.RECORD, False, _found(error))], None

    intact = Check(publication.RECORD, True, f"is canonical and has the digest that outcome.json names ({found})")
    return [
        intact,
        *(_compare(name, expected[name], files) for name in expected if name != publication.RECORD),
    ], outcome


def replayed(files: Mapping[str, bytes]) -> Outcome:
    """Give the outcome of a published round, decided again from its record.

    Raises:
        StoreError: the round has no record, or one that cannot be decided.
    """
    checks, outcome = check_files(files)
    if outcome is None:
        wrong = [check for check in checks if not check.passed]
        raise StoreError(
            [
                Problem(check.subject, check.statement, "a round is replayed from its record", "Restore the round.")
                for check in wrong
            ]
        )
    return outcome


@lru_cache(maxsize=1)
def _replay(record_bytes: bytes) -> tuple[Outcome, dict[str, bytes]]:
    outcome = decide(canonical.decode(record_bytes, Record, publication.RECORD))
    return outcome, publication.files(outcome)


def _named_digest(outcome: bytes) -> str:
    try:
        named = json.loads(outcome)["record"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return "no digest"
    return str(named)


UNDECIDED = (EvenhandError, ArithmeticError, LookupError, TypeError, ValueError)
"""What deciding a record may raise; all but the first where nobody's `measure` wrote it."""


def _found(error: Exception) -> str:
    if isinstance(error, EvenhandError):
        return "; ".join(f"{problem.found}; {problem.bound}" for problem in error.problems)
    return f"cannot be decided ({type(error).__name__}: {error})"


def _impossible(record_bytes: bytes) -> str:
    """Say what in a record cannot be, where one of two files was changed: that tells which."""
    try:
        _replay(record_bytes)
    except UNDECIDED as error:
        return f". The record {_found(error)}"
    return ". Nothing in the record is impossible: compare its digest with one that was published elsewhere"


def _compare(name: str, expected: bytes, files: Mapping[str, bytes]) -> Check:
    if name not in files:
        return Check(name, False, "is missing")
    if files[name] == expected:
        return Check(name, True, "is what follows from the record, byte for byte")
    return Check(name, False, _difference(expected, files[name]))


def _difference(expected: bytes, found: bytes) -> str:
    """Name the first byte that differs and, in JSON, the fields."""
    place = next(
        (i for i, (one, other) in enumerate(zip(expected, found, strict=False)) if one != other),
        min(len(expected), len(found)),
    )
    line = found.count(b"\n", 0, place) + 1
    sentence = (
        f"was changed: byte {place} (line {line}) has {_excerpt(found, place)} where the record gives "
        f"{_excerpt(expected, place)}"
    )
    fields = _changed_fields(expected, found)
    return f"{sentence}; fields: {', '.join(fields[:DIFFERENCES_SHOWN])}" if fields else sentence


def _excerpt(data: bytes, place: int) -> str:
    if place >= len(data):
        return "nothing more"
    return json.dumps(data[max(place - 12, 0) : place + 12].decode(errors="replace"), ensure_ascii=False)


def _changed_fields(expected: bytes, found: bytes) -> list[str]:
    try:
        one, other = flat(json.loads(expected)), flat(json.loads(found))
    except (ValueError, RecursionError):
        return []
    return [path for path in sorted(one.keys() | other.keys()) if one.get(path) != other.get(path)]


def flat(tree: Any, path: str = "") -> dict[str, Any]:
    """Give path -> value of everything in a tree of JSON.

    >>> flat({"scores": {"novelty": 5}, "tags": ["a"]})
    {'scores.novelty': 5, 'tags[0]': 'a'}
    """
    if isinstance(tree, dict):
        return {k: v for key, item in tree.items() for k, v in flat(item, f"{path}.{key}" if path else key).items()}
    if isinstance(tree, list):
        return {k: v for i, item in enumerate(tree) for k, v in flat(item, f"{path}[{i}]").items()}
    return {path: tree}
