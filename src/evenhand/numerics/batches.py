"""How is a long row of things worked through? In batches, which bound the memory and change no result."""

from collections.abc import Callable, Iterable, Iterator
from math import inf
from typing import TypeVar

Thing = TypeVar("Thing")


def batches(
    things: Iterable[Thing], size: Callable[[Thing], int], *, size_max: int, count_max: float = inf
) -> Iterator[list[Thing]]:
    """Cut a row of things into batches in their order; one that is larger than a batch may be is a batch of its own.

    Args:
        things: read once, one at a time.
        size: of a thing.
        size_max: of a batch of several: what its things have together.
        count_max: how many things a batch has at most.

    >>> list(batches(["to", "market", "on", "a", "day"], len, size_max=5))
    [['to'], ['market'], ['on', 'a'], ['day']]
    """
    batch: list[Thing] = []
    held = 0
    for thing in things:
        more = size(thing)
        if batch and held + more > size_max:
            yield batch
            batch, held = [], 0
        batch.append(thing)
        held += more
        if len(batch) >= count_max:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch
