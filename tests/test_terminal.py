"""Every verb, as text and as JSON: one document, one shape, the promised exit codes."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from evenhand.reports.notation import money

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
        (("score", str(CORPUS / "seed.jsonl"), "--profile", "evenhnd"), 3, "profile"),
        (("score", str(CORPUS / "seed.jsonl"), "--card", "nothing.md"), 3, "nothing.md"),
        (("score", str(CORPUS / "seed.jsonl"), "--jobs", "0"), 2, "--jobs"),
        (("score", str(CORPUS / "seed.jsonl"), "--as-of", "soon"), 3, '"soon" is not a day'),
        (("score", str(CORPUS / "seed.jsonl"), "--metadata", "licence"), 3, '"licence" has no value'),
        (("score", str(CORPUS / "seed.jsonl"), "--metadata", "lisence=MIT"), 3, 'Did you mean "licence"?'),
        (("score", str(CORPUS / "seed.jsonl"), "--field", "dat=date"), 3, 'Did you mean "date"?'),
        (
            ("score", str(CORPUS / "seed.jsonl"), "--metadata", "licence=MIT", "--metadata", "license=ISC"),
            3,
            "Keep one",
        ),
        (("score", str(CORPUS / "seed.jsonl"), "--as-of", "20260131"), 3, '"20260131" is not a day'),
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


def test_wrong_usage_is_json_too(folder):
    done = evenhand("score", CORPUS / "seed.jsonl", "--jobs", "0", "--json", folder=folder)
    assert done.returncode == 2
    told = json.loads(done.stdout)
    assert (told["schema"], told["ok"]) == ("evenhand/cli/error/1", False)
    assert "--jobs" in told["problems"][0]["found"]


def test_what_is_stated_and_used_by_no_score_is_said_and_so_are_too_many_processes(folder):
    stated = ("--metadata", "bogus=1", "--field", "title=title", "--jobs", "999999", "--json")
    done = evenhand("score", CORPUS / "offers" / "spoke.jsonl", *stated, folder=folder)
    assert done.returncode == 0, done.stderr
    assert "--metadata bogus: no score looks at it" in done.stderr
    assert "--field title: no score looks at it" in done.stderr
    assert re.search(r"--jobs 999999: there (is|are) \d+ CPUs?, so \d+ measure", done.stderr)


def test_what_the_call_states_of_this_data_is_used_and_options_win(folder):
    asked = ("score", CORPUS / "offers" / "spoke.jsonl", "--call", MARKET, "--json")
    told = json.loads(evenhand(*asked, "--metadata", "licence=MIT", folder=folder).stdout)
    fields = told["card"]["reasons"]["metadata"]
    assert (fields["licence"], fields["language"]) == ('valid: "MIT"', 'valid: "en"')
    assert told["card"]["scores"]["evidence"]["novelty"]["undated"] == 0
    assert told["told"][0].startswith('offer of "spoke" in CALL.toml is of this data')
    other = json.loads(evenhand("score", CORPUS / "seed.jsonl", "--call", MARKET, "--json", folder=folder).stdout)
    assert other["told"] == []


def test_a_dataset_without_a_document_is_named_by_its_path(folder):
    (folder / "blank.txt").write_text(" ")
    done = evenhand("score", folder / "blank.txt", folder=folder)
    assert done.returncode == 3
    assert f"{folder / 'blank.txt'}: it holds no document" in done.stderr
    assert "field" not in evenhand("score", "blank.txt", folder=folder).stderr  # a file of text has none


def test_a_score_knows_the_metadata_that_the_seller_states(folder):
    done = evenhand(*VERBS["score"], "--call", MARKET, "--json", folder=folder)
    told = json.loads(done.stdout)
    card = told["card"]
    assert set(told) == {"schema", "ok", "card", "words", "unchecked", "skipped", "told"}
    assert told["unchecked"][0].startswith("duplication: no reference is named")
    assert card["scores"]["evidence"]["novelty"]["undated"] == 0
    assert card["scores"]["evidence"]["metadata"]["licence"] == 1
    assert card["value"] > 0


@pytest.mark.parametrize(
    "environment", [{"COLUMNS": "60"}, {"COLUMNS": "200", "NO_COLOR": "1"}, {"LC_ALL": "C"}], ids=str
)
def test_a_score_names_what_was_not_checked_wherever_it_is_told(environment, folder):
    (folder / "slips.txt").write_text("We recieve the l0ve of it, and the garden is in flower this week.")
    done = evenhand("score", "slips.txt", folder=folder, **environment)
    assert done.returncode == 0, done.stderr
    assert "NOT CHECKED" in done.stdout
    said = " ".join(done.stdout.split())
    assert '1 slip of a scanner ("l0ve"), 1 misspelt word ("recieve")' in said
    assert "\x1b" not in done.stdout


def test_more_processes_give_the_same_score_and_tell_how_far_they_are(folder):
    lines = [
        json.dumps({"text": f"The keeper notes visit {n} to the hives, and what the bees gather."}) for n in range(600)
    ]
    (folder / "many.jsonl").write_text("\n".join(lines))
    asked = ("score", "many.jsonl", "--as-of", "2026-01-31", "--json")
    one, two = (evenhand(*asked, "--jobs", jobs, folder=folder) for jobs in (1, 2))
    assert two.returncode == 0, two.stderr
    assert one.stdout == two.stdout
    assert "measuring quality: 600 in" in two.stderr


def test_a_card_is_read_and_what_the_seller_states_wins(folder):
    (folder / "README.md").write_text("---\nlicense: cc0-1.0\nlanguage: en\nversion: 1.2\n---\n# Spokes")
    asked = ("score", CORPUS / "offers" / "spoke.jsonl", "--card", "README.md", "--metadata", "licence=MIT", "--json")
    told = json.loads(evenhand(*asked, folder=folder).stdout)
    assert told["card"]["reasons"]["metadata"]["licence"] == 'valid: "MIT"'
    assert told["card"]["reasons"]["metadata"]["language"] == 'valid: "en"'
    assert any("CC0-1.0" in line for line in told["told"])


def test_a_score_is_measured_by_the_profile_that_is_asked_for(folder):
    asked = ("score", CORPUS / "offers" / "spoke.jsonl", "--profile", "paper_appendix_c", "--json")
    told = json.loads(evenhand(*asked, folder=folder).stdout)
    assert told["card"]["profile"] == "paper_appendix_c/1"
    assert "in no dictionary" in told["words"]["cleanliness"]


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
    told = json.loads(evenhand("certify", "q_mia", "--call", MARKET, "--json", folder=folder).stdout)
    found = {each["claim"]: each for each in told["findings"]}
    beyond, group = found["within_budget"]["gap"], found["weakly_group_strategyproof"]
    assert beyond > 0
    assert f"paid {money(120_000 + beyond, 'EUR')} of a budget of 1,200.00 EUR" in said
    gain = money(group["gap"], "EUR")
    assert f'seller "hollybank", true cost 300.00 EUR, gains {gain} by reporting 0.00 EUR' in said
    assert (group["gap"], group["witness"]["true"]) == (16_000, 30_000)
    assert "2 sellers" in said
    assert "30000" not in said
    assert "trying to refute the claims: 36 in" in done.stderr


def test_a_lie_against_a_rule_that_claims_no_truth_is_shown_and_fails_no_check(folder):
    done = evenhand("certify", "leave_one_out", "--markets", "3", folder=folder)
    assert done.returncode == 0, done.stderr
    assert "refuted, E-000-07" in done.stdout
    assert " gains " in done.stdout
    assert " loses " in done.stdout
    told = json.loads(evenhand("certify", "leave_one_out", "--markets", "3", "--json", folder=folder).stdout)
    assert (told["ok"], told["claims"], set(told["refuted"])) == (True, [], {"truthful", "rational"})
    assert not any(finding["holds"] for finding in told["findings"])
