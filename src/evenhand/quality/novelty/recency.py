"""How recent are the documents, by the dates that stand with them?

    Recency = 1 - (CurrentDate - DocumentDate) / MaxDateRange, clipped to [0, 1]        [Ayyoubzadeh25, section 7.3]

CurrentDate is the day that the call states, never the clock's. A document without a date that can be read, or with one
after that day, has recency 0. The date of the dataset as a whole counts only where no document, as it was offered, has
one of its own: so hiding the dates of some never pays, nor does adding copies without a date.

A date is a statement: nothing in a text proves it. Whoever dates everything to the day of the call has recency 1; the
count that gives this away, `one_day`, is published with the score: how many documents share one day that is not long
past. A buyer who does not trust dates gives novelty little weight.
"""

import re
from collections.abc import Sequence
from datetime import date

import numpy as np

from evenhand.quality.batch import Batch
from evenhand.records import Array

AGE_DAYS_MAX = 3650
"""MaxDateRange: a document of this age or older is not recent at all."""

UNDATED, POSTDATED = -2, -1
"""What is noted instead of the days that a document has left before it is old."""

COUNTS = ("undated", "postdated", "stale", "one_day", "fresh_days")

FORMS = "2025, 2025-06 or 2025-06-30, behind which a time may stand"
"""How a date is written."""

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:[T ].*)?)?)?")


def read_date(text: str) -> date | None:
    """Read "2024-05-17" (a time may follow), "2024-05" or "2024", where the first day is meant; else give None.

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
    """Give how many of 3650 days a document of this date has left, at least 0; or UNDATED or POSTDATED.

    >>> days_left("2025-12-31", date(2026, 1, 10)), days_left("", date(2026, 1, 10)) == UNDATED
    (3640, True)
    """
    dated = read_date(stated)
    if dated is None:
        return UNDATED
    return POSTDATED if dated > as_of else max(AGE_DAYS_MAX - (as_of - dated).days, 0)


def notes(batch: Batch, as_of: date) -> dict[str, Array]:
    """Note how many days each document has left, `days`, (n,) int32, and whether it has a date: `own_date`, (n,) bool.

    Where a text is offered under several dates, the smallest note counts, and one date is a date (`tables`).
    """
    left = np.array([days_left(document.metadata.get("date", ""), as_of) for document in batch.documents], np.int32)
    return {"days": left, "own_date": left != UNDATED}


def dated_as_a_whole(days: Array, own_date: Array, stated: str, as_of: date) -> Array:
    """Give all documents the date of the dataset, where not one that was offered has a date that can be read.

    Args:
        days: (n,) the note of each document that counts.
        own_date: of all documents, copies included, whether each has a date: a copy without one hides none.
        stated: the date of the dataset.
        as_of: the day of the call.

    >>> undated, day = np.array([UNDATED, UNDATED]), date(2026, 1, 1)
    >>> dated_as_a_whole(undated, np.array([False, False]), "2026-01-01", day)
    array([3650, 3650])
    >>> dated_as_a_whole(undated, np.array([False, True]), "2026-01-01", day)
    array([-2, -2])
    """
    return days if own_date.any() else np.full_like(days, days_left(stated, as_of))


def count(days: Array | Sequence[int]) -> dict[str, int]:
    """Count what recency follows from.

    Args:
        days: (n,) the note of each distinct document.

    >>> count([3650, 3650, 12, 0, UNDATED, POSTDATED])
    {'undated': 1, 'postdated': 1, 'stale': 1, 'one_day': 2, 'fresh_days': 7312}
    """
    left = np.asarray(days, dtype=np.int64)
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
