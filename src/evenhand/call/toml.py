"""What do the bytes of a TOML file say? A tree of plain values in which every number is as it was written."""

import os
import re
import select
import stat
import tomllib
from pathlib import Path
from typing import Any

from evenhand.call.values import Written, shown
from evenhand.errors import OfferError, Problem

PIPE_SECONDS = 2
"""A pipe that nobody has opened to write to for so long is refused."""

_TWICE = ("Cannot overwrite", "Cannot declare", "Duplicate inline table key", "Cannot mutate immutable namespace")
_OFFERS = re.compile(r"""\[\[?\s*["']?offers["']?\s*\]""")
_PLACE = re.compile(r"(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL)


def read_toml(path: Path, of: str = "call") -> dict[str, Any]:
    """Read a file into tables, lists, texts, whole numbers, days, and `Written` for every other number.

    Args:
        path: of the file.
        of: what it says, for the messages: a call, or a market.

    Raises:
        OfferError: no such file, a pipe that nobody writes to, not UTF-8, or not TOML, with the line and the column.
    """
    data = _bytes(path, of)
    try:
        text = data.decode("utf-8-sig")  # some editors put a mark before the text
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise OfferError(
            Problem(
                f"{path.name}: line {line}",
                f"byte 0x{error.object[error.start]:02x} is not UTF-8",
                "TOML is UTF-8 text",
                "Save the file as UTF-8.",
            )
        ) from None
    try:
        return tomllib.loads(text, parse_float=Written)
    except RecursionError:
        raise OfferError(
            Problem(path.name, "nests too deeply", f"a {of} has tables within one list", "Write it flat.")
        ) from None
    except ValueError as error:  # TOMLDecodeError, and integers of thousands of digits
        raise OfferError(_syntax_problem(path.name, text, str(error), of)) from None


def _bytes(path: Path, of: str) -> bytes:
    """Read a file, or a pipe that somebody writes to (`<(...)` in a shell is one); wait for nothing else."""
    remedy = f"Name the {of}'s TOML file."
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISFIFO(mode):
            data = _from_pipe(path)
        elif stat.S_ISREG(mode) or stat.S_ISDIR(mode):  # of a folder the system says so itself
            data = path.read_bytes()
        else:
            raise OfferError(Problem(str(path), "is neither a file nor a pipe", f"a {of} is a file", remedy))
    except OSError as error:
        raise OfferError(
            Problem(str(path), f"cannot be read ({error.strerror})", f"a {of} is a file", remedy)
        ) from None
    if data is None:
        found, bound = "is a pipe that nobody writes to", f"a writer is waited for {PIPE_SECONDS:g} seconds"
        raise OfferError(Problem(str(path), found, bound, remedy))
    return data


def _from_pipe(path: Path) -> bytes | None:
    """Read a pipe to its end, however slowly it is written; None where nobody begins to write."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # else the system would wait for a writer without end
    try:
        begun = select.poll()
        begun.register(handle, select.POLLIN)
        written = begun.poll(1000 * PIPE_SECONDS)
        try:
            first = os.read(handle, 1)
        except BlockingIOError:  # somebody is there to write, and takes long
            first, written = b"", [(handle, 0)]
        if not (first or written):
            return None
        os.set_blocking(handle, True)
        with open(handle, "rb", closefd=False) as pipe:
            return first + pipe.read()
    finally:
        os.close(handle)


def _syntax_problem(file: str, text: str, message: str, of: str) -> Problem:
    place = _PLACE.fullmatch(message)
    what = place["what"] if place else message
    line = text.split("\n")[int(place["line"]) - 1].strip() if place and place["line"] else ""
    where = f"{file}: line {place['line']}, column {place['column']}" if place and place["line"] else f"{file}: its end"
    seen = f" in {shown(line)}" if line else ""
    if what.startswith(_TWICE) and _OFFERS.match(line):
        remedy = "Write [[offers]], with two brackets, above every offer."
        return Problem(where, f"the table stands there twice{seen}", "each offer has a table in a list of them", remedy)
    if what.startswith(_TWICE):
        return Problem(where, f"the key stands there twice{seen}", "every key and table is stated once", "Keep one.")
    return Problem(where, f"{what}{seen}", f"a {of} is written in TOML (toml.io)", "Mend it there, or just before.")
