"""Who is told how far the work is? Whoever watches, a rim that may draw a bar from it; or nobody."""

from collections.abc import Callable

Watch = Callable[[str, int, int], None]
"""Told `(stage, done, total)` as work goes on."""


def unwatched(stage: str, done: int, total: int) -> None:
    """Work without telling anyone how far it is."""
