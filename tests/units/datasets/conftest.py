"""Writes the same rows in every format."""

import csv
import gzip
import io
import json

import pytest


def _json_lines(rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _delimited(rows, delimiter):
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(rows[0])
    writer.writerows([["" if value is None else value for value in row.values()] for row in rows])
    return out.getvalue().encode()


def _parquet(rows):
    import pyarrow
    from pyarrow import parquet

    out = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(rows), out, row_group_size=3)
    return out.getvalue()


def _zstd(data):
    import zstandard

    return zstandard.compress(data)


ENCODE = {
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".csv": lambda rows: _delimited(rows, ","),
    ".tsv": lambda rows: _delimited(rows, "\t"),
    ".parquet": _parquet,
    ".txt": lambda rows: rows[0]["text"].encode(),
    ".md": lambda rows: rows[0]["text"].encode(),
    ".rst": lambda rows: rows[0]["text"].encode(),
}
PACK = {"": bytes, ".gz": gzip.compress, ".zst": _zstd}


@pytest.fixture(scope="session")
def packings():
    """Suffix of a packing -> what packs bytes that way."""
    return PACK


@pytest.fixture(scope="session")
def encode():
    """Give `encode(name, rows) -> bytes`: what a file of this name holds."""

    def encode(name, rows):
        *_, suffix, last = "", *name.split(".")
        suffix, packing = (suffix, f".{last}") if f".{last}" in PACK else (last, "")
        return PACK[packing](ENCODE[f".{suffix}"](rows))

    return encode


@pytest.fixture
def write(tmp_path, encode):
    """Give `write(name, content) -> path`; content is rows, which the suffix says how to encode, a string, or bytes."""

    def write(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            content = content.encode()
        path.write_bytes(content if isinstance(content, bytes) else encode(path.name, content))
        return path

    return write
