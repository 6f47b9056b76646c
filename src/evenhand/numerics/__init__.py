"""Mathematics that two stages share: games, shares of a supply, draws that stay the same for ever, work in batches."""

from typing import Any

Number = Any
"""An int, a Fraction, a float, or anything with the arithmetic and comparisons of one: a traced number."""
