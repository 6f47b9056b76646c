"""What is a bundle of datasets worth to a buyer? [FairShare25, section 3: the utility u_k(x)]

A bundle is a sorted tuple of dataset indices. Its utility is money: what the model trained on it is worth. Four ways to
say it:

    Additive(utilities)                  each dataset adds its own
    Pairwise(utilities, interactions)    and every pair something more or less
    OfMasks(value)                       any set function, asked for many bundles at once: 0/1 masks (K, n) -> (K,)
    a function or a mapping              any set function, asked bundle by bundle

What a buyer has without buying anything, u(()), may be any number; a mapping that does not say it means 0. Only
differences from it decide what is bought, so a constant in the utility changes no purchase and no price.

Whole numbers are kept whole: from whole utilities and prices everything is exact. Other numbers are floats, and
sums of them are trusted to a part in 10^12 of the largest in play: nets that are closer are equal.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any, Protocol

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.money import MINOR_MAX
from evenhand.records import Array

Bundle = tuple[int, ...]
"""Dataset indices in rising order."""
Number = int | float
"""Whole, and then exact, or a float."""

ROUNDING = 1e-12
"""Sums of floats are trusted to this part of the largest number in them."""
NEARLY = 1e-3
"""A float so little below a whole amount may count as it, and never more, however large the utilities."""
LARGEST = 1e300
"""Utilities stay below what sums of them could carry past the largest float."""
SUM_MAX = 2**62
"""Sums of whole numbers stay below the largest integer of the machine."""
BATCH = 2**16
"""How many masks are handed over at once."""
SHOWN = 60
"""How many characters of a wrong value a message shows."""


class Utility(Protocol):
    """What any bundle is worth to a buyer."""

    @property
    def size(self) -> int | None:
        """How many datasets it knows; None for any number."""
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
        object.__setattr__(self, "utilities", _vector("utilities", self.utilities, problems))
        if problems:
            raise OfferError(problems)

    @property
    def size(self) -> int:
        """How many datasets it knows."""
        return len(self.utilities)

    def of(self, bundle: Bundle, n: int) -> Number:
        """Give what one bundle is worth."""
        del n
        return _plain(self.utilities[list(bundle)].sum())

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
        own = _vector("utilities", self.utilities, problems)
        pairs = _symmetric("interactions", self.interactions, len(own), problems)
        if problems:
            raise OfferError(problems)
        object.__setattr__(self, "utilities", own)
        object.__setattr__(self, "interactions", pairs)

    @property
    def size(self) -> int:
        """How many datasets it knows."""
        return len(self.utilities)

    def of(self, bundle: Bundle, n: int) -> Number:
        """Give what one bundle is worth."""
        del n
        chosen = list(bundle)
        together = np.triu(self.interactions[np.ix_(chosen, chosen)], 1).sum()
        return _plain(self.utilities[chosen].sum() + together)

    def table(self, ids: Sequence[int], n: int) -> Array:
        """Give what every bundle of these datasets is worth, from the bundles without the last dataset."""
        del n
        worth = np.zeros(2 ** len(ids), np.result_type(self.utilities, self.interactions))
        for place, dataset in enumerate(ids):
            half = 2**place
            with_others = subset_sums(self.interactions[dataset, list(ids[:place])])
            worth[half : 2 * half] = worth[:half] + self.utilities[dataset] + with_others
        return worth


@dataclass(frozen=True, eq=False)
class OfMasks:
    """Any set function, asked for many bundles at once.

    Args:
        value: 0/1 masks (K, n), one row a bundle -> (K,) money.

    >>> coverage = OfMasks(lambda masks: 10 * masks.any(axis=1))
    >>> coverage.table([0, 2], 3)
    array([ 0, 10, 10, 10])
    """

    value: Callable[[Array], Any]
    size: None = field(default=None, init=False)

    def of(self, bundle: Bundle, n: int) -> Number:
        """Give what one bundle is worth."""
        mask = np.zeros((1, n), bool)
        mask[0, list(bundle)] = True
        return _plain(self._asked(mask, lambda row: bundle)[0])

    def table(self, ids: Sequence[int], n: int) -> Array:
        """Give what every bundle of these datasets is worth."""
        return np.concatenate([self._part(ids, n, start) for start in range(0, 2 ** len(ids), BATCH)])

    def _part(self, ids: Sequence[int], n: int, start: int) -> Array:
        codes = np.arange(start, min(start + BATCH, 2 ** len(ids)))
        masks = np.zeros((len(codes), n), bool)
        for place, dataset in enumerate(ids):
            masks[:, dataset] = codes >> place & 1
        return self._asked(masks, lambda row: decoded(int(codes[row]), ids))

    def _asked(self, masks: Array, bundle: Callable[[int], Bundle]) -> Array:
        answers = np.asarray(self.value(masks))
        if answers.shape != (len(masks),) or answers.dtype.kind not in "biuf":
            found = f"gave {answers.dtype} of shape {answers.shape} for {len(masks)} masks"
            raise OfferError(
                Problem("utility", found, "there is one real number a mask", "Return an array of as many numbers.")
            )
        answers = answers.astype(np.int64 if answers.dtype.kind in "biu" else np.float64, copy=False)
        wrong = np.flatnonzero(~(np.abs(answers) <= _limit(answers)))
        if len(wrong):
            raise OfferError([_no_utility(bundle(int(row)), answers[row].item()) for row in wrong])
        return answers


@dataclass(frozen=True, eq=False)
class OfBundles:
    """Any set function, asked bundle by bundle: a function of sorted tuples, or a mapping from them."""

    value: Callable[[Bundle], Any] | Mapping[Bundle, Any]
    size: None = field(default=None, init=False)

    def of(self, bundle: Bundle, n: int) -> Number:
        """Give what one bundle is worth."""
        del n
        return _plain(self._asked([bundle])[0])

    def table(self, ids: Sequence[int], n: int) -> Array:
        """Give what every bundle of these datasets is worth; the datasets are in rising order."""
        del n
        bundles: list[Bundle] = [()]
        for dataset in ids:
            bundles += [(*bundle, dataset) for bundle in bundles]
        return self._asked(bundles)

    def _asked(self, bundles: list[Bundle]) -> Array:
        answers = self._looked_up(bundles) if isinstance(self.value, Mapping) else [*map(self.value, bundles)]
        plain = _plain_array(answers)
        if plain is not None:
            return plain
        wrong = [_no_utility(*pair) for pair in zip(bundles, answers, strict=True) if not _is_utility(pair[1])]
        if wrong:
            raise OfferError(wrong)
        return whole_or_float(answers)

    def _looked_up(self, bundles: list[Bundle]) -> list[Any]:
        assert isinstance(self.value, Mapping)
        known = self.value if () in self.value else {(): 0, **self.value}
        missing = [bundle for bundle in bundles if bundle not in known]
        if missing:
            bound = "the utility of every bundle that could be bought is known"
            remedy = "Add it, with its indices in rising order, or give a function of the bundle."
            raise OfferError([Problem(f"utility[{bundle}]", "is missing", bound, remedy) for bundle in missing])
        return [known[bundle] for bundle in bundles]


def as_utility(given: Any, problems: list[Problem]) -> Utility:
    """Take what a buyer says of their utility; note what is wrong with it."""
    if isinstance(given, Additive | Pairwise | OfMasks | OfBundles):
        return given
    if isinstance(given, Mapping) or callable(given):
        return OfBundles(given)
    bound = "it says what any bundle is worth"
    remedy = "Give a function of sorted index tuples, a mapping from them, Additive, Pairwise or OfMasks."
    problems.append(Problem("utility", f"is {given!r:.{SHOWN}}", bound, remedy))
    return OfBundles({})


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


def whole_or_float(numbers: Sequence[Any]) -> Array:
    """Make an array, whole where every number is.

    >>> whole_or_float([1, 2]).dtype.kind, whole_or_float([1, 2.5]).dtype.kind
    ('i', 'f')
    """
    whole = all(isinstance(number, Integral) for number in numbers)
    return np.array([int(x) for x in numbers], np.int64) if whole else np.array([float(x) for x in numbers])


def listed(given: Any) -> list[Any] | None:
    """Give a list's members as plain numbers; None where it is no list.

    >>> listed(np.array([1, 2])), listed("12")
    ([1, 2], None)
    """
    if isinstance(given, np.ndarray):
        members: list[Any] | None = given.tolist() if given.ndim == 1 else None
        return members
    return list(given) if isinstance(given, Sequence) and not isinstance(given, str | bytes) else None


def too_much(where: str, numbers: Sequence[Any]) -> list[Problem]:
    """Refuse whole numbers whose sum would not be exact."""
    whole = [abs(int(number)) for number in numbers if isinstance(number, Integral)]
    if sum(whole) <= SUM_MAX:
        return []
    return [Problem(where, f"sums to {sum(whole)}", f"whole sums go up to {SUM_MAX}", "Count in a larger unit.")]


def is_whole(*given: Any) -> bool:
    """Say whether arrays and numbers are all of whole numbers."""
    return all(np.asarray(each).dtype.kind in "iu" for each in given)


def slack(*given: Any) -> float:
    """Give how close sums of these are when they are equal: 0 for whole numbers, which are exact."""
    if is_whole(*given):
        return 0.0
    return ROUNDING * float(sum(np.abs(np.asarray(each, np.float64)).max(initial=0.0) for each in given))


def nearly(*given: Any) -> float:
    """Give how far below a whole amount what a buyer with these utilities would pay may be and count as it.

    What does harm is never bought, and so says nothing about rounding.

    >>> nearly(np.array([100.0, -1e15])), nearly(np.array([1e15])), nearly(np.array([7]))
    (1e-10, 0.001, 0.0)
    """
    gains = (np.maximum(each, 0) for each in given)
    return min(slack(*gains), NEARLY)


def overdraft(budget: Number, prices: Array) -> float:
    """Give by how much a sum of these prices may exceed the budget: by its own rounding, 0 for whole prices.

    >>> overdraft(0.3, np.array([0.1, 0.2])) < 2e-16, overdraft(30, np.array([10, 20]))
    (True, 0.0)
    """
    if budget == np.inf or is_whole(prices):
        return 0.0
    return len(prices) * float(np.spacing(float(budget)))


def _plain(number: Any) -> Number:
    plain: Number = number.item() if isinstance(number, np.generic) else number
    return plain


def _limit(array: Array) -> float:
    return MINOR_MAX if array.dtype.kind in "iu" else LARGEST


def _is_utility(answer: Any) -> bool:
    if isinstance(answer, Integral):
        return abs(int(answer)) <= MINOR_MAX
    return isinstance(answer, Real) and abs(float(answer)) <= LARGEST


def _plain_array(answers: list[Any]) -> Array | None:
    """Make an array of plain numbers within bounds, all at once; None where one is not, to be looked at one by one."""
    try:
        array = np.array(answers)
    except (ValueError, OverflowError):
        return None
    plain = array.ndim == 1 and array.dtype in (np.int64, np.float64) and (np.abs(array) <= _limit(array)).all()
    return array if plain else None


def _no_utility(bundle: Bundle, answer: Any) -> Problem:
    bound = f"a utility is a number within ±{LARGEST:g}, or a whole one within ±{MINOR_MAX}"
    return Problem(f"utility[{bundle}]", f"is {answer!r:.{SHOWN}}", bound, "Give a finite number for every bundle.")


def _vector(where: str, given: Any, problems: list[Problem]) -> Array:
    """Take one utility for each dataset; note what is wrong with each."""
    members = listed(given)
    if members is None:
        problems.append(
            Problem(where, f"is {given!r:.{SHOWN}}", "there is one utility a dataset", "Give a list of numbers.")
        )
        return np.zeros(0)
    wrong = [
        Problem(f"{where}[{i}]", f"is {each!r:.{SHOWN}}", "a utility is a finite number", "Use 0 for data of no use.")
        for i, each in enumerate(members)
        if not _is_utility(each)
    ] or too_much(where, members)
    problems.extend(wrong)
    return np.zeros(len(members)) if wrong else whole_or_float(members)


def _symmetric(where: str, given: Any, n: int, problems: list[Problem]) -> Array:
    """Take what pairs are worth together; note what is wrong with each."""
    pairs = np.asarray(given)
    if pairs.shape != (n, n) or pairs.dtype.kind not in "iuf":
        found, bound = f"is {pairs.dtype} of shape {pairs.shape}", f"it is made of {n} rows of {n} numbers"
        problems.append(Problem(where, found, bound, "Give a square array, with 0 for pairs that only add up."))
        return np.zeros((n, n))
    wrong = ~((np.abs(pairs) <= _limit(pairs)) & (pairs == pairs.T))
    wrong |= np.diag(np.diag(pairs) != 0)
    bound, remedy = "it is finite, the same both ways, and 0 for a dataset with itself", "Write w_ij at [j, i] as well."
    problems.extend(
        Problem(f"{where}[{i}, {j}]", f"is {pairs[i, j]}, [{j}, {i}] is {pairs[j, i]}", bound, remedy)
        for i, j in np.argwhere(np.triu(wrong | wrong.T)).tolist()
    )
    return pairs.astype(np.int64 if pairs.dtype.kind in "iu" else np.float64, copy=False)
