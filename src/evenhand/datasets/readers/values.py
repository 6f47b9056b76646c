"""How does a value from a file become the text of a metadata field? The same way from every format.

A value that says nothing (null, NaN, empty, white space) is left out: an export writes it as null in one format, as an
empty cell or a missing key in another, and the documents must not differ by that.
"""

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from evenhand import canonical


def as_text(value: Any) -> str | None:
    """Write a value as text, None where it says nothing.

    Raises:
        ValueError: no text is written for a value of this kind; the message says why.

    >>> as_text(2024), as_text(True), as_text(date(2024, 5, 1)), as_text(" "), as_text({"b": 1, "a": [2.5, None]})
    ('2024', 'true', '2024-05-01', None, '{"a":[2.5,null],"b":1}')
    """
    if value is None:
        return None
    written = value if type(value) is str else _plain(value)
    if isinstance(written, str):
        return written if written and not written.isspace() else None
    if written is None:
        return None
    try:
        return canonical.encode(written).decode()
    except ValueError as error:  # a number that JSON cannot carry, or half a character
        raise ValueError(f"it cannot be written as JSON ({error})") from None


def _plain(value: Any) -> Any:
    """Give text, None, or a tree that JSON can carry."""
    if write := WRITTEN.get(type(value)):
        return write(value)
    if isinstance(value, Mapping):
        return {str(key): _leaf(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_leaf(item) for item in value]
    raise ValueError(f"a value of type {type(value).__name__} has no text")


def _leaf(value: Any) -> Any:
    """Give what stands inside a nested value: JSON's own kinds as they are."""
    if value is None or isinstance(value, str | int) or (isinstance(value, float) and not math.isnan(value)):
        return value
    return _plain(value)


def _float(value: float) -> str | None:
    return None if math.isnan(value) else str(value)


WRITTEN: dict[type, Callable[[Any], str | None]] = {
    bool: lambda value: "true" if value else "false",
    int: str,
    float: _float,
    Decimal: str,
    date: date.isoformat,
    datetime: datetime.isoformat,
    time: time.isoformat,
    timedelta: str,
}
"""Type of a value -> how it is written."""
