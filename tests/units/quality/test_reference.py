"""A reference is the same in memory and on disk, whole or not there, and refused if one byte is another."""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.errors import OfferError, StoreError
from evenhand.quality.embedding import embed
from evenhand.quality.novelty import (
    HASHED,
    LowestSentences,
    build_reference,
    count,
    folder,
    open_reference,
    read_reference,
    reference,
)
from evenhand.quality.novelty.drawing import key_of
from evenhand.records import Dataset

SOURCE = Path(__file__).parents[3] / "src"
TEXTS = [f"Sentence number {n % 50} of wheat. And {n % 7} of rain!" for n in range(120)]
SENTENCES = {f"sentence number {n} of wheat." for n in range(50)} | {f"and {n} of rain!" for n in range(7)}


@dataclass
class NamedEmbedding:
    name: str
    digest: str
    dimensions: int
    embed: Callable


def counting(calls, fail_at=None):
    """The usual embedding, which notes what it is asked for, and may break down."""

    def embed_and_note(texts):
        if fail_at is not None and len(calls) == fail_at:
            raise KeyboardInterrupt
        calls.append(list(texts))
        return embed(texts)

    return NamedEmbedding(HASHED.name, HASHED.digest, HASHED.dimensions, embed_and_note)


def left_behind(path):
    return sorted(other.name for other in path.iterdir())


# -- what it holds --------------------------------------------------------------------------------------------------


def test_on_disk_and_in_memory_are_the_same(tmp_path):
    built = build_reference(Dataset.of(TEXTS), tmp_path / "public", HASHED, "public")
    read = read_reference(Dataset.of(TEXTS), name="public")
    opened = open_reference(tmp_path / "public", expected=read.digest)
    assert built.meta == read.meta == opened.meta
    for one, other in ((read, opened), (read, built)):
        for part in ("keys", "words", "vectors"):
            assert np.array_equal(getattr(one, part), getattr(other, part))
    assert isinstance(opened.vectors, np.memmap)
    lowest = LowestSentences()
    for text in ["wheat and rain.", "sentence number 7 of wheat.", "something else"]:
        lowest.add(text)
    assert count(3, [1], lowest.drawn(), opened) == count(3, [1], lowest.drawn(), read)
    assert left_behind(tmp_path / "public") == sorted(["meta.json", *reference.PARTS])
    assert left_behind(tmp_path) == ["public"]


def test_each_key_stands_beside_the_vector_of_its_sentence():
    read = read_reference(Dataset.of(TEXTS))
    texts = {key_of(text): text for text in SENTENCES}
    assert read.keys.tolist() == sorted(texts)
    assert np.array_equal(read.vectors, embed([texts[int(key)] for key in read.keys]))
    assert read.words.tolist() == sorted(map(key_of, {"senten", "number", "wheat", "rain"} | {"and"} - {"and"}))


@settings(max_examples=25)
@given(st.randoms(use_true_random=False), st.integers(1, 9), st.integers(1, 40))
def test_order_parts_and_batches_change_nothing(chance, at_once, most):
    texts = list(TEXTS)
    chance.shuffle(texts)
    cut = chance.randrange(len(texts))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reference, "EMBEDDED_AT_ONCE", at_once)
        shuffled = read_reference(Dataset.of([" ".join(texts[:cut]), *texts[cut:]]), most=most)
    assert shuffled.meta == read_reference(Dataset.of(TEXTS), most=most).meta
    assert (len(shuffled.vectors), len(shuffled.keys)) == (most, len(SENTENCES))


def test_name_embedding_and_text_each_change_the_digest():
    other = NamedEmbedding("other/1", HASHED.digest, HASHED.dimensions, embed)
    digests = [
        read_reference(Dataset.of(TEXTS)).digest,
        read_reference(Dataset.of(TEXTS), name="other").digest,
        read_reference(Dataset.of(TEXTS), other).digest,
        read_reference(Dataset.of(TEXTS), most=5).digest,
        read_reference(Dataset.of([*TEXTS, "More."])).digest,
    ]
    assert len(set(digests)) == len(digests)


@pytest.mark.parametrize("texts", [[], [""], ["...", "\u200b"]])
def test_a_reference_without_a_sentence_is_refused_and_leaves_nothing(tmp_path, texts):
    with pytest.raises(OfferError, match="holds no sentence"):
        read_reference(Dataset.of(texts))
    with pytest.raises(OfferError, match="holds no sentence"):
        build_reference(Dataset.of(texts), tmp_path / "public")
    assert not (tmp_path / "public").exists()


@pytest.mark.parametrize("text", ["\x00\x01\xff", "word", "a\ud800b", "x" * 100_000, "\u0301" * 1000 + "e"])
def test_any_text_makes_a_reference_in_which_it_is_known(tmp_path, text):
    built = build_reference(Dataset.of([text, "one more."]), tmp_path / "public")
    assert built.meta == read_reference(Dataset.of(["one more.", text]), name="reference").meta
    assert len(built.keys) >= 2


