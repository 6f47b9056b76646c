"""What does a published network answer, to the last bit, on every machine?

A matrix product in floating point depends on the order of its additions, and so on the processor, the library and the
number of threads. Here every number that is added is whole and every sum stays below 2^53, so that float64 adds without
error in whatever order: it is as fast as the usual product, and there is one right answer. Between the products there
are only operations that IEEE 754 rounds correctly (+, -, *, /, square root, round) and two tables.

    activations   in units of 2^-18, clipped to |x| < 64: layer normalisation lets none come near that
    weights       in units of 2^-b, b as large as the longest column of absolute weights allows (21 or more)
    exp           a table in steps of 2^-13, values in units of 2^-20
    gelu          max(x, 0) - r(|x|), r(t) = t (1 - Phi(t)), a table in steps of 2^-14

The network is BERT's encoder [Devlin19]: embeddings, layers of self-attention and of two dense maps with GELU
[Hendrycks16], each added to its input and normalised [Ba16], and the mean over tokens.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from evenhand.records import Array

UNIT = 2**18
"""One, as an activation."""
ACTIVATION_MAX = 2**24 - 1
RESIDUAL_MAX = 2**26 - 1
"""The most that the last dense map of a layer may give: it is normalised next, and never multiplied."""
TOKENS_MAX = 256
"""The longest text; with it the sums of attention stay below 2^20 * 256 * 2^24 = 2^52."""

_EXP_STEP, _EXP_ONE = 2**13, 2**20
_GELU_STEP = 2**14
_FINER = 2.0**6  # deviations from the mean are squared in units of 2^-12, so that 384 squares stay below 2^53
_EPSILON = 1e-12 * (UNIT / _FINER) ** 2

# Values of the system's exp and erfc, rounded. None is within 10^-7 of a half, so every system rounds them alike.
_EXP = np.array([round(_EXP_ONE * math.exp(-i / _EXP_STEP)) for i in range(14 * _EXP_STEP)] + [0], dtype=np.float64)
_GELU_REST = np.array(
    [round(UNIT * i / _GELU_STEP * math.erfc(i / _GELU_STEP / math.sqrt(2)) / 2) for i in range(6 * _GELU_STEP)] + [0],
    dtype=np.float64,
)


@dataclass(frozen=True, eq=False)
class Dense:
    """x -> x W + b in whole numbers."""

    weights: Array
    """(inputs, outputs) whole."""
    unit: float
    """What a whole weight of 1 stands for: a power of two."""
    bias: Array

    @classmethod
    def of(cls, weight: Array, bias: Array) -> "Dense":
        """Take weights (outputs, inputs) as they were published, rounded as finely as exact sums allow."""
        columns = weight.T.astype(np.float64)
        bits = 28 - math.ceil(math.log2(np.abs(columns).sum(axis=0).max()))
        whole = np.rint(columns * 2.0**bits)
        assert np.abs(whole).sum(axis=0).max() * ACTIVATION_MAX < 2**53, "every sum is exact"
        return cls(np.ascontiguousarray(whole), 2.0**-bits, bias.astype(np.float64) * UNIT)

    def __call__(self, x: Array, most: int = ACTIVATION_MAX) -> Array:
        """Map each row; what is beyond `most` on either side is clipped."""
        y: Array = x @ self.weights
        y *= self.unit
        y += self.bias
        return _whole(y, most)


@dataclass(frozen=True, eq=False)
class Normalise:
    """x -> (x - mean) / deviation * gain + bias, over the coordinates of each token."""

    gain: Array
    bias: Array

    @classmethod
    def of(cls, gain: Array, bias: Array) -> "Normalise":
        """Take gain and bias as they were published."""
        return cls(gain.astype(np.float64) * UNIT, bias.astype(np.float64) * UNIT)

    def __call__(self, x: Array) -> Array:
        """Normalise each row; x whole, in units of 2^-18."""
        d = x - np.rint(x.sum(axis=1, keepdims=True) / x.shape[1])
        coarse = np.rint(d / _FINER)
        variance = np.einsum("ij,ij->i", coarse, coarse) / x.shape[1]
        d *= (1 / _FINER / np.sqrt(variance + _EPSILON))[:, None]
        d *= self.gain
        d += self.bias
        return _whole(d, ACTIVATION_MAX)


@dataclass(frozen=True, eq=False)
class Layer:
    """Each token looks at all tokens of its text, then at itself."""

    query: Dense
    key: Dense
    value: Dense
    attended: Dense
    attended_normal: Normalise
    wide: Dense
    narrow: Dense
    normal: Normalise

    @classmethod
    def of(cls, weights: Mapping[str, Array], prefix: str) -> "Layer":
        """Take a layer by the names of its published weights."""
        return cls(
            query=_dense(weights, prefix + "attention.self.query"),
            key=_dense(weights, prefix + "attention.self.key"),
            value=_dense(weights, prefix + "attention.self.value"),
            attended=_dense(weights, prefix + "attention.output.dense"),
            attended_normal=_normalise(weights, prefix + "attention.output.LayerNorm"),
            wide=_dense(weights, prefix + "intermediate.dense"),
            narrow=_dense(weights, prefix + "output.dense"),
            normal=_normalise(weights, prefix + "output.LayerNorm"),
        )

    def __call__(self, x: Array, ends: Sequence[int], heads: int) -> Array:
        """Work through the tokens (rows) of texts that end before the rows `ends`."""
        q, k, v = self.query(x), self.key(x), self.value(x)
        seen = np.empty_like(x)
        for start, end in pairwise((0, *ends)):
            seen[start:end] = _attention(q[start:end], k[start:end], v[start:end], heads)
        x = self.attended_normal(x + self.attended(seen))
        return self.normal(x + self.narrow(_gelu(self.wide(x)), RESIDUAL_MAX))


class Encoder:
    """BERT's encoder with the mean over tokens."""

    def __init__(self, weights: Mapping[str, Array], *, layers: int, heads: int) -> None:
        self._words = weights["embeddings.word_embeddings.weight"]
        places = weights["embeddings.position_embeddings.weight"][:TOKENS_MAX].astype(np.float64)
        self._places = places + weights["embeddings.token_type_embeddings.weight"][0]
        self._normal = _normalise(weights, "embeddings.LayerNorm")
        self._layers = [Layer.of(weights, f"encoder.layer.{number}.") for number in range(layers)]
        self._heads = heads

    def __call__(self, texts: Sequence[Sequence[int]]) -> Array:
        """Give each text, a list of 1 to 256 token numbers, the mean of its tokens.

        The tokens of all texts stand below each other: nothing is padded, and all but the attention is one product.

        Returns:
            (texts, width) whole numbers below 2^24, in units of 2^-18.
        """
        lengths = [len(tokens) for tokens in texts]
        assert all(0 < length <= TOKENS_MAX for length in lengths), "a text has 1 to 256 tokens"
        ends = np.cumsum(lengths).tolist()
        x = self._words[np.concatenate(texts)].astype(np.float64)
        x += np.concatenate([self._places[:length] for length in lengths])
        x = self._normal(np.rint(x * UNIT))
        for layer in self._layers:
            x = layer(x, ends, self._heads)
        means: Array = np.rint(np.array([x[a:b].sum(axis=0) / (b - a) for a, b in pairwise((0, *ends))]))
        return means


