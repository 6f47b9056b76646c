"""How does CALL.toml become a call? The classes below say which keys each table has, and how each is read.

Pydantic walks the tables and gathers every mistake; `_problems` puts each into words.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from evenhand.call import datasets, values
from evenhand.call.mistakes import Layout, Said
from evenhand.call.toml import read_toml
from evenhand.call.values import Read, SoFar
from evenhand.datasets.cards import Card
from evenhand.errors import OfferError, Problem
from evenhand.learners import LEARNERS
from evenhand.mechanisms import for_rounds
from evenhand.money import MINOR_MAX, Money
from evenhand.records import COPIES, MILLION, Call, Dataset, Offer, ReferenceFolder, Source, offer_of
from evenhand.valuation import CONCAVE, METHODS, PERMUTATIONS_MAX, PERMUTATIONS_MIN, REGIMES, TERMS_MAX, Learner


@dataclass(frozen=True)
class CallFile:
    """A call as it was read from a file, with its offers and the learner that it names."""

    call: Call
    offers: tuple[Offer, ...]
    learner: Learner
    path: Path
    told: tuple[str, ...] = ()
    """what whoever relies on the datasets' cards should know: where they disagree with the call, and what a reading
    left open"""
    cards: tuple[str, ...] = ()
    """the cards that were read, relative to the folder"""

    @property
    def folder(self) -> Path:
        """What the datasets' paths are relative to."""
        return self.path.parent

    @property
    def files(self) -> tuple[Path, ...]:
        """The call and every file of its datasets and cards, which the round must not be written over.

        Raises:
            OfferError: the files of a dataset are gone.
        """
        from evenhand.datasets import dataset_files
        from evenhand.quality.novelty.folder import reference_files

        datasets = [*self.call.brought.values(), *(offer.dataset for offer in self.offers)]
        paths = dict.fromkeys(dataset.source.path for dataset in datasets if dataset.source)
        read = [file for path in paths for file in dataset_files(path, base=self.folder)]
        built = self.call.folder.built if self.call.folder else None
        read += reference_files(self.folder / built.path) if built and built.path else ()
        return tuple(dict.fromkeys([self.path, *read, *(self.folder / card for card in self.cards)]))

    def offers_of(self, path: Path | str) -> tuple[Offer, ...]:
        """Find the offers of this very data: of the same files, however the path to them is written.

        Args:
            path: relative to the working directory, or absolute.

        Raises:
            OfferError: nothing there can be read.
        """
        from evenhand.datasets import dataset_files

        wanted = [os.path.realpath(file) for file in dataset_files(path)]
        found = []
        for offer in self.offers:
            assert offer.dataset.source is not None, "a call names its data relative to its folder"
            files = dataset_files(offer.dataset.source.path, base=self.folder)
            found += [offer] if [os.path.realpath(file) for file in files] == wanted else []
        return tuple(found)

    @property
    def sources(self) -> tuple[Source | None, ...]:
        """Where all datasets are read from, and the reference that is named by its folder."""
        return (*self.call.sources, *(offer.dataset.source for offer in self.offers))


def read_call(path: Path | str) -> CallFile:
    """Read CALL.toml: the buyer's call, the offers in the file's order, and the learner.

    Every value arrives exactly: money in minor units, numbers as decimals. No two sellers may have names that agree up
    to Unicode normal form C, case and white space, since people could not tell them apart.

    Raises:
        OfferError: with a `Problem` for every mistake, under the key that it stands at.
    """
    from pydantic import TypeAdapter, ValidationError

    path = Path(path)
    tree = read_toml(path)
    if tree.get("offers") == []:
        del tree["offers"]  # a list without offers is as good as none
    try:
        file: _File = TypeAdapter(_File).validate_python(tree, context=SoFar(path.parent))
    except ValidationError as refused:
        mistakes = refused.errors(include_url=False)
        found = [problem for mistake in mistakes for problem in _LAYOUT.problems(path.name, mistake)]
        raise OfferError(found) from None
    settings = {setting.name for setting in fields(Call)}
    stated = {
        name: value
        for table in (file.call, file.quality, file.metadata, file.valuation, file.worth, file.policy)
        for name, value in vars(table).items()
        if name in settings and value is not None  # what is not stated has the default of `Call`
    }
    offers, told = [], []
    for offer in file.offers:
        said, notes = offer.data.metadata(offer.metadata.stated)
        offers.append(Offer(offer.seller, offer.data.dataset, offer.cost, said, offer.tags))
        told += [f"{offer_of(offer.seller)}: {note}" for note in notes]
    cards = dict.fromkeys(card.name for offer in file.offers for card in offer.data.cards)
    terms = stated | (file.worth.regime or {})
    return CallFile(Call(**terms), tuple(offers), file.valuation.learner, path, tuple(told), tuple(cards))


