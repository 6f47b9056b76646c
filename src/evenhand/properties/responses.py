"""Where does it end when every seller reports what is best for them, again and again?

Sellers start from the truth and move one after the other, each to the best report against the others' latest
(`strategy.best_misreport`). What they report in the end, if there is an end, is an equilibrium: nobody gains by another
report. It is compared with the truth at the true costs, which nobody pays attention to any more: the welfare that is
lost is the price of a rule that can be gamed. [Fan25] moves one seller alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.market import clearing, exact_number, exact_numbers, exact_twin, reporting
from evenhand.properties.strategy import (
    Evidence,
    Misreport,
    PaymentRule,
    best_misreport,
    checked_rule,
    welfare_at,
)
from evenhand.records import Array

Ending = Literal["equilibrium", "cycle", "undercutting", "unbounded", "refused", "unsettled"]

ROUNDS_MAX = 200

GAP, SAMPLES_MAX = 1e-3, 500
"""Of each move, where it is found by certified search: there are many moves."""

UNBOUNDED = 1e9
"""A report above so many times the typical true cost is on its way to infinity."""

LITTLE = 1e-4
"""Nobody moves for a smaller share than this of what is at stake for them."""

SAME = 1e-7
"""Reports that differ by no more than this share of themselves, or of a typical true cost, are the same: sellers who
outdo each other by ever smaller steps have settled."""


@dataclass(frozen=True)
class Responses:
    """How reports went when all sellers kept moving to their best ones."""

    rule: str
    true_costs: Array
    path: Array
    """(rounds + 1, sellers) the reports after each round of moves; the truth first."""
    ending: Ending
    """equilibrium   the last round changed nothing
    cycle         it came back to an earlier one
    undercutting  reports hardly move any more, and still someone gains by another one: they outdo each other by ever
                  smaller steps across a jump, as where datasets are sold whole
    unbounded     reports rise without end: above a billion times a typical true cost
    refused       the market refused the reports reached, as one that needs two sellers does when all but one stay away
    unsettled     none of these within the rounds allowed"""
    period: int
    """the rounds after which the reports repeat; 1 in an equilibrium, 0 where they do not."""
    welfare: Array
    """(rounds + 1,) the buyers' value minus the true costs."""
    standalone_loss: float
    """what the buyers lose if nobody sells; nan where the market does not know."""
    evidence: Evidence
    """the weakest of all moves: how we know that each was the best."""

    @property
    def reports(self) -> Array:
        """(sellers,) the last reports."""
        return np.asarray(self.path[-1])

    @property
    def stayed_out(self) -> tuple[int, ...]:
        """Sellers who in the end stay away though at the truth they would not."""
        away = np.array([report == np.inf for report in self.path[-1]])
        here = np.array([cost != np.inf for cost in self.path[0]])
        return tuple(int(seller) for seller in np.flatnonzero(away & here))

    @property
    def welfare_reached(self) -> float:
        """The welfare in the end, at the true costs; over a cycle its mean."""
        return float(np.mean(self.welfare[-max(self.period, 1) :]))

    @property
    def welfare_lost(self) -> float:
        """By how much that is less than at the truth."""
        return float(self.welfare[0]) - self.welfare_reached

    @property
    def price_of_anarchy(self) -> float:
        """SC(end) / SC(truth), with SC = standalone loss - welfare; nan where the losses are not known."""
        best, end = self.standalone_loss - float(self.welfare[0]), self.standalone_loss - self.welfare_reached
        if best == 0:
            return 1.0 if end == 0 else np.inf
        return end / best


