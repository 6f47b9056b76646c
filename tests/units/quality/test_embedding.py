"""The same text has the same vector, everywhere, and products of vectors are exact."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.plaintext import plain
from evenhand.quality.embedding import COSINE_ONE, DIMENSIONS, LENGTH, embed
from evenhand.quality.text import COMMON_WORDS, count_tokens, sentences, words

STRANGE = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


@given(st.lists(STRANGE, max_size=6))
def test_every_text_has_a_vector_of_unit_length(texts):
    vectors = embed([plain(text) for text in texts])
    assert vectors.shape == (len(texts), DIMENSIONS)
    squares = (vectors.astype(int) ** 2).sum(axis=1)
    assert (abs(squares - COSINE_ONE) < COSINE_ONE / 100).all()


@given(st.lists(STRANGE, min_size=1, max_size=6))
def test_a_vector_depends_on_its_own_text_alone(texts):
    texts = [plain(text) for text in texts]
    assert (embed(texts)[-1] == embed(texts[-1:])[0]).all()


def test_every_partial_sum_of_a_product_fits_float32():
    longest = LENGTH + DIMENSIONS**0.5 / 2  # rounding moves a vector by half a unit in each coordinate at most
    assert longest**2 < 2**24


def test_float32_products_equal_integer_products():
    rng = np.random.default_rng(1)
    letters = np.array(list("abcdefghij    "))
    texts = [plain("".join(rng.choice(letters, 300))) for _ in range(60)]
    vectors = embed(texts)
    exact = vectors.astype(np.int64) @ vectors.astype(np.int64).T
    assert (vectors.astype(np.float32) @ vectors.astype(np.float32).T == exact).all()


def test_two_words_that_cancel_leave_a_vector():
    hashes: dict[int, list[str]] = {}
    for number in range(20_000):
        word = f"w{number:x}".translate(str.maketrans("0123456789", "ghijklmnop"))
        hashed = int.from_bytes(hashlib.blake2b(word[:6].encode(), digest_size=4).digest(), "little")
        hashes.setdefault(hashed % DIMENSIONS, []).append(word if hashed >> 31 else word.upper())
    pair = next(
        (plus, minus)
        for group in hashes.values()
        for plus in group
        for minus in group
        if plus.islower() and minus.isupper() and min(len(plus), len(minus)) >= 4
    )
    assert abs(embed([" ".join(pair)])).sum() == LENGTH


def test_vectors_do_not_depend_on_the_hash_seed():
    program = """if True:
        import hashlib
        from evenhand.quality.embedding import open_embedding
        hashed = open_embedding("hashed-words/1")
        texts = ["the market of honest reports", "l0ve infor-\\nmation", "市場の日 in Ösling", ""]
        print(hashed.digest, hashlib.sha256(hashed.embed(texts).tobytes()).hexdigest())
    """
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "77")
    }
    assert len(outputs) == 1, outputs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The infections and an infection of the lungs", ["infect", "infect", "lungs"]),
        ("log1p x_value 12345", ["value"]),
        ("über Straßenbahn", ["straße"]),
        ("e\u0301coliers", ["écolie"]),
        ("हिन्दी भाषाएँ", ["हिन्दी", "भाषाएँ"]),
        ("시장에서", ["시장", "장에", "에서"]),
        ("日", ["日"]),
        ("2 + 2 = 4", ["2", "2", "4"]),
        ("…", [""]),
        ("", [""]),
    ],
)
def test_words_are_what_a_text_is_about(text, expected):
    assert words(plain(text)) == expected


def test_the_common_words_are_long_enough_to_matter():
    assert {word for word in COMMON_WORDS if len(word) < 4} == set()
    assert len(COMMON_WORDS) > 500


@given(STRANGE)
def test_no_sentence_is_long_or_blank_and_none_is_lost(text):
    text = plain(text * 9)
    found = sentences(text)
    assert all(0 < len(sentence) <= 400 for sentence in found)
    letters = [character for character in text.lower() if character.isalnum()]
    assert [character for sentence in found for character in sentence if character.isalnum()] == letters


def test_a_sentence_that_runs_on_is_cut_at_a_space_or_anywhere():
    assert [len(sentence) for sentence in sentences("word " * 99 + "end")] == [399, 98]
    assert [len(sentence) for sentence in sentences("word " * 79 + "wordy " + "end")] == [400, 3]
    for end in ".!?…。！？":  # the space behind an end is no character of the next sentence
        assert [len(sentence) for sentence in sentences(f"one{end} " + "x" * 400)] == [4, 400]
    assert [len(sentence) for sentence in sentences("x" * 1000)] == [400, 400, 200]


@given(STRANGE)
def test_tokens_without_characters_of_their_own_stand_between_spaces(text):
    assert (count_tokens(plain(text)) == 0) == (plain(text) == "")
    assert count_tokens(plain(text)) >= len(plain(text).split())
