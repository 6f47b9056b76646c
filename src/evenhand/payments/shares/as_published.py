"""How are shares and tokens divided exactly as it was published? Kept with what fails, to be looked at."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from evenhand.errors import Problem, refuse
from evenhand.numerics import Number
from evenhand.payments.shares.given import amount, row, shapes, weighing
from evenhand.payments.shares.tokens import EQUAL, PARTS, SUPPLY, Tokens, out_of
from evenhand.records import Array


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
    problems: list[Problem] = []
    q, phi = row("quality", quality, problems), row("value", value, problems)
    amount("total", total, problems)
    problems = problems or shapes(quality=q, value=phi)
    refuse(problems)
    return out_of(total, total * _printed_part(q * phi))


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
    given = dict(zip(PARTS, (volume, quality, impact), strict=True))
    problems: list[Problem] = []
    rows = {name: row(name, part, problems) for name, part in given.items()}
    amount("total", total, problems)
    problems += weighing(weights)
    problems = problems or shapes(**rows)
    refuse(problems)
    parts = [float(weight) * _printed_part(part) for weight, part in zip(weights, rows.values(), strict=True)]
    return out_of(total, total * np.sum(parts, axis=0))


def _printed_part(amounts: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(amounts / amounts.sum())
