"""What happens when sellers arrive one after another and each prices once? [FairShare25, Algorithm 2]

Buyers are there from the start, and perhaps some data with prices. Each seller who arrives sees the prices so far,
works out what every buyer would pay at most for the new dataset (willingness.py), asks the price that earns most
(prices.py), and keeps it. When all have arrived, the buyers buy.

These prices are sequential prices and need not be an equilibrium: a later seller may take buyers away from an earlier
one, who then sells less than reckoned at entry, possibly below cost, and who would like to price again (`reprice`).

Ties go to the later arrival, at entry as at the end, so with whole money every seller sells at entry what was reckoned.
Only among floats of which too many bundles come close to the best is a purchase a bound, and any good bundle (sale.py):
what is reckoned on entry at a tie need not be sold there.

Money is in whole minor units where all budgets, costs and earlier prices are integers (inf counts as one) and utilities
are, or a grid of integers is given: prices are then whole too, and who prices again does so in steps of 1 (`reprice`).
Otherwise prices are floats, so that none is rounded down unasked. With floats equal nets are told from sums that are
trusted to a part in 10^12.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, inf
from typing import Any

from evenhand.errors import Problem, refuse, shown
from evenhand.markets.posted.bundles import Utility
from evenhand.markets.posted.buyers import Buyer, demand, fitting
from evenhand.markets.posted.checks import amount, amounts
from evenhand.markets.posted.exactness import Number
from evenhand.markets.posted.mindful import mindful
from evenhand.markets.posted.prices import PostedPrice, of_a_grid, posted_price
from evenhand.markets.posted.sale import Demand, Purchase, whole_money
from evenhand.numerics.given import listed, ordered
from evenhand.records import Watch, unwatched


@dataclass(frozen=True)
class SequentialPrices:
    """How sellers priced as they arrived one after another, and what was bought once all were there."""

    order: tuple[int, ...]
    """Who arrived, first to last."""
    prices: tuple[Number, ...]
    """(n,) money; inf for a dataset that is not on sale."""
    willingness: tuple[tuple[Number, ...], ...]
    """For each arrival, what each buyer would have paid at most at that moment."""
    entries: tuple[PostedPrice, ...]
    """For each arrival, the price, and the buyers and the profit reckoned with at that moment."""
    purchases: tuple[Purchase, ...]
    """What each buyer buys at the end."""
    sold: tuple[int, ...]
    """(n,) how many buyers each dataset has at the end."""
    profit: tuple[Number, ...]
    """(n,) what each seller has at the end: below 0 where later arrivals took the buyers away."""


@dataclass(frozen=True)
class Participants:
    """Buyers, and sellers in the order of their arrival, as they were given, once checked."""

    utilities: tuple[Utility, ...]
    budgets: tuple[Number, ...]
    costs: tuple[Number, ...]
    prices: tuple[Number, ...]
    order: tuple[int, ...]


@dataclass(frozen=True)
class Gathering:
    """Buyers, ready to decide, and sellers in the order of their arrival."""

    demands: tuple[Demand, ...]
    costs: tuple[Number, ...]
    prices: tuple[Number, ...]
    """Those of datasets that are on sale before anyone arrives; inf elsewhere."""
    order: tuple[int, ...]
    whole: bool

    def willingness(self, prices: Sequence[Number], item: int) -> tuple[Number, ...]:
        """Ask every buyer what they would pay at most; whole where money is."""
        most = [each.willingness(prices, item) for each in self.demands]
        if not self.whole:
            return tuple(most)
        # on a grid utilities need not be whole, and what a sum of them falls short of by rounding is paid
        return tuple(floor(each + buyer.equal) for each, buyer in zip(most, self.demands, strict=True))

    def settled(self, prices: Sequence[Number]) -> tuple[tuple[Purchase, ...], tuple[int, ...], tuple[Number, ...]]:
        """Give what every buyer buys, how often each dataset is sold, and each seller's profit."""
        purchases = tuple(each.purchase(prices) for each in self.demands)
        sold = tuple(sum(item in each.bundle for each in purchases) for item in range(len(prices)))
        return purchases, sold, tuple(self.profit(item, prices[item], count) for item, count in enumerate(sold))

    def profit(self, item: int, price: Number, buyers: int) -> Number:
        """Give what a seller has left: nothing and no cost if the dataset is not on sale."""
        return price * buyers - self.costs[item] if price < inf else 0


