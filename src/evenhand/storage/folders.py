"""How does a folder reach the disk so that nobody ever finds half of it?

All files are written into a hidden sibling of the folder, made durable, and the sibling is renamed into place; POSIX
promises that a rename is seen whole or not at all. Every folder lists its files, and the name of the listing says what
the folder holds (`LISTINGS`). Only what is listed is ever removed, so a file that somebody put beside ours is never
lost; and a folder is replaced by its like alone.
"""

import errno
import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path

from evenhand.errors import StoreError
from evenhand.storage import disk
from evenhand.storage.listing import LISTINGS, folders, is_plain, kind_in, listed, listing, refuse_names
from evenhand.storage.occupied import by_identity, refuse_leftovers, refuse_occupied, sibling, siblings, try_beside


def write_folder(
    folder: Path, files: Mapping[str, bytes], *, of: str, replace: bool = False, keep: Collection[Path] = ()
) -> None:
    """Publish a round, or what else a folder holds: all of its files, or none.

    Writing the same twice is no mistake and changes nothing.

    Args:
        folder: where the files shall stand; missing, or empty, or (with `replace`) another folder of this kind.
        files: relative name, with "/" between folders -> bytes.
        of: what they are the files of, a key of `LISTINGS`. What is said of rounds here holds for every kind.
        replace: put this round in the place of one that stands there. Files that are not that round's own forbid it.
        keep: the files that this round was read from; where replacing would remove one, it is refused.

    Raises:
        StoreError: the folder is taken, a name would leave it, or the disk refuses. Then what stood there stands as
            before (or, where only the very last step was refused, the new round stands whole).

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as parent:
    ...     write_folder(Path(parent) / "out", {"report.html": b""}, of="simulation")
    ...     sorted(path.name for path in (Path(parent) / "out").iterdir())
    ['report.html', 'simulation.sha256']
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
        refuse_occupied(target, of=of, shown=folder, replace=replace, kept=kept)
        try:
            _publish(target, files, LISTINGS[of])
        except BaseException:
            with suppress(OSError):
                _settle(target)
            raise
    except OSError as error:
        raise StoreError(disk.refusal(folder, error, files, of=of)) from error


def refuse_taken(folder: Path, *, of: str, replace: bool, keep: Collection[Path] = ()) -> None:
    """Refuse a folder that cannot take a round, before any work is done for one.

    What `write_folder` refuses is refused here, as far as it can be told without the round: where one stands that is
    not to be replaced, nobody knows yet whether the new one will be the same, so it is refused.

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
        refuse_occupied(aside[0] if aside else target, of=of, shown=folder, replace=replace, kept=kept)
        try_beside(target)
    except OSError as error:
        raise StoreError(disk.refusal(folder, error, of=of)) from error


def _stands_there(target: Path, files: Mapping[str, bytes], own: str) -> bool:
    """Say whether this very round stands there already, whatever lies beside it."""
    wanted = {own: listing(files), **files}
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
    replaced = siblings(target, "old") if kind_in(target) else []  # else it is the only round there is
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
    kind = kind_in(folder)
    names = [name for name in listed(folder, kind) if is_plain(name)] if kind else []  # the last may be cut short
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
    if kind:
        with suppress(FileNotFoundError):
            os.unlink(folder / LISTINGS[kind])
    os.rmdir(folder)
