"""Verification finds every changed byte of a round, and says what it could not look at."""

import json

import pytest

from evenhand import canonical, publication
from evenhand.round import run_round
from evenhand.verify import check_files, replayed
from tests.units.rounds import TEXTS, Vocabulary, a_call, offers


@pytest.fixture(scope="module")
def files():
    few = {name: TEXTS[name] for name in ("ada", "cyd")}
    return publication.files(run_round(a_call(), offers(few), Vocabulary()))


def passes(files):
    return all(check.passed for check in check_files(files)[0])


def test_an_untouched_round_passes_every_check(files):
    checks, outcome = check_files(files)
    assert [(check.subject, check.passed) for check in checks] == [(name, True) for name in files]
    assert outcome is not None


@pytest.mark.parametrize("name", ["record.json", "outcome.json"])
def test_every_bit_flip_of_every_byte_is_found(files, name):
    intact = files[name]
    for place in range(len(intact)):
        for bit in range(8):
            changed = intact[:place] + bytes([intact[place] ^ 1 << bit]) + intact[place + 1 :]
            checks, _ = check_files({**files, name: changed})
            failed = {check.subject for check in checks if not check.passed}
            assert failed, (place, bit)
            assert failed <= {"record.json", name}


@pytest.mark.parametrize("name", ["payments.csv", "report.html"])
def test_every_changed_byte_of_what_people_read_is_found_and_named(files, name):
    intact = files[name]
    for place in range(0, len(intact), 7):
        changed = intact[:place] + bytes([intact[place] ^ 1]) + intact[place + 1 :]
        failed = [check for check in check_files({**files, name: changed})[0] if not check.passed]
        assert [check.subject for check in failed] == [name]
        assert f"byte {place} " in failed[0].statement


@pytest.mark.parametrize("name", ["record.json", "outcome.json", "payments.csv", "report.html"])
@pytest.mark.parametrize(
    "edit", [lambda data: data + b"\n", lambda data: data[:-1], lambda data: b"", lambda data: None]
)
def test_longer_shorter_empty_and_missing_files_are_found(files, name, edit):
    edited = {**files, name: edit(files[name])}
    present = {key: data for key, data in edited.items() if data is not None}
    assert not passes(present)


def test_a_changed_payment_is_named_by_its_field(files):
    tree = json.loads(files["outcome.json"])
    tree["decisions"][0]["payment_minor"] += 1
    checks, _ = check_files({**files, "outcome.json": canonical.encode(tree)})
    failed = [check for check in checks if not check.passed]
    assert "decisions[0].payment_minor" in failed[0].statement


@pytest.mark.parametrize(
    "edit",
    [
        lambda tree: tree["terms"].update(eta="much"),
        lambda tree: tree["terms"].update(weights={}),
        lambda tree: tree["terms"].update(weights={"cleanliness": 0, "diversity": 0, "novelty": 0, "metadata": 0}),
        lambda tree: tree["terms"].update(gamma="99999999999"),
        lambda tree: tree["terms"].update(currency="XXX"),
        lambda tree: tree["coalitions"].update(permutations=3),
        lambda tree: tree["coalitions"].update(method="banzhaf"),
        lambda tree: tree["offers"].clear(),
        lambda tree: tree.update(surplus=1),
        lambda tree: tree["coalitions"].update(pools=[[0], [9]]),
    ],
)
def test_a_forged_record_that_names_itself_is_refused_without_a_crash(files, edit):
    record = json.loads(files["record.json"])
    edit(record)
    forged = canonical.encode(record)
    outcome = json.loads(files["outcome.json"])
    outcome["record"] = canonical.digest(forged)
    changed = {**files, "record.json": forged, "outcome.json": canonical.encode(outcome)}
    assert not passes(changed)


def test_replaying_a_broken_round_says_what_is_broken(files):
    with pytest.raises(Exception, match=r"record.json: has sha256:.* but outcome.json names"):
        replayed({**files, "record.json": files["record.json"].replace(b"EUR", b"USD")})
