"""Which parts of a training mixture come from whom? [Fan25, appendix D.2; Ye24]

One buyer mixes sellers' data with weights w_j. The loss on validation data falls with the mixture as

    loss(w) = offset + k e^(t . w),      value = loss(0) - loss(w),      quantity_j = f_j = w_j^2,
    welfare = value - sum_j c_j w_j^2,

where k is the `scale` and t_j < 0 is the effect of a seller who helps. The weights lie in a `domain`: they are 0 or
more and sum to 1 ("simplex") or to at most 1 ("capped"), are 0 or more ("orthant"), or of either sign ("free").

Who sells and how much is found in closed form (line.py): at the price nu of a unit of weight and the loss s
that is left, w_j = (nu - s t_j) / (2 c_j) for those of whom that is above 0.

**Without a seller** the moments change by one term. They are merged anew from both sides, never subtracted, and all n
markets without one seller are n bisections over the same sums: O(n log n).

**The area.** Let W(u) be the highest welfare when seller j reports u. It is the largest of functions that are linear in
u with slopes -w_j^2, over a set that does not depend on u, so it is convex, and its slope is -f_j(u) where the optimum
is unique, as it is for u > 0 (the envelope theorem). As u grows, W(u) falls to W_-j, the welfare without j: it is never
below, leaving j out being feasible, and u f_j(u) is at most the highest value less W_-j, so f_j falls to 0 and with it
all that j brings. Hence

    integral of f_j from c_j to infinity = W - W_-j,

and VCG and threshold payments are one (E-000-02 in docs/errata.md). It is not computed as a difference. With w' the
mixture without j, D = t . (w' - w), and the first-order conditions at w,

    W - W_-j = s (e^D - 1 - D) + sum_i c_i (w'_i - w_i)^2 + sum of (s t_i - nu) w'_i over those who sell nothing at w,

in which nothing is negative, so it keeps its digits where the loss is a million times the payments. (The VCG payment of
`payments.vcg` is a difference of welfares, and has only the digits that they leave it.)
"""

from functools import cached_property
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem, unknown
from evenhand.market import Clearing, FullMarket, checked_costs, numbers, reporting
from evenhand.markets.mixture.line import NOBODY, Line, Optimum, exponents, joining, line_up, omega, refuse_tiny, solve
from evenhand.markets.mixture.tasks import TasksClearing, alone
from evenhand.numerics.exponential import above_tangent
from evenhand.numerics.games import Masks, prefixes
from evenhand.numerics.moments import Moments, merged
from evenhand.records import Allocation, Array, Without

DOMAINS = ("simplex", "orthant", "free", "capped")

EFFECT_MAX, LOG_LOSS_MAX = 1e100, 600.0
"""Beyond these a number of the solution would not fit a float."""

FLOATS_MAX = 2**21
"""At most so many numbers are held in one array for a batch of coalitions: 16 MiB."""


