"""One market, priced: who asks what, who buys what, and where asking again would end.

unit.py          in what a market counts: cents, or the last decimal that its amounts have
posted.py        a market at posted prices: sequential prices, what each was chosen from, and re-pricing
royalties.py     the same where buyers pay with a part of what their models earn
"""

from typing import Any

from evenhand.errors import OfferError, Problem, shown
from evenhand.pricing.posted import PostedMarket, PricedPosted, price_posted
from evenhand.pricing.royalties import PricedRoyalties, RoyaltyMarket, price_royalties
from evenhand.pricing.unit import Unit
from evenhand.records import Watch, unwatched

__all__ = [
    "PostedMarket",
    "PricedPosted",
    "PricedRoyalties",
    "RoyaltyMarket",
    "Unit",
    "price_market",
    "price_posted",
    "price_royalties",
]


def price_market(market: PostedMarket | RoyaltyMarket, watch: Watch = unwatched) -> PricedPosted | PricedRoyalties:
    """Price a market of either kind.

    Raises:
        OfferError: it is no market, amounts are too large, or there are too many datasets to be decided about.
    """
    given: Any = market
    if not isinstance(given, PostedMarket | RoyaltyMarket):
        bound = "it is a market at posted prices, or of royalties"
        raise OfferError(Problem("market", f"is {shown(given)}", bound, "Give what market_file.read_market returns."))
    return price_posted(market, watch) if isinstance(market, PostedMarket) else price_royalties(market, watch)
