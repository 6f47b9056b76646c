"""What a dataset is worth to the n-gram model: what it teaches, once, whoever asks and however often."""

import dataclasses
import os
import subprocess
import sys

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.learners import NGram
from evenhand.learners.ngram import _draw
from evenhand.records import Dataset, Document
from tests.units.learners import games
from tests.units.learners.games import coalitions

EARS = [
    "The ear hears a sound, and the nerve carries the sound to the brain.",
    "Hearing loss in the inner ear: the nerve carries no sound.",
    "A sound reaches the ear drum; the drum moves the small bones of the ear.",
]
SUMS = [
    "Tom has 3 apples and buys 4 more. How many apples has Tom? 3 + 4 = 7.",
    "A train drives 60 miles in 2 hours. How many miles is that in an hour? 60 / 2 = 30.",
    "Ann sells 12 eggs for 2 dollars each. How many dollars has Ann? 12 * 2 = 24.",
]
CHAFF = ["the the sound sound ear ear nerve nerve the the", "carries brain loss inner drum bones"]
PATIENT = ["The inner ear carries the sound to the nerve.", "Loss of hearing: no sound reaches the brain."]
LANGUAGE = ["A man and the boy of the town go to the sea, and no one hears a thing.", "The sea is in the small town."]


def play(datasets, validation=PATIENT, seed=None, learner=None, rng=0):
    return games.play(learner or NGram(), datasets, validation, seed, rng)


@pytest.mark.parametrize("seed", [None, LANGUAGE])
def test_nobody_is_worth_exactly_nothing(seed):
    values = play([EARS, SUMS], seed=seed)(coalitions(2))
    assert values[0] == 0.0
    assert (values[1:] != 0).all()


@pytest.mark.parametrize("seed", [None, LANGUAGE])
def test_on_topic_text_is_worth_more_than_off_topic_text(seed):
    _, ears, sums, _ = play([EARS, SUMS], seed=seed)(coalitions(2))
    assert ears > 0.05 + sums


def test_more_text_on_the_topic_is_worth_more():
    alone = [play([EARS[:count]], seed=LANGUAGE)(np.array([[True]]))[0] for count in (1, 2, 3)]
    assert sorted(alone) == alone
    assert alone[0] > 0


def test_text_that_misleads_is_worth_less_than_nothing():
    shuffled = [" ".join(reversed(text.split())) for text in LANGUAGE] + ["of of of to to to the of the to"] * 3
    assert play([shuffled], seed=LANGUAGE + EARS)(np.array([[True]]))[0] < 0


def test_misleading_text_costs_at_most_a_bit_a_level_for_each_token():
    game = play([["zz " * 1000, "the . the . " * 1000]], validation=["ear ear hears hears"])
    tokens = sum(level.weight.sum() for level in game.model.levels)
    value = game(np.array([[True]]))[0]
    assert -3 * tokens / game.seed_bits <= value < 0


def test_an_exact_copy_adds_nothing():
    values = play([EARS, EARS[::-1], SUMS], seed=LANGUAGE)(coalitions(3))
    assert values[0b001] == values[0b010] == values[0b011]
    assert values[0b101] == values[0b110] == values[0b111]


def test_a_document_held_twice_counts_once():
    once, twice = play([EARS, EARS + EARS[:1]])(np.eye(2, dtype=bool))
    assert once == twice


def test_shared_documents_count_once():
    values = play([EARS[:2], EARS[1:], EARS])(coalitions(3))
    assert values[0b011] == values[0b100] == values[0b111]
    assert values[0b001] != values[0b010]


def test_a_document_of_the_seed_text_is_worth_nothing():
    values = play([LANGUAGE, EARS], seed=LANGUAGE)(coalitions(2))
    assert values[0b01] == 0.0
    assert values[0b11] == values[0b10]


