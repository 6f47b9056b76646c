"""Whose is each document, so that a coalition counts it once, however many of its members hold it?

Documents with the same set of owners stand or fall together: they form one *owner class*, which a coalition holds when
one of the owners is in it. The buyer's seed text is read as one more owner, whom every coalition has with it, so what
it holds is worth nothing to whoever offers it again. The buyer's own validation documents belong to nobody: who offers
them verbatim gains nothing by it.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evenhand.errors import OfferError, Problem
from evenhand.records import Dataset


@dataclass(frozen=True)
class Owners:
    """The owner classes of some datasets, and which documents to read for each."""

    holders: NDArray[np.bool_]
    """(classes, datasets) who owns the documents of a class."""
    withheld: tuple[int, ...]
    """dataset -> how many of its distinct documents are the buyer's own validation documents."""
    fresh: tuple[bytearray, ...]
    """dataset -> for each of its documents, in reading order, 1 if none of those before it was the same."""
    classes: tuple[int, ...]
    """The class of each fresh document, in reading order."""

    @classmethod
    def of(
        cls, datasets: Sequence[Dataset], *, validation: Container[bytes], done: Callable[[], None] = lambda: None
    ) -> "Owners":
        """Read the datasets once and sort their documents by owners.

        Args:
            datasets: in order.
            validation: identities of the buyer's own documents.
            done: called after each dataset.

        >>> from evenhand.records import Dataset
        >>> owners = Owners.of([Dataset.of(["a", "b"]), Dataset.of(["b ", "c"])], validation=())
        >>> owners.holders.astype(int).tolist(), owners.classes
        ([[1, 0], [1, 1], [0, 1]], (0, 1, 2))
        """
        held: dict[bytes, int] = {}  # identity -> one bit for each dataset that holds the document
        fresh, withheld = [], []
        for index, dataset in enumerate(datasets):
            flags, own = bytearray(), set()
            for document in dataset:
                identity = document.identity
                if identity in validation:
                    own.add(identity)
                    flags.append(False)
                else:
                    flags.append(identity not in held)
                    held[identity] = held.get(identity, 0) | 1 << index
            fresh.append(flags)
            withheld.append(len(own))
            done()
        number = {bits: place for place, bits in enumerate(dict.fromkeys(held.values()))}
        holders = np.array([[bits >> index & 1 for index in range(len(datasets))] for bits in number], dtype=np.bool_)
        return cls(
            holders.reshape(len(number), len(datasets)),
            tuple(withheld),
            tuple(fresh),
            tuple(number[bits] for bits in held.values()),
        )

    def documents(
        self, datasets: Sequence[Dataset], done: Callable[[], None] = lambda: None
    ) -> Iterator[tuple[int, str]]:
        """Read the datasets again: the class and the text of every distinct document, once.

        Raises:
            OfferError: a dataset has more or fewer documents than when it was read first.
        """
        classes = iter(self.classes)
        for index, (dataset, flags) in enumerate(zip(datasets, self.fresh, strict=True)):
            read = 0
            for document in dataset:
                if read < len(flags) and flags[read]:
                    yield next(classes), document.text
                read += 1
            if read != len(flags):
                raise OfferError(_changed(index, len(flags), read))
            done()


def _changed(index: int, before: int, now: int) -> Problem:
    return Problem(
        f"dataset {index}",
        f"had {before} documents when it was read first and {now} now",
        "a dataset gives the same documents each time it is read",
        "Leave its files alone while they are read.",
    )
