"""A path means the files that a reader of the call would expect, in one order."""

import os
import stat

import pytest

from evenhand.datasets import dataset_files, open_dataset
from evenhand.errors import OfferError


def texts(path, **how):
    return [document.text for document in open_dataset(path, **how)]


def refusal(path, **how):
    with pytest.raises(OfferError) as refused:
        open_dataset(path, **how)
    return str(refused.value)


def test_a_folder_is_all_supported_files_below_it_in_code_point_order(write, tmp_path):
    names = ["b/x.txt", "a.txt", "B.txt", "a/z.txt", "a-b.txt", "é.md", "a/b/c.rst", "Ä.txt", "10.txt", "9.txt"]
    for name in names:
        write(f"data/{name}", name)
    for name in [".hidden.txt", ".git/x.txt", "picture.png", "no_suffix", "a/.x/y.txt"]:
        write(f"data/{name}", "not offered")
    assert texts("data", base=tmp_path) == sorted(names)
    assert texts(tmp_path / "data") == sorted(names)


@pytest.mark.parametrize("names", [["1.jsonl.gz", "2.parquet", "3.csv"], ["1.txt", "2.md.zst", "3.rst"]])
def test_a_folder_may_mix_formats_of_one_kind(write, tmp_path, names):
    for name in names:
        write(f"data/{name}", [{"text": name}])
    assert texts("data", base=tmp_path) == names


@pytest.mark.parametrize("folder", ["data", "[data] 1", "."])
@pytest.mark.parametrize("table", ["2024.jsonl", "v1.2.csv.gz", "a.PARQUET"])
def test_a_folder_of_tables_with_a_note_is_refused_with_a_pattern_that_can_be_read(write, tmp_path, folder, table):
    write(f"{folder}/deep/{table.lower()}", [{"text": "one"}]).rename(tmp_path / folder / "deep" / table)
    write(f"{folder}/README.md", "what the tables are, which is no document")
    write(f"{folder}/about.txt", "what the tables are")
    write(f"{folder}/notes.md.gz", [{"text": "what they were"}])
    message = refusal(folder, base=tmp_path)
    assert f'holds tables (such as "{table}") and plain text (such as "about.txt");' in message
    pattern = message.partition('Name the files by a pattern, such as "')[2].removesuffix('".')
    assert texts(pattern, base=tmp_path) == ["one"]


@pytest.mark.parametrize("readme", ["README.md", "deep/README.md", "dataset_card.md"])
def test_what_only_describes_the_tables_of_a_folder_is_no_document_of_theirs(write, tmp_path, readme):
    write("data/deep/1.jsonl", [{"text": "one"}])
    write(f"data/{readme}", "what the tables are")
    assert texts("data", base=tmp_path) == ["one"]
    assert [file.name for file in dataset_files("data", base=tmp_path)] == ["1.jsonl"]


def test_among_texts_a_readme_is_a_text_and_alone_it_is_the_only_one(write, tmp_path):
    write("data/README.md", "read me")
    assert texts("data", base=tmp_path) == ["read me"]
    write("data/2.txt", "two")
    assert texts("data", base=tmp_path) == ["two", "read me"]


def test_a_pattern_may_name_tables_and_plain_text(write, tmp_path):
    write("data/1.jsonl", [{"text": "one"}])
    write("data/2.md", "two")
    assert texts("data/*", base=tmp_path) == ["one", "two"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("data/*.txt", ["a.txt", "b.txt"]),
        ("data/**/*.txt", ["a.txt", "b.txt", "sub/c.txt", "sub/d [1].txt"]),
        ("data/?.txt", ["a.txt", "b.txt"]),
        ("data/[ac].txt", ["a.txt"]),
        ("data/[as]*", ["a.txt"]),
        ("data/sub/*", ["sub/c.txt", "sub/d [1].txt"]),
        ("data/sub/d [[]1].txt", ["sub/d [1].txt"]),
        ("data/sub/d [1].txt", ["sub/d [1].txt"]),
    ],
)
def test_a_pattern_is_the_files_that_match(write, tmp_path, pattern, expected):
    for name in ["a.txt", "b.txt", ".c.txt", "sub/c.txt", "sub/d [1].txt", "sub/.e/f.txt"]:
        write(f"data/{name}", name)
    assert texts(pattern, base=tmp_path) == expected
    assert texts(str(tmp_path / pattern)) == expected


@pytest.mark.parametrize(
    "name", ["a b.txt", "価格.txt", "x[1].txt", "what?.txt", "st*r.txt", "a\nb.txt", "-.txt", "a\\b.txt"]
)
def test_a_name_that_exists_is_never_a_pattern(write, tmp_path, name):
    write(name, name)
    write("x1.txt", "not asked for")
    assert texts(name, base=tmp_path) == [name]
    write(f"odd {name}/{name}", name)
    assert texts(f"odd {name}", base=tmp_path) == [name]


def test_a_base_with_brackets_is_not_a_pattern(write, tmp_path):
    write("base [1]/a.txt", "x")
    assert texts("*.txt", base=tmp_path / "base [1]") == ["x"]


