"""What is a value score worth in money to a buyer? [FairShare25, appendix 4]

A valuation gives a bundle a score v; a buyer gains money u. Four maps from one to the other:

    linear       u = gamma v + beta                                           [FairShare25, eq. 28]
    tiers        u = u_h where v is in [c_h, c_{h+1}), 0 below c_1            [FairShare25, eq. 29]
    zero_one     E u = v (u_good - u_bad) + u_bad                             [FairShare25, eqs. 30-31]
    tasks        u = theta . (u_1(v_1), ..., u_Q(v_Q)) + epsilon              [FairShare25, eq. 32]

Each is a function of an array of scores, so it is put behind any valuation of many bundles at once:
`OfMasks(lambda masks: to_money(masks @ scores))`. What a map gives at the score of nothing is what the buyer has
without buying; it changes no purchase (bundles.py).
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import inf, nan
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem, refuse, shown
from evenhand.numerics.exactness import LARGEST
from evenhand.numerics.given import in_range, listed
from evenhand.records import Array

ToMoney = Callable[[Any], Array]
"""Scores, of any shape -> money, of the same."""


def linear(*, gamma: float, beta: float = 0.0) -> ToMoney:
    """Be worth more in proportion: u = gamma v + beta [FairShare25, eq. 28].

    Args:
        gamma: money per unit of score, 0 or more.
        beta: money that does not depend on the data.

    Raises:
        OfferError: gamma is below 0, or one is not a finite number.

    >>> linear(gamma=100, beta=5)([0, 0.5])
    array([ 5., 55.])
    """
    problems: list[Problem] = []
    rate = _finite("gamma", gamma, problems, at_least=0)
    constant = _finite("beta", beta, problems)
    refuse(problems)
    return lambda scores: rate * _scores(scores) + constant


def tiers(*, cuts: Sequence[float], rewards: Sequence[float]) -> ToMoney:
    """Be worth a reward by the tier reached: u_h where v is in [c_h, c_{h+1}) [FairShare25, eq. 29].

    The last tier has no end (the paper counts to H and leaves c_{H+1} open); below the first cut nothing is gained.

    Args:
        cuts: (H,) scores, strictly rising.
        rewards: (H,) money, strictly rising.

    Raises:
        OfferError: the lists differ in length, are empty, or do not rise.

    >>> tiers(cuts=[0.5, 0.8], rewards=[10, 30])([0.4, 0.5, 0.79, 0.8])
    array([ 0., 10., 10., 30.])
    """
    problems: list[Problem] = []
    edges, money = _rising("cuts", cuts, problems), _rising("rewards", rewards, problems)
    if not problems and len(edges) != len(money):
        found, bound = f"are {len(edges)} and {len(money)}", "every tier has its cut and its reward"
        problems.append(Problem("cuts and rewards", found, bound, "Give as many of each."))
    refuse(problems)
    steps = np.concatenate([[0.0], money])
    return lambda scores: np.asarray(steps[np.searchsorted(edges, _scores(scores), side="right")])


def zero_one(*, good: float, bad: float) -> ToMoney:
    """Expect a small gain with probability v and a disaster otherwise [FairShare25, eqs. 30-31].

        E u = v (good - bad) + bad

    The paper writes the small gain with a line below and the disaster with a line above; the signs are right.

    Args:
        good: money gained with probability v; above `bad`.
        bad: money in the rare event, with probability 1 - v: far below 0.

    Raises:
        OfferError: good is not above bad, one is not a finite number, or a score asked about is no probability.

    >>> zero_one(good=1, bad=-99)([1, 0.995, 0])
    array([  1. ,   0.5, -99. ])
    """
    problems: list[Problem] = []
    gain, loss = _finite("good", good, problems), _finite("bad", bad, problems)
    if not problems and not gain > loss:
        problems.append(Problem("good", f"is {good}", f"it is above bad, {bad}", "Exchange them."))
    refuse(problems)
    return lambda scores: _scores(scores, 0, 1) * (gain - loss) + loss


def tasks(*, weights: Sequence[float], maps: Sequence[ToMoney], epsilon: float = 0.0) -> ToMoney:
    """Weigh what the data is worth in several tasks.

        u = theta . (u_1(v_1), ..., u_Q(v_Q)) + epsilon        [FairShare25, eq. 32]

    Args:
        weights: (Q,) theta, finite.
        maps: (Q,) from the score in each task to money.
        epsilon: money that does not depend on the data.

    Returns:
        A function of scores (..., Q), the last axis being the tasks -> money (...).

    Raises:
        OfferError: weights and maps differ in number, a number is not finite, or scores are not of Q tasks.

    >>> both = tasks(weights=[1, 2], maps=[linear(gamma=10), tiers(cuts=[0.5], rewards=[7])])
    >>> both([[0.5, 0.5], [1, 0]])
    array([19., 10.])
    """
    problems: list[Problem] = []
    given_weights, given_maps = _members("weights", weights, problems), _members("maps", maps, problems)
    theta = [_finite(f"weights[{q}]", weight, problems) for q, weight in enumerate(given_weights)]
    bound, remedy = "it is a function of scores", "Give linear, tiers or zero_one."
    problems += [
        Problem(f"maps[{q}]", f"is {shown(each)}", bound, remedy)
        for q, each in enumerate(given_maps)
        if not callable(each)
    ]
    constant = _finite("epsilon", epsilon, problems)
    if not problems and (len(theta) != len(given_maps) or not theta):
        found = f"are {len(theta)} and {len(given_maps)}"
        problems.append(Problem("weights and maps", found, "every task has one of each", "Give as many of each."))
    refuse(problems)

    def to_money(scores: Any) -> Array:
        known = _scores(scores)
        if known.shape[-1:] != (len(theta),):
            found = f"have shape {known.shape}"
            raise OfferError(Problem("scores", found, f"the last axis is {len(theta)} tasks", "Give one score a task."))
        by_task = [weight * to_u(known[..., q]) for q, (weight, to_u) in enumerate(zip(theta, given_maps, strict=True))]
        return np.asarray(np.sum(by_task, axis=0) + constant)

    return to_money


def _scores(given: Any, low: float = -inf, high: float = inf) -> Array:
    try:
        scores = np.asarray(given, np.float64)
    except (TypeError, ValueError, OverflowError):
        bound, remedy = "they are numbers, in rows of one length", "Give a number for every bundle."
        raise OfferError(Problem("scores", f"are {shown(given)}", bound, remedy)) from None
    wrong = scores[~(np.isfinite(scores) & (scores >= low) & (scores <= high))]
    if wrong.size:
        within = "finite" if low == -inf else f"within {low} and {high}"
        remedy = "Normalise the scores." if low > -inf else "Give a number for every bundle."
        raise OfferError(Problem("scores", f"hold {wrong.flat[0]}", f"a score is {within}", remedy))
    return scores


def _finite(where: str, given: Any, problems: list[Problem], at_least: float = -inf) -> float:
    if in_range(given, max(at_least, -LARGEST), LARGEST):
        return float(given)
    within = f"from {at_least} to {LARGEST:g}" if at_least > -inf else f"within ±{LARGEST:g}"
    problems.append(Problem(where, f"is {shown(given)}", f"it is a number {within}", "Give a plain number."))
    return nan


def _members(where: str, given: Any, problems: list[Problem]) -> list[Any]:
    members = listed(given)
    if members is None:
        problems.append(Problem(where, f"is {shown(given)}", "there is one for each task", "Give a list."))
    return members or []


def _rising(where: str, given: Any, problems: list[Problem]) -> Array:
    members = listed(given) or []
    numbers = [_finite(f"{where}[{i}]", each, problems) for i, each in enumerate(members)]
    if not numbers or any(not low < high for low, high in pairwise(numbers)):
        found = f"are {shown(given)}"
        problems.append(Problem(where, found, "they rise strictly, and there is one or more", "Sort them, each once."))
    return np.array(numbers)
