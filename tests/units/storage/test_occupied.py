"""What must stay stays: it is refused before any work is done for a round, and again when the round is written."""

import errno
import os
from collections.abc import Callable
from functools import partial
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from evenhand.errors import StoreError
from evenhand.storage import LISTINGS, check_listing, holds_round, read_round, refuse_taken, write_folder
from tests.units.storage.folders import (
    NEW,
    OLD,
    empty,
    fresh,
    is_round,
    listed_whole,
    old,
    refuse_a_round,
    whole,
    write_round,
)


@pytest.fixture(params=["before the work", "at the end"])
def attempt(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Ask whether a folder can take a round, or write one."""
    if request.param == "before the work":
        return refuse_a_round

    def write(folder: Path, *, replace: bool, **how: Any) -> None:
        write_round(folder, NEW, replace=replace, **how)

    return write


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize("start", [fresh, empty, old])
def test_a_folder_that_is_found_free_can_be_written(start, replace, tmp_path):
    out = tmp_path / "out"
    start(out)
    before = whole(tmp_path)
    if start is old and not replace:
        with pytest.raises(StoreError, match="holds another round"):
            refuse_a_round(out, replace=replace)
        return
    refuse_a_round(out, replace=replace)
    assert (whole(tmp_path), out.exists()) == (before, start is not fresh)
    assert {path.name for path in tmp_path.iterdir()} <= {"out"}
    write_round(out, NEW, replace=replace)


def test_asking_makes_no_folder(tmp_path):
    refuse_a_round(tmp_path / "deep" / "deeper" / "out", replace=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "remedy"),
    [(errno.EACCES, "Choose a folder that you may write to."), (errno.EROFS, "Choose a folder on a disk")],
)
def test_a_parent_that_cannot_be_written_is_refused_with_a_remedy(attempt, number, remedy, tmp_path, monkeypatch):
    def mkdir(path: Path, *args: Any) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "mkdir", mkdir)
        with pytest.raises(StoreError, match=remedy):
            attempt(tmp_path / "out", replace=False)
    assert whole(tmp_path) == {}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_read_only_parent_is_refused(attempt, tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="may write to"):
            attempt(tmp_path / "out", replace=False)
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="this system has no /proc")
@pytest.mark.parametrize("below", ["x", "x/y"])
def test_a_place_that_takes_no_folders_is_told_from_another_run(attempt, below):
    with pytest.raises(StoreError, match="cannot be written") as caught:
        attempt(Path("/proc") / below, replace=False)
    assert "other run" not in str(caught.value)
    assert "Choose a folder" in str(caught.value)


def test_another_round_is_refused_and_kept(attempt, tmp_path):
    out = tmp_path / "out"
    write_round(out, OLD)
    with pytest.raises(
        StoreError, match=r"holds another round; .*unasked\. Choose another folder, or .* --replace \(replace=True\)\."
    ):
        attempt(out, replace=False)
    assert read_round(out) == OLD


def test_a_round_that_a_crash_left_aside_is_another_round(attempt, tmp_path):
    aside = tmp_path / ".out.evenhand-old-0123456789abcdef"
    write_round(aside, OLD)
    with pytest.raises(StoreError, match="holds another round"):
        attempt(tmp_path / "out", replace=False)
    attempt(tmp_path / "out", replace=True)


@pytest.mark.parametrize("replace", [False, True])
def test_a_folder_that_is_no_round_is_refused_and_kept(attempt, replace, tmp_path):
    out = tmp_path / "out"
    (out / "photos").mkdir(parents=True)
    (out / "photos" / "a.jpg").write_bytes(b"jpg")
    with pytest.raises(StoreError, match=r'holds "photos" and no round; .* Choose another folder'):
        attempt(out, replace=replace)
    assert whole(out) == {"photos/a.jpg": b"jpg"}


@pytest.mark.parametrize("replace", [False, True])
def test_a_file_in_the_way_is_refused_and_kept(attempt, replace, tmp_path):
    out = tmp_path / "out"
    out.write_bytes(b"mine")
    with pytest.raises(StoreError, match=r"is a file; a round is a folder\. Choose another folder"):
        attempt(out, replace=replace)
    for below in ("inner", "inner/deeper"):
        with pytest.raises(StoreError, match="a part of this path is a file"):
            attempt(out / below, replace=replace)
    assert out.read_bytes() == b"mine"


def test_a_users_files_within_a_round_are_never_replaced(attempt, tmp_path):
    out = tmp_path / "out"
    write_round(out, OLD)
    (out / "notes.txt").write_text("mine")
    (out / "data" / "kept").mkdir()
    with pytest.raises(StoreError) as caught:
        attempt(out, replace=True)
    assert [problem.where for problem in caught.value.problems] == [f"{out}: data/kept", f"{out}: notes.txt"]
    assert read_round(out) == OLD
    assert (out / "notes.txt").read_text() == "mine"


def test_a_link_within_a_round_is_a_users_even_under_the_name_of_a_folder_of_the_round(attempt, tmp_path):
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    write_round(out, OLD)
    (out / "data").rename(elsewhere)
    (out / "data").symlink_to(elsewhere)
    with pytest.raises(StoreError, match=r"out: data: is not the round's own"):
        attempt(out, replace=True)
    assert whole(elsewhere) == {"deep/ada.jsonl": b"old\n"}


def test_the_folder_one_works_in_is_refused(attempt, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for folder in (Path(), Path(".."), Path("/")):
        with pytest.raises(StoreError, match="folder you work in"):
            attempt(folder, replace=False)
    attempt(Path("out/"), replace=False)


@pytest.mark.parametrize("start", [fresh, empty, old])
def test_a_round_is_seen_where_one_stands(start, tmp_path):
    start(tmp_path / "out")
    assert holds_round(tmp_path / "out") == (start is old)


# -- one kind in the place of another -------------------------------------------------------------------------------


@pytest.mark.parametrize(("there", "wanted"), list(permutations(LISTINGS, 2)))
def test_a_folder_of_one_kind_is_never_replaced_by_another(there, wanted, tmp_path):
    out = tmp_path / "out"
    write_folder(out, OLD, of=there)
    before = whole(tmp_path)
    for replace in (False, True):
        for look in (refuse_taken, partial(write_folder, files=OLD)):
            with pytest.raises(StoreError, match=f"holds a {there} and no {wanted}; a {wanted} has a folder to itself"):
                look(out, of=wanted, replace=replace)
    assert whole(tmp_path) == before
    assert listed_whole(out, there) == set(OLD)


@pytest.mark.parametrize("kind", LISTINGS)
def test_a_folder_is_replaced_by_its_like_and_refused_in_its_own_words(kind, tmp_path):
    out = tmp_path / "out"
    write_folder(out, OLD, of=kind)
    with pytest.raises(StoreError, match=f"holds another {kind}; a {kind} is never .* replace the {kind} that stands"):
        refuse_taken(out, of=kind, replace=False)
    write_folder(out, NEW, of=kind, replace=True)
    assert listed_whole(out, kind) == set(NEW)
    (out / "notes.txt").write_text("mine")
    with pytest.raises(StoreError, match=rf"notes\.txt: is not the {kind}'s own; only a {kind}'s own files are"):
        write_folder(out, OLD, of=kind, replace=True)


def test_what_a_crash_left_aside_is_not_replaced_by_another_kind_either(tmp_path):
    write_folder(tmp_path / ".out.evenhand-old-0123456789abcdef", OLD, of="comparison")
    for look in (refuse_a_round, partial(write_round, files=NEW)):
        with pytest.raises(StoreError, match="holds a comparison and no round"):
            look(tmp_path / "out", replace=True)
    assert listed_whole(tmp_path / "out", "comparison") == set(OLD)


@pytest.mark.parametrize("kind", sorted(LISTINGS.keys() - {"round"}))
def test_what_is_no_round_is_read_as_none(kind, tmp_path):
    write_folder(tmp_path / "out", OLD, of=kind)
    assert not holds_round(tmp_path / "out")
    for look in (read_round, check_listing):
        with pytest.raises(StoreError, match=f"holds a {kind} and no round; a round's folder has a round.sha256"):
            look(tmp_path / "out")


def test_a_listing_that_somebody_put_into_a_round_makes_it_nothing_else(tmp_path):
    out = tmp_path / "out"
    write_round(out, OLD)
    (out / LISTINGS["comparison"]).write_text(f"{'0' * 64}  record.json\n")
    for kind in ("round", "comparison"):
        with pytest.raises(StoreError, match="own files are replaced"):
            write_folder(out, NEW, of=kind, replace=True)
    assert read_round(out) == OLD


# -- what a round was read from -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["out/data/deep/ada.jsonl", "out/../out/data/deep/ada.jsonl", "link.jsonl", "disk/x"])
@pytest.mark.parametrize("relative", [False, True])
def test_replacing_never_removes_what_the_round_was_read_from(attempt, relative, path, tmp_path, monkeypatch):
    out = tmp_path / "out"
    write_round(out, OLD)
    (tmp_path / "link.jsonl").symlink_to(out / "data" / "deep" / "ada.jsonl")
    (tmp_path / "disk").symlink_to(out / "data" / "deep")
    (tmp_path / "elsewhere.jsonl").write_text("{}")
    monkeypatch.chdir(tmp_path)
    read = Path(path.replace("/x", "/ada.jsonl")) if relative else tmp_path / path.replace("/x", "/ada.jsonl")
    before = whole(tmp_path)
    with pytest.raises(StoreError) as caught:
        attempt(out, replace=True, keep=[tmp_path / "elsewhere.jsonl", read])
    (problem,) = caught.value.problems
    assert problem.where == f"{out}: data/deep/ada.jsonl"
    assert problem.found == "is a file that this round is read from"
    assert problem.remedy == "Choose another folder, or move the data out of this one."
    assert whole(tmp_path) == before


def test_the_first_file_that_would_be_removed_is_named_and_the_others_counted(attempt, tmp_path):
    out = tmp_path / "out"
    write_round(out, OLD)
    with pytest.raises(StoreError, match=r"out: data/deep/ada\.jsonl: is a file .* read from \(and 2 more\);"):
        attempt(out, replace=True, keep={out / name for name in OLD})


def test_data_that_lies_elsewhere_or_is_gone_forbids_nothing(attempt, tmp_path):
    out = tmp_path / "out"
    write_round(out, OLD)
    (tmp_path / "ada.jsonl").write_bytes(b"old\n")
    attempt(out, replace=True, keep=[tmp_path / "ada.jsonl", tmp_path / "gone.jsonl"])


def test_the_same_round_again_removes_nothing_of_what_it_was_read_from(tmp_path):
    out = tmp_path / "out"
    write_round(out, OLD)
    write_round(out, OLD, replace=True, keep=[out / "record.json"])
    assert is_round(out, OLD)


@pytest.mark.parametrize("start", [fresh, old])
def test_a_round_left_aside_is_not_touched_while_data_in_it_is_read(attempt, start, tmp_path):
    start(tmp_path / "out")
    aside = tmp_path / ".out.evenhand-old-0123456789abcdef"
    write_round(aside, {"CALL.toml": b"", **OLD})
    with pytest.raises(StoreError, match=r"CALL\.toml: is a file that this round is read from"):
        attempt(tmp_path / "out", replace=True, keep=[aside / "CALL.toml"])
    assert is_round(aside, {"CALL.toml": b"", **OLD})
