"""A call that takes some licences only: who is left out is measured, told why, and left out again in a replay.

The market is that of the corpus; the licence of one seller stands on a card beside the data.
"""

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evenhand.call import read_call
from evenhand.cli import app
from evenhand.publication import publish
from evenhand.records import Call
from evenhand.round import decide, measure, run_round

CORPUS = Path(__file__).parent / "corpus"
CARD = """\
---
license: {licence}
---
## Dataset Card Contact
data@hollybank.coop
"""
WIDE = {"COLUMNS": "200"}
terminal = CliRunner()


def a_market(folder: Path, licence: str = "cc-by-nc-4.0") -> Path:
    """The corpus under a call for CC0-1.0 and CC-BY-4.0; hollybank's folder has a card instead of a statement."""
    shutil.copytree(CORPUS, folder)
    (folder / "offers/holly").mkdir()
    texts = (folder / "offers/hollybank.jsonl").rename(folder / "offers/holly/hollybank.jsonl")
    digest = hashlib.sha256(texts.read_bytes()).hexdigest()
    (folder / "offers/holly/README.md").write_text(CARD.format(licence=licence))
    call = folder / "CALL.toml"
    text = call.read_text().replace("seed = 2026\n", 'seed = 2026\nlicences = ["CC0-1.0", "CC-BY-4.0"]\n')
    text = text.replace("[valuation]\n", '[metadata]\nrequired = ["licence", "contact", "checksum"]\n\n[valuation]\n')
    text = text.replace('data = "offers/hollybank.jsonl"', 'data = "offers/holly"')
    text = text.replace('licence = "CC0-1.0"\n', f'checksum = "sha256:{digest}"\n', 1)
    call.write_text(text)
    return call


def offers(folder):
    record = json.loads((folder / "record.json").read_bytes())
    return {offer["seller"]: offer for offer in record["offers"]}


@pytest.fixture(scope="module")
def round_(tmp_path_factory):
    folder = tmp_path_factory.mktemp("round")
    done = terminal.invoke(app, ["run", str(a_market(folder / "market")), "--out", str(folder / "out")], env=WIDE)
    assert done.exit_code == 0, done.output
    return folder, done.stdout


def test_who_states_no_licence_that_is_allowed_is_measured_and_not_bought(round_):
    folder, shown = round_
    decided = {each["seller"]: each for each in json.loads((folder / "out/outcome.json").read_bytes())["decisions"]}
    out = {seller for seller, decision in decided.items() if decision["reason"] == "licence_not_allowed"}
    assert out == {"hollybank", "echo"}
    assert {seller: offer.get("unlicensed") for seller, offer in offers(folder / "out").items() if seller in out} == {
        "hollybank": "not_allowed",
        "echo": "missing",
    }
    for seller in out:
        assert (decided[seller]["worth"], decided[seller]["payment_minor"]) == (0, 0)
        assert decided[seller]["highest_winning_minor"] is None
        assert decided[seller]["quality"] > 0 < decided[seller]["value_millionths"]
    assert shown.count("has no licence that is allowed") == 2


def test_the_seller_and_everyone_are_told_what_is_stated_and_what_is_allowed(round_):
    folder, _ = round_
    told = terminal.invoke(app, ["explain", str(folder / "out"), "hollybank", "--json"])
    first = json.loads(told.stdout)["explanation"]["sentences"][0]
    assert first == (
        'Its licence is "CC-BY-NC-4.0", and the call buys data only under CC0-1.0 or CC-BY-4.0; no report would have '
        "changed that, only a licence stated as one of these."
    )
    page = (folder / "out/report.html").read_text()
    assert first.replace('"', "&#34;") in page
    assert "It states no licence for the whole dataset, and the call buys data only under CC0-1.0 or CC-BY-4.0;" in page


def test_the_fields_that_a_call_expects_are_counted_and_a_card_counts_as_a_statement(round_):
    folder, _ = round_
    measured = {seller: offer["scores"]["evidence"]["metadata"] for seller, offer in offers(folder / "out").items()}
    assert measured["hollybank"] == {"licence": 1, "contact": 1, "checksum": 1}
    assert measured["crumb"] == {"licence": 1, "contact": 0, "checksum": 0}
    assert {seller: offer["scores"]["metadata"] for seller, offer in offers(folder / "out").items()} == {
        "hollybank": 1_000_000, "crumb": 333_333, "echo": 0, "fernhill": 333_333, "spoke": 333_333,
        "stonebridge": 333_333,
    }  # fmt: skip


def test_a_stranger_comes_to_the_same_from_the_record_and_from_the_data(round_):
    folder, _ = round_
    done = terminal.invoke(app, ["verify", str(folder / "out"), "--json"])
    told = json.loads(done.stdout)
    assert done.exit_code == 0, told
    assert told["checks"][-1]["statement"] == "measured again: every score the same, to the millionth"


def test_a_checksum_is_held_against_the_files_that_are_there(round_, tmp_path):
    folder, _ = round_
    shutil.copytree(folder, tmp_path / "copy")
    texts = tmp_path / "copy/market/offers/holly/hollybank.jsonl"
    texts.write_text(texts.read_text() + "\n")  # the same documents in another file
    done = terminal.invoke(app, ["verify", str(tmp_path / "copy/out"), "--json"])
    assert done.exit_code == 1
    told = json.loads(done.stdout)["checks"][-1]["statement"]
    assert 'offer of "hollybank": metadata is 1000000 in the record and 666667 now' in told


def test_a_buyer_who_lets_a_licence_pass_is_found_out_where_the_data_is(round_, tmp_path):
    folder, _ = round_
    asked = read_call(folder / "market/CALL.toml")
    record = measure(asked.call, asked.offers, asked.learner)
    passed = tuple(
        replace(each, unlicensed="" if each.seller == "hollybank" else each.unlicensed) for each in record.offers
    )
    publish(decide(replace(record, offers=passed)), tmp_path / "out", data=folder / "market")
    done = terminal.invoke(app, ["verify", str(tmp_path / "out"), "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["checks"][-1]["statement"] == (
        'measured again: offer of "hollybank": unlicensed is not there in the record and "not_allowed" now'
    )


def test_a_licence_that_is_allowed_on_a_card_is_as_good_as_one_in_the_call(round_, tmp_path):
    asked = read_call(a_market(tmp_path / "market", licence="cc-by-4.0"))
    outcome = run_round(asked.call, asked.offers, asked.learner)
    assert next(each for each in outcome.decisions if each.seller == "hollybank").reason != "licence_not_allowed"
    anything = replace(asked.call, licences=())
    assert isinstance(anything, Call)
    free = run_round(anything, asked.offers, asked.learner)
    assert "licence_not_allowed" not in {each.reason for each in free.decisions}