class Mixture(FullMarket):
    """A buyer mixes sellers' data, and the loss falls exponentially with the mixture.

    Args:
        effects: (sellers,) the effect of each seller on the logarithm of the loss, below 0 where the data helps; or
            (tasks, sellers) where one buyer has several validation tasks, whose losses are summed.
        scale: the loss above `offset` when nothing is bought; above 0; (tasks,) or one for all tasks.
        offset: the loss that no data removes; (tasks,) or one for all tasks. It changes no decision.
        domain: "simplex", "capped", "orthant" or "free".

    Raises:
        OfferError: shapes disagree, a number is out of bounds, or the domain is not known; all are named.

    >>> market = Mixture(effects=[-1.0, -2.0], domain="simplex")
    >>> market.allocate([1.0, 1.0]).weights.round(3)
    array([[0.447, 0.553]])
    """

    maximises_welfare = True
    strongly_concave = True

    def __init__(self, effects: Any, scale: Any = 1.0, offset: Any = 0.0, domain: str = "simplex") -> None:
        given = numbers("effects", effects)
        self.effects = given[None, :] if given.ndim == 1 else given
        self.domain = domain
        problems = _bad_effects(given) or [
            *_bad_terms(numbers("scale", scale), numbers("offset", offset), len(self.effects)),
            *([] if domain in DOMAINS else [unknown("domain", str(domain), DOMAINS)]),
        ]
        if problems:
            raise OfferError(problems)
        self.scale = np.broadcast_to(numbers("scale", scale), len(self.effects))
        self.offset = np.broadcast_to(numbers("offset", offset), len(self.effects))
        if domain == "simplex" and (vast := _vast_losses(self.effects, self.scale)):
            raise OfferError(vast)

    @property
    def standalone_loss(self) -> float:
        """The loss of the buyer when nothing is bought, over all tasks."""
        return float((self.offset + self.scale).sum())

    def allocate(self, costs: Any) -> Allocation:
        """Say who sells how much: the mixture that maximises welfare. If nobody is present, nothing is bought."""
        return self.clear(costs).allocation

    def loss(self, weights: Any) -> Array:
        """Give the loss of a mixture on each task: (tasks,).

        >>> Mixture(effects=[-1.0, -2.0], scale=2.0, offset=0.5).loss([1.0, 0.0]).round(3)
        array([1.236])
        """
        return np.asarray(self.offset + self.scale * np.exp(self.effects @ np.asarray(weights, dtype=np.float64)))

    def value(self, weights: Any) -> Array:
        """Give how far each row of weights (buyers, sellers) brings the loss down, over all tasks: (buyers,)."""
        exponents = np.asarray(weights, dtype=np.float64) @ self.effects.T
        return np.asarray(-np.expm1(exponents) @ self.scale)

    def clear(self, costs: Any) -> Clearing:
        """Give the market at these reports.

        Raises:
            OfferError: a report is out of bounds, or no allocation, or no single one, is best.
        """
        reports = checked_costs(costs, self.effects.shape[1])
        refuse_tiny(reports, "costs")
        return MixtureClearing(self, reports) if len(self.effects) == 1 else TasksClearing(self, reports)


