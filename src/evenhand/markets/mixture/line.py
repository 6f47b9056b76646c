"""Who sells how much of a mixture? Those first in the order of their effects, by Lambert's W.

The loss k e^(t . w) is weighed against the costs sum_j c_j w_j^2; the package has the market.

**The optimum.** Let s = k e^(t . w), the loss that is left, a_j = 1 / (2 c_j), and nu the price of a unit of weight: 0
where the sum is not bounded, at most 0 where it is capped. The first-order conditions say

    w_j = a_j (nu - s t_j)   for the sellers with s t_j < nu, and 0 for all others.

So those who sell are the first few in the order of effects, whatever the costs; costs decide how many they are. With
(a, m, v) the mass, mean and spread (`numerics.moments`) of their effects with masses a_j, a sum of 1 makes
nu = 1/a + s m, so that t . w = m - s v and s e^(s v) = k e^m: Lambert's W, in logarithms so that nothing overflows,

    s v = omega(ln k + m + ln v),   where omega(L) + ln omega(L) = L;                                    [Corless96]

where nu = 0 the same holds with 0 for m and a m^2 + v = sum a t^2 for v.

**How many sell.** Let G(z) = sum a_j (z - t_j)+. Those below z, with nu = s z, sum to 1 where s = 1 / G(z), and then
t . w is the mean of t weighted by a_j (z - t_j)+. The loss that they leave is s itself where

    phi(z) = ln k + ln G(z) + (mean of t weighted by a (z - t)+) = ln k + ln(a (z - m)) + m - v / (a (z - m))

is 0. Both terms rise with z: (z' - t) / (z - t) rises in t for z' > z, so a higher z shifts weight to higher t. Hence
phi crosses 0 once, at nu / s, and seller j sells exactly if phi(t_j) < 0: a bisection, over the moments of those before
j.

**What costs nothing** has a place in the same order: the weight left unbought, of effect 0, where the sum may stay
below 1, or a seller whose cost is 0. It takes all the weight that is left once phi at its effect is below 0, and nobody
behind it sells. Effects are counted from there, which makes nu = 0.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy.special import wrightomega

from evenhand.errors import OfferError, Problem
from evenhand.numerics.games import Masks
from evenhand.numerics.moments import Moments, Ranges, merged, prefixes
from evenhand.records import Array

COST_MIN = 1e-100
"""Below it, but for 0, the weight that a seller could sell would not fit a float."""

NOBODY = -1
"""What is in a seller's place where what costs nothing is the weight left unbought."""


@dataclass(frozen=True)
class Line:
    """The sellers who may sell, in the order of their effects, and what costs nothing behind them.

    Effects are counted from what costs nothing, or from the lowest one where everything costs something.
    """

    sellers: Array
    """(count,) who they are."""
    effects: Array
    """(count,) never falling; below 0 where something costs nothing."""
    ease: Array
    """(count,) a_j = 1 / (2 c_j)."""
    anchor: float
    """the effect from which effects are counted."""
    log_scale: float
    """ln k + anchor."""
    rests: bool
    """whether something costs nothing."""
    filler: int
    """the seller who costs nothing; NOBODY where it is the weight left unbought."""
    bounded: bool
    """whether the weights sum to at most 1."""

    @cached_property
    def first(self) -> Moments:
        """The moments of the first 0, 1, 2 ... sellers."""
        return prefixes(self.ease, self.effects)

    @cached_property
    def last(self) -> Moments:
        """The moments of all but the first 0, 1, 2 ... sellers."""
        return Moments(*(field[::-1] for field in prefixes(self.ease[::-1], self.effects[::-1])))

    @cached_property
    def ranges(self) -> Ranges:
        """The moments of any that stand together."""
        return Ranges(self.ease, self.effects)

    @cached_property
    def places(self) -> Array:
        """The effects, and behind them that of what costs nothing: 0."""
        return np.append(self.effects, 0.0)


class Optimum(NamedTuple):
    """The optimum of as many markets as the arrays have entries; effects are counted from the anchor.

    The price of a unit of weight, nu = spare + loss * height, is kept in two parts: where the loss is large, the spare
    would be lost beside it.
    """

    reach: Array
    """how many of the line sell; one more where what costs nothing is taken too."""
    exponent: Array
    """t . w."""
    loss: Array
    """s, above the offset."""
    spare: Array
    """1/a, or 0 where something that costs nothing is taken."""
    height: Array
    """m, or 0 likewise."""
    cost: Array
    """sum of c_j w_j^2."""

    def per_ease(self, effect: Any) -> Array:
        """Give nu - s t, which is w / a for who sells."""
        return np.asarray(self.spare + self.loss * (self.height - effect))


def solve(
    line: Line,
    count: int,
    effect_at: Callable[[Array], Array],
    first: Callable[[Array], Moments],
    queries: int,
) -> Optimum:
    """Solve many markets whose sellers stand in lines of equal length.

    Args:
        line: gives the scale, and whether something costs nothing.
        count: sellers in each line.
        effect_at: place in each line -> effect; place `count` is that of what costs nothing.
        first: how many -> the moments of so many first sellers of each line.
        queries: how many markets.
    """
    low = high = np.full(queries, count + line.rests)
    if line.bounded:
        low = np.ones(queries, dtype=int)  # whoever is first sells
    while (low < high).any():
        middle = (low + high + 1) // 2
        sells = _is_worth_it(line.log_scale, effect_at(middle - 1), first(middle - 1))
        low, high = np.where(sells, middle, low), np.where(sells, high, middle - 1)
    return _optimum(line.log_scale, low, first(np.minimum(low, count)), low > count)


