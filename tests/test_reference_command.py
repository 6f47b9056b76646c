"""A reference that was built once is named by its folder: in a call, in its record, and by whoever verifies it."""

import json
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from evenhand import canonical, quality
from evenhand.call import read_call
from evenhand.cli import app
from evenhand.datasets import open_dataset
from evenhand.errors import OfferError, StoreError
from evenhand.learners import NGram
from evenhand.money import Money
from evenhand.publication import publish
from evenhand.records import Call, Dataset, Offer, Record
from evenhand.round import decide, measure

CORPUS = Path(__file__).parent / "corpus"
CALL = """\
[call]
name = "bees"
budget = "300.00 EUR"
validation = "validation.jsonl"
as_of = 2026-01-31

[quality]
reference = "refs/public"

[[offers]]
seller = "hollybank"
data = "offers/hollybank.jsonl"
cost = "100.00 EUR"

[[offers]]
seller = "spoke"
data = "offers/spoke.jsonl"
cost = "90.00 EUR"
"""
terminal = CliRunner()


@dataclass
class Elsewhere:
    """An embedding of another name, which needs no extra."""

    name: str = "minilm-l6-v2/1"
    digest: str = "sha256:00"
    dimensions: int = 2

    def embed(self, texts):
        return np.tile(np.array([2048, 0], dtype=np.int16), (len(texts), 1))


def told(*arguments):
    done = terminal.invoke(app, [*map(str, arguments), "--json"], catch_exceptions=True)
    if isinstance(done.exception, OfferError):
        return 3, [str(problem) for problem in done.exception.problems]
    return done.exit_code, json.loads(done.stdout)


def checks(market):
    code, found = told("verify", market / "out")
    return code, {check["subject"]: (check["passed"], check["statement"]) for check in found["checks"]}


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("market")
    shutil.copytree(CORPUS, folder / "market")
    code, built = told("reference", folder / "market/offers/hollybank.jsonl", "--out", folder / "market/refs/public")
    assert (code, built["reference"]["embedding"]) == (0, "hashed-words/1")
    (folder / "market/CALL.toml").write_text(CALL)
    assert told("run", folder / "market/CALL.toml", "--out", folder / "out")[0] == 0
    return folder


@pytest.fixture
def market(published, tmp_path):
    shutil.copytree(published, tmp_path / "copy")
    return tmp_path / "copy"


def record_of(market):
    return canonical.decode((market / "out/record.json").read_bytes(), Record, "record.json")


# -- run and verify ---------------------------------------------------------------------------------------------------


def test_the_record_names_the_folder_and_its_digest_and_a_round_verifies_against_it(market):
    record = record_of(market)
    meta = json.loads((market / "market/refs/public/meta.json").read_bytes())
    assert (record.built.path, record.built.digest) == ("refs/public", meta["digest"])
    known, new = (offer.scores.evidence["novelty"] for offer in record.offers)
    assert known["copied"] == known["sentences"] > 0
    assert new["copied"] < new["sentences"]
    assert new["reference_sentences"] == meta["sentences"]
    code, found = checks(market)
    assert code == 0
    assert found["reference"][0] is True
    assert meta["digest"] in found["reference"][1]
    assert found["scores"][0] is True
    assert meta["digest"] in (market / "out/report.html").read_text()


def test_a_folder_and_the_text_it_was_built_of_give_the_same_counts(market):
    text = (market / "market/CALL.toml").read_text()
    (market / "market/CALL.toml").write_text(text.replace("refs/public", "offers/hollybank.jsonl"))
    assert told("run", market / "market/CALL.toml", "--out", market / "out", "--replace")[0] == 0
    assert record_of(market).built is None
    assert record_of(market).reference.manifest.documents > 0
    told("verify", market / "out", "--skip-data")
    after = [offer.scores for offer in record_of(market).offers]
    shutil.rmtree(market / "out")
    (market / "market/CALL.toml").write_text(text)
    assert told("run", market / "market/CALL.toml", "--out", market / "out")[0] == 0
    assert [offer.scores for offer in record_of(market).offers] == after


