"""How many kinds of document is the dataset worth, where two that are alike are in part of one kind?

    kinds = 1 / mean over all pairs (i, j) of cos(e_i, e_j)^2        the Vendi score of order 2 [Friedman23; Pasarkar24]
    Diversity = p log(kinds) / log(d)

Documents without anything in common are as many kinds as there are; equal ones are one kind, however many. Between the
two nothing has to be decided: no clusters, no cells. `kinds` is 1 / sum of l^2 over the eigenvalues l of the matrix of
all cosines over n, so it is at most d, the dimensions of the embedding; its logarithm is Rényi's entropy of order 2, as
[Ayyoubzadeh25, appendix C] takes Shannon's of the shares of clusters. p is the share of the documents that have a topic
(`cells`); the pairs are those of these documents, so a document of random words adds nothing.

A square is taken because texts of one field share a direction: two on different diseases have a cosine of a quarter,
two on the same one of a half. Squared, what the field has in common weighs little against what a topic has. So ten
diseases are fewer kinds than all, which neither the mean cosine nor the cells of a codebook can tell (`cells`).

Few documents show few kinds: n of them score log n / log d at most, so that nobody gains by offering less. A long
document counts once, where its parts lie on average.
"""

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from evenhand.quality.batch import Batch, Notes
from evenhand.quality.codebooks import Codebook
from evenhand.quality.counts import share
from evenhand.quality.diversity import cells
from evenhand.quality.diversity.entropy import log_ratio
from evenhand.quality.embedding import COSINE_ONE, Embedding

DIMENSIONS = 384
"""d, of the embedding by MiniLM."""
COUNTS = (*cells.COUNTS, "alike")


def notes(batch: Batch, embedding: Embedding, codebook: Codebook) -> Notes:
    """Note of each document its embedding, "vector" (n, d) int16, and its "cell" (n,) uint8 in the codebook."""
    assert (embedding.name, embedding.digest) == codebook.embedding, "a codebook is of one embedding"
    vectors = embedding.embed(batch.plain)
    return {"vector": vectors, "cell": cells.nearest(vectors, codebook)}


def count(noted: Notes) -> dict[str, int]:
    """Count the documents of each cell, and how alike those of any are.

    Returns:
        `cells.COUNTS`, and "alike": the sum over the documents with a topic of the mean squared cosine to all of them,
        in units of 2^-22, rounded. A document is exactly like itself: rounding leaves e_i . e_i a little off 2^22.
    """
    vectors = noted["vector"][noted["cell"] != cells.NONE].astype(np.float64)
    # whole numbers below 2^53, so that the order of summation cannot matter
    together = (vectors.T @ vectors).astype(np.int64).astype(object)
    own = (vectors**2).sum(axis=1).astype(np.int64).astype(object)
    pairs = int((together**2).sum()) - int((own**2).sum()) + len(vectors) * COSINE_ONE**2
    most = len(vectors) * COSINE_ONE
    return cells.count(noted["cell"]) | {"alike": min(round(Fraction(pairs, max(most, 1))), most)}


def number(counts: Mapping[str, int]) -> Fraction:
    """Give how many kinds the documents with a topic are worth, from 1 to as many as they are; 0 where there is none.

    >>> number(dict.fromkeys(COUNTS, 0) | {"cell_00": 2, "cell_07": 2, "alike": 2 * COSINE_ONE})
    Fraction(2, 1)
    """
    topical = sum(counts[name] for name in cells.COUNTS) - counts["none"]
    return Fraction(topical * COSINE_ONE, max(counts["alike"], 1)) if topical else Fraction(0)


def score(counts: Mapping[str, int]) -> int:
    """Give the diversity in millionths, exactly rounded; 0 where there is no document.

    >>> one_kind = dict.fromkeys(COUNTS, 0) | {"cell_00": 384, "alike": 384 * COSINE_ONE}
    >>> score(one_kind), score(one_kind | {"alike": COSINE_ONE}), score(one_kind | {"alike": COSINE_ONE, "none": 384})
    (0, 1000000, 500000)
    """
    documents, kinds = sum(counts[name] for name in cells.COUNTS), number(counts)
    if not kinds:
        return 0
    return share(Fraction(documents - counts["none"], documents) * log_ratio(kinds, DIMENSIONS))
