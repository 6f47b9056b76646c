"""A round's folder is absent, the old round whole, or the new round whole, whatever fails and whenever."""

import errno
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.errors import StoreError
from evenhand.storage import LISTING, read_round
from tests.units.storage.folders import NEW, OLD, empty, fresh, is_round, old, whole, write_round

STEPS = ("mkdir", "open", "write", "fsync", "rename", "unlink", "rmdir")


class Crash(BaseException):
    """The process is gone: nothing that it meant to do afterwards happens."""


class Disk:
    """The real disk, until step `at`: there it refuses once (an `OSError`), or the process dies for good."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, at: int, landed: bool, dies: bool) -> None:
        self.at, self.landed, self.dies, self.seen, self.struck = at, landed, dies, [], False
        self.patch = monkeypatch
        for name in STEPS:
            monkeypatch.setattr(os, name, self.stepped(name, getattr(os, name)))

    def stepped(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **kwargs: Any) -> Any:
            if self.struck and self.dies:
                raise Crash
            if name == "write":
                args = (args[0], args[1][:7])  # a disk may take fewer bytes than it is given
            strikes = len(self.seen) == self.at
            self.seen.append(name)
            if strikes and not self.landed:
                self.strike()
            result = real(*args, **kwargs)
            if strikes:
                if name == "open":
                    os.close(result)
                self.strike()
            return result

        return step

    def strike(self) -> None:
        self.struck = True
        raise Crash if self.dies else OSError(errno.EIO, os.strerror(errno.EIO))


@pytest.mark.parametrize("landed", [False, True], ids=["before", "landed"])
@pytest.mark.parametrize("dies", [False, True], ids=["refused", "crash"])
@pytest.mark.parametrize("start", [fresh, empty, old])
def test_no_fault_at_any_step_leaves_half_a_round(
    start: Callable[[Path], None], dies: bool, landed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds: set[str] = set()
    for at in range(500):
        shelf = tmp_path / str(at)
        shelf.mkdir()
        out = shelf / "out"
        start(out)
        with monkeypatch.context() as patch:
            disk = Disk(patch, at=at, landed=landed, dies=dies)
            raised: BaseException | None = None
            try:
                write_round(out, NEW, replace=True)
            except (StoreError, Crash) as error:
                raised = error
        if not disk.struck:
            assert raised is None
            break
        kinds.add(disk.seen[at])
        assert isinstance(raised, Crash) == dies
        is_new, is_old = is_round(out, NEW), start is old and is_round(out, OLD)
        if not dies:  # the run itself cleans up: nothing but the old or the new round is left, and it says so
            assert is_new or is_old or (start is not old and not whole(out)), (at, disk.seen[at])
            if not is_new:
                assert isinstance(raised, StoreError)
                assert {path.name for path in shelf.iterdir()} <= {"out"}
        assert is_new or is_old or not whole(out), (at, disk.seen[at], whole(out))
        if start is old and not is_new and not is_old:
            aside = [path for path in shelf.iterdir() if "-old-" in path.name]
            assert [is_round(path, OLD) for path in aside] == [True]
        write_round(out, NEW, replace=True)
        assert is_round(out, NEW)
        assert [path.name for path in shelf.iterdir()] == ["out"], (at, disk.seen[at])
        shutil.rmtree(shelf)
    else:
        pytest.fail("the faults never ran out")
    assert at > 20
    assert kinds >= {"mkdir", "open", "write", "fsync", "rename"} | ({"unlink", "rmdir"} if start is old else set())


def crash_within_the_swap(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        real = os.rename
        dead = False

        def rename(source: Path, target: Path) -> None:
            nonlocal dead
            if dead or Path(target) == out:
                dead = True
                raise Crash
            real(source, target)

        patch.setattr(os, "rename", rename)
        with pytest.raises(Crash):
            write_round(out, NEW, replace=True)
    assert not out.exists()


def test_the_next_call_puts_back_the_round_that_a_crash_left_aside(tmp_path, monkeypatch):
    out = tmp_path / "out"
    write_round(out, OLD)
    crash_within_the_swap(out, monkeypatch)
    with pytest.raises(StoreError, match=r"run was interrupted.*evenhand-old-.*puts it back"):
        read_round(out)
    with pytest.raises(StoreError, match="holds another round"):
        write_round(out, NEW)
    assert read_round(out) == OLD


def test_an_old_round_left_aside_is_kept_while_something_else_has_its_name(tmp_path, monkeypatch):
    out = tmp_path / "out"
    write_round(out, OLD)
    crash_within_the_swap(out, monkeypatch)
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    with pytest.raises(StoreError, match=r'holds "notes\.txt" and no round'):
        write_round(out, NEW, replace=True)
    assert [is_round(path, OLD) for path in tmp_path.iterdir() if "-old-" in path.name] == [True]


@pytest.mark.parametrize("start", [fresh, old])
def test_a_full_disk_is_told_with_its_sizes_and_leaves_nothing_behind(start, tmp_path, monkeypatch):
    out = tmp_path / "out"
    start(out)
    before = whole(tmp_path)
    with monkeypatch.context() as patch:

        def full(handle: int, data: bytes) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        patch.setattr(os, "write", full)
        with pytest.raises(StoreError) as caught:
            write_round(out, NEW, replace=True)
    problem = caught.value.problems[0]
    assert problem.where == str(out)
    assert problem.found == "cannot be written (No space left on device)"
    assert problem.bound == "a round is written whole or not at all, here 4 files of 213 bytes"
    assert problem.remedy == "Free some space, or choose a folder on another disk."
    assert whole(tmp_path) == before


def test_what_was_written_is_read_back(tmp_path):
    write_round(tmp_path / "out", NEW)
    assert read_round(tmp_path / "out") == NEW


@pytest.mark.parametrize("name", ["my round", "рынок данных", "Žofie's [a-b]*{x}", "-rf", "..x", "é" * 100])
def test_any_folder_name_will_do(name, tmp_path):
    for files in (OLD, NEW):
        write_round(tmp_path / "deep" / name, files, replace=True)
    assert read_round(tmp_path / "deep" / name) == NEW
    assert [path.name for path in (tmp_path / "deep").iterdir()] == [name]


def test_leftovers_of_a_folder_with_a_longer_name_are_left_alone(tmp_path):
    other = tmp_path / ".out.evenhand-new-x.evenhand-new-0123456789abcdef"
    other.mkdir()
    write_round(tmp_path / "out", NEW)
    assert other.exists()


def test_the_same_round_again_changes_nothing(tmp_path):
    out = tmp_path / "out"
    write_round(out, NEW)
    (out / "notes.txt").write_text("mine")
    before = out.stat().st_ino, whole(out)
    write_round(out, NEW)
    assert (out.stat().st_ino, whole(out)) == before


@pytest.mark.parametrize("change", [b"", b'{"new":2}', None], ids=["emptied", "edited", "missing"])
def test_a_changed_copy_of_the_same_round_is_another_round(change, tmp_path):
    out = tmp_path / "out"
    write_round(out, NEW)
    (out / "record.json").unlink() if change is None else (out / "record.json").write_bytes(change)
    with pytest.raises(StoreError, match="holds another round"):
        write_round(out, NEW)
    write_round(out, NEW, replace=True)
    assert read_round(out) == NEW


def test_a_users_file_that_comes_during_the_swap_outlives_it(tmp_path, monkeypatch):
    out = tmp_path / "out"
    write_round(out, OLD)
    real = os.rename

    def rename(source: Path, target: Path) -> None:
        if Path(source) == out:
            (out / "data" / "late.txt").write_text("mine")
        real(source, target)

    monkeypatch.setattr(os, "rename", rename)
    write_round(out, NEW, replace=True)
    assert read_round(out) == NEW
    assert [path.read_text() for path in tmp_path.rglob("late.txt")] == ["mine"]


def test_a_linked_folder_stays_a_link(tmp_path):
    (tmp_path / "disk").mkdir()
    link = tmp_path / "out"
    link.symlink_to(tmp_path / "disk" / "round")
    for files in (OLD, NEW):
        write_round(link, files, replace=True)
    assert link.is_symlink()
    assert read_round(tmp_path / "disk" / "round") == NEW
    link.unlink()
    link.symlink_to(link)
    with pytest.raises(StoreError):
        write_round(link, NEW)


@given(cut=st.integers(0, 400))
def test_a_listing_cut_short_by_a_power_cut_does_not_stop_the_next_call(cut: int, tmp_path_factory) -> None:
    parent = tmp_path_factory.mktemp("shelf")
    left = parent / ".out.evenhand-new-0123456789abcdef"
    write_round(left, NEW)
    for path in sorted(left.rglob("*"), reverse=True):
        if path.name != LISTING:
            path.rmdir() if path.is_dir() else path.unlink()
    (left / LISTING).write_bytes((left / LISTING).read_bytes()[:cut])
    write_round(parent / "out", NEW)
    assert [path.name for path in parent.iterdir()] == ["out"]


def test_runs_that_write_the_same_folder_at_once_never_mix(tmp_path):
    out = tmp_path / "out"
    rounds = [{f"part{part}": bytes([writer]) * 9 for part in range(5)} for writer in range(3)]

    def write(files: dict[str, bytes]) -> None:
        for _ in range(15):
            with suppress(StoreError):  # a run may be refused as often as others are in its way
                write_round(out, files, replace=True)

    threads = [Thread(target=write, args=(files,)) for files in rounds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    write_round(out, rounds[0], replace=True)
    assert read_round(out) == rounds[0]
    assert {path.name for path in tmp_path.iterdir()} == {"out"}


def test_all_is_durable_before_the_new_round_appears_and_that_is_before_the_old_one_goes(tmp_path, monkeypatch):
    out = tmp_path / "out"
    write_round(out, OLD)
    paths: dict[int, Path] = {}
    synced: set[Path] = set()
    real_open, real_sync, real_rename, real_unlink = os.open, os.fsync, os.rename, os.unlink

    def opened(path: Path, *args: Any, **kwargs: Any) -> int:
        handle = real_open(path, *args, **kwargs)
        paths[handle] = Path(path)
        return handle

    def sync(handle: int) -> None:
        real_sync(handle)
        synced.add(paths[handle])

    def rename(source: Path, target: Path) -> None:
        if target == out:
            inside = {path.relative_to(source).as_posix() for path in synced}
            assert inside == {".", "data", "data/deep", LISTING, *NEW}
            synced.clear()
        real_rename(source, target)

    def unlink(path: Path) -> None:
        assert synced == {tmp_path}
        real_unlink(path)

    for name, step in (("open", opened), ("fsync", sync), ("rename", rename), ("unlink", unlink)):
        monkeypatch.setattr(os, name, step)
    write_round(out, NEW, replace=True)
    assert is_round(out, NEW)
    assert synced == {tmp_path}


def test_removing_follows_no_listed_name_out_of_the_folder(tmp_path):
    left = tmp_path / ".out.evenhand-trash-0123456789abcdef"
    left.mkdir()
    (tmp_path / "secret").write_text("s")
    (left / LISTING).write_text(f"{'0' * 64}  ../secret\n")
    write_round(tmp_path / "out", NEW)
    assert {path.name for path in tmp_path.iterdir()} == {"out", "secret"}
