"""The same documents come out of every format, packed or not, however its lines end."""

import datetime
import gzip
import os
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from evenhand import canonical
from evenhand.datasets import describe, open_dataset
from evenhand.errors import OfferError
from evenhand.records import Document, Manifest, Source

ROWS = [
    {"text": 'Quoted "wheat", and\nrye\r\nin lines', "id": "a", "year": 2020, "note": None},
    {"text": "größer 価格 \u2028 \x0b \x85 e\u0301", "id": "b", "year": 2021, "note": "x;y"},
    {"text": "  kept as stored  ", "id": "c", "year": None, "note": " "},
    {"text": "", "id": "blank", "year": 1, "note": None},
    {"text": None, "id": "null", "year": 1, "note": None},
    {"text": " \u2003\t", "id": "white", "year": 1, "note": None},
    {"text": "last", "id": "d", "year": 2024, "note": "é"},
]
DOCUMENTS = [
    Document(ROWS[0]["text"], {"identifier": "a", "date": "2020"}),
    Document(ROWS[1]["text"], {"identifier": "b", "date": "2021", "remark": "x;y"}),
    Document(ROWS[2]["text"], {"identifier": "c"}),
    Document(ROWS[6]["text"], {"identifier": "d", "date": "2024", "remark": "é"}),
]
FIELDS = {"identifier": "id", "date": "year", "remark": "note"}
TABLES = [".jsonl", ".ndjson", ".csv", ".tsv", ".parquet", ".JSONL"]
PLAIN = [".txt", ".md", ".rst"]
PACKINGS = ["", ".gz", ".zst"]


def texts(dataset):
    return [document.text for document in dataset]


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("suffix", TABLES)
def test_a_table_gives_the_same_documents_in_every_format(write, suffix, packing):
    write("rows" + suffix.lower() + packing, ROWS).rename(path := write("x", b"").with_name("grain" + suffix + packing))
    dataset = open_dataset(path, fields=FIELDS)
    assert list(dataset) == DOCUMENTS
    assert list(dataset) == DOCUMENTS, "a second reading differs"


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("suffix", PLAIN)
def test_a_plain_text_file_is_one_document_as_stored(write, suffix, packing):
    assert list(open_dataset(write("note" + suffix + packing, ROWS))) == [Document(ROWS[0]["text"])]


def test_digests_do_not_depend_on_the_format(write):
    manifests = {
        describe(open_dataset(write("grain" + suffix + packing, ROWS), fields=FIELDS))
        for suffix in TABLES[:-1]
        for packing in PACKINGS
    }
    assert len(manifests) == 1
    assert manifests.pop().documents == len(DOCUMENTS)


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("suffix", TABLES[:-1])
def test_rows_without_text_are_counted_in_every_format_and_change_nothing_else(write, suffix, packing):
    with_them = describe(open_dataset(write("grain" + suffix + packing, ROWS), fields=FIELDS))
    kept = [row for row in ROWS if row["text"] and row["text"].strip()]
    without = describe(open_dataset(write("less" + suffix + packing, kept), fields=FIELDS))
    assert (with_them.blank, without.blank) == (3, 0)
    assert replace(with_them, blank=0) == without


def test_rows_without_text_take_no_bytes_of_a_manifest_that_has_none(write):
    some, none = (describe(open_dataset(write(f"{len(rows)}.jsonl", rows))) for rows in (ROWS, ROWS[:1]))
    assert canonical.tree(some)["blank"] == 3
    assert set(canonical.tree(none)) == {"digest", "content", "documents", "distinct", "size_bytes"}
    for manifest in (some, none):
        assert canonical.decode(canonical.encode(manifest), Manifest, "manifest") == manifest


def test_rows_without_text_are_counted_over_all_files_and_anew_in_each_reading(write, tmp_path):
    write("a.jsonl", [{"text": "one"}, {"text": None}])
    write("b.jsonl", [{"text": "\u200b"}, {"text": "two"}, {"text": ""}])
    dataset = open_dataset(tmp_path)
    assert [describe(dataset).blank for _ in range(2)] == [3, 3]
    reading = iter(dataset)
    assert next(reading).text == "one", "the rows behind are not read first"


def test_a_dataset_of_rows_without_text_alone_says_so(write):
    with pytest.raises(OfferError, match=r"it holds no document: all of its 2 rows are without text"):
        describe(open_dataset(write("a.jsonl", [{"text": None}, {"text": " "}])))


