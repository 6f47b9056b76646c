"""What do the published formulas give? Clusters are fitted to each dataset, which does not measure diversity.

    1 - sum p_k^2                        [Ayyoubzadeh25, section 7.3], which calls it Shannon entropy
    - sum p_k log p_k / log k            [Ayyoubzadeh25, appendix C], k-means with k = 50

The section does not say how many clusters; 50 are taken for both. k-means cuts any cloud into even parts: a dataset on
one topic scores nearly as high as a mixture of many. Kept to show that. What is clustered are distinct texts, by the
embedding of the profile: exact copies are put together before (`profiles` has the list of what is not as printed).
"""

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from evenhand.quality.counts import share
from evenhand.quality.diversity.entropy import normalised_entropy
from evenhand.quality.embedding import products, unit
from evenhand.records import Array

CLUSTERS = 50
COUNTS = tuple(f"cluster_{k:02}" for k in range(CLUSTERS))

_ROUNDS_MAX = 50
_SEED = 0


def k_means(vectors: Array, clusters: int, *, seed: int = _SEED) -> tuple[Array, Array]:
    """Cluster unit vectors by direction [Lloyd82; Dhillon01], in whole numbers: one answer everywhere.

    Starts from vectors drawn by the seed; the nearest centroid has the largest dot product, of equals the first; a
    centroid is the rounded unit vector of the sum of its cluster; ends when nothing moves, or after 50 rounds.

    Args:
        vectors: (n, d) int16 of length LENGTH, in an order that does not depend on how they were read.
        clusters: at most this many; a cluster may end empty.

    Returns:
        (k, d) int16 centroids, and (n,) the cluster of each vector, k = min(clusters, n).
    """
    chosen = np.random.default_rng(seed).permutation(len(vectors))[:clusters]
    centroids, owner = vectors[np.sort(chosen)], np.full(len(vectors), -1)
    for _ in range(_ROUNDS_MAX):
        moved = products(vectors, centroids).argmax(axis=1)
        if (moved == owner).all():
            break
        owner = moved
        sums = np.zeros(centroids.shape, dtype=np.int64)
        np.add.at(sums, owner, vectors.astype(np.int64))
        kept = sums.any(axis=1)
        centroids[kept] = unit(sums[kept])
    return centroids, owner


def count(vectors: Array) -> dict[str, int]:
    """Count the documents of each cluster, from the embeddings (n, d) of all, sorted by identity."""
    owner = k_means(vectors, CLUSTERS)[1] if len(vectors) else np.zeros(0, dtype=np.int64)
    return dict(zip(COUNTS, np.bincount(owner, minlength=CLUSTERS).tolist(), strict=True))


def score_section7(counts: Mapping[str, int]) -> int:
    """Give 1 - sum p_k^2 in millionths; 0 where there is no document.

    >>> score_section7(count(np.array([[2048, 0], [0, 2048], [2048, 0]], dtype=np.int16)))
    444444
    """
    documents = sum(counts.values())
    return share(1 - Fraction(sum(n**2 for n in counts.values()), documents**2)) if documents else 0


def score_appendix_c(counts: Mapping[str, int]) -> int:
    """Give the entropy of the shares over log 50 in millionths; 0 where there is no document."""
    return share(normalised_entropy([n for n in counts.values() if n], CLUSTERS, documents=sum(counts.values())))
