"""Texts are cut and spelled so that nothing but white space is lost, and the call alone decides the vocabulary."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from evenhand.learners.ngram.tokens import BOUNDARY, CLOSE, FIRST_WORD, OPEN, Vocabulary, words
from evenhand.plaintext import plain
from evenhand.records import Document

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def read_back(stream, vocabulary):
    """The words of each document, from the tokens alone."""
    word_of = {token: word for word, token in vocabulary.tokens.items()}
    assert stream[0] == BOUNDARY
    documents, document, spelling = [], [], None
    for token in stream[1:]:
        if spelling is not None and token == CLOSE:
            document.append(bytes(spelling).decode())
            spelling = None
        elif spelling is not None:
            spelling.append(token)
        elif token == OPEN:
            spelling = []
        elif token == BOUNDARY:
            documents.append(document)
            document = []
        else:
            document.append(word_of[token])
    assert not document
    assert spelling is None
    return documents


@given(st.lists(TEXTS, max_size=5), st.lists(TEXTS, max_size=3))
def test_the_words_can_be_read_back_from_the_tokens(texts, known):
    vocabulary = Vocabulary.of([*known, *texts[:1]], size_max=5, seen_min=1)
    told = [words(text) for text in texts if words(text)]
    assert read_back(vocabulary.encode(texts).tolist(), vocabulary) == told


@given(TEXTS)
def test_only_white_space_is_dropped(text):
    assert "".join(words(text)) == "".join(plain(text).split())


@given(TEXTS)
def test_copies_of_a_document_have_the_same_words(text):
    copy = "\n " + unicodedata.normalize("NFD", " \t ".join(text.split(" ")))
    if Document(copy).identity == Document(text).identity:
        assert words(copy) == words(text)


def test_decomposed_letters_are_the_same_word():
    assert words("cafe\u0301  noir") == words("caf\u00e9 noir") == ["caf\u00e9", "noir"]


def test_the_most_frequent_words_are_kept_and_ties_go_to_the_earlier_word():
    vocabulary = Vocabulary.of(["d d d c c b b a a once"], size_max=3)
    assert vocabulary.tokens == {"d": FIRST_WORD, "a": FIRST_WORD + 1, "b": FIRST_WORD + 2}


def test_a_word_seen_once_is_spelled_letter_by_letter():
    vocabulary = Vocabulary.of(["rare the the"], size_max=10)
    assert vocabulary.encode(["rare"]).tolist() == [BOUNDARY, OPEN, *b"rare", CLOSE, BOUNDARY]


def test_a_text_without_words_leaves_no_boundary():
    vocabulary = Vocabulary.of(["a a"], size_max=10)
    assert vocabulary.encode(["", "a", " \n"]).tolist() == [BOUNDARY, FIRST_WORD, BOUNDARY]


def test_inside_and_between_words_stand_different_tokens():
    vocabulary = Vocabulary.of(["a a b b"], size_max=10)
    assert vocabulary.choices == (257, 4)
    assert sum(vocabulary.choices) == vocabulary.size
