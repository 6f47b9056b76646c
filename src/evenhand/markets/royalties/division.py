"""Who gets which part of what a use earns? Every dataset its rate, to the last minor unit.

What each dataset is due is a fraction; what is paid is whole. So everyone gets the whole part of what they are due, and
the units that are still missing go one each to those from whom most was cut off, ties by index: nobody is a whole unit
away from what they are due, the parts sum to the royalty, and the buyer never pays more than the rates say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.markets.royalties.buyers import in_range
from evenhand.money import MINOR_MAX
from evenhand.numerics import Number
from evenhand.numerics.water_filling import round_tokens


@dataclass(frozen=True, slots=True)
class Royalty:
    """What a use earned, divided."""

    paid_minor: tuple[int, ...]
    """What each dataset gets."""
    kept_minor: int
    """What the buyer keeps."""


def royalty(revenue_minor: int, rates: Sequence[Number]) -> Royalty:
    """Divide what a use earned among the datasets of the bundle, in proportion to their rates, and the buyer.

        f_j = alpha_j / max(1, sum of alpha),       due_j = f_j R,       together floor(sum of due)

    so that the whole is f R with f = min(1, sum of alpha) [FairShare25, section 3], rounded down. Settle the uses of a
    period together: a use that earns one cent pays none at a rate of 0.4, and a hundred of them pay 40 cents.

    Args:
        revenue_minor: R, what was earned, in minor units, 0 or more.
        rates: (datasets,) 0 to 1 each, of the bundle that was used; floats are the fractions that they are.

    Raises:
        OfferError: the revenue is not whole, negative or too large, or a rate is out of bounds.

    2.5, 2.5 and 1 of 10 are due, which is 6; the unit that is missing goes to the first of equals:

        >>> royalty(10, [Fraction(1, 4), Fraction(1, 4), Fraction(1, 10)])
        Royalty(paid_minor=(3, 2, 1), kept_minor=4)
    """
    problems = [
        Problem(f"rates[{j}]", f"is {rate!r:.60}", "a rate is a number, 0 to 1", "Correct it.")
        for j, rate in enumerate(rates)
        if not in_range(rate, 0, 1)
    ]
    if not (isinstance(revenue_minor, int) and 0 <= revenue_minor <= MINOR_MAX):
        bound = f"it is whole minor units, 0 to {MINOR_MAX}"
        problems.append(Problem("revenue_minor", f"is {revenue_minor!r:.60}", bound, "Round it down to whole units."))
    if problems:
        raise OfferError(problems)
    if not rates:
        return Royalty((), revenue_minor)
    exact = [Fraction(rate) for rate in rates]
    due = [rate * revenue_minor / max(Fraction(1), sum(exact, Fraction(0))) for rate in exact]
    total = floor(sum(due, Fraction(0)))
    paid = round_tokens(np.array(due, dtype=object), low=0, high=np.inf, total=total)
    return Royalty(tuple(int(part) for part in paid), revenue_minor - total)