def test_whoever_looks_on_is_told_how_far_it_is(tmp_path):
    told: list[tuple[str, int, int]] = []

    def watch(*step):
        told.append(step)

    for make in (read_reference, lambda dataset, watch: build_reference(dataset, tmp_path / "public", watch=watch)):
        told.clear()
        make(Dataset.of(TEXTS), watch=watch)
        assert ("read reference", len(TEXTS), len(TEXTS)) in told
        assert told[-1] == ("embed reference", len(SENTENCES), len(SENTENCES))
        assert all(done <= total for _, done, total in told)


# -- whole or not there ---------------------------------------------------------------------------------------------


def test_what_stands_there_is_not_overwritten(tmp_path):
    build_reference(Dataset.of(TEXTS), tmp_path / "public")
    before = (tmp_path / "public" / "meta.json").read_bytes()
    with pytest.raises(StoreError, match="is there already"):
        build_reference(Dataset.of(["Other."]), tmp_path / "public")
    assert (tmp_path / "public" / "meta.json").read_bytes() == before


def test_an_interrupted_build_is_taken_up_where_it_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(reference, "EMBEDDED_AT_ONCE", 10)
    first, second = [], []
    with pytest.raises(KeyboardInterrupt):
        build_reference(Dataset.of(TEXTS), tmp_path / "public", counting(first, fail_at=3))
    assert not (tmp_path / "public").exists()
    built = build_reference(Dataset.of(TEXTS), tmp_path / "public", counting(second))
    assert built.meta == read_reference(Dataset.of(TEXTS)).meta
    assert sorted(text for call in first + second for text in call) == sorted(SENTENCES)  # each embedded once
    assert len(first) == 3


@pytest.mark.parametrize("change", ["text", "name", "embedding", "most"])
def test_what_an_interrupted_build_of_another_plan_left_is_not_used(tmp_path, monkeypatch, change):
    monkeypatch.setattr(reference, "EMBEDDED_AT_ONCE", 10)
    with pytest.raises(KeyboardInterrupt):
        build_reference(Dataset.of(TEXTS), tmp_path / "public", counting([], fail_at=3))
    texts = [*TEXTS, "More."] if change == "text" else TEXTS
    other = NamedEmbedding("negative/1", "sha256:other", HASHED.dimensions, lambda texts: -embed(texts))
    options = {
        "embedding": other if change == "embedding" else HASHED,
        "name": "other" if change == "name" else "reference",
        "most": 30 if change == "most" else 1000,
    }
    built = build_reference(Dataset.of(texts), tmp_path / "public", **options)
    assert built.meta == read_reference(Dataset.of(texts), **options).meta


