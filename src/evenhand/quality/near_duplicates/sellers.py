"""Who offers what others offer too? The near-copies of several sellers, and datasets read without them.

The documents of all sellers are clustered together (`clusters`). A document stands with another seller where one of
that seller's documents has the same representative. Which of the two was first cannot be told from texts: the counts
are the same for both, and say nothing of who copied.

How many near-copies a seller has among its own documents is counted on these alone, so that no other seller can change
it.

    read = standing_for(dataset, representatives)

gives the texts that stand for a dataset's documents, each once. Sellers with near-copies then offer the same texts, so
whoever values coalitions of these finds that a copy adds nothing to its original, however it was cut into offers. What
stands for a document differs from it in a fifth of the shingles of both, or a little more by chance. It may be worse;
which of several stands for the others is drawn with the key, not chosen.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.quality.batch import Batch
from evenhand.quality.near_duplicates.bands import THRESHOLD
from evenhand.quality.near_duplicates.clusters import Clusters, clusters
from evenhand.quality.near_duplicates.minhash import BINS
from evenhand.records import Array, Dataset, Document


@dataclass(frozen=True, eq=False)
class Across:
    """What sellers have in common."""

    documents: dict[str, int]
    """seller -> its documents."""
    own: dict[str, int]
    """seller -> how many of them stand behind another of its own."""
    shared: dict[str, int]
    """seller -> how many of them stand with a document of another seller."""
    together: Clusters
    """all documents, seller by seller in the order of their names."""
    identities: Array
    """(n, 32) uint8: of all documents, in that order."""

    def behind(self) -> dict[bytes, bytes]:
        """Give identity -> the identity that stands for it, of documents that stand with others; 32 bytes each.

        A representative of others stands for itself and is named too.
        """
        standing = self.together.representative
        several = np.flatnonzero(self.together.sizes[standing] > 1)
        return {
            self.identities[row].tobytes(): self.identities[representative].tobytes()
            for row, representative in zip(several, standing[several], strict=True)
        }


def across(
    offered: Mapping[str, tuple[Array, Array]],
    threshold: int = THRESHOLD,
    *,
    key: int = 0,
    alone: Mapping[str, Clusters] | None = None,
) -> Across:
    """Find the near-copies within and between the offers of several sellers.

    Args:
        offered: seller -> (n, 32) uint8 identities and (n, 128) uint16 signatures of its distinct documents.
        threshold: percent of the places in which near-copies agree.
        key: that of the signatures.
        alone: seller -> the clusters of its own documents by the same threshold and key, where they are known already.

    Raises:
        OfferError: the threshold is no whole percent from 1 to 100.

    >>> from evenhand.quality.batch import Batch
    >>> from evenhand.quality.near_duplicates import notes
    >>> texts = {"ada": ["Market day at 9", "Rain again"], "ben": ["market day, at 9!", "MARKET: day at 9"]}
    >>> batches = {seller: Batch.of(map(Document, of)) for seller, of in texts.items()}
    >>> found = across({seller: (of.identities, notes(of)["signature"]) for seller, of in batches.items()})
    >>> found.own, found.shared
    ({'ada': 0, 'ben': 1}, {'ada': 1, 'ben': 2})
    """
    names = sorted(offered)
    identities = np.concatenate([np.empty((0, 32), np.uint8), *(offered[name][0] for name in names)])
    signatures = [offered[name][1] for name in names]
    together = clusters(identities, np.concatenate([np.empty((0, BINS), np.uint16), *signatures]), threshold, key=key)
    own = alone or {name: clusters(*offered[name], threshold, key=key) for name in names}
    seller = np.repeat(np.arange(len(names)), [len(of) for of in signatures])
    meeting = np.unique(together.representative * len(names) + seller)  # a representative and a seller behind it
    several = np.bincount(meeting // max(len(names), 1), minlength=len(identities)) > 1
    shared = np.bincount(seller[several[together.representative]], minlength=len(names))
    return Across(
        dict(zip(names, (len(of) for of in signatures), strict=True)),
        {name: int((~own[name].standing).sum()) for name in names},
        dict(zip(names, shared.tolist(), strict=True)),
        together,
        identities,
    )


def read_representatives(datasets: Iterable[Dataset], behind: Mapping[bytes, bytes]) -> dict[bytes, Document]:
    """Read the texts that stand for others: identity -> the document that stands for it.

    Each dataset is read once. In memory stay the representatives alone.

    Args:
        datasets: those of all sellers.
        behind: `Across.behind`.

    Raises:
        OfferError: a representative stands in none of the datasets.
    """
    wanted = set(behind.values())
    found: dict[bytes, Document] = {}
    for dataset in datasets:
        for document in _whole(dataset):
            identity = document.identity
            if identity in wanted:  # copies may differ in white space: the first in the alphabet, whoever is read first
                found[identity] = min(found.get(identity, document), document, key=lambda either: either.text)
    if missing := len(wanted) - len(found):
        raise OfferError(
            Problem(
                "representatives",
                f"{missing} of {len(wanted)} stand in no dataset",
                "what stands for others is a document of one of the sellers",
                "Give the datasets that the signatures were noted of, unchanged.",
            )
        )
    return {identity: found[representative] for identity, representative in behind.items()}


def _whole(dataset: Dataset) -> Iterator[Document]:
    """Read documents as they were when they were noted: text that cannot be encoded is mended."""
    for document in dataset:
        yield from Batch.of([document]).documents


def standing_for(dataset: Dataset, representatives: Mapping[bytes, Document]) -> Dataset:
    """Read a dataset as the texts that stand for its documents, each once.

    What is read has the metadata of the first document of the dataset that it stands for.

    Args:
        dataset: read anew each time, one document at a time.
        representatives: identity -> the document that stands for it; who is not named stands for itself, as
            often as it is offered.

    >>> first, second = Document("Market day!"), Document("MARKET day")
    >>> stands = {first.identity: first, second.identity: first}
    >>> [read.text for read in standing_for(Dataset.of(["MARKET day", "Rain", "Market day!"]), stands)]
    ['Market day!', 'Rain']
    """

    def read() -> Iterator[Document]:
        seen: set[str] = set()
        for document in _whole(dataset):
            standing = representatives.get(document.identity)
            if standing is None:
                yield document
            elif standing.text not in seen:
                seen.add(standing.text)
                yield Document(standing.text, document.metadata)

    return Dataset(read)
