"""Who gets which part of what the data will earn? Posted shares, and tokens by scores.

A share is a claim on a pool of future revenue, counted in the money of the pool; a token is a whole unit of one.

`marginal_utility_tokens` divides a pool by what each dataset adds [Ayyoubzadeh25, section 6]. As published, all shares
move when one seller withholds data or stays out, and costs are not looked at. Here three things differ:

* a dataset's mass is the sum of what its documents add, so splitting a dataset into parts, or joining parts, changes
  nothing, and leaving a document out never adds;
* it is divided by a mass that is published beforehand, or by all that is registered, whoever joins in the end: so a
  seller is *posted* a share, which no report of anybody moves;
* who finds the share too small for the cost stays out, and it is not issued.

Why truth is best: the share offered does not depend on any report, and a seller joins exactly where it covers the cost.
Why nobody loses: the same. Why the pool lasts: the shares offered sum to at most the pool.

`data_share_tokens` divides a supply of tokens by volume, quality and impact [Ayyoubzadeh25, section 7], with a minimum
and a cap for each. It rewards what is measured and asks nobody for a cost, so there is no report that could be a lie;
it does not promise that a seller's tokens are worth the cost.

Both stand beside the form in which they were published, kept to be looked at (E-002-15 to E-002-17 in docs/errata.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor, isclose
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.market import exact_number, exact_numbers, numbers
from evenhand.numerics.water_filling import bounded_shares, round_tokens
from evenhand.records import Array

Number = Any

SUPPLY = 100_000
"""The tokens of [Ayyoubzadeh25, section 7]."""

EQUAL = (Fraction(1, 3), Fraction(1, 3), Fraction(1, 3))
"""Volume, quality and impact count alike; the paper names no weights."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What of a supply went to whom; together it is the supply."""

    issued: Array
    """(sellers,)"""
    kept: Number
    """stays in the treasury."""


def additive_masses(quality: Sequence[Iterable[Number]], value: Sequence[Iterable[Number]]) -> Array:
    """Say how much each dataset adds: quality times value, document by document.

        m_i = sum over documents d of i of q_d max(phi_d, 0)

    Splitting a dataset splits its mass; a document that adds nothing adds nothing wherever it stands. What a document
    adds must not depend on which dataset it stands in: copies are to be found, and valued as one, beforehand.

    Args:
        quality: of each seller the quality of each document, 0 to 1.
        value: of each seller what each document adds; below 0 counts as 0.

    Raises:
        OfferError: a dataset has not one quality and one value a document.

    The average quality of the first is 1/2, and leaving out the second document would double it; the mass stays:

    >>> additive_masses([[1.0, 0.0], [0.5]], [[0.75, 0.25], [1.0]])
    array([0.75, 0.5 ])
    """
    documents = [(list(ours), list(adds)) for ours, adds in zip(quality, value, strict=True)]
    problems = [
        Problem(
            f"value[{i}]", f"has {len(adds)} numbers", f"{len(ours)} documents have a quality", "Give both of each."
        )
        for i, (ours, adds) in enumerate(documents)
        if len(ours) != len(adds)
    ]
    if problems:
        raise OfferError(problems)
    masses = [sum(q * max(phi, 0) for q, phi in zip(ours, adds, strict=True)) for ours, adds in documents]
    return np.array(masses) if any(isinstance(mass, float) for mass in masses) else exact_numbers(masses)


