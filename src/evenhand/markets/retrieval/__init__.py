"""Which documents does a query buy, and what are they paid? A reranker that pays [Fan25, section 6].

Document j improves the answer by its score s_j and its owner asks c_j for its use. Scores add up, and at most k
documents fit, so welfare is greatest when the k documents of highest surplus are bought, those that add anything:

    surplus_j = s_j - c_j,       bought: surplus_j > r and among the k best, ties by index        [Fan25, eq. 12]

with r = `surplus_min`, 0 unless said otherwise. Scores are net of the answer without documents: a judge's score of
the answer with j minus that without any. (Algorithm 1 leaves both r and the cost out: E-000-01 and E-000-25 in
docs/errata.md.)

The most j could have asked does not depend on what j asks. With phi the k-th best surplus among the others,

    tau_j = s_j - max(r, phi)                   phi = phi_(k+1) of all for a winner, phi_k for a loser

so all thresholds of a query come from two numbers. A highest price drops dearer documents before they are ranked, and
tau_j is at most that price; capping payments alone would pay a winner below cost.

Sources, each of which may contribute `source_max` documents, make the sets that may be bought a laminar matroid, on
which buying in the order of surplus is still best. The `source_max` best of every source are left, the k best of those
are bought. What j must then beat is the one document that would have to leave:

    j is bought     the better of: the first of its source left out, the best of those left that is not bought
    j is not        the last of its source that is bought, if the source is full; else the last that is bought, if k are

Many queries are many rows of one matrix, and nothing is sorted but the scores of a row.
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from math import inf, isfinite
from operator import index
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.market import FullMarket, numbers, sells_at_any_report
from evenhand.markets.retrieval.exact import ExactRetrieval, bad_count, bad_sources
from evenhand.markets.retrieval.source_limits import SourceLimits, numbered
from evenhand.numerics.exactness import LARGEST
from evenhand.numerics.games import Masks, prefixes
from evenhand.records import Allocation, Array, Without

Number = Any

SORTED_MAX = 512
"""Up to so many documents a query, sorting a row whole is faster than selecting its best: numpy sorts in vectors."""

CELLS_MAX = 2**22
"""At most so many numbers are held at a time for a batch of coalitions."""


class Retrieval(FullMarket):
    """A query buys the k documents that add most to its answer beyond what they cost; or many queries at once do.

    Payments by `threshold` and by `vcg` agree where there is no highest price and no least surplus but 0. Elsewhere the
    market does not maximise welfare, and only `threshold` is truthful.

    Args:
        scores: (documents,), or (queries, documents) where each query has its own; net of the answer without documents.
        k: how many documents one answer can use, 1 or more.
        price_max: who asks more is out, and nobody is paid more; 0 or more.
        sources: (documents,) or (queries, documents) a label each; None where sources do not matter.
        source_max: how many documents one source may contribute, 1 or more; goes with `sources`.
        surplus_min: only a document whose surplus is above it is bought; -inf buys the best at any loss.

    Raises:
        OfferError: shapes disagree, a number is NaN or out of bounds, or there is no document; all are named.

    >>> market = Retrieval(scores=[0.9, 0.7, 0.2], k=1)
    >>> market.allocate([0.25, 0.125, 0.0]).quantity, market.thresholds([0.25, 0.125, 0.0])
    (array([1, 0, 0]), array([ 0.325,  0.05 , -0.45 ]))
    """

    def __init__(
        self,
        scores: Any,
        k: int,
        price_max: float = inf,
        *,
        sources: Any = None,
        source_max: int | None = None,
        surplus_min: float = 0.0,
    ) -> None:
        self.scores = numbers("scores", scores)
        problems = [
            *_bad_scores(self.scores),
            *bad_count("k", k),
            *_bad_price(price_max),
            *_bad_surplus(surplus_min),
            *bad_sources(sources, source_max, self.scores.shape),
        ]
        if problems:
            raise OfferError(problems)
        self.k = index(k)
        self.price_max = float(price_max)
        self.sources = sources
        self.source_max = source_max
        self.surplus_min = float(surplus_min)
        self.codes = None if sources is None else numbered(sources)

    @property
    def documents(self) -> int:
        """How many documents there are to choose from."""
        return int(self.scores.shape[-1])

    def allocate(self, costs: Any) -> Allocation:
        """Say which documents are bought: quantity 1 or 0, a row a query where there are many."""
        return self.clear(costs).allocation

    def value(self, weights: Any) -> Array:
        """Give what other weights would be worth to each query: (queries,)."""
        return np.asarray((np.asarray(weights) * self.scores).sum(axis=-1))

    def clear(self, costs: Any) -> "RetrievalClearing":
        """Give the market at these reports, (documents,) or (queries, documents).

        Raises:
            OfferError: shapes disagree, or a report is negative or NaN; all are named.
        """
        return RetrievalClearing(self, self._checked(costs))

    def always_buying(self) -> "Retrieval":
        """Give the same market without a least surplus: k documents are bought at any loss [Fan25, Algorithm 1]."""
        return self._of(self.scores, self.sources, surplus_min=-inf)

    def query(self, row: int) -> "Retrieval":
        """Give the market of one query alone."""
        sources = self.sources if self.codes is None or self.codes.ndim == 1 else self.codes[row]
        return self._of(self.scores[row] if self.scores.ndim == 2 else self.scores, sources, self.surplus_min)

    def exact(self) -> "ExactRetrieval":
        """Give the same market on exact fractions: every float is one.

        Raises:
            OfferError: there are many queries.
        """
        if self.scores.ndim == 2:
            found = f"has {len(self.scores)} rows"
            raise OfferError(Problem("scores", found, "an exact market is of one query", "Take market.query(row)."))
        return ExactRetrieval(
            [_fraction(score) for score in self.scores.tolist()],
            self.k,
            _fraction(self.price_max),
            sources=self.sources,
            source_max=self.source_max,
            surplus_min=_fraction(self.surplus_min),
        )

    def _of(self, scores: Array, sources: Any, surplus_min: float) -> "Retrieval":
        return Retrieval(
            scores, self.k, self.price_max, sources=sources, source_max=self.source_max, surplus_min=surplus_min
        )

    def _checked(self, costs: Any) -> Array:
        reports = numbers("costs", costs)
        queries = self.scores.shape[:-1] or reports.shape[:-1]
        if reports.ndim not in (1, 2) or reports.shape not in ((self.documents,), (*queries, self.documents)):
            found = f"have shape {reports.shape}"
            bound = f"the scores have shape {self.scores.shape}"
            raise OfferError(Problem("costs", found, bound, "Give one report a document, or a row of them a query."))
        if reports.size and not reports.min() >= 0:  # also where it is NaN
            raise OfferError(
                [
                    Problem(
                        f"costs{where}", f"is {reports[place]}", "a cost is 0 or more", "Use inf for who stays away."
                    )
                    for place, where in _places(~(reports >= 0))
                ]
            )
        return reports


class RetrievalClearing:
    """Who is bought at given reports, and what the answers change without each document; a row a query inside."""

    def __init__(self, market: Retrieval, costs: Array) -> None:
        self.market = market
        self._single = market.scores.ndim == 1 and costs.ndim == 1
        shape = np.broadcast_shapes(market.scores.shape, costs.shape, (1, market.documents))
        self._scores = np.ascontiguousarray(np.broadcast_to(market.scores, shape))
        self._costs = np.ascontiguousarray(np.broadcast_to(costs, shape))
        self.costs = self._shaped(self._costs)

    @cached_property
    def allocation(self) -> Allocation:
        """Which documents are bought."""
        quantity = np.zeros(self._wins.shape, dtype=np.int64)
        quantity.ravel()[self._at] = 1
        value, spent = self._by_query(self._won_scores), self._by_query(self._won_costs)
        welfare = value - spent
        return Allocation(self._shaped(quantity), quantity, value, welfare[0] if self._single else welfare)

    @cached_property
    def thresholds(self) -> Array:
        """tau_j = s_j - max(r, phi); negative where no report of 0 or more is bought."""
        last, _ = self._edges
        if self._limits is not None:
            last = np.where(self._limits.full(self._at), self._limits.last, last)
        tau = np.minimum(self._scores - np.maximum(last, self.market.surplus_min), self.market.price_max)
        tau.ravel()[self._at] = self._most
        return self._shaped(tau)

    @cached_property
    def highest_asked(self) -> Array:
        """The thresholds of what is bought, 0 elsewhere: what `payments.threshold` pays, without those of the rest.

        Raises:
            OfferError: a document would be bought at any report.
        """
        if self.market.surplus_min == -inf and len(boundless := np.flatnonzero(np.isinf(self._most))):
            raise sells_at_any_report(int(self._at[boundless[0]] % self.market.documents))
        return self._spread(self._most)

    @cached_property
    def area(self) -> Array:
        """tau_j - c_j for those who are bought."""
        return self._spread(self._most - self._won_costs)

    @cached_property
    def without(self) -> Without:
        """By handing a bought document's place to the one that would follow it, if any."""
        heirs, enters = self._heirs
        gained = np.where(enters, self._scores[self._rows, heirs], 0.0)
        saved = np.where(enters, self._surplus[self._rows, heirs], 0.0)
        value = self._everywhere(self.allocation.value_by_buyer)
        welfare = self._everywhere(np.atleast_1d(self.allocation.welfare))
        value.ravel()[self._at] += gained - self._won_scores
        welfare.ravel()[self._at] += saved - self._surplus.ravel()[self._at]
        return Without(value, self._shaped(welfare))

    @cached_property
    def contributions(self) -> Array:
        """(queries, documents) the scores of what is bought."""
        return np.atleast_2d(self._spread(self._won_scores))

    def curve(self, seller: int, reports: Any) -> Array:
        """By asking again with as many queries as reports: (reports,), or (queries, reports)."""
        asked = np.ravel(np.asarray(reports, dtype=np.float64))
        if not self._single:
            return np.stack([alone.curve(seller, asked) for alone in self._queries()])
        costs = np.tile(self.costs, (len(asked), 1))
        costs[:, seller] = asked
        return np.asarray(self.market.clear(costs).allocation.quantity[:, seller])

    def coalition_values(self, masks: Masks) -> Array:
        """By counting members down the order of surplus: (coalitions,), or (coalitions, queries)."""
        if not self._single:
            return np.stack([alone.coalition_values(masks) for alone in self._queries()], axis=-1)
        order = np.argsort(-self._surplus[0], kind="stable")
        order = order[self._surplus[0, order] > self.market.surplus_min]
        scores = self._scores[0, order]
        codes = None if self.market.codes is None else self.market.codes[order]
        inside = np.asarray(masks, dtype=bool)[:, order]
        batch = max(1, CELLS_MAX // max(1, len(order)))
        return np.concatenate(
            [self._bought(inside[start : start + batch], codes) @ scores for start in range(0, len(inside), batch)]
            or [np.zeros(0)]
        )

    def prefix_values(self, orders: Any) -> Array:
        """By valuing every prefix as a coalition."""
        values = self.coalition_values(prefixes(np.asarray(orders))[1:])
        return values.reshape(*np.shape(orders), *values.shape[1:])

    @cached_property
    def _surplus(self) -> Array:
        """s_j - c_j; -inf for those who are away or ask too much."""
        with np.errstate(over="ignore"):
            surplus = np.asarray(self._scores - self._costs)
        if self.market.price_max < inf:
            np.putmask(surplus, self._costs > self.market.price_max, -inf)
        return surplus

    @cached_property
    def _limits(self) -> "SourceLimits | None":
        if self.market.codes is None or self.market.source_max is None:
            return None
        return SourceLimits(self._surplus, self.market.codes, self.market.source_max)

    @cached_property
    def _running(self) -> Array:
        """The surplus of those whom their source's limit leaves; -inf for the others."""
        return self._surplus if self._limits is None else np.where(self._limits.kept, self._surplus, -inf)

    @cached_property
    def _edges(self) -> tuple[Array, Array]:
        """phi_k and phi_(k+1) of each query, as columns; -inf where there are not so many documents."""
        k, documents = self.market.k, self.market.documents
        if k >= documents:
            return self._running.min(axis=1, keepdims=True), np.full((len(self._running), 1), -inf)
        if documents <= SORTED_MAX:
            ranked = np.sort(self._running, axis=1)
            # copies, since a view would keep all that was sorted
            return ranked[:, documents - k, None].copy(), ranked[:, documents - k - 1, None].copy()
        best = np.partition(self._running, documents - k - 1, axis=1)[:, documents - k - 1 :]
        return best[:, 1:].min(axis=1, keepdims=True), best[:, :1]

    @cached_property
    def _wins(self) -> Array:
        """(queries, documents) whether each is bought."""
        last, following = self._edges
        wins = self._running > np.maximum(following, self.market.surplus_min)
        tied = np.flatnonzero((last == following) & (last > self.market.surplus_min))
        if len(tied):  # of those at the edge, the first fill what places are left
            at_edge = self._running[tied] == last[tied]
            free = self.market.k - wins[tied].sum(axis=1, keepdims=True)
            wins[tied] |= at_edge & (np.cumsum(at_edge, axis=1) <= free)
        return np.asarray(wins)

    @cached_property
    def _at(self) -> Array:
        """Where what is bought stands in the matrix, row after row; the answers about it are lists in this order."""
        return np.flatnonzero(self._wins)

    @cached_property
    def _rows(self) -> Array:
        """The query that buys each."""
        return self._at // self.market.documents

    @cached_property
    def _won_scores(self) -> Array:
        return np.take(self._scores, self._at)

    @cached_property
    def _won_costs(self) -> Array:
        return np.take(self._costs, self._at)

    @cached_property
    def _most(self) -> Array:
        """The threshold of each that is bought; nobody is paid less than they ask by rounding."""
        most = self._won_scores - np.maximum(self._heir_surplus, self.market.surplus_min)
        return np.asarray(np.minimum(np.maximum(most, self._won_costs), self.market.price_max))

    @cached_property
    def _heir_surplus(self) -> Array:
        """The surplus that each bought document has to stay above, before the least surplus."""
        _, following = self._edges
        beaten: Array = following[self._rows, 0]
        return beaten if self._limits is None else np.maximum(beaten, self._limits.first_left_out(self._at)[1])

    @cached_property
    def _heirs(self) -> tuple[Array, Array]:
        """Which document would be bought in place of each that is bought, and whether one would."""
        _, following = self._edges
        runner_up = np.argmax((self._running == following) & ~self._wins, axis=1)[self._rows]
        if self._limits is not None:
            place, surplus = self._limits.first_left_out(self._at)
            beaten = following[self._rows, 0]
            ahead = (surplus > beaten) | ((surplus == beaten) & (place < runner_up))
            runner_up = np.where(ahead, place, runner_up)
        return runner_up, self._heir_surplus > self.market.surplus_min

    def _bought(self, inside: Masks, codes: Array | None) -> Masks:
        """Say which members of each coalition are bought; columns in the order of surplus."""
        if codes is not None and self.market.source_max is not None:
            for source in np.unique(codes):
                own = codes == source
                inside[:, own] &= np.cumsum(inside[:, own], axis=1) <= self.market.source_max
        return np.asarray(inside & (np.cumsum(inside, axis=1) <= self.market.k))

    def _queries(self) -> Iterator["RetrievalClearing"]:
        return (self.market.query(row).clear(self._costs[row]) for row in range(len(self._costs)))

    def _by_query(self, numbers: Array) -> Array:
        sums = np.bincount(self._rows, weights=numbers, minlength=len(self._wins))
        return sums.astype(np.float64, copy=False)  # numpy counts in integers where nothing is bought

    def _everywhere(self, by_query: Array) -> Array:
        return np.repeat(by_query[:, None], self.market.documents, axis=1)

    def _spread(self, bought: Array) -> Array:
        spread = np.zeros(self._wins.shape)
        spread.ravel()[self._at] = bought
        return self._shaped(spread)

    def _shaped(self, matrix: Array) -> Array:
        return matrix[0] if self._single else matrix


def _fraction(number: float) -> Number:
    return Fraction(number) if isfinite(number) else number


def _places(wrong: Array) -> Iterator[tuple[tuple[int, ...], str]]:
    """List where something is wrong: the place, and how it is written."""
    for place in zip(*(axis.tolist() for axis in np.nonzero(wrong)), strict=True):
        yield place, "".join(f"[{step}]" for step in place)


def _bad_scores(scores: Array) -> list[Problem]:
    if scores.ndim not in (1, 2) or not scores.size:
        found = f"have shape {scores.shape}"
        bound = "there is one score a document, or a row of them a query"
        return [Problem("scores", found, bound, "Give a list of one or more, or rows of equal length.")]
    return [
        Problem(
            f"scores{where}", f"is {scores[place]}", f"a score is within ±{LARGEST:g}", "Leave such a document out."
        )
        for place, where in _places(~(np.abs(scores) <= LARGEST))
    ]


def _bad_price(price_max: Any) -> list[Problem]:
    if price_max >= 0:
        return []
    return [Problem("price_max", f"is {price_max}", "a highest price is 0 or more", "Use inf for none.")]


def _bad_surplus(surplus_min: Any) -> list[Problem]:
    if surplus_min < inf:
        return []
    bound = "a least surplus is a number below infinity"
    return [Problem("surplus_min", f"is {surplus_min}", bound, "Use 0 to buy what adds more than it costs.")]
