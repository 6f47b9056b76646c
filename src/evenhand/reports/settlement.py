"""By which arithmetic does a payment become cash and shares? The steps behind a mechanism that settles in both.

One step a line, as in arithmetic.py, by what the mechanism pays: a threshold of which a part was posted in shares, or
each part by a rule of its own. `payments/settling.py` and `markets/procurement/hybrids.py` say why.
"""

from collections.abc import Callable
from fractions import Fraction

from evenhand import payments
from evenhand.acceptance import USED_BY
from evenhand.payments import as_published
from evenhand.records import Outcome, shortly
from evenhand.reports.cases import Case
from evenhand.reports.notation import score
from evenhand.reports.rows import recorded


def power(case: Case) -> str:
    """Say what a rule may spend where all of it is settled in one proportion."""
    part, budget, pool = case.market.liquidity, case.totals.budget, case.totals.pool
    parts = [f"{case.money(budget)} / ({shortly(part)})"] if part else []
    parts += [f"{case.money(pool)} / ({shortly(1 - part)})"] if part < 1 else []
    least = f"the lower of {' and '.join(parts)}, rounded down" if len(parts) > 1 else parts[0]
    return f"what can be spent: {least} = {case.money(case.cut.budget)}"


def settlement(case: Case) -> list[str]:
    """Say which part of a winner's payment is cash, and which a share of future revenue."""
    return _SETTLED[case.mechanism.pay](case)


def _in_parts(case: Case) -> list[str]:
    decision, offered = case.row.decision, int(case.market.offers[case.row.index])
    part = Fraction(case.market.liquidity)
    cash, share = case.money(decision.payment_minor), case.money(decision.share_minor or 0)
    if any(case.market.offers):
        return [
            f"of that in shares: what was offered to it, {offer(case)} = {share}",
            f"of that in cash: the rest = {cash}",
        ]
    assert offered == 0, "nothing is offered to one alone"
    before = f"{shortly(part)} of all payments up to this one in the order of the record, rounded down, less the same"
    return [
        f"of that in cash: {before} up to the one before = {cash}",
        f"of that in shares: the rest = {share}",
    ]


def offer(case: Case) -> str:
    """Say which share of the pool was offered to a seller, before anyone reported."""
    terms = case.record.terms
    # as the market has it: the part that is cash is kept back only where a call states one
    posted = Fraction(case.totals.pool)
    if terms.liquidity and case.market.beyond.budget:
        posted *= 1 - Fraction(terms.liquidity)
    mass = max(terms.share_mass, sum(row.decision.worth for row in case.ordered))
    return f"{case.money(posted)} × {score(case.row.decision.worth)} / {score(mass)}, rounded down"


def exceeded(outcome: Outcome) -> str:
    """Say what follows where more worth is offered than the mass that was published; "" where no more is.

    A share of a published mass is the pool times the offer's own worth by that mass, whatever others offer. Divided
    over all that is offered it grows when anything is left out: half of the data then has more than half of the share,
    and at half of the cost that can be gainful (`markets/procurement/hybrids.py`).
    """
    terms = recorded(outcome).terms
    offered = sum(decision.worth for decision in outcome.decisions)
    if terms.mechanism not in USED_BY["share_mass"] or not 0 < terms.share_mass < offered:
        return ""
    return (
        f"a worth of {score(offered)} is offered, more than the published share_mass of {score(terms.share_mass)}: the "
        "pool is divided over all that is offered, so each share moves with what others offer, and who leaves out a "
        "part of the data at that part of the cost can gain. Publish a mass that offers cannot exceed"
    )


def _by_worth(case: Case) -> list[str]:
    decision = case.row.decision
    return [
        f"of that in shares: {case.money(case.totals.pool)} × {score(decision.worth)} / {score(case.totals.worth)}, "
        f"the worth of all that is bought, rounded down = {case.money(decision.share_minor or 0)}"
    ]


def _as_published(case: Case) -> list[str]:
    decision, part = case.row.decision, Fraction(case.market.liquidity)
    highest = case.money(decision.highest_winning_minor or 0)
    return [
        f"of that in cash: {shortly(part)} × {highest}, the highest winning report, rounded down "
        f"= {case.money(decision.payment_minor)}",
        f"of that in shares: {shortly(1 - part)} × {case.money(case.totals.pool)} × {score(decision.worth)} / "
        f"{score(case.totals.worth)}, the worth of all that is bought, rounded down "
        f"= {case.money(decision.share_minor or 0)}",
    ]


_SETTLED: dict[Callable[..., object], Callable[[Case], list[str]]] = {
    payments.RULES["threshold"]: _in_parts,
    as_published.mixed: _as_published,
    as_published.pool_by_worth: _by_worth,
}
"""What a mechanism pays, if it settles in shares -> the steps."""