def marginal_utility_tokens(
    masses: Any, total: Number, costs: Any = None, denominator: Number | None = None, *, whole: bool = False
) -> Tokens:
    """Post each seller a share of a pool by what their data adds, and issue it to those whom it covers.

        x_i = total * m_i / denominator,        i joins if and only if c_i <= x_i

    Args:
        masses: (sellers,) what each dataset adds, 0 or more (`additive_masses`); who adds nothing gets nothing.
        total: the pool, in the money of the costs, or the number of tokens.
        costs: (sellers,) what each asks at least; inf for who stays away. None if everyone joins.
        denominator: the mass over which the pool is divided, published before anyone registers; None for all that is
            registered. With a published one a share is linear in the mass: then nobody gains by registering under
            several names, or with a part of the data at that part of the cost.
        whole: whole tokens, each offer rounded down; splitting then gains nothing, and may cost less than one token a
            part.

    Returns:
        what is issued, and what is kept. Exact numbers give exact shares.

    Raises:
        OfferError: a number is out of bounds, or the masses exceed the denominator, so that more would be promised than
            there is.

    >>> marginal_utility_tokens([2.0, 1.0, 1.0], total=100.0, costs=[30.0, 40.0, 5.0])
    Tokens(issued=array([50.,  0., 25.]), kept=25.0)
    >>> marginal_utility_tokens([2, 1, 1], total=101, whole=True)
    Tokens(issued=array([50, 25, 25], dtype=object), kept=1)
    """
    exact = whole or _are_exact(masses, total, 0 if denominator is None else denominator)
    mass, pool = (_exact(masses), exact_number(total)) if exact else (numbers("masses", masses), float(total))
    over = mass.sum() if denominator is None else exact_number(denominator) if exact else float(denominator)
    asked = np.zeros(len(mass)) if costs is None else np.asarray(costs)
    problems = [*_amounts("masses", mass), *_amounts("total", [pool]), *_over(mass, over), *_asked(asked, len(mass))]
    if whole and pool % 1:
        problems.append(Problem("total", f"is {total}", "tokens are whole", "Give a whole supply."))
    if problems:
        raise OfferError(problems)
    offered = pool * mass / over if over else mass
    if whole:
        offered = exact_numbers([floor(share) for share in offered])
    return _of(pool, np.where((mass > 0) & (asked <= offered), offered, 0))


def marginal_utility_tokens_as_published(quality: Any, value: Any, total: Number) -> Tokens:
    """Divide a pool among everyone by average quality times value, as published.

        x_i = total * q_i phi_i / sum of q phi        [Ayyoubzadeh25, section 6.1]

    Kept to be refuted. With the other at q phi = 1/2, who brings q = 1/2 and phi = 1 gets half of the pool; leaving out
    the half that is junk makes it q = 1 and phi = 0.9, and earns more (E-002-15 in docs/errata.md). It looks at no
    cost, so a share may be worth less than it (E-002-16).

    Args:
        quality: (sellers,) average quality of each dataset.
        value: (sellers,) what each dataset adds.
        total: the pool.

    >>> marginal_utility_tokens_as_published([0.5, 0.5], [1.0, 1.0], 1.0).issued.round(3)
    array([0.5, 0.5])
    >>> marginal_utility_tokens_as_published([1.0, 0.5], [0.9, 1.0], 1.0).issued.round(3)
    array([0.643, 0.357])
    """
    return _of(total, total * _printed_part(numbers("quality", quality) * numbers("value", value)))


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
    given = (volume, quality, impact)
    exact = all(_are_exact(amounts, total) for amounts in given)
    v, q, g = (_exact(row) if exact else numbers(name, row) for name, row in zip(PARTS, given, strict=True))
    problems = [*_shapes(v, q, g), *_amounts("volume", v), *_amounts("quality", q), *_finite("impact", g)]
    if len(weights) != len(PARTS) or not all(weight >= 0 for weight in weights) or not isclose(sum(weights), 1):
        found, bound = f"are {[str(weight) for weight in weights]}", "volume, quality and impact weigh 1 together"
        problems.append(Problem("weights", found, bound, "Give three numbers of 0 or more that sum to 1."))
    if problems:
        raise OfferError(problems)
    alpha, beta, gamma = (exact_number(weight) if exact else float(weight) for weight in weights)
    scores = alpha * _part(v) + beta * _part(v * q) + gamma * _part(np.maximum(g, 0))
    return Tokens(round_tokens(bounded_shares(scores, low, high, total), low, high, total), 0)