@pytest.mark.parametrize("name", ["meta.json", "sentences.u64", "words.u64", "vectors.i16"])
def test_a_changed_byte_of_the_folder_is_named_and_fails_the_check(market, name):
    path = market / "market/refs/public" / name
    data = path.read_bytes()
    path.write_bytes(data[:60] + bytes([data[60] ^ 1]) + data[61:])
    code, found = checks(market)
    assert code == 1
    passed, statement = found["reference"]
    assert passed is False
    assert name in statement
    assert found["scores"][0] is None


def test_another_reference_in_its_place_is_not_what_the_record_names(market):
    shutil.rmtree(market / "market/refs")
    told("reference", market / "market/seed.jsonl", "--out", market / "market/refs/public")
    code, found = checks(market)
    assert code == 1
    assert f"the call names {record_of(market).built.digest}" in found["reference"][1]


def test_a_folder_that_is_gone_is_said_loudly_and_is_no_failure(market):
    shutil.rmtree(market / "market/refs")
    code, found = checks(market)
    assert code == 0
    assert found["reference"] == (None, "not at hand, so not looked at: refs/public")
    assert found["scores"][0] is None


def test_a_record_whose_counts_are_of_another_reference_is_refused(market):
    record = (market / "out/record.json").read_bytes()
    sentences = record_of(market).built.sentences
    old, new = f'"sentences":{sentences}}}', f'"sentences":{sentences + 1}}}'
    assert record.count(old.encode()) == 1
    (market / "out/record.json").write_bytes(record.replace(old.encode(), new.encode()))
    outcome = json.loads((market / "out/outcome.json").read_bytes())
    outcome["record"] = canonical.digest((market / "out/record.json").read_bytes())
    (market / "out/outcome.json").write_bytes(canonical.encode(outcome))
    code, found = told("verify", market / "out", "--skip-data")
    assert code == 1
    assert "sentences of reference; offers were held against" in found["checks"][0]["statement"]


# -- what is refused --------------------------------------------------------------------------------------------------


def test_a_tampered_folder_is_refused_before_anything_is_read(market):
    path = market / "market/refs/public/vectors.i16"
    path.write_bytes(path.read_bytes()[::-1])
    (market / "market/offers/spoke.jsonl").write_text("no JSON\n")
    code, problems = told("run", market / "market/CALL.toml", "--out", market / "again")
    assert code == 3
    assert len(problems) == 1
    assert "vectors.i16: was changed: it has sha256:" in problems[0]
    assert not (market / "again").exists()


def test_a_folder_of_another_embedding_is_refused_with_value_bound_and_remedy(market):
    folder = market / "market/refs/other"
    quality.build_reference(Dataset.of(["Rain again."]), folder, Elsewhere())
    (market / "market/CALL.toml").write_text(CALL.replace("refs/public", "refs/other"))
    code, problems = told("run", market / "market/CALL.toml", "--out", market / "again")
    assert code == 3
    assert problems == [
        'CALL.toml: quality.reference: refs/other: is embedded by "minilm-l6-v2/1"; the profile "evenhand/1" compares '
        'sentences by "hashed-words/1". Build it anew (evenhand reference ... --profile evenhand/1), or name a profile '
        "with its embedding."
    ]
    code, problems = told("score", market / "market/offers/spoke.jsonl", "--reference", folder)
    assert code == 3
    assert 'reference: is embedded by "minilm-l6-v2/1"; the profile "evenhand/1"' in problems[0]
    (market / "market/CALL.toml").write_text(CALL.replace("[quality]", '[quality]\nprofile = "evenhand-minilm"'))
    code, problems = told("run", market / "market/CALL.toml", "--out", market / "again")
    assert (code, len(problems)) == (3, 1)
    assert 'is embedded by "hashed-words/1"; the profile "evenhand-minilm/1"' in problems[0]


def test_a_call_from_python_is_held_to_the_same(market):
    found = quality.find_reference("refs/public", base=market / "market")
    named = {"name": "n", "budget": Money(100, "EUR"), "validation": Dataset.of(["Rain."]), "as_of": date(2026, 1, 1)}
    offers = [Offer("ada", Dataset.of(["Bees fly."]), Money(1, "EUR"))]
    record = measure(Call(**named, reference=found), offers, NGram())
    assert record.reference == found.built
    with pytest.raises(OfferError, match=r'call\.reference: is embedded by "hashed-words/1"; the profile "evenhand-m'):
        measure(Call(**named, reference=found, profile="evenhand-minilm/1"), offers, NGram())


