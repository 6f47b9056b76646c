"""What is told while work is under way, and what is not: stdout is for the result."""

import os
import subprocess
import sys

import pytest

NOISY = """
import ctypes, os, sys
from evenhand import progress
print("before")
with progress.shown() as (watch, _):
    watch("draw", 0, 1)
    ctypes.CDLL(None).printf(b"a solver speaks\\n")
    os.write(1, b"and so does a child\\n")
    watch("draw", 1, 1)
print("after")
"""


@pytest.mark.skipif(os.name != "posix", reason="asks the C library by its name")
def test_what_a_solver_prints_of_its_own_goes_to_stderr():
    done = subprocess.run([sys.executable, "-c", NOISY], capture_output=True, text=True, check=True)
    assert done.stdout == "before\nafter\n"
    assert "a solver speaks" in done.stderr
    assert "and so does a child" in done.stderr
    assert "drawing: 1 in" in done.stderr
