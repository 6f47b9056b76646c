"""What is wrong with some files? All of it at once, each kind of mistake told once, in little memory.

A reader tells a mistake and reads on. Mistakes that say the same of several lines become one `Problem` that lists the
first lines and counts the rest, so a misnamed field is one problem and not a million.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from evenhand.errors import OfferError, Problem, shown

KINDS_KEPT = 1000
"""Different mistakes kept of one reading; more are only counted."""

NUMBERS_SHOWN = 5
"""Lines listed of a mistake that repeats."""

NAMES_SHOWN = 12

Tell = Callable[[int, str, str, str], None]
"""Told `(number, found, bound, remedy)` of one line or row of one file; number 0 is the file as a whole."""


@dataclass(slots=True)
class _Places:
    """Where a mistake was made."""

    numbers: list[int] = field(default_factory=list)
    count: int = 0


class Mistakes:
    """The mistakes of one reading.

    >>> mistakes = Mistakes("grain.csv")
    >>> tell = mistakes.teller("grain.csv", "line")
    >>> for line in (3, 4, 8, 9, 12, 20):
    ...     tell(line, "it has 2 cells", "the header has 3", "Add one.")
    >>> mistakes.refuse()
    Traceback (most recent call last):
        ...
    evenhand.errors.OfferError: grain.csv, lines 3, 4, 8, 9, 12 and 1 more: it has 2 cells; the header has 3. Add one.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._kinds: dict[tuple[str, str, str, str, str], _Places] = {}
        self._beyond = 0

    def __bool__(self) -> bool:
        return bool(self._kinds)

    def teller(self, label: str, unit: str = "line") -> Tell:
        """Give what a reader of the file `label` calls with its mistakes, numbered in `unit`s."""

        def tell(number: int, found: str, bound: str, remedy: str) -> None:
            kind = (label, unit, found, bound, remedy)
            if kind not in self._kinds and len(self._kinds) == KINDS_KEPT:
                self._beyond += 1
                return
            places = self._kinds.setdefault(kind, _Places())
            places.count += 1
            if len(places.numbers) < NUMBERS_SHOWN:
                places.numbers.append(number)

        return tell

    def refuse(self) -> None:
        """Raise an `OfferError` of all mistakes; do nothing where there are none."""
        if self._kinds:
            problems = [
                Problem(_where(label, unit, places), *rest) for (label, unit, *rest), places in self._kinds.items()
            ]
            raise OfferError(self._overflow() + problems)

    def _overflow(self) -> list[Problem]:
        if not self._beyond:
            return []
        found = f"{self._beyond:,} mistakes beyond the first {KINDS_KEPT:,}"
        return [Problem(self._name, found, "these are kept and follow", "Mend them and read again.")]


def listed(names: Iterable[str]) -> str:
    """Write names in quotes, the first few of many.

    >>> print(listed(["id", "body"]))
    "id", "body"
    """
    quoted = [shown(name) for name in names]
    more = [f"{len(quoted) - NAMES_SHOWN} more"] if len(quoted) > NAMES_SHOWN else []
    return ", ".join(quoted[:NAMES_SHOWN] + more) or "none"


def _where(label: str, unit: str, places: _Places) -> str:
    if not places.numbers[0]:
        return label
    more = places.count - len(places.numbers)
    plural = "s" if places.count > 1 else ""
    numbers = ", ".join(str(number) for number in places.numbers)
    return f"{label}, {unit}{plural} {numbers}" + (f" and {more:,} more" if more else "")
