"""What does each dataset add to others? Asked of what sets are worth: plainly, or of float arrays in few large batches.

Both forms look at differences alone, v(S with i) - v(S), so it does not matter what nothing is worth. Both give exact
numbers: a float is the fraction that it is, and a rule that follows decides the same on either.
"""

from bisect import insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import inf
from typing import Any, Protocol

import numpy as np

from evenhand.errors import OfferError, Problem, shown
from evenhand.numerics import Number
from evenhand.numerics.exactness import LARGEST
from evenhand.records import Array

CELLS = 2**19
"""So many cells of masks are asked about at a time: 4 MiB."""


STRIDE = 32
"""Behind those who add something stand many who add nothing: they are passed over so many at a time."""
ROUNDING = Fraction(1, 2**46)
"""Two sums of the same floats, added in another order, may differ by this part of them."""
REMEDY = "Give a function of 0/1 masks (sets, sellers) that returns one finite number for each row."


class Marginals(Protocol):
    """What datasets add to each other."""

    def alone(self, bought: Sequence[int], sellers: Sequence[int]) -> list[Number]:
        """Give what each adds to those that are bought."""
        ...

    def in_line(self, bought: Sequence[int], line: Sequence[int]) -> list[Number]:
        """Give what each adds to those that are bought and all who stand before it in line."""
        ...


@dataclass(frozen=True)
class Plain:
    """Asked of a function of a rising tuple of places, one set at a time."""

    value: Callable[[tuple[int, ...]], Number]

    def alone(self, bought: Sequence[int], sellers: Sequence[int]) -> list[Number]:
        """Give what each adds to those that are bought."""
        return [self.in_line(bought, [seller])[0] for seller in sellers]

    def in_line(self, bought: Sequence[int], line: Sequence[int]) -> list[Number]:
        """Give what each adds in its turn.

        >>> topics = [{1, 2}, {2, 3}, {4}]
        >>> Plain(lambda chosen: len(set().union(*(topics[i] for i in chosen)))).in_line([2], [1, 0])
        [2, 1]
        """
        members = sorted(bought)
        values = [self.value(tuple(members))]
        for seller in line:
            insort(members, seller)
            values.append(self.value(tuple(members)))
        return _steps(values)


@dataclass(frozen=True)
class OnMasks:
    """What sets are worth, asked of a callable on 0/1 masks in batches, and checked.

    Args:
        value: 0/1 masks (sets, sellers), int64 -> (sets,), finite. Where it has a method `added(bought, line)`, indices
            -> (line,), what each in line adds to those bought and all before it, that is asked instead: data that
            knows what it covers can answer without looking at whole sets.
    """

    value: Callable[[Array], Any]

    def __call__(self, masks: Array) -> Array:
        """Give what sets are worth: (sets,)."""
        return answers(self.value, masks)

    @property
    def added(self) -> Callable[[Array, Array], Array] | None:
        """The value's own way to say what sellers add; None where it has none."""
        own = getattr(self.value, "added", None)
        if own is None:
            return None
        return lambda bought, line: checked(own(bought, line), len(line), "value.added")


@dataclass(frozen=True)
class Sums:
    """Worth that adds up, as a value of sets; what each adds is its worth, to the last digit."""

    worth: Array

    def __call__(self, masks: Array) -> Array:
        """Give the worth of each set: (sets,)."""
        return np.asarray(masks @ self.worth)

    def added(self, bought: Array, line: Array) -> Array:
        """Give the worth of each in line."""
        del bought
        return self.worth[line]