def _learner(value: Any, so_far: SoFar, before: Mapping[str, Any]) -> Learner:
    """Make the learner that is named alone, or in a table with its settings."""
    stated = dict(value) if isinstance(value, Mapping) else {"name": value}
    name = stated.pop("name", None)
    if type(name) is not str or name not in LEARNERS:
        values.refuse(
            f"{values.shown(name)} is not known" if name else "has no name",
            f"known: {', '.join(LEARNERS)}",
            f'Write learner = "{min(LEARNERS)}".',
        )
    learner = LEARNERS[name]
    settings = {setting.name: get_type_hints(learner)[setting.name] for setting in fields(learner)}
    problems = [problem for key, item in stated.items() for problem in _setting_problems(key, item, settings)]
    refused = {problem.where for problem in problems}
    try:
        made = learner(**{key: item for key, item in stated.items() if values.below(key) not in refused})
    except OfferError as error:
        problems += [replace(each, where=f".{each.where}") for each in error.problems]
    if problems:
        raise OfferError(problems)
    return made


def _regime(value: Any, so_far: SoFar, before: Mapping[str, Any]) -> dict[str, str]:
    """Read the name of a regime, which stands for eta, gamma and kappa."""
    name = values.choice(REGIMES).how(value, so_far, before)
    beside = [term for term in TERMS_MAX if before.get(term) is not None]
    if beside:
        values.refuse(
            f"{values.shown(name)} stands beside {' and '.join(beside)}",
            "a regime sets eta, gamma and kappa",
            "Keep the regime, or the numbers.",
        )
    return REGIMES[name].terms


def _setting_problems(key: str, item: Any, settings: Mapping[str, type]) -> list[Problem]:
    if key not in settings:
        return [
            Problem(
                values.below(key),
                "is not a setting of this learner",
                f"its settings are {', '.join(settings)}",
                values.remedy(key, settings),
            )
        ]
    if type(item) is not settings[key]:
        bound, example = {int: ("a whole number", "3"), str: ("a text in quotes", '"text"')}[settings[key]]
        return [Problem(values.below(key), f"{values.shown(item)} does not fit", bound, f"Write it as {example}.")]
    return []


# -- which keys there are -------------------------------------------------------------------------------------------
# A key is read with what was read before it, so a text field stands before the dataset that it belongs to, and the
# budget before the costs.


class _Strict:
    """A key that the class does not name is a mistake."""

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - pydantic's own name, and never changed


@dataclass(frozen=True, kw_only=True)
class _Call(_Strict):
    name: Annotated[str, Read(values.label)]
    budget: Annotated[Money, Read(values.budget)]
    mechanism: Annotated[str | None, values.choice(for_rounds())] = None
    validation_field: Annotated[str | None, Read(values.text)] = None
    validation: Annotated[Dataset, datasets.dataset("validation_field")]
    as_of: Annotated[date, Read(values.day)]
    licences: Annotated[tuple[str, ...] | None, Read(values.licences)] = None
    seed: Annotated[int | None, values.whole(0, MINOR_MAX)] = None
    share_pool: Annotated[Money | None, Read(values.most)] = None
    liquidity: Annotated[str | None, values.decimal(1)] = None
    share_mass: Annotated[str | None, values.decimal(MILLION)] = None
    seed_text_field: Annotated[str | None, Read(values.text)] = None
    seed_text: Annotated[Dataset | None, datasets.dataset("seed_text_field")] = None


