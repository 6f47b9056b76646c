"""What does a round's folder hold? Its files are read by its listing, and held against it.

Every round lists its files in `LISTING`, in the format of `sha256sum`, so that anyone can check a copy with
`sha256sum -c round.sha256`.
"""

import hashlib
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from evenhand.errors import Problem, StoreError
from evenhand.storage import disk
from evenhand.storage.listing import LISTING, damaged, digests, kind_in
from evenhand.storage.occupied import siblings

RECORD = "record.json"
"""What a round follows from: where this file lies in a folder, the listing has it."""


@dataclass(frozen=True, slots=True)
class ListingCheck:
    """How a round's folder differs from its listing; names in order."""

    changed: tuple[str, ...]
    """listed, and no longer with the SHA-256 that is listed."""
    missing: tuple[str, ...]
    """listed, and not there."""
    unlisted: tuple[str, ...]
    """there, and not listed."""


def holds_round(folder: Path) -> bool:
    """Say whether a round stands in a folder; what it says is not looked at."""
    return os.path.isfile(folder / LISTING)


def read_round(folder: Path, *, expected: Collection[str] = (RECORD,)) -> dict[str, bytes]:
    """Give the bytes of a round's own files by their names, as they were handed to `write_folder`.

    What they say is not judged here: a file that was changed is the verifier's to find.

    Args:
        folder: of the round.
        expected: files that the listing has wherever they lie in the folder; else it was cut down.

    Raises:
        StoreError: no round stands there, its listing was damaged, or a file of it is missing or cannot be read.
    """
    names = _digests(folder)
    for name in sorted(set(expected) - names.keys()):
        if os.path.lexists(folder / name):
            raise damaged(folder, f'does not list "{name}", which lies beside it')
    files: dict[str, bytes] = {}
    problems = []
    for name in names:
        try:
            files[name] = disk.read(folder / name)
        except OSError as error:
            problems.append(_unreadable(folder, name, error))
    if problems:
        raise StoreError(problems)
    return files


def check_listing(folder: Path) -> ListingCheck:
    """Compare a round's folder with its listing, as `sha256sum -c` does, and name what lies there besides.

    Raises:
        StoreError: no round stands there, its listing was damaged, or a file of it cannot be read.

    >>> from tempfile import TemporaryDirectory
    >>> from evenhand.storage import write_folder
    >>> with TemporaryDirectory() as parent:
    ...     write_folder(Path(parent) / "out", {"record.json": b"{}", "report.html": b""}, of="round")
    ...     (Path(parent) / "out" / "report.html").rename(Path(parent) / "out" / "page.html").name
    ...     check_listing(Path(parent) / "out")
    'page.html'
    ListingCheck(changed=(), missing=('report.html',), unlisted=('page.html',))
    """
    names = _digests(folder)
    changed, missing, problems = [], [], []
    for name, digest in sorted(names.items()):
        try:
            if hashlib.sha256(disk.read(folder / name)).hexdigest() != digest:
                changed.append(name)
        except (FileNotFoundError, NotADirectoryError):
            missing.append(name)
        except OSError as error:
            problems.append(_unreadable(folder, name, error))
    if problems:
        raise StoreError(problems)
    there = {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()
    }
    return ListingCheck(tuple(changed), tuple(missing), tuple(sorted(there - names.keys() - {LISTING})))


def _digests(folder: Path) -> dict[str, str]:
    """Give name -> SHA-256 as the listing has them, or say that no round stands there."""
    try:
        return digests(folder)
    except OSError as error:
        aside = siblings(Path(os.path.realpath(folder)), "old")
        remedy = (
            f'A run was interrupted: the round is whole in "{aside[0]}", and the next run puts it back.'
            if aside
            else "Name the folder that a round was written to."
        )
        kind = kind_in(folder)
        found = f"holds a {kind} and no round" if kind else f"holds no round ({disk.words(error)})"
        raise StoreError(Problem(str(folder), found, f"a round's folder has a {LISTING}", remedy)) from error


def _unreadable(folder: Path, name: str, error: OSError) -> Problem:
    found, remedy = f"cannot be read ({disk.words(error)})", "Copy the folder again, with all that is in it."
    return Problem(f"{folder}: {name}", found, f"{LISTING} lists it", remedy)
