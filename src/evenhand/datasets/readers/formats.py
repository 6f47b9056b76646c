"""Which formats can be read, and what is a row of each? A table from suffix to reader.

A reader is given a path and gives `(number, row)` pairs, a row being a mapping from column to value; what is wrong with
the file it tells, and reads on where it can. All formats meet in that shape, so what makes a document is decided once,
in `documents`.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from evenhand.datasets.readers.columns import Columns, lacking
from evenhand.datasets.readers.mistakes import Tell
from evenhand.datasets.readers.parquet import parquet
from evenhand.datasets.readers.streams import (
    BOM,
    COMPRESSIONS,
    DOCUMENT_BYTES_MAX,
    EMPTY,
    TOO_LONG,
    decoded,
    lines,
    opened,
)
from evenhand.errors import shown

Row = tuple[int, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Format:
    """How files of one suffix are read, and what their rows are called in messages."""

    rows: Callable[[Path, Columns, Tell], Iterator[Row]]
    unit: str = "line"
    is_table: bool = True
    """Whether each row may be a document; else the whole file is one."""


def format_of(name: str) -> Format | None:
    """Find the format of a file by its name, whatever it is packed with; None where there is none.

    >>> format_of("Grain.JSONL.gz") is FORMATS[".jsonl"], format_of("grain.docx")
    (True, None)
    """
    stem = PurePosixPath(name.lower())
    return FORMATS.get((stem.with_suffix("") if stem.suffix in COMPRESSIONS else stem).suffix)


def json_lines(path: Path, columns: Columns, tell: Tell) -> Iterator[Row]:
    """Read one JSON object from each line; blank lines are passed over."""
    import orjson

    wanted = {column: json.dumps(column, ensure_ascii=False).encode(errors="replace") for column in columns.all}
    with opened(path) as stream:
        for number, line in lines(stream, tell):
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                if line.strip() and decoded(stream, number, line, tell) is not None:
                    tell(number, f"column {error.colno} is not JSON ({error.msg})", *ONE_OBJECT)
                continue
            if type(row) is dict:
                if twice := _twice(line, wanted):
                    tell(number, f"it has the key {shown(twice)} twice", "a key has one value", "Keep one.")
                yield number, row
            else:
                tell(number, f"it is JSON of type {type(row).__name__}, not an object", *ONE_OBJECT)


def _twice(line: bytes, wanted: Mapping[str, bytes]) -> str:
    """Find a column that is read and that a line has twice; "" where there is none.

    The parser keeps the last of them and does not say so. Lines in which no name stands twice, spelt out or with its
    letters escaped, are not read again.
    """
    escaped = b"\\u" in line and _ESCAPED.search(line)
    if not escaped and all(line.count(name) < 2 for name in wanted.values()):
        return ""
    try:
        pairs = json.loads(line, object_pairs_hook=list, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):  # what only the other parser takes is left to it
        return ""
    names = Counter(pair[0] for pair in pairs)
    return next((column for column in wanted if names[column] > 1), "")


_ESCAPED = re.compile(rb'[{,]\s*"[^"]{0,999}\\u')
"""A key with an escaped letter in it, among other places."""

ONE_OBJECT = ("each line of JSONL is one JSON object", 'Write the line as {"text": "..."}.')


def delimited(path: Path, columns: Columns, tell: Tell, *, delimiter: str) -> Iterator[Row]:
    """Read one row from each record below the header; quoted cells may hold line ends; blank lines are passed over."""
    # the limit is one for the whole process; the default of 128 KiB is below an ordinary article
    csv.field_size_limit(max(csv.field_size_limit(), DOCUMENT_BYTES_MAX))
    with opened(path) as stream:
        records = _records(csv.reader(_text_lines(stream, tell), delimiter=delimiter, strict=True), tell)
        _, header = next(records, (0, None))
        if header is None or lacking(columns, header, tell):
            return
        wanted = [(column, header.index(column)) for column in columns.all]
        for number, cells in records:
            if len(cells) == len(header):
                yield number, {column: cells[place] for column, place in wanted}
            else:
                found = f"it has {len(cells)} cell{'s' * (len(cells) > 1)}, the first {shown(cells[0])}"
                tell(
                    number,
                    found,
                    f"the header has {len(header)}",
                    "Quote a cell that holds the delimiter or a line end.",
                )


def _records(reader: Any, tell: Tell) -> Iterator[tuple[int, Sequence[str]]]:
    """Give the records that are not blank, each with the number of the line it begins on."""
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            tell(
                number,
                f"the record that begins here breaks off ({error})",
                "a quoted cell ends in a quote",
                "Double each quote inside a quoted cell, or export it again.",
            )
        else:
            if cells:
                yield number, cells


def _text_lines(stream: io.BufferedReader, tell: Tell) -> Iterator[str]:
    for number, line in lines(stream, tell):
        text = decoded(stream, number, line, tell)
        if text is None:
            text = line.decode(errors="replace")  # told; the rows below still line up
        # a carriage return alone ends a line too; StringIO splits at the line ends of CSV and at no others
        yield from io.StringIO(text, newline="") if "\r" in text[:-2] else (text,)


def plain_text(path: Path, columns: Columns, tell: Tell) -> Iterator[Row]:
    """Read a whole file as one document."""
    with opened(path) as stream:
        data = bytearray()
        while len(data) <= DOCUMENT_BYTES_MAX and (chunk := stream.read1()):
            data += chunk
        if not data:
            tell(0, *EMPTY)
        elif len(data) > DOCUMENT_BYTES_MAX:
            tell(0, *TOO_LONG)
        elif (text := decoded(stream, 1, bytes(data.removeprefix(BOM)), tell)) is not None:
            yield 0, {columns.text: text}


FORMATS = {
    ".jsonl": Format(json_lines),
    ".ndjson": Format(json_lines),
    ".csv": Format(partial(delimited, delimiter=",")),
    ".tsv": Format(partial(delimited, delimiter="\t")),
    ".parquet": Format(parquet, unit="row"),
    ".txt": Format(plain_text, is_table=False),
    ".md": Format(plain_text, is_table=False),
    ".rst": Format(plain_text, is_table=False),
}
"""Suffix -> format; each may be packed by one of `COMPRESSIONS`."""
