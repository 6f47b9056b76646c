"""`evenhand reproduce` from a terminal: what it writes, what it refuses, what it exits with."""

import json
import os
import resource
import shutil
import subprocess
import sys

import pytest

from evenhand.reports.reproductions import FIGURES
from tests.units.storage.folders import listed_whole


def evenhand(*arguments, folder):
    return subprocess.run(
        [sys.executable, "-m", "evenhand", *arguments],
        cwd=folder,
        env={**os.environ, "COLUMNS": "100"},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reproduce")
    return folder, evenhand("reproduce", "7", "3", "--out", "out", folder=folder)


def test_writes_a_page_and_two_files_a_figure(told):
    folder, done = told
    assert done.returncode == 0, done.stderr
    names = {path.name for path in (folder / "out").iterdir()}
    assert names == {
        "index.html",
        "reproduction.sha256",
        *(f"figure-{name}.{end}" for name in "37" for end in ("svg", "json")),
    }
    assert listed_whole(folder / "out", "reproduction") == names - {"reproduction.sha256"}


def test_tells_what_was_found_and_how_long_it_took(told):
    _, done = told
    assert done.stdout.index("Figure 3:") < done.stdout.index("Figure 7:")
    assert "2c + d" in done.stdout
    assert done.stdout.strip().endswith("index.html")
    assert "figure 3: 200 in" in done.stderr
    assert " s)" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def test_json_is_one_document_with_the_numbers_of_the_file_which_is_the_same_beside_others_and_alone(told):
    folder, _ = told
    done = evenhand("reproduce", "7", "--out", "alone", "--json", folder=folder)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["schema"] == "evenhand/cli/reproduce/1"
    assert document["ok"] is True
    assert document["seconds"].keys() == {"figure 7", "draw"}
    (figure,) = document["figures"]
    published = json.loads((folder / "alone" / "figure-7.json").read_bytes())
    assert figure == {key: published[key] for key in ("name", "title", "finds", "numbers")}
    for name in ("figure-7.svg", "figure-7.json"):
        assert (folder / "alone" / name).read_bytes() == (folder / "out" / name).read_bytes()


def test_a_folder_of_figures_is_replaced_when_asked_and_never_else(told):
    folder, _ = told
    shutil.copytree(folder / "out", folder / "copy")
    refused = evenhand("reproduce", "3", "--out", "copy", folder=folder)
    assert refused.returncode == 3
    assert "replace the reproduction that stands there with --replace" in " ".join(refused.stderr.split())
    assert (folder / "copy" / "figure-7.svg").exists()
    assert evenhand("reproduce", "3", "--out", "copy", "--replace", folder=folder).returncode == 0
    assert {path.name for path in (folder / "copy").glob("figure-*")} == {"figure-3.svg", "figure-3.json"}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("9c", "--out", "new"), 3, "known: 3, 4, 7, 8, 9a, 9b"),
        (("7", "--out", "taken"), 3, "Choose another"),
        (("7",), 2, "Missing option '--out'"),
    ],
    ids=["an unknown figure", "a folder of somebody else's", "no folder"],
)
def test_refusals_say_what_to_mend_and_leave_everything(arguments, code, said, tmp_path):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("kept")
    done = evenhand("reproduce", *arguments, folder=tmp_path)
    assert done.returncode == code
    assert said in " ".join((done.stdout + done.stderr).split())
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.rglob("*")] == ["taken", "mine.txt"]


def test_help_names_every_figure(tmp_path):
    told = " ".join(evenhand("reproduce", "--help", folder=tmp_path).stdout.replace("│", " ").split())
    assert ", ".join(FIGURES) in told


@pytest.mark.sweep
def test_all_figures_take_two_minutes_at_most(tmp_path):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = evenhand("reproduce", "--out", "all", "--json", folder=tmp_path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert [figure["name"] for figure in document["figures"]] == list(FIGURES)
    assert after.ru_utime - before.ru_utime < 120, "seconds of the processor: a busy machine is no fault"
