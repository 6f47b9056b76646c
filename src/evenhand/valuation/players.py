"""Who plays the game in which data is valued: whole datasets, or the documents they are made of?

Shapley values pay players, so who can become two players may gain: a seller has more by entering data in two halves
under two names, or a part of it a second time (docs/errata.md, E-002-10). No document can be two documents. Where the
documents play [Ghorbani19], each is one player, whoever offers it, and a dataset is worth the sum of its documents;
what several offers hold is shared evenly among them:

    value of an offer = sum over its documents d of phi_d / (offers that hold d)

So documents that nobody else has bring their seller the same under however many names, in whatever parts and however
often they are entered.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evenhand.records import Dataset
from evenhand.valuation.shelf import Shelf

UNITS_MAX = 128
"""Up to so many documents each is a player of its own; of more, as many stand together as are needed."""

_KEYS = b"evenhand/players/1\0"


Holders = tuple[tuple[int, ...], ...]
"""player -> indices of the offers that hold it, which share its value evenly."""


@dataclass(frozen=True, eq=False)
class Players:
    """The players of a game, in order, and whose each is."""

    datasets: Sequence[Dataset]
    """player -> its documents"""
    holders: Holders
    unit: int = 0
    """how many documents make a player, or fewer; 0 where datasets play"""


def pools(contents: Sequence[str]) -> Holders:
    """Group the offers whose content is the same; in order of first appearance.

    >>> pools(["a", "b", "a"])
    ((0, 2), (1,))
    """
    groups: dict[str, list[int]] = {}
    for index, content in enumerate(contents):
        groups.setdefault(content, []).append(index)
    return tuple(tuple(group) for group in groups.values())


def whole(datasets: Sequence[Dataset], contents: Sequence[str]) -> Players:
    """Let datasets play: those of the same content are one player, a pool.

    >>> whole([Dataset.of(["a"]), Dataset.of(["b"]), Dataset.of(["a"])], ["1", "2", "1"]).holders
    ((0, 2), (1,))
    """
    groups = pools(contents)
    return Players([datasets[group[0]] for group in groups], groups)


def documents(datasets: Sequence[Dataset], *, units_max: int = UNITS_MAX) -> Players:
    """Let documents play: each distinct one once, whoever offers it.

    Where there are more than `units_max`, as many of the same sellers' stand together as are needed. Which of them do,
    and in which order the players stand, hangs on all the documents together: no seller can choose it who does not
    know what the others offer, and it is the same under whatever names they are offered.

    Args:
        datasets: of the offers; each is read once.
        units_max: about so many players at most; the number of sellers who share documents adds to it.

    >>> found = documents([Dataset.of(["a", "b"]), Dataset.of(["b"])])
    >>> sorted(found.holders), sorted([document.text for document in player] for player in found.datasets)
    ([(0,), (0, 1)], [['a'], ['b']])
    """
    shelf, held = Shelf(), dict[bytes, tuple[int, set[int]]]()
    for index, dataset in enumerate(datasets):
        for document in dataset:
            identity = document.identity
            if identity not in held:
                held[identity] = (shelf.put(document), set())
            held[identity][1].add(index)
    unit = max(1, -(-len(held) // units_max))
    units = _cut(held, unit)
    return Players(
        [shelf.dataset([held[identity][0] for identity in together]) for _, together in units],
        tuple(holders for holders, _ in units),
        unit,
    )


def _cut(held: Mapping[bytes, tuple[int, set[int]]], unit: int) -> list[tuple[tuple[int, ...], list[bytes]]]:
    """Let so many documents of the same holders stand together, drawn by all documents; in the order of the draw."""
    key = hashlib.sha256(_KEYS + b"".join(sorted(held))).digest()
    units: list[tuple[tuple[int, ...], list[bytes]]] = []
    growing: dict[tuple[int, ...], list[bytes]] = {}
    for identity in sorted(held, key=lambda identity: hashlib.blake2b(identity, digest_size=16, key=key).digest()):
        holders = tuple(sorted(held[identity][1]))
        if len(growing.get(holders, ())) in (0, unit):
            growing[holders] = []
            units.append((holders, growing[holders]))
        growing[holders].append(identity)
    return units
