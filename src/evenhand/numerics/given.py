"""What has a caller given: a number, an index, a list? Numbers of Python and of numpy are taken alike."""

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np

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
