"""The vectorised model says what a model of dictionaries and loops says, and its chances sum to 1."""

import math
from collections import Counter

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.learners import NGram
from evenhand.learners.ngram.grams import BETWEEN, INSIDE, needed
from evenhand.learners.ngram.model import GRID, arrange
from evenhand.learners.ngram.tokens import BOUNDARY, CLOSE, OPEN, Vocabulary
from tests.units.learners.games import coalitions, play

# -- a model of dictionaries and loops ------------------------------------------------------------------------------


def spell(text, known):
    tokens = ["|"]
    for word in text.split():
        if word in known:
            tokens.append(("word", word))
        else:
            tokens += ["open", *(("byte", byte) for byte in word.encode()), "close"]
    return [*tokens, "|"]


def kind(token):
    return "inside" if token == "close" or token[0] == "byte" else "between"


class Plain:
    """Counts every n-gram of some texts, and predicts by the equation as it is printed."""

    def __init__(self, texts, known, learner):
        self.known, self.learner = known, learner
        self.grams, self.contexts = Counter(), Counter()
        for text in texts:
            tokens = spell(text, known)
            for end in range(1, len(tokens)):
                self.contexts[kind(tokens[end])] += 1
                for start in range(max(0, end - learner.order + 1), end + 1):
                    self.grams[tuple(tokens[start : end + 1])] += 1
                    if start < end:
                        self.contexts[tuple(tokens[start:end])] += 1

    def chance(self, gram):
        t, m = self.learner.trust_percent / 100, self.learner.belief
        if len(gram) == 1:
            below = 1 / (257 if kind(gram[0]) == "inside" else 2 + len(self.known))
            context = kind(gram[0])
        else:
            below, context = self.chance(gram[1:]), gram[:-1]
        return t * (self.grams[gram] + m * below) / (self.contexts[context] + m) + (1 - t) * below

    def bits(self, text):
        tokens = spell(text, self.known)
        grams = [tuple(tokens[max(0, end - self.learner.order + 1) : end + 1]) for end in range(1, len(tokens))]
        return -sum(math.log2(self.chance(gram)) for gram in grams)


def plain_values(learner, datasets, validation, seed, masks):
    seen = Counter(word for text in [*validation, *seed] for word in text.split())
    ranked = sorted((word for word in seen if seen[word] >= learner.seen_min), key=lambda word: (-seen[word], word))
    known = set(ranked[: learner.vocabulary_max])
    own = {" ".join(text.split()) for text in validation}

    def bits(mask):
        offered = [text for dataset, held in zip(datasets, mask, strict=True) if held for text in dataset]
        texts = {" ".join(text.split()) for text in [*seed, *offered]} - own
        plain = Plain([text for text in texts if text], known, learner)
        return sum(plain.bits(text) for text in validation if text.split())

    return [1 - bits(mask) / bits([False] * len(datasets)) for mask in masks]


# -- the comparison -------------------------------------------------------------------------------------------------

WORDS = ["ear", "ears", "hear", "a", "é", ".", "ox"]
TEXT = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
SPOKEN = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)


@st.composite
def markets(draw):
    """Sellers who draw from one pool of documents, so that many are shared, with the buyer's among them at times."""
    validation = draw(st.lists(SPOKEN, min_size=1, max_size=4))
    pool = draw(st.lists(TEXT, min_size=1, max_size=8)) + validation[:1]
    datasets = draw(st.lists(st.lists(st.sampled_from(pool), max_size=5), max_size=3))
    seed = draw(st.lists(st.sampled_from(pool), max_size=3))
    learner = NGram(
        order=draw(st.integers(1, 4)),
        trust_percent=draw(st.sampled_from([1, 50, 99])),
        belief=draw(st.sampled_from([1, 10])),
        seen_min=draw(st.integers(1, 3)),
        vocabulary_max=draw(st.integers(0, 4)),
    )
    return learner, datasets, validation, seed


@settings(max_examples=150)
@given(markets())
def test_every_coalition_is_worth_what_the_plain_model_says(market):
    learner, datasets, validation, seed = market
    masks = coalitions(len(datasets))
    values = play(learner, datasets, validation, seed)(masks)
    assert values == pytest.approx(plain_values(learner, datasets, validation, seed, masks), abs=5e-7)


@given(markets())
def test_seed_text_without_documents_is_no_seed_text(market):
    learner, datasets, validation, _ = market
    masks = coalitions(len(datasets))
    assert (play(learner, datasets, validation, [])(masks) == play(learner, datasets, validation)(masks)).all()


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize(
    "context", [[], ["the"], ["an", "ear"], ["ear", "the"], [OPEN], [OPEN, *b"ea"], ["the", OPEN, *b"ox"]], ids=str
)
def test_the_chances_of_all_tokens_that_may_follow_sum_to_1(context, order):
    read = ["the ear hears an ear", "an ear the ox heard", "the ear of the ear", "ea ox oxen"]
    vocabulary = Vocabulary.of(read, size_max=10)
    before = np.array([BOUNDARY, *(vocabulary.tokens.get(token, token) for token in context)])
    inside = context and context[-1] not in vocabulary.tokens
    choices = range(CLOSE + 1) if inside else range(OPEN, vocabulary.size)
    total = 0.0
    for token in choices:
        stream, events = np.array([*before, token]), np.array([len(before)])
        grams = needed(stream, events, order=order, tokens=vocabulary.size)
        counts = scipy.sparse.csr_array(grams.tally(vocabulary.encode(read))[:, None].astype(float))
        model = arrange(grams, stream, events, counts, vocabulary.choices, trust=0.5, belief=10)
        total += 2 ** (-model.cost(np.ones((1, 1)))[0] / GRID)
    assert total == pytest.approx(1, abs=1e-6)


@given(st.lists(SPOKEN, min_size=1, max_size=4), st.lists(SPOKEN, max_size=4), st.integers(1, 4))
def test_a_tally_counts_what_a_search_through_the_documents_counts(validation, read, order):
    vocabulary = Vocabulary.of(validation, size_max=3, seen_min=1)
    stream = vocabulary.encode(validation)
    grams = needed(stream, np.arange(1, len(stream)), order=order, tokens=vocabulary.size)
    documents = [vocabulary.encode([text]).tolist() for text in read]
    tally = grams.tally(vocabulary.encode(read))
    tokens = [token for document in documents for token in document[1:]]
    assert tally[INSIDE] == sum(token <= CLOSE for token in tokens)
    assert tally[BETWEEN] == sum(token > CLOSE for token in tokens)
    for level, (positions, rows) in enumerate(grams.find(stream), start=1):
        for position, row in zip(positions.tolist(), rows.tolist(), strict=True):
            gram = stream[position - level + 1 : position + 1].tolist()
            places = [
                document[place : place + level] == gram
                for document in documents
                for place in range(level == 1, len(document) - level + 1)
            ]
            assert tally[row] == sum(places)
