"""Which columns of a row are read, and does a table have them?"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from evenhand.datasets.readers.mistakes import Tell, listed


@dataclass(frozen=True, slots=True)
class Columns:
    """What is read of a row: the column or key of the text, and of each metadata field `(name, column)`."""

    text: str
    metadata: tuple[tuple[str, str], ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Every column once, the text first.

        >>> Columns("body", (("year", "date"), ("day", "date"))).all
        ('body', 'date')
        """
        return tuple(dict.fromkeys((self.text, *(column for _, column in self.metadata))))


def lacking(columns: Columns, header: Iterable[str], tell: Tell) -> bool:
    """Tell each column that a table's header lacks or has twice; say whether there is one."""
    names = Counter(header)
    for column in columns.all:
        if names[column] != 1:
            found = f'{names[column] or "no"} columns are named "{column}"'
            tell(0, found, f"the columns are {listed(names)}", _remedy(column, columns, names))
    return any(names[column] != 1 for column in columns.all)


def absent_text(text: str, names: Iterable[str]) -> tuple[str, str, str]:
    """Say that a row has no text field."""
    return f'it has no field "{text}"', f"its fields are {listed(names)}", NAME_THE_TEXT


def another_for(column: str, columns: Columns) -> str:
    """Say what to do about a column that is not there: name another for what was to be read from it."""
    if column == columns.text:
        return NAME_THE_TEXT
    return (
        f"Read {listed(name for name, read in columns.metadata if read == column)} from one of them, or leave it out."
    )


NAME_THE_TEXT = "Name the field that holds the text."


def _remedy(column: str, columns: Columns, names: Counter[str]) -> str:
    if names[column]:
        return "Give each column a name of its own."
    if len(names) == 1 and ";" in next(iter(names)):
        return "Separate the columns by commas, not semicolons."
    return another_for(column, columns)
