"""Is this the kind of value that a field holds? Asked of what people write in Python, before anything is done with it.

A field's annotation is the one place that says what it holds. A path where a dataset belongs, or 5 where money does,
is then named where it was written, and not where it is first used.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from types import UnionType
from typing import Any, get_args, get_origin

from evenhand.errors import Problem, shown

WRITTEN = {
    "Call": ("it is a call", "Make it with Call(...), or take the call of read_call(path)."),
    "Dataset": ("it is a dataset", 'Write datasets.open_dataset("ada.jsonl"), or Dataset.of(texts).'),
    "Mapping of str": ("it is a dict of texts, numbers too", 'Write it as {"novelty": "0.5"}.'),
    "Money": ("it is an amount of money", 'Write Money.parse("300.00 EUR").'),
    "Sequence of Offer": ("it is a list of offers", "Write [Offer(...), ...], one a seller."),
    "Sequence of str": ("it is a list of texts", 'Write it as ["cooperative"].'),
    "date": ("it is a day, without a time", "Write date(2026, 1, 31)."),
    "int": ("it is a whole number", "Write one such as 200."),
    "str": ("it is a text, numbers too", "Write it in quotes."),
}
"""What a field holds -> how that is said, and how it is written."""

LOOKALIKES = {date: datetime, int: bool}
"""What Python counts as the first of these, and nobody means so."""

_WITHIN: dict[Any, Callable[[Any, tuple[Any, ...]], bool]] = {
    UnionType: lambda value, kinds: any(fits(value, kind) for kind in kinds),
    Mapping: lambda value, kinds: (
        isinstance(value, Mapping)
        and all(fits(each, kind) for item in value.items() for each, kind in zip(item, kinds, strict=True))
    ),
    Sequence: lambda value, kinds: (
        isinstance(value, Sequence) and not isinstance(value, str) and all(fits(each, kinds[0]) for each in value)
    ),
}


def fits(value: Any, kind: Any) -> bool:
    """Say whether a value is of a kind, such as `int`, `Mapping[str, str]` or `Sequence[str] | None`.

    >>> fits({"novelty": "0.5"}, Mapping[str, str]), fits({"novelty": 0.5}, Mapping[str, str]), fits(True, int)
    (True, False, False)
    """
    within = _WITHIN.get(get_origin(kind))
    if within is not None:
        return within(value, get_args(kind))
    return isinstance(value, kind) and not isinstance(value, LOOKALIKES.get(kind, ()))


def misfit(where: str, value: Any, kind: Any) -> Problem | None:
    """Say what is wrong with a value that is not of its kind; None where it is.

    >>> print(misfit("call.permutations", "200", int))
    call.permutations: is "200"; it is a whole number. Write one such as 200.
    """
    if fits(value, kind):
        return None
    return Problem(where, f"is {shown(value)}", *WRITTEN[_name(kind)])


def misfits(record: Any, where: Callable[[str], str]) -> list[Problem]:
    """List the fields of a dataclass that hold something else than they say.

    Args:
        record: an instance.
        where: what a field is called in messages.
    """
    asked = ((each, getattr(record, each.name)) for each in fields(record))
    return [problem for each, value in asked if (problem := misfit(where(each.name), value, each.type))]


def _name(kind: Any) -> str:
    """Name a kind as `WRITTEN` does; of several kinds the first."""
    origin, inside = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return _name(inside[0])
    return str(kind.__name__ if origin is None else f"{origin.__name__} of {inside[0].__name__}")
