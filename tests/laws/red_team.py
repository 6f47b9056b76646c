"""How may a seller try to raise a score without better data? Each trick as a function on an offer.

    offer    documents with their dates, and what is stated of the whole
    trick    (offer, rng) -> offer; pure, so that the same seed gives the same offer
    Attack   a row of `ATTACKS`: what it imitates, what it is done to (`BASES`), and how much q may rise by it

Tricks on an offer of one dataset come first; those that need two offers stand below them. The seller knows every rule:
tricks on spelling ask the very dictionary that the score asks.
"""

import os
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np

from evenhand import quality
from evenhand.datasets import describe, open_dataset
from evenhand.quality.batch import Batch
from evenhand.quality.cleanliness import noise
from evenhand.quality.cleanliness.dictionaries import frequencies
from evenhand.quality.cleanliness.spelling import lexicon
from evenhand.quality.novelty import SENTENCES_MAX, LowestSentences, salted
from evenhand.quality.novelty.drawing import key_of
from evenhand.records import MEASURES, Dataset, Document

AS_OF = date(2026, 1, 1)
WEIGHTS = dict.fromkeys(MEASURES, 1)
ALPHABET = "abcdefghijklmnopqrstuvwxyz"

TABLES = {
    "MedQuAD": ("medquad", "answer"),
    "GSM8K": ("gsm8k", "question"),
    "PIQA": ("piqa", "sol1"),
    "speeches": ("us_inaugural", "text"),
}
"""Name -> table and column of the folder of real tables."""


@dataclass(frozen=True)
class Offer:
    """What a seller offers, and what a cheat has at hand."""

    documents: list[Document]
    metadata: dict[str, str]
    elsewhere: list[str] = field(default_factory=list)
    """texts on other topics"""

    @property
    def dataset(self):
        return Dataset(lambda: iter(self.documents))

    @property
    def texts(self):
        return [document.text for document in self.documents]

    def with_texts(self, texts):
        dates = [document.metadata for document in self.documents]
        return replace(self, documents=[Document(text, dates[i % len(dates)]) for i, text in enumerate(texts)])

    def each(self, change):
        return self.with_texts([change(text) for text in self.texts])

    def more(self, texts):
        return self.with_texts([*self.texts, *texts])


# -- where the texts are from ---------------------------------------------------------------------------------------


def corpus():
    """The invented texts of this repository: small, and there without any download."""
    folder = Path(__file__).parent.parent / "corpus" / "offers"
    texts = [document.text for path in sorted(folder.glob("*.jsonl")) for document in open_dataset(path)]
    return list(dict.fromkeys(texts))


def data_is_there():
    """Whether the folder of real tables is named."""
    return "EVENHAND_DATA" in os.environ


def tables(folder, count, seed=0):
    """Name -> (texts of a real table, drawn with the seed; all other texts of the table)."""
    from pyarrow.parquet import read_table

    found = {}
    for name, (table, column) in TABLES.items():
        texts = list(dict.fromkeys(filter(None, read_table(folder / f"{table}.parquet")[column].to_pylist())))
        random.Random(seed).shuffle(texts)
        found[name] = texts[:count], texts[count:]
    return found


def honest(texts, elsewhere, rng):
    """An offer as sellers make it: dated over ten years, four of six fields of metadata."""
    documents = [Document(text, {"date": str(AS_OF - timedelta(rng.randrange(3650)))}) for text in texts]
    stated = {"licence": "CC-BY-4.0", "language": "en", "source": "answers to letters from readers"}
    return Offer(documents, stated, list(elsewhere))


def misspelt(offer, rng, share=0.05):
    """The same with a slip in a share of the words of three small letters or more."""

    def spoil(word):
        return with_a_slip(word[0], rng) if rng.random() < share else word[0]

    return offer.each(lambda text: re.sub(r"(?<!\S)[a-z]{3,}(?!\S)", spoil, text))


def with_a_slip(word, rng):
    """A random letter more, less or other, or two neighbours swapped."""
    at, letter = rng.randrange(len(word)), rng.choice(ALPHABET)
    before, here, after = word[:at], word[at], word[at + 1 :]
    others = (letter + here + after, after, letter + after, after[:1] + here + after[1:])
    return before + rng.choice(others)


BASES = {"honest": lambda offer, rng: offer, "misspelt": misspelt}


# -- spelling -------------------------------------------------------------------------------------------------------


def _slips(offer, change):
    """Do something to every token that the score takes for a slip: the seller asks the same dictionary."""
    is_misspelt, known = lexicon("en").is_misspelt, {}

    def changed(match):
        token = match[0]
        if token not in known:
            known[token] = is_misspelt(token)
        return change(token) if known[token] else token

    return offer.each(lambda text: re.sub(r"[A-Za-z]{3,}", changed, text))