@dataclass(frozen=True)
class Batches:
    """What each of so many sellers adds, asked of a value on masks."""

    value: Callable[[Array], Array]
    """0/1 masks (sets, sellers) -> (sets,); has `added` where it knows a faster way (`OnMasks`)."""
    sellers: int

    def alone(self, bought: Sequence[int], sellers: Sequence[int]) -> list[Fraction]:
        """Give what each adds to those that are bought: a set a seller."""
        told = self._told
        if told is not None:
            return [told(bought, [seller])[0] for seller in sellers]
        before = self._ask(self._masks(1, bought))[0]
        values: list[Fraction] = []
        for start, stop in self._batches(len(sellers)):
            masks = self._masks(stop - start, bought)
            masks[np.arange(stop - start), sellers[start:stop]] = 1
            values += self._ask(masks)
        return [value - before for value in values]

    def in_line(self, bought: Sequence[int], line: Sequence[int]) -> list[Fraction]:
        """Give what each adds in its turn: first who adds something among every `STRIDE`, then each of these.

        >>> covers = np.array([[1.0, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 1]])
        >>> asked = Batches(lambda masks: ((masks @ covers) > 0).sum(axis=1), 3)
        >>> [int(added) for added in asked.in_line([2], [1, 0])]
        [2, 1]
        """
        told = self._told
        if told is not None:
            return told(bought, line)
        marks = [*range(0, len(line), STRIDE), len(line)]
        known = self._heads(bought, line, marks)
        between = [
            length
            for first, last in pairwise(marks)
            if abs(known[last] - known[first]) > ROUNDING * abs(known[last])
            for length in range(first + 1, last)
        ]
        known |= self._heads(bought, line, between)
        values = [known[0]]
        for length in range(1, len(line) + 1):
            values.append(known.get(length, values[-1]))
        return _steps(values)

    def _heads(self, bought: Sequence[int], line: Sequence[int], lengths: Sequence[int]) -> dict[int, Fraction]:
        """Give what is bought is worth with so many of the line."""
        values: list[Fraction] = []
        for start, stop in self._batches(len(lengths)):
            masks = self._masks(stop - start, bought)
            masks[:, line] = np.arange(len(line)) < np.array(lengths[start:stop])[:, None]
            values += self._ask(masks)
        return dict(zip(lengths, values, strict=True))

    def of_set(self, chosen: tuple[int, ...]) -> Fraction:
        """Give what one set is worth."""
        return self._ask(self._masks(1, chosen))[0]

    @property
    def _told(self) -> Callable[[Sequence[int], Sequence[int]], list[Fraction]] | None:
        added = getattr(self.value, "added", None)
        if added is None:
            return None
        return lambda bought, line: _exact(added(np.array(bought, np.int64), np.array(line, np.int64)))

    def _masks(self, sets: int, bought: Sequence[int]) -> Array:
        masks = np.zeros((sets, self.sellers), dtype=np.int64)
        masks[:, bought] = 1
        return masks

    def _ask(self, masks: Array) -> list[Fraction]:
        return _exact(self.value(masks))

    def _batches(self, sets: int) -> list[tuple[int, int]]:
        size = max(CELLS // max(self.sellers, 1), 1)
        return [(start, min(start + size, sets)) for start in range(0, sets, size)]


def answers(value: Callable[[Array], Any], masks: Array) -> Array:
    """Ask what sets are worth, and check the answer: (sets,) floats.

    Raises:
        OfferError: it is not one finite number a set.
    """
    return checked(value(masks), len(masks), "value")


def one_answer(value: Callable[[Array], Any], mask: Array) -> Any:
    """Ask what one set is worth; the answer as it is, for who takes exact numbers.

    Raises:
        OfferError: it is not one number a set.
    """
    array = np.asarray(value(mask[None, :]))
    if array.shape != (1,):
        raise _misshapen("value", array.shape, 1)
    return array.tolist()[0]


def checked(answer: Any, sets: int, where: str) -> Array:
    """Give an answer as floats: (sets,).

    Raises:
        OfferError: it is not one finite number a set.
    """
    try:
        array = np.asarray(answer).astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        raise OfferError(Problem(where, f"gave {shown(answer)}", "a set is worth a number", REMEDY)) from None
    if array.shape != (sets,):
        raise _misshapen(where, array.shape, sets)
    wrong = ~(np.abs(array) <= LARGEST)
    if wrong.any():
        found, bound = f"gave {array[wrong][0]}", f"what a set is worth is finite, and within ±{LARGEST:g}"
        raise OfferError(Problem(where, found, bound, REMEDY))
    return array


def falls(seller: int, part: float) -> OfferError:
    """Refuse a value that falls as data are added, by this part of what all of them add."""
    how_far = f"falls by {part:.3%} of what all data add" if part < inf else "falls, though all data add nothing,"
    found = f"{how_far} when seller {seller} joins others"
    remedy = "Let it be worth the best of its parts, for data can be left unused."
    return OfferError(Problem("value", found, "more data are never worth less", remedy))


def _misshapen(where: str, shape: tuple[int, ...], sets: int) -> OfferError:
    found, bound = f"gave an answer of shape {shape}", f"it was asked about {sets} sets"
    return OfferError(Problem(where, found, bound, REMEDY))


def _steps(values: Sequence[Number]) -> list[Number]:
    return [after - before for before, after in pairwise(values)]


def _exact(floats: Array) -> list[Fraction]:
    return [Fraction(number) for number in floats.tolist()]
