"""What is a bundle worth to a buyer of whom nothing is known but the answers? Any set function, asked for its values.

OfMasks(value)             asked for many bundles at once: 0/1 masks (K, n) -> (K,)
a function or a mapping    asked bundle by bundle
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem, refuse, shown
from evenhand.markets.posted.bundles import Additive, Bundle, Pairwise, Utility, decoded
from evenhand.markets.posted.checks import as_array, is_utility, no_utility, within_reach
from evenhand.markets.posted.exactness import Number, plain, whole_or_float
from evenhand.records import Array

BATCH = 2**16
"""How many masks are handed over at once."""


@dataclass(frozen=True, eq=False)
class OfMasks:
    """Any set function, asked for many bundles at once.

    Args:
        value: 0/1 masks (K, n), one row a bundle -> (K,) money.

    Raises:
        OfferError: it cannot be asked.

    >>> coverage = OfMasks(lambda masks: 10 * masks.any(axis=1))
    >>> coverage.table([0, 2], 3)
    array([ 0, 10, 10, 10])
    """

    value: Callable[[Array], Any]
    size: None = field(default=None, init=False)
    whole: None = field(default=None, init=False)

    def __post_init__(self) -> None:
        given: Any = self.value
        if not callable(given):
            remedy = "Give a function; Additive takes a list of utilities."
            bound = "it is a function of 0/1 masks (K, n) that gives (K,) money"
            raise OfferError(Problem("value", f"is {shown(given)}", bound, remedy))

    def of(self, bundle: Bundle, n: int) -> Number:
        """Give what one bundle is worth."""
        mask = np.zeros((1, n), bool)
        mask[0, list(bundle)] = True
        return plain(self._asked(mask, lambda row: bundle)[0])

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
        answers = as_array(self.value(masks))
        if answers.shape != (len(masks),) or answers.dtype.kind not in "biuf":
            found = f"gave {answers.dtype} of shape {answers.shape} for {len(masks)} masks"
            raise OfferError(
                Problem("utility", found, "there is one real number a mask", "Return an array of as many numbers.")
            )
        wrong = np.flatnonzero(~within_reach(answers))
        refuse([no_utility(bundle(int(row)), answers[row].item()) for row in wrong])
        return answers.astype(np.int64 if answers.dtype.kind in "biu" else np.float64, copy=False)


@dataclass(frozen=True, eq=False)
class OfBundles:
    """Any set function, asked bundle by bundle: a function of sorted tuples, or a mapping from them."""

    value: Callable[[Bundle], Any] | Mapping[Bundle, Any]
    size: None = field(default=None, init=False)
    whole: None = field(default=None, init=False)

    def of(self, bundle: Bundle, n: int) -> Number:
        """Give what one bundle is worth."""
        del n
        return plain(self._asked([bundle])[0])

    def table(self, ids: Sequence[int], n: int) -> Array:
        """Give what every bundle of these datasets is worth; the datasets are in rising order."""
        del n
        bundles: list[Bundle] = [()]
        for dataset in ids:
            bundles += [(*bundle, dataset) for bundle in bundles]
        return self._asked(bundles)

    def _asked(self, bundles: list[Bundle]) -> Array:
        answers = self._looked_up(bundles) if isinstance(self.value, Mapping) else [*map(self.value, bundles)]
        at_once = _at_once(answers)
        if at_once is not None:
            return at_once
        refuse([no_utility(*pair) for pair in zip(bundles, answers, strict=True) if not is_utility(pair[1])])
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
    problems.append(Problem("utility", f"is {shown(given)}", bound, remedy))
    return OfBundles({})


def _at_once(answers: list[Any]) -> Array | None:
    """Make an array of plain numbers within bounds, all at once; None where one is not, to be looked at one by one."""
    try:
        array = np.array(answers)
    except (ValueError, OverflowError):
        return None
    sound = array.ndim == 1 and array.dtype in (np.int64, np.float64) and within_reach(array).all()
    return array if sound else None
