"""What is asked and bought in one market at posted prices, and what were the other prices? [FairShare25, Algorithm 2]

Sellers arrive one after another, and each asks the price that earns most beside those who are there: `sequential
prices`, which need not be an equilibrium. For every price that could be best we keep how many would buy at it, so that
a seller can be told why they ask this one. Then all may price again, those who were there from the start as well, until
nobody moves or prices come back.
"""

from dataclasses import dataclass
from math import inf

from evenhand.markets.posted import Buyer, PostedPrice, Repricing, SequentialPrices, reprice, sequential_prices
from evenhand.markets.posted.exactness import Number
from evenhand.markets.posted.repricing import ROUNDS_MAX
from evenhand.pricing.unit import Unit
from evenhand.records import Watch, unwatched


@dataclass(frozen=True, eq=False)
class PostedMarket:
    """Buyers and sellers who meet at posted prices; amounts are whole units."""

    name: str
    unit: Unit
    seller_names: tuple[str, ...]
    costs: tuple[int, ...]
    """(sellers,) what offering each dataset costs, however many buy."""
    prices: tuple[Number, ...]
    """(sellers,) of what is on sale before anyone arrives; inf for those who arrive."""
    buyer_names: tuple[str, ...]
    buyers: tuple[Buyer, ...]
    """(buyers,) utilities and budgets; inf for a buyer without one."""
    order: tuple[int, ...]
    """Who arrives, first to last."""
    grid: tuple[int, ...] | None = None
    """The only prices that may be asked."""
    tick: int = 1
    """The smallest step in which sellers price again: they ask multiples of it."""
    rounds_max: int = ROUNDS_MAX


@dataclass(frozen=True, eq=False)
class PricedPosted:
    """What came of a market at posted prices."""

    market: PostedMarket
    arrival: SequentialPrices
    options: tuple[tuple[PostedPrice, ...], ...]
    """For each arrival every price worth considering, rising, with who would buy and what would be left."""
    repricing: Repricing | None
    """Where asking again ends; None on a grid, for which it is not worked out."""


def price_posted(market: PostedMarket, watch: Watch = unwatched) -> PricedPosted:
    """Let sellers arrive and price, buyers buy, and sellers price again.

    Args:
        market: who meets.
        watch: told how many have arrived, as the stage "arrive", and then how many rounds are played, as "reprice".

    Raises:
        OfferError: amounts are too large to be summed exactly, or there are too many datasets to be decided about.

    >>> market = PostedMarket("two archives", Unit(0), ("ada", "ben"), (2, 2), (inf, inf), ("lab",),
    ...                       (Buyer(lambda bundle: 10 if bundle else 0, 20),), (0, 1))
    >>> priced = price_posted(market)
    >>> priced.arrival.prices, priced.arrival.profit, priced.repricing.end, priced.repricing.prices
    ((10, 10), (-2, 8), 'cycle', (inf, 10))
    """
    arrival = sequential_prices(
        market.buyers, market.costs, order=market.order, prices=market.prices, grid=market.grid, watch=watch
    )
    again = None
    if market.grid is None:
        there = [seller for seller, price in enumerate(market.prices) if price < inf]
        again = reprice(
            market.buyers,
            market.costs,
            order=[*there, *market.order],
            prices=arrival.prices,
            tick=market.tick,
            rounds_max=market.rounds_max,
            watch=watch,
        )
    options = tuple(
        _options(most, market.costs[seller], market.grid)
        for seller, most in zip(arrival.order, arrival.willingness, strict=True)
    )
    return PricedPosted(market, arrival, options, again)


def _options(most: tuple[Number, ...], cost: int, grid: tuple[int, ...] | None) -> tuple[PostedPrice, ...]:
    """Only what some buyer would pay at most can be best, or what the grid has."""
    asked = sorted({each for each in (most if grid is None else grid) if each >= 0})
    counted = [(price, sum(each >= price for each in most)) for price in asked]
    return tuple(PostedPrice(price, buyers, price * buyers - cost) for price, buyers in counted)
