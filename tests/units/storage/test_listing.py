"""What a listing says of its folder is taken at its word, and a damaged one is named."""

import hashlib
import os
import shutil
import subprocess

import pytest

from evenhand.errors import StoreError
from evenhand.storage import LISTING, LISTINGS, ListingCheck, check_listing, read_round
from tests.units.storage.folders import NEW, OLD, empty, fresh, whole, write_round


def test_the_listing_is_what_sha256sum_checks(tmp_path):
    out = tmp_path / "out"
    write_round(out, NEW)
    lines = (out / LISTING).read_text().splitlines()
    assert lines == [f"{hashlib.sha256(NEW[name]).hexdigest()}  {name}" for name in sorted(NEW)]
    if shutil.which("sha256sum"):
        check = ["sha256sum", "--strict", "-c", LISTING]
        assert subprocess.run(check, cwd=out, capture_output=True).returncode == 0
        (out / "a b.csv").write_bytes(b"1,3\n")
        assert subprocess.run(check, cwd=out, capture_output=True).returncode == 1


BAD_NAMES = [
    "",
    ".",
    "..",
    "../x",
    "a/../../x",
    "/etc/x",
    "a//b",
    "a/",
    "a\\b",
    "C:x",
    "a\nb",
    "a\0b",
    *LISTINGS.values(),
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_would_leave_the_folder_is_refused(name, tmp_path):
    with pytest.raises(StoreError, match="cannot be the name of a file here"):
        write_round(tmp_path / "out", {**NEW, name: b""})
    assert whole(tmp_path) == {}


def test_all_bad_names_are_told_at_once(tmp_path):
    with pytest.raises(StoreError) as caught:
        write_round(tmp_path / "out", dict.fromkeys(BAD_NAMES, b""))
    assert len(caught.value.problems) == len(BAD_NAMES)


def test_a_name_that_is_a_file_and_a_folder_is_refused(tmp_path):
    with pytest.raises(StoreError, match='"data": cannot be the name'):
        write_round(tmp_path / "out", {"data": b"", "data/ada.jsonl": b""})
    assert whole(tmp_path) == {}


def test_reading_follows_no_listed_name_out_of_the_folder(tmp_path):
    out = tmp_path / "out"
    write_round(out, NEW)
    (tmp_path / "secret").write_text("s")
    with (out / LISTING).open("a") as listing:
        listing.write(f"{'0' * 64}  ../secret\n")
    for touch in (lambda: read_round(out), lambda: write_round(out, OLD, replace=True)):
        with pytest.raises(StoreError, match=r'"\.\./secret": cannot be the name'):
            touch()
    assert (tmp_path / "secret").exists()


def test_reading_tells_every_file_that_is_missing(tmp_path):
    out = tmp_path / "out"
    write_round(out, NEW)
    for name in ("record.json", "a b.csv"):
        (out / name).unlink()
    with pytest.raises(StoreError) as caught:
        read_round(out)
    assert [problem.where for problem in caught.value.problems] == [f"{out}: a b.csv", f"{out}: record.json"]


@pytest.mark.parametrize("make", [fresh, empty, lambda out: out.write_text("")], ids=["absent", "empty", "file"])
def test_reading_what_is_no_round_is_refused(make, tmp_path):
    make(tmp_path / "out")
    with pytest.raises(StoreError, match=r"holds no round .*has a round\.sha256\. Name the folder"):
        read_round(tmp_path / "out")


# -- a listing that was damaged -------------------------------------------------------------------------------------


def emptied(text: str) -> str:
    return ""


def cut(text: str) -> str:
    return text[:-3]


def without_its_last_line_end(text: str) -> str:
    return text[:-1]


def mangled(text: str) -> str:
    return text.replace("  record.json", " record.json")


def with_other_line_ends(text: str) -> str:
    return text.replace("\n", "\r\n")


def doubled(text: str) -> str:
    return text + text.splitlines(keepends=True)[0]


def cut_down(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not line.endswith("record.json\n"))


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (emptied, "is empty"),
        (cut, "was damaged in line 4"),
        (without_its_last_line_end, "was damaged in line 4"),
        (mangled, "was damaged in line 4"),
        (with_other_line_ends, "was damaged in line 1"),
        (doubled, "lists a file twice"),
        (cut_down, 'does not list "record.json", which lies beside it'),
    ],
)
def test_a_damaged_listing_is_named_and_not_the_files_that_it_lost(damage, found, tmp_path):
    out = tmp_path / "out"
    write_round(out, NEW)
    (out / LISTING).write_bytes(damage((out / LISTING).read_bytes().decode()).encode())
    with pytest.raises(StoreError) as caught:
        read_round(out)
    (problem,) = caught.value.problems
    assert (problem.where, problem.found) == (f"{out}: {LISTING}", found)
    if damage is not cut_down:
        with pytest.raises(StoreError, match=found):
            check_listing(out)


def test_files_that_are_expected_are_looked_for_beside_the_listing(tmp_path):
    out = tmp_path / "out"
    write_round(out, NEW)
    (out / "report.html").write_text("")
    assert read_round(out, expected=["record.json", "outcome.json"]) == NEW
    with pytest.raises(StoreError, match=r'does not list "report\.html"'):
        read_round(out, expected=["record.json", "report.html"])


def test_a_round_without_a_record_is_read(tmp_path):
    write_round(tmp_path / "out", {"CALL.toml": b""})
    assert read_round(tmp_path / "out") == {"CALL.toml": b""}


# -- a folder against its listing -----------------------------------------------------------------------------------


def test_an_untouched_round_is_as_it_is_listed(tmp_path):
    write_round(tmp_path / "out", NEW)
    assert check_listing(tmp_path / "out") == ListingCheck((), (), ())


def test_every_change_to_a_folder_is_named(tmp_path):
    out = tmp_path / "out"
    write_round(out, NEW)
    (out / "record.json").write_bytes(b'{"new":2}')
    (out / "a b.csv").unlink()
    shutil.rmtree(out / "data" / "deep")
    (out / "data" / "deep").write_text("a file now")
    (out / "data" / "empty").mkdir()
    (out / ".hidden").write_text("")
    (out / "link").symlink_to(tmp_path)
    assert check_listing(out) == ListingCheck(
        changed=("record.json",),
        missing=("a b.csv", "data/deep/bob.jsonl"),
        unlisted=(".hidden", "data/deep", "link"),
    )


def test_a_folder_without_a_listing_cannot_be_checked(tmp_path):
    with pytest.raises(StoreError, match="holds no round"):
        check_listing(tmp_path)


def test_a_pipe_in_the_place_of_a_file_is_refused_and_not_waited_for(tmp_path):
    out = tmp_path / "out"
    write_round(out, NEW)
    (out / "record.json").unlink()
    os.mkfifo(out / "record.json")
    for look in (read_round, check_listing):
        with pytest.raises(StoreError, match=r"record\.json: cannot be read \(not a regular file\)"):
            look(out)
    with pytest.raises(StoreError, match="holds another round"):
        write_round(out, NEW)
    (out / LISTING).unlink()
    os.mkfifo(out / LISTING)
    with pytest.raises(StoreError, match=r"holds no round \(not a regular file\)"):
        read_round(out)
