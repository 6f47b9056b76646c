"""What rates are asked where buyers pay with a part of what their models earn? [FairShare25, section 3]

Sellers arrive one after another, and each sets the rate that earns most beside those who are there. Revenue falls only
where a buyer takes another bundle, or none, so the ends of these stretches are all the rates worth considering:
they are kept, so that a seller can be told why they ask this one.
"""

from dataclasses import dataclass
from fractions import Fraction

from evenhand.markets.royalties import RoyaltyBuyer, SequentialRates, sequential_rates
from evenhand.markets.royalties.buyers import Rates
from evenhand.markets.royalties.staircase import staircases
from evenhand.numerics import Number
from evenhand.pricing.unit import Unit
from evenhand.records import Watch, unwatched


@dataclass(frozen=True, eq=False)
class RoyaltyMarket:
    """Buyers who pay with a part of what their models earn, and sellers; amounts are whole units, rates fractions."""

    name: str
    unit: Unit
    seller_names: tuple[str, ...]
    costs: tuple[int, ...]
    """(sellers,) what selling costs, once, whoever buys."""
    rates: tuple[Fraction | None, ...]
    """(sellers,) of those who are there before anyone arrives; None for those who arrive."""
    buyer_names: tuple[str, ...]
    buyers: tuple[RoyaltyBuyer, ...]
    order: tuple[int, ...]
    """Who arrives, first to last."""


@dataclass(frozen=True, slots=True)
class RateOption:
    """A rate at which some buyer is about to take another bundle, or none."""

    rate: Number
    buyers: int
    """How many take the dataset at this rate."""
    revenue: Number


@dataclass(frozen=True, eq=False)
class PricedRoyalties:
    """What came of a market of royalties."""

    market: RoyaltyMarket
    arrival: SequentialRates
    options: tuple[tuple[RateOption, ...], ...]
    """For each arrival every rate worth considering, rising."""

    def loses_tie(self, seller: int) -> bool:
        """Whether the seller's own rate would bring more if its ties were won: then any lower rate wins them."""
        again = self.arrival.again[seller]
        return again.gain > 0 and again.rate == self.arrival.rates[seller]

    def profit(self, seller: int) -> Number:
        """Give what a seller has in the end, the cost counted; 0 for one who stays out."""
        stays_out = self.arrival.rates[seller] is None
        return 0 if stays_out else self.arrival.revenues[seller] - self.market.costs[seller]


def price_royalties(market: RoyaltyMarket, watch: Watch = unwatched) -> PricedRoyalties:
    """Let sellers arrive and set rates, and buyers take bundles.

    Args:
        market: who meets.
        watch: told how many have arrived, as the stage "arrive".

    Raises:
        OfferError: an amount is out of bounds.

    >>> buyer = RoyaltyBuyer({(): 85, (1,): 100, (0, 1): 152})
    >>> market = RoyaltyMarket("", Unit(2), ("ada", "ben"), (0, 0), (Fraction(3, 10), None), ("lab",), (buyer,), (1,))
    >>> for option in price_royalties(market).options[0]:
    ...     print(option.rate, option.buyers, option.revenue)
    8/65 1 1216/65
    3/20 1 15
    """
    arrival = sequential_rates(market.buyers, market.costs, order=market.order, rates=market.rates, watch=watch)
    options = tuple(_options(market, arrival.before(place), seller) for place, seller in enumerate(arrival.order))
    return PricedRoyalties(market, arrival, options)


def _options(market: RoyaltyMarket, rates: Rates, seller: int) -> tuple[RateOption, ...]:
    """Only where some buyer is about to take another bundle can a rate be best."""
    taken = staircases(market.buyers, rates, seller)
    ends = sorted({step.until for staircase in taken for step in staircase.steps})
    return tuple(
        RateOption(
            rate,
            sum(staircase.at(rate) is not None for staircase in taken),
            rate * sum(staircase.utility(rate) for staircase in taken),
        )
        for rate in ends
    )
