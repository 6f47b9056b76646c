"""How does a round reach the disk so that nobody ever finds half of it?

All files are written into a hidden sibling of the folder, made durable, and the sibling is renamed into place; POSIX
promises that a rename is seen whole or not at all. Every round lists its files in `LISTING`, in the format of
`sha256sum`, so that anyone can check a copy with `sha256sum -c round.sha256`; and because only what is listed is ever
removed, a file that somebody put beside ours is never lost.
"""

import errno
import hashlib
import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from evenhand.errors import Problem, StoreError
from evenhand.storage import disk
from evenhand.storage.listing import (
    LISTING,
    LISTINGS,
    damaged,
    digests,
    folders,
    is_plain,
    listed,
    listing,
    listing_in,
    refuse_names,
)
from evenhand.storage.standing import (
    by_identity,
    refuse_leftovers,
    refuse_standing,
    sibling,
    siblings,
    try_beside,
)

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


def write_round(
    folder: Path, files: Mapping[str, bytes], *, of: str = "round", replace: bool = False, keep: Collection[Path] = ()
) -> None:
    """Publish a round: all of its files, or none.

    Writing the same round twice is no mistake and changes nothing.

    Args:
        folder: where the round shall stand; missing, or empty, or (with `replace`) another round.
        files: relative name, with "/" between folders -> bytes.
        of: what they are the files of, a key of `LISTINGS`; what is said of rounds here holds for it.
        replace: put this round in the place of one that stands there. Files that are not that round's own forbid it.
        keep: the files that this round was read from; where replacing would remove one, it is refused.

    Raises:
        StoreError: the folder is taken, a name would leave it, or the disk refuses. Then what stood there stands as
            before (or, where only the very last step was refused, the new round stands whole).

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as parent:
    ...     write_round(Path(parent) / "out", {"record.json": b"{}", "data/ada.jsonl": b""})
    ...     sorted(read_round(Path(parent) / "out"))
    ['data/ada.jsonl', 'record.json']
    """
    refuse_names(files)
    try:
        target = Path(os.path.realpath(folder))  # siblings of a linked folder stand beside what the link names
        kept = by_identity(keep)
        refuse_leftovers(target, kept, shown=folder)
        _settle(target)
        if _stands_there(target, files, LISTINGS[of]):
            disk.sync_folder(target.parent)
            return
        refuse_standing(target, of=of, shown=folder, replace=replace, kept=kept)
        try:
            _publish(target, files, LISTINGS[of])
        except BaseException:
            with suppress(OSError):
                _settle(target)
            raise
    except OSError as error:
        raise StoreError(disk.refusal(folder, error, files, of=of)) from error


def refuse_taken(folder: Path, *, of: str = "round", replace: bool, keep: Collection[Path] = ()) -> None:
    """Refuse a folder that cannot take a round, before any work is done for one.

    What `write_round` refuses is refused here, as far as it can be told without the round: where one stands that is not
    to be replaced, nobody knows yet whether the new one will be the same, so it is refused.

    Args:
        folder: where the round shall stand.
        of: what shall stand there, a key of `LISTINGS`.
        replace: whether it may take the place of a round that stands there.
        keep: the files that the round is read from.

    Raises:
        StoreError: the folder is taken, or no folder can be made where it would be written.
    """
    try:
        target = Path(os.path.realpath(folder))
        kept = by_identity(keep)
        refuse_leftovers(target, kept, shown=folder)
        aside = [] if os.path.lexists(target) else siblings(target, "old")  # the round that writing would put back
        refuse_standing(aside[0] if aside else target, of=of, shown=folder, replace=replace, kept=kept)
        try_beside(target)
    except OSError as error:
        raise StoreError(disk.refusal(folder, error, of=of)) from error


def holds_round(folder: Path) -> bool:
    """Say whether a round stands in a folder; what it says is not looked at."""
    return os.path.isfile(folder / LISTING)


