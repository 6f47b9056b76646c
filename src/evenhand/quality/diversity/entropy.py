"""How evenly do documents fall into cells? To forty digits, so that the millionths are the same for everyone."""

from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

_DIGITS = 60  # at which `decimal` rounds each logarithm correctly
_DIGITS_KEPT = 40  # so that what is exactly between two millionths is seen to be


def normalised_entropy(sizes: Sequence[int], cells: int, *, documents: int) -> Fraction:
    """Give - sum p_k log(p_k / p) / log K, where p_k = n_k / N and p = sum p_k; 0 where there is no document.

    Written as (n log n - sum n_k log n_k) / (N log K), n = sum n_k, which takes logarithms of whole numbers only.

    Args:
        sizes: n_k of the cells that hold any, above 0.
        cells: K, at least 2.
        documents: N, those in no cell included.

    >>> normalised_entropy([5, 5], 4, documents=10), normalised_entropy([5, 5], 4, documents=20)
    (Fraction(1, 2), Fraction(1, 4))
    """
    if not sizes:
        return Fraction(0)
    with localcontext() as context:
        context.prec = _DIGITS
        spread = _times_log(sum(sizes)) - sum(map(_times_log, sizes), Decimal(0))
        return Fraction(round(spread / (documents * _log(cells)), _DIGITS_KEPT))


def log_ratio(value: Fraction, base: int) -> Fraction:
    """Give log(value) / log(base) of a value above 0.

    >>> log_ratio(Fraction(9, 3), 9)
    Fraction(1, 2)
    """
    with localcontext() as context:
        context.prec = _DIGITS
        return Fraction(round((_log(value.numerator) - _log(value.denominator)) / _log(base), _DIGITS_KEPT))


def _times_log(n: int) -> Decimal:
    return n * _log(n)


@lru_cache(maxsize=2**12)
def _log(n: int) -> Decimal:
    with localcontext() as context:
        context.prec = _DIGITS
        return Decimal(n).ln()
