"""Do prices come to rest when sellers may price again? [FairShare25, Algorithm 2 lets each price once]

In every round each seller in turn asks the best price beside the others' current ones, and moves only for more profit.
Two ways to end: a round in which nobody moves, a fixed point; or prices that were there before, a cycle, since what
follows depends on the prices alone. Sellers of substitutes undercut each other down to where one of them would rather
serve only loyal buyers at a high price; then the other follows, and it starts again (an Edgeworth cycle).

Ties matter here. A buyer who is indifferent buys the dataset that arrived later (sale.py), so against a later one
an earlier seller must stay below what the buyer would pay at most, by a `tick`, the smallest step of money. With a tick
above 0 sellers price again in multiples of it, and a seller's profit is what really happens at the stated tie rule. A
fixed point is then a Nash equilibrium: no seller would have more at any multiple of the tick, nor by staying out. Where
they start need not be a multiple; such a price is kept until a multiple earns more. For this few multiples need be
tried. Buyer k buys below w_k, not above, and at w_k itself where the tie is won; while the buyers stay the same, a
higher price earns more. So a best multiple of the tick t is

    floor(w_k / t) t,  or  w_k - t  where w_k is a multiple and the tie is lost,  for some buyer k.

With a tick of 0 whoever prices is taken to win the ties and tries each w_k [FairShare25, Lemma 2]: a fixed point then
only says that nobody sees anything better, and two sellers may both count on the same sale; compare `sold`. A cycle
says that prices do not come to rest from where they started; from others they may.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from evenhand.errors import Problem, refuse, shown
from evenhand.markets.posted.arrival import Gathering, checked, gathered, sequential_prices
from evenhand.markets.posted.buyers import Buyer
from evenhand.markets.posted.checks import amount, amounts
from evenhand.markets.posted.exactness import Number, slack, whole_or_float
from evenhand.markets.posted.sale import Purchase
from evenhand.numerics.given import is_index
from evenhand.records import Watch, unwatched

FIXED_POINT, CYCLE, UNFINISHED = ("fixed point", "cycle", "unfinished")
ROUNDS_MAX = 1000
"""How many rounds are played where nobody says how many."""
DIGITS = 12
"""Float prices that agree in this many digits are the same."""

Prices = tuple[Number, ...]


@dataclass(frozen=True)
class Repricing:
    """Where the rounds ended, and what is sold there."""

    end: str
    """"fixed point", "cycle", or "unfinished" after as many rounds as were allowed. With a tick of 0 a fixed point says
    only that no seller reckons with more, ties going to whoever asks; what is really sold is in `sold`."""
    length: int
    """Rounds after which the prices come back: 1 for a fixed point; 0 where that is not known."""
    rounds: int
    """How many rounds were played, the last one included, in which nothing new happened."""
    path: tuple[Prices, ...]
    """The prices that come back, round by round: one for a fixed point; the last ones where that is not known."""
    prices: Prices
    """(n,) money, the prices at the end; inf for a seller who does not sell."""
    purchases: tuple[Purchase, ...]
    """What each buyer buys at these."""
    sold: tuple[int, ...]
    """(n,) how many buyers each dataset has at these."""
    profit: tuple[Number, ...]
    """(n,) what each seller has at these."""


def reprice(
    buyers: Sequence[Buyer],
    costs: Any,
    *,
    order: Sequence[int] | None = None,
    prices: Any = None,
    tick: Number | None = None,
    rounds_max: int = ROUNDS_MAX,
    watch: Watch = unwatched,
) -> Repricing:
    """Let sellers price again in turn until nobody moves, or until prices come back.

    Args:
        buyers, costs: as for `sequential_prices`.
        order: who prices in turn, first to last, and who wins ties: the later. By index if not given.
        prices: (n,) money, where they start; the sequential prices if not given.
        tick: money, the smallest step: sellers ask multiples of it; if not given, 1 where all is whole (a budget of
            inf counts as whole), else 0.
            With 0 sellers reckon with ties going to whoever asks: one may then stay at a price at which nobody buys,
            though a lower one would sell. Give a tick above 0 for an end at which nobody really gains by moving.
        rounds_max: how many rounds are played at most, 1 or more.
        watch: told how many rounds are played, as the stage "reprice".

    Raises:
        OfferError: as for `sequential_prices`, or the tick or the number of rounds is out of bounds.

    Two datasets of which one is enough: sellers undercut each other until the second asks 1.
        >>> either = Buyer(lambda bundle: 3 if bundle else 0, budget=9)
        >>> rest = reprice([either], costs=[0, 0])
        >>> rest.end, rest.prices, rest.profit
        ('fixed point', (1, 1), (0, 1))

    Each seller has a loyal buyer as well: they do not come to rest.
        >>> loyal = [Buyer({(0,): 3, (1,): 0, (0, 1): 3}, 9), Buyer({(0,): 0, (1,): 3, (0, 1): 3}, 9)]
        >>> never = reprice([either, *loyal], costs=[0, 0])
        >>> never.end, never.length, never.path
        ('cycle', 2, ((3, 3), (2, 2)))

    In steps of 2 they do: to ask 2 more would lose the buyer of either, to ask 2 less would give the data away.
        >>> reprice([either, *loyal], costs=[0, 0], tick=2).prices
        (2, 2)
    """
    problems: list[Problem] = []
    given = checked(buyers, costs, order, None, problems)
    stated = None if prices is None else amounts("prices", prices, problems)
    if stated is not None and len(stated) != len(given.costs) and not problems:
        bound = f"there are {len(given.costs)} datasets"
        problems.append(Problem("prices", f"are {len(stated)}", bound, "Use inf for those who are not on sale."))
    step = None if tick is None else amount("tick", tick, problems)
    if not is_index(rounds_max) or rounds_max < 1:
        bound = "rounds are counted from 1"
        problems.append(Problem("rounds_max", f"is {shown(rounds_max)}", bound, "Give a whole number."))
    refuse(problems)
    market = gathered(given, [*(stated or ()), *(() if step is None else (step,))])
    start = sequential_prices(buyers, costs, order=order, watch=watch).prices if stated is None else tuple(stated)
    least = 1 if market.whole else 0
    return _rounds(market, start, least if step is None else step, int(rounds_max), watch)


def _rounds(market: Gathering, start: Prices, tick: Number, rounds_max: int, watch: Watch) -> Repricing:
    """Play until prices come back."""
    history, seen = [start], {_key(start): 0}
    for played in range(rounds_max):
        watch("reprice", played, rounds_max)
        current = [*history[-1]]
        for item in market.order:
            current[item] = _best_reply(market, current, item, tick)
        first = seen.setdefault(_key(current), len(history))
        if first < len(history):
            watch("reprice", played + 1, played + 1)
            return _ended(market, history, first)
        history.append((*current,))
    watch("reprice", rounds_max, rounds_max)
    return Repricing(UNFINISHED, 0, rounds_max, (history[-1],), history[-1], *market.settled(history[-1]))


def _ended(market: Gathering, history: list[Prices], first: int) -> Repricing:
    path, last = tuple(history[first:]), history[-1]
    end = FIXED_POINT if len(path) == 1 else CYCLE
    return Repricing(end, len(path), len(history), path, last, *market.settled(last))


def _best_reply(market: Gathering, prices: list[Number], item: int, tick: Number) -> Number:
    """Give the price that earns most beside the others, the present one if none earns more; of equals the lowest.

    Floats that differ by no more than their rounding are equal: nobody moves for it.
    """
    most = market.willingness(prices, item)

    def earned(price: Number) -> Number:
        return market.profit(item, price, _buyers_at(market, prices, item, price, most, tick))

    def hoped(price: Number) -> Number:
        ready = [price <= each + buyer.equal for buyer, each in zip(market.demands, most, strict=True)]
        return market.profit(item, price, sum(ready))

    asked = {*_worth_asking(most, tick), inf}
    equal = _rounding(market, item, [*asked, prices[item]])
    best, chosen = earned(prices[item]), None
    for price in sorted(asked, key=lambda price: (-hoped(price), price)):
        lower = chosen is not None and price < chosen
        if hoped(price) > best + equal or (lower and hoped(price) >= best - equal):  # else no need to ask who wins ties
            profit = earned(price)
            if profit > best + equal or (lower and profit >= best - equal):
                best, chosen = max(profit, best), price
    return prices[item] if chosen is None else chosen


def _rounding(market: Gathering, item: int, asked: Iterable[Number]) -> float:
    """Give by how much a seller's profits may differ and still be the same: 0 where all is whole."""
    earned = [price * len(market.demands) for price in asked if price < inf]
    cost = market.costs[item] if market.costs[item] < inf else 0
    return slack(whole_or_float([*earned, 0]), whole_or_float([cost]))


