"""The sentences that are compared are drawn fairly, merge, and cannot be prepared for; junk is no news."""

import pickle
import random
import string
import time
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.plaintext import plain
from evenhand.quality.embedding import COSINE_ONE, embed
from evenhand.quality.novelty import (
    LowestSentences,
    compare,
    count,
    duplication,
    read_reference,
    salted,
    score,
    shared_sentences,
    standard_error,
)
from evenhand.quality.novelty.drawing import key_of
from evenhand.quality.novelty.papers import mean_similarity
from evenhand.quality.text import sentences
from evenhand.records import Dataset

PUBLIC = ["The harbour froze over in January. Nobody could leave by ship!", "Bread became expensive before Easter."]
SALT = salted(b"terms", b"content")


def sample(texts, most=1024, salt=b"", **options):
    lowest = LowestSentences(most, salt, **options)
    for text in texts:
        lowest.add(text)
    return lowest


def drawn(texts, most=1024, salt=b""):
    return sample(texts, most, salt).drawn()


WORDS = ["harvest", "wheat", "market", "winter", "storm", "river", "ship", "captain", "letter", "price"]


def writing(size, seed=0):
    """Sentences that repeat no more than chance has it."""
    chance = random.Random(seed)
    return [" ".join(chance.choices(WORDS, k=6)) + f" {chance.randrange(10**9)}." for _ in range(size)]


# -- drawing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("salt", [b"", SALT])
@given(numbers=st.lists(st.integers(0, 60), max_size=200), chance=st.randoms(use_true_random=False), cut=st.integers(0))
def test_the_sample_is_the_same_whatever_the_order_and_the_parts(salt, numbers, chance, cut):
    first = list(drawn(map(str, numbers), 7, salt).items())
    chance.shuffle(numbers)
    cut %= len(numbers) + 1
    merged = sample(map(str, numbers[:cut]), 7, salt, keep_keys=True)
    merged.merge(sample(map(str, numbers[cut:]), 7, salt, keep_keys=True))
    assert list(merged.drawn().items()) == first
    assert merged.keys().tolist() == sorted(key_of(str(number)) for number in set(numbers))
    assert len(first) == min(len(set(numbers)), 7)
    if not salt:
        assert [key for key, _ in first] == sorted(key_of(str(number)) for number in set(numbers))[:7]


def test_a_longer_run_than_is_kept_draws_the_lowest():
    texts = writing(5_000)
    assert list(drawn(texts, 100)) == sorted(map(key_of, set(texts)))[:100]


def test_the_keys_of_many_repeats_are_thinned():
    lowest = LowestSentences(4, keep_keys=True)
    for number in range(300_000):
        lowest.add(str(number % 1000))
    assert len(pickle.dumps(lowest)) < 8 * 2**17
    assert len(lowest.keys()) == 1000


def test_keys_are_sorted_once_and_again_with_those_that_came_since():
    lowest, other = sample(["one", "two"], keep_keys=True), sample(["two", "three"], keep_keys=True)
    for each in (lowest, other):
        assert each.keys() is each.keys()
    lowest.add("four")
    other.add("five")
    lowest.merge(other)
    assert lowest.keys().tolist() == sorted(map(key_of, ["one", "two", "three", "four", "five"]))


def test_a_sample_goes_from_one_process_to_another_whole():
    lowest = pickle.loads(pickle.dumps(sample(writing(200), 50, SALT, keep_keys=True)))
    lowest.add("one more")
    assert list(lowest.drawn()) == list(drawn([*writing(200), "one more"], 50, SALT))
    assert len(lowest.keys()) == len(set(writing(200))) + 1


def test_samples_of_different_rules_do_not_merge():
    for other in (LowestSentences(7, b"other"), LowestSentences(8)):
        with pytest.raises(AssertionError, match="same rule"):
            LowestSentences(7).merge(other)


def test_two_calls_draw_differently_and_so_do_two_versions_of_an_offer():
    texts = writing(2_000)
    salts = [salted(terms, content) for terms in (b"a", b"b") for content in (b"c", b"d")]
    chosen = [set(drawn(texts, 200, salt)) for salt in salts]
    assert len(set(salts)) == 4
    for a in range(4):
        for b in range(a):
            assert 5 <= len(chosen[a] & chosen[b]) <= 40  # 20 by chance


def test_the_salt_keeps_terms_and_content_apart():
    assert salted(b"ab", b"c") != salted(b"a", b"bc")


def ground(rank_of, bound, wanted):
    """New sentences that all rank below a bound, by trying."""
    found, number = [], 0
    while len(found) < wanted:
        text = f"entirely new words {number} here"
        if rank_of(text) < bound:
            found.append(text)
        number += 1
    return found


def test_a_copied_dataset_hides_behind_prepared_sentences_only_where_the_salt_is_known():
    copied = writing(2_000)
    most = 32
    bound = sorted(map(key_of, copied))[0]  # below all that is copied
    prepared = ground(key_of, max(bound, 2**56), most)
    known = drawn([*copied, *prepared], most)
    fresh = drawn([*copied, *prepared], most, SALT)
    new = set(prepared)
    assert sum(text in new for text in known.values()) > 20
    assert sum(text in new for text in fresh.values()) < 6