def _dense(weights: Mapping[str, Array], name: str) -> Dense:
    return Dense.of(weights[f"{name}.weight"], weights[f"{name}.bias"])


def _normalise(weights: Mapping[str, Array], name: str) -> Normalise:
    return Normalise.of(weights[f"{name}.weight"], weights[f"{name}.bias"])


def _whole(x: Array, most: int) -> Array:
    np.rint(x, out=x)
    return np.clip(x, -most, most, out=x)


def _attention(q: Array, k: Array, v: Array, heads: int) -> Array:
    """Give softmax(q k' / sqrt(width of a head)) v for the tokens of one text, head by head: (tokens, width)."""
    tokens, width = q.shape
    q, k, v = (x.reshape(tokens, heads, -1).transpose(1, 0, 2) for x in (q, k, v))
    scores = q @ k.transpose(0, 2, 1)
    scores -= scores.max(axis=-1, keepdims=True)
    scores *= -_EXP_STEP / UNIT**2 / math.sqrt(width // heads)
    weights = _looked_up(_EXP, scores)
    seen: Array = weights @ v
    seen /= weights.sum(axis=-1, keepdims=True)
    return np.rint(seen).transpose(1, 0, 2).reshape(tokens, width)


def _gelu(x: Array) -> Array:
    rest = np.abs(x)
    rest *= _GELU_STEP / UNIT
    rest = _looked_up(_GELU_REST, rest)
    x = np.maximum(x, 0, out=x)
    x -= rest
    return x


def _looked_up(table: Array, steps: Array) -> Array:
    """Give a table's values at the nearest steps; its last value beyond its end."""
    np.minimum(steps, len(table) - 1, out=steps)
    steps += 0.5
    values: Array = table.take(steps.astype(np.int32))
    return values
