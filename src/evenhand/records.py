"""What the stages hand on to each other: small frozen records.

Read them in the order of the flow: a buyer's `Call` asks for data; sellers make `Offer`s of a `Dataset` of `Document`s;
the stages write `Manifest`, `Scores` and `CoalitionValues`; a `Record` holds all of it as plain integers and strings;
an `Outcome` is what follows from the record, one `Decision` a seller, with a `Finding` for every promise.

Units: scores are integer millionths, money is integer minor units, `quantity` is how much a seller sells.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenhand import canonical, kinds
from evenhand.canonical import IF_STATED
from evenhand.errors import OfferError, Problem
from evenhand.money import Money
from evenhand.numerics.games import Interval as Interval
from evenhand.plaintext import plain

MILLION = 1_000_000
"""A published score of 1 is this many millionths."""

MEASURES = ("cleanliness", "diversity", "novelty", "metadata")
"""The four measures of quality, in the order of [Ayyoubzadeh25, section 7.3]."""

SHARED, AS_ONE = COPIES = ("share", "one")
"""What may become of offers with the same content, near-copies included; the first if nothing is said."""

RECORD_SCHEMA, OUTCOME_SCHEMA = "evenhand/record/1", "evenhand/outcome/1"

Array = NDArray[Any]
Number = int | Fraction | float
"""Exact wherever a round decides; a float where quantities are parts."""

DIGITS_MAX = 12
"""An exact number that takes more is rounded for people."""
Watch = Callable[[str, int, int], None]
"""Told `(stage, done, total)` as work goes on; a rim may draw a bar from it."""


def unwatched(stage: str, done: int, total: int) -> None:
    """Work without telling anyone how far it is."""


def shortly(number: Number) -> str:
    """Write a number for people: exactly where that is short, else with six digits.

    >>> shortly(Fraction(1, 3)), shortly(Fraction(0.1)), shortly(20)
    ('1/3', '0.1', '20')
    """
    exact = str(number)
    return exact if len(exact) <= DIGITS_MAX else f"{float(number):.6g}"


def millionths(value: Fraction) -> int:
    """Publish a score: integer millionths, half to even.

    >>> millionths(Fraction(1, 3))
    333333
    """
    return round(value * MILLION)


def in_millionths(decimals: Mapping[str, str]) -> dict[str, int]:
    """Turn plain decimals into integer millionths, half to even.

    >>> in_millionths({"cleanliness": "0.25"})
    {'cleanliness': 250000}
    """
    return {name: millionths(Fraction(decimal)) for name, decimal in decimals.items()}


# -- what is offered ------------------------------------------------------------------------------------------------


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


# -- what was measured ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a dataset is made of: digests and counts."""

    digest: str
    """SHA-256 over the canonical documents, texts and metadata, in reading order."""
    content: str
    """SHA-256 over the sorted identities of the distinct texts: equal for exact copies, in whatever order."""
    documents: int
    distinct: int
    size_bytes: int
    """UTF-8 bytes of all texts."""
    blank: int = field(default=0, metadata=IF_STATED)
    """rows whose text is null, empty or white space: passed over, so in no other count"""


@dataclass(frozen=True, slots=True)
class Scores:
    """The four measures of one dataset, in millionths, and the counts behind each."""

    cleanliness: int
    diversity: int
    novelty: int
    metadata: int
    evidence: dict[str, dict[str, int]]
    """measure -> name of a count -> count; from these the millionths can be recomputed."""


@dataclass(frozen=True, slots=True)
class Copies:
    """How much of a dataset is offered twice, by its seller or by others in the same call.

    Near-copies are found by the quality stage; which of two sellers was first, texts cannot tell.
    """

    distinct: int
    """documents, exact copies counted once"""
    standing: int
    """how many of these are left where near-copies within the dataset count once"""
    shared: int
    """how many of the distinct ones stand with a document of another seller: one text stands for both"""
    sentences: int
    """distinct sentences"""
    sentences_shared: int
    """how many of these stand word for word with another seller"""
    content: str
    """SHA-256 over the sorted identities of the texts that stand for its documents among all offers: equal for offers
    that are near-copies of each other; they are one player, and share one value."""