def test_a_row_that_lacks_the_field_is_a_mistake_and_no_row_without_text(write):
    with pytest.raises(OfferError, match=r'line 2: it has no field "text"'):
        describe(open_dataset(write("a.jsonl", [{"text": "one"}, {"txt": "two"}])))


def test_a_blank_line_is_no_row(write):
    assert describe(open_dataset(write("a.jsonl", '{"text": "one"}\n\n \n{"text": "two"}\n'))).blank == 0
    assert describe(open_dataset(write("a.csv", "text,n\none,1\n\ntwo,2\n,3\n"))).blank == 1


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_line_ends_and_byte_order_mark_are_not_part_of_the_documents(write, end, last, bom):
    def joined(*lines):
        return bom + end.join(lines) + end * last

    jsonl = joined('{"text": "one"}', "", '{"text": "two"}')
    assert texts(open_dataset(write("a.jsonl", jsonl))) == ["one", "two"]
    assert texts(open_dataset(write("a.csv", joined("text,n", "one,1", "", "two,2")))) == ["one", "two"]
    assert texts(open_dataset(write("a.tsv", joined("n\ttext", "1\tone", '2\t"two"')))) == ["one", "two"]
    assert texts(open_dataset(write("a.txt", joined("one", "two")))) == [joined("one", "two").removeprefix("\ufeff")]


def test_csv_lines_may_end_in_a_carriage_return_alone(write):
    assert texts(open_dataset(write("a.csv", 'text,n\rone,1\r"two\rlines",2'))) == ["one", "two\rlines"]


def test_a_csv_cell_may_be_longer_than_the_standard_library_s_limit(write):
    assert texts(open_dataset(write("a.csv", [{"text": "x" * 200_000}]))) == ["x" * 200_000]


def test_a_parquet_file_of_many_groups_and_dictionaries_is_read_in_order(write, tmp_path):
    import pyarrow
    from pyarrow import parquet

    words = [f"word {number % 7}" for number in range(1000)]
    table = pyarrow.table(
        {"text": pyarrow.array(words).dictionary_encode(), "n": range(1000), "other": [b"\xff"] * 1000}
    )
    for rows in (1, 64, 333, 1000):
        parquet.write_table(table, tmp_path / "words.parquet", row_group_size=rows)
        read = list(open_dataset(tmp_path / "words.parquet", fields={"n": "n"}))
        assert read == [Document(word, {"n": str(number)}) for number, word in enumerate(words)]


