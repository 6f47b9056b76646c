"""How is a Parquet file read without holding it? A few rows at a time, of the wanted columns alone.

Pages are read as they are needed, even inside one huge row group (`pre_buffer` off, a small read buffer); what is in
memory is a batch of rows, a page and the dictionary of each column.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from evenhand.datasets.readers.columns import Columns, lacking
from evenhand.datasets.readers.mistakes import Tell
from evenhand.datasets.readers.streams import BUFFER_BYTES, COMPRESSIONS, opened

BATCH_ROWS = 64
"""At most; larger batches read no faster."""

BATCH_BYTES = 2**20
"""About as many of a row group's own average rows are read at a time."""

COPIED_BYTES = 2**20


def parquet(path: Path, columns: Columns, tell: Tell) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Read one row at a time."""
    import pyarrow
    from pyarrow.parquet import ParquetFile

    try:
        with (
            closing(_seekable(path)) as source,
            closing(
                ParquetFile(source, pre_buffer=False, buffer_size=BUFFER_BYTES, page_checksum_verification=True)
            ) as table,
        ):
            schema = table.schema_arrow
            if not lacking(columns, schema.names, tell) and _holds_text(schema.field(columns.text), tell):
                yield from _rows(table, columns, tell)
    except (pyarrow.ArrowException, UnicodeDecodeError) as error:  # the latter from a damaged column name
        raise OSError(str(error)) from None


def _rows(table: Any, columns: Columns, tell: Tell) -> Iterator[tuple[int, Mapping[str, Any]]]:
    number = 1
    for batch in _batches(table, columns):
        values = [_values(batch.column(column), column, number, tell) for column in columns.all]
        for row in zip(*values, strict=True):
            yield number, dict(zip(columns.all, row, strict=True))
            number += 1


def _batches(table: Any, columns: Columns) -> Iterator[Any]:
    for number in range(table.num_row_groups):
        group = table.metadata.row_group(number)
        rows = min(BATCH_ROWS, max(1, BATCH_BYTES * group.num_rows // max(1, group.total_byte_size)))
        yield from table.iter_batches(rows, row_groups=[number], columns=list(columns.all), use_threads=False)


def _values(array: Any, column: str, first: int, tell: Tell) -> list[Any]:
    """Turn a column of a batch into Python's own values; one that cannot be is told, and None."""
    array = _in_microseconds(array)
    try:
        values: list[Any] = array.to_pylist()
    except (ValueError, OverflowError):  # text that is not UTF-8, a date beyond the year 9999
        values = [_value(item, column, number, tell) for number, item in enumerate(array, first)]
    return values


def _value(item: Any, column: str, number: int, tell: Tell) -> Any:
    try:
        return item.as_py()
    except (ValueError, OverflowError) as error:
        tell(
            number,
            f'its "{column}" cannot be read ({error})',
            "a value is one that its column's type can hold",
            "Correct it, or leave the row out.",
        )
        return None


def _in_microseconds(array: Any) -> Any:
    """Bring times to what Python's `datetime` holds, and zoned ones to UTC; leave other columns alone."""
    from pyarrow import duration, time64, timestamp, types

    kind = array.type
    if types.is_timestamp(kind):
        return array.cast(timestamp("us", kind.tz and "UTC"), safe=False)
    if types.is_time64(kind):
        return array.cast(time64("us"), safe=False)
    return array.cast(duration("us"), safe=False) if types.is_duration(kind) else array


def _holds_text(field: Any, tell: Tell) -> bool:
    from pyarrow import types

    kind = field.type.value_type if types.is_dictionary(field.type) else field.type
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind) or types.is_null(kind):
        return True
    tell(
        0,
        f'the column "{field.name}" is of type {kind}',
        "text is of type string",
        "Write the column as strings, or name the field that holds the text.",
    )
    return False


def _seekable(path: Path) -> Any:
    """Open a Parquet file, which is read from its end; a packed one by way of a nameless temporary file."""
    from pyarrow import OSFile

    if path.suffix.lower() not in COMPRESSIONS:
        return OSFile(str(path))
    copy = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    with opened(path) as stream:
        shutil.copyfileobj(stream, copy, COPIED_BYTES)
    return copy
