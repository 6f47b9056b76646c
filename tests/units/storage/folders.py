"""Two rounds, and the folders that tests write them to."""

import hashlib
from functools import partial
from pathlib import Path

from evenhand.storage import LISTING, LISTINGS, refuse_taken, write_folder

write_round, refuse_a_round = (partial(function, of="round") for function in (write_folder, refuse_taken))

OLD = {"record.json": b'{"old":1}', "report.html": b"<p>old</p>", "data/deep/ada.jsonl": b"old\n"}


NEW = {"record.json": b'{"new":1}', "data/ada.jsonl": b"new\n" * 50, "data/deep/bob.jsonl": b"", "a b.csv": b"1,2\n"}


def whole(folder: Path) -> dict[str, bytes] | None:
    """Give every file below a folder as anyone would find it, None where there is no folder."""
    if not folder.exists():
        return None
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def listed_whole(folder: Path, kind: str) -> set[str]:
    """Give the names that a folder lists, having checked that it lists all of its files, as they are."""
    found = whole(folder) or {}
    lines = found.pop(LISTINGS[kind]).decode()
    assert lines == "".join(f"{hashlib.sha256(found[name]).hexdigest()}  {name}\n" for name in sorted(found))
    return set(found)


def is_round(folder: Path, files: dict[str, bytes]) -> bool:
    found = whole(folder)
    return found is not None and {name: data for name, data in found.items() if name != LISTING} == files


def fresh(out: Path) -> None:
    assert not out.exists()


def empty(out: Path) -> None:
    out.mkdir()


def old(out: Path) -> None:
    write_round(out, OLD)
