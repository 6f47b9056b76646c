"""What can go wrong, and whose it is to mend.

Three families. The participant's (`OfferError`: an offer or a call that cannot be accepted), the operator's
(`StoreError`: a folder that cannot be read or written), and ours (`assert`: impossible, stop). A check over many
things collects a `Problem` for each and raises once, so nobody mends a file line by line.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

PROBLEMS_SHOWN = 20
SHOWN_MAX = 60
"""A longer value is cut short in a message."""
DIGITS_MAX = 30
"""A whole number of more digits is said to be one: Python itself writes out some thousands at most."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: where it stands, the value found, the bound it breaks, and the remedy.

    >>> print(Problem("offers[2].cost", '"-3.00 EUR" is negative', "a cost is 0 or more", "To stay out, withdraw it."))
    offers[2].cost: "-3.00 EUR" is negative; a cost is 0 or more. To stay out, withdraw it.
    """

    where: str
    found: str
    bound: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.found}; {self.bound}. {self.remedy}"


def shown(value: Any) -> str:
    """Show a wrong value in a message: in one short line that any encoding can hold, a text in quotes.

    >>> print(shown("two\\nlines"), shown(0.5), shown(["a"]), shown(10**99))
    "two\\nlines" 0.5 ['a'] a number of over 30 digits
    >>> print(shown([10**9999]))
    a list with a number of over 30 digits
    """
    if isinstance(value, str):
        return f'"{one_line(value)}"'
    if isinstance(value, int) and abs(value) >= 10**DIGITS_MAX:
        return f"a number of over {DIGITS_MAX} digits"
    try:
        written = repr(value)
    except ValueError:  # raised for a number that is too long to be written out
        return f"a {type(value).__name__} with a number of over {DIGITS_MAX} digits"
    return one_line(" ".join(written.split()))


def one_line(text: str) -> str:
    """Keep enough of a text to recognise it; what cannot be seen is written as its escape.

    >>> print(one_line("a\\u202eb"), len(one_line("long" * 100)))
    a\\u202eb 60
    """
    kept = (sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text[: SHOWN_MAX + 1])
    line = "".join(kept)
    return line if len(line) <= SHOWN_MAX else line[: SHOWN_MAX - 1] + "…"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Guess which of the known names was meant; None where none is near.

    >>> nearest("budgte", ["budget", "seed"])
    'budget'
    """
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), list(known), n=1)
    return near[0] if near else None


def unknown(where: str, name: str, known: Iterable[str]) -> Problem:
    """Refuse a name that is not in a list of names.

    >>> print(unknown("mechanism", "proportional", ["proportional_share"]))
    mechanism: "proportional" is not known; known: proportional_share. Did you mean "proportional_share"?
    """
    known = list(known)
    meant = nearest(name, known)
    remedy = f'Did you mean "{meant}"?' if meant else "Write one of them."
    return Problem(where, f'"{name}" is not known', f"known: {', '.join(known)}", remedy)


class EvenhandError(Exception):
    """Input that Evenhand refuses; carries every problem found, prints the first 20, and says where the others are."""

    def __init__(self, problems: Problem | Sequence[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        assert self.problems, "a refusal names at least one problem"
        super().__init__(str(self))

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems[:PROBLEMS_SHOWN]]
        hidden = len(self.problems) - len(lines)
        more = f'... and {hidden} more; "problems" lists all {len(self.problems)} (--json prints it)'
        return "\n".join([*lines, more] if hidden else lines)


class OfferError(EvenhandError):
    """The participant's to mend: an offer, a dataset, a report or a call."""


class StoreError(EvenhandError):
    """The operator's to mend: an output folder, a record that was changed, a disk."""


def refuse(problems: Iterable[Problem]) -> None:
    """Raise what was noted, if anything was.

    Raises:
        OfferError: with every problem.
    """
    noted = list(problems)
    if noted:
        raise OfferError(noted)
