"""Where do documents lie that are to be read again in another order? In memory, or where they are large in a file.

What is put aside is gone with the process; nothing of it can be seen from outside.
"""

import json
import tempfile
from collections.abc import Sequence

from evenhand.records import Dataset, Document

HELD_BYTES = 2**26
"""So much is held in memory at most; of more, all goes into the file."""


class Shelf:
    """Documents put aside, to be read again in any order: in memory, or in a temporary file if they are large.

    >>> shelf = Shelf()
    >>> places = [shelf.put(Document(text)) for text in ("a", "b", "c")]
    >>> [document.text for document in shelf.dataset([places[2], places[0]])]
    ['c', 'a']
    """

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=HELD_BYTES)  # noqa: SIM115 - open as long as it is read
        self._end = 0

    def put(self, document: Document) -> int:
        """Put a document aside, and give the place where it lies."""
        line = json.dumps([document.text, dict(document.metadata)]).encode() + b"\n"
        place, self._end = self._end, self._end + len(line)
        self._file.seek(place)
        self._file.write(line)
        return place

    def dataset(self, places: Sequence[int]) -> Dataset:
        """Give the documents at some places as a dataset."""
        return Dataset(lambda: (self._at(place) for place in places))

    def _at(self, place: int) -> Document:
        self._file.seek(place)
        text, metadata = json.loads(self._file.readline())
        return Document(text, metadata)
