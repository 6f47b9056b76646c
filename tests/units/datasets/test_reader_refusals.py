"""What is wrong inside a file is refused with its place, its value and the remedy, all of it at once."""

import gzip
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.datasets import open_dataset
from evenhand.datasets.readers import formats, mistakes, streams
from evenhand.errors import OfferError

ROWS = [{"text": f"document {number} " + "wheat rye " * number, "id": str(number)} for number in range(40)]


def refusal(path, **how):
    dataset = open_dataset(path, **how)
    with pytest.raises(OfferError) as refused:
        list(dataset)
    return [str(problem).replace(f"{path.parent.as_posix()}/", "") for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("not json", "column 1 is not JSON"),
        ('{"text": "x",}', "is not JSON ("),
        ('{"text": "x"} {}', "column 15 is not JSON"),
        ('{"text": NaN}', "column 10 is not JSON"),
        ('{"text": "a\0b"}', "column 12 is not JSON"),
        (r'{"text": "\ud800"}', "is not JSON"),
        ('["text"]', "it is JSON of type list, not an object"),
        ('"text"', "it is JSON of type str, not an object"),
        ("null", "it is JSON of type NoneType, not an object"),
        (
            '{"body": "x", "id": 1}',
            'it has no field "text"; its fields are "body", "id". Name the field that holds the text.',
        ),
        ("{}", 'it has no field "text"; its fields are none'),
        ('{"text": 5}', 'its "text" is 5, of type int; text is a string'),
        ('{"text": ["a"]}', "its \"text\" is ['a'], of type list"),
        (r'{"text": "ab\u0000"}', "its text holds a NUL character, at 2"),
        ('{"text": "x", "id": {"n": 9007199254740993}}', 'its "id" is no metadata: it cannot be written as JSON'),
        ('{"text": "x", "id": 1, "text": "y"}', 'it has the key "text" twice; a key has one value. Keep one.'),
        (r'{"text": "x", "t\u0065xt": "y"}', 'it has the key "text" twice'),
        (b'{"text": "x\xff"}', "byte 27 of the file (0xff) is not UTF-8"),
    ],
)
def test_a_wrong_json_line_is_refused_with_its_place(write, line, message):
    line = line.encode() if isinstance(line, str) else line
    path = write("a.jsonl", b'{"text": "one"}\n' + line + b'\n{"text": "two"}\n')
    (problem,) = refusal(path, fields={"id": "id"} if b'"n"' in line else None)
    assert problem.startswith("a.jsonl, line 2: ")
    assert message in problem


@pytest.mark.parametrize(
    "line",
    [
        '{"text": "text", "kind": "text"}',
        '{"text": "x", "other": 1, "other": 2}',
        '{"text": "x", "in": {"text": "y"}, "all": [{"text": "z"}]}',
        r'{"text": "x", "caf\u00e9": 1, "more": "\u00e9"}',
        '{"text": "x", "n": ' + "1" * 300 + ', "m": "text"}',
    ],
)
def test_a_key_that_only_seems_to_stand_twice_is_no_mistake(write, line):
    assert len(list(open_dataset(write("a.jsonl", line + "\n")))) == 1


