"""How near is each sentence to the most similar one of the reference? Exactly, by looking at all of them.

    best_i = max over r of e_i . e_r, clipped to [0, COSINE_ONE]

No index, no approximation: each block of the reference is read from its map once, made float32 and multiplied with all
queries. Vectors are whole, and no partial sum of a product reaches 2^24 (`embedding`): float32 adds them without error,
so the result is the same for any block, order, library and number of threads. Where most numbers of a block are 0, as
in vectors of hashed words, only the others are multiplied.
"""

import numpy as np

from evenhand.quality.embedding import COSINE_ONE
from evenhand.records import Array

ROWS = 2048
"""Reference sentences multiplied at once: with 1024 queries 8 MiB of products, which stay in the cache."""
QUERIES = 1024

_SPARSE = 24  # where fewer than one number in so many is not 0, it is faster to find these and multiply them alone


def best_cosines(queries: Array, vectors: Array, *, rows: int = ROWS) -> Array:
    """Give the cosine of each query to its nearest vector, in units of 2^-22: (m,) int64; 0 where there is none.

    Args:
        queries: (m, D) int16 unit vectors.
        vectors: (n, D) int16 unit vectors, in memory or mapped.
        rows: how many vectors are looked at at once; changes no result.

    >>> best_cosines(np.array([[2048, 0], [0, -2048]]), np.array([[2048, 0], [1448, 1448]])) / COSINE_ONE
    array([1., 0.])
    """
    best = np.zeros(len(queries), dtype=np.int64)
    for start in range(0, len(queries), QUERIES):
        some = slice(start, start + QUERIES)
        best[some] = _best(queries[some], vectors, rows)
    return best.clip(0, COSINE_ONE)


def _best(queries: Array, vectors: Array, rows: int) -> Array:
    columns = np.ascontiguousarray(queries.T, dtype=np.float32)
    best = np.zeros(len(queries), dtype=np.float32)
    whole = np.empty((min(rows, len(vectors)), vectors.shape[1]), dtype=np.float32)
    products = np.empty((len(whole), len(queries)), dtype=np.float32)
    for start in range(0, len(vectors), rows):
        found = _multiply(vectors[start : start + rows], columns, whole, products)
        np.maximum(best, found.max(axis=0), out=best)
    return best


def _multiply(block: Array, columns: Array, whole: Array, products: Array) -> Array:
    """Multiply a block with the queries; `whole` and `products` are room for the work, used again and again."""
    here = block != 0
    if np.count_nonzero(here) * _SPARSE < here.size:
        return _multiply_sparse(block, here, columns)
    whole, products = whole[: len(block)], products[: len(block)]
    np.copyto(whole, block)
    return np.matmul(whole, columns, out=products)


def _multiply_sparse(block: Array, here: Array, columns: Array) -> Array:
    from scipy.sparse import csr_array

    places = np.flatnonzero(here)
    rows = np.searchsorted(places, np.arange(len(block) + 1) * block.shape[1])
    numbers = block.reshape(-1)[places].astype(np.float32)
    product: Array = csr_array((numbers, places % block.shape[1], rows), shape=block.shape) @ columns
    return product
