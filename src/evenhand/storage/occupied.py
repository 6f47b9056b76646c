"""May a folder take this place? What stands there is looked at first, and refused where it must stay.

A folder is written by way of hidden siblings, each with a random end, so that two runs never share one. The siblings of
a folder `out`:

    .out.evenhand-new-*     being written; dead if its run is dead
    .out.evenhand-old-*     the round that `replace` moved aside; if `out` is missing, it is `out`
    .out.evenhand-trash-*   being removed; never looked at again
"""

import os
import re
import secrets
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from evenhand.errors import Problem, StoreError
from evenhand.storage import disk
from evenhand.storage.listing import LISTINGS, folders, is_plain, kind_in, listed, refuse_names

ANOTHER = "Choose another folder."

_REFUSED = {
    "a file": ("is a file", "a {of} is a folder", ANOTHER),
    "the working folder": ("is the folder you work in, or above it", "a {of} is renamed into its place", ANOTHER),
    "other files": ('holds "{first}" and no {of}', "a {of} has a folder to itself", ANOTHER),
    "another kind": ("holds a {kind} and no {of}", "a {of} has a folder to itself", ANOTHER),
    "its like": (
        "holds another {of}",
        "a {of} is never overwritten unasked",
        "Choose another folder, or replace the {of} that stands there with --replace (replace=True).",
    ),
}
"""What may stand there, as `what_stands` names it -> what is said of it: found, bound, remedy."""

Kept = frozenset[tuple[int, int]]
"""The files that must stay, by what the system knows them by: a file is one, whatever links lead to it."""


def what_stands(target: Path, of: str) -> str:
    """Name what stands in the place of a round, or of what else `LISTINGS` has; "" for nothing and an empty folder.

    It is a key of `_REFUSED`. A folder of another kind is never replaced.
    """
    if not os.path.lexists(target):
        return ""
    if not target.is_dir():
        return "a file"
    if Path.cwd().is_relative_to(target):
        return "the working folder"
    if not os.listdir(target):
        return ""
    if (target / LISTINGS[of]).is_file():
        return "its like"
    return "another kind" if kind_in(target) else "other files"


def by_identity(paths: Collection[Path]) -> Kept:
    """Look up the files that must stay, before anything is renamed; one that is gone needs no care."""
    kept = set()
    for path in paths:
        with suppress(FileNotFoundError):
            kept.add(_identity(path))
    return frozenset(kept)


def refuse_occupied(target: Path, *, of: str, shown: Path, replace: bool, kept: Kept) -> None:
    """Refuse what stands in a place and must stay."""
    there = what_stands(target, of)
    if there == "its like" and replace:
        _refuse_removal(target, kept, shown, of)
        _refuse_foreign(target, shown, of)
    elif there:
        first = min(os.listdir(target)) if there == "other files" else ""
        said = (words.format(first=first, of=of, kind=kind_in(target)) for words in _REFUSED[there])
        raise StoreError(Problem(str(shown), *said))


def refuse_leftovers(target: Path, kept: Kept, *, shown: Path) -> None:
    """Refuse to move or remove a round that an interrupted run left aside, while files in it must stay."""
    for aside in siblings(target, "old"):
        if kind := kind_in(aside):
            _refuse_removal(aside, kept, shown, kind)


def _refuse_removal(target: Path, kept: Kept, shown: Path, of: str) -> None:
    """Refuse to remove a round's own files where some must stay; the first of them is named."""
    lost = []
    for name in filter(is_plain, sorted(listed(target, of))):
        with suppress(OSError):  # what is not there is not removed
            if _identity(target / name) in kept:
                lost.append(name)
    if lost:
        more = f" (and {len(lost) - 1} more)" if len(lost) > 1 else ""
        found = f"is a file that this {of} is read from{more}"
        remedy = "Choose another folder, or move the data out of this one."
        bound = f"to replace the {of} that stands there would remove it"
        raise StoreError(Problem(f"{shown}: {lost[0]}", found, bound, remedy))


def _refuse_foreign(target: Path, shown: Path, of: str) -> None:
    """Refuse to replace a round beside whose files others lie, or links, which no round has."""
    own = listed(target, of)
    refuse_names(own)
    ours = {LISTINGS[of], *own, *folders(own)}
    names = {path.relative_to(target).as_posix(): path for path in target.rglob("*")}
    foreign = sorted(name for name, path in names.items() if name not in ours or path.is_symlink())
    bound, remedy = f"only a {of}'s own files are replaced", "Move it elsewhere, or choose another folder."
    if foreign:
        raise StoreError([Problem(f"{shown}: {name}", f"is not the {of}'s own", bound, remedy) for name in foreign])


def _identity(path: Path) -> tuple[int, int]:
    status = os.stat(path)
    return status.st_dev, status.st_ino


# -- beside it ------------------------------------------------------------------------------------------------------


def sibling(target: Path, state: str) -> Path:
    """Name a new sibling."""
    return target.with_name(f".{target.name}.evenhand-{state}-{secrets.token_hex(8)}")


def siblings(target: Path, state: str) -> list[Path]:
    """List the siblings in a state; names are compared as text, since a folder's may hold characters of a pattern."""
    if not target.parent.is_dir():
        return []
    start = f".{target.name}.evenhand-{state}-"
    ends = re.compile(r"[0-9a-f]{16}")
    return [
        path
        for path in sorted(target.parent.iterdir())
        if path.name.startswith(start) and ends.fullmatch(path.name.removeprefix(start))
    ]


def try_beside(target: Path) -> None:
    """Make a folder in the nearest parent that there is, and remove it: nothing else tells whether that can be done."""
    parent = next(parent for parent in target.parents if parent.exists())
    tried = parent / sibling(target, "new").name
    disk.make_folder(tried)
    with suppress(FileNotFoundError):  # another run took it for a dead one's, and removes it
        os.rmdir(tried)
