"""The network answers to the last bit, whatever adds its numbers up, and answers what the network does."""

import math
import os
import subprocess
import sys

import numpy as np
import pytest

from evenhand.quality.embedding import transformer
from evenhand.quality.embedding.transformer import ACTIVATION_MAX, TOKENS_MAX, UNIT, Dense, Encoder, Normalise

WIDTH, HEADS, WORDS = 48, 4, 90


def drawn_weights(width=WIDTH, layers=2):
    """Weights like published ones in size; drawn as integers, so that they are the same everywhere."""
    rng = np.random.default_rng(5)

    def near(centre, spread, *shape):
        return (centre + spread * rng.integers(-1000, 1001, shape) / 1000).astype(np.float32)

    def normal(name):
        return {f"{name}.weight": near(1, 0.3, width), f"{name}.bias": near(0, 0.3, width)}

    def dense(name, inputs, outputs):
        return {f"{name}.weight": near(0, 0.2, outputs, inputs), f"{name}.bias": near(0, 0.2, outputs)}

    weights = {
        "embeddings.word_embeddings.weight": near(0, 0.1, WORDS, width),
        "embeddings.position_embeddings.weight": near(0, 0.1, TOKENS_MAX, width),
        "embeddings.token_type_embeddings.weight": near(0, 0.1, 2, width),
        **normal("embeddings.LayerNorm"),
    }
    for layer in range(layers):
        name = f"encoder.layer.{layer}"
        for part in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
            weights |= dense(f"{name}.{part}", width, width)
        weights |= normal(f"{name}.attention.output.LayerNorm") | normal(f"{name}.output.LayerNorm")
        weights |= dense(f"{name}.intermediate.dense", width, 4 * width)
        weights |= dense(f"{name}.output.dense", 4 * width, width)
    return weights


def drawn_texts():
    rng = np.random.default_rng(6)
    return [rng.integers(0, WORDS, length).tolist() for length in (1, 2, 7, 30, 90, 5)]


def in_floats(weights, tokens, layers=2):
    """The same network in plain float64, as BERT is written down."""

    def dense(x, name):
        return x @ weights[f"{name}.weight"].T.astype(float) + weights[f"{name}.bias"]

    def normal(x, name):
        centred = x - x.mean(axis=1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-12)
        return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    gelu = np.vectorize(lambda t: t * (1 + math.erf(t / math.sqrt(2))) / 2)
    places = weights["embeddings.position_embeddings.weight"][: len(tokens)].astype(float)
    x = weights["embeddings.word_embeddings.weight"][tokens] + places
    x = normal(x + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for layer in range(layers):
        name = f"encoder.layer.{layer}"
        q, k, v = (
            dense(x, f"{name}.attention.self.{part}").reshape(len(tokens), HEADS, -1).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        looks = np.exp(q @ k.transpose(0, 2, 1) / math.sqrt(q.shape[2]))
        seen = (looks / looks.sum(axis=2, keepdims=True) @ v).transpose(1, 0, 2).reshape(len(tokens), -1)
        x = normal(x + dense(seen, f"{name}.attention.output.dense"), f"{name}.attention.output.LayerNorm")
        inner = gelu(dense(x, f"{name}.intermediate.dense"))
        x = normal(x + dense(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")
    return x.mean(axis=0)


def test_it_is_the_network_to_three_decimals():
    weights = drawn_weights()
    found = Encoder(weights, layers=2, heads=HEADS)(drawn_texts()) / UNIT
    expected = np.array([in_floats(weights, tokens) for tokens in drawn_texts()])
    assert abs(found - expected).max() < 5e-4


def test_a_text_is_worth_the_same_in_any_company():
    encoder, texts = Encoder(drawn_weights(), layers=2, heads=HEADS), drawn_texts()
    alone = np.concatenate([encoder([tokens]) for tokens in texts])
    assert (encoder(texts) == alone).all()
    assert (encoder(texts[::-1])[::-1] == alone).all()


def test_the_largest_numbers_are_still_added_exactly():
    rng = np.random.default_rng(7)
    dense = Dense.of(rng.integers(-1000, 1001, (5, 384)) / 977, np.zeros(5))
    x = rng.choice([-ACTIVATION_MAX, ACTIVATION_MAX], (6, 384)).astype(np.float64)
    x[0] = np.sign(dense.weights[:, 0]) * ACTIVATION_MAX  # the sum of all absolute values
    exact = [
        [sum(int(a) * int(b) for a, b in zip(row, column, strict=True)) for column in dense.weights.T] for row in x
    ]
    assert max(abs(total) for row in exact for total in row) > 2**51
    assert (x @ dense.weights).tolist() == exact


def test_normalised_tokens_have_the_mean_and_the_deviation_that_were_asked_for():
    rng = np.random.default_rng(8)
    x = np.rint(rng.normal(3, 40, (4, 384)) * UNIT)
    y = Normalise.of(np.full(384, 2.0), np.full(384, 0.5))(x) / UNIT
    assert abs(y.mean(axis=1) - 0.5).max() < 1e-5
    assert abs(y.std(axis=1) - 2).max() < 1e-5


def test_equal_coordinates_do_not_divide_by_zero():
    y = Normalise.of(np.ones(8), np.zeros(8))(np.full((2, 8), 7.0 * UNIT))
    assert (y == 0).all()


@pytest.mark.parametrize(
    ("table", "exact"),
    [
        ("_EXP", lambda i: transformer._EXP_ONE * math.exp(-i / transformer._EXP_STEP)),
        (
            "_GELU_REST",
            lambda i: UNIT * i / transformer._GELU_STEP * math.erfc(i / transformer._GELU_STEP / math.sqrt(2)) / 2,
        ),
    ],
)
def test_no_other_exp_would_round_a_table_differently(table, exact):
    values = getattr(transformer, table)[:-1]
    distance = [abs(exact(i) % 1 - 0.5) for i in range(len(values))]
    assert min(distance) > 1e-7, "a value between two whole numbers: its rounding depends on the last bits of exp"
    assert exact(len(values)) < 1, "beyond the table there is nothing left"


PROGRAM = """if True:
    import hashlib, sys
    sys.path.insert(0, {folder!r})
    from test_embedding_transformer import drawn_weights, drawn_texts, Encoder
    encoder = Encoder(drawn_weights(384, 1), layers=1, heads=12)
    print(hashlib.sha256(encoder(drawn_texts()).astype("<i8").tobytes()).hexdigest())
"""


@pytest.mark.parametrize(
    "setting",
    [
        {"OPENBLAS_NUM_THREADS": "2"},
        {"OPENBLAS_NUM_THREADS": "1", "OPENBLAS_CORETYPE": "Nehalem"},
        {"OPENBLAS_NUM_THREADS": "1", "OPENBLAS_CORETYPE": "Haswell", "NPY_DISABLE_CPU_FEATURES": "X86_V4"},
    ],
)
def test_threads_and_processors_change_no_bit(setting):
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM.format(folder=os.path.dirname(__file__))],
        env={**os.environ, **setting},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == GOLDEN


GOLDEN = "922fe7d8e5be9a693fdc34fc199ec163049f70de77f862421510b4e210f4614a"
"""Found on one processor; must be found on every other."""
