"""The first word costs nothing: `import evenhand` and `evenhand --help` load no heavy library."""

import json
import subprocess
import sys
import time

import pytest

HEAVY = ("jinja2", "matplotlib", "numpy", "polars", "pyarrow", "pydantic", "scipy")

CASES = {
    "import evenhand": "import evenhand",
    "evenhand --help": "sys.argv = ['evenhand', '--help']; from evenhand.cli import main; main()",
    "the guard itself": "import evenhand, numpy",
}

PROGRAM = """
import atexit, json, sys
atexit.register(lambda: print(json.dumps([name for name in {heavy} if name in sys.modules]), file=sys.stderr))
{body}
"""


def loaded(case: str) -> list[str]:
    """The heavy libraries that a fresh interpreter has loaded when it ends."""
    started = time.perf_counter()
    program = PROGRAM.format(heavy=HEAVY, body=CASES[case])
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    print(f"{case}: {time.perf_counter() - started:.2f} s")
    assert run.returncode == 0, run.stderr
    return json.loads(run.stderr.splitlines()[-1])


@pytest.mark.parametrize("case", ["import evenhand", "evenhand --help"])
def test_loads_nothing_heavy(case):
    assert loaded(case) == []


def test_the_guard_sees_what_is_loaded():
    assert "numpy" in loaded("the guard itself")


def test_the_command_answers_help():
    run = subprocess.run([sys.executable, "-m", "evenhand", "--help"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "verify" in run.stdout
