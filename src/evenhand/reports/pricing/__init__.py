"""How do people and programs read one market that was priced? As tables and sentences, or as numbers.

written.py       amounts, rates and bundles in words
posted.py        a market at posted prices: tables, reasons, where asking again ends
royalties.py     a market of royalties
numbers.py       both for programs
"""

from evenhand.pricing import PostedMarket, PricedPosted, PricedRoyalties, RoyaltyMarket
from evenhand.reports.pricing import posted, royalties
from evenhand.reports.pricing.numbers import numbers
from evenhand.reports.sections import Section

__all__ = ["numbers", "told", "warned"]

LARGE = 100
"""Sellers times buyers: from here on pricing again may take a minute or more."""


def told(priced: PricedPosted | PricedRoyalties) -> list[Section]:
    """Tell what came of a market, section by section."""
    return posted.told(priced) if isinstance(priced, PricedPosted) else royalties.told(priced)


def warned(market: PostedMarket | RoyaltyMarket) -> str | None:
    """Say, before it begins, that pricing a market may take long, and what ends it sooner; None for a small one."""
    if not isinstance(market, PostedMarket) or market.grid is not None:
        return None
    if len(market.seller_names) * len(market.buyer_names) < LARGE:
        return None
    return "This market is large: pricing again may take minutes. A larger tick or a lower rounds_max ends it sooner."
