"""`evenhand demo`: it ends with the table, the checks and the report, within its time and its memory."""

import json
import subprocess
import sys

import pytest

SECONDS_MAX = 30
MEMORY_MAX_KIB = 2**20
# A child's peak begins at that of its parent, so a small parent starts the demonstration and tells its peak.
LAUNCHER = """
import os, subprocess, sys
with open("stdout", "wb") as stdout, open("stderr", "wb") as stderr:
    command = [sys.executable, "-m", "evenhand", "demo", "--out", "out"]
    demo = subprocess.Popen(command, stdout=stdout, stderr=stderr)
    _, status, usage = os.wait4(demo.pid, 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
ROUND = ("reading offers", "measuring quality", "training on every dataset", "valuing coalitions")


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    done = subprocess.run([sys.executable, "-c", LAUNCHER], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, (folder / "stderr").read_text()
    return folder, int(done.stdout)


def test_the_demo_ends_with_the_table_the_checks_and_the_report(shown):
    folder, _ = shown
    told = (folder / "stdout").read_text()
    assert "● numpy" in told
    assert "○ wayfarer" in told
    assert told.count("✓") == 3
    assert "✗" not in told
    assert "invented: The costs" in told
    assert (folder / "out" / "report.html").read_text().startswith("<!doctype html>")
    assert told.rstrip().endswith("evenhand verify out")


def test_the_round_itself_takes_less_than_its_time_and_memory(shown):
    folder, peak_kib = shown
    seconds = json.loads((folder / "out" / "environment.json").read_text())["seconds"]
    spent = sum(seconds[stage] for stage in ("read", "quality", "learner", "value"))
    assert spent < SECONDS_MAX
    assert peak_kib < MEMORY_MAX_KIB
    assert all(stage in (folder / "stderr").read_text() for stage in ROUND)


def test_the_demo_verifies_wherever_its_folder_is_carried(shown, tmp_path):
    folder, _ = shown
    (folder / "out").rename(tmp_path / "carried")
    done = subprocess.run(
        [sys.executable, "-m", "evenhand", "verify", "carried", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    assert [check["passed"] for check in json.loads(done.stdout)["checks"]] == [True] * 7


def test_the_sellers_do_what_they_were_made_for(shown, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "evenhand", "demo", "--out", str(tmp_path / "out"), "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    reasons = {decision["seller"]: decision["reason"] for decision in told["outcome"]["decisions"]}
    assert reasons["wayfarer"] == "no_value"
    assert reasons["scipy-signal"] == "asks_more_than_budget"
    assert "selected" in reasons.values()
    assert told["invented"]
