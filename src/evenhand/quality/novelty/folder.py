"""How does a reference stand on disk? In a folder that is whole or not there, mapped when it is used.

    meta.json       what it is: name, embedding, counts, the SHA-256 of each file, and its own digest over all of it
    sentences.u64   the keys of its sentences, sorted
    words.u64       the keys of their words, sorted
    vectors.i16     the vectors of the sentences with the lowest keys, row by row; little-endian, as all numbers here

It is written in a hidden folder beside its place, `.NAME.evenhand-part`, and renamed when it is whole. An interrupted
build is taken up where it stopped: in the hidden folder `plan.json` says what is being built, and `done.u8` which rows
are on the disk. Of another plan nothing is kept.
"""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO

import numpy as np

from evenhand import canonical
from evenhand.errors import OfferError, Problem, StoreError, refuse
from evenhand.quality.embedding import Embedding
from evenhand.quality.novelty.reference import (
    FORMAT,
    HASHED,
    PARTS,
    Meta,
    Reference,
    describe,
    digest_of,
    embedded,
    survey,
)
from evenhand.records import Array, BuiltReference, Dataset, ReferenceFolder, Watch, unwatched

META, PLAN, DONE = "meta.json", "plan.json", "done.u8"
SENTENCES, WORDS, VECTORS = PARTS

EMBEDDED_MAX = 5_000_000
"""How many sentences of a reference have a vector, if nothing else is said: those with the lowest keys."""

_ROWS_UNSAVED_MAX = 2**16
_READ_AT_ONCE = 2**20

_ANEW = "Build it anew (build_reference), or copy the folder again, with all that is in it."


def build_reference(
    dataset: Dataset,
    folder: Path,
    embedding: Embedding = HASHED,
    name: str = "reference",
    *,
    most: int = EMBEDDED_MAX,
    watch: Watch = unwatched,
) -> Reference:
    """Write public text as a reference that can be used again and again, and open it.

    The text is read twice: for the keys of its sentences, which stay in memory at 8 bytes each, and to embed them.
    Two sentences with one key count as the one that is read first; see `key_of` for how rare that is.

    Args:
        dataset: the public text.
        folder: where the reference shall stand; nothing may stand there.
        embedding: gives a vector for each sentence.
        name: what people call it; a part of its digest.
        most: how many sentences have a vector; of the others only the keys are kept.
        watch: told of the stages "read reference" and "embed reference".

    Raises:
        OfferError: there is no sentence.
        StoreError: something stands there, or the disk refuses; what was embedded is kept for the next try.
    """
    target = Path(os.path.abspath(folder))
    part = target.with_name(f".{target.name}.evenhand-part")
    try:
        _refuse_taken(target)
        os.makedirs(part, exist_ok=True)
        with _alone(part):
            _fill(part, dataset, embedding, name, most, watch)
            os.rename(part, target)
            # A crash up to here leaves the hidden folder, which the next build takes up; from here on all is there.
            _sync(target.parent)
            for leftover in (PLAN, DONE):
                os.unlink(target / leftover)
    except OSError as error:
        problem = Problem(
            str(folder),
            f"cannot be written ({error.strerror or type(error).__name__})",
            "a reference is written whole or not at all",
            "Free some space or choose another folder, and build again: what was embedded is kept beside it.",
        )
        raise StoreError(problem) from error
    return open_reference(target, embedding)


def open_reference(folder: Path, embedding: Embedding = HASHED, *, expected: str = "") -> Reference:
    """Open a reference; its bytes are read once to be checked, then mapped.

    Args:
        folder: where it stands.
        embedding: under which datasets are compared with it; it must have been built with this one.
        expected: the digest that it must have; "" takes it as it is.

    Raises:
        OfferError: it is of another format or embedding, was changed, is not the one that is expected, or there is
            none; every problem at once.
    """
    folder = Path(folder)
    meta = _read_meta(folder)
    refuse([*_unfit(folder, meta, embedding, expected), *_changed(folder, meta)])
    keys, words, vectors = (
        _map(folder / name, kind, shape)
        for (name, kind), shape in zip(PARTS.items(), meta.shapes().values(), strict=True)
    )
    return Reference(embedding, keys, words, vectors, meta)


