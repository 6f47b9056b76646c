"""Mathematics that two stages share: games, a supply shared out by scores, draws that stay the same for ever."""

from typing import Any

Number = Any
"""An int, a Fraction, a float, or anything with the arithmetic and comparisons of one: a traced number."""
