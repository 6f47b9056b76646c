"""The nearest sentence is found exactly, whatever is multiplied at once, by however many threads, under any locale."""

import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from evenhand.quality.embedding import COSINE_ONE, DIMENSIONS
from evenhand.quality.novelty import best_cosines, neighbours
from evenhand.quality.novelty.neighbours import QUERIES

SOURCE = Path(__file__).parents[3] / "src"

PROGRAM = """
import hashlib, locale, sys
from contextlib import suppress
import numpy as np
with suppress(locale.Error):
    locale.setlocale(locale.LC_ALL, "")
from evenhand.quality.novelty import LowestSentences, count, read_reference, score
from evenhand.records import Dataset

texts = [f"The I of {n} IS {n % 7} harbours{n % 13} ship{n % 29}. Market {n} day." for n in range(3000)]
reference = read_reference(Dataset.of(texts[::2]))
lowest = LowestSentences(700, b"salt")
for text in texts:
    lowest.add(text.lower())
counts = count(9, [5, 7], lowest.drawn(), reference)
print(reference.digest, sorted(counts.items()), score(counts), list(lowest.drawn()))
"""


def unit_vectors(rng, rows, dimensions, per_row):
    """Rows with some numbers other than 0, of the length of embeddings."""
    here = rng.random((rows, dimensions)).argsort(axis=1) < per_row
    vectors = np.where(here, rng.standard_normal((rows, dimensions)), 0)
    return np.rint(vectors * 2048 / np.linalg.norm(vectors, axis=1)[:, None]).astype(np.int16)


@pytest.mark.parametrize(("dimensions", "per_row"), [(DIMENSIONS, 6), (384, 384), (64, 5), (3, 2)])
def test_the_best_is_that_of_all_pairs_in_whole_numbers(dimensions, per_row):
    rng = np.random.default_rng(per_row)
    vectors = unit_vectors(rng, 700, dimensions, per_row)
    queries = np.concatenate([unit_vectors(rng, 90, dimensions, per_row), vectors[::70], -vectors[::70]])
    expected = (queries.astype(int) @ vectors.astype(int).T).max(axis=1).clip(0, COSINE_ONE).tolist()
    for rows in (1, 7, 700, 5000):
        assert best_cosines(queries, vectors, rows=rows).tolist() == expected


def test_vectors_of_few_numbers_take_the_other_way_and_mixed_ones_each_their_own(monkeypatch):
    taken = []
    plain = neighbours._multiply_sparse
    monkeypatch.setattr(neighbours, "_multiply_sparse", lambda *given: taken.append(1) or plain(*given))
    rng = np.random.default_rng(3)
    vectors = np.concatenate([unit_vectors(rng, 64, DIMENSIONS, 4), unit_vectors(rng, 64, DIMENSIONS, 400)])
    queries = unit_vectors(rng, 20, DIMENSIONS, 8)
    found = best_cosines(queries, vectors, rows=64)
    assert found.tolist() == (queries.astype(int) @ vectors.astype(int).T).max(axis=1).clip(0, COSINE_ONE).tolist()
    assert len(taken) == 1


def test_more_queries_than_are_taken_at_once_are_all_answered():
    rng = np.random.default_rng(4)
    vectors = unit_vectors(rng, 10, 8, 8)
    queries = unit_vectors(rng, 2 * QUERIES + 3, 8, 8)
    assert best_cosines(queries, vectors).tolist() == [int(best_cosines(q[None], vectors)[0]) for q in queries]


def test_no_question_and_no_answer_are_defined():
    vectors = unit_vectors(np.random.default_rng(5), 4, 8, 8)
    assert best_cosines(vectors[:0], vectors).tolist() == []
    assert best_cosines(vectors, vectors[:0]).tolist() == [0, 0, 0, 0]


def test_the_longest_vectors_stay_exact_in_float32():
    """The worst case of exactness: rows a little longer than 2^11 by rounding, all products of one sign."""
    longest = np.full((3, DIMENSIONS), round(2048 / np.sqrt(DIMENSIONS)), dtype=np.int16)
    assert int((longest[0].astype(int) ** 2).sum()) < 2**24
    assert best_cosines(longest, longest).tolist() == [min(int((longest[0].astype(int) ** 2).sum()), COSINE_ONE)] * 3


@pytest.mark.parametrize("per_row", [2, 128])
def test_the_memory_it_takes_does_not_grow_with_the_reference(tmp_path, per_row):
    rng = np.random.default_rng(6)
    unit_vectors(rng, 1_000, 128, per_row).tofile(tmp_path / "once")
    once = np.memmap(tmp_path / "once", dtype="<i2", mode="r").reshape(-1, 128)
    np.tile(once, (30, 1)).tofile(tmp_path / "often")
    often = np.memmap(tmp_path / "often", dtype="<i2", mode="r").reshape(-1, 128)

    def peak(vectors):
        tracemalloc.start()
        best = best_cosines(once[:100], vectors, rows=500)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most, best.tolist()

    few, many = peak(once), peak(often)
    assert many[0] < 1.2 * few[0] < often.nbytes
    assert many[1] == few[1]


def test_threads_and_locales_change_nothing():
    started = []
    for threads, locale in (("1", "C"), ("2", "tr_TR.UTF-8")):
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": threads, "LC_ALL": locale, "PYTHONPATH": str(SOURCE)}
        environment["PYTHONHASHSEED"] = threads
        started.append(subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment, stdout=subprocess.PIPE))
    one, other = (process.communicate()[0] for process in started)
    assert one.startswith(b"sha256:")
    assert one == other
