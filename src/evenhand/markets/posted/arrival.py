"""What happens when sellers arrive one after another and each prices once? [FairShare25, Algorithm 2]

Buyers are there from the start, and perhaps some data with prices. Each seller who arrives sees the prices so far,
works out what every buyer would pay at most for the new dataset (willingness.py), asks the price that earns most
(prices.py), and keeps it. When all have arrived, the buyers buy.

These prices are sequential prices and no equilibrium: a later seller may take buyers away from an earlier one, who then
sells less than reckoned at entry, possibly below cost, and who would like to price again (`reprice`).

Ties go to the later arrival, at entry as at the end, so with whole money every seller sells at entry what was reckoned.
With floats the integer programme, which decides about more than 20 datasets, gives any of equal bundles (sale.py): what
is reckoned on entry at a tie need not be sold there.

Money is in whole minor units where all budgets, costs and earlier prices are integers (inf counts as one except for a
budget) and utilities are, or a grid of integers is given: prices are then whole too. Otherwise prices are floats, so
that none is rounded down unasked. With floats equal nets are told from sums that are trusted to a part in 10^12.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, inf
from numbers import Integral
from typing import Any

from evenhand.errors import Problem
from evenhand.markets.posted.bundles import Additive, Pairwise, Utility
from evenhand.markets.posted.buyers import Buyer, demand, fitting
from evenhand.markets.posted.checks import amount, amounts, refuse
from evenhand.markets.posted.exactness import SHOWN, Number, is_whole, listed, whole_or_float
from evenhand.markets.posted.memory import mindful
from evenhand.markets.posted.prices import PostedPrice, posted_price
from evenhand.markets.posted.sale import Demand, Purchase
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
    market = gather(buyers, costs, order, prices, () if grid is None else grid, on_grid=grid is not None)
    asked, willingness, entries = [*market.prices], [], []
    watch("arrive", 0, len(market.order))
    for item in market.order:
        willingness.append(market.willingness(asked, item))
        entries.append(posted_price(willingness[-1], market.costs[item], grid=grid))
        asked[item] = entries[-1].price
        watch("arrive", len(entries), len(market.order))
    return SequentialPrices(market.order, (*asked,), (*willingness,), (*entries,), *market.settled(asked))


def gather(
    buyers: Sequence[Buyer],
    costs: Any,
    order: Sequence[int] | None,
    prices: Any,
    other_prices: Sequence[Any] = (),
    *,
    on_grid: bool = False,
) -> Gathering:
    """Check a market and prepare its buyers; whole if all amounts are, and all utilities or prices are of a grid.

    Raises:
        OfferError: as for `sequential_prices`.
    """
    problems: list[Problem] = []
    cost = amounts("costs", costs, problems)
    n = len(cost)
    before = [inf] * n if prices is None else amounts("prices", prices, problems)
    if len(before) != n and not problems:
        problems.append(
            Problem("prices", f"are {len(before)}", f"there are {n} datasets", "Use inf for those who arrive.")
        )
    bound = "a buyer has a utility and a budget"
    problems += [
        Problem(f"buyers[{k}]", f"is {each!r:.{SHOWN}}", bound, "Give Buyer(utility, budget).")
        for k, each in enumerate(buyers)
        if not isinstance(each, Buyer)
    ]
    refuse(problems)
    arriving = _arriving(order, before, problems)
    budgets = [amount("budget", buyer.budget, problems, f"buyers[{k}].budget") for k, buyer in enumerate(buyers)]
    known = [fitting(buyer.utility, n, problems, f"buyers[{k}].utility") for k, buyer in enumerate(buyers)]
    refuse(problems)
    finite = [each for each in (*cost, *before, *other_prices) if each != inf]
    whole = all(isinstance(each, Integral) for each in (*budgets, *finite))
    ids = [*(item for item in range(n) if before[item] < inf), *arriving]
    prices_whole = whole or _prices_whole(known, budgets, finite)
    demands = tuple(mindful(demand(u, n, ids, b, whole=prices_whole)) for u, b in zip(known, budgets, strict=True))
    if whole and not on_grid and any(each.equal for each in demands):  # utilities are floats, so prices are
        whole = False
        demands = tuple(mindful(demand(u, n, ids, b, whole=whole)) for u, b in zip(known, budgets, strict=True))
    return Gathering(demands, tuple(cost), tuple(before), tuple(arriving), whole)


def _prices_whole(utilities: Sequence[Utility], budgets: Sequence[Number], finite: Sequence[Number]) -> bool:
    """Say whether all prices will be whole where a buyer has no budget: what whole utilities make one pay is whole."""
    own = [each.utilities for each in utilities if isinstance(each, Additive | Pairwise)]
    pairs = [each.interactions for each in utilities if isinstance(each, Pairwise)]
    money = whole_or_float([each for each in (*budgets, *finite) if each != inf] or [0])
    return is_whole(money) and len(own) == len(utilities) and is_whole(*own, *pairs)


def _arriving(order: Sequence[int] | None, before: list[Number], problems: list[Problem]) -> list[int]:
    expected = [item for item, price in enumerate(before) if price == inf]
    given = expected if order is None else listed(order)
    if given is None or sorted(given) != expected:
        bound = f"it names each of the datasets that arrive once: {expected!r:.{SHOWN}}"
        remedy = "Leave it out for the order of the indices."
        problems.append(Problem("order", f"is {order!r:.{SHOWN}}", bound, remedy))
        return expected
    return given
