"""What is known of one dataset once it has been looked at? All that the counts of every measure follow from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from evenhand.quality import tables, volume
from evenhand.quality.batch import Notes
from evenhand.quality.metadata import Facts, Verdict, examine
from evenhand.quality.near_duplicates import Clusters
from evenhand.quality.novelty import LowestSentences, Reference, recency
from evenhand.records import Manifest


@dataclass(frozen=True, eq=False)
class Looked:
    """One dataset, as its documents were noted."""

    manifest: Manifest
    columns: Notes
    """one row a distinct document, sorted by identity"""
    near: Clusters
    """which of its documents stand for which"""
    near_copies: bool
    """whether near-copies count as one; else exact copies only"""
    sentences: LowestSentences
    drawn: Notes
    """of a sample of the documents that count: "row", where each stands in `counted`, and what was noted of it"""
    metadata: Mapping[str, str]
    as_of: date
    reference: Reference | None
    required: tuple[str, ...]
    """the fields of metadata that the call expects"""
    files: tuple[str, ...]
    """SHA-256 of each file that it was read from; none where no checksum is held against them"""
    licences: frozenset[str] = frozenset()
    """licences on no list that the call allows"""

    @cached_property
    def counted(self) -> Notes:
        """One row a document that counts: near-copies put together, the worst of them deciding (`tables`)."""
        noted = {name: column for name, column in self.columns.items() if name != "signature"}  # the most by far
        rows = tables.by_representative(noted, self.near.representative) if self.near_copies else noted
        whole, own = self.metadata.get("date", ""), self.columns["own_date"]
        return {**rows, "days": recency.dated_as_a_whole(rows["days"], own, whole, self.as_of)}

    @property
    def dated(self) -> int:
        """How many documents that count have a date that can be used."""
        return int((self.counted["days"] >= 0).sum())

    @property
    def tokens(self) -> int:
        """How many tokens the documents that count have."""
        return int(self.counted["tokens"].sum())

    @property
    def foreign(self) -> int:
        """How many of them, with letters and no names in programs, are of none of the languages that are read."""
        return int((self.counted["unread"] - self.counted["names"]).sum())

    @property
    def documents(self) -> int:
        """How many documents count."""
        return len(self.counted["days"])

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """What was found in each field of metadata that the call expects, held against what was counted."""
        facts = Facts(
            dated=self.dated,
            documents=self.documents,
            as_of=self.as_of,
            manifest=self.manifest,
            files=frozenset(self.files),
            tokens=self.tokens,
            foreign=self.foreign,
            licences=self.licences,
        )
        return examine(self.metadata, facts, self.required)

    @property
    def volume(self) -> dict[str, int]:
        """The counts of usable text (`volume`)."""
        damaged = self.columns["damage"].sum(axis=1)
        return volume.count(self.columns["tokens"], damaged, self.near.representative)