def _is_worth_it(log_scale: Any, effect: Array, before: Moments) -> Array:
    """Say whether phi is below 0 at an effect, given the moments of those before it; whoever ties with them sells."""
    with np.errstate(divide="ignore", invalid="ignore"):
        room = before.mass * (effect - before.mean)
        return np.asarray(~(log_scale + np.log(room) + before.mean - before.spread / room >= 0))


def omega(log_scale: Any, pull: Array) -> Array:
    """Give x where x e^x = pull e^log_scale."""
    with np.errstate(divide="ignore"):
        return np.asarray(wrightomega(log_scale + np.log(pull)))


def _optimum(log_scale: Any, reach: Array, sums: Moments, rests: Array) -> Optimum:
    """Give the optimum of markets whose sellers are known by their moments; `rests` where something free is taken."""
    height = np.where(rests, 0, sums.mean)
    pull = sums.spread + np.where(rests, sums.mass * sums.mean**2, 0)
    spare = np.where(rests, 0, 1 / np.where(rests, 1, sums.mass))
    fallen = omega(log_scale + height, pull)
    loss = np.exp(log_scale + height - fallen)
    return Optimum(reach, height - fallen, loss, spare, height, (spare + loss * fallen) / 2)


def joining(others: Line, effect: float, ease: Array) -> Array:
    """Give what a seller with this effect sells beside others, for each ease: (eases,)."""
    if others.rests and effect >= 0:
        return np.zeros(len(ease))
    place = int(np.searchsorted(others.effects, effect))

    def effect_at(i: Array) -> Array:
        return np.where(i == place, effect, others.places[np.where(i > place, i - 1, np.minimum(i, place))])

    def first(count: Array) -> Moments:
        behind = count > place
        own = Moments(np.where(behind, ease, 0), np.where(behind, effect, 0), np.zeros(len(ease)))
        return merged(others.first.take(count - behind), own)

    best = solve(others, len(others.sellers) + 1, effect_at, first, queries=len(ease))
    return np.asarray(np.where(best.reach > place, ease * np.maximum(best.per_ease(effect), 0), 0))


def exponents(line: Line, inside: Masks) -> Array:
    """Give t . w of each coalition (coalitions, sellers of the line): (coalitions,)."""
    if not line.bounded:
        return -omega(line.log_scale, inside @ (line.ease * line.effects**2))
    anchors = np.zeros(len(inside))
    if not line.rests:  # counted from the best member of each
        anchors = line.effects[inside.argmax(axis=1)]
    effects = line.effects - anchors[:, None]
    sums = prefixes(inside * line.ease, effects)
    log_scale = (line.log_scale + anchors)[:, None]
    places = np.column_stack([effects, np.zeros(len(inside))]) if line.rests else effects
    before = Moments(*(field[:, : places.shape[1]] for field in sums))
    reach = _is_worth_it(log_scale, places, before).sum(axis=1)
    found = sums.take((np.arange(len(inside)), np.minimum(reach, len(line.sellers))))
    best = _optimum(log_scale[:, 0], reach, found, reach > len(line.sellers))
    return np.asarray(line.anchor + anchors + best.exponent)


def line_up(effects: Array, costs: Array, domain: str, log_scale: float) -> Line:
    """Put the sellers who are present into line.

    Raises:
        OfferError: a cost of 0 leaves no allocation, or no single one, as the best.
    """
    here = np.isfinite(costs)
    free = np.flatnonzero(here & (costs == 0))
    bounded = domain in ("simplex", "capped")
    filler, anchor, rests = NOBODY, 0.0, domain != "simplex"
    if not bounded and (effects[free] <= 0).any():
        raise OfferError([_endless(seller, effects[seller]) for seller in free[effects[free] <= 0]])
    if bounded and len(free):
        best = free[effects[free].argmin()]
        equals = free[effects[free] == effects[best]]
        if len(equals) > 1 or (domain == "capped" and effects[best] == 0):
            raise OfferError([_no_single(seller) for seller in equals])
        if domain == "simplex" or effects[best] < 0:
            filler, anchor, rests = int(best), float(effects[best]), True
    may = here & (costs > 0)
    if rests:
        may = may & (effects < anchor)
    sellers = np.flatnonzero(may)
    sellers = sellers[np.argsort(effects[sellers], kind="stable")]
    if not rests and len(sellers):
        anchor = float(effects[sellers[0]])
    return Line(
        sellers, effects[sellers] - anchor, 0.5 / costs[sellers], anchor, log_scale + anchor, rests, filler, bounded
    )


def refuse_tiny(reports: Array, where: str) -> None:
    """Refuse reports above 0 that are too small to compute with; all are named."""
    tiny = np.flatnonzero((reports > 0) & (reports < COST_MIN))
    bound, remedy = f"a cost above 0 is {COST_MIN} or more", "State costs in a smaller unit."
    if len(tiny):
        raise OfferError([Problem(f"{where}[{i}]", f"is {reports[i]}", bound, remedy) for i in tiny])


def _endless(seller: int, effect: float) -> Problem:
    what = "would take infinitely much of a seller who helps" if effect < 0 else "leaves open how much is taken"
    return Problem(f"costs[{seller}]", "is 0", f"a cost of 0 {what}", "State a cost above 0.")


def _no_single(seller: int) -> Problem:
    return Problem(
        f"costs[{seller}]",
        "is 0",
        "a cost of 0 leaves the split open with what has the same effect and costs nothing either",
        "State a cost above 0.",
    )
