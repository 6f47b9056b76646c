"""How far are sums of floats trusted, and up to what size are they taken? Whole numbers and fractions are exact."""

ROUNDING = 1e-12
"""Sums of floats are trusted to this part of the largest number in them."""
NEARLY = 1e-3
"""A float so little below a whole amount may count as it, and never more, however large the amount."""
LARGEST = 1e300
"""Amounts stay below what sums of them could carry past the largest float."""