# -- what is known --------------------------------------------------------------------------------------------------


def test_the_best_cosine_is_the_brute_force_one():
    offered = [f"{a} {b} harvest" for a in ("early", "wheat", "olives") for b in ("rainfall", "market")]
    public = ["wheat harvest prices", "olive market rainfall", "quiet"]
    some = drawn(offered)
    products = embed(list(some.values())).astype(int) @ embed(public).astype(int).T
    found = compare(some, read_reference(Dataset.of(public)))
    assert found.cosines.tolist() == products.max(axis=1).clip(0, COSINE_ONE).tolist()
    assert not found.copied.any()


def test_a_sentence_copied_from_anywhere_in_the_reference_is_found():
    public = [f"sentence number {number} about topic {number}." for number in range(40)]
    reference = read_reference(Dataset.of(public), most=2)
    assert (len(reference.keys), len(reference.vectors)) == (40, 2)
    counts = duplication.count(drawn(public[:5]), reference)
    assert (counts["copied"], counts["similarity"]) == (5, 5 * COSINE_ONE)


def test_the_reference_copied_is_known_whole_and_new_text_little():
    reference = read_reference(Dataset.of(PUBLIC))
    copy = duplication.count(drawn(sentences(plain(" ".join(PUBLIC)))), reference)
    new = duplication.count(drawn(["green turtles migrate across oceans.", "volcanoes lift islands."]), reference)
    assert duplication.share_known(copy) == 1
    assert duplication.share_known(new) < 0.3


def test_half_a_copy_is_half_known():
    texts = writing(400)
    reference = read_reference(Dataset.of(texts[:200]))
    counts = duplication.count(drawn(texts), reference)
    assert counts["copied"] == 200
    assert 0.5 < duplication.share_known(counts) < 1


@pytest.mark.parametrize("offered", ["", "...", "\x00\x01\xff", "word", "🙂", "\u202e\u0301" * 50, "a\ud800b"])
def test_what_says_nothing_is_defined(offered):
    reference = read_reference(Dataset.of(PUBLIC))
    text = plain(offered.encode("utf-8", "replace").decode())
    counts = count(1, [0], drawn(sentences(text)), reference)
    assert 0 <= score(counts) <= 1_000_000
    assert counts["sentences"] == len(sentences(text)) <= 1


