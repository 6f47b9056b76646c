"""What do the options of a verb say? Each is read into what the library takes, and every mistake in it is named."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from evenhand.errors import OfferError, Problem, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evenhand.call import CallFile
    from evenhand.records import Dataset, Offer, ReferenceFolder


def pairs_of(option: str, stated: "Sequence[str] | None", example: str) -> dict[str, str]:
    """Read name=value of each use of an option; every mistake is named at once."""
    from evenhand.call.datasets import almost
    from evenhand.quality.metadata import ALIASES

    pairs = [each.partition("=") for each in stated or []]
    names = [ALIASES.get(name, name) for name, _, _ in pairs]
    problems = [
        Problem(option, f'"{name}{sign}{value}" has no value', "it is name=value", f"Write {example}.")
        for name, sign, value in pairs
        if not (name and value)
    ]
    problems += [problem for name in names for problem in almost(f"{option} {name}", name)]
    problems += [
        Problem(f"{option} {name}", "is stated more than once", "a field says one thing", "Keep one.")
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    refuse(problems)
    return {name: value for name, _, value in pairs}


def unused(said: "Mapping[str, str]", fields: "Mapping[str, str]") -> list[str]:
    """Say which names that are stated change no score."""
    from evenhand.call.datasets import EXPECTED
    from evenhand.quality.metadata import FIELDS

    known = ", ".join(FIELDS)
    told = [f"--metadata {name}: no score looks at it; fields are {known}" for name in said if name not in EXPECTED]
    bound = "of a document only its date is looked at"
    return told + [f"--field {name}: no score looks at it; {bound}" for name in fields if name != "date"]


def told_of_offer(offer: "Offer", asked: "CallFile") -> list[str]:
    """Say that what the call states of a dataset is used."""
    from evenhand.records import offer_of

    who, read = offer_of(offer.seller), offer.dataset.source.fields if offer.dataset.source else {}
    stated = ", ".join(dict.fromkeys([*offer.metadata, *read])) or "none"
    used = f"{who} in {asked.path.name} is of this data, so its metadata is used ({stated})"
    return [used, *(line for line in asked.told if line.startswith(f"{who}:"))]


@contextmanager
def naming(path: Path) -> "Iterator[None]":
    """Name the file in what is refused of a dataset: with an absolute path it has no name that others could follow."""
    try:
        yield
    except OfferError as error:
        raise OfferError([_renamed(each, str(path)) for each in error.problems]) from None


def _renamed(problem: Problem, name: str) -> Problem:
    where, comma, place = problem.where.partition(",")
    return replace(problem, where=f"{name}{comma}{place}") if where == "dataset" else problem


def reference_of(path: Path | None, text_field: str) -> "Dataset | ReferenceFolder | None":
    """Open what a dataset is to be held against."""
    from evenhand.datasets import open_dataset
    from evenhand.quality import find_reference
    from evenhand.quality.novelty import holds_reference

    if path is None:
        return None
    return find_reference(path) if holds_reference(path) else open_dataset(path, text_field=text_field)


def day_of(text: str) -> date | None:
    """Read a day; None where none is given."""
    if not text:
        return None
    from evenhand.quality.novelty.recency import read_date

    day = read_date(text)
    if day is None or day.isoformat() != text:
        bound = "a day is written year-month-day"
        raise OfferError(Problem("--as-of", f'"{text}" is not a day', bound, "Write 2026-01-31."))
    return day