def letters_cut_off(offer, rng):
    return _slips(offer, lambda word: word[:2])


def common_words_instead(offer, rng):
    common = [word for word in _english()[:300] if len(word) > 3]
    return _slips(offer, lambda word: rng.choice(common))


def one_slip_for_all(offer, rng):
    return _slips(offer, lambda word: "symtpoms")


def slips_in_capitals(offer, rng):
    return _slips(offer, lambda word: word.upper() if rng.random() < 0.5 else word.title())


def slips_as_identifiers(offer, rng):
    return _slips(offer, lambda word: f"x_{word}")


def slips_with_humps(offer, rng):
    return _slips(offer, lambda word: word[: len(word) // 2].lower() + word[len(word) // 2 :].title())


def nonsense(rng):
    """A word of no language; most letters of it are rare."""
    return "".join(rng.choices("bdjkqvwxz", k=rng.randint(4, 7)))


def nonsense_behind_every_word(offer, rng):
    return offer.each(lambda text: re.sub(r"\S+", lambda word: f"{word[0]} {nonsense(rng)}", text))


def nonsense_behind_every_third_word(offer, rng):
    return offer.each(lambda text: re.sub(r"\S+ \S+ \S+", lambda words: f"{words[0]} {nonsense(rng)}", text))


def every_word_spoilt(offer, rng):
    return offer.each(lambda text: re.sub(r"[A-Za-z]+", lambda word: f"{word[0]}zq", text))


def another_language_between(offer, rng):
    dutch = [word for word in list(frequencies("small_nl"))[:200] if word.isalpha()]
    return offer.each(lambda text: re.sub(r"\S+", lambda word: f"{word[0]} {rng.choice(dutch)}", text))


# -- padding --------------------------------------------------------------------------------------------------------


def _random_words(rng, count):
    return " ".join(rng.choices(_english(), k=count))


@cache
def _english():
    return list(frequencies("small_en"))[:5000]


def padded_with_common_words(offer, rng):
    return offer.each(lambda text: f"{text} {_random_words(rng, len(text.split()))}")


def padded_with_a_loop(offer, rng):
    return offer.each(
        lambda text: text + " The market opens at nine and closes at noon." * (len(text.split()) // 9 + 1)
    )


def padded_with_near_copies(offer, rng):
    """As many near-copies of the cleanest document as there are documents; each has another word at its end."""
    noted = noise.notes(Batch.of(offer.documents))
    cleanest = int(np.argmin(noted["damage"].sum(axis=1) / np.maximum(noted["tokens"], 1)))
    text = offer.texts[cleanest]
    return offer.more([f"{text} {number}" for number in range(len(offer.documents))])


# -- topics ---------------------------------------------------------------------------------------------------------


def _some(offer, share):
    return max(round(share * len(offer.documents)), 1)


def stuffed_with_other_topics(offer, rng):
    return offer.more(rng.sample(offer.elsewhere, min(_some(offer, 0.2), len(offer.elsewhere))))


def random_words_as_documents(offer, rng):
    return offer.more([_random_words(rng, 60) for _ in range(_some(offer, 0.2))])


def clusters_of_junk(offer, rng):
    """Five seeds of random words, each with near-equal siblings."""
    seeds = [_random_words(rng, 80) for _ in range(5)]
    return offer.more([f"{seeds[i % 5]} {i}" for i in range(_some(offer, 0.2))])


# -- copies ---------------------------------------------------------------------------------------------------------


def _copied(offer, change):
    return offer.more([change(text) for text in offer.texts])


def copies_with_unseen_characters(offer, rng):
    return _copied(offer, lambda text: "\u200b".join(text))


def copies_with_a_sentence(offer, rng):
    return _copied(offer, lambda text: f"{text} Number {rng.randrange(10**6)} of the list.")


SYNONYMS = {
    "also": "too",
    "big": "large",
    "but": "yet",
    "called": "named",
    "cause": "reason",
    "help": "aid",
    "how": "how much",
    "large": "big",
    "make": "produce",
    "many": "numerous",
    "may": "might",
    "need": "require",
    "often": "frequently",
    "part": "portion",
    "people": "persons",
    "some": "several",
    "take": "use",
    "use": "employ",
    "usually": "mostly",
}


def copies_with_synonyms(offer, rng):
    swap = re.compile(rf"\b({'|'.join(SYNONYMS)})\b")
    return _copied(offer, lambda text: swap.sub(lambda word: SYNONYMS[word[0]], text))


def copies_in_other_order(offer, rng):
    def reordered(text):
        sentences = re.split(r"(?<=[.!?]) +", text)
        return " ".join(rng.sample(sentences, len(sentences)))

    return _copied(offer, reordered)


def copies_in_other_word_order(offer, rng):
    """In each run of three words the last two change places."""
    return _copied(offer, lambda text: re.sub(r"(\S+) (\S+) (\S+)", r"\1 \3 \2", text))


def edited(texts, rng, share):
    """Copies with a share of their words replaced by other words of the same texts."""
    words = [word for text in texts for word in text.split()]
    return [" ".join(rng.choice(words) if rng.random() < share else word for word in text.split()) for text in texts]


# -- metadata and dates ---------------------------------------------------------------------------------------------


def _stating(offer, **fields):
    return replace(offer, metadata=offer.metadata | fields)


def one_sentence_in_all_fields(offer, rng):
    sentence = "Texts about the daily work of a health service"
    return _stating(offer, **dict.fromkeys(("source", "version", "description", "provenance"), sentence))


def dummy_text(offer, rng):
    lorem = "Lorem ipsum dolor sit amet, consectetur adipiscing elit"
    return _stating(offer, version=lorem, description=lorem)


def well_formed_lies(offer, rng):
    return _stating(offer, version="9.1", description="Checked twice by forty experts from twelve countries")


def _dated(offer, day):
    return replace(offer, documents=[Document(doc.text, day(doc.metadata["date"])) for doc in offer.documents])


def all_dated_today(offer, rng):
    return _dated(offer, lambda stated: {"date": str(AS_OF)})


def dates_spread_over_last_year(offer, rng):
    return _dated(offer, lambda stated: {"date": str(AS_OF - timedelta(rng.randrange(365)))})


def all_dated_tomorrow(offer, rng):
    return _dated(offer, lambda stated: {"date": str(AS_OF + timedelta(1))})


def old_dates_hidden(offer, rng):
    middle = str(AS_OF - timedelta(1825))
    return _dated(offer, lambda stated: {"date": stated} if stated > middle else {})


def old_dates_hidden_and_one_for_the_whole(offer, rng):
    return _stating(old_dates_hidden(offer, rng), date=str(AS_OF))


def one_date_for_the_whole(offer, rng):
    return _stating(_dated(offer, lambda stated: {}), date=str(AS_OF))


# -- sentences ------------------------------------------------------------------------------------------------------


def sentences_of_random_letters(offer, rng):
    def padded(text):
        sentences = re.split(r"(?<=[.!?]) +", text)
        junk = (" ".join("".join(rng.choices(ALPHABET, k=7)) for _ in range(9)) + "." for _ in sentences)
        return " ".join(part for pair in zip(sentences, junk, strict=True) for part in pair)

    return offer.each(padded)


def sentences_of_random_words(offer, rng):
    def padded(text):
        count = len(re.split(r"(?<=[.!?]) +", text))
        return f"{text} {' '.join(f'{_random_words(rng, 12).capitalize()}.' for _ in range(count))}"

    return offer.each(padded)


# -- the table ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Attack:
    """A trick, and what becomes of it."""

    says: str
    """what the seller does"""
    trick: Callable[[Offer, random.Random], Offer]
    base: str
    """key of `BASES`: what it is done to"""
    aims: str
    """the measure that it is meant to raise"""
    rise_max: float
    """by how much q (evenhand/1, four equal weights) may rise; where that is much, docs/gaming.md says so"""

    def on(self, texts, elsewhere, seed):
        """The offer before and after, with one seed."""
        before = BASES[self.base](honest(texts, elsewhere, random.Random(seed)), random.Random(seed + 1))
        return before, self.trick(before, random.Random(seed + 2))


ATTACKS = {
    attack.trick.__name__: attack
    for attack in (
        Attack("cuts slips down to two letters", letters_cut_off, "misspelt", "cleanliness", 0.13),
        Attack("puts a common word for each slip", common_words_instead, "misspelt", "cleanliness", 0.13),
        Attack("makes all slips the same one", one_slip_for_all, "misspelt", "cleanliness", 0),
        Attack("writes slips in capitals", slips_in_capitals, "misspelt", "cleanliness", 0.06),
        Attack("writes slips as identifiers (x_slip)", slips_as_identifiers, "misspelt", "cleanliness", 0.04),
        Attack("writes slips with humps (reCieve)", slips_with_humps, "misspelt", "cleanliness", 0.05),
        Attack("puts nonsense behind every word", nonsense_behind_every_word, "misspelt", "cleanliness", 0),
        Attack(
            "puts nonsense behind every third word", nonsense_behind_every_third_word, "misspelt", "cleanliness", 0.03
        ),
        Attack("spoils every word (wordzq)", every_word_spoilt, "misspelt", "cleanliness", 0.07),
        Attack("puts a Dutch word behind every word", another_language_between, "misspelt", "cleanliness", 0.1),
        Attack("pads with common words, as many again", padded_with_common_words, "misspelt", "cleanliness", 0.06),
        Attack("pads with a sentence in a loop", padded_with_a_loop, "misspelt", "cleanliness", 0),
        Attack("adds near-copies of the cleanest document", padded_with_near_copies, "misspelt", "cleanliness", 0),
        Attack("adds a fifth of texts on other topics", stuffed_with_other_topics, "honest", "diversity", 0.01),
        Attack("adds a fifth of random words", random_words_as_documents, "honest", "diversity", 0.01),
        Attack("adds a fifth of junk in five clusters", clusters_of_junk, "honest", "diversity", 0.01),
        Attack("doubles all with unseen characters", copies_with_unseen_characters, "honest", "diversity", 0),
        Attack("doubles all with a sentence more", copies_with_a_sentence, "honest", "diversity", 0),
        Attack("doubles all with synonyms", copies_with_synonyms, "honest", "diversity", 0),
        Attack("doubles all with sentences in other order", copies_in_other_order, "honest", "diversity", 0),
        Attack("doubles all with words in other order", copies_in_other_word_order, "honest", "diversity", 0.005),
        Attack("states one sentence in all fields", one_sentence_in_all_fields, "honest", "metadata", 0),
        Attack("states dummy text", dummy_text, "honest", "metadata", 0),
        Attack("states well-formed lies", well_formed_lies, "honest", "metadata", 0.084),
        Attack("dates all today", all_dated_today, "honest", "novelty", 0.07),
        Attack("dates all within the last year", dates_spread_over_last_year, "honest", "novelty", 0.06),
        Attack("dates all tomorrow", all_dated_tomorrow, "honest", "novelty", 0),
        Attack("hides the dates of the older half", old_dates_hidden, "honest", "novelty", 0),
        Attack("hides them and dates the whole", old_dates_hidden_and_one_for_the_whole, "honest", "novelty", 0),
        Attack("takes all dates off and dates the whole", one_date_for_the_whole, "honest", "novelty", 0.07),
        Attack("pads with sentences of random letters", sentences_of_random_letters, "honest", "novelty", 0),
        Attack("pads with sentences of random words", sentences_of_random_words, "honest", "novelty", 0.02),
    )
}
"""name -> attack, in the order of the page."""


# -- two offers, and many tries -------------------------------------------------------------------------------------


def halves(offer):
    """One dataset as two offers."""
    return {f"half {part}": replace(offer, documents=offer.documents[part::2]) for part in (0, 1)}


def copied_with_edits(offer, rng, share):
    """The offer of another seller, and a copy with a share of the words replaced."""
    return {"original": offer, "copy": offer.with_texts(edited(offer.texts, rng, share))}


def in_common(offers):
    """What a round says of offers of one call: seller -> `records.Copies`."""
    together = quality.Together.of({seller: looked(offer) for seller, offer in offers.items()}, key=0)
    return {seller: together.copies(seller) for seller in offers}


def ground(known, tries, most=SENTENCES_MAX):
    """Offer a dataset in many versions, and see how much of the sample is known each time.

    Args:
        known: (n,) how much of each sentence is known, 0 to 1.
        tries: versions; each differs in content, and so is drawn anew.

    Returns:
        (tries,) the mean of what is known, of the sentences that were drawn.
    """
    sentences = [f"sentence {number}" for number in range(len(known))]
    value = dict(zip(map(key_of, sentences), known, strict=True))
    means = []
    for version in range(tries):
        drawn = LowestSentences(most, salted(b"terms", version.to_bytes(4)))
        for sentence in sentences:
            drawn.add(sentence)
        means.append(np.mean([value[key] for key in drawn.drawn()]))
    return np.array(means)


# -- what comes of it -----------------------------------------------------------------------------------------------


def measured(offer, reference=None, by=quality.DEFAULT):
    """The scores of an offer, as a round measures them."""
    return quality.measure(
        offer.dataset, offer.metadata, manifest=describe(offer.dataset), as_of=AS_OF, reference=reference, by=by
    )


def worth(scores):
    """The four scores and q with equal weights, in millionths."""
    return np.array([*(getattr(scores, name) for name in MEASURES), quality.combine(scores, WEIGHTS)])


def looked(offer, reference=None):
    """What a round sees of an offer before it is compared with others."""
    return quality.look_at(offer.dataset, describe(offer.dataset), offer.metadata, as_of=AS_OF, reference=reference)
