"""What do sellers ask as they arrive one after the other, and would they ask it again?

Buyers are there from the start, and perhaps some data with rates. Each seller who arrives sees the rates of those who
are there, and sets the rate that is best at that moment, once [FairShare25, Algorithm 2, with the rates of section 3
for prices]. A seller who would not earn the cost stays away. What comes of it depends on the order, and
need not be an equilibrium: a later seller may take buyers from an earlier one, and `again` says what each would then
rather ask, and how much more that would bring.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from evenhand.errors import Problem, refuse
from evenhand.markets.royalties import checks
from evenhand.markets.royalties.buyers import Bundle, Rate, Rates, RoyaltyBuyer, checked_buyers, offers, one_kind
from evenhand.markets.royalties.exactness import in_kind, is_below
from evenhand.markets.royalties.rate import BestRate, best_rate
from evenhand.numerics import Number
from evenhand.numerics.given import ordered
from evenhand.records import Watch, unwatched


@dataclass(frozen=True, slots=True)
class Again:
    """What a seller would ask now, all others staying as they are and ties going to the seller."""

    rate: Rate
    """None for a seller who would rather stay away. The rate as it is where nothing brings more."""
    gain: Number
    """How much more it would bring, costs counted; 0 where nothing does."""


@dataclass(frozen=True)
class SequentialRates:
    """Which rates sellers set as they arrived one after another, and what was taken once all were there."""

    order: tuple[int, ...]
    """Who arrived, first to last."""
    rates: tuple[Rate, ...]
    """(sellers,) None for those who stayed away."""
    entries: tuple[BestRate, ...]
    """For each arrival the rate, and the revenue and the bundles reckoned with at that moment."""
    bundles: tuple[Bundle, ...]
    """(buyers,) what each buyer has in the end."""
    revenues: tuple[Number, ...]
    """(sellers,) what each earns in the end, before costs."""
    again: tuple[Again, ...]
    """(sellers,) what each would ask now."""

    def before(self, place: int) -> list[Rate]:
        """Give the rates that a seller found on arrival, by the place in the order."""
        absent = set(self.order[place:])
        return [None if seller in absent else rate for seller, rate in enumerate(self.rates)]


def sequential_rates(
    buyers: Sequence[RoyaltyBuyer],
    costs: Sequence[Number],
    *,
    order: Sequence[int] | None = None,
    rates: Rates | None = None,
    watch: Watch = unwatched,
) -> SequentialRates:
    """Let sellers arrive one after the other, each setting their best rate once.

    Args:
        buyers: (buyers,).
        costs: (sellers,) what selling costs each, once, whoever buys.
        order: who arrives, first to last: every seller who is not there before; by index if left out.
        rates: (sellers,) of those who are there before anyone arrives; None for those who arrive.
        watch: told how many have arrived, as the stage "arrive".

    Raises:
        OfferError: a buyer, a cost or a rate is none, or the order does not name everyone who arrives once.

    Two datasets that replace one another. The second is taken at the same rate, a tie, and the first is left with
    nothing of what was reckoned with:

    >>> arrived = sequential_rates([RoyaltyBuyer({(): 1, (0,): 2, (1,): 2, (0, 1): 2})], costs=[0, 0])
    >>> [str(rate) for rate in arrived.rates], arrived.bundles
    (['1/2', '1/2'], ((1,),))
    >>> [str(each) for each in arrived.revenues], [str(entry.revenue) for entry in arrived.entries]
    (['0', '1'], ['1', '1'])
    """
    known, cost, before, arriving = _checked(buyers, costs, order, rates)
    asked, entries = [*before], []
    bundles = tuple(_had(buyer, before) for buyer in known)
    watch("arrive", 0, len(arriving))
    for seller in arriving:
        entries.append(best_rate(known, asked, seller, cost[seller], bundles))
        asked[seller], bundles = entries[-1].rate, entries[-1].bundles
        watch("arrive", len(entries), len(arriving))
    revenues = tuple((rate or 0) * _together(known, bundles, seller) for seller, rate in enumerate(asked))
    again = tuple(_again(known, asked, bundles, seller, each) for seller, each in enumerate(cost))
    return SequentialRates((*arriving,), (*asked,), (*entries,), bundles, revenues, again)


def _had(buyer: RoyaltyBuyer, rates: Rates) -> Bundle:
    """What a buyer has before anyone arrives: the best without a seller who is nobody's."""
    (alike,), given = one_kind([buyer], rates)
    return offers(alike, [*given, None], len(given)).without.bundle


def _together(buyers: Sequence[RoyaltyBuyer], bundles: Sequence[Bundle], seller: int) -> Number:
    """What all bundles that a seller's dataset is in are worth together; their revenue is their rate of it."""
    taken = zip(buyers, bundles, strict=True)
    return sum(buyer.utility[bundle] for buyer, bundle in taken if seller in bundle)


def _again(buyers: Sequence[RoyaltyBuyer], rates: Rates, bundles: Sequence[Bundle], seller: int, cost: Number) -> Again:
    """What a seller would ask now. One who stays away has what selling costs."""
    best, rate = best_rate(buyers, rates, seller, cost), rates[seller]
    together = _together(buyers, bundles, seller)
    now = cost if rate is None else rate * together
    then = cost if best.rate is None else best.revenue
    of = max(together, _together(buyers, best.bundles, seller))
    return Again(best.rate, then - now) if is_below(now, then, of) else Again(rate, 0)


def _checked(
    buyers: Sequence[RoyaltyBuyer], costs: Sequence[Number], order: Sequence[int] | None, rates: Rates | None
) -> tuple[list[RoyaltyBuyer], list[Number], list[Rate], list[int]]:
    """Give buyers, costs, the rates before anyone arrives, and who arrives."""
    problems: list[Problem] = []
    known = checked_buyers(buyers, problems)
    cost = checks.a_list("costs", costs, "costs, one a seller", problems)
    for j, each in enumerate(cost):
        checks.cost(f"costs[{j}]", each, problems, "Leave out those who stay away.")
    before = [None] * len(cost) if rates is None else checks.rates(rates, problems)
    if len(before) != len(cost) and not problems:
        found, bound = f"are {len(before)}", f"there are {len(cost)} sellers"
        problems.append(Problem("rates", found, bound, "Use None for those who arrive."))
    away = [seller for seller, rate in enumerate(before) if rate is None]
    arriving = ordered(order, away, "those who arrive", problems)
    refuse(problems)
    given = [None if rate is None else in_kind(rate) for rate in before]
    return known, [in_kind(each) for each in cost], given, arriving
