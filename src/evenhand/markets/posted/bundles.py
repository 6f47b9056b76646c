"""What is a bundle of datasets worth to a buyer? [FairShare25, section 3: the utility u_k(x)]

A bundle is a sorted tuple of dataset indices. Its utility is money: what the model trained on it is worth. Four ways to
say it:

    Additive(utilities)                  each dataset adds its own
    Pairwise(utilities, interactions)    and every pair something more or less
    OfMasks(value)                       any set function, asked for many bundles at once: 0/1 masks (K, n) -> (K,)
    a function or a mapping              any set function, asked bundle by bundle

The last two are in set_functions.py. What a buyer has without buying anything, u(()), may be any number; a mapping that
does not say it means 0. Only differences from it decide what is bought, so a constant in the utility changes no
purchase and no price.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from evenhand.errors import Problem, refuse
from evenhand.markets.posted.checks import one_for_each, one_for_each_pair
from evenhand.markets.posted.exactness import Number, is_whole, plain, too_much
from evenhand.records import Array

Bundle = tuple[int, ...]
"""Dataset indices in rising order."""


class Utility(Protocol):
    """What any bundle is worth to a buyer."""

    @property
    def size(self) -> int | None:
        """How many datasets it knows; None for any number."""
        ...

    @property
    def whole(self) -> bool | None:
        """Whether all that it says is whole; None where only asking tells."""
        ...

    def of(self, bundle: Bundle, n: int) -> Number:
        """Give what one bundle of the n datasets is worth."""
        ...

    def table(self, ids: Sequence[int], n: int) -> Array:
        """Give what every bundle of these datasets is worth: (2^len(ids),); bit i of a row's number is ids[i]."""
        ...


@dataclass(frozen=True, eq=False)
class Additive:
    """Each dataset adds its own utility, whatever else is bought.

    Args:
        utilities: (n,) money; below 0 for data that does harm.

    >>> Additive([10, 8]).table([0, 1], 2)
    array([ 0, 10,  8, 18])
    """

    utilities: Any

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        object.__setattr__(self, "utilities", one_for_each("utilities", self.utilities, problems))
        refuse(problems)

    @property
    def size(self) -> int:
        """How many datasets it knows."""
        return len(self.utilities)

    @property
    def whole(self) -> bool:
        """Whether all that it says is whole."""
        return is_whole(self.utilities)

    def of(self, bundle: Bundle, n: int) -> Number:
        """Give what one bundle is worth."""
        del n
        return plain(self.utilities[list(bundle)].sum())

    def table(self, ids: Sequence[int], n: int) -> Array:
        """Give what every bundle of these datasets is worth."""
        del n
        return subset_sums(self.utilities[list(ids)])


@dataclass(frozen=True, eq=False)
class Pairwise:
    """Each dataset adds its own utility, and every pair that is bought together something more, or less.

        u(x) = sum_i a_i x_i + sum_{i < j} w_ij x_i x_j

    Args:
        utilities: (n,) money, a.
        interactions: (n, n) money, w; symmetric, with zeros on the diagonal: below 0 for data that repeats itself.

    >>> Pairwise([10, 8], [[0, -7.5], [-7.5, 0]]).table([0, 1], 2)
    array([ 0. , 10. ,  8. , 10.5])
    """

    utilities: Any
    interactions: Any

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        own = one_for_each("utilities", self.utilities, problems)
        refuse(problems)
        pairs = one_for_each_pair("interactions", self.interactions, len(own), problems)
        if not problems:
            each = [*own.tolist(), *pairs[np.triu_indices(len(own), 1)].tolist()]
            problems += too_much("utilities and interactions", each)
        refuse(problems)
        object.__setattr__(self, "utilities", own)
        object.__setattr__(self, "interactions", pairs)

    @property
    def size(self) -> int:
        """How many datasets it knows."""
        return len(self.utilities)

    @property
    def whole(self) -> bool:
        """Whether all that it says is whole."""
        return is_whole(self.utilities, self.interactions)

    def of(self, bundle: Bundle, n: int) -> Number:
        """Give what one bundle is worth."""
        del n
        chosen = list(bundle)
        together = np.triu(self.interactions[np.ix_(chosen, chosen)], 1).sum()
        return plain(self.utilities[chosen].sum() + together)

    def table(self, ids: Sequence[int], n: int) -> Array:
        """Give what every bundle of these datasets is worth, from the bundles without the last dataset."""
        del n
        worth = np.zeros(2 ** len(ids), np.result_type(self.utilities, self.interactions))
        for place, dataset in enumerate(ids):
            half = 2**place
            with_others = subset_sums(self.interactions[dataset, list(ids[:place])])
            worth[half : 2 * half] = worth[:half] + self.utilities[dataset] + with_others
        return worth


def alone_and_in_pairs(utility: Utility) -> tuple[Array, Array]:
    """Give what datasets are worth alone, (n,), and what pairs of them add, (n, n): 0 where nothing interacts.

    >>> alone_and_in_pairs(Additive([10, 8]))[1].tolist()
    [[0, 0], [0, 0]]
    """
    assert isinstance(utility, Additive | Pairwise)
    own: Array = utility.utilities
    return own, utility.interactions if isinstance(utility, Pairwise) else np.zeros((len(own),) * 2, np.int64)


def subset_sums(values: Array) -> Array:
    """Add up every subset: (2^n,); bit i of a row's number says whether values[i] is in.

    >>> subset_sums(np.array([1, 10]))
    array([ 0,  1, 10, 11])
    """
    sums = np.zeros(2 ** len(values), values.dtype)
    for place, value in enumerate(values):
        half = 2**place
        np.add(sums[:half], value, out=sums[half : 2 * half])
    return sums


def decoded(code: int, ids: Sequence[int]) -> Bundle:
    """Read a bundle from the number of its row.

    >>> decoded(0b101, [4, 2, 0])
    (0, 4)
    """
    return tuple(sorted(dataset for place, dataset in enumerate(ids) if code >> place & 1))
