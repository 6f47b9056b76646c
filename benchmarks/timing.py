"""Time several ways to do the same work, in turn, so that whatever else the machine does falls on all of them alike."""

import os
import resource
import statistics
import sys
import time
from pathlib import Path


def seconds(*works, repeats=7, at_most=5.0):
    """Run each work once, then again in turn; give the median seconds of each, or of one.

    Slow work is repeated less: all runs together take about `at_most` seconds, and each work runs at least once.

    Args:
        works: called with the number of the repeat, so that no two need be the same.
    """
    taken = [[] for _ in works]
    for repeat in range(repeats):
        for work, runs in zip(works, taken, strict=True):
            start = time.perf_counter()
            work(repeat)
            runs.append(time.perf_counter() - start)
        if sum(map(sum, taken)) > at_most:
            break
    medians = [statistics.median(runs) for runs in taken]
    return medians if len(works) > 1 else medians[0]


def readable(spent):
    """Give seconds in a unit that fits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if spent >= size:
            return f"{spent / size:.3g} {unit}"
    return f"{spent / 1e-9:.3g} ns"


def compared(question, plain, ours, detail):
    """Time the plain way beside ours; give a line."""
    first, second = seconds(lambda _: plain(), lambda _: ours())
    return f"  {question:<46}{first / second:>9.1f}x   {detail}: {readable(first)}, ours {readable(second)}"


def peak_mebibytes():
    """Give the most memory that this process has held."""
    status = Path("/proc/self/status")
    if status.exists():  # the peak of this program alone; the other also knows what it was started from
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


def machine():
    """Say what the numbers were measured on."""
    threads = os.environ.get("OPENBLAS_NUM_THREADS", "as many as it likes")
    return f"{os.cpu_count()} cores, threads of the linear algebra: {threads}"
