"""What does a dataset's own card say of it? Read into the flat metadata that an offer carries.

    croissant.py    JSON-LD in the vocabulary of Croissant 1.0 and 1.1 [Croissant]
    readme.py       a README.md with YAML between two lines of "---", as on Hugging Face
    licences.py     the licences that a card lists -> one SPDX expression

Pure: bytes in, `Card` out; `readers.cards` finds and opens the files. A card is taken at its word: a licence that the
tables do not know stays as it is written, and nothing is guessed. What the seller states in the call wins over a card,
and every disagreement between the two is told (`merged`).

A card's "datePublished" becomes "published", not "date": the day on which a dataset was put up says nothing about how
old its texts are, and recency is worth money.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from evenhand.errors import OfferError, Problem, shown

NAMES = ("croissant.json", "metadata.json", "README.md", "dataset_card.md")
"""What a card is called beside a dataset, in the order in which they win over each other."""

CARD_BYTES_MAX = 2**23
"""A card is read whole; the largest, which programs make, have some megabytes."""
TEXT_LENGTH_MAX = 10_000
"""Characters kept of one field."""

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Card:
    """What one card says.

    >>> Card("README.md", {"licence": "MIT"}).metadata["licence"]
    'MIT'
    """

    name: str
    metadata: dict[str, str] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    """What whoever relies on the card should know about how it was read."""


def read_card(data: bytes, name: str) -> Card | None:
    """Read the bytes of a card; None where they are not one (a README without YAML, JSON without "@context").

    Args:
        data: the whole file.
        name: of the file, for messages; ".json" and ".jsonld" are Croissant, anything else is a README.

    Raises:
        OfferError: it is a card, but cannot be read; every mistake, with its line where that is known.

    >>> card = read_card(b"---\\nlicense: odbl\\nlanguage: [en, no]\\n---\\n# Bees", "README.md")
    >>> card.metadata
    {'licence': 'ODbL-1.0', 'language': 'en, no'}
    """
    if len(data) > CARD_BYTES_MAX:
        raise OfferError(
            Problem(
                name,
                f"has more than {CARD_BYTES_MAX:,} bytes",
                "a card says in short what is in the data",
                "Take out what only repeats the data, or state the metadata in the call.",
            )
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{data[error.start]:02x} is not UTF-8"
        raise OfferError(Problem(f"{name}, line {line}", found, "cards are UTF-8", "Save it as UTF-8.")) from None
    said = _reader(name)(text, name)
    if said is None:
        return None
    metadata, told = said
    whole = {key: _clean(value) for key, value in metadata.items()}
    cuts = [f"{key} is cut to {TEXT_LENGTH_MAX:,} characters" for key in whole if len(whole[key]) > TEXT_LENGTH_MAX]
    return Card(name, {key: _cut(value) for key, value in whole.items() if value}, (*told, *cuts))


def merged(stated: Mapping[str, str], cards: Sequence[Card]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Put together what is said of a dataset: the seller's own statement first, then the cards in their order.

    Args:
        stated: what the seller says in the call.
        cards: an earlier one wins over a later one.

    Returns:
        the metadata, and what is to be told: every disagreement, and what was left open when the cards were read.

    >>> said, told = merged({"licence": "MIT"}, [Card("README.md", {"licence": "CC0-1.0", "language": "en"})])
    >>> said, told[0]
    ({'licence': 'MIT', 'language': 'en'}, 'licence: the call says "MIT", README.md says "CC0-1.0"; the call counts')
    """
    said = {"licence" if name == "license" and "licence" not in stated else name: text for name, text in stated.items()}
    home = dict.fromkeys(said, "the call")
    told: list[str] = []
    for card in cards:
        told += [f"{card.name}: {text}" for text in card.told]
        for name, text in card.metadata.items():
            if name not in said:
                said[name], home[name] = text, card.name
            elif _folded(said[name]) != _folded(text):
                first = home[name]
                told.append(f"{name}: {first} says {shown(said[name])}, {card.name} says {shown(text)}; {first} counts")
    return said, tuple(told)


def _clean(text: str) -> str:
    """Take out what no record can hold: control characters, and halves of characters that JSON can smuggle in."""
    return _CONTROL.sub(" ", text.encode(errors="replace").decode()).strip()


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_LENGTH_MAX else text[: TEXT_LENGTH_MAX - 1] + "…"


def _reader(name: str) -> Callable[[str, str], tuple[dict[str, str], list[str]] | None]:
    from evenhand.datasets.cards.croissant import croissant
    from evenhand.datasets.cards.readme import readme

    return croissant if name.lower().endswith((".json", ".jsonld")) else readme
