"""Which draws are still the same in ten years, on any machine?

Only the raw 64-bit words of a bit generator: NumPy promises them for ever, while the methods of `Generator` may
change between versions. So every draw that a record depends on is made from raw words here.
"""

import zlib

import numpy as np
from numpy.typing import NDArray


def generator(seed: int, task: str) -> np.random.Generator:
    """Give a task its own stream of the call's seed, so that tasks do not depend on each other's draws.

    >>> generator(7, "orders").bit_generator.random_raw() == generator(7, "events").bit_generator.random_raw()
    False
    """
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(task.encode())])))


def ticket(tickets: int, rng: np.random.Generator) -> int:
    """Draw one of so many tickets, from 0: one raw word, scaled down; no chance is off by more than 2^-64.

    >>> [ticket(3, generator(seed, "lots")) for seed in range(6)]
    [1, 2, 1, 0, 1, 1]
    """
    return int(rng.bit_generator.random_raw()) * tickets >> 64


def orders(players: int, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw uniformly random orders of the players: (count, players), each row a permutation.

    Each row sorts as many raw words; equal words (probability about players^2 / 2^65) stand in index order.

    >>> orders(3, 2, generator(0, "doc")).shape
    (2, 3)
    """
    words = rng.bit_generator.random_raw(count * players).reshape(count, players)
    return np.argsort(words, axis=1, kind="stable")