@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
@pytest.mark.parametrize(
    ("content", "messages"),
    [
        (b"body,id\nx,1\n", ['a.csv: no columns are named "text"; the columns are "body", "id"']),
        (b"text,key\nx,1\n", ['a.csv: no columns are named "id"; the columns are "text", "key"']),
        (b"key\nx\n", ['no columns are named "text"', 'no columns are named "id"']),
        (b"text,id,text\nx,1,y\n", ['2 columns are named "text"']),
        (b"text;id\nx;1\n", ["by commas, not semicolons", "by commas, not semicolons"]),
        (b"text,id\nx\ny,1\nz,1,2\n", ["line 2: it has 1 cell, the first", "line 4: it has 3 cells,"]),
        (b'text,id\n"a\nb",1\nx\n', ["line 4: it has 1 cell,"]),
        (b'text,id\nx,1\n"a\nb,1\n', ["line 3: the record that begins here breaks off"]),
        (b'text,id\n"a"b,1\nx\n', ["line 2: the record that begins here", "line 3: it has 1 cell,"]),
        (b"text,id\nx,1\ny\xe9,2\nz\n", ["line 3: byte 13 of the file (0xe9)", "line 4: it has 1 cell,"]),
        (b"text,id\nx\0,1\n", ["line 2: its text holds a NUL character, at 1"]),
        (b"", ["a.csv: it is empty"]),
    ],
)
def test_all_that_is_wrong_in_a_csv_is_refused_at_once(write, suffix, content, messages):
    swap = bytes if suffix == ".csv" else lambda data: data.replace(b",", b"\t")
    path = write("a" + suffix, swap(content))
    problems = refusal(path, fields={"id": "id"})
    assert len(problems) == len(messages)
    for problem, message in zip(problems, messages, strict=True):
        assert message.replace("a.csv", path.name) in problem


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"body": ["x"]}, 'no columns are named "text"; the columns are "body"'),
        ({"text": [1]}, 'the column "text" is of type int64; text is of type string'),
        ({"text": [b"x"]}, 'the column "text" is of type binary'),
        ({"text": ["ok", "a\0b"]}, "a.parquet, row 2: its text holds a NUL character"),
        ({"text": ["ok"], "id": [b"x"]}, 'row 1: its "id" is no metadata: a value of type bytes has no text'),
    ],
)
def test_a_wrong_parquet_column_is_refused(tmp_path, columns, message):
    import pyarrow
    from pyarrow import parquet

    parquet.write_table(pyarrow.table(columns), tmp_path / "a.parquet")
    (problem,) = refusal(tmp_path / "a.parquet", fields={"id": "id"} if "id" in columns else None)
    assert message in problem


def test_a_parquet_column_named_twice_is_refused(tmp_path):
    import pyarrow
    from pyarrow import parquet

    table = pyarrow.Table.from_arrays([pyarrow.array(["x"])] * 2, names=["text", "text"])
    parquet.write_table(table, tmp_path / "a.parquet")
    assert refusal(tmp_path / "a.parquet") == [
        'a.parquet: 2 columns are named "text"; the columns are "text". Give each column a name of its own.'
    ]


def test_parquet_values_that_python_cannot_hold_are_told_by_row(tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    text = pa.Array.from_buffers(pa.string(), 3, pa.array([b"ok", b"\xff", b"ok"]).buffers())
    when = pa.array([0, 0, 2**60], pa.timestamp("us"))
    parquet.write_table(pa.table({"text": text, "when": when}), tmp_path / "a.parquet")
    problems = refusal(tmp_path / "a.parquet", fields={"when": "when"})
    assert problems[0].startswith('a.parquet, row 2: its "text" cannot be read (')
    assert problems[1].startswith('a.parquet, row 3: its "when" cannot be read (')


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"one\ntwo \xff\n", "a.txt, line 2: byte 8 of the file (0xff) is not UTF-8"),
        (b"a\0b", "a.txt: its text holds a NUL character, at 1"),
        (b"", "a.txt: it is empty"),
        ("text".encode("utf-16"), "a.txt, line 1: byte 0 of the file (0xff) is not UTF-8"),
    ],
)
@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
def test_a_wrong_text_file_is_refused_with_its_place(write, packings, content, message, packing):
    path = write("a.txt" + packing, packings[packing](content))
    assert refusal(path)[0].startswith(message.replace("a.txt", "a.txt" + packing))


def test_the_offset_of_a_wrong_byte_is_that_in_the_unpacked_file(write, packings):
    before = b'{"text": "' + b"x" * 300_000 + b'"}\n'
    data = before + b'{"text": "\xe9"}\n'
    for packing, pack in packings.items():
        (problem,) = refusal(write("a.jsonl" + packing, pack(data)))
        assert f"line 2: byte {len(before) + 10:,} of the file (0xe9)" in problem


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.parquet", "a.txt"])
def test_a_field_that_no_row_has_is_refused(write, name):
    (problem,) = refusal(write(name, ROWS), fields={"year": "yaer"})
    assert '"yaer"' in problem
    assert ('"text", "id"' if name != "a.txt" else '"text"') in problem
    assert problem.endswith('. Read "year" from one of them, or leave it out.')


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.parquet"])
def test_no_remedy_speaks_of_an_argument_that_a_terminal_or_a_call_does_not_have(write, name):
    for how in ({"text_field": "nope"}, {"fields": {"year": "nope", "era": "nope"}}):
        (problem,) = refusal(write(name, ROWS), **how)
        assert "text_field" not in problem
        assert "fields" not in problem.partition(". ")[2]
        assert problem.endswith(
            ("Name the field that holds the text.", 'Read "year", "era" from one of them, or leave it out.')
        )


