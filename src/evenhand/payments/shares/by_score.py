"""How is a supply of tokens divided by volume, quality and impact? All of it, with a minimum and a cap for each."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem, refuse, shown
from evenhand.market import exact_number, numbers
from evenhand.numerics import Number
from evenhand.numerics.rounding import power_of_two
from evenhand.numerics.water_filling import bounded_shares, round_tokens
from evenhand.payments.shares.given import amount, are_exact, infinite_sum, negative, not_finite, row, shapes, weighing
from evenhand.payments.shares.tokens import EQUAL, PARTS, SUPPLY, Tokens
from evenhand.records import Array


def data_share_tokens(
    volume: Any,
    quality: Any,
    impact: Any,
    weights: Sequence[Number] = EQUAL,
    total: int = SUPPLY,
    low: Any = 0,
    high: Any = np.inf,
) -> Tokens:
    """Divide a supply of tokens by volume, quality and impact, all of it, with a minimum and a cap for each.

        score_i = alpha v_i / sum of v  +  beta v_i q_i / sum of v q  +  gamma max(g_i, 0) / sum of max(g, 0)
        tokens  = clip(level * score, low, high), rounded, summing to the supply       [Ayyoubzadeh25, section 7]

    As published, quality counts alike for a page and for a library, so that a second name is a second share of it;
    here it is weighted by volume. A gain below 0 counts as 0. Where nobody has any of a part (0/0) that part is left
    out, and the others share the supply by their weights. So scores add up: parts of a dataset have together the score
    of the whole. A minimum and a cap do not: they hold for each *name*. Give a minimum only to who has proved to be
    one seller, or K names without any data hold K minima (E-002-17 in docs/errata.md).

    Args:
        volume: (sellers,) usable text tokens, 0 or more.
        quality: (sellers,) 0 or more.
        impact: (sellers,) what each dataset adds to accuracy; of any sign.
        weights: alpha, beta and gamma: 0 or more, together 1.
        total: the supply, whole.
        low: (sellers,) or one whole number: a minimum for each.
        high: (sellers,) or one whole number: a cap for each.

    Raises:
        OfferError: an argument is out of bounds, or minima and caps do not leave a way to issue all tokens.

    >>> data_share_tokens([600, 300, 100], [0.5, 1.0, 0.5], [0.25, 0.0, -0.125])
    Tokens(issued=array([68718, 25385,  5897]), kept=0)
    """
    given = dict(zip(PARTS, (volume, quality, impact), strict=True))
    exact = are_exact(given.values(), total)
    problems: list[Problem] = []
    v, q, g = (row(name, part, problems, exact=exact) for name, part in given.items())
    amount("total", total, problems)
    problems += [*weighing(weights), *_no_bounds("low", low), *_no_bounds("high", high)]
    if not problems:
        problems = [*shapes(volume=v, quality=q, impact=g), *negative("volume", v), *negative("quality", q)]
        problems += not_finite("impact", g)
    if not problems:
        problems = [*infinite_sum("volume", v), *infinite_sum("impact", np.maximum(g, 0))]
    refuse(problems)
    alpha, beta, gamma = (exact_number(weight) if exact else float(weight) for weight in weights)
    scores = alpha * _part(v) + beta * _part(_of_volume(v, q)) + gamma * _part(np.maximum(g, 0))
    return Tokens(round_tokens(bounded_shares(scores, low, high, total), low, high, total), 0)


def _no_bounds(where: str, given: Any) -> list[Problem]:
    try:
        taken = numbers(where, given)
    except OfferError as refused:
        return list(refused.problems)
    if np.isnan(taken).any():
        return [Problem(where, f"is {shown(given)}", "it is one number, or one for each", "Give numbers.")]
    return []


def _of_volume(volume: Array, quality: Array) -> Array:
    """Weigh quality by volume; floats against the largest of each, for only parts of the sum count."""
    if volume.dtype == object:
        return volume * quality
    return volume / power_of_two(volume.max(initial=0.0)) * (quality / power_of_two(quality.max(initial=0.0)))


def _part(amounts: Array) -> Array:
    """Give each their part of the sum; 0 to all where there is nothing to have a part of."""
    whole = amounts.sum()
    return amounts / whole if whole > 0 else amounts