def find_reference(path: str | Path, *, base: Path | None = None) -> ReferenceFolder:
    """Name a reference that was built before as a call's own, and read what it says of itself.

    The rest of it is read and checked once it is opened: where the offers are measured.

    Args:
        path: of the folder; relative to `base`, or absolute.
        base: what a relative path starts from; the working directory where none is given.

    Raises:
        OfferError: no reference of this format stands there, or its description was changed.
    """
    folder = (base or Path()) / path
    meta = _read_meta(folder)
    refuse(_unsealed(folder, meta, expected=""))
    relative = Path(path)
    if base is not None and relative.is_absolute() and relative.is_relative_to(base.absolute()):
        relative = relative.relative_to(base.absolute())
    followed = None if relative.is_absolute() else relative.as_posix()
    built = BuiltReference(followed, meta.name, meta.digest, meta.embedding, meta.sentences, meta.embedded)
    return ReferenceFolder(built, partial(open_reference, folder, expected=meta.digest))


def check_reference(folder: Path, *, expected: str) -> list[Problem]:
    """List why a folder is not, byte for byte, the reference of this digest; of no embedding anything is asked."""
    try:
        meta = _read_meta(folder)
    except OfferError as error:
        return list(error.problems)
    return [*_unsealed(folder, meta, expected), *_changed(folder, meta)]


def holds_reference(folder: Path) -> bool:
    """Say whether a folder is that of a reference, be it whole or damaged, and no folder of documents."""
    return any((folder / name).is_file() for name in PARTS) or _says_so(folder / META)


def reference_files(folder: Path) -> tuple[Path, ...]:
    """Name the files of a reference, as far as they are there."""
    return tuple(path for path in (folder / name for name in (META, *PARTS)) if path.is_file())


# -- writing --------------------------------------------------------------------------------------------------------


def _fill(part: Path, dataset: Dataset, embedding: Embedding, name: str, most: int, watch: Watch) -> None:
    keys, words = survey(dataset, watch)
    rows = min(most, len(keys))
    parts = {SENTENCES: digest_of(keys, PARTS[SENTENCES]), WORDS: digest_of(words, PARTS[WORDS])}
    sizes = len(keys), rows, len(words)
    plan = canonical.encode(describe(name, embedding, *sizes, parts))
    if not _same(part / PLAN, plan):
        _begin(part, {SENTENCES: keys, WORDS: words}, rows, embedding.dimensions)
        # A crash up to here leaves no plan, and the next build begins anew.
        _write(part / PLAN, plan)
    _embed(part, dataset, embedding, keys[:rows], watch)
    whole = describe(name, embedding, *sizes, {**parts, VECTORS: _digest(part / VECTORS)})
    _write(part / META, canonical.encode(whole))
    _sync(part)


def _begin(part: Path, columns: dict[str, Array], rows: int, dimensions: int) -> None:
    for name in (PLAN, META, DONE, *PARTS):  # the plan goes first: without it nothing here counts
        with suppress(FileNotFoundError):
            os.unlink(part / name)
    for name, column in columns.items():
        _write(part / name, column.astype(PARTS[name]).tobytes())
    for name, size in ((VECTORS, rows * dimensions * np.dtype(PARTS[VECTORS]).itemsize), (DONE, rows)):
        with open(part / name, "wb") as file:
            file.truncate(size)
            os.fsync(file.fileno())


def _embed(part: Path, dataset: Dataset, embedding: Embedding, keys: Array, watch: Watch) -> None:
    """Embed what has no vector yet. Rows are written, not mapped: a full disk is then an error, not a crash."""
    done = np.fromfile(part / DONE, dtype=np.uint8).astype(bool)
    row_bytes = embedding.dimensions * np.dtype(PARTS[VECTORS]).itemsize
    unsaved = 0
    watch("embed reference", int(done.sum()), len(keys))
    with open(part / VECTORS, "r+b") as vectors, open(part / DONE, "r+b") as marks:

        def save() -> None:
            _flush(vectors)
            # A crash here leaves rows that are written and not marked: they are embedded again.
            marks.seek(0)
            marks.write(done.tobytes())
            _flush(marks)
            watch("embed reference", int(done.sum()), len(keys))

        try:
            for rows, places in embedded(dataset, embedding, keys, done):
                for row, place in zip(rows, places.astype(PARTS[VECTORS]), strict=True):
                    vectors.seek(int(row) * row_bytes)
                    vectors.write(place.tobytes())
                done[rows] = True
                unsaved += len(rows)
                if unsaved >= _ROWS_UNSAVED_MAX:
                    save()
                    unsaved = 0
        finally:
            save()
    if not done.all():
        missing = f"has lost {int((~done).sum())} of its sentences since it was first read"
        raise OfferError(Problem("reference", missing, "it is read twice", "Let nothing change it, and build again."))