def test_a_field_is_looked_for_in_all_files_before_it_is_missed(write, tmp_path):
    write("data/1.jsonl", [{"text": "one"}])
    write("data/2.jsonl", [{"text": "two", "year": 1}])
    assert len(list(open_dataset("data", fields={"date": "year"}, base=tmp_path))) == 2


def test_mistakes_of_all_files_are_told_at_once(write, tmp_path):
    for number in range(3):
        write(f"data/{number}.txt", b"\xff")
    write("data/3.jsonl", b"{")
    with pytest.raises(OfferError) as refused:
        list(open_dataset("data/*", base=tmp_path))
    assert [problem.where for problem in refused.value.problems] == [
        "data/0.txt, line 1", "data/1.txt, line 1", "data/2.txt, line 1", "data/3.jsonl, line 1",
    ]  # fmt: skip


def test_one_mistake_on_many_lines_is_one_problem(write):
    (problem,) = refusal(write("a.jsonl", [{"body": "x"}] * 5000))
    assert problem.startswith('a.jsonl, lines 1, 2, 3, 4, 5 and 4,995 more: it has no field "text"')


def test_mistakes_are_bounded_in_memory_and_counted(write):
    problems = refusal(write("a.jsonl", "".join(f'{{"text": {number}}}\n' for number in range(5000))))
    assert len(problems) == mistakes.KINDS_KEPT + 1
    assert problems[0].startswith("a.jsonl: 4,000 mistakes beyond the first 1,000")


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.txt", "a.txt.gz", "a.jsonl.zst"])
def test_a_document_that_would_fill_the_memory_is_refused(write, name, monkeypatch):
    for module in (streams, formats):
        monkeypatch.setattr(module, "DOCUMENT_BYTES_MAX", 1000)
    (problem,) = refusal(write(name, [{"text": "x" * 2000}]))
    assert "longer than" in problem


# -- damage ---------------------------------------------------------------------------------------------------------

PACKED = ["a.parquet", "a.jsonl.gz", "a.jsonl.zst", "a.csv.zst", "a.csv.gz", "a.txt.gz", "a.txt.zst", "a.parquet.zst"]


def read_or_refused(path):
    try:
        return [document.text for document in open_dataset(path)]
    except OfferError as refused:
        return refused


@pytest.mark.parametrize("name", PACKED)
def test_a_file_cut_anywhere_is_refused_and_never_read_as_whole(write, name):
    path = write(name, ROWS)
    data = path.read_bytes()
    assert isinstance(read_or_refused(path), list)
    for length in [*range(0, len(data), 7), *range(len(data) - 30, len(data))]:
        path.write_bytes(data[:length])
        result = read_or_refused(path)
        assert isinstance(result, OfferError), f"cut to {length} of {len(data)} bytes"


@pytest.mark.parametrize("name", PACKED)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flipped_bit_never_ends_in_another_exception(tmp_path_factory, encode, name, place, bit):
    data = bytearray(encode(name, ROWS))
    data[int(place * len(data))] ^= 1 << bit
    path = tmp_path_factory.getbasetemp() / f"flipped-{name}"
    path.write_bytes(data)
    read_or_refused(path)


@pytest.mark.parametrize("name", [*PACKED, "a.jsonl", "a.csv"])
@given(data=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory, name, data):
    path = tmp_path_factory.getbasetemp() / f"bytes-{name}"
    path.write_bytes(data)
    read_or_refused(path)


def test_a_damaged_column_name_is_refused(write):
    path = write("a.parquet", ROWS)
    path.write_bytes(path.read_bytes().replace(b"text", b"\xfftxt"))
    (problem,) = refusal(path)
    assert "cannot be read to its end ('utf-8' codec" in problem


def test_rubbish_behind_a_packed_file_is_refused(write):
    for name in ("a.jsonl.gz", "a.jsonl.zst"):
        path = write(name, ROWS)
        path.write_bytes(path.read_bytes() + b"rubbish")
        (problem,) = refusal(path)
        assert re.search(r"cannot be read to its end \(.*(Not a gzipped file|not Zstandard)", problem)


def test_what_was_read_before_the_damage_is_told_too(write):
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb") as packed:
        packed.write(b'{"text": 1}\n' * 100_000)
    problems = refusal(write("a.jsonl.gz", out.getvalue()[:-4]))
    assert len(problems) == 2
    assert "lines 1, 2, 3" in problems[0]
    assert "cannot be read to its end" in problems[1]