def read_round(folder: Path, *, expected: Collection[str] = (RECORD,)) -> dict[str, bytes]:
    """Give the bytes of a round's own files by their names, as they were handed to `write_round`.

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
    >>> with TemporaryDirectory() as parent:
    ...     write_round(Path(parent) / "out", {"record.json": b"{}", "report.html": b""})
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
        found = f"holds no round ({disk.words(error)})"
        raise StoreError(Problem(str(folder), found, f"a round's folder has a {LISTING}", remedy)) from error


def _unreadable(folder: Path, name: str, error: OSError) -> Problem:
    found, remedy = f"cannot be read ({disk.words(error)})", "Copy the folder again, with all that is in it."
    return Problem(f"{folder}: {name}", found, f"{LISTING} lists it", remedy)


def _stands_there(target: Path, files: Mapping[str, bytes], name: str) -> bool:
    """Say whether this very round stands there already, whatever lies beside it."""
    wanted = {name: listing(files), **files}
    return all((target / name).is_file() and (target / name).read_bytes() == data for name, data in wanted.items())


# -- the steps of writing -------------------------------------------------------------------------------------------


def _publish(target: Path, files: Mapping[str, bytes], own: str) -> None:
    """Write beside the target, then rename. `_settle` mends whatever a crash leaves."""
    disk.make_parents(target)
    fresh = sibling(target, "new")
    disk.make_folder(fresh)
    # A crash here leaves an empty sibling, which the next call removes.
    disk.write(fresh / own, listing(files))
    # The listing goes first: from here on every file in the sibling is known to be ours.
    inner = sorted(folders(files))
    for name in inner:
        disk.make_folder(fresh / name)
    for name, data in files.items():
        disk.write(fresh / name, data)
    for name in (*inner, "."):
        disk.sync_folder(fresh / name)
    # A crash up to here leaves the target as it was, and a sibling that the next call removes.
    if target.exists():
        if os.listdir(target):
            os.rename(target, sibling(target, "old"))
            # A crash here leaves no target; the old round stands aside, whole, and the next call puts it back.
        else:
            os.rmdir(target)
    os.rename(fresh, target)
    # A crash here leaves the new round in place, and perhaps the old one aside, which the next call removes.
    # The folder's name is made durable before the old round goes, so that a power cut cannot take both.
    disk.sync_folder(target.parent)
    with suppress(OSError):  # the round stands; what cannot be removed now, the next call removes
        _settle(target)


def _settle(target: Path) -> None:
    """Bring back the round that an interrupted swap left aside, and remove what interrupted runs left behind.

    What is to be removed is renamed first: a run that is still writing there then fails, and can no longer publish
    a sibling from which files are being taken.
    """
    for aside in siblings(target, "old"):
        if not target.exists():
            os.rename(aside, target)
            disk.sync_folder(target.parent)
    replaced = (
        siblings(target, "old") if (target / listing_in(target)).exists() else []
    )  # else it is the only round there is
    if replaced:
        disk.sync_folder(target.parent)
    for dead in replaced + siblings(target, "new"):
        with suppress(FileNotFoundError):  # another run removes it
            os.rename(dead, sibling(target, "trash"))
    for trash in siblings(target, "trash"):
        with suppress(OSError):  # hidden and harmless; the next call tries again
            _remove(trash)


def _remove(folder: Path) -> None:
    """Remove the listed files, then the folders that this empties; a file of somebody else's stays, and its folder."""
    names: list[str] = []
    own = listing_in(folder)
    with suppress(FileNotFoundError):
        names = [name for name in listed(folder) if is_plain(name)]  # a crash may have cut the last name short
    for name in names:
        with suppress(FileNotFoundError):
            os.unlink(folder / name)
    for inner in sorted(folders(names), reverse=True):
        try:
            os.rmdir(folder / inner)
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST):
                raise
    # The listing goes last: a crash up to here leaves all that is ours listed.
    with suppress(FileNotFoundError):
        os.unlink(folder / own)
    os.rmdir(folder)
