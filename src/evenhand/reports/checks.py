"""What was promised in this round, and was it kept? One sentence a promise, from the findings and the numbers.

A promise that can be recomputed from the decisions is recomputed: a finding alone does not make it hold here.
"""

from collections.abc import Callable

from evenhand.mechanisms import MECHANISMS
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
    """Say whether one promise was kept; a claim without a sentence of its own is told as its finding states it.

    What the mechanism does not claim is no promise, and its sentence says so.
    """
    held, sentence = _CHECKS.get(finding.claim, _stated)(outcome, finding)
    if promised(outcome, finding):
        return finding.holds and held, sentence
    why = erratum(outcome, finding)
    told = f"{outcome.mechanism} does not promise it" + (f": {why}" if why else "")
    return finding.holds and held, f"{sentence} ({told})"


def promised(outcome: Outcome, finding: Finding) -> bool:
    """Say whether the mechanism promises this, or it was only looked at."""
    return finding.claim in MECHANISMS[outcome.mechanism].claims


def erratum(outcome: Outcome, finding: Finding) -> str:
    """Give the entry of docs/errata.md that says why the mechanism does not keep this; "" where there is none."""
    return MECHANISMS[outcome.mechanism].refuted.get(finding.claim, "")


def broken_by(finding: Finding, currency: str) -> str:
    """Say who breaks a promise and how; "" where nobody is named."""
    witness = finding.witness
    if witness is None:
        return ""
    if witness.report == witness.true:
        lost = money(witness.gain, currency)
        return (
            f"seller {quoted(witness.seller)} reports a true cost of {money(witness.true, currency)} and loses {lost}"
        )
    return (
        f"seller {quoted(witness.seller)} with a true cost of {money(witness.true, currency)} gains "
        f"{money(witness.gain, currency)} by reporting {money(witness.report, currency)}"
    )


def _within_budget(outcome: Outcome, finding: Finding) -> tuple[bool, str]:
    spent, currency = totals(outcome), recorded(outcome).terms.currency
    told = f"paid {money(spent.paid, currency)} of a budget of {money(spent.budget, currency)}"
    if spent.pool or spent.promised:
        told += f", promised {money(spent.promised, currency)} of a pool of {money(spent.pool, currency)} in shares"
    return spent.paid <= spent.budget and spent.promised <= spent.pool, told


def _rational(outcome: Outcome, finding: Finding) -> tuple[bool, str]:
    winners = [row for row in rows(outcome) if row.decision.selected]
    below = [row for row in winners if row.decision.received_minor < row.offer.cost_minor]
    if below:
        return False, f"{len(below):,} of {count(len(winners), 'winner')} paid below their report"
    if not finding.holds:  # at another true cost, the others' reports as they are
        return False, finding.statement
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
