"""`evenhand verify` on a folder: what it says when all is well, when something was edited, and when data is gone."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evenhand import canonical
from evenhand.cli import app
from evenhand.datasets import open_dataset
from evenhand.errors import OfferError, StoreError

CORPUS = Path(__file__).parent / "corpus"
terminal = CliRunner()


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("market")
    shutil.copytree(CORPUS, folder / "market")
    done = terminal.invoke(app, ["run", str(folder / "market" / "CALL.toml"), "--out", str(folder / "out")])
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def market(published, tmp_path):
    shutil.copytree(published, tmp_path / "copy")
    return tmp_path / "copy"


def verify(market, *options):
    done = terminal.invoke(app, ["verify", str(market / "out"), "--json", *options])
    return done.exit_code, json.loads(done.stdout)


def test_a_round_verifies_down_to_its_data(market):
    code, told = verify(market)
    assert code == 0
    assert told["ok"]
    said = {check["subject"]: check["statement"] for check in told["checks"]}
    assert "read again" in said["data"]
    assert said["scores"] == "measured again: every score the same, to the millionth"


@pytest.mark.parametrize("name", ["record.json", "outcome.json", "payments.csv", "report.html"])
def test_a_changed_byte_is_named_and_the_exit_code_is_1(market, name):
    path = market / "out" / name
    data = path.read_bytes()
    path.write_bytes(data[:100] + bytes([data[100] ^ 1]) + data[101:])
    code, told = verify(market, "--skip-data")
    assert code == 1
    assert not told["ok"]
    assert name in [check["subject"] for check in told["checks"] if check["passed"] is False]


POLICY = """
share_pool = "800.00 EUR"
liquidity = 0.75