@dataclass(frozen=True, slots=True)
class CoalitionValues:
    """Values V(S) of the coalitions that a method asked for, in millionths.

    A player is a pool of offers with the same content (`Copies.content`), so that copying a dataset adds no player; or,
    where documents play, some documents that the same offers hold. `values` stands in the order of `subsets`,
    `all_but_one` or `prefixes` of `numerics.games`, by method.
    """

    method: str
    pools: tuple[tuple[int, ...], ...]
    """player -> indices of the offers that hold it, and share its value."""
    permutations: int
    """how many orders were drawn; 0 where every coalition was asked."""
    permutations_digest: str
    """SHA-256 of the drawn orders; "" where none were drawn."""
    values: tuple[int, ...]
    unit: int = field(default=0, metadata=IF_STATED)
    """where documents play, how many make a player, or fewer; else 0."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The call as the record keeps it: plain values only."""

    name: str
    currency: str
    budget_minor: int
    mechanism: str
    mechanism_version: int
    quality_profile: str
    weights: dict[str, int]
    """measure -> weight in millionths."""
    method: str
    permutations: int
    learner: dict[str, int | str]
    eta: str
    gamma: str
    kappa: str
    as_of: str
    seed: int
    concave: str = field(default="", metadata=IF_STATED)
    """a concave weight on worth, a key of `valuation.CONCAVE`; "" for none."""
    share_pool_minor: int = field(default=0, metadata=IF_STATED)
    """the most that may be promised in shares; 0 for cash alone."""
    liquidity: str = field(default="", metadata=IF_STATED)
    """the part of a payment that is cash, a plain decimal; "" leaves it to the mechanism."""
    share_mass: int = field(default=0, metadata=IF_STATED)
    """the worth in millionths over which the pool is divided; 0 for all that is offered."""
    cap_minor: int = field(default=0, metadata=IF_STATED)
    """the most that one seller is paid; 0 for no cap."""
    quality_min: int = field(default=0, metadata=IF_STATED)
    """in millionths."""
    reserve: int = field(default=0, metadata=IF_STATED)
    """the part of the budget for sellers who are tagged `reserve_for`, in millionths."""
    reserve_for: str = field(default="", metadata=IF_STATED)
    copies: str = field(default=SHARED, metadata=IF_STATED)
    """a key of `COPIES`."""
    licences: tuple[str, ...] = field(default=(), metadata=IF_STATED)
    """under which data may be bought; none stated, any may."""
    required: tuple[str, ...] = field(default=(), metadata=IF_STATED)
    """the fields of metadata that are expected; none stated, `quality.metadata.REQUIRED`."""

    @property
    def selective(self) -> bool:
        """Whether a policy of the buyer stands between the offers and the rule: a cap, a reserve, or one of copies."""
        return bool(self.cap_minor or self.reserve or self.copies == AS_ONE)


@dataclass(frozen=True, slots=True)
class Material:
    """A dataset as the record keeps it: where it was read from (None if from memory) and what it is made of."""

    source: Source | None
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class RecordedOffer:
    """An offer as the record keeps it."""

    seller: str
    cost_minor: int
    metadata: dict[str, str]
    held_by_buyer: int
    """How many of its distinct documents stand in the buyer's validation or seed text already."""
    material: Material
    scores: Scores
    volume: dict[str, int]
    """the counts of usable text, `quality.volume`"""
    copies: Copies
    tags: tuple[str, ...] = field(default=(), metadata=IF_STATED)
    unlicensed: str = field(default="", metadata=IF_STATED)
    """why it may not be bought under the licence that is stated of it, one of `quality.licence.FAULTS`; "" where it
    may. Recorded, since lists of licences grow: what was decided once is decided for all who replay it."""


@dataclass(frozen=True, slots=True)
class Record:
    """All that the outcome follows from. The outcome is a pure function of these integers and strings."""

    schema: str
    terms: Terms
    validation: Material
    seed_text: Material | None
    reference: Material | BuiltReference | None
    """read as a dataset, or opened in the folder where it was built"""
    offers: tuple[RecordedOffer, ...]
    """ordered by seller id; a tie anywhere goes to the earlier seller."""
    coalitions: CoalitionValues

    @property
    def materials(self) -> dict[str, Material]:
        """All that was read, by name: the buyer's own datasets as in `Call.brought`, then the offers."""
        own = {"validation": self.validation, "seed text": self.seed_text, "reference": self.reference}
        offers = {offer_of(offer.seller): offer.material for offer in self.offers}
        return {name: material for name, material in {**own, **offers}.items() if isinstance(material, Material)}

    @property
    def built(self) -> BuiltReference | None:
        """The reference that was opened in a folder; None where it was read as a dataset, or none was named."""
        return self.reference if isinstance(self.reference, BuiltReference) else None


# -- what was decided -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Allocation:
    """Who sells how much, and what that is worth.

    Many queries of one kind are many markets at once, each with its own buyer: everything then has a row a query.
    """

    quantity: Array
    """(sellers,), or (queries, sellers): whole numbers 0 and 1 where datasets are sold whole, floats elsewhere."""
    weights: Array
    """(buyers, sellers) what each buyer takes of each seller; the quantity itself where datasets are sold whole."""
    value_by_buyer: Array
    """(buyers,) what the allocation is worth to each; a query is a buyer."""
    welfare: Any
    """The buyers' value minus the reported costs; (queries,) where there are many."""

    @property
    def value(self) -> Any:
        """The value to all buyers together; (queries,) where there are many."""
        return self.value_by_buyer if self.quantity.ndim == 2 else self.value_by_buyer.sum()

    @property
    def whole(self) -> bool:
        """Whether datasets are sold whole or not at all."""
        return not np.issubdtype(self.quantity.dtype, np.floating)


