"""Every verb, as text and as JSON: one document, one shape, the promised exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CORPUS = Path(__file__).parent / "corpus"
MARKET = str(CORPUS / "CALL.toml")
ENVIRONMENT = {**os.environ, "COLUMNS": "80"}


def evenhand(*arguments, folder, **environment):
    return subprocess.run(
        [sys.executable, "-m", "evenhand", *map(str, arguments)],
        cwd=folder,
        env=ENVIRONMENT | environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("terminal")
    assert evenhand("run", MARKET, "--out", "out", folder=folder).returncode == 0
    return folder


VERBS = {
    "run": ("run", MARKET, "--out", "again", "--replace"),
    "score": ("score", CORPUS / "offers" / "spoke.jsonl", "--field", "date=date", "--metadata", "licence=MIT"),
    "explain": ("explain", "out", "echo"),
    "verify": ("verify", "out"),
    "certify": ("certify", "proportional_share", "--markets", "10"),
}


@pytest.mark.parametrize("verb", VERBS)
def test_json_is_one_document_on_stdout_with_one_shape(verb, folder):
    done = evenhand(*VERBS[verb], "--json", folder=folder)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["schema"] == f"evenhand/cli/{verb}/1"
    assert told["ok"] is True


@pytest.mark.parametrize("verb", VERBS)
def test_text_has_no_colour_where_there_is_no_terminal(verb, folder):
    done = evenhand(*VERBS[verb], folder=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("run", "nothing.toml", "--out", "x"), 3, "nothing.toml: cannot be read"),
        (("run", MARKET), 2, "Missing option '--out'"),
        (("run", MARKET, "--out", "taken"), 3, "Choose another"),
        (("explain", "out", "ehco"), 3, 'Did you mean "echo"?'),
        (("explain", "nowhere", "echo"), 3, "nowhere"),
        (("verify", "nowhere"), 3, "nowhere"),
        (("certify", "proportional"), 3, 'Did you mean "proportional_share"?'),
        (("certify", "proportional_share", "--markets", "0"), 2, "--markets"),
        (("certify", "vcg", "--call", MARKET), 3, "buys under no budget"),
        (("score", "nothing.jsonl"), 3, "nothing.jsonl"),
        (("score", str(CORPUS / "seed.jsonl"), "--as-of", "soon"), 3, '"soon" is not a day'),
        (("score", str(CORPUS / "seed.jsonl"), "--metadata", "licence"), 3, '"licence" has no value'),
        (("score", str(CORPUS / "seed.jsonl"), "--metadata", "lisence=MIT"), 3, 'Write "licence"'),
    ],
    ids=str,
)
def test_refusals_say_what_to_mend_and_exit_as_promised(arguments, code, said, folder):
    (folder / "taken").mkdir(exist_ok=True)
    (folder / "taken" / "mine.txt").write_text("kept")
    done = evenhand(*arguments, folder=folder)
    assert done.returncode == code
    assert said in " ".join((done.stdout + done.stderr).split())
    assert "Traceback" not in done.stderr
    assert [path.name for path in (folder / "taken").iterdir()] == ["mine.txt"]


def test_a_refusal_is_json_too(folder):
    done = evenhand("explain", "out", "ehco", "--json", folder=folder)
    assert done.returncode == 3
    told = json.loads(done.stdout)
    assert told["schema"] == "evenhand/cli/error/1"
    assert told["ok"] is False
    assert set(told["problems"][0]) == {"where", "found", "bound", "remedy"}


def test_a_score_knows_the_metadata_that_the_seller_states(folder):
    done = evenhand(*VERBS["score"], "--call", MARKET, "--json", folder=folder)
    card = json.loads(done.stdout)["card"]
    assert card["scores"]["evidence"]["novelty"]["undated"] == 0
    assert card["scores"]["evidence"]["metadata"]["licence"] == 1
    assert card["value"] > 0


def test_a_locale_without_our_signs_gets_others(folder):
    done = evenhand("run", MARKET, "--out", "ascii", folder=folder, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.returncode == 0, done.stderr
    assert "hollybank" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize("arguments", [("verify", "out"), ("explain", "out", "nobody")], ids=str)
def test_what_cannot_be_told_is_no_failed_check(arguments, stream, folder):
    with open("/dev/full", "w") as full:
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, stream: full}
        done = subprocess.run([sys.executable, "-m", "evenhand", *arguments], cwd=folder, **streams)
    assert done.returncode == 3


@pytest.mark.parametrize("columns", ["60", "80"])
def test_findings_on_a_call_are_in_its_money_and_no_name_is_cut(columns, folder):
    done = evenhand("certify", "q_mia", "--call", MARKET, folder=folder, COLUMNS=columns)
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.split())
    for claim in ("truthful", "weakly_group_strategyproof", "winner_non_bossy", "sybil_proof"):
        assert claim in said
    assert "paid 1,711.22 EUR of a budget of 1,200.00 EUR" in said
    assert 'seller "hollybank", true cost 300.00 EUR, gains 160.00 EUR by reporting 0.00 EUR' in said
    assert "2 sellers" in said
    assert "30000" not in said
    assert "trying to refute the claims: 36 in" in done.stderr
    told = json.loads(evenhand("certify", "q_mia", "--call", MARKET, "--json", folder=folder).stdout)
    group = next(each for each in told["findings"] if each["claim"] == "weakly_group_strategyproof")
    assert (group["gap"], group["witness"]["true"]) == (16_000, 30_000)


def test_a_lie_against_a_rule_that_claims_no_truth_is_shown_and_fails_no_check(folder):
    done = evenhand("certify", "leave_one_out", "--markets", "3", folder=folder)
    assert done.returncode == 0, done.stderr
    assert "refuted, E-000-07" in done.stdout
    assert " gains " in done.stdout
    assert " loses " in done.stdout
    told = json.loads(evenhand("certify", "leave_one_out", "--markets", "3", "--json", folder=folder).stdout)
    assert (told["ok"], told["claims"], set(told["refuted"])) == (True, [], {"truthful", "rational"})
    assert not any(finding["holds"] for finding in told["findings"])