def test_a_document_of_the_validation_text_is_not_counted():
    game = play([EARS, [*EARS, PATIENT[0] + "\n", PATIENT[0]]])
    assert game.withheld == (0, 1)
    values = game(coalitions(2))
    assert values[0b01] == values[0b10]


def test_the_value_of_a_coalition_does_not_depend_on_who_else_offers():
    alone = play([EARS], seed=LANGUAGE)(np.array([[True]]))[0]
    among = play([SUMS, EARS, CHAFF], seed=LANGUAGE)(np.array([[False, True, False]]))[0]
    assert among == pytest.approx(alone, abs=1e-7)


def test_a_value_does_not_depend_on_the_coalitions_asked_along():
    game = play([EARS[:1], EARS[1:], SUMS[:1], SUMS[1:], CHAFF[:1], CHAFF[1:]], seed=LANGUAGE)
    masks = coalitions(6)
    values = game(masks)
    assert len(set(values.tolist())) == 64
    for at_once in (1, 2, 3, 7, 63):
        assert (dataclasses.replace(game, at_once=at_once)(masks) == values).all()
    backward = game(masks[::-1])[::-1]
    assert (backward == values).all()
    assert game(masks[:0]).shape == (0,)


def test_memory_bounds_how_many_coalitions_are_held_at_a_time():
    small, large = (play([EARS, SUMS], learner=NGram(memory_bytes=memory)) for memory in (2**20, 2**30))
    assert 8 * small.at_once * small.model.width <= 2**20
    assert large.at_once > 1000 * small.at_once


def test_the_order_of_documents_changes_no_value():
    forward = play([EARS, SUMS + CHAFF], PATIENT, LANGUAGE)(coalitions(2))
    backward = play([EARS[::-1], CHAFF[::-1] + SUMS[::-1]], PATIENT[::-1], LANGUAGE[::-1])(coalitions(2))
    assert (forward == backward).all()


def test_the_batches_in_which_text_is_counted_change_no_value(monkeypatch):
    datasets = [EARS, EARS[1:] + SUMS, SUMS[1:] + CHAFF]
    whole = play(datasets, seed=LANGUAGE)(coalitions(3))
    monkeypatch.setattr("evenhand.learners.ngram.BATCH_CHARACTERS", 100)
    assert (play(datasets, seed=LANGUAGE)(coalitions(3)) == whole).all()


def test_renaming_the_sellers_renames_the_coalitions():
    datasets, order = [EARS, EARS[1:] + SUMS, SUMS[1:] + CHAFF, LANGUAGE], [2, 0, 3, 1]
    masks = coalitions(4)
    renamed = play([datasets[player] for player in order])(masks[:, order])
    assert (renamed == play(datasets)(masks)).all()


def test_threads_change_no_byte():
    program = (
        "import numpy as np; from evenhand.learners import NGram; from evenhand.records import Dataset\n"
        "words = [f'w{number % 97}' for number in range(6000)]\n"
        "texts = [' '.join(words[start * 7 : start * 11 + 40]) for start in range(200)]\n"
        "game = NGram().game([Dataset.of(texts[k::9]) for k in range(8)], validation=Dataset.of(texts[8::9]),\n"
        "                    seed_text=None, rng=np.random.default_rng(0))\n"
        "print(game(np.arange(256)[:, None] >> np.arange(8) & 1 == 1).tobytes().hex())"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    }
    assert len(printed) == 1
    assert len(printed.pop()) == 2 * 8 * 256 + 1


def test_as_many_tokens_are_predicted_as_are_asked_for():
    def predicted(events_max):
        game = play([EARS], validation=["the ear the ear"], learner=NGram(events_max=events_max))
        return sum(level.weight.sum() for level in game.model.levels)

    # four words and the end of the document
    assert [predicted(events_max) for events_max in (1, 4, 5, 6)] == [1, 4, 5, 5]


