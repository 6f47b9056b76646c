"""What does each dataset add, and which share of a pool is posted for it? A share that no report moves."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from math import isclose
from typing import Any

import numpy as np

from evenhand.errors import Problem, refuse, shown
from evenhand.market import exact_numbers
from evenhand.numerics import Number
from evenhand.numerics.exactness import LARGEST
from evenhand.numerics.rounding import posted
from evenhand.payments.shares.given import amount, are_exact, infinite_sum, is_number, negative, row
from evenhand.payments.shares.tokens import Tokens, out_of
from evenhand.records import Array


def additive_masses(quality: Sequence[Iterable[Number]], value: Sequence[Iterable[Number]]) -> Array:
    """Say how much each dataset adds: quality times value, document by document.

        m_i = sum over documents d of i of q_d max(phi_d, 0)

    Splitting a dataset splits its mass; a document that adds nothing adds nothing wherever it stands. What a document
    adds must not depend on which dataset it stands in: copies are to be found, and valued as one, beforehand.

    Args:
        quality: of each seller the quality of each document, 0 to 1.
        value: of each seller what each document adds; below 0 counts as 0.

    Raises:
        OfferError: a dataset has not one quality and one value a document, or a number is out of bounds.

    The average quality of the first is 1/2, and leaving out the second document would double it; the mass stays:

    >>> additive_masses([[1.0, 0.0], [0.5]], [[0.75, 0.25], [1.0]])
    array([0.75, 0.5 ])
    """
    problems: list[Problem] = []
    rows = list(zip_longest(_by_seller("quality", quality, problems), _by_seller("value", value, problems)))
    refuse(problems)
    for i, (ours, adds) in enumerate(rows):
        problems += _documents(i, ours, adds)
    refuse(problems)
    masses = [sum(q * max(phi, 0) for q, phi in zip(ours, adds, strict=True)) for ours, adds in rows]
    return np.array(masses) if any(isinstance(mass, float) for mass in masses) else exact_numbers(masses)


def _by_seller(where: str, given: Any, problems: list[Problem]) -> list[list[Any]]:
    """Take a list of numbers from each seller; note what is none."""
    taken: list[list[Any]] = []
    if _is_list(given):
        for i, documents in enumerate(given):
            if _is_list(documents):
                taken.append(list(documents))
            else:
                problems.append(_no_list(f"{where}[{i}]", documents, "one number a document"))
    else:
        problems.append(_no_list(where, given, "the documents of each seller"))
    return taken


def _is_list(given: Any) -> bool:
    return isinstance(given, Iterable) and not isinstance(given, str | bytes)


def _no_list(where: str, given: Any, of: str) -> Problem:
    remedy = "For two sellers: [[1.0, 0.5], [0.8]]."
    return Problem(where, f"is {shown(given)}", f"it is a list of {of}", remedy)


def _documents(i: int, quality: list[Any] | None, value: list[Any] | None) -> list[Problem]:
    """Refuse what does not say of each document of a seller how good it is, and what it adds."""
    if quality is None or value is None:
        where, other = ("quality", "value") if quality is None else ("value", "quality")
        return [Problem(f"{where}[{i}]", "is missing", f"{other} has one for this seller", "Give both of each seller.")]
    if len(quality) != len(value):
        found, bound = f"has {len(value)} numbers", f"{len(quality)} documents have a quality"
        return [Problem(f"value[{i}]", found, bound, "Give both of each.")]
    return [
        Problem(f"{name}[{i}][{d}]", f"is {shown(found)}", bound, "Correct it.")
        for name, row, (least, most), bound in (
            ("quality", quality, (0, 1), "quality is a number, 0 to 1"),
            ("value", value, (-LARGEST, LARGEST), f"what a document adds is a number within ±{LARGEST:g}"),
        )
        for d, found in enumerate(row)
        if not (is_number(found) and least <= found <= most)
    ]


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
    exact = whole or are_exact([masses], total, 0 if denominator is None else denominator)
    problems: list[Problem] = []
    mass = row("masses", masses, problems, exact=exact)
    pool = amount("total", total, problems, exact=exact)
    over = None if denominator is None else amount("denominator", denominator, problems, exact=exact)
    asked = np.zeros(len(mass)) if costs is None else row("costs", costs, problems, exact=are_exact([costs]))
    refuse(problems)
    problems = [*negative("masses", mass), *infinite_sum("masses", mass), *negative("total", [pool])]
    problems += _asked(asked, len(mass))
    if not problems:
        over = mass.sum() if over is None else over
        problems += _over(mass, over)
    if whole and pool % 1 > 0:
        problems.append(Problem("total", f"is {total}", "tokens are whole", "Give a whole supply."))
    refuse(problems)
    offered = posted(pool, mass, over, whole=whole)
    return out_of(pool, np.where((mass > 0) & (asked <= offered), offered, 0))


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
