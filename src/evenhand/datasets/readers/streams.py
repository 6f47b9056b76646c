"""Which bytes does a file hold, once unpacked? A stream of them, in a memory that does not grow with the file.

gzip by the standard library, Zstandard by `zstandard`; the last suffix of the name says which. A stream that is cut
short or damaged raises one of `DAMAGE` while it is read; it never just ends early.
"""

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from evenhand.datasets.readers.mistakes import Tell

DAMAGE = (OSError, EOFError, zlib.error)
"""What reading a stream may raise; nothing else."""

DOCUMENT_BYTES_MAX = 2**28
"""A line, cell or plain file is one document's and stays below this; it also stops a packed bomb."""

BUFFER_BYTES = 2**17

ZSTD_STEP_BYTES = 2**11
"""Packed bytes unpacked at a time. Zstandard packs at most 2**15 to 1, so one step makes at most 64 MiB."""

BOM = b"\xef\xbb\xbf"

TOO_LONG = (
    f"it is longer than {DOCUMENT_BYTES_MAX:,} bytes",
    "that is the most one document may have",
    "Split it into documents, one on each line.",
)

EMPTY = ("it is empty", "a file holds something", "Export it again, or leave it out.")


def opened(path: Path) -> io.BufferedReader:
    """Open a file for reading its unpacked bytes; the caller closes it."""
    unpack = COMPRESSIONS.get(path.suffix.lower(), partial(io.FileIO, mode="r"))
    return io.BufferedReader(unpack(path), BUFFER_BYTES)


def lines(stream: io.BufferedReader, tell: Tell) -> Iterator[tuple[int, bytes]]:
    """Give the numbered lines of a stream with their line ends, without the byte order mark; tell if there are none."""
    number = 0
    for number, line in enumerate(iter(partial(stream.readline, DOCUMENT_BYTES_MAX + 1), b""), 1):
        if len(line) > DOCUMENT_BYTES_MAX:
            tell(number, *TOO_LONG)
            return
        yield number, line.removeprefix(BOM) if number == 1 else line
    if not number:
        tell(0, *EMPTY)


def decoded(stream: io.BufferedReader, number: int, data: bytes, tell: Tell) -> str | None:
    """Decode what was just read, from line `number` on; where it is not UTF-8 tell the first place and give None."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        offset = stream.tell() - len(data) + error.start  # the stream stands just behind the data
        found = f"byte {offset:,} of the file (0x{data[error.start]:02x}) is not UTF-8"
        tell(number + data.count(b"\n", 0, error.start), found, "text files are UTF-8", "Save the file as UTF-8.")
        return None


def _gzip(path: Path) -> Any:
    return gzip.open(path, "rb")


class _Zstd(io.RawIOBase):
    """The unpacked bytes of one or more Zstandard frames.

    The library's own stream reader ends quietly where a frame is cut short; this one refuses.
    """

    def __init__(self, path: Path) -> None:
        import zstandard

        self._failed = zstandard.ZstdError
        self._begin = zstandard.ZstdDecompressor().decompressobj
        self._file = path.open("rb")
        self._frame: Any = None
        self._unpacked = memoryview(b"")
        self._given = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._given

    def close(self) -> None:
        self._file.close()
        super().close()

    def readinto(self, buffer: Any) -> int:
        room = memoryview(buffer)
        while not self._unpacked:
            if not (packed := self._next_bytes()):
                return 0
            try:
                self._unpacked = memoryview(self._frame.decompress(packed))
            except self._failed as error:
                raise OSError(f"not Zstandard, or damaged: {error}") from None
        count = min(len(room), len(self._unpacked))
        room[:count] = self._unpacked[:count]
        self._unpacked = self._unpacked[count:]
        self._given += count
        return count

    def _next_bytes(self) -> bytes:
        """Give packed bytes for the frame at hand, or for the next one where it has ended; b"" at the file's end."""
        packed: bytes = b""
        if self._frame is not None and self._frame.eof:
            packed, self._frame = self._frame.unused_data, None
        packed = packed or self._file.read(ZSTD_STEP_BYTES)
        if packed and self._frame is None:
            self._frame = self._begin()
        if not packed and self._frame is not None:
            raise EOFError("the last Zstandard frame is cut short")
        return packed


COMPRESSIONS: dict[str, Callable[[Path], Any]] = {".gz": _gzip, ".zst": _Zstd}
"""Suffix -> what unpacks a file that ends in it."""
