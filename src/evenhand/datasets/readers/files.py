"""Which files does a path mean? One file, all that can be read below a folder, or all that match a pattern.

Names are compared by the code points of their POSIX form, so the order of files, and with it of documents, is the same
in every locale and on every machine.
"""

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PurePath, PurePosixPath

from evenhand.datasets.cards import NAMES
from evenhand.datasets.readers.formats import FORMATS, Format, format_of
from evenhand.datasets.readers.mistakes import Mistakes, Tell, listed
from evenhand.datasets.readers.streams import COMPRESSIONS

KNOWN = f"{', '.join(FORMATS)} can be read, each also with {' or '.join(COMPRESSIONS)} behind it"

PATTERN = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class File:
    """One file to read: where it is, what it is called in messages, and how it is read."""

    path: Path
    label: str
    format: Format


def find(given: str, base: Path) -> list[File]:
    """List the files that a path means, in the order of their names.

    Args:
        given: a file; a folder, for all files of a known format below it (hidden files and folders, links to folders,
            and pipes and their like are passed over), which are tables or plain text, not both; beside tables, a
            text with the name of a card (README.md) is about them, and passed over; or a pattern with `*`, `?`, `[...]`
            or `**`, whose matches are all to be read. A name that exists is never taken for a pattern.
        base: what a relative path starts from.

    Raises:
        OfferError: there is nothing, or something that cannot be read; near names are suggested.
    """
    mistakes = Mistakes(given)
    tell = mistakes.teller(given)
    names: Iterable[str] = ()
    try:
        names = _names(given, base, tell)
    except OSError as error:  # a name too long, a folder that may not be entered
        tell(0, f"cannot be looked up ({error.strerror})", "a path leads to a file", "Check the path and its rights.")
    files = sorted(_readable(names, base, mistakes), key=lambda file: file.label)
    if not files and not mistakes:
        tell(0, "holds no file that can be read", KNOWN, "Export the documents in one of these.")
    if files and (base / given).is_dir():
        files = _without_cards(files)
        _tell_mix(given, files, tell)
    mistakes.refuse()
    return files


def _names(given: str, base: Path, tell: Tell) -> Iterable[str]:
    """List names relative to base (or absolute, as given)."""
    target = base / given
    if not given:
        tell(0, "the path is empty", "a path names a file, a folder or a pattern", 'Write "." for the folder itself.')
    elif target.is_dir():
        return _below(given, base, tell)
    elif target.exists():
        return [given]
    elif PATTERN & set(given):
        return _matches(given, base, tell)
    else:
        tell(0, *_absent(given, base))
    return ()


def _below(folder: str, base: Path, tell: Tell) -> Iterator[str]:
    def unreadable(error: OSError) -> None:
        tell(
            0,
            f"its folder {error.filename} cannot be read ({error.strerror})",
            "all of it is read",
            "Allow it to be read, or name the files by a pattern.",
        )

    for parent, folders, names in os.walk(base / folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inside = Path(folder) / Path(parent).relative_to(base / folder)
        for name in names:
            path = Path(parent, name)
            if not name.startswith(".") and format_of(name) and (path.is_file() or not path.exists()):
                yield str(inside / name)  # a link that leads nowhere among them, to be told


def _matches(pattern: str, base: Path, tell: Tell) -> list[str]:
    names = glob.glob(pattern, root_dir=base, recursive=True)
    if not names:
        tell(
            0,
            "no file matches the pattern",
            f"it is looked up in {base.absolute()}",
            "Check it; a bracket that is part of a name is written [[].",
        )
    return [name for name in dict.fromkeys(names) if not (base / name).is_dir()]


def _readable(names: Iterable[str], base: Path, mistakes: Mistakes) -> Iterator[File]:
    for name in names:
        encoded = os.fsencode(PurePath(name).as_posix())
        label = encoded.decode(errors="backslashreplace")
        tell = mistakes.teller(label)
        format = format_of(name)
        if label.encode() != encoded:
            tell(0, "its name is not UTF-8", "files are read in the order of their names", "Rename it.")
        elif not (base / name).is_file():
            tell(0, *(PIPE if (base / name).exists() else _absent(name, base)))
        elif format is None:
            tell(0, "its format is not known by its name", KNOWN, _converted(name))
        else:
            yield File(base / name, label, format)


def _converted(name: str) -> str:
    return (
        "Write one JSON object on each line and name it .jsonl." if ".json" in name.lower() else "Convert or rename it."
    )


def _without_cards(files: list[File]) -> list[File]:
    """Leave out what only describes the tables of a folder; where all is text, a README is a text like the others."""
    if not any(file.format.is_table for file in files):
        return files
    return [file for file in files if file.format.is_table or PurePosixPath(file.label).name not in NAMES]


def _tell_mix(folder: str, files: Iterable[File], tell: Tell) -> None:
    """Tell of a folder in which a note on the documents could be taken for one of them."""
    table = next((PurePosixPath(file.label) for file in files if file.format.is_table), None)
    text = next((PurePosixPath(file.label) for file in files if not file.format.is_table), None)
    if table and text:
        suffixes = table.suffixes[-2:] if table.suffix.lower() in COMPRESSIONS else table.suffixes[-1:]
        pattern = PurePosixPath(glob.escape(folder), "**", f"*{''.join(suffixes)}")
        tell(
            0,
            f"holds tables (such as {listed([table.name])}) and plain text (such as {listed([text.name])})",
            "all of a folder is read, and a note about tables is no document of theirs",
            f'Name the files by a pattern, such as "{pattern}".',
        )


PIPE = ("is neither a file nor a folder", "documents are read more than once", "Write them to a file.")


def _absent(given: str, base: Path) -> tuple[str, str, str]:
    """Say which part of a path is missing, and what there is instead."""
    folder = base
    for part in PurePath(given).parts:
        if not (folder / part).is_dir():
            break
        folder /= part
    if (folder / part).exists():
        return f'"{part}" is no folder', "only a folder has files below it", "Name the file itself."
    if (folder / part).is_symlink():
        found = f'"{part}" is a link to {os.path.realpath(folder / part)}, which does not exist'
        return found, "a link leads to a file", "Mend the link, or name the file itself."
    there = sorted(os.listdir(folder)) if folder.is_dir() else []
    near = get_close_matches(part, there, n=3, cutoff=0.6)
    remedy = f"Did you mean {' or '.join(listed([name]) for name in near)}?" if near else "Check the path."
    return "there is no such file or folder", f'"{part}" is looked up in {folder.absolute()}', remedy
