"""The same record, the same bytes: canonical JSON (RFC 8785) and SHA-256 over it.

>>> encode({"b": 1, "a": [True, "é"]})
b'{"a":[true,"\\xc3\\xa9"],"b":1}'
>>> digest(b"")
'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
"""

import dataclasses
import hashlib
import json
from fractions import Fraction
from functools import cache
from math import isfinite
from typing import Any, TypeVar

from evenhand.errors import Problem, StoreError

T = TypeVar("T", bound=object)

IF_STATED = {"if_stated": True}
"""Metadata of a field that is left out of the tree where it holds its default: what nobody states takes no bytes, so a
setting that is new changes no record without it."""


def encode(value: Any) -> bytes:
    """Write a record, or any tree of plain values, as canonical JSON. Fractions become "numerator/denominator"."""
    import rfc8785

    return rfc8785.dumps(tree(value))


def tree(value: Any) -> Any:
    """Turn records into the tree of dicts, lists, strings and integers that JSON can carry.

    >>> @dataclasses.dataclass
    ... class Terms:
    ...     budget: int
    ...     cap: int = dataclasses.field(default=0, metadata=IF_STATED)
    >>> tree([Terms(9), Terms(9, cap=5)])
    [{'budget': 9}, {'budget': 9, 'cap': 5}]
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        items = ((field, getattr(value, field.name)) for field in dataclasses.fields(value))
        return {
            field.name: tree(item)
            for field, item in items
            if not ("if_stated" in field.metadata and item == field.default)
        }
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, float) and not isfinite(value):  # JSON has no word for it
        return str(value)
    if isinstance(value, dict):
        return {key: tree(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [tree(item) for item in value]
    return value


def decode(data: bytes, record_type: type[T], where: str) -> T:
    """Read canonical JSON back into the record it was written from; anything else is refused.

    Args:
        data: the bytes of the file.
        record_type: a frozen dataclass of plain values.
        where: the file's name, for the message.

    Raises:
        StoreError: not JSON, not of this type, or not the canonical bytes of what it says.
    """
    from pydantic import ValidationError

    try:
        read = json.loads(data)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise StoreError(_altered(where, f"is not JSON ({error})")) from None
    try:
        record: T = _adapter(record_type).validate_python(read)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        path = ".".join(str(step) for step in first["loc"]) or "the top level"
        raise StoreError(_altered(where, f"does not fit at {path} ({first['msg']})")) from None
    try:
        faithful = encode(record) == data
    except ValueError:  # an integer beyond 2^53, a lone surrogate: nothing that canonical JSON can carry
        faithful = False
    if not faithful:
        raise StoreError(_altered(where, "is not the canonical form of what it says"))
    return record


def another(data: bytes, sha256: str, where: str, remedy: str) -> Problem | None:
    """Say that a file is another one than was published; None where it is that one."""
    found = hashlib.sha256(data).hexdigest()
    if found == sha256:
        return None
    return Problem(where, f"has the SHA-256 {found[:12]}...", f"the published file has {sha256[:12]}...", remedy)


def digest(data: bytes) -> str:
    """Name some bytes by their SHA-256."""
    return named(hashlib.sha256(data).hexdigest())


def named(hexdigest: str) -> str:
    """Write a SHA-256 as digests are written everywhere."""
    return f"sha256:{hexdigest}"


def _altered(where: str, found: str) -> Problem:
    return Problem(
        where, found, "a round's files are canonical JSON (RFC 8785)", "Restore the file as it was published."
    )


@cache
def _adapter(record_type: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(record_type)
