"""How recent are the documents, by the dates that stand with them?

    Recency = 1 - (CurrentDate - DocumentDate) / MaxDateRange, clipped to [0, 1]        [Ayyoubzadeh25, section 7.3]

CurrentDate is the day that the call states, never the clock's. A document without a date that can be read, or with one
after that day, has recency 0. The date of the dataset as a whole counts only where no document has one of its own, so
that hiding the dates of some never pays.

A date is a statement: nothing in a text proves it. Who dates everything to the day of the call has recency 1, and what
speaks against it is published with the score: `one_day`, how many documents share one day that is not long past. A
buyer who does not believe in dates gives recency no weight.
"""

import re
from collections.abc import Iterable
from datetime import date

import numpy as np

from evenhand.quality.batch import Batch
from evenhand.records import Array

AGE_DAYS_MAX = 3650
"""MaxDateRange: from this age on a document is not recent at all."""

UNDATED, POSTDATED = -2, -1
"""What stands in the place of the days that a document has left before it is old."""

COUNTS = ("undated", "postdated", "stale", "one_day", "fresh_days")

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:[T ].*)?)?)?")


def read_date(text: str) -> date | None:
    """Read "2024-05-17" (a time may follow), "2024-05" or "2024"; what is left open is its first day. Else None.

    >>> read_date("2024-05"), read_date("2024-02-30"), read_date("unknown")
    (datetime.date(2024, 5, 1), None, None)
    """
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = match.groups(default="1")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def days_left(stated: str, as_of: date) -> int:
    """Give how many of 3650 days a document dated so has left, at least 0; or UNDATED or POSTDATED.

    >>> days_left("2025-12-31", date(2026, 1, 10)), days_left("", date(2026, 1, 10)) == UNDATED
    (3640, True)
    """
    dated = read_date(stated)
    if dated is None:
        return UNDATED
    return POSTDATED if dated > as_of else max(AGE_DAYS_MAX - (as_of - dated).days, 0)


def notes(batch: Batch, as_of: date) -> dict[str, Array]:
    """Note of each document how many days it has left: `days`, (n,) int32.

    Of a text that is offered under several dates the smallest note counts.
    """
    left = [days_left(document.metadata.get("date", ""), as_of) for document in batch.documents]
    return {"days": np.array(left, dtype=np.int32)}


def dated_as_a_whole(days: Array, stated: str, as_of: date) -> Array:
    """Give all documents the date of the dataset, where not one has anything of its own that can be read as a date.

    >>> dated_as_a_whole(np.array([UNDATED, UNDATED]), "2026-01-01", date(2026, 1, 1))
    array([3650, 3650])
    """
    return np.full_like(days, days_left(stated, as_of)) if (days == UNDATED).all() else days


def count(days: Iterable[int]) -> dict[str, int]:
    """Count what recency follows from, of the distinct documents.

    >>> count([3650, 3650, 12, 0, UNDATED, POSTDATED])
    {'undated': 1, 'postdated': 1, 'stale': 1, 'one_day': 2, 'fresh_days': 7312}
    """
    left = np.asarray(days if isinstance(days, np.ndarray) else list(days), dtype=np.int64)
    fresh = left[left > 0]
    counted = (
        (left == UNDATED).sum(),
        (left == POSTDATED).sum(),
        (left == 0).sum(),
        np.unique(fresh, return_counts=True)[1].max(initial=0),
        fresh.sum(),
    )
    return {name: int(value) for name, value in zip(COUNTS, counted, strict=True)}


def worst(days: Array) -> dict[str, Array]:
    """Tell which documents pull recency down: kind -> their indices in the notes.

    >>> worst(np.array([3650, UNDATED, 0]))
    {'undated': array([1]), 'postdated': array([], dtype=int64), 'stale': array([2])}
    """
    kinds = {"undated": UNDATED, "postdated": POSTDATED, "stale": 0}
    return {kind: np.flatnonzero(days == value) for kind, value in kinds.items()}