def _worth_asking(most: Sequence[Number], tick: Number) -> set[Number]:
    """Give prices of which one earns most: of multiples of the tick, or of all prices where there is none."""
    reached = [each for each in most if each >= 0]
    if not tick:
        return {*reached}
    # one step up as well: a quotient of floats may fall just short of a whole number
    prices = {(each // tick + step) * tick for each in reached for step in (-1, 0, 1)}
    return {price for price in prices if price >= 0}


def _buyers_at(
    market: Gathering, prices: list[Number], item: int, price: Number, most: Sequence[Number], tick: Number
) -> int:
    """Count who buys at a price: those who would pay more, and of those who would pay just it, who takes it."""
    if not tick:
        return sum(each >= price for each in most)
    asked = [*prices[:item], price, *prices[item + 1 :]]
    over = [(buyer, each - price) for buyer, each in zip(market.demands, most, strict=True)]
    sure = sum(more > buyer.equal for buyer, more in over)
    tied = [buyer for buyer, more in over if abs(more) <= buyer.equal]
    return sure + sum(item in buyer.purchase(asked).bundle for buyer in tied)


def _key(prices: Sequence[Number]) -> Prices:
    return tuple(float(f"{price:.{DIGITS}g}") if isinstance(price, float) else price for price in prices)
