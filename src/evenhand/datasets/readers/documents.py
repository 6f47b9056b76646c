"""Which rows are documents? Decided once, for every format.

A row is a document when its text is a string that is not blank. A row whose text is null, empty or white space is
passed over: there is nothing in it to buy, and padding with such rows must not move a score. (The same row is null in
Parquet, null in JSON and an empty cell in CSV; one rule keeps the documents equal across formats.) How many there were
is counted, and told wherever the dataset is. A row without the field, or with something other than a string in it, is
a mistake and refused.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evenhand.datasets.readers.columns import Columns, absent_text, another_for
from evenhand.datasets.readers.mistakes import Tell, listed
from evenhand.datasets.readers.values import as_text
from evenhand.errors import shown
from evenhand.plaintext import is_blank
from evenhand.records import Document


@dataclass(slots=True)
class Passed:
    """How many rows of one reading were passed over."""

    blank: int = 0
    """their text is null, empty or white space"""


def documents(
    rows: Iterable[tuple[int, Mapping[str, Any]]], columns: Columns, tell: Tell, passed: Passed
) -> Iterator[Document]:
    """Make a document of each row that is one; count those that are passed over, and tell what is wrong with others."""
    for number, row in rows:
        text = row.get(columns.text)
        if text is None and columns.text in row:
            passed.blank += 1
        elif type(text) is not str:
            _tell_text(text, number, row, columns, tell)
        elif "\0" in text:
            tell(
                number,
                f"its text holds a NUL character, at {text.index(chr(0)):,}",
                "a document is text",
                "Remove the character, or leave the document out.",
            )
        elif is_blank(text):
            passed.blank += 1
        else:
            yield Document(text, _metadata(number, row, columns, tell))


def _metadata(number: int, row: Mapping[str, Any], columns: Columns, tell: Tell) -> dict[str, str]:
    metadata = {}
    for name, column in columns.metadata:
        try:
            value = as_text(row.get(column))
        except ValueError as error:
            tell(
                number,
                f'its "{column}" is no metadata: {error}',
                "metadata is text, a number, a date or JSON",
                f'Write it as text, or read "{name}" from another field.',
            )
        else:
            if value is not None:
                metadata[name] = value
    return metadata


def _tell_text(text: Any, number: int, row: Mapping[str, Any], columns: Columns, tell: Tell) -> None:
    if columns.text not in row:
        tell(number, *absent_text(columns.text, row))
    else:
        found = f'its "{columns.text}" is {shown(text)}, of type {type(text).__name__}'
        tell(number, found, "text is a string", "Write it in quotes, or name the field that holds the text.")


class Unseen:
    """The metadata columns that no row has had so far.

    In JSON lines a key may be missing from some rows; one that is missing from all is a slip of the pen.
    """

    def __init__(self, columns: Columns) -> None:
        self._wanted = columns
        self._columns = {column for _, column in columns.metadata}
        self._names: list[str] = []

    def watch(self, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Pass rows on, noting the columns they have; costs nothing once each was seen."""
        rows = iter(rows)
        for number, row in rows:
            self._names = self._names or list(row)
            self._columns.difference_update(row)
            yield number, row
            if not self._columns:
                break
        yield from rows

    def tell(self, tell: Tell) -> None:
        """Tell the columns that were in no row, if there was a row."""
        if self._names:
            for column in sorted(self._columns):
                found, bound = f'no row has the field "{column}"', f"the first row has {listed(self._names)}"
                tell(0, found, bound, another_for(column, self._wanted))
