"""The memory of a reader is that of its largest document, not that of the file."""

import json
import random
import subprocess
import sys
import tracemalloc

import pyarrow
import pytest
import zstandard
from pyarrow import parquet

from evenhand.datasets import describe, open_dataset
from evenhand.datasets.readers import streams
from evenhand.errors import OfferError
from evenhand.records import Dataset, Document

MEBIBYTE = 2**20
DOCUMENTS = 10_000


def rows():
    """20 MiB of text that packs about as well as prose."""
    words = random.Random(7)
    for number in range(DOCUMENTS):
        yield {"text": f"{number} " + words.randbytes(1024).hex(), "id": str(number)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, packings):
    folder = tmp_path_factory.mktemp("large")
    data = "".join(json.dumps(row) + "\n" for row in rows()).encode()
    for packing, pack in packings.items():
        (folder / f"a.jsonl{packing}").write_bytes(pack(data))
    (folder / "a.csv").write_text("text,id\n" + "".join(f'"{row["text"]}",{row["id"]}\n' for row in rows()))
    table = pyarrow.Table.from_pylist(list(rows()))
    parquet.write_table(table, folder / "a.parquet", row_group_size=DOCUMENTS, use_dictionary=False)
    return folder


def peak(work):
    """Give what Python allocated at most while the work was done, above what it had before."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst", "a.csv"])
def test_a_file_of_20_mib_is_read_in_2_mib(folder, name):
    dataset = open_dataset(folder / name, fields={"id": "id"})
    next(iter(dataset))  # imports are not the reader's memory

    def read():
        assert sum(1 for _ in dataset) == DOCUMENTS

    assert peak(read) < 2 * MEBIBYTE


def test_a_manifest_keeps_identities_and_not_texts():
    dataset = Dataset(lambda: (Document(f"{number} " + "x" * 100_000, {"id": str(number)}) for number in range(200)))
    describe(dataset)  # metadata digests are cached now
    assert peak(lambda: describe(dataset)) < MEBIBYTE


def arrow_peak(path, documents):
    """Give what Arrow allocated at most in a process that reads a file of so many documents."""
    script = (
        "import sys, pyarrow; from evenhand.datasets import open_dataset\n"
        "print(sum(1 for _ in open_dataset(sys.argv[1])), pyarrow.default_memory_pool().max_memory())"
    )
    done = subprocess.run([sys.executable, "-c", script, path], capture_output=True, check=True)
    count, most = map(int, done.stdout.split())
    assert count == documents
    return most


def test_a_parquet_row_group_of_20_mib_is_read_in_8_mib(folder):
    assert 0 < arrow_peak(folder / "a.parquet", DOCUMENTS) < 8 * MEBIBYTE


def test_long_rows_of_a_parquet_row_group_are_read_few_at_a_time(tmp_path):
    table = pyarrow.table({"text": [random.Random(row).randbytes(2**18).hex() for row in range(64)]})
    one_a_page = {"use_dictionary": False, "write_batch_size": 1, "data_page_size": 1}
    parquet.write_table(table, tmp_path / "a.parquet", **one_a_page)
    assert 0 < arrow_peak(tmp_path / "a.parquet", 64) < 8 * MEBIBYTE


def test_one_long_text_in_a_dictionary_does_not_unfold_at_once(tmp_path):
    parquet.write_table(pyarrow.table({"text": ["x" * 2**17] * 4000}), tmp_path / "a.parquet")
    assert (tmp_path / "a.parquet").stat().st_size < MEBIBYTE
    assert 0 < arrow_peak(tmp_path / "a.parquet", 4000) < 64 * MEBIBYTE


def test_a_zstandard_bomb_is_refused_in_bounded_memory(tmp_path, monkeypatch):
    with zstandard.open(tmp_path / "a.jsonl.zst", "wb") as bomb:
        for _ in range(400):
            bomb.write(b" " * MEBIBYTE)
    assert (tmp_path / "a.jsonl.zst").stat().st_size < MEBIBYTE
    monkeypatch.setattr(streams, "DOCUMENT_BYTES_MAX", 4 * MEBIBYTE)
    dataset = open_dataset(tmp_path / "a.jsonl.zst")

    def read():
        with pytest.raises(OfferError, match="longer than"):
            list(dataset)

    assert peak(read) < 160 * MEBIBYTE
