"""What documents are in these files? Read in one order, one at a time, in a memory that does not grow with the files.

    open_dataset    here      a path and the names of the fields -> `Dataset`
    files                     path -> the files it means, in order
    formats, parquet          file -> rows; one table from suffix to format
    streams                   file -> bytes, unpacked (.gz, .zst)
    columns, values           which columns of a row; how a value becomes text
    documents                 rows -> documents
    digests                   files -> their SHA-256
    cards                     what a card beside the files says of them
    mistakes                  all that is wrong, raised once

Whatever the locale, files are UTF-8 (a byte order mark is dropped) and are read in the order of their names.
"""

from collections.abc import Generator, Mapping
from functools import partial
from pathlib import Path

from evenhand.datasets.readers.columns import Columns
from evenhand.datasets.readers.digests import digests
from evenhand.datasets.readers.documents import Passed, Unseen, documents
from evenhand.datasets.readers.files import File, find
from evenhand.datasets.readers.mistakes import Mistakes, Tell
from evenhand.datasets.readers.streams import DAMAGE
from evenhand.records import Dataset, Document, Source


def open_dataset(
    path: str | Path, *, text_field: str = "text", fields: Mapping[str, str] | None = None, base: Path | None = None
) -> Dataset:
    """Offer the documents of a file, a folder or a pattern such as "data/**/*.jsonl".

    The files are looked up now and read each time the dataset is iterated. Of JSONL, CSV, TSV and Parquet each row with
    text is a document; rows whose text is null, empty or white space are passed over and counted (`Manifest.blank`). A
    plain text file (.txt, .md, .rst) is one document. Each may be packed by gzip or Zstandard. A folder stands for
    every such file below it that is not hidden; where it holds tables and plain text, a pattern says which of the two
    are the documents; a README.md beside tables is none of them.

    Args:
        path: relative to `base`, or absolute.
        text_field: the column or key of the text.
        fields: metadata field of a document -> the column or key it is read from. A null, NaN or blank value is left
            out; numbers are written as Python writes them, dates in ISO 8601, nested values in canonical JSON.
        base: what a relative path starts from; the working directory where none is given.

    Returns:
        the dataset. Its source is None where the path is absolute and not below `base`: nobody else could follow it.

    Raises:
        OfferError: nothing there can be read. Iterating raises it for what is wrong inside: after all files were read,
            with all mistakes. Documents given before that are to be discarded; once there is a mistake, none is given.
    """
    given = _relative(Path(path), base) if str(path) else ""
    files = find(given, base or Path())
    fields = dict(fields or {})
    columns = Columns(text_field, tuple(fields.items()))
    source = None if Path(given).is_absolute() else Source(given, text_field, fields)
    return Dataset(partial(_read, given, files, columns), source, partial(digests, [file.path for file in files]))


def dataset_files(path: str | Path, *, base: Path | None = None) -> tuple[Path, ...]:
    """Name the files that a dataset is read from, as `open_dataset` looks them up.

    Raises:
        OfferError: nothing there can be read.
    """
    return tuple(file.path for file in find(_relative(Path(path), base) if str(path) else "", base or Path()))


def _relative(path: Path, base: Path | None) -> str:
    """Write a path in POSIX form, relative to base where it lies below it."""
    if base is not None and path.is_absolute() and path.is_relative_to(base.absolute()):
        path = path.relative_to(base.absolute())
    return path.as_posix()


def _read(name: str, files: list[File], columns: Columns) -> Generator[Document, None, int]:
    """Give the documents, and at the end how many rows without text were passed over."""
    mistakes = Mistakes(name)
    unseen, passed = Unseen(columns), Passed()
    for file in files:
        tell = mistakes.teller(file.label, file.format.unit)
        try:
            rows = unseen.watch(file.format.rows(file.path, columns, tell))
            for document in documents(rows, columns, tell, passed):
                if not mistakes:
                    yield document
        except DAMAGE as error:
            _tell_damage(error, tell)
    if not mistakes:
        unseen.tell(mistakes.teller(name))
    mistakes.refuse()
    return passed.blank


def _tell_damage(error: Exception, tell: Tell) -> None:
    reason = getattr(error, "strerror", None) or str(error).partition("\n")[0]
    remedy = "Allow it to be read." if isinstance(error, PermissionError) else "Copy or export it again."
    tell(0, f"cannot be read to its end ({reason})", "an offer is made of whole files", remedy)
