"""What does a market of royalties look like? Who asks which rate and why, who takes what, and who would ask again."""

from evenhand.pricing import PricedRoyalties
from evenhand.pricing.royalties import RateOption
from evenhand.reports.notation import quoted
from evenhand.reports.pricing.written import NOBODY, amount, bundle, buy, many, money, named, rate, rate_exactly
from evenhand.reports.sections import Section


def told(priced: PricedRoyalties) -> list[Section]:
    """Tell what came of it: rates, why these, what is taken, and who would set another rate."""
    return [_rates(priced), _bundles(priced), _again(priced)]


def _rates(priced: PricedRoyalties) -> Section:
    market, arrival = priced.market, priced.arrival
    entries = dict(zip(arrival.order, arrival.entries, strict=True))
    there = [seller for seller, each in enumerate(market.rates) if each is not None]
    rows = []
    for seller in [*there, *arrival.order]:
        entry = entries.get(seller)
        rows.append(
            (
                named(market.sellers[seller]),
                amount(market.costs[seller], market.unit),
                rate(arrival.rates[seller]),
                NOBODY if entry is None or entry.rate is None else amount(entry.revenue, market.unit),
                str(sum(seller in taken for taken in arrival.bundles)),
                amount(arrival.revenues[seller], market.unit),
            )
        )
    columns = ("seller", "cost", "rate", "revenue then", "buyers", "revenue")
    why = tuple(_why(priced, place) for place in range(len(arrival.order)))
    return Section(f"Rates, as sellers arrive{_in(priced)}", columns, tuple(rows), why)


def _in(priced: PricedRoyalties) -> str:
    return f"; amounts in {priced.market.unit.currency}" if priced.market.unit.currency else ""


def _why(priced: PricedRoyalties, place: int) -> str:
    """Say why a seller asks this rate: what it brings, and what the next lower and the next higher would."""
    seller, entry, options = priced.arrival.order[place], priced.arrival.entries[place], priced.options[place]
    who, unit = quoted(priced.market.sellers[seller]), priced.market.unit
    if entry.rate is None:
        if not options:
            return f"{who} stays out: nobody would take the dataset even for nothing."
        cost = money(priced.market.costs[seller], unit)
        return f"{who} stays out: the best rate would bring {money(entry.revenue, unit)}, and selling costs {cost}."
    asked = next(i for i, option in enumerate(options) if option.rate == entry.rate)
    beside = [*options[max(asked - 1, 0) : asked], *options[asked + 1 : asked + 2]]
    taken = f"{buy(options[asked].buyers, 'take')} it, for {money(entry.revenue, unit)}"
    told = [f"{who} asks {rate_exactly(entry.rate)}: at that {taken}", *(_option(priced, each) for each in beside)]
    return f"{'; '.join(told)}."


def _option(priced: PricedRoyalties, option: RateOption) -> str:
    return f"at {rate_exactly(option.rate)} {many(option.buyers)}, for {money(option.revenue, priced.market.unit)}"


def _bundles(priced: PricedRoyalties) -> Section:
    market, unit = priced.market, priced.market.unit
    rows = []
    for buyer, demand, taken in zip(market.buyers, market.demands, priced.arrival.bundles, strict=True):
        total = sum((priced.arrival.rates[seller] or 0) for seller in taken)
        worth = demand.utility[taken]
        cells = (rate(total), rate(demand.rate_max), amount(worth, unit), amount((1 - total) * worth, unit))
        rows.append((named(buyer), bundle(taken, market.sellers), *cells))
    columns = ("buyer", "takes", "pays", "of at most", "model earns", "keeps")
    return Section("What is taken, when all have arrived", columns, tuple(rows), words=("takes",))


def _again(priced: PricedRoyalties) -> Section:
    market = priced.market
    moved = tuple(
        f"{quoted(market.sellers[seller])} loses a tie at its {rate_exactly(again.rate)}: any lower rate wins it, for "
        f"up to {money(again.gain, market.unit)} more."
        if priced.loses_tie(seller)
        else f"{quoted(market.sellers[seller])} would {_move(again.rate)}, for {money(again.gain, market.unit)} more."
        for seller, again in enumerate(priced.arrival.again)
        if again.gain > 0
    )
    kept = "Nobody: each rate is best beside the others, ties going to the seller who asks."
    return Section("Who would ask another rate now", sentences=moved or (kept,))


def _move(new: object) -> str:
    return "rather stay out" if new is None else f"ask {rate_exactly(new)}"
