"""How likely is a seller to be still there, some periods later, or to have left?"""

from typing import Any

import numpy as np

from evenhand.errors import Problem, refuse, shown
from evenhand.records import Array
from evenhand.simulation import checks


def staying(chances: Any) -> Array:
    """Give the chance that a seller is still there at the start of each period, and after the last.

        P_T = product over t < T of pi(p_t, p_t*)                                [FairShare25, after eq. 10, Lemma 7]

    Args:
        chances: (..., periods) of staying for the next period.

    Returns:
        (..., periods + 1), from 1 on and never rising.

    Raises:
        OfferError: a chance is below 0, above 1 or no number.

    >>> staying([0.5, 1.0, 0.5])
    array([1.  , 0.5 , 0.5 , 0.25])
    """
    given = _taken(chances)
    return np.concatenate([np.ones((*given.shape[:-1], 1)), np.cumprod(given, axis=-1)], axis=-1)


def loss_at_least(chances: Any) -> Array:
    """Bound from below the chance that a seller has left by the end.

        1 - P >= 1 - exp(-S),      S = sum over t of (1 - pi(p_t, p_t*))                        [FairShare25, Lemma 7]

    Args:
        chances: (..., periods) of staying for the next period.

    Raises:
        OfferError: a chance is below 0, above 1 or no number.

    >>> round(float(loss_at_least([0.5, 0.5])), 6), 1 - float(staying([0.5, 0.5])[-1])
    (0.632121, 0.75)
    """
    return np.asarray(-np.expm1(-(1 - _taken(chances)).sum(axis=-1)))


def _taken(chances: Any) -> Array:
    """Take the chances of some periods."""
    problems: list[Problem] = []
    given = checks.numbers("chances", chances, problems)
    if not problems and (not given.ndim or not ((given >= 0) & (given <= 1)).all()):
        bound = "they are numbers from 0 to 1, one a period"
        problems.append(Problem("chances", f"are {shown(given.tolist())}", bound, "Correct them."))
    refuse(problems)
    return given
