"""How does a count become a score that anyone can recompute? In exact integers, rounded once."""

from fractions import Fraction

from evenhand.records import millionths


def share(part: Fraction | int) -> int:
    """Clip a share to [0, 1] and publish it in whole millionths.

    >>> share(Fraction(1, 3)), share(Fraction(-1, 3)), share(2)
    (333333, 0, 1000000)
    """
    return millionths(min(max(Fraction(part), Fraction(0)), Fraction(1)))