def test_contexts_that_nobody_holds_are_not_evaluated():
    strangers, kin = (play([[text]], validation=["the ear the ear"]) for text in ("an ox", "the ear"))
    assert [len(game.model.levels[2].context) for game in (strangers, kin)] == [0, 3]


def test_the_drawn_tokens_are_the_same_with_every_version_of_numpy():
    drawn = _draw(20, 6, np.random.Generator(np.random.PCG64(7)))
    assert drawn.tolist() == [3, 4, 6, 10, 11, 12]


def test_nothing_is_drawn_where_everything_fits():
    rng = np.random.default_rng(3)
    before = rng.bit_generator.state
    assert _draw(4, 4, rng).tolist() == [0, 1, 2, 3]
    assert rng.bit_generator.state == before


def test_the_same_draw_gives_the_same_value_and_another_draw_another():
    learner = NGram(events_max=20)
    values = [play([EARS], learner=learner, rng=rng)(np.array([[True]]))[0] for rng in (1, 1, 2)]
    assert values[0] == values[1] != values[2]


def test_nobody_sells():
    assert play([], seed=LANGUAGE)(np.zeros((2, 0), dtype=bool)).tolist() == [0, 0]
    assert play([[], [" "]])(coalitions(2)).tolist() == [0, 0, 0, 0]


def test_progress_is_told_for_every_dataset_twice():
    told = []
    NGram().game(
        [Dataset.of(EARS), Dataset.of(SUMS)],
        validation=Dataset.of(PATIENT),
        seed_text=Dataset.of(LANGUAGE),
        rng=np.random.default_rng(0),
        watch=lambda *news: told.append(news),
    )
    assert told == [("learner", done, 6) for done in range(1, 7)]


def test_a_validation_text_without_words_is_refused():
    with pytest.raises(OfferError, match=r"call\.validation: has no word"):
        play([EARS], validation=["", " \n"])


@pytest.mark.parametrize("change", [-1, 1])
def test_a_dataset_that_changes_while_it_is_read_is_refused(change):
    lengths = iter([2, 2 + change])
    moving = Dataset(lambda: iter([Document(text) for text in EARS[: next(lengths)]]))
    with pytest.raises(OfferError, match=f"dataset 1: had 2 documents when it was read first and {2 + change} now"):
        NGram().game(
            [Dataset.of(SUMS), moving],
            validation=Dataset.of(PATIENT),
            seed_text=None,
            rng=np.random.default_rng(0),
        )


def test_all_settings_out_of_bounds_are_named_at_once():
    with pytest.raises(OfferError) as refused:
        NGram(order=0, trust_percent=100, events_max=2**21)
    assert [problem.where for problem in refused.value.problems] == [
        "order",
        "trust_percent",
        "events_max",
    ]


def test_the_record_names_every_setting_on_which_values_depend():
    assert NGram().settings() == {
        "name": "ngram",
        "version": 1,
        "order": 3,
        "trust_percent": 50,
        "belief": 10,
        "seen_min": 2,
        "vocabulary_max": 65536,
        "events_max": 16384,
    }
    assert NGram(memory_bytes=2**20).settings() == NGram().settings()


def test_medical_answers_are_worth_more_to_medical_abstracts_than_school_sums(data_folder):
    import pyarrow.parquet as parquet

    def texts(table, column, count):
        return parquet.read_table(data_folder / f"{table}.parquet", columns=[column])[column].to_pylist()[:count]

    medical, more, school = (
        texts("medquad", "answer", 600)[:300],
        texts("medquad", "answer", 600)[300:],
        texts("gsm8k", "question", 600),
    )
    abstracts, speeches = texts("pubmedqa_labeled", "context", 60), texts("us_inaugural", "text", 200)
    values = play([medical, more, school], validation=abstracts, seed=speeches)(coalitions(3))
    assert values[0b001] > 0.02 + values[0b100]
    assert values[0b010] > 0.02 + values[0b100]
    assert values[0b011] > max(values[0b001], values[0b010])
