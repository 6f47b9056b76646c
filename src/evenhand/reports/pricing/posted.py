"""What does a market at posted prices look like? Who asks what and why, who would pay what, and who buys what."""

from collections.abc import Iterator, Sequence
from math import inf

from evenhand.markets.posted import PostedPrice, Repricing
from evenhand.markets.posted.exactness import Number
from evenhand.markets.posted.repricing import CYCLE, FIXED_POINT
from evenhand.pricing import PostedMarket, PricedPosted
from evenhand.reports.notation import count, quoted
from evenhand.reports.pricing.written import NONE, TAKEN_AWAY, amount, bundle, buyers_who, in_tables, many, money
from evenhand.reports.sections import Section

NEVER = "never"


def told(priced: PricedPosted) -> list[Section]:
    """Tell what came of it: prices, why these, what buyers would have paid, purchases, and asking again."""
    return [_prices(priced), *_willingness(priced), _purchases(priced), *_again(priced)]


def _prices(priced: PricedPosted) -> Section:
    market, arrival = priced.market, priced.arrival
    entries = dict(zip(arrival.order, arrival.entries, strict=True))
    unit, sellers = market.unit, in_tables(market.seller_names)
    rows = tuple(
        (
            sellers[seller],
            amount(market.costs[seller], unit),
            amount(arrival.prices[seller], unit),
            str(entries[seller].buyers) if seller in entries else NONE,
            amount(entries[seller].profit, unit) if seller in entries else NONE,
            str(arrival.sold[seller]),
            amount(arrival.profit[seller], unit),
        )
        for seller in _in_order(market)
    )
    columns = ("seller", "cost", "asks", "buyers then", "profit then", "sold", "profit")
    why = tuple(_why(priced, place) for place in range(len(arrival.order)))
    lost = tuple(_lost(market, seller, arrival.profit[seller]) for seller in _losers(priced))
    return Section(f"Prices, as sellers arrive{_in(market)}", columns, rows, (*why, *lost))


def _in(market: PostedMarket) -> str:
    return f", in {market.unit.currency}" if market.unit.currency else ""


def _in_order(market: PostedMarket) -> list[int]:
    """Those who are there from the start, then those who arrive."""
    return [*(seller for seller, price in enumerate(market.prices) if price < inf), *market.order]


def _why(priced: PricedPosted, place: int) -> str:
    """Say why a seller asks this price: what it brings, and what the next lower and the next higher would."""
    market, unit = priced.market, priced.market.unit
    seller, entry = priced.arrival.order[place], priced.arrival.entries[place]
    who = quoted(market.seller_names[seller])
    options = priced.options[place]
    if entry.price == inf:
        if not any(option.buyers for option in options):
            return f"{who} stays out: nobody would buy at any price."
        best = max(options, key=lambda option: option.profit)
        lost = money(-best.profit, unit)
        return f"{who} stays out: the best price, {money(best.price, unit)}, would leave a loss of {lost}."
    beside = [_option(option, market) for option in _next(options, entry)]
    asked = f"{who} asks {money(entry.price, unit)}: at that {buyers_who(entry.buyers)}, and {_left(entry, market)}"
    return f"{asked}; {'; '.join(beside)}." if beside else f"{asked}."


def _next(options: Sequence[PostedPrice], entry: PostedPrice) -> Iterator[PostedPrice]:
    lower = [option for option in options if option.price < entry.price]
    higher = [option for option in options if option.price > entry.price]
    yield from [*lower[-1:], *higher[:1]]


def _option(option: PostedPrice, market: PostedMarket) -> str:
    return f"at {money(option.price, market.unit)} {many(option.buyers)}, and {_left(option, market)}"


def _left(option: PostedPrice, market: PostedMarket) -> str:
    if option.profit < 0:
        return f"{money(-option.profit, market.unit)} would be lost"
    return f"{money(option.profit, market.unit)} {'is' if option.profit else 'would be'} left"


def _losers(priced: PricedPosted) -> list[int]:
    return [seller for seller in _in_order(priced.market) if priced.arrival.profit[seller] < 0]


