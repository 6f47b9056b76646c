"""Which documents are copies of each other, or nearly? What was copied and altered a little must gain nothing.

letters.py     what of a text must be changed for a change: its letters and digits, in any script
minhash.py     256 bytes that tell how alike two texts are; the specification
bands.py       which pairs need be compared, and with what chance a pair passes, to choose a threshold by
clusters.py    the documents that stand for others, without chains
sellers.py     the same over several sellers; datasets read as the texts that stand for their documents

Exact copies have one `Document.identity`; they are near-copies too. Pieces of a text are no near-copies of it: half a
text has J = 0.5 with the whole.
"""

from collections.abc import Iterator

import numpy as np

from evenhand.quality.batch import Batch
from evenhand.quality.near_duplicates.bands import THRESHOLD, Bands, bands
from evenhand.quality.near_duplicates.clusters import Clusters, clusters
from evenhand.quality.near_duplicates.letters import letters
from evenhand.quality.near_duplicates.minhash import BINS, SPECIFICATION, likeness, signatures
from evenhand.quality.near_duplicates.sellers import Across, across, read_representatives, standing_for
from evenhand.records import Array

__all__ = [
    "BINS",
    "COUNTS",
    "SPECIFICATION",
    "THRESHOLD",
    "Across",
    "Bands",
    "Clusters",
    "across",
    "bands",
    "clusters",
    "count",
    "letters",
    "likeness",
    "notes",
    "read_representatives",
    "signatures",
    "standing_for",
    "worst",
]

COUNTS = ("distinct", "standing", "crowded")


def notes(batch: Batch, key: int = 0) -> dict[str, Array]:
    """Note the signature of each document: (n, 128) uint16.

    >>> notes(Batch.of([]))["signature"].shape
    (0, 128)
    """
    return {"signature": signatures([letters(text) for text in batch.plain], key)}


def count(found: Clusters) -> dict[str, int]:
    """Count the distinct documents of one dataset, and how many are left when each stands for its near-copies."""
    return dict(zip(COUNTS, (len(found.representative), int(found.standing.sum()), found.crowded), strict=True))


def worst(found: Clusters, most: int = 20) -> Iterator[tuple[int, list[int]]]:
    """Name the representatives that stand for most others: (its row, the rows behind it, the nearest first)."""
    sizes = found.sizes
    for row in np.lexsort((np.arange(len(sizes)), -sizes))[:most].tolist():
        behind = np.flatnonzero((found.representative == row) & ~found.standing)
        if len(behind):
            yield row, behind[np.lexsort((behind, -found.matches[behind]))].tolist()