@contextmanager
def _alone(part: Path) -> Iterator[None]:
    """Keep a second build out of the hidden folder, on the systems that can lock one."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    handle = os.open(part, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            found, bound = "is being built by another run", "one run builds a reference"
            raise StoreError(Problem(str(part), found, bound, "Wait for it, or choose another folder.")) from None
        yield
    finally:
        os.close(handle)


def _refuse_taken(target: Path) -> None:
    if os.path.lexists(target):
        remedy = "Open it (open_reference), or choose another folder."
        raise StoreError(Problem(str(target), "is there already", "a reference is never overwritten", remedy))


def _same(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


def _write(path: Path, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)
        _flush(file)


def _flush(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Make the names in a folder durable, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# -- reading --------------------------------------------------------------------------------------------------------


def _read_meta(folder: Path) -> Meta:
    try:
        if not stat.S_ISREG(os.stat(folder / META).st_mode):  # a pipe would be waited for
            raise OSError(errno.EINVAL, "not a regular file")
        meta = canonical.decode((folder / META).read_bytes(), Meta, str(folder / META))
    except OSError as error:
        found = f"cannot be read ({error.strerror or type(error).__name__})"
        raise OfferError(Problem(str(folder / META), found, "a reference has one", _ANEW)) from error
    except StoreError as error:
        raise OfferError(error.problems) from None
    if meta.format == FORMAT and meta.parts.keys() != PARTS.keys():
        raise OfferError(Problem(str(folder / META), "lists other files", f"a reference has {', '.join(PARTS)}", _ANEW))
    return meta


def _says_so(meta: Path) -> bool:
    """Say whether a meta.json, a name that other programs use too, is of a reference."""
    if not meta.is_file():  # a pipe would be waited for
        return False
    try:
        with open(meta, "rb") as file:
            return FORMAT.rpartition("/")[0].encode() in file.read(_READ_AT_ONCE)
    except OSError:
        return False


def _unsealed(folder: Path, meta: Meta, expected: str) -> Iterator[Problem]:
    where = str(folder / META)
    if meta.format != FORMAT:
        yield Problem(where, f'is of format "{meta.format}"', f'this version reads "{FORMAT}"', "Build it anew.")
    elif meta.sealed().digest != meta.digest:
        yield Problem(where, f"was changed: it has {meta.sealed().digest}", f"it says {meta.digest}", _ANEW)
    elif expected and meta.digest != expected:
        yield Problem(where, f"is {meta.digest}", f"the call names {expected}", "Name the folder of that reference.")


def _unfit(folder: Path, meta: Meta, embedding: Embedding, expected: str) -> Iterator[Problem]:
    where = str(folder / META)
    yield from _unsealed(folder, meta, expected)
    found = (meta.embedding, meta.embedding_digest, meta.dimensions)
    wanted = (embedding.name, embedding.digest, embedding.dimensions)
    if found != wanted:
        bound = f"datasets are embedded by {_shown(*wanted)}"
        yield Problem(where, f"is embedded by {_shown(*found)}", bound, "Build it anew with that embedding.")


def _shown(name: str, digest: str, dimensions: int) -> str:
    return f'"{name}" ({dimensions} dimensions, {digest})'


def _changed(folder: Path, meta: Meta) -> Iterator[Problem]:
    """Hash the files of a reference of this format."""
    if meta.format != FORMAT:
        return
    for (name, kind), shape in zip(PARTS.items(), meta.shapes().values(), strict=True):
        where, bound = str(folder / name), f"{META} says {meta.parts[name]}"
        size = int(np.prod(shape, dtype=object)) * np.dtype(kind).itemsize
        try:
            there = os.stat(folder / name).st_size
            if there != size:
                yield Problem(where, f"has {there} bytes", f"{META} says {size}", _ANEW)
            elif (digest := _digest(folder / name)) != meta.parts[name]:
                yield Problem(where, f"was changed: it has {digest}", bound, _ANEW)
        except OSError as error:
            yield Problem(where, f"cannot be read ({error.strerror or type(error).__name__})", bound, _ANEW)


def _digest(path: Path) -> str:
    """Hash a file through a small window: what is mapped would count as memory of the process."""
    hasher, window = hashlib.sha256(), memoryview(bytearray(_READ_AT_ONCE))
    with open(path, "rb", buffering=0) as file:
        while size := file.readinto(window):
            hasher.update(window[:size])
    return canonical.named(hasher.hexdigest())


def _map(path: Path, kind: str, shape: tuple[int, ...]) -> Array:
    if 0 in shape:  # an empty file cannot be mapped
        return np.zeros(shape, dtype=kind)
    mapped: Array = np.memmap(path, dtype=kind, mode="r", shape=shape)
    return mapped
