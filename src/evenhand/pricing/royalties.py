"""What rates are asked where buyers pay with a part of what their models earn? [FairShare25, section 3]

Sellers arrive one after another, and each sets the rate that earns most beside those who are there. Revenue falls only
where a buyer takes another bundle, or none, so the ends of these stretches are all the rates worth considering:
they are kept, so that a seller can be told why they ask this one.
"""

from dataclasses import dataclass
from fractions import Fraction

from evenhand.markets.royalties import RoyaltyBuyer, best_royalty, royalty_revenue
from evenhand.markets.royalties.arrival import asked_again, earned
from evenhand.markets.royalties.buyers import Bundle, offers
from evenhand.markets.royalties.envelope import pieces
from evenhand.numerics import Number
from evenhand.pricing.unit import Unit
from evenhand.records import Watch, unwatched

Rate = Number | None


@dataclass(frozen=True, eq=False)
class RoyaltyMarket:
    """Buyers who pay with a part of what their models earn, and sellers; amounts are whole units, rates fractions."""

    name: str
    unit: Unit
    sellers: tuple[str, ...]
    costs: tuple[int, ...]
    """(sellers,) what selling costs, once, whoever buys."""
    rates: tuple[Fraction | None, ...]
    """(sellers,) of those who are there before anyone arrives; None for those who arrive."""
    buyers: tuple[str, ...]
    demands: tuple[RoyaltyBuyer, ...]
    order: tuple[int, ...]
    """Who arrives, first to last."""


@dataclass(frozen=True, slots=True)
class RateOption:
    """A rate at which some buyer is about to take another bundle, or none."""

    rate: Number
    buyers: int
    """How many take the dataset at this rate."""
    revenue: Number


@dataclass(frozen=True, slots=True)
class Entry:
    """What one seller asks on arrival."""

    seller: int
    rate: Rate
    """None for a seller who stays away."""
    revenue: Number
    """The most that the dataset could bring at that moment."""
    options: tuple[RateOption, ...]
    """Rising rates."""


@dataclass(frozen=True, eq=False)
class PricedRoyalties:
    """What came of a market of royalties."""

    market: RoyaltyMarket
    entries: tuple[Entry, ...]
    """As they arrived."""
    rates: tuple[Rate, ...]
    """(sellers,) None for those who stayed away."""
    bundles: tuple[Bundle, ...]
    """(buyers,) what each has in the end."""
    revenues: tuple[Number, ...]
    """(sellers,) what each earns in the end, before the cost."""
    again: tuple[tuple[Rate, Number], ...]
    """(sellers,) the rate that each would set now, all others staying as they are, and how much more that would bring,
    costs counted; 0 where nothing brings more."""

    def loses_tie(self, seller: int) -> bool:
        """Whether the seller's own rate would bring more if its ties were won: then any lower rate wins them."""
        rate, more = self.again[seller]
        return more > 0 and rate == self.rates[seller]


def price_royalties(market: RoyaltyMarket, watch: Watch = unwatched) -> PricedRoyalties:
    """Let sellers arrive and set rates, and buyers take bundles.

    Args:
        market: who meets.
        watch: told how many have arrived, as the stage "arrive".

    Raises:
        OfferError: an amount is out of bounds.

    >>> buyer = RoyaltyBuyer({(): 85, (1,): 100, (0, 1): 152})
    >>> market = RoyaltyMarket("", Unit(2), ("ada", "ben"), (0, 0), (Fraction(3, 10), None), ("lab",), (buyer,), (1,))
    >>> (entry,) = price_royalties(market).entries
    >>> for option in entry.options:
    ...     print(option.rate, option.buyers, option.revenue)
    8/65 1 1216/65
    3/20 1 15
    """
    rates: list[Rate] = [*market.rates]
    bundles = tuple(_takes(buyer, rates) for buyer in market.demands)
    entries = []
    watch("arrive", 0, len(market.order))
    for seller in market.order:
        options = _options(market, rates, seller)
        best = best_royalty(market.demands, rates, seller, market.costs[seller], bundles)
        rates[seller], bundles = best.rate, best.bundles
        entries.append(Entry(seller, best.rate, best.revenue, options))
        watch("arrive", len(entries), len(market.order))
    revenues = earned(market.demands, rates, bundles)
    again = tuple(
        asked_again(market.demands, rates, revenues, seller, cost) for seller, cost in enumerate(market.costs)
    )
    return PricedRoyalties(market, tuple(entries), tuple(rates), bundles, revenues, again)


def _takes(buyer: RoyaltyBuyer, rates: list[Rate]) -> Bundle:
    """What a buyer has before anyone arrives: the best without a seller who is nobody's."""
    return offers(buyer, [*rates, None], len(rates)).without.bundle


def _options(market: RoyaltyMarket, rates: list[Rate], seller: int) -> tuple[RateOption, ...]:
    ends = []
    for buyer in market.demands:
        seen = offers(buyer, rates, seller)
        steps = pieces(seen.kept, seen.worth, seen.without.net, buyer.rate_max)
        ends.append([step.until for step in steps])
    found = sorted({end for each in ends for end in each})
    return tuple(
        RateOption(
            rate,
            sum(bool(each) and rate <= each[-1] for each in ends),
            royalty_revenue(market.demands, rates, seller, rate),
        )
        for rate in found
    )


def _revenue(market: RoyaltyMarket, rates: list[Rate], bundles: tuple[Bundle, ...], seller: int) -> Number:
    """The seller's rate of the utility of every bundle that the dataset is in."""
    earned: Number = 0
    for buyer, bundle in zip(market.demands, bundles, strict=True):
        if seller in bundle:
            earned = earned + (rates[seller] or 0) * buyer.utility[bundle]
    return earned


def _again(market: RoyaltyMarket, rates: list[Rate], revenues: tuple[Number, ...], seller: int) -> tuple[Rate, Number]:
    cost = market.costs[seller]
    now = 0 if rates[seller] is None else revenues[seller] - cost
    best = best_royalty(market.demands, rates, seller, cost)
    then = 0 if best.rate is None else best.revenue - cost
    return (best.rate, then - now) if then > now else (rates[seller], 0)
