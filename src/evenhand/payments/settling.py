"""How is a payment settled, in cash now or in shares of what the data will earn?"""

from math import floor
from typing import Any

import numpy as np

from evenhand.market import Clearing, exact_numbers
from evenhand.numerics.rounding import within
from evenhand.records import Array


def in_cash(cleared: Clearing, paid: Any) -> tuple[Array, Array]:
    """Settle everything in cash: (cash, share), each shaped as the payments."""
    del cleared
    cash = np.asarray(paid)
    return cash, np.zeros_like(cash)


def in_parts(cleared: Clearing, paid: Any) -> tuple[Array, Array]:
    """Settle in shares what is offered in them, and of what is paid beyond that the market's `liquidity` in cash.

    Args:
        cleared: a market with `offers`, the share posted to each seller, `liquidity`, the `budget` and the `pool` that
            cash and shares come from, and `whole`, whether it counts in whole units.
        paid: (sellers,) no less than their offers to those who sell, 0 to the others.

    Returns:
        (cash, share), each (sellers,); together what is paid. Where rounding carries a sum of floats beyond its pot,
        they are rounded down by its last digits.
    """
    market = cleared.market  # type: ignore[attr-defined]
    owed = np.asarray(paid)
    beyond = owed - np.where(cleared.allocation.quantity == 1, market.offers, 0)
    if market.whole:
        cash = whole_part(beyond, market.liquidity)
        return cash, owed - cash
    cash = within(market.liquidity * beyond, market.budget)
    return cash, within(owed - cash, market.pool, least=cleared.costs - cash)


def whole_part(amounts: Any, part: Any) -> Array:
    """Take a part of whole amounts in whole units, so that the sum is the part of the sum, rounded down.

    The parts of the running sums are rounded down, and each gets the difference. So what is taken stays within a bound
    on the part of the sum, what is left within one on the rest, and nobody is taken less than 0 or more than there is.

    Args:
        amounts: (sellers,) whole numbers, 0 or more.
        part: 0 to 1, exact.

    Half of 3, 3 and 3 is 4.5; rounded one by one it would be 3, and 6 would be left:

    >>> from fractions import Fraction
    >>> whole_part([3, 3, 3], Fraction(1, 2)).tolist()
    [1, 2, 1]
    """
    running = np.cumsum([0, *amounts])
    return np.diff(exact_numbers([floor(part * total) for total in running]))
