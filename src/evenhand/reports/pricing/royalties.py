"""What does a market of royalties look like? Who asks which rate and why, who takes what, and who would ask again."""

from evenhand.markets.royalties import Again
from evenhand.pricing import PricedRoyalties
from evenhand.pricing.royalties import RateOption
from evenhand.reports.notation import quoted
from evenhand.reports.pricing.written import (
    NONE,
    TAKEN_AWAY,
    amount,
    bundle,
    buyers_who,
    in_tables,
    many,
    money,
    rate,
    rate_exactly,
)
from evenhand.reports.sections import Section

TOO_FEW_TAKE = "too little is earned at its rate"


def told(priced: PricedRoyalties) -> list[Section]:
    """Tell what came of it: rates, why these, what is taken, and who would set another rate."""
    return [_rates(priced), _bundles(priced), _again(priced)]


def _rates(priced: PricedRoyalties) -> Section:
    market, arrival = priced.market, priced.arrival
    entries = dict(zip(arrival.order, arrival.entries, strict=True))
    there = [seller for seller, each in enumerate(market.rates) if each is not None]
    rows, sellers = [], in_tables(market.seller_names)
    for seller in [*there, *arrival.order]:
        entry = entries.get(seller)
        rows.append(
            (
                sellers[seller],
                amount(market.costs[seller], market.unit),
                rate(arrival.rates[seller]),
                NONE if entry is None or entry.rate is None else amount(entry.revenue, market.unit),
                str(sum(seller in taken for taken in arrival.bundles)),
                amount(arrival.revenues[seller], market.unit),
                amount(priced.profit(seller), market.unit),
            )
        )
    columns = ("seller", "cost", "rate", "revenue then", "buyers", "revenue", "profit")
    why = tuple(_why(priced, place) for place in range(len(arrival.order)))
    lost = tuple(_lost(priced, seller) for seller in [*there, *arrival.order] if priced.profit(seller) < 0)
    return Section(f"Rates, as sellers arrive{_in(priced)}", columns, tuple(rows), (*why, *lost))


def _lost(priced: PricedRoyalties, seller: int) -> str:
    market = priced.market
    who, lost = quoted(market.seller_names[seller]), money(-priced.profit(seller), market.unit)
    there = market.rates[seller] is not None
    return f"{who} ends with a loss of {lost}: {TOO_FEW_TAKE if there else TAKEN_AWAY}."


def _in(priced: PricedRoyalties) -> str:
    return f"; amounts in {priced.market.unit.currency}" if priced.market.unit.currency else ""


def _why(priced: PricedRoyalties, place: int) -> str:
    """Say why a seller asks this rate: what it brings, and what the next lower and the next higher would."""
    seller, entry, options = priced.arrival.order[place], priced.arrival.entries[place], priced.options[place]
    who, unit = quoted(priced.market.seller_names[seller]), priced.market.unit
    if entry.rate is None:
        if not options:
            return f"{who} stays out: nobody would take the dataset even for nothing."
        cost = money(priced.market.costs[seller], unit)
        return f"{who} stays out: the best rate would bring {money(entry.revenue, unit)}, and selling costs {cost}."
    asked = next(i for i, option in enumerate(options) if option.rate == entry.rate)
    beside = [*options[max(asked - 1, 0) : asked], *options[asked + 1 : asked + 2]]
    taken = f"{buyers_who(options[asked].buyers, 'take')} it, for {money(entry.revenue, unit)}"
    told = [f"{who} asks {rate_exactly(entry.rate)}: at that {taken}", *(_option(priced, each) for each in beside)]
    return f"{'; '.join(told)}."


def _option(priced: PricedRoyalties, option: RateOption) -> str:
    return f"at {rate_exactly(option.rate)} {many(option.buyers)}, for {money(option.revenue, priced.market.unit)}"


def _bundles(priced: PricedRoyalties) -> Section:
    market, unit = priced.market, priced.market.unit
    rows, sellers = [], in_tables(market.seller_names)
    for name, buyer, taken in zip(in_tables(market.buyer_names), market.buyers, priced.arrival.bundles, strict=True):
        total = sum((priced.arrival.rates[seller] or 0) for seller in taken)
        worth = buyer.utility[taken]
        cells = (rate(total), rate(buyer.rate_max), amount(worth, unit), amount((1 - total) * worth, unit))
        rows.append((name, bundle(taken, sellers), *cells))
    columns = ("buyer", "takes", "pays", "of at most", "model earns", "keeps")
    return Section("What is taken, when all have arrived", columns, tuple(rows), words=("takes",))


def _again(priced: PricedRoyalties) -> Section:
    moved = tuple(_would(priced, seller, again) for seller, again in enumerate(priced.arrival.again) if again.gain > 0)
    kept = "Nobody: each rate is best beside the others, ties going to the seller who asks."
    return Section("Who would ask another rate now", sentences=moved or (kept,))


def _would(priced: PricedRoyalties, seller: int, again: Again) -> str:
    who, more = quoted(priced.market.seller_names[seller]), money(again.gain, priced.market.unit)
    if priced.loses_tie(seller):
        return f"{who} loses a tie at its {rate_exactly(again.rate)}: any lower rate wins it, for up to {more} more."
    asks = "rather stay out" if again.rate is None else f"ask {rate_exactly(again.rate)}"
    return f"{who} would {asks}, for {more} more."
