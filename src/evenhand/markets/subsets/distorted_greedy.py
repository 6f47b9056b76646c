"""Which of many documents to buy when they overlap, quickly and so that no lie pays? Distorted greedy [Harshaw19].

Documents are bought one a step, k steps. With v the net value and S_t what is bought in the first t, step t buys

    argmax over i of  m_t v(i | S_(t-1)) - c_i,        m_t = (1 - 1/k)^(k-t),   v(i | S) = v(S with i) - v(S),

ties by index, if that is above 0; else the step buys nothing and the next one follows, in which m_t is larger.
(Stopping there would lose the guarantee.)

What it is worth. If v never falls as sets grow and has diminishing returns, then for every set O of at most k documents

    v(S) - c(S)  >=  (1 - (1 - 1/k)^k) v(O) - c(O)  >=  (1 - 1/e) v(O) - c(O).           [Harshaw19, theorem 3]

Let Phi_t = m_t v(S_t) - c(S_t), from Phi_0 = 0. Since m_t - m_(t-1) = m_t / k, step t adds to Phi its surplus, 0 if
it buys nothing, and m_t v(S_(t-1)) / k. The best surplus, or 0, is at least the average over k places, of which O fills
some, so at least (m_t (v(O) - v(S_(t-1))) - c(O)) / k. The terms in v(S_(t-1)) cancel: Phi rises by at least
(m_t v(O) - c(O)) / k, and the m_t sum to k (1 - (1 - 1/k)^k).

Why truth pays. Until i is bought, the run is the run without i, whatever i reports. So i is bought exactly if at some
step t of the run without i

    c_i < m_t v(i | S_(t-1)) - b_t        b_t = the surplus of the best other in that step, 0 at least

(with equality where i stands before that other). A lower report keeps every such step: the rule is monotone. The
supremum of the reports that are bought is therefore max over t of m_t v(i | S_(t-1)) - b_t, which i's own report does
not enter; paid that, the truth is a dominant strategy [Myerson81], on any v at all. VCG payments on the same choice are
not truthful: they are right only where the best set is found (E-000-26 in docs/errata.md).

The functions take ints, fractions, floats or traced numbers.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from math import inf
from typing import Any

from evenhand.markets.subsets.values import Chosen, Value

Number = Any
Step = tuple[Fraction, Chosen, int | None, Number]
"""The factor, what is bought before, who is bought in it (None: nobody), and with what surplus."""
Limit = tuple[Number, bool]
"""The supremum of the reports that are bought, and whether it is bought itself."""


def winners(value: Value, costs: Sequence[Number], k: int) -> Chosen:
    """Select the documents to buy.

    >>> topics = [{1, 2}, {2, 3}, {4}]
    >>> winners(lambda chosen: len(set().union(*(topics[i] for i in chosen))), [Fraction(1, 4)] * 3, k=2)
    (0, 1)
    """
    chosen: Chosen = ()
    for _, chosen, best, _ in _steps(value, costs, k):
        if best is not None:
            chosen = with_one_more(chosen, best)
    return chosen


def threshold(seller: int, value: Value, costs: Sequence[Number], k: int) -> Number | None:
    """Give one seller the supremum of the reports that would be bought, from the others' alone; None where none is."""
    return _report(limit(seller, value, costs, k))


def thresholds(value: Value, costs: Sequence[Number], k: int) -> list[Number | None]:
    """Give every seller's supremum; who is not bought does not change the run, so they all share it."""
    return [_report(end) for end in limits(value, costs, k)]


def limit(seller: int, value: Value, costs: Sequence[Number], k: int) -> Limit:
    """Give one seller the supremum, which may be below 0, and whether that report itself is bought, as a tie is won."""
    return _highest(seller, value, _steps(value, [*costs[:seller], inf, *costs[seller + 1 :]], k))


def limits(value: Value, costs: Sequence[Number], k: int) -> list[Limit]:
    """Give the same for every seller, sharing the run."""
    run = list(_steps(value, costs, k))
    bought = {best for _, _, best, _ in run}
    return [
        limit(seller, value, costs, k) if seller in bought else _highest(seller, value, run)
        for seller in range(len(costs))
    ]


def _highest(seller: int, value: Value, run_without: Iterable[Step]) -> Limit:
    most: Number = -inf
    wins_tie = False
    for factor, chosen, best, lead in run_without:
        room = factor * (value(with_one_more(chosen, seller)) - value(chosen)) - lead
        stands_first = best is not None and seller < best
        if room > most:
            most, wins_tie = room, stands_first
        elif room == most:
            wins_tie = wins_tie or stands_first
    return most, wins_tie


def _report(limit: Limit) -> Number | None:
    most, wins_tie = limit
    return most if most > 0 or (wins_tie and most == 0) else None


def with_one_more(chosen: Chosen, seller: int) -> Chosen:
    """Give a set with one more member."""
    return tuple(sorted((*chosen, seller)))


def _steps(value: Value, costs: Sequence[Number], k: int) -> Iterator[Step]:
    """Walk the steps."""
    chosen: Chosen = ()
    for step in range(1, k + 1):
        factor = Fraction(k - 1, k) ** (k - step)
        best: int | None = None
        lead: Number = 0
        for seller, cost in enumerate(costs):
            if seller in chosen or not cost < inf:
                continue
            surplus = factor * (value(with_one_more(chosen, seller)) - value(chosen)) - cost
            if surplus > lead:
                best, lead = seller, surplus
        yield factor, chosen, best, lead
        if best is not None:
            chosen = with_one_more(chosen, best)
