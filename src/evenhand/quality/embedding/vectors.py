"""How long is a vector, and how alike are two? In whole numbers, so that everyone finds the same likeness.

Vectors have the length 2^11 and whole coordinates. Every partial sum of a dot product of two of them stays below 2^24
(Cauchy-Schwarz, with room for the rounding), so float32 multiplies them without error, in any order, on any number of
threads.
"""

import numpy as np

from evenhand.records import Array

LENGTH = 2**11
"""The length of a unit vector."""
COSINE_ONE = LENGTH**2
"""The dot product of two equal vectors, up to rounding."""


def unit(sums: Array) -> Array:
    """Scale whole-numbered rows to unit vectors, e = round(2^11 v / |v|).

    Args:
        sums: (n, d) whole numbers, the squares of a row below 2^63 in all; a row of zeros becomes the first axis.

    Returns:
        (n, d) int16.

    >>> unit(np.array([[3, 4], [0, 0]]))
    array([[1229, 1638],
           [2048,    0]], dtype=int16)
    """
    whole = sums.astype(np.int64)
    whole[~whole.any(axis=1), 0] = 1
    squares = (whole**2).sum(axis=1)  # integers, so that the order of summation cannot matter
    rounded: Array = np.rint(whole * LENGTH / np.sqrt(squares.astype(np.float64))[:, None]).astype(np.int16)
    return rounded


def products(left: Array, right: Array) -> Array:
    """Give the dot products of all rows of two sets of unit vectors, exactly: (n, m) float32, whole numbers."""
    multiplied: Array = left.astype(np.float32) @ right.astype(np.float32).T
    return multiplied