def test_links_to_folders_are_not_followed_and_links_to_files_are(write, tmp_path):
    write("data/a.txt", "a")
    (tmp_path / "data/loop").symlink_to(tmp_path / "data")
    (tmp_path / "data/b.txt").symlink_to(tmp_path / "data/a.txt")
    assert texts("data", base=tmp_path) == ["a", "a"]


def test_a_missing_file_is_refused_with_near_names(write, tmp_path):
    write("data/grain.jsonl", [{"text": "x"}])
    assert 'Did you mean "grain.jsonl"?' in refusal("data/grian.jsonl", base=tmp_path)
    message = refusal("dta/grain.jsonl", base=tmp_path)
    assert message.startswith('dta/grain.jsonl: there is no such file or folder; "dta" is looked up in ')
    assert 'Did you mean "data"?' in message
    assert "Did you mean" not in refusal("entirely/else", base=tmp_path)
    assert '"grain.jsonl" is no folder; only a folder has' in refusal("data/grain.jsonl/deeper", base=tmp_path)


@pytest.mark.parametrize("path", ["data/a.jsonl", "data/*.jsonl", "data", "linked/a.jsonl"])
def test_a_link_that_leads_nowhere_is_refused_by_what_it_leads_to(write, tmp_path, path):
    write("data/b.jsonl", [{"text": "x"}])
    (tmp_path / "data/a.jsonl").symlink_to("../gone/a.jsonl")
    (tmp_path / "linked").symlink_to("gone")
    message = refusal(path, base=tmp_path)
    link, target = ("linked", "gone") if path.startswith("linked") else ("a.jsonl", "gone/a.jsonl")
    assert f'"{link}" is a link to {tmp_path / target}, which does not exist; a link leads to a file.' in message
    assert "Did you mean" not in message


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("", "the path is empty"),
        ("a.docx", ".jsonl, .ndjson, .csv, .tsv, .parquet, .txt, .md, .rst can be read, each also with .gz or .zst"),
        ("a.json", "Write one JSON object on each line and name it .jsonl."),
        ("a.gz", "its format is not known by its name"),
        (".jsonl", "its format is not known by its name"),
        ("none", "holds no file that can be read"),
        ("*.pdf", "no file matches the pattern"),
        ("*o*", "none.d"),
        ("x" * 5000, "cannot be looked up (File name too long)"),
        ("nul\0.txt", "there is no such file"),
    ],
)
def test_a_path_that_cannot_be_read_is_refused_with_the_remedy(write, tmp_path, path, message):
    for name in ["a.docx", "a.json", "a.gz", ".jsonl", "none/b.png", "none.d"]:
        write(name, b"x")
    assert message in refusal(path, base=tmp_path)


def test_all_files_of_a_pattern_that_cannot_be_read_are_told_at_once(write, tmp_path):
    for name in ["a.docx", "b.docx", "c.txt"]:
        write(name, b"x")
    assert len(refusal("*", base=tmp_path).splitlines()) == 2


def test_a_name_that_is_not_utf8_is_refused(tmp_path):
    try:
        (tmp_path / os.fsdecode(b"\xff.txt")).write_text("x")
    except OSError:
        pytest.skip("this file system has no such names")
    message = refusal(".", base=tmp_path)
    assert message.startswith("\\xff.txt: its name is not UTF-8")


@pytest.mark.parametrize("path", ["data/pipe.txt", "data/link.txt", "data/*.txt"])
def test_a_pipe_is_refused_because_it_cannot_be_read_twice(write, tmp_path, path):
    write("data/a.txt", "x")
    os.mkfifo(tmp_path / "data/pipe.txt")
    (tmp_path / "data/link.txt").symlink_to("pipe.txt")
    assert "neither a file nor a folder" in refusal(path, base=tmp_path)


def test_pipes_and_sockets_within_a_folder_are_passed_over(write, tmp_path):
    write("data/a.txt", "x")
    os.mkfifo(tmp_path / "data/pipe.txt")
    (tmp_path / "data/link.txt").symlink_to("pipe.txt")
    os.mknod(tmp_path / "data/socket.txt", stat.S_IFSOCK | 0o600)
    assert texts("data", base=tmp_path) == ["x"]


def test_the_files_of_a_dataset_are_those_that_are_read(write, tmp_path):
    paths = [write(f"data/{name}", "x") for name in ("a.txt", "b/c.txt")]
    (tmp_path / "data/.hidden.txt").write_text("x")
    assert dataset_files("data", base=tmp_path) == tuple(paths)
    assert dataset_files(tmp_path / "data/b", base=tmp_path) == (paths[1],)
    assert dataset_files(str(tmp_path / "data/*.txt")) == (paths[0],)
    with pytest.raises(OfferError, match="there is no such file"):
        dataset_files("gone", base=tmp_path)


def test_a_file_that_went_away_is_refused_when_read(write):
    path = write("a.txt", "x")
    dataset = open_dataset(path)
    path.unlink()
    with pytest.raises(OfferError, match=r"a\.txt: cannot be read to its end \(No such file or directory\)"):
        list(dataset)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_read_permission_is_refused(write):
    path = write("a.txt", "x")
    path.chmod(0)
    with pytest.raises(OfferError, match="Permission denied"):
        list(open_dataset(path))
