"""What do programs read of a priced market? Whole smallest units; fractions as "n/d"; null for what is not on sale."""

from fractions import Fraction
from math import inf
from typing import Any

from evenhand.markets.posted.sale import Purchase
from evenhand.pricing import PricedPosted, PricedRoyalties


def numbers(priced: PricedPosted | PricedRoyalties) -> dict[str, Any]:
    """Give all that is told of a market, and more, as plain values."""
    return _posted(priced) if isinstance(priced, PricedPosted) else _royalties(priced)


def _finite(number: Any) -> Any:
    """Null for what is not on sale; a fraction as text, and a whole number as one."""
    if number is None or number == inf:
        return None
    if isinstance(number, Fraction):
        return int(number) if number.denominator == 1 else f"{number.numerator}/{number.denominator}"
    return number


def _rate(number: Any) -> dict[str, Any] | None:
    """Give a rate exactly, and as the nearest float."""
    return None if number is None else {"exact": str(Fraction(number)), "near": float(number)}


def _posted(priced: PricedPosted) -> dict[str, Any]:
    market, arrival, again = priced.market, priced.arrival, priced.repricing
    entries = [
        {
            "seller": market.sellers[seller],
            "willingness": dict(zip(market.buyers, most, strict=True)),
            "price": _finite(entry.price),
            "buyers": entry.buyers,
            "profit": entry.profit,
            "options": [
                {"price": each.price, "buyers": each.buyers, "profit": each.profit} for each in priced.options[place]
            ],
        }
        for place, (seller, most, entry) in enumerate(
            zip(arrival.order, arrival.willingness, arrival.entries, strict=True)
        )
    ]
    return {
        "kind": "posted_prices",
        "name": market.name,
        "unit": {"currency": market.unit.currency, "decimals": market.unit.decimals},
        "arrivals": entries,
        "sellers": [
            {
                "seller": seller,
                "cost": market.costs[place],
                "on_sale_before": market.prices[place] < inf,
                "price": _finite(arrival.prices[place]),
                "sold": arrival.sold[place],
                "profit": arrival.profit[place],
            }
            for place, seller in enumerate(market.sellers)
        ],
        "buyers": _purchases(priced, arrival.purchases),
        "repricing": again
        and {
            "end": again.end,
            "rounds": again.rounds,
            "length": again.length,
            "tick": market.tick,
            "path": [list(map(_finite, prices)) for prices in again.path],
            "prices": list(map(_finite, again.prices)),
            "sold": list(again.sold),
            "profit": list(again.profit),
            "buyers": _purchases(priced, again.purchases),
        },
    }


def _purchases(priced: PricedPosted, made: tuple[Purchase, ...]) -> list[dict[str, Any]]:
    market = priced.market
    return [
        {
            "buyer": buyer,
            "budget": None if unlimited else demand.budget,
            "buys": [market.sellers[seller] for seller in bought.bundle],
            "spent": bought.spent,
            "utility": bought.utility,
            "net_utility": bought.net,
        }
        for buyer, demand, unlimited, bought in zip(market.buyers, market.demands, market.unlimited, made, strict=True)
    ]


def _royalties(priced: PricedRoyalties) -> dict[str, Any]:
    market, arrival = priced.market, priced.arrival
    return {
        "kind": "royalties",
        "name": market.name,
        "unit": {"currency": market.unit.currency, "decimals": market.unit.decimals},
        "arrivals": [
            {
                "seller": market.sellers[seller],
                "rate": _rate(entry.rate),
                "revenue": _finite(entry.revenue),
                "options": [
                    {"rate": _rate(each.rate), "buyers": each.buyers, "revenue": _finite(each.revenue)}
                    for each in options
                ],
            }
            for seller, entry, options in zip(arrival.order, arrival.entries, priced.options, strict=True)
        ],
        "sellers": [
            {
                "seller": seller,
                "cost": market.costs[place],
                "on_sale_before": market.rates[place] is not None,
                "rate": _rate(arrival.rates[place]),
                "revenue": _finite(arrival.revenues[place]),
                "rate_again": _rate(arrival.again[place].rate),
                "gain_again": _finite(arrival.again[place].gain),
                "loses_tie": priced.loses_tie(place),
            }
            for place, seller in enumerate(market.sellers)
        ],
        "buyers": [
            {
                "buyer": buyer,
                "rate_max": _rate(demand.rate_max),
                "takes": [market.sellers[seller] for seller in taken],
                "pays": _rate(sum(((arrival.rates[seller] or 0) for seller in taken), Fraction(0))),
                "utility": _finite(demand.utility[taken]),
            }
            for buyer, demand, taken in zip(market.buyers, market.demands, arrival.bundles, strict=True)
        ],
    }
