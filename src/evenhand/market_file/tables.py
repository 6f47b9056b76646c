"""Which keys has each table of MARKET.toml, and how is each read?

A key is read with what was read before it, so sellers stand before buyers, whose bundles name them, and both before the
order of arrival.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, NoReturn

from pydantic import AfterValidator

from evenhand.acceptance import folded
from evenhand.call import values
from evenhand.call.values import Read, refuse, remedy, shown
from evenhand.errors import OfferError, Problem
from evenhand.market_file import repeated
from evenhand.market_file.amounts import amount, each_of, part, read_amount, real
from evenhand.market_file.bundles import Bundle, worth
from evenhand.market_file.regimes import read_regimes
from evenhand.money import MINOR_MAX
from evenhand.simulation.buying import BUYING, RECONSIDERED_MAX
from evenhand.simulation.participation import EXPONENTIAL, PARTICIPATION, Participation, exponential
from evenhand.simulation.regimes import REGIMES, Regime

KINDS = ("posted_prices", "royalties", "repeated")
ROUNDS_MOST = 1_000_000
BUNDLES_SELLERS_MAX = 20
"""The most sellers where a buyer weighs bundle by bundle: by a table of bundles, or wherever royalties are paid."""


def _named(whose: str) -> Read:
    """Read a name that nobody else on this side of the market has; it may stand in the name of a bundle."""

    def read(value: Any, so_far: Any, before: Mapping[str, Any]) -> str:
        name = values.label(value, so_far, before)
        known: dict[str, str] = getattr(so_far, whose)
        if "+" in name:
            refuse(f"{shown(name)} has a + in it", 'a bundle is written "one + other"', "Write the name without it.")
        if folded(name) in known:
            first = shown(known[folded(name)])
            bound = f"{whose} have names of their own, and case tells nobody apart"
            refuse(f"{shown(name)} stands there already, as {first}", bound, "Rename one of them.")
        known[folded(name)] = name
        return name

    return Read(read)


def _on_sale(read: Read) -> Read:
    """Note that the seller is there before anyone arrives."""

    def noted(value: Any, so_far: Any, before: Mapping[str, Any]) -> Any:
        so_far.there.append(before.get("name"))
        return read.how(value, so_far, before)

    return Read(noted)


def _order(value: Any, so_far: Any, before: Mapping[str, Any]) -> tuple[int, ...]:
    """Read who arrives, first to last: each who is not on sale already, once."""
    order = values.names(value, "sellers", '["clinic", "archive"]')
    arriving = [so_far.place(name) for name in order]
    wrong = [_not_arriving(at, name, so_far, arriving[:at]) for at, name in enumerate(order)]
    wrong += [
        Problem("", f"does not name {shown(name)}", "everyone who arrives is named", "Add it, or leave order out.")
        for place, name in enumerate(so_far.names)
        if so_far.sure and name not in so_far.there and place not in arriving
    ]
    if any(wrong):
        raise OfferError([each for each in wrong if each])
    return tuple(place for place in arriving if place is not None)


def _not_arriving(at: int, name: str, so_far: Any, earlier: list[int | None]) -> Problem | None:
    place = so_far.place(name)
    if so_far.lacks(name):
        bound = f"the sellers are {', '.join(so_far.names)}"
        return Problem(f"[{at}]", f"{shown(name)} is no seller", bound, remedy(name, so_far.names))
    if place is None:  # a seller whose own name is refused
        return None
    if place in earlier:
        return Problem(f"[{at}]", f"{shown(name)} stands there twice", "each arrives once", "Keep one.")
    if so_far.names[place] in so_far.there:
        bound = "order names those who arrive"
        return Problem(f"[{at}]", f"{shown(name)} is on sale already", bound, "Take it out, or its price.")
    return None


def _grid(value: Any, so_far: Any, before: Mapping[str, Any]) -> tuple[Decimal, ...]:
    """Read the only prices that may be asked."""
    way = 'Write it as ["5.00 EUR"]'
    if not isinstance(value, list):
        refuse(f"{shown(value)} is no list of prices", "prices stand in brackets", f"{way}.")
    if not value:
        refuse("the list is empty", "a grid has one price or more", f"{way}, or leave it out: any may be asked then.")
    found = each_of(value, lambda each, where: read_amount(each, so_far, "grid", where))
    return tuple(sorted(set(found)))


def _tick(value: Any, so_far: Any, before: Mapping[str, Any]) -> Decimal:
    """Read the smallest step of a price."""
    tick = read_amount(value, so_far, "tick")
    if not tick:
        remedy = f"Leave it out for {so_far.unit.one}, the smallest unit, or write more."
        refuse(f"{shown(value)} is no step", "a tick is above 0", remedy)
    return tick


def _some(what: str) -> Any:
    """Refuse an empty list."""

    def check(read: list[Any]) -> list[Any]:
        if not read:
            refused("is empty", f"a market has one or more {what}", f"Write [[{what}]] above each.")
        return read

    return AfterValidator(check)


def refused(found: str, bound: str, remedy: str) -> NoReturn:
    """Refuse a whole table, once its keys are read."""
    from pydantic_core import PydanticCustomError

    raise PydanticCustomError("refused", "refused", {"problems": (Problem("", found, bound, remedy),)})


class _Strict:
    """A key that the class does not name is a mistake."""

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - pydantic's own name, and never changed


@dataclass(frozen=True, kw_only=True)
class Market(_Strict):
    """What a market is called, and of which kind it is."""

    name: Annotated[str, Read(values.label)]
    kind: Annotated[str, values.choice(KINDS)]


# -- posted prices and royalties --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PostedSeller(_Strict):
    """A seller at posted prices."""

    name: Annotated[str, _named("sellers")]
    cost: Annotated[Decimal, amount("cost")] = Decimal(0)
    price: Annotated[Decimal | None, _on_sale(amount("price"))] = None


@dataclass(frozen=True, kw_only=True)
class RoyaltySeller(_Strict):
    """A seller who asks a part of what a model earns."""

    name: Annotated[str, _named("sellers")]
    cost: Annotated[Decimal, amount("cost")] = Decimal(0)
    rate: Annotated[Fraction | None, _on_sale(part("a rate"))] = None


@dataclass(frozen=True, kw_only=True)
class _Buyer(_Strict):
    """A buyer, and what bundles are worth to them."""

    name: Annotated[str, _named("buyers")]
    utility: Annotated[dict[Bundle, Decimal] | None, worth("utility")] = None
    together: Annotated[dict[Bundle, Decimal] | None, worth("together")] = None
    bundles: Annotated[dict[Bundle, Decimal] | None, worth("bundles")] = None

    def __post_init__(self) -> None:
        if (self.utility is None) == (self.bundles is None):
            found = "has neither utility nor bundles" if self.utility is None else "has both utility and bundles"
            refused(found, "one of them says what data is worth to a buyer", "State one of them.")
        if self.together is not None and self.utility is None:
            refused("has together beside bundles", "together is added to utility", "Put the pairs into bundles.")


@dataclass(frozen=True, kw_only=True)
class PostedBuyer(_Buyer):
    """A buyer at posted prices."""

    budget: Annotated[Decimal | None, amount("budget")] = None


@dataclass(frozen=True, kw_only=True)
class RoyaltyBuyer(_Buyer):
    """A buyer who pays with a part of what the model earns."""

    rate_max: Annotated[Fraction, part("a largest rate")] = Fraction(1)
    outside: Annotated[Decimal | None, amount("outside")] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.outside is not None and () in (self.bundles or {}):
            refused('has outside, and "" in bundles', "both say what they have without data", "Keep one of them.")


@dataclass(frozen=True, kw_only=True)
class Arrival(_Strict):
    """Who arrives when."""

    order: Annotated[tuple[int, ...] | None, Read(_order)] = None


@dataclass(frozen=True, kw_only=True)
class PostedArrival(Arrival):
    """Who arrives when, and what they may ask."""

    grid: Annotated[tuple[Decimal, ...] | None, Read(_grid)] = None


@dataclass(frozen=True, kw_only=True)
class Repricing(_Strict):
    """How sellers price again."""

    tick: Annotated[Decimal | None, Read(_tick)] = None
    rounds_max: Annotated[int | None, values.whole(1, ROUNDS_MOST)] = None


@dataclass(frozen=True, kw_only=True)
class PostedFile(_Strict):
    """A market at posted prices."""

    market: Market
    sellers: Annotated[list[PostedSeller], _some("sellers")]
    buyers: Annotated[list[PostedBuyer], _some("buyers")]
    arrival: PostedArrival = field(default_factory=PostedArrival)
    repricing: Repricing | None = None

    def __post_init__(self) -> None:
        if self.arrival.grid is not None and self.repricing is not None:
            refused("has a grid and [repricing]", "on a grid nobody prices again", "Take one of them out.")
        _refuse_many(self.sellers, any(buyer.bundles for buyer in self.buyers))


@dataclass(frozen=True, kw_only=True)
class RoyaltyFile(_Strict):
    """A market of royalties."""

    market: Market
    sellers: Annotated[list[RoyaltySeller], _some("sellers")]
    buyers: Annotated[list[RoyaltyBuyer], _some("buyers")]
    arrival: Arrival = field(default_factory=Arrival)

    def __post_init__(self) -> None:
        _refuse_many(self.sellers, True)


def _refuse_many(sellers: list[Any], weighed: bool) -> None:
    """Refuse more sellers than can be weighed bundle by bundle."""
    if weighed and len(sellers) > BUNDLES_SELLERS_MAX:
        bound = f"every bundle is weighed, of up to {BUNDLES_SELLERS_MAX} sellers"
        refused(f"has {len(sellers)} sellers", bound, "Use fewer; at posted prices utility and together have no bound.")


# -- repeated ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class RepeatedMarket(Market):
    """What every period brings."""

    sellers: Annotated[int, values.whole(1, repeated.SELLERS_MAX)] = 10
    periods: Annotated[int, values.whole(1, repeated.PERIODS_MAX)] = 100
    utilities: Annotated[Any, Read(repeated.utilities)] = "same_for_all"
    costs: Annotated[Any, Read(repeated.costs)] = 0.0
    buying: Annotated[str, values.choice(BUYING)] = "final"
    given_away: Annotated[bool, Read(repeated.truth)] = False


@dataclass(frozen=True, kw_only=True)
class RepeatedBuyer(_Strict):
    """A buyer, whose budget is drawn anew in every period."""

    name: Annotated[str, _named("buyers")]
    budget: Annotated[tuple[float, float], Read(repeated.budget)]


@dataclass(frozen=True, kw_only=True)
class Staying(_Strict):
    """How likely a seller is to stay, and for how long one who leaves is away."""

    k: Annotated[float | None, real(1e-6, 1e6, "k is from 0.000001 to 1,000,000", "2.5")] = None
    name: Annotated[str, values.choice(PARTICIPATION)] = EXPONENTIAL.name
    away: Annotated[int | None, values.whole(1, repeated.PERIODS_MAX)] = None

    def __post_init__(self) -> None:
        if self.k is not None and self.name != EXPONENTIAL.name:
            refused(f"has k beside {self.name}", "k belongs to the exponential function", "Take k out.")

    @property
    def function(self) -> Participation:
        """The chance to stay, by the part of the ideal price that is paid."""
        return PARTICIPATION[self.name] if self.k is None else exponential(self.k)


@dataclass(frozen=True, kw_only=True)
class Simulation(_Strict):
    """How often, with which draws, and what is compared."""

    replications: Annotated[int, values.whole(repeated.REPLICATIONS_MIN, repeated.IN_ALL_MAX)] = 1000
    seed: Annotated[int, values.whole(0, MINOR_MAX)] = 0
    discounts: Annotated[tuple[float, ...], Read(repeated.discounts)] = (0.99,)
    regimes: Annotated[tuple[Regime, ...], Read(read_regimes)] = tuple(REGIMES.values())


@dataclass(frozen=True, kw_only=True)
class RepeatedFile(_Strict):
    """A market that repeats."""

    market: RepeatedMarket
    buyers: Annotated[list[RepeatedBuyer], _some("buyers")]
    participation: Staying = field(default_factory=Staying)
    simulation: Simulation = field(default_factory=Simulation)

    def __post_init__(self) -> None:
        most = RECONSIDERED_MAX
        if self.market.buying == "reconsidered" and self.market.sellers > most:
            bound = f"every bundle is weighed, of up to {most} datasets"
            refused(f'has {self.market.sellers} sellers and buying = "reconsidered"', bound, 'Use fewer, or "final".')
        in_all = self.market.periods * self.simulation.replications * len(self.buyers)
        if in_all > repeated.IN_ALL_MAX:
            found = f"has {in_all:,} periods of all buyers in all replications"
            refused(found, f"there are at most {repeated.IN_ALL_MAX:,}", self._fewer())
        if in_all * self.market.sellers > repeated.OFFERS_MAX:
            found = f"has {in_all * self.market.sellers:,} offers: sellers, by periods, replications and buyers"
            refused(found, f"there are at most {repeated.OFFERS_MAX:,}", self._fewer())

    def _fewer(self) -> str:
        """Say how many replications there may be."""
        once = self.market.periods * len(self.buyers)
        most = min(repeated.IN_ALL_MAX // once, repeated.OFFERS_MAX // (once * self.market.sellers))
        if most < repeated.REPLICATIONS_MIN:
            return f"Use fewer periods, sellers or buyers: even {repeated.REPLICATIONS_MIN} replications are too many."
        return f"Use at most {most:,} replications, or fewer periods, sellers or buyers."


FILES = dict(zip(KINDS, (PostedFile, RoyaltyFile, RepeatedFile), strict=True))
"""kind -> what its file has."""
