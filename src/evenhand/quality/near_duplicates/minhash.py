"""How alike are two texts, told from 256 bytes of each?

The likeness of two texts is the Jaccard similarity of their shingles, the 12-byte windows of their `letters`:

    J = |A and B| / |A or B|                                                    [Broder97]

12 bytes are 12 Latin letters, 6 of Cyrillic or Arabic, 4 of Chinese, Thai or Hindi: two or three words in each. Spaces
are no letters, so nothing need be known of where words end. A text is noted as 128 minima of hashes, and two texts
agree in each with chance J.


Specification "letters12-128/1": all numbers are 64-bit words, all arithmetic is modulo 2^64

    SplitMix64   output(s, r) for r = 1, 2, ...: z = s + r * 0x9E3779B97F4A7C15, then                     [Steele14]
                 z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9; z = (z ^ z >> 27) * 0x94D049BB133111EB; z = z ^ z >> 31
    shingle      12 bytes in a row; a text of fewer is one shingle, padded with zero bytes at its end
    hash         h = A * first + B * last + C, where `first` is the first 8 bytes of the shingle and `last` the last 4,
                 both little-endian; A = output(key, 1) | 1, B = output(key, 2) | 1, C = output(key, 3)
    throw        output(h, r) throws a shingle: its 7 highest bits are a bin, its 57 lowest bits a value
    signature    each of 128 bins keeps the lowest value of round 1; a bin in which nothing fell keeps the lowest
                 that falls in it in round 2, and so on to round 8; a bin i = 0, 1, ..., 127 that is empty then keeps
                 the lowest value, whatever its bin, of all shingles' outputs (h, 9 + i)
    stored       the 16 lowest bits of each bin's value, in the order of the bins: uint16

This is the fast similarity sketch of [Dahlgaard17]: one hash a shingle for a long text, where 128 hash functions take
128, and the error of 128 functions also where a text has fewer shingles than there are bins. A blank text has the
one shingle of 12 zero bytes.

128 bins: the standard error of matches / 128 is sqrt(J (1 - J) / 128), 0.035 at 0.8 and 0.044 at most. 16 bits: two
values that are not the same agree with chance 2^-16, which moves an estimate by a thousandth of its error; 8 bits
would move it by a tenth of it [Li10].

The key. Whoever knows the key can alter a text in the few places where its minima stand, so that a copy looks like
another text; whoever does not has to alter one word in thirty, or more (`bands`). So a call should settle its key after
the offers are in, from something that no seller could foresee or choose. Signatures of different keys cannot be
compared.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from evenhand.numerics.batches import batches
from evenhand.quality.near_duplicates.letters import letters
from evenhand.records import Array

SPECIFICATION = "letters12-128/1"
SHINGLE = 12
"""Bytes."""
BINS = 128
"""K: how many minima a signature holds."""
ROUNDS = 8

_EMPTY = np.uint64(2**64 - 1)
_VALUE_BITS = np.uint64(57)
_VALUE = np.uint64(2**57 - 1)
_WORD = 2**64
_GAMMA = 0x9E3779B97F4A7C15
_TAIL = SHINGLE - 1

_BLOCK = 2**17  # bytes hashed at once, and
_TEXTS = 1024  # texts; they bound the memory and change no result


def signatures(texts: Sequence[bytes], key: int = 0) -> Array:
    """Give the signatures of texts, each of which depends on its own text and the key alone.

    Args:
        texts: the `letters` of n texts.
        key: 0 to 2^64 - 1.

    Returns:
        (n, 128) uint16.

    >>> one, same, other = signatures([b"marketday", b"marketday", b"rainynight"])
    >>> int((one == same).sum()), int((one == other).sum())
    (128, 0)
    """
    noted = np.empty((len(texts), BINS), dtype=np.uint16)
    done = 0
    for batch in batches(texts, len, size_max=_BLOCK, count_max=_TEXTS):
        noted[done : done + len(batch)] = _minima(batch, key) & np.uint64(0xFFFF)
        done += len(batch)
    return noted


def likeness(first: str, second: str) -> Fraction:
    """Give the exact Jaccard similarity of two `plain` texts, which signatures estimate.

    To see what a seller's two texts have in common; of many texts, signatures tell it in a fraction of the time.

    >>> likeness("The market opens at nine", "the market opens at ten")
    Fraction(5, 12)
    """
    a, b = (_shingles(letters(text)) for text in (first, second))
    return Fraction(len(a & b), len(a | b))


def _shingles(text: bytes) -> set[bytes]:
    text = text.ljust(SHINGLE, b"\0")
    return {text[start : start + SHINGLE] for start in range(len(text) - _TAIL)}


def output(state: Array | int, number: int) -> Array:
    """Give SplitMix64's output of a number, counted from 1, for each of many states (uint64).

    >>> hex(output(0, 1)[0])
    '0xe220a8397b1dcdaf'
    """
    z = np.atleast_1d(np.asarray(state, dtype=np.uint64)) + np.uint64(number * _GAMMA % _WORD)
    shifted = z >> np.uint64(30)
    z ^= shifted
    z *= np.uint64(0xBF58476D1CE4E5B9)
    np.right_shift(z, np.uint64(27), out=shifted)
    z ^= shifted
    z *= np.uint64(0x94D049BB133111EB)
    np.right_shift(z, np.uint64(31), out=shifted)
    z ^= shifted
    return z


# -- one batch of texts: many short ones, or a single long one ---------------------------------------------------------


def _minima(texts: Sequence[bytes], key: int) -> Array:
    """(n, 128) uint64: the lowest value of each bin of each text."""
    lowest = np.full(len(texts) * BINS, _EMPTY)
    if len(texts) > 1:
        rows, hashes = _hashes(texts, key)
        _throw(lowest, rows, hashes, 1)
        _fill(lowest, rows, hashes)
    else:
        for block in _blocks(texts[0], key):
            _throw(lowest, *block, 1)
        if (lowest == _EMPTY).any():  # a short text, or a long one that says few things again and again
            hashes = np.concatenate([_distinct(hashes) for _, hashes in _blocks(texts[0], key)])
            _fill(lowest, np.zeros(len(hashes), dtype=np.intp), hashes)
    return lowest.reshape(-1, BINS)


def _blocks(text: bytes, key: int) -> Iterator[tuple[Array, Array]]:
    """Give where the bins of its text begin, and the hash, of every shingle of a text, a block at a time."""
    for start in range(0, max(len(text) - _TAIL, 1), _BLOCK):
        yield _hashes([text[start : start + _BLOCK + _TAIL]], key)


def _hashes(texts: Sequence[bytes], key: int) -> tuple[Array, Array]:
    """The same for many texts at once, one after another."""
    a, b, c = (output(key, number)[0] for number in (1, 2, 3))
    sizes = np.array([max(len(text), SHINGLE) for text in texts])
    joined = b"".join([text.ljust(SHINGLE, b"\0") for text in texts]) + bytes(SHINGLE)
    total = int(sizes.sum())
    # every window of the bytes, as overlapping little-endian words: no copy is made
    first = np.ndarray((total,), "<u8", joined, 0, (1,))
    last = np.ndarray((total,), "<u4", joined, 8, (1,))
    hashes = first * (a | np.uint64(1))
    hashes += last * (b | np.uint64(1))
    hashes += c
    whole = np.ones(total, dtype=bool)
    whole[(sizes.cumsum()[:, None] - np.arange(1, SHINGLE)).ravel()] = False  # windows that reach into the next text
    return np.repeat(np.arange(len(texts)) * BINS, sizes - _TAIL), hashes[whole]


def _distinct(hashes: Array) -> Array:
    hashes = np.sort(hashes)  # several times as fast as np.unique
    found: Array = hashes[np.concatenate([[True], hashes[1:] != hashes[:-1]])]
    return found


def _fill(lowest: Array, rows: Array, hashes: Array) -> None:
    """Throw the shingles of texts with an empty bin until none is empty."""
    for number in range(2, ROUNDS + 1):
        empty, rows, hashes = _left(lowest, rows, hashes)
        _throw(lowest, rows, hashes, number, only=empty)
    empty, rows, hashes = _left(lowest, rows, hashes)
    for bin_ in range(BINS if len(rows) else 0):
        wanted = empty[rows + bin_]
        values = output(hashes[wanted], ROUNDS + 1 + bin_) & _VALUE
        np.minimum.at(lowest, rows[wanted] + bin_, values)


def _left(lowest: Array, rows: Array, hashes: Array) -> tuple[Array, Array, Array]:
    """Give which bins are empty, and the shingles of texts that have such bins."""
    empty = lowest == _EMPTY
    wanted = empty.reshape(-1, BINS).any(axis=1)
    if not wanted.all():
        kept = np.repeat(wanted, BINS)[rows]
        rows, hashes = rows[kept], hashes[kept]
    return empty, rows, hashes


def _throw(lowest: Array, rows: Array, hashes: Array, number: int, *, only: Array | None = None) -> None:
    """Let each shingle fall into a bin of its text, or only into the bins named."""
    for start in range(0, len(hashes), _BLOCK):
        thrown = output(hashes[start : start + _BLOCK], number)
        places = rows[start : start + _BLOCK] + (thrown >> _VALUE_BITS).astype(np.intp)
        thrown &= _VALUE
        if only is not None:
            wanted = only[places]
            places, thrown = places[wanted], thrown[wanted]
        np.minimum.at(lowest, places, thrown)
