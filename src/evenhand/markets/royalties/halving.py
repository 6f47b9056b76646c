"""Which rate should a seller ask under a rate function of your own? Halving, with a bound on what is missed.

Any total rate f(alpha, x) may be given, as long as it and the seller's part f_j never fall when the seller's rate
rises. Then what a bundle leaves the buyer never rises with the rate, and what it brings the seller never falls. So on
an interval [l, r] of rates the buyer can only take a bundle x that leaves at l as much as the best still leaves at r,

    (1 - f(l, x)) u(x) >= max over y of (1 - f(r, y)) u(y),

and the seller earns at most the largest f_j(r, x) u(x) among these. Summed over buyers that bounds the interval from
above; its ends, tried out, bound the best from below. The interval with the largest bound is halved until it is within
the tolerance of the best rate found. Nothing else is assumed: curves may cross as often as they like.
"""

from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from itertools import count
from typing import Any

from evenhand.errors import Problem, shown
from evenhand.markets.royalties import checks
from evenhand.markets.royalties.buyers import Bundle, Rates, RoyaltyBuyer, checked
from evenhand.markets.royalties.exactness import is_below
from evenhand.markets.royalties.own_rate import Answers, OwnRate
from evenhand.markets.royalties.rate import BestRate
from evenhand.numerics.given import in_range

TOLERANCE = 1e-9
"""How much revenue may be missed, as a part of the largest utilities together."""
POINTS_MAX = 20_000
"""How many rates are tried at most; `short` says what may then be missed."""


def best_own_rate(
    own: OwnRate,
    buyers: Sequence[RoyaltyBuyer],
    rates: Rates,
    seller: int,
    cost: float = 0.0,
    held: Sequence[Bundle] | None = None,
    *,
    tolerance: float = TOLERANCE,
) -> BestRate:
    """Find a seller's best rate under a rate function of your own, to a tolerance that is proved, in floats.

    Args:
        own: never falls in the seller's rate, which is checked at every rate that is tried.
        buyers: who may take the dataset.
        rates: (sellers,) 0 to 1, None for a seller who is not there; the seller's own is not looked at.
        seller: who asks.
        cost: what selling costs, once; a seller who would earn less stays away.
        held: (buyers,) what each has now, and keeps where nothing without this seller is better.
        tolerance: revenue that may be missed, 0 to 1, as a part of the largest utilities of all buyers together.

    Returns:
        a rate; `short` says by how much at most another one could bring more. It is above the tolerance where the rate
        function jumps, and the best revenue is not reached but only come near to.

    Raises:
        OfferError: an argument is out of bounds, or the rate function falls, leaves 0 to 1, or gives a part above it.

    >>> squared = OwnRate(lambda bundle, rates: sum(rates) ** 2)
    >>> best = best_own_rate(squared, [RoyaltyBuyer({(): 1, (0,): 4})], [None], seller=0)
    >>> round(best.rate, 6), round(best.revenue, 6), best.short < 1e-8          # a^2 * 4 = 3
    (0.866025, 3.0, True)
    """
    known = checked(buyers, rates, seller, cost, held, noted=_noted(own, tolerance))
    given = [None if rate is None or j == seller else float(rate) for j, rate in enumerate(rates)]
    sides = [Answers(own, buyer, given, seller, held[k] if held else None) for k, buyer in enumerate(known)]
    rate, revenue, bound = _halved(sides, tolerance * sum(side.worth.max(initial=0.0) for side in sides))
    takes = tuple(side.takes(rate) for side in sides)
    together = _sum(buyer.utility[each] for buyer, each in zip(known, takes, strict=True) if seller in each)
    if is_below(revenue, float(cost), of=together) or not any(seller in bundle for bundle in takes):
        return BestRate(None, revenue, tuple(side.without.bundle for side in sides), bound - revenue)
    return BestRate(rate, revenue, takes, bound - revenue)


def _noted(own: Any, tolerance: Any) -> list[Problem]:
    problems = []
    if not isinstance(own, OwnRate):
        bound = "a rate function says what a bundle costs at the rates of its members"
        problems.append(Problem("own", f"is {shown(own)}", bound, "Give OwnRate(total)."))
    if not in_range(tolerance, 0, 1):
        bound = f"it is {checks.NUMBER}, 0 to 1"
        problems.append(Problem("tolerance", f"is {shown(tolerance)}", bound, f"Leave it out for {TOLERANCE:g}."))
    return problems


def _halved(sides: Sequence[Answers], allowed: float) -> tuple[float, float, float]:
    """Give the best rate found, its revenue, and a bound on that of all rates."""
    ends = [(end, _sum(side.revenue(end) for side in sides)) for end in (0.0, 1.0)]
    rate, best = max(ends, key=lambda tried: tried[1])
    number = count()
    open_: list[tuple[float, int, float, float]] = []
    closed = best

    def look(left: float, right: float) -> None:
        bound = _sum(side.bound(left, right) for side in sides)
        if bound > best:
            heappush(open_, (-bound, next(number), left, right))

    look(0.0, 1.0)
    for _ in range(POINTS_MAX):
        if not open_ or -open_[0][0] <= best + allowed:
            break
        bound, _, left, right = heappop(open_)
        middle = (left + right) / 2
        if not left < middle < right:  # a jump
            closed = max(closed, -bound)
            continue
        tried = _sum(side.revenue(middle) for side in sides)
        if tried > best:
            rate, best = middle, tried
        look(left, middle)
        look(middle, right)
    return rate, best, max(closed, best, -open_[0][0] if open_ else best)


def _sum(amounts: Iterable[Any]) -> float:
    return float(sum(amounts))