def test_a_build_that_is_killed_leaves_nothing_half_written(tmp_path):
    program = f"""
import os, sys
from pathlib import Path
from evenhand.quality.embedding import embed
from evenhand.quality.novelty import HASHED, build_reference, folder, reference
from evenhand.records import Dataset
reference.EMBEDDED_AT_ONCE, folder._ROWS_UNSAVED_MAX = 10, 10
calls = []
class Dying:
    name, digest, dimensions = HASHED.name, HASHED.digest, HASHED.dimensions
    def embed(self, texts):
        calls.append(1)
        if len(calls) == 4:
            os._exit(9)
        return embed(texts)
build_reference(Dataset.of({TEXTS!r}), Path({str(tmp_path / "public")!r}), Dying())
"""
    done = subprocess.run([sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": str(SOURCE)})
    assert done.returncode == 9
    assert not (tmp_path / "public").exists()
    calls = []
    built = build_reference(Dataset.of(TEXTS), tmp_path / "public", counting(calls))
    assert built.meta == read_reference(Dataset.of(TEXTS)).meta
    assert len(calls[0]) == len(SENTENCES) - 30
    assert left_behind(tmp_path) == ["public"]


@pytest.mark.parametrize("call", ["fsync", "rename", "unlink", "makedirs"])
def test_a_disk_that_refuses_at_any_moment_leaves_it_whole_or_not_there(tmp_path, monkeypatch, call):
    """Each call of a kind fails in turn, before it has done anything; the next build mends what was left."""
    plain, expected = getattr(os, call), read_reference(Dataset.of(TEXTS)).meta
    monkeypatch.setattr(reference, "EMBEDDED_AT_ONCE", 20)
    monkeypatch.setattr(folder, "_ROWS_UNSAVED_MAX", 20)
    failed = 0
    for fail_at in range(40):
        target, made = tmp_path / f"{fail_at}", []

        def refuse(*given, made=made, fail_at=fail_at, **more):
            made.append(given)
            if len(made) == fail_at + 1:
                raise OSError(28, "No space left on device")
            return plain(*given, **more)

        monkeypatch.setattr(os, call, refuse)
        try:
            build_reference(Dataset.of(TEXTS), target)
            break
        except StoreError as error:
            failed += "No space left" in str(error)
        finally:
            monkeypatch.setattr(os, call, plain)
        if not target.exists():
            build_reference(Dataset.of(TEXTS), target)
        assert open_reference(target).meta == expected
    assert failed == fail_at >= 1
    assert len(made) == fail_at


def test_two_builds_of_one_folder_do_not_meet(tmp_path):
    pytest.importorskip("fcntl")

    def second(texts):
        with pytest.raises(StoreError, match="another run"):
            build_reference(Dataset.of(TEXTS), tmp_path / "public")
        return embed(texts)

    embedding = NamedEmbedding(HASHED.name, HASHED.digest, HASHED.dimensions, second)
    assert (
        build_reference(Dataset.of(TEXTS), tmp_path / "public", embedding).meta
        == read_reference(Dataset.of(TEXTS)).meta
    )


def test_a_dataset_that_changes_while_it_is_read_is_refused(tmp_path):
    read = []

    def texts():
        read.append(1)
        return iter(Dataset.of(TEXTS if len(read) == 1 else TEXTS[:10]))

    with pytest.raises(OfferError, match=r"has lost \d+ of its sentences"):
        build_reference(Dataset(texts), tmp_path / "public")
    assert not (tmp_path / "public").exists()


def test_a_sentence_that_was_not_there_at_first_takes_no_place_of_another():
    read = []

    def texts():
        read.append(1)
        return iter(Dataset.of(TEXTS if len(read) == 1 else [*(f"Late number {n}." for n in range(200)), *TEXTS]))

    assert read_reference(Dataset(texts)).meta == read_reference(Dataset.of(TEXTS)).meta


# -- what is refused ------------------------------------------------------------------------------------------------


def test_a_flipped_bit_anywhere_is_refused(tmp_path):
    build_reference(Dataset.of(["One of wheat. Two of rain."]), tmp_path / "public")
    chance = random.Random(7)
    for name in ("meta.json", *reference.PARTS):
        path = tmp_path / "public" / name
        whole = path.read_bytes()
        places = range(len(whole)) if len(whole) < 50 else chance.sample(range(len(whole)), 50)
        for place in places:
            changed = bytearray(whole)
            changed[place] ^= 1 << chance.randrange(8)
            path.write_bytes(changed)
            with pytest.raises(OfferError):
                open_reference(tmp_path / "public")
        path.write_bytes(whole)
    open_reference(tmp_path / "public")


def test_a_file_that_is_short_long_or_gone_is_named_with_all_the_others(tmp_path):
    build_reference(Dataset.of(TEXTS), tmp_path / "public")
    keys, words, vectors = (tmp_path / "public" / name for name in reference.PARTS)
    keys.write_bytes(keys.read_bytes()[:-8])
    words.unlink()
    vectors.write_bytes(vectors.read_bytes() + b"\0")
    with pytest.raises(OfferError) as refused:
        open_reference(tmp_path / "public")
    found = [(Path(problem.where).name, problem.found) for problem in refused.value.problems]
    assert [name for name, _ in found] == list(reference.PARTS)
    assert "has 448 bytes" in found[0][1]
    assert "cannot be read" in found[1][1]
    assert all(problem.bound and problem.remedy for problem in refused.value.problems)


def test_a_folder_of_another_embedding_format_or_digest_is_refused_with_value_bound_and_remedy(tmp_path):
    build_reference(Dataset.of(TEXTS), tmp_path / "public")
    other = NamedEmbedding("other/1", "sha256:00", 384, embed)
    with pytest.raises(OfferError) as refused:
        open_reference(tmp_path / "public", other, expected="sha256:11")
    named, wrong = refused.value.problems
    assert "sha256:11" in named.bound
    assert '"hashed-words/1" (512 dimensions' in wrong.found
    assert '"other/1" (384 dimensions, sha256:00)' in wrong.bound
    assert "Build it anew" in wrong.remedy


def test_a_format_of_tomorrow_is_refused(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(reference, "FORMAT", "evenhand/reference/2")
        patch.setattr(folder, "FORMAT", "evenhand/reference/2")
        build_reference(Dataset.of(TEXTS), tmp_path / "public")
    with pytest.raises(OfferError, match='is of format "evenhand/reference/2"; this version reads "evenhand/reference'):
        open_reference(tmp_path / "public")


def test_no_reference_and_no_folder_are_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    for name in ("empty", "nowhere"):
        with pytest.raises(OfferError, match="cannot be read"):
            open_reference(tmp_path / name)


def test_a_pipe_in_the_place_of_a_meta_json_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "meta.json")
    look = f"""
from pathlib import Path
from evenhand.errors import OfferError
from evenhand.quality.novelty import folder, open_reference
print(folder.holds_reference(Path({str(tmp_path)!r})))
try:
    open_reference(Path({str(tmp_path)!r}))
except OfferError as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, timeout=60).stdout
    assert said.startswith("False\n")
    assert "cannot be read (not a regular file)" in said