@dataclass(frozen=True, kw_only=True)
class _Quality(_Strict):
    profile: Annotated[str | None, Read(values.profile)] = None
    weights: Annotated[dict[str, str] | None, Read(values.weights)] = None
    reference_field: Annotated[str | None, Read(values.text)] = None
    reference: Annotated[Dataset | ReferenceFolder | None, datasets.reference("reference_field")] = None


@dataclass(frozen=True, kw_only=True)
class _Metadata(_Strict):
    required: Annotated[tuple[str, ...] | None, Read(values.required)] = None


@dataclass(frozen=True, kw_only=True)
class _Valuation(_Strict):
    method: Annotated[str | None, values.choice(METHODS)] = None
    permutations: Annotated[int | None, values.whole(PERMUTATIONS_MIN, PERMUTATIONS_MAX)] = None
    learner: Annotated[Learner, Read(_learner)] = field(default_factory=lambda: _learner("ngram", SoFar(Path()), {}))


@dataclass(frozen=True, kw_only=True)
class _Worth(_Strict):
    eta: Annotated[str | None, values.decimal(TERMS_MAX["eta"])] = None
    gamma: Annotated[str | None, values.decimal(TERMS_MAX["gamma"])] = None
    kappa: Annotated[str | None, values.decimal(TERMS_MAX["kappa"])] = None
    regime: Annotated[dict[str, str] | None, Read(_regime)] = None
    concave: Annotated[str | None, values.choice(CONCAVE)] = None


@dataclass(frozen=True, kw_only=True)
class _Policy(_Strict):
    cap: Annotated[Money | None, Read(values.most)] = None
    quality_min: Annotated[str | None, values.decimal(1)] = None
    reserve: Annotated[str | None, values.decimal(1)] = None
    reserve_for: Annotated[str | None, Read(values.label)] = None
    copies: Annotated[str | None, values.choice(COPIES)] = None


@dataclass(frozen=True, kw_only=True)
class _Offer(_Strict):
    seller: Annotated[str, Read(values.seller)]
    text_field: Annotated[str | None, Read(values.text)] = None
    metadata: Annotated[datasets.Metadata, Read(datasets.metadata)] = field(default_factory=datasets.Metadata)
    card: Annotated[tuple[Card, ...] | None, Read(datasets.card)] = None
    data: Annotated[datasets.Described, datasets.described("text_field")]
    cost: Annotated[Money, Read(values.cost)]
    tags: Annotated[tuple[str, ...], Read(values.tags)] = ()


@dataclass(frozen=True, kw_only=True)
class _File(_Strict):
    call: _Call
    quality: _Quality = field(default_factory=_Quality)
    metadata: _Metadata = field(default_factory=_Metadata)
    valuation: _Valuation = field(default_factory=_Valuation)
    worth: _Worth = field(default_factory=_Worth)
    policy: _Policy = field(default_factory=_Policy)
    offers: list[_Offer]


_TABLES = {
    "": _File,
    "call": _Call,
    "quality": _Quality,
    "metadata": _Metadata,
    "valuation": _Valuation,
    "worth": _Worth,
    "policy": _Policy,
    "offers": _Offer,
}

_EXAMPLES = {
    "call": "the table [call]",
    "offers": "a table [[offers]] for each seller",
    "name": 'name = "autumn round"',
    "budget": 'budget = "1200.00 EUR"',
    "validation": 'validation = "validation.jsonl"',
    "as_of": "as_of = 2026-01-31",
    "seller": 'seller = "ada"',
    "data": 'data = "ada.jsonl"',
    "cost": 'cost = "300.00 EUR"',
}
"""What cannot be left out."""


def _refined(key: str, table: str, usual: Said) -> Said:
    if table == "metadata" and key in datasets.EXPECTED:
        return "says nothing here", "[metadata] has required", "Write [offers.metadata] below the offer it is said of."
    return usual


_LAYOUT = Layout(
    "a call",
    {table: [each.name for each in fields(keys)] for table, keys in _TABLES.items()},
    {"offers": ("an offer", "seller")},
    _EXAMPLES,
    _refined,
)
