"""`evenhand compare` from a terminal: what it tells and writes, what it refuses, what it exits with."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.units.storage.folders import listed_whole

NAMED = ("--mechanisms", "proportional_share, q_mia")
CORPUS = Path(__file__).parent / "corpus"


def evenhand(*arguments, folder, **environment):
    return subprocess.run(
        [sys.executable, "-m", "evenhand", *arguments],
        cwd=folder,
        env={**os.environ, "COLUMNS": "100", **environment},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compare")
    shutil.copytree(CORPUS, folder / "corpus")
    return folder, evenhand("compare", "corpus/CALL.toml", "--out", "out", folder=folder)


def test_writes_a_page_and_tables_whole(told):
    folder, done = told
    assert done.returncode == 0, done.stderr
    names = {path.name for path in (folder / "out").iterdir()}
    assert names == {"comparison.html", "comparison.json", "mechanisms.csv", "payments.csv", "comparison.sha256"}
    assert listed_whole(folder / "out", "comparison") == names - {"comparison.sha256"}


def test_tells_what_each_buys_on_stdout_and_progress_on_stderr(told):
    _, done = told
    assert "6 offers, a budget of 1,200.00 EUR" in done.stdout
    assert "proportional_share 0.072648" in " ".join(done.stdout.split())
    assert done.stdout.strip().endswith("comparison.html")
    assert "deciding by each mechanism" in done.stderr
    assert "measuring quality: 112" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr


def test_pays_what_a_round_of_that_mechanism_pays(told):
    folder, _ = told
    assert evenhand("run", "corpus/CALL.toml", "--out", "round", folder=folder).returncode == 0
    outcome = json.loads((folder / "round" / "outcome.json").read_bytes())
    compared = json.loads((folder / "out" / "comparison.json").read_bytes())
    own = next(each for each in compared["mechanisms"] if each["mechanism"] == compared["own_mechanism"])
    assert compared["record"] == outcome["record"]
    assert own["cash_minor"] == outcome["paid_minor"]
    assert own["findings"] == outcome["findings"]
    paid = {decision["seller"]: decision["payment_minor"] for decision in outcome["decisions"]}
    assert {each["seller"]: each["payment_minor"] for each in own["payments"]} == paid


def test_json_is_one_document_with_the_numbers_of_the_file(told):
    folder, _ = told
    done = evenhand("compare", "corpus/CALL.toml", *NAMED, "--json", "--out", "told", folder=folder)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert (document["schema"], document["ok"], document["folder"]) == ("evenhand/cli/compare/1", True, "told")
    assert document["comparison"] == json.loads((folder / "told" / "comparison.json").read_bytes())
    assert [each["promises"]["within_budget"] for each in document["comparison"]["mechanisms"]] == ["kept", "broken"]


def test_of_all_mechanisms_those_that_cannot_run_are_told_with_the_reason(told):
    folder, _ = told
    done = evenhand("compare", "corpus/CALL.toml", "--mechanisms", "all", folder=folder)
    assert done.returncode == 0, done.stderr
    assert "– mixed_split cannot run here: call.share_pool: is not stated" in done.stdout
    assert "q_mia_skip 0.1" in " ".join(done.stdout.split())


def test_a_folder_is_replaced_when_asked_and_never_else(told):
    folder, _ = told
    shutil.copytree(folder / "out", folder / "copy")
    named = ("compare", "corpus/CALL.toml", "--mechanisms", "proportional_share", "--out", "copy")
    refused = evenhand(*named, folder=folder)
    assert refused.returncode == 3
    assert "--replace" in refused.stderr
    assert evenhand(*named, "--replace", folder=folder).returncode == 0
    assert (folder / "copy" / "mechanisms.csv").read_text().count("\n") == 2


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("corpus/CALL.toml", "--mechanisms", "proportional,vcg"), 3, '"vcg" is not known'),
        (("corpus/CALL.toml", "--out", "corpus"), 3, "Choose another"),
        (("corpus/CALL.toml", "--out", "out"), 3, "holds another comparison; a comparison is never overwritten"),
    ],
    ids=["unknown mechanisms", "a folder of somebody else's", "a folder of another comparison"],
)
def test_refusals_say_what_to_mend(arguments, code, said, told):
    folder, _ = told
    done = evenhand("compare", *arguments, folder=folder)
    assert done.returncode == code
    assert said in " ".join((done.stdout + done.stderr).split())
    assert "Traceback" not in done.stderr