def sequential_prices(
    buyers: Sequence[Buyer],
    costs: Any,
    *,
    order: Sequence[int] | None = None,
    prices: Any = None,
    grid: Sequence[Number] | None = None,
    watch: Watch = unwatched,
) -> SequentialPrices:
    """Let sellers arrive one by one, each asking the best price beside the prices so far [FairShare25, Algorithm 2].

    Prices are whole where every budget, cost, earlier price and utility is an integer, and floats otherwise. For whole
    prices of other utilities round those down, or name whole prices in the grid.

    Args:
        buyers: any mix of utilities and budgets.
        costs: (n,) money, what each seller's dataset costs to offer; inf for a seller who stays away.
        order: who arrives, first to last: every dataset that is not on sale before; by index if not given.
        prices: (n,) money, of the datasets that are on sale before; inf for those whose sellers arrive.
        grid: the only prices that may be asked; any by default.
        watch: told how many have arrived, as the stage "arrive".

    Raises:
        OfferError: an amount, the order or a utility is out of bounds, or a buyer's decisions cannot be worked out
            exactly (more than 20 datasets with a utility that neither adds up nor interacts in pairs).

    Two datasets of which one is enough. The second seller asks as much as the first, and takes the sale:
        >>> either = Buyer(lambda bundle: 10 if bundle else 0, budget=20)
        >>> market = sequential_prices([either], costs=[2, 2])
        >>> market.prices, [entry.profit for entry in market.entries], market.profit
        ((10, 10), [8, 8], (-2, 8))
    """
    problems: list[Problem] = []
    given = checked(buyers, costs, order, prices, problems)
    allowed = None if grid is None else of_a_grid(grid, problems)
    refuse(problems)
    market = gathered(given, allowed or (), on_grid=allowed is not None)
    asked, willingness, entries = [*market.prices], [], []
    watch("arrive", 0, len(market.order))
    for item in market.order:
        willingness.append(market.willingness(asked, item))
        entries.append(posted_price(willingness[-1], market.costs[item], grid=allowed))
        asked[item] = entries[-1].price
        watch("arrive", len(entries), len(market.order))
    return SequentialPrices(market.order, (*asked,), (*willingness,), (*entries,), *market.settled(asked))


def checked(buyers: Any, costs: Any, order: Any, prices: Any, problems: list[Problem]) -> Participants:
    """Take the participants of a market; note what is wrong with each."""
    cost = amounts("costs", costs, problems)
    n = len(cost)
    before = [inf] * n if prices is None else amounts("prices", prices, problems)
    if len(before) != n and not problems:
        remedy = "Use inf for those who arrive."
        problems.append(Problem("prices", f"are {len(before)}", f"there are {n} datasets", remedy))
    sound = not problems  # else it is not known who arrives, nor how many datasets a utility is of
    away = [item for item, price in enumerate(before) if price == inf]
    arriving = ordered(order, away, "the datasets that arrive", problems) if sound else []
    known = _buyers(buyers, problems)
    budgets = [amount("budget", buyer.budget, problems, f"buyers[{k}].budget") for k, buyer in known.items()]
    utilities = [fitting(buyer.utility, n, problems, f"buyers[{k}].utility") for k, buyer in known.items() if sound]
    return Participants(tuple(utilities), tuple(budgets), tuple(cost), tuple(before), tuple(arriving))


def _buyers(buyers: Any, problems: list[Problem]) -> dict[int, Buyer]:
    """Take those who are buyers, by their place; note what is wrong with the others."""
    members, bound = listed(buyers), "a buyer has a utility and a budget"
    if members is None:
        problems.append(Problem("buyers", f"is {shown(buyers)}", "it is a list of buyers", "Give [Buyer(...), ...]."))
    found = {k: each for k, each in enumerate(members or ()) if isinstance(each, Buyer)}
    problems += [
        Problem(f"buyers[{k}]", f"is {shown(each)}", bound, "Give Buyer(utility, budget).")
        for k, each in enumerate(members or ())
        if k not in found
    ]
    return found


def gathered(market: Participants, other_prices: Sequence[Number] = (), *, on_grid: bool = False) -> Gathering:
    """Let buyers prepare to decide; money is whole if all amounts are, and all utilities or prices are of a grid.

    Raises:
        OfferError: a buyer's decisions cannot be worked out exactly, or a utility is out of bounds.
    """
    whole = whole_money([*market.budgets, *market.costs, *market.prices, *other_prices])
    whole = whole and (on_grid or all(each.whole is not False for each in market.utilities))
    demands = _demands(market, whole=whole)
    if whole and not on_grid and any(each.equal for each in demands):  # a set function answers floats, so prices are
        whole, demands = False, _demands(market, whole=False)
    return Gathering(demands, market.costs, market.prices, market.order, whole)


def _demands(market: Participants, *, whole: bool) -> tuple[Demand, ...]:
    n = len(market.costs)
    ids = [*(item for item in range(n) if market.prices[item] < inf), *market.order]
    given = zip(market.utilities, market.budgets, strict=True)
    return tuple(mindful(demand(utility, n, ids, budget, whole=whole)) for utility, budget in given)
