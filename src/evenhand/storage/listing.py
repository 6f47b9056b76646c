"""Which files are a folder's own? Those that its listing names, each with its SHA-256, as `sha256sum` writes them.

The name of the listing says what the folder holds: a round has a round.sha256, a simulation a simulation.sha256.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path, PurePosixPath

from evenhand.errors import Problem, StoreError
from evenhand.storage import disk

LISTING = "round.sha256"
"""The file of every round that lists the others with their SHA-256; what makes a folder a round."""

LISTINGS = {
    "round": LISTING,
    "comparison": "comparison.sha256",
    "reproduction": "reproduction.sha256",
    "simulation": "simulation.sha256",
    "demonstration": "demonstration.sha256",  # its call and data, before there is a round of them
}
"""kind: what a folder holds -> its listing, which makes it that."""

_LINE = re.compile(r"([0-9a-f]{64})  ([^\r\n]+)")


def listing(files: Mapping[str, bytes]) -> bytes:
    """Write the listing of some files."""
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()


def kind_in(folder: Path) -> str:
    """Say what a folder holds, by the listing that lies in it: a key of `LISTINGS`, or "" where none does."""
    return next((kind for kind, name in LISTINGS.items() if (folder / name).is_file()), "")


def listed(folder: Path, of: str) -> list[str]:
    """Give the names that can still be read in the listing of a kind, which a crash may have cut short.

    Raises:
        OSError: there is none.
    """
    lines = disk.read(folder / LISTINGS[of]).decode(errors="replace").split("\n")
    return [match[2] for match in map(_LINE.fullmatch, lines) if match]


def digests(folder: Path) -> dict[str, str]:
    """Give name -> SHA-256 of a round's listing that is whole.

    Raises:
        OSError: there is none.
        StoreError: it was damaged, or a name in it would leave the folder.
    """
    *lines, rest = disk.read(folder / LISTING).decode(errors="replace").split("\n")
    matches = [*map(_LINE.fullmatch, lines), *([None] if rest else [])]  # the last line ends like all the others
    if not matches:
        raise damaged(folder, "is empty")
    if None in matches:
        raise damaged(folder, f"was damaged in line {matches.index(None) + 1}")
    found = {match[2]: match[1] for match in matches if match}
    if len(found) < len(matches):
        raise damaged(folder, "lists a file twice")
    refuse_names(found)
    return found


def damaged(folder: Path, found: str) -> StoreError:
    """Refuse a listing that is not as it was written."""
    bound = "it lists each file of the round once, with its SHA-256"
    remedy = "Copy the folder again, or restore this file as it was published."
    return StoreError(Problem(f"{folder}: {LISTING}", found, bound, remedy))


def folders(names: Iterable[str]) -> set[str]:
    """Give the folders that some relative names lie in."""
    return {str(parent) for name in names for parent in PurePosixPath(name).parents} - {"."}


def is_plain(name: str) -> bool:
    """Say whether a name stays inside its folder, on every system, whoever wrote it."""
    plain = name.isprintable() and "\\" not in name and ":" not in name and name not in LISTINGS.values()
    return plain and not any(part in ("", ".", "..") for part in name.split("/"))


def refuse_names(names: Collection[str]) -> None:
    """Refuse every name that is not plain, or that another name takes for a folder."""
    inner = folders(names)
    bound = f'a name is relative, with "/" between plain parts, and is none of {", ".join(LISTINGS.values())}'
    problems = [
        Problem(
            f'"{name}"',
            "cannot be the name of a file here",
            bound,
            "Rename the file.",
        )
        for name in names
        if not is_plain(name) or name in inner
    ]
    if problems:
        raise StoreError(problems)
