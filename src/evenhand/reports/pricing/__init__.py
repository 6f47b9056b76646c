"""How do people and programs read one market that was priced? As tables and sentences, or as numbers.

written.py       amounts, rates and bundles in words
posted.py        a market at posted prices: tables, reasons, where asking again ends
royalties.py     a market of royalties
numbers.py       both for programs
"""

from evenhand.pricing import PricedMarket, PricedRoyalties
from evenhand.reports.pricing import posted, royalties
from evenhand.reports.pricing.numbers import numbers
from evenhand.reports.sections import Section

__all__ = ["numbers", "told"]


def told(priced: PricedMarket | PricedRoyalties) -> list[Section]:
    """Tell what came of a market, section by section."""
    return posted.told(priced) if isinstance(priced, PricedMarket) else royalties.told(priced)
