"""Has the document a topic, and in which cell of a published codebook is it?

The cells say which documents have none, which count for nothing in `kinds`, and which topics are the most common. How
evenly the documents fall into them is no measure of diversity that a profile claims, though

    Diversity = - sum over cells k of p_k log(p_k / p) / log K,     p = sum p_k      after [Ayyoubzadeh25, appendix C]

where p_k is the share of the documents whose nearest centroid, of K in a published codebook, is k. The appendix fits
its clusters to each dataset: any cloud of points is then cut into even parts, and one topic scores as high as many
(`papers`). In a codebook that is the same for everybody one topic stays in the few cells that are its own. But 64 cells
for everything there is are fifteen for all of medicine, and ten for what is written on one disease: ten diseases score
higher than all of them (tests/laws/test_agreement.py). So the formula is kept to be compared with.

Random words would scatter over the cells. So the codebook also has centroids of texts that have no topic: random words,
letters, numbers. A document that is nearest to one of those is in no cell. It has a share, so that the p_k sum to
p < 1, but no topic. The formula is p times the normalised entropy of the rest: a document without a topic can never
raise the score. Fifty words drawn from a dictionary are found so; of documents of five, or of words shuffled from
running text, about half are. A few documents on each of many topics do raise the score: they are on many topics.

Few documents show few topics: n of them score log n / log K at most, so that nobody gains by offering less. The entropy
is that of the shares as they are, with no correction for small samples: a correction would pay for scatter. A long
document counts once, where its parts lie on average: cut into pieces, one document could pass for many.
"""

from collections.abc import Mapping

import numpy as np

from evenhand.quality.codebooks import CELLS, Codebook
from evenhand.quality.counts import share
from evenhand.quality.diversity.entropy import normalised_entropy
from evenhand.quality.embedding import products
from evenhand.records import Array

NONE = CELLS
"""The number noted of a document without a topic."""
COUNTS = (*(f"cell_{k:02}" for k in range(CELLS)), "none")


def nearest(vectors: Array, codebook: Codebook) -> Array:
    """Give the cell of each vector: (n,) uint8, NONE where the nearest centroid is of texts without a topic.

    The nearest centroid is the one with the largest dot product, an exact integer; of equals the first.
    """
    cells: Array = np.minimum(products(vectors, codebook.centroids).argmax(axis=1), NONE).astype(np.uint8)
    return cells


def count(cells: Array) -> dict[str, int]:
    """Count the documents of each cell, and those of none."""
    return dict(zip(COUNTS, np.bincount(cells, minlength=CELLS + 1).tolist(), strict=True))


def score(counts: Mapping[str, int]) -> int:
    """Give the diversity in millionths, exactly rounded; 0 where there is no document.

    To compare with the published formula (`papers.score_appendix_c`) and with `kinds.score`; no profile claims it.

    >>> score(count(np.array([3, 3, 3]))), score(count(np.arange(64))), score(count(np.arange(8)))
    (0, 1000000, 500000)
    >>> score(count(np.array([0, 1, NONE, NONE])))  # half of what the two with a topic score
    83333
    """
    documents = sum(counts[name] for name in COUNTS)
    topical = [counts[name] for name in COUNTS if name != "none" and counts[name]]
    return share(normalised_entropy(topical, CELLS, documents=documents))
