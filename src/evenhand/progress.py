"""How far is the work? A bar a stage on stderr where a person looks on, a line a stage where a file does.

Meanwhile stdout stays as it is: it is for the result, and what a solver prints of its own goes to stderr.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from evenhand.records import Watch

STAGES = {
    "read": "reading offers",
    "read reference": "reading the reference",
    "embed reference": "embedding the reference",
    "quality": "measuring quality",
    "learner": "training on every dataset",
    "value": "valuing coalitions",
    "decide": "deciding by each mechanism",
    "certify": "trying to refute the claims",
    "arrive": "pricing as sellers arrive",
    "reprice": "pricing again, round by round",
    "simulate": "replicating, regime by regime",
    "draw": "drawing",
}
"""stage -> what it does, in words; a stage that is not here is shown by its own name."""


@dataclass
class Stopwatch:
    """Seconds that each stage took, by the clock of the rim."""

    seconds: dict[str, float] = field(default_factory=dict)
    _begun: dict[str, float] = field(default_factory=dict)

    def tick(self, stage: str) -> None:
        """Note that a stage is still at work."""
        now = time.perf_counter()
        self.seconds[stage] = round(now - self._begun.setdefault(stage, now), 3)


@contextmanager
def shown() -> Iterator[tuple[Watch, Stopwatch]]:
    """Show progress on stderr while the body runs; give what to tell, and the seconds each stage took."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    moves = console.is_terminal and not console.is_dumb_terminal  # else nothing can be written over
    bars = Progress(*columns, console=console, transient=True, disable=not moves)
    tasks: dict[str, TaskID] = {}
    stopwatch = Stopwatch()

    def watch(stage: str, done: int, total: int) -> None:
        stopwatch.tick(stage)
        name = STAGES.get(stage, stage)
        if stage not in tasks:
            tasks[stage] = bars.add_task(name)
        bars.update(tasks[stage], completed=done, total=total)
        if done == total and not moves:
            line = f"{name}: {total:,} in {stopwatch.seconds[stage]:.1f} s"
            console.print(line, highlight=False, soft_wrap=True)

    with stdout_kept(), bars:
        yield watch, stopwatch


@contextmanager
def stdout_kept() -> Iterator[None]:
    """Send to stderr what C libraries write to stdout; nothing where it is closed."""
    try:
        kept = os.dup(1)
    except OSError:
        yield
        return
    _flush()
    os.dup2(2, 1)
    try:
        yield
    finally:
        _flush()  # what C still holds back belongs where it was written to
        os.dup2(kept, 1)
        os.close(kept)


def _flush() -> None:
    """Let go of what Python and C hold back."""
    sys.stdout.flush()
    if os.name == "posix":
        import ctypes

        ctypes.CDLL(None).fflush(None)