class MixtureClearing:
    """The closed forms at given reports, for one task; a seller who stays away is left out of every sum."""

    def __init__(self, market: Mixture, costs: Array) -> None:
        self.market = market
        self.costs = costs
        self._signs = np.ones(len(costs)) if market.domain != "free" else np.where(market.effects[0] > 0, -1.0, 1.0)
        self._effects = market.effects[0] * self._signs if market.domain != "free" else -np.abs(market.effects[0])
        self._scale = float(market.scale[0])
        self._line = self._line_at(costs)

    @cached_property
    def allocation(self) -> Allocation:
        """Who sells how much."""
        weights = self._weights * self._signs
        value = self._value(self._optimum.exponent)
        return Allocation(weights**2, weights[None, :], np.array([value]), float(value - self._optimum.cost))

    @cached_property
    def area(self) -> Array:
        """W - W_-j as a sum of what is never negative; 0 for who sells nothing.

        Raises:
            OfferError: one seller alone must supply everything, so no report is too high.
        """
        self._refuse_a_lone_seller()
        area = np.zeros(len(self.costs))
        area[self._sold] = self._areas
        filler = self._line.filler
        if filler != NOBODY and self._weights[filler] > 0:
            area[filler] = self._distance_to(self._without_the_filler)
        return area

    @cached_property
    def without(self) -> Without:
        """By one bisection for each who sells, over sums merged from both sides; nothing changes without the others.

        Raises:
            OfferError: one seller alone must supply everything, so there is no market without them.
        """
        self._refuse_a_lone_seller()
        value = np.full(len(self.costs), self.allocation.value)
        welfare = np.full(len(self.costs), self.allocation.welfare)
        value[self._sold] = self._value(self._others.exponent)
        welfare[self._sold] = value[self._sold] - self._others.cost
        filler = self._line.filler
        if filler != NOBODY and self._weights[filler] > 0:
            rest = self._without_the_filler.allocation
            value[filler], welfare[filler] = rest.value, rest.welfare
        return Without(value[None, :], welfare)

    @property
    def thresholds(self) -> Array:
        """There are none: sellers sell parts."""
        raise ValueError("a mixture market sells parts and has no thresholds; ask `area` or `curve`")

    highest_asked = thresholds

    @cached_property
    def contributions(self) -> Array:
        """s (e^(-t_j w_j) - 1): the loss that comes back if seller j's data vanished from the mixture.

        On the simplex the weights left would not sum to 1, so this is no allocation, and bounds no payment (E-000-04 in
        docs/errata.md).
        """
        if not np.isfinite(self.costs).any():
            return np.zeros((1, len(self.costs)))
        back = -self._effects * self._weights
        near = np.minimum(back, LOG_LOSS_MAX)  # e^back alone may not fit a float; the product does
        far = np.exp(np.minimum(self._line.log_scale + self._optimum.exponent + back, LOG_LOSS_MAX))
        lost = np.where(back < 1, self._optimum.loss * np.expm1(near), far - self._optimum.loss)
        return np.asarray(lost[None, :])

    def curve(self, seller: int, reports: Any) -> Array:
        """w_j^2 where seller j is put into the line of the others at each report."""
        asked = np.ravel(np.asarray(reports, dtype=np.float64))
        checked_costs(asked, len(asked))
        refuse_tiny(asked, "reports")
        others = self._line_at(reporting(self.costs, seller, np.inf))
        sold = np.zeros(len(asked))
        if (asked == 0).any():
            sold[asked == 0] = self._sold_for_nothing(seller)
        some = (asked > 0) & np.isfinite(asked)
        if others.bounded and not others.rests and not len(others.sellers):
            sold[some] = 1.0  # alone, whatever the report
        else:
            sold[some] = joining(others, float(self._effects[seller]) - others.anchor, 0.5 / asked[some]) ** 2
        return sold

    def coalition_values(self, masks: Masks) -> Array:
        """By the sums of many coalitions at a time; nobody is worth 0."""
        members = np.asarray(masks, dtype=bool) & np.isfinite(self.costs)
        values = np.zeros(len(members))
        nothing = np.flatnonzero(np.isfinite(self.costs) & (self.costs == 0))
        nothing = nothing[np.argsort(self._effects[nothing], kind="stable")]
        left = np.asarray(members.any(axis=1))
        for filler in [*nothing, NOBODY]:  # who costs nothing and is the best of them in the coalition
            rows = np.flatnonzero(left & members[:, filler]) if filler != NOBODY else np.flatnonzero(left)
            left[rows] = False
            priced = self.costs.copy()
            priced[nothing] = np.inf
            if filler != NOBODY:
                priced[filler] = 0
            if len(rows):
                values[rows] = self._values_of(self._line_at(priced), members[rows])
        return values

    def prefix_values(self, orders: Any) -> Array:
        """By a running sum where the weights are not bounded; by the coalitions of each order elsewhere."""
        arriving = np.asarray(orders)
        if not self._line.bounded:
            pulls = np.zeros(len(self.costs))
            pulls[self._line.sellers] = self._line.ease * self._line.effects**2
            return self._value(-omega(self._line.log_scale, np.cumsum(pulls[arriving], axis=1)))
        values = [self.coalition_values(prefixes(order[None, :])[1:]) for order in arriving]
        return np.stack(values) if values else np.zeros(arriving.shape)

    # -- the line and its optimum -----------------------------------------------------------------------------------

    def _line_at(self, costs: Array) -> Line:
        return line_up(self._effects, costs, self.market.domain, float(np.log(self._scale)))

    def _value(self, exponent: Array) -> Array:
        return np.asarray(-self._scale * np.expm1(self._line.anchor + exponent))

    @cached_property
    def _optimum(self) -> Optimum:
        """The market itself; nobody present takes nothing, whatever the domain."""
        line = self._line
        if line.bounded and not line.rests and not len(line.sellers):
            nothing = np.zeros(())
            return Optimum(nothing.astype(int), nothing, np.asarray(self._scale), nothing, nothing, nothing)
        solved = solve(line, len(line.sellers), lambda i: line.places[i], line.first.take, queries=1)
        return Optimum(*(field[0] for field in solved))

    @cached_property
    def _sold(self) -> Array:
        """Who of the line sells."""
        return self._line.sellers[: self._optimum.reach]

    @cached_property
    def _weights(self) -> Array:
        """w_j, those of a free domain turned to be 0 or more.

        Where they sum to 1 the mean is taken once more from the effect next to it, so that they do.
        """
        line, best = self._line, self._optimum
        reach = min(int(best.reach), len(line.sellers))
        effects, ease = line.effects[:reach], line.ease[:reach]
        if line.rests and best.reach > len(line.sellers):
            sold = -ease * best.loss * effects
        elif reach:
            mass = ease.sum()
            away = effects - effects[np.abs(effects - line.first.mean[reach]).argmin()]
            sold = ease * np.maximum(1 / mass + best.loss * (ease @ away / mass - away), 0)
        else:
            sold = ease
        weights = np.zeros(len(self.costs))
        weights[line.sellers[:reach]] = sold
        if line.filler != NOBODY and best.reach > len(line.sellers):
            weights[line.filler] = max(1 - sold.sum(), 0.0)
        return weights

    # -- without each who sells ---------------------------------------------------------------------------------------

    @cached_property
    def _place(self) -> Array:
        return np.arange(len(self._sold))

    def _first_others(self, count: Array) -> Moments:
        """Give the moments of the first so many others in the line of each who sells."""
        place, line = self._place, self._line
        if not line.bounded:  # all others sell
            return merged(line.first.take(place), line.last.take(place + 1))
        return merged(line.first.take(np.minimum(count, place)), line.ranges.between(place + 1, count + 1))

    def _others_between(self, start: Array, end: Array) -> Moments:
        place, between = self._place, self._line.ranges.between
        return merged(between(start, np.minimum(end, place)), between(np.maximum(start, place) + 1, end + 1))

    @cached_property
    def _others(self) -> Optimum:
        """The market without each who sells."""
        line, place = self._line, self._place
        return solve(
            line, len(line.sellers) - 1, lambda i: line.places[i + (i >= place)], self._first_others, queries=len(place)
        )

    @cached_property
    def _areas(self) -> Array:
        """W - W_-j for each who sells, term by term; sums of squares over a range are written by its moments."""
        line, best, rest = self._line, self._optimum, self._others
        before, after = len(self._sold) - 1, np.minimum(rest.reach, len(line.sellers) - 1)
        loss = float(best.loss)
        step = rest.exponent - best.exponent
        own = self.costs[self._sold] * self._weights[self._sold] ** 2

        kept = self._first_others(np.minimum(before, after))  # who sells both with j and without
        turned = rest.per_ease(kept.mean) - best.per_ease(kept.mean)
        rise = np.where(np.abs(step) < 1, loss * np.expm1(np.clip(step, -1, 1)), rest.loss - loss)
        moved = ((np.sqrt(kept.mass) * turned) ** 2 + (rise * np.sqrt(kept.spread)) ** 2) / 2
        area = above_tangent(loss, step, rest.loss) + own + moved
        if not line.bounded:
            return np.asarray(area)

        changed = self._others_between(np.minimum(before, after), np.maximum(before, after))
        given, short = rest.per_ease(changed.mean), -best.per_ease(changed.mean)
        came = changed.mass * given * (given / 2 + short) + rest.loss * changed.spread * (rest.loss / 2 - loss)
        went = ((np.sqrt(changed.mass) * short) ** 2 + (loss * np.sqrt(changed.spread)) ** 2) / 2
        area += np.where(after > before, came, went)
        if line.rests and best.reach <= len(line.sellers):  # what costs nothing was not taken with j, and may be now
            everyone = self._first_others(after)
            taken = np.maximum(1 + everyone.mass * rest.loss * everyone.mean, 0)
            area += np.where(rest.reach >= len(line.sellers), -best.per_ease(0.0) * taken, 0)
        return np.asarray(area)

    @cached_property
    def _without_the_filler(self) -> "MixtureClearing":
        return MixtureClearing(self.market, reporting(self.costs, self._line.filler, np.inf))

    def _distance_to(self, other: "MixtureClearing") -> float:
        """Give W - W' for the market without some seller, seller by seller."""
        best, loss = self._optimum, self._optimum.loss
        step = (other._line.anchor + other._optimum.exponent) - (self._line.anchor + self._optimum.exponent)
        here = np.isfinite(self.costs)
        costs, old, new = self.costs[here], self._weights[here], other._weights[here]
        idle = np.where(old > 0, 0, np.maximum(-best.per_ease(self._effects[here] - self._line.anchor), 0))
        apart = float(above_tangent(loss, step, other._optimum.loss) + costs @ (new - old) ** 2 + idle @ new)
        if self.market.domain == "capped":  # what is left unbought sold nothing either
            apart += float(-loss * self._line.anchor * max(1 - new.sum(), 0))
        return apart

    def _refuse_a_lone_seller(self) -> None:
        present = np.flatnonzero(np.isfinite(self.costs))
        if self.market.domain == "simplex" and len(present) == 1:
            raise OfferError(alone(int(present[0])))

    def _sold_for_nothing(self, seller: int) -> float:
        return float(MixtureClearing(self.market, reporting(self.costs, seller, 0.0)).allocation.quantity[seller])

    def _values_of(self, line: Line, members: Masks) -> Array:
        """Value coalitions that share a line, a batch at a time."""
        inside = members[:, line.sellers]
        batch = max(1, FLOATS_MAX // (len(line.sellers) + 2))
        reached = [exponents(line, inside[start : start + batch]) for start in range(0, len(inside), batch)]
        return np.asarray(-self._scale * np.expm1(np.concatenate(reached)))


def _bad_effects(effects: Array) -> list[Problem]:
    if effects.ndim not in (1, 2) or not effects.size:
        found = f"has shape {effects.shape}"
        return [Problem("effects", found, "it is one number a seller, or one row a task", "Give at least one seller.")]
    return [
        Problem(
            f"effects[{', '.join(map(str, place))}]",
            f"is {effects[tuple(place)]}",
            f"an effect is a number within +-{EFFECT_MAX:g}",
            "Leave unknown effects out, or count weights in a larger unit.",
        )
        for place in np.argwhere(~(np.abs(effects) <= EFFECT_MAX))
    ]


def _bad_terms(scale: Array, offset: Array, tasks: int) -> list[Problem]:
    problems = []
    for name, term, bound in (("scale", scale, "is a finite number above 0"), ("offset", offset, "is a finite number")):
        if term.shape not in ((), (tasks,)):
            found = f"has shape {term.shape}"
            problems.append(Problem(name, found, f"effects have tasks: {tasks}", "Give one number, or one a task."))
            continue
        wrong = ~(np.isfinite(term) & ((term > 0) | (name == "offset")))
        problems += [
            Problem(f"{name}[{task}]" if term.ndim else name, f"is {each}", f"it {bound}", "Fit the loss again.")
            for task, each in enumerate(np.atleast_1d(term))
            if np.atleast_1d(wrong)[task]
        ]
    return problems


def _vast_losses(effects: Array, scale: Array) -> list[Problem]:
    return [
        Problem(
            f"effects[{', '.join(map(str, place if len(effects) > 1 else place[1:]))}]",
            f"is {effects[tuple(place)]} at a scale of {scale[place[0]]}",
            f"on the simplex ln(scale) + effect is at most {LOG_LOSS_MAX:g}",
            "Leave this seller out: the loss of this data alone would not fit a float.",
        )
        for place in np.argwhere(np.log(scale)[:, None] + effects > LOG_LOSS_MAX)
    ]
