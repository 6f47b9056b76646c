"""Which mixture serves several validation tasks of one buyer?

The loss is sum_i (offset_i + k_i e^(t_i . w)) over tasks i, everything else as in `mixture`. There is no closed form,
but never more unknowns than tasks. At some mixture each loss is replaced by the parabola that touches it to second
order,

    s_i (1 + d_i + d_i^2 / 2),      s_i = k_i e^(t_i . w) where it touches,      d_i = how far t_i . w has moved,

and the mixture that is best under these is approached as far as the welfare rises: Newton's method, which for a
function as convex as this one converges from everywhere. The best mixture under parabolas is found from the slopes
u_i = s_i (1 + d_i) that the parabolas have there. Given those, each seller's share is a weighted projection,

    w_j = a_j (nu - g_j)+,      g = sum_i u_i t_i,      a_j = 1 / (2 c_j),

with nu = 0 on the orthant (and without the + where weights are free), on the simplex such that the weights sum to 1,
and where the sum is capped at that or at 0, whichever is lower. So what is left to find is u with

    F(u) = u / s - 1 - t . (w(u) - w) = 0.

F is minus the gradient of a concave function of u, the dual of the problem, which is quadratic as long as the same
sellers sell: with B = diag(a) over those, less a a' / sum a where their sum is held, its second derivative is
-(diag(1/s) + t B t'). Its own Newton steps are halved until the dual still rises at their end, and a whole step that
changes nothing about who sells has arrived.

The scales k_i grow from where losses hardly matter to what they are, by at most a factor e^3 a step, so that no loss on
the way is far above those that the optimum leaves; many markets that differ in who takes part are solved side by side,
where a seller with a_j = 0 is not there.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.market import checked_costs
from evenhand.markets.mixture.line import refuse_tiny
from evenhand.numerics.exponential import above_tangent
from evenhand.numerics.games import Masks, prefixes
from evenhand.records import Allocation, Array, Without

FLOATS_MAX = 2**20
"""At most so many numbers are held in one array for a batch of markets: 8 MiB."""

STEPS_MAX, TURNS_MAX, HALVINGS_MAX, REFINEMENTS = 2000, 60, 40, 2
EASE_MIN = 1e-300
STEADY = 0.25
"""Where no logarithm of a loss moves further than this, Newton's steps are whole."""
LIFT, NEAR = 3.0, 6.0
"""The scales grow by e^LIFT; a start is near where the losses matter at most e^NEAR times as much as costs."""
CLOSE = 1e-9
"""A step as short as this is the last: the next would be its square, below rounding."""
ROUGH, STALLS = 1e-3, 8
"""Where losses far above the costs cancel, rounding keeps steps longer; so many that do not shrink are enough."""


class Tasks(Protocol):
    """What a mixture with several tasks is made of; see `mixture.Mixture`."""

    effects: Array
    scale: Array
    domain: str