def best_responses(
    market: Any,
    true_costs: Any,
    rule: PaymentRule,
    *,
    order: Sequence[int] | None = None,
    rounds_max: int = ROUNDS_MAX,
    same: float = SAME,
    gap: float = GAP,
    samples_max: int = SAMPLES_MAX,
) -> Responses:
    """Let every seller move to the best report in turn, until nobody moves or the reports come back.

    Args:
        market: who sells how much at which reports.
        true_costs: (sellers,) what a unit really costs each; inf for a seller who stays away throughout.
        rule: what is paid.
        order: the sellers in the order in which they move; as they stand if not given.
        rounds_max: after so many rounds it is given up.
        same: how near two reports are the same, as a share of themselves or of a typical true cost.
        gap, samples_max: of each move, as of `best_misreport`; a move is polished beyond the gap, which only tells how
            sure it is that there is no better one far away.

    Raises:
        OfferError: the order is not one of the sellers who are present, or the market or the rule refuses the truth.

    >>> from evenhand.markets import MeanEstimation
    >>> from evenhand.payments import RULES
    >>> from evenhand.properties.strategy import NamedRule
    >>> market = MeanEstimation([[1.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]], [1.0, 1.0])
    >>> ended = best_responses(market, [2.0, 4.0], NamedRule("direct", RULES["direct"]))
    >>> ended.ending, ended.reports, round(ended.welfare_lost, 6)
    ('equilibrium', array([ 6., 10.]), 0.104167)
    """
    checked_rule(rule)
    exact = exact_twin(market)
    same = max(same, 10 * getattr(market, "relative_error", 0.0))  # a market is the same no more exactly than it solves
    asked_exactly = exact is market
    market = market if exact is None else exact
    truth = (
        np.asarray(true_costs, dtype=np.float64)
        if exact is None
        else exact_numbers([exact_number(cost) for cost in true_costs])
    )
    moving = _moving(truth, order)
    scale = float(np.mean([float(cost) for cost in truth[moving]])) if moving else 0.0
    path, found = [truth], list[Misreport]()
    ending: Ending = "unsettled"
    period = 0
    while ending == "unsettled" and len(path) <= rounds_max:
        reports = path[-1].copy()
        try:
            for seller in moving:
                asked = {"true": truth[seller], "near": reports[seller], "gap": gap, "samples_max": samples_max}
                found.append(best_misreport(market, reports, seller, rule, **asked))
                reports[seller] = found[-1].report
        except OfferError:
            if not found:
                raise
            ending = "refused"
        back = next((ago for ago, old in enumerate(reversed(path), 1) if _same(old, reports, same, scale)), 0)
        if back == 1 and ending == "unsettled":
            settled = not _restless(market, truth, reports, moving, rule, same, gap=gap, samples_max=samples_max)
            ending, period = ("equilibrium", 1) if settled else ("undercutting", 0)
        elif back and ending == "unsettled":
            ending, period = "cycle", back
        elif any(scale * UNBOUNDED < report < np.inf for report in reports):
            ending = "unbounded"
        path.append(reports)
    welfare = np.array([float(welfare_at(clearing(market, reports).allocation, truth)) for reports in path])
    lost = float(getattr(market, "standalone_loss", np.nan))
    told = np.array(path) if asked_exactly else np.array(path, dtype=np.float64)
    return Responses(rule.name, told[0], told, ending, period, welfare, lost, _weakest(found))


def _restless(
    market: Any, truth: Array, reports: Array, moving: Sequence[int], rule: PaymentRule, same: float, **search: Any
) -> bool:
    """Say whether somebody would still gain by another report, by more than reports that are the same can bring."""
    for seller in moving:
        best = best_misreport(market, reports, seller, rule, true=truth[seller], near=reports[seller], **search)
        honest, now = (
            _left(market, reporting(reports, seller, report), seller, truth[seller], rule)
            for report in (truth[seller], reports[seller])
        )
        missed = float(honest + best.gain - now)
        if missed > LITTLE * max(abs(float(honest)), abs(float(now)), float(best.gain)):
            return True
    return False


def _left(market: Any, reports: Array, seller: int, true: Any, rule: PaymentRule) -> Any:
    """Give what a seller is left with."""
    cleared = clearing(market, reports)
    sold = cleared.allocation.quantity[seller]
    return rule.pay(cleared)[seller] - (true * sold if sold else 0)


def _moving(truth: Array, order: Sequence[int] | None) -> list[int]:
    present = [seller for seller, cost in enumerate(truth) if cost != np.inf]
    if order is None:
        return present
    if sorted(order) != present:
        raise OfferError(
            Problem("order", f"is {list(order)}", f"the sellers who are present are {present}", "Name each once.")
        )
    return list(order)


def _same(one: Array, other: Array, same: float, scale: float) -> bool:
    return all(
        a == b or (np.isfinite(float(a)) and np.isfinite(float(b)) and abs(a - b) <= same * max(abs(a), abs(b), scale))
        for a, b in zip(one, other, strict=True)
    )


def _weakest(found: Sequence[Misreport]) -> Evidence:
    kinds = {move.evidence for move in found}
    return "searched" if "searched" in kinds else "certified" if "certified" in kinds else "exact"
