"""How do folders and files become durable, and what is said when the disk refuses?"""

import errno
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from evenhand.errors import Problem

_REMEDIES = {
    errno.ENOSPC: "Free some space, or choose a folder on another disk.",
    errno.EDQUOT: "Free some space, or choose a folder on another disk.",
    errno.EROFS: "Choose a folder on a disk that can be written.",
    errno.EACCES: "Choose a folder that you may write to.",
    errno.EPERM: "Choose a folder that you may write to.",
    errno.ENOTDIR: "Choose another folder: a part of this path is a file.",
    errno.EEXIST: "Choose another folder: something of that name is there.",
    errno.ENOENT: "Let no other run write to this folder at the same time, then try again.",
    errno.ENOTEMPTY: "Let no other run write to this folder at the same time, then try again.",
    errno.ENAMETOOLONG: "Choose a folder with a shorter name.",
    errno.ENOTSUP: "Choose a folder on an ordinary disk.",
}


def refusal(folder: Path, error: OSError, files: Mapping[str, bytes] | None = None, *, of: str) -> Problem:
    """Put into words that a folder cannot take a round, or of what else there are files, or these files of one."""
    here = f", here {len(files)} files of {sum(map(len, files.values()))} bytes" if files else ""
    return Problem(
        str(folder),
        f"cannot be written ({words(error)})",
        f"a {of} is written whole or not at all{here}",
        _REMEDIES.get(error.errno or 0, "Choose another folder."),
    )


def words(error: OSError) -> str:
    """Give the system's words for what went wrong."""
    return error.strerror or type(error).__name__


def read(path: Path) -> bytes:
    """Read a regular file, and refuse anything else of its name: a pipe would be waited for without end."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return path.read_bytes()


def write(path: Path, data: bytes) -> None:
    """Write a new file and make it durable."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(path: Path) -> None:
    """Make a folder. Some places, /proc among them, say instead that the parent is missing, which it is not."""
    try:
        os.mkdir(path)
    except FileNotFoundError:
        if path.parent.is_dir():
            raise OSError(errno.ENOTSUP, "no folder can be made there", str(path)) from None
        raise


def make_parents(target: Path) -> None:
    """Make the folders above a path that are missing, each durable before the next."""
    missing = [parent for parent in target.parents if not parent.exists()]
    for parent in reversed(missing):
        make_folder(parent)
        sync_folder(parent.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, on the systems and disks that can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network disks sync no folders
            raise
    finally:
        os.close(handle)