[policy]
cap = "450.00 EUR"
quality_min = 0.7
reserve = 0.2
reserve_for = "village"
copies = "one"
"""


def test_a_round_with_a_policy_and_shares_verifies_down_to_its_data(market):
    path = market / "market" / "CALL.toml"
    text = path.read_text().replace('"proportional_share"', '"mixed_split"', 1)
    text = text.replace('seed_text = "seed.jsonl"\n', f'seed_text = "seed.jsonl"{POLICY}', 1)
    path.write_text(text.replace('seller = "spoke"\n', 'seller = "spoke"\ntags = ["village"]\n', 1))
    done = terminal.invoke(app, ["run", str(path), "--out", str(market / "out"), "--replace"])
    assert done.exit_code == 0, done.output
    code, told = verify(market)
    assert code == 0, told
    assert told["checks"][-1]["statement"] == "measured again: every score the same, to the millionth"
    decided = {each["seller"]: each for each in json.loads((market / "out" / "outcome.json").read_bytes())["decisions"]}
    reasons = {seller: decision["reason"] for seller, decision in decided.items() if not decision["selected"]}
    assert reasons == {"fernhill": "below_quality_floor", "hollybank": "behind_copy"}
    assert all(each["payment_minor"] + each["share_minor"] <= 45_000 for each in decided.values())


def test_changed_data_is_named_by_its_seller(market):
    offer = sorted((market / "market").rglob("*.jsonl"))[0]
    lines = offer.read_text().splitlines(keepends=True)
    offer.write_text("".join(lines[1:]))
    code, told = verify(market)
    assert code == 1
    assert any(
        check["subject"] == "data" and "not what the record names" in check["statement"] for check in told["checks"]
    )


def test_rows_without_text_are_told_by_the_run_and_one_more_is_found(market):
    path = market / "market" / "offers" / "spoke.jsonl"
    path.write_text(path.read_text() + '{"text": " "}\n{"text": null}\n')
    done = terminal.invoke(
        app, ["run", str(market / "market" / "CALL.toml"), "--out", str(market / "out"), "--replace", "--json"]
    )
    assert json.loads(done.stdout)["rows_without_text"] == {'offer of "spoke"': 2}
    assert "rows without text: 2 of 20 were passed over" in (market / "out" / "report.html").read_text()
    assert verify(market)[0] == 0
    path.write_text(path.read_text() + '{"text": ""}\n')
    code, told = verify(market)
    assert code == 1
    assert any("18 documents, 3 rows without text" in check["statement"] for check in told["checks"])


def test_data_that_is_gone_is_said_loudly_and_is_no_failure(market):
    shutil.rmtree(market / "market")
    code, told = verify(market)
    assert code == 0
    assert any(check["passed"] is None and "not at hand" in check["statement"] for check in told["checks"])


def test_where_one_dataset_is_gone_the_others_are_still_looked_at(market):
    (market / "market" / "offers" / "spoke.jsonl").unlink()
    code, told = verify(market)
    assert code == 0
    said = [(check["passed"], check["statement"]) for check in told["checks"] if check["subject"] == "data"]
    assert said == [
        (True, "7 of 8 datasets read again, with the digests of the record"),
        (None, 'not at hand, so not looked at: offer of "spoke"'),
    ]
    assert told["checks"][-1]["passed"] is None


def test_a_learner_that_is_not_ours_leaves_the_scores_unchecked_and_says_so(market):
    from evenhand import learners

    class Other(learners.NGram):
        def settings(self):
            return {"name": "other", "version": 1}

    from evenhand.call import read_call
    from evenhand.publication import publish
    from evenhand.round import run_round

    asked = read_call(market / "market" / "CALL.toml")
    publish(run_round(asked.call, asked.offers, Other()), market / "out", data=asked.folder, replace=True)
    code, told = verify(market)
    assert code == 0
    assert (told["checks"][-1]["subject"], told["checks"][-1]["passed"]) == ("scores", None)


def test_data_elsewhere_is_found_with_the_option(market):
    (market / "market").rename(market / "moved")
    assert verify(market, "--data", str(market / "moved"))[1]["checks"][-1]["subject"] == "scores"


def test_a_forged_score_is_found_where_the_data_is_at_hand(market):
    out = market / "out"
    record = json.loads((out / "record.json").read_bytes())
    record["coalitions"]["values"][1] -= 1000
    forged = canonical.encode(record)
    from evenhand.publication import publish
    from evenhand.records import Record
    from evenhand.round import decide

    outcome = decide(canonical.decode(forged, Record, "record.json"))
    publish(outcome, out, data=market / "market", replace=True)
    assert verify(market, "--skip-data")[0] == 0
    code, told = verify(market)
    assert code == 1
    assert "values differ by up to 1000 millionths" in told["checks"][-1]["statement"]


def test_a_folder_without_a_round_is_refused(tmp_path):
    done = terminal.invoke(app, ["verify", str(tmp_path)])
    assert isinstance(done.exception, StoreError)


def test_a_side_file_that_was_changed_is_named_and_a_file_that_was_added_too(market):
    (market / "out" / "notes.txt").write_text("mine")
    code, told = verify(market, "--skip-data")
    assert code == 0
    assert told["checks"][-1]["statement"].endswith("not of the round: notes.txt")
    (market / "out" / "environment.json").write_text("{}")
    code, told = verify(market, "--skip-data")
    assert code == 1
    assert "environment.json was changed" in told["checks"][-1]["statement"]


def test_a_data_folder_that_does_not_exist_is_refused(market):
    done = terminal.invoke(app, ["verify", str(market / "out"), "--data", str(market / "nowhere")])
    assert isinstance(done.exception, OfferError)


def test_only_coalition_values_may_differ_by_a_millionth(market):
    from evenhand.publication import publish
    from evenhand.records import Record
    from evenhand.round import decide

    record = canonical.decode((market / "out" / "record.json").read_bytes(), Record, "record.json")
    values = record.coalitions.values
    near = replace(record, coalitions=replace(record.coalitions, values=(0, values[1] + 1, *values[2:])))
    publish(decide(near), market / "out", data=market / "market", replace=True)
    code, told = verify(market)
    assert (code, told["checks"][-1]["statement"]) == (
        0,
        "measured again on another platform: every value within one millionth",
    )
    counts = {**record.offers[0].scores.evidence, "cleanliness": {**record.offers[0].scores.evidence["cleanliness"]}}
    counts["cleanliness"]["unread"] += 1  # which stands in no formula
    offer = replace(record.offers[0], scores=replace(record.offers[0].scores, evidence=counts))
    publish(
        decide(replace(near, offers=(offer, *near.offers[1:]))), market / "out", data=market / "market", replace=True
    )
    code, told = verify(market)
    assert code == 1
    unread = counts["cleanliness"]["unread"]
    told_apart = f'offer of "crumb": evidence.cleanliness.unread is {unread} in the record and {unread - 1} now'
    assert told["checks"][-1]["statement"] == f"measured again: values differ by up to 1 millionths; {told_apart}"


@pytest.mark.parametrize(
    ("forged", "named"),
    [
        (lambda offer: replace(offer, held_by_buyer=offer.held_by_buyer + 1), "held_by_buyer"),
        (lambda offer: replace(offer, copies=replace(offer.copies, shared=offer.copies.shared - 1)), "copies.shared"),
        (lambda offer: replace(offer, copies=replace(offer.copies, sentences_shared=0)), "copies.sentences_shared"),
        (lambda offer: replace(offer, copies=replace(offer.copies, content="sha256:" + "ab" * 32)), "copies.content"),
    ],
    ids=["held by the buyer", "shared documents", "shared sentences", "what stands for its texts"],
)
def test_what_is_told_beside_the_scores_is_measured_again_too(market, forged, named):
    from evenhand.publication import publish
    from evenhand.records import Record
    from evenhand.round import decide

    record = canonical.decode((market / "out" / "record.json").read_bytes(), Record, "record.json")
    changed = replace(record, offers=(forged(record.offers[0]), *record.offers[1:]))
    publish(decide(changed), market / "out", data=market / "market", replace=True)
    assert verify(market, "--skip-data")[0] == 0
    code, told = verify(market)
    assert code == 1
    assert f'measured again: offer of "crumb": {named} is ' in told["checks"][-1]["statement"]


def edited(market, change):
    """What is said of a record in which something was changed by hand."""
    path = market / "out" / "record.json"
    path.write_bytes(change(path.read_bytes()))
    code, told = verify(market, "--skip-data")
    assert code == 1
    return next(check["statement"] for check in told["checks"] if check["subject"] == "record.json")


def test_an_edited_record_says_what_in_it_is_impossible(market):
    def raised(data):
        record = json.loads(data)
        record["offers"][0]["scores"]["novelty"] += 1
        return canonical.encode(record)

    said = edited(market, raised)
    assert "but outcome.json names" in said
    assert re.search(r'The record offer of "crumb": novelty (\d+) apart from its counts; they give \d+', said)


def test_an_edited_record_that_may_be_true_says_so(market):
    def cheaper(data):
        record = json.loads(data)
        record["offers"][0]["cost_minor"] -= 1
        return canonical.encode(record)

    assert "Nothing in the record is impossible" in edited(market, cheaper)


def test_a_record_that_is_not_json_says_so(market):
    assert "The record is not JSON (" in edited(market, lambda data: data[:-40])


def test_replacing_never_removes_the_data_that_a_round_was_read_from(market):
    shutil.copytree(market / "market", market / "both")
    call = market / "both" / "CALL.toml"
    assert terminal.invoke(app, ["demo", "--out", str(market / "demo")]).exit_code == 0
    inside = market / "demo" / "CALL.toml"
    done = terminal.invoke(app, ["run", str(inside), "--out", str(market / "demo"), "--replace"])
    assert isinstance(done.exception, StoreError)
    assert inside.exists()
    assert call.exists()


def test_the_demonstration_never_replaces_a_round_of_yours(market):
    done = terminal.invoke(app, ["demo", "--out", str(market / "out")])
    assert isinstance(done.exception, StoreError)
    assert verify(market, "--skip-data")[0] == 0


def test_a_data_folder_that_holds_none_of_the_data_is_refused(market):
    (market / "empty").mkdir()
    done = terminal.invoke(app, ["verify", str(market / "out"), "--data", str(market / "empty")])
    assert isinstance(done.exception, OfferError)
    assert "holds none of the datasets" in str(done.exception)


def test_a_round_is_not_written_into_a_folder_that_is_read_as_a_dataset(market):
    call = market / "market" / "CALL.toml"
    call.write_text(call.read_text().replace("offers/spoke.jsonl", "offers"))
    done = terminal.invoke(app, ["run", str(call), "--out", str(market / "market" / "offers" / "out")])
    assert isinstance(done.exception, StoreError)
    assert "lies in offers" in str(done.exception)
    assert not (market / "market" / "offers" / "out").exists()


def test_publishing_from_python_refuses_a_folder_within_the_data_too(market):
    from evenhand.call import read_call
    from evenhand.publication import publish
    from evenhand.round import run_round

    asked = read_call(market / "market" / "CALL.toml")
    offers = [replace(asked.offers[0], dataset=open_dataset("offers", base=asked.folder))]
    outcome = run_round(asked.call, offers, asked.learner)
    with pytest.raises(StoreError, match="lies in offers"):
        publish(outcome, asked.folder / "offers" / "out", data=asked.folder)
    assert not (asked.folder / "offers" / "out").exists()
