"""Which files does a round publish, and how do they reach a folder?

    record.json     all that the outcome follows from, as canonical JSON
    outcome.json    decisions, payments and findings, with the digest of the record, as canonical JSON
    payments.csv    for a spreadsheet
    report.html     for people

Each is a function of the outcome alone, so each can be made again and compared. Beside them stands `environment.json`
(versions, timings, where the data lay): it says how the round was run, and nothing follows from it.
"""

import json
import os
import platform
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from evenhand import canonical
from evenhand.datasets import dataset_files
from evenhand.errors import Problem, StoreError
from evenhand.quality.novelty.folder import reference_files
from evenhand.records import Outcome, Source
from evenhand.reports.page import render
from evenhand.reports.payments_csv import payments_csv
from evenhand.storage.folders import write_folder
from evenhand.storage.rounds import RECORD as RECORD

OUTCOME, PAYMENTS, REPORT = "outcome.json", "payments.csv", "report.html"
ENVIRONMENT = "environment.json"

PACKAGES = ("numpy", "scipy", "pyarrow", "pydantic", "ftfy", "license-expression", "rfc8785", "iso4217")


def files(outcome: Outcome) -> dict[str, bytes]:
    """Give the files of a round by name.

    Args:
        outcome: of a round; it carries its record.
    """
    return {
        RECORD: canonical.encode(outcome.record),
        OUTCOME: canonical.encode(outcome.published()),
        PAYMENTS: payments_csv(outcome).encode(),
        REPORT: render(outcome).encode(),
    }


def refuse_inside(folder: Path, sources: Iterable[Source | None], data: Path) -> None:
    """Refuse a folder within a folder that is read as a dataset: what is written would become part of its own data.

    Args:
        folder: where a round shall stand, or what else follows from the data.
        sources: of the datasets; None for one in memory.
        data: the folder that their paths start from.

    Raises:
        StoreError: the folder lies there.
    """
    read = {source.path: data / source.path for source in sources if source is not None}
    problems = [
        Problem(
            str(folder),
            f"lies in {name}, all of which is read as a dataset",
            "what follows from data stands beside it",
            "Choose another folder.",
        )
        for name, path in read.items()
        if path.is_dir() and folder.resolve().is_relative_to(path.resolve())
    ]
    if problems:
        raise StoreError(problems)


def publish(
    outcome: Outcome,
    folder: Path,
    *,
    data: Path,
    seconds: Mapping[str, float] | None = None,
    beside: Mapping[str, bytes] | None = None,
    keep: Collection[Path] = (),
    replace: bool = False,
) -> None:
    """Write a round into a folder, whole or not at all.

    Args:
        outcome: of a round.
        folder: where the round shall stand.
        data: the folder that the datasets' paths start from; a verifier looks there.
        seconds: stage -> seconds that it took.
        beside: further files of the round, by relative name; with them `data` is the folder itself.
        keep: further files that the round was read from; replacing never removes one of these, nor of the datasets.
        replace: put this round in the place of one that stands there.

    Raises:
        StoreError: the folder is taken, lies within the data, or the disk refuses.
    """
    assert outcome.record is not None, "only a round is published"
    sources, built = [material.source for material in outcome.record.materials.values()], outcome.record.built
    if not beside:
        refuse_inside(folder, [*sources, built.source if built else None], data)
        keep = (*keep, *(file for source in sources if source for file in dataset_files(source.path, base=data)))
        keep = (*keep, *(reference_files(data / built.path) if built and built.path else ()))
    base = "." if beside else Path(os.path.relpath(data.resolve(), folder.resolve())).as_posix()
    environment = {ENVIRONMENT: _environment(base, seconds or {})}
    published = {**(beside or {}), **files(outcome), **environment}
    write_folder(folder, published, of="round", replace=replace, keep=keep)


def _environment(base: str, seconds: Mapping[str, float]) -> bytes:
    tree = {
        "evenhand": version("evenhand"),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: version(name) for name in PACKAGES},
        "finished_utc": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": dict(seconds),
        "base": base,
    }
    return (json.dumps(tree, indent=2) + "\n").encode()
