"""In what does a market count? In whole units of one currency, or of the last decimal that any of its amounts has.

Either way amounts are whole numbers, so that prices, ties and purchases are exact.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest step of money in a market.

    >>> Unit(2, "EUR").one, Unit(0).one
    ('0.01 EUR', '1')
    """

    decimals: int
    currency: str | None = None
    """None for plain numbers, as in theory."""

    @property
    def one(self) -> str:
        """The step, in words."""
        step = f"0.{'1':0>{self.decimals}}" if self.decimals else "1"
        return f"{step} {self.currency}" if self.currency else step
