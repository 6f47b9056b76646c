"""The same data gives the same record, byte for byte, whatever the hash seed, threads, locale and folder."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CORPUS = Path(__file__).parent / "corpus"
PUBLISHED = ("record.json", "outcome.json", "payments.csv", "report.html")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
VARIATIONS = {
    "hash seed 1": {"PYTHONHASHSEED": "1"},
    "hash seed 2": {"PYTHONHASHSEED": "2"},
    "one thread": dict.fromkeys(THREADS, "1"),
    "two threads": dict.fromkeys(THREADS, "2"),
    "C locale": {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "POSIX with comma": {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"},
}


def run_round(market: Path, out: Path, environment: dict[str, str]) -> dict[str, bytes]:
    command = [sys.executable, "-m", "evenhand", "run", str(market / "CALL.toml"), "--out", str(out)]
    done = subprocess.run(command, env={**os.environ, **environment}, cwd=out.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {name: (out / name).read_bytes() for name in PUBLISHED}


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    return run_round(CORPUS, tmp_path_factory.mktemp("usual") / "out", {"PYTHONHASHSEED": "0"})


@pytest.mark.parametrize("variation", VARIATIONS)
def test_the_record_does_not_depend_on(variation, usual, tmp_path):
    assert run_round(CORPUS, tmp_path / "out", VARIATIONS[variation]) == usual


def test_the_record_does_not_depend_on_where_the_market_lies(usual, tmp_path):
    moved = tmp_path / "elsewhere" / "mercato di città"
    shutil.copytree(CORPUS, moved)
    assert run_round(moved, tmp_path / "out", {}) == usual


def test_the_record_names_no_folder_of_this_machine(usual):
    for data in usual.values():
        assert str(CORPUS.parent).encode() not in data
