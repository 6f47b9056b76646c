"""What do the offers of one call have in common? Near-copies and sentences that several sellers offer.

None of it is part of a quality: that is measured on a dataset alone, so that no other seller can move it. It is
published beside the quality, and it decides what is valued: each dataset is read as the texts that stand for its
documents (`near_duplicates.sellers`). So a seller who copies what another offers, or alters it slightly, adds nothing:
no coalition that holds the original is worth more with the copy. Who gets how much of its value is for the valuation
to say: offers that stand for the same texts are one player, but a part of a dataset under another name is one more
player, and may gain under Shapley values (E-002-10).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from evenhand import canonical
from evenhand.quality import near_duplicates, novelty
from evenhand.quality.looked import Looked
from evenhand.records import Copies, Dataset

_KEYS = b"evenhand/near-copies/1\0"


def salt(terms: bytes, content: str) -> bytes:
    """Give the salt of the samples that are drawn of one offer in one call: no seller can foresee it.

    Args:
        terms: the call's terms as canonical bytes.
        content: the digest of the offered texts.
    """
    return novelty.salted(hashlib.sha256(terms).digest(), content.encode())


def near_key(terms: bytes, contents: Sequence[str]) -> int:
    """Give the key of the signatures of one call: the same for all offers, and settled by all of them together.

    Args:
        terms: the call's terms as canonical bytes.
        contents: the digest of each offer's texts, in any order.

    >>> near_key(b"terms", ["sha256:b", "sha256:a"]) == near_key(b"terms", ["sha256:a", "sha256:b"])
    True
    """
    drawn_by = hashlib.sha256(_KEYS + hashlib.sha256(terms).digest())
    for content in sorted(contents):
        drawn_by.update(hashlib.sha256(content.encode()).digest())
    return int.from_bytes(drawn_by.digest()[:8], "little")


@dataclass(frozen=True, eq=False)
class Together:
    """The offers of a call, and what they have in common."""

    looked: Mapping[str, Looked]
    """seller -> what was seen of the offer"""
    across: near_duplicates.Across
    """near-copies, within offers and between them"""
    sentences: Mapping[str, Mapping[str, int]]
    """seller -> "sentences", the distinct ones, and how many of them are "shared": another seller offers them too"""

    @classmethod
    def of(cls, looked: Mapping[str, Looked], *, key: int) -> "Together":
        """Compare the offers of all sellers."""
        columns = {seller: each.columns for seller, each in looked.items()}
        signed = {seller: (each["identity"], each["signature"]) for seller, each in columns.items()}
        alone = {seller: each.near for seller, each in looked.items()}
        keys = {seller: each.sentences.keys() for seller, each in looked.items()}
        return cls(looked, near_duplicates.across(signed, key=key, alone=alone), novelty.shared_sentences(keys))

    def copies(self, seller: str) -> Copies:
        """Say how much of a seller's dataset is offered twice."""
        distinct = self.across.documents[seller]
        return Copies(
            distinct=distinct,
            standing=distinct - self.across.own[seller],
            shared=self.across.shared[seller],
            sentences=self.sentences[seller]["sentences"],
            sentences_shared=self.sentences[seller]["shared"],
            content=self.content(seller),
        )

    def content(self, seller: str) -> str:
        """Name the texts that stand for a seller's documents: SHA-256 over their sorted identities."""
        return self._contents[seller]

    @cached_property
    def _contents(self) -> dict[str, str]:
        return {seller: self._content_of(looked) for seller, looked in self.looked.items()}

    def _content_of(self, looked: Looked) -> str:
        if not looked.near_copies:
            return looked.manifest.content
        standing = {self.behind.get(row.tobytes(), row.tobytes()) for row in looked.columns["identity"]}
        return canonical.digest(b"".join(sorted(standing)))

    def standing(self, datasets: Mapping[str, Dataset]) -> dict[str, Dataset]:
        """Read each seller's dataset as the texts that stand for its documents."""
        near_copies = all(looked.near_copies for looked in self.looked.values())
        if not (near_copies and self.behind):
            return dict(datasets)
        representatives = near_duplicates.read_representatives(datasets.values(), self.behind)
        return {seller: near_duplicates.standing_for(each, representatives) for seller, each in datasets.items()}

    @cached_property
    def behind(self) -> dict[bytes, bytes]:
        """Give identity -> the identity that stands for it, of documents that stand with others."""
        return self.across.behind()