@dataclass(frozen=True)
class Without:
    """The market once more without each seller in turn: deleted, and everything else decided anew."""

    value_by_buyer: Array
    """(buyers, sellers) column j: what is then worth how much to each buyer."""
    welfare: Array
    """(sellers,), or (queries, sellers)."""

    @property
    def value(self) -> Array:
        """(sellers,), or (queries, sellers): the value to all buyers together."""
        return self.value_by_buyer if self.welfare.ndim == 2 else self.value_by_buyer.sum(axis=0)


@dataclass(frozen=True)
class Estimate:
    """Payments estimated from a sample, each with its standard error."""

    value: Array
    """(sellers,) unbiased."""
    stderr: Array
    """(sellers,) the standard error of the sampling."""
    budget: int
    """How many coalitions were valued for it."""


@dataclass(frozen=True, slots=True)
class Witness:
    """How a promise is broken: what this seller gains by `report` when the true cost is `true`.

    Where both are the same, it is what the seller loses by taking part with the truth.
    """

    seller: str
    true: Number
    report: Number
    gain: Number
    others: "tuple[Witness, ...]" = field(default=(), metadata=IF_STATED)
    """who lies along, each with what they gain; or the seller's further names, each with its cost and its report."""
    entered: "Entered | None" = field(default=None, metadata=IF_STATED)
    """what is entered under this name, where the promise is about names."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What one name enters, and what becomes of it."""

    worth: Number
    sold: Number
    paid: Number
    way: str = field(default="", metadata=IF_STATED)
    """of the first name, how its seller enters: "splitting", "merging" ... (properties/sybil.py)."""
    own: tuple[Witness, ...] = field(default=(), metadata=IF_STATED)
    """of the first name, those who enter so, as they would under their own names with the truth."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a claim held here, by how much it missed, who shows it, and how we know."""

    claim: str
    holds: bool
    gap: Number
    """by how much the claim is missed, in money, or in sellers where it is about who sells; 0 where it holds. A witness
    may show a little less, where no single report reaches the gap but reports come as near to it as one likes."""
    evidence: str
    """"proved", "exact", "certified" or "searched"."""
    tried: int
    """how many reports, sellers or sums were looked at."""
    statement: str
    """the finding in a sentence for people."""
    witness: Witness | None = None
    market: Mapping[str, Any] | None = field(default=None, metadata=IF_STATED)
    """the numbers of the market where the witness is met, if it is not the one that was asked about."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a round decided about one offer, and the numbers that it follows from."""

    seller: str
    quality: int
    value: Fraction
    """exact, in units of V; negative where the dataset hurts."""
    value_low: int
    value_millionths: int
    value_high: int
    worth: int
    reason: str
    """a key of `reports.reasons.REASONS`."""
    highest_winning_minor: int | None
    """the highest whole report that would have been selected; None where no report would."""
    payment_minor: int
    """what is paid now, in cash."""
    share_minor: int | None = field(default=None, metadata=IF_STATED)
    """what is promised in shares of future revenue; None where the call has no pool of shares."""

    @property
    def selected(self) -> bool:
        """Whether the dataset is bought."""
        return self.reason == "selected"

    @property
    def received_minor(self) -> int:
        """Cash and shares together."""
        return self.payment_minor + (self.share_minor or 0)


@dataclass(frozen=True)
class Outcome:
    """Who sells how much and what everyone gets and pays.

    On bare arrays money is whatever unit the costs were in; in a round it is whole minor units, and `decisions`,
    `findings` and `record` are filled.
    """

    mechanism: str
    quantity: Array
    """(sellers,) how much each sells; 0 or 1 where datasets are sold whole."""
    cash: Array
    """(sellers,) paid now."""
    share: Array
    """(sellers,) deferred claims, in the same money."""
    charge: Array
    """(buyers, sellers) what each buyer pays toward each seller."""
    sellers: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    decisions: tuple[Decision, ...] = ()
    record: Record | None = None

    def utility(self, true_costs: Any) -> Array:
        """Give what each seller is left with, cash + share - cost * quantity; an absent seller (cost inf) has 0.

        >>> Outcome("demo", np.array([1, 0]), np.array([5.0, 0]), np.zeros(2), np.zeros((1, 2))).utility([3, np.inf])
        array([2., 0.])
        """
        costs = np.where(self.quantity > 0, np.asarray(true_costs), 0)
        left: Array = self.cash + self.share - costs * self.quantity
        return left

    def published(self) -> dict[str, Any]:
        """Give the outcome of a round as the plain tree that is published; it names the record it follows from."""
        assert self.record is not None, "only a round publishes"
        terms = self.record.terms
        return {
            "schema": OUTCOME_SCHEMA,
            "record": canonical.digest(canonical.encode(self.record)),
            "mechanism": self.mechanism,
            "currency": terms.currency,
            "budget_minor": terms.budget_minor,
            "paid_minor": int(self.cash.sum()),
            **({"promised_minor": int(self.share.sum())} if terms.share_pool_minor else {}),
            "decisions": [{**canonical.tree(decision), "selected": decision.selected} for decision in self.decisions],
            "findings": canonical.tree(self.findings),
        }
