"""What was measured, as plain integers and strings: a `Record`, from which all that is decided follows."""

from dataclasses import dataclass, field

from evenhand.canonical import IF_STATED
from evenhand.records.offered import BuiltReference, Source, offer_of

SHARED, AS_ONE = COPIES = ("share", "one")
"""What may become of offers with the same content, near-copies included; the first if nothing is said."""

RECORD_SCHEMA = "evenhand/record/1"


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