def test_values_of_parquet_types_are_written_as_text(tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    zone = datetime.timezone(datetime.timedelta(hours=2))
    columns = {
        "day": (pa.array([datetime.date(2024, 5, 1)]), "2024-05-01"),
        "when": (pa.array([1_714_521_600_123_456_789], pa.timestamp("ns")), "2024-05-01T00:00:00.123456"),
        "zoned": (pa.array([datetime.datetime(2024, 5, 1, 2, tzinfo=zone)]), "2024-05-01T00:00:00+00:00"),
        "time": (pa.array([3_600_000_000_001], pa.time64("ns")), "01:00:00"),
        "price": (pa.array([Decimal("1.50")]), "1.50"),
        "yes": (pa.array([True]), "true"),
        "ratio": (pa.array([0.1]), "0.1"),
        "nan": (pa.array([float("nan")]), None),
        "tags": (pa.array([["b", None, "a"]]), '["b",null,"a"]'),
        "nested": (pa.array([{"z": 1, "a": [datetime.date(2024, 5, 1)]}]), '{"a":["2024-05-01"],"z":1}'),
    }
    table = pa.table({"text": ["x"], **{name: array for name, (array, _) in columns.items()}})
    parquet.write_table(table, tmp_path / "a.parquet")
    (document,) = open_dataset(tmp_path / "a.parquet", fields={name: name for name in columns})
    assert document.metadata == {name: text for name, (_, text) in columns.items() if text is not None}


def test_values_of_json_are_written_as_text(write):
    line = '{"text": "x", "i": 3, "f": 2.0, "t": true, "n": null, "o": {"b": [1, null], "a": "é"}, "e": "", "l": []}\n'
    (document,) = open_dataset(write("a.jsonl", line), fields={name: name for name in "iftnoel"})
    assert document.metadata == {"i": "3", "f": "2.0", "t": "true", "o": '{"a":"é","b":[1,null]}', "l": "[]"}


def test_a_metadata_key_may_be_missing_from_some_json_lines(write):
    path = write("a.jsonl", '{"text": "one"}\n{"text": "two", "year": 1}\n')
    assert [document.metadata for document in open_dataset(path, fields={"date": "year"})] == [{}, {"date": "1"}]


def test_one_column_may_be_the_text_and_two_fields(write):
    (document,) = open_dataset(write("a.csv", "body\nx\n"), text_field="body", fields={"a": "body", "b": "body"})
    assert document == Document("x", {"a": "x", "b": "x"})


def test_frames_may_split_a_line_and_empty_or_skippable_ones_are_passed_over(write):
    import zstandard

    skippable = b"\x50\x2a\x4d\x18\x03\x00\x00\x00xyz"
    parts = [b"", b'{"text": "one"}\n{"te', skippable, b'xt": "two"}\n', skippable, b""]
    data = b"".join(part if part == skippable else zstandard.compress(part) for part in parts)
    assert texts(open_dataset(write("a.jsonl.zst", data))) == ["one", "two"]


def test_gzip_members_may_split_a_line(write):
    data = gzip.compress(b'{"text": "one"}\n{"te') + gzip.compress(b'xt": "two"}\n')
    assert texts(open_dataset(write("a.jsonl.gz", data))) == ["one", "two"]


def test_the_source_tells_how_to_read_the_dataset_again(write, tmp_path, monkeypatch):
    write("data/a.jsonl", [{"body": "x", "n": 1}])
    expected = Source("data/a.jsonl", "body", {"number": "n"})
    how = {"text_field": "body", "fields": {"number": "n"}}
    assert open_dataset("data/a.jsonl", base=tmp_path, **how).source == expected
    assert open_dataset(Path("data/./a.jsonl"), base=tmp_path, **how).source == expected
    assert open_dataset(tmp_path / "data/a.jsonl", base=tmp_path, **how).source == expected
    assert open_dataset(tmp_path / "data/a.jsonl", **how).source is None
    monkeypatch.chdir(tmp_path)
    assert open_dataset("data/a.jsonl", **how).source == expected
    again = open_dataset(expected.path, text_field=expected.text_field, fields=expected.fields, base=Path())
    assert texts(again) == ["x"]
    assert open_dataset(tmp_path / "data/a.jsonl", base=Path(), **how).source == expected


def test_readers_do_not_ask_the_locale(write, tmp_path):
    for suffix in TABLES[:-1]:
        write("grain" + suffix, [{"text": "größer 価格"}])
    write("notes/grain.txt", "größer 価格")
    script = (
        "import sys; sys.stdout.reconfigure(encoding='utf-8'); from evenhand.datasets import open_dataset\n"
        "for path in ('*.*', 'notes'):\n    for document in open_dataset(path): print(document.text)"
    )
    plain = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=plain, capture_output=True, check=True)
    assert done.stdout.decode() == "größer 価格\n" * 6


def test_importing_the_stage_imports_no_heavy_library():
    script = (
        "import sys, evenhand.datasets\n"
        "print([name for name in ('pyarrow', 'zstandard', 'orjson', 'pydantic', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert done.stdout == "[]\n"


def test_a_dataset_can_be_sent_to_another_process(write):
    import pickle

    dataset = open_dataset(write("grain.csv.gz", ROWS), fields=FIELDS)
    assert list(pickle.loads(pickle.dumps(dataset))) == DOCUMENTS


def test_two_readings_at_once_do_not_disturb_each_other(write):
    dataset = open_dataset(write("grain.parquet", ROWS), fields=FIELDS)
    assert list(zip(dataset, dataset, strict=True)) == [(one, one) for one in DOCUMENTS]


def test_a_real_table_reads_as_its_own_library_reads_it(data_folder):
    from pyarrow import parquet

    table = parquet.read_table(data_folder / "medquad.parquet", columns=["answer", "focus"]).to_pylist()
    read = open_dataset("medquad.parquet", text_field="answer", fields={"about": "focus"}, base=data_folder)
    assert [(one.text, one.metadata.get("about")) for one in read] == [
        (row["answer"], row["focus"] or None) for row in table if row["answer"] and row["answer"].strip()
    ]


def test_nothing_is_given_after_a_finding_and_all_is_told_at_the_end(write):
    dataset = open_dataset(write("a.jsonl", '{"text": "one"}\n{"text": 2}\n{"text": "three"}\n{"text": 4}\n'))
    given = []
    with pytest.raises(OfferError) as refused:
        given.extend(document.text for document in dataset)
    assert given == ["one"]
    assert [problem.where[-6:] for problem in refused.value.problems] == ["line 2", "line 4"]
