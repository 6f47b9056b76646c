"""How is a payment settled, in cash now or in shares of what the data will earn?"""

from math import floor
from typing import Any

import numpy as np

from evenhand.market import Clearing, exact_numbers
from evenhand.records import Array


def in_cash(cleared: Clearing, paid: Any) -> tuple[Array, Array]:
    """Settle everything in cash: (cash, share), each shaped as the payments."""
    del cleared
    cash = np.asarray(paid)
    return cash, np.zeros_like(cash)


def in_parts(cleared: Clearing, paid: Any) -> tuple[Array, Array]:
    """Settle in shares what is offered in them, and of what is paid beyond that the market's `liquidity` in cash.

    Args:
        cleared: a market with `offers`, the share posted to each seller, `liquidity`, and `whole` if it counts in whole
            units.
        paid: (sellers,) no less than their offers to those who sell, 0 to the others.

    Returns:
        (cash, share), each (sellers,); together what is paid.
    """
    market = cleared.market  # type: ignore[attr-defined]
    owed = np.asarray(paid)
    beyond = owed - np.where(cleared.allocation.quantity == 1, market.offers, 0)
    cash = whole_part(beyond, market.liquidity) if market.whole else market.liquidity * beyond
    return cash, owed - cash


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
