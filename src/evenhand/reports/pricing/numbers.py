"""What do programs read of a priced market? Whole smallest units; null for what is not on sale.

Rates, and what is paid for a rate, are parts of something: each is given exactly, and as the nearest float.
"""

from fractions import Fraction
from math import inf
from typing import Any

from evenhand.markets.posted import Purchase, Repricing
from evenhand.pricing import PostedMarket, PricedPosted, PricedRoyalties, Unit


def numbers(priced: PricedPosted | PricedRoyalties) -> dict[str, Any]:
    """Give all that is told of a market, and more, as plain values."""
    return _posted(priced) if isinstance(priced, PricedPosted) else _royalties(priced)


def _finite(number: Any) -> Any:
    """Null for what is not on sale."""
    return None if number == inf else number


def _part(number: Any) -> dict[str, Any] | None:
    """Give a rate, or what is paid for one, exactly and as the nearest float; whole or not, always alike."""
    return None if number is None else {"exact": str(Fraction(number)), "near": float(number)}


def _unit(unit: Unit) -> dict[str, Any]:
    return {"currency": unit.currency, "decimals": unit.decimals}


# -- posted prices ----------------------------------------------------------------------------------------------------


def _posted(priced: PricedPosted) -> dict[str, Any]:
    market = priced.market
    return {
        "kind": "posted_prices",
        "name": market.name,
        "unit": _unit(market.unit),
        "arrivals": _arrivals(priced),
        "sellers": _sellers(priced),
        "buyers": _purchases(market, priced.arrival.purchases),
        "repricing": priced.repricing and _repriced(market, priced.repricing),
    }


def _arrivals(priced: PricedPosted) -> list[dict[str, Any]]:
    market, arrival = priced.market, priced.arrival
    return [
        {
            "seller": market.seller_names[seller],
            "willingness": dict(zip(market.buyer_names, most, strict=True)),
            "price": _finite(entry.price),
            "buyers": entry.buyers,
            "profit": entry.profit,
            "options": [{"price": each.price, "buyers": each.buyers, "profit": each.profit} for each in options],
        }
        for seller, most, entry, options in zip(
            arrival.order, arrival.willingness, arrival.entries, priced.options, strict=True
        )
    ]


def _sellers(priced: PricedPosted) -> list[dict[str, Any]]:
    market, arrival = priced.market, priced.arrival
    return [
        {
            "seller": name,
            "cost": market.costs[seller],
            "on_sale_before": market.prices[seller] < inf,
            "price": _finite(arrival.prices[seller]),
            "sold": arrival.sold[seller],
            "profit": arrival.profit[seller],
        }
        for seller, name in enumerate(market.seller_names)
    ]


def _purchases(market: PostedMarket, made: tuple[Purchase, ...]) -> list[dict[str, Any]]:
    return [
        {
            "buyer": name,
            "budget": _finite(buyer.budget),
            "buys": [market.seller_names[seller] for seller in bought.bundle],
            "spent": bought.spent,
            "utility": bought.utility,
            "net_utility": bought.net,
        }
        for name, buyer, bought in zip(market.buyer_names, market.buyers, made, strict=True)
    ]


def _repriced(market: PostedMarket, again: Repricing) -> dict[str, Any]:
    return {
        "end": again.end,
        "rounds": again.rounds,
        "length": again.length,
        "tick": market.tick,
        "path": [list(map(_finite, prices)) for prices in again.path],
        "prices": list(map(_finite, again.prices)),
        "sold": list(again.sold),
        "profit": list(again.profit),
        "buyers": _purchases(market, again.purchases),
    }


# -- royalties --------------------------------------------------------------------------------------------------------


def _royalties(priced: PricedRoyalties) -> dict[str, Any]:
    market = priced.market
    return {
        "kind": "royalties",
        "name": market.name,
        "unit": _unit(market.unit),
        "arrivals": _rates_on_arrival(priced),
        "sellers": _rates(priced),
        "buyers": _taken(priced),
    }


def _rates_on_arrival(priced: PricedRoyalties) -> list[dict[str, Any]]:
    arrival = priced.arrival
    return [
        {
            "seller": priced.market.seller_names[seller],
            "rate": _part(entry.rate),
            "revenue": _part(entry.revenue),
            "options": [
                {"rate": _part(each.rate), "buyers": each.buyers, "revenue": _part(each.revenue)} for each in options
            ],
        }
        for seller, entry, options in zip(arrival.order, arrival.entries, priced.options, strict=True)
    ]


def _rates(priced: PricedRoyalties) -> list[dict[str, Any]]:
    market, arrival = priced.market, priced.arrival
    return [
        {
            "seller": name,
            "cost": market.costs[seller],
            "on_sale_before": market.rates[seller] is not None,
            "rate": _part(arrival.rates[seller]),
            "revenue": _part(arrival.revenues[seller]),
            "profit": _part(priced.profit(seller)),
            "rate_again": _part(arrival.again[seller].rate),
            "gain_again": _part(arrival.again[seller].gain),
            "loses_tie": priced.loses_tie(seller),
        }
        for seller, name in enumerate(market.seller_names)
    ]


def _taken(priced: PricedRoyalties) -> list[dict[str, Any]]:
    market, arrival = priced.market, priced.arrival
    return [
        {
            "buyer": name,
            "rate_max": _part(buyer.rate_max),
            "takes": [market.seller_names[seller] for seller in taken],
            "pays": _part(sum(((arrival.rates[seller] or 0) for seller in taken), Fraction(0))),
            "utility": buyer.utility[taken],
        }
        for name, buyer, taken in zip(market.buyer_names, market.buyers, arrival.bundles, strict=True)
    ]
