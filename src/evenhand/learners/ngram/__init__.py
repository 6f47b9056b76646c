"""What is data worth to a model that fits on any laptop? An n-gram model, trained anew for every coalition.

    V(S) = 1 - bits(validation | seed text and the datasets of S) / bits(validation | seed text)

is the fraction of the bits of the buyer's validation text that the model saves by reading what S offers: 0 for nobody,
below 1, and negative where the data misleads more than it teaches. Models of language are compared by the bits that
they need for a text they have not read [Shannon48].

Without seed text the model begins from nothing, so any text in the buyer's language is worth much to it. With seed
text that holds the language, what remains is worth of the subject.

The flow: `tokens` cuts the text, `grams` says what must be counted, `owners` whose each document is, and `model` turns
the counts of a coalition into bits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, count, groupby
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenhand.errors import OfferError, Problem
from evenhand.learners.ngram.grams import Grams, Ints, needed
from evenhand.learners.ngram.model import EVENTS_LIMIT, GRID, Model, arrange
from evenhand.learners.ngram.owners import Owners
from evenhand.learners.ngram.tokens import Vocabulary
from evenhand.numerics.batches import batches
from evenhand.records import Dataset, Watch, unwatched

VERSION = 1
"""Raised whenever the same data and settings would give other values."""

BATCH_CHARACTERS = 2**20
"""So much text is counted at a time, or a single document if it is longer."""

BOUNDS = {
    "order": (1, 8),
    "trust_percent": (1, 99),
    "belief": (1, 10**6),
    "seen_min": (1, 10**6),
    "vocabulary_max": (0, 2**20),
    "events_max": (1, EVENTS_LIMIT),
    "memory_bytes": (2**20, 2**30),
}
"""setting -> the least and the most it may be."""


@dataclass(frozen=True)
class NGram:
    """An n-gram model of words that spells the words it does not know.

    Args:
        order: the longest n-gram, in tokens.
        trust_percent: the most that counts are trusted over the level below (t of `model`, in percent).
        belief: how many tokens the level below is worth (m of `model`).
        seen_min: how often a word must occur in the validation and seed texts to be one token.
        vocabulary_max: at most so many words are one token.
        events_max: at most so many tokens of the validation text are predicted; of more, these many are drawn.
        memory_bytes: coalitions are evaluated as many at a time as fit here. It changes no value; small is fast,
            since it then fits a processor's cache.

    Raises:
        OfferError: a setting outside `BOUNDS`.

    Example: what is said of ears is worth more to a text on ears, and both together most.
        >>> ears, cats = Dataset.of(["The ear hears a sound."]), Dataset.of(["A cat sat on a mat."])
        >>> text = Dataset.of(["The sound that an ear hears.", "A sound."])
        >>> game = NGram().game([ears, cats], validation=text, seed_text=None, rng=np.random.default_rng(0))
        >>> game(np.array([[0, 0], [1, 0], [0, 1], [1, 1]], dtype=bool)).round(2)
        array([0.  , 0.45, 0.29, 0.54])
    """

    order: int = 3
    trust_percent: int = 50
    belief: int = 10
    seen_min: int = 2
    vocabulary_max: int = 2**16
    events_max: int = 2**14
    memory_bytes: int = 2**24

    def __post_init__(self) -> None:
        problems = [
            Problem(name, f"is {value}", f"it is from {least} to {most}", "Leave it out if in doubt.")
            for name, (least, most) in BOUNDS.items()
            if not least <= (value := getattr(self, name)) <= most
        ]
        if problems:
            raise OfferError(problems)

    def settings(self) -> dict[str, int | str]:
        """Name the learner, its version, and the settings on which values depend.

        >>> NGram(order=2).settings()["order"]
        2
        """
        named: dict[str, int | str] = {"name": "ngram", "version": VERSION}
        return named | {name: getattr(self, name) for name in BOUNDS if name != "memory_bytes"}

    def game(
        self,
        datasets: Sequence[Dataset],
        *,
        validation: Dataset,
        seed_text: Dataset | None,
        rng: np.random.Generator,
        watch: Watch = unwatched,
    ) -> "Game":
        """Read all texts, count what the validation text asks for, and give the value of any coalition.

        A coalition counts each distinct document (`Document.identity`) once. Documents of the seed text add nothing
        to it when they are offered again; documents of the validation text are never counted (`Game.withheld`).

        Args:
            datasets: the players' data, in the order of the players; read twice.
            validation: what is to be predicted; read three times.
            seed_text: what every coalition's model has read; None for nothing. Read three times.
            rng: draws the tokens to predict where there are more than `events_max`; not touched otherwise.
            watch: told as the datasets and the seed text are read.

        Raises:
            OfferError: the validation text has no word, or a dataset changes between two readings.
        """
        seed = [] if seed_text is None else [seed_text]
        texts = (document.text for document in chain(validation, *seed))
        vocabulary = Vocabulary.of(texts, size_max=self.vocabulary_max, seen_min=self.seen_min)
        stream = vocabulary.encode(document.text for document in validation)
        if len(stream) == 1:
            raise OfferError(_WORDLESS)
        events = 1 + _draw(len(stream) - 1, self.events_max, rng)
        grams = needed(stream, events, order=self.order, tokens=vocabulary.size)

        read = [*datasets, *seed]
        ticks = count(1)

        def done() -> None:
            watch("learner", next(ticks), 2 * len(read))

        own = {document.identity for document in validation}
        owners = Owners.of(read, validation=own, done=done)
        counts = _counts(owners.documents(read, done), vocabulary, grams, len(owners.holders))
        model = arrange(
            grams, stream, events, counts, vocabulary.choices, trust=self.trust_percent / 100, belief=self.belief
        )
        return Game.of(model, owners, players=len(datasets), memory_bytes=self.memory_bytes)


@dataclass(frozen=True)
class Game:
    """What coalitions are worth to one buyer: call it with coalitions."""

    model: Model
    holders: Any
    """(classes, players) sparse: who owns the documents of a class."""
    always: NDArray[np.bool_]
    """(classes,) what the seed text holds, and so every coalition."""
    withheld: tuple[int, ...]
    """player -> how many distinct documents were not counted because they stand in the validation text."""
    at_once: int
    """How many coalitions are evaluated at a time."""

    @classmethod
    def of(cls, model: Model, owners: Owners, *, players: int, memory_bytes: int) -> "Game":
        """Part the players from the seed text, and see how many coalitions fit in memory at a time."""
        import scipy.sparse

        holders = scipy.sparse.csr_array(owners.holders[:, :players], dtype=np.float64)
        always = np.asarray(owners.holders[:, players:].any(axis=1))
        at_once = max(1, memory_bytes // (8 * model.width))
        return cls(model, holders, always, owners.withheld[:players], at_once)

    def __call__(self, masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Give the fraction of the seed model's bits that each coalition saves.

        Args:
            masks: (K, players) one row a coalition.

        Returns:
            (K,) values; exactly 0 for nobody, and the same whichever other coalitions are asked along.
        """
        costs = np.empty(len(masks))
        for start in range(0, len(masks), self.at_once):
            costs[start : start + self.at_once] = self._cost(masks[start : start + self.at_once])
        return 1 - costs / self._alone

    @property
    def seed_bits(self) -> float:
        """How many bits the predicted tokens cost the seed model."""
        return float(self._alone[0] / GRID)

    @property
    def _alone(self) -> NDArray[np.float64]:
        return self._cost(np.zeros((1, self.holders.shape[1]), dtype=np.bool_))

    def _cost(self, masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        present = (self.holders @ masks.T.astype(np.float64) > 0) | self.always[:, None]
        return self.model.cost(present.astype(np.float64))


_WORDLESS = Problem(
    "call.validation",
    "has no word",
    "data is valued by what it helps to predict of the validation text",
    "Give documents such as the model should read later.",
)


def _draw(places: int, most: int, rng: np.random.Generator) -> Ints:
    """Draw `most` of the places, each set equally likely, in order; from raw words, which NumPy promises for ever."""
    if places <= most:
        return np.arange(places)
    return np.sort(np.argsort(rng.bit_generator.random_raw(places), kind="stable")[:most])


def _counts(documents: Iterable[tuple[int, str]], vocabulary: Vocabulary, grams: Grams, classes: int) -> Any:
    """Count the documents of each class: (rows, classes) sparse, float64, whole numbers."""
    import scipy.sparse

    total = scipy.sparse.csr_array((grams.rows, classes), dtype=np.float64)
    for batch in batches(documents, lambda document: len(document[1]), size_max=BATCH_CHARACTERS):
        parts = []
        for owner, group in groupby(sorted(batch, key=itemgetter(0)), key=itemgetter(0)):
            tally = grams.tally(vocabulary.encode(text for _, text in group))
            rows = np.flatnonzero(tally)
            parts.append((tally[rows], rows, np.full(len(rows), owner)))
        values, rows, columns = (np.concatenate(part) for part in zip(*parts, strict=True))
        total = total + scipy.sparse.csr_array((values.astype(np.float64), (rows, columns)), shape=total.shape)
    return total