def test_a_field_beside_a_folder_and_a_damaged_folder_are_refused_at_their_key(market):
    (market / "market/CALL.toml").write_text(CALL.replace("[quality]", '[quality]\nreference_field = "body"'))
    (problem,) = told("run", market / "market/CALL.toml", "--out", market / "again")[1]
    assert 'quality.reference: "refs/public" has no fields' in problem
    (market / "market/CALL.toml").write_text(CALL)
    (market / "market/refs/public/meta.json").unlink()
    code, problems = told("run", market / "market/CALL.toml", "--out", market / "again")
    assert code == 3
    assert problems[0].startswith("CALL.toml: quality.reference: ")
    assert "meta.json: cannot be read" in problems[0]


def test_a_folder_of_documents_with_a_meta_json_of_its_own_is_a_dataset(tmp_path):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts/a.jsonl").write_text('{"text": "Rain."}\n')
    (tmp_path / "texts/meta.json").write_text('{"title": "rain"}')
    assert not quality.novelty.holds_reference(tmp_path / "texts")
    assert len(list(open_dataset(tmp_path / "texts"))) == 1


def test_a_round_is_never_written_into_the_folder_and_that_is_refused_before_it_is_run(market, monkeypatch):
    outcome = decide(record_of(market))
    for out in (market / "market/refs/public", market / "market/refs/public/out"):
        with pytest.raises(StoreError, match="lies in refs/public"):
            publish(outcome, out, data=market / "market")
    monkeypatch.setattr("evenhand.round.run_round", None)
    out = market / "market/refs/public/out"
    done = terminal.invoke(app, ["run", str(market / "market/CALL.toml"), "--out", str(out), "--replace"])
    assert "lies in refs/public" in str(done.exception)
    assert checks(market)[1]["reference"][0] is True


def test_a_round_that_replaces_another_never_removes_the_folder(market):
    files = read_call(market / "market/CALL.toml").files
    assert {path.name for path in files} >= {"meta.json", "sentences.u64", "words.u64", "vectors.i16"}


def test_a_dataset_as_reference_is_embedded_as_the_profile_says(monkeypatch):
    asked = []

    def spy(name):
        asked.append(name)
        return Elsewhere(quality.novelty.HASHED.name, dimensions=512)

    monkeypatch.setattr("evenhand.round.open_embedding", spy)
    monkeypatch.setattr(
        Elsewhere, "embed", lambda self, texts: asked.extend(texts) or np.zeros((len(texts), 512), "<i2")
    )
    call = Call("n", Money(100, "EUR"), Dataset.of(["Rain."]), date(2026, 1, 1), reference=Dataset.of(["Bees swarm."]))
    measure(call, [Offer("ada", Dataset.of(["Bees fly."]), Money(1, "EUR"))], NGram())
    assert asked[:2] == ["hashed-words/1", "bees swarm."]


# -- score ------------------------------------------------------------------------------------------------------------


def test_a_score_is_held_against_what_the_option_names_before_what_the_call_names(market):
    asked = ("score", market / "market/offers/spoke.jsonl", "--as-of", "2026-01-31")
    alone = told(*asked)[1]["card"]
    folder = told(*asked, "--reference", market / "market/refs/public")[1]["card"]
    dataset = told(*asked, "--reference", market / "market/offers/hollybank.jsonl")[1]["card"]
    copied = told(*asked, "--call", market / "market/CALL.toml", "--reference", market / "market/offers/spoke.jsonl")[1]
    assert alone["reference"] is None
    assert folder["reference"] == dataset["reference"]
    assert folder["reference"]["digest"] == record_of(market).built.digest
    assert folder["scores"] == dataset["scores"]
    novelty = copied["card"]["scores"]["evidence"]["novelty"]
    assert novelty["copied"] == novelty["sentences"] > 0
    assert alone["scores"]["novelty"] > folder["scores"]["novelty"] > copied["card"]["scores"]["novelty"]


def test_a_reference_is_never_built_over_another(market):
    done = terminal.invoke(
        app, ["reference", str(market / "market/seed.jsonl"), "--out", str(market / "market/refs/public")]
    )
    assert "is there already" in str(done.exception)
