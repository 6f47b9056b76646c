"""What is a part of a text for people made of? A heading, a table where there is one, and sentences below it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, a table, sentences; the terminal and pages lay it out."""

    heading: str
    columns: tuple[str, ...] = ()
    """The first is of names, the others are of numbers unless they stand in `words`."""
    rows: tuple[tuple[str, ...], ...] = ()
    sentences: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    """Columns of words."""
