"""Who gets which part of what a use earns? Every dataset its rate, to the last minor unit.

What each dataset is due is a fraction; what is paid is whole. So everyone gets the whole part of what they are due, and
the units that are still missing go one each to those from whom most was cut off, ties by index: nobody is a whole unit
away from what they are due, the parts sum to the royalty, and the buyer never pays more than the rates say. A rate that
is a float is trusted as in exactness.py: 0.3 of 10 is 3, though the float is a little below three tenths.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

import numpy as np

from evenhand.errors import Problem, refuse, shown
from evenhand.markets.royalties import checks
from evenhand.markets.royalties.exactness import are_exact, in_kind
from evenhand.money import MINOR_MAX
from evenhand.numerics import Number
from evenhand.numerics.exactness import NEARLY, ROUNDING
from evenhand.numerics.given import is_index
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
        rates: (datasets,) 0 to 1 each, of the bundle that was used. Where one is a float, what is due together may be
            a part in 10^12 of R below a whole unit, and never more than a thousandth of one, and count as it.

    Raises:
        OfferError: the revenue is not whole, negative or too large, or a rate is out of bounds.

    2.5, 2.5 and 1 of 10 are due, which is 6; the unit that is missing goes to the first of equals:

        >>> from fractions import Fraction
        >>> royalty(10, [Fraction(1, 4), Fraction(1, 4), Fraction(1, 10)])
        Royalty(paid_minor=(3, 2, 1), kept_minor=4)
    """
    problems: list[Problem] = []
    given = checks.a_list("rates", rates, "rates, one a dataset of the bundle", problems)
    for j, rate in enumerate(given):
        checks.rate(f"rates[{j}]", rate, problems)
    if not (is_index(revenue_minor) and revenue_minor <= MINOR_MAX):
        bound = f"it is whole minor units, 0 to {MINOR_MAX}"
        problems.append(Problem("revenue_minor", f"is {shown(revenue_minor)}", bound, "Round it down to whole units."))
    refuse(problems)
    earned, exact = int(revenue_minor), are_exact(given)
    parts = [Fraction(in_kind(rate)) for rate in given]
    due = [part * earned / max(Fraction(1), sum(parts, Fraction(0))) for part in parts]
    total = floor(sum(due, Fraction(0)) + (0 if exact else min(Fraction(ROUNDING) * earned, Fraction(NEARLY))))
    if not due:
        return Royalty((), earned)
    paid = round_tokens(np.array(due, dtype=object), low=0, high=np.inf, total=total)
    return Royalty(tuple(int(part) for part in paid), earned - total)
