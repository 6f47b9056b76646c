"""What was promised in this round, and was it kept? One sentence a promise, from the findings and the numbers.

A promise that can be recomputed from the decisions is recomputed: a finding alone does not make it hold here.
"""

from collections.abc import Callable

from evenhand.records import Finding, Outcome
from evenhand.reports.notation import count, money, quoted
from evenhand.reports.rows import recorded, rows, totals

EVIDENCE = {
    "proved": "follows from the rule for every market, by a proof; nothing had to be tried here.",
    "exact": "computed exactly from the published scores of this round.",
    "certified": "bounded by arithmetic: the true figure cannot lie beyond the one given.",
    "searched": "looked for among many cases and not met; a case that was not tried could still exist.",
}
"""kind of evidence -> what it is worth."""


def checks(outcome: Outcome) -> list[tuple[bool, str]]:
    """Say for each finding, in order, whether the promise was kept, in a sentence with its numbers."""
    return [check(outcome, finding) for finding in outcome.findings]


def check(outcome: Outcome, finding: Finding) -> tuple[bool, str]:
    """Say whether one promise was kept; a claim without a sentence of its own is told as its finding states it."""
    held, sentence = _CHECKS.get(finding.claim, _stated)(outcome, finding)
    return finding.holds and held, sentence


def broken_by(finding: Finding, currency: str) -> str:
    """Say who breaks a promise and how; "" where nobody is named."""
    witness = finding.witness
    if witness is None:
        return ""
    return (
        f"seller {quoted(witness.seller)} with a true cost of {money(witness.true, currency)} gains "
        f"{money(witness.gain, currency)} by reporting {money(witness.report, currency)}"
    )


def _within_budget(outcome: Outcome, finding: Finding) -> tuple[bool, str]:
    spent, currency = totals(outcome), recorded(outcome).terms.currency
    return spent.paid <= spent.budget, f"paid {money(spent.paid, currency)} of a budget of " + money(
        spent.budget, currency
    )


def _rational(outcome: Outcome, finding: Finding) -> tuple[bool, str]:
    winners = [row for row in rows(outcome) if row.decision.selected]
    below = [row for row in winners if row.decision.payment_minor < row.offer.cost_minor]
    if below:
        return False, f"{len(below):,} of {count(len(winners), 'winner')} paid below their report"
    return True, "nobody is paid below their report"


def _truthful(outcome: Outcome, finding: Finding) -> tuple[bool, str]:
    currency = recorded(outcome).terms.currency
    gain = finding.witness.gain if finding.witness else finding.gap
    tried = f"{count(finding.tried, 'breakpoint')} tried, largest gain {money(gain, currency)}"
    if finding.holds:
        return True, f"best to report the true cost: {tried}"
    return False, f"not always best to report the true cost: {broken_by(finding, currency) or tried}"


def _stated(outcome: Outcome, finding: Finding) -> tuple[bool, str]:
    return True, finding.statement


_CHECKS: dict[str, Callable[[Outcome, Finding], tuple[bool, str]]] = {
    "within_budget": _within_budget,
    "rational": _rational,
    "truthful": _truthful,
}
