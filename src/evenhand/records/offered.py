"""What is asked for, and what is offered? A buyer's `Call`, and `Offer`s of a `Dataset` of `Document`s."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from evenhand import kinds
from evenhand.errors import OfferError, Problem
from evenhand.money import Money
from evenhand.plaintext import plain

MEASURES = ("cleanliness", "diversity", "novelty", "metadata")
"""The four measures of quality, in the order of [Ayyoubzadeh25, section 7.3]."""


@dataclass(frozen=True, slots=True)
class Document:
    """One text with the metadata that came with it.

    Two documents are the same document when their plain texts agree (`plaintext`): Unicode's forms, white space and
    what is never shown make no difference.

        >>> Document("Market  day\\n").identity == Document("Market day").identity
        True
    """

    text: str
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> bytes:
        """SHA-256 of the plain text: 32 bytes."""
        return hashlib.sha256(plain(self.text).encode()).digest()


@dataclass(frozen=True, slots=True)
class Source:
    """How a dataset was read, so that a verifier can read it again: a relative path and the names of the fields."""

    path: str
    text_field: str = "text"
    fields: dict[str, str] = field(default_factory=dict)
    """metadata field of a document -> the column or key it is read from."""


@dataclass(frozen=True)
class Dataset:
    """Documents that can be read again and again, in the same order, one at a time."""

    read: Callable[[], Iterator[Document]]
    """gives them; where it is a generator, what it returns at its end is how many rows without text it passed over"""
    source: Source | None = None
    digests: Callable[[], tuple[str, ...]] | None = None
    """gives the SHA-256 of each file that it is read from, for a checksum that is stated; None for one in memory."""

    def __iter__(self) -> Iterator[Document]:
        return self.read()

    @classmethod
    def of(cls, texts: Sequence[str], **metadata: str) -> "Dataset":
        """Hold some texts in memory.

        >>> [document.text for document in Dataset.of(["one", "two"])]
        ['one', 'two']
        """
        documents = [Document(text, metadata) for text in texts]
        return cls(lambda: iter(documents))


@dataclass(frozen=True, slots=True)
class BuiltReference:
    """Public text that was made into a reference once and stands in a folder: which one it is, and where it stood."""

    path: str | None
    """relative, in POSIX form; None where nobody else could follow it"""
    name: str
    digest: str
    """SHA-256 over the name, the embedding, the sentences and their vectors: this very reference."""
    embedding: str
    """by which its sentences are placed; a profile takes one with its own embedding only"""
    sentences: int
    """distinct sentences"""
    embedded: int
    """those with a vector"""

    @property
    def source(self) -> Source | None:
        """Where it stands, as of a dataset."""
        return None if self.path is None else Source(self.path)


@dataclass(frozen=True)
class ReferenceFolder:
    """A reference that a call names by its folder; opened, and checked whole, when the offers are measured."""

    built: BuiltReference
    open: Callable[[Any], Any]
    """an `Embedding` -> the `quality.Reference`; raises OfferError where the folder is not what `built` says"""


def offer_of(seller: str) -> str:
    """Name an offer in messages.

    >>> offer_of("ada")
    'offer of "ada"'
    """
    return f'offer of "{seller}"'


@dataclass(frozen=True)
class Offer:
    """A seller's dataset, what is said about it, and the reported cost of parting with it.

    Args:
        seller: the name under which the seller is paid; one offer a seller.
        dataset: the documents.
        cost: the report; 0 or more, in the currency of the call.
        metadata: what the seller states of the dataset as a whole (licence, language, source, version ...).
        tags: what the buyer knows the seller by, such as a tag that part of the budget is reserved for.
    """

    seller: str
    dataset: Dataset
    cost: Money
    metadata: Mapping[str, str] = field(default_factory=dict)
    tags: Sequence[str] = ()

    def __post_init__(self) -> None:
        strange = kinds.misfits(self, lambda field: f"{offer_of(self.seller)}: {field}")
        if strange:
            raise OfferError(strange)
        if self.cost.minor < 0:
            raise OfferError(
                Problem(
                    offer_of(self.seller),
                    f"asks {self.cost}",
                    "a cost is 0 or more",
                    "To stay out, withdraw the offer.",
                )
            )


@dataclass(frozen=True)
class Call:
    """A buyer's request for offers: what the data should help to predict, what may be spent, and by which rules.

    Args:
        name: what the round is called.
        budget: the most that may be paid in all; above 0.
        validation: the buyer's own documents; a dataset is worth what it helps to predict of them.
        as_of: the day on which recency is judged.
        mechanism: a key of `MECHANISMS`.
        seed: decides every sample that is drawn.
        seed_text: what the buyer's model has already read; None for a model that has read nothing.
        reference: public text against which duplication is measured, or the folder of a reference that was built of
            it before (`quality.find_reference`); None where none is named.
        weights: measure -> weight of `MEASURES`; they need not sum to 1.
        method: how much of a value is whose: "shapley" over datasets; "data_shapley" over documents, so that second
            names and parts gain nothing; or "leave_one_out".
        permutations: how many orders to draw where Shapley values are sampled (above 16 players).
        eta, gamma, kappa: worth = quality^eta (max(value, 0) + kappa)^gamma, as plain decimals; `valuation.REGIMES`
            names some settings.
        concave: a concave weight on worth, a key of `valuation.CONCAVE`; "" for none.
        share_pool: the most that may be promised in shares of future revenue; None for none. For mechanisms that
            settle in shares.
        liquidity: the part of a payment that is cash, 0 to 1, as a plain decimal; "" leaves it to the mechanism.
        share_mass: the worth over which the pool is divided, as a plain decimal; "" for all that is offered, and so it
            is where more is offered.
        cap: the most that one seller is paid, in cash and shares; None for no cap.
        quality_min: offers of a lower quality are not bought, as a plain decimal.
        reserve: the part of the budget kept for sellers who are tagged `reserve_for`, 0 to 1, as a plain decimal.
        reserve_for: a tag of offers.
        copies: what becomes of offers with the same content, near-copies included: "share", each has its part of what
            one is worth; or "one", only the one that asks least for its worth takes part, and for the whole.
        licences: under which data may be bought, each one of the SPDX list such as "CC-BY-4.0"; none, if any may.
        profile: by which formulas quality is measured, a key of `quality.PROFILES`; "" for the default.
        required: the fields of metadata that are expected, keys of `quality.metadata.FIELDS`; none for its `REQUIRED`.
    """

    name: str
    budget: Money
    validation: Dataset
    as_of: date
    mechanism: str = "proportional_share"
    seed: int = 0
    seed_text: Dataset | None = None
    reference: Dataset | ReferenceFolder | None = None
    weights: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(MEASURES, "0.25"))
    method: str = "shapley"
    permutations: int = 200
    eta: str = "1"
    gamma: str = "1"
    kappa: str = "0"
    concave: str = ""
    share_pool: Money | None = None
    liquidity: str = ""
    share_mass: str = ""
    cap: Money | None = None
    quality_min: str = "0"
    reserve: str = "0"
    reserve_for: str = ""
    copies: str = "share"
    licences: Sequence[str] = ()
    profile: str = ""
    required: Sequence[str] = ()

    def __post_init__(self) -> None:
        strange = kinds.misfits(self, "call.{}".format)
        if strange:
            raise OfferError(strange)

    @property
    def brought(self) -> dict[str, Dataset]:
        """The buyer's own datasets by name; those that the call does not name are left out, and so is a folder."""
        own = {"validation": self.validation, "seed text": self.seed_text, "reference": self.reference}
        return {name: dataset for name, dataset in own.items() if isinstance(dataset, Dataset)}

    @property
    def folder(self) -> ReferenceFolder | None:
        """The folder that it names as its reference; None where it names a dataset, or none."""
        return self.reference if isinstance(self.reference, ReferenceFolder) else None

    @property
    def sources(self) -> tuple[Source | None, ...]:
        """Where all that the buyer brought is read from."""
        built = (self.folder.built.source,) if self.folder else ()
        return (*(dataset.source for dataset in self.brought.values()), *built)
