"""What has a caller given: a number, an index, a list? Numbers of Python and of numpy are taken alike."""

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np

from evenhand.errors import Problem, shown

TRUTH: tuple[type, ...] = (bool, np.bool_)
"""True is no number, though Python counts it as 1."""


def is_index(given: Any) -> bool:
    """Whether something given is a whole number, 0 or more.

    >>> is_index(np.int64(0)), is_index(1.0), is_index(True), is_index(-1)
    (True, False, False, False)
    """
    return isinstance(given, Integral) and not isinstance(given, TRUTH) and int(given) >= 0


def in_range(given: Any, low: Any, high: Any) -> bool:
    """Whether something given is a number within bounds; what is not a number is not.

    >>> in_range(0.5, 0, 1), in_range(np.float32(0.5), 0, 1), in_range("half", 0, 1), in_range(True, 0, 1)
    (True, True, False, False)
    """
    number: Any = given.item() if isinstance(given, np.generic) else given  # short floats cannot be held against 1e300
    return isinstance(given, Real) and not isinstance(given, TRUTH) and bool(low <= number <= high)


def listed(given: Any) -> list[Any] | None:
    """Give the members of a list or of an array in one row; None of anything else, a generator too.

    >>> listed(np.array([1, 2])), listed((0, None)), listed("12"), listed(iter([1]))
    ([1, 2], [0, None], None, None)
    """
    if isinstance(given, np.ndarray):
        return list(given.tolist()) if given.ndim == 1 else None
    return list(given) if isinstance(given, Sequence) and not isinstance(given, str | bytes) else None


def ordered(given: Any, expected: list[int], who: str, problems: list[Problem]) -> list[int]:
    """Take the order in which all that are expected come, each once; as they are if it is left out.

    Args:
        given: indices, first to last, or None.
        expected: the indices, rising.
        who: they are, in words.
        problems: where it is noted that the order names others.

    >>> noted = []
    >>> ordered([2, 0], [0, 2], "those who arrive", noted), ordered([1], [0, 2], "those who arrive", noted)
    ([2, 0], [0, 2])
    >>> print(noted[0])
    order: is [1]; it names each of those who arrive once: [0, 2]. Leave it out for the order of the indices.
    """
    members = expected if given is None else listed(given)
    if members is None or not all(map(is_index, members)) or sorted(members) != expected:
        bound = f"it names each of {who} once: {shown(expected)}"
        problems.append(Problem("order", f"is {shown(given)}", bound, "Leave it out for the order of the indices."))
        return expected
    return [int(member) for member in members]
