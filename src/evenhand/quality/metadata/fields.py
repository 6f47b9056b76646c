"""Which fields may a call expect, what makes each valid, and what good is it to the buyer?

One row a field; a new field is a new row. Where several texts say the same, the one in the first row counts.
"""

from collections.abc import Callable
from dataclasses import dataclass

from evenhand.quality.licence import LENGTH_MAX
from evenhand.quality.metadata import checks
from evenhand.quality.metadata.checks import TEXT_LENGTH_MAX, Facts
from evenhand.quality.novelty.recency import FORMS


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the schema."""

    wrong: Callable[[str, Facts], str]
    """What is wrong with a text, given the facts; "" for a valid one."""
    right: str
    """What a valid one is."""
    example: str
    why: str
    """What the buyer gains by it."""
    is_stated: bool = True
    """Whether it is a text of the seller's; otherwise it is counted over the documents."""
    length_max: int = TEXT_LENGTH_MAX
    """Characters of a text; what is longer is a document."""


FIELDS = {
    "licence": Field(
        checks.licence,
        "a licence is an SPDX expression of listed licences, or of those that the call allows",
        '"CC-BY-4.0" or "MIT OR Apache-2.0"',
        "a buyer can then tell what may be done with the data",
        length_max=LENGTH_MAX,
    ),
    "language": Field(
        checks.language,
        "a language is a tag of BCP 47, or several with commas",
        '"en" or "de, pt-BR"',
        "a buyer can then tell whether a model will understand it",
    ),
    "source": Field(
        checks.source,
        "a source is where the texts come from, in two words or more, or an address",
        '"the bakery\'s own leaflets"',
        "a buyer can then tell whether they may be sold, and whether the same is held already",
    ),
    "version": Field(
        checks.version,
        "a version has a digit and at most 40 letters, digits and . _ + ~ -",
        '"2025.2"',
        "a later delivery can then be told from this one",
    ),
    "description": Field(
        checks.sentence,
        "a description says what the texts are about, in at least 3 different words and 20 characters",
        '"What a small bakery teaches its apprentices"',
        "a buyer can then tell what the data is for",
    ),
    "date": Field(
        checks.dates,
        f"19 of 20 distinct documents have a usable date, their own or the dataset's, such as {FORMS}",
        '"2025-06", or { field = "date" } for one of each document',
        "a buyer can then tell how fresh it is",
        is_stated=False,
    ),
    "size": Field(
        checks.size,
        "a size is a number of documents or bytes, or a range of documents, and true of what is offered",
        '"1,234 documents", "56.7 MB" or "1K<n<10K"',
        "a buyer can then tell that nothing was lost on the way",
    ),
    "provenance": Field(
        checks.sentence,
        "provenance says how the texts were collected, in at least 3 different words and 20 characters",
        '"Written down by the keeper after each visit to the hives"',
        "a buyer can then tell what is missing from the data, and why",
    ),
    "contact": Field(
        checks.contact,
        "a contact is an address of e-mail or of a page, or an ORCID, that leads to somebody",
        '"data@hollybank.coop"',
        "a buyer can then ask, and have mistakes mended",
    ),
    "citation": Field(
        checks.citation,
        "a citation is a DOI, an arXiv number, an address, or a reference with its year",
        '"10.5281/zenodo.7654321"',
        "a buyer can then credit the work and read about it",
    ),
    "checksum": Field(
        checks.checksum,
        "a checksum is the SHA-256 of every file that is offered, or the digest of the dataset",
        '"sha256:" and 64 hexadecimal digits',
        "a buyer can then tell that these are the files the seller speaks of",
    ),
    "personal_data": Field(
        checks.statement,
        "it says in at least 3 words what the texts hold about people, and on which ground",
        '"no personal data" or "names of authors, with their consent"',
        "a buyer can then tell which duties come with the data",
    ),
    "period": Field(
        checks.period,
        "a period is two days, months or years with / between, the first not after the second, nor that after the call",
        '"2019-03/2024-11"',
        "a buyer can then tell which years the data speaks of",
    ),
}

REQUIRED = ("licence", "language", "source", "version", "description", "date")
"""The fields that are expected where a call names no others."""

ALIASES = {"license": "licence"}
"""Another spelling -> the field; the field itself wins where both are stated."""