@pytest.mark.parametrize("size", [4_000_000, pytest.param(50_000_000, marks=pytest.mark.sweep)])
def test_one_line_of_millions_of_characters_takes_twice_the_time_of_its_half(size):
    letters = np.random.default_rng(1).integers(97, 123, size, dtype=np.uint8)
    letters[::9] = ord(" ")
    line = letters.tobytes().decode()

    def spent(text):
        start = time.process_time()
        assert len(sample(sentences(text), salt=SALT).drawn()) == 1024
        return time.process_time() - start

    half, whole = spent(line[: len(line) // 2]), spent(line)
    assert whole < 3 * half + 0.1


def test_a_sample_takes_no_more_memory_for_more_sentences():
    lowest = LowestSentences(salt=SALT)
    tracemalloc.start()
    for number in range(20_000):
        lowest.add(f"sentence {number}")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


# -- text that is like nothing --------------------------------------------------------------------------------------


@pytest.fixture
def large(monkeypatch):
    """A reference that counts as large enough to tell, of few words."""
    monkeypatch.setattr(duplication, "LIKENESS_SENTENCES_MIN", 500)
    return read_reference(Dataset.of([" ".join(writing(500))]), most=64)


def junk(size, seed=0):
    chance = random.Random(seed)
    return [" ".join("".join(chance.choices(string.ascii_lowercase, k=7)) for _ in range(8)) for _ in range(size)]


def test_random_letters_are_no_news(large):
    counts = duplication.count(drawn(junk(50)), large)
    assert counts["unlike"] == 50
    assert duplication.share_known(counts) == 1
    assert counts["unlike_similarity"] < 50 * COSINE_ONE / 2


def test_junk_beside_text_never_raises_novelty(large):
    texts = writing(100, seed=5)
    honest = count(1, [3650], drawn(texts), large)
    padded = count(1, [3650], drawn([*texts, *junk(100)]), large)
    assert score(padded) < score(honest)
    assert padded["unlike"] == 100


def test_a_sentence_is_unlike_where_fewer_than_half_its_words_are_known(large):
    assert [duplication.is_unlike(text, large) for text in ("wheat harvest", "wheat blorps", "wheat blorps quonk")] == [
        False,
        False,
        True,
    ]


def test_a_small_reference_calls_nothing_unlike():
    assert duplication.count(drawn(junk(50)), read_reference(Dataset.of(PUBLIC)))["unlike"] == 0


def test_of_real_text_hardly_anything_is_unlike(data_folder, monkeypatch):
    """With a third of the sentences that the rule asks for; with all of them it is less."""
    import pyarrow.parquet as pq

    def texts(name, column, most):
        return [text for text in pq.read_table(data_folder / name, columns=[column])[column].to_pylist()[:most] if text]

    monkeypatch.setattr(duplication, "LIKENESS_SENTENCES_MIN", 15_000)
    reference = read_reference(Dataset.of(texts("medquad.parquet", "answer", 2_200)), most=16)
    offered = [s for text in texts("pubmedqa_labeled.parquet", "long_answer", 200) for s in sentences(plain(text))]
    some = list(drawn(offered, 400).values())
    assert sum(duplication.is_unlike(text, reference) for text in some) <= len(some) // 25
    assert all(duplication.is_unlike(text, reference) for text in junk(100))


# -- how sure -------------------------------------------------------------------------------------------------------


def test_the_standard_error_is_that_of_many_draws():
    """Each salt draws another sample: their means scatter as the formula says, and are right on average."""
    texts = writing(600)
    reference = read_reference(Dataset.of(texts[::3]))
    found = compare(drawn(texts, 10**6), reference)
    known = dict(zip(drawn(texts, 10**6), found.known.tolist(), strict=True))
    truth = sum(known.values()) / len(known) / COSINE_ONE
    means, stated = [], []
    for seed in range(100):
        values = np.array([known[key] for key in drawn(texts, 400, salted(b"", bytes([seed])))])
        means.append(values.mean() / COSINE_ONE)
        counts = {"sentences_offered": len(known), "sentences": len(values), "similarity": int(values.sum())}
        stated.append(standard_error({**counts, "squares": int((values**2 // COSINE_ONE).sum())}) / 1e6)
    assert np.mean(means) == pytest.approx(truth, abs=4 * np.mean(stated) / np.sqrt(100))
    assert np.std(means) == pytest.approx(np.mean(stated), rel=0.25)


def test_the_counts_are_the_sums_of_what_was_found(large):
    some = drawn([*writing(40, seed=9), *writing(3), *junk(20)])
    found, counts = compare(some, large), duplication.count(some, large, offered=99)
    assert counts == {
        "sentences_offered": 99,
        "sentences": 63,
        "copied": 3,
        "unlike": 20,
        "similarity": sum(found.known.tolist()),
        "squares": sum(known**2 // COSINE_ONE for known in found.known.tolist()),
        "unlike_similarity": sum(found.cosines[found.unlike].tolist()),
        "reference_sentences": 500,
    }
    assert 0 < counts["unlike_similarity"] < counts["squares"] < counts["similarity"]
    assert mean_similarity(counts) == Fraction(sum(found.cosines.tolist()), 63 * COSINE_ONE)


def test_what_is_drawn_whole_has_no_error():
    counts = duplication.count(drawn(writing(50)), read_reference(Dataset.of(PUBLIC)))
    assert standard_error(counts) == 0 < standard_error({**counts, "sentences_offered": 51})


# -- between sellers ------------------------------------------------------------------------------------------------


def keys(texts):
    return sample(texts, 1, keep_keys=True).keys()


def test_what_two_sellers_share_is_counted_with_both_and_once():
    own, common = writing(50, seed=1), writing(20, seed=2)
    sellers = {"ada": keys([*own, *common, *common]), "bob": keys([*common[:5], *writing(9, seed=3)]), "eve": keys([])}
    sellers["mirror"] = keys(own)
    expected = {
        "ada": {"sentences": 70, "shared": 55},
        "bob": {"sentences": 14, "shared": 5},
        "eve": {"sentences": 0, "shared": 0},
        "mirror": {"sentences": 50, "shared": 50},
    }
    assert shared_sentences(sellers) == expected
    assert shared_sentences(dict(reversed(sellers.items()))) == expected


@given(st.lists(st.sets(st.integers(0, 2**64 - 1) | st.integers(0, 9)), max_size=5), st.sampled_from([2, 5, 10**6]))
def test_what_is_shared_is_what_sets_say(offered, at_once):
    from evenhand.quality.novelty import sharing

    columns = {str(i): np.array(sorted(some), dtype=np.uint64) for i, some in enumerate(offered)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sharing, "_KEYS_AT_ONCE", at_once)
        found = shared_sentences(columns)
    for i, some in enumerate(offered):
        others = set().union(*(other for j, other in enumerate(offered) if j != i))
        assert found[str(i)] == {"sentences": len(some), "shared": len(some & others)}
    assert shared_sentences({}) == {}


# -- what is shown --------------------------------------------------------------------------------------------------


def test_the_sentences_that_are_known_most_are_shown_with_the_reason(large):
    reference = large
    copy, near, random_letters = writing(1)[0], "wheat harvest market storm 1.", junk(1)[0]
    shown = duplication.worst(drawn([near, random_letters, copy]), reference)
    assert [(kind, text) for kind, text, _ in shown] == [
        ("copied", copy),
        ("unlike", random_letters),
        ("similar", near),
    ]
    assert shown[0][2] == shown[1][2] == 1_000_000 > shown[2][2]