def _lost(market: PostedMarket, seller: int, profit: Number) -> str:
    who, lost = quoted(market.seller_names[seller]), money(-profit, market.unit)
    there = market.prices[seller] < inf
    why = "too few buy at its price" if there else TAKEN_AWAY
    return f"{who} ends with a loss of {lost}: {why}."


def _willingness(priced: PricedPosted) -> list[Section]:
    market, arrival = priced.market, priced.arrival
    sellers = in_tables(market.seller_names)
    rows = tuple(
        (sellers[seller], *(amount(each, market.unit) if each >= 0 else NEVER for each in most))
        for seller, most in zip(arrival.order, arrival.willingness, strict=True)
    )
    note = "Each beside what was on sale at that moment; a buyer may drop an older dataset for a new one."
    heading = f"What buyers would pay at most, as each seller arrives{_in(market)}"
    return [Section(heading, ("seller", *in_tables(market.buyer_names)), rows, (note,))] if rows else []


def _purchases(priced: PricedPosted) -> Section:
    market, unit = priced.market, priced.market.unit
    sellers, buyers = in_tables(market.seller_names), in_tables(market.buyer_names)
    rows = tuple(
        (
            name,
            bundle(bought.bundle, sellers),
            amount(bought.spent, unit),
            "no limit" if buyer.budget == inf else amount(buyer.budget, unit),
            amount(bought.net, unit),
        )
        for name, buyer, bought in zip(buyers, market.buyers, priced.arrival.purchases, strict=True)
    )
    columns = ("buyer", "buys", "spends", "of a budget of", "net utility")
    return Section(f"Purchases, when all have arrived{_in(market)}", columns, rows, words=("buys",))


# -- asking again -----------------------------------------------------------------------------------------------------


def _again(priced: PricedPosted) -> list[Section]:
    market, again = priced.market, priced.repricing
    if again is None:
        note = "Not worked out: prices are from a grid. Take the grid out to see whether these prices are kept."
        return [Section("If sellers price again", sentences=(note,))]
    sellers = in_tables(market.seller_names)
    rows = tuple(
        (
            sellers[seller],
            _span([prices[seller] for prices in again.path], market),
            *([amount(again.prices[seller], market.unit)] if len(again.path) > 1 else ()),
            str(again.sold[seller]),
            amount(again.profit[seller], market.unit),
        )
        for seller in _in_order(market)
    )
    prices = ("price",) if len(again.path) == 1 else ("prices", "the last")
    columns = ("seller", *prices, "sold", "profit")
    return [Section(f"If sellers price again{_in(market)}", columns, rows, _end(priced, again))]


def _span(prices: Sequence[Number], market: PostedMarket) -> str:
    low, high = min(prices), max(prices)
    if low == high:
        return amount(low, market.unit)
    finite = max((price for price in prices if price < inf), default=inf)
    span = amount(low, market.unit) if low == finite else f"{amount(low, market.unit)} to {amount(finite, market.unit)}"
    return f"{span}, or stays out" if high == inf else span


TRIED = {
    0: "with ties to whoever asks, no seller reckons with more by another price",
    1: "nobody gains by another price",
}
"""Tick, in the smallest units of money -> what a fixed point says; with a larger tick only its multiples are asked."""


def _end(priced: PricedPosted, again: Repricing) -> tuple[str, ...]:
    rounds = count(again.rounds, "round")
    if again.end == FIXED_POINT:
        kept = again.path[0] == priced.arrival.prices
        rest = "Nobody moves: the prices above are a fixed point" if kept else f"A fixed point after {rounds}"
        step = money(priced.market.tick, priced.market.unit)
        tried = TRIED.get(priced.market.tick, f"nobody gains by another multiple of {step}, or by staying out,")
        return (f"{rest}; {tried} while all others keep theirs.",)
    if again.end == CYCLE:
        back = f"after {rounds} they come back, every {count(again.length, 'round')}"
        return (
            f"From these prices they do not come to rest: {back}.",
            "What is sold, and the profit, are those at the last prices.",
        )
    last = f"Not at rest after {rounds}; these are the prices of the last one."
    return (last, "Raise the tick, or rounds_max, to see the end.")