class TasksClearing:
    """The market at given reports, for several tasks.

    Raises:
        OfferError: a cost is 0.
    """

    def __init__(self, market: Tasks, costs: Array) -> None:
        free = np.flatnonzero(costs == 0)
        if len(free):
            raise OfferError([_no_cost(int(seller)) for seller in free])
        self.market = market
        self.costs = costs
        self._ease = _ease(costs)

    @cached_property
    def allocation(self) -> Allocation:
        """Who sells how much."""
        weights = self._optimum.weights[0]
        value = float(self._values(self._optimum)[0])
        return Allocation(weights**2, weights[None, :], np.array([value]), value - float(self._spent(self._optimum)[0]))

    @cached_property
    def area(self) -> Array:
        """W - W_-j as a sum of what is never negative, as in `mixture`.

        Raises:
            OfferError: one seller alone must supply everything, so no report is too high.
        """
        best, rest = self._optimum, self._others
        weights, costs = best.weights[0], np.where(np.isfinite(self.costs), self.costs, 0)
        loss, left = (self.market.scale * np.exp(exponents) for exponents in (best.exponents[0], rest.exponents))
        anchor = _anchor(self.market, self._ease[None, :])
        step = (rest.weights - weights) @ (self.market.effects - anchor[:, None]).T
        sold = weights != 0
        idle = np.where(sold | (self.market.domain == "free"), 0, np.maximum(best.pull[0] - best.price[0], 0))
        moved = (rest.weights - weights) ** 2 @ costs + rest.weights @ idle
        unsold = -best.price[0] * (1 - rest.weights.sum(axis=1)) if self.market.domain == "capped" else 0
        area = np.zeros(len(self.costs))
        area[sold] = (above_tangent(loss, step, left).sum(axis=1) + moved + unsold)[sold]
        return area

    @cached_property
    def without(self) -> Without:
        """By solving again from the market's own losses, all sellers side by side.

        Raises:
            OfferError: one seller alone must supply everything, so there is no market without them.
        """
        value = self._values(self._others)
        return Without(value[None, :], value - self._spent(self._others))

    @property
    def thresholds(self) -> Array:
        """There are none: sellers sell parts."""
        raise ValueError("a mixture market sells parts and has no thresholds; ask `area` or `curve`")

    highest_asked = thresholds

    @cached_property
    def contributions(self) -> Array:
        """What each task loses if seller j's data vanished from the mixture, summed; on the simplex no allocation."""
        back = -self.market.effects * self._optimum.weights[0]
        left = self.market.scale[:, None] * np.exp(self._optimum.exponents[0])[:, None]
        return np.asarray((left * np.expm1(back)).sum(axis=0)[None, :])

    def curve(self, seller: int, reports: Any) -> Array:
        """By solving for all reports side by side."""
        asked = np.ravel(np.asarray(reports, dtype=np.float64))
        checked_costs(asked, len(asked))
        refuse_tiny(asked, "reports")
        if (asked == 0).any():
            raise OfferError(_no_cost(seller))
        ease = np.repeat(self._ease[None, :], len(asked), axis=0)
        ease[:, seller] = _ease(asked)
        return np.asarray(self._solve(ease).weights[:, seller] ** 2)

    def coalition_values(self, masks: Masks) -> Array:
        """By solving many coalitions side by side; nobody is worth 0."""
        return self._values(self._solve(np.where(masks, self._ease, 0.0)))

    def prefix_values(self, orders: Any) -> Array:
        """By the coalitions of each order."""
        arriving = np.asarray(orders)
        values = [self.coalition_values(prefixes(order[None, :])[1:]) for order in arriving]
        return np.stack(values) if values else np.zeros(arriving.shape)

    @cached_property
    def _optimum(self) -> "_Solved":
        return self._solve(self._ease[None, :])

    @cached_property
    def _others(self) -> "_Solved":
        present = np.flatnonzero(np.isfinite(self.costs))
        if self.market.domain == "simplex" and len(present) == 1:
            raise OfferError(alone(int(present[0])))
        ease = np.repeat(self._ease[None, :], len(self.costs), axis=0)
        np.fill_diagonal(ease, 0)
        return self._solve(ease, self._optimum.exponents)

    def _solve(self, ease: Array, start: Array | None = None) -> "_Solved":
        batch = max(1, FLOATS_MAX // self.market.effects.size)
        parts = [
            _solve(self.market, ease[first : first + batch], start) for first in range(0, max(len(ease), 1), batch)
        ]
        return _Solved(*(np.concatenate(field) for field in zip(*parts, strict=True)))

    def _values(self, solved: "_Solved") -> Array:
        return np.asarray(-np.expm1(solved.exponents) @ self.market.scale)

    def _spent(self, solved: "_Solved") -> Array:
        return np.asarray(solved.weights**2 @ np.where(np.isfinite(self.costs), self.costs, 0))


def _ease(costs: Array) -> Array:
    """Give a_j = 1 / (2 c_j), of which 1 / a_j still fits a float; 0 for who is not there."""
    return np.where(np.isfinite(costs), np.maximum(0.5 / costs, EASE_MIN), 0.0)


class _Solved(NamedTuple):
    """Optima of many markets side by side."""

    exponents: Array
    """(markets, tasks) t_i . w."""
    weights: Array
    """(markets, sellers)."""
    price: Array
    """(markets,) nu."""
    pull: Array
    """(markets, sellers) g."""


class _Point(NamedTuple):
    """Where many markets stand; fields as in `_Solved`."""

    weights: Array
    price: Array
    held: Array
    """(markets,) whether the sum of the weights is held at 1."""
    pull: Array

    def take(self, rows: Array) -> "_Point":
        """Give some of the markets."""
        return _Point(*(field[rows] for field in self))

    def put(self, rows: Array, others: "_Point") -> None:
        """Let some of the markets stand elsewhere."""
        for field, other in zip(self, others, strict=True):
            field[rows] = other


class _Markets(NamedTuple):
    """Many markets that differ in who takes part."""

    effects: Array
    """(tasks, sellers)."""
    log_scale: Array
    """(markets, tasks) ln k."""
    domain: str
    ease: Array
    """(markets, sellers) a_j; 0 for who is not there."""

    def take(self, rows: Array) -> "_Markets":
        """Give some of the markets."""
        return self._replace(log_scale=self.log_scale[rows], ease=self.ease[rows])

    def lifted(self, lift: Array) -> "_Markets":
        """Give the markets with e^lift times the scales."""
        return self._replace(log_scale=self.log_scale + lift[:, None])

    def at(self, slopes: Array) -> _Point:
        """Give the mixtures that follow from slopes (markets, tasks)."""
        # One order of summation for all sellers, so that equals stay equal.
        pull = (slopes[:, :, None] * self.effects).sum(axis=1)
        return _Point(*PROJECTIONS[self.domain](pull, self.ease), pull)

    def losses(self, weights: Array) -> Array:
        """Give s: (markets, tasks)."""
        return np.asarray(np.exp(self.log_scale + weights @ self.effects.T))

    def answers(self, point: _Point) -> tuple[Array, Array]:
        """Give how shares answer to slopes, and what that does to the exponents, while the same sellers sell.

        Returns:
            (markets, tasks, sellers) t B, and (markets, tasks, tasks) t B t'.
        """
        selling = np.where(point.weights != 0, self.ease, 0)
        mass = selling.sum(axis=1)
        mean = selling @ self.effects.T / np.where(mass > 0, mass, 1)[:, None]
        away = self.effects - np.where(point.held[:, None], mean, 0)[:, :, None]
        shares = away * selling[:, None, :]
        return shares, shares @ np.matrix_transpose(away)

    def weight_of_losses(self, point: _Point) -> Array:
        """Give the logarithm of how much losses matter beside costs, in the task where they do most: (markets,)."""
        _, bends = self.answers(point._replace(weights=self.ease))
        with np.errstate(divide="ignore"):
            matter = np.log(np.diagonal(bends, axis1=1, axis2=2))
        return np.asarray((self.log_scale + point.weights @ self.effects.T + matter).max(axis=1))

    def gain(self, weights: Array, step: Array) -> Array:
        """Give how far the welfare rises from some mixtures by a step, term by term: (markets,)."""
        with np.errstate(over="ignore", invalid="ignore"):
            fallen = (self.losses(weights) * -np.expm1(step @ self.effects.T)).sum(axis=1)
        return np.asarray(fallen - self._spent(step, weights + step / 2))

    def slope(self, weights: Array, step: Array) -> Array:
        """Give how fast the welfare rises at first along a step: (markets,)."""
        return np.asarray(-(self.losses(weights) * (step @ self.effects.T)).sum(axis=1) - self._spent(step, weights))

    def _spent(self, step: Array, weights: Array) -> Array:
        return np.asarray((step * weights / np.where(self.ease > 0, self.ease, np.inf)).sum(axis=1))


def _solve(market: Tasks, ease: Array, start: Array | None) -> _Solved:
    """Solve many markets side by side, from nothing or from exponents that are near.

    Raises:
        OfferError: losses are so far above the costs that rounding leaves no shares.
    """
    someone = np.flatnonzero((ease > 0).any(axis=1))
    anchor = _anchor(market, ease)
    scale = np.tile(np.log(market.scale) + anchor, (len(someone), 1))
    markets = _Markets(market.effects - anchor[:, None], scale, market.domain, ease[someone])
    point = _Point(np.zeros(ease.shape), np.zeros(len(ease)), np.zeros(len(ease), bool), np.zeros(ease.shape))
    if len(someone):
        near = None if start is None else np.tile(np.log(market.scale) + start, (len(someone), 1))
        point.put(someone, _found(markets, near))
    return _Solved(point.weights @ market.effects.T, point.weights, point.price, point.pull)


def _anchor(market: Tasks, ease: Array) -> Array:
    """Give from where effects are counted: on the simplex the weights sum to 1, so it may be from the lowest."""
    present = (ease > 0).any(axis=0)
    if market.domain == "simplex" and present.any():
        return np.asarray(market.effects[:, present].min(axis=1))
    return np.zeros(len(market.effects))


def _found(markets: _Markets, near: Array | None) -> _Point:
    """Take Newton's steps, each as far as the welfare rises, while the scales grow to what they are.

    They begin from nothing but costs, or from logarithms of losses that are near, where these lead near.
    """
    point = markets.at(np.zeros(markets.log_scale.shape))
    lift = np.minimum(-markets.weight_of_losses(point), 0)
    if near is not None:
        other = markets.at(np.exp(near))
        good = np.flatnonzero(markets.weight_of_losses(other) <= NEAR)
        point.put(good, other.take(good))
        lift[good] = 0
    going, last, stalled = np.arange(len(lift)), np.full(len(lift), np.inf), np.zeros(len(lift), dtype=int)
    for _ in range(STEPS_MAX):
        if not len(going):
            return point
        these, here = markets.take(going).lifted(lift[going]), point.take(going)
        there = _best_under_parabolas(these, here)
        step = there.weights - here.weights
        moved = np.abs(step @ these.effects.T).max(axis=1)
        far = np.flatnonzero(moved > STEADY)
        if len(far):
            part = _part(these.take(far), here.weights[far], step[far])
            there.weights[far] = here.weights[far] + part[:, None] * step[far]
        point.put(going, there)
        stalled[going] += moved > last[going] / 2  # near the end steps shrink like squares, until rounding is met
        last[going] = moved
        arrived = (lift[going] == 0) & ((moved <= CLOSE) | (moved <= ROUGH) & (stalled[going] >= STALLS))
        stalled[going[lift[going] < 0]] = 0
        lift[going] = np.where(moved <= STEADY, np.minimum(lift[going] + LIFT, 0), lift[going])
        going = going[~arrived]
    raise OfferError(_no_digits(these.losses(here.weights).max()))


def _part(markets: _Markets, weights: Array, step: Array) -> Array:
    """Give the part of a step, halved and halved again, over which the welfare rises as it should."""
    part, left = np.ones(len(step)), np.arange(len(step))
    for _ in range(HALVINGS_MAX):
        these, tried = markets.take(left), part[left, None] * step[left]
        left = left[~(these.gain(weights[left], tried) >= 0.01 * these.slope(weights[left], tried))]
        if not len(left):
            return part
        part[left] /= 2
    raise OfferError(_no_digits(markets.losses(weights).max()))


def _best_under_parabolas(markets: _Markets, here: _Point) -> _Point:
    """Find the slopes u = s r of the parabolas that touch at some mixtures, and the mixture that is best under them."""
    losses = markets.losses(here.weights)
    ratio = np.ones(losses.shape)
    point = markets.at(losses)
    going, settled = np.arange(len(losses)), np.zeros(len(losses), dtype=bool)
    least = np.full(len(losses), np.inf)
    for _ in range(TURNS_MAX):
        now = point.take(going)
        error = ratio[going] - 1 - (now.weights - here.weights[going]) @ markets.effects.T
        step = _newton(losses[going], error, markets.take(going).answers(now)[1])
        # Where a loss is far too high its ratio falls from 1 to almost 0, and has its digits from the second step on.
        left = ~settled[going] | (np.abs(step) > 1e-3 * np.abs(ratio[going])).any(axis=1)
        going, now, error, step = going[left], now.take(left), error[left], step[left]
        if not len(going):
            break
        least[going] = np.minimum(least[going], (losses[going] * error**2).sum(axis=1))
        part = _rising(markets.take(going), here.weights[going], losses[going], ratio[going], step, least[going])
        ratio[going] += part[:, None] * step
        point.put(going, markets.take(going).at(losses[going] * ratio[going]))
        after = point.take(going)
        same = ((after.weights != 0) == (now.weights != 0)).all(axis=1) & (after.held == now.held)
        settled[going] = (part == 1) & same
        going = going[part > 0]
    return _refined(markets, here, losses, ratio, point)


def _refined(markets: _Markets, here: _Point, losses: Array, ratio: Array, point: _Point) -> _Point:
    """Take the last steps in the weights: beside large losses, slopes have not the digits that the weights need."""
    shares, bends = markets.answers(point)
    for _ in range(REFINEMENTS):
        error = ratio - 1 - (point.weights - here.weights) @ markets.effects.T
        step = _newton(losses, error, bends)
        ratio = ratio + step
        weights = point.weights - ((losses * step)[:, :, None] * shares).sum(axis=1)
        point = point._replace(weights=weights if markets.domain == "free" else np.maximum(weights, 0))
    return point


def _newton(losses: Array, error: Array, bends: Array) -> Array:
    """Give Newton's step in r: -(1 + t B t' S)^-1 F."""
    root = np.sqrt(losses)
    # By eigenvectors: with tasks that are alike and large losses the 1 would be lost, and the matrix singular.
    sizes, axes = np.linalg.eigh(root[:, :, None] * bends * root[:, None, :])
    scaled = axes @ ((np.matrix_transpose(axes) @ (-root * error)[:, :, None]) / (1 + np.maximum(sizes, 0))[:, :, None])
    return np.asarray(-error - (bends @ (root[:, :, None] * scaled))[:, :, 0])


def _rising(markets: _Markets, weights: Array, losses: Array, ratio: Array, step: Array, least: Array) -> Array:
    """Give the part of each step at whose end the dual still rises, or F is less than half its least; 0 for none.

    Being concave, the dual then rose all the way. F may fall below half its least only so often before it is 0, so from
    some turn on every step makes the dual rise, to its only maximum.
    """
    part, left = np.ones(len(step)), np.arange(len(step))
    for _ in range(HALVINGS_MAX):
        tried = ratio[left] + part[left, None] * step[left]
        moved = (markets.take(left).at(losses[left] * tried).weights - weights[left]) @ markets.effects.T
        error = tried - 1 - moved
        rises = (losses[left] * step[left] * error).sum(axis=1) <= 0
        left = left[~(rises | ((losses[left] * error**2).sum(axis=1) <= least[left] / 4))]
        if not len(left):
            break
        part[left] /= 2
    part[left] = 0
    return part


def _unbounded(pull: Array, ease: Array) -> tuple[Array, Array, Array]:
    return -ease * pull, np.zeros(len(pull)), np.zeros(len(pull), dtype=bool)


def _positive(pull: Array, ease: Array) -> tuple[Array, Array, Array]:
    return _unbounded(np.minimum(pull, 0), ease)


def _summing_to_one(pull: Array, ease: Array) -> tuple[Array, Array, Array]:
    """Give the weights a (nu - g)+ that sum to 1: nu is found among the sums over the first few in order of g."""
    present = ease > 0
    ranked = np.where(present, pull, np.inf)
    lowest = ranked.min(axis=1, keepdims=True)
    order = np.argsort(ranked, axis=1, kind="stable")
    first = np.take_along_axis(ease, order, axis=1)
    above = np.where(first > 0, np.take_along_axis(pull, order, axis=1) - lowest, 0)
    level = (1 + np.cumsum(first * above, axis=1)) / np.cumsum(first, axis=1)
    count = ((first > 0) & (above < level)).sum(axis=1, keepdims=True)
    price = np.take_along_axis(level, count - 1, axis=1)
    weights = ease * np.maximum(price - np.where(present, pull - lowest, 0), 0)
    return weights, (price + lowest)[:, 0], np.ones(len(pull), dtype=bool)


def _summing_to_at_most_one(pull: Array, ease: Array) -> tuple[Array, Array, Array]:
    weights, price, held = _positive(pull, ease)
    over = weights.sum(axis=1) > 1
    if over.any():
        weights[over], price[over], held[over] = _summing_to_one(pull[over], ease[over])
    return weights, price, held


PROJECTIONS: dict[str, Callable[[Array, Array], tuple[Array, Array, Array]]] = {
    "simplex": _summing_to_one,
    "orthant": _positive,
    "free": _unbounded,
    "capped": _summing_to_at_most_one,
}
"""domain -> (markets, sellers) g and a -> the weights, nu, and whether their sum is held at 1."""


def alone(seller: int) -> Problem:
    """Refuse to pay the only seller of a market that has to buy."""
    return Problem(
        f"costs[{seller}]",
        "is the report of the only seller present",
        "on the simplex somebody has to supply everything, so no report is too high and the payment would be infinite",
        'Find a second seller, or take the domain "capped", where the buyer may leave weight unbought.',
    )


def _no_cost(seller: int) -> Problem:
    return Problem(
        f"costs[{seller}]",
        "is 0",
        "with several tasks a cost of 0 may have no best allocation, or many",
        "State a cost above 0.",
    )


def _no_digits(loss: float) -> Problem:
    return Problem(
        "effects and scale",
        f"make losses of about {loss:.1g}, which cancel between tasks",
        "where losses are far above the costs the shares have no digits left",
        "Leave out the sellers who raise the losses, or state scale and costs in units nearer to each other.",
    )