def data_share_tokens_as_published(
    volume: Any, quality: Any, impact: Any, weights: Sequence[Number] = EQUAL, total: Number = SUPPLY
) -> Tokens:
    """Divide a supply by volume, quality and impact as published: no rounding, and impact with its sign.

        total * (alpha v_i / sum of v + beta q_i / sum of q + gamma g_i / sum of g)     [Ayyoubzadeh25, section 7]

    Kept to be refuted (E-002-17 in docs/errata.md). Who registers the same text in two halves has two shares of
    quality; who harms the model owes tokens; where gains sum to 0 it is NaN.

    >>> data_share_tokens_as_published([2, 2], [1, 1], [0, 1], (0, 1, 0), 60).issued
    array([30., 30.])
    >>> data_share_tokens_as_published([1, 1, 2], [1, 1, 1], [0, 0, 1], (0, 1, 0), 60).issued
    array([20., 20., 20.])
    >>> data_share_tokens_as_published([1, 1], [1, 1], [-1, 2], (0, 0, 1), 60).issued
    array([-60., 120.])
    """
    parts = [
        float(weight) * _printed_part(numbers(name, row))
        for name, weight, row in zip(PARTS, weights, (volume, quality, impact), strict=True)
    ]
    return _of(total, total * np.sum(parts, axis=0))


PARTS = ("volume", "quality", "impact")


def _of(total: Number, issued: Array) -> Tokens:
    kept = total - issued.sum()
    return Tokens(issued, kept if issued.dtype == object else float(kept))


def _part(amounts: Array) -> Array:
    """Give each their part of the sum; 0 to all where there is nothing to have a part of."""
    whole = amounts.sum()
    return amounts / whole if whole > 0 else amounts


def _printed_part(amounts: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(amounts / amounts.sum())


def _are_exact(row: Any, *others: Number) -> bool:
    """Whether these are whole numbers and fractions."""
    return np.asarray(row).dtype.kind in "iuO" and all(isinstance(other, int | Fraction) for other in others)


def _exact(row: Any) -> Array:
    """Give fractions; what is no finite number stays, to be refused."""
    fractions = [
        Fraction(number) if not isinstance(number, float) or np.isfinite(number) else number
        for number in np.asarray(row).tolist()
    ]
    return exact_numbers(fractions)


def _amounts(where: str, row: Any) -> list[Problem]:
    """Refuse what is below 0 or no finite number."""
    return [
        Problem(f"{where}[{i}]" if len(row) > 1 else where, f"is {amount}", "it is finite and 0 or more", "Correct it.")
        for i, amount in enumerate(row)
        if not 0 <= amount < np.inf
    ]


def _finite(where: str, row: Any) -> list[Problem]:
    return [
        Problem(f"{where}[{i}]", f"is {number}", "it is a finite number", "Correct it.")
        for i, number in enumerate(row)
        if not -np.inf < number < np.inf
    ]


def _shapes(*rows: Array) -> list[Problem]:
    return [
        Problem(name, f"has shape {row.shape}", f"volume has {rows[0].shape}", "Give one number a seller.")
        for name, row in zip(PARTS, rows, strict=True)
        if row.ndim != 1 or row.shape != rows[0].shape
    ]


def _over(mass: Array, denominator: Number) -> list[Problem]:
    """Refuse to divide a pool by less than there is; in floats, by more than the sum may be off."""
    registered = mass.sum()
    if registered <= denominator or (mass.dtype != object and isclose(registered, denominator)):
        return []
    bound = f"masses sum to {registered}, and more than the pool would be promised"
    return [Problem("denominator", f"is {denominator}", bound, "Divide by all that may be registered.")]


def _asked(costs: Array, sellers: int) -> list[Problem]:
    if costs.shape != (sellers,):
        return [
            Problem("costs", f"have shape {costs.shape}", f"there are {sellers} masses", "Give one report a seller.")
        ]
    return [
        Problem(f"costs[{i}]", f"is {cost}", "a cost is 0 or more", "Use inf for a seller who stays away.")
        for i, cost in enumerate(costs)
        if not cost >= 0
    ]
